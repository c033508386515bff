"""Opens shared memory that another process made and will take away."""

from __future__ import annotations

import sys
from multiprocessing import shared_memory
from multiprocessing.shared_memory import SharedMemory


def attach_block(name: str) -> SharedMemory:
    """Open memory that the window made, without a word to the tracker of what has to be taken away at the end.

    The window tells the tracker when it has taken the memory away; said again afterwards by a decoder that came late,
    the tracker would look for it at the end and complain (https://github.com/python/cpython/issues/82300).
    For processes that do this in one thread.

    Raises:
        FileNotFoundError: the window has taken it away since.
        OSError: it cannot be mapped.
    """
    if sys.version_info >= (3, 13):
        return SharedMemory(name=name, track=False)
    told = shared_memory.resource_tracker.register  # type: ignore[attr-defined]
    shared_memory.resource_tracker.register = lambda *_: None  # type: ignore[attr-defined]
    try:
        return SharedMemory(name=name)
    finally:
        shared_memory.resource_tracker.register = told  # type: ignore[attr-defined]
