"""Draws one cue of a transcript, and lets its words be edited in place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.transcript_model import LINE_ROLE, PAD, CueLine
from resources.palette import Palette

AnyIndex = QModelIndex | QPersistentModelIndex
_EDGE = 3
_WRAP = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_WRAP.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)


class CueEditor(QPlainTextEdit):
    """The words of one cue. Enter takes them, Shift+Enter begins a line, Ctrl+Enter parts the cue at the cursor.

    Signals:
        taken: the words are to be kept.
        split_wanted: the cue is to be parted after so many letters; a small number.
    """

    taken = Signal()
    split_wanted = Signal(object)

    def event(self, event: QEvent) -> bool:
        """Keep Enter, with whatever is held down, from being a command of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_enter(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take, part, or type."""
        if _is_enter(event):
            modifiers = event.modifiers()
            if modifiers & Qt.KeyboardModifier.ControlModifier:
                self.split_wanted.emit(self.textCursor().position())
                return
            if not modifiers & Qt.KeyboardModifier.ShiftModifier:
                self.taken.emit()
                return
        super().keyPressEvent(event)


class CueDelegate(QStyledItemDelegate):
    """Draws time, camera and speaker over the words.

    Attributes:
        is_editing: whether words are being typed.
        split_wanted: told the place in the list, the words as they stand, and after how many letters to part them.
    """

    def __init__(
        self, palette: Callable[[], Palette], split_wanted: Callable[[int, str, int], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.is_editing = False
        self._palette = palette
        self.split_wanted = split_wanted

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Return the height that the model worked out."""
        size = index.data(Qt.ItemDataRole.SizeHintRole)
        return size if isinstance(size, QSize) else super().sizeHint(option, index)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw one cue."""
        line = index.data(LINE_ROLE)
        if not isinstance(line, CueLine):
            return
        colours = self._palette()
        rect: QRect = option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if line.is_current or is_selected:
            painter.fillRect(rect, QColor(colours.raised))
        if line.is_current:
            painter.fillRect(QRect(rect.x(), rect.y(), _EDGE, rect.height()), QColor(colours.accent))
        if is_selected:
            painter.setPen(QColor(colours.accent))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        room = rect.adjusted(PAD + 4, PAD, -PAD - 4, -PAD)
        font = option.font
        painter.setFont(font)
        high = painter.fontMetrics().lineSpacing()
        self._paint_head(painter, QRect(room.x(), room.y(), room.width(), high), line, colours)
        painter.setPen(QColor(colours.text))
        words = QRect(room.x(), room.y() + high, room.width(), room.height() - high)
        painter.drawText(QRectF(words), line.text, _WRAP)
        if line.warning:
            painter.setPen(QColor(colours.caution))
            foot = QRect(room.x(), room.bottom() - high + 1, room.width(), high)
            painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft), _elided(painter, line.warning, foot.width()))
        painter.restore()

    def _paint_head(self, painter: QPainter, room: QRect, line: CueLine, colours: Palette) -> None:
        painter.setPen(QColor(colours.accent if line.is_current else colours.dim))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft), line.when)
        left = room.x() + painter.fontMetrics().horizontalAdvance(line.when + "  ")
        if line.camera:
            name = _elided(painter, line.camera, max(20, room.width() // 3))
            painter.setPen(QColor(colours.dim))
            painter.drawText(QRect(left, room.y(), room.right() - left, room.height()), 0, name)
            left += painter.fontMetrics().horizontalAdvance(name + "  ")
        if line.speaker and room.right() > left:
            dot = room.height() // 2
            painter.fillRect(QRect(left, room.y() + dot // 2, dot, dot), QColor(line.colour))
            left += dot + 5
            bold = painter.font()
            bold.setBold(True)
            painter.setFont(bold)
            painter.setPen(QColor(colours.text))
            name = _elided(painter, line.speaker, room.right() - left)
            painter.drawText(QRect(left, room.y(), room.right() - left, room.height()), 0, name)
            bold.setBold(False)
            painter.setFont(bold)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: AnyIndex) -> QWidget:
        """Begin to edit."""
        self.is_editing = True
        editor = CueEditor(parent)
        editor.setAccessibleName("What is said")
        place = index.row()
        editor.taken.connect(lambda: self._take(editor))
        editor.split_wanted.connect(lambda letters: self._split(editor, place, letters))
        return editor

    def setEditorData(self, editor: QWidget, index: AnyIndex) -> None:
        """Give the editor the words as they are."""
        if isinstance(editor, CueEditor):
            editor.setPlainText(str(index.data(Qt.ItemDataRole.EditRole) or ""))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: AnyIndex) -> None:
        """Take the words."""
        if isinstance(editor, CueEditor):
            model.setData(index, editor.toPlainText(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: AnyIndex) -> None:
        """Lay the editor over the cue, with room for a few lines."""
        rect: QRect = option.rect
        editor.setGeometry(QRect(rect.x(), rect.y(), rect.width(), max(rect.height(), 90)))

    def _take(self, editor: CueEditor) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)

    def _split(self, editor: CueEditor, place: int, letters: int) -> None:
        text = editor.toPlainText()
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.RevertModelCache)
        self.split_wanted(place, text, letters)


def _is_enter(event: QKeyEvent) -> bool:
    return event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}


def _elided(painter: QPainter, text: str, width: int) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
