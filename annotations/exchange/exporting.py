"""Collects the marks of a case as they are told to others."""

from __future__ import annotations

from dataclasses import dataclass, field

from annotations.categories import load_categories
from annotations.exchange.digests import digest, versions_of
from annotations.exchange.foreign import (
    MOST_VERSIONS,
    ForeignCategory,
    ForeignMark,
    ForeignPerson,
    ForeignPicture,
)
from annotations.mark_states import Mark, PictureAnchor, state_of
from annotations.marks import load_marks
from annotations.people import load_people
from annotations.shapes.record import load_shapes
from annotations.shapes.shape import Shape
from evidence.case import Case


@dataclass(frozen=True, slots=True)
class Told:
    """Marks for others.

    Attributes:
        case_id: permanent id of the case.
        title: of the case.
        marks: by time.
        file_names: names of recordings by SHA-256.
        cameras: names of the recordings' cameras by SHA-256.
        shapes: on pictures, in the order in which they were drawn.
        sha256_of: SHA-256 of the recordings by their ids.
    """

    case_id: str
    title: str
    marks: tuple[ForeignMark, ...]
    file_names: dict[str, str]
    cameras: dict[str, str]
    shapes: tuple[Shape, ...] = ()
    sha256_of: dict[str, str] = field(default_factory=dict)


def collect(case: Case) -> Told:
    """Return all marks of a case. From any thread. Raises CaseDamagedError."""
    recordings = {one.id: one for one in case.recordings()}
    names = {one.id: one.name for one in case.cameras()}
    sha256_of = {one.id: one.sha256 for one in recordings.values()}
    marks = load_marks(case)
    versions = versions_of(case, [one.id for one in marks], sha256_of)
    categories = {one.id: ForeignCategory(one.id, one.name, one.colour, one.is_range) for one in load_categories(case)}
    people = {one.id: ForeignPerson(one.id, one.name, one.role.value) for one in load_people(case)}

    def told(mark: Mark) -> ForeignMark:
        current = digest(state_of(mark), sha256_of)
        earlier = [one for one in versions.get(mark.id, []) if one != current]
        return ForeignMark(
            id=mark.id,
            start_ns=mark.instant,
            end_ns=mark.end,
            picture=None
            if mark.picture is None
            else _picture(mark.picture, sha256_of.get(mark.picture.recording_id, "")),
            text=mark.text,
            category=categories.get(mark.category_id or ""),
            tags=mark.tags,
            people=tuple(people[one] for one in mark.people if one in people),
            colour=mark.colour,
            by=mark.by,
            created_ns=mark.created_ns,
            changed_by=mark.changed_by,
            changed_ns=mark.changed_ns,
            versions=(*dict.fromkeys(earlier), current)[-MOST_VERSIONS:],
        )

    info = case.info()
    return Told(
        case_id=info.id,
        title=info.title,
        marks=tuple(map(told, marks)),
        file_names={one.sha256: one.display_name for one in recordings.values()},
        cameras={one.sha256: names.get(one.camera_id, "") for one in recordings.values()},
        shapes=load_shapes(case),
        sha256_of=sha256_of,
    )


def _picture(anchor: PictureAnchor, sha256: str) -> ForeignPicture:
    return ForeignPicture(
        sha256, anchor.recording_id, anchor.stream, anchor.start.pts, anchor.start.time_base, anchor.end_pts
    )
