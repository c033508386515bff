"""Draws thumbnails and waveforms into the bar of a recording, from what is in memory: it never waits nor reads."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from evidence.times import DurationNs, IncidentTime
from player.derived.waveform import Bins, bin_ns, level_for, no_bins
from player.ui.timeline.preview_source import CHUNK_BINS, PreviewFacts, PreviewSource, Recent
from player.ui.timeline.time_view import TimeView
from sync.timeline import PlacedRecording

LEAST_WIDTH = 16
_TILE_WIDTH = 512
_MOST_TILE_BYTES = 48_000_000
_BUDGET_NS = 800_000
_LEAST_STRIP = 18
_WAVE_SHARE = 0.38
_LEAST_WAVE = 11
_PEAK_ALPHA = 95
_LOUDNESS_ALPHA = 120
_FULL = 32_767.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """One recording's bar, or a part of it.

    Attributes:
        place: the recording on the incident clock.
        left: pixel of the view at which it begins.
        width: in pixels.
        height: in pixels.
        view: the stretch of time on screen.
        ground: the colour of the bar.
    """

    place: PlacedRecording
    left: int
    width: int
    height: int
    view: TimeView
    ground: QColor


class PreviewTiles:
    """Pictures of parts of bars, drawn once and then copied to the screen. Lives on the UI thread.

    A part is counted from the recording's own start, so that it stays the same while the view is panned. Each paint
    draws new ones for a few milliseconds at most; what is left comes with the next paint, and what was drawn at
    another zoom stands in for it.

    Attributes:
        source: has thumbnails and sound.
        view: the stretch of time on screen.
        left: where it begins, in the painter's pixels.
        is_behind: whether the last paint left something to draw.
    """

    def __init__(self, source: PreviewSource) -> None:
        self.source = source
        self._tiles: Recent[QImage] = Recent(_MOST_TILE_BYTES, cost=QImage.sizeInBytes)
        self._last: Recent[QImage] = Recent(_MOST_TILE_BYTES // 4, cost=QImage.sizeInBytes)
        self._spent_ns = 0
        self._zoom = (0, 0, 0, 0)
        self.view = TimeView(0, 1, 1)
        self.left = 0
        self.is_behind = False

    def begin(self, view: TimeView, left: int) -> None:
        """A paint of this stretch of time begins, which lies from `left` on."""
        self.view, self.left = view, left
        self._zoom = (view.length_ns, view.width, view.start_ns % view.ns_per_pixel, self.source.generation)
        self._spent_ns = 0
        self.is_behind = False
        self.source.hold(is_on=True)

    def end(self) -> None:
        """A paint has ended; ask for another where something is left to draw."""
        self.source.hold(is_on=False)
        if self.is_behind:
            self.source.ask_for_paint()

    def paint(
        self, painter: QPainter, place: PlacedRecording, ends: tuple[int, int], rows: tuple[int, int], ground: QColor
    ) -> bool:
        """Draw what there is of a recording's previews into its bar, and ask for what is not there.

        Args:
            painter: of the timeline.
            place: the recording.
            ends: first pixel of the view of its bar, and the pixel after the last.
            rows: first row, and number of rows, in the painter's pixels.
            ground: the colour of the bar.

        Returns:
            Whether nothing is left to come.
        """
        top, height = rows
        if height < _LEAST_WAVE or not place.recording.sha256:
            return True
        facts = self.source.facts(place.recording)
        if facts is None or not (facts.levels or facts.shape[1]):
            return facts is not None
        view = self.view
        origin = (ends[0] if ends[0] >= 0 else view.x_of(place.span.start)) + 1
        end = (ends[1] if ends[1] <= view.width else view.x_of(place.span.end)) - 1
        first = max(0, -origin) // _TILE_WIDTH
        is_whole = True
        for number in range(first, (min(end, view.width) - 1 - origin) // _TILE_WIDTH + 1):
            start = origin + number * _TILE_WIDTH
            width = min(_TILE_WIDTH, end - start)
            picture, is_final = self._tile(Stretch(place, start, width, height, view, ground), number, facts)
            is_whole &= is_final
            if picture is None:
                continue
            if picture.width() == width and picture.height() == height:
                painter.drawImage(self.left + start, top, picture)
            else:
                painter.drawImage(QRect(self.left + start, top, width, height), picture)
        return is_whole

    def _tile(self, stretch: Stretch, number: int, facts: PreviewFacts) -> tuple[QImage | None, bool]:
        """Return a part's picture, or one from another zoom or none, and whether it is as it shall be."""
        name = (stretch.place.recording.id, number, stretch.ground.rgb())
        key = (name, self._zoom, stretch.width, stretch.height)
        found = self._tiles.get(key)
        if found is not None:
            return found, True
        if self._spent_ns > _BUDGET_NS:
            self.is_behind = True
            return self._last.get(name), False
        begin = time.perf_counter_ns()
        drawn = draw_tile(stretch, self.source, facts)
        self._spent_ns += time.perf_counter_ns() - begin
        if drawn is None:
            return self._last.get(name), False
        picture, is_whole = drawn
        if is_whole:
            self._tiles.put(key, picture)
            self._last.put(name, picture)
        return picture, is_whole


def draw_tile(stretch: Stretch, source: PreviewSource, facts: PreviewFacts) -> tuple[QImage, bool] | None:
    """Return a part of a bar on its own ground, and whether all was in memory; None where nothing was.

    Thumbnails are above the waveform; where the bar is low, the waveform takes all of it.
    """
    height = stretch.height
    has_strip = facts.shape[1] > 0 and height >= _LEAST_STRIP + (_LEAST_WAVE if facts.levels else 0)
    wave = 0 if not facts.levels else height
    if has_strip and facts.levels:
        wave = max(_LEAST_WAVE, round(height * _WAVE_SHARE))
    columns = _columns(stretch, source, facts) if wave else None
    if columns is None and not has_strip:
        return None
    picture = QImage(stretch.width, height, QImage.Format.Format_RGB32)
    picture.fill(stretch.ground)
    is_whole = columns is not None or not wave
    painter = QPainter(picture)
    if has_strip:
        painter.setClipRect(0, 0, stretch.width, height - wave)
        is_whole &= _paint_strip(painter, stretch, height - wave, source, facts)
        painter.setClipping(False)
    if columns is not None:
        painter.drawImage(0, height - wave, wave_picture(columns, wave))
    painter.end()
    return picture, is_whole


def _paint_strip(painter: QPainter, stretch: Stretch, height: int, source: PreviewSource, facts: PreviewFacts) -> bool:
    """Draw thumbnails side by side, in slots counted from the recording's start; return whether all were there."""
    place, view = stretch.place, stretch.view
    width = max(4, facts.shape[0] * height // max(1, facts.shape[1]))
    origin = view.x_of(place.span.start)
    first, last = (stretch.left - origin) // width, (stretch.left + stretch.width - 1 - origin) // width
    is_whole = True
    for slot in range(first, last + 1):
        x = origin + slot * width
        media_ns = place.media_ns_at(view.instant_at(x + width // 2))
        number = max(0, int(np.searchsorted(facts.thumbnail_ns, media_ns, side="right")) - 1)
        picture = source.thumbnail(place.recording, number)
        is_whole &= picture is not None
        if picture is not None:
            painter.drawImage(QRect(x - stretch.left, 0, width, height), picture)
    return is_whole


def _columns(stretch: Stretch, source: PreviewSource, facts: PreviewFacts) -> Bins | None:
    """Return one bin for each pixel, from the coarsest level that a pixel can still show; None while it is loading."""
    place, view, width = stretch.place, stretch.view, stretch.width
    start = place.media_ns_at(view.instant_at(stretch.left))
    end = place.media_ns_at(view.instant_at(stretch.left + width))
    level = level_for(max(1, (end - start) // max(1, width)), len(facts.levels))
    length_ns, there = bin_ns(level), facts.levels[level]
    first = start // length_ns
    last = max(first + 1, -(-end // length_ns))
    parts: list[Bins] = []
    for chunk in range(first // CHUNK_BINS, (last - 1) // CHUNK_BINS + 1):
        is_empty = (chunk + 1) * CHUNK_BINS <= there.first_bin or chunk * CHUNK_BINS >= there.first_bin + there.count
        bins = no_bins(CHUNK_BINS) if is_empty else source.chunk(place.recording, level, chunk)
        if bins is None:
            return None
        parts.append(bins)
    base = first // CHUNK_BINS * CHUNK_BINS
    joined = np.concatenate(parts)[: last - base]
    edges = media_edges(place, view, stretch.left, width) // length_ns - base
    starts = np.clip(edges[:-1], 0, len(joined) - 1)
    return np.stack(
        [
            np.minimum.reduceat(joined[:, 0], starts),
            np.maximum.reduceat(joined[:, 1], starts),
            np.maximum.reduceat(joined[:, 2], starts),
        ],
        axis=1,
    )


def media_edges(place: PlacedRecording, view: TimeView, left: int, width: int) -> NDArray[np.int64]:
    """Return the file's own time at the edges of pixels `left` to `left + width`, ns; int64[width + 1], increasing.

    A camera's clock is straight between its pieces, so its ends and corners are enough; what lies between is exact to
    the rounding of a float, far below a pixel.
    """
    start, end = int(view.instant_at(left)), int(view.instant_at(left + width))
    corners = [piece.incident_ns for piece in place.clock.pieces[1:] if start < piece.incident_ns < end]
    knots = sorted({start, *(moment for corner in corners for moment in (corner - 1, corner)), end})
    media = [place.media_ns_at(IncidentTime(knot)) for knot in knots]
    base: DurationNs = media[0]
    xs = np.linspace(0.0, float(end - start), width + 1)
    values = np.interp(xs, [float(knot - start) for knot in knots], [float(moment - base) for moment in media])
    edges: NDArray[np.int64] = np.maximum.accumulate(values.astype(np.int64)) + base
    return edges


def wave_picture(columns: Bins, height: int) -> QImage:
    """Return columns of sound as dark on nothing: peaks lightly, loudness strongly; a gap is left empty.

    Heights follow the square root of the sample, so that speech is seen beside a slammed door.
    """
    there = columns[:, 0] <= columns[:, 1]
    middle = height / 2
    tops = middle - _bent(columns[:, 1]) * middle
    bottoms = middle - _bent(columns[:, 0]) * middle
    loud = _bent(columns[:, 2]) * middle
    rows = np.arange(height, dtype=np.float32)[:, None]
    peak = there & (rows + 1 > tops) & (rows <= np.maximum(bottoms, tops + 1))
    strong = there & (rows + 1 > middle - loud) & (rows < middle + loud)
    alpha = peak * np.uint32(_PEAK_ALPHA) + (strong & peak) * np.uint32(_LOUDNESS_ALPHA)
    pixels = np.ascontiguousarray(alpha.astype(np.uint32) << np.uint32(24))
    image = QImage(pixels.data, len(columns), height, len(columns) * 4, QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()


def _bent(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    share = samples.astype(np.float32) / np.float32(_FULL)
    bent: NDArray[np.float32] = (np.sign(share) * np.sqrt(np.abs(share))).astype(np.float32)
    return bent
