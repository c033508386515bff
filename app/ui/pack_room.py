"""A court pack that is open in the review: all of it verified beside the work, and copied to the computer.

A pack opens after a quick look, so its state is UNKNOWN until every file was read; that begins at once, waits while
pictures play (a stick gives its bytes to one of the two), and its verdict takes the place of UNKNOWN. On the UI thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.jobs import Job
from app.own_keys import own_keys
from app.pack_verdicts import PackVerdicts
from app.session import CaseSession
from app.ui.actions import Binding
from app.ui.case_header import Badge
from app.ui.choosers import Choosers
from app.ui.notices import NoticeBoard, NoticeKind
from app.ui.pack_words import CHECKING, STOPPED, badge_of_pack, pack_notice
from app.ui.playback import Playback
from courtroom.pack.copying import copy_pack
from courtroom.pack.findings import PackVerdict
from courtroom.pack.layout import find_pack
from courtroom.pack.verify import verify_pack
from evidence.case import Case
from evidence.errors import UsageError
from evidence.jobs import IsCancelled, Progress

_LOOK_S = 0.1


class PackRoom(QObject):
    """What the window does with a court pack beside showing it.

    Attributes:
        pack: the pack that is open, or None.
        verdict: what reading all of it found when that was done last, or None while that is not known.
        is_in_court: tells whether court mode is on, which has the disk to itself. From any thread.
    """

    def __init__(
        self,
        window: QWidget,
        *,
        session: CaseSession,
        playback: Playback,
        choosers: Choosers,
        verdicts: PackVerdicts,
    ) -> None:
        super().__init__(window)
        self._verdicts = verdicts
        self._window = window
        self._session = session
        self._engine = playback.engine
        self._choosers = choosers
        self._notices: NoticeBoard | None = None
        self._show_badge: Callable[[Badge], None] = lambda _badge: None
        self._checking: Job | None = None
        self._said: tuple[str, ...] = ()
        self.is_in_court: Callable[[], bool] = lambda: False
        self.pack: Path | None = None
        self.verdict: PackVerdict | None = None

    def bindings(self) -> dict[str, Binding]:
        """Return what the room's commands do."""
        return {"pack.copy": self.copy}

    def join(self, notices: NoticeBoard, show_badge: Callable[[Badge], None]) -> None:
        """Say there what is found; called once."""
        self._notices = notices
        self._show_badge = show_badge
        self._session.opened.connect(self._on_opened)
        self._session.closed.connect(self._on_closed)

    def verify(self) -> bool:
        """Verify the pack that is open: every file, its manifests, its signature. False where no pack is open."""
        if self.pack is None:
            return False
        if self._checking is None:
            self._check(self.pack)
        return True

    def copy(self) -> None:
        """Copy the pack that is open to a folder that is asked for, and open the copy."""
        pack = self.pack
        if pack is None:
            error = UsageError(
                "What is open is no court pack, so there is nothing to copy.",
                remedy="Open a pack with “Open case…”; a case is packed from its run sheet.",
            )
            self._session.failed.emit(error)
            return
        self._choosers.choose_folder(
            self._window, "Where the court pack is copied to", Path.home(), partial(self._copy_into, pack)
        )

    # Inside

    def _on_opened(self) -> None:
        snapshot = self._session.snapshot
        self.pack = None if snapshot is None else find_pack(snapshot.folder)
        self.verdict = None
        if self.pack is None:
            return
        self._said = self._session.opening_notes
        if self._notices is not None and is_on_another_disk(self.pack):
            words = "This pack lies on another disk than your own files. To play it from this computer, copy it: menu "
            self._notices.say(NoticeKind.NOTE, f"{words}Court, “Copy court pack to this computer…”.")
        self._check(self.pack)

    def _on_closed(self) -> None:
        self.pack = self.verdict = None
        self._said = ()

    def _check(self, pack: Path) -> None:
        knows = own_keys().knows
        engine, verdicts = self._engine, self._verdicts

        def work(_case: Case, progress: Progress, cancelled: IsCancelled) -> PackVerdict:
            def waits() -> bool:
                while (engine.is_playing or self.is_in_court()) and not cancelled():
                    time.sleep(_LOOK_S)
                return cancelled()

            keep = verdicts.watch(pack)
            found = verify_pack(pack, knows, progress, waits)
            keep(found)
            return found

        self._show_badge(CHECKING)
        self._checking = self._session.run(
            f"Verifying the court pack {pack.name}", work, self._on_checked, self._on_failed, self._on_stopped
        )

    def _on_checked(self, found: PackVerdict) -> None:
        self._checking = None
        if self.pack is None:
            return
        if not found.is_complete and not found.findings:
            self._on_stopped()
            return
        self.verdict = found
        self._show_badge(badge_of_pack(found))
        if self._notices is not None:
            for words in self._said:
                self._notices.withdraw(words)
            kind, words = pack_notice(found)
            self._said = (words,)
            self._notices.say(kind, words)

    def _on_failed(self, error: object) -> None:
        self._checking = None
        self._show_badge(STOPPED)
        self._session.failed.emit(error)

    def _on_stopped(self) -> None:
        self._checking = None
        if self.pack is not None:
            self._show_badge(STOPPED)

    def _copy_into(self, pack: Path, folder: Path) -> None:
        copy = folder / pack.name

        def work(_case: Case, progress: Progress, cancelled: IsCancelled) -> Path:
            copy_pack(pack, copy, progress, cancelled)
            return copy

        self._session.run(
            f"Copying the court pack {pack.name}", work, self._on_copied, self._session.failed.emit, lambda: None
        )

    def _on_copied(self, copy: Path) -> None:
        if self._notices is not None:
            self._notices.say(NoticeKind.NOTE, f"Copied, each file compared with its hash on the way: {copy}")
        self._session.open(copy)


def is_on_another_disk(folder: Path) -> bool:
    """Tell whether a folder lies on another disk than the user's own files."""
    try:
        return folder.stat().st_dev != Path.home().stat().st_dev
    except OSError:
        return False
