"""One line of the audit log: how a record is written, read back and tied to the line before.

A line is one JSON object in ASCII, ended by a newline. Its `prev` is the SHA-256, in lower-case hex, of all bytes of
the line before it including that line's newline; the first record has 64 zeros. `seq` counts from 1.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias

JsonValue: TypeAlias = "str | int | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"

GENESIS = "0" * 64
"""What the first record of a log names as the hash of the line before."""

LONGEST_LINE = 8 * 1024 * 1024
"""Bytes; a longer line is no record of ours. Reading never holds more than this."""

RECOVERED = "audit.recovered"
"""Action of the record that follows bytes which a kill or a full disk left half-written."""

DAMAGE_NOTICED = "audit.damage_noticed"
"""Action of the record which says that the log was not as the case remembered it."""

ABOUT_THE_LOG = frozenset({RECOVERED, DAMAGE_NOTICED})
"""Records that the log makes about itself; the case does not know of them beforehand."""

_CHUNK = 64 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What was done, before it has its place in the log.

    Attributes:
        event: id of this event (UUID as text); an entry is in the log once, however often it is handed over.
        time: when, ISO 8601 in UTC with microseconds, by this machine's clock.
        by: who did it.
        action: what was done, as `thing.done`, for instance `camera.renamed`.
        items: ids of what it was done to.
        details: what else there is to say; plain JSON without floating point numbers.
        program: name and version of the program.
    """

    event: str
    time: str
    by: str
    action: str
    items: tuple[str, ...] = ()
    details: Mapping[str, JsonValue] = field(default_factory=dict)
    program: str = ""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An entry in its place in the chain.

    Attributes:
        seq: number of the record, from 1.
        prev: SHA-256 of the line before, or `GENESIS`.
    """

    seq: int
    prev: str
    entry: AuditEntry


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line as it stands in the file.

    Attributes:
        start: byte position of its first byte.
        size_bytes: its length, with the newline where there is one.
        sha256: of all its bytes, with the newline.
        content: its bytes without the newline, or None where it is longer than `LONGEST_LINE`.
        sha256_with_newline: the same, where it lacks a newline as if it had one.
        is_ended: whether a newline ends it; only the last line of a file can lack one.
    """

    start: int
    size_bytes: int
    sha256: str
    sha256_with_newline: str
    content: bytes | None
    is_ended: bool


def compose_line(entry: AuditEntry, seq: int, prev: str) -> bytes:
    """Return the bytes of a record, with the newline.

    Raises:
        ValueError: the entry is longer than a line may be.
    """
    content = {"seq": seq, "prev": prev, **entry_as_json(entry)}
    line = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"
    if len(line) > LONGEST_LINE:
        raise ValueError(f"an audit record of {len(line)} bytes")
    return line


def entry_as_json(entry: AuditEntry) -> dict[str, JsonValue]:
    """Return an entry as plain JSON."""
    return {
        "time": entry.time,
        "by": entry.by,
        "action": entry.action,
        "items": list(entry.items),
        "details": dict(entry.details),
        "event": entry.event,
        "program": entry.program,
    }


def entry_from_json(content: Mapping[str, JsonValue]) -> AuditEntry:
    """Read what `entry_as_json` made. Raises ValueError where it is anything else."""
    items, details = content.get("items"), content.get("details")
    if not isinstance(items, list) or not isinstance(details, dict):
        raise ValueError("items and details are a list and an object")  # noqa: TRY004 - content, not a caller's fault
    return AuditEntry(
        event=_text(content, "event"),
        time=_text(content, "time"),
        by=_text(content, "by"),
        action=_text(content, "action"),
        items=tuple(str(item) for item in items),
        details=details,
        program=_text(content, "program"),
    )


def parse_line(untrusted_line: bytes) -> AuditRecord:
    """Read one line without its newline.

    Raises:
        ValueError: it is not a record; the text says why.
    """
    try:
        content = json.loads(untrusted_line.decode("ascii"), object_pairs_hook=_without_doubles)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(content, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004 - content, not a caller's fault
    seq, prev = content.get("seq"), _text(content, "prev")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 < seq < 2**53:
        raise ValueError("it has no sequence number")
    if not _HASH.fullmatch(prev):
        raise ValueError("it does not name the line before")
    return AuditRecord(seq, prev, entry_from_json(content))


def read_lines(file: BinaryIO) -> Iterator[RawLine]:
    """Yield the lines from where the file stands to its end, holding one bounded line at a time."""
    start = file.tell()
    while chunk := file.readline(_CHUNK):
        digest = hashlib.sha256()
        kept: list[bytes] = []
        size = 0
        while chunk:
            digest.update(chunk)
            size += len(chunk)
            if size <= LONGEST_LINE:
                kept.append(chunk)
            if chunk.endswith(b"\n"):
                break
            chunk = file.readline(_CHUNK)
        is_ended = chunk.endswith(b"\n")
        content = b"".join(kept).removesuffix(b"\n") if size <= LONGEST_LINE else None
        sha256 = digest.hexdigest()
        if not is_ended:
            digest.update(b"\n")
        yield RawLine(start, size, sha256, digest.hexdigest(), content, is_ended)
        start += size


def _text(content: Mapping[str, JsonValue], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str):
        raise ValueError(f"it has no {name}")  # noqa: TRY004 - content, not a caller's fault
    return value


def _without_doubles(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("it says something twice")
    return content
