"""Where a recording has no sound: no stream, none there yet, none any more, or digital silence.

It says what is in the file and not why: silence may come from a mute button, a setting, a fault or an export. What
lies in the stream is told by whoever has decoded it (`Silences`); without that, only the stream's own start and end
are known, and the rest is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from evidence.records import Recording, StreamInfo
from evidence.times import NS_PER_S, DurationNs, IncidentRange, ticks_to_ns
from sync.timeline import PlacedRecording, origin_ns

SHORTEST_NS = NS_PER_S
"""Shorter stretches without sound are no news."""

_FROM_START_NS = 100_000_000
"""A stretch that begins within this of the first frame is there from the start."""

Silences = Mapping[str, "tuple[Silence, ...]"]
"""By id of recording, for those whose sound was decoded: where it is silent, by media time. No entry: not looked at."""


class SoundLack(StrEnum):
    """How sound is lacking."""

    NO_STREAM = "no sound stream"
    NOT_RECORDED = "no sound recorded"
    """The file has a sound stream, and no sound in it for that time."""

    SILENT = "digital silence"
    """Sound was recorded and every sample of it is zero, give or take the last bit of 16."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch of the sound stream, of the file's own time, ns, half-open.

    Attributes:
        start_ns: media time at which it begins.
        end_ns: media time at which it ends.
        lack: `NOT_RECORDED` or `SILENT`.
    """

    start_ns: int
    end_ns: int
    lack: SoundLack


@dataclass(frozen=True, slots=True)
class NoSound:
    """A stretch of a recording without sound.

    Attributes:
        recording_id: which recording.
        span: when, on the incident clock.
        lack: how; where it changes within, that of the longer part.
        is_from_start: it begins with the picture, as where a camera keeps some time before the button was pressed.
        is_whole: it is all of the recording.
    """

    recording_id: str
    span: IncidentRange
    lack: SoundLack
    is_from_start: bool
    is_whole: bool


@dataclass(frozen=True, slots=True)
class SoundOf:
    """What is known of the sound of one recording.

    Attributes:
        lacking: stretches without sound, by time.
        is_looked_at: whether that is all; False where the sound itself was not decoded yet.
    """

    lacking: tuple[NoSound, ...]
    is_looked_at: bool


def sound_of(place: PlacedRecording, silences: Silences) -> SoundOf:
    """Return what is known of the sound of one recording."""
    recording, span = place.recording, place.span
    first = origin_ns(recording)
    end = first + recording.duration_ns
    stream = recording.audio
    if stream is None or not stream.packets or stream.start_pts is None:
        lack = SoundLack.NO_STREAM if stream is None else SoundLack.NOT_RECORDED
        whole = NoSound(recording.id, span, lack, is_from_start=True, is_whole=True)
        return SoundOf((whole,), is_looked_at=True)
    known = silences.get(recording.id)
    parts = [*_outside_of(recording, stream, first, end), *(known or ())]
    lacking = tuple(
        NoSound(
            recording_id=recording.id,
            span=IncidentRange(place.incident_at_media_ns(one.start_ns), place.incident_at_media_ns(one.end_ns)),
            lack=one.lack,
            is_from_start=one.start_ns - first <= _FROM_START_NS,
            is_whole=one.start_ns - first <= _FROM_START_NS and end - one.end_ns <= _FROM_START_NS,
        )
        for one in _joined(parts, first, end)
    )
    return SoundOf(lacking, is_looked_at=known is not None)


def _outside_of(recording: Recording, stream: StreamInfo, first: int, end: int) -> Iterator[Silence]:
    """Yield what of the picture lies before and after the sound stream."""
    if recording.video is None or stream.start_pts is None:
        return
    start_ns = ticks_to_ns(stream.start_pts, stream.time_base)
    if start_ns > first:
        yield Silence(first, min(start_ns, end), SoundLack.NOT_RECORDED)
    if stream.end_pts is not None:
        end_ns = ticks_to_ns(stream.end_pts, stream.time_base)
        if end_ns < end:
            yield Silence(max(end_ns, first), end, SoundLack.NOT_RECORDED)


def _joined(parts: list[Silence], first: int, end: int) -> Iterator[Silence]:
    """Yield the stretches within the picture that are long enough; those that touch are one."""
    current: list[Silence] = []
    for part in sorted(parts, key=lambda one: (one.start_ns, one.end_ns)):
        clipped = Silence(max(part.start_ns, first), min(part.end_ns, end), part.lack)
        if clipped.end_ns <= clipped.start_ns:
            continue
        if current and clipped.start_ns > max(one.end_ns for one in current):
            yield from _as_one(current)
            current = []
        current.append(clipped)
    yield from _as_one(current)


def _as_one(parts: list[Silence]) -> Iterator[Silence]:
    if not parts:
        return
    start, end = parts[0].start_ns, max(one.end_ns for one in parts)
    if end - start >= SHORTEST_NS:
        longest: DurationNs = max(one.end_ns - one.start_ns for one in parts)
        lack = next(one.lack for one in parts if one.end_ns - one.start_ns == longest)
        yield Silence(start, end, lack)
