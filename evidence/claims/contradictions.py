"""Notes where claims about the same recording cannot all be true. Nothing is resolved here."""

from __future__ import annotations

from evidence.claims.source import Found, with_note
from evidence.records import ClaimMeaning, ClaimOrigin, ClaimZone, TimeClaim
from evidence.times import NS_PER_S, DurationNs

_QUARTER_HOUR_NS = 900 * NS_PER_S
_WIDEST_ZONE_NS = 14 * 3600 * NS_PER_S
_TOLERANCE_NS = 5 * NS_PER_S


def note_contradictions(found: Found, duration_ns: DurationNs) -> Found:
    """Return what was found, with a note at each claim that disagrees with the first one."""
    usable = [one for one in found.claims if _is_usable(one)]
    if not usable:
        return found
    first = usable[0]
    noted = tuple(
        with_note(one, words) if _is_usable(one) and (words := _difference(first, one, duration_ns)) else one
        for one in found.claims
    )
    return Found(noted, found.hint, found.findings)


def _is_usable(one: TimeClaim) -> bool:
    return one.meaning is not ClaimMeaning.UNRELATED and one.origin is not ClaimOrigin.FILE_SYSTEM


def _difference(first: TimeClaim, other: TimeClaim, duration_ns: DurationNs) -> str:
    gap = _start(other, duration_ns) - _start(first, duration_ns)
    tolerance = _TOLERANCE_NS + first.resolution_ns + other.resolution_ns
    if ClaimMeaning.START_OR_END in (first.meaning, other.meaning):
        tolerance += duration_ns
    if abs(gap) <= tolerance:
        return ""
    words = f"{_span(gap)} {'later' if gap > 0 else 'earlier'} than {first.origin} ({first.source})."
    if ClaimZone.LOCAL in (first.zone, other.zone) or ClaimZone.ASSERTED_UTC in (first.zone, other.zone):
        rest = (gap + _QUARTER_HOUR_NS // 2) % _QUARTER_HOUR_NS - _QUARTER_HOUR_NS // 2
        if abs(rest) < abs(gap) <= _WIDEST_ZONE_NS:
            left = "" if abs(rest) <= tolerance else f", but for {_span(rest)}"
            return f"{words} A time zone of {_span(gap - rest)} would explain it{left}."
    return f"{words} They cannot both be right."


def _start(one: TimeClaim, duration_ns: DurationNs) -> int:
    if one.meaning is ClaimMeaning.END:
        return one.instant_ns - duration_ns
    return one.instant_ns - (one.offset_ns if one.meaning is ClaimMeaning.AT_OFFSET else 0)


def _span(gap_ns: int) -> str:
    seconds = abs(gap_ns) // NS_PER_S
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    if days:
        return f"{days:,} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min {seconds} s" if minutes or seconds else f"{hours} h"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
