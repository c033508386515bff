"""How like its original a frame is that was encoded anew, and whether it is that frame rather than one beside it.

Likeness is the peak signal to noise ratio of each plane, chroma as well as luma. It cannot tell frames of a calm scene
apart, so each frame is also compared with its neighbours where these really differ from it: there it must be
nearer to its own original. Where neighbours differ by no more than an encoder may leave out, nothing can be told and
nothing is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from math import log10

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from player.decoder.planes import rows_of

_INFINITE_MDB = 100_000
_DIFFERS = 10 / 255
"""Share of full scale by which a sample must differ between two frames to tell them apart; noise differs less."""

_ENOUGH_SAMPLES = 24
_PLAINLY = 1 / 200
"""Share of the samples that must differ before one frame by itself is called another: an encoder may leave a few blocks
as they are in the frame beside it, at a likeness of 50 dB and more."""

_TOLD_FOR_A_DOUBT = 4
_NEARER = 0.75
"""The square error to one frame is less than this share of that to the other, or nothing is said. Measured on real
recordings: at most 0.54 to the own frame where few samples differ, a thousandth where many do; mistaken, over 2."""

Samples = NDArray[np.uint8] | NDArray[np.uint16]


class OtherSizeError(Exception):
    """Two frames are not of one size, or of one form."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A frame of the original, and what is shown in its place; `is_encoded` where the two need not be equal."""

    number: int
    original: VideoFrame
    found: VideoFrame | None
    is_encoded: bool


class MistakenFrameError(Exception):
    """What is shown is nearer to another frame of the original; the message says which, in a sentence."""


class Verdict(Enum):
    """What is shown in a frame's place, where it can be told from the frame beside it."""

    OWN = auto()
    OTHER = auto()
    PERHAPS_OTHER = auto()
    """By so few samples that one frame alone proves nothing; of a film that is a frame off all frames say so."""


class Neighbours:
    """Compares each frame with the ones before and after it; frames come in order.

    Attributes:
        told: how many encoded frames were told from one beside them at least.
    """

    def __init__(self) -> None:
        self._last: Compared | None = None
        self._last_told = -1
        self._doubts: list[str] = []
        self.told = 0

    def take(self, one: Compared) -> None:
        """Compare the next frame with the one before. Raises MistakenFrameError or OtherSizeError."""
        before, self._last = self._last, one
        if before is not None:
            self._tell(before, one)
            self._tell(one, before)

    def conclude(self) -> None:
        """Weigh what was told by few samples. Raises MistakenFrameError where that is too much beside what was told."""
        if _TOLD_FOR_A_DOUBT * len(self._doubts) > self.told:
            raise MistakenFrameError(self._doubts[0])

    def _tell(self, own: Compared, neighbour: Compared) -> None:
        if own.found is None or not own.is_encoded:
            return
        verdict = tells_apart(own, neighbour)
        nearer = f"What is shown as frame {own.number:,} is nearer to frame {neighbour.number:,} of the original."
        if verdict is Verdict.OTHER:
            raise MistakenFrameError(nearer)
        if verdict is Verdict.PERHAPS_OTHER:
            self._doubts.append(nearer)
        if verdict is Verdict.OWN and own.number != self._last_told:
            self._last_told = own.number
            self.told += 1


def plane_errors(original: VideoFrame, found: VideoFrame) -> tuple[float, ...]:
    """Return the mean square difference of every plane, as a share of the full scale squared.

    Raises:
        OtherSizeError: they cannot be compared.
    """
    if (original.width, original.height, original.format.name) != (found.width, found.height, found.format.name):
        raise OtherSizeError
    scale = full_scale(original)
    return tuple(
        _mean_square(samples_of(original, number), samples_of(found, number)) / scale**2
        for number in range(len(original.planes))
    )


def tells_apart(own: Compared, neighbour: Compared) -> Verdict | None:
    """Tell whether what is shown for `own` is that frame rather than its neighbour; None where the two are too alike.

    Raises:
        OtherSizeError: they cannot be compared.
    """
    assert own.found is not None
    if (own.original.width, own.original.height) != (neighbour.original.width, neighbour.original.height):
        return None
    least = _DIFFERS * full_scale(own.original)
    to_own, to_other, count, every = 0.0, 0.0, 0, 0
    for number in range(len(own.original.planes)):
        mine, other = samples_of(own.original, number), samples_of(neighbour.original, number)
        every += mine.size
        places = np.flatnonzero(_apart(mine, other) >= least)
        if not len(places):
            continue
        found = samples_of(own.found, number).reshape(-1)[places].astype(np.float32)
        to_own += float(np.sum(np.square(found - mine.reshape(-1)[places])))
        to_other += float(np.sum(np.square(found - other.reshape(-1)[places])))
        count += len(places)
    if count < _ENOUGH_SAMPLES or _NEARER * to_other <= to_own <= to_other / _NEARER:
        return None
    if to_own < to_other:
        return Verdict.OWN
    return Verdict.OTHER if count >= _PLAINLY * every else Verdict.PERHAPS_OTHER


def samples_of(frame: VideoFrame, number: int) -> Samples:
    """Return the samples of a plane without padding, [rows, samples]; of packed pictures all that a row holds."""
    rows = np.ascontiguousarray(rows_of(frame, number)[:, : row_bytes(frame, number)])
    return rows.view(np.uint16) if frame.format.components[0].bits > 8 else rows


def row_bytes(frame: VideoFrame, number: int) -> int:
    """Return how many bytes of a plane's row are pixels."""
    plane = frame.planes[number]
    form = frame.format
    if form.has_palette:
        return plane.width if number == 0 else plane.line_size
    bits = form.padded_bits_per_pixel if len(frame.planes) == 1 else 8 * _sample_bytes(frame, number)
    return min(plane.line_size, (plane.width * bits + 7) // 8)


def full_scale(frame: VideoFrame) -> int:
    """Return the largest value that a sample can have."""
    return (1 << frame.format.components[0].bits) - 1


def decibels(error: float) -> int:
    """Return a mean square error as a peak signal to noise ratio, thousandths of a decibel."""
    return _INFINITE_MDB if error <= 0 else round(-10_000 * log10(error))


def _mean_square(one: Samples, other: Samples) -> float:
    return float(np.mean(np.square(_apart(one, other), dtype=np.float32), dtype=np.float64))


def _apart(one: Samples, other: Samples) -> Samples:
    """Return by how much samples differ, without sign and without leaving their own kind of number."""
    apart: Samples = np.maximum(one, other) - np.minimum(one, other)
    return apart


def _sample_bytes(frame: VideoFrame, number: int) -> int:
    wide = 2 if frame.format.components[0].bits > 8 else 1
    is_woven = frame.format.name.startswith(("nv", "p0", "p2", "p4")) and number == 1
    return wide * (2 if is_woven else 1)
