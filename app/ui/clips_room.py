"""Clips in the window: the panel that makes one, the list in the side panel, and exports in the job tray."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from annotations.clips.clip import Clip, ClipDraft, add_clip, change_clip, delete_clip, find_clip, load_clips
from annotations.clips.exhibits import next_exhibit
from annotations.clips.export import export_clip, request_of
from annotations.cuts.draft_folder import sweep
from annotations.cuts.job import REPORT_HTML, ExportResult
from annotations.journal import Step
from app.case_snapshot import CaseSnapshot
from app.session import CaseSession
from app.settings import YOUR_NAME, Settings
from app.ui.actions import Binding
from app.ui.choosers import Choosers
from app.ui.clip_panel import ClipContext, ClipPanel
from app.ui.clips_tab import ClipsTab
from app.ui.playback import Playback
from app.ui.review_page import ReviewPage
from app.ui.side_tabs import Tab
from evidence.case import Case
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress
from evidence.times import IncidentRange

NO_RANGE = "A clip needs an in point (I) and an out point (O)."


class ClipsRoom(QObject):
    """Takes requests on the UI thread.

    Signals:
        told: a note for people.
        failed: `SightlineError`.
        court_wanted: a `Clip` that is to be shown in court.
    """

    told = Signal(str)
    failed = Signal(object)
    court_wanted = Signal(object)

    def __init__(
        self,
        window: QWidget,
        *,
        session: CaseSession,
        playback: Playback,
        settings: Settings,
        choosers: Choosers,
        writable: Callable[[str], CaseSnapshot | None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._playback = playback
        self._settings = settings
        self._choosers = choosers
        self._writable = writable
        self._page: ReviewPage | None = None
        self._clips: tuple[Clip, ...] = ()
        self._wanted = ""
        self.tab = ClipsTab(window)
        self.panel: ClipPanel | None = None
        self.open_path: Callable[[Path], object] = lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def bindings(self) -> dict[str, Binding]:
        """Return what the commands of clips do."""
        return {
            "clip.new": self.new_clip,
            "clip.to_run_sheet": self.add_to_run_sheet,
            "view.panel_clips": self._show_tab,
        }

    def join(self, page: ReviewPage) -> None:
        """Put the list into the side panel; called once."""
        self._page = page
        tab, session = self.tab, self._session
        page.tabs.add(Tab.CLIPS, tab, tab.table)
        tab.jump_wanted.connect(self._jump)
        tab.edit_wanted.connect(self.edit)
        tab.export_wanted.connect(lambda clip: self._export(clip, None))
        tab.court_wanted.connect(self.court_wanted)
        tab.delete_wanted.connect(self._delete)
        tab.folder_wanted.connect(lambda clip: self._open(clip, ""))
        tab.report_wanted.connect(lambda clip: self._open(clip, REPORT_HTML))
        session.opened.connect(self._on_opened)
        session.changed.connect(self._read)
        session.annotated.connect(lambda _step: self._read())
        session.closed.connect(self._forget)

    def new_clip(self) -> None:
        """Ask what the range from in to out is to be."""
        start, end = self._playback.range_in, self._playback.range_out
        snapshot = self._writable("Making a clip")
        if snapshot is None:
            return
        if start is None or end is None or end <= start:
            self.told.emit(NO_RANGE)
            return
        span = IncidentRange(start, end)
        draft = ClipDraft(f"Clip {len(self._clips) + 1}", span, exhibit=self._next_exhibit(snapshot, span))
        self._show_panel("New clip", draft, lambda wanted, folder, is_now: self._add(wanted, folder, is_export=is_now))

    def add_to_run_sheet(self) -> None:
        """Put the chosen clip into the run sheet."""
        if self.tab.chosen is None:
            self.told.emit("There is no clip yet. Set an in point (I) and an out point (O), then press C.")
        else:
            self.court_wanted.emit(self.tab.chosen)

    def edit(self, clip: Clip) -> None:
        """Ask what a clip is to be from now on."""
        if self._writable("Changing a clip") is not None:
            self._show_panel(
                "Edit clip",
                clip.draft,
                lambda wanted, folder, is_now: self._change(clip, wanted, folder, is_export=is_now),
            )

    def _show_panel(
        self, title: str, draft: ClipDraft, on_ready: Callable[[ClipDraft, Path | None, bool], None]
    ) -> None:
        snapshot = self._session.snapshot
        if snapshot is None or self._page is None:
            return
        context = ClipContext(
            snapshot.timeline,
            self._session.find_index,
            self._page.times,
            self._choosers,
            snapshot.folder / "exports",
        )
        if self.panel is not None:
            self.panel.close()
        self.panel = ClipPanel(title, draft, context, on_ready, self._window)
        self.panel.finished.connect(self._on_panel_finished)
        self.panel.show()

    def _on_panel_finished(self) -> None:
        self.panel = None

    def _add(self, draft: ClipDraft, folder: Path | None, *, is_export: bool) -> None:
        made: list[str] = []

        def change(case: Case, by: str) -> Step:
            clip_id, step = add_clip(case, draft, by=by)
            made.append(clip_id)
            return step

        self._session.edit("Making a clip", change, lambda: self._after(made[0], folder, is_export=is_export))

    def _change(self, clip: Clip, draft: ClipDraft, folder: Path | None, *, is_export: bool) -> None:
        self._session.edit(
            "Changing a clip",
            lambda case, by: change_clip(case, clip.id, draft, by=by),
            lambda: self._after(clip.id, folder, is_export=is_export),
        )

    def _after(self, clip_id: str, folder: Path | None, *, is_export: bool) -> None:
        self._wanted = clip_id
        self._show_tab()
        if is_export:
            self._session.look(
                "Reading a clip", lambda case: find_clip(case, clip_id), lambda clip: self._export(clip, folder)
            )
        else:
            self._read()

    def _export(self, clip: Clip, folder: Path | None) -> None:
        by = self._settings.get(YOUR_NAME)
        request = request_of(clip.draft, out_folder=folder, by=by, made_ns=time.time_ns(), clip_id=clip.id)
        self._wanted = clip.id

        def work(case: Case, progress: Progress, cancelled: IsCancelled) -> ExportResult:
            return export_clip(case, clip, request, progress, cancelled)

        self._session.run(f"Exporting {clip.draft.name}", work, self._on_exported, self._on_failed, self._on_stopped)

    def _on_exported(self, result: ExportResult) -> None:
        files = len(result.facts.delivered) - len(result.failed)
        count = "1 file is" if files == 1 else f"{files} files are"
        self.told.emit(f"{count} exported and checked: {result.folder}")
        for one in result.failed:
            self.told.emit(f"{one.camera.name} was not exported. {one.reason} {one.remedy}")
        self._read()

    def _on_failed(self, error: SightlineError) -> None:
        self.failed.emit(error)
        self._read()

    def _on_stopped(self) -> None:
        self.told.emit("The export was cancelled; nothing is left of it.")

    def _delete(self, clip_id: str) -> None:
        if self._writable("Deleting a clip") is not None:
            self._session.edit("Deleting a clip", lambda case, by: delete_clip(case, clip_id, by=by))

    def _jump(self, clip: Clip) -> None:
        self._playback.set_range(clip.draft.span.start, clip.draft.span.end)
        self._playback.seek(clip.draft.span.start)

    def _open(self, clip: Clip, name: str) -> None:
        if not clip.exports:
            return
        path = Path(clip.exports[-1].folder) / name
        if path.exists():
            self.open_path(path)
        else:
            self.told.emit(f"{path} is not there any more. Export the clip again.")

    def _show_tab(self) -> None:
        if self._page is not None:
            self._page.show_tab(Tab.CLIPS)

    def _on_opened(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is not None and not snapshot.info.is_read_only:
            self._session.look(
                "Looking for unfinished exports", lambda case: sweep(case.folder / "exports"), self._swept
            )
        self._read()

    def _swept(self, gone: tuple[Path, ...]) -> None:
        if gone:
            self.told.emit(f"An export was interrupted and its unfinished files were deleted: {gone[0].name}")

    def _read(self) -> None:
        self._session.look("Reading the clips", load_clips, self._show)

    def _show(self, clips: tuple[Clip, ...]) -> None:
        self._clips = clips
        self.tab.show_clips(clips, None if self._page is None else self._page.times)
        if self._wanted:
            self.tab.choose(self._wanted)
            self._wanted = ""

    def _forget(self) -> None:
        self._show(())
        if self.panel is not None:
            self.panel.close()

    def _next_exhibit(self, snapshot: CaseSnapshot, span: IncidentRange) -> str:
        """Propose a reference behind that of a recording in the range, the focused camera's first; "" without one."""
        focus = None if self._page is None else self._page.focus_camera
        rows = sorted(snapshot.timeline.cameras, key=lambda row: row.camera.id != focus)
        placed = (place for row in rows for place in row.placed)
        bases = (
            place.recording.exhibit
            for place in placed
            if place.recording.exhibit and place.span.start < span.end and span.start < place.span.end
        )
        return next_exhibit(next(bases, ""), [clip.draft.exhibit for clip in self._clips])
