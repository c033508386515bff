"""Packets of AMR are parted where their frames' own lengths add up, and nowhere else."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import pytest
from av.packet import Packet
from av.stream import Stream

from evidence.amr import parted

_LONG, _SHORT, _EMPTY = b"\x3c" + bytes(range(31)), b"\x04" + bytes(range(12)), b"\x7c"


def _packet(data: bytes) -> Packet[Stream]:
    packet = Packet(data)
    packet.pts = packet.dts = -40
    packet.duration, packet.time_base = 800, Fraction(1, 8000)
    packet.stream = av.open(io.BytesIO(), "w", format="wav").add_stream("pcm_s16le", rate=8_000)
    return packet


def test_every_frame_becomes_a_packet_of_twenty_milliseconds() -> None:
    frames = [_LONG, _EMPTY, _SHORT, _LONG]
    parts = parted(_packet(b"".join(frames)))
    assert [bytes(part) for part in parts] == frames
    assert [part.pts for part in parts] == [-40, 120, 280, 440]
    assert {part.duration for part in parts} == {160}


@pytest.mark.parametrize("data", [_LONG, _LONG[:-1], _LONG + _LONG[:-1], _LONG + _SHORT + b"\x3c"])
def test_what_does_not_add_up_stays_as_it_is(data: bytes) -> None:
    packet = _packet(data)
    assert parted(packet) == [packet]
