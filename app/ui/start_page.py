"""The page before a case is open: make one, open one, or go on with a recent one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from app.recent import RecentCase, RecentCases
from app.ui.theme import Theme, set_role, tip

_FOLDER_ROLE = Qt.ItemDataRole.UserRole


class StartPage(QWidget):
    """What people see first.

    Signals:
        new_wanted: make a case.
        open_wanted: choose a case folder.
        demo_wanted: open the demo incident.
        preflight_wanted: check a court pack on this machine.
        case_chosen: folder of a recent case.
        resume_wanted: go on in court where the program was interrupted.
    """

    new_wanted = Signal()
    open_wanted = Signal()
    demo_wanted = Signal()
    preflight_wanted = Signal()
    case_chosen = Signal(str)
    resume_wanted = Signal()

    def __init__(
        self,
        recent: RecentCases,
        theme: Theme,
        is_interrupted: Callable[[], bool] = lambda: False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._is_interrupted = is_interrupted
        self._recent = recent
        self._theme = theme
        self.setAcceptDrops(False)
        title = QLabel("Sightline", self)
        set_role(title, "title")
        line = QLabel("Everything that was filmed of one incident, as one event.", self)
        set_role(line, "dim")
        self.resume_button = self._button("Go on in court", "court", self.resume_wanted.emit, is_main=True)
        self.resume_button.setToolTip("The program ended while it was in court: the same item, at the same frame")
        self.new_button = self._button("New case…", "new", self.new_wanted.emit, is_main=True)
        self.open_button = self._button("Open case or court pack…", "open", self.open_wanted.emit)
        self.demo_button = self._button("Open the demo incident", "demo", self.demo_wanted.emit)
        self.demo_button.setToolTip("A made-up street incident with six cameras, to try everything with")
        self.preflight_button = self._button("Preflight a court pack…", "court", self.preflight_wanted.emit)
        self.preflight_button.setToolTip("Check that a court pack will play on this machine (Shift+F11)")
        self.heading = QLabel("Recent cases", self)
        set_role(self.heading, "heading")
        self.list = QListWidget(self)
        self.list.setAccessibleName("Recent cases")
        self.list.setWordWrap(True)
        self.list.itemActivated.connect(self._on_activated)
        self.list.itemClicked.connect(self._on_activated)
        forget = QAction("Remove from this list", self.list)
        forget.setShortcut(Qt.Key.Key_Delete)
        forget.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        forget.triggered.connect(self._on_forget)
        self.list.addAction(forget)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._lay_out(title, line)
        theme.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the list anew, and look which cases can be opened."""
        self.list.clear()
        for case in self._recent.all():
            self.list.addItem(self._item(case))
        self.resume_button.setVisible(self._is_interrupted())
        has_any = self.list.count() > 0
        self.list.setVisible(has_any)
        self.heading.setText("Recent cases" if has_any else "Cases that you open will be listed here.")
        set_role(self.heading, "heading" if has_any else "dim")
        self.resume_button.setIcon(self._theme.icon("court", "on_accent"))
        pictured = zip(self._buttons, ("new", "open", "court", "demo"), strict=True)
        for button, icon in pictured:
            button.setIcon(self._theme.icon(icon, "on_accent" if icon == "new" else "text"))

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return (self.new_button, self.open_button, self.preflight_button, self.demo_button)

    def _button(self, text: str, _icon: str, slot: object, *, is_main: bool = False) -> QPushButton:
        button = QPushButton(text, self)
        button.setIconSize(QSize(20, 20))
        button.setMinimumWidth(230)
        if is_main:
            set_role(button, "main")
        if callable(slot):
            button.clicked.connect(lambda _checked=False: slot())
        return button

    def _lay_out(self, title: QLabel, line: QLabel) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        for button in (self.resume_button, *self._buttons):
            left.addWidget(button)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.heading)
        right.addWidget(self.list, 1)
        right.addStretch(0)
        body = QHBoxLayout()
        body.setSpacing(40)
        body.addLayout(left)
        body.addLayout(right, 1)
        page = QWidget(self)
        page.setMaximumWidth(980)
        column = QVBoxLayout(page)
        column.setSpacing(4)
        column.addWidget(title)
        column.addWidget(line)
        column.addSpacing(28)
        column.addLayout(body, 1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(32, 56, 32, 32)
        outer.addStretch(1)
        outer.addWidget(page, 8)
        outer.addStretch(1)

    def _item(self, case: RecentCase) -> QListWidgetItem:
        obstacle = case.find_obstacle()
        head = " · ".join(part for part in (case.title, case.reference) if part)
        item = QListWidgetItem(f"{head}\n{obstacle or case.folder}")
        item.setData(_FOLDER_ROLE, case.folder)
        item.setToolTip(tip(case.folder))
        if obstacle:
            item.setFlags(Qt.ItemFlag.ItemIsSelectable)
        return item

    def _on_activated(self, item: QListWidgetItem) -> None:
        if item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.case_chosen.emit(item.data(_FOLDER_ROLE))

    def _on_forget(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._recent.forget(item.data(_FOLDER_ROLE))
            self.refresh()
