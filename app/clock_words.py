"""The words in which people write a date and the face of a clock: what they look like, and what they say.

To add a way to write a date: add its pattern to `_DATES`, with the groups `y`, `m` or `name`, and `d`, and an example
to the test. A clock may come before or behind a date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from evidence.errors import NoTimeError

_YEARS = range(1900, 2200)
_ZONE = r"(?: ?(?P<zone>Z|(?:UTC|GMT)?[+-]\d\d?(?::?\d\d)?|[a-z]{3,5}))?"
_FACE = (
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d\d)(?:[:.m](?P<second>\d{1,2})s?(?:[.,](?P<fraction>\d{1,9}))?|m)?)?"
    r"(?: ?(?P<half>[ap])\.?m\b\.?)?"
)
_DIGITS = r"(?P<digits>\d{4}|\d{6})(?:[.,](?P<digit_fraction>\d{1,9}))?"
_CLOCK = rf"(?:{_DIGITS}|{_FACE})(?: ?h(?:ou)?rs?)?{_ZONE}"
_WEEKDAY = r"(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}"
_DATES = (
    r"(?P<y>\d{4})(?P<by>[-/.])(?P<m>\d\d?)(?P=by)(?P<d>\d\d?)",
    r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
    r"(?P<d>\d{1,2})(?P<by>[-/.])(?P<m>\d{1,2})(?P=by)(?P<y>\d{4})",
    r"(?P<d>\d{1,2})/(?P<m>\d{1,2})(?:/(?P<y>\d\d))?",
    rf"(?:{_WEEKDAY},? )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<name>[a-z]{{3,9}})(?:,? (?P<y>\d{{4}}))?",
    rf"(?:{_WEEKDAY},? )?(?P<name>[a-z]{{3,9}}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>\d{{4}}))?",
    _WEEKDAY,
)
_FLAGS = re.IGNORECASE | re.ASCII
_ALONE = re.compile(_CLOCK, _FLAGS)
_DATED = (
    *(
        re.compile(pattern, _FLAGS)
        for one in _DATES
        for pattern in (rf"{one}(?:(?:[T_]|[ ,]+(?:at )?){_CLOCK})?", rf"{_CLOCK}[ ,]+(?:on )?{one}")
    ),
    re.compile(rf"{_DATES[1]}{_CLOCK}", _FLAGS),
)
_SPACED = re.compile(r"(\d{1,2}) (\d\d) (\d\d)(?= |$)", re.ASCII)
_TIMECODE = re.compile(r"\d{1,2}[:;]\d\d[:;]\d\d[:;]\d\d", re.ASCII)
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Face:
    """The digits of a clock: seconds since midnight, the fraction, and a zone where one was typed."""

    seconds: int
    fraction_ns: int
    zone: tzinfo | None


@dataclass(frozen=True, slots=True)
class TypedDay:
    """What was typed of a date; what is None was left out.

    Attributes:
        year: in full.
        month: from 1.
        day: of the month, from 1.
        weekday: from 0 for Monday.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None

    def near(self, today: date) -> list[date]:
        """Return the days that may be meant, where `today` is the day around which people think."""
        if self.month is None or self.day is None:
            around = [today + timedelta(days=step) for step in range(-7, 8)] if self.weekday is not None else []
            if self.weekday is None:
                around = [today + timedelta(days=step) for step in (-1, 0, 1)]
            return [one for one in around if self.weekday in {None, one.weekday()}]
        years = range(today.year - 1, today.year + 2) if self.year is None else (self.year,)
        found = []
        for year in years:
            try:
                found.append(date(year, self.month, self.day))
            except ValueError:
                continue
        if self.weekday is not None and self.year is None:
            found = [one for one in found if one.weekday() == self.weekday] or found
        return found


@dataclass(frozen=True, slots=True)
class ClockWords:
    """What was typed, read: a day and the face of a clock."""

    day: TypedDay
    face: Face


def read_clock(text: str, local: ZoneInfo) -> ClockWords | None:
    """Return what a text says, or None where it is of no such form.

    Args:
        text: with single spaces.
        local: the zone whose own names (such as CET) are understood.

    Raises:
        NoTimeError: it is of such a form and names no day or time that there is.
    """
    text = _SPACED.sub(r"\1:\2:\3", text.removeprefix("at "))
    if _TIMECODE.match(text):
        raise no_time(f"“{text[:60]}” ends in a frame of a second, which depends on the camera.")
    found = _ALONE.fullmatch(text)
    if found is not None and not _is_bare_hour(found):
        return ClockWords(TypedDay(), _face_of(found, text, local))
    for pattern in _DATED:
        found = pattern.fullmatch(text)
        if found is None or (_is_bare_hour(found) and found.groupdict().get("by") != "-"):
            continue
        day = _day_of(found, text)
        if day is not None:
            return ClockWords(day, _face_of(found, text, local))
    return None


def no_time(happened: str) -> NoTimeError:
    """Return a refusal that says how a time can be typed."""
    return NoTimeError(happened, remedy="Type it for instance as 21:32:07.48, 213207, 9:32 pm or 2026-03-14 21:32:07.")


def _is_bare_hour(found: re.Match[str]) -> bool:
    return found["hour"] is not None and found["minute"] is None and found["half"] is None


def _day_of(found: re.Match[str], text: str) -> TypedDay | None:
    """Return the day that was typed, or None where a word in it is no month: then it is of another form."""
    parts = found.groupdict()
    weekday = _WEEKDAYS.index(parts["weekday"].lower()) if parts.get("weekday") else None
    if parts.get("d") is None:
        return TypedDay(weekday=weekday)
    year = int(parts["y"]) if parts.get("y") else None
    if year is not None and year < 100:
        year += 2000
    if year is not None and year not in _YEARS:
        raise no_time(f"“{text[:60]}” names a year from which there are no recordings.")
    if parts.get("m"):
        month = int(parts["m"])
    else:
        name = "sep" if parts["name"].lower() == "sept" else parts["name"].lower()
        month = next((number for number, whole in enumerate(_MONTHS, start=1) if whole.startswith(name)), 0)
        if not month and parts.get("y") is None:
            return None
        if not month:
            raise no_time(f"“{text[:60]}” names a month that is not in the calendar.")
    try:
        date(2000 if year is None else year, month, int(parts["d"]))
    except ValueError:
        raise no_time(f"“{text[:60]}” names a day that is not in the calendar.") from None
    return TypedDay(year, month, int(parts["d"]), weekday)


def _face_of(found: re.Match[str], text: str, local: ZoneInfo) -> Face:
    parts = found.groupdict()
    if parts["digits"]:
        digits = parts["digits"].ljust(6, "0")
        hour, minute, second = int(digits[:2]), int(digits[2:4]), int(digits[4:])
        fraction = parts["digit_fraction"] if len(parts["digits"]) == 6 else None
        if parts["digit_fraction"] and fraction is None:
            raise no_time(f"“{text[:60]}” has a fraction of a minute.")
    else:
        hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
        fraction = parts["fraction"]
        hour = _on_24_hours(hour, parts["half"], text)
    if hour > 23 or minute > 59 or second > 59:
        raise no_time(f"“{text[:60]}” is not on a clock: hours go to 23, minutes and seconds to 59.")
    fraction_ns = int((fraction or "").ljust(9, "0")[:9] or "0")
    return Face((hour * 60 + minute) * 60 + second, fraction_ns, _zone_of(parts["zone"], text, local))


def _on_24_hours(hour: int, half: str | None, text: str) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise no_time(f"“{text[:60]}” is not on a clock: with am and pm, hours go from 1 to 12.")
    return hour % 12 + (12 if half.lower() == "p" else 0)


def _zone_of(name: str | None, text: str, local: ZoneInfo) -> tzinfo | None:
    if not name:
        return None
    bare = name.upper().removeprefix("UTC").removeprefix("GMT").removeprefix("Z")
    if not bare:
        return UTC
    if bare == "BST":
        return timezone(timedelta(hours=1))
    if bare[0] not in {"+", "-"}:
        return _local_zone(bare, text, local)
    digits = bare[1:].replace(":", "")
    digits = digits.zfill(2) if len(digits) < 3 else digits.zfill(4)
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 14 or minutes > 59:
        raise no_time(f"“{text[:60]}” has a zone that no place on earth has.")
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if bare[0] == "-" else shift)


def _local_zone(name: str, text: str, local: ZoneInfo) -> tzinfo:
    """Return the zone that has this name in `local`; the same letters mean other zones elsewhere."""
    for month in (1, 7):
        moment = datetime(2026, month, 1, tzinfo=local)
        offset = moment.utcoffset()
        if moment.tzname() == name and offset is not None:
            return timezone(offset)
    raise no_time(f"“{text[:60]}” names a zone that is not one of {local.key}; write it as +01:00.")
