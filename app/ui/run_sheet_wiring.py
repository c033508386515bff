"""Joins the run sheet to the main window: its keys, what is seen and heard there, and where the playhead stands."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from annotations.clips.clip import Clip
from annotations.marks import Mark
from app.jobs import JobRunner
from app.session import CaseSession
from app.settings import Settings
from app.sheet_printing import PrintRequest, print_sheet
from app.ui.actions import Binding
from app.ui.choosers import Choosers
from app.ui.notices import NoticeBoard, NoticeKind
from app.ui.pack_desk import PackDesk, PackStage
from app.ui.pack_dialog import folder_name
from app.ui.playback import Playback
from app.ui.review_page import ReviewPage
from app.ui.run_sheet_desk import RunSheetDesk
from app.ui.run_sheet_window import RunSheetWindow
from app.ui.sound import CameraSound
from app.ui.theme import Theme
from courtroom.run_sheet import MOST_CAMERAS, Item, Layout, Moving, Still, View
from courtroom.run_sheet_paper import SheetToPrint
from courtroom.sheet_edits import new_item_id, with_moment
from courtroom.ui.item_picture import PictureScene
from evidence.times import IncidentRange, IncidentTime
from player.ui.layout import LayoutKind, lay_out

_WIDE = (1600, 900)


@dataclass(frozen=True)
class PackStep:
    """What follows making a pack: a button of the run sheet's window."""

    stage: PackStage
    words: str
    hint: str
    doing: Callable[[Path], None]


class RunSheetRoom(QObject):
    """The run sheet as the main window sees it; its window is made when it is asked for first."""

    def __init__(
        self,
        window: QWidget,
        *,
        session: CaseSession,
        jobs: JobRunner,
        settings: Settings,
        theme: Theme,
        choosers: Choosers,
        playback: Playback,
        sound: CameraSound,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._jobs = jobs
        self._theme = theme
        self._choosers = choosers
        self._playback = playback
        self._sound = sound
        self._page: ReviewPage | None = None
        self._notices: NoticeBoard | None = None
        self._added_words = ""
        self._steps: list[PackStep] = []
        self._wanted: tuple[str, str] | None = None
        self.desk = RunSheetDesk(session, jobs, settings)
        self.packs = PackDesk(session, self.desk)
        self.view: RunSheetWindow | None = None
        session.closed.connect(self._on_closed)

    def bindings(self) -> dict[str, Binding]:
        """Return what the room's commands do."""
        return {
            "runsheet.show": self.show,
            "runsheet.add_range": self.add_range,
            "runsheet.add_still": self.add_still,
        }

    def join(self, page: ReviewPage, notices: NoticeBoard) -> None:
        """Take what is seen from the page, and tell there what was added."""
        self._page = page
        self._notices = notices
        page.case_shown.connect(self._on_shown)
        self.desk.refused.connect(self._on_refused)
        self.desk.changed.connect(self._choose_wanted)

    def add_step(self, step: PackStep) -> None:
        """Add a step that follows making a pack, such as rehearsing it."""
        self._steps.append(step)
        if self.view is not None:
            self.view.add_step(step.stage, step.words, step.hint, step.doing)

    def show(self) -> None:
        """Show the run sheet."""
        if self._page is None or self._session.snapshot is None:
            return
        if self.view is None:
            self.view = self._make_view()
        self.view.show_case(self._session.snapshot, self._page.times)
        self.desk.open(self._choose_wanted)
        self.view.show()
        self.view.raise_()
        self.view.activateWindow()

    def show_item(self, sheet_id: str, item_id: str) -> None:
        """Show an item of a run sheet, chosen in the list."""
        self._wanted = (sheet_id, item_id)
        self.show()

    def _choose_wanted(self) -> None:
        sheet, view = self.desk.sheet, self.view
        if self._wanted is None or sheet is None or view is None:
            return
        sheet_id, item_id = self._wanted
        if sheet.id == sheet_id:
            self._wanted = None
            view.list.select([item_id])
        elif sheet_id not in {one.sheet_id for one in self.desk.sheets}:
            self._wanted = None
        elif self.desk.is_saved:
            self.desk.choose(sheet_id)

    def add_range(self) -> None:
        """Put the range from in to out into the run sheet, as it is seen and heard now."""
        span = self._range()
        if span is None:
            self._tell(NoticeKind.WARNING, "Set the in point (I) and the out point (O) first; then add the range.")
            return
        view = self._view(span)
        if view is None:
            self._tell(NoticeKind.WARNING, "No camera that is on screen was recording from in to out.")
            return
        heard = tuple(one for one in self._sound.heard if one in view.camera_ids)
        self._add(Item(new_item_id(), "", Moving(span, view, heard)), "The range from in to out")

    def add_still(self) -> None:
        """Put the pictures at the playhead into the run sheet."""
        instant = self._playback.engine.target
        view = self._view(IncidentRange(instant, IncidentTime(instant + 1)))
        if view is None:
            self._tell(NoticeKind.WARNING, "No camera that is on screen was recording at the playhead.")
            return
        self._add(Item(new_item_id(), "", Still(instant, view)), "This frame")

    def add_mark(self, mark_id: str) -> None:
        """Put what a mark marks into the run sheet: its range, or its instant."""
        snapshot = self._session.snapshot
        mark = None if snapshot is None else next((one for one in snapshot.marks if one.id == mark_id), None)
        if mark is None:
            return
        span = _span_of(mark)
        view = self._view(span)
        if view is None:
            self._tell(NoticeKind.WARNING, "No camera that is on screen was recording at this mark.")
            return
        content = Moving(span, view, self._heard(view)) if mark.end is not None else Still(mark.instant, view)
        self._add(Item(new_item_id(), mark.text[:300], content), "The mark")

    def add_clip(self, clip: Clip) -> None:
        """Put a clip into the run sheet: its range, with its cameras as far as they were recording."""
        draft = clip.draft
        view = self._clip_view(clip)
        if view is None:
            self._tell(NoticeKind.WARNING, f"No camera of the clip “{draft.name}” was recording in its range.")
            return
        content = Moving(draft.span, view, self._heard(view), clip.id)
        item = Item(new_item_id(), draft.name, content, exhibit=draft.exhibit)
        self._add(item, f"The clip “{draft.name}”")

    # Inside

    def _clip_view(self, clip: Clip) -> View | None:
        snapshot, page, span = self._session.snapshot, self._page, clip.draft.span
        if snapshot is None or page is None:
            return None
        wanted = clip.draft.camera_ids
        cameras = tuple(
            row.camera.id
            for row in snapshot.timeline.cameras
            if (wanted is None or row.camera.id in wanted)
            and any(one.span.start < span.end and span.start < one.span.end for one in row.placed)
        )[:MOST_CAMERAS]
        return View(cameras, Layout.ONE if len(cameras) == 1 else Layout.AUTO) if cameras else None

    def _make_view(self) -> RunSheetWindow:
        view = RunSheetWindow(
            self.desk, self.packs, jobs=self._jobs, theme=self._theme, choosers=self._choosers, parent=self._window
        )
        view.range_wanted.connect(self.add_range)
        view.still_wanted.connect(self.add_still)
        view.mark_wanted.connect(self.add_mark)
        view.item_range_wanted.connect(self._set_item_range)
        view.moment_wanted.connect(self._add_moment)
        view.go_wanted.connect(self._playback.seek)
        view.print_wanted.connect(self._ask_print)
        for step in self._steps:
            view.add_step(step.stage, step.words, step.hint, step.doing)
        return view

    def _add(self, item: Item, what: str) -> None:
        def put_in() -> None:
            self.desk.add([item])
            sheet = self.desk.sheet
            if sheet is not None and sheet.find_item(item.id) is not None and not self._is_visible():
                self._tell_added(f"{what} is item {len(sheet.items)} of the run sheet “{sheet.title}”.")

        if self.desk.sheet is None:
            self.desk.open(put_in)
        else:
            put_in()

    def _range(self) -> IncidentRange | None:
        start, end = self._playback.range_in, self._playback.range_out
        return None if start is None or end is None or end <= start else IncidentRange(start, end)

    def _heard(self, view: View) -> tuple[str, ...]:
        return tuple(one for one in self._sound.heard if one in view.camera_ids)

    def _view(self, span: IncidentRange) -> View | None:
        """Return what is seen now, without cameras that were not recording in the range."""
        snapshot, page = self._session.snapshot, self._page
        if snapshot is None or page is None:
            return None
        kind, focus = page.surface.layout_kind, page.focus_camera
        shown = [one.camera.id for one in snapshot.timeline.cameras if one.placed]
        visible = [tile.camera_id for tile in lay_out(kind, shown, focus, *_WIDE)]
        recording = tuple(
            row.camera.id
            for row in snapshot.timeline.cameras
            if row.camera.id in visible
            and any(one.span.start < span.end and span.start < one.span.end for one in row.placed)
        )
        if not recording:
            return None
        is_alone = len(recording) == 1
        layout = Layout.ONE if is_alone else Layout(kind.value)
        return View(recording, layout, focus if focus in recording and kind is not LayoutKind.AUTO else None)

    def _set_item_range(self) -> None:
        span, view = self._range(), self.view
        if view is None:
            return
        if span is None:
            self._tell(NoticeKind.WARNING, "Set the in point (I) and the out point (O) in the main window first.")
            return
        wanted = span

        def how(item: Item) -> Item:
            if not isinstance(item.content, Moving):
                return item
            kept = tuple(one for one in item.key_moments if wanted.contains(one.instant))
            return replace(item, content=replace(item.content, span=wanted, clip_id=""), key_moments=kept)

        self.desk.change_items(view.list.selected_ids, how)

    def _add_moment(self) -> None:
        instant = self._playback.engine.target
        if self.view is not None:
            self.desk.change_items(self.view.list.selected_ids, lambda item: with_moment(item, instant))

    def _ask_print(self) -> None:
        snapshot, sheet = self._session.snapshot, self.desk.sheet
        if snapshot is not None and sheet is not None and self.view is not None:
            start = snapshot.folder.parent
            self._choosers.choose_folder(self.view, "Where the run sheet is printed to", start, self._print)

    def _print(self, folder: Path) -> None:
        snapshot, sheet, reader = self._session.snapshot, self.desk.sheet, self._session.index_reader
        if snapshot is None or sheet is None or reader is None or self._page is None:
            return
        names = {one.id: one.name for one in snapshot.cameras}
        printed = SheetToPrint(snapshot.info, sheet, self.desk.version, names, {}, self.desk.who(), time.time_ns())
        scene = PictureScene(snapshot.timeline, reader.find_index, snapshot.folder)
        stem = folder_name(sheet.title)
        bundle, counsel = folder / f"{stem} for the bundle.pdf", folder / f"{stem} for counsel.pdf"

        def done(request: PrintRequest) -> None:
            words = f"Printed {request.bundle}, and with the presenter's notes {request.counsel}."
            self._tell(NoticeKind.NOTE, words)

        self._jobs.start(
            f"Printing the run sheet “{sheet.title}”",
            partial(print_sheet, PrintRequest(printed, scene, self._page.times, bundle, counsel)),
            on_done=done,
            on_failed=self.desk.refused.emit,
        )

    def _tell_added(self, words: str) -> None:
        """Tell of the newest item alone: one notice for each of thirty would cover the pictures."""
        if self._notices is not None:
            self._notices.withdraw(self._added_words)
        self._added_words = words
        self._tell(NoticeKind.NOTE, words)

    def _tell(self, kind: NoticeKind, words: str) -> None:
        board = self.view.notices if self.view is not None and self._is_visible() else self._notices
        if board is not None:
            board.say(kind, words)

    def _is_visible(self) -> bool:
        return self.view is not None and self.view.isVisible()

    def _on_refused(self, error: object) -> None:
        if not self._is_visible() and self._notices is not None:
            self._notices.say(NoticeKind.PROBLEM, str(error))

    def _on_shown(self) -> None:
        if self.view is not None and self._page is not None:
            self.view.show_case(self._session.snapshot, self._page.times)

    def _on_closed(self) -> None:
        if self.view is not None:
            self.view.notices.clear()
            self.view.close()


def _span_of(mark: Mark) -> IncidentRange:
    end = mark.end if mark.end is not None and mark.end > mark.instant else IncidentTime(mark.instant + 1)
    return IncidentRange(mark.instant, end)
