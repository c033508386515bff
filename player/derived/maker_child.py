"""The child process that makes previews: takes tasks from a pipe, works with the lowest priority, waits when told to.

Light to import; what it needs is loaded in the child. A thread of its own listens to the pipe, so that the process
ends at once when its parent is gone, whatever a hostile file makes the working thread do.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from evidence.errors import SightlineError
from player.derived.store import Manifest
from player.derived.task import MakeTask

_REPORT_EVERY_S = 0.1
_SIGN_EVERY_S = 5.0
_MOST_MEMORY_BYTES = 8 << 30
_BELOW_NORMAL = 0x4000


@dataclass(frozen=True)
class Make:
    """Make this, as `draft`."""

    task: MakeTask
    draft: Path


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait before the next small step, or go on."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """The child has loaded what it needs."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """How much is done, of how much; also a sign of life."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Made:
    """The draft is whole."""

    manifest: Manifest


@dataclass(frozen=True, slots=True)
class NotMade:
    """There will be no such preview.

    Attributes:
        reason: in words.
        is_disk: the disk did not take it; the original is not at fault.
    """

    reason: str
    is_disk: bool = False


ToMaker = Make | Pause
FromMaker = Ready | Advanced | Made | NotMade


def run(pipe: Connection[FromMaker, ToMaker]) -> None:
    """Make what is asked for until the pipe closes. Runs in the child process."""
    _be_modest()
    asked: queue.SimpleQueue[Make] = queue.SimpleQueue()
    may_work = threading.Event()
    may_work.set()
    threading.Thread(target=_listen, args=(pipe, asked, may_work), name="listener", daemon=True).start()
    from player.derived.making import make

    with contextlib.suppress(OSError):
        pipe.send(Ready())
        while True:
            order = asked.get()
            steps = _Steps(pipe, may_work, order.draft)
            answer: FromMaker
            try:
                answer = Made(make(order.task, order.draft, steps))
            except SightlineError as error:
                answer = NotMade(str(error))
            except OSError as error:
                answer = NotMade(error.strerror or str(error), is_disk=True)
            except Exception as error:  # noqa: BLE001 - gate: whatever a hostile file brings about is told
                answer = NotMade(f"{type(error).__name__}: {error}")
            pipe.send(answer)


class _Steps:
    """Between two small steps: tells the parent how far it is, and waits while it is told to."""

    def __init__(self, pipe: Connection[FromMaker, ToMaker], may_work: threading.Event, draft: Path) -> None:
        self._pipe = pipe
        self._may_work = may_work
        self._draft = draft
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _REPORT_EVERY_S
            self._pipe.send(Advanced(done, total))
        while not self._may_work.wait(_SIGN_EVERY_S):
            with contextlib.suppress(OSError):
                os.utime(self._draft)


def _listen(pipe: Connection[FromMaker, ToMaker], asked: queue.SimpleQueue[Make], may_work: threading.Event) -> None:
    try:
        while True:
            message = pipe.recv()
            match message:
                case Make():
                    asked.put(message)
                case Pause():
                    if message.is_on:
                        may_work.clear()
                    else:
                        may_work.set()
    except (EOFError, OSError):
        os._exit(0)


def _be_modest() -> None:
    """Take only what the machine has to spare, and no more memory than any recording needs."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
        return
    import resource

    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, 19)
    if hasattr(os, "sched_setscheduler"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
