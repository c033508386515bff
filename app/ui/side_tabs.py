"""The side panel's tabs: words where there is room for all of them, else icons with the shown tab's word.

To add a tab: 1. name it in `Tab`, at its place in the row, and give it an icon in `_ICONS`; 2. hand over its page with
`SideTabs.add`; 3. declare the command `view.panel_<name>` with its key (the tool tip names it) and bind it to
`ReviewPage.show_tab`.
"""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from app.ui.actions import ActionSet
from app.ui.theme import Theme


class Tab(StrEnum):
    """The tabs in their order; the value is the title."""

    MARKS = "Marks"
    TRANSCRIPT = "Transcript"
    CLIPS = "Clips"
    RECORDING = "Recording"
    CAMERAS = "Cameras"
    COVERAGE = "Coverage"
    SOUND = "Sound"


_ICONS = {
    Tab.MARKS: "marks",
    Tab.TRANSCRIPT: "transcript",
    Tab.CLIPS: "clips",
    Tab.RECORDING: "recording",
    Tab.CAMERAS: "camera",
    Tab.COVERAGE: "coverage",
    Tab.SOUND: "sound",
}


_ICON = 16
_ICON_TAB = 34
"""Pixels of a tab that has only its icon; Qt's own are wider than seven have room for."""


class _Bar(QTabBar):
    """A row of tabs in which those without a word are narrow."""

    def tabSizeHint(self, index: int) -> QSize:
        """Return how large a tab would like to be."""
        size = super().tabSizeHint(index)
        return size if self.tabText(index) else QSize(_ICON_TAB, size.height())


class SideTabs(QTabWidget):
    """The pages of the side panel, each with one tab. A tab that has no page yet is not there."""

    def __init__(self, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        self._tabs: list[Tab] = []
        self._actions = actions
        self._theme = theme
        super().__init__(parent)
        self.setTabBar(_Bar(self))
        self.setDocumentMode(True)
        bar = self.tabBar()
        bar.setUsesScrollButtons(True)  # the last resort: very large text in a very narrow panel
        bar.setElideMode(Qt.TextElideMode.ElideNone)
        bar.setExpanding(False)
        bar.setDrawBase(False)
        bar.setIconSize(QSize(_ICON, _ICON))
        self.currentChanged.connect(self._fit)
        theme.changed.connect(self._fit)
        actions.keys_changed.connect(self._fit)

    @property
    def shown(self) -> Tab | None:
        """The tab that is shown, or None while there is none."""
        place = self.currentIndex()
        return self._tabs[place] if 0 <= place < len(self._tabs) else None

    def add(self, tab: Tab, page: QWidget, keyboard: QWidget | None = None) -> None:
        """Put a page under a tab, at its place in the row.

        Args:
            tab: which.
            page: what it shows.
            keyboard: the control in the page that gets the keyboard with it, where that is not the page itself.
        """
        order = list(Tab)
        place = sum(order.index(other) < order.index(tab) for other in self._tabs)
        self._tabs.insert(place, tab)
        self.insertTab(place, page, tab.value)
        if keyboard is not None:
            page.setFocusProxy(keyboard)
        self._fit()

    def show_tab(self, tab: Tab) -> None:
        """Show a tab, where it has a page."""
        if tab in self._tabs:
            self.setCurrentIndex(self._tabs.index(tab))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the tabs to the new width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the tabs to another font."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fit()

    def _fit(self) -> None:
        """Write words where all of them have room; icons else."""
        if not self._tabs:
            return
        self._write(are_words=True)
        if self.tabBar().sizeHint().width() > self.width():
            self._write(are_words=False)

    def _write(self, *, are_words: bool) -> None:
        bar = self.tabBar()
        for place, tab in enumerate(self._tabs):
            has_word = are_words or place == self.currentIndex()
            bar.setTabText(place, tab.value if has_word else "")
            bar.setTabIcon(
                place, QIcon() if are_words else self._theme.icon(_ICONS[tab], "text" if has_word else "dim")
            )
            bar.setTabToolTip(place, self._tip(tab))
            bar.setAccessibleTabName(place, tab.value)

    def _tip(self, tab: Tab) -> str:
        command = f"view.panel_{tab.name.lower()}"
        keys = self._actions.key_map.text(command)
        return f"{tab.value} ({keys})" if keys else tab.value
