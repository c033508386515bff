"""The settings dialog, made from the declarations in `app.settings`; a change is in force at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.settings import OPTIONS, AnyOption, OptionGroup, Settings, Value
from app.ui.theme import set_role
from evidence.text import clean_line

_WIDTH = 600
_MOST_OF_SCREEN = 0.85

LiveChoices = Callable[[], Sequence[tuple[str, str]]]
"""Gives value and title of everything that can be chosen now."""


class SettingsDialog(QDialog):
    """All options, by group."""

    def __init__(
        self, settings: Settings, parent: QWidget | None = None, live: Mapping[str, LiveChoices] | None = None
    ) -> None:
        """Make the dialog.

        Args:
            settings: what is shown and changed.
            parent: the window.
            live: by option id, gives what can be chosen just now, where that is not declared.
        """
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings = settings
        self._live = live or {}
        self.editors: dict[str, QWidget] = {}
        self.problem = QLabel("", self)
        self.problem.setWordWrap(True)
        set_role(self.problem, "bad")
        self.problem.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 16)
        column.setSpacing(8)
        self._inside = QWidget(self)
        form = QFormLayout(self._inside)
        form.setContentsMargins(20, 20, 20, 0)
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for group in OptionGroup:
            options = [option for option in OPTIONS if option.group is group]
            if options:
                form.addRow(_heading(group.value, self))
                self._fill(form, options)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._inside)
        self.buttons = QDialogButtonBox(self)
        self.buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.rejected.connect(self.accept)
        foot = QVBoxLayout()
        foot.setContentsMargins(20, 0, 20, 0)
        foot.addWidget(self.problem)
        foot.addWidget(self.buttons)
        column.addWidget(area, 1)
        column.addLayout(foot)
        self.setMinimumWidth(max(_WIDTH, self._inside.minimumSizeHint().width() + area.verticalScrollBar().width()))
        self.resize(self.sizeHint())  # Qt itself gives a window no more than two thirds of the screen's height

    def sizeHint(self) -> QSize:
        """Ask for the height of all options, or for most of the screen where that is less."""
        width = max(_WIDTH, self.minimumWidth())
        wanted = self._inside.heightForWidth(width) + self.buttons.sizeHint().height() + 40
        return QSize(width, min(wanted, int(self.screen().availableGeometry().height() * _MOST_OF_SCREEN)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the wheel scroll the page, and change an option only where the keyboard is in it."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _fill(self, form: QFormLayout, options: list[AnyOption]) -> None:
        for option in options:
            editor = self._editor(option)
            editor.setToolTip(option.help)
            editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            editor.installEventFilter(self)
            editor.setAccessibleName(option.title)
            editor.setAccessibleDescription(option.help)
            self.editors[option.id] = editor
            form.addRow(option.title, editor)
            help_line = QLabel(option.help, self)
            help_line.setWordWrap(True)
            set_role(help_line, "dim")
            form.addRow("", help_line)

    def _editor(self, option: AnyOption) -> QWidget:
        default = option.default
        if option.id in self._live:
            return self._choice_editor(option, self._live[option.id]())
        if option.choices:
            return self._choice_editor(option, option.choices)
        if isinstance(default, bool):
            return self._toggle_editor(option)
        if isinstance(default, int):
            return self._number_editor(option)
        return self._text_editor(option)

    def _choice_editor(self, option: AnyOption, choices: Iterable[tuple[Value, str]]) -> QWidget:
        box = QComboBox(self)
        for value, title in choices:
            box.addItem(title, value)
        box.setCurrentIndex(box.findData(self._settings.get(option)))
        box.activated.connect(lambda _index: self._set(option, box.currentData()))
        return box

    def _toggle_editor(self, option: AnyOption) -> QWidget:
        box = QCheckBox(self)
        box.setChecked(bool(self._settings.get(option)))
        box.toggled.connect(lambda is_on: self._set(option, bool(is_on)))
        return box

    def _number_editor(self, option: AnyOption) -> QWidget:
        box = QSpinBox(self)
        box.setRange(option.lowest, option.highest)
        box.setSuffix(option.unit)
        box.setKeyboardTracking(False)
        box.setValue(int(self._settings.get(option)))
        box.valueChanged.connect(lambda number: self._set(option, number))
        return box

    def _text_editor(self, option: AnyOption) -> QWidget:
        line = QLineEdit(str(self._settings.get(option)), self)
        line.editingFinished.connect(lambda: self._set(option, clean_line(line.text(), limit=200)))
        return line

    def _set(self, option: AnyOption, value: Value) -> None:
        try:
            self._settings.set(option, value)
        except (ValueError, OSError) as error:
            self.problem.setText(f"The setting could not be kept: {error}")
            self.problem.setVisible(True)


def _heading(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_role(label, "heading")
    return label
