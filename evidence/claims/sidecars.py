"""Claims from the well-known files that devices put beside a recording, under the same name.

Only forms that a device writes are read: drone subtitles (`.SRT` with GPS lines), the clock of head-worn cameras
(`.time`, one 64-bit UTC time in ns per frame) and the description of Sony's professional cameras (`…M01.XML`).
They are opened read-only, like originals, and never more than a few kilobytes of them are read.
"""

from __future__ import annotations

import os
import re
import struct
from itertools import pairwise

from evidence.claims import clock_text
from evidence.claims.gps_lines import read_line
from evidence.claims.source import ClaimSource, Found, claim
from evidence.errors import OriginalError
from evidence.originals import open_original
from evidence.records import ClaimMeaning, ClaimOrigin, ClaimZone, DeviceHint
from evidence.text import clean_text, display_name
from evidence.times import NS_PER_S

_LONGEST_READ = 1 << 16
_EARLIEST_NS, _LATEST_NS = 631_152_000 * NS_PER_S, 4_102_444_800 * NS_PER_S
_SRT_BLOCK = re.compile(r"(\d{2}):(\d{2}):(\d{2})[,.](\d{3}) --> [^\n]*\n(.*?)(?:\n\s*\n|\Z)", re.DOTALL | re.ASCII)
_SONY_DATE = re.compile(r'<CreationDate value="([0-9T:+\-Z.]{10,40})"', re.ASCII)
_SONY_DEVICE = re.compile(
    r'<Device manufacturer="([^"]{1,60})" modelName="([^"]{1,60})"(?: serialNo="([^"]{1,60})")?', re.ASCII
)


def collect(source: ClaimSource) -> Found:
    """Collect what lies beside the file."""
    stem = os.path.splitext(source.path_bytes)[0]  # noqa: PTH122 - a bytes path
    return (
        _time_table(stem + b".time", source)
        .merged(_first_subtitles(stem, source))
        .merged(_sony_description(stem + b"M01.XML"))
    )


def _read(path_bytes: bytes) -> bytes:
    try:
        with open_original(path_bytes) as sidecar:
            return sidecar.read_at(0, _LONGEST_READ)
    except OriginalError:
        return b""


def _time_table(path_bytes: bytes, source: ClaimSource) -> Found:
    """A table of times must look like one: whole, growing, in this age, and about as long as the recording."""
    data = _read(path_bytes)
    if len(data) < 16 or len(data) % 8:
        return Found()
    times = struct.unpack(f"<{len(data) // 8}q", data)
    is_growing = all(first < second for first, second in pairwise(times))
    is_whole = len(data) < _LONGEST_READ
    span = times[-1] - times[0]
    if not is_growing or not _EARLIEST_NS < times[0] < _LATEST_NS:
        return Found()
    if is_whole and abs(span - source.duration_ns) > max(2 * NS_PER_S, source.duration_ns // 5):
        return Found()
    stated = claim(
        ClaimOrigin.SIDECAR, f"{display_name(path_bytes)}, first entry", str(times[0]), times[0], ClaimZone.UTC,
        resolution_ns=1, note="One time a frame by the recorder's clock, in UTC.",
    )  # fmt: skip
    return Found((stated,))


def _first_subtitles(stem: bytes, source: ClaimSource) -> Found:
    for suffix in (b".SRT", b".srt"):
        text = _read(stem + suffix).decode("utf-8", errors="replace").replace("\r", "")
        for match in _SRT_BLOCK.finditer(text):
            reading = read_line(match[5])
            if reading is None:
                continue
            hours, minutes, seconds, milli = (int(part) for part in match.groups()[:4])
            offset = ((hours * 60 + minutes) * 60 + seconds) * NS_PER_S + milli * (NS_PER_S // 1000)
            if offset > source.duration_ns + NS_PER_S:
                break
            stated = claim(
                ClaimOrigin.SIDECAR, f"{display_name(stem + suffix)}, {reading.form}", reading.raw, reading.instant_ns,
                reading.zone, meaning=ClaimMeaning.AT_OFFSET, resolution_ns=reading.resolution_ns, offset_ns=offset,
                note="The clock of the device that wrote the subtitles.",
            )  # fmt: skip
            return Found((stated,))
    return Found()


def _sony_description(path_bytes: bytes) -> Found:
    text = _read(path_bytes).decode("utf-8", errors="replace")
    date = _SONY_DATE.search(text)
    moment = clock_text.parse_written(date[1]) if date is not None else None
    if date is None or moment is None:
        return Found()
    device = _SONY_DEVICE.search(text)
    hint = DeviceHint()
    if device is not None:
        make, model, serial = (clean_text(part or "", limit=60) for part in device.groups())
        hint = DeviceHint(make=make, model=model, serial=serial)
    stated = claim(
        ClaimOrigin.SIDECAR, f"{display_name(path_bytes)}, CreationDate", date[1], moment.instant_ns, moment.zone,
        resolution_ns=moment.resolution_ns,
    )  # fmt: skip
    return Found((stated,), hint)
