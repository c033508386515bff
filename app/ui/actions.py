"""Makes one Qt action for each declared command: the menus, the keys, the tool tips; and says which are available."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenuBar, QToolButton, QWidget

from app.commands import Command, CommandDeclarationError, CommandTable, Group, KeyMap, Scope, When
from app.settings import Settings
from app.ui.icons import has_icon
from app.ui.theme import Theme

Binding = Callable[[], None]


class ActionSet(QObject):
    """One action for each command, bound to what it does. Lives on the UI thread.

    Signals:
        keys_changed: a user changed keys; tool tips are written anew.
    """

    keys_changed = Signal()

    def __init__(self, table: CommandTable, bindings: Mapping[str, Binding], settings: Settings, theme: Theme) -> None:
        """Make the actions.

        Raises:
            CommandDeclarationError: a command has no binding, or a binding no command.
        """
        super().__init__()
        declared = {command.id for command in table.commands}
        if declared != set(bindings):
            raise CommandDeclarationError(f"commands and bindings differ: {sorted(declared ^ set(bindings))}")
        self.table = table
        self._settings = settings
        self._theme = theme
        self._key_map: KeyMap | None = None
        self._actions = {command.id: self._make(command, bindings[command.id]) for command in table.commands}
        self._available: frozenset[When] = frozenset()
        settings.changed.connect(self._on_setting_changed)
        theme.changed.connect(self._draw_icons)
        self._draw_icons()
        self._set_keys()
        self.set_available(frozenset({When.ALWAYS}))

    def __getitem__(self, command_id: str) -> QAction:
        return self._actions[command_id]

    @property
    def key_map(self) -> KeyMap:
        """The keys in force."""
        if self._key_map is None:
            self._key_map = self.table.key_map(self._settings.keys)
        return self._key_map

    def install(self, window: QWidget, pictures: QWidget) -> None:
        """Make the keys work in a window; those of the pictures only where the pictures have the keyboard."""
        for command in self.table.commands:
            action = self._actions[command.id]
            if command.scope is Scope.PICTURES:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                pictures.addAction(action)
            else:
                window.addAction(action)

    def fill(self, bar: QMenuBar) -> None:
        """Make the menus."""
        for group in Group:
            menu = bar.addMenu(group.value)
            menu.setToolTipsVisible(True)
            for block in self.table.blocks(group):
                if not menu.isEmpty():
                    menu.addSeparator()
                for command in block:
                    if command.is_in_menu:
                        menu.addAction(self._actions[command.id])

    def set_available(self, holding: frozenset[When]) -> None:
        """Say which conditions hold; commands whose condition does not are greyed."""
        if holding == self._available:
            return
        self._available = holding
        for command in self.table.commands:
            self._actions[command.id].setEnabled(command.when in holding)

    def set_title(self, command_id: str, title: str) -> None:
        """Say in the menu what a command would do now."""
        self._actions[command_id].setText(title)

    def button(self, command_id: str, parent: QWidget) -> QToolButton:
        """Return a tool button for a command; it takes the keyboard by Tab only, so that keys go on to work."""
        button = QToolButton(parent)
        button.setDefaultAction(self._actions[command_id])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(self.table[command_id].title)
        return button

    def _make(self, command: Command, binding: Binding) -> QAction:
        action = QAction(command.title, self)
        action.setObjectName(command.id)
        action.setAutoRepeat(command.repeats)
        action.triggered.connect(lambda _checked=False: binding())
        return action

    def _on_setting_changed(self, option_id: str) -> None:
        if option_id == "keys":
            self._key_map = None
            self._set_keys()
            self.keys_changed.emit()

    def _set_keys(self) -> None:
        keys = self.key_map
        for command in self.table.commands:
            action = self._actions[command.id]
            action.setShortcuts([QKeySequence.fromString(key) for key in keys.keys[command.id]])
            names = keys.text(command.id)
            action.setToolTip(f"{command.help} ({names})" if names else command.help)
            action.setStatusTip(command.help)

    def _draw_icons(self) -> None:
        for command in self.table.commands:
            if has_icon(command.icon):
                self._actions[command.id].setIcon(self._theme.icon(command.icon))
                self._actions[command.id].setIconVisibleInMenu(False)
