"""What the court sees, small, on the console: drawn from the court screen's own picture, and drawn on by the presenter.

While the presenter looks for something in private it shows that, and what the court sees in a corner.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from courtroom.show.keys import Act
from courtroom.ui.conductor import Conductor
from courtroom.ui.court_picture import CourtPicture, Pane
from courtroom.ui.court_screen import CourtScreen
from courtroom.ui.court_zoom import pane_at, view_of_rect, view_of_wheel
from courtroom.ui.top_layer import Point
from player.ui.tile_view import WHOLE

_INSET = 0.3
_NOTCH = 120
_STEP = 1.25
_SHADE = 110
_MOST_POINTS = 2_000
_CROSS = frozenset({Act.ZOOM, Act.DRAW})


class Mirror(QWidget):
    """Shows the court screen and takes the mouse. Lives on the UI thread.

    Signals:
        tool_changed: another tool is in the hand.
        zoom_refused: there is nothing to zoom into where that was tried.
    """

    tool_changed = Signal()
    zoom_refused = Signal()

    def __init__(self, conductor: Conductor, screen: CourtScreen, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._conductor = conductor
        self._screen = screen
        self._private: CourtPicture | None = None
        self._drag: tuple[Point, Point] | None = None
        self.tool = Act.ZOOM
        self.is_dimmed = False
        self.setMouseTracking(True)
        self.setMinimumSize(320, 180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("What the court sees")
        self.setCursor(Qt.CursorShape.CrossCursor)
        screen.painted.connect(self._on_painted)
        conductor.looked.connect(self._on_looked)
        conductor.state_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Ask for a picture of the court screen's shape."""
        return QSize(768, 432)

    def take_tool(self, tool: Act) -> None:
        """Take a tool; the one that is in the hand is put away, and zooming is what is left."""
        self.tool = Act.ZOOM if tool is self.tool else tool
        self._conductor.set_tools(replace(self._conductor.tools, pointer=None, spotlight=None, lens=None))
        self.setCursor(Qt.CursorShape.CrossCursor if self.tool in _CROSS else Qt.CursorShape.BlankCursor)
        self.tool_changed.emit()

    def clear(self) -> None:
        """Take away what was drawn."""
        self._conductor.set_tools(replace(self._conductor.tools, strokes=()))

    def show_whole(self) -> None:
        """Show every whole picture again."""
        for pane in self._panes():
            self._conductor.set_view(pane.camera_id, WHOLE)

    @property
    def picture_rect(self) -> QRectF:
        """Where the court screen is drawn."""
        size = self._screen.size()
        scale = min(self.width() / max(1, size.width()), self.height() / max(1, size.height()))
        width, height = size.width() * scale, size.height() * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    # Qt's own

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what the court sees, or what the presenter alone sees with that in a corner."""
        painter = QPainter(self)
        try:
            painter.fillRect(self.rect(), QColor("#000000"))
            rect = self.picture_rect
            private = self._private if self._conductor.state.is_private else None
            if private is None:
                self._screen.paint_into(painter, rect)
            else:
                _paint_fitted(painter, rect, private.image)
                inset = QRectF(0, 0, rect.width() * _INSET, rect.height() * _INSET)
                inset.moveTopRight(rect.topRight())
                self._screen.paint_into(painter, inset)
                painter.setPen(QPen(QColor("#9aa3ab"), 1))
                painter.drawRect(inset)
            if self._drag is not None and self.tool is Act.ZOOM:
                painter.setPen(QPen(QColor("#4da3ff"), 2))
                painter.drawRect(QRectF(_on(rect, self._drag[0]), _on(rect, self._drag[1])).normalized())
            if self.is_dimmed:
                painter.fillRect(self.rect(), QColor(0, 0, 0, _SHADE))
        finally:
            painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a rectangle or a line."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = self._share(event.position())
        self._drag = (at, at)
        if self.tool is Act.DRAW:
            tools = self._conductor.tools
            self._conductor.set_tools(replace(tools, strokes=(*tools.strokes, (at,))))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is in the hand."""
        at = self._share(event.position())
        tools = self._conductor.tools
        if self._drag is not None:
            self._drag = (self._drag[0], at)
            self.update()
        match self.tool:
            case Act.POINTER:
                self._conductor.set_tools(replace(tools, pointer=at))
            case Act.SPOTLIGHT:
                self._conductor.set_tools(replace(tools, spotlight=at))
            case Act.MAGNIFIER:
                self._conductor.set_tools(replace(tools, lens=at))
            case Act.DRAW if self._drag is not None and tools.strokes and len(tools.strokes[-1]) < _MOST_POINTS:
                last = (*tools.strokes[-1], at)
                self._conductor.set_tools(replace(tools, strokes=(*tools.strokes[:-1], last)))
            case _:
                pass

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End a rectangle: the court sees that part."""
        drag, self._drag = self._drag, None
        if drag is None or self.tool is not Act.ZOOM:
            return
        self.update()
        middle = ((drag[0][0] + drag[1][0]) / 2, (drag[0][1] + drag[1][1]) / 2)
        pane = pane_at(self._panes(), self._court_size(), middle)
        view = None if pane is None else view_of_rect(pane, self._court_size(), *drag)
        if pane is not None and view is not None:
            self._conductor.set_view(pane.camera_id, view)
        elif drag[0] != drag[1] and (pane is None or pane.shown is None):
            self.zoom_refused.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the mouse."""
        at = self._share(event.position())
        pane = pane_at(self._panes(), self._court_size(), at)
        if pane is None or pane.shown is None:
            self.zoom_refused.emit()
            return
        view = view_of_wheel(pane, self._court_size(), at, _STEP ** (event.angleDelta().y() / _NOTCH))
        if view is not None:
            self._conductor.set_view(pane.camera_id, view)

    def leaveEvent(self, _event: object) -> None:
        """The pointer and the magnifier go with the mouse; a spotlight stays."""
        tools = self._conductor.tools
        self._conductor.set_tools(replace(tools, pointer=None, lens=None))

    # Inside

    def _panes(self) -> tuple[Pane, ...]:
        picture = self._private if self._conductor.state.is_private else self._screen.picture
        return () if picture is None else picture.panes

    def _court_size(self) -> tuple[int, int]:
        size = self._screen.device_size
        return size.width(), size.height()

    def _share(self, point: QPointF) -> Point:
        rect = self.picture_rect
        x = (point.x() - rect.left()) / max(1.0, rect.width())
        y = (point.y() - rect.top()) / max(1.0, rect.height())
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)

    def _on_painted(self, _picture: object) -> None:
        self.update()

    def _on_looked(self, picture: object) -> None:
        if isinstance(picture, CourtPicture):
            self._private = picture
            self.update()


def _paint_fitted(painter: QPainter, target: QRectF, image: QImage) -> None:
    scale = min(target.width() / image.width(), target.height() / image.height())
    where = QRectF(0, 0, image.width() * scale, image.height() * scale)
    where.moveCenter(target.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(where, image)


def _on(rect: QRectF, point: Point) -> QPointF:
    return QPointF(rect.left() + point[0] * rect.width(), rect.top() + point[1] * rect.height())
