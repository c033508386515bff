"""Puts the times of a transcript file on recordings, and guesses what they count from; the guess is told in words.

A file's times count from the start of what was recorded, or they are those of a clock: the camera's own, which is what
a typist reads in the picture. Cues come to lie in media time, so that what is learnt about the clock later moves them
together with the pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from annotations.transcripts.read_records import ReadCue, ReadTranscript, TimeBase
from evidence.records import Recording
from evidence.times import NS_PER_S, DeviceTime, DurationNs
from sync.placement import local_to_utc_ns
from sync.timeline import Timeline, origin_ns

_DAY_NS = 86_400 * NS_PER_S
_SLACK_NS = 5 * NS_PER_S


class TimesFrom(StrEnum):
    """What the times of a file count from."""

    START = "the start of the recording"
    CLOCK = "the camera's clock"


@dataclass(frozen=True, slots=True)
class Target:
    """A recording that cues can be put on.

    Attributes:
        recording: what was recorded.
        origin_ns: media time of its first frame.
        device_start: what the camera's clock read then, or None where nothing says.
    """

    recording: Recording
    origin_ns: int
    device_start: DeviceTime | None

    @property
    def end_ns(self) -> int:
        """Media time of its end."""
        return self.origin_ns + self.recording.duration_ns


@dataclass(frozen=True, slots=True)
class PlacementGuess:
    """What the times of a file seem to count from.

    Attributes:
        times_from: the guess.
        reason: why, in words for people.
    """

    times_from: TimesFrom
    reason: str


@dataclass(frozen=True, slots=True)
class PlacedCue:
    """A cue in the media time of a recording."""

    recording_id: str
    start_ns: int
    end_ns: int
    cue: ReadCue


@dataclass(frozen=True, slots=True)
class Placed:
    """All cues of a file, on recordings.

    Attributes:
        cues: in the order of the file's times.
        outside: how many start before or after what was recorded; they are kept, and no picture shows them.
        words: how they were placed, for people.
    """

    cues: tuple[PlacedCue, ...]
    outside: int
    words: str


def targets_of(timeline: Timeline, recordings: Iterable[Recording]) -> tuple[Target, ...]:
    """Return recordings of one camera as targets, by the camera's clock; those without a place come last."""
    places = {place.recording.id: place for camera in timeline.cameras for place in camera.placed}
    targets: list[Target] = []
    for one in recordings:
        place = places.get(one.id)
        start = None if place is None else place.device_start
        targets.append(Target(one, origin_ns(one), start))
    return tuple(sorted(targets, key=lambda one: (one.device_start is None, one.device_start or 0)))


def guess_times(read: ReadTranscript, targets: Sequence[Target], zone: ZoneInfo) -> PlacementGuess:
    """Return what the times of a file most likely count from."""
    if read.base is not TimeBase.FROM_ZERO:
        return PlacementGuess(TimesFrom.CLOCK, "The file gives dates.")
    first = read.cues[0].start_ns
    length = sum(target.recording.duration_ns for target in targets)
    if first <= length + _SLACK_NS:
        return PlacementGuess(TimesFrom.START, "Its first time lies within the length of the recording.")
    placed = [target for target in targets if target.device_start is not None]
    if placed and first < _DAY_NS:
        device = _device_time(first, TimeBase.FROM_ZERO, placed, zone)
        if any(_covers(target, device) for target in placed):
            return PlacementGuess(TimesFrom.CLOCK, "Its first time is a time of day at which the camera was recording.")
    return PlacementGuess(
        TimesFrom.START,
        "Its first time lies after the end of the recording, and the camera was not recording at that time of day "
        "either: check that it belongs to this recording, or give an offset.",
    )


def place_cues(
    read: ReadTranscript,
    targets: Sequence[Target],
    times_from: TimesFrom,
    zone: ZoneInfo,
    offset_ns: DurationNs = 0,
) -> Placed:
    """Put every cue on a recording.

    Args:
        read: the file.
        targets: at least one recording, all of one camera.
        times_from: what the times count from; a clock needs a target that has a place in time.
        zone: in which a clock without a zone is read.
        offset_ns: added to every time of the file.
    """
    placed: list[PlacedCue] = []
    outside = 0
    clocked = [target for target in targets if target.device_start is not None]
    for cue in read.cues:
        if times_from is TimesFrom.CLOCK and clocked:
            target, start = _by_clock(_device_time(cue.start_ns, read.base, clocked, zone) + offset_ns, clocked)
        else:
            target, start = _from_start(cue.start_ns + offset_ns, targets, clocked)
        outside += not target.origin_ns - _SLACK_NS <= start < target.end_ns
        placed.append(PlacedCue(target.recording.id, start, start + cue.end_ns - cue.start_ns, cue))
    return Placed(tuple(placed), outside, _words(times_from, offset_ns))


def _from_start(since_ns: int, targets: Sequence[Target], clocked: Sequence[Target]) -> tuple[Target, int]:
    """Return where a time counted from the first recording's start lies, over gaps by the camera's clock."""
    first = targets[0]
    if len(targets) == 1 or first.device_start is None:
        return first, first.origin_ns + since_ns
    return _by_clock(DeviceTime(first.device_start + since_ns), clocked)


def _by_clock(device: int, clocked: Sequence[Target]) -> tuple[Target, int]:
    def distance(target: Target) -> tuple[int, int]:
        assert target.device_start is not None
        end = target.device_start + target.recording.duration_ns
        return max(0, target.device_start - device, device + 1 - end), -target.device_start

    nearest = min(clocked, key=distance)
    assert nearest.device_start is not None
    return nearest, nearest.origin_ns + device - nearest.device_start


def _device_time(ns: int, base: TimeBase, clocked: Sequence[Target], zone: ZoneInfo) -> DeviceTime:
    """Return the reading of the camera's clock, on the scale of `DeviceTime`, that a file's time means."""
    if base is TimeBase.DATED:
        return DeviceTime(ns)
    if base is TimeBase.DATED_LOCAL:
        return DeviceTime(local_to_utc_ns(ns, zone))
    first = clocked[0].device_start
    assert first is not None
    midnight = first // _DAY_NS * _DAY_NS
    days = (DeviceTime(local_to_utc_ns(midnight + day * _DAY_NS + ns, zone)) for day in (-1, 0, 1, 2))
    return min(days, key=lambda device: min(_remoteness(target, device) for target in clocked))


def _remoteness(target: Target, device: int) -> int:
    assert target.device_start is not None
    return max(0, target.device_start - device, device + 1 - target.device_start - target.recording.duration_ns)


def _covers(target: Target, device: int) -> bool:
    return _remoteness(target, device) <= _SLACK_NS


def _words(times_from: TimesFrom, offset_ns: DurationNs) -> str:
    if not offset_ns:
        return f"times counted from {times_from}"
    sign, length = ("+", offset_ns) if offset_ns > 0 else ("-", -offset_ns)
    return f"times counted from {times_from}, {sign}{length // NS_PER_S}.{length % NS_PER_S // 1_000_000:03d} s"
