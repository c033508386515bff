"""What the window and the sound decoder say to each other: frozen messages.

Window to decoder: `SoundWant`, `SoundVoices`, `SoundNeed`, `SoundClose`. Decoder to window: `SoundReading`,
`SoundChunk`, `SoundFailed`. Sound is asked for by incident time; the window says where in which file each stretch
lies, so the decoder knows no clocks. Every camera's sound is delivered by itself and mixed in the window, so that a
change of the mix is heard at once. What belongs to an older generation is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from evidence.times import NS_PER_S, IncidentTime

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
class SoundVoice:
    """What one camera hears; `pieces` are in order and do not overlap, and between them it is silent."""

    camera_id: str
    pieces: tuple[SoundPiece, ...]


@dataclass(frozen=True, slots=True)
class SoundWant:
    """Deliver the sound of these cameras.

    Attributes:
        generation: rises with every request.
        start: the instant at which chunk 0 begins.
        speed: incident seconds a second, 1/2 to 2; the pitch is kept.
        voices: the cameras.
        first: number of the first chunk to deliver.
        chunks: chunks up to this number, exclusive, may be delivered before `SoundNeed` allows more.
    """

    generation: int
    start: IncidentTime
    speed: Fraction
    voices: tuple[SoundVoice, ...]
    first: int
    chunks: int


@dataclass(frozen=True, slots=True)
class SoundVoices:
    """From now on these cameras, with these pieces. Cameras that are new are delivered from chunk `first` on."""

    generation: int
    voices: tuple[SoundVoice, ...]
    first: int


@dataclass(frozen=True, slots=True)
class SoundNeed:
    """Chunks up to number `chunks` (exclusive) of this generation may be delivered."""

    generation: int
    chunks: int


@dataclass(frozen=True, slots=True)
class SoundClose:
    """Let go of everything and end."""


@dataclass(frozen=True, slots=True)
class SoundStem:
    """What one camera hears during one chunk.

    Attributes:
        samples: `CHUNK_SAMPLES` pairs of little-endian 16-bit numbers; empty for silence.
    """

    camera_id: str
    samples: bytes


@dataclass(frozen=True, slots=True)
class SoundChunk:
    """20 ms of sound to be heard; cameras that were asked for later come in a second chunk of the same number.

    Attributes:
        number: counted from the start of its generation.
        stems: one for each camera.
    """

    generation: int
    number: int
    stems: tuple[SoundStem, ...]


@dataclass(frozen=True, slots=True)
class SoundReading:
    """The decoder is about to read on in this recording: if it is never heard of again, this is why."""

    camera_id: str
    path_bytes: bytes
    display_name: str


@dataclass(frozen=True, slots=True)
class SoundFailed:
    """A recording's sound cannot be read; silence stands in. `reason` is for people."""

    camera_id: str
    reason: str


ToSoundDecoder = SoundWant | SoundVoices | SoundNeed | SoundClose
FromSoundDecoder = SoundChunk | SoundReading | SoundFailed


def instant_of_sample(start: IncidentTime, speed: Fraction, sample: int) -> IncidentTime:
    """Return when a sample is heard, counted from `start` at a speed; rounded down to whole nanoseconds."""
    return IncidentTime(start + sample * NS_PER_S * speed.numerator // (SOUND_RATE * speed.denominator))
