"""Examines files in a child process, so that hostile bytes can break the child and nothing else.

A crash or a hang of the child becomes the file's refusal, with its hash taken here (which parses nothing); the child
is started anew for the next file. Cancelling kills the child, which leaves nothing behind: it writes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Self

from evidence import examiner_child, refusals
from evidence.child_worker import ChildOwner, ChildWorker, Stopped
from evidence.errors import Cancelled, OriginalError
from evidence.examination import Examination
from evidence.examiner_child import Broken, BytesRead, FromExaminer, Ready, ToExaminer
from evidence.hashing import hash_original
from evidence.jobs import IsCancelled, never_cancelled
from evidence.originals import open_original
from evidence.text import clean_text, display_name

SILENCE_S = 120.0
"""How long the child may give no sign of life before it is held to hang; a slow drive can stall for a minute."""


class Examiner(ChildOwner[ToExaminer, FromExaminer]):
    """Owns the child process; use it as a context manager, from one thread at a time.

    The child is started on entering, so that it is ready when the first path comes.
    """

    def __init__(self, silence_s: float = SILENCE_S) -> None:
        super().__init__(
            ChildWorker(
                examiner_child.run,
                name="examiner",
                what="the program that reads media",
                doing="Reading",
                silence_s=silence_s,
            )
        )

    def __enter__(self) -> Self:
        self._worker.start()
        return self

    def examine(
        self, path_bytes: bytes, on_bytes: Callable[[int], None], cancelled: IsCancelled = never_cancelled
    ) -> Examination:
        """Return what a file is. Never raises for bad input.

        Args:
            path_bytes: as the operating system names it.
            on_bytes: told, in this thread, how many bytes of this file have been read in all.
            cancelled: asked some twenty times a second.

        Raises:
            Cancelled: the user wished it; nothing was changed.
        """
        path_bytes = os.path.abspath(path_bytes)  # noqa: PTH100 - a bytes path

        def take(message: FromExaminer) -> Examination | Broken | None:
            match message:
                case BytesRead():
                    on_bytes(message.count)
                case Broken() | Examination():
                    return message
                case Ready():
                    pass
            return None

        answer: Examination | Broken | Stopped = self._worker.ask(path_bytes, take, cancelled=cancelled)
        if isinstance(answer, Examination):
            on_bytes(answer.size_bytes)
            return answer
        self._worker.close()
        reason = answer.reason
        if isinstance(answer, Broken):
            reason = f"it met an error ({clean_text(reason, limit=200)})"
        return _hashed_refusal(path_bytes, reason, on_bytes, cancelled)


def _hashed_refusal(
    path_bytes: bytes, reason: str, on_bytes: Callable[[int], None], cancelled: IsCancelled
) -> Examination:
    """Return the refusal of a file that broke its reader, with its hash where it can be taken."""
    name = display_name(path_bytes)
    size_bytes = mtime_ns = 0
    sha256 = ""
    try:
        with open_original(path_bytes) as original:
            size_bytes, mtime_ns = original.size_bytes, original.mtime_ns
            digest = hash_original(original, on_bytes, cancelled)
            if digest is None:
                raise Cancelled("Reading was cancelled.")
            original.check_unchanged()
            sha256 = digest.hex
    except OriginalError:
        pass  # the crash is the greater news; a hash of unsteady bytes would prove nothing
    refused = refusals.reader_stopped(name, reason)
    return Examination(path_bytes, name, size_bytes, mtime_ns, sha256, refused=refused)
