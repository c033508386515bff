"""The way to the speakers: hands the mix to the device, and lets the playhead follow what is heard.

Sound is trimmed to the picture when it begins; from then on the picture follows the device's own clock, which is
never quite the machine's. While the picture has to wait, backwards, and at speeds outside of 1/2 to 2, it is silent.
No device is a state, not an error: play goes on by the machine's clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from fractions import Fraction
from statistics import median

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from evidence.times import NS_PER_S, IncidentTime
from player.engine import Engine
from player.playhead import Clock, DisciplinedClock, MonotonicClock
from player.sound import is_heard_at, samples_between
from player.sound_desk import MixingDesk
from player.sound_mix import SoundMix
from player.sound_protocol import BYTES_PER_SAMPLE, SOUND_RATE, instant_of_sample
from player.ui.sound_device import QtSink, Sink

_TICK_MS = 10
_FIRST_SAMPLES = SOUND_RATE // 10
_TRIM_NS = 8_000_000
_LOST_NS = 30_000_000
_LOOKS = 7
_PPM_FOR_A_SECOND = 200_000
_SETTLING_SAMPLES = SOUND_RATE * 60 // 1000
_FASTEST_PPM = 4_000
_RETRY_NS = 2 * NS_PER_S
_PATIENCE_NS = 80_000_000
_FADE_NS = 300_000_000
_STUCK_NS = NS_PER_S

_BROKEN = "The sound decoder does not run on this machine; play goes on without sound."


class SoundOutput(QObject):
    """Plays a mix of an engine's cameras. Lives on the UI thread.

    Signals:
        state_changed: what it does now is told in other words, or a camera's trouble is another.
    """

    state_changed = Signal()

    def __init__(
        self,
        engine: Engine,
        make_sink: Callable[[], Sink] = QtSink,
        desk: MixingDesk | None = None,
        base_clock: Clock | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._make_sink = make_sink
        self._desk = desk or MixingDesk()
        self._base_clock = base_clock or MonotonicClock()
        self._clock = DisciplinedClock(self._base_clock)
        self._sink: Sink | None = None
        self._rate = Fraction(0)
        self._leaps = 0
        self._is_started = False
        self._is_sounding = False
        self._has_settled = False
        self._written = self._to_skip = 0
        self._unwritten = b""
        self._settle_at = 0
        self._looks: deque[int] = deque(maxlen=_LOOKS)
        self._places: deque[tuple[int, IncidentTime]] = deque()
        self._words = ""
        self._troubles: dict[str, str] = {}
        self._retry_ns = self._moving_ns = self._heard_ns = 0
        self._progress = (0, 0)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        engine.set_clock(self._clock)

    @property
    def mix(self) -> SoundMix:
        """The mix in force."""
        return self._desk.mix

    @property
    def heard(self) -> tuple[str, ...]:
        """The cameras that are heard."""
        return self._desk.heard

    @property
    def state(self) -> str:
        """Why it is silent, in words for people, or ""."""
        return self._words

    @property
    def troubles(self) -> dict[str, str]:
        """Why cameras are silent, by their ids, in words for people."""
        return self._troubles

    @property
    def turned_down(self) -> float:
        """What everything is multiplied by now so that it does not clip; 1 where it fits."""
        return self._desk.turned_down

    @property
    def is_sounding(self) -> bool:
        """Whether the device is playing."""
        return self._is_sounding

    def take_peaks(self) -> dict[str, float]:
        """Return each camera's loudest sample since this was asked last, full scale 1."""
        return self._desk.take_peaks()

    def heard_instant(self) -> IncidentTime | None:
        """Return the instant that is being heard, or None while nothing is."""
        return None if self._sink is None or not self._is_sounding else self._heard(self._sink.played_samples())

    def set_cameras(self, camera_ids: Iterable[str]) -> None:
        """Say which cameras there are, or that their recordings lie elsewhere now."""
        self._fall_silent()
        tracks = {one: track for one in camera_ids if (track := self._engine.track(one)) is not None}
        self._desk.set_tracks(tracks)
        self._be_ready()

    def set_mix(self, mix: SoundMix) -> None:
        """Hear this mix from now on."""
        self._desk.set_mix(mix)
        self._be_ready()

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
        self._desk.close()
        self._engine.set_clock(None)

    def tick(self) -> None:
        """Hand on sound and follow the device; the timer calls this, and so may a test."""
        self._tell_troubles()
        if not self._wants_sound():
            if self._is_started:
                self._fall_silent()
            return
        if not self._is_started:
            self._begin()
        self._desk.pump()
        if not self._is_sounding:
            self._open_device()
        elif self._sink is not None:
            self._follow(self._sink)
            self._fill()

    def _be_ready(self) -> None:
        if self._desk.heard:
            self._desk.warm_up()
            self._timer.start()

    def _wants_sound(self) -> bool:
        engine = self._engine
        now = self._base_clock.now_ns()
        if not engine.is_waiting:
            self._moving_ns = now
        if self._desk.heard:
            self._heard_ns = now
        elif not self._is_started:
            self._timer.stop()
        is_moving = engine.is_playing and now - self._moving_ns < _PATIENCE_NS
        is_heard = is_moving and is_heard_at(engine.rate) and now - self._heard_ns < _FADE_NS
        return is_heard and (not self._is_started or (engine.rate == self._rate and engine.leaps == self._leaps))

    def _begin(self) -> None:
        self._rate = self._engine.rate
        self._leaps = self._engine.leaps
        self._desk.start(self._engine.position, self._rate)
        self._is_started = True

    def _open_device(self) -> None:
        """Start the device once there is enough to play, from the sound of the picture that is shown."""
        if self._desk.buffered < _FIRST_SAMPLES or self._base_clock.now_ns() < self._retry_ns:
            return
        if self._sink is None:
            self._sink = self._make_sink()
        self._skip_to(self._engine.position)
        if not self._sink.start():
            self._lose_device(self._sink.trouble() or "The sound device does not play.")
            return
        self._say("")
        self._is_sounding = True
        self._has_settled = False
        self._written = self._to_skip = 0
        self._unwritten = b""
        self._settle_at = _SETTLING_SAMPLES
        self._looks.clear()
        self._places.clear()
        self._progress = (0, self._base_clock.now_ns())
        self._fill()

    def _lose_device(self, words: str) -> None:
        """Go on without sound, and try again in a while."""
        self._say(words)
        self._fall_silent()
        self._sink = None
        self._retry_ns = self._base_clock.now_ns() + _RETRY_NS

    def _fill(self) -> None:
        sink = self._sink
        if sink is None:
            return
        self._skip()
        self._write(sink, self._unwritten)
        start = self._desk.next_instant
        count = 0 if self._to_skip or self._unwritten else min(sink.free_samples(), self._desk.buffered)
        if count > 0 and start is not None:
            self._places.append((self._written, start))
            self._write(sink, self._desk.take(count))

    def _write(self, sink: Sink, pcm: bytes) -> None:
        """Write samples; what the device does not take is kept for the next time."""
        taken = sink.write(pcm) if pcm else 0
        self._written += taken // BYTES_PER_SAMPLE
        self._unwritten = pcm[taken:]

    def _follow(self, sink: Sink) -> None:
        """Compare what is heard with what is seen: trim the sound once, then let the picture follow."""
        played = sink.played_samples()
        if sink.trouble() or self._is_stuck(played):
            self._lose_device(sink.trouble() or "The sound device has stopped to play.")
            return
        heard = self._heard(played)
        if heard is None or self._to_skip:
            return
        error_ns = int((heard - self._engine.position) / self._rate)
        if not self._has_settled:
            self._settle(sink, error_ns)
            return
        self._looks.append(error_ns)
        if len(self._looks) == _LOOKS and abs(median(self._looks)) > _LOST_NS:
            self._has_settled = False
            self._looks.clear()
            self._clock.set_rate(0)
        else:
            ppm = error_ns * _PPM_FOR_A_SECOND // NS_PER_S
            self._clock.set_rate(max(-_FASTEST_PPM, min(_FASTEST_PPM, ppm)))

    def _is_stuck(self, played: int) -> bool:
        """Tell whether the device has had enough to play for long, and has not played it."""
        now = self._base_clock.now_ns()
        if played != self._progress[0] or self._written - played < _FIRST_SAMPLES // 4:
            self._progress = (played, now)
        return now - self._progress[1] > _STUCK_NS + (_STUCK_NS if played == 0 else 0)

    def _settle(self, sink: Sink, error_ns: int) -> None:
        """Bring what is still to be written into step with the picture, as often as that takes.

        Devices play in steps, and so do pictures: only the middle of several looks says how far they are apart.
        """
        if sink.played_samples() < self._settle_at or self._unwritten:
            self._looks.clear()
            return
        self._looks.append(error_ns)
        if len(self._looks) < _LOOKS:
            return
        error_ns = int(median(self._looks))
        self._looks.clear()
        if abs(error_ns) <= _TRIM_NS:
            self._has_settled = True
            return
        early = error_ns * SOUND_RATE // NS_PER_S
        if early < 0:
            self._to_skip = -early
            self._skip()
        else:
            start = self._desk.next_instant
            if start is not None:
                self._places.append((self._written, IncidentTime(start - int(error_ns * self._rate))))
            self._written += sink.write(bytes(min(early, sink.free_samples()) * BYTES_PER_SAMPLE)) // BYTES_PER_SAMPLE
        self._settle_at = self._written + _SETTLING_SAMPLES

    def _heard(self, played: int) -> IncidentTime | None:
        """Return the instant that is being heard when `played` samples have been played."""
        while len(self._places) > 1 and self._places[1][0] <= played:
            self._places.popleft()
        if not self._places or played <= 0:
            return None
        number, start = self._places[0]
        return instant_of_sample(start, self._rate, played - number)

    def _skip(self) -> None:
        """Drop what should have been heard already; a device that is slow to begin needs more than is buffered."""
        dropped = self._desk.take(self._to_skip) if self._to_skip else b""
        self._to_skip -= len(dropped) // BYTES_PER_SAMPLE

    def _skip_to(self, instant: IncidentTime) -> None:
        start = self._desk.next_instant
        if start is not None and instant > start:
            self._desk.take(samples_between(start, instant, self._rate))

    def _fall_silent(self) -> None:
        if self._sink is not None and self._is_sounding:
            self._sink.stop()
        self._desk.stop()
        self._is_started = self._is_sounding = False
        self._clock.set_rate(0)

    def _tell_troubles(self) -> None:
        if self._desk.is_broken:
            self._say(_BROKEN)
        troubles = self._desk.troubles
        if troubles != self._troubles:
            self._troubles = troubles
            self.state_changed.emit()

    def _say(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self.state_changed.emit()
