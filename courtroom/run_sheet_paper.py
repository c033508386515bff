"""The run sheet as a paper with pictures: for the bundle, or with the presenter's notes for counsel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from annotations.paper import Paper, Picture
from courtroom.item_words import AT_END_WORDS, KIND_WORDS, item_line, item_title, speed_words
from courtroom.run_sheet import Item, Moving, RunSheet
from evidence.records import CaseInfo
from evidence.time_text import LocalTimes, duration_text


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One item as it is printed.

    Attributes:
        has_picture: whether there is a picture under the item's id.
        moments: key moments with their times.
    """

    number: int
    item_id: str
    title: str
    exhibit: str
    line: str
    settings: str
    moments: tuple[str, ...]
    notes: str
    has_picture: bool


@dataclass(frozen=True, slots=True)
class SheetToPrint:
    """What is printed.

    Attributes:
        names: cameras by id.
        version: number of the sheet's version in the case; 0 where it is not kept there.
        pictures: by the id of the item.
        made_ns: when, ns since the epoch by this machine's clock.
    """

    info: CaseInfo
    sheet: RunSheet
    version: int
    names: Mapping[str, str]
    pictures: Mapping[str, Picture]
    by: str
    made_ns: int


def sheet_paper(printed: SheetToPrint, times: LocalTimes, *, has_notes: bool) -> Paper:
    """Return the paper.

    Args:
        printed: the sheet and what is known of it.
        times: writes instants.
        has_notes: for counsel; else for the bundle, without the presenter's notes.
    """
    sheet = printed.sheet
    rows = tuple(_row(number, item, printed, times) for number, item in enumerate(sheet.items, start=1))
    count = "1 item" if len(sheet.items) == 1 else f"{len(sheet.items)} items"
    playing = f"; what moves plays {duration_text(sheet.playing_ns)} in all" if sheet.playing_ns else ""
    version = f" (version {printed.version})" if printed.version else ""
    return Paper(
        template="run-sheet.html",
        title=f"Run sheet: {sheet.title}{version}",
        case_reference=printed.info.reference,
        case_title=printed.info.title,
        time_zone=times.zone.key,
        made_by=printed.by,
        made_ns=printed.made_ns,
        content={"rows": rows, "summary": f"{count}{playing}.", "has_notes": has_notes},
        pictures=printed.pictures,
    )


def _row(number: int, item: Item, printed: SheetToPrint, times: LocalTimes) -> PaperRow:
    return PaperRow(
        number=number,
        item_id=item.id,
        title=f"{KIND_WORDS[item.kind]}: {item_title(item)}" if item.title else item_title(item),
        exhibit=item.exhibit,
        line=_line(item, printed.names, times),
        settings=_settings(item, printed.names),
        moments=tuple(f"{times.clock(one.instant)} {one.label or 'key moment'}" for one in item.key_moments),
        notes=item.notes,
        has_picture=item.id in printed.pictures,
    )


def _line(item: Item, names: Mapping[str, str], times: LocalTimes) -> str:
    if isinstance(item.content, Moving):
        return f"{times.full(item.content.span.start)}: {item_line(item, names, times).partition(' · ')[2]}"
    return item_line(item, names, times)


def _settings(item: Item, names: Mapping[str, str]) -> str:
    said: list[str] = []
    if isinstance(item.content, Moving):
        heard = ", ".join(names.get(one, "a camera that is gone") for one in item.content.heard)
        said.append(f"heard: {heard}" if heard else "silent")
        if item.speed != 1:
            said.append(f"at {speed_words(item.speed)} the normal speed")
        said.append("plays again and again" if item.loops else f"at the end: {AT_END_WORDS[item.at_end].lower()}")
    if item.shows_shapes:
        said.append("with shapes")
    if item.shows_captions:
        said.append("with captions")
    return "; ".join(said)
