"""Reads the packets of an original from a place on, each video packet with its number in the frame index.

It seeks, recognises where it landed by places and stamps, and counts from the beginning of the file where there is any
doubt. Runs in the process that cuts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from itertools import chain
from types import TracebackType
from typing import NamedTuple, Self

import av.error
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from annotations.cuts.messages import CutOrder
from evidence.amr import is_amr, parted
from evidence.demux import iterate_packets, open_container
from evidence.frame_index import FrameIndex, Timing
from evidence.originals import OriginalStream, open_original
from player.decoder.packet_names import PacketNames, Sighting

_EARLIER_S = Fraction(2)
_PACKETS_TO_RECOGNISE = 64
_WORTH_A_SEEK_S = 4


PARTED = (
    "Packets of AMR sound held several frames each and were parted into one for each frame; all bytes are the same."
)
"""What people should know of a file with such packets."""


class Taken(NamedTuple):
    """A packet.

    Attributes:
        packet: as FFmpeg gave it.
        number: of a packet of the shown stream: its number in decoding order; else -1.
        is_part: whether it is one of several frames that a packet held.
    """

    packet: Packet[Stream]
    number: int
    is_part: bool = False


class SourceFile:
    """An original that is open for reading; use it as a context manager.

    Attributes:
        container: FFmpeg's view of it.
    """

    container: InputContainer

    def __init__(self, order: CutOrder) -> None:
        self._order = order
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            original = undo.enter_context(open_original(self._order.path_bytes))
            self.container = undo.enter_context(open_container(OriginalStream(original)))
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    @property
    def video(self) -> VideoStream | None:
        """The stream that is shown."""
        if self._order.video is None:
            return None
        stream = self.container.streams[self._order.video]
        return stream if isinstance(stream, VideoStream) else None


def packets_from(order: CutOrder, start_packet: int | None, sound_from: Fraction, wanted: set[int]) -> Iterator[Taken]:
    """Yield packets in the file's order from a video packet on, and other streams' from a time on, or from earlier.

    Args:
        order: what is cut.
        start_packet: video packets before this number are left out; None without a picture.
        sound_from: media time in seconds; packets that end before it may be left out.
        wanted: indexes of the streams to yield.

    Raises:
        SightlineError: the file is missing or may not be read.
        FFmpegError: it cannot be read on.
    """
    earliest = sound_from
    if order.index is not None and start_packet is not None:
        stamp = int(order.index.packet_pts[start_packet]) * order.index.time_base
        earliest = min(earliest, stamp)
    for is_from_start in (False, True):
        if not is_from_start and start_packet is None and earliest < _WORTH_A_SEEK_S:
            continue
        with SourceFile(order) as source:
            found = _run(source, order, start_packet, earliest - _EARLIER_S, wanted, is_from_start=is_from_start)
            ready = _until_ready(found, order, start_packet, sound_from, is_from_start=is_from_start)
            if ready is None:
                continue
            yield from ready
            yield from found
            return


def _run(
    source: SourceFile,
    order: CutOrder,
    start_packet: int | None,
    earliest: Fraction,
    wanted: set[int],
    *,
    is_from_start: bool,
) -> Iterator[Taken]:
    """Yield numbered packets from wherever it landed; nothing where the place was not recognised."""
    container, index = source.container, order.index
    streams = [stream for stream in container.streams if stream.index in wanted]
    grouped = {stream.index for stream in streams if is_amr(stream)}
    number = 0
    if not is_from_start:
        landed = _seek(container, order, start_packet, earliest)
        if landed is None:
            return
    packets = iterate_packets(container, *streams)
    if not is_from_start and index is not None:
        recognised = _recognised(packets, order, start_packet or 0)
        if recognised is None:
            return
        passed, number = recognised
        packets = chain(passed, packets)
    for packet in packets:
        if packet.stream_index == order.video:
            yield Taken(packet, number)
            number += 1
        elif packet.stream_index in grouped and packet.size:
            parts = parted(packet)
            yield from (Taken(part, -1, is_part=len(parts) > 1) for part in parts)
        else:
            yield Taken(packet, -1)


def _recognised(
    packets: Iterator[Packet[Stream]], order: CutOrder, start_packet: int
) -> tuple[list[Packet[Stream]], int] | None:
    """Return the packets after a seek up to where the place is known, and the number of the first video packet."""
    assert order.index is not None
    sighting, seen = Sighting(PacketNames(order.index)), 0
    passed: list[Packet[Stream]] = []
    for packet in packets:
        passed.append(packet)
        if packet.stream_index != order.video:
            continue
        sighting.see(packet.pos, packet.pts)
        seen += 1
        if sighting.first is not None or seen >= _PACKETS_TO_RECOGNISE:
            break
    if sighting.first is None or sighting.fragments or sighting.first > start_packet:
        return None
    return passed, sighting.first


def _seek(container: InputContainer, order: CutOrder, start_packet: int | None, earliest: Fraction) -> int | None:
    index = order.index
    try:
        if index is None or start_packet is None:
            container.seek(max(0, int(earliest * 1_000_000)))
            return 0
        key = _key_before(index, start_packet, earliest)
        if key <= 0 or index.timing is Timing.ASSUMED:
            return None
        container.seek(int(index.packet_pts[key]), stream=container.streams[order.video or 0])
    except (av.error.FFmpegError, OSError):
        return None
    return key


def _key_before(index: FrameIndex, start_packet: int, earliest: Fraction) -> int:
    keys = np.flatnonzero(index.is_key[: start_packet + 1])
    limit = int(earliest / index.time_base)
    early = keys[index.packet_pts[keys] <= limit]
    return int(early[-1]) if len(early) else 0


def _until_ready(
    found: Iterator[Taken],
    order: CutOrder,
    start_packet: int | None,
    sound_from: Fraction,
    *,
    is_from_start: bool,
) -> list[Taken] | None:
    """Return what comes up to the first video packet that is wanted; None where something earlier was missed."""
    covered: set[int] = set()
    kept: list[Taken] = []
    for taken in found:
        packet = taken.packet
        if taken.number >= 0:
            if start_packet is not None and taken.number < start_packet:
                continue
        elif packet.pts is not None and packet.time_base and packet.pts * packet.time_base <= sound_from:
            covered.add(packet.stream_index)
        kept.append(taken)
        if taken.number >= 0 or start_packet is None:
            break
    else:
        return kept if is_from_start else None
    if is_from_start:
        return kept
    missed = {
        note.index
        for note in order.streams
        if note.kind == "audio" and note.start is not None and note.start < sound_from - _EARLIER_S / 4
    } - covered
    return None if missed else kept
