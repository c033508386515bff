"""Claims from GoPro's telemetry (GPMF): the time of the satellites, and where the camera was.

Format: key-length-value, big endian, padded to four bytes; type 0 nests (public GPMF introduction by GoPro). `GPSU`
is UTC as text, of cameras up to HERO10; `GPS9` holds days since 2000 and seconds of the day, from HERO11. `GPSF` (or
the last field of `GPS9`) is the fix: 0 none, 2 flat, 3 in space. Without a fix the time is not believed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from evidence.claims import clock_text
from evidence.claims.places import place_finding
from evidence.claims.source import ClaimSource, Found, TelemetryPacket, claim
from evidence.records import ClaimMeaning, ClaimOrigin, ClaimZone, DeviceHint
from evidence.text import clean_text
from evidence.times import NS_PER_S

_DEEPEST = 6
_MOST_ITEMS = 20_000
_DAYS_TO_2000 = 10_957
_NS_PER_MS = NS_PER_S // 1000
_GPS9_BYTES = 32
_NOTE = "Satellite time; GoPro writes it about once a second, so it may lie up to a second beside its picture."


@dataclass(frozen=True, slots=True)
class GpsReading:
    """What one payload says of time and place.

    Attributes:
        instant_ns: UTC, ns since the epoch.
        raw: the text or numbers as they stood.
        latitude: degrees north, or None.
        longitude: degrees east, or None.
        resolution_ns: the step of the time.
    """

    instant_ns: int
    raw: str
    latitude: float | None
    longitude: float | None
    resolution_ns: int = _NS_PER_MS


def collect(source: ClaimSource) -> Found:
    """Collect the first satellite time that was received with a fix."""
    packets = [packet for packet in source.telemetry if packet.telemetry == "gpmf"]
    if not packets:
        return Found()
    hint = _device(packets[0].payload)
    for packet in packets:
        reading = read_gps(packet.payload)
        if reading is not None:
            return replace(_found(source, packet, reading), hint=hint)
    return Found(hint=hint)


def read_gps(payload: bytes) -> GpsReading | None:
    """Return the first time with a fix in a payload, or None."""
    stream: dict[bytes, tuple[int, int, bytes]] = {}
    for key, kind, size, data in _items(payload):
        if key == b"STRM":
            stream = {}
        stream[key] = (kind, size, data)
        reading = None
        if key == b"GPS9":
            reading = _from_gps9(data, stream)
        elif key == b"GPS5":
            reading = _from_gpsu(data, stream)
        if reading is not None:
            return reading
    return None


def _found(source: ClaimSource, packet: TelemetryPacket, reading: GpsReading) -> Found:
    stated = claim(
        ClaimOrigin.GPS, f"GPMF telemetry, stream {packet.stream}", reading.raw, reading.instant_ns, ClaimZone.UTC,
        meaning=ClaimMeaning.AT_OFFSET, resolution_ns=reading.resolution_ns, offset_ns=packet.offset_ns, note=_NOTE,
    )  # fmt: skip
    place = place_finding(source, reading.latitude, reading.longitude, "GoPro telemetry")
    return Found((stated,), findings=() if place is None else (place,))


def _items(data: bytes, depth: int = 0) -> Iterator[tuple[bytes, int, int, bytes]]:
    """Yield key, type, size of one value, and bytes, going into what is nested; stops where it makes no sense."""
    place = 0
    for _ in range(_MOST_ITEMS):
        if place + 8 > len(data):
            return
        key, kind, size, count = struct.unpack_from(">4sBBH", data, place)
        length = size * count
        value = data[place + 8 : place + 8 + length]
        if len(value) < length or not key.isalnum():
            return
        yield key, kind, size, value
        if kind == 0 and depth < _DEEPEST:
            yield from _items(value, depth + 1)
        place += 8 + (length + 3) // 4 * 4


def _from_gpsu(data: bytes, stream: dict[bytes, tuple[int, int, bytes]]) -> GpsReading | None:
    fix = int.from_bytes(stream.get(b"GPSF", (0, 0, b""))[2][:4], "big")
    raw = stream.get(b"GPSU", (0, 0, b""))[2][:16].decode("ascii", errors="replace")
    digits = raw[:12]
    if fix not in (2, 3) or not (digits.isascii() and digits.isdigit()) or raw[12:13] != ".":
        return None
    parts = [int(digits[place : place + 2]) for place in range(0, 12, 2)]
    milli = int(raw[13:16]) if raw[13:16].isdigit() else 0
    instant = clock_text.from_digits(2000 + parts[0], *parts[1:], nanosecond=milli * _NS_PER_MS)
    if instant is None:
        return None
    scale = _scale(stream)
    latitude = longitude = None
    if len(data) >= 8 and len(scale) >= 2:
        first, second = struct.unpack_from(">ii", data)
        latitude, longitude = first / scale[0], second / scale[1]
    return GpsReading(instant, raw, latitude, longitude)


def _from_gps9(data: bytes, stream: dict[bytes, tuple[int, int, bytes]]) -> GpsReading | None:
    scale = _scale(stream)
    if stream.get(b"TYPE", (0, 0, b""))[2][:9] != b"lllllllSS" or len(scale) < 9:
        return None
    for place in range(0, len(data) - _GPS9_BYTES + 1, _GPS9_BYTES):
        values = struct.unpack_from(">7i2H", data, place)
        if values[8] / scale[8] not in (2, 3):
            continue
        of_day_ns = values[6] * NS_PER_S // scale[6]
        instant = (_DAYS_TO_2000 + values[5] // scale[5]) * 86_400 * NS_PER_S + of_day_ns
        raw = f"day {values[5]}, {values[6] / scale[6]:.3f} s"
        return GpsReading(instant, raw, values[0] / scale[0], values[1] / scale[1], NS_PER_S // scale[6])
    return None


def _scale(stream: dict[bytes, tuple[int, int, bytes]]) -> list[int]:
    kind, size, data = stream.get(b"SCAL", (0, 0, b""))
    if chr(kind) not in "lLsS" or size not in (2, 4):
        return []
    values = [int.from_bytes(data[place : place + size], "big") for place in range(0, len(data), size)]
    return [value or 1 for value in values]


def _device(payload: bytes) -> DeviceHint:
    name = next((data for key, _, _, data in _items(payload) if key == b"DVNM"), b"")
    model = name.rstrip(b"\x00").decode("ascii", errors="replace")
    return DeviceHint(make="GoPro", model="" if model == "Camera" else clean_text(model, limit=60))
