"""Compares the sound of what was written with the original's, sample by sample, and with the picture.

The same stretch of both is decoded; by how many samples one lies beside the other against the picture is found where
they are equal, and then all of it is compared. Runs in the process that cuts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from annotations.cuts.messages import CutOrder, SoundFacts
from annotations.cuts.samples import Samples, SoundWindow, window_of
from annotations.cuts.source import SourceFile
from evidence.demux import OPTIONS, iterate_packets
from evidence.times import NS_PER_S

_TOLERANCE = 2.0**-20
_WARM_UP_S = Fraction(1, 8)
_REACH_S = Fraction(1, 400)
_PROBE = 4_096
_CHUNK = 1 << 16
_WHOLE_NUMBERS = frozenset({"alac", "flac"})
"""Codecs whose samples are whole numbers: what a decoder of loud sound puts beyond full scale is limited to it."""

Sound = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SoundPair:
    """One sound stream in both files.

    Attributes:
        original: its number in the original.
        written: its number in what was written.
        is_copied: whether its packets were copied.
        packets: of copied packets, the SHA-256 of each and its time from the cut's start, ns.
        end: where the file's edit list ends it, seconds from the picture's start; None without an edit list.
    """

    original: int
    written: int
    is_copied: bool
    packets: tuple[tuple[bytes, int], ...]
    end: Fraction | None


def check_sound(order: CutOrder, path: Path, pair: SoundPair, zero: Fraction) -> SoundFacts:
    """Return what a sound stream of a file was found to be.

    Args:
        order: what was cut.
        path: what was written.
        pair: the stream.
        zero: the file's own time of the first frame that was asked for, in seconds.

    Raises:
        FFmpegError: the file cannot be opened.
    """
    length = order.end - order.start
    with SourceFile(order) as source, path.open("rb") as file, av.open(file, "r", options=OPTIONS) as written:
        there, here = source.container.streams[pair.original], written.streams[pair.written]
        assert isinstance(there, AudioStream)
        assert isinstance(here, AudioStream)
        is_whole_numbers = not pair.is_copied and here.codec_context.name in _WHOLE_NUMBERS
        is_padded = order.index is None and not pair.is_copied
        window = window_of(there, order.start, order.end, is_padded=is_padded)
        left = _Line(window, order.start, is_limited=is_whole_numbers)
        right = _Line(window_of(here, zero, zero + length), zero)
        codec = here.codec_context.name
        is_found = left.fill(0) and right.fill(0)
        if not is_found:
            is_same = not left.has_begun
            return SoundFacts(pair.original, codec, pair.is_copied, 0, 0, 0, 0, is_same, _NOTHING)
        shift, compared, is_same = _compare(left, right, is_copied=pair.is_copied)
        rate = left.rate
        shift_ns, note = int(Fraction(shift, rate) * NS_PER_S), _note(left)
        if not is_same and pair.is_copied:
            by_packets = _packet_shift(path, pair, zero)
            is_same, shift_ns, note = by_packets is not None, by_packets or 0, _OWN_NOISE
        right.finish()
        end = Fraction(right.end, rate) if pair.end is None else min(pair.end, Fraction(right.end, rate))
        return SoundFacts(
            stream=pair.original,
            codec=codec,
            is_copied=pair.is_copied,
            start_ns=int(Fraction(right.begin, rate) * NS_PER_S),
            end_ns=int((end - length) * NS_PER_S),
            compared=compared,
            shift_ns=shift_ns,
            is_same=is_same,
            note=note,
        )


_NOTHING = "There is no sound in the range."
_OWN_NOISE = (
    "Its packets are the original's byte for byte and at their times; decoded samples are not compared, as what "
    "decoders of this codec give depends on all that they decoded before"
)


def _packet_shift(path: Path, pair: SoundPair, zero: Fraction) -> int | None:
    """Return by how much packets lie beside their times at most, ns; None where one is not the original's."""
    place, worst = -1, 0
    with path.open("rb") as file, av.open(file, "r", options=OPTIONS) as written:
        for packet in iterate_packets(written, written.streams[pair.written]):
            if not packet.size or packet.pts is None:
                continue
            digest = hashlib.sha256(memoryview(packet)).digest()
            instant = int((packet.pts * packet.time_base - zero) * NS_PER_S)
            place = _first_place(pair, digest, instant) if place < 0 else place + 1
            if not 0 <= place < len(pair.packets) or pair.packets[place][0] != digest:
                return None
            worst = max(worst, instant - pair.packets[place][1], key=abs)
    return worst if place >= 0 else None


def _first_place(pair: SoundPair, digest: bytes, instant: int) -> int:
    """Return which packet this is; of equal ones (silence) the one that is nearest in time."""
    equal = [number for number, (one, _instant) in enumerate(pair.packets) if one == digest]
    return min(equal, key=lambda number: abs(pair.packets[number][1] - instant), default=-1)


def _note(line: _Line) -> str:
    window, parts = line.window, []
    if line.limited:
        parts.append(f"{line.limited:,} samples that the decoder puts beyond full scale stand at full scale")
    if window.silent:
        parts.append(f"{window.silent:,} samples of silence stand where the original has none")
    if window.damaged:
        parts.append(f"{window.damaged:,} damaged packets could not be decoded")
    return "; ".join(parts)


def _compare(left: _Line, right: _Line, *, is_copied: bool) -> tuple[int, int, bool]:
    """Return by how many samples the written sound lies later, how many were compared, and whether all are equal."""
    rate = left.rate
    warm_up = int(_WARM_UP_S * rate) if is_copied else 0
    begin = max(left.begin, right.begin) + warm_up
    shift = _find_shift(left, right, begin, int(_REACH_S * rate))
    if shift is None:
        return 0, 0, not left.fill(begin + 1)
    place, compared = begin + max(0, -shift), 0
    while True:
        mine, theirs = left.take(place, _CHUNK), right.take(place + shift, _CHUNK)
        count = min(mine.shape[1], theirs.shape[1])
        if not count:
            return shift, compared, True
        if not np.allclose(mine[:, :count], theirs[:, :count], rtol=0, atol=_TOLERANCE):
            return shift, compared, False
        compared += count
        place += count


def _find_shift(left: _Line, right: _Line, begin: int, reach: int) -> int | None:
    mine = left.peek(begin, _PROBE)
    for shift in sorted(range(-reach, reach + 1), key=abs):
        theirs = right.peek(begin + shift, mine.shape[1])
        count = min(mine.shape[1], theirs.shape[1])
        if count >= min(_PROBE // 8, mine.shape[1]) > 0 and np.allclose(
            mine[:, :count], theirs[:, :count], rtol=0, atol=_TOLERANCE
        ):
            return shift
    return None


class _Line:
    """The samples of a window, counted from its beginning; read from front to back.

    Attributes:
        window: where they come from.
        begin: number of the first sample there is.
        end: number behind the last one so far.
        limited: how many samples lay beyond full scale, where these are limited.
    """

    def __init__(self, window: SoundWindow, zero: Fraction, *, is_limited: bool = False) -> None:
        self.window = window
        self.rate = window.rate
        self._offset = round(zero * window.rate)
        self._blocks: Iterator[tuple[int, Samples]] = window.blocks()
        self._held: Sound = np.zeros((0, 0))
        self._held_from = 0
        self.begin = 0
        self.end = 0
        self.has_begun = False
        self._is_limited = is_limited
        self.limited = 0

    def fill(self, until: int) -> bool:
        """Read until sample `until` is there; tell whether it is."""
        while not self.has_begun or self.end < until:
            block = next(self._blocks, None)
            if block is None:
                return False
            first, data = block[0] - self._offset, self._limit(_as_sound(block[1]))
            if not self.has_begun:
                self.has_begun = True
                self.begin = self._held_from = first
                self._held = data
            else:
                self._held = np.concatenate([self._held, data], axis=1)
            self.end = first + data.shape[1]
        return True

    def _limit(self, data: Sound) -> Sound:
        if not self._is_limited:
            return data
        self.limited += int(np.count_nonzero(np.abs(data) > 1))
        return np.clip(data, -1, 1)

    def peek(self, start: int, count: int) -> Sound:
        """Return samples without forgetting those before; fewer where there are no more, none before the first."""
        self.fill(start + count)
        if start < self._held_from:
            return self._held[:, :0]
        return self._held[:, start - self._held_from : start - self._held_from + count]

    def take(self, start: int, count: int) -> Sound:
        """Return samples and forget those before."""
        found = self.peek(start, count)
        gone = start - self._held_from
        if gone > 0:
            self._held = self._held[:, gone:]
            self._held_from = start
        return found

    def finish(self) -> None:
        """Read to the end."""
        while self.fill(self.end + _CHUNK):
            self._held, self._held_from = self._held[:, -1:], self.end - 1


def _as_sound(data: Samples) -> Sound:
    """Return samples with full scale 1, whatever kind of number they are."""
    match data.dtype.kind:
        case "u":
            return (data.astype(np.float64) - 128) / 128
        case "i":
            return data.astype(np.float64) / float(1 << (8 * data.dtype.itemsize - 1))
        case _:
            return data.astype(np.float64)
