"""Finds exact frames in one stream: seeks by the frame index and names every decoded frame by its packet.

Packets are counted in decoding order, as the index counted them. Each packet is given its number in place of its time
stamp before it is decoded; a decoder hands that through to the frame it makes, so a frame is known by the very packet
that it came from, whatever its stamps say (missing, doubled or running backwards). After a seek the first packets are
recognised by their place in the file or their stamp; where there is any doubt, packets are counted from the file's
beginning. Where a packet turns up with the stamp of a later one, the file has lost a piece since it was added: counting
goes on with that one, and nothing is shown in place of what is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import av
import av.codec.context
import av.error
import av.video.stream
import numpy as np

from evidence.demux import open_container
from evidence.errors import SightlineError, TruncatedMediaError
from evidence.frame_index import FrameIndex, Timing
from evidence.originals import OriginalStream, open_original
from player.decoder.clean_starts import CleanStarts
from player.decoder.packet_names import PacketNames, Sighting
from player.protocol import Source

_CORRUPT_FLAG = int(av.codec.context.Flags.output_corrupt)
_SKIPPABLE = frozenset({"h264", "hevc", "mpeg4", "mpeg2video", "mpeg1video"})
_SEEK_TRIES = 3
_WORTH_A_SEEK_PACKETS = 6
_PACKETS_TO_RECOGNISE = 64

_Packet: TypeAlias = "av.Packet[av.video.stream.VideoStream]"
_READ_ERRORS = (av.error.FFmpegError, OSError, SightlineError)


@dataclass(frozen=True, slots=True)
class Decoded:
    """One decoded frame.

    Attributes:
        number: its frame number in the index.
        picture: as the decoder made it: coded size, not rotated.
    """

    number: int
    picture: av.VideoFrame


class FrameReader:
    """One open stream and its place in it. Used by one thread; close it when done.

    Attributes:
        index: every frame of the stream.
        is_at_end: whether everything up to the end of what can be read has come out.
        last_out: the highest frame number that came out since the last seek, or -1.
    """

    def __init__(self, source: Source, index: FrameIndex, threads: int) -> None:
        """Open the stream.

        Raises:
            SightlineError: the file is missing, may not be read, or holds no such stream any more.
        """
        self._source = source
        self._threads = threads
        self.index = index
        self.is_at_end = False
        self.last_out = -1
        self._names = PacketNames(index)
        self._frame_of_packet = np.full(len(index.is_key), -1, dtype=np.int64)
        self._frame_of_packet[index.order] = np.arange(len(index), dtype=np.int64)
        self._keep_from = 0
        self._only: frozenset[int] | None = None
        self._left_out: set[int] = set()
        self._starts = CleanStarts(index)
        self._wanted = 0
        self._is_in_doubt = False
        self._is_skipping = False
        self._decoded_from = 0
        self._next_packet = 0
        self._packets: Iterator[_Packet] = iter(())
        self._ahead: _Packet | None = None
        self._open()

    def aim(self, frame: int, keep_from: int, only: frozenset[int] | None = None) -> None:
        """Make sure that reading on will bring frame number `frame`; seek only where that is quicker.

        Args:
            frame: the frame that is needed.
            keep_from: frames from this number on are wanted too, where they lie on the way. Others may be left out
                where nothing depends on them.
            only: of those, the ones that are wanted; None for all.
        """
        anchor = self._starts.start_for(frame)
        if not self._brings(frame, anchor):
            self._go_to(anchor)
        self._wanted = frame
        self._is_in_doubt = False
        self._keep_from = min(keep_from, frame)
        self._only = only

    def read(self) -> list[Decoded]:
        """Decode one packet and return what came out of it, in the order of presentation.

        Where the wanted frame cannot come out whole because decoding began too late, it begins anew from further back.
        """
        found = self._read_on()
        if self._is_in_doubt:
            self._is_in_doubt = False
            self._starts.go_back(self._wanted)
            self._go_to(self._starts.start_for(self._wanted))
        return found

    def _read_on(self) -> list[Decoded]:
        if self.is_at_end:
            return []
        packet = self._next()
        if packet is None:
            self.is_at_end = True
            return self._number(self._decode(None))
        before = self._count_anew(packet) if self._is_stranger(packet) else []
        return [*before, *self._take(packet)]

    def _take(self, packet: _Packet) -> list[Decoded]:
        number = self._next_packet
        self._next_packet += 1
        if number < self._decoded_from:
            return []
        if not packet.size:
            return []
        self._choose_skipping(number)
        packet.pts = packet.dts = number
        return self._number(self._decode(packet))

    def empty(self) -> list[Decoded]:
        """Return what the decoder still holds back; to read on from here takes a seek."""
        self.is_at_end = True
        return self._number(self._decode(None))

    @property
    def next_packet(self) -> int:
        """Number of the packet that `read` takes next."""
        return self._next_packet

    def close(self) -> None:
        """Let go of the file."""
        self._packets = iter(())
        self._ahead = None
        self._container.close()
        self._original.close()

    def _open(self) -> None:
        self._original = open_original(self._source.path_bytes)
        try:
            self._container = open_container(OriginalStream(self._original))
            stream = self._container.streams[self._source.stream_index]
        except (av.error.FFmpegError, IndexError) as error:
            self._original.close()
            raise _not_readable(self._source) from error
        if not isinstance(stream, av.video.stream.VideoStream):
            self.close()
            raise _not_readable(self._source)
        self._stream: av.video.stream.VideoStream = stream
        self._codec = self._stream.codec_context
        self._codec.thread_count = self._threads
        self._codec.thread_type = "FRAME" if self._threads > 1 else "SLICE"
        self._codec.flags |= _CORRUPT_FLAG
        self._can_skip = self._codec.name in _SKIPPABLE
        self._packets = self._container.demux(self._stream)
        self._start_at(0, 0)

    def _brings(self, frame: int, anchor: int) -> bool:
        """Tell whether reading on brings the frame whole, and sooner than a seek would."""
        if self.is_at_end or frame <= self.last_out or frame in self._left_out or anchor < self._decoded_from:
            return False
        return anchor <= self._next_packet + _WORTH_A_SEEK_PACKETS

    def _go_to(self, anchor: int) -> None:
        """Stand before the anchor's packet, or before an earlier one from where packets are only passed over."""
        wanted = anchor
        for _ in range(_SEEK_TRIES):
            landed = self._try_seek(wanted)
            if landed is not None and landed <= anchor:
                self._start_at(landed, anchor)
                return
            if wanted <= 0:
                break
            earlier = np.flatnonzero(self.index.is_key[:wanted])
            wanted = int(earlier[-1]) if len(earlier) else 0
        self.close()
        self._open()
        self._start_at(0, anchor)

    def _start_at(self, packet: int, anchor: int) -> None:
        self._next_packet = packet
        self._decoded_from = anchor
        self._starts.begin(anchor)
        self.last_out = -1
        self._left_out.clear()
        self.is_at_end = False

    def _try_seek(self, packet: int) -> int | None:
        """Seek to a packet and return the number of the one that comes next, or None where it is not recognised."""
        try:
            if self.index.timing is Timing.ASSUMED:
                self._container.seek(int(self.index.packet_pos[packet]), unsupported_byte_offset=True)
            else:
                self._container.seek(int(self.index.packet_pts[packet]), stream=self._stream)
        except _READ_ERRORS:
            return None
        self._codec.flush_buffers()
        self._ahead = None
        self._packets = self._container.demux(self._stream)
        passed: list[_Packet] = []
        sighting = Sighting(self._names)
        while len(passed) < _PACKETS_TO_RECOGNISE:
            following = self._next()
            if following is None:
                sighting.end()
                break
            passed.append(following)
            sighting.see(following.pos, following.pts)
            if sighting.first is not None:
                break
        if sighting.first is None:
            return None
        self._packets = chain(passed[sighting.fragments :], self._packets)
        return sighting.first + sighting.fragments

    def _next(self) -> _Packet | None:
        if self._ahead is not None:
            ahead, self._ahead = self._ahead, None
            return ahead
        try:
            packet = next(self._packets, None)
        except _READ_ERRORS:
            return None
        return None if packet is None or (packet.size == 0 and packet.dts is None) else packet

    def _is_stranger(self, packet: _Packet) -> bool:
        """Tell whether a packet has another stamp than the one that the index names next."""
        number, stamps = self._next_packet, self.index.packet_pts
        return packet.pts is not None and number < len(stamps) and packet.pts != stamps[number]

    def _count_anew(self, packet: _Packet) -> list[Decoded]:
        """Go on with the packet's own number where the file has lost a piece since it was added.

        Two packets must agree on how many are missing. What comes before the next key packet leans on the piece that
        is lost, so it is only passed over. Returns what the decoder still held back.
        """
        found = self._names.by_stamp(packet.pts)
        if found is None or found <= self._next_packet:
            return []
        following = self._next()
        if following is None:
            return []
        self._ahead = following
        if self._names.by_stamp(following.pts) != found + 1:
            return []
        held_back = self._number(self._decode(None))
        self._codec.flush_buffers()
        later = np.flatnonzero(self.index.is_key[found:])
        self._next_packet = found
        self._decoded_from = found + int(later[0]) if len(later) else len(self.index.is_key)
        return held_back

    def _choose_skipping(self, packet: int) -> None:
        """Leave a frame out that nobody wants and on which no other depends; the decoder knows which those are."""
        if not self._can_skip or packet >= len(self._frame_of_packet):
            return
        frame = int(self._frame_of_packet[packet])
        if frame < 0:
            return
        skipping = frame < self._keep_from or (self._only is not None and frame not in self._only)
        if skipping:
            self._left_out.add(frame)
        if skipping != self._is_skipping:
            self._is_skipping = skipping
            self._codec.skip_frame = "NONREF" if skipping else "DEFAULT"

    def _decode(self, packet: _Packet | None) -> list[av.VideoFrame]:
        try:
            return list(self._codec.decode(packet))
        except av.error.FFmpegError:
            return []

    def _number(self, pictures: list[av.VideoFrame]) -> list[Decoded]:
        found: list[Decoded] = []
        for picture in pictures:
            packet = picture.pts
            if packet is None or not 0 <= packet < len(self._frame_of_packet):
                continue
            number = int(self._frame_of_packet[packet])
            if number < 0:
                continue
            self.last_out = max(self.last_out, number)
            anchor = int(self.index.anchors[number])
            if anchor < self._decoded_from:
                continue  # a leading picture leans on the group before its key frame
            if self._starts.is_whole(packet, is_corrupt=picture.is_corrupt):
                found.append(Decoded(number, picture))
            elif number == self._wanted or (number < self._wanted and not self._starts.reaches(self._wanted)):
                self._is_in_doubt = True
        return found


def _not_readable(source: Source) -> TruncatedMediaError:
    return TruncatedMediaError(
        f"{source.display_name} can no longer be understood as a recording.",
        meaning="It played when it was added, so the file has been cut short or changed since.",
        remedy="Verify the case; then fetch the recording again from its source.",
    )
