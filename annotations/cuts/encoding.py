"""Encodes every frame of a range anew, and nothing else: the file begins with the first and ends with the last.

Runs in the process that cuts.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from annotations.cuts.containers import EDIT_LISTS
from annotations.cuts.messages import Codec, CutOrder, LeftOut
from annotations.cuts.mp4_edit import TrackEdit, set_edits
from annotations.cuts.pictures_out import (
    add_picture_stream,
    as_encoded,
    display_matrix,
    encoder_options,
    frames_of,
    prepared,
)
from annotations.cuts.places import raw_shift
from annotations.cuts.sound_out import SoundOut
from annotations.cuts.source import SourceFile
from annotations.cuts.written import disk_errors, writing
from evidence.frame_index import Timing

_AHEAD_S = Fraction(1, 2)


@dataclass(frozen=True)
class Encoded:
    """What was written.

    Attributes:
        encoder: name and options.
        sounds: the sound streams that are in the file, in its order.
        left_out: streams that are not in the file.
        notes: what people should know.
    """

    encoder: str
    sounds: tuple[int, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


def encode_range(order: CutOrder, path: Path, advance: Callable[[int, int], None]) -> Encoded:
    """Write the cut and return what was written.

    Raises:
        CannotEncodeError: the frames cannot be decoded or encoded like this.
        DiskError: the disk did not take it.
        SightlineError: the original is missing or may not be read.
        FFmpegError: FFmpeg cannot read or write it.
    """
    scale = 0 if order.index is None else order.index.time_base.denominator
    notes: list[str] = []
    left_out = [
        LeftOut(note.index, f"{note.kind} ({note.telemetry or note.codec})", "only pictures and sound are encoded anew")
        for note in order.streams
        if note.kind != "audio" and note.index != order.video
    ]
    sounds = [note for note in order.streams if note.kind == "audio" and note.start is not None]
    if order.index is not None and order.index.timing is Timing.REPAIRED and _has_resets(order):
        left_out += [LeftOut(one.index, "audio", "the time stamps start anew in mid-file") for one in sounds]
        sounds = []
    matrix = None
    with ExitStack() as undo:
        is_silent_of_colour = order.codec is Codec.FFV1
        out = undo.enter_context(writing(path, order.out_format, scale, states_colour=is_silent_of_colour))
        pictures = None if order.index is None else _Pictures(out, order)
        heard = [SoundOut(out, undo.enter_context(SourceFile(order)), note.index, order) for note in sounds]
        if pictures is not None:
            matrix = pictures.matrix
            pictures.run(heard, advance)
        for sound in heard:
            sound.advance(None)
    if order.out_format in EDIT_LISTS:
        edits = [TrackEdit(order.end - order.start, matrix)] if pictures is not None else []
        edits += [TrackEdit(None)] * len(heard)
        with disk_errors(path):
            set_edits(path, edits)
    elif matrix is not None:
        notes.append("The turn of the picture is not stated in this container.")
    encoder = "" if pictures is None else pictures.words
    left_out += [LeftOut(one.index, "audio", "there is no sound in the range") for one in heard if not one.samples]
    heard = [one for one in heard if one.samples]
    spoken = "; ".join(f"sound {one.codec}" for one in heard)
    return Encoded(
        "; ".join(part for part in (encoder, spoken) if part),
        tuple(one.index for one in heard),
        tuple(left_out),
        tuple(notes),
    )


def _has_resets(order: CutOrder) -> bool:
    assert order.index is not None
    return raw_shift(order.index, 0, len(order.index.is_key) - 1) is None and "avi" not in order.container


class _Pictures:
    """The pictures on their way into the file."""

    def __init__(self, out: OutputContainer, order: CutOrder) -> None:
        assert order.index is not None
        self._out = out
        self._order = order
        self._index = order.index
        frames = frames_of(order, order.first, order.last)
        first = next(frames)
        self.matrix = display_matrix(first)
        self._like = as_encoded(first, order.codec)
        self._frames = chain([self._like], (as_encoded(frame, order.codec) for frame in frames))
        name, options = encoder_options(order, is_interlaced=bool(first.interlaced_frame))
        self._stream: VideoStream = add_picture_stream(out, order, self._like, options, name)
        self.words = f"{self._stream.codec_context.name} {' '.join(f'{key}={options[key]}' for key in sorted(options))}"

    def run(self, sounds: list[SoundOut], advance: Callable[[int, int], None]) -> None:
        index, order = self._index, self._order
        zero = int(index.pts[order.first])
        for number, frame in enumerate(self._frames):
            pts = int(index.pts[order.first + number]) - zero
            for sound in sounds:
                sound.advance(pts * index.time_base + _AHEAD_S)
            self._put(self._stream.encode(prepared(frame, pts, index.time_base, self._like)))
            advance(number + 1, order.frames)
        self._put(self._stream.encode(None))

    def _put(self, packets: list[Packet[Stream]]) -> None:
        index, zero = self._index, int(self._index.pts[self._order.first])
        for packet in packets:
            if packet.pts is not None and packet.time_base:
                stamp = round(packet.pts * packet.time_base / index.time_base) + zero
                number = int(np.searchsorted(index.pts, stamp))
                length = (index.end_of(min(number, len(index) - 1)) - stamp) * index.time_base
                packet.duration = round(length / packet.time_base)
            self._out.mux_one(packet)
