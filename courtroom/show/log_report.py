"""The court log for people: one line for each thing that was shown, and the same as a paper, a table or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from annotations.paper import Column, Paper, Section, csv_bytes, tables_content
from courtroom.show.seen import BLACK, HELD, PLAYED, SHOWN
from evidence.audit import AuditEntry, AuditReport, JsonValue
from evidence.audit_line import parse_line, read_lines
from evidence.errors import UsageError
from evidence.text import clean_line
from evidence.time_text import LocalTimes
from evidence.times import IncidentTime

_HEADS = ("Time", "What", "Item", "Exhibit", "Incident time", "Frames", "Speed", "Also")
_COLUMNS = tuple(
    map(Column, ("Time", "What", "Item, exhibit", "Incident time", "Frames", "Also"), (13, 8, 19, 14, 30, 16))
)
"""On paper exhibit and speed have no column of their own: eight would be too narrow to read."""

_WHAT = {
    SHOWN: "Shown",
    PLAYED: "Played",
    BLACK: "Black",
    HELD: "Held",
    "court.begun": "Begun",
    "court.resumed": "Resumed",
    "court.ended": "Ended",
    "court.captured": "Captured",
    "court.display": "Display",
    "court.trouble": "Trouble",
    "audit.recovered": "Log recovered",
    "audit.damage_noticed": "Log damaged",
}


class LogForm(StrEnum):
    """In which form the log is written."""

    HTML = ".html"
    PDF = ".pdf"
    CSV = ".csv"
    JSON = ".json"


@dataclass(frozen=True, slots=True)
class LogRow:
    """One record as people read it.

    Attributes:
        time: by this machine's clock, ns since the Unix epoch, UTC.
        by: who presented.
        what: in a word.
        item: number and title, or "".
        at: the incident's time, ns, or None; of what played, where it began.
        until: where it ended, ns, or None.
        frames: cameras, files and frame numbers.
        also: tools, the camera shown alone, words of trouble.
    """

    time: int
    by: str
    what: str
    item: str = ""
    exhibit: str = ""
    at: IncidentTime | None = None
    until: IncidentTime | None = None
    frames: str = ""
    speed: str = ""
    also: str = ""

    def line(self, clock: Callable[[int], str]) -> str:
        """Return it in one line."""
        span = "" if self.at is None else clock(self.at)
        span += "" if self.until is None or self.at is None else f" to {clock(self.until)}"
        parts = (self.what, self.item, self.exhibit, span, self.frames, self.speed, self.also)
        return "  ".join(part for part in parts if part)

    def cells(self, times: LocalTimes) -> tuple[str, ...]:
        """Return it as the cells of a table for machines: one for each of `_HEADS`."""
        when, span = self._times(times)
        return (when, self.what, self.item, self.exhibit, span, self.frames, self.speed, self.also)

    def paper_cells(self, times: LocalTimes) -> tuple[str, ...]:
        """Return it as the cells of a table for people: one for each of `_COLUMNS`."""
        when, span = self._times(times)
        item = ", ".join(part for part in (self.item, self.exhibit) if part)
        also = ", ".join(part for part in (self.speed, self.also) if part)
        return (when, self.what, item, span, self.frames, also)

    def _times(self, times: LocalTimes) -> tuple[str, str]:
        span = "" if self.at is None else times.clock(self.at)
        span += "" if self.until is None or self.at is None else f" to {times.clock(self.until)}"
        return f"{times.day(self.time)} {times.clock(self.time, 1)}", span


def rows_of(log: Path) -> tuple[LogRow, ...]:
    """Read a court log; lines that are no records are left to the check. Raises OSError where it cannot be read."""
    rows: list[LogRow] = []
    titles: dict[str, tuple[str, str]] = {}
    try:
        with log.open("rb") as file:
            for line in read_lines(file):
                try:
                    record = None if line.content is None else parse_line(line.content)
                except ValueError:
                    continue
                if record is not None:
                    rows.append(_row(record.entry, titles))
    except FileNotFoundError:
        return ()
    return tuple(rows)


def form_of(out: Path) -> LogForm:
    """Return the form that a file's name asks for. Raises UsageError where there is none of that name."""
    try:
        return LogForm(out.suffix.lower())
    except ValueError:
        raise UsageError(
            f"The court log cannot be written as “{clean_line(out.suffix) or out.name}”.",
            remedy="End the file's name in .html, .pdf, .csv or .json.",
        ) from None


def paper_of(
    rows: Sequence[LogRow], report: AuditReport, *, title: str, reference: str, zone: str, by: str, made_ns: int
) -> Paper:
    """Return the log as a paper to print."""
    times = LocalTimes(ZoneInfo(zone))
    facts = (
        ("Records", f"{report.entries:,}"),
        ("The chain of the log", "holds" if report.is_whole else "DOES NOT HOLD"),
        ("Hash of the last record", report.last_sha256),
        ("Times", f"this machine's clock, and the incident's, both in {zone}"),
    )
    findings = tuple(str(finding) for finding in report.findings)
    sections = [Section("What was shown", (), _COLUMNS, tuple(row.paper_cells(times) for row in rows))]
    if findings:
        sections.insert(0, Section("What is wrong with the log", findings))
    lines = ("What the court screen showed and when, as the program wrote it down while it was shown.",)
    return Paper(
        template="tables.html",
        title="Court log",
        case_reference=reference,
        case_title=title,
        time_zone=zone,
        made_by=by,
        made_ns=made_ns,
        content=tables_content(lines, facts, sections),
        is_landscape=True,
    )


def table_of(rows: Sequence[LogRow], zone: str) -> bytes:
    """Return the log as CSV."""
    times = LocalTimes(ZoneInfo(zone))
    return csv_bytes(_HEADS, (row.cells(times) for row in rows))


def json_of(rows: Sequence[LogRow]) -> bytes:
    """Return the log as JSON."""
    return (json.dumps(as_document(rows), indent=1, ensure_ascii=False) + "\n").encode()


def as_document(rows: Sequence[LogRow]) -> list[dict[str, JsonValue]]:
    """Return the log as plain JSON."""
    return [{name: getattr(row, name) for name in row.__dataclass_fields__} for row in rows]


def _row(entry: AuditEntry, titles: dict[str, tuple[str, str]]) -> LogRow:
    details = entry.details
    item = clean_line(str(details.get("item", "")))
    if "title" in details and item:
        place = details.get("place")
        titles[item] = (f"{place} {clean_line(str(details['title']))}", clean_line(str(details.get("exhibit", ""))))
    name, exhibit = titles.get(item, ("", ""))
    is_shown = entry.action in {SHOWN, HELD, PLAYED}
    return LogRow(
        time=_ns(entry.time) or 0,
        by=clean_line(entry.by),
        what=_WHAT.get(entry.action, clean_line(entry.action)),
        item=name,
        exhibit=exhibit,
        at=_instant(details.get("from_at") or details.get("at")),
        until=_instant(details.get("to_at")),
        frames=_frames(details) if is_shown else "",
        speed=f"{clean_line(str(details['speed']))}×" if entry.action == PLAYED and "speed" in details else "",
        also=_also(entry.action, details),
    )


def _frames(details: Mapping[str, JsonValue]) -> str:
    frames = details.get("frames")
    told = []
    for one in frames if isinstance(frames, list) else ():
        if not isinstance(one, Mapping):
            continue
        camera, recording = clean_line(str(one.get("camera", ""))), clean_line(str(one.get("recording", "")))
        if "from" in one:
            told.append(f"{camera}: {recording} f {one['from']} to {one['to']}")
        elif one.get("frame") is None:
            told.append(f"{camera}: not recording")
        else:
            part = f" ({clean_line(str(one['part']))})" if one.get("part") else ""
            told.append(f"{camera}: {recording} f {one['frame']}{part}")
    return "; ".join(told)


def _also(action: str, details: Mapping[str, JsonValue]) -> str:
    words: list[str] = []
    tools = details.get("tools")
    if isinstance(tools, list):
        words += [clean_line(str(tool)) for tool in tools]
    if details.get("part"):
        words.append(clean_line(str(details["part"])))
    if details.get("focus"):
        words.append(f"alone: {clean_line(str(details['focus']))}")
    for name in ("words", "file", "display", "sheet_title"):
        if details.get(name):
            words.append(clean_line(str(details[name]), limit=300))
    if action == PLAYED and isinstance(details.get("took_ms"), int):
        words.append(f"took {int(str(details['took_ms'])) / 1000:.1f} s")
    return ", ".join(words)


def _instant(text: JsonValue) -> IncidentTime | None:
    found = _ns(text) if isinstance(text, str) else None
    return None if found is None else IncidentTime(found)


def _ns(text: str) -> int | None:
    """Return an ISO 8601 time in UTC as ns since the epoch, or None where it is none."""
    whole, _, rest = text.removesuffix("Z").partition(".")
    try:
        seconds = int(datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None
    digits = rest[:9].ljust(9, "0")
    return seconds * 1_000_000_000 + int(digits) if digits.isdecimal() else None
