"""What is done to every clip: playing, seeking, stepping and reversing, each with its count and its faults.

To add an exercise: 1. write a function of an `Occasion` that returns a `Report`; 2. add it to `EXERCISES`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from app.validation.rig import Findings, PlayerRig
from app.validation.scene import Stage
from evidence.times import IncidentTime, ticks_to_ns
from player.tracks import FrameSpot

_MILLISECOND_CONTAINERS = frozenset({".mkv", ".webm", ".flv", ".wmv"})
_ROUNDING_NS = 1_000_000
_SHOWN_FAULTS = 5


@dataclass(frozen=True, slots=True)
class Occasion:
    """One clip under examination.

    Attributes:
        stage: the clip.
        rig: the player that it is loaded into.
        is_quick: do a part of everything instead of all.
    """

    stage: Stage
    rig: PlayerRig
    is_quick: bool

    @property
    def spots(self) -> list[FrameSpot]:
        """Every frame in order of presentation."""
        track = self.rig.engine.track(self.stage.camera_id)
        assert track is not None
        return list(track.walk(self.rig.engine.span.start, backwards=False))


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one exercise.

    Attributes:
        name: of the exercise, in words for people.
        checked: how many pictures (or stamps) were compared.
        late: how many refreshes had to show an older picture, marked as late.
        fault_count: how many were not what they should be.
        faults: the first of them, in words.
        seconds: how long it took.
    """

    name: str
    checked: int
    late: int
    fault_count: int
    faults: tuple[str, ...]
    seconds: float

    @property
    def is_passed(self) -> bool:
        """Whether everything was right, and something was looked at."""
        return not self.fault_count and self.checked > 0


def check_table(occasion: Occasion) -> Report:
    """Compare the frame table with the frames and stamps that were put into the file."""
    begun = time.monotonic()
    stage, findings = occasion.stage, Findings()
    kind, index = stage.kind, stage.index
    findings.read = len(index)
    if len(index) != kind.shown_frames:
        findings.add_fault(f"{kind.shown_frames} frames were written and {len(index)} are found")
    wanted = [ticks_to_ns(pts, kind.time_base) for pts in kind.stamps[kind.hidden :]]
    shifts = [int(found) - right for found, right in zip(index.start_ns, wanted, strict=False)]
    tolerance = _ROUNDING_NS if kind.suffix in _MILLISECOND_CONTAINERS else 1
    for number, shift in enumerate(shifts):
        if abs(shift - shifts[0]) > tolerance:
            findings.add_fault(f"frame {number} lies {(shift - shifts[0]) / 1e6:+.3f} ms beside its stamp")
    if index.timing is not kind.timing:
        findings.add_fault(f"its stamps are called {index.timing} instead of {kind.timing}")
    return _report("frame table", findings, begun)


def play_through(occasion: Occasion) -> Report:
    """Play from the first frame to the last; every one must come up, in order."""
    begun = time.monotonic()
    rig, spots = occasion.rig, occasion.spots
    rig.seek(spots[0].start)
    findings = rig.start_exercise()
    rig.refresh()
    last = _part(spots, occasion)[-1].frame
    rig.play(Fraction(1), lambda: _seen(occasion)[-1:] == [last])
    _compare_order(findings, occasion, list(range(last + 1)))
    return _report("play", findings, begun)


def play_backwards(occasion: Occasion) -> Report:
    """Play from the last frame to the first; every one must come up, in order."""
    begun = time.monotonic()
    rig, spots = occasion.rig, occasion.spots
    rig.seek(spots[-1].start)
    findings = rig.start_exercise()
    rig.refresh()
    first = spots[-1].frame + 1 - len(_part(spots, occasion))
    rig.play(Fraction(-1), lambda: _seen(occasion)[-1:] == [first])
    _compare_order(findings, occasion, list(range(spots[-1].frame, first - 1, -1)))
    return _report("reverse", findings, begun)


def play_fast(occasion: Occasion) -> Report:
    """Play at several speeds; each picture that comes up must be that of its instant."""
    begun = time.monotonic()
    rig, spots = occasion.rig, occasion.spots
    findings = rig.start_exercise()
    for rate in (Fraction(2), Fraction(8), Fraction(-4)) if not occasion.is_quick else (Fraction(4),):
        rig.seek(spots[0].start if rate > 0 else spots[-1].start)
        rig.play(rate)
    return _report("fast play", findings, begun)


def seek_at_random(occasion: Occasion) -> Report:
    """Go to random instants, and to the edges of random frames."""
    begun = time.monotonic()
    rig, spots = occasion.rig, occasion.spots
    findings = rig.start_exercise()
    chance = random.Random(occasion.stage.kind.name)  # noqa: S311 - the same instants every time, not a secret
    span = rig.engine.span
    for turn in range(12 if occasion.is_quick else 60):
        spot = chance.choice(spots)
        instant = (spot.start, IncidentTime(spot.end - 1), IncidentTime(chance.randrange(span.start, span.end)))
        before = findings.read
        rig.seek(instant[turn % 3])
        track = rig.engine.track(occasion.stage.camera_id)
        assert track is not None
        look = track.at(instant[turn % 3])
        seen = _seen(occasion)
        if isinstance(look, FrameSpot) and (not seen or seen[-1] != look.frame):
            findings.add_fault(f"after a seek to frame {look.frame} it was not shown")
        elif findings.read == before and turn == 0:
            findings.add_fault("nothing was shown after a seek")
    return _report("random seeks", findings, begun)


def step_forwards(occasion: Occasion) -> Report:
    """Step frame by frame from the first to the last."""
    begun = time.monotonic()
    rig, spots = occasion.rig, occasion.spots
    rig.seek(spots[0].start)
    findings = rig.start_exercise()
    rig.refresh()
    for _ in _part(spots, occasion)[1:]:
        rig.engine.step(1)
        rig.settle()
    _compare_order(findings, occasion, [spot.frame for spot in _part(spots, occasion)])
    return _report("steps forward", findings, begun)


def step_back(occasion: Occasion) -> Report:
    """Step frame by frame from the last to the first."""
    begun = time.monotonic()
    rig, spots = occasion.rig, occasion.spots
    rig.seek(spots[-1].start)
    findings = rig.start_exercise()
    rig.refresh()
    steps = len(_part(spots, occasion))
    for _ in range(steps - 1):
        rig.engine.step(-1)
        rig.settle()
    _compare_order(findings, occasion, [spot.frame for spot in reversed(spots[-steps:])])
    return _report("steps back", findings, begun)


Exercise = Callable[[Occasion], Report]

EXERCISES: tuple[Exercise, ...] = (
    check_table,
    play_through,
    seek_at_random,
    step_forwards,
    step_back,
    play_backwards,
    play_fast,
)
"""In the order in which they are done."""


def _part(spots: list[FrameSpot], occasion: Occasion) -> list[FrameSpot]:
    return spots[:30] if occasion.is_quick else spots


def _seen(occasion: Occasion) -> list[int]:
    return occasion.rig.findings.seen.get(occasion.stage.camera_id, [])


def _compare_order(findings: Findings, occasion: Occasion, wanted: list[int]) -> None:
    """Every frame must have come up once, in this order."""
    seen = _seen(occasion)
    if seen == wanted:
        return
    missing = sorted(set(wanted) - set(seen))
    if missing:
        few = ", ".join(map(str, missing[:_SHOWN_FAULTS]))
        findings.add_fault(f"{len(missing)} of {len(wanted)} frames never came up: {few}")
    else:
        findings.add_fault("frames came up in another order than that of presentation")


def _report(name: str, findings: Findings, begun: float) -> Report:
    return Report(
        name, findings.read, findings.late, findings.fault_count, tuple(findings.faults), time.monotonic() - begun
    )
