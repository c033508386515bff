"""The index: a table of documents and an FTS5 table over it, in the case's database or in memory.

It is brought up to the case before every question: the audit log's length says whether anything changed at all, the
journal's history which items did. So it is never asked while it is behind, whoever changed the case and how, and a
kill at any moment leaves at most an index that is behind. FTS5 could be kept by triggers instead, but a database that
came from elsewhere is opened with `trusted_schema=OFF`, which forbids triggers to write to it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from annotations.finding.index_sql import (
    ADD,
    ADD_WORDS,
    ASK,
    COUNT_TABLES,
    DROPPED,
    FORGET_STATE,
    KEEP_STATE,
    LIST,
    MOST_RANKED,
    OF_KIND,
    OFTEN_PEOPLE,
    OFTEN_TAGS,
    READ_STATE,
    REBUILD,
    TABLES,
    TAKE,
    TAKE_WORDS,
)
from annotations.finding.query import FindKind, FindQuery, match_expression
from annotations.finding.sources import BETWEEN, SOURCES, Document, Source, marks_named_by
from annotations.models import HistoryRow
from evidence.models import AuditAnchorRow, AuditOutboxRow

VERSION = 3
"""Raised whenever documents or tables become others; the index is then made anew."""

_MOST_NAMES = 30


@dataclass(frozen=True, slots=True)
class Reached:
    """How much of a case is known.

    Attributes:
        entries: entries of the audit log, written or waiting.
        history: the last row of the journal's history.
    """

    entries: int
    history: int


@dataclass(frozen=True, slots=True)
class MediaSpan:
    """A part of a recording, in media time: `[start_ns, end_ns)`."""

    recording_id: str
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which items may be found, as far as it is not said in words.

    Attributes:
        camera_ids: cameras, with `recording_ids` theirs; None for all.
        recording_ids: recordings of those cameras.
        spans: what of each recording lies in the time asked for; None where no time is.
        since: first instant, or None.
        until: instant after the last, or None.
    """

    camera_ids: tuple[str, ...] | None = None
    recording_ids: tuple[str, ...] = ()
    spans: tuple[MediaSpan, ...] | None = None
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class IndexHit:
    """A document that was found; `score` is lower for better ones."""

    document: Document
    score: float


def reached_by(session: Session) -> Reached:
    """Return how far the case is; quick."""
    written = session.scalar(select(AuditAnchorRow.seq)) or 0
    waiting = session.scalar(select(func.count()).select_from(AuditOutboxRow)) or 0
    return Reached(written + waiting, session.scalar(select(func.max(HistoryRow.position))) or 0)


def is_current(index: Connection, reached: Reached) -> bool:
    """Tell whether the index is there, of this version, and knows all of the case."""
    return _known(index) == reached


def bring_up(session: Session, index: Connection, reached: Reached, sources: Sequence[Source] = SOURCES) -> None:
    """Bring the index up to the case: what changed, or everything where it is not there or of another version.

    Args:
        session: reads the case as it is at `reached`.
        index: where the index is; the same database, or another.
        reached: how far the case is.
        sources: where documents come from.
    """
    known = _known(index)
    if known is None or known.history > reached.history or known.entries > reached.entries:
        _make(session, index, sources)
    else:
        for kind, ids in _changed(session, known.history, sources).items():
            source = next(one for one in sources if one.kind is kind)
            _replace(index, kind, ids, source.load(session, ids))
        for source in sources:
            if not source.follows:
                _renew(index, source.kind, source.load(session, None))
    index.exec_driver_sql(FORGET_STATE)
    index.exec_driver_sql(KEEP_STATE, (VERSION, reached.entries, reached.history))


def ask(
    index: Connection, query: FindQuery, narrowing: Narrowing, *, is_exact: bool, most: int
) -> tuple[list[IndexHit], bool]:
    """Return the best hits, and whether there were more than are ranked.

    Args:
        index: where the index is.
        query: its words, people, tags and kinds are used.
        narrowing: cameras and times, resolved.
        is_exact: whether words must stand as they are, or may be the beginnings of words.
        most: how many hits are wanted.
    """
    match = match_expression(query, is_exact=is_exact)
    spans = narrowing.spans
    values = {
        "match": match,
        "most": most,
        "kinds": json.dumps(sorted(kind.value for kind in query.kinds)) if query.kinds else None,
        "cameras": None if narrowing.camera_ids is None else json.dumps(narrowing.camera_ids),
        "recordings": json.dumps(narrowing.recording_ids),
        "spans": None if spans is None else json.dumps([[one.recording_id, one.start_ns, one.end_ns] for one in spans]),
        "since": narrowing.since,
        "until": narrowing.until,
    }
    rows = index.exec_driver_sql(ASK if match else LIST, values).fetchall()
    return [IndexHit(_document(row), row[10]) for row in rows], bool(rows) and rows[0][11] > MOST_RANKED


def often(index: Connection) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the people and the tags that stand on most items."""
    found: list[tuple[str, ...]] = []
    for question in (OFTEN_PEOPLE, OFTEN_TAGS):
        counts: Counter[str] = Counter()
        for names, count in index.exec_driver_sql(question):
            for name in str(names).split(BETWEEN):
                counts[name] += int(count)
        found.append(tuple(name for name, _count in counts.most_common(_MOST_NAMES)))
    return found[0], found[1]


def _known(index: Connection) -> Reached | None:
    if index.exec_driver_sql(COUNT_TABLES).scalar() != len(TABLES):
        return None
    row = index.exec_driver_sql(READ_STATE).fetchone()
    return None if row is None or row[0] != VERSION else Reached(row[1], row[2])


def _make(session: Session, index: Connection, sources: Sequence[Source]) -> None:
    for statement in (*DROPPED, *TABLES):
        index.exec_driver_sql(statement)
    for source in sources:
        _insert(index, source.load(session, None))
    index.exec_driver_sql(REBUILD)


def _changed(session: Session, since: int, sources: Sequence[Source]) -> dict[FindKind, list[str]]:
    """Return the ids of items whose documents are others since a row of the history."""
    by_journal = {source.follows: source.kind for source in sources if source.follows}
    changed: dict[FindKind, set[str]] = {}
    named: set[str] = set()
    query = select(HistoryRow.kind, HistoryRow.item_id).where(HistoryRow.position > since).distinct()
    for row in session.execute(query):
        if row.kind in by_journal:
            changed.setdefault(by_journal[row.kind], set()).add(row.item_id)
        elif row.kind in {"person", "category"}:
            named.add(row.item_id)
    if named:
        changed.setdefault(FindKind.MARK, set()).update(marks_named_by(session, named))
    return {kind: sorted(ids) for kind, ids in changed.items()}


def _replace(index: Connection, kind: FindKind, ids: Sequence[str], documents: Iterable[Document]) -> None:
    """Take the documents of these ids out, and put those in that are there now."""
    taken = [(kind.value, one) for one in ids]
    index.exec_driver_sql(TAKE_WORDS, taken)
    index.exec_driver_sql(TAKE, taken)
    _insert(index, documents, with_words=True)


def _renew(index: Connection, kind: FindKind, documents: Iterable[Document]) -> None:
    """Bring all documents of a kind up, touching only those that differ."""
    rows = index.exec_driver_sql(OF_KIND, (kind.value,)).fetchall()
    had = {row[1]: _document(row) for row in rows}
    has = {one.item_id: one for one in documents}
    differing = sorted(one for one in {**had, **has} if had.get(one) != has.get(one))
    if differing:
        _replace(index, kind, differing, [has[one] for one in differing if one in has])


def _insert(index: Connection, documents: Iterable[Document], *, with_words: bool = False) -> None:
    values = [_values(one) for one in documents]
    if not values:
        return
    index.exec_driver_sql(ADD, values)
    if with_words:
        index.exec_driver_sql(ADD_WORDS, [value[:2] for value in values])


def _values(one: Document) -> tuple[object, ...]:
    texts = (one.text, one.names, one.tags, one.people)
    place = (one.camera_id, one.recording_id, one.start_ns, int(one.is_media))
    return (one.kind.value, one.item_id, *texts, *place)


def _document(row: Sequence[object]) -> Document:
    kind, item_id, text, names, tags, people, camera_id, recording_id, start_ns, is_media = row[:10]
    return Document(
        kind=FindKind(str(kind)),
        item_id=str(item_id),
        text=str(text),
        names=str(names),
        tags=str(tags),
        people=str(people),
        camera_id=str(camera_id),
        recording_id=str(recording_id),
        start_ns=start_ns if isinstance(start_ns, int) else None,
        is_media=bool(is_media),
    )
