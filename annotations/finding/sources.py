"""What can be found: each kind of item as texts and a place.

To make another kind findable: 1. name it in `query.FindKind`; 2. write its `Load` and join it in `SOURCES` (or, from a
room above, in `app.find.FOUND`), with the kinds of the journal whose changes it follows; 3. raise `index.VERSION`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from annotations.clips.models import ClipRow
from annotations.finding.query import FindKind
from annotations.models import CategoryRow, MarkRow, PersonRow
from annotations.shapes.models import ShapeRow
from annotations.shapes.state import shape_from
from annotations.shapes.trouble import ShapeError
from annotations.transcripts.models import CueRow, TranscriptRow
from evidence.models import CameraRow, RecordingRow
from evidence.times import NS_PER_S

_AT_ONCE = 500
BETWEEN = " · "
"""Stands between the tags and between the people of a document."""


@dataclass(frozen=True, slots=True)
class Document:
    """One item as the index has it.

    Attributes:
        kind: what it is.
        item_id: its permanent id.
        text: what it says or is called.
        names: what else it is found by: who made it, its sort, its exhibit reference.
        tags: words that were put on it.
        people: who is seen or heard in it, or speaks.
        camera_id: its camera, or "" where it is on the incident, or where its recording says it.
        recording_id: its recording, or "".
        start_ns: where it is: incident time, or media time of its recording; None where it has no place of its own.
        is_media: whether `start_ns` is media time.
    """

    kind: FindKind
    item_id: str
    text: str
    names: str = ""
    tags: str = ""
    people: str = ""
    camera_id: str = ""
    recording_id: str = ""
    start_ns: int | None = None
    is_media: bool = False


Load = Callable[[Session, Sequence[str] | None], Iterable[Document]]
"""Loads the documents of some ids, or of all where it gets None."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where documents of one kind come from.

    Attributes:
        kind: what they are.
        load: gives them.
        follows: the journal's kind of the items themselves; "" for what the journal does not keep, which is read anew
            as a whole whenever the case changed.
    """

    kind: FindKind
    load: Load
    follows: str


def _marks(session: Session, ids: Sequence[str] | None) -> Iterator[Document]:
    people = {row.id: row.name for row in session.execute(select(PersonRow.id, PersonRow.name))}
    sorts = {row.id: row.name for row in session.execute(select(CategoryRow.id, CategoryRow.name))}
    for wanted in _parts(ids):
        query = select(*MarkRow.__table__.columns)
        for row in session.execute(query if wanted is None else query.where(MarkRow.id.in_(wanted))):
            is_media = row.recording_id is not None and row.pts is not None and bool(row.time_base_den)
            start = row.pts * row.time_base_num * NS_PER_S // row.time_base_den if is_media else row.instant_ns
            yield Document(
                kind=FindKind.MARK,
                item_id=row.id,
                text=row.text,
                names=" ".join(filter(None, (row.by, sorts.get(row.category_id or "", "")))),
                tags=BETWEEN.join(row.tags),
                people=BETWEEN.join(people[one] for one in row.people if one in people),
                recording_id=row.recording_id or "",
                start_ns=start,
                is_media=is_media,
            )


def _cues(session: Session, ids: Sequence[str] | None) -> Iterator[Document]:
    query = select(CueRow.id, CueRow.recording_id, CueRow.start_ns, CueRow.speaker, CueRow.text)
    for wanted in _parts(ids):
        for row in session.execute(query if wanted is None else query.where(CueRow.id.in_(wanted))):
            yield Document(
                kind=FindKind.CUE,
                item_id=row.id,
                text=row.text,
                people=row.speaker,
                recording_id=row.recording_id,
                start_ns=row.start_ns,
                is_media=True,
            )


def _transcripts(session: Session, ids: Sequence[str] | None) -> Iterator[Document]:
    query = select(TranscriptRow.id, TranscriptRow.name, TranscriptRow.camera_id, TranscriptRow.by)
    for wanted in _parts(ids):
        for row in session.execute(query if wanted is None else query.where(TranscriptRow.id.in_(wanted))):
            yield Document(FindKind.TRANSCRIPT, row.id, row.name, names=row.by, camera_id=row.camera_id)


def _clips(session: Session, ids: Sequence[str] | None) -> Iterator[Document]:
    query = select(ClipRow.id, ClipRow.name, ClipRow.exhibit, ClipRow.note, ClipRow.start_ns)
    for wanted in _parts(ids):
        for row in session.execute(query if wanted is None else query.where(ClipRow.id.in_(wanted))):
            names = " ".join(filter(None, (row.exhibit, row.note)))
            yield Document(FindKind.CLIP, row.id, row.name, names=names, start_ns=row.start_ns)


def _shapes(session: Session, ids: Sequence[str] | None) -> Iterator[Document]:
    """Give the shapes that say or are called something."""
    for wanted in _parts(ids):
        query = select(ShapeRow.id, ShapeRow.recording_id, ShapeRow.state)
        for row in session.execute(query if wanted is None else query.where(ShapeRow.id.in_(wanted))):
            try:
                drawn = shape_from(json.loads(row.state), shape_id=row.id).drawn
            except (ShapeError, ValueError, RecursionError):
                continue  # what cannot be read is told where shapes are shown
            if drawn.text or drawn.label:
                yield Document(
                    kind=FindKind.SHAPE,
                    item_id=row.id,
                    text=drawn.text or drawn.label,
                    names=drawn.label if drawn.text else "",
                    recording_id=row.recording_id,
                    start_ns=drawn.start.ns,
                    is_media=True,
                )


def _cameras(session: Session, _ids: Sequence[str] | None) -> Iterator[Document]:
    for row in session.execute(select(CameraRow).where(CameraRow.retired_ns.is_(None))).scalars():
        names = " ".join(filter(None, (row.make, row.model, row.serial, row.kind)))
        yield Document(FindKind.CAMERA, row.id, row.name, names=names, people=row.owner, camera_id=row.id)


def _recordings(session: Session, _ids: Sequence[str] | None) -> Iterator[Document]:
    columns = (RecordingRow.id, RecordingRow.camera_id, RecordingRow.display_name, RecordingRow.exhibit)
    for row in session.execute(select(*columns, RecordingRow.sha256)):
        yield Document(
            kind=FindKind.RECORDING,
            item_id=row.id,
            text=row.display_name,
            names=" ".join(filter(None, (row.exhibit, row.sha256))),
            camera_id=row.camera_id,
            recording_id=row.id,
        )


SOURCES = (
    Source(FindKind.MARK, _marks, "mark"),
    Source(FindKind.CUE, _cues, "cue"),
    Source(FindKind.TRANSCRIPT, _transcripts, "transcript"),
    Source(FindKind.CLIP, _clips, "clip"),
    Source(FindKind.SHAPE, _shapes, "shape"),
    Source(FindKind.CAMERA, _cameras, ""),
    Source(FindKind.RECORDING, _recordings, ""),
)


def marks_named_by(session: Session, changed: Iterable[str]) -> list[str]:
    """Return the marks in whose documents the names of these people and categories stand."""
    found: set[str] = set()
    for one in set(changed):
        named = or_(MarkRow.category_id == one, cast(MarkRow.people, Text).contains(one, autoescape=True))
        found.update(session.execute(select(MarkRow.id).where(named)).scalars())
    return sorted(found)


def _parts(ids: Sequence[str] | None) -> Iterator[Sequence[str] | None]:
    if ids is None:
        yield None
        return
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
