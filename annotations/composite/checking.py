"""Opens what was written, decodes it whole, and compares it with what was asked for, made anew.

1. Every frame is there with exactly its stamp, and nothing else.
2. Frames spread over the video look as they did when they were handed to the encoder (PSNR).
3. A few of them are looked up, decoded and composed anew from the originals, and look the same.
4. Sound starts and ends with the picture; stretches of it are made anew, and looked for where they should be.

Runs in the process that composes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from annotations.composite.messages import CompositeCheck, CompositeOrder
from annotations.composite.scene import Scene
from annotations.composite.sound import CompositeSound, one_channel
from annotations.cuts.checking import CheckFailedError
from evidence.times import NS_PER_S
from player.decoder.planes import rows_of
from player.sound_protocol import CHUNK_SAMPLES, SOUND_RATE

LEAST_PSNR_MDB = 28_000
WITHIN_SAMPLES = SOUND_RATE // 1000
_COMPARED = 24
_FEWEST_ANEW, _MOST_ANEW = 3, 12
_FRAMES_FOR_ONE_ANEW = 600
"""Each costs a seek in every original, as much as some dozens of frames of the video."""

_MOST_KEPT_BYTES = 64 << 20
_STRETCHES = 8
_STRETCH = SOUND_RATE
_LAG = SOUND_RATE // 10
_TOO_QUIET = 1e-4
_PERFECT_MDB = 100_000

Mono = NDArray[np.float64]


class Kept:
    """Keeps frames spread over a video, as they are handed to the encoder; fewer of large ones.

    Attributes:
        numbers: which.
        luma: of those that were handed over.
    """

    def __init__(self, order: CompositeOrder) -> None:
        fitting = _MOST_KEPT_BYTES // (order.width * order.height)
        self.numbers = _spread(order.frames, max(_FEWEST_ANEW, min(_COMPARED, fitting)))
        self.luma: dict[int, NDArray[np.uint8]] = {}
        self._wanted = frozenset(self.numbers)

    def take(self, number: int, frame: av.VideoFrame) -> None:
        """Keep a frame where it is one of them."""
        if number in self._wanted:
            self.luma[number] = _luma(frame).copy()


def check(order: CompositeOrder, kept: Kept, scene: Scene, path: Path, tell: Callable[[int], None]) -> CompositeCheck:
    """Check a written video.

    Args:
        order: what was asked for.
        kept: frames as they were handed to the encoder.
        scene: composes frames anew.
        path: the file.
        tell: told how many frames were decoded.

    Raises:
        CheckFailedError: it is not what was asked for; the message says why, in a sentence.
        FFmpegError: it cannot be decoded.
    """
    written = _pictures(order, path, frozenset(kept.numbers), tell)
    worst = _PERFECT_MDB
    for number, luma in kept.luma.items():
        worst = min(worst, _compare(number, written[number], luma))
    count = min(_MOST_ANEW, max(_FEWEST_ANEW, order.frames // _FRAMES_FOR_ONE_ANEW))
    anew = [kept.numbers[place] for place in _spread(len(kept.numbers), count)]
    for number, frame in zip(anew, scene.frames(anew), strict=True):
        made, seen = _luma(frame), written[number]
        for place in scene.failed:  # its tile may have been whole when the video was made
            box = order.tiles[place].box
            for luma in (made, seen):
                luma[box.y : box.y + box.height, box.x : box.x + box.width] = 0
        worst = min(worst, _compare(number, seen, made))
    facts = _Sound() if order.sound is None else _sound(order, path)
    return CompositeCheck(
        frames=order.frames,
        compared=len(kept.luma),
        made_anew=len(anew),
        worst_psnr_mdb=worst,
        samples=facts.samples,
        sound_start_ns=facts.start_ns,
        sound_end_ns=facts.end_ns,
        sound_shift_samples=facts.shift,
        sound_compared=facts.compared,
    )


def _pictures(
    order: CompositeOrder, path: Path, wanted: frozenset[int], tell: Callable[[int], None]
) -> dict[int, NDArray[np.uint8]]:
    """Decode every frame; return the luma of some."""
    kept: dict[int, NDArray[np.uint8]] = {}
    count = 0
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in container.decode(stream):
            if frame.pts is None or frame.pts * (frame.time_base or Fraction(0)) != count / order.rate:
                raise CheckFailedError(f"Frame {count:,} of it does not have its stamp.")
            if frame.is_corrupt or (frame.width, frame.height) != (order.width, order.height):
                raise CheckFailedError(f"Frame {count:,} of it is damaged.")
            if count in wanted:
                kept[count] = _luma(frame).copy()
            count += 1
            tell(count)
    if count != order.frames:
        raise CheckFailedError(f"It has {count:,} frames instead of {order.frames:,}.")
    return kept


@dataclass(frozen=True, slots=True)
class _Sound:
    samples: int = 0
    start_ns: int = 0
    end_ns: int = 0
    shift: int | None = None
    compared: int = 0


def _sound(order: CompositeOrder, path: Path) -> _Sound:
    assert order.sound is not None
    firsts = [one // CHUNK_SAMPLES * CHUNK_SAMPLES for one in _spread(max(1, order.samples - _STRETCH), _STRETCHES)]
    heard, start, count = _decoded(path, firsts)
    length = Fraction(order.frames) / order.rate
    end = Fraction(count, SOUND_RATE) + start - length
    if abs(start) > Fraction(1, 1000) or abs(end) > Fraction(1, 1000):
        raise CheckFailedError(f"Its sound starts {_ns(start):,} ns and ends {_ns(end):,} ns after its picture.")
    shifts: list[int] = []
    for first in firsts:
        wanted = CompositeSound(order.sound, order.start)
        blocks = list(wanted.blocks(first, min(_STRETCH, order.samples - first)))
        made = one_channel(np.concatenate(blocks)) if blocks else np.zeros(0)
        shift = _shift(made, heard[first])
        if shift is not None:
            shifts.append(shift)
    shift = max(shifts, key=abs, default=None)
    if shift is not None and abs(shift) > WITHIN_SAMPLES:
        raise CheckFailedError(f"Its sound lies {shift * 1000 // SOUND_RATE} ms beside its picture.")
    return _Sound(count, _ns(start), _ns(end), shift, len(shifts))


def _decoded(path: Path, firsts: list[int]) -> tuple[dict[int, Mono], Fraction, int]:
    """Decode all sound; return stretches by the number of their first sample, its start in seconds, and its length."""
    wanted = {first: np.zeros(_STRETCH) for first in firsts}
    start: Fraction | None = None
    end = length = Fraction(0)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        length = (stream.duration or 0) * (stream.time_base or Fraction(0))
        for frame in container.decode(stream):
            if frame.pts is None or frame.time_base is None:
                raise CheckFailedError("Its sound has no stamps.")
            at = frame.pts * frame.time_base
            start = at if start is None else start
            end = at + Fraction(frame.samples, SOUND_RATE)
            samples = np.asarray(frame.to_ndarray(), dtype=np.float64).mean(axis=0)
            place = round(at * SOUND_RATE)
            for first, stretch in wanted.items():
                low, high = max(first, place), min(first + _STRETCH, place + len(samples))
                if low < high:
                    stretch[low - first : high - first] = samples[low - place : high - place]
    if start is None:
        raise CheckFailedError("It has no sound.")
    if end < start + length:
        raise CheckFailedError("Its sound is shorter than it says.")
    return wanted, start, round(length * SOUND_RATE)  # what the last packet has beyond that is padding


def _shift(made: Mono, heard: Mono) -> int | None:
    """Return by how many samples the heard lies later than the made; None where it is too quiet or too even to tell."""
    heard = heard[: len(made)]
    if len(made) < 2 * _LAG or math.sqrt(float(np.mean(made * made))) < _TOO_QUIET:
        return None
    size = 1 << (2 * len(made) - 1).bit_length()
    product = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(made, size))
    likeness = np.fft.irfft(product, size)
    lags = np.concatenate([likeness[-_LAG:], likeness[: _LAG + 1]])
    best = int(np.argmax(lags))
    # A steady tone repeats itself: where the right place is as good, it is the right place.
    return 0 if lags[_LAG] >= lags[best] * 0.999 else best - _LAG


def _spread(count: int, most: int) -> list[int]:
    """Return up to so many numbers of `count`, evenly, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return [number * (count - 1) // (most - 1) for number in range(most)]


def _luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    return rows_of(frame, 0)[: frame.height, : frame.width]


def _psnr_mdb(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    difference = one.astype(np.int32) - other
    error = float(np.mean(difference * difference))
    return _PERFECT_MDB if error == 0 else min(_PERFECT_MDB, round(10_000 * math.log10(255 * 255 / error)))


def _compare(number: int, seen: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> int:
    found = _psnr_mdb(seen, wanted)
    if found < LEAST_PSNR_MDB:
        raise CheckFailedError(f"Frame {number:,} of it does not look as it should ({found // 1000} dB).")
    return found


def _ns(seconds: Fraction) -> int:
    return int(seconds * NS_PER_S)
