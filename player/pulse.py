"""Tells a process that waits for a processor from one that hangs: by its threads' states and the time it was given.

Linux alone tells, in `/proc` (proc_pid_stat(5)); elsewhere nothing is known.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Pulse:
    """A process at a moment.

    Attributes:
        worked_ns: processor time of all its threads so far, to a hundredth of a second.
        is_ready: whether one of its threads could go on at once if it were given a processor.
    """

    worked_ns: int
    is_ready: bool


def feel_pulse(process_id: int | None) -> Pulse | None:
    """Return how a process does, or None where that is not known, or it is gone."""
    if process_id is None:
        return None
    try:
        threads = [path.read_text() for path in (_PROC / str(process_id) / "task").glob("*/stat")]
        whole = (_PROC / str(process_id) / "stat").read_text()
        ticks = sum(int(field) for field in _fields(whole)[11:13])
    except (OSError, ValueError):
        return None
    worked_ns = ticks * 1_000_000_000 // os.sysconf("SC_CLK_TCK")
    return Pulse(worked_ns, any(_fields(thread)[0] == "R" for thread in threads))


def queued_ns(process_id: int) -> int:
    """Return for how long all threads of a process waited for a processor so far, together; 0 where that is not known.

    It is the second field of `schedstat` (`Documentation/scheduler/sched-stats.rst`). Threads that have ended are left
    out; where one thread waits for another's work, the sum is what a picture may have waited.
    """
    waited = 0
    for path in (_PROC / str(process_id) / "task").glob("*/schedstat"):
        with suppress(OSError, ValueError, IndexError):
            waited += int(path.read_text().split()[1])
    return waited


def _fields(stat: str) -> list[str]:
    """Return the fields from the state on; the name before it may hold anything, also blanks and brackets."""
    return stat[stat.rindex(")") + 2 :].split()
