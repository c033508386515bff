"""Finds the processes that a test has started, and what they leave behind (Linux)."""

from __future__ import annotations

import os
from multiprocessing import shared_memory
from pathlib import Path

import pytest


def children_of(process: int | None = None) -> dict[int, str]:
    """Return the living children of a process (this one), by number, with their command lines."""
    parent = str(os.getpid() if process is None else process)
    found: dict[int, str] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, ppid = path.read_text().rpartition(")")[2].split()[:2]
            if ppid == parent and state != "Z":
                found[int(path.parent.name)] = (path.parent / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


class OwnBlocks:
    """Gives the shared memory that this process makes a name of its own, so that what is left of it can be found."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._prefix = f"t{os.getpid():x}_"
        monkeypatch.setattr(shared_memory, "_SHM_NAME_PREFIX", f"/{self._prefix}")

    def named(self) -> set[Path]:
        """Return the blocks that have a name now: what nobody will ever take away if this process ends."""
        return set(Path("/dev/shm").glob(f"{self._prefix}*"))
