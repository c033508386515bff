"""Starts child processes that load only what they need, and end when the program that started them is gone.

A child begins with an interpreter of its own, which on Linux can be had ready: `keep_ready` starts one process that
has loaded the modules that most children need, and every child from then on is a copy of it. That process has one
thread and never runs anything of a case, so that what a child inherits is the same each time.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any

if sys.platform != "win32":
    import resource

_MOST_MEMORY_BYTES = 8 << 30
_main_module = threading.Lock()
_ready = threading.Event()


def keep_ready(*modules: str) -> None:
    """Have a process ready that children are copied from, with `modules` loaded; only where the system is Linux.

    It ends by itself with this process and its children. Windows cannot copy a process, and on macOS a copy of one
    that has loaded the system's frameworks may crash: there, and where this was not called, each starts from nothing.

    Args:
        modules: names of modules that start no threads and hold no files; a second call does nothing.
    """
    if sys.platform != "linux" or _ready.is_set():
        return
    forkserver.set_forkserver_preload(list(modules))
    with _without_main_module():
        forkserver.ensure_running()
    _ready.set()


def start_child(target: Callable[..., None], *arguments: Any, name: str) -> BaseProcess:
    """Start `target(*arguments)` in a process of its own, without the program's main module and all that it imports.

    Args:
        target: a function of a module that is light to import; it should return when its pipe closes.
        arguments: what is handed to it; a pipe's end is allowed.
        name: for people who look at a list of processes; Linux shows its first 15 letters.
    """
    if _ready.is_set():
        with contextlib.suppress(OSError, EOFError):  # the process that copies are made of was killed
            return _started("forkserver", target, arguments, name, _Surroundings(dict(os.environ), _limits()))
    return _started("spawn", target, arguments, name, None)


def _started(
    method: str, target: Callable[..., None], arguments: tuple[Any, ...], name: str, around: _Surroundings | None
) -> BaseProcess:
    whole = (target, arguments, name, around)
    process: BaseProcess = multiprocessing.get_context(method).Process(  # type: ignore[attr-defined]
        target=_begin, args=whole, name=name, daemon=True
    )
    with _without_main_module():
        process.start()
    return process


def _begin(target: Callable[..., None], arguments: tuple[Any, ...], name: str, around: _Surroundings | None) -> None:
    """Runs in the child: take the name and the surroundings of today, then do what it was started for."""
    if around is not None:
        around.take_on()
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(name)
    target(*arguments)


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What a child that starts from nothing inherits, and a copy has to be told.

    Attributes:
        environment: the environment's variables.
        limits: the system's limits (`resource.setrlimit`), by their numbers; soft and hard.
    """

    environment: dict[str, str]
    limits: dict[int, tuple[int, int]]

    def take_on(self) -> None:
        """Make them those of this process."""
        os.environ.clear()
        os.environ.update(self.environment)
        for number, limit in self.limits.items():
            if resource.getrlimit(number) != limit:
                with contextlib.suppress(OSError, ValueError):
                    resource.setrlimit(number, limit)


def _limits() -> dict[int, tuple[int, int]]:
    numbers = (resource.RLIMIT_FSIZE, resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)
    return {number: resource.getrlimit(number) for number in numbers}


def limit_this_process() -> None:
    """In a child: let a file that asks for more memory than any recording needs break this process, not the machine."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))


@contextlib.contextmanager
def _without_main_module() -> Iterator[None]:
    with _main_module:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
