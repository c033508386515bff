"""The audit log: what was done to a case, by whom and when, in lines that are appended and never rewritten.

Each line carries the SHA-256 of the line before (`evidence.audit_line` has the format, `evidence.audit_check` the
check). Entries come from the case's database, where they were committed together with the change they tell of; each
has an id, so that handing one over twice writes it once.

A kill or a full disk can leave half a line. It stays where it is: the next append ends it with a newline and writes a
record `audit.recovered` with the number and the SHA-256 of the half-written bytes.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from evidence.atomic_file import sync_folder
from evidence.audit_check import AuditFinding, AuditFlaw, AuditReport, LogAnchor, check_audit
from evidence.audit_line import (
    ABOUT_THE_LOG,
    DAMAGE_NOTICED,
    GENESIS,
    RECOVERED,
    AuditEntry,
    AuditRecord,
    JsonValue,
    RawLine,
    compose_line,
    parse_line,
    read_lines,
)

__all__ = [
    "DAMAGE_NOTICED",
    "GENESIS",
    "RECOVERED",
    "AuditEntry",
    "AuditFinding",
    "AuditFlaw",
    "AuditRecord",
    "AuditReport",
    "JsonValue",
    "LogAnchor",
    "append_entries",
    "check_audit",
    "new_entry",
]

_OURSELVES = "Sightline"
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Tail:
    """How the log ends.

    Attributes:
        anchor: its last whole record, with the newline that it may still lack.
        last_sha256: hash of its last line, with that newline.
        told: ids of the events after the remembered anchor, but for those about the log itself.
        torn_bytes: half-written bytes after the last whole record, but for a last newline; None where there are none.
        torn_sha256: hash of these bytes.
        lacks_newline: whether the file does not end in a newline.
        is_damaged: whether the last record that the case remembers is not there.
    """

    anchor: LogAnchor
    last_sha256: str
    told: frozenset[str]
    torn_bytes: int | None
    torn_sha256: str
    lacks_newline: bool
    is_damaged: bool


def new_entry(
    action: str, *, by: str, program: str, items: Iterable[str] = (), details: dict[str, JsonValue] | None = None
) -> AuditEntry:
    """Return an entry for something that happens now."""
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return AuditEntry(str(uuid.uuid4()), now, by, action, tuple(items), details or {}, program)


def append_entries(path: Path, entries: Iterable[AuditEntry], anchor: LogAnchor, *, program: str) -> LogAnchor:
    """Write the entries that the log does not have yet, and make them last.

    Args:
        path: the log; made where it is not there.
        entries: in the order in which they happened.
        anchor: where the log ended when the case last looked.
        program: name and version, for the records that are about the log itself.

    Returns:
        Where the log ends now. Everything up to there is on the disk.

    Raises:
        OSError: the disk does not take it; some entries may be in the log, and will not be doubled.
    """
    is_new = not path.exists()
    entries = tuple(entries)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o644), "r+b", buffering=0) as file:
        with os.fdopen(os.dup(file.fileno()), "rb") as reader:
            tail = _read_tail(reader, anchor)
        content, reached = _compose(tail, anchor, entries, program)
        _write_all(file.fileno(), content)
        if reached != anchor:
            os.fsync(file.fileno())
    if is_new:
        sync_folder(path.parent)
    return reached


def _compose(tail: _Tail, anchor: LogAnchor, entries: tuple[AuditEntry, ...], program: str) -> tuple[bytes, LogAnchor]:
    """Return the bytes to append and the anchor they lead to."""
    pending = [*_about_the_log(tail, anchor, entries, program), *(one for one in entries if one.event not in tail.told)]
    lines = [b"\n"] if tail.lacks_newline else []
    size = tail.anchor.size_bytes + (0 if tail.torn_bytes is None else tail.torn_bytes + 1)
    seq, prev, length = tail.anchor.seq, tail.last_sha256, tail.anchor.line_bytes
    if tail.is_damaged:
        seq = max(seq, anchor.seq)
    for entry in pending:
        seq += 1
        line = compose_line(entry, seq, prev)
        prev, length = hashlib.sha256(line).hexdigest(), len(line)
        size += length
        lines.append(line)
    return b"".join(lines), LogAnchor(seq, prev, size, length)


def _about_the_log(
    tail: _Tail, anchor: LogAnchor, entries: tuple[AuditEntry, ...], program: str
) -> Iterator[AuditEntry]:
    """Yield what the log has to say about itself: half-written bytes, and an end that the case does not know."""
    if tail.torn_bytes is not None:
        torn: dict[str, JsonValue] = {"torn_bytes": tail.torn_bytes, "torn_sha256": tail.torn_sha256}
        yield new_entry(RECOVERED, by=_OURSELVES, program=program, details=torn)
    unknown = set() if tail.is_damaged else tail.told - {entry.event for entry in entries}
    if tail.is_damaged or unknown:
        seen: dict[str, JsonValue] = {
            "expected_seq": anchor.seq,
            "expected_sha256": anchor.sha256,
            "found_seq": tail.anchor.seq,
            "found_bytes": tail.anchor.size_bytes,
            "unknown_records": len(unknown),
        }
        yield new_entry(DAMAGE_NOTICED, by=_OURSELVES, program=program, details=seen)


def _read_tail(file: BinaryIO, anchor: LogAnchor) -> _Tail:
    is_whole = _stands_at(file, anchor)
    walk = _TailWalk(anchor if is_whole else LogAnchor(), is_strict=is_whole)
    file.seek(walk.anchor.size_bytes)
    for line in read_lines(file):
        walk.take(line)
    torn_bytes, torn_sha256 = _read_torn(file, walk.anchor.size_bytes, walk.end)
    return _Tail(
        anchor=walk.anchor,
        last_sha256=walk.last_sha256,
        told=frozenset(walk.told),
        torn_bytes=torn_bytes,
        torn_sha256=torn_sha256,
        lacks_newline=walk.lacks_newline,
        is_damaged=not is_whole,
    )


def _stands_at(file: BinaryIO, anchor: LogAnchor) -> bool:
    """Tell whether the remembered last record is where it was, unchanged."""
    if anchor.seq == 0:
        return True
    file.seek(0, os.SEEK_END)
    if file.tell() < anchor.size_bytes or not 0 < anchor.line_bytes <= anchor.size_bytes:
        return False
    file.seek(anchor.size_bytes - anchor.line_bytes)
    return hashlib.sha256(file.read(anchor.line_bytes)).hexdigest() == anchor.sha256


def _read_torn(file: BinaryIO, start: int, end: int) -> tuple[int | None, str]:
    """Hash the bytes from the last whole record to the end, but for the newline that is, or will be, the last byte."""
    if end <= start:
        return None, ""
    digest = hashlib.sha256()
    file.seek(start)
    left = end - 1 - start
    while left and (chunk := file.read(min(left, _CHUNK))):
        digest.update(chunk)
        left -= len(chunk)
    return end - 1 - start, digest.hexdigest()


class _TailWalk:
    """Goes over the lines after the anchor: whole records of the chain, then at most some half-written bytes.

    Positions and hashes count the newline that the last line may still lack.
    """

    def __init__(self, anchor: LogAnchor, *, is_strict: bool) -> None:
        self.anchor = anchor
        self.last_sha256 = anchor.sha256
        self.told: set[str] = set()
        self.end = anchor.size_bytes
        self.lacks_newline = False
        self._is_strict = is_strict

    def take(self, line: RawLine) -> None:
        size, sha256 = line.size_bytes, line.sha256
        if not line.is_ended:
            self.lacks_newline = True
            size += 1
            sha256 = line.sha256_with_newline
        record = self._record(line.content)
        self.end = line.start + size
        if record is not None:
            self.anchor = LogAnchor(record.seq, sha256, self.end, size)
            if record.entry.action not in ABOUT_THE_LOG:
                self.told.add(record.entry.event)
        self.last_sha256 = sha256

    def _record(self, content: bytes | None) -> AuditRecord | None:
        """Return the record on a line that is part of the chain, or None. After damage any record counts."""
        try:
            record = parse_line(content) if content is not None else None
        except ValueError:
            return None
        if record is None or not self._is_strict:
            return record
        is_next = record.seq == self.anchor.seq + 1 and record.prev == self.last_sha256
        is_explained = self.end == self.anchor.size_bytes or record.entry.action == RECOVERED
        return record if is_next and is_explained else None


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
