"""Draws thumbnails and waveforms into the bar of a recording, from what is in memory: it never waits nor reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter

from evidence.times import DurationNs, IncidentTime
from player.derived.waveform import Bins, bin_ns, level_for
from player.ui.timeline.preview_source import CHUNK_BINS, PreviewFacts, PreviewSource
from player.ui.timeline.time_view import TimeView
from sync.timeline import PlacedRecording

LEAST_WIDTH = 12
_LEAST_STRIP = 18
_WAVE_SHARE = 0.38
_LEAST_WAVE = 11
_PEAK_ALPHA = 95
_LOUDNESS_ALPHA = 120
_FULL = 32_767.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """One recording's bar on screen.

    Attributes:
        place: the recording on the incident clock.
        area: its bar, cut to the screen, in the painter's pixels.
        left: pixel of the view at which `area` begins.
        view: the stretch of time on screen.
        source: has what can be drawn.
    """

    place: PlacedRecording
    area: QRect
    left: int
    view: TimeView
    source: PreviewSource


def paint_previews(painter: QPainter, stretch: Stretch) -> None:
    """Draw what is there of a recording's previews, and ask for what is not.

    Where the bar is low, the waveform alone is drawn over all of it, or nothing where there is no sound.
    """
    area = stretch.area
    if area.width() < LEAST_WIDTH or area.height() < _LEAST_WAVE:
        return
    facts = stretch.source.facts(stretch.place.recording)
    if facts is None:
        return
    wave = area.height() if facts.levels else 0
    has_strip = facts.shape[1] > 0 and area.height() >= _LEAST_STRIP + (_LEAST_WAVE if facts.levels else 0)
    if has_strip and facts.levels:
        wave = max(_LEAST_WAVE, round(area.height() * _WAVE_SHARE))
    if has_strip:
        _paint_strip(painter, stretch, QRect(area.adjusted(0, 0, 0, -wave)), facts)
    if wave:
        _paint_wave(painter, stretch, QRect(area.adjusted(0, area.height() - wave, 0, 0)), facts)


def _paint_strip(painter: QPainter, stretch: Stretch, area: QRect, facts: PreviewFacts) -> None:
    """Draw thumbnails side by side, each where its slot begins; slots are counted from the recording's own start."""
    place, view = stretch.place, stretch.view
    height = area.height()
    width = max(4, facts.shape[0] * height // max(1, facts.shape[1]))
    origin = view.x_of(place.span.start)
    first = (stretch.left - origin) // width
    last = (stretch.left + area.width() - 1 - origin) // width
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    for slot in range(first, last + 1):
        x = origin + slot * width
        media_ns = place.media_ns_at(view.instant_at(x + width // 2))
        number = max(0, int(np.searchsorted(facts.thumbnail_ns, media_ns, side="right")) - 1)
        picture = stretch.source.thumbnail(place.recording, number)
        if picture is not None:
            painter.drawImage(QRect(area.left() + x - stretch.left, area.top(), width, height), picture)
    painter.restore()


def _paint_wave(painter: QPainter, stretch: Stretch, area: QRect, facts: PreviewFacts) -> None:
    columns = _columns(stretch, area.width(), facts)
    if columns is not None:
        painter.drawImage(area.topLeft(), wave_picture(columns, area.height()))


def _columns(stretch: Stretch, width: int, facts: PreviewFacts) -> Bins | None:
    """Return one bin for each pixel, from the finest level that a pixel can show, or from a coarser one at hand."""
    edges = media_edges(stretch.place, stretch.view, stretch.left, width)
    ns_per_pixel = max(1, int(edges[-1] - edges[0]) // max(1, width))
    wanted = level_for(ns_per_pixel, facts.levels)
    for level in range(wanted, min(wanted + 3, facts.levels)):
        found = _bins_between(stretch, edges, level)
        if found is not None:
            return found
    return None


def _bins_between(stretch: Stretch, edges: NDArray[np.int64], level: int) -> Bins | None:
    numbers = edges // bin_ns(level)
    first, last = int(numbers[0]), max(int(numbers[-1]), int(numbers[0]) + 1)
    parts: list[Bins] = []
    for chunk in range(first // CHUNK_BINS, (last - 1) // CHUNK_BINS + 1):
        bins = stretch.source.chunk(stretch.place.recording, level, chunk)
        if bins is None:
            return None
        parts.append(bins)
    joined = np.concatenate(parts)
    starts = np.minimum(numbers[:-1] - first // CHUNK_BINS * CHUNK_BINS, len(joined) - 1)
    end = last - first // CHUNK_BINS * CHUNK_BINS
    joined = joined[:end]
    starts = np.minimum(starts, len(joined) - 1)
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
