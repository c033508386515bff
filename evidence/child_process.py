"""Starts child processes that load only what they need, and end when the program that started them is gone."""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing.context import SpawnProcess
from types import ModuleType
from typing import Any

_MOST_MEMORY_BYTES = 8 << 30
_main_module = threading.Lock()


def start_child(target: Callable[..., None], *arguments: Any, name: str) -> SpawnProcess:
    """Start `target(*arguments)` in a process of its own, without the program's main module and all that it imports.

    Args:
        target: a function of a module that is light to import; it should return when its pipe closes.
        arguments: what is handed to it; a pipe's end is allowed.
        name: for people who look at a list of processes.
    """
    process = multiprocessing.get_context("spawn").Process(target=target, args=arguments, name=name, daemon=True)
    with _without_main_module():
        process.start()
    return process


def limit_this_process() -> None:
    """In a child: let a file that asks for more memory than any recording needs break this process, not the machine."""
    try:
        import resource
    except ImportError:
        return  # Windows
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
