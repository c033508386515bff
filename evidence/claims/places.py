"""Notes where a file says that it was recorded. A position of exactly 0, 0 is a device without a fix, not a place.

Format of the tags: ISO 6709, Annex H: `+51.5033-000.1196+018.0/` (degrees, also with minutes and seconds).
"""

from __future__ import annotations

import os
import re

from evidence.claims.source import ClaimSource, Found
from evidence.records import Finding, Severity
from evidence.text import display_name

_TAGS = ("com.apple.quicktime.location.iso6709", "location", "location-eng")
_POINT = re.compile(r"([+-])(\d{2,6}(?:\.\d+)?)([+-])(\d{3,7}(?:\.\d+)?)")


def collect(source: ClaimSource) -> Found:
    """Collect the place that the container's tags name."""
    for tag in _TAGS:
        match = _POINT.match(source.tags.get(tag, "").strip())
        if match is None:
            continue
        latitude = _degrees(match[1], match[2], 2)
        longitude = _degrees(match[3], match[4], 3)
        finding = place_finding(source, latitude, longitude, "its tags")
        return Found(findings=() if finding is None else (finding,))
    return Found()


def place_finding(source: ClaimSource, latitude: float | None, longitude: float | None, who: str) -> Finding | None:
    """Return a note of a place in degrees north and east, or None where it can be none on this earth."""
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    name = display_name(os.path.basename(source.path_bytes))  # noqa: PTH119 - a bytes path
    if abs(latitude) < 1e-4 and abs(longitude) < 1e-4:
        return Finding(
            "place-empty", Severity.NOTE, f"{name} has a position of 0, 0 in {who}.",
            "That is a device without a fix, not a place.",
        )  # fmt: skip
    north, east = ("N" if latitude >= 0 else "S"), ("E" if longitude >= 0 else "W")
    words = f"{abs(latitude):.5f}° {north}, {abs(longitude):.5f}° {east}"
    return Finding("place", Severity.NOTE, f"{name} was recorded at {words}, according to {who}.")


def _degrees(sign: str, digits: str, width: int) -> float:
    whole, _, part = digits.partition(".")
    fraction = f".{part}" if part else ""
    if len(whole) <= width:
        value = float(whole + fraction)
    elif len(whole) <= width + 2:
        value = float(whole[:width]) + float(whole[width:] + fraction) / 60
    else:
        value = (
            float(whole[:width]) + float(whole[width : width + 2]) / 60 + float(whole[width + 2 :] + fraction) / 3600
        )
    return -value if sign == "-" else value
