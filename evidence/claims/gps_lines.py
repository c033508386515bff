"""Claims from lines of text with positions and times, in subtitle or data tracks: NMEA sentences and drone subtitles.

`$GPRMC` (NMEA 0183) carries the date and time of the satellites in UTC and says whether they are valid. Drones write
`GPS(longitude,latitude,height)` beside the date and time of the controller, which is local and not the satellites'.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evidence.claims import clock_text
from evidence.claims.places import place_finding
from evidence.claims.source import ClaimSource, Found, claim
from evidence.records import ClaimMeaning, ClaimOrigin, ClaimZone
from evidence.times import NS_PER_S, DurationNs

_RMC = re.compile(
    r"\$(?P<body>G[PNLAB]RMC,(?P<time>\d{6}(?:\.\d{1,9})?),(?P<status>[AV]),(?P<lat>[\d.]*),(?P<ns>[NS]?),"
    r"(?P<lon>[\d.]*),(?P<ew>[EW]?),[^,*]*,[^,*]*,(?P<date>\d{6})[^*\r\n]*)(?:\*(?P<sum>[0-9A-Fa-f]{2}))?",
    re.ASCII,
)
_DATE_TIME = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}[ T]\d{1,2}[:.]\d{2}[:.]\d{2}(?:[.,]\d{1,9}|:\d{3})?(?:Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_GPS = re.compile(r"GPS ?\((?P<first>-?\d{1,3}\.\d+), ?(?P<second>-?\d{1,3}\.\d+)", re.ASCII)
_BRACKETS = re.compile(
    r"\[latitude ?: ?(?P<lat>-?\d{1,3}\.\d+)\].{0,10}\[long?[it]*ude ?: ?(?P<lon>-?\d{1,3}\.\d+)\]", re.ASCII
)
_DATE_FIRST_YEAR = 80


@dataclass(frozen=True, slots=True)
class LineReading:
    """What one piece of text says.

    Attributes:
        origin: GPS where the time is the satellites', TELEMETRY where it is the device's own clock.
        form: the form of the line, in words.
    """

    origin: ClaimOrigin
    form: str
    raw: str
    instant_ns: int
    zone: ClaimZone
    resolution_ns: DurationNs
    latitude: float | None
    longitude: float | None


def collect(source: ClaimSource) -> Found:
    """Collect the first line that dates a moment of the recording."""
    for packet in source.telemetry:
        if packet.telemetry == "gpmf":
            continue
        reading = read_line(packet.payload[:8_192].decode("utf-8", errors="replace"))
        if reading is not None:
            return found_in_line(source, reading, packet.offset_ns, f"stream {packet.stream}")
    return Found()


def found_in_line(source: ClaimSource, reading: LineReading, offset_ns: DurationNs, place: str) -> Found:
    """Return a reading as a claim, with the place that stands beside it."""
    note = (
        "Satellite time, valid by the receiver's own word."
        if reading.origin is ClaimOrigin.GPS
        else "The date beside the position is the device's own clock, not the satellites'."
    )
    stated = claim(
        reading.origin, f"{place}, {reading.form}", reading.raw, reading.instant_ns, reading.zone,
        meaning=ClaimMeaning.AT_OFFSET, resolution_ns=reading.resolution_ns, offset_ns=offset_ns, note=note,
    )  # fmt: skip
    finding = place_finding(source, reading.latitude, reading.longitude, f"the GPS lines in {place}")
    return Found((stated,), findings=() if finding is None else (finding,))


def read_line(untrusted_text: str) -> LineReading | None:
    """Read a time from a line of telemetry, or return None."""
    for match in _RMC.finditer(untrusted_text):
        reading = _from_rmc(match)
        if reading is not None:
            return reading
    return _from_drone(untrusted_text)


def _from_rmc(match: re.Match[str]) -> LineReading | None:
    if match["status"] != "A":
        return None
    if match["sum"] is not None and _checksum(match["body"]) != int(match["sum"], 16):
        return None
    date, (whole, _, part) = match["date"], match["time"].partition(".")
    year = int(date[4:6])
    instant = clock_text.from_digits(
        (1900 if year >= _DATE_FIRST_YEAR else 2000) + year, int(date[2:4]), int(date[:2]),
        int(whole[:2]), int(whole[2:4]), int(whole[4:6]), nanosecond=int((part + "0" * 9)[:9]),
    )  # fmt: skip
    if instant is None:
        return None
    return LineReading(
        ClaimOrigin.GPS, "NMEA RMC sentence", match[0], instant, ClaimZone.UTC, NS_PER_S // 10 ** len(part),
        _nmea_degrees(match["lat"], match["ns"]), _nmea_degrees(match["lon"], match["ew"]),
    )  # fmt: skip


def _from_drone(text: str) -> LineReading | None:
    position, brackets, date = _GPS.search(text), _BRACKETS.search(text), _DATE_TIME.search(text)
    if date is None or (position is None and brackets is None):
        return None
    moment = clock_text.parse_written(date[0])
    if moment is None:
        return None
    latitude: float | None = None
    longitude: float | None = None
    if brackets is not None:
        latitude, longitude = float(brackets["lat"]), float(brackets["lon"])
    elif position is not None:
        longitude, latitude = float(position["first"]), float(position["second"])
    return LineReading(
        ClaimOrigin.TELEMETRY, "GPS line of a drone or dashcam", date[0], moment.instant_ns, moment.zone,
        moment.resolution_ns, latitude, longitude,
    )  # fmt: skip


def _checksum(body: str) -> int:
    total = 0
    for character in body:
        total ^= ord(character)
    return total


def _nmea_degrees(digits: str, side: str) -> float | None:
    """Return degrees of `ddmm.mmmm` or `dddmm.mmmm`."""
    head, _, _ = digits.partition(".")
    if len(head) < 4 or digits.count(".") > 1 or not side:
        return None
    value = float(digits[: len(head) - 2]) + float(digits[len(head) - 2 :]) / 60
    return -value if side in "SW" else value
