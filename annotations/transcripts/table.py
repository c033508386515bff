"""Reads tables: CSV in any of the usual separators, and the rows of tables in documents. Columns are found by name.

To accept another name for a column, add it to `_NAMES`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from annotations.transcripts.collecting import Collector
from annotations.transcripts.read_records import TimeBase
from annotations.transcripts.written_times import read_clock, read_dated, read_seconds, read_timecode

_NAMES = {
    role: frozenset(names.split())
    for role, names in {
        "start": "start starttime begin from in time timestamp timecode timecodein startms startmillis starts "
        "startseconds startsec offset begintime intime timein",
        "end": "end endtime to out stop until timecodeout endms endmillis ends endseconds endsec outtime timeout "
        "finish stoptime",
        "length": "duration length durationms lengthms durationseconds",
        "speaker": "speaker name who voice speakername person actor speakerid",
        "text": "text transcript words content caption utterance dialog dialogue transcription speech sentence said "
        "line payload",
    }.items()
}
_SEPARATORS = ",;\t|"
_HEAD_ROWS = 20
_LONGEST_FIELD = 1_000_000


@dataclass(frozen=True, slots=True)
class _Columns:
    start: int
    text: int
    end: int | None
    length: int | None
    speaker: int | None
    in_ms: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Moment:
    ns: int
    base: TimeBase
    frames: int = 0


Row = tuple[int, Sequence[str]]
"""Number of its line, and its cells."""


def find_separator(text: str) -> str:
    """Return the separator with which the head of a CSV file names the columns that are needed, or ""."""
    for separator in _SEPARATORS:
        try:
            rows = list(zip(range(_HEAD_ROWS), _rows(text[:20_000], separator), strict=False))
        except csv.Error:
            continue
        if any(_columns(cells) is not None for _number, (_line, cells) in rows):
            return separator
    return ""


def read_csv(text: str, separator: str, into: Collector) -> TimeBase:
    """Read a CSV file whose separator is known; return what its times count from. Raises TooManyCuesError."""
    rows = _rows(text, separator)
    try:
        return read_rows(rows, into)
    except csv.Error as error:
        into.tell(1, f"The table breaks off ({error}).", "")
        return TimeBase.FROM_ZERO


def read_rows(rows: Iterable[Row], into: Collector) -> TimeBase:
    """Read rows of which one names the columns; return what the times count from."""
    columns: _Columns | None = None
    base: TimeBase | None = None
    framed = 0
    for line, cells in rows:
        if columns is None:
            columns = _columns(cells)
            if columns is None and any(cell.strip() for cell in cells):
                into.tell(line, "This stands above the row that names the columns.", " | ".join(cells), is_lost=True)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        start = _moment(cells, columns.start, columns)
        if start is None or (base is not None and start.base is not base):
            into.tell(line, "The start in this row cannot be read.", " | ".join(cells))
            continue
        base = start.base
        framed += bool(start.frames)
        into.add(
            start.ns,
            _end(cells, columns, start, line, into),
            _cell(cells, columns.speaker),
            _cell(cells, columns.text),
            line,
        )
    if framed:
        into.notes.append(
            f"{framed:,} times end in a number of frames, and the file does not say how many make a second: "
            "those cues were put to the whole second before."
        )
    return base or TimeBase.FROM_ZERO


def has_columns(cells: Sequence[str]) -> bool:
    """Tell whether a row names the columns of a transcript."""
    return _columns(cells) is not None


def _rows(text: str, separator: str) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text.replace("\0", "\ufffd"), newline=""), delimiter=separator)
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _columns(cells: Sequence[str]) -> _Columns | None:
    names = [_plain(re.sub(r"\(s(ec(onds?)?)?\)|\[s\]", "", cell)) for cell in cells[:100]]
    found = {
        role: next((place for place, name in enumerate(names) if name in known), None) for role, known in _NAMES.items()
    }
    start, text = found["start"], found["text"]
    if start is None or text is None:
        return None
    in_ms = frozenset(place for place, name in enumerate(names) if name.endswith(("ms", "millis")))
    return _Columns(start, text, found["end"], found["length"], found["speaker"], in_ms)


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def _moment(cells: Sequence[str], place: int, columns: _Columns) -> _Moment | None:
    cell = _cell(cells, place).strip().lstrip("'")
    if place in columns.in_ms and cell.isdecimal() and len(cell) < 15:
        return _Moment(int(cell) * 1_000_000, TimeBase.FROM_ZERO)
    ns = read_clock(cell)
    if ns is None:
        ns = read_seconds(cell)
    if ns is not None:
        return _Moment(ns, TimeBase.FROM_ZERO)
    timecode = read_timecode(cell)
    if timecode is not None:
        return _Moment(timecode[0], TimeBase.FROM_ZERO, timecode[1])
    dated = read_dated(cell)
    if dated is not None:
        return _Moment(dated[0], TimeBase.DATED if dated[1] else TimeBase.DATED_LOCAL)
    return None


def _end(cells: Sequence[str], columns: _Columns, start: _Moment, line: int, into: Collector) -> int | None:
    for place in (columns.end, columns.length):
        if place is None or not _cell(cells, place).strip():
            continue
        found = _moment(cells, place, columns)
        if found is None or (place == columns.end and found.base is not start.base):
            into.tell(line, "The end in this row cannot be read; it was guessed.", _cell(cells, place), is_lost=False)
            return None
        return found.ns if place == columns.end else start.ns + found.ns
    return None
