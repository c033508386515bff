"""Which instants a contact sheet shows: picked from the frame tables, never computed with a rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.errors import UsageError
from evidence.times import DurationNs, IncidentRange, IncidentTime
from player.tracks import Track

MOST_PICTURES = 400
"""More than that on one sheet nobody looks at, and each has to be decoded."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many pictures, evenly by frames: the first and the last frame of the range are among them."""

    pictures: int


@dataclass(frozen=True, slots=True)
class EveryFrame:
    """Every so many frames, from the first of the range on."""

    frames: int


@dataclass(frozen=True, slots=True)
class EveryTime:
    """A picture every so many ns, from the start of the range on."""

    length_ns: DurationNs


Choice = Count | EveryFrame | EveryTime


def instants_of_camera(track: Track, span: IncidentRange, choice: Choice) -> tuple[IncidentTime, ...]:
    """Return the instants to show of one camera; of `Count` and `EveryFrame` each begins a frame.

    Raises:
        UsageError: it makes no sense, or there would be more than `MOST_PICTURES`.
    """
    if isinstance(choice, EveryTime):
        return instants_of_range(span, choice)
    starts = _frames_in(track, span)
    if isinstance(choice, EveryFrame):
        _check(choice.frames, "frames")
        picked = starts[:: choice.frames]
    else:
        _check(choice.pictures, "pictures")
        picked = starts[_evenly(len(starts), choice.pictures)]
    return _checked(picked)


def instants_of_range(span: IncidentRange, choice: Choice) -> tuple[IncidentTime, ...]:
    """Return instants at which all cameras are shown, evenly by time. Raises UsageError."""
    if isinstance(choice, EveryFrame):
        raise UsageError(
            "Cameras have frames of their own: every so many frames makes sense for one camera only.",
            remedy="Name a camera, or ask for a picture every so many seconds.",
        )
    if isinstance(choice, EveryTime):
        _check(choice.length_ns, "nanoseconds")
        if span.duration_ns // choice.length_ns >= MOST_PICTURES:
            raise _too_many(span.duration_ns // choice.length_ns + 1)
        return _checked(np.arange(span.start, span.end, choice.length_ns, dtype=np.int64))
    _check(choice.pictures, "pictures")
    last = max(0, span.duration_ns - 1)
    steps = max(1, choice.pictures - 1)
    return tuple(IncidentTime(span.start + last * number // steps) for number in range(_few(choice.pictures)))


def _frames_in(track: Track, span: IncidentRange) -> NDArray[np.int64]:
    """Return when each frame begins to show that shows in the range."""
    parts: list[NDArray[np.int64]] = []
    for stretch, place in track.stretches(span.start, span.end):
        index = track.index_of(place)
        if index is None or not len(index):
            continue
        starts = place.frame_starts(index)
        first = max(0, int(starts.searchsorted(stretch.start, side="right")) - 1)
        shown = starts[first : int(starts.searchsorted(stretch.end, side="left"))]
        parts.append(np.maximum(shown, np.int64(stretch.start)))
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def _evenly(count: int, wanted: int) -> NDArray[np.int64]:
    """Return places of at most `wanted` of `count` things, the first and the last among them, as even as can be."""
    if count <= wanted:
        return np.arange(count, dtype=np.int64)
    if wanted == 1:
        return np.zeros(1, dtype=np.int64)
    return np.arange(wanted, dtype=np.int64) * (count - 1) // (wanted - 1)


def _checked(instants: NDArray[np.int64]) -> tuple[IncidentTime, ...]:
    if len(instants) > MOST_PICTURES:
        raise _too_many(len(instants))
    return tuple(IncidentTime(int(instant)) for instant in instants)


def _few(pictures: int) -> int:
    if pictures > MOST_PICTURES:
        raise _too_many(pictures)
    return pictures


def _check(number: int, what: str) -> None:
    if number < 1:
        raise UsageError(f"{number} {what} make no contact sheet.", remedy="Ask for at least one.")


def _too_many(count: int) -> UsageError:
    return UsageError(
        f"That would be {count:,} pictures; {MOST_PICTURES} is the most on one sheet.",
        remedy="Ask for fewer, or for a shorter range.",
    )
