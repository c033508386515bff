"""Opens what was written, decodes it whole and compares it with the original: nothing is done before that is well.

1. The film is decoded from start to end; the frames it shows are counted and their times read.
2. The asked frames of the original are decoded again, and compared one by one: equal pixels where packets were copied
   or the codec is lossless, else by the peak signal to noise ratio of every plane, and by being nearer to the asked
   frame than to those beside it (`likeness`).
3. Copied packets are read back and compared byte for byte with the original's, which are read again (`packet_check`).
4. Sound is compared sample by sample (`sound_check`).

Runs in the process that cuts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from annotations.cuts.containers import EDIT_LISTS, RAW, STARTING_TOGETHER, WITHOUT_PTS
from annotations.cuts.digests import Copied
from annotations.cuts.likeness import (
    Compared,
    MistakenFrameError,
    Neighbours,
    OtherSizeError,
    decibels,
    plane_errors,
    row_bytes,
)
from annotations.cuts.messages import CheckFacts, CutOrder, SoundFacts, Span
from annotations.cuts.mp4_edit import read_edits
from annotations.cuts.packet_check import OtherPacketError, check_packets
from annotations.cuts.pictures_out import CannotEncodeError, as_encoded, frames_of
from annotations.cuts.places import PacketRange
from annotations.cuts.sound_check import SoundPair, check_sound
from evidence.demux import OPTIONS, iterate_packets
from evidence.times import NS_PER_S
from player.decoder.planes import rows_of

LOWEST_PSNR_MDB = 30_000
"""Thousandths of a decibel below which an encoded frame does not count as the original's."""

_SOUND_MAY_BE_OFF_NS = 1_000_000
Advance = Callable[[int, int], None]


class CheckFailedError(Exception):
    """What was written is not what was asked for; the message says what differs, in a sentence."""


class SoundApartError(CheckFailedError):
    """The pictures are those asked for, but sound is not, or lies beside them."""


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
    packets, sounds = 0, dict[int, list[tuple[bytes, int]]]()
    if expected.copied is not None:
        with _told_in_words():
            noted = check_packets(order, path, expected.copied, expected.place, lambda: advance(0, 1))  # step 3
        packets = sum(one.count for one in noted.packets.values()) - expected.copied.encoded_packets
        sounds = noted.sounds
    frames = _FrameCheck(order, expected)
    if order.index is not None:
        frames.run(path, advance)
        with _told_in_words():
            frames.conclude()
    return frames.facts(packets, _check_sounds(order, path, expected, sounds, frames.zero))


def _check_sounds(
    order: CutOrder,
    path: Path,
    expected: Expected,
    noted: dict[int, list[tuple[bytes, int]]],
    zero: Fraction | None,
) -> tuple[SoundFacts, ...]:
    """Step 4. Raises CheckFailedError where sound lies beside the picture, or is other sound."""
    if order.out_format in RAW or (zero is None and order.index is not None):
        return ()
    with open_written(path) as written:
        here = [stream.index for stream in written.streams.audio]
    edits = read_edits(path) if order.out_format in EDIT_LISTS else []
    found = []
    for number, original in zip(here, expected.sounds, strict=True):
        end = edits[number].empty + edits[number].length if number < len(edits) else None
        packets = tuple(noted.get(original, ()))
        pair = SoundPair(original, number, expected.copies_sound, packets, end)
        is_whole_packets = order.index is None and packets and order.out_format not in EDIT_LISTS
        start = _start_by_packets(path, pair) if is_whole_packets else zero or Fraction(0)
        facts = check_sound(order, path, pair, start)
        if not facts.is_same:
            raise SoundApartError("The sound in the file is not the original's, or lies beside the picture.")
        if abs(facts.shift_ns) > _SOUND_MAY_BE_OFF_NS:
            raise SoundApartError(f"The sound lies {facts.shift_ns:,} ns beside the picture.")
        found.append(facts)
    return tuple(found)


def _start_by_packets(path: Path, pair: SoundPair) -> Fraction:
    """Return the file's own time of the cut's start, where sound alone begins with a whole packet and nothing hides it.

    Most such formats count time from the first packet whatever they are given, and FLAC goes on with the original's.
    """
    with open_written(path) as written:
        packets = iterate_packets(written, written.streams[pair.written])
        first = next((each for each in packets if each.size and each.pts is not None), None)
    stamp = Fraction(0) if first is None or first.pts is None else first.pts * Fraction(first.time_base)
    return stamp - Fraction(pair.packets[0][1], NS_PER_S)


class _FrameCheck:
    """Step 1 and 2."""

    def __init__(self, order: CutOrder, expected: Expected) -> None:
        self._order = order
        self._expected = expected
        self._digest = hashlib.sha256()
        self._frames = self._shown = self._identical = 0
        self._worst: int | None = None
        self._errors: list[float] = []
        self._is_all_equal = sum(span.count for span in expected.identical) == order.frames
        self._neighbours = Neighbours()
        self._stamp_error_ns = 0
        self._time_base = Fraction(1)
        self.zero: Fraction | None = None

    def run(self, path: Path, advance: Advance) -> None:
        order, place = self._order, self._expected.place
        assert order.index is not None
        lead = 0 if self._expected.is_hidden or place is None else place.lead_in
        skipped = 0 if place is None or self._expected.is_hidden else place.undecodable
        originals = self._originals()
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
                self._compare(next(originals)[1], frame, order.first + asked)
                advance(asked + 1, order.frames)
            for number, after in originals:
                self._pass(number, after)
        if order.out_format in STARTING_TOGETHER and place is not None:
            begin = order.index.pts[min(place.key_frame, order.first)]
            self.zero = int(order.index.pts[order.first] - begin) * order.index.time_base
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

    def _originals(self) -> Iterator[tuple[int, VideoFrame]]:
        """Return the asked frames of the original; the frame before them, where it comes cheaply, was passed on."""
        order, index = self._order, self._order.index
        assert index is not None
        if self._is_all_equal:
            return enumerate(
                frames_of(order, order.first, order.last, from_start=self._expected.from_start), order.first
            )
        is_cheap = order.first > 0 and (order.frames == 1 or not index.is_key_frame[order.first])
        begin = order.first - 1 if is_cheap else order.first
        found = _as_far_as_can_be(order, begin, min(order.last + 1, len(index) - 1))
        if begin < order.first:
            self._pass(*next(found, (begin, None)))
        return found

    def _pass(self, number: int, original: VideoFrame | None) -> None:
        """Take a frame that was not asked for, to tell others from it."""
        if original is not None and not self._order.first <= number <= self._order.last:
            with _told_in_words():
                self._neighbours.take(Compared(number, self._as_encoded(original), None, is_encoded=False))

    def _as_encoded(self, original: VideoFrame) -> VideoFrame:
        return as_encoded(original, self._order.codec) if self._expected.copied is None else original

    def _compare(self, original: VideoFrame, found: VideoFrame, number: int) -> None:
        self._frames += 1
        must_equal = any(span.first <= number <= span.last for span in self._expected.identical)
        original = self._as_encoded(original)
        self._digest.update(pixel_digest(found))
        is_equal = has_same_pixels(original, found)
        self._identical += is_equal
        if must_equal and not is_equal:
            raise CheckFailedError(f"The pixels of frame {number:,} are not those of the original.")
        if self._is_all_equal:
            return
        with _told_in_words():
            if not is_equal:
                self._liken(plane_errors(original, found), number)
            self._neighbours.take(Compared(number, original, found, is_encoded=not must_equal))

    def _liken(self, errors: tuple[float, ...], number: int) -> None:
        similarity = decibels(max(errors))
        if similarity < LOWEST_PSNR_MDB:
            raise CheckFailedError(
                f"Frame {number:,} is not enough like the original ({similarity // 1000} dB); it may be another frame."
            )
        self._errors.append(sum(errors) / len(errors))
        self._worst = similarity if self._worst is None else min(self._worst, similarity)

    def conclude(self) -> None:
        self._neighbours.conclude()

    def facts(self, packets: int, sound: tuple[SoundFacts, ...]) -> CheckFacts:
        mean = decibels(sum(self._errors) / len(self._errors)) if self._errors else None
        return CheckFacts(
            frames=self._frames,
            shown=self._shown,
            identical=self._identical,
            worst_psnr_mdb=self._worst,
            mean_psnr_mdb=mean,
            told_apart=self._neighbours.told,
            pixels_sha256=self._digest.hexdigest() if self._frames else "",
            packets=packets,
            largest_stamp_error_ns=self._stamp_error_ns,
            sound=sound,
        )


@contextmanager
def open_written(path: Path) -> Iterator[InputContainer]:
    """Open a file that was just written, as anybody would.

    Raises:
        FFmpegError: it cannot be opened.
    """
    with path.open("rb") as file, av.open(file, "r", options=OPTIONS, metadata_errors="replace") as written:
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


@contextmanager
def _told_in_words() -> Iterator[None]:
    """Turn what likeness and packets say into a CheckFailedError."""
    try:
        yield
    except OtherSizeError as error:
        raise CheckFailedError("The picture in the file has another size, or is of another kind.") from error
    except (MistakenFrameError, OtherPacketError) as error:
        raise CheckFailedError(str(error)) from error


def _as_far_as_can_be(order: CutOrder, begin: int, end: int) -> Iterator[tuple[int, VideoFrame]]:
    """Yield frames with their numbers; those that were not asked for are left out where they cannot be decoded."""
    number = begin
    try:
        for frame in frames_of(order, begin, end):
            yield number, frame
            number += 1
    except CannotEncodeError:
        if number == begin < order.first:
            yield from enumerate(frames_of(order, order.first, order.last), order.first)
        elif number <= order.last:
            raise


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
