"""Drives a child process that answers one order at a time, so that hostile bytes can break the child and nothing else.

A crash, a hang or a wish to stop ends the child; it is started anew for the next order. Nothing here reads a file.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Generic, Self, TypeVar

from evidence.child_process import start_child
from evidence.errors import Cancelled
from evidence.jobs import IsCancelled

START_S = 60.0
"""How long a child may take to start: on a busy machine, from a slow disk."""

_LOOK_EVERY_S = 0.05
_END_WAIT_S = 1.0

Order = TypeVar("Order")
Message = TypeVar("Message")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why there is no answer, in words: the child crashed, hung or could not be started."""

    reason: str


class ChildWorker(Generic[Order, Message]):
    """Owns the child process; use it as a context manager, from one thread at a time.

    The child is `target(pipe)`: it takes orders from the pipe, sends messages, and returns when the pipe closes.

    Attributes:
        silence_s: how long the child may give no sign of life before it is held to hang.
    """

    def __init__(
        self,
        target: Callable[[Connection[Message, Order]], None],
        *,
        name: str,
        what: str,
        doing: str,
        silence_s: float,
        start_s: float = START_S,
    ) -> None:
        """Make a worker; nothing is started yet.

        Args:
            target: what the child does; a function of a module that is light to import.
            name: for people who look at a list of processes.
            what: the child in words, for instance "the program that reads media".
            doing: what it does, for instance "Reading".
            silence_s: how long the child may give no sign of life before it is held to hang.
            start_s: how long it may take for its first sign, where that is longer.
        """
        self._target = target
        self._name = name
        self._what = what
        self._doing = doing
        self.silence_s = silence_s
        self._start_s = start_s
        self._process: BaseProcess | None = None
        self._pipe: Connection[Order, Message] | None = None
        self._has_spoken = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """The operating system's number of the child, or None while there is none."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the child where there is none, so that it is ready when the first order comes."""
        if self._process is not None and self._process.is_alive() and self._pipe is not None:
            return
        self.close()
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        self._process = start_child(self._target, theirs, name=self._name)
        theirs.close()
        self._pipe = ours

    def close(self) -> None:
        """End the child; a second time does nothing."""
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        self._has_spoken = False
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join(_END_WAIT_S)

    def send(self, order: Order) -> None:
        """Send something to the child besides the order that it works on. Raises OSError where it is gone."""
        assert self._pipe is not None
        self._pipe.send(order)

    def ask(
        self,
        order: Order,
        take: Callable[[Message], Answer | None],
        *,
        cancelled: IsCancelled,
        may_be_silent: Callable[[], bool] = lambda: False,
    ) -> Answer | Stopped:
        """Return the child's answer to an order, or why there is none; then the child is gone.

        Args:
            order: what the child is to do.
            take: gets each message, in this thread, and returns the answer once one brings it, or else None.
            cancelled: asked some twenty times a second.
            may_be_silent: asked as often: whether the child has a reason to give no sign of life; it may `send`.

        Raises:
            Cancelled: the user wished it; the child is gone.
        """
        is_answered = False
        try:
            if not self._sent(order):
                return Stopped(f"{self._what} could not be started")
            answer = self._wait(take, cancelled, may_be_silent)
            is_answered = not isinstance(answer, Stopped)
            return answer
        finally:
            if not is_answered:
                self.close()

    def _sent(self, order: Order) -> bool:
        for _attempt in range(2):  # a child that was killed while it waited is no fault of the order
            self.start()
            try:
                self.send(order)
            except OSError:
                self.close()
            else:
                return True
        return False

    def _wait(
        self,
        take: Callable[[Message], Answer | None],
        cancelled: IsCancelled,
        may_be_silent: Callable[[], bool],
    ) -> Answer | Stopped:
        assert self._pipe is not None
        last_sign = time.monotonic()
        while True:
            if cancelled():
                raise Cancelled(f"{self._doing} was cancelled.")
            try:
                is_excused = may_be_silent()
                message = self._pipe.recv() if self._pipe.poll(_LOOK_EVERY_S) else None
            except (EOFError, OSError):
                return Stopped(self._why_it_ended())
            if is_excused or message is not None:
                last_sign = time.monotonic()
            patience = self.silence_s if self._has_spoken else max(self._start_s, self.silence_s)
            if message is None:
                if time.monotonic() - last_sign > patience:
                    return Stopped(f"it made no progress for {self.silence_s:.0f} seconds")
                continue
            self._has_spoken = True
            answer = take(message)
            if answer is not None:
                return answer

    def _why_it_ended(self) -> str:
        assert self._process is not None
        self._process.join(_END_WAIT_S)
        code = self._process.exitcode
        if code is not None and code < 0:
            return f"{self._what} crashed (signal {-code})"
        return f"{self._what} ended unexpectedly"


class ChildOwner(Generic[Order, Message]):
    """What asks a child in words of its own; use it as a context manager, from one thread at a time."""

    def __init__(self, worker: ChildWorker[Order, Message]) -> None:
        self._worker = worker

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """The operating system's number of the child, or None while there is none."""
        return self._worker.process_id

    def close(self) -> None:
        """End the child; a second time does nothing."""
        self._worker.close()
