"""Takes a frame table out of the message that brings it."""

from __future__ import annotations

import pickle

from evidence.frame_index import FrameIndex
from player.protocol import Open
from player.shared_block import attach_block


def read_index(message: Open) -> FrameIndex:
    """Take the table out of shared memory. It was pickled by the window, so it is as trusted as this program."""
    if message.index is not None:
        return message.index
    block = attach_block(message.index_block)
    try:
        assert block.buf is not None
        index = pickle.loads(block.buf[: message.index_size])  # noqa: S301 - written by our own window
        assert isinstance(index, FrameIndex)
        return index
    finally:
        block.close()
