"""Damages recordings in the ways in which recordings get damaged, and in worse ones; the same every time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

_MOST_BYTES = 6_000_000


def sources_in(folder: Path) -> list[Path]:
    """Return the recordings in a folder that are small enough to be damaged many times."""
    kinds = {".mp4", ".mov", ".avi", ".3gp", ".mts", ".mkv", ".h264"}
    found = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in kinds and path.is_file()]
    return [path for path in found if 0 < path.stat().st_size <= _MOST_BYTES]


def damage(sources: Sequence[Path], target: Path, seed: int) -> Path:
    """Write one damaged recording: bits flipped, cut, or with pieces of itself or of another recording in it."""
    chance = random.Random(seed)
    source = chance.choice(sources)
    content = bytearray(source.read_bytes())
    change = (_flip_bits, _flip_header, _cut_end, _cut_start, _splice, _overwrite, _take_out)[seed % 7]
    change(content, chance, sources)
    path = target / f"{seed:03} {change.__name__.strip('_')}{source.suffix}"
    path.write_bytes(content)
    return path


def _flip_bits(content: bytearray, chance: random.Random, _sources: Sequence[Path]) -> None:
    for _ in range(chance.choice((1, 8, 64, 512))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _flip_header(content: bytearray, chance: random.Random, _sources: Sequence[Path]) -> None:
    """Flip bits where containers keep their tables: at the beginning, at the end, or in an MP4's movie box."""
    movie = content.find(b"moov")
    start = chance.choice([0, max(0, len(content) - 4_096), max(0, movie)])
    for _ in range(chance.choice((1, 4, 32))):
        content[min(len(content) - 1, start + chance.randrange(4_096))] ^= 1 << chance.randrange(8)


def _cut_end(content: bytearray, chance: random.Random, _sources: Sequence[Path]) -> None:
    del content[chance.randrange(1, len(content)) :]


def _cut_start(content: bytearray, chance: random.Random, _sources: Sequence[Path]) -> None:
    del content[: chance.randrange(1, len(content))]


def _splice(content: bytearray, chance: random.Random, sources: Sequence[Path]) -> None:
    """Go on with another recording from somewhere on."""
    other = chance.choice(sources).read_bytes()
    content[chance.randrange(len(content)) :] = other[chance.randrange(len(other)) :]


def _overwrite(content: bytearray, chance: random.Random, _sources: Sequence[Path]) -> None:
    """Lay a piece of the recording, or zeros, over another piece."""
    length = chance.randrange(1, min(65_536, len(content)))
    start, source = (chance.randrange(len(content) - length + 1) for _ in range(2))
    content[start : start + length] = bytes(length) if chance.random() < 0.3 else content[source : source + length]


def _take_out(content: bytearray, chance: random.Random, _sources: Sequence[Path]) -> None:
    length = chance.randrange(1, min(65_536, len(content)))
    start = chance.randrange(len(content) - length + 1)
    del content[start : start + length]
