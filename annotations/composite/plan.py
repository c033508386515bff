"""Which frame of which recording each frame of a video shows: look-ups in the frame tables; no original is read.

Frame k of a video is the instant `start` + k / rate, exactly; each tile shows the frame that covers it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from annotations.composite.messages import Box, Tile, TileSource, instant_of
from annotations.shapes.on_frame import Placed, ShapesByFrame
from evidence.errors import UsageError
from evidence.records import Recording
from evidence.time_text import LocalTimes, sigma_text
from evidence.times import NS_PER_S, IncidentRange, half_width_95
from player.protocol import Source
from player.tracks import FrameSpot, Gap, Track
from sync.timeline import PlacedRecording

MOST_FRAMES = 60 * 60 * 60 * 4
"""Four hours at 60 frames a second."""

_USUAL = tuple(Fraction(one) for one in ("24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60"))
_NEARLY = Fraction(1, 50)
_APPROXIMATE = ("No exact frame", "This recording is played by VLC, whose times are approximate")


@dataclass(frozen=True, slots=True)
class Remark:
    """Words at the foot of a tile, or in the title, for a stretch of the incident: `[start, end)`, ns."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Extras:
    """What is drawn over a camera's pictures where it was asked for.

    Attributes:
        shapes: of the case, or None.
        captions: by camera; a frame shows those whose time overlaps its own.
        marks: by camera; a frame of the video shows those whose time it lies in.
    """

    shapes: ShapesByFrame | None = None
    captions: Callable[[str], Sequence[Remark]] = lambda _camera: ()
    marks: Callable[[str], Sequence[Remark]] = lambda _camera: ()


def frame_count(span: IncidentRange, rate: Fraction) -> int:
    """Return how many frames a range has: those whose instant lies in it.

    Raises:
        UsageError: there is none, or there are too many.
    """
    count = -(-span.duration_ns * rate.numerator // (NS_PER_S * rate.denominator))
    if count < 1:
        raise UsageError("The range has no length.", remedy="Give it an end that is later than its start.")
    if count > MOST_FRAMES:
        raise UsageError(f"That would be {count:,} frames.", remedy="Choose a shorter range, or a lower rate.")
    return count


def usual_rate(tracks: Sequence[Track], span: IncidentRange) -> Fraction:
    """Return the highest rate at which the cameras recorded in a range, as the nearest usual one, 60 at most.

    It is taken from the usual distance between frames; it decides which instants the video shows, not what they show.
    """
    rates: list[Fraction] = []
    for track in tracks:
        for _stretch, place in track.stretches(span.start, span.end):
            index = track.index_of(place)
            if index is not None and len(index) > 1:
                ticks = int(np.median(np.diff(index.pts)))
                if ticks > 0:
                    rates.append(1 / (ticks * index.time_base))
    highest = max(rates, default=Fraction(25))
    nearest = min(_USUAL, key=lambda one: abs(one - highest))
    if abs(nearest - highest) <= highest * _NEARLY:
        return nearest
    return next((one for one in _USUAL if one >= highest), _USUAL[-1])


def plan_tile(
    track: Track,
    box: Box,
    span: IncidentRange,
    rate: Fraction,
    *,
    zone: ZoneInfo,
    path_of: Callable[[Recording], bytes],
    extras: Extras,
) -> Tile:
    """Plan one camera's part.

    Args:
        track: the camera.
        box: where it lies.
        span: the range.
        rate: frames a second.
        zone: in which times are written.
        path_of: where an original is; raises SightlineError where it is missing.
        extras: what is drawn over it.
    """
    return _Planner(track, LocalTimes(zone), path_of, extras).plan(box, span, rate)


class _Planner:
    def __init__(self, track: Track, times: LocalTimes, path_of: Callable[[Recording], bytes], extras: Extras) -> None:
        self._track = track
        self._times = times
        self._path_of = path_of
        self._extras = extras
        self._sources: dict[str, tuple[int, TileSource]] = {}
        self._gaps: dict[tuple[str, str], int] = {}
        self._words: dict[str, int] = {}

    def plan(self, box: Box, span: IncidentRange, rate: Fraction) -> Tile:
        count = frame_count(span, rate)
        source_of: NDArray[np.int32] = np.full(count, -1, dtype=np.int32)
        gap_of, words_of = source_of.copy(), source_of.copy()
        frame_of: NDArray[np.int64] = np.full(count, -1, dtype=np.int64)
        at_ns = np.zeros(count, dtype=np.int64)
        shapes: dict[tuple[int, int], tuple[Placed, ...]] = {}
        camera = self._track.camera.camera
        captions, marks = _Said(self._extras.captions(camera.id)), _Said(self._extras.marks(camera.id))
        spot: FrameSpot | Gap | None = None
        for number in range(count):
            instant = instant_of(span.start, rate, number)
            if not _covers(spot, instant):
                spot = self._track.at(instant)
            assert spot is not None
            words = marks.between(instant, instant + 1)
            if isinstance(spot, Gap):
                gap_of[number] = self._gap(spot)
            elif spot.place.recording.is_approximate:
                gap_of[number] = self._gaps.setdefault(_APPROXIMATE, len(self._gaps))
            else:
                source_of[number], frame_of[number] = self._source(spot.place), spot.frame
                at_ns[number] = spot.frame_start
                words += captions.between(spot.frame_start, spot.end)
                key = (int(source_of[number]), spot.frame)
                if self._extras.shapes and key not in shapes:
                    found = self._extras.shapes.at(spot.place.recording.id, spot.pts)
                    if found:
                        shapes[key] = found
            if words:
                words_of[number] = self._words.setdefault("\n".join(words), len(self._words))
        return Tile(
            camera_id=camera.id,
            name=camera.name,
            box=box,
            sources=tuple(one for _number, one in self._sources.values()),
            source_of=source_of,
            frame_of=frame_of,
            at_ns=at_ns,
            gaps=tuple(self._gaps),
            gap_of=gap_of,
            words=tuple(self._words),
            words_of=words_of,
            shapes=shapes,
        )

    def _source(self, place: PlacedRecording) -> int:
        recording = place.recording
        known = self._sources.get(recording.id)
        if known is None:
            known = (len(self._sources), self._new_source(place))
            self._sources[recording.id] = known
        return known[0]

    def _new_source(self, place: PlacedRecording) -> TileSource:
        recording = place.recording
        stream, index = recording.video, self._track.index_of(place)
        assert stream is not None
        assert index is not None
        frame_ns = (index.end.ns - index.start.ns) // max(1, len(index))
        is_sure = place.sigma_ns is not None and half_width_95(place.sigma_ns) <= frame_ns
        source = Source(
            key=0,
            path_bytes=self._path_of(recording),
            display_name=recording.display_name,
            stream_index=stream.index,
            rotation=stream.rotation,
            pixel_aspect=stream.pixel_aspect,
            color_space=stream.color_space,
            color_range=stream.color_range,
        )
        unsure = "" if is_sure else ("±?" if place.sigma_ns is None else sigma_text(place.sigma_ns))
        return TileSource(recording.id, source, index, recording.exhibit, unsure, (stream.width, stream.height))

    def _gap(self, gap: Gap) -> int:
        if gap.is_sound_only:
            text = ("Sound only", "This recording has no picture")
        else:
            since = "" if gap.start is None else f"since {self._times.clock(gap.start)}"
            until = "" if gap.end is None else f"{'until' if since else 'starts'} {self._times.clock(gap.end)}"
            text = ("Not recording", ", ".join(filter(None, (since, until))))
        return self._gaps.setdefault(text, len(self._gaps))


class _Said:
    """Remarks, asked for by stretches that begin ever later."""

    def __init__(self, remarks: Sequence[Remark]) -> None:
        self._later = sorted(remarks, key=lambda one: (one.start, one.end, one.text), reverse=True)
        self._now: list[Remark] = []

    def between(self, start: int, end: int) -> list[str]:
        """Return what is said within `[start, end)`."""
        while self._later and self._later[-1].start < end:
            self._now.append(self._later.pop())
        self._now = [one for one in self._now if one.end > start]
        return [one.text for one in self._now if one.start < end]


def _covers(spot: FrameSpot | Gap | None, instant: int) -> bool:
    """Tell whether the answer for an earlier instant holds for this one too."""
    if isinstance(spot, FrameSpot):
        return spot.start <= instant < spot.end
    return isinstance(spot, Gap) and spot.end is not None and instant < spot.end


def layout_box(x: int, y: int, width: int, height: int) -> Box:
    """Return the largest rectangle with even sides in another one; never smaller than two pixels."""
    left, top = x + x % 2, y + y % 2
    return Box(left, top, max(2, (x + width - left) // 2 * 2), max(2, (y + height - top) // 2 * 2))
