"""Reads and writes files of marks by what their names end with: `.jsonld` or `.json`, and `.csv`."""

from __future__ import annotations

from pathlib import Path

from annotations.exchange.annotation_reading import annotations_from_json
from annotations.exchange.annotation_writing import annotations_as_json
from annotations.exchange.exporting import collect
from annotations.exchange.foreign import MOST_BYTES, ForeignMarks, refusal
from annotations.exchange.mark_csv import marks_as_csv, marks_from_csv
from evidence.atomic_file import write_bytes
from evidence.case import Case
from evidence.database import disk_error
from evidence.errors import UsageError
from evidence.text import display_name


def export_marks(case: Case, path: Path) -> int:
    """Write all marks of a case into a file, in one step; return how many. From any thread.

    Raises:
        UsageError: the name of the file does not say which form.
        StorageError: the disk does not take it; what was there before is as it was.
    """
    is_table = _is_table(path)
    told = collect(case)
    try:
        write_bytes(path, marks_as_csv(told) if is_table else annotations_as_json(told))
    except OSError as error:
        raise disk_error(error, "writing the marks") from error
    return len(told.marks)


def read_marks(path: Path) -> ForeignMarks:
    """Return the marks of a file from elsewhere. From any thread.

    Raises:
        UsageError: the name of the file does not say which form.
        ExchangeError: it cannot be read, or is none of marks.
    """
    is_table = _is_table(path)
    name = display_name(str(path).encode("utf-8", "surrogateescape"))
    try:
        with path.open("rb") as file:
            untrusted = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise refusal(f"{name} cannot be read: {error.strerror or error}.") from error
    return marks_from_csv(untrusted) if is_table else annotations_from_json(untrusted)


def _is_table(path: Path) -> bool:
    ending = path.suffix.lower()
    if ending not in {".csv", ".json", ".jsonld"}:
        raise UsageError(
            "Marks are exchanged in files that end with .jsonld, .json or .csv.", remedy="Choose one of these endings."
        )
    return ending == ".csv"
