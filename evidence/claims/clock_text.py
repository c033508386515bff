"""Reads dates and times as devices write them; digits that make no date give None, never a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from evidence.records import ClaimZone
from evidence.times import NS_PER_S

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_FRACTION_DIGITS = 9
_WRITTEN = re.compile(
    r"(?P<year>\d{4})[-:/.](?P<month>\d{1,2})[-:/.](?P<day>\d{1,2})"
    r"(?:[T _]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?"
    r"(?:[.,:](?P<fraction>\d{1,9}))?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time that was read.

    Attributes:
        instant_ns: ns since the Unix epoch; the bare digits where the zone is LOCAL.
        zone: UTC, STATED or LOCAL.
        resolution_ns: the step of what was written.
    """

    instant_ns: int
    zone: ClaimZone
    resolution_ns: int


def from_digits(*digits: int, nanosecond: int = 0) -> int | None:
    """Return the digits of a clock as if they were UTC, ns since the epoch, or None where they make no time.

    Args:
        digits: year, month, day and then as many of hour, minute, second as there are.
        nanosecond: the part of a second.
    """
    if not _FIRST_YEAR <= digits[0] <= _LAST_YEAR or not 0 <= nanosecond < NS_PER_S:
        return None
    hour, minute, second = (*digits[3:], 0, 0, 0)[:3]
    try:
        moment = datetime(digits[0], digits[1], digits[2], hour, minute, second, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return (moment - _EPOCH) // timedelta(seconds=1) * NS_PER_S + nanosecond


def parse_written(untrusted_text: str) -> Moment | None:
    """Read a date with its time as tags write it: `2026-03-14T21:32:07.480Z`, `2026:03:14 21:32:07+01:00`.

    A date without a time is no moment: None.
    """
    match = _WRITTEN.match(untrusted_text.strip())
    if match is None or match["hour"] is None:
        return None
    fraction = match["fraction"] or ""
    digits = from_digits(
        int(match["year"]), int(match["month"]), int(match["day"]), int(match["hour"]), int(match["minute"]),
        int(match["second"] or 0), nanosecond=int((fraction + "0" * _FRACTION_DIGITS)[:_FRACTION_DIGITS]),
    )  # fmt: skip
    if digits is None:
        return None
    offset = _zone_offset_s(match["zone"])
    step = _resolution(match["second"], fraction)
    if offset is None:
        return Moment(digits, ClaimZone.LOCAL, step)
    is_utc = (match["zone"] or "").upper() in ("Z", "UTC", "GMT")
    return Moment(digits - offset * NS_PER_S, ClaimZone.UTC if is_utc else ClaimZone.STATED, step)


def written_utc(instant_ns: int) -> str:
    """Return an instant as `2026-03-14 21:32:07` for notes; UTC, or bare digits where it was LOCAL."""
    moment = _EPOCH + timedelta(seconds=instant_ns // NS_PER_S)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def stated_zone(hours: int, minutes: int = 0) -> timezone:
    """Return a fixed zone, for makers that store it as numbers."""
    return timezone(timedelta(hours=hours, minutes=minutes))


def _zone_offset_s(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone.upper() in ("Z", "UTC", "GMT"):
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
    if seconds > 14 * 3600:
        return None
    return -seconds if zone[0] == "-" else seconds


def _resolution(second: str | None, fraction: str) -> int:
    if second is None:
        return 60 * NS_PER_S
    step: int = NS_PER_S // 10 ** min(len(fraction), _FRACTION_DIGITS)
    return step
