"""How long work is described: a frozen request, `run(request, progress, cancelled)`, a frozen result.

The same function runs on the command line, in a pool and behind the window's job tray. Nothing here starts a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """How far a job is.

    Attributes:
        done: units finished so far, in `unit`.
        total: units in all, or None while that is not known.
        unit: "bytes", "files", "frames"; "" where the units say nothing to people and `text` tells the amount.
        text: what is being worked on now, for people.
    """

    done: int
    total: int | None
    unit: str
    text: str


Progress = Callable[[ProgressReport], None]
"""Called from the job's own thread; must be cheap and must not raise."""

IsCancelled = Callable[[], bool]
"""Asked by the job between small steps; once true it stays true."""


def no_progress(_report: ProgressReport) -> None:
    """Take a report and do nothing with it."""


def never_cancelled() -> bool:
    """Say that nobody wants to stop."""
    return False
