"""The run sheet that is being worked on: takes requests, keeps every change as a version.

Lives on the UI thread. Changes show at once and are saved beside it, one after the other; what is changed while a save
is under way goes into the next version.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.jobs import JobRunner
from app.session import CaseSession
from app.settings import YOUR_NAME, Settings
from app.ui.sheet_pictures import SheetPictures
from courtroom.documents import import_document, kind_of_file
from courtroom.run_sheet import Card, DocumentPage, FileKind, Image, Item, Pause, RunSheet, SheetFile
from courtroom.run_sheet_store import (
    SheetVersion,
    delete_run_sheet,
    list_run_sheets,
    list_versions,
    load_run_sheet,
    save_run_sheet,
)
from courtroom.sheet_edits import change, double, move, new_item_id, new_sheet, put_in, take_out
from courtroom.ui.page_reader import PageReader
from evidence.case import Case
from evidence.errors import CaseReadOnlyError, SightlineError
from evidence.jobs import IsCancelled, Progress, ProgressReport

_MOST_UNDONE = 200
_R = TypeVar("_R")


class RunSheetDesk(QObject):
    """Takes requests on the UI thread.

    Signals:
        changed: another sheet, another state of it, or other versions.
        pictures_changed: more pictures of items are there.
        added: ids of items that were put in.
        refused: `SightlineError`: what was asked for did not happen.
    """

    changed = Signal()
    pictures_changed = Signal()
    added = Signal(object)
    refused = Signal(object)

    def __init__(self, session: CaseSession, jobs: JobRunner, settings: Settings) -> None:
        super().__init__()
        self._session = session
        self._settings = settings
        self._saved: RunSheet | None = None
        self._is_saving = False
        self._undo: list[RunSheet] = []
        self._redo: list[RunSheet] = []
        self._pictures = SheetPictures(session, jobs, self)
        self.sheets: tuple[SheetVersion, ...] = ()
        self.versions: tuple[SheetVersion, ...] = ()
        self.sheet: RunSheet | None = None
        session.closed.connect(self._on_closed)
        self._pictures.changed.connect(self.pictures_changed)
        self._pictures.refused.connect(self.refused)

    # What is known

    @property
    def pictures(self) -> Mapping[str, QImage]:
        """Pictures of items, by their ids, as far as they are there."""
        return self._pictures.found

    @property
    def can_change(self) -> bool:
        """Whether the case takes changes."""
        snapshot = self._session.snapshot
        return snapshot is not None and not snapshot.info.is_read_only

    @property
    def is_saved(self) -> bool:
        """Whether the case holds the sheet as it is on screen."""
        return self.sheet == self._saved

    @property
    def can_undo(self) -> bool:
        """Whether a change of this sitting can be taken back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether a change that was taken back can be made again."""
        return bool(self._redo)

    @property
    def version(self) -> int:
        """Number of the version that is in force, or 0."""
        return next((one.number for one in self.versions if one.is_current), 0)

    def who(self) -> str:
        """Return who works here."""
        return self._settings.get(YOUR_NAME) or "Unnamed user"

    def open(self, then: Callable[[], None] = lambda: None) -> None:
        """Read the run sheets of the case, and show the one that was saved last where none is shown."""

        def done(read: tuple[tuple[SheetVersion, ...], RunSheet | None, tuple[SheetVersion, ...]]) -> None:
            self.sheets, sheet, versions = read
            if self.sheet is None and sheet is not None:
                self._show(sheet, versions)
            self.changed.emit()
            then()

        shown = "" if self.sheet is None else self.sheet.id
        self._run("Reading the run sheets", partial(_read, shown), done)

    def choose(self, sheet_id: str) -> None:
        """Work on another sheet."""
        if self.sheet is not None and self.sheet.id == sheet_id:
            return

        def work(case: Case, _progress: Progress, _cancelled: IsCancelled) -> tuple[RunSheet, tuple[SheetVersion, ...]]:
            return load_run_sheet(case, sheet_id), list_versions(case, sheet_id)

        def done(read: tuple[RunSheet, tuple[SheetVersion, ...]]) -> None:
            self._show(*read)
            self.changed.emit()

        self._run("Reading a run sheet", work, done)

    # What is done to the sheet

    def new(self, title: str = "Run sheet") -> None:
        """Begin another sheet."""
        if self._is_refused("Making a run sheet"):
            return
        taken = {one.title for one in self.sheets}
        name, number = title, 2
        while name in taken:
            name, number = f"{title} {number}", number + 1
        self._show(new_sheet(name), ())
        self._saved = None
        self._save()
        self.changed.emit()

    def delete(self) -> None:
        """Take the sheet out of sight; its versions stay in the case."""
        sheet = self.sheet
        if sheet is None or self._is_refused("Deleting a run sheet"):
            return
        self.sheet = self._saved = None
        by = self.who()

        def work(case: Case, _progress: Progress, _cancelled: IsCancelled) -> None:
            delete_run_sheet(case, sheet.id, by=by)

        self._run("Deleting a run sheet", work, lambda _none: self.open())

    def rename(self, title: str) -> None:
        """Give the sheet another title."""
        words = " ".join(title.split())
        if words:
            self.apply(lambda sheet: replace(sheet, title=words[:300]))

    def add(self, items: Sequence[Item], before: int | None = None) -> None:
        """Put items in; a sheet is begun where there is none."""
        if self._is_refused("Adding to the run sheet"):
            return
        if self.sheet is None:
            self.new()
        self.apply(lambda sheet: put_in(sheet, items, before))
        self.added.emit(tuple(item.id for item in items))

    def add_card(self) -> None:
        """Put in a title card with the case's title."""
        snapshot = self._session.snapshot
        if snapshot is not None:
            lines = tuple(line for line in (snapshot.info.title, snapshot.info.reference) if line)
            self.add([Item(new_item_id(), "", Card(lines or ("Title",)))])

    def add_pause(self) -> None:
        """Put in black, until the presenter goes on."""
        self.add([Item(new_item_id(), "", Pause())])

    def add_files(self, paths: Sequence[Path], before: int | None = None) -> None:
        """Take documents and pictures over into the case and put in an item for each page."""
        if not paths or self._is_refused("Taking over a document"):
            return

        def done(files: list[SheetFile]) -> None:
            items = [item for file in files for item in _items_of(file)]
            if items:
                self.add(items, before)

        self._run("Taking over documents", partial(_take_over, tuple(paths), self.who()), done, is_quiet=False)

    def remove(self, item_ids: Collection[str]) -> None:
        """Take items out."""
        self.apply(lambda sheet: take_out(sheet, item_ids))

    def double(self, item_ids: Collection[str]) -> None:
        """Put a copy of each behind them."""
        self.apply(lambda sheet: double(sheet, item_ids))

    def move(self, item_ids: Collection[str], before: int) -> None:
        """Move items before the one that is at a place now."""
        self.apply(lambda sheet: move(sheet, item_ids, before))

    def step(self, item_ids: Collection[str], way: int) -> None:
        """Move items one place up or down."""
        if self.sheet is None or not item_ids:
            return
        places = [place for place, item in enumerate(self.sheet.items) if item.id in item_ids]
        self.move(item_ids, max(0, places[0] - 1) if way < 0 else places[-1] + 2)

    def change_items(self, item_ids: Collection[str], how: Callable[[Item], Item]) -> None:
        """Change items; what would be impossible is told and not done."""
        self.apply(lambda sheet: change(sheet, item_ids, how))

    def apply(self, how: Callable[[RunSheet], RunSheet]) -> None:
        """Change the sheet, and keep it."""
        if self.sheet is None or self._is_refused("Changing the run sheet"):
            return
        try:
            after = how(self.sheet)
        except ValueError as error:
            text = f"That is not possible: {error}."
            self.refused.emit(SightlineError(text, remedy="Nothing was changed; choose something else."))
            self.changed.emit()
            return
        if after == self.sheet:
            return
        self._undo = [*self._undo, self.sheet][-_MOST_UNDONE:]
        self._redo.clear()
        self._set(after)

    def undo(self) -> None:
        """Take back the last change of this sitting."""
        if self._undo and self.sheet is not None and not self._is_refused("Undoing"):
            self._redo.append(self.sheet)
            self._set(self._undo.pop())

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        if self._redo and self.sheet is not None and not self._is_refused("Redoing"):
            self._undo.append(self.sheet)
            self._set(self._redo.pop())

    def go_to_version(self, number: int) -> None:
        """Show the sheet as it was in a version; it is kept as a new one, and can be undone."""
        sheet = self.sheet
        if sheet is None:
            return

        def work(case: Case, _progress: Progress, _cancelled: IsCancelled) -> RunSheet:
            return load_run_sheet(case, sheet.id, number)

        self._run("Reading a version", work, lambda found: self.apply(lambda _sheet: found))

    # Inside

    def _is_refused(self, doing: str) -> bool:
        if self._session.snapshot is None:
            return True
        if self.can_change:
            return False
        self.refused.emit(
            CaseReadOnlyError(
                f"{doing} is not possible: the case is open read-only.",
                meaning="Nothing was changed.",
                remedy=self._session.read_only_remedy,
            )
        )
        return True

    def _show(self, sheet: RunSheet, versions: tuple[SheetVersion, ...]) -> None:
        self.sheet = self._saved = sheet
        self.versions = versions
        self._undo.clear()
        self._redo.clear()
        self._pictures.show_sheet(self.sheet)

    def _set(self, sheet: RunSheet) -> None:
        self.sheet = sheet
        self._save()
        self._pictures.show_sheet(self.sheet)
        self.changed.emit()

    def _save(self) -> None:
        sheet = self.sheet
        if self._is_saving or sheet is None or sheet == self._saved:
            return
        self._is_saving = True
        by = self.who()

        def work(case: Case, _progress: Progress, _cancelled: IsCancelled) -> tuple[tuple[SheetVersion, ...], ...]:
            save_run_sheet(case, sheet, by=by)
            return list_versions(case, sheet.id), list_run_sheets(case)

        def done(read: tuple[tuple[SheetVersion, ...], ...]) -> None:
            self._is_saving = False
            self._saved = sheet
            self.sheets = read[1]
            if self.sheet is not None and self.sheet.id == sheet.id:
                self.versions = read[0]
            self._save()
            self.changed.emit()

        def failed(error: SightlineError) -> None:
            self._is_saving = False
            self.refused.emit(error)
            self.changed.emit()

        self._session.run("Saving the run sheet", work, done, failed, lambda: None, is_quiet=True)

    def _run(
        self,
        title: str,
        work: Callable[[Case, Progress, IsCancelled], _R],
        done: Callable[[_R], None],
        *,
        is_quiet: bool = True,
    ) -> None:
        self._session.run(title, work, done, self.refused.emit, lambda: None, is_quiet=is_quiet)

    def _on_closed(self) -> None:
        self.sheet = self._saved = None
        self.sheets = self.versions = ()
        self._undo.clear()
        self._redo.clear()
        self._pictures.forget()
        self.changed.emit()


def _read(
    shown: str, case: Case, _progress: Progress, _cancelled: IsCancelled
) -> tuple[tuple[SheetVersion, ...], RunSheet | None, tuple[SheetVersion, ...]]:
    sheets = list_run_sheets(case)
    if shown or not sheets:
        return sheets, None, ()
    return sheets, load_run_sheet(case, sheets[0].sheet_id), list_versions(case, sheets[0].sheet_id)


def _take_over(
    paths: Sequence[Path], by: str, case: Case, progress: Progress, cancelled: IsCancelled
) -> list[SheetFile]:
    files = []
    with PageReader() as reader:
        for number, path in enumerate(paths):
            progress(ProgressReport(number, len(paths), "files", path.name))
            pages = reader.count(path, kind_of_file(path), cancelled)
            files.append(import_document(case, path, pages=pages, by=by))
    return files


def _items_of(file: SheetFile) -> list[Item]:
    if file.kind is FileKind.PDF:
        return [Item(new_item_id(), "", DocumentPage(file, page)) for page in range(1, file.pages + 1)]
    return [Item(new_item_id(), "", Image(file))]
