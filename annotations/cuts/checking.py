"""Opens what was written, decodes it whole and compares it with the original: nothing is done before that is well.

1. The film is decoded from start to end; the frames it shows are counted and their times read.
2. The asked frames of the original are decoded again, and compared one by one: equal pixels where packets were copied
   or the codec is lossless, else by the peak signal to noise ratio.
3. Copied packets are read back and compared byte for byte.
4. Sound is compared sample by sample (`sound_check`).

Runs in the process that cuts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from math import log10
from pathlib import Path

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from annotations.cuts.containers import EDIT_LISTS, RAW, WITHOUT_PTS
from annotations.cuts.copying import Copied, PacketDigests, is_sampled
from annotations.cuts.messages import CheckFacts, CutOrder, SoundFacts, Span
from annotations.cuts.mp4_edit import read_edits
from annotations.cuts.pictures_out import as_encoded, frames_of
from annotations.cuts.places import PacketRange
from annotations.cuts.sound_check import SoundPair, check_sound
from evidence.demux import OPTIONS, iterate_packets
from evidence.times import NS_PER_S
from player.decoder.planes import rows_of

LOWEST_PSNR_MDB = 30_000
"""Thousandths of a decibel below which an encoded frame does not count as the original's."""

_INFINITE_MDB = 100_000
_SOUND_MAY_BE_OFF_NS = 1_000_000
Advance = Callable[[int, int], None]


class CheckFailedError(Exception):
    """What was written is not what was asked for; the message says what differs, in a sentence."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be found.

    Attributes:
        place: the packets that were copied from the start of the cut, or None where all was encoded.
        identical: the frames that must be equal to the original's pixel for pixel.
        is_hidden: whether what was not asked for is hidden.
        copied: the packets that were copied.
        sounds: the sound streams of the original that are in the file, in its order.
        copies_sound: whether their packets were copied.
        from_start: whether the original is decoded from its beginning for the comparison.
    """

    place: PacketRange | None
    identical: tuple[Span, ...]
    is_hidden: bool
    copied: Copied | None
    sounds: tuple[int, ...]
    copies_sound: bool
    from_start: bool = False


def check(order: CutOrder, path: Path, expected: Expected, advance: Advance) -> CheckFacts:
    """Return what the file was found to be.

    Raises:
        CheckFailedError: it is not what was asked for.
        CannotEncodeError: a frame of the original cannot be decoded.
        FFmpegError: the file cannot be opened.
    """
    packets = 0 if expected.copied is None else _check_packets(order, path, expected.copied)
    frames = _FrameCheck(order, expected)
    if order.index is not None:
        frames.run(path, advance)
    return frames.facts(packets, _check_sounds(order, path, expected, frames.zero))


def _check_sounds(order: CutOrder, path: Path, expected: Expected, zero: Fraction | None) -> tuple[SoundFacts, ...]:
    """Step 4. Raises CheckFailedError where sound lies beside the picture, or is other sound."""
    if order.out_format in RAW or (zero is None and order.index is not None):
        return ()
    with open_written(path) as written:
        here = [stream.index for stream in written.streams.audio]
    edits = read_edits(path) if order.out_format in EDIT_LISTS else []
    found = []
    for number, original in zip(here, expected.sounds, strict=True):
        end = edits[number].empty + edits[number].length if number < len(edits) else None
        packets = () if expected.copied is None else tuple(expected.copied.sounds.get(original, ()))
        pair = SoundPair(original, number, expected.copies_sound, packets, end)
        facts = check_sound(order, path, pair, zero or Fraction(0))
        if not facts.is_same:
            raise CheckFailedError("The sound in the file is not the original's, or lies beside the picture.")
        if abs(facts.shift_ns) > _SOUND_MAY_BE_OFF_NS:
            raise CheckFailedError(f"The sound lies {facts.shift_ns:,} ns beside the picture.")
        found.append(facts)
    return tuple(found)


class _FrameCheck:
    """Step 1 and 2."""

    def __init__(self, order: CutOrder, expected: Expected) -> None:
        self._order = order
        self._expected = expected
        self._digest = hashlib.sha256()
        self._frames = self._shown = self._identical = 0
        self._worst: int | None = None
        self._squares: list[float] = []
        self._stamp_error_ns = 0
        self._time_base = Fraction(1)
        self.zero: Fraction | None = None

    def run(self, path: Path, advance: Advance) -> None:
        order, place = self._order, self._expected.place
        assert order.index is not None
        lead = 0 if self._expected.is_hidden or place is None else place.lead_in
        skipped = 0 if place is None or self._expected.is_hidden else place.undecodable
        originals = frames_of(order, order.first, order.last, from_start=self._expected.from_start)
        with open_written(path) as written:
            stream = _picture_stream(written)
            self._time_base = stream.time_base or Fraction(1)
            shown = _decoded(written, stream, hides_corrupt=order.out_format not in EDIT_LISTS)
            shown = _without_leading(shown, lead, skipped, order, place)
            for number, frame in enumerate(shown):
                self._shown += 1
                asked = number - lead
                if not 0 <= asked < order.frames:
                    if asked >= order.frames and (self._expected.is_hidden or place is None):
                        raise CheckFailedError("The file shows more frames than were asked for.")
                    continue
                if order.out_format not in WITHOUT_PTS:
                    self._check_stamp(frame, order.first + asked)
                self._compare(next(originals), frame, order.first + asked)
                advance(asked + 1, order.frames)
        if self._frames != order.frames:
            raise CheckFailedError(f"The file shows {self._frames:,} of the {order.frames:,} frames asked for.")

    def _check_stamp(self, frame: VideoFrame, number: int) -> None:
        order = self._order
        assert order.index is not None
        if frame.pts is None:
            raise CheckFailedError(f"Frame {number:,} has no time in the file.")
        stamp = frame.pts * self._time_base
        if self.zero is None:
            self.zero = stamp
        wanted = (int(order.index.pts[number]) - int(order.index.pts[order.first])) * order.index.time_base
        off = abs(stamp - self.zero - wanted)
        allowed = Fraction(0) if order.out_format in EDIT_LISTS else self._time_base
        if off > allowed:
            raise CheckFailedError(f"Frame {number:,} shows {int(off * NS_PER_S):,} ns away from its time.")
        self._stamp_error_ns = max(self._stamp_error_ns, int(off * NS_PER_S))

    def _compare(self, original: VideoFrame, found: VideoFrame, number: int) -> None:
        self._frames += 1
        must_equal = any(span.first <= number <= span.last for span in self._expected.identical)
        if self._expected.copied is None:
            original = as_encoded(original, self._order.codec)
        self._digest.update(pixel_digest(found))
        if has_same_pixels(original, found):
            self._identical += 1
            return
        if must_equal:
            raise CheckFailedError(f"The pixels of frame {number:,} are not those of the original.")
        similarity = self._psnr(original, found)
        if similarity < LOWEST_PSNR_MDB:
            raise CheckFailedError(
                f"Frame {number:,} is not enough like the original ({similarity // 1000} dB); it may be another frame."
            )
        self._worst = similarity if self._worst is None else min(self._worst, similarity)

    def _psnr(self, original: VideoFrame, found: VideoFrame) -> int:
        error = mean_square_error(original, found)
        self._squares.append(error)
        return decibels(error)

    def facts(self, packets: int, sound: tuple[SoundFacts, ...]) -> CheckFacts:
        mean = decibels(sum(self._squares) / len(self._squares)) if self._squares else None
        return CheckFacts(
            frames=self._frames,
            shown=self._shown,
            identical=self._identical,
            worst_psnr_mdb=self._worst,
            mean_psnr_mdb=mean,
            pixels_sha256=self._digest.hexdigest() if self._frames else "",
            packets=packets,
            largest_stamp_error_ns=self._stamp_error_ns,
            sound=sound,
        )


@contextmanager
def open_written(path: Path, *, shows_all: bool = False) -> Iterator[InputContainer]:
    """Open a file that was just written, as anybody would; with `shows_all` without regard to its edit lists.

    Raises:
        FFmpegError: it cannot be opened.
    """
    options = OPTIONS | ({"ignore_editlist": "1"} if shows_all else {})
    with path.open("rb") as file, av.open(file, "r", options=options, metadata_errors="replace") as written:
        yield written


def pixel_digest(frame: VideoFrame) -> bytes:
    """Return the SHA-256 of a frame's pixels, plane by plane without padding."""
    digest = hashlib.sha256()
    for number in range(len(frame.planes)):
        rows = rows_of(frame, number)
        digest.update(np.ascontiguousarray(rows[:, : row_bytes(frame, number)]).data)
    return digest.digest()


def has_same_pixels(one: VideoFrame, other: VideoFrame) -> bool:
    """Tell whether two frames are of one form and have the same value in every pixel."""
    if (one.width, one.height, one.format.name) != (other.width, other.height, other.format.name):
        return False
    return all(
        np.array_equal(
            rows_of(one, number)[:, : row_bytes(one, number)], rows_of(other, number)[:, : row_bytes(other, number)]
        )
        for number in range(len(one.planes))
    )


def row_bytes(frame: VideoFrame, number: int) -> int:
    """Return how many bytes of a plane's row are pixels."""
    plane = frame.planes[number]
    form = frame.format
    if form.has_palette:
        return plane.width if number == 0 else plane.line_size
    bits = form.padded_bits_per_pixel if len(frame.planes) == 1 else 8 * _sample_bytes(frame, number)
    return min(plane.line_size, (plane.width * bits + 7) // 8)


def _sample_bytes(frame: VideoFrame, number: int) -> int:
    wide = 2 if frame.format.components[0].bits > 8 else 1
    is_woven = frame.format.name.startswith(("nv", "p0", "p2", "p4")) and number == 1
    return wide * (2 if is_woven else 1)


def mean_square_error(original: VideoFrame, found: VideoFrame) -> float:
    """Return the mean square difference of the first plane, as a share of the full scale squared."""
    if (original.width, original.height) != (found.width, found.height):
        raise CheckFailedError("The picture in the file has another size.")
    wide = original.format.components[0].bits > 8
    scale = (1 << original.format.components[0].bits) - 1
    width = row_bytes(original, 0)
    left, right = (rows_of(one, 0)[:, :width] for one in (original, found))
    difference = _values(left, is_wide=wide) - _values(right, is_wide=wide)
    return float(np.mean(np.square(difference), dtype=np.float64)) / scale**2


def _values(rows: NDArray[np.uint8], *, is_wide: bool) -> NDArray[np.float32]:
    return (np.ascontiguousarray(rows).view(np.uint16) if is_wide else rows).astype(np.float32)


def decibels(error: float) -> int:
    """Return a mean square error as a peak signal to noise ratio, thousandths of a decibel."""
    return _INFINITE_MDB if error <= 0 else round(-10_000 * log10(error))


def _picture_stream(written: InputContainer) -> VideoStream:
    stream = next((one for one in written.streams.video), None)
    if stream is None:
        raise CheckFailedError("The file has no picture.")
    stream.codec_context.thread_count = 4
    stream.thread_type = "FRAME"
    return stream


def _decoded(written: InputContainer, stream: VideoStream, *, hides_corrupt: bool) -> Iterator[VideoFrame]:
    context = stream.codec_context
    for packet in iterate_packets(written, stream):
        try:
            frames = context.decode(packet)
        except av.error.InvalidDataError:
            if hides_corrupt:
                continue  # a leading picture that leans on what is not here
            raise
        yield from frames
    yield from context.decode(None)


def _without_leading(
    shown: Iterator[VideoFrame], lead: int, skipped: int, order: CutOrder, place: PacketRange | None
) -> Iterator[VideoFrame]:
    """Leave out leading pictures behind the first key frame that some decoders show half-made."""
    if not skipped or place is None:
        return shown
    return _from_key(list(shown), lead, place, order)


def _from_key(frames: list[VideoFrame], lead: int, place: PacketRange, order: CutOrder) -> Iterator[VideoFrame]:
    extra = len(frames) - (lead + order.frames + place.lead_out)
    yield from frames[max(0, extra) :]


def _check_packets(order: CutOrder, path: Path, copied: Copied) -> int:
    """Step 3: return how many packets were compared. Raises CheckFailedError."""
    if order.out_format in RAW:
        return sum(one.count for one in copied.packets.values())
    found: dict[int, PacketDigests] = {}
    with open_written(path, shows_all=order.out_format in EDIT_LISTS) as written:
        numbers = {stream.index: number for number, stream in enumerate(written.streams)}
        for packet in iterate_packets(written):
            if packet.size:
                digests = found.setdefault(packet.stream_index, PacketDigests(is_whole=is_sampled(packet.stream)))
                digests.add(packet)
    for stream, digests in found.items():
        number = numbers[stream]
        wanted = copied.packets.get(copied.order[number]) if number < len(copied.order) else None
        if wanted is None or wanted.result != digests.result:
            raise CheckFailedError("A packet in the file is not the original's, byte for byte.")
    if len(found) != len(copied.packets):
        raise CheckFailedError("A stream that was copied is not in the file.")
    return sum(one.count for one in copied.packets.values()) - copied.encoded_packets
