"""The way to the speakers: hands one camera's sound to the device, and lets the playhead follow what is heard.

Sound is trimmed to the picture when it begins; from then on the picture follows the device's own clock, which is
never quite the machine's. While the picture has to wait, backwards, and at speeds outside of 1/2 to 2, it is silent.
No device is a state, not an error.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

from PySide6.QtCore import QIODevice, QObject, Qt, QTimer, Signal
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSink, QMediaDevices, QtAudio

from evidence.times import NS_PER_S, IncidentTime
from player.engine import Engine
from player.playhead import DisciplinedClock, MonotonicClock
from player.sound import SoundFeed, is_heard_at
from player.sound_protocol import BYTES_PER_SAMPLE, SOUND_RATE

_TICK_MS = 10
_BUFFER_MS = 80
_FIRST_SAMPLES = SOUND_RATE // 10
_TRIM_NS = 12_000_000
_LOST_NS = 80_000_000
_SETTLING_SAMPLES = SOUND_RATE * 60 // 1000
_FASTEST_PPM = 4_000
_RETRY_NS = 2 * NS_PER_S
_PATIENCE_NS = 80_000_000


class Sink(Protocol):
    """The device, as far as it is used here; `QtSink` is one, tests have another."""

    def start(self) -> bool:
        """Begin to play; return False where that cannot be."""
        ...

    def stop(self) -> None:
        """Fall silent at once and forget what was written."""
        ...

    def free_samples(self) -> int:
        """Return how many samples can be written without waiting."""
        ...

    def write(self, pcm: bytes) -> int:
        """Write samples; return how many bytes were taken."""
        ...

    def played_samples(self) -> int:
        """Return how many samples have been played since `start`."""
        ...

    def trouble(self) -> str:
        """Return why it does not play, for people, or ""."""
        ...


class QtSink:
    """An audio device of the system."""

    def __init__(self, device: QAudioDevice | None = None, volume: float = 1.0) -> None:
        shape = QAudioFormat()
        shape.setSampleRate(SOUND_RATE)
        shape.setChannelCount(2)
        shape.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        self._device = device or QMediaDevices.defaultAudioOutput()
        self._sink: QAudioSink | None = None if self._device.isNull() else QAudioSink(self._device, shape)
        self._stream: QIODevice | None = None
        if self._sink is not None:
            self._sink.setBufferSize(SOUND_RATE * BYTES_PER_SAMPLE * _BUFFER_MS // 1000)
            self._sink.setVolume(volume)

    def start(self) -> bool:
        """Begin to play."""
        self._stream = None if self._sink is None else self._sink.start()
        return self._stream is not None and not self.trouble()

    def stop(self) -> None:
        """Fall silent at once."""
        if self._sink is not None:
            self._sink.reset()
        self._stream = None

    def free_samples(self) -> int:
        """Return how many samples fit into the device's buffer."""
        return 0 if self._sink is None else self._sink.bytesFree() // BYTES_PER_SAMPLE

    def write(self, pcm: bytes) -> int:
        """Write samples."""
        return 0 if self._stream is None else max(0, self._stream.write(pcm))

    def played_samples(self) -> int:
        """Return how much has left the device's buffer, by the device's clock."""
        return 0 if self._sink is None else self._sink.processedUSecs() * SOUND_RATE // 1_000_000

    def trouble(self) -> str:
        """Return why it does not play."""
        if self._sink is None:
            return "No sound device was found."
        failed = self._sink.error() not in (QtAudio.Error.NoError, QtAudio.Error.UnderrunError)
        return f"The sound device {self._device.description()} does not play." if failed else ""


class SoundOutput(QObject):
    """Plays the sound of one camera of an engine.

    Signals:
        state_changed(str): what it does now, in words for people: "" while it plays or nothing is to be heard.
    """

    state_changed = Signal(str)

    def __init__(
        self,
        engine: Engine,
        make_sink: Callable[[], Sink] = QtSink,
        feed: SoundFeed | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._make_sink = make_sink
        self._feed = feed or SoundFeed()
        self._clock = DisciplinedClock(MonotonicClock())
        self._sink: Sink | None = None
        self._camera: str | None = None
        self._rate = Fraction(0)
        self._is_started = False
        self._is_sounding = False
        self._has_settled = False
        self._written = self._to_skip = 0
        self._settle_at = 0
        self._places: deque[tuple[int, IncidentTime]] = deque()
        self._words = ""
        self._retry_ns = 0
        self._moving_ns = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        engine.set_clock(self._clock)

    @property
    def camera(self) -> str | None:
        """The camera that is heard, or None."""
        return self._camera

    @property
    def state(self) -> str:
        """Why it is silent, in words for people, or ""."""
        return self._words

    @property
    def is_sounding(self) -> bool:
        """Whether the device is playing."""
        return self._is_sounding

    def heard_instant(self) -> IncidentTime | None:
        """Return the instant that is being heard, or None while nothing is."""
        return None if self._sink is None or not self._is_sounding else self._heard(self._sink.played_samples())

    def set_camera(self, camera_id: str | None) -> None:
        """Hear this camera from now on; None for silence."""
        if camera_id != self._camera:
            self._camera = camera_id
            self._fall_silent()
        if camera_id is None:
            self._timer.stop()
        else:
            self._feed.warm_up()
            self._timer.start()

    def change_device(self, make_sink: Callable[[], Sink] | None = None) -> None:
        """Use another device, or the same one anew after it came or went."""
        self._fall_silent()
        self._make_sink = make_sink or self._make_sink
        self._sink = None
        self._retry_ns = 0

    def close(self) -> None:
        """Fall silent for good."""
        self._timer.stop()
        self._fall_silent()
        self._feed.close()
        self._engine.set_clock(None)

    def tick(self) -> None:
        """Hand on sound and follow the device; the timer calls this, and so may a test."""
        if not self._wants_sound():
            if self._is_started:
                self._fall_silent()
            return
        if not self._is_started:
            self._begin()
        self._feed.pump()
        if self._feed.failure:
            self._say(self._feed.failure)
        if not self._is_sounding:
            self._open_device()
        elif self._sink is not None:
            self._follow(self._sink)
            self._fill(self._sink)

    def _wants_sound(self) -> bool:
        engine = self._engine
        now = time.monotonic_ns()
        if not engine.is_waiting:
            self._moving_ns = now
        is_moving = engine.is_playing and now - self._moving_ns < _PATIENCE_NS
        is_heard = is_moving and is_heard_at(engine.rate)
        return is_heard and (not self._is_started or engine.rate == self._rate) and not self._feed.is_near_its_end

    def _begin(self) -> None:
        track = None if self._camera is None else self._engine.track(self._camera)
        if track is None:
            return
        self._rate = self._engine.rate
        self._feed.start(track, self._engine.position, self._rate)
        self._is_started = True

    def _open_device(self) -> None:
        """Start the device once there is enough to play, from the sound of the picture that is shown."""
        if self._feed.buffered < _FIRST_SAMPLES or time.monotonic_ns() < self._retry_ns:
            return
        if self._sink is None:
            self._sink = self._make_sink()
        self._skip_to(self._engine.position)
        if not self._sink.start():
            self._say(self._sink.trouble() or "The sound device does not play.")
            self._retry_ns = time.monotonic_ns() + _RETRY_NS
            self._sink = None
            return
        self._say("")
        self._is_sounding = True
        self._has_settled = False
        self._written = self._to_skip = 0
        self._settle_at = _SETTLING_SAMPLES
        self._places.clear()
        self._fill(self._sink)

    def _fill(self, sink: Sink) -> None:
        self._skip()
        count = 0 if self._to_skip else min(sink.free_samples(), self._feed.buffered)
        start = self._feed.next_instant
        if count <= 0 or start is None:
            return
        self._places.append((self._written, start))
        self._written += sink.write(self._feed.take(count)) // BYTES_PER_SAMPLE

    def _follow(self, sink: Sink) -> None:
        """Compare what is heard with what is seen: trim the sound once, then let the picture follow."""
        if sink.trouble():
            self._say(sink.trouble())
            self._fall_silent()
            return
        heard = self._heard(sink.played_samples())
        if heard is None or self._to_skip:
            return
        error_ns = heard - self._engine.position
        if not self._has_settled:
            self._settle(sink, error_ns)
        elif abs(error_ns) > _LOST_NS:
            self._has_settled = False
        else:
            ppm = error_ns * 50_000 // NS_PER_S
            self._clock.set_rate(max(-_FASTEST_PPM, min(_FASTEST_PPM, ppm)))

    def _settle(self, sink: Sink, error_ns: int) -> None:
        """Bring what is still to be written into step with the picture, as often as that takes."""
        if sink.played_samples() < self._settle_at:
            return
        if abs(error_ns) <= _TRIM_NS:
            self._has_settled = True
            return
        early = int(Fraction(error_ns * SOUND_RATE, NS_PER_S) / self._rate)
        if early < 0:
            self._to_skip = -early
            self._skip()
        else:
            start = self._feed.next_instant
            if start is not None:
                self._places.append((self._written, IncidentTime(start - error_ns)))
            self._written += sink.write(bytes(min(early, sink.free_samples()) * BYTES_PER_SAMPLE)) // BYTES_PER_SAMPLE
        self._settle_at = self._written + _SETTLING_SAMPLES

    def _heard(self, played: int) -> IncidentTime | None:
        """Return the instant that is being heard when `played` samples have been played."""
        while len(self._places) > 1 and self._places[1][0] <= played:
            self._places.popleft()
        if not self._places or played <= 0:
            return None
        number, start = self._places[0]
        return IncidentTime(start + int(Fraction((played - number) * NS_PER_S, SOUND_RATE) * self._rate))

    def _skip(self) -> None:
        """Drop what should have been heard already; a device that is slow to begin needs more than is buffered."""
        dropped = self._feed.take(self._to_skip) if self._to_skip else b""
        self._to_skip -= len(dropped) // BYTES_PER_SAMPLE

    def _skip_to(self, instant: IncidentTime) -> None:
        start = self._feed.next_instant
        if start is not None and instant > start:
            self._feed.take(int(Fraction((instant - start) * SOUND_RATE, NS_PER_S) / self._rate))

    def _fall_silent(self) -> None:
        if self._sink is not None and self._is_sounding:
            self._sink.stop()
        self._feed.stop()
        self._is_started = self._is_sounding = False
        self._clock.set_rate(0)

    def _say(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self.state_changed.emit(words)
