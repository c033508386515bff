"""Waveforms: how loud a recording is, in bins of 10 ms by the exact stamps of its sound, with coarser levels above.

Bin `b` covers `[b, b + 1)` hundredths of a second of the file's own time. It holds the least and the greatest sample of
all channels and their root mean square, as int16 at full scale 32,767. A bin without a sample is a gap and says so
(`least > greatest`); nothing is made up. Level `n` has bins of `10 ms * 4**n`; its bins are cut at whole multiples, so
that they lie the same in every recording.

The file is the levels one after another, little-endian int16[bins, 3]; the manifest's layout says where each begins.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from evidence.times import NS_PER_S
from player.derived.store import Json, Kind, Manifest, Recipe

BINS_A_SECOND = 100
FACTOR = 4
SUFFIX = ".levels"
_VERSION = 1
_LEVELS = 8
_CHUNK = 1 << 16
_BIN_BYTES = 6
_MOST_BINS = BINS_A_SECOND * 86_400 * 40
_GAP = (32_767, -32_768, 0)

Bins = NDArray[np.int16]
"""int16[bins, 3]: least, greatest, root mean square."""


def waveform_recipe(source_sha256: str, stream: int) -> Recipe:
    """Name the waveform of one sound stream."""
    return Recipe(source_sha256, Kind.WAVEFORM, stream, "10ms", _VERSION, SUFFIX)


def bin_ns(level: int) -> int:
    """Return the length of a bin of a level, ns."""
    return NS_PER_S // BINS_A_SECOND << 2 * level


def no_bins(count: int) -> Bins:
    """Return so many bins of nothing: a gap."""
    return np.tile(np.array(_GAP, dtype=np.int16), (count, 1))


class WaveformWriter:
    """Takes samples with their numbers and writes a waveform, holding no more than a second of them.

    Sample `n` lies at `n / rate` seconds of the file's own time. Samples come in order; what overlaps the ones
    before is left out, what they leave open is a gap.
    """

    def __init__(self, file: BinaryIO, rate: int) -> None:
        self._file = file
        self._rate = rate
        self._first_bin: int | None = None
        self._bins = 0
        self._next = 0
        self._held: list[NDArray[np.int16]] = []
        self._held_samples = 0
        self._held_start = 0

    def add(self, sample: int, samples: NDArray[np.int16]) -> None:
        """Take samples, int16[channels, samples], the first of them number `sample`."""
        if self._first_bin is not None or self._held:
            skip = max(0, self._next - sample)
            sample, samples = sample + skip, samples[:, skip:]
        if not samples.shape[1]:
            return
        if self._held and (sample != self._next or samples.shape[0] != self._held[0].shape[0]):
            self._write_held(is_last=True)
        if not self._held:
            self._held_start = sample
        self._held.append(samples)
        self._held_samples += samples.shape[1]
        self._next = sample + samples.shape[1]
        if self._held_samples >= self._rate:
            self._write_held(is_last=False)

    def finish(self) -> Manifest:
        """Write the coarser levels and return what the file is; the file stays open."""
        self._write_held(is_last=True)
        first = self._first_bin or 0
        layout: list[Json] = []
        offset, count = 0, self._bins
        for level in range(_LEVELS):
            layout.append([first, offset, count])
            if level == _LEVELS - 1 or count <= 1:
                break
            following = first // FACTOR
            self._write_level(offset, first, count)
            offset += count * _BIN_BYTES
            first, count = following, (first + count - 1) // FACTOR - following + 1 if count else 0
        size, crc = _size_and_crc(self._file)
        words = "least and greatest sample of all channels and their root mean square in bins of 10 ms, and coarser"
        return Manifest(words, size, crc, "", {"levels": layout, "rate": self._rate})

    def _write_held(self, *, is_last: bool) -> None:
        """Write the bins of the samples held; the last one, which is not full, stays unless it is the last."""
        if not self._held:
            return
        samples = np.concatenate(self._held, axis=1)
        first = self._held_start * BINS_A_SECOND // self._rate
        end = -(-self._next * BINS_A_SECOND // self._rate) if is_last else self._next * BINS_A_SECOND // self._rate
        edges = -(-np.arange(first, end + 1, dtype=np.int64) * self._rate // BINS_A_SECOND) - self._held_start
        edges = np.clip(edges, 0, samples.shape[1])
        if end > first:
            self._append(first, _reduced(samples, edges))
        rest = samples[:, edges[-1] :] if end > first else samples
        is_over = is_last or not rest.shape[1]
        self._held = [] if is_over else [rest]
        self._held_samples = 0 if is_over else rest.shape[1]
        self._held_start = self._next - self._held_samples

    def _append(self, first: int, bins: Bins) -> None:
        """Write bins after those that are there, with gaps between; one that is there already takes in the other."""
        if self._first_bin is None:
            self._first_bin = first
        gap = first - (self._first_bin + self._bins)
        if gap < 0:
            before = min(-gap, self._bins, len(bins))
            self._file.seek(-before * _BIN_BYTES, 2)
            old = np.frombuffer(self._file.read(before * _BIN_BYTES), dtype="<i2").reshape(-1, 3)
            bins = np.concatenate([_joined(old, bins[:before]), bins[before:]])
            self._file.seek(-before * _BIN_BYTES, 2)
            self._bins -= before
        if self._bins + max(0, gap) + len(bins) > _MOST_BINS:
            raise ValueError("the stamps of the sound span more time than any recording")
        for _ in range(max(0, gap) // _CHUNK):
            self._write(no_bins(_CHUNK))
        self._write(no_bins(max(0, gap) % _CHUNK))
        self._write(bins)

    def _write(self, bins: Bins) -> None:
        self._file.write(bins.astype("<i2").tobytes())
        self._bins += len(bins)

    def _write_level(self, offset: int, first: int, count: int) -> None:
        """Write the level above the one that begins at `offset`, chunk by chunk."""
        lead = first % FACTOR
        for start in range(-lead, count, _CHUNK):
            here, end = max(0, start), min(count, start + _CHUNK)
            self._file.seek(offset + here * _BIN_BYTES)
            bins = np.frombuffer(self._file.read((end - here) * _BIN_BYTES), dtype="<i2").reshape(-1, 3)
            self._file.seek(0, 2)
            self._file.write(coarser(bins, here - start if start < 0 else 0).astype("<i2").tobytes())


def coarser(bins: Bins, lead: int) -> Bins:
    """Return bins four times as long. `lead`: how many bins are missing before the first whole one, 0 to 3."""
    if not len(bins):
        return bins
    tail = -(lead + len(bins)) % FACTOR
    padded = np.concatenate([no_bins(lead), bins, no_bins(tail)]).reshape(-1, FACTOR, 3)
    there = padded[:, :, 0] <= padded[:, :, 1]
    squares = np.where(there, padded[:, :, 2].astype(np.int64) ** 2, 0).sum(axis=1)
    mean = np.sqrt(squares / np.maximum(1, there.sum(axis=1)))
    parts = [padded[:, :, 0].min(axis=1), padded[:, :, 1].max(axis=1), mean.astype(np.int16)]
    return np.stack(parts, axis=1)


def _joined(one: Bins, other: Bins) -> Bins:
    return np.stack(
        [np.minimum(one[:, 0], other[:, 0]), np.maximum(one[:, 1], other[:, 1]), np.maximum(one[:, 2], other[:, 2])],
        axis=1,
    )


def _reduced(samples: NDArray[np.int16], edges: NDArray[np.int64]) -> Bins:
    """Return one bin for each pair of edges; int16[channels, samples], edges within them and increasing."""
    bins = no_bins(len(edges) - 1)
    filled = np.flatnonzero(np.diff(edges) > 0)
    if not len(filled):
        return bins
    starts = edges[:-1][filled]
    inside = samples[:, : edges[filled[-1] + 1]]
    least, greatest = inside.min(axis=0), inside.max(axis=0)
    squares = np.add.reduceat((inside.astype(np.float64) ** 2).mean(axis=0), starts) / np.diff(edges)[filled]
    bins[filled, 0] = np.minimum.reduceat(least, starts)
    bins[filled, 1] = np.maximum.reduceat(greatest, starts)
    bins[filled, 2] = np.minimum(np.sqrt(squares), 32_767).astype(np.int16)
    return bins


def _size_and_crc(file: BinaryIO) -> tuple[int, int]:
    file.seek(0)
    size = crc = 0
    while block := file.read(1 << 20):
        size, crc = size + len(block), zlib.crc32(block, crc)
    return size, crc


@dataclass(frozen=True, slots=True)
class Level:
    """Where a level lies.

    Attributes:
        first_bin: number of its first bin.
        offset: byte at which it begins in the file.
        count: how many bins it has.
    """

    first_bin: int
    offset: int
    count: int


class WaveformFile:
    """A waveform that is open to be read, checked against its manifest. Used by one thread; close it."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        """Open and check the file.

        Raises:
            ValueError: it is damaged.
            OSError: it is gone or cannot be read.
        """
        with ExitStack() as undo:
            self._file = undo.enter_context(path.open("rb"))
            if _size_and_crc(self._file) != (manifest.size_bytes, manifest.crc32):
                raise ValueError("the waveform is damaged")
            self.levels = tuple(_levels_of(manifest))
            undo.pop_all()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def bins(self, level: int, first: int, count: int) -> Bins:
        """Return `count` bins of a level from number `first` on; outside of the sound are gaps. Raises OSError."""
        place = self.levels[level]
        result = no_bins(count)
        start, end = max(first, place.first_bin), min(first + count, place.first_bin + place.count)
        if start < end:
            self._file.seek(place.offset + (start - place.first_bin) * _BIN_BYTES)
            found = np.frombuffer(self._file.read((end - start) * _BIN_BYTES), dtype="<i2")
            found = found[: len(found) // 3 * 3].reshape(-1, 3)
            result[start - first : start - first + len(found)] = found
        return result


def level_for(ns_per_pixel: int, levels: int) -> int:
    """Return the coarsest level of which a pixel still holds at least one bin."""
    level = 0
    while level + 1 < levels and bin_ns(level + 1) <= ns_per_pixel:
        level += 1
    return level


def _levels_of(manifest: Manifest) -> Iterator[Level]:
    listed = manifest.layout.get("levels")
    if not isinstance(listed, list) or not listed:
        raise ValueError("the waveform's manifest names no level")
    for entry in listed:
        if not isinstance(entry, list) or len(entry) != 3 or not all(isinstance(number, int) for number in entry):
            raise ValueError("the waveform's manifest is damaged")
        first, offset, count = (int(number) for number in entry if isinstance(number, int))
        if offset < 0 or count < 0 or offset + count * _BIN_BYTES > manifest.size_bytes:
            raise ValueError("the waveform's manifest is damaged")
        yield Level(first, offset, count)
