"""What is said of an item of a run sheet, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from courtroom.run_sheet import AtEnd, Card, DocumentPage, Image, Item, ItemKind, Moving, Still, View
from evidence.time_text import LocalTimes, duration_text

KIND_WORDS = {
    ItemKind.RANGE: "Range",
    ItemKind.CLIP: "Clip",
    ItemKind.STILL: "Still",
    ItemKind.CARD: "Title card",
    ItemKind.DOCUMENT: "Document",
    ItemKind.IMAGE: "Picture",
    ItemKind.PAUSE: "Pause (black)",
}
AT_END_WORDS = {
    AtEnd.STOP: "Go to black",
    AtEnd.HOLD: "Hold the last frame",
    AtEnd.GO_ON: "Go on to the next item",
}


def item_title(item: Item) -> str:
    """Return the item's title, or what stands for it where it has none."""
    if item.title:
        return item.title
    match item.content:
        case Card(lines):
            return lines[0]
        case DocumentPage(file, page):
            return f"{file.name}, page {page}"
        case Image(file):
            return file.name
        case _:
            return KIND_WORDS[item.kind]


def item_line(item: Item, names: Mapping[str, str], times: LocalTimes) -> str:
    """Return what the item shows, in one line.

    Args:
        item: of the run sheet.
        names: cameras by id; one that is gone is called so.
        times: writes instants.
    """
    match item.content:
        case Moving(span, view):
            how = [duration_text(item.playing_ns), *_settings(item)]
            return f"{times.clock(span.start)} · {', '.join(how)} · {seen_words(view, names)}"
        case Still(instant, view):
            return f"{times.clock(instant)} · {seen_words(view, names)}"
        case Card(lines):
            return "1 line" if len(lines) == 1 else f"{len(lines)} lines"
        case DocumentPage(file, page):
            return f"{file.name}, page {page} of {file.pages}"
        case Image(file):
            return file.name
        case _:
            return "Black until the presenter goes on"


def seen_words(view: View, names: Mapping[str, str]) -> str:
    """Return which cameras are seen."""
    return ", ".join(names.get(one, "a camera that is gone") for one in view.camera_ids)


def speed_words(speed: Fraction) -> str:
    """Return `1/4 ×`, `1 ×`."""
    return f"{speed} ×"


def _settings(item: Item) -> list[str]:
    said = []
    if item.speed != 1:
        said.append(speed_words(item.speed))
    if item.loops:
        said.append("loops")
    return said
