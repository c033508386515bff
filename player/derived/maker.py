"""Makes previews in a child process, so that hostile bytes can break the child and nothing else.

The child writes a draft; here it gets its name once it is whole. A crash, a hang or a wish to stop leaves no draft and
no preview. Nothing here touches an original.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Self

from evidence.child_process import start_child
from evidence.errors import Cancelled
from evidence.jobs import IsCancelled, never_cancelled
from player.derived import maker_child
from player.derived.maker_child import Advanced, FromMaker, Made, Make, NotMade, Pause, Ready, ToMaker
from player.derived.store import DerivedStore, disk_error
from player.derived.task import MakeTask

IsPaused = Callable[[], bool]
"""Asked some twenty times a second: whether to wait, since the user plays."""

_SILENCE_S = 120.0
_LOOK_EVERY_S = 0.05
_END_WAIT_S = 1.0


def never_paused() -> bool:
    """Say that nothing stands in the way."""
    return False


class Maker:
    """Owns the child process; use it as a context manager, from one thread at a time."""

    def __init__(self, store: DerivedStore, silence_s: float = _SILENCE_S) -> None:
        self._store = store
        self._silence_s = silence_s
        self._process: SpawnProcess | None = None
        self._pipe: Connection[ToMaker, FromMaker] | None = None
        self._is_paused = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """The operating system's number of the child, or None while there is none."""
        return self._process.pid if self._process is not None else None

    def make(
        self,
        task: MakeTask,
        on_advance: Callable[[int, int], None],
        cancelled: IsCancelled = never_cancelled,
        is_paused: IsPaused = never_paused,
    ) -> str:
        """Make a preview; return "" once it is in the store, or in words why it cannot be made.

        Args:
            task: what, and of which original.
            on_advance: told, in this thread, how much is done and of how much.
            cancelled: asked some twenty times a second.
            is_paused: likewise.

        Raises:
            Cancelled: the user wished it; nothing is left of it.
            StorageError: the disk does not take it.
        """
        draft = self._store.draft(task.recipe)
        try:
            answer = self._ask(Make(task, draft), on_advance, cancelled, is_paused)
            if isinstance(answer, Made):
                self._store.commit(task.recipe, draft, answer.manifest)
                return ""
        finally:
            self._store.discard(draft)
        if isinstance(answer, NotMade):
            if answer.is_disk:
                raise disk_error("making a preview", self._store.folder, answer.reason)
            return answer.reason
        self._kill()
        return answer

    def close(self) -> None:
        """End the child; a second time does nothing."""
        self._kill()

    def _ask(
        self, order: Make, on_advance: Callable[[int, int], None], cancelled: IsCancelled, is_paused: IsPaused
    ) -> Made | NotMade | str:
        """Return the child's answer, or in words why there is none."""
        for _attempt in range(2):  # a child that was killed while it waited is no fault of the file
            self._start()
            assert self._pipe is not None
            with contextlib.ExitStack() as undo:
                undo.callback(self._kill)
                with contextlib.suppress(BrokenPipeError):
                    self._pipe.send(order)
                    answer = self._wait(on_advance, cancelled, is_paused)
                    undo.pop_all()
                    return answer
        return "the program that makes previews could not be started"

    def _wait(
        self, on_advance: Callable[[int, int], None], cancelled: IsCancelled, is_paused: IsPaused
    ) -> Made | NotMade | str:
        assert self._pipe is not None
        last_sign = time.monotonic()
        while True:
            if cancelled():
                raise Cancelled("Making previews was stopped.")
            if self._follow_pause(is_paused()):
                last_sign = time.monotonic()
            try:
                message = self._pipe.recv() if self._pipe.poll(_LOOK_EVERY_S) else None
            except (EOFError, ConnectionResetError):
                return self._why_it_ended()
            if message is None:
                if time.monotonic() - last_sign > self._silence_s:
                    return f"it made no progress for {self._silence_s:.0f} seconds"
                continue
            last_sign = time.monotonic()
            match message:
                case Advanced():
                    on_advance(message.done, message.total)
                case Made() | NotMade():
                    return message
                case Ready():
                    pass

    def _follow_pause(self, is_paused: bool) -> bool:  # noqa: FBT001 - private
        """Pass on whether to wait; return whether it waits."""
        if is_paused != self._is_paused and self._pipe is not None:
            self._is_paused = is_paused
            self._pipe.send(Pause(is_paused))
        return is_paused

    def _start(self) -> None:
        if self._process is not None and self._process.is_alive() and self._pipe is not None:
            return
        self._kill()
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        self._process = start_child(maker_child.run, theirs, name="previews")
        theirs.close()
        self._pipe = ours
        self._is_paused = False

    def _why_it_ended(self) -> str:
        assert self._process is not None
        self._process.join(_END_WAIT_S)
        code = self._process.exitcode
        if code is not None and code < 0:
            return f"the program that makes previews crashed (signal {-code})"
        return "the program that makes previews ended unexpectedly"

    def _kill(self) -> None:
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        self._is_paused = False
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join(_END_WAIT_S)
