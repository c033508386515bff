"""Which cameras film the demo incident, when each of them records, and by which wrong clock.

Everything here is settled before a single pixel is drawn: the pts of every frame, what the device's clock read, and
so, through `sync.clock_map.ClockMap` in whole nanoseconds, when the frame is taken. A device's clock reads a whole
second at a file's first frame (the dashcam: a whole millisecond), so that the file's strongest claim of time can say
it exactly. Scene time, in seconds, is incident time counted from `Plan.origin_ns`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from app.demo.truth import FORMAT
from evidence.errors import UsageError
from evidence.records import CameraKind, ClockPiece
from evidence.times import NS_PER_S, DeviceTime, IncidentTime, ns_to_ticks_floor, ticks_to_ns
from sync.clock_map import ClockMap

GENERATOR = f"sightline demo 2 (truth format {FORMAT})"
"""Changes whenever the same request makes other bytes, so that older folders are made anew."""

INCIDENT_NS = 1_773_523_910 * NS_PER_S
"""2026-03-14 21:31:50 UTC, when the story begins. London keeps GMT until the end of that month."""

VARIABLE_RATE = 30
"""Frames a second that a camera of variable rate names in its files; the last frame lasts as long as that says."""

STORY_S = 60
_HEART_S = 31.5
_SIZES = {"1080p": (1920, 1080), "720p": (1280, 720), "small": (320, 180)}


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """What demo incident to make, and where.

    Attributes:
        folder: where it will be; is made, or made anew where it holds another demo incident.
        duration_s: length of the incident, 6 to 120 seconds. Below 60 it is the middle of the story.
        size: `720p`, `1080p`, or `small` (320x180, for tests).
        with_codes: whether every frame carries its number for machines (`app.demo.frame_code`).
        seed: of everything that is left to chance.
    """

    folder: Path
    duration_s: int = STORY_S
    size: str = "720p"
    with_codes: bool = False
    seed: int = 1

    def __post_init__(self) -> None:
        if self.size not in _SIZES:
            raise UsageError(
                f"The demo incident cannot be made in the size {self.size!r}.",
                remedy=f"Choose one of {', '.join(_SIZES)}.",
            )
        if not 6 <= self.duration_s <= 120:
            raise UsageError(
                f"The demo incident cannot last {self.duration_s} seconds.", remedy="Choose 6 to 120 seconds."
            )

    @property
    def traits(self) -> dict[str, str | int | bool]:
        """What decides the bytes: everything but the place."""
        return {
            "duration_s": self.duration_s,
            "size": self.size,
            "with_codes": self.with_codes,
            "seed": self.seed,
        }


@dataclass(frozen=True, slots=True)
class Coding:
    """How a camera compresses.

    Attributes:
        time_base: length of one pts unit, seconds.
        gop: frames from one key frame to the next, at most.
        b_frames: how many frames in a row may be predicted from both sides.
        crf: x264's quality, lower is better.
        sound_rate_bits: bits a second of AAC, 0 without sound.
        suffix: of the file's name; `mov` or `mp4`.
    """

    time_base: Fraction
    gop: int
    b_frames: int
    crf: int
    sound_rate_bits: int
    suffix: str = "mp4"


@dataclass(frozen=True)
class CameraPlan:
    """One camera of the incident.

    Attributes:
        code: its number in frame codes, and its tile.
        error_ns: by how much its clock is fast when it starts its first file.
        rate_ppb: drift, see `ClockPiece`.
        step: ticks from one frame to the next; None for a variable rate.
        parts: when it records, as shares of the incident's duration.
        rotation: degrees clockwise by which the stored picture is turned for display.
        start_ns_step: the device's clock reads a multiple of it at a first frame.
    """

    key: str
    code: int
    name: str
    kind: CameraKind
    owner: str
    make: str
    model: str
    serial: str
    exhibit: str
    error_ns: int
    rate_ppb: int
    clock_text: str
    coding: Coding
    step: int | None
    parts: tuple[tuple[float, float], ...]
    rotation: int = 0
    start_ns_step: int = NS_PER_S


@dataclass(frozen=True)
class FilePlan:
    """One file of one camera.

    Attributes:
        camera: who records.
        number: which of the camera's files, from 0.
        device_start_ns: what the clock reads at the first frame.
        pts: of every frame.
        end_pts: where the last frame ends.
        clock: the camera's real clock.
        width: of the stored picture.
        height: of the stored picture.
    """

    camera: CameraPlan
    number: int
    device_start_ns: int
    pts: tuple[int, ...]
    end_pts: int
    clock: tuple[ClockPiece, ...]
    width: int
    height: int

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height of the upright picture."""
        return (self.height, self.width) if self.camera.rotation in {90, 270} else (self.width, self.height)

    @property
    def duration_ns(self) -> int:
        """Length by the device's clock."""
        base = self.camera.coding.time_base
        return ticks_to_ns(self.end_pts, base) - ticks_to_ns(self.pts[0], base)

    @cached_property
    def incident_ns(self) -> tuple[IncidentTime, ...]:
        """When every frame is taken."""
        return tuple(self.instant_of(pts) for pts in self.pts)

    def instant_of(self, pts: int) -> IncidentTime:
        """Return when the moment `pts` of the file is, incident time."""
        base = self.camera.coding.time_base
        elapsed = ticks_to_ns(pts, base) - ticks_to_ns(self.pts[0], base)
        return ClockMap(self.clock).to_incident(DeviceTime(self.device_start_ns + elapsed))

    def device_ns(self, frame: int) -> int:
        """Return what the device's clock reads at a frame."""
        base = self.camera.coding.time_base
        return self.device_start_ns + ticks_to_ns(self.pts[frame], base) - ticks_to_ns(self.pts[0], base)


@dataclass(frozen=True)
class Plan:
    """The whole incident.

    Attributes:
        origin_ns: incident time of the story's second 0.
        start_ns: start of the incident.
        end_ns: its end.
    """

    request: DemoRequest
    origin_ns: IncidentTime
    start_ns: IncidentTime
    end_ns: IncidentTime
    cameras: tuple[CameraPlan, ...]
    files: tuple[FilePlan, ...]


def make_plan(request: DemoRequest) -> Plan:
    """Settle everything but pixels and sound."""
    begin_s = max(0, int(_HEART_S - request.duration_s / 2)) if request.duration_s < STORY_S else 0
    start = IncidentTime(INCIDENT_NS + begin_s * NS_PER_S)
    end = IncidentTime(start + request.duration_s * NS_PER_S)
    files = tuple(file for camera in CAMERAS for file in _files_of(camera, request, start))
    return Plan(request, IncidentTime(INCIDENT_NS), start, end, CAMERAS, files)


def _files_of(camera: CameraPlan, request: DemoRequest, start: IncidentTime) -> list[FilePlan]:
    """Place a camera's files: whole steps of its own clock, and incident times that follow from its error."""
    wanted = [start + round(share * request.duration_s * NS_PER_S) for share, _ in camera.parts]
    first = _round_up(wanted[0] + camera.error_ns, camera.start_ns_step)
    clock = (ClockPiece(first, first - camera.error_ns, camera.rate_ppb),)
    width, height = _SIZES[request.size]
    files = []
    for number, (begin, stop) in enumerate(camera.parts):
        device = first if not number else _round_up(ClockMap(clock).to_device(IncidentTime(wanted[number])), NS_PER_S)
        length = round((stop - begin) * request.duration_s * NS_PER_S)
        pts = _fixed_pts(camera, length) if camera.step else _wavering_pts(camera, length, request.seed)
        files.append(FilePlan(camera, number, device, pts[:-1], pts[-1], clock, width, height))
    return files


def _round_up(value: int, step: int) -> int:
    return -(-value // step) * step


def _fixed_pts(camera: CameraPlan, length_ns: int) -> tuple[int, ...]:
    """Return evenly spaced pts, the end as one more."""
    assert camera.step is not None
    count = max(2, ns_to_ticks_floor(length_ns, camera.coding.time_base) // camera.step)
    return tuple(range(0, (count + 1) * camera.step, camera.step))


def _wavering_pts(camera: CameraPlan, length_ns: int, seed: int) -> tuple[int, ...]:
    """Return the pts of a phone that slows down in the dark, jitters, and drops a frame now and then."""
    chance = random.Random(f"{seed} {camera.key} pts")  # noqa: S311 - wavering, not secrecy
    end = ns_to_ticks_floor(length_ns, camera.coding.time_base)
    second = camera.coding.time_base.denominator
    pts = [0]
    while pts[-1] < end:
        rate = 24 if int(pts[-1] / second) % 5 >= 3 else 30
        dropped = 2 if chance.random() < 0.02 else 1
        pts.append(pts[-1] + second // rate * dropped + chance.randint(-90, 90))
    return (*pts, pts[-1] + second // VARIABLE_RATE)


_BWV = Coding(Fraction(1, 90_000), gop=30, b_frames=2, crf=25, sound_rate_bits=96_000)
_MAKER = "Northstar"

# fmt: off
CAMERAS = (
    CameraPlan(
        key="bwv-412", code=1, name="BWV PC 412", kind=CameraKind.BWV, owner="PC 412 Okafor",
        make=_MAKER, model="Body 3", serial="X6039A12B", exhibit="AO/1",
        error_ns=3_412_000_000, rate_ppb=23_000, clock_text="3.4 s fast, gaining 23 ppm",
        coding=_BWV, step=3000, parts=((0.02, 0.97),),
    ),
    CameraPlan(
        key="bwv-88", code=2, name="BWV PC 88", kind=CameraKind.BWV, owner="PC 88 Lindqvist",
        make=_MAKER, model="Body 3", serial="X6039A47C", exhibit="ML/1",
        error_ns=-41_870_000_000, rate_ppb=-41_500, clock_text="41.9 s slow, losing 41.5 ppm",
        coding=replace(_BWV, time_base=Fraction(1, 30_000), gop=60, b_frames=3), step=1001, parts=((0.10, 0.80),),
    ),
    CameraPlan(
        key="bwv-31", code=3, name="BWV PS 31", kind=CameraKind.BWV, owner="PS 31 Marsh",
        make=_MAKER, model="Body 2", serial="X5117C03F", exhibit="DM/1",
        error_ns=1_118_000_000, rate_ppb=58_700, clock_text="1.1 s fast, gaining 58.7 ppm",
        coding=replace(_BWV, time_base=Fraction(1, 15_360), gop=60, b_frames=0), step=512, parts=((0.22, 1.0),),
    ),
    CameraPlan(
        key="cctv-3", code=4, name="CCTV 3", kind=CameraKind.CCTV, owner="Harrow Lane Parade",
        make="Argus", model="DVR-16", serial="", exhibit="HLP/3",
        error_ns=432_213_000_000, rate_ppb=-52_300, clock_text="7 min 12 s fast, losing 52.3 ppm",
        coding=Coding(Fraction(1, 12_800), gop=50, b_frames=0, crf=27, sound_rate_bits=0),
        step=1024, parts=((0.0, 0.42), (0.55, 1.0)),
    ),
    CameraPlan(
        key="phone", code=5, name="Phone (witness)", kind=CameraKind.MOBILE, owner="Witness Patel",
        make="Lumina", model="P3", serial="", exhibit="RP/1",
        error_ns=647_000_000, rate_ppb=-12_800, clock_text="0.6 s fast, losing 12.8 ppm",
        coding=Coding(Fraction(1, 90_000), gop=45, b_frames=2, crf=25, sound_rate_bits=128_000, suffix="mov"),
        step=None, parts=((0.35, 0.85),), rotation=90,
    ),
    CameraPlan(
        key="dashcam", code=6, name="Dashcam", kind=CameraKind.DASHCAM, owner="Driver Novak",
        make="Roadeye", model="R2", serial="", exhibit="TN/1",
        error_ns=180_000_000, rate_ppb=3_100, clock_text="GPS lines written 0.18 s late, gaining 3.1 ppm",
        coding=Coding(Fraction(1, 90_000), gop=60, b_frames=1, crf=26, sound_rate_bits=96_000),
        step=3600, parts=((0.05, 0.62),), start_ns_step=1_000_000,
    ),
)
# fmt: on
"""Every camera, in the order of the tiles."""


def frame_count(plan: Plan) -> int:
    """Return how many frames all files have together."""
    return sum(len(file.pts) for file in plan.files)
