"""Processor time and memory of processes and all that they started, from /proc (Linux)."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Self

_LOOKED_EVERY_S = 0.5
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM = 1, 11, 12, 13, 14


def family(roots: Sequence[int]) -> set[int]:
    """Return the processes and everything that descends from them, as far as it lives."""
    parents = {number: int(fields[_PARENT]) for number, fields in _table().items()}
    members = set(roots)
    grown = True
    while grown:
        more = {number for number, parent in parents.items() if parent in members} - members
        members |= more
        grown = bool(more)
    return members & set(parents)


def processor_seconds(roots: Sequence[int]) -> float:
    """Return user and system time so far of the processes, their children, and children that have ended."""
    table = _table()
    fields = (_USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM)
    return sum(int(table[number][field]) for number in family(roots) for field in fields) * _TICK_S


def memory_bytes(roots: Sequence[int]) -> int:
    """Return the memory of the processes and their children; what several of them share counts once (PSS)."""
    return sum(_proportional_bytes(number) for number in family(roots))


class PeakMemory:
    """Watches the memory of this process and its children while it is entered."""

    def __init__(self) -> None:
        """Watch nothing yet."""
        self.most_bytes = 0
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look, name="memory", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._ended.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._ended.wait(_LOOKED_EVERY_S):
            self.most_bytes = max(self.most_bytes, memory_bytes([os.getpid()]))


def _proportional_bytes(process: int) -> int:
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0  # it has ended
    found = re.search(r"^Pss:\s+(\d+) kB$", text, re.MULTILINE)
    return 0 if found is None else int(found[1]) * 1024


def _table() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:
            continue
        found[int(path.parent.name)] = text.rpartition(")")[2].split()
    return found
