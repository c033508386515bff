"""Run sheets for tests: a plain one of every kind of item, and any that there can be."""

from __future__ import annotations

import uuid
from fractions import Fraction

from hypothesis import strategies as st

from courtroom.run_sheet import (
    AtEnd,
    Card,
    Content,
    DocumentPage,
    FileKind,
    Image,
    Item,
    KeyMoment,
    Layout,
    Moving,
    Pause,
    RunSheet,
    SheetFile,
    Still,
    View,
)
from courtroom.run_sheet_json import clean_notes
from evidence.text import clean_line
from evidence.times import IncidentRange, IncidentTime


def item_of(content: Content, title: str = "", **parts: object) -> Item:
    """Return an item with an id of its own."""
    return Item(id=str(uuid.uuid4()), title=title, content=content, **parts)  # type: ignore[arg-type]


def sheet_of(*items: Item, title: str = "Opening speech") -> RunSheet:
    """Return a run sheet with an id of its own."""
    return RunSheet(str(uuid.uuid4()), title, items)


_TEXTS = st.text(max_size=20).map(clean_line)
_IDS = st.uuids().map(str)
_INSTANTS = st.integers(min_value=-(2**62), max_value=2**62)
_SPEEDS = st.fractions(min_value=Fraction(1, 16), max_value=Fraction(16), max_denominator=10**6)


@st.composite
def _views(draw: st.DrawFn) -> View:
    cameras = draw(st.lists(_IDS, min_size=1, max_size=4, unique=True))
    return View(tuple(cameras), draw(st.sampled_from(Layout)), draw(st.none() | st.sampled_from(cameras)))


@st.composite
def _files(draw: st.DrawFn, *kinds: FileKind) -> SheetFile:
    pages = draw(st.integers(min_value=1, max_value=999))
    sha256 = draw(st.binary(min_size=32, max_size=32)).hex()
    return SheetFile(draw(_TEXTS), sha256, draw(st.integers(1, 2**40)), draw(st.sampled_from(kinds)), pages)


@st.composite
def items(draw: st.DrawFn) -> Item:
    """Return items of any sort."""
    start = draw(_INSTANTS)
    length = draw(st.integers(min_value=1, max_value=2**50))
    span = IncidentRange(IncidentTime(start), IncidentTime(start + length))
    moving = st.builds(
        Moving,
        span=st.just(span),
        view=_views(),
        heard=st.lists(_IDS, max_size=3, unique=True).map(tuple),
        clip_id=st.just("") | _IDS,
    )
    pages = _files(FileKind.PDF).flatmap(
        lambda file: st.builds(DocumentPage, st.just(file), st.integers(min_value=1, max_value=file.pages))
    )
    content = draw(
        st.one_of(
            moving,
            st.builds(Still, st.just(IncidentTime(start)), _views()),
            st.builds(Card, st.lists(_TEXTS, min_size=1, max_size=4).map(tuple)),
            pages,
            st.builds(Image, _files(FileKind.PNG, FileKind.JPEG)),
            st.just(Pause()),
        )
    )
    offsets = draw(st.lists(st.integers(min_value=0, max_value=length - 1), max_size=3))
    moments = [KeyMoment(IncidentTime(start + offset), draw(_TEXTS)) for offset in sorted(offsets)]
    return Item(
        id=draw(_IDS),
        title=draw(_TEXTS),
        content=content,
        exhibit=draw(_TEXTS),
        notes=draw(st.text(max_size=60).map(clean_notes)),
        shows_shapes=draw(st.booleans()),
        shows_captions=draw(st.booleans()),
        speed=draw(_SPEEDS),
        loops=draw(st.booleans()),
        at_end=draw(st.sampled_from(AtEnd)),
        key_moments=tuple(moments) if isinstance(content, Moving) else (),
    )


def sheets() -> st.SearchStrategy[RunSheet]:
    """Return run sheets of any sort."""
    several = st.lists(items(), max_size=5, unique_by=lambda item: item.id).map(tuple)
    return st.builds(RunSheet, _IDS, _TEXTS, several)
