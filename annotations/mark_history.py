"""Says in words what a change did to a mark."""

from __future__ import annotations

from collections.abc import Callable

from annotations.journal import HistoryEntry, State
from annotations.mark_book import MarkBook
from evidence.audit import JsonValue

_NAMES = {
    "text": "Text",
    "category": "Category",
    "tags": "Tags",
    "people": "People",
    "colour": "Colour",
    "at_ns": "Start",
    "end_ns": "End",
    "picture": "Frame",
}


def change_words(entry: HistoryEntry, book: MarkBook, time_text: Callable[[int], str]) -> tuple[str, ...]:
    """Return what changed, a line for each thing: `Text: “Door” → “Door opens”`.

    Args:
        entry: one change of a mark.
        book: knows the names of categories and people.
        time_text: writes an instant for people.
    """
    if entry.before is None:
        return ("Made.", *_lines({}, entry.after or {}, book, time_text))
    if entry.after is None:
        return ("Deleted.", *_lines(entry.before, {}, book, time_text))
    return _lines(entry.before, entry.after, book, time_text) or ("Changed.",)


def _lines(before: State, after: State, book: MarkBook, time_text: Callable[[int], str]) -> tuple[str, ...]:
    lines: list[str] = []
    for name, title in _NAMES.items():
        old, new = before.get(name), after.get(name)
        if old != new:
            old_words, new_words = _words(name, old, book, time_text), _words(name, new, book, time_text)
            if old_words != new_words:
                lines.append(f"{title}: {old_words or 'nothing'} → {new_words or 'nothing'}")
    return tuple(lines)


def _words(name: str, value: JsonValue, book: MarkBook, time_text: Callable[[int], str]) -> str:
    if not value and not isinstance(value, int):
        return ""
    if name == "category":
        category = book.category_by_id.get(str(value))
        return "a category that was deleted" if category is None else category.name
    if name == "people" and isinstance(value, list):
        names = [book.person_by_id.get(str(one)) for one in value]
        return ", ".join("somebody who was deleted" if one is None else one.name for one in names)
    if name == "tags" and isinstance(value, list):
        return ", ".join(map(str, value))
    if name in {"at_ns", "end_ns"} and isinstance(value, int):
        return time_text(value)
    if name == "picture" and isinstance(value, dict):
        end = value.get("end_pts")
        return f"pts {value.get('pts')}" + ("" if end is None else f" to {end}")
    return f"“{value}”"
