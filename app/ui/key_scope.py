"""Lets a control that has the keyboard keep the keys it needs, before they start commands of the whole window.

Qt asks with a `ShortcutOverride` event. Fields for text do this by themselves; buttons, lists, tabs and combo boxes
do not, and arrows, Home, End, Space and Enter would otherwise always move the playhead. The question goes up from the
control to its window, which answers with `keeps_key`.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QTabBar,
    QTextBrowser,
    QTextEdit,
    QWidget,
)

_KEY = Qt.Key
_ARROWS = frozenset({_KEY.Key_Left, _KEY.Key_Right, _KEY.Key_Up, _KEY.Key_Down, _KEY.Key_Home, _KEY.Key_End})
_PRESS = frozenset({_KEY.Key_Space, _KEY.Key_Return, _KEY.Key_Enter})
_NEEDED: tuple[tuple[type[QWidget], frozenset[Qt.Key]], ...] = (
    (QAbstractButton, _PRESS),
    (QAbstractItemView, _ARROWS | {_KEY.Key_Return, _KEY.Key_Enter, _KEY.Key_F2, _KEY.Key_Delete}),
    (QComboBox, _ARROWS | _PRESS),
    (QAbstractSpinBox, _ARROWS),
    (QSlider, _ARROWS | {_KEY.Key_PageUp, _KEY.Key_PageDown}),
    (QTabBar, frozenset({_KEY.Key_Left, _KEY.Key_Right})),
    (QTextBrowser, _ARROWS | {_KEY.Key_Tab, _KEY.Key_Return, _KEY.Key_Enter}),  # Tab goes from link to link
    (QAbstractScrollArea, _ARROWS),
)


_CONTROL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_UNDO_KEYS = (
    QKeyCombination(_CONTROL, _KEY.Key_Z),
    QKeyCombination(_CONTROL | _SHIFT, _KEY.Key_Z),
    QKeyCombination(_CONTROL, _KEY.Key_Y),
)
"""They belong to the text while one is being typed."""


def keeps_key(event: QEvent) -> bool:
    """Tell whether the control with the keyboard needs the key that Qt asks about; the window then accepts it."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    control = QApplication.focusWidget()
    if control is None:
        return False
    if event.modifiers() == Qt.KeyboardModifier.NoModifier:
        return needs_key(control, event.key())
    return is_typed_into(control) and event.keyCombination() in _UNDO_KEYS


def is_typed_into(control: QObject) -> bool:
    """Tell whether a control takes typed text, with an undo of its own."""
    if isinstance(control, (QLineEdit, QPlainTextEdit, QTextEdit)):
        return not control.isReadOnly()
    return False


def needs_key(control: QObject, key: int) -> bool:
    """Tell whether a control that has the keyboard needs this key for itself."""
    for kind, keys in _NEEDED:
        if isinstance(control, kind):
            return any(key == needed.value for needed in keys)
    return False
