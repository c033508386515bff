"""The court screen: one finished picture, or black, over the whole of one display. It has no other state to show.

It is never told of decoders, jobs or errors, so none of them can show on it. What it paints from is a picture of its
own that nobody changes. It takes no focus and no input, has no furniture, hides the cursor, and has no children:
nothing can open a dialog or a tool tip from it.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from courtroom.ui.court_picture import CourtPicture
from courtroom.ui.top_layer import TopLayer, paint_top

_FLAGS = (
    Qt.WindowType.Window
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowDoesNotAcceptFocus
    | Qt.WindowType.NoDropShadowWindowHint
)


class CourtScreen(QWidget):
    """A window of its own. Lives on the UI thread.

    Signals:
        painted(object): the picture that was painted just now, or None for black.

    Attributes:
        painted_ns: when it was painted last, `time.monotonic_ns`.
    """

    painted = Signal(object)

    def __init__(self) -> None:
        super().__init__(None, _FLAGS)
        self._picture: CourtPicture | None = None
        self._is_black = True
        self._layer = TopLayer()
        self.painted_ns = 0
        self.setWindowTitle("Sightline court screen")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setCursor(Qt.CursorShape.BlankCursor)

    # What is shown

    @property
    def picture(self) -> CourtPicture | None:
        """The picture that is shown, or would be were it not black."""
        return self._picture

    @property
    def is_black(self) -> bool:
        """Whether it is black."""
        return self._is_black

    @property
    def layer(self) -> TopLayer:
        """What lies over the picture."""
        return self._layer

    @property
    def device_size(self) -> QSize:
        """How large a picture fits exactly, device pixels."""
        return self.size() * self.devicePixelRatioF()

    def show_picture(self, picture: CourtPicture, layer: TopLayer) -> None:
        """Show a finished picture, at once."""
        self._picture, self._layer, self._is_black = picture, layer, False
        self.repaint()

    def show_layer(self, layer: TopLayer) -> None:
        """Lay something else over the picture that is shown."""
        if layer != self._layer:
            self._layer = layer
            self.update()

    def show_black(self) -> None:
        """Be black, at once; the picture is kept."""
        if not self._is_black:
            self._is_black = True
            self.repaint()

    def paint_into(self, painter: QPainter, target: QRectF) -> None:
        """Draw what the court sees into another painter: for the mirror on the console, and for a captured exhibit."""
        painter.fillRect(target, Qt.GlobalColor.black)
        if self._is_black or self._picture is None:
            return
        image = self._picture.image
        where = _fitted(QSize(image.width(), image.height()), target)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_scaled(image, where, painter))
        painter.drawImage(where, image)
        if not self._layer.is_empty:
            paint_top(painter, where, image, self._layer, self.font())

    # Where it is

    def cover(self, geometry: QRect) -> None:
        """Cover a display, whose place on the desktop is given in logical pixels."""
        self.setGeometry(geometry)
        if not self.isVisible():
            self.show()
        self.raise_()

    # Qt's own

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw all of it in one go."""
        painter = QPainter(self)
        try:
            self.paint_into(painter, QRectF(self.rect()))
        finally:
            painter.end()
        self.painted_ns = time.monotonic_ns()
        self.painted.emit(None if self._is_black else self._picture)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay: only the end of court mode takes it away."""
        event.ignore()

    def event(self, event: QEvent) -> bool:
        """Never show a tool tip or a status tip."""
        if event.type() in {QEvent.Type.ToolTip, QEvent.Type.StatusTip, QEvent.Type.WhatsThis}:
            return True
        return super().event(event)


def is_scaled(image: QImage, where: QRectF, painter: QPainter) -> bool:
    """Tell whether a picture is drawn at another size than its own."""
    ratio = painter.device().devicePixelRatioF()
    return abs(where.width() * ratio - image.width()) > 0.5 or abs(where.height() * ratio - image.height()) > 0.5


def _fitted(size: QSize, target: QRectF) -> QRectF:
    """Return where a picture of another shape lies, whole and in the middle."""
    scale = min(target.width() / max(1, size.width()), target.height() / max(1, size.height()))
    width, height = size.width() * scale, size.height() * scale
    left, top = target.left() + (target.width() - width) / 2, target.top() + (target.height() - height) / 2
    return QRectF(left, top, width, height)
