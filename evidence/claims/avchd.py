"""Claims from the messages that AVCHD camcorders put inside of the pictures: date, time and time zone.

An unregistered message of H.264 (ITU-T H.264, D.1.6) whose identifier is followed by `MDPM`, then a count and that
many tags of one byte with four bytes of value in binary-coded decimal. Tag 0x18 holds zone, century, year and month;
0x19 day, hour, minute and second (as published by the ExifTool documentation of the H264 tags).
"""

from __future__ import annotations

from evidence.claims import clock_text
from evidence.claims.source import ClaimSource, Found, claim
from evidence.records import ClaimMeaning, ClaimOrigin, ClaimZone, DeviceHint
from evidence.times import NS_PER_S

_MARK = bytes.fromhex("17ee8c60f84d11d98cd60800200c9a66") + b"MDPM"
_ZONE_AND_MONTH, _DAY_AND_TIME, _MAKE = 0x18, 0x19, 0xE0
_MAKES = {0x0103: "Panasonic", 0x0108: "Sony", 0x1011: "Canon", 0x1104: "JVC"}
_MODEL_TAGS = (0xE4, 0xE5, 0xE6)


def collect(source: ClaimSource) -> Found:
    """Collect the first dated message."""
    for offset_ns, message in source.messages:
        tags = _tags(message)
        if _ZONE_AND_MONTH not in tags or _DAY_AND_TIME not in tags:
            continue
        zone_byte, *date = tags[_ZONE_AND_MONTH]
        digits = [_decimal(byte) for byte in (*date, *tags[_DAY_AND_TIME])]
        if any(digit is None for digit in digits):
            continue
        century, year, *rest = (digit or 0 for digit in digits)
        instant = clock_text.from_digits(100 * century + year, *rest)
        if instant is None:
            continue
        shift_s, words = _zone(zone_byte)
        stated = claim(
            ClaimOrigin.MAKER_TAG, "MDPM message in the pictures", f"{clock_text.written_utc(instant)} {words}",
            instant - shift_s * NS_PER_S, ClaimZone.STATED, meaning=ClaimMeaning.AT_OFFSET, offset_ns=offset_ns,
            note="The camcorder's own clock. Where summer time is flagged, makers differ on whether it is counted in.",
        )  # fmt: skip
        return Found((stated,), _device(tags))
    return Found()


def _tags(message: bytes) -> dict[int, bytes]:
    if not message.startswith(_MARK) or len(message) <= len(_MARK):
        return {}
    place = len(_MARK) + 1
    found = {}
    for _ in range(message[len(_MARK)]):
        if place + 5 > len(message):
            break
        found[message[place]] = message[place + 1 : place + 5]
        place += 5
    return found


def _decimal(byte: int) -> int | None:
    high, low = byte >> 4, byte & 15
    return 10 * high + low if high <= 9 and low <= 9 else None


def _zone(byte: int) -> tuple[int, str]:
    """Return seconds east of UTC and the zone in words; bits: 0x40 summer time, 0x20 west, 0x1E hours, 0x01 half."""
    seconds = (byte >> 1 & 15) * 3600 + (byte & 1) * 1800
    sign = "-" if byte & 0x20 else "+"
    summer = " (summer time)" if byte & 0x40 else ""
    return (-seconds if byte & 0x20 else seconds), f"{sign}{seconds // 3600:02d}:{seconds % 3600 // 60:02d}{summer}"


def _device(tags: dict[int, bytes]) -> DeviceHint:
    make = _MAKES.get(int.from_bytes(tags.get(_MAKE, b"")[:2], "big"), "")
    model = b"".join(tags.get(tag, b"") for tag in _MODEL_TAGS).split(b"\x00")[0]
    text = model.decode("ascii", errors="ignore")
    return DeviceHint(make=make, model=text if text.isprintable() else "")
