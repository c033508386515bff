"""Hashes of evidence: a small value that knows its algorithm, and a hasher that works beside the reader.

An unknown algorithm raises; it never passes for a match.
"""

from __future__ import annotations

import hashlib
import queue
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

from evidence.jobs import IsCancelled, never_cancelled
from evidence.originals import Original

_HEX_LENGTH = {"sha256": 64}
_HEX = re.compile(r"[0-9a-f]+")
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Digest:
    """A hash value together with its algorithm; two are equal only where both are.

    Attributes:
        algorithm: `sha256`, the only one that is known so far.
        hex: the value in lower-case hex.
    """

    algorithm: str
    hex: str

    def __post_init__(self) -> None:
        if self.algorithm not in _HEX_LENGTH:
            raise ValueError(f"unknown hash algorithm {self.algorithm!r}")
        if len(self.hex) != _HEX_LENGTH[self.algorithm] or not _HEX.fullmatch(self.hex):
            raise ValueError(f"not a {self.algorithm} value: {self.hex!r}")

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Read what `str` wrote, or a bare value of SHA-256 in either case.

        Raises:
            ValueError: it is no such thing.
        """
        algorithm, _, value = text.strip().rpartition(":")
        return cls(algorithm or "sha256", value.lower())


class StreamHasher:
    """Takes SHA-256 of bytes that are handed over in order, in a thread of its own.

    Hashing releases the interpreter's lock, so the caller reads and demuxes meanwhile. At most `depth` pieces wait.
    Always end with `finish` or `abandon`.
    """

    def __init__(self, depth: int = 8) -> None:
        self._waiting: queue.Queue[bytes | None] = queue.Queue(depth)
        self._hash = hashlib.sha256()
        self._is_abandoned = False
        self._thread = threading.Thread(target=self._work, name="hasher", daemon=True)
        self._thread.start()

    def update(self, piece: bytes) -> None:
        """Hand over the next bytes; waits while too many are pending."""
        if piece:
            self._waiting.put(piece)

    def finish(self) -> Digest:
        """Return the hash of everything that was handed over."""
        self._waiting.put(None)
        self._thread.join()
        return Digest("sha256", self._hash.hexdigest())

    def abandon(self) -> None:
        """Stop without a result; does nothing after `finish`."""
        if self._thread.is_alive():
            self._is_abandoned = True
            self._waiting.put(None)
            self._thread.join()

    def _work(self) -> None:
        while (piece := self._waiting.get()) is not None:
            if not self._is_abandoned:
                self._hash.update(piece)


def hash_original(
    original: Original, on_bytes: Callable[[int], None], cancelled: IsCancelled = never_cancelled
) -> Digest | None:
    """Return the SHA-256 of an open original, or None where it was cancelled.

    Args:
        original: is read once from start to end.
        on_bytes: told now and then how many bytes have been read in all; in the caller's thread.
        cancelled: asked after every mebibyte.

    Raises:
        OriginalUnreadableError: the disk returned an error.
    """
    hasher = StreamHasher()
    place = 0
    try:
        while not cancelled():
            piece = original.read_at(place, CHUNK_BYTES)
            if not piece:
                return hasher.finish()
            hasher.update(piece)
            place += len(piece)
            on_bytes(place)
        return None
    finally:
        hasher.abandon()
