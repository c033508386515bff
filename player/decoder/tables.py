"""Takes a frame table out of the message that brings it."""

from __future__ import annotations

import pickle
from multiprocessing.shared_memory import SharedMemory

from evidence.frame_index import FrameIndex
from player.protocol import Open


def read_index(message: Open) -> FrameIndex:
    """Take the table out of shared memory. It was pickled by the window, so it is as trusted as this program."""
    if message.index is not None:
        return message.index
    block = SharedMemory(name=message.index_block)
    try:
        assert block.buf is not None
        index = pickle.loads(block.buf[: message.index_size])  # noqa: S301 - written by our own window
        assert isinstance(index, FrameIndex)
        return index
    finally:
        block.close()
