"""The ring: pictures in memory that the window and one decoder process share.

A slot belongs to one side at a time. It is the decoder's until `FrameReady` hands it over, then the window's until
`Want.recycled` hands it back; there are no locks. The memory's name is removed as soon as the decoder has attached, so
that a kill of either side leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import os
import sys
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evidence.errors import DecoderError
from player.shared_block import attach_block

_SHM = Path("/dev/shm")  # noqa: S108 - where Linux keeps shared memory; asked for its free space only
_FEWEST_SLOTS = 3
_SPARE_BYTES = 4 << 20


class RingGoneError(Exception):
    """The memory was given up before the decoder came to it; word of another ring is on its way."""


class Ring:
    """Shared memory for `slots` pictures of at most `slot_bytes` each.

    Attributes:
        number: by which messages name it.
        slots: how many pictures it holds.
        slot_bytes: room for one.
    """

    def __init__(self, number: int, memory: SharedMemory, slots: int, slot_bytes: int, *, is_owner: bool) -> None:
        self.number = number
        self.slots = slots
        self.slot_bytes = slot_bytes
        self._memory = memory
        self._is_named = is_owner
        self._is_open = True

    @classmethod
    def create(cls, number: int, slots: int, slot_bytes: int) -> Ring:
        """Make a ring; take fewer slots where shared memory is short.

        Raises:
            DecoderError: there is no room for even three pictures.
        """
        free = free_shared_bytes()
        fitting = slots if free is None else min(slots, max(0, free - _SPARE_BYTES) // slot_bytes)
        if fitting < min(slots, _FEWEST_SLOTS):
            raise _no_room(slot_bytes, free)
        try:
            memory = SharedMemory(create=True, size=fitting * slot_bytes)
        except OSError as error:
            raise _no_room(slot_bytes, free) from error
        return cls(number, memory, fitting, slot_bytes, is_owner=True)

    @classmethod
    def attach(cls, number: int, name: str, slots: int, slot_bytes: int) -> Ring:
        """Open a ring made by the window, with its memory reserved, so that a write can never be refused later.

        Raises:
            RingGoneError: the window has let go of it since, and made another.
            DecoderError: there is no room for even three pictures.
        """
        try:
            memory = attach_block(name)
        except FileNotFoundError as error:
            raise RingGoneError(name) from error
        except OSError as error:
            raise _no_room(slot_bytes, free_shared_bytes()) from error
        room = _reserve(name, slots, slot_bytes)
        if room < min(slots, _FEWEST_SLOTS):
            memory.close()
            raise _no_room(slot_bytes, free_shared_bytes())
        return cls(number, memory, room, slot_bytes, is_owner=False)

    @property
    def name(self) -> str:
        """The memory's name, by which `attach` finds it."""
        return self._memory.name

    def slot(self, number: int) -> memoryview:
        """Return the bytes of one slot. Whoever owns the slot may use it; release it before `close`."""
        if not 0 <= number < self.slots:
            raise IndexError(f"slot {number} of {self.slots}")
        buffer = self._memory.buf
        assert buffer is not None, "the ring was closed"
        return buffer[number * self.slot_bytes : (number + 1) * self.slot_bytes]

    def picture(self, number: int, width: int, height: int) -> NDArray[np.uint8]:
        """Return a slot as an array uint8[height, width, 4] without copying."""
        size = width * height * 4
        return np.frombuffer(self.slot(number)[:size], dtype=np.uint8).reshape(height, width, 4)

    def samples(self, number: int) -> NDArray[np.uint8]:
        """Return all bytes of a slot as an array without copying."""
        return np.frombuffer(self.slot(number), dtype=np.uint8)

    @property
    def is_open(self) -> bool:
        """Whether the memory is still held."""
        return self._is_open

    def remove_name(self) -> None:
        """Take the name away; both sides keep what they have mapped. Harmless when called again."""
        if self._is_named:
            self._is_named = False
            self._memory.unlink()

    def close(self) -> None:
        """Let go of the memory. A picture of it that is still in use keeps it alive until that is dropped."""
        self.remove_name()
        self._is_open = False
        with contextlib.suppress(BufferError):
            self._memory.close()


def free_shared_bytes() -> int | None:
    """Return how much shared memory is free, or None where the system does not tell."""
    if not sys.platform.startswith("linux") or not _SHM.is_dir():
        return None
    state = os.statvfs(_SHM)
    return state.f_bavail * state.f_frsize


def _reserve(name: str, slots: int, slot_bytes: int) -> int:
    """Make the system set the pages aside and return how many slots that gave; without it a write could be a SIGBUS."""
    path = _SHM / name.lstrip("/")
    if not sys.platform.startswith("linux") or not path.exists():
        return slots
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        for slot in range(slots):
            try:
                os.posix_fallocate(descriptor, slot * slot_bytes, slot_bytes)
            except OSError:
                return slot
    finally:
        os.close(descriptor)
    return slots


def _no_room(slot_bytes: int, free: int | None) -> DecoderError:
    rest = "" if free is None else f"; {free >> 20} MB are free"
    return DecoderError(
        f"There is too little shared memory for pictures of {slot_bytes >> 10} kB{rest}.",
        meaning="The recording itself is not affected.",
        remedy="Make the window smaller, show fewer cameras, or give the system more shared memory (/dev/shm).",
    )
