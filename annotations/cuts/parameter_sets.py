"""H.264 parameter sets: which numbers are taken, and how two encoders' sets are put into one header.

Formats: ITU-T H.264 (08/2021), 7.3.1, 7.3.2.1.1 and 7.3.2.2; ISO/IEC 14496-15, 5.3.3.1 (AVCDecoderConfigurationRecord),
which may hold several sets of either kind, each picture naming its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SEQUENCE, PICTURE, IDR, DELIMITER = 7, 8, 5, 9
_MOST_SETS = 31


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the header of an MP4 or Matroska track holds.

    Attributes:
        head: profile, constraints and level: three bytes.
        length_bytes: how many bytes tell a unit's length in a packet.
        sequences: sequence parameter sets.
        pictures: picture parameter sets.
        tail: what follows in High profiles.
    """

    head: bytes
    length_bytes: int
    sequences: tuple[bytes, ...]
    pictures: tuple[bytes, ...]
    tail: bytes

    def joined(self, sequences: Iterable[bytes], pictures: Iterable[bytes]) -> Configuration:
        """Return a configuration with more sets; its level is the highest of all."""
        more = tuple(sequences)
        level = max([self.head[2], *(one[3] for one in more)])
        head = bytes([self.head[0], self.head[1], level])
        return Configuration(head, self.length_bytes, self.sequences + more, self.pictures + tuple(pictures), self.tail)

    def to_bytes(self) -> bytes:
        """Return it as it stands in a file."""
        parts = [b"\x01", self.head, bytes([0xFC | (self.length_bytes - 1), 0xE0 | len(self.sequences)])]
        parts += [len(one).to_bytes(2, "big") + one for one in self.sequences]
        parts.append(bytes([len(self.pictures)]))
        parts += [len(one).to_bytes(2, "big") + one for one in self.pictures]
        return b"".join(parts) + self.tail


def read_configuration(extradata: bytes) -> Configuration | None:
    """Return what a track's header holds, or None where it is of another form."""
    if len(extradata) < 7 or extradata[0] != 1:
        return None
    place, found = 5, list[tuple[bytes, ...]]()
    for mask in (31, 255):
        if place >= len(extradata):
            return None
        count, sets = extradata[place] & mask, []
        place += 1
        for _ in range(count):
            length = int.from_bytes(extradata[place : place + 2], "big")
            sets.append(extradata[place + 2 : place + 2 + length])
            place += 2 + length
        found.append(tuple(sets))
    if any(len(one) < 4 for one in found[0]) or not found[0] or not found[1]:
        return None
    return Configuration(extradata[1:4], (extradata[4] & 3) + 1, found[0], found[1], extradata[place:])


def units_of(packet: bytes, length_bytes: int) -> list[bytes]:
    """Return the units of a packet; `length_bytes` is 0 where start codes part them."""
    if not length_bytes:
        return units_by_start_code(packet)
    units, place = [], 0
    while place + length_bytes <= len(packet):
        length = int.from_bytes(packet[place : place + length_bytes], "big")
        units.append(packet[place + length_bytes : place + length_bytes + length])
        place += length_bytes + length
    return [one for one in units if one]


def units_by_start_code(data: bytes) -> list[bytes]:
    """Return the units of a stream of bytes (annex B)."""
    units, place = [], data.find(b"\x00\x00\x01")
    while place >= 0:
        following = data.find(b"\x00\x00\x01", place + 3)
        unit = data[place + 3 : following if following >= 0 else len(data)]
        units.append(unit.rstrip(b"\x00") if following >= 0 else unit)
        place = following
    return [one for one in units if one]


def kind_of(unit: bytes) -> int:
    """Return what kind of unit it is."""
    return unit[0] & 31


def number_of(unit: bytes) -> int | None:
    """Return the number under which a parameter set is known, or None for another unit."""
    if kind_of(unit) == SEQUENCE:
        return _unsigned(unit[4:12])
    return _unsigned(unit[1:9]) if kind_of(unit) == PICTURE else None


def free_number(units: Iterable[bytes]) -> int | None:
    """Return a number that no set has, of either kind; the highest, as cameras begin with the lowest."""
    taken = {number for unit in units if (number := number_of(unit)) is not None}
    return next((number for number in range(_MOST_SETS, -1, -1) if number not in taken), None)


def with_lengths(units: Iterable[bytes], length_bytes: int) -> bytes:
    """Return units as a packet of MP4 and Matroska, or with start codes where `length_bytes` is 0."""
    if not length_bytes:
        return b"".join(b"\x00\x00\x00\x01" + unit for unit in units)
    return b"".join(len(unit).to_bytes(length_bytes, "big") + unit for unit in units)


def _unsigned(data: bytes) -> int:
    """Return the Exp-Golomb number at the start (clause 9.1); emulation prevention cannot reach so far."""
    bits = "".join(f"{byte:08b}" for byte in data)
    zeros = len(bits) - len(bits.lstrip("0"))
    return int(bits[zeros : 2 * zeros + 1] or "1", 2) - 1
