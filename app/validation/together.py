"""Several clips at once: exact on the common instant, and, apart from that, how well this machine keeps up."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.validation.exercises import Report
from app.validation.kinds import KINDS
from app.validation.rig import Findings, PlayerRig
from app.validation.scene import Stage, timeline_of
from evidence.times import IncidentTime
from player.engine import Engine, TileRequest
from player.pictures import TileState

_NAMES = ("h264-2997-b", "h264-variable", "hevc", "mpeg2-interlaced")
TOGETHER = tuple(kind for kind in KINDS if kind.name in _NAMES)
"""Clips of different rates and codings that are played at once."""

_REFRESH_S = 1 / 60
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How real-time play went; it says something of the machine and nothing of exactness.

    Attributes:
        cameras: how many clips were played at once.
        seconds: how long, of the incident's time.
        due: how many frames fell into that time.
        shown: how many of them came up.
        late: how many refreshes showed an older picture, marked as late.
        speed: the speed that was reached, 1 where it kept time.
    """

    cameras: int
    seconds: float
    due: int
    shown: int
    late: int
    speed: float


def play_together(rig: PlayerRig, stages: Sequence[Stage], *, is_quick: bool) -> tuple[Report, ...]:
    """Seek, play forwards and backwards; every tile must show the frame of the common instant, or say why not."""
    engine = rig.engine
    reports: list[Report] = []
    begun = time.monotonic()
    findings = rig.start_exercise()
    chance = random.Random(4)  # noqa: S311 - the same instants every time, not a secret
    for _ in range(20 if is_quick else 150):
        rig.seek(IncidentTime(chance.randrange(engine.span.start, engine.span.end)))
    reports.append(_report("random seeks", findings, begun))
    for name, rate in (("play", Fraction(1)), ("reverse", Fraction(-1)), ("fast play", Fraction(4))):
        begun = time.monotonic()
        rig.seek(engine.span.start if rate > 0 else IncidentTime(engine.span.end - 1))
        findings = rig.start_exercise()
        rig.play(rate)
        if abs(rate) == 1 and any(not findings.seen.get(stage.camera_id) for stage in stages):
            findings.add_fault("one of the cameras never came up")
        reports.append(_report(name, findings, begun))
    return tuple(reports)


def measure_pace(stages: Sequence[Stage], box: tuple[int, int], seconds: float) -> Pace:
    """Play from the start by the machine's own clock, at the screen's rate, and count what came up."""
    indexes = {stage.recording.id: stage.index for stage in stages}
    engine = Engine()
    try:
        engine.load(timeline_of(stages), indexes.get)
        engine.set_tiles([TileRequest(stage.camera_id, *box) for stage in stages])
        _wait_for_pictures(engine)
        start, begun = engine.position, time.monotonic()
        shown: set[tuple[str, int]] = set()
        late = 0
        engine.play()
        while engine.is_playing and time.monotonic() - begun < seconds:
            engine.pump()
            for tile in engine.pictures():
                late += tile.state is TileState.LATE
                if tile.state is TileState.SHOWN and tile.spot is not None:
                    shown.add((tile.camera_id, tile.spot.frame))
            time.sleep(_REFRESH_S / 2)
        elapsed = time.monotonic() - begun
        reached = engine.position
        due = sum(_frames_between(engine, stage, start, reached) for stage in stages)
        return Pace(len(stages), (reached - start) / 1e9, due, len(shown), late, (reached - start) / 1e9 / elapsed)
    finally:
        engine.close()


def _wait_for_pictures(engine: Engine) -> None:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        engine.pump()
        if all(tile.state is TileState.SHOWN for tile in engine.pictures()):
            return
        time.sleep(0.002)


def _frames_between(engine: Engine, stage: Stage, start: IncidentTime, end: IncidentTime) -> int:
    track = engine.track(stage.camera_id)
    assert track is not None
    return sum(1 for spot in track.walk(start, backwards=False) if spot.start <= end)


def _report(name: str, findings: Findings, begun: float) -> Report:
    return Report(
        name, findings.read, findings.late, findings.fault_count, tuple(findings.faults), time.monotonic() - begun
    )
