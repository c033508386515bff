"""What a mark is, and its two written forms: the row in the case and the state in the history."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from annotations.journal import Stamp, State
from annotations.models import MarkRow
from annotations.row_keeper import RowKeeper
from evidence.audit import JsonValue
from evidence.errors import UsageError
from evidence.models import ID_LENGTH
from evidence.text import clean_line
from evidence.times import IncidentTime, MediaTime

LONGEST_TEXT = 4_000
"""Characters that the text of a mark may have."""

LONGEST_TAG = 60
MOST_TAGS = 50
MOST_PEOPLE = 100
_COLOUR = re.compile(r"|#[0-9a-f]{6}")
_LIMIT = 2**63


@dataclass(frozen=True, slots=True)
class PictureAnchor:
    """Where in a recording's picture a mark is, in the file's own time; a clock that is set anew never moves it.

    Attributes:
        recording_id: the recording.
        stream: number of its stream.
        start: the frame that is marked; of a range the first.
        end_pts: of a range, where it ends, exclusive, in units of the same time base; None for a moment.
    """

    recording_id: str
    stream: int
    start: MediaTime
    end_pts: int | None = None

    @property
    def end(self) -> MediaTime | None:
        """Where a range ends, exclusive; None for a moment."""
        return None if self.end_pts is None else MediaTime(self.end_pts, self.start.time_base)


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark.

    Attributes:
        id: permanent id (UUID as text).
        instant: when it is or begins, on the common clock. Of a mark on a picture it is when that was as the clocks
            stood when it was made; where it is now, the timeline says (`annotations.placed_marks`).
        end: of a range, when it ends, exclusive; None for a moment.
        picture: the frame of a camera that it is on; None where it is on the incident.
        text: what a person says of it; one line, may be empty.
        category_id: its category, or None.
        colour: its own colour `#rrggbb`, or "" for that of its category.
        tags: words to find it by, in order.
        people: ids of those who are seen or heard in it.
        by: who made it.
        created_ns: when, ns since the epoch by that machine's clock.
        changed_by: who changed it last.
        changed_ns: when, ns since the epoch by that machine's clock.
    """

    id: str
    instant: IncidentTime
    text: str
    by: str
    created_ns: int
    changed_by: str
    changed_ns: int
    end: IncidentTime | None = None
    picture: PictureAnchor | None = None
    category_id: str | None = None
    colour: str = ""
    tags: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


class MarkKeeper(RowKeeper[MarkRow]):
    """Keeps marks for the journal."""

    name = "mark"
    row_class = MarkRow

    def state_of(self, row: MarkRow) -> State:
        """Return the state of a row."""
        return state_of(record_of(row))

    def fill(self, row: MarkRow, state: State, stamp: Stamp) -> None:
        """Give a row the values of a state. Raises UsageError."""
        mark = mark_of(row.id, state, stamp)
        picture = mark.picture
        row.instant_ns, row.end_ns = mark.instant, mark.end
        row.recording_id = None if picture is None else picture.recording_id
        row.stream = None if picture is None else picture.stream
        row.pts = None if picture is None else picture.start.pts
        row.end_pts = None if picture is None else picture.end_pts
        row.time_base_num = None if picture is None else picture.start.time_base.numerator
        row.time_base_den = None if picture is None else picture.start.time_base.denominator
        row.text, row.category_id, row.colour = mark.text, mark.category_id, mark.colour
        row.tags, row.people = list(mark.tags), list(mark.people)
        row.by, row.created_ns = mark.by, mark.created_ns
        row.changed_by, row.changed_ns = stamp.by, stamp.at_ns

    def title(self, state: State) -> str:
        """Return the mark's name for people."""
        text = str(state.get("text", ""))
        return f"the mark “{text}”" if text else "a mark without text"


MARKS = MarkKeeper()


def record_of(row: Any) -> Mark:
    """Return a mark from its row, or from any object with the columns as attributes."""
    picture = None
    if row.recording_id is not None and row.pts is not None and row.stream is not None:
        time_base = Fraction(row.time_base_num or 0, row.time_base_den or 1)
        picture = PictureAnchor(row.recording_id, row.stream, MediaTime(row.pts, time_base), row.end_pts)
    return Mark(
        id=row.id,
        instant=IncidentTime(row.instant_ns),
        text=row.text,
        by=row.by,
        created_ns=row.created_ns,
        changed_by=row.changed_by,
        changed_ns=row.changed_ns,
        end=None if row.end_ns is None else IncidentTime(row.end_ns),
        picture=picture,
        category_id=row.category_id,
        colour=row.colour,
        tags=tuple(row.tags),
        people=tuple(row.people),
    )


def state_of(mark: Mark) -> dict[str, JsonValue]:
    """Return a mark's state: everything but its id and who changed it last."""
    picture = mark.picture
    return {
        "at_ns": mark.instant,
        "end_ns": mark.end,
        "picture": None
        if picture is None
        else {
            "recording": picture.recording_id,
            "stream": picture.stream,
            "pts": picture.start.pts,
            "end_pts": picture.end_pts,
            "time_base": [picture.start.time_base.numerator, picture.start.time_base.denominator],
        },
        "text": mark.text,
        "category": mark.category_id,
        "colour": mark.colour,
        "tags": list(mark.tags),
        "people": list(mark.people),
        "by": mark.by,
        "created_ns": mark.created_ns,
    }


def mark_of(mark_id: str, untrusted_state: State, stamp: Stamp) -> Mark:
    """Return the mark of a state, checked. Raises UsageError."""
    state = untrusted_state
    instant, end = _number(state, "at_ns"), _number_or_none(state, "end_ns")
    if end is not None and end <= instant:
        raise _refusal("its range ends before it begins")
    colour, category = state.get("colour") or "", state.get("category")
    if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
        raise _refusal("its colour is not written #rrggbb")
    return Mark(
        id=_id(mark_id),
        instant=IncidentTime(instant),
        text=clean_line(_text(state, "text"), limit=LONGEST_TEXT),
        by=clean_line(_text(state, "by"), limit=200),
        created_ns=_number(state, "created_ns"),
        changed_by=stamp.by,
        changed_ns=stamp.at_ns,
        end=None if end is None else IncidentTime(end),
        picture=_picture(state.get("picture")),
        category_id=None if category is None else _id(category),
        colour=colour,
        tags=clean_tags(_texts(state, "tags")),
        people=_people(_texts(state, "people")),
    )


def clean_tags(typed: Iterable[str]) -> tuple[str, ...]:
    """Return tags without doubles, in the order of the alphabet. Raises UsageError where there are too many."""
    found: dict[str, str] = {}
    for one in typed:
        tag = clean_line(one.replace(",", " "), limit=LONGEST_TAG)
        if tag:
            found.setdefault(tag.casefold(), tag)
    if len(found) > MOST_TAGS:
        raise _refusal(f"it has {len(found)} tags; {MOST_TAGS} is the most")
    return tuple(found[key] for key in sorted(found))


def _people(ids: list[str]) -> tuple[str, ...]:
    if len(ids) > MOST_PEOPLE:
        raise _refusal(f"{len(ids)} people are in it; {MOST_PEOPLE} is the most")
    return tuple(dict.fromkeys(_id(one) for one in ids))


def _picture(value: object) -> PictureAnchor | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise _refusal("its place in a picture cannot be read")
    base = value.get("time_base")
    if not isinstance(base, list) or len(base) != 2 or not all(_fits(part) and part > 0 for part in base):
        raise _refusal("its time base is no positive fraction")
    pts, end_pts = _number(value, "pts"), _number_or_none(value, "end_pts")
    if end_pts is not None and end_pts <= pts:
        raise _refusal("its range ends before it begins")
    stream = _number(value, "stream")
    if not 0 <= stream < 2**31:
        raise _refusal("its stream has no possible number")
    start = MediaTime(pts, Fraction(base[0], base[1]))
    return PictureAnchor(_id(value.get("recording")), stream, start, end_pts)


def _fits(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_LIMIT <= value < _LIMIT


def _number(state: Mapping[str, object], name: str) -> int:
    value = state.get(name)
    if not isinstance(value, int) or not _fits(value):
        raise _refusal(f"its {name} is no number that a clock or file can have")
    return value


def _number_or_none(state: Mapping[str, object], name: str) -> int | None:
    return None if state.get(name) is None else _number(state, name)


def _text(state: Mapping[str, object], name: str) -> str:
    value = state.get(name)
    if not isinstance(value, str):
        raise _refusal(f"its {name} is no text")
    return value


def _texts(state: Mapping[str, object], name: str) -> list[str]:
    value = state.get(name) or []
    if not isinstance(value, list):
        raise _refusal(f"its {name} are no list of texts")
    texts = [one for one in value if isinstance(one, str)]
    if len(texts) != len(value):
        raise _refusal(f"its {name} are no list of texts")
    return texts


def _id(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= ID_LENGTH or not value.isascii() or not value.isprintable():
        raise _refusal("an id in it is none")
    return value


def _refusal(why: str) -> UsageError:
    return UsageError(f"That is no mark: {why}.", meaning="Nothing was changed.", remedy="Mark the moment again.")
