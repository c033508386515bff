"""The shortcuts page: every command with its keys, searchable, and each key can be changed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.commands import Command, CommandTable, Group, normal_key
from app.settings import Settings
from app.ui.theme import set_role

_ID_ROLE = Qt.ItemDataRole.UserRole


class ShortcutsDialog(QDialog):
    """All commands by group; choose one, press its new key."""

    def __init__(self, table: CommandTable, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1160, 620)
        self._table = table
        self._settings = settings
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search: what it does, or a key")
        self.search.setAccessibleName("Search the shortcuts")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._apply_search)
        self.tree = self._make_tree()
        self.key_edit = QKeySequenceEdit(self)
        self.key_edit.setMaximumSequenceLength(1)
        self.key_edit.setAccessibleName("New key")
        self.key_edit.setClearButtonEnabled(True)
        self.assign_button = QPushButton("Use this key", self)
        self.assign_button.clicked.connect(self._on_assign)
        self.remove_button = QPushButton("No key", self)
        self.remove_button.clicked.connect(lambda _checked=False: self._change(()))
        self.default_button = QPushButton("Default", self)
        self.default_button.clicked.connect(lambda _checked=False: self._change(None))
        self.words = QLabel("", self)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()
        self._fill()
        self.search.setFocus()

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setAccessibleName("Commands and their keys")
        tree.setHeaderLabels(["Command", "Keys", "What it does"])
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.setUniformRowHeights(True)
        tree.setIndentation(12)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        tree.currentItemChanged.connect(self._on_current)
        return tree

    def _lay_out(self) -> None:
        editing = QHBoxLayout()
        editing.setSpacing(8)
        editing.addWidget(self.key_edit, 1)
        for button in (self.assign_button, self.remove_button, self.default_button):
            editing.addWidget(button)
        buttons = QDialogButtonBox(self)
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        column.addWidget(self.words)
        column.addLayout(editing)
        column.addWidget(buttons)

    def _fill(self, chosen_id: str = "") -> None:
        keys = self._table.key_map(self._settings.keys)
        self.tree.clear()
        for group in Group:
            head = QTreeWidgetItem([group.value, "", ""])
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            head.setFirstColumnSpanned(True)
            self.tree.addTopLevelItem(head)
            for command in self._table.in_group(group):
                item = QTreeWidgetItem([command.title, keys.text(command.id), command.help])
                item.setData(0, _ID_ROLE, command.id)
                item.setToolTip(2, f"{command.help} Available {command.when.value}.")
                head.addChild(item)
                if command.id == chosen_id:
                    self.tree.setCurrentItem(item)
            head.setExpanded(True)
        self._apply_search()
        self._on_current()

    def _apply_search(self) -> None:
        wanted = self.search.text().casefold().split()
        for place in range(self.tree.topLevelItemCount()):
            head = self.tree.topLevelItem(place)
            if head is None:
                continue
            shown = 0
            for item in filter(None, map(head.child, range(head.childCount()))):
                words = " ".join(item.text(column) for column in range(3)).casefold()
                is_hidden = not all(word in words for word in wanted)
                item.setHidden(is_hidden)
                shown += not is_hidden
            head.setHidden(shown == 0)

    def _chosen(self) -> Command | None:
        item = self.tree.currentItem()
        command_id = None if item is None else item.data(0, _ID_ROLE)
        return None if command_id is None else self._table[command_id]

    def _on_current(self) -> None:
        command = self._chosen()
        for part in (self.key_edit, self.assign_button, self.remove_button, self.default_button):
            part.setEnabled(command is not None)
        self._say(f"Press a new key for “{command.title}”." if command else "Choose a command to change its key.")

    def _on_assign(self) -> None:
        command = self._chosen()
        key = normal_key(self.key_edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText))
        if command is None or not key:
            self._say("Press the key in the field first.", "caution")
            return
        owner = self._table.find_owner(key, self._settings.keys)
        if owner is not None and owner.id != command.id:
            self._take_from(owner, key)
        self._change((key,))
        if owner is not None and owner.id != command.id:
            self._say(f"The key was taken from “{owner.title}”.", "caution")

    def _take_from(self, owner: Command, key: str) -> None:
        left = [one for one in self._table.key_map(self._settings.keys).keys[owner.id] if one != key]
        self._settings.set_keys(owner.id, left)

    def _change(self, keys: tuple[str, ...] | None) -> None:
        command = self._chosen()
        if command is None:
            return
        try:
            self._settings.set_keys(command.id, keys)
        except OSError as error:
            self._say(f"The keys could not be kept: {error}", "bad")
            return
        self.key_edit.clear()
        self._fill(command.id)

    def _say(self, words: str, role: str = "dim") -> None:
        self.words.setText(words)
        set_role(self.words, role)
