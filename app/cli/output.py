"""What a command prints: one JSON document for machines, or lines for people; progress goes to the error stream."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from fractions import Fraction
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from app.time_left import TimeLeft, time_left_text
from app.time_text import size_text
from evidence.jobs import Progress as ProgressCall
from evidence.jobs import ProgressReport
from evidence.times import NS_PER_S

_PLAIN = (str, int, float, bool, type(None))
_PLAIN_EVERY_NS = 5 * NS_PER_S


def as_json(value: object) -> object:
    """Return `value` as what JSON can hold: records become objects, fractions text, bytes text or base64."""
    if isinstance(value, Enum):
        return as_json(value.value)
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, bytes):
        return _bytes_as_json(value)
    if isinstance(value, Path):
        return _bytes_as_json(os.fsencode(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(one) for one in value]
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def _bytes_as_json(value: bytes) -> object:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode(), "text": value.decode(errors="backslashreplace")}


class Output:
    """Where one command prints to.

    Attributes:
        is_json: whether standard output carries exactly one JSON document.
    """

    def __init__(self, *, is_json: bool) -> None:
        self.is_json = is_json
        self._people = Console(highlight=False, soft_wrap=True, emoji=False, markup=False)
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False, markup=False)

    def line(self, text: str = "", *, style: str = "") -> None:
        """Print a line for people; nothing under `--json`."""
        if not self.is_json:
            self._people.print(Text(text, style=style))

    def warn(self, text: str) -> None:
        """Print a line to the error stream, for people who read it and logs that keep it."""
        self._errors.print(Text(text))

    def document(self, value: object) -> None:
        """Print the one JSON document; nothing for people."""
        if self.is_json:
            sys.stdout.write(json.dumps(as_json(value), indent=2, ensure_ascii=False, sort_keys=False))
            sys.stdout.write("\n")
            sys.stdout.flush()

    @contextmanager
    def progress(self, title: str) -> Iterator[ProgressCall]:
        """Show how far a job is, with the time left, on the error stream; yields what the job calls."""
        if self._errors.is_terminal:
            with Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[state]}"),
                TextColumn("{task.fields[left]}"),
                console=self._errors,
                transient=True,
            ) as bars:
                yield _Bar(bars, bars.add_task(title, total=None, state="", left=""))
        else:
            yield _PlainProgress(self, title)


class _Bar:
    """Progress on a terminal."""

    def __init__(self, bars: Progress, task: TaskID) -> None:
        self._bars = bars
        self._task = task
        self._time_left = TimeLeft()

    def __call__(self, report: ProgressReport) -> None:
        self._time_left.add(time.monotonic_ns(), report)
        left = time_left_text(self._time_left.estimate_ns(report))
        self._bars.update(self._task, completed=report.done, total=report.total, state=amount_text(report), left=left)


class _PlainProgress:
    """Progress into a log: a line every few seconds, with the time left."""

    def __init__(self, output: Output, title: str) -> None:
        self._output = output
        self._title = title
        self._time_left = TimeLeft()
        self._next_ns = time.monotonic_ns() + _PLAIN_EVERY_NS

    def __call__(self, report: ProgressReport) -> None:
        now_ns = time.monotonic_ns()
        self._time_left.add(now_ns, report)
        if now_ns < self._next_ns:
            return
        self._next_ns = now_ns + _PLAIN_EVERY_NS
        left = time_left_text(self._time_left.estimate_ns(report))
        far = ", ".join(part for part in (amount_text(report), left) if part)
        said = "  ".join(part for part in (far, report.text) if part)
        self._output.warn(f"{self._title}: {said}" if said else self._title)


def amount_text(report: ProgressReport) -> str:
    """Return how much of how much is done, for people."""
    if not report.unit:
        return f"{report.done * 100 // report.total} %" if report.total else ""
    if report.unit == "bytes":
        done, total = size_text(report.done), "" if report.total is None else f" of {size_text(report.total)}"
        return f"{done}{total}"
    total = "" if report.total is None else f" of {report.total}"
    return f"{report.done}{total} {report.unit}"
