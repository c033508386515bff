"""Reads the times that people type: every sensible form, always as one exact instant or a plain refusal.

What is typed is read against a `TypedTimeContext` that says in which zone, near which moment and in which camera it
was meant. All arithmetic is on whole nanoseconds.

To add a form that can be typed: 1. write a function like `_typed_frame` that returns None where the text is of
another form and raises `NoTimeError` where it is of this form and wrong; 2. add it to `_FORMS`; 3. add an example to
`TYPED_FORMS`, which the go-to field shows and a test reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.clock_words import Face, no_time, read_clock
from app.time_text import LocalTimes
from evidence.errors import NoTimeError
from evidence.times import NS_PER_S, DurationNs, IncidentRange, IncidentTime

_MINUTE = 60 * NS_PER_S
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_LONGEST_NS = 200 * 366 * _DAY
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

TYPED_FORMS = ("21:32:07.48", "213207", "9:32 pm", "+12.5", "-1:30", "f812", "14/3 21:32", "2026-03-14 21:32:07")
"""One example of each form that can be typed."""


@dataclass(frozen=True, slots=True)
class TypedTimeContext:
    """What a typed time refers to.

    Attributes:
        zone: the zone in which a time without a zone is meant.
        near: the moment it is meant near to: its day is taken where no date is given.
        relative_to: what `+12.5` counts from: the playhead in the window, the case's start on the command line.
        span: when anything was recorded, or None; a day inside it is preferred where no date is given.
        frame_start: gives the start of a frame number in the camera that is meant, or None where there is no such.
    """

    zone: ZoneInfo
    near: IncidentTime
    relative_to: IncidentTime
    span: IncidentRange | None = None
    frame_start: Callable[[int], IncidentTime | None] = lambda _number: None


@dataclass(frozen=True, slots=True)
class TypedTime:
    """What a typed text means.

    Attributes:
        instant: the moment.
        note: what the person should know about how it was read, or "".
    """

    instant: IncidentTime
    note: str = ""


def parse_time(text: str, context: TypedTimeContext) -> TypedTime:
    """Return the instant that a person typed, in any of the forms of `TYPED_FORMS`.

    Raises:
        NoTimeError: it cannot be understood, or names a time that does not exist.
    """
    cleaned = " ".join(text.split())
    for form in _FORMS:
        found = form(cleaned, context)
        if found is not None:
            return found
    raise no_time(f"“{cleaned[:60]}” is not a time that Sightline understands.")


def parse_duration(text: str) -> DurationNs:
    """Return a length that a person typed: `12.5`, `7:12`, `00:07:12.250`, `7 min 12 s`, `500 ms`; a sign may lead.

    Raises:
        NoTimeError: it cannot be understood.
    """
    cleaned = " ".join(text.split()).replace("\N{MINUS SIGN}", "-")
    sign = -1 if cleaned.startswith("-") else 1
    body = cleaned[1:].strip() if cleaned[:1] in {"+", "-"} else cleaned
    length = _clock_length(body)
    if length is None:
        length = _worded_length(body)
    if length is None or length > _LONGEST_NS:
        raise NoTimeError(
            f"“{cleaned[:60]}” is not a length of time.",
            remedy="Type it as 00:07:12.250, 7 min 12 s or 12.5 (seconds).",
        )
    return sign * length


def _fraction_ns(digits: str | None) -> int:
    return int((digits or "").ljust(9, "0")[:9] or "0")


_FRAME = re.compile(r"(?:(?:f|fr|frame) ?#?|#)(\d{1,12})|(\d{1,12}) ?f(?:rames?)?", re.IGNORECASE | re.ASCII)
_CLOCK_LENGTH = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(?=[.,]?\d)(\d{0,9})(?:[.,](\d{1,9}))?", re.ASCII)
_WORDED_PART = re.compile(
    r"(\d{1,9})(?:[.,](\d{1,9}))? ?"
    r"(ms|milliseconds?|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?: |$|(?=\d))",
    re.ASCII | re.IGNORECASE,
)
_UNITS = {"s": NS_PER_S, "m": _MINUTE, "h": _HOUR, "d": _DAY}


def _clock_length(body: str) -> DurationNs | None:
    """Return the length of `h:mm:ss.f`, `m:ss.f` or `s.f`, or None."""
    found = _CLOCK_LENGTH.fullmatch(body)
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.group(1, 2, 3))
    if found.group(2) and seconds > 59:
        return None
    if found.group(1) and minutes > 59:
        return None
    return hours * _HOUR + minutes * _MINUTE + seconds * NS_PER_S + _fraction_ns(found.group(4))


def _unit_ns(word: str) -> DurationNs:
    lowered = word.lower()
    if lowered == "ms" or lowered.startswith("milli"):
        return NS_PER_S // 1000
    return _UNITS[lowered[0]]


def _worded_length(body: str) -> DurationNs | None:
    """Return the length of `1 h 2 min 3.5 s`, in any of its parts, or None."""
    place, total = 0, 0
    while place < len(body):
        found = _WORDED_PART.match(body, place)
        if found is None:
            return None
        unit = _unit_ns(found.group(3))
        total += int(found.group(1)) * unit + _fraction_ns(found.group(2)) * unit // NS_PER_S
        place = found.end()
    return total if place else None


def _typed_frame(text: str, context: TypedTimeContext) -> TypedTime | None:
    found = re.fullmatch(
        r"(?:(?:f|fr|frame) ?#?|#)(\d{1,12})|(\d{1,12}) ?f(?:rames?)?", text.replace(",", ""), re.IGNORECASE | re.ASCII
    )
    if found is None:
        return None
    number = int(found.group(1) or found.group(2))
    start = context.frame_start(number)
    if start is None:
        raise NoTimeError(
            f"There is no frame {number} in the recording of the focused camera.",
            remedy="Frames count from 0 in each recording; focus the camera that is meant and try again.",
        )
    return TypedTime(start)


def _typed_relative(text: str, context: TypedTimeContext) -> TypedTime | None:
    text = re.sub(r"^[tT] ?(?=[+-])", "", text)
    if text[:1] not in {"+", "-", "\N{MINUS SIGN}"}:
        return None
    return TypedTime(IncidentTime(context.relative_to + parse_duration(text)))


def _typed_clock(text: str, context: TypedTimeContext) -> TypedTime | None:
    """Read a clock, with a date, a part of one, or none: of the days that may be meant the one nearest is taken."""
    words = read_clock(text, context.zone)
    if words is None:
        return None
    try:
        today = (
            (_EPOCH + timedelta(seconds=context.near // NS_PER_S)).astimezone(words.face.zone or context.zone).date()
        )
        days = words.day.near(today)
    except OverflowError:
        return None
    answers: list[TypedTime] = []
    refusal: NoTimeError | None = None
    for day in days:
        try:
            answers.append(_resolve(day, words.face, context.zone))
        except NoTimeError as error:
            if day == today or len(days) == 1 or words.day.month is not None:
                refusal = error
    if refusal is not None and (words.day.month is None or not answers):
        raise refusal
    return min(answers, key=lambda answer: _remoteness(answer.instant, context), default=None)


def _remoteness(instant: IncidentTime, context: TypedTimeContext) -> tuple[bool, int]:
    is_outside = context.span is not None and not context.span.start <= instant <= context.span.end
    return (is_outside, abs(instant - context.near))


def _resolve(day: date, face: Face, local: ZoneInfo) -> TypedTime:
    """Return the instant at which a clock in the typed zone, or else in `local`, shows `face` on `day`."""
    naive = datetime(day.year, day.month, day.day) + timedelta(seconds=face.seconds)  # noqa: DTZ001 - a face has no zone yet
    zone = face.zone or local
    first = _utc_ns(naive.replace(tzinfo=zone, fold=0)) + face.fraction_ns
    second = _utc_ns(naive.replace(tzinfo=zone, fold=1)) + face.fraction_ns
    if first == second:
        return TypedTime(IncidentTime(first))
    shown = f"{naive:%H:%M:%S}"
    if second < first:
        raise NoTimeError(
            f"{shown} does not exist on {naive.day} {naive:%b %Y} in {local.key}: the clocks went forward over it.",
            remedy="Type a time before or after the change, or add UTC.",
        )
    texts = LocalTimes(local)
    names = [texts.zone_name(first), texts.zone_name(second)]
    note = f"{shown} comes twice that night as the clocks go back; the first one ({names[0]}) was taken. "
    return TypedTime(IncidentTime(first), note + f"For the second, add its zone ({names[1]}).")


def _utc_ns(moment: datetime) -> int:
    offset = moment.utcoffset()
    assert offset is not None
    since = moment.replace(tzinfo=UTC) - offset - _EPOCH
    return (since.days * 86_400 + since.seconds) * NS_PER_S


_FORMS: tuple[Callable[[str, TypedTimeContext], TypedTime | None], ...] = (
    _typed_frame,
    _typed_relative,
    _typed_clock,
)
