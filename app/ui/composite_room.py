"""Composite videos in the window: the dialog with its preview, the work in the tray, and what is said at the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QWidget

from annotations.composite.messages import PreviewPicture
from annotations.reports.scope import Maker
from annotations.ui.composite_maker import Composer
from app.case_snapshot import CaseSnapshot
from app.composite_job import CompositeRequest, CompositeResult, make_composite, make_preview
from app.composite_plan import CompositeWish
from app.session import CaseSession
from app.settings import YOUR_NAME, Settings
from app.ui.actions import Binding
from app.ui.choosers import Choosers
from app.ui.composite_dialog import CompositeDialog, CompositeOffer
from app.ui.composite_done import CompositeDone
from app.ui.notices import NoticeBoard, NoticeKind
from app.ui.playback import Playback
from app.ui.reports_wiring import open_with_system
from app.ui.review_page import ReviewPage
from app.ui.sound import CameraSound
from evidence.case import Case
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress
from evidence.times import IncidentRange


class CompositeRoom(QObject):
    """Lives on the UI thread.

    Attributes:
        dialog: the one that is open, or None.
        done: what was said of the last video, or None.
    """

    def __init__(
        self,
        window: QWidget,
        *,
        session: CaseSession,
        settings: Settings,
        playback: Playback,
        choosers: Choosers,
        sound: CameraSound,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._settings = settings
        self._playback = playback
        self._choosers = choosers
        self._sound = sound
        self._page: ReviewPage | None = None
        self._notices: NoticeBoard | None = None
        self._composer = Composer()
        self._is_making = False
        self._waiting: CompositeWish | None = None
        self.open_file: Callable[[Path], None] = open_with_system
        self.dialog: CompositeDialog | None = None
        self.done: CompositeDone | None = None
        session.closed.connect(self._close_dialog)

    def bindings(self) -> dict[str, Binding]:
        """Return what the room's command does."""
        return {"composite.make": self.ask}

    def join(self, page: ReviewPage, notices: NoticeBoard) -> None:
        """Take range and layout from the page, and say what happened."""
        self._page = page
        self._notices = notices

    def ask(self) -> None:
        """Ask what the video is to be."""
        snapshot, page = self._session.snapshot, self._page
        span = self._playback.chosen_range or (None if snapshot is None else snapshot.span)
        if snapshot is None or page is None or span is None or not span.duration_ns:
            return
        self._close_dialog()
        offer = self._offer(snapshot, page, span)
        self.dialog = CompositeDialog(offer, self._choosers.choose_new_file, self._make, self._window)
        self.dialog.preview_wanted.connect(self._preview)
        self.dialog.finished.connect(self._on_finished)
        self.dialog.show()

    def _offer(self, snapshot: CaseSnapshot, page: ReviewPage, span: IncidentRange) -> CompositeOffer:
        rows = snapshot.timeline.cameras
        stamp = time.strftime("%Y-%m-%d %H.%M.%S")
        mix = self._sound.mix
        return CompositeOffer(
            span=span,
            span_words=f"{page.times.clock(span.start)} to {page.times.clock(span.end)}",
            cameras=tuple((row.camera.id, row.camera.name) for row in rows if row.placed),
            recording=frozenset(
                row.camera.id
                for row in rows
                if any(one.span.start < span.end and span.start < one.span.end for one in row.placed)
            ),
            layout=page.surface.layout_kind,
            focus=page.focus_camera,
            gains_db={camera: level.gain_db for camera, level in mix.levels.items() if level.gain_db},
            file=self._folder(snapshot) / f"Composite {stamp}.mp4",
        )

    def _folder(self, snapshot: CaseSnapshot) -> Path:
        if not self._session.read_only_reason:
            return snapshot.folder / "exports"
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return Path(documents or Path.home())

    # The first frame

    def _preview(self, wish: CompositeWish) -> None:
        if self._is_making:
            self._waiting = wish
            return

        def work(case: Case, _progress: Progress, cancelled: IsCancelled) -> PreviewPicture:
            return make_preview(case, wish, self._composer, cancelled)

        self._is_making = True
        job = self._session.run(
            "Making the first frame", work, self._on_preview, self._on_no_preview, self._on_preview_over, is_quiet=True
        )
        self._is_making = job is not None

    def _on_preview(self, picture: PreviewPicture) -> None:
        if self.dialog is not None:
            self.dialog.show_preview(picture)
        self._on_preview_over()

    def _on_no_preview(self, error: SightlineError) -> None:
        if self.dialog is not None:
            self.dialog.show_problem(str(error))
        self._on_preview_over()

    def _on_preview_over(self) -> None:
        self._is_making = False
        wish, self._waiting = self._waiting, None
        if self.dialog is None:
            self._composer.close()
        elif wish is not None:
            self._preview(wish)

    def _on_finished(self) -> None:
        self.dialog = None
        if not self._is_making:
            self._composer.close()

    def _close_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.reject()

    # The video

    def _make(self, wish: CompositeWish, out: Path, chosen: Path | None) -> None:
        """Make a video; what was chosen in the system's dialog, which asks about that, is replaced."""
        maker = Maker(self._settings.get(YOUR_NAME), time.time_ns())
        request = CompositeRequest(wish, out, maker, replaces=out == chosen)

        def work(case: Case, progress: Progress, cancelled: IsCancelled) -> CompositeResult:
            return make_composite(case, request, progress, cancelled)

        self._session.run(f"Composing {out.name}", work, self._on_made, self._on_failed, self._on_stopped)

    def _on_made(self, result: CompositeResult) -> None:
        self.done = CompositeDone(result, self.open_file, self._window)
        self.done.destroyed.connect(self._on_done_closed)
        self.done.show()

    def _on_done_closed(self) -> None:
        self.done = None

    def _on_failed(self, error: SightlineError) -> None:
        if self._notices is not None:
            self._notices.say_error(error)

    def _on_stopped(self) -> None:
        if self._notices is not None:
            self._notices.say(NoticeKind.NOTE, "Composing was cancelled; nothing is left of it.")
