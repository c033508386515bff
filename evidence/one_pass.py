"""Reads a file once for two readers: the demuxer, which jumps about, and the hash, which wants every byte in order.

The demuxer gets a file object. Where it reads on from the last hashed byte, those bytes go to the hash as well; a
small gap that it jumps over is read for the hash; a far jump (an index at the end of the file) is an extra read.
What is left over at the end is read for the hash alone.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from evidence.hashing import CHUNK_BYTES, Digest, StreamHasher
from evidence.originals import Original, OriginalStream

_SMALL_GAP_BYTES = 8 * CHUNK_BYTES


class OnePass(OriginalStream):
    """A file object over an original whose reads feed its hash; for one thread.

    Attributes:
        extra_bytes: bytes that were read a second time because the demuxer jumped about.
    """

    def __init__(self, original: Original, on_bytes: Callable[[int], None]) -> None:
        super().__init__(original)
        self._hasher = StreamHasher()
        self._hashed = 0
        self._on_bytes = on_bytes
        self.extra_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hasher.abandon()

    @property
    def size_bytes(self) -> int:
        """Length of the file in bytes."""
        return self._original.size_bytes

    def give_sign(self) -> None:
        """Tell that work goes on although no byte was read."""
        self._on_bytes(self._hashed)

    def read(self, length: int = -1) -> bytes:
        """Return up to `length` bytes from where the stream stands."""
        place = self._place
        if self._hashed < place <= self._hashed + _SMALL_GAP_BYTES:
            self._hash_up_to(place)
        found = super().read(length)
        end = place + len(found)
        fresh = max(0, end - max(place, self._hashed)) if place <= self._hashed else 0
        self.extra_bytes += len(found) - fresh
        if fresh:
            self._take(found[-fresh:])
        return found

    def finish(self) -> Digest:
        """Read whatever the demuxer left, and return the hash of the whole file.

        Raises:
            OriginalUnreadableError: the disk returned an error.
        """
        self._hash_up_to(None)
        return self._hasher.finish()

    def _hash_up_to(self, end: int | None) -> None:
        while end is None or self._hashed < end:
            length = CHUNK_BYTES if end is None else min(CHUNK_BYTES, end - self._hashed)
            piece = self._original.read_at(self._hashed, length)
            if not piece:
                break
            self._take(piece)

    def _take(self, piece: bytes) -> None:
        self._hasher.update(piece)
        self._hashed += len(piece)
        self._on_bytes(self._hashed)
