"""Two sounds one above the other on one time axis, zoomed from seconds to milliseconds with the wheel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import Theme
from evidence.times import NS_PER_S, DurationNs

NARROWEST_NS = 20_000_000
WIDEST_NS = 8 * NS_PER_S
_STEPS_MS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000)


@dataclass(frozen=True, eq=False)
class Wave:
    """A sound on the axis.

    Attributes:
        samples: 16 bits each.
        rate: samples a second.
        start_ns: where its first sample lies, ns from the matched moment.
        colour: of its camera.
        name: of its camera.
        words: why there is no sound, or "".
    """

    samples: NDArray[np.int16]
    rate: int
    start_ns: int
    colour: str
    name: str
    words: str = ""


class WavePair(QWidget):
    """The two sounds. The second one is moved by `shift_ns`, without being decoded anew."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._waves: tuple[Wave, ...] = ()
        self._stretch: tuple[int, int] | None = None
        self._shift_ns = 0
        self._cursor_ns: int | None = None
        self._grip: tuple[float, int] | None = None
        self.middle_ns = 0
        self.span_ns = 2 * NS_PER_S
        self.setMinimumSize(220, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("The two sounds, laid together; the wheel zooms")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Ask for some room."""
        return QSize(520, 180)

    def show_waves(self, waves: tuple[Wave, ...], stretch: tuple[int, int] | None) -> None:
        """Show two sounds and the stretch that matches, ns from the matched moment."""
        self._waves, self._stretch = waves, stretch
        self.update()

    def set_shift(self, shift_ns: DurationNs) -> None:
        """Draw the second sound later by this."""
        self._shift_ns = shift_ns
        self.update()

    def set_cursor(self, at_ns: int | None) -> None:
        """Show where the playhead is, ns from the matched moment."""
        if at_ns != self._cursor_ns:
            self._cursor_ns = at_ns
            self.update()

    def zoom(self, factor: float, at_x: float | None = None) -> None:
        """Show less time (a factor above 1) or more, around a place."""
        part = 0.5 if at_x is None else at_x / max(1, self.width())
        fixed = self.middle_ns + (part - 0.5) * self.span_ns
        self.span_ns = int(min(max(self.span_ns / factor, NARROWEST_NS), WIDEST_NS))
        self.middle_ns = int(fixed - (part - 0.5) * self.span_ns)
        self.update()

    def x_of(self, at_ns: int) -> float:
        """Return where a time is drawn."""
        return (at_ns - self.middle_ns) * self.width() / self.span_ns + self.width() / 2

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw both."""
        painter = QPainter(self)
        palette = self._theme.palette
        painter.fillRect(self.rect(), QColor(palette.panel))
        axis = self.fontMetrics().height() + 4
        high = (self.height() - axis) // 2
        if self._stretch is not None:
            left, right = (self.x_of(one) for one in self._stretch)
            shade = QColor(palette.accent)
            shade.setAlpha(28)
            painter.fillRect(QRectF(left, 0, max(1.0, right - left), self.height() - axis), shade)
        for number, wave in enumerate(self._waves):
            band = QRectF(0, number * high, self.width(), high - 2)
            self._paint_wave(painter, wave, band, self._shift_ns if number else 0)
        self._paint_axis(painter, axis)
        painter.setPen(QPen(QColor(palette.bad), 1))
        painter.drawLine(QPointF(self.x_of(0), 0), QPointF(self.x_of(0), self.height() - axis))
        if self._cursor_ns is not None:
            painter.setPen(QPen(QColor(palette.text), 1))
            at = self.x_of(self._cursor_ns)
            painter.drawLine(QPointF(at, 0), QPointF(at, self.height() - axis))

    def _paint_wave(self, painter: QPainter, wave: Wave, band: QRectF, shift_ns: int) -> None:
        palette = self._theme.palette
        middle, half = band.center().y(), band.height() / 2 - 2
        painter.setPen(QPen(QColor(palette.line), 1))
        painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
        painter.setPen(QColor(palette.dim))
        label = f"{wave.name}: {wave.words}" if wave.words else wave.name
        painter.drawText(band.adjusted(6, 2, -6, 0), Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, label)
        if not len(wave.samples):
            return
        edges_ns = self.middle_ns - self.span_ns // 2 + np.arange(self.width() + 1) * (self.span_ns / self.width())
        places = (edges_ns - wave.start_ns - shift_ns) * wave.rate / NS_PER_S
        seen = wave.samples[max(0, int(places[0])) : max(0, int(places[-1]) + 1)]
        loudest = max(1, int(np.abs(seen.astype(np.int32)).max(initial=1)))
        painter.setPen(QPen(QColor(wave.colour), 1))
        if self.span_ns * wave.rate // NS_PER_S > 2 * self.width():
            for x in range(self.width()):
                begin, end = int(places[x]), int(places[x + 1]) + 1
                part = wave.samples[max(0, begin) : max(0, end)]
                if len(part):
                    top = middle - int(part.max()) * half / loudest
                    painter.drawLine(QPointF(x, top), QPointF(x, middle - int(part.min()) * half / loudest))
            return
        first, last = max(0, int(places[0]) - 1), min(len(wave.samples) - 1, int(places[-1]) + 2)
        points = [
            QPointF(
                self.x_of(wave.start_ns + shift_ns + number * NS_PER_S // wave.rate),
                middle - int(wave.samples[number]) * half / loudest,
            )
            for number in range(first, last + 1)
        ]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPolyline(QPolygonF(points))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_axis(self, painter: QPainter, axis: int) -> None:
        palette = self._theme.palette
        step = next((one for one in _STEPS_MS if one * 1e6 * self.width() / self.span_ns > 70), _STEPS_MS[-1])
        step_ns = step * 1_000_000
        first = -((self.span_ns // 2 - self.middle_ns) // step_ns)
        painter.setPen(QColor(palette.dim))
        for number in range(first, first + self.span_ns // step_ns + 2):
            at = self.x_of(number * step_ns)
            painter.drawLine(QPointF(at, self.height() - axis), QPointF(at, self.height() - axis + 3))
            words = f"{number * step} ms" if step < 1_000 else f"{number * step // 1_000} s"
            wide = self.fontMetrics().horizontalAdvance(words) / 2 + 2
            if wide <= at <= self.width() - wide:  # "-1000 ms" cut off at the edge would read "0 ms"
                box = QRectF(at - wide, self.height() - axis + 2, 2 * wide, axis - 2)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the mouse."""
        self.zoom(1.25 if event.angleDelta().y() > 0 else 0.8, event.position().x())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        self._grip = (event.position().x(), self.middle_ns)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag along."""
        if self._grip is not None:
            moved = event.position().x() - self._grip[0]
            self.middle_ns = int(self._grip[1] - moved * self.span_ns / max(1, self.width()))
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._grip = None
