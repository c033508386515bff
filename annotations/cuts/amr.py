"""Parts packets of AMR that hold several frames of 20 ms, as old phones write them, into packets of one frame each.

FFmpeg writes no others into MP4, QuickTime and 3GP. Nothing is decoded and every byte stays, in its order: a frame says
itself how long it is (RFC 4867). Runs in the process that cuts.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from av.packet import Packet
from av.stream import Stream

PARTED = (
    "Packets of AMR sound held several frames each and were parted into one for each frame; all bytes are the same."
)
"""What people should know of a file with such packets."""

_FRAME_S = Fraction(20, 1000)
_NAMES = frozenset({"amrnb", "amr_nb", "libopencore_amrnb"})
_SIZES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1)
"""Bytes of a frame of each type, its header among them."""


def is_amr(stream: Stream) -> bool:
    """Tell whether a stream is AMR of narrow band; FFmpeg takes packets of wide band as they are."""
    return stream.type == "audio" and stream.codec_context.name in _NAMES


def parted(packet: Packet[Stream]) -> list[Packet[Stream]]:
    """Return a packet for each frame that a packet of AMR holds; where that cannot be told, the packet itself."""
    data = bytes(packet)
    places = [0]
    while places[-1] < len(data):
        places.append(places[-1] + _SIZES[data[places[-1]] >> 3 & 15])
    count = len(places) - 1
    if count < 2 or places[-1] != len(data) or packet.pts is None:
        return [packet]
    length, parts = _FRAME_S / packet.time_base, []
    for number, (start, end) in enumerate(pairwise(places)):
        part = Packet(data[start:end])
        part.pts = part.dts = packet.pts + round(number * length)
        part.duration, part.time_base, part.stream = round(length), packet.time_base, packet.stream
        part.is_keyframe = True
        parts.append(part)
    return parts
