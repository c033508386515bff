"""Opens a court pack read-only: its run sheet, and its extract as a case. Nothing is written into it, ever.

Opening looks at the pack quickly (structure, names, small files, signature) and refuses what must not be opened; that
every byte is what was packed is known only after `verify_pack` has read them all. Until then the state is UNKNOWN, and
whoever shows it must say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from courtroom.errors import PackLockedError, PackRefusedError, PackTooNewError
from courtroom.pack.findings import Fault, PackVerdict
from courtroom.pack.layout import CASE, RUN_SHEET, is_locked_pack, is_pack
from courtroom.pack.listing import read_tag_file
from courtroom.pack.verify import KnowsKey, verify_pack
from courtroom.run_sheet import RunSheet
from courtroom.run_sheet_json import from_json
from evidence.case import Case
from evidence.text import clean_text

_MUST_NOT_OPEN = frozenset({Fault.NOT_A_PACK, Fault.BAD_NAME, Fault.NOT_A_FILE, Fault.NAME_TWICE, Fault.LEADS_OUT})


@dataclass(frozen=True, slots=True)
class OpenPack:
    """A pack that is open. Close it, or use it as a context manager.

    Attributes:
        folder: the pack.
        case: its extract, read-only.
        sheet: what is shown.
        first_look: what the quick check found; its verdict is UNKNOWN at best.
    """

    folder: Path
    case: Case
    sheet: RunSheet
    first_look: PackVerdict

    def close(self) -> None:
        """Close the case."""
        self.case.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_pack(folder: Path, knows: KnowsKey) -> OpenPack:
    """Open a pack. From any thread.

    Args:
        folder: the pack, on a disk or a stick, which may be read-only.
        knows: whose key one is.

    Raises:
        PackRefusedError: it is no pack, or holds links, names or recordings that lead elsewhere.
        PackLockedError: a passphrase locks it.
        PackTooNewError: a newer version of the program made it.
        RunSheetError: its run sheet cannot be read.
        CaseError: its extract cannot be opened.
    """
    folder = folder.absolute()
    if not is_pack(folder):
        raise PackRefusedError(
            f"{clean_text(folder.name)} is no court pack.",
            meaning="Nothing was opened.",
            remedy="Choose the folder that holds bagit.txt and index.html.",
        )
    if is_locked_pack(folder):
        locked = PackLockedError(
            f"The court pack {clean_text(folder.name)} is locked with a passphrase.",
            meaning="Nothing was opened.",
            remedy="Unlock it into a folder of your own: the window asks for the passphrase; or use: sightline unlock "
            "PACK --out FOLDER --passphrase-file FILE",
        )
        locked.folder = folder
        raise locked
    first_look = verify_pack(folder, knows, is_quick=True)
    for finding in first_look.findings:
        if finding.fault is Fault.NEWER_PACK:
            raise PackTooNewError(
                "The court pack was made by a newer version of Sightline.",
                meaning="It was not opened, so nothing in it was misread.",
                remedy="Install the newer version on this machine.",
            )
        if finding.fault in _MUST_NOT_OPEN:
            raise PackRefusedError(
                f"The court pack was not opened. {finding}",
                meaning="It is not as it was made; what else is in it cannot be trusted either.",
                remedy="Verify the pack to see everything that is amiss, and ask its maker for another copy.",
            )
    sheet = from_json(read_tag_file(folder, RUN_SHEET) or b"")
    return OpenPack(folder, Case.open_sealed(folder / CASE), sheet, first_look)
