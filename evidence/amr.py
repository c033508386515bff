"""Parts packets of AMR that hold several frames of 20 ms, as old phones write them, into packets of one frame each.

FFmpeg writes no others into MP4, QuickTime and 3GP. Where the first packet says that its sound begins with 5 ms of
run-up, FFmpeg's decoder leaves these out of every frame in it, which puts all that follows too early: of five frames by
20 ms, up to where stamps leave a gap. Nothing is decoded here and every byte stays, in its order: a frame says itself
how long it is (RFC 4867).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, pairwise
from typing import TypeVar, cast

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

_AnyStream = TypeVar("_AnyStream", bound=Stream)
_FRAME_S = Fraction(20, 1000)
_NAMES = frozenset({"amrnb", "amr_nb", "libopencore_amrnb"})
_SIZES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1)
"""Bytes of a frame of each type, its header among them."""


def is_amr(stream: Stream) -> bool:
    """Tell whether a stream is AMR of narrow band; FFmpeg takes packets of wide band as they are."""
    return stream.type == "audio" and stream.codec_context.name in _NAMES


def parted(packet: Packet[_AnyStream]) -> list[Packet[_AnyStream]]:
    """Return a packet for each frame that a packet of AMR holds; where that cannot be told, the packet itself."""
    data = bytes(packet)
    places = [0]
    while places[-1] < len(data):
        places.append(places[-1] + _SIZES[data[places[-1]] >> 3 & 15])
    count = len(places) - 1
    if count < 2 or places[-1] != len(data) or packet.pts is None:
        return [packet]
    length = _FRAME_S / packet.time_base
    parts: list[Packet[_AnyStream]] = []
    for number, (start, end) in enumerate(pairwise(places)):
        part = cast("Packet[_AnyStream]", Packet(data[start:end]))
        part.pts = part.dts = packet.pts + round(number * length)
        part.duration, part.time_base, part.stream = round(length), packet.time_base, packet.stream
        part.is_keyframe = True
        parts.append(part)
    return parts


def sound_packets(container: InputContainer, stream: AudioStream) -> Iterator[Packet[AudioStream]]:
    """Yield a sound's packets from where the container stands, as a decoder should be given them; the last is empty."""
    packets = container.demux(stream)
    if not is_amr(stream):
        return packets
    return chain.from_iterable(parted(packet) if packet.size else [packet] for packet in packets)
