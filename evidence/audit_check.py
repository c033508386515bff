"""Checks the whole audit log in one pass and constant memory, and tells everything that is wrong with it.

The chain shows any change of a line that has a successor. What it cannot show by itself, a change to the last line or
a cut end, the anchor shows: the case's database keeps number and hash of the last record that was written. Somebody
who can rewrite the log **and** the database can make a chain of their own; hashes handed out earlier (in a report, a
court pack, an e-mail) tell that apart.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from evidence.audit_line import (
    ABOUT_THE_LOG,
    DAMAGE_NOTICED,
    GENESIS,
    RECOVERED,
    AuditRecord,
    RawLine,
    parse_line,
    read_lines,
)
from evidence.records import Severity

_MOST_FINDINGS = 1_000


@dataclass(frozen=True, slots=True)
class LogAnchor:
    """Where the log ends, as the case's database remembers it.

    Attributes:
        seq: number of the last record; 0 where there is none.
        sha256: of that record's line, or `GENESIS`.
        size_bytes: length of the log up to and with that line.
        line_bytes: length of that line.
    """

    seq: int = 0
    sha256: str = GENESIS
    size_bytes: int = 0
    line_bytes: int = 0


class AuditFlaw(StrEnum):
    """What can be wrong with the log."""

    MISSING_LOG = "missing log"
    ALTERED_LINE = "altered line"
    MISSING_LINES = "missing lines"
    REORDERED_LINE = "reordered line"
    REPEATED_LINE = "repeated line"
    SEQUENCE_GAP = "sequence gap"
    NOT_A_RECORD = "not a record"
    TORN_END = "torn end"
    TRUNCATED = "truncated"
    UNKNOWN_RECORD = "unknown record"
    DAMAGE_NOTICED = "damage noticed"
    """An earlier opening found the end of the log unlike what the case remembered, and wrote so."""

    RECOVERED_TEAR = "recovered tear"
    """Half-written bytes that the next opening accounted for: what a power cut leaves. Not a fault."""


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One thing that is wrong with the log.

    Attributes:
        line: number of the line, from 1; 0 where it concerns the whole file.
        seq: number of the record concerned, or None.
        text: what was found, for people.
    """

    flaw: AuditFlaw
    line: int
    seq: int | None
    text: str

    def __str__(self) -> str:
        return f"{self.flaw.value.capitalize()}: {self.text}"

    @property
    def severity(self) -> Severity:
        """A recovered tear is worth a note; everything else is a problem."""
        return Severity.NOTE if self.flaw is AuditFlaw.RECOVERED_TEAR else Severity.PROBLEM


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a check of the log found.

    Attributes:
        entries: how many whole records there are.
        lines: how many lines.
        last_seq: number of the last record in its place; 0 where there is none.
        last_sha256: hash of its line; hand it out to prove the log later.
        first_time: time of the first record, as it says; "" where there is none.
        last_time: time of the last record, as it says.
        findings: everything found, in the order of the file, at most 1,000.
        findings_left_out: how many more there were.
    """

    entries: int
    lines: int
    size_bytes: int
    last_seq: int
    last_sha256: str
    first_time: str
    last_time: str
    findings: tuple[AuditFinding, ...]
    findings_left_out: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found that is more than a note."""
        return not self.findings_left_out and all(one.severity is Severity.NOTE for one in self.findings)


def check_audit(path: Path, anchor: LogAnchor | None = None, *, pending: frozenset[str] = frozenset()) -> AuditReport:
    """Read the log once and report all findings.

    1. Every line is a record, or half-written bytes that the next record accounts for.
    2. Every record's number follows the one before.
    3. Every record names the hash of the line before.
    4. The last line is whole.
    5. The record that the anchor names is there, unchanged.
    6. Whatever follows the anchor is known to the case: its event waits to be ticked off.

    Args:
        path: the log.
        anchor: what the case's database remembers; without it steps 5 and 6 are left out.
        pending: ids of the events that the case has not ticked off yet.

    Raises:
        OSError: the log is there and cannot be read.
    """
    checker = _Checker(anchor, pending)
    try:
        with path.open("rb") as file:
            for line in read_lines(file):
                checker.take(line)
    except FileNotFoundError:
        checker.found(AuditFlaw.MISSING_LOG, 0, None, f"There is no audit log at {path.name}.")
    return checker.report()


class _Checker:
    """State of one pass: the chain as far as it holds, and lines that are no records and not yet explained."""

    def __init__(self, anchor: LogAnchor | None, pending: frozenset[str]) -> None:
        self._anchor = anchor
        self._pending = pending
        self._findings: list[AuditFinding] = []
        self._left_out = 0
        self._lines = self._records = self._size = 0
        self._expected = 1
        self._chain_sha = GENESIS
        self._line_sha = GENESIS
        self._times = ("", "")
        self._torn = _TornBytes()
        self._is_anchor_met = False

    def found(self, flaw: AuditFlaw, line: int, seq: int | None, text: str) -> None:
        if len(self._findings) >= _MOST_FINDINGS:
            self._left_out += 1
        else:
            self._findings.append(AuditFinding(flaw, line, seq, text))

    def take(self, line: RawLine) -> None:
        self._lines += 1
        self._size += line.size_bytes
        reason = "it is too long" if line.content is None else ""
        record: AuditRecord | None = None
        if line.content is not None:
            try:
                record = parse_line(line.content)
            except ValueError as error:
                reason = str(error)
        if record is None or not line.is_ended:  # step 1
            self._torn.add(line, self._lines, reason or "it has no end")
        else:
            self._take_record(record, line.sha256)
        self._line_sha = line.sha256

    def _take_record(self, record: AuditRecord, sha256: str) -> None:
        self._records += 1
        self._times = (self._times[0] or record.entry.time, record.entry.time)
        lost = self._settle_torn(record)
        jump = record.seq - self._expected
        if jump < 0:
            self._take_displaced(record, sha256)
            return
        before = self._line_sha if self._torn.was_recovered else self._chain_sha
        if jump > lost:  # step 2
            self._report_gap(record, lost)
        elif not lost and record.prev != before:  # step 3
            self._report_altered(record)
        self._torn.was_recovered = False
        self._expected = record.seq + 1
        self._chain_sha = sha256
        if record.entry.action == DAMAGE_NOTICED:
            text = f"When record {record.seq} was written the log's end was not as the case remembered it."
            self.found(AuditFlaw.DAMAGE_NOTICED, self._lines, record.seq, text)
        self._compare_with_anchor(record, sha256)

    def _settle_torn(self, record: AuditRecord) -> int:
        """Report unread lines before a record, unless the record accounts for them; return how many are left."""
        torn = self._torn
        if not torn.lines:
            return 0
        if record.entry.action == RECOVERED and torn.is_told_by(record):
            text = f"{torn.size_bytes} half-written bytes, accounted for by record {record.seq}."
            self.found(AuditFlaw.RECOVERED_TEAR, torn.first_line, None, text)
            self._torn = _TornBytes(was_recovered=True)
            return 0
        self._report_torn(AuditFlaw.NOT_A_RECORD)
        return torn.lines

    def _report_torn(self, flaw: AuditFlaw) -> None:
        torn, self._torn = self._torn, _TornBytes()
        several = f" and {torn.lines - 1} more after it" if torn.lines > 1 else ""
        self.found(flaw, torn.first_line, None, f"Line {torn.first_line}{several} is no record: {torn.reason}.")

    def _take_displaced(self, record: AuditRecord, sha256: str) -> None:
        if sha256 in (self._line_sha, self._chain_sha):
            text = f"Record {record.seq} stands there twice."
            self.found(AuditFlaw.REPEATED_LINE, self._lines, record.seq, text)
        elif record.prev != self._line_sha:  # else it is the rest of a block that was moved as a whole
            text = f"Record {record.seq} stands after record {self._expected - 1}."
            self.found(AuditFlaw.REORDERED_LINE, self._lines, record.seq, text)

    def _report_gap(self, record: AuditRecord, lost: int) -> None:
        first, last = self._expected + lost, record.seq - 1
        which = f"Record {first} is" if first == last else f"Records {first} to {last} are"
        if record.prev == self._line_sha and not lost:
            text = f"{which} not there, yet record {record.seq} names the line before it."
            self.found(AuditFlaw.SEQUENCE_GAP, self._lines, record.seq, text)
        else:
            self.found(AuditFlaw.MISSING_LINES, self._lines, first, f"{which} missing before line {self._lines}.")

    def _report_altered(self, record: AuditRecord) -> None:
        line = max(1, self._lines - 1)
        seq = max(1, record.seq - 1)
        text = f"Record {seq} is not what record {record.seq} says it was: one of them was altered."
        self.found(AuditFlaw.ALTERED_LINE, line, seq, text)

    def _compare_with_anchor(self, record: AuditRecord, sha256: str) -> None:
        if self._anchor is None or record.seq < self._anchor.seq:
            return
        if record.seq == self._anchor.seq:  # step 5
            self._is_anchor_met = True
            if sha256 != self._anchor.sha256:
                text = f"Record {record.seq} is not the one that the case remembers: it was altered."
                self.found(AuditFlaw.ALTERED_LINE, self._lines, record.seq, text)
        elif record.entry.event not in self._pending and record.entry.action not in ABOUT_THE_LOG:  # step 6
            text = f"Record {record.seq} is not known to the case."
            self.found(AuditFlaw.UNKNOWN_RECORD, self._lines, record.seq, text)

    def report(self) -> AuditReport:
        if self._torn.lines:  # step 4
            self._report_torn(AuditFlaw.TORN_END if self._torn.is_unfinished else AuditFlaw.NOT_A_RECORD)
        last = self._expected - 1
        if self._anchor is not None and self._anchor.seq and not self._is_anchor_met:  # step 5
            text = f"The case remembers record {self._anchor.seq}; the log has it no more and ends with record {last}."
            self.found(AuditFlaw.TRUNCATED, self._lines, self._anchor.seq, text)
        return AuditReport(
            entries=self._records,
            lines=self._lines,
            size_bytes=self._size,
            last_seq=last,
            last_sha256=self._chain_sha,
            first_time=self._times[0],
            last_time=self._times[1],
            findings=tuple(self._findings),
            findings_left_out=self._left_out,
        )


class _TornBytes:
    """Lines in a row that are no records: their number, and the hash of their bytes but for the last newline."""

    def __init__(self, *, was_recovered: bool = False) -> None:
        self.lines = 0
        self.first_line = 0
        self.size_bytes = 0
        self.reason = ""
        self.was_recovered = was_recovered
        self._digest = hashlib.sha256()
        self._owes_newline = False

    def add(self, line: RawLine, number: int, reason: str) -> None:
        self.lines += 1
        self.first_line = self.first_line or number
        self.reason = self.reason or reason
        if self._owes_newline:
            self._digest.update(b"\n")
            self.size_bytes += 1
        if line.content is not None:
            self._digest.update(line.content)
            self.size_bytes += len(line.content)
        self._owes_newline = line.is_ended

    @property
    def is_unfinished(self) -> bool:
        """Whether it is one line that no newline ends."""
        return self.lines == 1 and not self._owes_newline

    def is_told_by(self, record: AuditRecord) -> bool:
        told = record.entry.details
        return told.get("torn_bytes") == self.size_bytes and told.get("torn_sha256") == self._digest.hexdigest()
