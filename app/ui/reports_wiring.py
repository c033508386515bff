"""Joins reports, stills and sheets to the main window: what the keys do, where files go, what is said of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from annotations.reports.scope import Maker, ReportKind
from annotations.ui.shapes_on_stills import ShapesOnStills
from app.case_snapshot import CaseSnapshot
from app.otio_job import OtioRequest, OtioResult, write_otio
from app.report_job import ReportRequest, ReportResult, make_report
from app.session import CaseSession
from app.settings import YOUR_NAME, Settings
from app.sheet_job import SheetRequest, SheetResult, make_sheet
from app.time_text import LocalTimes
from app.ui.actions import Binding
from app.ui.choosers import Choosers
from app.ui.contact_dialog import ContactDialog, ContactWish
from app.ui.notices import NoticeBoard, NoticeKind
from app.ui.playback import Playback
from app.ui.report_dialog import TIMELINE, ReportDialog, ReportOffer, ReportWish
from app.ui.review_page import ReviewPage
from evidence.case import Case
from evidence.jobs import IsCancelled, Progress
from evidence.times import IncidentTime
from player.stills.job import StillOutcome, StillsRequest, StillsResult, StillState, save_stills
from player.tracks import FrameSpot

EXPORTS = "exports"
"""The folder of a case for what was made for others."""


def open_with_system(file: Path) -> None:
    """Show a file in the program that the system has for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))


class ReportsRoom(QObject):
    """Reports, stills and sheets, as the main window sees them. Lives on the UI thread."""

    def __init__(
        self,
        window: QWidget,
        *,
        session: CaseSession,
        settings: Settings,
        playback: Playback,
        choosers: Choosers,
        open_file: Callable[[Path], None] = open_with_system,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._settings = settings
        self._playback = playback
        self._choosers = choosers
        self.open_file = open_file
        self._page: ReviewPage | None = None
        self._notices: NoticeBoard | None = None

    def bindings(self) -> dict[str, Binding]:
        """Return what the room's commands do."""
        return {
            "report.make": self.ask_report,
            "still.save": partial(self.save_stills, is_focused_only=True),
            "still.save_all": partial(self.save_stills, is_focused_only=False),
            "sheet.compare": self.make_comparison,
            "sheet.contact": self.ask_contact,
        }

    def join(self, page: ReviewPage, notices: NoticeBoard) -> None:
        """Write times as the page does, and say what happened."""
        self._page = page
        self._notices = notices

    def ask_report(self) -> None:
        """Ask which report is wanted."""
        snapshot = self._session.snapshot
        if snapshot is not None:
            ReportDialog(self._offer(snapshot), self._choosers.choose_new_file, self._make_report, self._window).show()

    def ask_contact(self) -> None:
        """Ask of what a contact sheet is made."""
        snapshot = self._session.snapshot
        if snapshot is not None and snapshot.span is not None and snapshot.span.duration_ns:
            ContactDialog(self._offer(snapshot), snapshot.span, self._make_contact, self._window).show()

    def save_stills(self, *, is_focused_only: bool) -> None:
        """Save the exact frame of the focused camera, or of all, at the playhead."""
        snapshot, page = self._session.snapshot, self._page
        if snapshot is None or page is None:
            return
        chosen = (page.focus_camera,) if is_focused_only and page.focus_camera is not None else None
        request = StillsRequest(
            case_folder=snapshot.folder,
            instant=self._instant(),
            out_folder=self._folder(snapshot) / "stills",
            by=self._settings.get(YOUR_NAME),
            camera_ids=chosen,
            draw_over=ShapesOnStills(snapshot.shapes_by_frame),
        )

        def work(case: Case, progress: Progress, cancelled: IsCancelled) -> StillsResult:
            return save_stills(request, progress, cancelled, case=case)

        self._session.run("Saving stills", work, self._on_stills, self._board.say_error, _nothing)

    def make_comparison(self) -> None:
        """Put all cameras at the playhead on a sheet, as PDF and as PNG."""
        snapshot = self._session.snapshot
        if snapshot is not None:
            instant = self._instant()
            stem = self._folder(snapshot) / f"Cameras at {self._times().clock(instant).replace(':', '.')} {_stamp()}"
            for ending in (".pdf", ".png"):
                self._run_sheet(
                    SheetRequest(snapshot.folder, stem.with_name(stem.name + ending), self._maker(), instant)
                )

    def _make_contact(self, wish: ContactWish) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        out = self._folder(snapshot) / f"Contact sheet {_stamp()}{wish.ending}"
        cameras = None if wish.camera_id is None else (wish.camera_id,)
        self._run_sheet(SheetRequest(snapshot.folder, out, self._maker(), wish.span, wish.choice, cameras))

    def _run_sheet(self, request: SheetRequest) -> None:
        def work(case: Case, progress: Progress, cancelled: IsCancelled) -> SheetResult:
            return make_sheet(request, progress, cancelled, case=case)

        self._session.run(f"Making {request.out.name}", work, self._on_sheet, self._board.say_error, _nothing)

    def _make_report(self, wish: ReportWish) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        title, maker = f"Making {wish.out.name}", self._maker()
        if wish.kind == TIMELINE:
            timeline = OtioRequest(snapshot.folder, wish.out, maker, wish.scope, replaces=wish.replaces)

            def work_timeline(case: Case, progress: Progress, cancelled: IsCancelled) -> OtioResult:
                return write_otio(timeline, progress, cancelled, case=case)

            self._session.run(title, work_timeline, self._on_timeline, self._board.say_error, _nothing)
            return
        request = ReportRequest(
            case_folder=snapshot.folder,
            kind=ReportKind(wish.kind),
            out=wish.out,
            maker=maker,
            scope=wish.scope,
            with_stills=wish.with_stills,
            replaces=wish.replaces,
        )

        def work(case: Case, progress: Progress, cancelled: IsCancelled) -> ReportResult:
            return make_report(request, progress, cancelled, case=case)

        self._session.run(title, work, partial(self._on_report, opens=wish.opens), self._board.say_error, _nothing)

    # What is said when something is made

    def _on_report(self, result: ReportResult, *, opens: bool) -> None:
        pages = "" if result.pages is None else f", {result.pages:,} {'page' if result.pages == 1 else 'pages'}"
        words = f"The report is ready{pages}: {result.file}"
        if result.pictures_failed:
            words += f" {result.pictures_failed:,} pictures could not be made; it says which and why."
        self._say(words, result.unaudited_reason, is_whole=not result.pictures_failed)
        if opens:
            self.open_file(result.file)

    def _on_timeline(self, result: OtioResult) -> None:
        words = f"The timeline is ready, {result.clips:,} clips and {result.markers:,} markers: {result.file}"
        self._say(" ".join((words, *result.notes)), result.unaudited_reason, is_whole=not result.notes)

    def _on_sheet(self, result: SheetResult) -> None:
        pictures = "1 picture" if result.pictures == 1 else f"{result.pictures:,} pictures"
        words = f"The sheet is ready, {pictures}: {result.file}"
        if result.failed:
            words += f" {result.failed:,} frames could not be taken; it says why."
        self._say(words, result.unaudited_reason, is_whole=bool(result.pictures) and not result.failed)

    def _on_stills(self, result: StillsResult) -> None:
        for one in result.outcomes:
            if one.state is StillState.FAILED:
                self._board.say(NoticeKind.PROBLEM, f"{one.camera_name}: {one.reason}")
        saved = [one for one in result.saved if one.file is not None]
        if not saved:
            if all(one.state is not StillState.FAILED for one in result.outcomes):
                self._board.say(NoticeKind.WARNING, "No still was saved: no camera that was asked for was recording.")
            return
        self._say(_saved_words(saved), result.unaudited_reason, is_whole=True)

    def _say(self, words: str, unaudited_reason: str, *, is_whole: bool) -> None:
        if unaudited_reason:
            words += f" The audit log does not tell of it. {unaudited_reason}"
        is_good = is_whole and not unaudited_reason
        self._board.say(NoticeKind.NOTE if is_good else NoticeKind.WARNING, words)

    # Where and of what

    @property
    def _board(self) -> NoticeBoard:
        assert self._notices is not None, "the room was not joined to the window"
        return self._notices

    def _maker(self) -> Maker:
        return Maker(self._settings.get(YOUR_NAME), time.time_ns())

    def _instant(self) -> IncidentTime:
        """Return the moment on screen: what the focused camera shows counts, where it shows something."""
        position = self._playback.engine.position
        spot = self._playback.focus_spot(position)
        return (
            position if not isinstance(spot, FrameSpot) else max(spot.start, min(position, IncidentTime(spot.end - 1)))
        )

    def _times(self) -> LocalTimes:
        assert self._page is not None
        return self._page.times

    def _offer(self, snapshot: CaseSnapshot) -> ReportOffer:
        span, times = self._playback.chosen_range, self._times()
        camera = None if self._page is None else snapshot.camera_by_id.get(self._page.focus_camera or "")
        return ReportOffer(
            folder=self._folder(snapshot),
            stamp=_stamp(),
            span=span,
            span_words="" if span is None else f"{times.clock(span.start)} to {times.clock(span.end)}",
            camera_id=None if camera is None else camera.id,
            camera_name="" if camera is None else camera.name,
        )

    def _folder(self, snapshot: CaseSnapshot) -> Path:
        if not self._session.read_only_reason:
            return snapshot.folder / EXPORTS
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return Path(documents or Path.home())


def _saved_words(saved: list[StillOutcome]) -> str:
    first = saved[0]
    assert first.file is not None
    if len(saved) == 1:
        return f"Saved frame {first.frame:,} of {first.camera_name}: {first.file}"
    return f"Saved the frames of {len(saved):,} cameras in {first.file.parent}"


def _stamp() -> str:
    """Return the moment as part of a file name, by this machine's clock."""
    return time.strftime("%Y-%m-%d %H.%M.%S")


def _nothing() -> None:
    """Do nothing: the tray has shown that it was cancelled."""
