"""Asks where a court pack is to be made and how it is signed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from app.own_keys import own_keys
from app.ui.choosers import Choosers
from app.ui.form_dialog import FormDialog
from courtroom.pack.key_shelf import SHORTEST_PASSPHRASE
from evidence.errors import UsageError
from evidence.key_ring import has_keyring


class PackDialog(FormDialog):
    """The dialog."""

    def __init__(
        self,
        title: str,
        start: Path,
        choosers: Choosers,
        make: Callable[[Path, str, bool], None],
        parent: QWidget,
    ) -> None:
        """Ask.

        Args:
            title: of the run sheet; the pack is called so.
            start: folder in which it is made unless another is chosen.
            choosers: ask for a folder.
            make: gets the pack's folder, the passphrase of the signing key, and whether to sign.
            parent: the window.
        """
        super().__init__("Make court pack", "Make court pack", parent)
        self._make = make
        self.name = QLineEdit(_free_name(folder_name(title), start), self)
        self.place = QLineEdit(str(start), self)
        choose = QPushButton("Choose…", self)
        choose.setAutoDefault(False)
        choose.clicked.connect(
            lambda _checked=False: choosers.choose_folder(
                self,
                "Where the court pack is made",
                Path(self.place.text()),
                lambda path: self.place.setText(str(path)),
            )
        )
        row = QWidget(self)
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self.place, 1)
        across.addWidget(choose)
        self.form.addRow("Name", self.name)
        self.form.addRow("In the folder", row)
        self.signed = QCheckBox("Sign it, so that the court can tell who made it", self)
        self.signed.setChecked(True)
        self.form.addRow("", self.signed)
        shelf = own_keys()
        own = shelf.own_public_key()
        self.needs_passphrase = shelf.needs_passphrase() or (own is None and not has_keyring())
        self.is_new_key = own is None
        self.passphrase = QLineEdit(self)
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.again = QLineEdit(self)
        self.again.setEchoMode(QLineEdit.EchoMode.Password)
        self.again.setVisible(self.needs_passphrase and self.is_new_key)
        if self.needs_passphrase:
            self.form.addRow("Passphrase of your key", self.passphrase)
            if self.is_new_key:
                self.form.addRow("The same again", self.again)
                self.add_note(
                    "This computer has no keyring. Your signing key is made now and sealed with this passphrase; "
                    f"choose at least {SHORTEST_PASSPHRASE} characters and keep them safe."
                )
        self.add_note(
            f"Your key's fingerprint: {own.fingerprint}" if own else "A signing key is made for you the first time."
        )
        self.add_note(
            "The pack holds what the run sheet shows, and nothing else of the case. Recordings go in whole, as they "
            "were added. It can lie on this computer or on a stick."
        )

    def take(self) -> None:
        """Begin to make the pack. Raises UsageError where something is missing."""
        name, place = self.name.text().strip(), Path(self.place.text().strip())
        if not name or name != folder_name(name):
            raise UsageError("The name can have letters, digits, blanks, dots and hyphens.", remedy="Choose another.")
        if not self.place.text().strip() or not place.is_dir():
            raise UsageError("The folder is not there.", remedy="Choose a folder that is.")
        if (place / name).exists():
            raise UsageError(f"There is a “{name}” already in that folder.", remedy="Choose another name.")
        is_signed = self.signed.isChecked()
        if is_signed and self.needs_passphrase and len(self.passphrase.text()) < SHORTEST_PASSPHRASE:
            raise UsageError(
                f"The passphrase of your key has at least {SHORTEST_PASSPHRASE} characters.",
                remedy="Type it, or do not sign the pack.",
            )
        is_sealed_now = is_signed and self.needs_passphrase and self.is_new_key
        if is_sealed_now and self.passphrase.text() != self.again.text():
            raise UsageError("The two passphrases are not the same.", remedy="Type both again.")
        self._make(place / name, self.passphrase.text(), is_signed)


def _free_name(name: str, folder: Path) -> str:
    """Return a name that nothing in the folder has: with the number 2, 3 … where it is taken."""
    free, number = name, 1
    while (folder / free).exists():
        number += 1
        free = f"{name} {number}"
    return free


def folder_name(title: str) -> str:
    """Return a title as the name of a folder on any medium."""
    plain = re.sub(r"[^\w .()+-]+", " ", title, flags=re.ASCII)
    return " ".join(plain.split()).strip(" .")[:80] or "Court pack"
