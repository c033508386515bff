"""Makes observations of what people see and hear: one event marked in several cameras, or two aligned by hand.

An event shows first in the frame during which it happens: anywhere in it, so a mark stands for the middle of its frame
and is uncertain by the frame's length over the square root of 12. (The frame's start would be early by half a frame on
average, so that cameras of different rates would be tied wrongly, and ever more surely so by more events.) A person may
say that it is worse.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.errors import UsageError
from evidence.frame_index import FrameIndex
from evidence.observations import Moment, Observation, ObservationState, SyncMethod
from evidence.times import DurationNs, ticks_to_ns
from sync.finder import Finder

_FEWEST_NS = 100_000


@dataclass(frozen=True, slots=True)
class EventMark:
    """The frame of one recording in which an event shows.

    Attributes:
        recording_id: id of the recording.
        camera_id: id of its camera.
        media_ns: the middle of the time for which the frame shows, of the file's own time.
        half_frame_ns: half the time for which it shows.
        frame: its number, from 0; None where it was marked by time.
    """

    recording_id: str
    camera_id: str
    media_ns: int
    half_frame_ns: DurationNs
    frame: int | None = None


def mark_frame(recording_id: str, camera_id: str, index: FrameIndex, frame: int) -> EventMark:
    """Return a mark on a frame. Raises IndexError where there is no such frame."""
    start = index.media_time(frame)
    end_ns = ticks_to_ns(index.end_of(frame), start.time_base)
    half_ns = (end_ns - start.ns) // 2
    return EventMark(recording_id, camera_id, start.ns + half_ns, max(_FEWEST_NS, half_ns), frame)


def observe_event(
    marks: Sequence[EventMark], finder: Finder, *, note: str = "", extra_sigma_ns: DurationNs = 0
) -> tuple[Observation, ...]:
    """Return what one event says of the clocks of the cameras that it was marked in: each with the first.

    Who marks it has seen it, so the observations are accepted by that person.

    Args:
        marks: one a camera, the sharpest first where there is a choice.
        finder: who marks.
        note: what the event is.
        extra_sigma_ns: what the person adds to each pair's standard uncertainty.

    Raises:
        UsageError: fewer than two cameras, or one twice.
    """
    cameras = {one.camera_id for one in marks}
    if len(marks) < 2 or len(cameras) < len(marks):
        raise UsageError(
            "An event ties clocks only where it is marked in two cameras, once in each.",
            meaning="Nothing was changed.",
            remedy="Mark the same event in another camera.",
        )
    first, found = marks[0], []
    for other in marks[1:]:
        key = finder.new_id()
        within = [round(one.half_frame_ns / 3**0.5) for one in (first, other)]
        sigma = _root(*within, extra_sigma_ns)
        found.append(
            Observation(
                id=key,
                group=key,
                method=SyncMethod.MARKED_EVENT,
                one=Moment(first.recording_id, first.media_ns),
                other=Moment(other.recording_id, other.media_ns),
                utc=None,
                sigma_ns=sigma,
                common_sigma_ns=0,
                evidence=_evidence(note, first, other, extra_sigma_ns),
                found_by=finder.by,
                found_ns=finder.now_ns,
                state=ObservationState.ACCEPTED,
                decided_by=finder.by,
                decided_ns=finder.now_ns,
            )
        )
    return tuple(found)


def observe_by_hand(one: Moment, other: Moment, sigma_ns: DurationNs, note: str, finder: Finder) -> Observation:
    """Return two recordings that a person laid together by eye and ear, as a proposal.

    Raises:
        UsageError: no uncertainty was stated.
    """
    if sigma_ns <= 0:
        raise UsageError("An alignment by hand is never exact.", remedy="Say to within how many milliseconds it is.")
    key = finder.new_id()
    return Observation(
        id=key,
        group=key,
        method=SyncMethod.BY_HAND,
        one=one,
        other=other,
        utc=None,
        sigma_ns=sigma_ns,
        common_sigma_ns=0,
        evidence=note or "Laid together by eye and ear.",
        found_by=finder.by,
        found_ns=finder.now_ns,
    )


def _evidence(note: str, first: EventMark, other: EventMark, extra_ns: DurationNs) -> str:
    words = [note.strip().rstrip(".") or "The same event, marked in both"]
    frames = [f"frame {one.frame}" for one in (first, other) if one.frame is not None]
    if len(frames) == 2:
        words.append(f"{frames[0]} and {frames[1]}")
    if extra_ns:
        words.append(f"{extra_ns / 1e6:g} ms added to its uncertainty")
    return "; ".join(words) + "."


def _root(*parts_ns: int) -> int:
    return round(math.sqrt(sum(part**2 for part in parts_ns)))
