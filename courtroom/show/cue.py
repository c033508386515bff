"""An item of a run sheet as court mode plays it: what is shown, from when to when, and what happens at its end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from courtroom.item_words import item_title
from courtroom.run_sheet import AtEnd, Card, DocumentPage, Image, Item, Layout, Moving, Pause, Still, View
from evidence.times import IncidentRange, IncidentTime
from player.playhead import FASTEST, SLOWEST


class CueKind(StrEnum):
    """What is shown."""

    CLIP = "clip"
    STILL = "still"
    CARD = "title card"
    PAGE = "page"
    """A page of a document, or an image."""

    PAUSE = "pause"
    """Black, until the next item is asked for."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A key moment to jump to."""

    at: IncidentTime
    text: str


@dataclass(frozen=True, slots=True)
class Cue:
    """One item.

    Attributes:
        id: permanent id of the item.
        title: for the presenter; of an item without one, what it is.
        span: of a clip: from its first instant to its end, exclusive; of a still: the instant; else None.
        cameras: ids of the cameras that are shown, in the order of their tiles.
        layout: how the tiles lie.
        focus: the camera that is large, or None.
        heard: ids of the cameras that are heard.
        rate: the speed at which it is begun.
        at_end: what happens at its end.
        is_looped: whether it is played again and again.
        plays_at_once: whether it begins to play when it comes on.
        exhibit: its exhibit reference, or "".
        notes: the presenter's.
        moments: by time.
        lines: of a card; the first is the largest.
        path: of a page: the file.
        page: of a document: which page, from 1.
        shows_shapes: whether shapes drawn on the pictures are seen.
        shows_captions: whether captions are seen.
    """

    id: str
    title: str
    kind: CueKind = CueKind.CLIP
    span: IncidentRange | None = None
    cameras: tuple[str, ...] = ()
    layout: Layout = Layout.AUTO
    focus: str | None = None
    heard: tuple[str, ...] = ()
    rate: Fraction = Fraction(1)
    at_end: AtEnd = AtEnd.HOLD
    is_looped: bool = False
    plays_at_once: bool = False
    exhibit: str = ""
    notes: str = ""
    moments: tuple[Moment, ...] = ()
    lines: tuple[str, ...] = ()
    path: str = ""
    page: int = 1
    shows_shapes: bool = False
    shows_captions: bool = False

    @property
    def start(self) -> IncidentTime:
        """Its first instant; 0 of what has no time."""
        return IncidentTime(0) if self.span is None else self.span.start

    @property
    def last(self) -> IncidentTime:
        """Its last instant."""
        return self.start if self.span is None else IncidentTime(max(self.span.start, self.span.end - 1))

    @property
    def has_pictures(self) -> bool:
        """Whether cameras are shown."""
        return self.kind in {CueKind.CLIP, CueKind.STILL}

    @property
    def can_play(self) -> bool:
        """Whether time goes on in it."""
        return self.kind is CueKind.CLIP

    def brought_in(self, at: IncidentTime) -> IncidentTime:
        """Return the nearest instant that lies in it."""
        return IncidentTime(min(max(at, self.start), self.last))


def cue_of(item: Item, path: str = "") -> Cue:
    """Return an item as it is played; `path` is where the file of a page or an image lies."""
    content = item.content
    cue = Cue(
        id=item.id,
        title=item_title(item),
        at_end=item.at_end,
        is_looped=item.loops,
        rate=min(max(item.speed, SLOWEST), FASTEST),
        exhibit=item.exhibit,
        notes=item.notes,
        moments=tuple(Moment(moment.instant, moment.label) for moment in item.key_moments),
        shows_shapes=item.shows_shapes,
        shows_captions=item.shows_captions,
    )
    match content:
        case Moving(span, view, heard, _clip):
            return replace(cue, span=span, heard=heard, **_seen(view))
        case Still(instant, view):
            span = IncidentRange(instant, IncidentTime(instant + 1))
            return replace(cue, kind=CueKind.STILL, span=span, **_seen(view))
        case Card(lines):
            return replace(cue, kind=CueKind.CARD, lines=lines)
        case DocumentPage(_file, page):
            return replace(cue, kind=CueKind.PAGE, path=path, page=page)
        case Image():
            return replace(cue, kind=CueKind.PAGE, path=path)
        case Pause():
            return replace(cue, kind=CueKind.PAUSE)


def _seen(view: View) -> dict[str, Any]:
    return {"cameras": view.camera_ids, "layout": view.layout, "focus": view.focus}
