"""Ask for the passphrase of a court pack, and where the other form of it goes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QWidget

from app.time_text import size_text
from app.ui.form_dialog import FormDialog
from courtroom.pack.drafts import check_room, told
from courtroom.pack.listing import look
from courtroom.pack.locking import SHORTEST_PASSPHRASE, check_passphrase
from evidence.errors import UsageError

OnReady = Callable[[Path, str], None]
"""Gets the folder that becomes the other form of the pack, and the passphrase."""


class LockDialog(FormDialog):
    """Lock a plain pack for the way to court."""

    def __init__(self, pack: Path, on_ready: OnReady, parent: QWidget) -> None:
        super().__init__("Lock court pack", "Lock", parent)
        self._on_ready = on_ready
        self.passphrase = _secret(self)
        self.again = _secret(self)
        self.place = QLineEdit(str(pack.with_name(f"{pack.name} locked")), self)
        self.form.addRow("Passphrase", self.passphrase)
        self.form.addRow("The same again", self.again)
        self.form.addRow("Locked pack", self.place)
        self.add_note(
            f"At least {SHORTEST_PASSPHRASE} characters; several words are easy to remember and hard to guess. A "
            "passphrase that is forgotten cannot be recovered."
        )
        self.add_note(_cost(pack, "The locked pack"))
        self.add_note("Take the locked folder on the stick. The plain one stays where it is; delete it if it must not.")

    def take(self) -> None:
        """Begin to lock. Raises UsageError, PackError."""
        check_passphrase(self.passphrase.text())
        if self.passphrase.text() != self.again.text():
            raise UsageError("The two passphrases are not the same.", remedy="Type both again.")
        self._on_ready(_new_folder(self.place.text()), self.passphrase.text())


class UnlockDialog(FormDialog):
    """Unlock a pack into a folder of one's own, to open it there."""

    def __init__(self, pack: Path, private: Path, on_ready: OnReady, parent: QWidget) -> None:
        """Ask.

        Args:
            pack: the locked pack.
            private: where it goes unless another place is typed: a folder of this run, removed at its end.
            on_ready: takes the answer.
            parent: the window.
        """
        super().__init__("Unlock court pack", "Unlock and open", parent)
        self._pack = pack
        self._on_ready = on_ready
        self.passphrase = _secret(self)
        self.place = QLineEdit(str(private), self)
        self.form.addRow("Passphrase", self.passphrase)
        self.form.addRow("Unlocked into", self.place)
        self.add_note(_cost(pack, "The plain pack"))
        self.add_note(
            "A locked pack is not played as it is: what it holds lies in that folder in the open. Nobody but you can "
            "look into it, and it is removed when Sightline ends, or at its next start. A folder at another place "
            "stays: delete it when it is not needed any more."
        )

    def try_again(self, left: int, delay_ms: int) -> None:
        """Say that the passphrase was wrong, and take another one after a while."""
        tries = "One try is left." if left == 1 else f"{left} tries are left."
        self.say(f"That passphrase does not unlock it; capital letters count. {tries}")
        self.accept_button.setEnabled(False)
        QTimer.singleShot(delay_ms, self, lambda: self.accept_button.setEnabled(True))

    def take(self) -> None:
        """Begin to unlock. Raises UsageError, StorageError."""
        if not self.passphrase.text():
            raise UsageError("The passphrase is missing.", remedy="Type it; capital letters count.")
        folder = _new_folder(self.place.text())
        with told("unlocking the court pack"):
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            check_room(folder.parent, sum(look(self._pack).sizes.values()))
        self._on_ready(folder, self.passphrase.text())


def _secret(parent: QWidget) -> QLineEdit:
    field = QLineEdit(parent)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


def _cost(pack: Path, what: str) -> str:
    size = sum(look(pack).sizes.values())
    try:
        free = size_text(shutil.disk_usage(Path.home()).free)
    except OSError:
        return f"{what} takes {size_text(size)}."
    return f"{what} takes {size_text(size)}; on the disk of your own files {free} are free."


def _new_folder(typed: str) -> Path:
    folder = Path(typed.strip()).expanduser()
    if not typed.strip() or not folder.is_absolute():
        raise UsageError("The folder needs a place.", remedy="Type a whole path.")
    if folder.exists():
        raise UsageError(f"There is a “{folder.name}” already.", remedy="Choose another name.")
    return folder
