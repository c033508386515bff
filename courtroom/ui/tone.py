"""A tone or a word on one side, by which people in the room say whether the court's sound is heard. On the UI thread.

Words tell more than tones: whoever stands at the back of the room hears which side speaks, and whether it can be
understood. Where they come from: resources/sounds/README.md.
"""

from __future__ import annotations

import wave
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from player.sound_protocol import BYTES_PER_SAMPLE, SOUND_RATE
from player.ui.sound_device import Sink
from resources import path

_HERTZ = 440
_LOUDNESS = 0.25
_FADE = SOUND_RATE // 50
_EVERY_MS = 15
_WORDS = ("sounds/left.wav", "sounds/right.wav")
_PAUSE = bytes(SOUND_RATE // 2 * BYTES_PER_SAMPLE)
_TAIL = bytes(SOUND_RATE // 5 * BYTES_PER_SAMPLE)
LEFT, RIGHT = 0, 1


def tone_pcm(side: int) -> bytes:
    """Return a second of a tone, 16 bits, two channels; `side` is 0 for left and 1 for right."""
    steps = np.arange(SOUND_RATE)
    edge = np.minimum(1.0, np.minimum(steps, steps[::-1]) / _FADE)
    samples = np.sin(2 * np.pi * _HERTZ * steps / SOUND_RATE) * edge * _LOUDNESS * 32_767
    return _on_side(np.asarray(samples, dtype="<i2"), side)


def spoken_pcm(sides: Sequence[int]) -> bytes:
    """Return the words “left” and “right” on their sides, with a pause after each; 16 bits, two channels."""
    return b"".join(_on_side(_word(side), side) + _PAUSE for side in sides)


def _word(side: int) -> NDArray[np.int16]:
    with wave.open(str(path(_WORDS[side])), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SOUND_RATE, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")


def _on_side(samples: NDArray[np.int16], side: int) -> bytes:
    both = np.zeros((len(samples), 2), dtype="<i2")
    both[:, side] = samples
    return both.tobytes()


class Tone(QObject):
    """Plays tones and words, one at a time.

    Signals:
        ended: the device has taken all of it.
    """

    ended = Signal()

    def __init__(self, make_sink: Callable[[], Sink], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make_sink = make_sink
        self._sink: Sink | None = None
        self._left = b""
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._feed)

    def play(self, side: int) -> str:
        """Play the tone on a side; return why that cannot be, or ""."""
        return self._start(tone_pcm(side))

    def say(self, sides: Sequence[int] = (LEFT, RIGHT)) -> str:
        """Say “left” on the left and “right” on the right; return why that cannot be, or ""."""
        return self._start(spoken_pcm(sides))

    def _start(self, pcm: bytes) -> str:
        self.stop()
        sink = self._make_sink()
        if not sink.start():
            return sink.trouble() or "The sound device does not play."
        self._sink, self._left = sink, pcm + _TAIL
        self._timer.start()
        return ""

    def stop(self) -> None:
        """Fall silent."""
        self._timer.stop()
        if self._sink is not None:
            self._sink.stop()
            self._sink = None

    def _feed(self) -> None:
        if self._sink is None:
            return
        room = self._sink.free_samples() * BYTES_PER_SAMPLE
        taken = self._sink.write(self._left[:room]) if room else 0
        self._left = self._left[taken:]
        if not self._left:
            self.stop()
            self.ended.emit()
