"""Takes the SHA-256 of packets that are copied, in a thread beside the one that writes them.

hashlib lets other threads run while it reads more than 2,047 bytes, so that pictures are digested while the next ones
are read and written. Runs in the process that cuts.
"""

from __future__ import annotations

import hashlib
import struct
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from types import TracebackType
from typing import Self

from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream

from annotations.cuts.messages import LeftOut
from evidence.times import NS_PER_S

_EMPTY_LINE_BYTES = 2
_BATCH_PACKETS = 256
_BATCH_BYTES = 1 << 20
_MOST_BATCHES = 4
"""So many may wait: what they hold stays in memory."""


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

    def add(self, *packets: Packet[Stream]) -> None:
        """Take the next packets; the empty lines that MP4 needs between others do not count."""
        parts = [memoryview(packet) for packet in packets]
        if self._may_be_empty_lines:
            parts = [part for part in parts if len(part) != _EMPTY_LINE_BYTES]
        self.count += len(parts)
        self._bytes.update(parts[0] if len(parts) == 1 else b"".join(parts))
        if self._lengths is not None:
            self._lengths.update(struct.pack(f"<{len(parts)}Q", *map(len, parts)))

    @property
    def result(self) -> bytes:
        """The digest so far."""
        return self._bytes.digest() + (b"" if self._lengths is None else self._lengths.digest())


def is_sampled(stream: Stream) -> bool:
    """Tell whether a stream is bare samples, which every reader cuts into packets as it likes."""
    return isinstance(stream, AudioStream) and stream.codec_context.name.startswith("pcm_")


@dataclass
class Copied:
    """What was written.

    Attributes:
        packets: by stream of the original, the digests of its packets in the order written.
        encoded_packets: how many of them come from an encoder.
        order: the streams of the original that are in the file, in its order.
        sounds: by sound stream of the original, each packet's SHA-256 and its time from the cut's start, ns.
        left_out: streams that are not in the file.
        notes: what people should know.
        is_hidden: whether an edit list hides what was not asked for.
    """

    packets: dict[int, PacketDigests] = field(default_factory=dict)
    encoded_packets: int = 0
    order: list[int] = field(default_factory=list)
    sounds: dict[int, list[tuple[bytes, int]]] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    notes: list[str] = field(default_factory=list)
    is_hidden: bool = False


@dataclass(slots=True)
class _Lane:
    """One stream: its digests, its sounds (None: it is none), ns a tick as a ratio, and what waits to be digested."""

    digests: PacketDigests
    sounds: list[tuple[bytes, int]] | None
    numerator: int
    denominator: int
    packets: list[Packet[Stream]] = field(default_factory=list)
    instants: list[int | None] = field(default_factory=list)


class Digesting:
    """Notes packets in what was written, beside the caller; use it as a context manager, around all writing.

    The thread is handed a megabyte at a time and joins a stream's packets before it digests them: a thread that asked
    for the interpreter at every packet would hold up the one that writes by more than it saves. What it raises is
    raised to the caller. The packets' bytes must stay as they are; their stamps may be changed.
    """

    def __init__(self, copied: Copied, start: Fraction) -> None:
        """Note packets in `copied`; `start` is the media time at which the cut begins, in seconds."""
        self._copied = copied
        self._start_ns = int(start * NS_PER_S)
        self._lanes: dict[int, _Lane] = {}
        self._held_bytes = self._held = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="digests")
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._send()
        self._thread.shutdown(cancel_futures=kind is not None)
        if kind is None:
            for each in self._waiting:
                each.result()

    def add(self, packet: Packet[Stream], stream: int | None = None) -> None:
        """Note a packet that is written, before its stamps are changed.

        Args:
            packet: one of the original; or of an encoder, or to be known by its bytes alone.
            stream: its stream's number in the original, where it does not say so itself.
        """
        number = packet.stream_index if stream is None else stream
        lane = self._lanes.get(number)
        if lane is None:
            lane = self._lanes[number] = self._lane(number, packet if stream is None else None)
        lane.packets.append(packet)
        if lane.sounds is not None:
            stamp = packet.pts
            lane.instants.append(None if stamp is None else stamp * lane.numerator // lane.denominator - self._start_ns)
        self._held += 1
        self._held_bytes += packet.size
        if self._held_bytes >= _BATCH_BYTES or self._held >= _BATCH_PACKETS:
            self._send()

    def _lane(self, number: int, packet: Packet[Stream] | None) -> _Lane:
        stream = None if packet is None else packet.stream
        digests = self._copied.packets[number] = PacketDigests(stream)
        if packet is None or not isinstance(stream, AudioStream):
            return _Lane(digests, None, 1, 1)
        base = packet.time_base
        sounds = self._copied.sounds.setdefault(number, [])
        return _Lane(digests, sounds, base.numerator * NS_PER_S, base.denominator)

    def _send(self) -> None:
        batch = []
        for lane in self._lanes.values():
            if lane.packets:
                batch.append((lane, lane.packets, lane.instants))
                lane.packets, lane.instants = [], []
        self._held_bytes = self._held = 0
        if len(self._waiting) >= _MOST_BATCHES:
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(_digest, batch))


def _digest(batch: list[tuple[_Lane, list[Packet[Stream]], list[int | None]]]) -> None:
    for lane, packets, instants in batch:
        lane.digests.add(*packets)
        if lane.sounds is not None:
            for packet, instant in zip(packets, instants, strict=True):
                if instant is not None:
                    lane.sounds.append((hashlib.sha256(memoryview(packet)).digest(), instant))
