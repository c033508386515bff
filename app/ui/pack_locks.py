"""Locks a court pack for the way to court, and unlocks one that is to be opened. Lives on the UI thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.court_show import court_journal
from app.jobs import JobRunner
from app.ui.lock_dialogs import LockDialog, UnlockDialog
from app.unlocked_packs import UnlockedPacks
from courtroom.errors import PackLockedError, WrongPassphraseError
from courtroom.pack.locking import LockRequest, lock_pack, unlock_pack
from courtroom.show.resume import find_interrupted
from evidence.database import disk_error
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress

TRIES = 3
DELAY_MS = 1_000
"""After the first wrong passphrase; each time twice as long."""


class PackLocks(QObject):
    """Asks for passphrases and runs what follows in the tray.

    Signals:
        told: a note for people.
        failed: `SightlineError`.
        unlocked: the folder of a plain pack that was made of a locked one.
    """

    told = Signal(str)
    failed = Signal(object)
    unlocked = Signal(object)

    def __init__(self, window: QWidget, jobs: JobRunner) -> None:
        super().__init__(window)
        self._window = window
        self._jobs = jobs
        self._places = UnlockedPacks()
        self.dialog: LockDialog | UnlockDialog | None = None

    def ask_lock(self, pack: Path) -> None:
        """Ask how a plain pack is to be locked, and lock it."""

        def lock(folder: Path, words: str) -> None:
            def work(progress: Progress, cancelled: IsCancelled) -> Path:
                lock_pack(LockRequest(pack, folder), words, progress, cancelled)
                return folder

            self._start(f"Locking the court pack {pack.name}", work, self._on_locked)

        self._show(LockDialog(pack, lock, self._window))

    def offer_unlock(self, error: SightlineError) -> None:
        """Ask for the passphrase where that is all that keeps a pack from being opened."""
        if isinstance(error, PackLockedError) and error.folder is not None:
            self._ask_unlock(error.folder, 1)

    def sweep(self) -> None:
        """Remove, beside the window, what a run left that broke off; a show that can be gone on with keeps its pack."""
        stood = find_interrupted(court_journal())
        keep = None if stood is None else stood.folder

        def work(_progress: Progress, _cancelled: IsCancelled) -> int:
            return self._places.sweep(keep)

        title = "Removing what was unlocked before"
        self._jobs.start(title, work, on_done=lambda _removed: None, on_failed=self.failed.emit, is_quiet=True)

    def close(self) -> None:
        """Remove what was unlocked for this run."""
        self._places.close()

    def _ask_unlock(self, pack: Path, attempt: int) -> None:
        try:
            private = self._places.place(pack.name)
        except (OSError, SightlineError) as error:
            self.failed.emit(error if isinstance(error, SightlineError) else disk_error(error, "unlocking the pack"))
            return

        def unlock(folder: Path, words: str) -> None:
            def work(progress: Progress, cancelled: IsCancelled) -> Path:
                unlock_pack(LockRequest(pack, folder), words, progress, cancelled)
                return folder

            def failed(error: SightlineError) -> None:
                if isinstance(error, WrongPassphraseError) and attempt < TRIES:
                    self._ask_unlock(pack, attempt + 1)
                else:
                    self.failed.emit(error)

            title = f"Unlocking the court pack {pack.name}"
            self._jobs.start(title, work, on_done=self._on_unlocked, on_failed=failed)

        dialog = UnlockDialog(pack, private, unlock, self._window)
        if attempt > 1:
            dialog.try_again(TRIES + 1 - attempt, DELAY_MS * 2 ** (attempt - 2))
        self._show(dialog)

    def _show(self, dialog: LockDialog | UnlockDialog) -> None:
        if self.dialog is not None:
            self.dialog.close()
        self.dialog = dialog
        dialog.finished.connect(self._on_finished)
        dialog.show()

    def _on_finished(self) -> None:
        if self.sender() is self.dialog:
            self.dialog = None

    def _start(self, title: str, work: Callable[[Progress, IsCancelled], Path], done: Callable[[Path], None]) -> None:
        self._jobs.start(title, work, on_done=done, on_failed=self.failed.emit)

    def _on_unlocked(self, folder: Path) -> None:
        self.unlocked.emit(folder)
        if self._places.owns(folder):
            self.told.emit("The pack was unlocked into a private folder, which is removed when Sightline ends.")

    def _on_locked(self, folder: Path) -> None:
        self.told.emit(f"Locked with the passphrase: {folder}")
