"""Claims from the chunks of a WAV file: acoustic sensors (`smj0`), AudioMoth recorders and OpenSoundscape copies.

Format: RIFF (Microsoft and IBM, 1991): four bytes of name, four of length, little endian, padded to two bytes.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

from evidence.claims import clock_text
from evidence.claims.places import place_finding
from evidence.claims.source import ClaimSource, Found, claim
from evidence.records import CameraKind, ClaimOrigin, ClaimZone, DeviceHint
from evidence.text import clean_text
from evidence.times import NS_PER_S

_MOST_CHUNKS = 200
_LONGEST_CHUNK = 1 << 16
_LONGEST_JSON = 1 << 18
_AUDIOMOTH = re.compile(
    r"Recorded at (\d{2}):(\d{2}):(\d{2})(?:\.(\d{3}))? (\d{2})/(\d{2})/(\d{4}) "
    r"\(UTC(?:([+-])(\d{1,2})(?::(\d{2}))?)?\) by AudioMoth ([0-9A-F]{16})",
    re.ASCII,
)
_OPENSOUNDSCAPE = "opso_metadata"


def collect(source: ClaimSource) -> Found:
    """Collect what the chunks and the comment say."""
    if not source.container.startswith("wav"):
        return Found()
    found = _comment(source.tags.get("comment", ""))
    for name, payload in _chunks(source):
        if name[:3] == b"smj":
            found = _sensor(source, name, payload).merged(found)
    return found


def _comment(untrusted_comment: str) -> Found:
    match = _AUDIOMOTH.search(untrusted_comment)
    if match is not None:
        return _audiomoth(match)
    if not untrusted_comment.startswith(_OPENSOUNDSCAPE):
        return Found()
    content = _json(untrusted_comment[len(_OPENSOUNDSCAPE) :])
    raw = str(content.get("recording_start_time", ""))
    moment = clock_text.parse_written(raw)
    if moment is None:
        return Found()
    note = "Written by OpenSoundscape when it saved this copy; the start is that of the copy's first sample."
    stated = claim(
        ClaimOrigin.MAKER_TAG, "RIFF comment, OpenSoundscape", raw, moment.instant_ns, moment.zone,
        resolution_ns=moment.resolution_ns, note=note,
    )  # fmt: skip
    return Found((stated,))


def _audiomoth(match: re.Match[str]) -> Found:
    hour, minute, second, milli, day, month, year, sign, zone_hours, zone_minutes, serial = match.groups()
    instant = clock_text.from_digits(
        int(year), int(month), int(day), int(hour), int(minute), int(second),
        nanosecond=int(milli or 0) * (NS_PER_S // 1000),
    )  # fmt: skip
    if instant is None:
        return Found()
    shift = (int(zone_hours or 0) * 3600 + int(zone_minutes or 0) * 60) * NS_PER_S
    instant += shift if sign == "-" else -shift
    stated = claim(
        ClaimOrigin.MAKER_TAG, "RIFF comment, AudioMoth", match[0], instant,
        ClaimZone.STATED if sign else ClaimZone.UTC, resolution_ns=NS_PER_S // 1000 if milli else NS_PER_S,
        note="AudioMoth writes day before month.",
    )  # fmt: skip
    return Found((stated,), DeviceHint(make="AudioMoth", serial=serial, kind=CameraKind.AUDIO))


def _sensor(source: ClaimSource, name: bytes, payload: bytes) -> Found:
    """An acoustic gunshot sensor: a deflated JSON text with the start in UTC, the place and the serial number."""
    try:
        content = _json(zlib.decompressobj().decompress(payload, _LONGEST_JSON).decode("utf-8", errors="replace"))
    except zlib.error:
        return Found()
    raw = str(content.get("startTimeUTC", ""))
    moment = clock_text.parse_written(raw)
    hint = DeviceHint(
        model=clean_text(str(content.get("sensorType", "")), limit=60),
        serial=clean_text(str(content.get("serialNumber", "")), limit=60),
        kind=CameraKind.AUDIO,
    )
    place = content.get("geolocation")
    finding = None
    if isinstance(place, dict):
        latitude, longitude = place.get("latitude"), place.get("longitude")
        if isinstance(latitude, float) and isinstance(longitude, float):
            finding = place_finding(source, latitude, longitude, "the sensor")
    findings = () if finding is None else (finding,)
    if moment is None:
        return Found(hint=hint, findings=findings)
    stated = claim(
        ClaimOrigin.MAKER_TAG, f"{name.decode('ascii', errors='replace')} chunk, startTimeUTC", raw, moment.instant_ns,
        moment.zone, resolution_ns=moment.resolution_ns, note="The sensor's clock is set by GPS.",
    )  # fmt: skip
    return Found((stated,), hint, findings)


def _chunks(source: ClaimSource) -> Iterator[tuple[bytes, bytes]]:
    """Yield the small chunks of the file with their names."""
    place = 12
    for _ in range(_MOST_CHUNKS):
        head = source.read_at(place, 8)
        if len(head) < 8:
            return
        length = int.from_bytes(head[4:], "little")
        if length <= _LONGEST_CHUNK:
            yield head[:4], source.read_at(place + 8, length)
        place += 8 + length + length % 2


def _json(untrusted_text: str) -> dict[str, Any]:
    try:
        content = json.loads(untrusted_text.rstrip("\x00 "))
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
