"""The range of the chosen shape with its keyframes as ticks; a click goes there."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.ui.theme import Theme

_EDGE = 8
_TICK = 5
_NEAR = 7


@dataclass(frozen=True, slots=True)
class StripState:
    """What the strip shows; everything in frame numbers of the shape's recording.

    Attributes:
        first: the first frame that shows the shape.
        last: the last one.
        keyframes: where it was put by hand, by number.
        now: the frame on screen, or None where another recording is.
    """

    first: int
    last: int
    keyframes: tuple[int, ...]
    now: int | None


class KeyframeStrip(QWidget):
    """Mirrors a `StripState`.

    Signals:
        frame_wanted(object): the user wants to see this frame.
    """

    frame_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.state: StripState | None = None
        self.setMinimumWidth(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Keyframes of the shape")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Ask for one line."""
        return QSize(220, 24)

    def show_state(self, state: StripState | None) -> None:
        """Show a shape's keyframes, or none."""
        if state != self.state:
            self.state = state
            self.update()

    def x_of(self, frame: int) -> float:
        """Return where a frame is, in logical pixels; those beyond the range at its ends."""
        assert self.state is not None
        room = self.width() - 2 * _EDGE
        length = max(1, self.state.last - self.state.first)
        share = min(max(frame - self.state.first, 0), length)
        return _EDGE + room * share / length

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the range, the ticks, and where the playhead is."""
        if self.state is None:
            return
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.fillRect(_EDGE, int(middle) - 1, self.width() - 2 * _EDGE, 3, QColor(palette.line))
        painter.setPen(Qt.PenStyle.NoPen)
        for frame in self.state.keyframes:
            x = self.x_of(frame)
            is_here = frame == self.state.now
            painter.setBrush(QColor(palette.accent if is_here else palette.text))
            sides = ((0, -_TICK), (_TICK, 0), (0, _TICK), (-_TICK, 0))
            painter.drawPolygon(QPolygonF([QPointF(x + dx, middle + dy) for dx, dy in sides]))
        if self.state.now is not None and self.state.first <= self.state.now <= self.state.last:
            painter.fillRect(int(self.x_of(self.state.now)) - 1, 2, 2, self.height() - 4, QColor(palette.accent))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the keyframe that was clicked, or to the frame that lies there."""
        if self.state is not None and event.button() == Qt.MouseButton.LeftButton:
            self.frame_wanted.emit(self._frame_at(event.position().x()))

    def event(self, event: QEvent) -> bool:
        """Name the frame under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.state is not None:
            frame = self._frame_at(event.pos().x())
            what = "Keyframe at frame" if frame in self.state.keyframes else "Frame"
            QToolTip.showText(event.globalPos(), f"{what} {frame}", self)
            return True
        return super().event(event)

    def _frame_at(self, x: float) -> int:
        assert self.state is not None
        near = [frame for frame in self.state.keyframes if abs(self.x_of(frame) - x) <= _NEAR]
        if near:
            return min(near, key=lambda frame: abs(self.x_of(frame) - x))
        room = max(1, self.width() - 2 * _EDGE)
        share = min(max((x - _EDGE) / room, 0.0), 1.0)
        return self.state.first + round(share * (self.state.last - self.state.first))
