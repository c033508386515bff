"""Examines files as `evidence.examiner` does, and asks libVLC of those in which FFmpeg knows nothing.

What VLC plays becomes a recording whose times are approximate; where VLC is not there, the refusal says what to
install. A crash or a hang of VLC leaves the refusal as it was.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Self

from evidence.child_process import start_child
from evidence.errors import Cancelled
from evidence.examination import Examination
from evidence.examiner import Examiner
from evidence.ingest import ExaminesFiles
from evidence.jobs import IsCancelled, never_cancelled
from player.vlc import entry
from player.vlc.answers import Answer, NoLibrary, NotPlayed

_PATIENCE_S = 40.0
_LOOK_EVERY_S = 0.05
_END_WAIT_S = 1.0
_WORTH_ASKING = frozenset({"not-media"})


class SecondOpinion:
    """Examines files; use it as a context manager, from one thread at a time."""

    def __init__(self, first: Callable[[], AbstractContextManager[ExaminesFiles]] = Examiner) -> None:
        self._make_first = first
        self._opened: AbstractContextManager[ExaminesFiles] | None = None
        self._first: ExaminesFiles | None = None
        self._process: SpawnProcess | None = None
        self._pipe: Connection[Examination, Answer] | None = None

    def __enter__(self) -> Self:
        self._opened = self._make_first()
        self._first = self._opened.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kill()
        if self._opened is not None:
            self._opened.__exit__(kind, error, trace)

    def examine(
        self, path_bytes: bytes, on_bytes: Callable[[int], None], cancelled: IsCancelled = never_cancelled
    ) -> Examination:
        """Return what a file is (`Examiner.examine`), by VLC's word where FFmpeg knows nothing in it.

        Raises:
            Cancelled: the user wished it; nothing was changed.
        """
        assert self._first is not None, "use it as a context manager"
        found = self._first.examine(path_bytes, on_bytes, cancelled)
        if found.refused is None or found.refused.code not in _WORTH_ASKING or not found.sha256:
            return found
        answer = self._ask(found, cancelled)
        if isinstance(answer, NoLibrary):
            remedy = f"{found.refused.remedy} VLC could not be asked whether it plays it: {answer.reason}"
            return replace(found, refused=replace(found.refused, remedy=remedy))
        return found if isinstance(answer, NotPlayed) else answer

    def _ask(self, found: Examination, cancelled: IsCancelled) -> Answer:
        if self._pipe is None:
            ours, theirs = multiprocessing.get_context("spawn").Pipe()
            self._process = start_child(entry.run_probe, theirs, name="vlc probe")
            theirs.close()
            self._pipe = ours
        try:
            self._pipe.send(found)
            end = time.monotonic() + _PATIENCE_S
            while time.monotonic() < end:
                if cancelled():
                    self._kill()
                    raise Cancelled("Reading was cancelled.")
                if self._pipe.poll(_LOOK_EVERY_S):
                    return self._pipe.recv()
        except (EOFError, OSError):
            pass  # it crashed: a file that breaks VLC is no recording that it plays
        self._kill()
        return NotPlayed()

    def _kill(self) -> None:
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join(_END_WAIT_S)
