"""The one table of signal to slot for marks, and their commands and dialogs."""

from __future__ import annotations

from functools import partial

from annotations.categories import CategoryFields, set_category
from annotations.journal import HistoryEntry, Step, history_of
from annotations.mark_book import MarkBook
from annotations.people import Role, set_person
from annotations.removals import delete_category, delete_person
from app.command_groups.marks import CATEGORY_KEYS
from app.session import CaseSession
from app.ui.actions import Binding
from app.ui.categories_dialog import CategoriesDialog, PeopleDialog
from app.ui.history_dialog import HistoryDialog
from app.ui.marks_desk import MarksDesk
from app.ui.playback import Playback
from app.ui.review_page import ReviewPage
from app.ui.side_tabs import Tab


class MarksWiring:
    """Marks in the window: made by keys, listed in the side panel, with their dialogs. Lives on the UI thread."""

    def __init__(self, desk: MarksDesk, session: CaseSession, playback: Playback) -> None:
        self._desk = desk
        self._session = session
        self._playback = playback
        self._page: ReviewPage | None = None

    def bindings(self) -> dict[str, Binding]:
        """Return what the commands of marks do."""
        desk = self._desk
        coded: dict[str, Binding] = {
            f"mark.category_{key}": partial(desk.add_coded, key) for key in range(1, CATEGORY_KEYS + 1)
        }
        return coded | {
            "mark.add": desk.add_mark,
            "mark.add_on_picture": desk.add_mark_on_picture,
            "mark.add_note": desk.add_note,
            "mark.place": desk.toggle_place,
            "mark.categories": self.show_categories,
            "mark.people": self.show_people,
        }

    def connect(self, page: ReviewPage) -> None:
        """Connect the marks of the review; called once."""
        self._page = page
        desk, tab = self._desk, page.marks_tab
        tab.jump_wanted.connect(self._playback.seek)
        tab.typed.connect(desk.take_typed)
        tab.category_wanted.connect(desk.set_category)
        tab.delete_wanted.connect(desk.delete)
        tab.history_wanted.connect(self.show_history)
        tab.new_text_ended.connect(page.surface.setFocus)
        tab.place_chosen.connect(desk.set_on_picture)
        desk.place_changed.connect(lambda is_on: tab.show_place(is_on_picture=is_on))
        desk.marked.connect(self._show_new)
        desk.coded.connect(tab.reveal)
        self._session.annotated.connect(self._on_annotated)

    def show_history(self, mark_id: str) -> None:
        """Show what became of a mark."""
        self._session.look("Reading the history of a mark", lambda case: history_of(case, mark_id), self._show_history)

    def show_categories(self) -> None:
        """Show the categories, to be edited."""
        dialog = CategoriesDialog(self._book, self._page)
        dialog.changed.connect(self._set_category)
        dialog.delete_wanted.connect(
            lambda one: self._session.edit("Deleting a category", lambda case, by: delete_category(case, one, by=by))
        )
        self._keep_shown(dialog)

    def show_people(self) -> None:
        """Show the people, to be edited."""
        dialog = PeopleDialog(self._book, self._page)
        dialog.changed.connect(self._set_person)
        dialog.delete_wanted.connect(
            lambda one: self._session.edit("Deleting a person", lambda case, by: delete_person(case, one, by=by))
        )
        self._keep_shown(dialog)

    def _keep_shown(self, dialog: CategoriesDialog | PeopleDialog) -> None:
        """Show a dialog, and in it what is in the case for as long as it is open."""
        for signal in (self._session.annotated, self._session.changed, self._session.failed):
            signal.connect(dialog.renew)
        self._session.closed.connect(dialog.close)
        dialog.renew()
        dialog.show()

    def _book(self) -> tuple[MarkBook, bool]:
        snapshot = self._session.snapshot
        return (MarkBook(), False) if snapshot is None else (snapshot.book, not snapshot.info.is_read_only)

    def _set_category(self, category_id: str, fields: CategoryFields) -> None:
        self._session.edit(
            "Changing a category", lambda case, by: set_category(case, fields, by=by, category_id=category_id)
        )

    def _set_person(self, person_id: str, name: str, role: Role) -> None:
        self._session.edit(
            "Changing a person", lambda case, by: set_person(case, name, role, by=by, person_id=person_id)[1]
        )

    def _show_history(self, entries: tuple[HistoryEntry, ...]) -> None:
        if self._page is not None:
            HistoryDialog(entries, self._book()[0], self._page.times, self._page).show()

    def _show_new(self, mark_id: str) -> None:
        """Show a new mark in the list; while standing still its text is opened for typing."""
        page = self._page
        if page is None:
            return
        page.tabs.show_tab(Tab.MARKS)
        if self._playback.engine.is_playing:
            page.marks_tab.reveal(mark_id)
        else:
            page.tabs.setVisible(True)
            page.marks_tab.edit_text(mark_id)

    def _on_annotated(self, step: Step) -> None:
        snapshot = self._session.snapshot
        if snapshot is not None and self._page is not None:
            self._page.follow_marks(snapshot, step)
