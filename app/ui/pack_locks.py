"""Locks a court pack for the way to court, and unlocks one that is to be opened. Lives on the UI thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from platformdirs import user_data_path
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.jobs import JobRunner
from app.ui.lock_dialogs import LockDialog, UnlockDialog
from courtroom.errors import PackLockedError
from courtroom.pack.locking import LockRequest, lock_pack, unlock_pack
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress


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
        if not isinstance(error, PackLockedError) or error.folder is None:
            return
        pack = error.folder

        def unlock(folder: Path, words: str) -> None:
            def work(progress: Progress, cancelled: IsCancelled) -> Path:
                if folder.parent == private_folder():
                    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    folder.parent.chmod(0o700)
                unlock_pack(LockRequest(pack, folder), words, progress, cancelled)
                return folder

            self._start(f"Unlocking the court pack {pack.name}", work, self._on_unlocked)

        self._show(UnlockDialog(pack, private_folder(), unlock, self._window))

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

    def _on_locked(self, folder: Path) -> None:
        self.told.emit(f"Locked with the passphrase: {folder}")


def private_folder() -> Path:
    """Return where packs are unlocked to: a folder that only this user can look into."""
    return user_data_path("sightline", appauthor=False) / "unlocked packs"
