"""What is asked of the process that cuts, and what it answers: frozen records, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from evidence.frame_index import FrameIndex


class Mode(StrEnum):
    """How a range is cut out."""

    COPY = "copy"
    """Packets untouched, from the key frame at or before the first frame."""

    EXACT = "exact"
    """Every frame encoded anew; nothing else is in the file."""

    SMART = "smart"
    """Encoded anew only where a cut does not fall on a key frame; copied between."""


class Codec(StrEnum):
    """What frames are encoded with."""

    H264 = "h264"
    HEVC = "hevc"
    FFV1 = "ffv1"


@dataclass(frozen=True, slots=True)
class StreamNote:
    """A stream of the original that other programs would call a track.

    Attributes:
        index: its number in the original.
        kind: video, audio, subtitle, data or still.
        codec: FFmpeg's name.
        start: media time of its first packet in seconds, or None where it has none.
        telemetry: what a data stream carries, or "".
    """

    index: int
    kind: str
    codec: str
    start: Fraction | None
    telemetry: str = ""


@dataclass(frozen=True, slots=True)
class CutOrder:
    """One recording to cut.

    Attributes:
        path_bytes: the original.
        display_name: its name for people.
        container: FFmpeg's name of its format.
        streams: what it holds.
        video: index of the stream that is shown, or None for sound alone.
        index: the table of its frames, or None for sound alone.
        first: number of the first frame asked for.
        last: number of the last frame asked for, inclusive.
        start: media time at which the cut begins, exact seconds: the first frame's pts.
        end: media time at which it ends, exclusive: the end of the last frame.
        mode: how.
        codec: for what is encoded.
        is_lossless: whether encoded frames are to be equal to the original's bit for bit.
        pixel_aspect: width of a pixel over its height.
        rate: nominal frames a second, for the encoder's headers only; or None.
        out_path: the file to write, with its suffix; its folder is there.
        out_format: FFmpeg's name of the format to write.
    """

    path_bytes: bytes
    display_name: str
    container: str
    streams: tuple[StreamNote, ...]
    video: int | None
    index: FrameIndex | None
    first: int
    last: int
    start: Fraction
    end: Fraction
    mode: Mode
    codec: Codec
    is_lossless: bool
    pixel_aspect: Fraction
    rate: Fraction | None
    out_path: bytes
    out_format: str

    @property
    def frames(self) -> int:
        """How many frames are asked for."""
        return 0 if self.index is None else self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Span:
    """Frames `first` to `last` of the original, both inclusive."""

    first: int
    last: int

    @property
    def count(self) -> int:
        """How many frames."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """One sound stream of what was written, compared with the original.

    Attributes:
        stream: its number in the original.
        codec: what it is in the file.
        is_copied: whether packets were copied; else decoded and encoded without loss.
        start_ns: how much later than the picture it starts; negative: before (hidden where an edit list hides it).
        end_ns: how much later than the picture it ends.
        compared: samples that were compared with the original's.
        shift_ns: by how much the same sound lies later against the picture than in the original.
        is_same: whether all compared samples are the original's.
        note: in words where there is more to say.
    """

    stream: int
    codec: str
    is_copied: bool
    start_ns: int
    end_ns: int
    compared: int
    shift_ns: int
    is_same: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """What came of opening the written file and decoding it whole.

    Attributes:
        frames: how many of the asked frames are in it, in order and with the asked distances in time.
        shown: how many frames it shows in all.
        identical: how many of the asked are equal to the original's, pixel for pixel.
        worst_psnr_mdb: of the others, the least similar plane, luma or chroma: peak signal to noise, thousandths of a
            decibel; None without.
        mean_psnr_mdb: of the others, by the mean square error of their planes; None without.
        told_apart: how many of the encoded ones differ enough from a frame beside them to be told from it, and were
            found to be nearer to their own original.
        pixels_sha256: over the SHA-256 of every asked frame as it is decoded from the written file.
        packets: how many copied packets were compared byte for byte, and found equal.
        largest_stamp_error_ns: of a frame's distance from the first frame.
        sound: the sound streams.
    """

    frames: int
    shown: int
    identical: int
    worst_psnr_mdb: int | None
    mean_psnr_mdb: int | None
    told_apart: int
    pixels_sha256: str
    packets: int
    largest_stamp_error_ns: int
    sound: tuple[SoundFacts, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stream that is not in what was written, and why."""

    stream: int
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Cut:
    """One recording was cut, and the file was checked.

    Attributes:
        start_packet: number of the first video packet taken, in decoding order; None without copied pictures.
        end_packet: number of the last one.
        key_frame: frame number of the key frame at which the copy begins, or None.
        lead_in: frames before the first asked one that are in the file.
        lead_in_ns: how much earlier they begin.
        lead_out: frames after the last asked one that are in the file, because others need them.
        undecodable: leading pictures behind the first key frame that lean on what lies before it.
        is_hidden: whether an edit list hides what was not asked for.
        copied: frames whose packets are untouched.
        encoded: frames that were encoded anew.
        operation: exactly what was done, in words.
        encoder: name and options of the encoder, or "".
        left_out: streams that are not in the file.
        notes: what a person should know besides.
        libraries: name and version of each library that took part.
        check: what the file was found to be.
    """

    start_packet: int | None
    end_packet: int | None
    key_frame: int | None
    lead_in: int
    lead_in_ns: int
    lead_out: int
    undecodable: int
    is_hidden: bool
    copied: tuple[Span, ...]
    encoded: tuple[Span, ...]
    operation: str
    encoder: str
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]
    libraries: tuple[tuple[str, str], ...]
    check: CheckFacts


@dataclass(frozen=True, slots=True)
class Advanced:
    """A sign of life: how much of the work is done, in thousandths, and what is being done."""

    thousandths: int
    doing: str


@dataclass(frozen=True, slots=True)
class NotCut:
    """It could not be done; the draft may be there and is to be deleted.

    Attributes:
        reason: what happened, one sentence.
        remedy: what to do next.
        is_disk: the disk did not take what was written.
    """

    reason: str
    remedy: str = ""
    is_disk: bool = False


FromCutter = Advanced | Cut | NotCut
ToCutter = CutOrder
