"""Captions over pictures: what is said while the frame on screen was recorded, exactly; readable in a tile of any size.

A cue is shown on a frame where their times overlap. A recording without picture shows what is said at the playhead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QRegion

from annotations.transcripts.cue_times import CueTimes
from evidence.times import IncidentTime
from player.pictures import TileState
from player.ui.overlay import TileScene

_TEXT = "#ffffff"
_SHADE = QColor(0, 0, 0, 190)
_LARGEST_PX, _SMALLEST_PX = 34, 9
_USUAL_PX = 12
_MARGIN = 6
_PAD = 4
_FLAGS = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
_MOST_KEPT = 64

SpeakerColour = Callable[[str], str]
"""Gives the colour of a speaker, `#rrggbb`."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A piece of a caption and where it stands."""

    room: QRect
    text: str
    colour: str
    is_bold: bool


@dataclass(frozen=True, slots=True)
class _Block:
    """A whole caption.

    Attributes:
        room: all that it takes, in the surface's logical pixels.
        lines: its pieces.
        px: the size of its letters.
    """

    room: QRect
    lines: tuple[_Line, ...]
    px: int


@dataclass(frozen=True, eq=False)
class _Said:
    """The cues of one recording by start: their rows, when they start and end, and the latest end so far."""

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    latest: NDArray[np.int64]

    def between(self, start: IncidentTime, end: IncidentTime) -> tuple[int, ...]:
        """Return the rows of the cues whose times overlap `[start, end)`."""
        last = int(np.searchsorted(self.starts, end, side="left"))
        first = int(np.searchsorted(self.latest, start, side="right"))
        inside = self.ends[first:last] > start
        return tuple(int(row) for row in self.rows[first:last][inside])


class CaptionOverlay:
    """An overlay of `player.ui.overlay`. Lives on the UI thread.

    Attributes:
        is_on: whether captions are shown.
    """

    def __init__(self, font: QFont, position: Callable[[], IncidentTime], colour_of: SpeakerColour) -> None:
        """Make an overlay without words.

        Args:
            font: in which captions are written; their size follows the tile.
            position: gives the playhead's instant, for recordings without a picture.
            colour_of: gives each speaker a colour.
        """
        self.is_on = False
        self._font = QFont(font)
        self._position = position
        self._colour_of = colour_of
        self._times: CueTimes | None = None
        self._said_in: dict[str, _Said] = {}
        self._kept: dict[tuple[object, ...], _Block] = {}

    def set_times(self, times: CueTimes | None) -> None:
        """Show these words from now on."""
        self._times = times
        self._kept.clear()
        self._said_in = {} if times is None else _by_recording(times)

    def words(self, scene: TileScene) -> tuple[int, ...]:
        """Return the rows of the cues that are said in what a tile shows."""
        times = self._times
        if not self.is_on or times is None:
            return ()
        picture = scene.tile.picture
        if picture is not None and scene.transform is not None:
            spot = picture.spot
            said = self._said_in.get(spot.place.recording.id)
            return () if said is None else said.between(spot.frame_start, spot.end)
        if scene.tile.state is TileState.SOUND_ONLY:
            rows = times.rows_at(self._position())
            return tuple(row for row in rows if times.camera_ids[row] == scene.label.camera_id)
        return ()

    def region(self, scene: TileScene) -> QRegion:
        """Return all that `paint` would touch."""
        block = self._block(scene)
        return QRegion() if block is None else QRegion(block.room)

    def paint(self, painter: QPainter, scene: TileScene) -> None:
        """Draw the caption of a tile."""
        block = self._block(scene)
        if block is None:
            return
        painter.save()
        painter.fillRect(block.room, _SHADE)
        for line in block.lines:
            painter.setFont(self._sized(block.px, is_bold=line.is_bold))
            painter.setPen(QColor(line.colour))
            painter.drawText(line.room, _FLAGS, line.text)
        painter.restore()

    def _block(self, scene: TileScene) -> _Block | None:
        rows = self.words(scene)
        if not rows:
            return None
        area = scene.area
        key = (rows, area.x(), area.y(), area.width(), area.height())
        if key not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = self._lay_out(rows, area)
        return self._kept[key]

    def _lay_out(self, rows: tuple[int, ...], area: QRect) -> _Block:
        """Put the words at the foot of a tile, as large as there is room; the rest of what has none is cut off."""
        pieces = self._pieces(rows)
        most_high = max(1, area.height() * 3 // 5)
        px = min(_LARGEST_PX, max(_USUAL_PX, area.height() // 20))
        while px > _SMALLEST_PX and self._height(pieces, area.width(), px) > most_high:
            px -= 1
        lines: list[_Line] = []
        width = max(1, area.width() - 2 * _MARGIN - 2 * _PAD)
        top, widest = 0, 0
        for whole, colour, is_bold in pieces:
            text = whole
            metrics = QFontMetrics(self._sized(px, is_bold=is_bold))
            box = metrics.boundingRect(QRect(0, 0, width, 10_000), _FLAGS, text)
            spare = most_high - 2 * _PAD - top
            if box.height() > spare:
                text = _cut(text, metrics, width, spare)
                box = metrics.boundingRect(QRect(0, 0, width, 10_000), _FLAGS, text)
                if not text:
                    break
            lines.append(_Line(QRect(0, top, width, box.height()), text, colour, is_bold))
            top += box.height()
            widest = max(widest, box.width())
        height = top + 2 * _PAD
        room = QRect(
            area.x() + (area.width() - widest) // 2 - _PAD - 2,
            area.bottom() + 1 - _MARGIN - height,
            widest + 2 * _PAD + 4,
            height,
        ).intersected(area)
        left, top = area.x() + (area.width() - width) // 2, room.y() + _PAD
        placed = tuple(replace(line, room=line.room.translated(left, top)) for line in lines)
        return _Block(room, placed, px)

    def _pieces(self, rows: tuple[int, ...]) -> list[tuple[str, str, bool]]:
        """Return names, words and warnings in order; of several cues of one speaker the name once."""
        assert self._times is not None
        pieces: list[tuple[str, str, bool]] = []
        before = ""
        for row in rows:
            cue = self._times.cues[row]
            warning = self._times.transcript_by_id[cue.transcript_id].warning
            head = " · ".join(part for part in (cue.speaker, "machine-made, not checked" if warning else "") if part)
            if head and head != before:
                pieces.append((head, self._colour_of(cue.speaker), True))
            before = head
            pieces.append((cue.text, _TEXT, False))
        return pieces

    def _height(self, pieces: list[tuple[str, str, bool]], width: int, px: int) -> int:
        room = QRect(0, 0, max(1, width - 2 * _MARGIN - 2 * _PAD), 10_000)
        heights = (
            QFontMetrics(self._sized(px, is_bold=is_bold)).boundingRect(room, _FLAGS, text).height()
            for text, _colour, is_bold in pieces
        )
        return sum(heights) + 2 * _PAD

    def _sized(self, px: int, *, is_bold: bool) -> QFont:
        font = QFont(self._font)
        font.setPixelSize(px)
        font.setBold(is_bold)
        return font


def _by_recording(times: CueTimes) -> dict[str, _Said]:
    rows_of: dict[str, list[int]] = {}
    for row in range(len(times.starts)):
        rows_of.setdefault(times.cues[row].recording_id, []).append(row)
    said: dict[str, _Said] = {}
    for recording_id, own in rows_of.items():
        rows = np.array(own, dtype=np.int64)
        ends = times.ends[rows]
        said[recording_id] = _Said(rows, times.starts[rows], ends, np.maximum.accumulate(ends))
    return said


def _cut(text: str, metrics: QFontMetrics, width: int, height: int) -> str:
    """Return as much of the start of a text as there is room for, with an ellipsis; "" where there is none."""
    if height < metrics.height():
        return ""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        box = metrics.boundingRect(QRect(0, 0, width, 10_000), _FLAGS, text[:middle].rstrip() + "…")
        low, high = (middle, high) if box.height() <= height else (low, middle - 1)
    return text[:low].rstrip() + "…"
