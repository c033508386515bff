"""Lets a control that has the keyboard keep the keys it needs, before they start commands of the whole window.

Qt asks with a `ShortcutOverride` event. Fields for text do this by themselves; buttons, lists, tabs and combo boxes
do not, and arrows, Home, End, Space and Enter would otherwise always move the playhead. The question goes up from the
control to its window, which answers with `keeps_key`.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QSlider,
    QTabBar,
    QTextBrowser,
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


def keeps_key(event: QEvent) -> bool:
    """Tell whether the control with the keyboard needs the key that Qt asks about; the window then accepts it."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    control = QApplication.focusWidget()
    return (
        control is not None and event.modifiers() == Qt.KeyboardModifier.NoModifier and needs_key(control, event.key())
    )


def needs_key(control: QObject, key: int) -> bool:
    """Tell whether a control that has the keyboard needs this key for itself."""
    for kind, keys in _NEEDED:
        if isinstance(control, kind):
            return any(key == needed.value for needed in keys)
    return False
