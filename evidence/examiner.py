"""Examines files in a child process, so that hostile bytes can break the child and nothing else.

A crash or a hang of the child becomes the file's refusal, with its hash taken here (which parses nothing); the child
is started anew for the next file. Cancelling kills the child, which leaves nothing behind: it writes nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Self

from evidence import examiner_child, refusals
from evidence.child_process import start_child
from evidence.errors import Cancelled, OriginalError
from evidence.examination import Examination
from evidence.examiner_child import Broken, BytesRead, FromExaminer, Ready, ToExaminer
from evidence.hashing import hash_original
from evidence.jobs import IsCancelled, never_cancelled
from evidence.originals import open_original
from evidence.text import clean_text, display_name

SILENCE_S = 120.0
"""How long the child may give no sign of life before it is held to hang; a slow drive can stall for a minute."""

_START_S = 60.0
_LOOK_EVERY_S = 0.05
_END_WAIT_S = 1.0


class Examiner:
    """Owns the child process; use it as a context manager, from one thread at a time.

    The child is started on entering, so that it is ready when the first path comes.
    """

    def __init__(self, silence_s: float = SILENCE_S) -> None:
        self._silence_s = silence_s
        self._process: SpawnProcess | None = None
        self._pipe: Connection[ToExaminer, FromExaminer] | None = None
        self._is_ready = False

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """The operating system's number of the child, or None while there is none."""
        return self._process.pid if self._process is not None else None

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
        answer = self._ask(path_bytes, on_bytes, cancelled)
        if isinstance(answer, Examination):
            on_bytes(answer.size_bytes)
            return answer
        self._kill()
        return _hashed_refusal(path_bytes, answer, on_bytes, cancelled)

    def close(self) -> None:
        """End the child; a second time does nothing."""
        self._kill()

    def _start(self) -> None:
        if self._process is not None and self._process.is_alive() and self._pipe is not None:
            return
        self._kill()
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        self._process = start_child(examiner_child.run, theirs, name="examiner")
        theirs.close()
        self._pipe = ours
        self._is_ready = False

    def _ask(self, path_bytes: bytes, on_bytes: Callable[[int], None], cancelled: IsCancelled) -> Examination | str:
        """Return the child's answer, or in words why there is none."""
        for _attempt in range(2):  # a child that was killed while it waited is no fault of the file
            self._start()
            assert self._pipe is not None
            try:
                self._pipe.send(path_bytes)
                break
            except OSError:
                self._kill()
        else:
            return "the program that reads media could not be started"
        return self._wait(on_bytes, cancelled)

    def _wait(self, on_bytes: Callable[[int], None], cancelled: IsCancelled) -> Examination | str:
        assert self._pipe is not None
        last_sign = time.monotonic()
        while True:
            if cancelled():
                self._kill()
                raise Cancelled("Reading was cancelled.")
            try:
                message = self._pipe.recv() if self._pipe.poll(_LOOK_EVERY_S) else None
            except (EOFError, OSError):
                return self._why_it_ended()
            patience = self._silence_s if self._is_ready else max(_START_S, self._silence_s)
            if message is None:
                if time.monotonic() - last_sign > patience:
                    return f"it made no progress for {self._silence_s:.0f} seconds"
                continue
            last_sign = time.monotonic()
            match message:
                case Ready():
                    self._is_ready = True
                case BytesRead():
                    on_bytes(message.count)
                case Broken():
                    return f"it met an error ({clean_text(message.reason, limit=200)})"
                case Examination():
                    return message

    def _why_it_ended(self) -> str:
        assert self._process is not None
        self._process.join(_END_WAIT_S)
        code = self._process.exitcode
        if code is not None and code < 0:
            return f"the program that reads media crashed (signal {-code})"
        return "the program that reads media ended unexpectedly"

    def _kill(self) -> None:
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        self._is_ready = False
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join(_END_WAIT_S)


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
