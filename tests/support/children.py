"""Finds the processes that a test has started, and what they leave behind (Linux)."""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from multiprocessing import shared_memory
from pathlib import Path

import pytest


def children_of(process: int | None = None) -> dict[int, str]:
    """Return the living children of a process (this one) and theirs, by number, with their names."""
    families: dict[int, list[tuple[int, str]]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            begin, _, end = path.read_text().rpartition(")")
        except OSError:
            continue
        state, parent = end.split()[:2]
        if state != "Z":
            families.setdefault(int(parent), []).append((int(path.parent.name), begin.partition("(")[2]))
    found: dict[int, str] = {}
    waiting = [os.getpid() if process is None else process]
    while waiting:
        for number, name in families.get(waiting.pop(), ()):
            found[number] = name
            waiting.append(number)
    return found


def decoders_of(process: int | None = None) -> list[int]:
    """Return the processes that decode for a process (this one)."""
    return sorted(number for number, name in children_of(process).items() if name == "decoder")


def left_behind(before: Collection[int], patience_s: float = 30.0) -> dict[int, str]:
    """Return the children, other than those before, that do not end; one that was killed may wait for a processor."""
    end = time.monotonic() + patience_s
    while True:
        left = {number: name for number, name in children_of().items() if number not in before}
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.01)


class OwnBlocks:
    """Gives the shared memory that this process makes a name of its own, so that what is left of it can be found."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._prefix = f"t{os.getpid():x}_"
        monkeypatch.setattr(shared_memory, "_SHM_NAME_PREFIX", f"/{self._prefix}")

    def named(self) -> set[Path]:
        """Return the blocks that have a name now: what nobody will ever take away if this process ends."""
        return set(Path("/dev/shm").glob(f"{self._prefix}*"))
