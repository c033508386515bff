"""What the window and the sound decoder say to each other: frozen messages.

Window to decoder: `SoundWant`, `SoundNeed`, `SoundClose`. Decoder to window: `SoundChunk`, `SoundFailed`. Sound is
asked for by incident time; the window says where in which file each stretch lies, so the decoder knows no clocks.
Chunks that belong to an older generation are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from evidence.times import IncidentTime

SOUND_RATE = 48_000
"""Samples a second of everything that is delivered: two channels, 16 bits, left first."""

CHUNK_SAMPLES = 960
"""Samples of one chunk, for each channel: 20 ms."""

BYTES_PER_SAMPLE = 4


@dataclass(frozen=True, slots=True)
class SoundPiece:
    """A stretch of one recording in which file time runs evenly with incident time.

    Attributes:
        start: first instant, ns.
        end: where it ends, exclusive, ns.
        media_start_ns: the file's own time at `start`.
        media_end_ns: the file's own time at `end`.
    """

    path_bytes: bytes
    display_name: str
    stream_index: int
    start: IncidentTime
    end: IncidentTime
    media_start_ns: int
    media_end_ns: int


@dataclass(frozen=True, slots=True)
class SoundWant:
    """Deliver sound from `start` on; where no piece lies, silence.

    Attributes:
        generation: rises with every request.
        speed: incident seconds a second, 1/2 to 2; the pitch is kept.
        pieces: in order, not overlapping.
        chunks: how many chunks may be delivered before `SoundNeed` allows more.
    """

    generation: int
    start: IncidentTime
    speed: Fraction
    pieces: tuple[SoundPiece, ...]
    chunks: int


@dataclass(frozen=True, slots=True)
class SoundNeed:
    """Chunks up to number `chunks` (exclusive) of this generation may be delivered."""

    generation: int
    chunks: int


@dataclass(frozen=True, slots=True)
class SoundClose:
    """Let go of everything and end."""


@dataclass(frozen=True, slots=True)
class SoundChunk:
    """20 ms of sound to be heard.

    Attributes:
        number: from 0 in its generation.
        start: the instant at which it begins.
        samples: `CHUNK_SAMPLES` pairs of little-endian 16-bit numbers.
    """

    generation: int
    number: int
    start: IncidentTime
    samples: bytes


@dataclass(frozen=True, slots=True)
class SoundFailed:
    """A recording's sound cannot be read; silence stands in. `reason` is for people."""

    generation: int
    reason: str


ToSoundDecoder = SoundWant | SoundNeed | SoundClose
FromSoundDecoder = SoundChunk | SoundFailed
