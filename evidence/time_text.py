"""Turns instants and lengths of time into the text people read.

Text is made last, is never stored and never parsed back; what people type is read by `app.typed_time`. All arithmetic
is on whole nanoseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from evidence.times import NS_PER_S, DurationNs, half_width_95

NS_PER_MS = 1_000_000
_TENTH = 100 * NS_PER_MS
_MINUTE = 60 * NS_PER_S
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class LocalTimes:
    """Writes instants as local time in one zone; everything is rounded down, as a clock shows it.

    Attributes:
        zone: where the reader's clock stands.
    """

    zone: ZoneInfo

    def face(self, instant: int) -> datetime | None:
        """Return the local date and time of `instant` to the whole second, or None outside of the years 1 to 9999."""
        try:
            return (_EPOCH + timedelta(seconds=instant // NS_PER_S)).astimezone(self.zone)
        except (OverflowError, ValueError):
            return None

    def clock(self, instant: int, decimals: int = 3) -> str:
        """Return `21:32:07.480`, with `decimals` digits of the second (0 to 9)."""
        face = self.face(instant)
        if face is None:
            return "--:--:--"
        return f"{face:%H:%M:%S}{_fraction(instant, decimals)}"

    def day(self, instant: int) -> str:
        """Return `Sat 14 Mar 2026`."""
        face = self.face(instant)
        return "no date" if face is None else f"{face:%a} {face.day} {face:%b} {face.year}"

    def zone_name(self, instant: int) -> str:
        """Return what the zone is called at that instant: `GMT`, `BST`, `UTC+03`."""
        face = self.face(instant)
        name = "" if face is None else face.tzname() or ""
        return f"UTC{name}" if name[:1] in {"+", "-"} else name

    def full(self, instant: int, decimals: int = 3) -> str:
        """Return `Sat 14 Mar 2026 21:32:07.480 GMT`."""
        return f"{self.day(instant)} {self.clock(instant, decimals)} {self.zone_name(instant)}".rstrip()

    def day_and_clock(self, instant: int) -> str:
        """Return `14 Mar 2026 21:32:07.480`."""
        face = self.face(instant)
        return "no date" if face is None else f"{face.day} {face:%b} {face.year} {self.clock(instant)}"

    def day_and_minute(self, instant: int) -> str:
        """Return `14 Mar 2026 21:32`."""
        face = self.face(instant)
        return "no date" if face is None else f"{face.day} {face:%b} {face.year} {face:%H:%M}"

    def is_one_day(self, start: int, end: int) -> bool:
        """Tell whether two instants lie on the same local day."""
        return self.day(start) == self.day(end)

    def offset_ns(self, instant: int) -> DurationNs:
        """Return by how much local time is ahead of UTC at that instant."""
        face = self.face(instant)
        offset = None if face is None else face.utcoffset()
        return 0 if offset is None else round(offset.total_seconds()) * NS_PER_S


def digits_text(digits_ns: int) -> str:
    """Return the digits of a clock face that were kept as if they were UTC, as `2026-03-14 21:32:07`."""
    try:
        face = _EPOCH + timedelta(seconds=digits_ns // NS_PER_S)
    except (OverflowError, ValueError):
        return "no date"
    fraction = _fraction(digits_ns, 3) if digits_ns % NS_PER_S else ""
    return f"{face:%Y-%m-%d %H:%M:%S}{fraction}"


def duration_text(length_ns: DurationNs) -> str:
    """Return a length of time in words, rounded down: `480 ms`, `3.1 s`, `7 min 12 s`, `2 h 05 min`, `3 d 4 h`."""
    sign, length = ("-", -length_ns) if length_ns < 0 else ("", length_ns)
    if length < NS_PER_S:
        return f"{sign}{length // NS_PER_MS} ms"
    if length < _MINUTE:
        return f"{sign}{length // NS_PER_S}.{length % NS_PER_S // _TENTH} s"
    if length < _HOUR:
        return f"{sign}{length // _MINUTE} min {length % _MINUTE // NS_PER_S:02d} s"
    if length < _DAY:
        return f"{sign}{length // _HOUR} h {length % _HOUR // _MINUTE:02d} min"
    return f"{sign}{length // _DAY} d {length % _DAY // _HOUR} h"


def at_most_text(length_ns: DurationNs) -> str:
    """Return a length in words as `duration_text`, rounded up: an uncertainty is never said to be less than it is.

    Of some seconds it gives hundredths, where there are any, so that it is not said to be much more either.
    """
    steps = (
        (NS_PER_S, NS_PER_MS),
        (10 * NS_PER_S, _TENTH // 10),
        (_MINUTE, _TENTH),
        (_HOUR, NS_PER_S),
        (_DAY, _MINUTE),
    )
    step = next((step for most, step in steps if length_ns < most), _HOUR)
    length = -(-length_ns // step) * step
    has_hundredths = NS_PER_S < length < 10 * NS_PER_S and length % _TENTH
    return f"{length / NS_PER_S:.2f} s" if has_hundredths else duration_text(length)


def offset_text(length_ns: DurationNs) -> str:
    """Return a signed length as a clock would show it: `+00:07:12.000`."""
    sign, length = ("-", -length_ns) if length_ns < 0 else ("+", length_ns)
    hours, rest = divmod(length, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    return f"{sign}{hours:02d}:{minutes:02d}:{rest // NS_PER_S:02d}{_fraction(rest, 3)}"


def error_text(length_ns: DurationNs) -> str:
    """Return by how much a clock is wrong, as `offset_text`, to the nearest millisecond."""
    whole = (abs(length_ns) + NS_PER_MS // 2) // NS_PER_MS * NS_PER_MS
    return offset_text(-whole if length_ns < 0 else whole)


def sigma_text(sigma_ns: DurationNs | None) -> str:
    """Return how sure a time is, as its 95 % interval: `±40 ms`, `±1.5 s`, or `uncertainty unknown`."""
    if sigma_ns is None:
        return "uncertainty unknown"
    return f"±{at_most_text(half_width_95(sigma_ns))}"


def size_text(size_bytes: int) -> str:
    """Return a number of bytes as `812 B`, `1.4 MB`, `30.2 GB` (powers of ten, as file managers count)."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    for power, unit in enumerate(("kB", "MB", "GB"), start=1):
        if size_bytes < 999.95 * 1000**power:
            return f"{size_bytes / 1000**power:.1f} {unit}"
    return f"{size_bytes / 1000**4:.1f} TB"


def _fraction(instant: int, decimals: int) -> str:
    if decimals <= 0:
        return ""
    return "." + f"{instant % NS_PER_S:09d}"[:decimals]
