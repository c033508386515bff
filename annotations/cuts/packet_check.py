"""Compares the packets of what was written with those of the original, which is read once more for that.

Runs in the process that cuts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import av

from annotations.cuts.containers import EDIT_LISTS, RAW
from annotations.cuts.copying import note_packets
from annotations.cuts.digests import Copied, Noted, PacketDigests
from annotations.cuts.messages import CutOrder
from annotations.cuts.places import PacketRange
from evidence.demux import OPTIONS, iterate_packets

_PIECE_BYTES = 1 << 20
_TOLD_EVERY = 256


class OtherPacketError(Exception):
    """A packet is not the original's; the message says so, in a sentence."""


def check_packets(
    order: CutOrder, path: Path, copied: Copied, place: PacketRange | None, is_alive: Callable[[], None]
) -> Noted:
    """Return what the packets in the file are, all of which were found to be those of the original.

    Args:
        order: what was cut.
        path: what was written.
        copied: what was written into it.
        place: the packets that were copied from the start of the cut, or None for sound alone or where some were
            encoded.
        is_alive: called now and then, as a sign of life: a long file on a slow drive takes its time.

    Raises:
        OtherPacketError: they are not.
        SightlineError: the original is missing or may not be read.
        FFmpegError: one of the files cannot be opened.
    """
    noted = note_packets(order, place, copied.order, is_alive) if copied.noted is None else copied.noted
    if order.out_format in RAW:
        _check_bytes(path, copied.header, noted)
    else:
        _check_each(order, path, copied.order, noted, is_alive)
    return noted


def _check_bytes(path: Path, header: bytes, noted: Noted) -> None:
    """Compare a file without a container: all its bytes behind the header."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        has_header = file.read(len(header)) == header
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    if not has_header or [digest.digest()] != [each.of_bytes for each in noted.packets.values()]:
        raise OtherPacketError("The bytes in the file are not those of the original's packets.")


def _check_each(order: CutOrder, path: Path, streams: list[int], noted: Noted, is_alive: Callable[[], None]) -> None:
    found: dict[int, PacketDigests] = {}
    options = OPTIONS | ({"ignore_editlist": "1"} if order.out_format in EDIT_LISTS else {})
    with path.open("rb") as file, av.open(file, "r", options=options, metadata_errors="replace") as written:
        numbers = {stream.index: number for number, stream in enumerate(written.streams)}
        for place, packet in enumerate(iterate_packets(written)):
            if not place % _TOLD_EVERY:
                is_alive()
            if packet.size:
                if packet.stream_index not in found:
                    found[packet.stream_index] = PacketDigests(packet.stream)
                found[packet.stream_index].add(packet)
    for stream, digests in found.items():
        number = numbers[stream]
        wanted = noted.packets.get(streams[number]) if number < len(streams) else None
        if wanted is None or wanted.result != digests.result:
            raise OtherPacketError("A packet in the file is not the original's, byte for byte.")
    if len(found) != len(noted.packets):
        raise OtherPacketError("A stream that was copied is not in the file.")
