"""Draws who is tied to whom: cameras as rows in their lane colours, matches as arcs beside them.

What an arc says by its colour and its dashes is also said by a word at it or in its tool tip, and in the table.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QScrollArea, QToolTip, QWidget

from app.tie_picture import TieArc, TiePicture, TieRow, lay_out_ties
from app.ui.theme import Theme, tip
from evidence.observations import ObservationState, SyncMethod
from resources.palette import lane_colour
from sync.standing import Standing, Use
from sync.words import METHOD_WORDS, camera_words, small_words, tie_words

_ARCS = 132
_HIGH, _LOW, _HEAD = 44, 24, 26
_HIT = 7.0
_METHOD_LANES = {
    SyncMethod.SOUND: 0,
    SyncMethod.TWO_WAY_SOUND: 0,
    SyncMethod.LIGHT: 4,
    SyncMethod.MOVEMENT: 6,
    SyncMethod.MARKED_EVENT: 2,
    SyncMethod.BY_HAND: 3,
    SyncMethod.STATED_ERROR: 1,
    SyncMethod.TIME_ZONE: 1,
    SyncMethod.BURNT_IN_CLOCK: 5,
}
"""A colour of the lanes' palette for each method; what is not named has the first."""


class TieView(QScrollArea):
    """The picture, with a scroll bar where it is higher than the window.

    Signals:
        camera_chosen: id of a camera, or "" for none.
        match_chosen: id of a match.
    """

    camera_chosen = Signal(str)
    match_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = _Picture(theme, self)
        self.picture.camera_chosen.connect(self.camera_chosen)
        self.picture.match_chosen.connect(self.match_chosen)
        self.setWidget(self.picture)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusProxy(self.picture)
        self.setMinimumWidth(340)

    def show_standing(self, standing: Standing | None) -> None:
        """Show how the clocks stand."""
        self.picture.show_standing(standing)

    def wished_width(self) -> int:
        """Return how wide it would be to say everything in full, pixels."""
        return self.picture.wished_width() + self.verticalScrollBar().sizeHint().width()

    def choose(self, camera_id: str, match: str) -> None:
        """Show which camera and which match are chosen."""
        self.picture.choose(camera_id, match)
        row = self.picture.row_of(camera_id)
        if row is not None:
            self.ensureVisible(0, row.center().y(), 0, row.height())


class _Picture(QWidget):
    camera_chosen = Signal(str)
    match_chosen = Signal(str)

    def __init__(self, theme: Theme, area: QScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self._theme = theme
        self._standing: Standing | None = None
        self._layout = TiePicture((), ())
        self._camera = ""
        self._match = ""
        self._words: list[QRectF] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Who is tied to whom; arrows choose a camera")
        theme.changed.connect(self.update)

    def show_standing(self, standing: Standing | None) -> None:
        self._standing = standing
        self._layout = TiePicture((), ()) if standing is None else lay_out_ties(standing)
        self.setMinimumHeight(self._height())
        self.updateGeometry()
        self.update()

    def choose(self, camera_id: str, match: str) -> None:
        self._camera, self._match = camera_id, match
        self.update()

    def row_of(self, camera_id: str) -> QRect | None:
        """Return where a camera's row is, or None."""
        for row, rect in zip(self._layout.rows, self._rects(), strict=True):
            if row.camera_id == camera_id and camera_id:
                return rect
        return None

    def sizeHint(self) -> QSize:
        return QSize(440, self._height())

    def wished_width(self) -> int:
        """Return how wide the longest words of any camera are, with the arcs beside them."""
        if self._standing is None:
            return self.sizeHint().width()
        bold = self.font()
        bold.setBold(True)
        names, words = QFontMetrics(bold), self.fontMetrics()
        widths = [
            max(names.horizontalAdvance(one.camera.name), words.horizontalAdvance(camera_words(one)))
            for one in self._standing.cameras
        ]
        return _ARCS + 32 + max(widths, default=0)

    # Where things are

    def _row_height(self) -> int:
        cameras = sum(bool(row.camera_id) for row in self._layout.rows)
        heads = len(self._layout.rows) - cameras
        room = self._area.viewport().height() - heads * _HEAD - 8
        line = self.fontMetrics().height()
        fair = room // cameras if cameras else _HIGH
        if fair < line + 6 and not self._names_fit_beside():
            return 2 * line + 10  # it is scrolled in any case: then with names that can be read
        return max(line + 6, min(2 * line + 10, fair))

    def _names_fit_beside(self) -> bool:
        """Tell whether every camera's name has room beside what is said of its clock."""
        bold = self.font()
        bold.setBold(True)
        metrics = QFontMetrics(bold)
        room = max(60, (self._area.viewport().width() - _ARCS - 28) * 2 // 5)
        cameras = () if self._standing is None else self._standing.cameras
        return all(metrics.horizontalAdvance(one.camera.name) <= room for one in cameras)

    def _height(self) -> int:
        high = self._row_height()
        return 8 + sum(high if row.camera_id else _HEAD for row in self._layout.rows)

    def _rects(self) -> list[QRect]:
        high, top, found = self._row_height(), 4, []
        for row in self._layout.rows:
            height = high if row.camera_id else _HEAD
            found.append(QRect(0, top, self.width(), height))
            top += height
        return found

    def _path(self, arc: TieArc, rects: list[QRect]) -> QPainterPath:
        first, last = QPointF(rects[arc.first].center()), QPointF(rects[arc.last].center())
        edge = float(_ARCS)
        path = QPainterPath()
        if arc.first == arc.last:
            path.addEllipse(QPointF(edge - 12 - 13 * arc.lane, first.y()), 4.5, 4.5)
            return path
        part = min(1.0, (arc.last - arc.first - 1) / max(1, self._layout.longest - 1))
        away = min(_ARCS - 12.0, 26 + (_ARCS - 60) * part + 9 * arc.lane)
        start, end = QPointF(edge, first.y() + 3), QPointF(edge, last.y() - 3)
        path.moveTo(start)
        path.cubicTo(QPointF(edge - away * 1.3, start.y()), QPointF(edge - away * 1.3, end.y()), end)
        return path

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self._theme.palette
        painter.fillRect(self.rect(), QColor(palette.panel))
        if self._standing is None:
            return
        rects = self._rects()
        self._words.clear()
        for row, rect in zip(self._layout.rows, rects, strict=True):
            if row.camera_id:
                self._paint_camera(painter, row, rect)
            else:
                painter.setPen(QColor(palette.caution if row.role else palette.dim))
                painter.drawText(rect.adjusted(10, 0, -8, 0), Qt.AlignmentFlag.AlignVCenter, row.text)
        chosen_last = sorted(self._layout.arcs, key=lambda arc: (arc.match.group == self._match, self._is_near(arc)))
        for arc in chosen_last:
            self._paint_arc(painter, arc, rects)

    def _is_near(self, arc: TieArc) -> bool:
        return not self._camera or self._camera in arc.match.cameras

    def _paint_camera(self, painter: QPainter, row: TieRow, rect: QRect) -> None:
        assert self._standing is not None
        palette, one = self._theme.palette, self._standing.camera_by_id[row.camera_id]
        if row.camera_id == self._camera:
            painter.fillRect(rect, QColor(palette.raised))
            painter.fillRect(QRect(0, rect.top(), 3, rect.height()), QColor(palette.accent))
            if self.hasFocus():
                painter.setPen(QPen(QColor(palette.accent), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
        swatch = QRectF(_ARCS, rect.center().y() - 6, 12, 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(lane_colour(one.camera.colour)))
        painter.drawRoundedRect(swatch, 3, 3)
        left = _ARCS + 20
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        room = rect.width() - left - 8
        is_high = rect.height() >= 2 * self.fontMetrics().height() + 4
        metrics = QFontMetrics(font)
        name_room = room if is_high else max(60, room * 2 // 5)
        name = metrics.elidedText(one.camera.name, Qt.TextElideMode.ElideMiddle, name_room)
        painter.setPen(QColor(palette.text))
        half = rect.height() // 2
        upper = QRect(left, rect.top(), room, half if is_high else rect.height())
        low = Qt.AlignmentFlag.AlignBottom if is_high else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(upper, low, name)
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(QColor(palette.caution if one.cluster < 0 or one.after is None else palette.dim))
        lower = QRect(left, rect.top() + half, room, half)
        if not is_high:
            lower = QRect(left + name_room + 8, rect.top(), room - name_room - 8, rect.height())
        words = camera_words(one, is_short=not is_high)
        told = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, lower.width())
        painter.drawText(lower, Qt.AlignmentFlag.AlignTop if is_high else Qt.AlignmentFlag.AlignVCenter, told)

    def _paint_arc(self, painter: QPainter, arc: TieArc, rects: list[QRect]) -> None:
        match, palette = arc.match, self._theme.palette
        is_bad = match.use in {Use.OUTLIER, Use.CONFLICT}
        colour = QColor(palette.bad if is_bad else self._method_colours()[match.method])
        style = Qt.PenStyle.SolidLine
        width = 1.2 + 2.6 * match.weight
        if is_bad:
            style = Qt.PenStyle.DashLine
        elif match.state is ObservationState.PROPOSED:
            style = Qt.PenStyle.DotLine
        elif match.state in {ObservationState.REJECTED, ObservationState.POSSIBLE}:
            style, colour, width = Qt.PenStyle.DotLine, QColor(palette.faint), 1.0
        if not self._is_near(arc) and match.group != self._match:
            colour.setAlpha(70)
        path = self._path(arc, rects)
        if match.group == self._match:
            halo = QColor(palette.accent)
            halo.setAlpha(110)
            painter.strokePath(path, QPen(halo, width + 6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if arc.first == arc.last and match.state is ObservationState.ACCEPTED and not is_bad:
            painter.setBrush(colour)
        painter.setPen(QPen(colour, max(width, 1.6), style))
        painter.drawPath(path)
        if is_bad:
            at = path.pointAtPercent(0.5) if arc.first != arc.last else QPointF(14, rects[arc.first].center().y())
            self._paint_word(painter, "outlier" if match.use is Use.OUTLIER else "conflict", at, colour)

    def _paint_word(self, painter: QPainter, word: str, at: QPointF, colour: QColor) -> None:
        metrics = self.fontMetrics()
        wide = metrics.horizontalAdvance(word) + 6
        left = min(max(2.0, at.x() - wide / 2), float(_ARCS - wide))
        box = QRectF(left, at.y() - metrics.height() / 2, wide, metrics.height())
        while any(box.intersects(one) for one in self._words):
            box.translate(0, metrics.height())
        self._words.append(box)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.palette.panel))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(colour)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)

    def _method_colours(self) -> Mapping[SyncMethod, str]:
        return {method: lane_colour(_METHOD_LANES.get(method, 0)) for method in SyncMethod}

    # What people do

    def _arc_at(self, point: QPointF) -> TieArc | None:
        rects = self._rects()
        stroker = QPainterPathStroker()
        stroker.setWidth(2 * _HIT)
        found = None
        for arc in self._layout.arcs:
            path = self._path(arc, rects)
            if stroker.createStroke(path).contains(point) or (arc.first == arc.last and path.contains(point)):
                found = arc
                if arc.match.group == self._match:
                    break
        return found

    def arc_point(self, group: str) -> QPointF | None:
        """Return a point on the arc of a match, or None."""
        rects = self._rects()
        for arc in self._layout.arcs:
            if arc.match.group == group:
                return self._path(arc, rects).pointAtPercent(0.5)
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        arc = self._arc_at(event.position()) if event.position().x() < _ARCS else None
        if arc is not None:
            self.match_chosen.emit(arc.match.group)
            return
        for row, rect in zip(self._layout.rows, self._rects(), strict=True):
            if row.camera_id and rect.contains(event.position().toPoint()):
                self.camera_chosen.emit("" if row.camera_id == self._camera else row.camera_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        ids = [row.camera_id for row in self._layout.rows if row.camera_id]
        if step and ids:
            place = ids.index(self._camera) + step if self._camera in ids else (0 if step > 0 else len(ids) - 1)
            self.camera_chosen.emit(ids[min(max(place, 0), len(ids) - 1)])
        elif event.key() == Qt.Key.Key_Escape and self._camera:
            self.camera_chosen.emit("")
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, _event: object) -> None:
        self.setMinimumHeight(self._height())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._standing is not None:
            arc = self._arc_at(QPointF(event.pos())) if event.pos().x() < _ARCS else None
            told = self._tip(arc) if arc is not None else self._row_tip(event.pos().y())
            QToolTip.showText(event.globalPos(), tip(told), self)
            return True
        return super().event(event)

    def _row_tip(self, y: int) -> str:
        """Return in full what a camera's row says, as it may be cut off."""
        assert self._standing is not None
        for row, rect in zip(self._layout.rows, self._rects(), strict=True):
            if row.camera_id and rect.top() <= y <= rect.bottom():
                one = self._standing.camera_by_id[row.camera_id]
                return f"{one.camera.name}\n{camera_words(one)}"
        return ""

    def _tip(self, arc: TieArc) -> str:
        assert self._standing is not None
        names = {one.camera.id: one.camera.name for one in self._standing.cameras}
        match = arc.match
        worst = max((one.residual_ns for one in match.readings if one.residual_ns is not None), key=abs, default=None)
        return (
            f"{METHOD_WORDS[match.method]}: {tie_words(match, names)}\n"
            f"{match.state.value}, {match.use.value}; residual {small_words(worst)} ({match.sigmas:.1f} σ)\n"
            f"{match.first.evidence}"
        )
