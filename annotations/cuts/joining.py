"""Copies what lies between key frames and encodes anew only what a cut parts from its key frame; H.264 only.

The encoder gets parameter sets of its own number, which stand beside the camera's in the file's header; every picture
names the one it was coded by. So no packet of the camera is changed and decoders that know H.264 know what to do. What
is copied starts at an IDR picture behind which nothing shows earlier, and ends where nothing in it needs what follows.
What cannot be done like that is refused. Runs in the process that cuts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.codec.context import Flags
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from annotations.cuts.containers import EDIT_LISTS
from annotations.cuts.copying import sound_start
from annotations.cuts.digests import Copied, Noted
from annotations.cuts.messages import Codec, CutOrder, Span
from annotations.cuts.mp4_edit import TrackEdit, set_edits
from annotations.cuts.parameter_sets import (
    DELIMITER,
    IDR,
    PICTURE,
    SEQUENCE,
    Configuration,
    free_number,
    kind_of,
    number_of,
    read_configuration,
    units_by_start_code,
    units_of,
    with_lengths,
)
from annotations.cuts.pictures_out import encoder_options, frames_of, prepared, set_up_pictures
from annotations.cuts.places import copyable_span, decoding_stamps, frame_of_packet, raw_shift, ticks
from annotations.cuts.source import PARTED, SourceFile, Taken, packets_from
from annotations.cuts.tracks_out import add_copied, choose_streams, keep_facts
from annotations.cuts.written import disk_errors, writing
from evidence.frame_index import FrameIndex, Timing

_PROFILES = {66: "baseline", 77: "main", 100: "high", 110: "high10", 122: "high422", 244: "high444"}
_MOST_TRIES = 64
_CONTAINERS = EDIT_LISTS | {"matroska", "mpegts"}


class CannotJoinError(Exception):
    """Copying and encoding cannot be joined here; the message says why, in a sentence."""


@dataclass
class Joined:
    """What was written."""

    start_packet: int
    end_packet: int
    spans_copied: tuple[Span, ...]
    spans_encoded: tuple[Span, ...]
    encoder: str
    operation: str
    copied: Copied


@dataclass
class _Plan:
    start: int
    end: int
    head: Span
    middle: Span
    tail: Span
    length_bytes: int
    configuration: Configuration | None
    number: int
    profile: str
    stamps: list[tuple[int, int]] = field(default_factory=list)


def join_range(order: CutOrder, path: Path, advance: Callable[[int, int], None]) -> Joined:
    """Write the cut and return what was written.

    Raises:
        CannotJoinError: it cannot be done for this recording or this range.
        CannotEncodeError: the frames at the ends cannot be decoded or encoded.
        DiskError: the disk did not take it.
        SightlineError: the original is missing or may not be read.
        FFmpegError: FFmpeg cannot read or write it.
    """
    plan = _plan(order)
    index = order.index
    assert index is not None
    head = _Encoder(order, plan) if plan.head.count else None
    tail = _Encoder(order, plan) if plan.tail.count else None
    noted = Noted(order.start)
    done = Copied(noted, is_hidden=order.out_format in EDIT_LISTS)
    with SourceFile(order) as source:
        kept = choose_streams(source.container, order, with_video=True)
        done.left_out = tuple(kept.left_out)
        done.order = list(kept.streams)
        with writing(path, order.out_format, index.time_base.denominator) as out:
            keep_facts(source.container, out)
            targets = {number: add_copied(out, stream, order) for number, stream in kept.streams.items()}
            encoder = head or tail
            if encoder is not None and plan.configuration is not None:
                context = targets[order.video or 0].codec_context
                context.extradata = plan.configuration.joined(encoder.sequences, encoder.pictures).to_bytes()
            _Joining(order, plan, targets, (done, noted), advance).run(out, head, tail)
    if done.is_hidden:
        with disk_errors(path):
            set_edits(path, [TrackEdit(order.end - order.start)] * len(targets))
    encoded = tuple(span for span in (plan.head, plan.tail) if span.count)
    return Joined(
        start_packet=plan.start,
        end_packet=plan.end,
        spans_copied=(plan.middle,),
        spans_encoded=encoded,
        encoder="" if encoder is None else encoder.words,
        operation=_operation(plan, encoded, order.out_format),
        copied=done,
    )


def _operation(plan: _Plan, encoded: tuple[Span, ...], form: str) -> str:
    spans = " and ".join(f"frames {span.first:,} to {span.last:,}" for span in encoded)
    anew = f"{spans} decoded and encoded anew with parameter sets of number {plan.number}; " if spans else ""
    return (
        f"{anew}video packets {plan.start:,} to {plan.end:,} in decoding order copied byte for byte between, with the "
        f"packets of other streams that overlap the range, into {form}."
    )


def _plan(order: CutOrder) -> _Plan:
    index = order.index
    if index is None:
        raise CannotJoinError(f"{order.display_name} has no picture; for sound alone copy and exact are enough.")
    if order.codec is not Codec.H264:
        raise CannotJoinError("Smart cutting encodes with H.264 only, as the parts must fit together.")
    if order.out_format not in _CONTAINERS:
        raise CannotJoinError(f"Smart cutting is not done in files of the kind {order.out_format}.")
    if index.timing is not Timing.STAMPED or raw_shift(index, 0, len(index.is_key) - 1) is None:
        raise CannotJoinError(
            f"The time stamps of {order.display_name} had to be put right, so parts cannot be joined."
        )
    with SourceFile(order) as source:
        video = source.video
        if video is None or video.codec_context.name != "h264":
            name = "unknown" if video is None else video.codec_context.name
            raise CannotJoinError(f"Smart cutting is done for H.264; the pictures of {order.display_name} are {name}.")
        extradata = bytes(video.codec_context.extradata or b"")
    configuration = read_configuration(extradata)
    if (configuration is None) != (order.out_format == "mpegts"):
        raise CannotJoinError(f"The headers of {order.display_name} are of a form that smart cutting does not know.")
    length = 0 if configuration is None else configuration.length_bytes
    start, end, first, last, packet = _clean_span(order, index, length)
    sets = units_by_start_code(extradata) if configuration is None else [
        *configuration.sequences, *configuration.pictures,
    ]  # fmt: skip
    own = units_of(packet, length)
    if configuration is None and not any(kind_of(unit) == SEQUENCE for unit in own):
        raise CannotJoinError(f"The key frames of {order.display_name} do not bring their headers with them.")
    number = free_number([*sets, *own])
    sequence = next((unit for unit in [*sets, *own] if kind_of(unit) == SEQUENCE), b"\x00\x00")
    profile = _PROFILES.get(sequence[1])
    if number is None or profile is None:
        raise CannotJoinError(f"{order.display_name} uses a profile of H.264 that the encoder does not make.")
    plan = _Plan(
        start, end, Span(order.first, first - 1), Span(first, last), Span(last + 1, order.last),
        length, configuration, number, profile,
    )  # fmt: skip
    plan.stamps = _stamps(order, index, plan)
    return plan


def _clean_span(order: CutOrder, index: FrameIndex, length: int) -> tuple[int, int, int, int, bytes]:
    """Return packets and frames of what can be copied, and the first of the packets."""
    begin = order.first
    for _ in range(_MOST_TRIES):
        span = copyable_span(index, begin, order.last)
        if span is None:
            break
        start, end, first, last = span
        if np.any(frame_of_packet(index)[start : end + 1] < 0):
            raise CannotJoinError(f"Frames of {order.display_name} are coded as two fields, which is not joined.")
        packet = _packet(order, start)
        if any(kind_of(unit) == IDR for unit in units_of(packet, length)):
            return start, end, first, last, packet
        begin = first + 1
    raise CannotJoinError("There is no key frame in the range from which on packets could be copied by themselves.")


def _packet(order: CutOrder, number: int) -> bytes:
    for taken in packets_from(order, number, order.end, {order.video or 0}):
        if taken.number == number:
            return bytes(taken.packet)
    raise CannotJoinError(f"{order.display_name} has become shorter.")


def _stamps(order: CutOrder, index: FrameIndex, plan: _Plan) -> list[tuple[int, int]]:
    """Return pts and dts of every packet in the order in which they are written, counted from the first frame."""
    middle = frame_of_packet(index)[plan.start : plan.end + 1]
    frames = np.concatenate(
        [np.arange(plan.head.first, plan.head.last + 1), middle, np.arange(plan.tail.first, plan.tail.last + 1)]
    )
    pts: NDArray[np.int64] = index.pts[frames] - int(index.pts[order.first])
    return list(zip(map(int, pts), map(int, decoding_stamps(pts)), strict=True))


class _Encoder:
    """Encodes one end.

    Attributes:
        sequences: its sequence parameter sets.
        pictures: its picture parameter sets.
        words: its name and options.
    """

    def __init__(self, order: CutOrder, plan: _Plan) -> None:
        self._order = order
        self._length_bytes = plan.length_bytes
        self._frames: Iterator[VideoFrame] = iter(())
        like = next(frames_of(order, plan.middle.first, plan.middle.first))
        if like.interlaced_frame:
            raise CannotJoinError(f"{order.display_name} is interlaced, which is not joined.")
        _name, options = encoder_options(order, is_interlaced=False, sps_id=plan.number)
        if order.is_lossless:
            raise CannotJoinError("Lossless H.264 does not fit beside what cameras record; choose exact for that.")
        options["profile"] = plan.profile
        context = av.CodecContext.create("libx264", "w")
        assert isinstance(context, VideoCodecContext)
        assert order.index is not None
        context.time_base = order.index.time_base
        context.framerate = order.rate or Fraction(25)
        set_up_pictures(context, order, like)
        context.options = options
        context.flags |= Flags.global_header
        context.open()
        self._context = context
        self._like = like
        units = units_by_start_code(bytes(context.extradata or b""))
        self.sequences = tuple(unit for unit in units if kind_of(unit) == SEQUENCE)
        self.pictures = tuple(unit for unit in units if kind_of(unit) == PICTURE)
        if any(number_of(unit) != plan.number for unit in (*self.sequences, *self.pictures)):
            raise CannotJoinError("The encoder did not give its headers a number of their own.")
        self.words = f"libx264 {' '.join(f'{key}={options[key]}' for key in sorted(options))}"

    def packets(self, span: Span) -> Iterator[tuple[bytes, bool]]:
        """Yield each packet's bytes in the form that the file wants, and whether it is a key packet."""
        index = self._order.index
        assert index is not None
        for number, frame in enumerate(frames_of(self._order, span.first, span.last), span.first):
            yield from self._written(
                self._context.encode(prepared(frame, int(index.pts[number]), index.time_base, self._like))
            )
        yield from self._written(self._context.encode(None))

    def _written(self, packets: list[Packet[Stream]]) -> Iterator[tuple[bytes, bool]]:
        for packet in packets:
            units = [unit for unit in units_by_start_code(bytes(packet)) if kind_of(unit) != DELIMITER]
            if not self._length_bytes:
                if packet.is_keyframe:
                    units = [*self.sequences, *self.pictures, *units]
                units.insert(0, b"\x09\xf0")
            yield with_lengths(units, self._length_bytes), packet.is_keyframe


class _Joining:
    """One run over the packets."""

    def __init__(
        self,
        order: CutOrder,
        plan: _Plan,
        targets: dict[int, Stream],
        written: tuple[Copied, Noted],
        advance: Callable[[int, int], None],
    ) -> None:
        assert order.index is not None
        self._order = order
        self._plan = plan
        self._targets = targets
        self._done, self._noted = written
        self._advance = advance
        self._index = order.index
        self._stamps = iter(plan.stamps)
        self._written = 0
        self._video = order.video or 0

    def run(self, out: OutputContainer, head: _Encoder | None, tail: _Encoder | None) -> None:
        if head is not None:
            self._encode(out, head, self._plan.head)
        self._copy(out)
        if tail is not None:
            self._encode(out, tail, self._plan.tail)
        if next(self._stamps, None) is not None:
            raise CannotJoinError(f"{self._order.display_name} has become shorter.")

    def _encode(self, out: OutputContainer, encoder: _Encoder, span: Span) -> None:
        for data, is_key in encoder.packets(span):
            packet = Packet(data)
            packet.is_keyframe = is_key
            packet.time_base = self._index.time_base
            self._done.encoded_packets += 1
            self._put_video(out, packet)

    def _copy(self, out: OutputContainer) -> None:
        order, plan = self._order, self._plan
        sound_from = sound_start(order, None)
        is_over, still_open = False, {note.index for note in order.streams if note.kind == "audio"}
        still_open &= set(self._targets)
        for taken in packets_from(order, plan.start, sound_from, set(self._targets)):
            packet = taken.packet
            if taken.number >= 0:
                is_over = taken.number >= plan.end
                if taken.number <= plan.end:
                    self._check_sets(packet)
                    self._put_video(out, packet)
                elif packet.dts is not None and packet.time_base and packet.dts * packet.time_base > order.end + 5:
                    break
            elif packet.pts is not None and packet.time_base is not None:
                self._put_other(out, taken, sound_from, still_open)
            if is_over and not still_open:
                break

    def _put_other(self, out: OutputContainer, taken: Taken, sound_from: Fraction, still_open: set[int]) -> None:
        packet = taken.packet
        assert packet.pts is not None
        assert packet.time_base is not None
        start = packet.pts * packet.time_base
        if start >= self._order.end:
            still_open.discard(packet.stream_index)
            return
        if start + (packet.duration or 0) * packet.time_base <= sound_from:
            return
        self._noted.add(packet)
        if taken.is_part and PARTED not in self._done.notes:
            self._done.notes.append(PARTED)
        zero = ticks(self._order.start, packet.time_base)
        packet.pts -= zero
        if packet.dts is not None:
            packet.dts -= zero
        packet.stream = self._targets[packet.stream_index]
        out.mux_one(packet)

    def _check_sets(self, packet: Packet[Stream]) -> None:
        units = units_of(bytes(memoryview(packet)[:4_096]), self._plan.length_bytes)
        if any(number_of(unit) == self._plan.number for unit in units if kind_of(unit) in {SEQUENCE, PICTURE}):
            raise CannotJoinError("The camera's own headers take the number that the encoder was given.")

    def _put_video(self, out: OutputContainer, packet: Packet[Stream]) -> None:
        stamps = next(self._stamps, None)
        if stamps is None:
            raise CannotJoinError("The encoder gave more packets than frames.")
        packet.pts, packet.dts = stamps
        number = int(np.searchsorted(self._index.pts, stamps[0] + int(self._index.pts[self._order.first])))
        packet.duration = self._index.end_of(number) - int(self._index.pts[number])
        self._noted.add(packet, self._video)
        packet.stream = self._targets[self._video]
        out.mux_one(packet)
        self._written += 1
        self._advance(self._written, len(self._plan.stamps))
