"""Examines files as `evidence.examiner` does, and asks libVLC of those in which FFmpeg knows nothing.

What VLC plays becomes a recording whose times are approximate; where VLC is not there, the refusal says what to
install. A crash or a hang of VLC leaves the refusal as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from types import TracebackType
from typing import Self

from evidence.child_worker import ChildWorker, Stopped
from evidence.examination import Examination
from evidence.examiner import Examiner
from evidence.ingest import ExaminesFiles
from evidence.jobs import IsCancelled, never_cancelled
from player.vlc import entry
from player.vlc.answers import Answer, NoLibrary, NotPlayed

_PATIENCE_S = 40.0
_WORTH_ASKING = frozenset({"not-media"})


class SecondOpinion:
    """Examines files; use it as a context manager, from one thread at a time."""

    def __init__(self, first: Callable[[], AbstractContextManager[ExaminesFiles]] = Examiner) -> None:
        self._make_first = first
        self._opened: AbstractContextManager[ExaminesFiles] | None = None
        self._first: ExaminesFiles | None = None
        self._worker: ChildWorker[Examination, Answer] = ChildWorker(
            entry.run_probe, name="vlc probe", what="VLC", doing="Reading", silence_s=_PATIENCE_S
        )

    def __enter__(self) -> Self:
        self._opened = self._make_first()
        self._first = self._opened.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.close()
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
        def take(answer: Answer) -> Answer:
            return answer

        answer: Answer | Stopped = self._worker.ask(found, take, cancelled=cancelled)
        # A file that breaks VLC is no recording that it plays.
        return NotPlayed() if isinstance(answer, Stopped) else answer
