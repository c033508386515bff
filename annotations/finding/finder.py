"""Asks a case: brings its index up, asks it, ranks what it says and puts it on the clock. From any thread.

The index is in the case's database where that may be written, in memory where not: a case that is open read-only, and
any database but SQLite. What is in memory is made when it is first asked, and lasts as long as the `Finder`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

from annotations.finding.index import IndexHit, MediaSpan, Narrowing, ask, bring_up, is_current, often, reached_by
from annotations.finding.query import FindKind, FindQuery
from annotations.finding.sources import SOURCES, Document, Source
from evidence.case import Case
from evidence.errors import StorageError
from evidence.records import Camera
from evidence.times import IncidentTime
from sync.timeline import PlacedRecording, Timeline

MOST_HITS = 100
_EARLIEST, _LATEST = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True)
class FindHit:
    """Something that was found.

    Attributes:
        kind: what it is.
        item_id: its permanent id.
        text: what it says or is called; may be of several lines.
        names: what else it was found by.
        tags: words that were put on it.
        people: who is seen or heard in it, or speaks.
        camera_id: its camera, or "".
        recording_id: its recording, or "".
        instant: where to jump, or None where it has no place in time.
        is_exact: whether the words stand in it as they were typed.
    """

    kind: FindKind
    item_id: str
    text: str
    names: str
    tags: str
    people: str
    camera_id: str
    recording_id: str
    instant: IncidentTime | None
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An answer.

    Attributes:
        hits: the best first.
        is_cut: whether there are more, which other words or filters would bring out.
        notes: what of the question could not be used, in words for people.
    """

    hits: tuple[FindHit, ...]
    is_cut: bool = False
    notes: tuple[str, ...] = ()


class Finder:
    """Answers questions about one open case; close it before the case."""

    def __init__(self, case: Case, sources: Sequence[Source] = SOURCES) -> None:
        self._case = case
        self._sources = sources
        self._turn = threading.Lock()
        self._own: Engine | None = None
        self._is_closed = False

    def close(self) -> None:
        """Answer no more, once a question that is being answered is; a second time does nothing."""
        with self._turn:
            self._is_closed = True
            own, self._own = self._own, None
            if own is not None:
                own.dispose()

    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the people and the tags that stand on most, for a choice of filters; empty while nothing was asked."""
        with self._turn:
            if self._is_closed:
                return (), ()
            with self._case.reading("finding") as session:
                home = self._home(session.connection())
                if home is not None and is_current(home, reached_by(session)):
                    return often(home)
            if self._own is None:
                return (), ()
            with self._own.connect() as index:
                return often(index)

    def find(self, query: FindQuery, timeline: Timeline, cameras: Iterable[Camera], most: int = MOST_HITS) -> Found:
        """Answer a question.

        Args:
            query: what is looked for; its times are instants already.
            timeline: of the case as it is.
            cameras: of the case.
            most: how many hits are wanted.

        Raises:
            CaseDamagedError: the case cannot be read.
        """
        if query.is_empty:
            return Found((), notes=query.notes)
        narrowing, notes = _narrowing(query, timeline, tuple(cameras))
        if narrowing is None:
            return Found((), notes=(*query.notes, *notes))
        with self._turn:
            if self._is_closed:
                return Found(())
            hits, is_cut = self._ask(query, narrowing, most)
        places = {place.recording.id: place for camera in timeline.cameras for place in camera.placed}
        made = [_hit(one, places, is_exact=is_exact) for one, is_exact in hits]
        if not query.has_text:
            made.sort(key=lambda hit: (hit.instant is None, hit.instant or 0))
        return Found(tuple(made), is_cut, (*query.notes, *notes))

    def _ask(self, query: FindQuery, narrowing: Narrowing, most: int) -> tuple[list[tuple[IndexHit, bool]], bool]:
        with self._case.reading("finding") as session:
            reached = reached_by(session)
            home = self._home(session.connection())
            if home is not None and is_current(home, reached):
                return _ranked(home, query, narrowing, most)
        if self._own is None and not self._case.is_read_only:
            try:
                with self._case.deriving("keeping the index for finding") as session:
                    index = session.connection()
                    bring_up(session, index, reached_by(session), self._sources)
                    return _ranked(index, query, narrowing, most)
            except StorageError:
                pass  # a full disk is no reason not to find
        with self._case.reading("finding") as session, self._memory().begin() as index:
            reached = reached_by(session)
            if not is_current(index, reached):
                bring_up(session, index, reached, self._sources)
            return _ranked(index, query, narrowing, most)

    def _home(self, connection: Connection) -> Connection | None:
        """Return where the index is in the case itself, where it can be."""
        return connection if self._own is None and connection.dialect.name == "sqlite" else None

    def _memory(self) -> Engine:
        if self._own is None:
            self._own = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        return self._own


def _ranked(
    index: Connection, query: FindQuery, narrowing: Narrowing, most: int
) -> tuple[list[tuple[IndexHit, bool]], bool]:
    """Return hits of the words as they stand first, then those of words that begin so; the whole text alike leads."""
    exact, is_cut = ask(index, query, narrowing, is_exact=True, most=most)
    wanted = " ".join(word.text for word in query.words).casefold()
    exact.sort(key=lambda hit: (_plain(hit.document.text) != wanted, hit.score))
    hits = [(hit, True) for hit in exact]
    if len(hits) < most and any(not word.is_phrase for word in query.words):
        there = {(hit.document.kind, hit.document.item_id) for hit in exact}
        begun, is_cut_too = ask(index, query, narrowing, is_exact=False, most=most)
        hits += [(hit, False) for hit in begun if (hit.document.kind, hit.document.item_id) not in there]
        is_cut |= is_cut_too
    return hits[:most], is_cut or len(hits) >= most


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .!?,;:")


def _hit(found: IndexHit, places: dict[str, PlacedRecording], *, is_exact: bool) -> FindHit:
    one = found.document
    place = places.get(one.recording_id)
    camera_id = one.camera_id or ("" if place is None else place.recording.camera_id)
    return FindHit(
        kind=one.kind,
        item_id=one.item_id,
        text=one.text,
        names=one.names,
        tags=one.tags,
        people=one.people,
        camera_id=camera_id,
        recording_id=one.recording_id,
        instant=_instant(one, place, places),
        is_exact=is_exact,
    )


def _instant(one: Document, place: PlacedRecording | None, places: dict[str, PlacedRecording]) -> IncidentTime | None:
    if one.start_ns is not None:
        if not one.is_media:
            return IncidentTime(one.start_ns)
        return None if place is None else place.incident_at_media_ns(one.start_ns)
    if place is not None:
        return place.span.start
    own = [other.span.start for other in places.values() if other.recording.camera_id == one.camera_id]
    return min(own, default=None) if one.camera_id and not one.recording_id else None


def _narrowing(
    query: FindQuery, timeline: Timeline, cameras: tuple[Camera, ...]
) -> tuple[Narrowing | None, tuple[str, ...]]:
    """Return cameras and times resolved; None, and why, where nothing can be found."""
    narrowing = Narrowing()
    if query.cameras:
        wanted = [name.casefold() for name in query.cameras]
        chosen = tuple(one.id for one in cameras if any(name in one.name.casefold() for name in wanted))
        if not chosen:
            return None, (f"No camera is called “{query.cameras[0][:60]}”.",)
        placed = [place.recording for row in timeline.cameras for place in row.placed]
        recordings = tuple(one.id for one in (*placed, *timeline.unplaced) if one.camera_id in chosen)
        narrowing = replace(narrowing, camera_ids=chosen, recording_ids=recordings)
    if query.since is not None or query.until is not None:
        since = _EARLIEST if query.since is None else query.since
        until = _LATEST if query.until is None else query.until
        if until <= since:
            return None, ("The time after “to:” lies before the one after “from:”.",)
        spans = tuple(
            _media_span(place, since, until)
            for row in timeline.cameras
            for place in row.placed
            if place.span.start < until and place.span.end > since
        )
        narrowing = replace(narrowing, spans=spans, since=since, until=until)
    return narrowing, ()


def _media_span(place: PlacedRecording, since: int, until: int) -> MediaSpan:
    start = _EARLIEST if since <= place.span.start else place.media_ns_at(IncidentTime(since))
    end = _LATEST if until >= place.span.end else place.media_ns_at(IncidentTime(until))
    return MediaSpan(place.recording.id, start, end)
