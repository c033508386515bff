"""Reads the few fields of H.264 headers that tell which packets are second fields, and in which order pictures show.

A demuxer hands over the two fields of an interlaced picture as two packets, and some files carry no time stamps at
all; both questions are answered by the slice headers, without decoding. Format: ITU-T H.264 (08/2021), clauses
7.3.2.1 (sequence), 7.3.2.2 (picture), 7.3.3 (slice header) and 8.2.1 (picture order).
"""

from __future__ import annotations

from dataclasses import dataclass

_WITH_CHROMA_FORMAT = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_MOST_HEADER_BYTES = 16_384
_SLICE, _IDR_SLICE, _SEQUENCE, _PICTURE = 1, 5, 7, 8


@dataclass(frozen=True, slots=True)
class _Sequence:
    has_fields: bool
    frame_num_bits: int
    order_kind: int
    order_bits: int
    has_planes: bool


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What the first slice of a packet says about its picture.

    Attributes:
        is_field: whether the packet holds one field and not a frame.
        is_bottom: whether that field is the bottom one.
        is_idr: whether all order starts anew here.
        is_reference: whether other pictures are predicted from this one.
        frame_num: the same for both fields of a frame.
        order_low: low bits of the picture's order, or None where its order is that of decoding.
        order_bits: how many bits `order_low` has.
    """

    is_field: bool
    is_bottom: bool
    is_idr: bool
    is_reference: bool
    frame_num: int
    order_low: int | None
    order_bits: int

    def completes(self, first: PictureHeader) -> bool:
        """Tell whether this is the second field of the frame whose first field `first` is (clause 7.4.1.2.4)."""
        return (
            self.is_field
            and first.is_field
            and self.is_bottom != first.is_bottom
            and self.frame_num == first.frame_num
            and not self.is_idr
        )


class HeaderReader:
    """Reads the packets of one stream in decoding order; it remembers the parameter sets that it has seen.

    Attributes:
        may_have_fields: whether a sequence so far allows pictures of one field.
    """

    def __init__(self, extradata: bytes) -> None:
        self._sequences: dict[int, _Sequence] = {}
        self._sequence_of_picture: dict[int, int] = {}
        self._length_bytes = 0
        self.may_have_fields = False
        self._learn_extradata(extradata)

    def read(self, packet: bytes) -> PictureHeader | None:
        """Return the header of the packet's picture, or None where it cannot be made out."""
        for unit in self._units(packet[:_MOST_HEADER_BYTES]):
            kind = unit[0] & 31
            try:
                if kind in (_SLICE, _IDR_SLICE):
                    return self._read_slice(unit)
                self._learn(kind, unit)
            except (EOFError, KeyError):
                continue
        return None

    def _learn_extradata(self, extradata: bytes) -> None:
        if len(extradata) < 7 or extradata[0] != 1:
            for unit in _units_by_start_code(extradata):
                self._learn_quietly(unit)
            return
        self._length_bytes = (extradata[4] & 3) + 1
        place = 5
        for mask in (31, 255):
            count = extradata[place] & mask if place < len(extradata) else 0
            place += 1
            for _ in range(count):
                length = int.from_bytes(extradata[place : place + 2], "big")
                self._learn_quietly(extradata[place + 2 : place + 2 + length])
                place += 2 + length

    def _learn_quietly(self, unit: bytes) -> None:
        try:
            if unit:
                self._learn(unit[0] & 31, unit)
        except (EOFError, KeyError):
            return

    def _learn(self, kind: int, unit: bytes) -> None:
        if kind == _SEQUENCE:
            number, sequence = _read_sequence(_Bits(unit[1:400]))
            self._sequences[number] = sequence
            self.may_have_fields = self.may_have_fields or sequence.has_fields
        elif kind == _PICTURE:
            bits = _Bits(unit[1:40])
            number = bits.unsigned()
            self._sequence_of_picture[number] = bits.unsigned()

    def _units(self, packet: bytes) -> list[bytes]:
        if not self._length_bytes:
            return _units_by_start_code(packet)
        units = []
        place = 0
        while place + self._length_bytes < len(packet):
            length = int.from_bytes(packet[place : place + self._length_bytes], "big")
            place += self._length_bytes
            if length:
                units.append(packet[place : place + length])
            place += length
        return units

    def _read_slice(self, unit: bytes) -> PictureHeader:
        bits = _Bits(unit[1:40])
        bits.unsigned()  # first macroblock
        bits.unsigned()  # kind of slice
        sequence = self._sequences[self._sequence_of_picture[bits.unsigned()]]
        if sequence.has_planes:
            bits.take(2)
        frame_num = bits.take(sequence.frame_num_bits)
        is_field = sequence.has_fields and bits.take(1) == 1
        is_bottom = is_field and bits.take(1) == 1
        is_idr = unit[0] & 31 == _IDR_SLICE
        if is_idr:
            bits.unsigned()
        order_low = bits.take(sequence.order_bits) if sequence.order_kind == 0 else None
        if sequence.order_kind == 1:
            raise KeyError("picture order of kind 1 is not followed")
        return PictureHeader(
            is_field, is_bottom, is_idr, unit[0] & 0x60 != 0, frame_num, order_low, sequence.order_bits
        )


class PictureOrder:
    """Follows the order in which pictures show (clause 8.2.1.1); numbers grow over the whole stream."""

    def __init__(self) -> None:
        self._base = 0
        self._high = 0
        self._low = 0
        self._highest = 0

    def place(self, header: PictureHeader) -> int:
        """Return a number by which the stream's pictures sort into the order in which they show."""
        if header.is_idr:
            self._base, self._high, self._low = self._highest + 1, 0, 0
        if header.order_low is None:
            self._highest += 1
            return self._highest
        span = 1 << header.order_bits
        high = self._high
        if header.order_low < self._low and self._low - header.order_low >= span // 2:
            high += span
        elif header.order_low > self._low and header.order_low - self._low > span // 2:
            high -= span
        if header.is_reference:
            self._high, self._low = high, header.order_low
        number = self._base + high + header.order_low
        self._highest = max(self._highest, number)
        return number


class _Bits:
    """Takes bits from a unit, leaving out the bytes that were put in to avoid false start codes (clause 7.4.1)."""

    def __init__(self, unit: bytes) -> None:
        plain = unit.replace(b"\x00\x00\x03", b"\x00\x00")
        self._value = int.from_bytes(plain, "big")
        self._left = 8 * len(plain)

    def take(self, count: int) -> int:
        if count > self._left:
            raise EOFError
        self._left -= count
        return self._value >> self._left & (1 << count) - 1

    def unsigned(self) -> int:
        """Exp-Golomb code (clause 9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 31:
                raise EOFError
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        code = self.unsigned()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def _read_sequence(bits: _Bits) -> tuple[int, _Sequence]:
    profile = bits.take(8)
    bits.take(16)
    number = bits.unsigned()
    has_planes = False
    if profile in _WITH_CHROMA_FORMAT:
        chroma = bits.unsigned()
        has_planes = chroma == 3 and bits.take(1) == 1
        bits.unsigned()
        bits.unsigned()
        bits.take(1)
        if bits.take(1):
            _skip_scaling_lists(bits, 12 if chroma == 3 else 8)
    frame_num_bits = bits.unsigned() + 4
    order_kind = bits.unsigned()
    order_bits = 0
    if order_kind == 0:
        order_bits = bits.unsigned() + 4
    elif order_kind == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(min(bits.unsigned(), 255)):
            bits.signed()
    bits.unsigned()  # reference frames
    bits.take(1)
    bits.unsigned()  # width
    bits.unsigned()  # height
    has_fields = not bits.take(1)
    if frame_num_bits > 16 or order_bits > 16:
        raise EOFError
    return number, _Sequence(has_fields, frame_num_bits, order_kind, order_bits, has_planes)


def _skip_scaling_lists(bits: _Bits, count: int) -> None:
    for place in range(count):
        if not bits.take(1):
            continue
        last = following = 8
        for _ in range(16 if place < 6 else 64):
            if following:
                following = (last + bits.signed()) % 256
            last = following or last


def _units_by_start_code(data: bytes) -> list[bytes]:
    return [unit for unit in data.split(b"\x00\x00\x01")[1:] if unit]
