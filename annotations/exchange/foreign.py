"""A mark as a file from elsewhere tells it: checked for form, not yet compared with the case."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from annotations.exchange.drawn_shapes import ForeignShape
from evidence.errors import SightlineError

MOST_BYTES = 128 * 1024 * 1024
MOST_MARKS = 500_000
MOST_PROBLEMS = 100
MOST_VERSIONS = 200


class ExchangeError(SightlineError):
    """A file with marks from elsewhere cannot be read."""

    code = "SL-720"


@dataclass(frozen=True, slots=True)
class ForeignCategory:
    """A category as the file names it; `id` may be "".

    Attributes:
        is_by_name: the name says which it is, and the id only where it has that name: tables are edited by hand.
    """

    id: str
    name: str
    colour: str = ""
    is_range: bool = False
    is_by_name: bool = False


@dataclass(frozen=True, slots=True)
class ForeignPerson:
    """A person as the file names them; `id` may be "", and `role` too where the file does not say.

    Attributes:
        is_by_name: the name says who it is, and the id only where it has that name: tables are edited by hand.
    """

    id: str
    name: str
    role: str = ""
    is_by_name: bool = False


@dataclass(frozen=True, slots=True)
class ForeignPicture:
    """A frame, or a range of frames, of a recording that is named by its SHA-256 and, as a second hint, by its id."""

    sha256: str
    recording_id: str
    stream: int
    pts: int
    time_base: Fraction
    end_pts: int | None = None


@dataclass(frozen=True, slots=True)
class ForeignMark:
    """A mark from elsewhere.

    Attributes:
        id: its permanent id.
        start_ns: when it is or begins, ns since the epoch on its case's common clock.
        end_ns: of a range, when it ends, exclusive.
        versions: digests of the states that it had, oldest first, with the one it had when the file was written.
    """

    id: str
    start_ns: int
    end_ns: int | None
    picture: ForeignPicture | None
    text: str
    category: ForeignCategory | None
    tags: tuple[str, ...]
    people: tuple[ForeignPerson, ...]
    colour: str
    by: str
    created_ns: int
    changed_by: str
    changed_ns: int
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignMarks:
    """What a file holds.

    Attributes:
        marks: in the order of the file.
        problems: what could not be read, in words for people, at most `MOST_PROBLEMS`.
        shapes: on pictures, in the order of the file.
    """

    marks: tuple[ForeignMark, ...]
    problems: tuple[str, ...] = field(default=())
    shapes: tuple[ForeignShape, ...] = ()


def refusal(happened: str) -> ExchangeError:
    """Return the error for a file that cannot be used at all."""
    return ExchangeError(
        happened,
        meaning="Nothing was taken over; the case is as it was.",
        remedy="Ask the sender to export the marks again, as JSON-LD or CSV.",
    )
