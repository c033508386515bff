"""A camera before the screen, as a process of its own: captures through the X shared memory extension.

It captures at random moments, one in each interval of the rate asked for, so that no player's own beat is met at the
same phase every time. All tiles come from one request, which the X server answers in one piece. Only the frame codes
are kept. Commands come by lines on standard input: `start SECONDS-LONG-AT-MOST`, `stop FILE`; each is answered.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import random
import select
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench.screen.grid import CODE, SIZE, TILES

RATE = 120
"""Captures a second. More than the 60 that the screen shows, so that a picture shown once cannot be missed."""

_ALL_PLANES = ctypes.c_ulong(-1 & 0xFFFFFFFF)
_Z_PIXMAP = 2
_PRIVATE, _CREATE, _REMOVE = 0, 0o1600, 0


class _Segment(ctypes.Structure):
    _fields_ = (
        ("shmseg", ctypes.c_ulong),
        ("shmid", ctypes.c_int),
        ("shmaddr", ctypes.c_void_p),
        ("read_only", ctypes.c_int),
    )


class _Image(ctypes.Structure):
    _fields_ = (
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("xoffset", ctypes.c_int),
        ("format", ctypes.c_int),
        ("data", ctypes.c_void_p),
        ("byte_order", ctypes.c_int),
        ("bitmap_unit", ctypes.c_int),
        ("bitmap_bit_order", ctypes.c_int),
        ("bitmap_pad", ctypes.c_int),
        ("depth", ctypes.c_int),
        ("bytes_per_line", ctypes.c_int),
        ("bits_per_pixel", ctypes.c_int),
    )


class Screen:
    """The part of the X screen where the tiles are."""

    def __init__(self) -> None:
        self._x = x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        self._ext = ext = ctypes.CDLL(ctypes.util.find_library("Xext") or "libXext.so.6")
        for name in ("XOpenDisplay", "XDefaultVisual"):
            getattr(x, name).restype = ctypes.c_void_p
        x.XDefaultRootWindow.restype = ctypes.c_ulong
        ext.XShmCreateImage.restype = ctypes.POINTER(_Image)
        address = x.XOpenDisplay(None)
        if not address:
            raise RuntimeError("there is no display")
        self._display = ctypes.c_void_p(address)
        self._root = ctypes.c_ulong(x.XDefaultRootWindow(self._display))
        self._segment = _Segment()
        visual = ctypes.c_void_p(x.XDefaultVisual(self._display, 0))
        depth = x.XDefaultDepth(self._display, 0)
        self._image = ext.XShmCreateImage(
            self._display, visual, depth, _Z_PIXMAP, None, ctypes.byref(self._segment), *SIZE
        )
        self._pixels = self._attach()

    def _attach(self) -> NDArray[np.uint8]:
        libc = ctypes.CDLL(None)
        libc.shmat.restype = ctypes.c_void_p
        image = self._image.contents
        size = image.bytes_per_line * image.height
        self._segment.shmid = libc.shmget(_PRIVATE, ctypes.c_size_t(size), _CREATE)
        address = libc.shmat(self._segment.shmid, None, 0)
        self._segment.shmaddr = image.data = address
        self._ext.XShmAttach(self._display, ctypes.byref(self._segment))
        self._x.XSync(self._display, 0)
        libc.shmctl(self._segment.shmid, _REMOVE, None)
        memory = (ctypes.c_uint8 * size).from_address(address)
        return np.frombuffer(memory, dtype=np.uint8).reshape(image.height, image.bytes_per_line // 4, 4)

    def grab(self) -> NDArray[np.uint8]:
        """Return uint8[height, width, 4], blue first; valid until the next call."""
        if not self._ext.XShmGetImage(self._display, self._root, self._image, 0, 0, _ALL_PLANES):
            raise RuntimeError("the screen could not be captured")
        return self._pixels


class Roll:
    """Captures that were taken: when, how long each took, and the frame codes of all tiles."""

    def __init__(self, seconds: float) -> None:
        most = int(seconds * RATE) + 1
        self.times = np.zeros(most, dtype=np.int64)
        self.took = np.zeros(most, dtype=np.int64)
        self.codes = np.zeros((most, len(TILES), CODE[3], CODE[2]), dtype=np.uint8)
        self.count = 0

    def take(self, screen: Screen) -> None:
        """Capture once more; without effect when full."""
        if self.count == len(self.times):
            return
        before = time.monotonic_ns()
        pixels = screen.grab()
        after = time.monotonic_ns()
        for number, (x, y, _, _) in enumerate(TILES):
            left, top = x + CODE[0], y + CODE[1]
            self.codes[self.count, number] = pixels[top : top + CODE[3], left : left + CODE[2], 1]
        self.times[self.count], self.took[self.count] = (before + after) // 2, after - before
        self.count += 1

    def save(self, path: Path) -> None:
        """Write what was taken."""
        shown = slice(0, self.count)
        np.savez(path, times=self.times[shown], took=self.took[shown], codes=self.codes[shown])


def main() -> None:
    """Serve the benchmark until it closes the pipe."""
    screen = Screen()
    chance = random.Random(1)
    roll: Roll | None = None
    begin = turn = 0
    _say("ready")
    while True:
        wait = None
        if roll is not None:
            due = begin + int((turn + chance.random()) * 1e9 / RATE)
            wait = max(0.0, (due - time.monotonic_ns()) / 1e9)
        if select.select([sys.stdin], [], [], wait)[0]:
            words = sys.stdin.readline().split()
            if not words:
                return
            if words[0] == "start":
                roll, begin, turn = Roll(float(words[1])), time.monotonic_ns(), 0
            elif roll is not None:
                roll.save(Path(words[1]))
                roll = None
            _say("done")
        elif roll is not None:
            roll.take(screen)
            turn = max(turn + 1, (time.monotonic_ns() - begin) * RATE // 10**9)


def _say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
