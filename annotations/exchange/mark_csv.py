"""Marks as a table (CSV, RFC 4180), for spreadsheets: what was written comes back, and no cell is taken for a formula.

A text that begins as a formula does, or with an apostrophe, gets an apostrophe before it; reading takes it off again.
A table from elsewhere needs the columns `start` and `text`; the others may be missing.
"""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterator, Mapping
from fractions import Fraction

from annotations.attribution import parse_names
from annotations.exchange.exporting import Told
from annotations.exchange.foreign import (
    MOST_BYTES,
    MOST_MARKS,
    MOST_PROBLEMS,
    ForeignCategory,
    ForeignMark,
    ForeignMarks,
    ForeignPerson,
    ForeignPicture,
    refusal,
)
from annotations.exchange.iso_time import parse_iso_ns
from annotations.exchange.untrusted_json import decode
from annotations.paper.csv_table import csv_bytes, safe_cell
from evidence.errors import UsageError
from evidence.times import iso_utc

_COLUMNS = (
    *("id", "start", "end", "text", "category", "tags", "people", "colour", "made by", "made at", "changed by"),
    *("changed at", "where", "recording", "recording sha256", "stream", "pts", "end pts", "time base"),
    *("category id", "people ids", "versions"),
)
_LONGEST_CELL = 100_000
_NAMES = uuid.UUID("7c9f3f0e-5d0a-5d7a-9d4b-0c6f6f3f7c12")
_WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)
_BASE = re.compile(r"(\d{1,18})/(\d{1,18})", re.ASCII)
_ID = re.compile(r"[\x21-\x7e]{1,36}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DIGEST = re.compile(r"[0-9a-f]{8,64}|deleted")


def marks_as_csv(told: Told) -> bytes:
    """Return marks as a table; the same marks give the same bytes."""
    return csv_bytes(_COLUMNS, ([_cell(one) for one in _row(mark, told)] for mark in told.marks))


def marks_from_csv(untrusted_bytes: bytes) -> ForeignMarks:
    """Return the marks of a table. Raises ExchangeError where it is none of marks."""
    if len(untrusted_bytes) > MOST_BYTES:
        raise refusal(f"The file has more than {MOST_BYTES // 2**20} MB, which no list of marks has.")
    text = decode(untrusted_bytes)
    marks: list[ForeignMark] = []
    problems: list[str] = []
    for number, row in _rows(text):
        if len(marks) >= MOST_MARKS:
            raise refusal(f"The table has more than {MOST_MARKS:,} rows.")
        try:
            marks.append(_mark(row))
        except (ValueError, UsageError) as error:
            if len(problems) < MOST_PROBLEMS:
                problems.append(f"Line {number:,}: {error}.")
    return ForeignMarks(tuple(marks), tuple(problems))


def _row(mark: ForeignMark, told: Told) -> Iterator[str]:
    picture = mark.picture
    yield mark.id
    yield iso_utc(mark.start_ns)
    yield "" if mark.end_ns is None else iso_utc(mark.end_ns)
    yield mark.text
    yield "" if mark.category is None else mark.category.name
    yield ", ".join(mark.tags)
    yield ", ".join(f"{one.name} ({one.role})" for one in mark.people)
    yield mark.colour
    yield mark.by
    yield iso_utc(mark.created_ns)
    yield mark.changed_by
    yield iso_utc(mark.changed_ns)
    yield "incident" if picture is None else told.cameras.get(picture.sha256, "")
    yield "" if picture is None else told.file_names.get(picture.sha256, "")
    yield "" if picture is None else picture.sha256
    yield "" if picture is None else str(picture.stream)
    yield "" if picture is None else str(picture.pts)
    yield "" if picture is None or picture.end_pts is None else str(picture.end_pts)
    yield "" if picture is None else f"{picture.time_base.numerator}/{picture.time_base.denominator}"
    yield "" if mark.category is None else mark.category.id
    yield " ".join(one.id for one in mark.people)
    yield " ".join(mark.versions)


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith("'") or safe_cell(text) != text else text


def _plain(untrusted_cell: str) -> str:
    """Take off the apostrophe that `_cell` put before a text."""
    rest = untrusted_cell[1:]
    return rest if untrusted_cell.startswith("'") and _cell(rest) == untrusted_cell else untrusted_cell


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    csv.field_size_limit(_LONGEST_CELL)
    sample = text[: text.find("\n") + 1 or len(text)]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if sample.count(";") > sample.count(",") else ",")
    try:
        heads = [_plain(one).strip().casefold() for one in next(reader, [])]
        if "start" not in heads or "text" not in heads:
            raise refusal("The file is no table of marks: it has no columns “start” and “text” in its first line.")
        for row in reader:
            if any(row):
                yield reader.line_num, {head: _plain(cell) for head, cell in zip(heads, row, strict=False)}
    except csv.Error as error:
        raise refusal(f"The table cannot be read at line {reader.line_num:,}: {error}.") from error


def _mark(row: Mapping[str, str]) -> ForeignMark:
    start = parse_iso_ns(row.get("start", ""))
    end = _instant(row, "end")
    if start is None:
        raise ValueError("its start is no time with a zone, such as 2026-03-14T21:32:07.480Z")
    by = row.get("made by", "").strip() or "unnamed"
    made, changed = _instant(row, "made at"), _instant(row, "changed at")
    text, mark_id = row.get("text", ""), row.get("id", "").strip()
    names, ids = parse_names(row.get("people", "")), row.get("people ids", "").split()
    ids = ids if len(ids) == len(names) and all(map(_ID.fullmatch, ids)) else [""] * len(names)
    category_id = row.get("category id", "").strip()
    category = row.get("category", "").strip()
    if any(one and not _ID.fullmatch(one) for one in (mark_id, category_id)):
        raise ValueError("its id is none")
    return ForeignMark(
        id=mark_id or str(uuid.uuid5(_NAMES, repr((start, end, text)))),
        start_ns=start,
        end_ns=end,
        picture=_picture(row),
        text=text,
        category=ForeignCategory(category_id, category, is_by_name=True) if category else None,
        tags=tuple(row.get("tags", "").split(",")) if row.get("tags") else (),
        people=tuple(
            ForeignPerson(person_id, name, "" if role is None else role.value, is_by_name=True)
            for person_id, (name, role) in zip(ids, names, strict=True)
        ),
        colour=row.get("colour", "").strip().lower(),
        by=by,
        created_ns=made or changed or 0,
        changed_by=row.get("changed by", "").strip() or by,
        changed_ns=changed or made or 0,
        versions=tuple(one for one in row.get("versions", "").split() if _DIGEST.fullmatch(one)),
    )


def _picture(row: Mapping[str, str]) -> ForeignPicture | None:
    if not row.get("pts", "").strip():
        return None
    base = _BASE.fullmatch(row.get("time base", "").strip())
    pts, end_pts, stream = _whole(row, "pts"), _whole(row, "end pts"), _whole(row, "stream")
    sha256 = row.get("recording sha256", "").strip().lower()
    if base is None or not int(base[1]) or not int(base[2]) or pts is None or stream is None:
        raise ValueError("its frame cannot be read")
    if not _SHA256.fullmatch(sha256) or not 0 <= stream < 2**31:
        raise ValueError("the recording that it is on is not named")
    return ForeignPicture(sha256, "", stream, pts, Fraction(int(base[1]), int(base[2])), end_pts)


def _instant(row: Mapping[str, str], name: str) -> int | None:
    text = row.get(name, "").strip()
    if not text:
        return None
    found = parse_iso_ns(text)
    if found is None:
        raise ValueError(f"its “{name}” is no time with a zone")
    return found


def _whole(row: Mapping[str, str], name: str) -> int | None:
    text = row.get(name, "").strip()
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"its “{name}” is no whole number")
    return int(text)
