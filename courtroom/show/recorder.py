"""Writes the court log and the place to resume at, in a thread of its own, so that no disk holds up a picture.

The log is a chain as the audit log is (`evidence.audit`): JSON lines, each with the hash of the line before, appended
and fsynced as they come, at least once a second. What the disk does not take waits and is written when it does.

Where the show stands is kept in two files. The journal says all of it, and is written in one step and fsynced when
something but the frame changed. The place has the frame alone, 64 bytes that are overwritten at every picture and left
to the system to write: that outlives a killed program, though not a power cut.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from evidence.atomic_file import write_bytes
from evidence.audit import GENESIS, AuditEntry, JsonValue, LogAnchor, append_entries, new_entry
from evidence.audit_line import parse_line, read_lines
from evidence.program import program_name
from evidence.times import NS_PER_S

_AGAIN_S = 1.0
_GATHER_S = 0.05
_PLACE_BYTES = 64


class CourtRecorder:
    """Called on the UI thread and never waits there; writes in a thread.

    Args:
        log: the court log; its folder is made where it is not there.
        journal: where the show stands; None to keep that nowhere.
        by: who presents.
        tell: called in the writing thread with why something cannot be written, or "" when it can again.
    """

    def __init__(self, log: Path, journal: Path | None, by: str, tell: Callable[[str], None]) -> None:
        self.log = log
        self._journal = journal
        self._by = by
        self._tell = tell
        self._program = program_name()
        self._entries: list[AuditEntry] = []
        self._standing: bytes | None = None
        self._anchor: LogAnchor | None = None
        self._is_troubled = False
        self._is_closing = False
        self._place: int | None = None
        self._lock = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="court log")
        self._thread.start()

    def note(self, action: str, details: Mapping[str, JsonValue]) -> None:
        """Have something written into the log."""
        entry = new_entry(action, by=self._by, program=self._program, details=dict(details))
        with self._lock:
            self._entries.append(entry)
            self._lock.notify()

    def keep_standing(self, standing: Mapping[str, JsonValue]) -> None:
        """Have it written where the show stands; only the newest counts."""
        content = json.dumps(standing, sort_keys=True).encode()
        with self._lock:
            self._standing = content
            self._lock.notify()

    def keep_place(self, place: int, at: int) -> None:
        """Keep the item and the instant that is shown, ns; this thread, a few microseconds."""
        if self._journal is None:
            return
        if self._place is None:
            self._place = _open_place(self._journal)
        if self._place >= 0:
            with contextlib.suppress(OSError):  # the journal has it to the second
                os.lseek(self._place, 0, os.SEEK_SET)
                os.write(self._place, _packed(place, at))

    @property
    def anchor(self) -> LogAnchor | None:
        """Where the log ends, once anything was written."""
        return self._anchor

    def close(self, *, is_over: bool = True) -> None:
        """Write what is left and end; `is_over`: there is nothing to resume any more."""
        with self._lock:
            self._is_closing = True
            self._lock.notify()
        self._thread.join()
        if self._place is not None and self._place >= 0:
            os.close(self._place)
            self._place = -1
        if is_over and self._journal is not None:
            self._journal.unlink(missing_ok=True)
            place_file(self._journal).unlink(missing_ok=True)

    # In the writing thread

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._entries and self._standing is None and not self._is_closing:
                    self._lock.wait()
                is_closing = self._is_closing
                entries, standing = tuple(self._entries), self._standing
                self._standing = None
            is_written = self._write(entries, standing)
            with self._lock:
                if is_written:
                    del self._entries[: len(entries)]
                elif self._standing is None:
                    self._standing = standing
                if is_closing and (not is_written or not self._entries):
                    return
                self._lock.wait(_GATHER_S if is_written else _AGAIN_S)

    def _write(self, entries: tuple[AuditEntry, ...], standing: bytes | None) -> bool:
        try:
            if standing is not None and self._journal is not None:
                self._journal.parent.mkdir(parents=True, exist_ok=True)
                write_bytes(self._journal, standing)
            if entries:
                self.log.parent.mkdir(parents=True, exist_ok=True)
                if self._anchor is None:
                    self._anchor = find_anchor(self.log)
                self._anchor = append_entries(self.log, entries, self._anchor, program=self._program)
        except OSError as error:
            self._is_troubled = True
            self._tell(error.strerror or str(error))
            return False
        if self._is_troubled:
            self._is_troubled = False
            self._tell("")
        return True


def find_anchor(log: Path) -> LogAnchor:
    """Return where a log ends: its last whole record. Raises OSError where it is there and cannot be read."""
    anchor = LogAnchor()
    try:
        with log.open("rb") as file:
            for line in read_lines(file):
                try:
                    record = parse_line(line.content) if line.content is not None and line.is_ended else None
                except ValueError:
                    continue
                if record is not None:
                    anchor = LogAnchor(record.seq, line.sha256, line.start + line.size_bytes, line.size_bytes)
    except FileNotFoundError:
        return LogAnchor(0, GENESIS, 0, 0)
    return anchor


def place_file(journal: Path) -> Path:
    """Return the file beside a journal that has the frame alone."""
    return journal.with_suffix(".place")


def read_place(journal: Path) -> tuple[int, int] | None:
    """Return the item and the instant that were shown last, ns; None where that was not kept whole."""
    try:
        untrusted = place_file(journal).read_bytes()[:_PLACE_BYTES]
    except OSError:
        return None
    words = untrusted[:-1].decode("ascii", "replace").split()
    if len(words) != 3 or not all(word.lstrip("-").isdecimal() for word in words[:2]):
        return None
    place, at = int(words[0]), int(words[1])
    return (place, at) if _packed(place, at) == untrusted else None


def _packed(place: int, at: int) -> bytes:
    text = f"{place} {at}"
    check = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{text} {check}".ljust(_PLACE_BYTES - 1).encode() + b"\n"


def _open_place(journal: Path) -> int:
    """Return the descriptor of the place file, or -1 where it cannot be had."""
    try:
        journal.parent.mkdir(parents=True, exist_ok=True)
        return os.open(place_file(journal), os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    except OSError:
        return -1


def age_ns(journal: Path) -> int | None:
    """Return how long ago the show was alive, ns by the clock on the wall; None where there is nothing to resume."""
    times = []
    for path in (journal, place_file(journal)):
        try:
            times.append(path.stat().st_mtime_ns)
        except OSError:
            continue
    return max(0, int(time.time() * NS_PER_S) - max(times)) if times else None
