"""Reads the times that stand in transcripts: `00:01:02.345`, `1:02`, `62.3`, `62,3 s`. Whole nanoseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from evidence.times import NS_PER_S

CLOCK = r"(?:\d{1,4}:)?\d{1,3}:\d{2}(?:[.,]\d{1,9})?"
"""A time as transcripts write it, for use inside of other expressions."""

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,9}))?")
_SECONDS = re.compile(r"(\d{1,9})(?:[.,](\d{1,9}))?\s*(?:s|sec|secs|seconds)?", re.IGNORECASE)
_FRAMES = re.compile(r"(\d{1,3}):(\d{2}):(\d{2})[:;](\d{2,3})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_clock(text: str) -> int | None:
    """Return the ns of `h:mm:ss.fff` or `m:ss`, or None where it is no such time."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds, fraction = found.groups()
    if int(seconds) >= 60 or (hours is not None and int(minutes) >= 60):
        return None
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * NS_PER_S + _fraction_ns(fraction)


def read_seconds(text: str) -> int | None:
    """Return the ns of a number of seconds, or None where it is none."""
    found = _SECONDS.fullmatch(text.strip())
    return None if found is None else int(found.group(1)) * NS_PER_S + _fraction_ns(found.group(2))


def read_timecode(text: str) -> tuple[int, int] | None:
    """Return the ns of the whole seconds of `hh:mm:ss:ff` and the frame after them, or None."""
    found = _FRAMES.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds, frames = (int(part) for part in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * NS_PER_S, frames


def read_dated(text: str) -> tuple[int, bool] | None:
    """Return ns since the epoch of a date and time (ISO 8601), and whether it named a zone; or None."""
    text = text.strip()
    if len(text) < 16 or text[4:5] != "-":
        return None
    head, dot, fraction = text.partition(".")
    zone = ""
    if dot:
        digits = re.match(r"\d{1,9}", fraction)
        if digits is None:
            return None
        zone, fraction = fraction[digits.end() :], digits.group()
    try:
        moment = datetime.fromisoformat(head + zone)
    except ValueError:
        return None
    is_zoned = moment.tzinfo is not None
    since = (moment if is_zoned else moment.replace(tzinfo=UTC)) - _EPOCH
    return (since.days * 86_400 + since.seconds) * NS_PER_S + _fraction_ns(fraction), is_zoned


def _fraction_ns(digits: str | None) -> int:
    return int(digits.ljust(9, "0")) if digits else 0
