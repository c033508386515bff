"""Files that a run sheet shows beside the recordings: copied into the case under their hash, found there again.

They lie in the folder `documents` of the case, or of the extract in a pack, each named by its SHA-256. The name that it
had when it was offered is in the run sheet. What is in them is untrusted: `courtroom.ui` draws them in a child process.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from courtroom.errors import DocumentError
from courtroom.run_sheet import FileKind, SheetFile
from evidence import atomic_file
from evidence.case_store import CaseStore
from evidence.errors import OriginalError
from evidence.hashing import CHUNK_BYTES
from evidence.originals import Original, open_original

FOLDER = "documents"
LARGEST_BYTES = 500_000_000
_SUFFIX = {FileKind.PDF: "pdf", FileKind.PNG: "png", FileKind.JPEG: "jpg"}
_STARTS = {FileKind.PDF: b"%PDF-", FileKind.PNG: b"\x89PNG\r\n\x1a\n", FileKind.JPEG: b"\xff\xd8\xff"}
_PDF_START_WITHIN = 1024


def document_path(case_folder: Path, file: SheetFile) -> Path:
    """Return where a file of a run sheet lies, as seen from its case's folder."""
    return case_folder / FOLDER / document_name(file)


def document_name(file: SheetFile) -> str:
    """Return the name that the file has in the case and in a pack."""
    return f"{file.sha256}.{_SUFFIX[file.kind]}"


def find_kind(original: Original) -> FileKind | None:
    """Return what an open file is by its first bytes, or None where it cannot be shown."""
    start = original.read_at(0, _PDF_START_WITHIN)
    for kind, sign in _STARTS.items():
        if start.startswith(sign) or (kind is FileKind.PDF and sign in start):
            return kind
    return None


def kind_of_file(path: Path) -> FileKind:
    """Return what a file is by its first bytes.

    Raises:
        DocumentError: it is none that can be shown.
        OriginalError: it cannot be read.
    """
    with open_original(os.fsencode(path.absolute())) as original:
        return _checked_kind(original)


def import_document(case: CaseStore, path: Path, *, pages: int, by: str) -> SheetFile:
    """Copy a file into the case and return what a run sheet says of it. The file itself is only read.

    Args:
        case: open for changes.
        path: a PDF, PNG or JPEG file.
        pages: how many it has, as `courtroom.ui.page_reader` counted; 1 for a picture.
        by: who does it, for the audit log.

    Raises:
        DocumentError: it is of no such kind, or too large.
        OriginalError: it cannot be read, or changed while it was read.
        CaseReadOnlyError, StorageError, UsageError: as `CaseStore.change` says; nothing was taken over.
    """
    with open_original(os.fsencode(path.absolute())) as original, case.change(by, "taking over a document") as change:
        kind = _checked_kind(original)
        if original.size_bytes > LARGEST_BYTES:
            raise DocumentError(
                f"{original.name} has {original.size_bytes:,} bytes, more than can be shown.",
                meaning="It was not taken over.",
                remedy="Make a PDF of the pages that are needed and choose that.",
            )
        file = _copy(case.folder, original, kind, pages)
        change.tell(
            "document.taken_over", items=[file.sha256], name=file.name, size_bytes=file.size_bytes, kind=kind.value
        )
        return file


def _checked_kind(original: Original) -> FileKind:
    kind = find_kind(original)
    if kind is None:
        raise DocumentError(
            f"{original.name} is no PDF, PNG or JPEG file, whatever its name says.",
            meaning="It was not taken over.",
            remedy="Save or print it as a PDF and choose that.",
        )
    return kind


def _copy(case_folder: Path, original: Original, kind: FileKind, pages: int) -> SheetFile:
    folder = case_folder / FOLDER
    folder.mkdir(exist_ok=True)
    content = hashlib.sha256()
    unnamed = folder / f"{os.getpid()}.new"
    with atomic_file.replacing(unnamed) as out:
        place = 0
        while piece := original.read_at(place, CHUNK_BYTES):
            content.update(piece)
            out.write(piece)
            place += len(piece)
    try:
        original.check_unchanged()
        file = SheetFile(original.name, content.hexdigest(), place, kind, pages)
        unnamed.replace(folder / document_name(file))
    except (OriginalError, OSError, ValueError):
        unnamed.unlink(missing_ok=True)
        raise
    atomic_file.sync_folder(folder)
    return file
