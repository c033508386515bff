"""Four cameras as the X screen shows them: ours, an ideal painter, four mpv and four libVLC, one after the other.

Each plays the same light clips in the same places on a screen of its own; a process beside them captures the screen at
random moments, 120 times a second on the mean; which frame each tile showed is read from the pixels afterwards. A
capture counts from the very moment of the command on; how far apart the cameras are is measured from a second later.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from evidence.times import NS_PER_S
from tests.bench.child import Child
from tests.bench.measurement import Measurement, at_most, is_quick, reaches, stays_below
from tests.bench.processes import processor_seconds
from tests.bench.screen.display import has_display, own_display
from tests.bench.screen.light_clips import make_light_clips
from tests.bench.screen.players import KINDS, MPV, OURS, Kind, Player
from tests.bench.screen.reading import Captures, Togetherness, claims, judge, load
from tests.support.clips import Clip

_MEASURED_FROM_S = 1.0
_PAUSED_AT_NS = 32_345_678_901
_SEEK_TO_NS = 20 * NS_PER_S
_SETTLE_S = 1.5


@dataclass
class _Result:
    """What one kind of player did: by phase."""

    phases: dict[str, Togetherness] = field(default_factory=dict)
    exact: float = 0.0
    processor_s: float = 0.0
    captures_a_second: float = 0.0
    capture_ms: float = 0.0


class _Grabber:
    """The process before the screen."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._folder = folder
        self._child = Child("screen.grabber", [], environment)

    def start(self, seconds: float) -> None:
        """Capture from now on."""
        self._child.tell_line(f"start {seconds + 5}")

    def stop(self) -> Captures:
        """Return what was captured."""
        path = self._folder / "roll.npz"
        self._child.tell_line(f"stop {path}")
        return load(path)

    def close(self) -> None:
        """End."""
        self._child.close()


def measure() -> Iterator[Measurement]:
    """Play everything in every player that is there."""
    if not has_display():
        sys.stderr.write("  left out: Xvfb is not installed\n")
        return
    free_s, phase_s = (8, 4) if is_quick() else (60, 10)
    results: dict[str, _Result] = {}
    with tempfile.TemporaryDirectory(prefix="bench-screen-") as name, own_display() as environment:
        folder = Path(name)
        clips = make_light_clips(folder, 90)
        for kind in KINDS:
            missing = kind.missing()
            if missing:
                sys.stderr.write(f"  left out: {missing}\n")
                continue
            sys.stderr.write(f"  {kind.name}\n")
            results[kind.name] = _run(kind, clips, environment, folder, free_s, phase_s)
    yield from _lines(results)


def _run(
    kind: Kind, clips: Sequence[Clip], environment: Mapping[str, str], folder: Path, free_s: float, phase_s: float
) -> _Result:
    player = kind.start(clips, environment, folder)
    grabber = _Grabber(environment, folder)
    try:
        return _Session(player, grabber, clips).run(free_s, phase_s)
    finally:
        grabber.close()
        player.close()


class _Session:
    """One player before the grabber."""

    def __init__(self, player: Player, grabber: _Grabber, clips: Sequence[Clip]) -> None:
        self._player = player
        self._grabber = grabber
        self._clips = clips
        self._result = _Result()

    def run(self, free_s: float, phase_s: float) -> _Result:
        """Go through all phases."""
        player = self._player
        player.seek(0)
        time.sleep(_SETTLE_S)
        player.play()
        time.sleep(_MEASURED_FROM_S)
        self._free_play(free_s)
        self._phase("after a joint seek", phase_s, 1, lambda: player.seek(_SEEK_TO_NS))
        player.pause()
        self._paused()
        self._phase("after pause and resume", phase_s, 1, player.play)
        self._phase("at 2x", phase_s, 2, lambda: player.set_rate(2))
        self._phase("back at 1x", phase_s, 1, lambda: player.set_rate(1))
        self._phase("in reverse", phase_s, -1, lambda: player.set_rate(-1))
        return self._result

    def _free_play(self, seconds: float) -> None:
        before = processor_seconds(self._player.roots)
        captures = self._captured(seconds, lambda: None)
        self._result.processor_s = processor_seconds(self._player.roots) - before
        self._result.captures_a_second = len(captures.times) / ((captures.times[-1] - captures.times[0]) / 1e9)
        self._result.capture_ms = float(np.percentile(captures.took, 99) / 1e6)
        self._judge("free play", captures, 1)

    def _phase(self, name: str, seconds: float, rate: float, command: Callable[[], bool | None]) -> None:
        can = True

        def begin() -> None:
            nonlocal can
            can = command() is not False

        captures = self._captured(seconds, begin)
        if can:
            self._judge(name, captures, rate)
        if not can or self._result.phases[name].speed * rate < 0:
            self._result.phases.pop(name, None)
            sys.stderr.write(f"    {name}: it cannot\n")

    def _paused(self) -> None:
        self._player.seek(_PAUSED_AT_NS)
        time.sleep(_SETTLE_S)
        captures = self._captured(1, lambda: None)
        starts, ends = claims(captures, self._clips)
        is_exact = (captures.frames >= 0) & (starts <= _PAUSED_AT_NS) & (ends > _PAUSED_AT_NS)
        self._result.exact = float(is_exact.all(axis=1).mean())
        self._judge("paused", captures, 0)

    def _captured(self, seconds: float, command: Callable[[], None]) -> Captures:
        self._grabber.start(seconds)
        command()
        time.sleep(seconds)
        return self._grabber.stop()

    def _judge(self, name: str, captures: Captures, rate: float) -> None:
        self._result.phases[name] = judge(captures, self._clips, rate=rate, settled_after_s=_MEASURED_FROM_S)
        sys.stderr.write(f"    {name}: {self._result.phases[name]}\n")


def _lines(results: Mapping[str, _Result]) -> Iterator[Measurement]:
    ours = results[OURS.name]
    others = {name: result for name, result in results.items() if name != OURS.name}
    yield reaches("captures a second, free play", ours.captures_a_second, unit="/s", bound=60, beside={})
    yield stays_below("a capture takes, p99", ours.capture_ms, unit="ms", bound=4, beside={})
    for phase, own in ours.phases.items():
        beside = {name: result.phases[phase] for name, result in others.items() if phase in result.phases}
        common = {name: one.common * 100 for name, one in beside.items()}
        yield reaches(f"captures with a common instant, {phase}", own.common * 100, unit="%", bound=100, beside=common)
        if phase != "paused":
            skew = {name: one.skew_ms for name, one in beside.items()}
            yield stays_below(f"mean skew, {phase}", own.skew_ms, unit="ms", bound=3, beside=skew)
    exact = {name: result.exact * 100 for name, result in others.items()}
    yield reaches("paused: every camera on the exact frame", ours.exact * 100, unit="%", bound=100, beside=exact)
    free = {name: result.phases["free play"] for name, result in others.items()}
    own = ours.phases["free play"]
    dropped = {name: one.dropped * 100 for name, one in free.items()}
    yield stays_below("dropped frames, free play", own.dropped * 100, unit="%", bound=0.1, beside=dropped)
    yield reaches(
        "true speed, free play", own.speed, unit="x", bound=0.98, beside={n: o.speed for n, o in free.items()}
    )
    if MPV.name in results:
        peer = results[MPV.name].processor_s
        yield at_most("processor time, free play", ours.processor_s, peer, unit="s", peer_name=MPV.name, ratio=1.5)
