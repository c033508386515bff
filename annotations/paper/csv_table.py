"""Writes tables as CSV (RFC 4180) that a spreadsheet opens without running anything in them.

A cell that begins as a formula does gets an apostrophe before it (OWASP, "CSV Injection"); numbers stay numbers. The
file is UTF-8 with a mark at its start, by which spreadsheets know it.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from evidence.atomic_file import write_bytes

Cell = str | int | bool | None
_ACTS_FIRST = frozenset("=+-@\t\r\n|%＝＋－＠")
"""Also behind blanks and letters that are not seen, which some programs take off."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def csv_bytes(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table; None is an empty cell. The same rows give the same bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_cell(head) for head in heads])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", errors="backslashreplace")


def write_csv(path: Path, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a table in one step. Raises OSError, and then `path` is as it was."""
    write_bytes(path, csv_bytes(heads, rows))


def safe_cell(value: Cell) -> str:
    """Return a cell's text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value).replace("\0", "")
    if not text:
        return ""
    if isinstance(value, int) or _NUMBER.fullmatch(text):
        return text
    seen = next((one for one in text if unicodedata.category(one)[0] not in "ZC"), "")
    return f"'{text}" if text[:1] in _ACTS_FIRST or seen in _ACTS_FIRST else text
