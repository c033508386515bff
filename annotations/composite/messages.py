"""What is asked of the process that composes, and what it answers: frozen records, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from annotations.shapes.on_frame import Placed
from evidence.frame_index import FrameIndex
from evidence.times import NS_PER_S, IncidentTime
from player.protocol import Source
from player.sound_protocol import SOUND_RATE, SoundVoice


class Burn(StrEnum):
    """What can be written beside the pictures, or drawn over them."""

    NAME = "name"
    TIME = "time"
    FRAME = "frame"
    EXHIBIT = "exhibit"
    TITLE = "title"
    MARKS = "marks"
    SHAPES = "shapes"
    CAPTIONS = "captions"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the video in pixels; all four are even, so that chroma has whole samples."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class TileSource:
    """A recording that a tile shows.

    Attributes:
        recording_id: its permanent id.
        source: how it is read; `display_name` is its name for people.
        index: its frames.
        exhibit: its reference, or "".
        unsure: how far its time may be off (95 %), where that is more than a frame; else "".
        coded: width and height of its frames as they were coded.
    """

    recording_id: str
    source: Source
    index: FrameIndex
    exhibit: str
    unsure: str
    coded: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Tile:
    """One camera's part of the video; the arrays have one entry for each frame of the video.

    Attributes:
        camera_id: whose it is.
        name: the camera's.
        box: where it lies.
        sources: its recordings.
        source_of: int32: number of the recording that is shown, or -1 for none.
        frame_of: int64: number of the frame that is shown, in order of showing; or -1.
        at_ns: int64: when that frame began to show on the incident clock.
        gaps: why there may be no picture: a headline and a line below.
        gap_of: int32: which of these it is, or -1.
        words: captions and marks to be written at its foot.
        words_of: int32: which of these it is, or -1.
        shapes: by recording number and frame number, what is drawn over it.
    """

    camera_id: str
    name: str
    box: Box
    sources: tuple[TileSource, ...]
    source_of: NDArray[np.int32]
    frame_of: NDArray[np.int64]
    at_ns: NDArray[np.int64]
    gaps: tuple[tuple[str, str], ...]
    gap_of: NDArray[np.int32]
    words: tuple[str, ...] = ()
    words_of: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    shapes: Mapping[tuple[int, int], tuple[Placed, ...]] = field(default_factory=dict)

    def shown(self, number: int) -> tuple[int, int] | None:
        """Return recording and frame that a frame of the video shows, or None."""
        source = int(self.source_of[number])
        return None if source < 0 else (source, int(self.frame_of[number]))


@dataclass(frozen=True, slots=True)
class SoundOrder:
    """Who is heard, and how loud.

    Attributes:
        voices: where in which files their sound lies.
        gains_db: by camera id, decibels.
    """

    voices: tuple[SoundVoice, ...]
    gains_db: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class CompositeOrder:
    """A video to be made.

    Attributes:
        width: in pixels.
        height: in pixels.
        rate: frames a second, exact.
        start: the instant of frame 0; frame k is the instant `start` + k / `rate`.
        frames: how many.
        tiles: one for each camera.
        burns: what is written and drawn.
        head: where the title stands, or None without.
        title: of the video.
        zone: IANA name of the time zone in which times are written.
        sound: or None for a silent video.
        out_path: the file to write; its folder is there.
        metadata: title and comment of the file.
    """

    width: int
    height: int
    rate: Fraction
    start: IncidentTime
    frames: int
    tiles: tuple[Tile, ...]
    burns: frozenset[Burn]
    head: Box | None
    title: str
    zone: str
    sound: SoundOrder | None
    out_path: bytes
    metadata: Mapping[str, str]

    def instant(self, number: int) -> IncidentTime:
        """Return the instant that a frame of the video shows, rounded down to whole nanoseconds."""
        return instant_of(self.start, self.rate, number)

    @property
    def samples(self) -> int:
        """How many samples of sound the video has for each channel."""
        return self.frames * SOUND_RATE * self.rate.denominator // self.rate.numerator


@dataclass(frozen=True, eq=False)
class PreviewOrder:
    """One frame of a video, as a picture; no file is written."""

    order: CompositeOrder
    number: int


@dataclass(frozen=True, slots=True)
class Missing:
    """A frame that could not be decoded; its tile says so.

    Attributes:
        camera: name of the camera.
        file: name of the recording.
        frame: its number.
    """

    camera: str
    file: str
    frame: int


@dataclass(frozen=True, slots=True)
class DecoderFailed:
    """A camera whose decoder failed on the way: from there on its tile says so.

    Attributes:
        camera: name of the camera.
        file: name of the recording that was being decoded.
        frame: number of its first frame that is not shown.
        video_frame: the frame of the video from which the tile says so.
        frames: how many frames of the video lack a picture for it.
        reason: what happened, in words that go on after a colon.
    """

    camera: str
    file: str
    frame: int
    video_frame: int
    frames: int
    reason: str


@dataclass(frozen=True, slots=True)
class CompositeCheck:
    """What came of opening the video and decoding it whole.

    Attributes:
        frames: how many it has, each with exactly its stamp.
        compared: how many of them were compared with what was to be encoded.
        made_anew: how many of these were decoded and composed anew from the originals besides, and compared.
        worst_psnr_mdb: the least similar: peak signal to noise, thousandths of a decibel.
        samples: how many samples of sound it has, or 0.
        sound_start_ns: how much later than the picture the first of them is.
        sound_end_ns: how much later than the picture the last of them ends.
        sound_shift_samples: by how much sound that was made anew lies beside that in the file; None where all of it
            is too quiet to tell, or there is none.
        sound_compared: how many seconds were compared for that.
    """

    frames: int
    compared: int
    made_anew: int
    worst_psnr_mdb: int
    samples: int
    sound_start_ns: int
    sound_end_ns: int
    sound_shift_samples: int | None
    sound_compared: int


@dataclass(frozen=True, slots=True)
class Composed:
    """The video is written and checked.

    Attributes:
        check: what it was found to be.
        missing: frames that could not be decoded, the first hundred.
        missing_count: how many there were.
        failed: cameras whose decoder failed on the way.
        unheard: what of the sound could not be read, in sentences.
        encoder: names and options of the encoders.
        libraries: name and version of each library that took part.
    """

    check: CompositeCheck
    missing: tuple[Missing, ...]
    missing_count: int
    failed: tuple[DecoderFailed, ...]
    unheard: tuple[str, ...]
    encoder: str
    libraries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PreviewPicture:
    """A frame: rows from the top, red, green, blue, no padding."""

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class ComposeAdvanced:
    """A sign of life: how many of how many frames are done, and what is being done."""

    done: int
    total: int
    doing: str


@dataclass(frozen=True, slots=True)
class NotComposed:
    """It could not be done; the draft may be there and is to be deleted.

    Attributes:
        reason: what happened, one sentence.
        remedy: what to do next.
        is_disk: the disk did not take what was written.
    """

    reason: str
    remedy: str = ""
    is_disk: bool = False


FromComposer = ComposeAdvanced | Composed | NotComposed | PreviewPicture
ToComposer = CompositeOrder | PreviewOrder


def instant_of(start: IncidentTime, rate: Fraction, number: int) -> IncidentTime:
    """Return `start` + number / rate, rounded down to whole nanoseconds."""
    return IncidentTime(start + number * NS_PER_S * rate.denominator // rate.numerator)
