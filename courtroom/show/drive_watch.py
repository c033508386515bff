"""Finds out within a second that a drive was pulled out or has failed, before the picture needs what lies on it.

What was read ahead plays on for long, so that a picture alone tells too late. A thread looks three times a second: is
every file still there, and does each drive still give a piece of one of its files? A look that does not come back is
an answer too. One small read a drive and look is nothing that a player would feel.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection

from evidence.errors import OriginalError
from evidence.originals import open_original
from evidence.text import display_name
from evidence.times import NS_PER_S

_EVERY_S = 0.3
_ANSWERS_WITHIN_NS = NS_PER_S * 6 // 10
_PIECE_BYTES = 4_096
_STRIDE = 7_919
"""A prime: the pieces that are read one after the other lie all over a file, where nothing has kept them in memory."""


class DriveWatch:
    """Made and asked on one thread, looks on another. A file that has never been there is not missed.

    Args:
        paths: of the files that are shown, as the operating system names them.
    """

    def __init__(self, paths: Collection[bytes]) -> None:
        self._paths = tuple(dict.fromkeys(paths))
        self._seen: set[bytes] = set()
        self._gone = ""
        self._bad: tuple[bytes, int] | None = None
        self._looking_at = ""
        self._looks = 0
        self._since_ns: int | None = None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="drive watch", daemon=True)

    def begin(self) -> None:
        """Look from now on."""
        self._thread.start()

    def close(self) -> None:
        """End; a look that hangs is left to itself."""
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join(_EVERY_S)

    @property
    def words(self) -> str:
        """What is not as it should be, one sentence; "" where all is well."""
        since = self._since_ns
        if since is not None and time.monotonic_ns() - since > _ANSWERS_WITHIN_NS:
            return f"The drive of {self._looking_at} does not answer."
        return self._gone

    # In the thread

    def _run(self) -> None:
        while not self._is_over.wait(_EVERY_S):
            self._since_ns = time.monotonic_ns()
            self._gone = self._look()
            self._since_ns = None

    def _look(self) -> str:
        """Return what is wrong, or ""; what was wrong is asked for again first, so that it is told once."""
        if self._bad is not None and (words := self._read(*self._bad)):
            return words
        self._bad = None
        drives: dict[int, list[bytes]] = {}
        for path in self._paths:
            self._looking_at = display_name(path)
            try:
                drive = os.stat(path).st_dev  # noqa: PTH116 - a bytes path
            except OSError:
                if path in self._seen:
                    self._bad = (path, 0)
                    return self._read(path, 0)
                continue
            self._seen.add(path)
            drives.setdefault(drive, []).append(path)
        self._looks += 1
        for on_drive in drives.values():
            one = (on_drive[self._looks % len(on_drive)], self._looks * _STRIDE)
            if words := self._read(*one):
                self._bad = one
                return words
        return ""

    def _read(self, path: bytes, piece: int) -> str:
        """Read a piece of a file; return what is wrong, or ""."""
        self._looking_at = display_name(path)
        try:
            with open_original(path) as original:
                pieces = max(1, original.size_bytes // _PIECE_BYTES)
                original.read_at(piece % pieces * _PIECE_BYTES, _PIECE_BYTES)
        except OriginalError:
            return f"{display_name(path)} cannot be read; its drive was pulled out or has failed."
        return ""
