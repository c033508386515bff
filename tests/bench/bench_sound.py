"""Sound against picture, as a recorder on the sound device hears it and a camera before the X screen sees it.

Both run on the machine's monotonic clock; what the recorder is wrong by is found first, with bursts that are played
straight on the sound server. A frame is 33 ms of screen time at every speed. Positive: the sound is ahead.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evidence.times import NS_PER_S
from tests.bench.child import Child
from tests.bench.measurement import Measurement, is_quick, reaches, stays_below
from tests.bench.screen.display import has_display, own_display
from tests.bench.screen.reading import load
from tests.bench.sound.bursts import CAMERAS, find_bursts, make_burst_clips, plan_bursts
from tests.bench.sound.calibration import Calibration, calibrate
from tests.bench.sound.reading import passed, steps
from tests.bench.sound.recorder import Recorder
from tests.bench.sound.server import missing, own_server
from tests.support.clips import Clip

_FRAME_MS = 1000 / 30
_SETTLED_AFTER_S = 2.0
_CLIP_S = 120


@dataclass(frozen=True)
class _State:
    """How far sound and picture were apart.

    Attributes:
        ahead_ms: of every burst from two seconds after the command on.
        heard: share of the bursts that the picture went by then, 0 to 1.
        first_s: from the command to the first burst that was heard and compared.
        first_ms: how far it was ahead.
    """

    ahead_ms: Sequence[float]
    heard: float
    first_s: float
    first_ms: float

    def __str__(self) -> str:
        if not self.ahead_ms:
            return "nothing was heard"
        low, middle, high = np.percentile(self.ahead_ms, [0, 50, 100])
        return (
            f"{len(self.ahead_ms)} bursts, ahead by {middle:.1f} ms ({low:.1f} to {high:.1f}), {self.heard:.0%} heard; "
            f"the first after {self.first_s:.2f} s by {self.first_ms:.1f} ms"
        )


def measure() -> Iterator[Measurement]:
    """Play in every state."""
    lacks = missing() or ("" if has_display() else "Xvfb is not installed (Debian: xvfb)")
    if lacks:
        sys.stderr.write(f"  left out: {lacks}\n")
        return
    with tempfile.TemporaryDirectory(prefix="bench-sound-") as name, own_server() as added, own_display() as screen:
        clips = make_burst_clips(Path(name), _CLIP_S)
        recorder = Recorder(os.environ | added)
        try:
            states, calibration = _all_states(clips, screen | added, Path(name), recorder)
        finally:
            recorder.close()
    yield stays_below("the measurement is unsure by", calibration.within_ms, unit="ms", bound=10, beside={})
    for what, state in states.items():
        ahead = np.array(state.ahead_ms or [float("inf")])
        yield stays_below(f"sound to picture, median, {what}", abs(float(np.median(ahead))), unit="ms",
            bound=round(_FRAME_MS, 1), beside={})  # fmt: skip
        yield stays_below(f"sound to picture, most, {what}", float(np.abs(ahead).max()), unit="ms",
            bound=round(_FRAME_MS, 1), beside={})  # fmt: skip
        share = float((np.abs(ahead) <= _FRAME_MS).mean())
        yield reaches(f"bursts within a frame, {what}", share * 100, unit="%", bound=100, beside={})
        yield reaches(f"bursts heard, {what}", state.heard * 100, unit="%", bound=95, beside={})


def _all_states(
    clips: Sequence[Clip], environment: Mapping[str, str], folder: Path, recorder: Recorder
) -> tuple[dict[str, _State], Calibration]:
    calibration = calibrate(environment, recorder)
    sys.stderr.write(f"  heard {calibration.late_ms:.1f} ms after recorded, within {calibration.within_ms:.1f} ms\n")
    session = _Session(clips, environment, folder, recorder, calibration)
    try:
        return session.run(7 if is_quick() else 22), calibration
    finally:
        session.close()


class _Session:
    """The player before the recorder and the camera."""

    def __init__(
        self,
        clips: Sequence[Clip],
        environment: Mapping[str, str],
        folder: Path,
        recorder: Recorder,
        calibration: Calibration,
    ) -> None:
        self._clips = clips
        self._roll = folder / "roll.npz"
        self._recorder = recorder
        self._calibration = calibration
        self._grabber = Child("screen.grabber", [], environment)
        self._player = Child("sound.child_ours", [os.fspath(clip.path) for clip in clips], environment)

    def run(self, seconds: float) -> dict[str, _State]:
        """Go through all states."""
        player = self._player
        player.tell("hear", 1)
        player.tell("seek", NS_PER_S)
        time.sleep(2)
        states = {
            "1x": self._state(seconds, 1, lambda: player.tell("play")),
            "after a seek": self._state(seconds, 1, lambda: player.tell("seek", 40 * NS_PER_S)),
        }
        player.tell("pause")
        time.sleep(1)
        states["after pause and resume"] = self._state(seconds, 1, lambda: player.tell("play"))
        player.tell("seek", 2 * NS_PER_S)
        states["2x"] = self._state(seconds, 2, lambda: player.tell("rate", 2))
        player.tell("seek", 5 * NS_PER_S)
        states["1/2x"] = self._state(seconds, 0.5, lambda: player.tell("rate", 0.5))
        player.tell("rate", 1)
        player.tell("seek", 5 * NS_PER_S)
        states["1x, two cameras"] = self._state(seconds, 1, lambda: player.tell("hear", 2), cameras=2)
        return states

    def close(self) -> None:
        """End both."""
        self._player.close()
        self._grabber.close()

    def _state(self, seconds: float, rate: float, command: Callable[[], object], cameras: int = 1) -> _State:
        self._grabber.tell_line(f"start {seconds + 5}")
        begin_ns = time.monotonic_ns()
        command()
        time.sleep(seconds)
        end_ns = time.monotonic_ns()
        self._grabber.tell_line(f"stop {self._roll}")
        recording = self._recorder.recording().between(begin_ns, end_ns)
        captures = load(self._roll)
        late_ns = int(self._calibration.late_ms * 1e6)
        heard = [(recording.when(one.sample) + late_ns, one) for one in find_bursts(recording.samples)]
        plans = [burst for camera in range(CAMERAS) for burst in plan_bursts(camera, _CLIP_S)]
        found = [step for step in steps(captures, self._clips, plans, heard, rate) if step.at_ns > begin_ns]
        settled_ns = begin_ns + int(_SETTLED_AFTER_S * NS_PER_S)
        settled = [step.ahead_ms for step in found if step.at_ns >= settled_ns]
        expected = passed(captures, self._clips, [plan for plan in plans if plan.camera < cameras], settled_ns)
        later = [step for step in found if step.at_ns > begin_ns + NS_PER_S // 4]
        state = _State(
            settled,
            min(1.0, len(settled) / max(1, expected - 1)),
            (later[0].at_ns - begin_ns) / 1e9 if later else float("inf"),
            later[0].ahead_ms if later else float("inf"),
        )
        sys.stderr.write(f"    {rate}x: {state}\n")
        away = [f"{step.ahead_ms:.0f} ms at {(step.at_ns - begin_ns) / 1e9:.1f} s" for step in found
            if abs(step.ahead_ms) > _FRAME_MS and step.at_ns >= settled_ns]  # fmt: skip
        if away:
            sys.stderr.write(f"      further than a frame: {', '.join(away)}\n")
        return state
