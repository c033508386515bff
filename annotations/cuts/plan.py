"""Which frames of which recordings a range of the incident asks for, and what each mode would do; nothing is read.

A range may run over several recordings of a camera and the gaps between them: each is cut by itself. The first frame
is the one that covers the range's start, the last one the one that shows just before its end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from annotations.cuts.containers import EDIT_LISTS, Container, container_for
from annotations.cuts.messages import Codec, CutOrder, Mode, StreamNote
from annotations.cuts.places import copyable_span, lead_in_ns, packets_for
from evidence.frame_index import FrameIndex
from evidence.records import Recording
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from sync.timeline import CameraTimeline, PlacedRecording

FindIndex = Callable[[str], FrameIndex | None]
"""Gives the frame table of a recording by its id, or None where it has no picture."""


@dataclass(frozen=True)
class Piece:
    """One recording's part of a range.

    Attributes:
        place: the recording on the common clock.
        index: its frames, or None for sound alone.
        first: number of the first frame.
        last: number of the last one, inclusive.
        start: media time at which the part begins, seconds.
        end: media time at which it ends, exclusive, seconds.
        shown: when that is on the common clock.
    """

    place: PlacedRecording
    index: FrameIndex | None
    first: int
    last: int
    start: Fraction
    end: Fraction
    shown: IncidentRange

    @property
    def recording(self) -> Recording:
        """What was recorded."""
        return self.place.recording

    @property
    def frames(self) -> int:
        """How many frames."""
        return 0 if self.index is None else self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a mode will do with a piece.

    Attributes:
        lead_in: frames that are taken along before the first one.
        lead_in_ns: how much earlier they begin.
        key_at: when the key frame shows at which the copy begins, or None where it is the first frame.
        lead_out: frames that are taken along after the last one.
        is_hidden: whether an edit list hides them.
        encoded: frames that will be encoded anew.
        why_not: why the mode cannot do it, as far as is known before, one sentence; or "".
    """

    lead_in: int = 0
    lead_in_ns: int = 0
    key_at: IncidentTime | None = None
    lead_out: int = 0
    is_hidden: bool = False
    encoded: int = 0
    why_not: str = ""


def pieces_of(camera: CameraTimeline, span: IncidentRange, find_index: FindIndex) -> tuple[Piece, ...]:
    """Return a camera's parts of a range in order of time; empty where it recorded nothing of it."""
    found = (_piece(place, span, find_index) for place in camera.placed if _overlaps(place.span, span))
    return tuple(piece for piece in found if piece is not None)


def forecast(piece: Piece, mode: Mode) -> Forecast:
    """Return what a mode will do with a piece, from the frame table alone."""
    recording, index = piece.recording, piece.index
    if recording.is_approximate:
        return Forecast(why_not=f"{recording.display_name} is played by VLC, so no frame of it is known exactly.")
    if index is None:
        return Forecast()
    if mode is Mode.EXACT:
        return Forecast(encoded=piece.frames)
    if mode is Mode.SMART:
        stream = recording.video
        if stream is None or stream.codec != "h264":
            return Forecast(why_not="Smart cutting is done for H.264 only.")
        span = copyable_span(index, piece.first, piece.last)
        if span is None:
            return Forecast(why_not="There is no key frame in the range from which on packets could be copied.")
        return Forecast(encoded=piece.frames - (span[3] - span[2] + 1))
    needed = packets_for(index, piece.first, piece.last)
    early = lead_in_ns(index, needed, piece.first)
    starts = piece.place.frame_starts(index)
    return Forecast(
        lead_in=needed.lead_in,
        lead_in_ns=early,
        key_at=IncidentTime(int(starts[needed.key_frame])) if needed.lead_in else None,
        lead_out=needed.lead_out,
        is_hidden=container_for(recording, index, mode, Codec.H264).format in EDIT_LISTS,
    )


def order_for(
    piece: Piece, paths: tuple[bytes, bytes], container: Container, how: tuple[Mode, Codec], *, is_lossless: bool
) -> CutOrder:
    """Return what the process that cuts is asked for; `paths` are the original's and that of the file to write."""
    recording = piece.recording
    notes = tuple(
        StreamNote(
            one.index,
            one.kind.value,
            one.codec,
            None if one.start_pts is None else one.start_pts * one.time_base,
            one.telemetry,
        )
        for one in recording.streams
    )
    stream = recording.video
    return CutOrder(
        path_bytes=paths[0],
        display_name=recording.display_name,
        container=recording.container,
        streams=notes,
        video=recording.video_stream if piece.index is not None else None,
        index=piece.index,
        first=piece.first,
        last=piece.last,
        start=piece.start,
        end=piece.end,
        mode=how[0],
        codec=how[1],
        is_lossless=is_lossless,
        pixel_aspect=Fraction(1) if stream is None else stream.pixel_aspect,
        rate=None if stream is None else stream.nominal_rate,
        out_path=paths[1],
        out_format=container.format,
    )


def _piece(place: PlacedRecording, span: IncidentRange, find_index: FindIndex) -> Piece | None:
    index = None if place.recording.video_stream is None else find_index(place.recording.id)
    if index is None or not len(index):
        return _sound_piece(place, span)
    starts = place.frame_starts(index)
    bounds = np.append(starts, np.int64(place.incident_at_media_ns(index.end.ns)))
    bounds = np.minimum.accumulate(bounds[::-1])[::-1]
    first = max(0, int(bounds.searchsorted(span.start, side="right")) - 1)
    last = min(len(index), int(bounds.searchsorted(span.end, side="left"))) - 1
    if last < first or int(bounds[first + 1]) <= span.start or int(bounds[last]) >= span.end:
        return None
    shown = IncidentRange(IncidentTime(int(bounds[first])), IncidentTime(int(bounds[last + 1])))
    start, end = index.media_time(first).seconds, index.end_of(last) * index.time_base
    return Piece(place, index, first, last, start, end, shown)


def _sound_piece(place: PlacedRecording, span: IncidentRange) -> Piece | None:
    shown = IncidentRange(IncidentTime(max(span.start, place.span.start)), IncidentTime(min(span.end, place.span.end)))
    if not shown.duration_ns or place.recording.audio is None:
        return None
    start, end = (Fraction(place.media_ns_at(one), NS_PER_S) for one in (shown.start, shown.end))
    return Piece(place, None, 0, -1, start, end, shown)


def _overlaps(one: IncidentRange, other: IncidentRange) -> bool:
    return one.start < other.end and other.start < one.end
