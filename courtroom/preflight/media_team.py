"""Decodes all cameras of an item together, one child process a camera, as the court's player does; and takes the time.

Every child stands ready before the first one begins, so that what is measured is decoding and not starting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from threading import Event
from typing import Self

from courtroom.preflight import media_child
from courtroom.preflight.media_child import Advanced, Broken, Done, FromChild, Go, Prepare, Prepared, ToChild
from evidence.child_worker import ChildWorker, Stopped
from evidence.jobs import IsCancelled

SILENCE_S = 60.0
"""How long a camera may bring no picture before its decoder is held to hang."""

Target = Callable[["Connection[FromChild, ToChild]"], None]
Came = Done | str
"""What came of a camera: the figures, or in words why there are none."""


class MediaTeam:
    """Owns as many children as an item has cameras; use it as a context manager, from one thread."""

    def __init__(self, target: Target = media_child.run, silence_s: float = SILENCE_S) -> None:
        self._target = target
        self._silence_s = silence_s
        self._workers: list[ChildWorker[ToChild, FromChild]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End all children."""
        for worker in self._workers:
            worker.close()

    def decode(
        self, orders: Sequence[Prepare], on_frames: Callable[[int], None], cancelled: IsCancelled
    ) -> tuple[Came, ...]:
        """Decode these together; return what came of each, in order.

        Args:
            orders: one for each camera.
            on_frames: told, from threads of this call, how many frames are done in all.
            cancelled: asked some twenty times a second.

        Raises:
            Cancelled: the user wished it.
        """
        while len(self._workers) < len(orders):
            self._workers.append(
                ChildWorker(
                    self._target,
                    name="preflight",
                    what="the program that decodes it",
                    doing="Decoding",
                    silence_s=self._silence_s,
                )
            )
        done = [0] * len(orders)
        over = Event()

        def take(number: int, message: FromChild) -> FromChild | None:
            if isinstance(message, Advanced):
                done[number] = message.frames
                on_frames(sum(done))
                return None
            return message

        def ask(number: int, order: ToChild) -> FromChild | Stopped:
            return self._workers[number].ask(
                order, lambda message: take(number, message), cancelled=lambda: cancelled() or over.is_set()
            )

        with ThreadPoolExecutor(max(1, len(orders)), thread_name_prefix="preflight") as threads:
            try:
                ready = list(threads.map(ask, range(len(orders)), orders))
                answers = list(
                    threads.map(
                        lambda number: ask(number, Go()) if isinstance(ready[number], Prepared) else ready[number],
                        range(len(orders)),
                    )
                )
            finally:
                over.set()
        return tuple(_came(answer) for answer in answers)


def _came(answer: FromChild | Stopped) -> Came:
    if isinstance(answer, Done):
        return answer
    if isinstance(answer, Stopped | Broken):
        return answer.reason
    return "the program that decodes it answered with something else"
