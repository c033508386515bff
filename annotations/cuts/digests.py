"""What packets are known by: SHA-256, for each stream in the order in which its packets come.

A copy is written without looking into it, as fast as packets can be read and written; the check then reads the
original's packets once more and the file's, and compares the two. Runs in the process that cuts.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from fractions import Fraction

from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream

from annotations.cuts.messages import LeftOut
from evidence.times import NS_PER_S

_EMPTY_LINE_BYTES = 2


class PacketDigests:
    """The SHA-256 of a stream's packets: of their bytes and, except where packets are arbitrary, of their lengths.

    Attributes:
        count: how many packets.
    """

    def __init__(self, stream: Stream | None) -> None:
        """Begin with no packet; `stream` is where they come from, or None for packets of an encoder."""
        self.count = 0
        self._may_be_empty_lines = stream is not None and stream.type == "subtitle"
        self._bytes = hashlib.sha256()
        self._lengths = None if stream is not None and is_sampled(stream) else hashlib.sha256()

    def add(self, packet: Packet[Stream]) -> None:
        """Take the next packet; the empty lines that MP4 needs between others do not count."""
        data = memoryview(packet)
        if self._may_be_empty_lines and len(data) == _EMPTY_LINE_BYTES:
            return
        self.count += 1
        self._bytes.update(data)
        if self._lengths is not None:
            self._lengths.update(struct.pack("<Q", len(data)))

    @property
    def of_bytes(self) -> bytes:
        """The digest of the bytes alone."""
        return self._bytes.digest()

    @property
    def result(self) -> bytes:
        """The digest so far."""
        return self.of_bytes + (b"" if self._lengths is None else self._lengths.digest())


def is_sampled(stream: Stream) -> bool:
    """Tell whether a stream is bare samples, which every reader cuts into packets as it likes."""
    return isinstance(stream, AudioStream) and stream.codec_context.name.startswith("pcm_")


class Noted:
    """The packets that a file is to hold.

    Attributes:
        packets: by stream of the original, the digests of its packets in the order written.
        sounds: by sound stream of the original, each packet's SHA-256 and its time from the cut's start, ns.
    """

    def __init__(self, start: Fraction) -> None:
        """Begin with none; `start` is the media time at which the cut begins, in seconds."""
        self.packets: dict[int, PacketDigests] = {}
        self.sounds: dict[int, list[tuple[bytes, int]]] = {}
        self._start_ns = int(start * NS_PER_S)

    def add(self, packet: Packet[Stream], stream: int | None = None) -> None:
        """Note the next packet, before its stamps are changed.

        Args:
            packet: one of the original; or of an encoder, or to be known by its bytes alone.
            stream: its stream's number in the original, where it does not say so itself.
        """
        number = packet.stream_index if stream is None else stream
        source = packet.stream if stream is None else None
        digests = self.packets.get(number)
        if digests is None:
            digests = self.packets[number] = PacketDigests(source)
        digests.add(packet)
        if packet.pts is not None and isinstance(source, AudioStream):
            base = packet.time_base
            instant = packet.pts * base.numerator * NS_PER_S // base.denominator - self._start_ns
            self.sounds.setdefault(number, []).append((hashlib.sha256(memoryview(packet)).digest(), instant))


@dataclass
class Copied:
    """What was written.

    Attributes:
        noted: its packets, as far as they were noted when they were written; None where they are the original's
            alone, so that the original says what they must be.
        encoded_packets: how many of them come from an encoder.
        order: the streams of the original that are in the file, in its order.
        left_out: streams that are not in the file.
        notes: what people should know.
        is_hidden: whether an edit list hides what was not asked for.
        header: of a file without a container, the bytes that were put before the first packet.
    """

    noted: Noted | None = None
    encoded_packets: int = 0
    order: list[int] = field(default_factory=list)
    left_out: tuple[LeftOut, ...] = ()
    notes: list[str] = field(default_factory=list)
    is_hidden: bool = False
    header: bytes = b""
