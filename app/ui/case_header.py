"""The title line of the review: case, read-only, find, how sure the clocks are, whether the originals are verified."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.case_snapshot import CaseSnapshot, sync_statement
from app.ui.actions import ActionSet
from app.ui.find_popup import FindField
from app.ui.theme import Theme, set_role, tip


@dataclass(frozen=True, slots=True)
class Badge:
    """A word with an icon and a colour: never a colour alone."""

    word: str
    icon: str
    role: str
    words: str


NOT_CHECKED = Badge(
    "Not checked", "unknown", "dim", "The originals were never compared with their hashes since they were added."
)


class CaseHeader(QFrame):
    """One line over the pictures.

    Signals:
        find_typed: text in the search field.
        find_accepted: Enter was pressed in it.
    """

    find_typed = Signal(str)
    find_accepted = Signal()

    def __init__(self, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._theme = theme
        self._badge = NOT_CHECKED
        self._full_title = ""
        self.title = QLabel("", self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_role(self.title, "heading")
        self.read_only = QLabel("Read-only", self)
        set_role(self.read_only, "badge")
        self.find_field = FindField(self)
        self.find_field.setAccessibleName("Find marks, words, people, recordings, exhibits and cameras")
        self.find_field.setClearButtonEnabled(True)
        self.find_field.setFixedWidth(240)
        self.find_field.textEdited.connect(self.find_typed.emit)
        self.find_field.returnPressed.connect(self.find_accepted.emit)
        self.layouts = [actions.button(f"layout.{name}", self) for name in ("one", "four", "nine", "focus")]
        self.sync = QToolButton(self)
        self.sync.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.verified = QToolButton(self)
        self.verified.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.verified.setIconSize(QSize(16, 16))
        self.verified.clicked.connect(lambda _checked=False: actions["case.verify"].trigger())
        self._lay_out()
        self._actions = actions
        actions.keys_changed.connect(self._write_hint)
        theme.changed.connect(self._draw)
        self._write_hint()
        self._draw()

    def show_case(self, snapshot: CaseSnapshot, read_only_reason: str) -> None:
        """Show what the case says of itself, and how sure it is of its clocks."""
        info = snapshot.info
        self._full_title = " · ".join(part for part in (info.title, info.reference) if part)
        self._write_title()
        self.read_only.setVisible(info.is_read_only)
        self.read_only.setToolTip(tip(read_only_reason) or "The case can be watched and not changed.")
        statement = sync_statement(snapshot)
        self.sync.setText(statement.short)
        self.sync.setToolTip(tip(f"{statement.full}\n{self._actions['sync.view'].toolTip()}"))
        self.sync.setAccessibleName(f"Clocks: {statement.short}")
        set_role(self.sync, "" if statement.is_checked else "dim")

    def show_badge(self, badge: Badge) -> None:
        """Show whether the originals are what they were."""
        self._badge = badge
        self._draw()

    def resizeEvent(self, _event: object) -> None:
        """Shorten the title to the room there is."""
        self._write_title()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(12)
        row.addWidget(self.title, 1)
        row.addWidget(self.read_only)
        row.addWidget(self.find_field)
        views = QHBoxLayout()
        views.setSpacing(0)
        for button in self.layouts:
            views.addWidget(button)
        row.addLayout(views)
        row.addWidget(self.sync)
        row.addWidget(self.verified)

    def _write_title(self) -> None:
        room = max(40, self.title.width())
        self.title.setText(self.title.fontMetrics().elidedText(self._full_title, Qt.TextElideMode.ElideRight, room))
        self.title.setAccessibleName(self._full_title)

    def _write_hint(self) -> None:
        key = self._actions.key_map.text("view.find")
        self.find_field.setPlaceholderText(f"Find ({key})" if key else "Find")

    def _draw(self) -> None:
        badge = self._badge
        self.verified.setText(badge.word)
        self.verified.setIcon(self._theme.icon(badge.icon, badge.role))
        self.verified.setToolTip(tip(f"{badge.words}\n{self._actions['case.verify'].toolTip()}"))
        self.verified.setAccessibleName(f"Originals: {badge.word}")
