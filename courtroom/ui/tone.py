"""A tone on one side, by which people in the room say whether the court's sound is heard. Lives on the UI thread."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QTimer

from player.sound_protocol import BYTES_PER_SAMPLE, SOUND_RATE
from player.ui.sound_device import Sink

_HERTZ = 440
_LOUDNESS = 0.25
_FADE = SOUND_RATE // 50
_EVERY_MS = 15


def tone_pcm(side: int) -> bytes:
    """Return a second of a tone, 16 bits, two channels; `side` is 0 for left and 1 for right."""
    steps = np.arange(SOUND_RATE)
    edge = np.minimum(1.0, np.minimum(steps, steps[::-1]) / _FADE)
    wave = np.sin(2 * np.pi * _HERTZ * steps / SOUND_RATE) * edge * _LOUDNESS * 32_767
    both = np.zeros((SOUND_RATE, 2), dtype="<i2")
    both[:, side] = wave.astype(np.int16)
    return both.tobytes()


class Tone(QObject):
    """Plays tones, one at a time."""

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
        self.stop()
        sink = self._make_sink()
        if not sink.start():
            return sink.trouble() or "The sound device does not play."
        self._sink, self._left = sink, tone_pcm(side) + bytes(SOUND_RATE // 5 * BYTES_PER_SAMPLE)
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
