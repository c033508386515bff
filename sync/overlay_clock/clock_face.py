"""Parses what an overlay says: time of day, date, weekday and zone, in the forms that recorders burn in.

Nothing is guessed. Where day and month could be swapped, both dates stay; letters that look like digits are mended
only on request, and what was mended says so, so that it can be believed only beside readings that needed no mending.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from evidence.times import NS_PER_S, DurationNs

DAY_NS = 86_400 * NS_PER_S
LONGEST_TEXT = 200

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAY = re.compile(r"(MON|TUE|WED|THU|FRI|SAT|SUN)(?:[A-Z]*DAY)?(?![A-Z])", re.ASCII)
_NAMED_MONTH = rf"({'|'.join(_MONTHS)})[A-Z]*"
_YEAR_FIRST = re.compile(r"(20\d\d)\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d\d?)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(20\d\d)", re.ASCII)
_DAY_NAMED = re.compile(rf"(\d{{1,2}})[-/. ,]*{_NAMED_MONTH}[-/. ,]*(20\d\d)", re.ASCII)
_NAMED_DAY = re.compile(rf"{_NAMED_MONTH}[-/. ]*(\d{{1,2}})[-/. ,]+(20\d\d)", re.ASCII)
_SHORT = re.compile(r"(?<![\d:.])(\d\d)([-/])(\d\d)\2(\d\d)(?![-/])", re.ASCII)
_TIME = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})\s?[:;.]\s?(?P<minute>\d\d)(?:\s?[:;.]\s?(?P<second>\d\d)(?P<part>[.,:]\d{1,3})?)?"
    r"\s*(?P<half>[AP]\.?M\b\.?)?\s*(?P<zone>Z\b|UTC|GMT|BST|[+-]\d\d:?\d\d\b)?(?![\d:])",
    re.ASCII,
)
_MONTH_ALONE = (
    r"(?:JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?|OCT(?:OBER)?"
    r"|NOV(?:EMBER)?|DEC(?:EMBER)?)"
)
_CUT_DATE = re.compile(
    r"(?<![A-Z\d])\d{0,4}[-/]\d{1,2}(?![\d:])"
    rf"|\d{{1,2}}[-/. ,]*{_MONTH_ALONE}(?![A-Z])|(?<![A-Z]){_MONTH_ALONE}[-/. ]*\d{{1,2}}(?!\d)"
    r"|(?<![A-Z\d])T(?= *#)",
    re.ASCII,
)
"""What is left of a date beside a time, which stands as `#`."""

_LOOKALIKES = str.maketrans("OQDIL|SBG", "000111586")
_DIGITLIKE = re.compile(r"(?<![A-Z])[0-9OQDIL|SBG]{1,4}(?![A-Z])", re.ASCII)
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "BST": 60}


@dataclass(frozen=True, slots=True)
class ClockFace:
    """What an overlay says at one moment.

    Attributes:
        time_ns: time of day, ns since midnight, whole seconds (or minutes where no seconds are shown); None without.
        step_ns: how long the overlay shows the same: 1 s, or 60 s.
        dates: the dates that the digits can mean; none where no date is shown.
        zone_minutes: minutes east of UTC where the overlay names its zone, else None.
        is_mended: letters were taken for digits.
        has_cut_date: beside the time stands a part of a date, and not all of it: no year, or a month and no day.
    """

    time_ns: int | None
    step_ns: DurationNs
    dates: tuple[date, ...] = ()
    zone_minutes: int | None = None
    is_mended: bool = False
    has_cut_date: bool = False


def parse_face(untrusted_text: str, *, mend: bool = False) -> ClockFace | None:
    """Return what a text says of date and time, or None where it says nothing of either.

    Args:
        untrusted_text: a line as it was recognised.
        mend: also take letters that look like digits for digits, where they stand among digits.
    """
    plain = _tidy(untrusted_text)
    found = _parse(plain)
    if mend and (found is None or found.time_ns is None):
        mended = _DIGITLIKE.sub(lambda match: match[0].translate(_LOOKALIKES), plain)
        if mended != plain:
            second = _parse(mended)
            if second is not None and second.time_ns is not None:
                return replace(second, is_mended=True)
    return found


def _tidy(untrusted_text: str) -> str:
    text = untrusted_text[:LONGEST_TEXT].upper()
    for odd, usual in (("：", ":"), ("／", "/"), ("—", "-"), ("–", "-"), ("．", "."), ("，", ",")):
        text = text.replace(odd, usual)
    return " ".join(text.split())


def _parse(text: str) -> ClockFace | None:
    dates, rest = _find_dates(text)
    time = _find_time(rest)
    if time is None:
        return ClockFace(None, 0, dates) if dates else None
    time_ns, step_ns, zone = time
    has_cut_date = not dates and _CUT_DATE.search(_TIME.sub(" #", rest)) is not None
    return ClockFace(time_ns, step_ns, dates, zone, has_cut_date=has_cut_date)


def _find_dates(text: str) -> tuple[tuple[date, ...], str]:
    """Return the dates that are meant, and the text without them."""
    for pattern, read in (
        (_YEAR_FIRST, _year_first),
        (_YEAR_LAST, _year_last),
        (_DAY_NAMED, _day_named),
        (_NAMED_DAY, _named_day),
        (_SHORT, _short),
    ):
        for match in pattern.finditer(text):
            dates = tuple(dict.fromkeys(read(match)))
            if dates:
                rest = f"{text[: match.start()]} {text[match.end() :]}"
                named = _WEEKDAY.search(rest)
                if named is not None:
                    fitting = tuple(one for one in dates if one.weekday() == _DAYS.index(named[1]))
                    dates = fitting or dates
                return dates, rest
    return (), text


def _year_first(match: re.Match[str]) -> Iterator[date]:
    yield from _date(match[1], match[2], match[3])


def _year_last(match: re.Match[str]) -> Iterator[date]:
    yield from _date(match[3], match[2], match[1])
    yield from _date(match[3], match[1], match[2])


def _day_named(match: re.Match[str]) -> Iterator[date]:
    yield from _date(match[3], str(_MONTHS.index(match[2]) + 1), match[1])


def _named_day(match: re.Match[str]) -> Iterator[date]:
    yield from _date(match[3], str(_MONTHS.index(match[1]) + 1), match[2])


def _short(match: re.Match[str]) -> Iterator[date]:
    first, middle, last = match[1], match[3], match[4]
    yield from _date(f"20{last}", middle, first)
    yield from _date(f"20{last}", first, middle)
    yield from _date(f"20{first}", middle, last)


def _date(year: str, month: str, day: str) -> Iterator[date]:
    try:
        yield date(int(year), int(month), int(day))
    except ValueError:
        return


def _find_time(text: str) -> tuple[int, DurationNs, int | None] | None:
    """Return time of day, step and zone of the last whole time in a text."""
    best: tuple[int, DurationNs, int | None] | None = None
    for match in _TIME.finditer(text):
        hour, minute = int(match["hour"]), int(match["minute"])
        second = int(match["second"] or 0)
        half = (match["half"] or "")[:1]
        if "." in match[0][:3] and match["second"] is None:
            continue  # a number with a point
        if half and not 1 <= hour <= 12:
            continue
        if half:
            hour = hour % 12 + (12 if half == "P" else 0)
        if hour > 23 or minute > 59 or second > 59:
            continue
        step = NS_PER_S if match["second"] else 60 * NS_PER_S
        if best is None or step <= best[1]:
            best = ((hour * 3600 + minute * 60 + second) * NS_PER_S, step, _zone(match["zone"]))
    return best


def _zone(text: str | None) -> int | None:
    if text is None:
        return None
    if text in _ZONES:
        return _ZONES[text]
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return None if minutes > 14 * 60 else -minutes if text[0] == "-" else minutes
