"""A button with a menu of what the list of marks can be narrowed to: categories, cameras, people and tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.ui.mark_model import MarkFilter, ShownMarks
from app.ui.theme import set_role

_MOST_TAGS = 200


class MarkFilterButton(QToolButton):
    """Lives on the UI thread.

    Signals:
        filter_chosen: `MarkFilter`; its words are those it had before.
    """

    filter_chosen = Signal(object)

    def __init__(self, shown: Callable[[], ShownMarks], parent: QWidget | None = None) -> None:
        """Make a button that narrows nothing.

        Args:
            shown: what the list shows; asked for when the menu opens.
            parent: the list.
        """
        super().__init__(parent)
        self._shown = shown
        self._filter = MarkFilter()
        self.setText("Filter")
        self.setToolTip("List only some categories, cameras, people or tags")
        self.setAccessibleName("Filter by category, camera, person or tag")
        set_role(self, "toggle")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)

    def show_filter(self, wanted: MarkFilter) -> None:
        """Show what the list is narrowed to."""
        self._filter = wanted
        words = self.words()
        self.setText(f"Filter: {words}" if words else "Filter")

    def words(self) -> str:
        """Return what the list is narrowed to, for people; "" where it is not."""
        shown, wanted = self._shown(), self._filter
        names = [one.name for one in shown.book.categories if one.id in wanted.category_ids]
        names += ["no category"] if "" in wanted.category_ids else []
        names += [name for one, name in shown.camera_names.items() if one in wanted.camera_ids]
        names += ["incident"] if "" in wanted.camera_ids else []
        names += [one.name for one in shown.book.people if one.id in wanted.person_ids]
        names += sorted(wanted.tags)
        return ", ".join(names) if len(names) < 3 else f"{len(names)} things"

    def _fill(self) -> None:
        self._menu.clear()
        shown = self._shown()
        book = shown.book
        categories = [(one.id, one.name) for one in book.categories]
        self._add("Category", "category_ids", [*categories, ("", "No category")])
        self._add("Camera", "camera_ids", [*shown.camera_names.items(), ("", "On the incident")])
        self._add("Person", "person_ids", [(one.id, f"{one.name} ({one.role})") for one in book.people])
        tags = {tag.casefold(): tag for mark in book.marks for tag in mark.tags}
        self._add("Tag", "tags", [(one, tags[one]) for one in sorted(tags)[:_MOST_TAGS]])
        self._menu.addSeparator()
        everything = self._menu.addAction("List everything")
        everything.triggered.connect(lambda: self.filter_chosen.emit(MarkFilter(words=self._filter.words)))

    def _add(self, title: str, name: str, choices: Iterable[tuple[str, str]]) -> None:
        menu = self._menu.addMenu(title)
        chosen: frozenset[str] = getattr(self._filter, name)
        for value, text in choices:
            action = menu.addAction(text.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(value in chosen)
            action.toggled.connect(lambda _is_on, value=value: self._toggle(name, value))
        menu.setEnabled(bool(menu.actions()))

    def _toggle(self, name: str, value: str) -> None:
        sets = {one: getattr(self._filter, one) for one in ("category_ids", "camera_ids", "person_ids", "tags")}
        sets[name] = sets[name] ^ {value}
        self.filter_chosen.emit(MarkFilter(self._filter.words, **sets))
