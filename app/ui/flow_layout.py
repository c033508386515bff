"""Lays widgets in rows that break where the width ends, so that no button lies beyond the edge of a small screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Rows of widgets, each as wide as it wishes; what does not fit goes on in the next row.

    Args:
        parent: whose layout it is.
        spacing: between widgets and between rows, pixels.
    """

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item in."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return an item, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Let go of an item."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It wants no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return how high it is at a width."""
        return self._place(QRect(0, 0, width, 0), is_only_asked=True)

    def setGeometry(self, rect: QRect) -> None:
        """Place everything."""
        super().setGeometry(rect)
        self._place(rect, is_only_asked=False)

    def sizeHint(self) -> QSize:
        """Everything in one row."""
        shown = [one.sizeHint() for one in self._items if not one.isEmpty()]
        wide = sum(one.width() for one in shown) + self.spacing() * max(0, len(shown) - 1)
        return self._with_margins(QSize(wide, max((one.height() for one in shown), default=0)))

    def minimumSize(self) -> QSize:
        """One widget a row."""
        least = QSize(0, 0)
        for one in self._items:
            least = least.expandedTo(one.minimumSize())
        return self._with_margins(least)

    def _with_margins(self, size: QSize) -> QSize:
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _place(self, rect: QRect, *, is_only_asked: bool) -> int:
        """Place the widgets in rows, each row's in its middle, and return how high all is."""
        inner = rect.marginsRemoved(self.contentsMargins())
        top, row, used = inner.top(), list[QLayoutItem](), 0
        rows: list[list[QLayoutItem]] = []
        for item in self._items:
            if item.isEmpty():
                continue
            wide = item.sizeHint().width()
            if row and used + wide > inner.width():
                rows.append(row)
                row, used = [], 0
            row.append(item)
            used += wide + self.spacing()
        rows += [row] if row else []
        for number, members in enumerate(rows):
            high = max(one.sizeHint().height() for one in members)
            left = inner.left()
            for item in members:
                size = item.sizeHint()
                size.setWidth(min(size.width(), inner.width()))
                if not is_only_asked:
                    item.setGeometry(QRect(QPoint(left, top + (high - size.height()) // 2), size))
                left += size.width() + self.spacing()
            top += high + (self.spacing() if number + 1 < len(rows) else 0)
        return top - rect.top() + self.contentsMargins().bottom()
