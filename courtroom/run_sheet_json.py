"""The run sheet as JSON: strict, bounded, the same bytes for the same sheet; docs/run-sheet.md has the form.

Reading is as strict as writing: a field that is missing, too many, of another type or out of bounds is refused with its
place. A form of a later number is refused as such; it is never guessed at.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NoReturn, TypeVar

from courtroom.errors import RunSheetError, RunSheetTooNewError
from courtroom.run_sheet import (
    LONGEST_LINE,
    LONGEST_NOTES,
    AtEnd,
    Card,
    Content,
    DocumentPage,
    FileKind,
    Image,
    Item,
    ItemKind,
    KeyMoment,
    Layout,
    Moving,
    Pause,
    RunSheet,
    SheetFile,
    Still,
    View,
)
from evidence.text import clean_line, clean_text
from evidence.times import IncidentRange, IncidentTime

FORMAT = "sightline run sheet"
VERSION = 1
LARGEST_BYTES = 16 << 20
_DEEPEST_TEXT = 64
_LONGEST_ID = 64

_T = TypeVar("_T")


def to_json(sheet: RunSheet) -> bytes:
    """Return the sheet as UTF-8 JSON that ends in a line break; the same sheet gives the same bytes."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "id": sheet.id,
        "title": sheet.title,
        "items": [_item_out(item) for item in sheet.items],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def from_json(untrusted_bytes: bytes) -> RunSheet:
    """Read what `to_json` wrote; texts are cleaned.

    Raises:
        RunSheetTooNewError: its form has a later number than this program knows.
        RunSheetError: it is no run sheet, or something in it cannot be; the text says what and where.
    """
    if len(untrusted_bytes) > LARGEST_BYTES:
        raise _refused(f"it is larger than {LARGEST_BYTES >> 20} MB")
    try:
        untrusted = json.loads(
            untrusted_bytes, parse_float=_no_number, parse_constant=_no_number, object_pairs_hook=_without_doubles
        )
    except (ValueError, RecursionError) as error:
        raise _refused(f"it is not JSON ({clean_text(str(error), limit=_DEEPEST_TEXT)})") from error
    if not isinstance(untrusted, dict) or untrusted.get("format") != FORMAT:
        raise _refused("it does not say that it is one")
    version = untrusted.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _refused("it does not say which version of the form it has")
    if version > VERSION:
        raise RunSheetTooNewError(
            f"The run sheet has version {version} of its form; this program knows versions up to {VERSION}.",
            meaning="It was not read, so nothing in it was misunderstood.",
            remedy="Open it with the newer version of Sightline that wrote it.",
        )
    return _sheet_in(_Reader(untrusted, "the run sheet"))


def _item_out(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "kind": item.kind.value,
        "title": item.title,
        "exhibit": item.exhibit,
        "notes": item.notes,
        **_content_out(item.content),
        "shapes": item.shows_shapes,
        "captions": item.shows_captions,
        "speed": f"{item.speed.numerator}/{item.speed.denominator}",
        "loop": item.loops,
        "at_end": item.at_end.value,
        "key_moments": [{"at_ns": moment.instant, "label": moment.label} for moment in item.key_moments],
    }


def _content_out(content: Content) -> dict[str, object]:
    match content:
        case Moving(span, view, heard, clip_id):
            clip = {"clip": clip_id} if clip_id else {}
            return {**clip, "from_ns": span.start, "to_ns": span.end, "view": _view_out(view), "heard": list(heard)}
        case Still(instant, view):
            return {"at_ns": instant, "view": _view_out(view)}
        case Card(lines):
            return {"lines": list(lines)}
        case DocumentPage(file, page):
            return {"file": _file_out(file), "page": page}
        case Image(file):
            return {"file": _file_out(file)}
        case Pause():
            return {}


def _view_out(view: View) -> dict[str, object]:
    return {"cameras": list(view.camera_ids), "layout": view.layout.value, "focus": view.focus}


def _file_out(file: SheetFile) -> dict[str, object]:
    return {
        "name": file.name,
        "sha256": file.sha256,
        "size_bytes": file.size_bytes,
        "kind": file.kind.value,
        "pages": file.pages,
    }


class _Reader:
    """One JSON object of which every field is asked for exactly once."""

    def __init__(self, untrusted: object, where: str) -> None:
        if not isinstance(untrusted, dict):
            raise _refused(f"{where} is not an object")
        self._left: dict[str, Any] = dict(untrusted)
        self.where = where

    def take(self, name: str, check: Callable[[object], bool]) -> Any:
        """Take a field out. Raises RunSheetError where it is missing or not as it should be."""
        if name not in self._left:
            raise _refused(f"{self.where} has no “{name}”")
        value = self._left.pop(name)
        if not check(value):
            raise _refused(f"“{name}” of {self.where} is not what it should be")
        return value

    def text(self, name: str, longest: int) -> str:
        value: str = self.take(name, lambda one: isinstance(one, str) and len(one) <= longest)
        return clean_line(value, limit=longest)

    def lines(self, name: str, longest: int) -> str:
        value: str = self.take(name, lambda one: isinstance(one, str) and len(one) <= longest)
        return clean_notes(value)

    def whole(self, name: str) -> int:
        value: int = self.take(name, _is_whole)
        return value

    def choice(self, name: str, kind: Callable[[str], _T]) -> _T:
        value: str = self.take(name, lambda one: isinstance(one, str))
        try:
            return kind(value)
        except ValueError:
            raise _refused(f"“{name}” of {self.where} is “{clean_text(value, limit=40)}”, which is unknown") from None

    def flag(self, name: str) -> bool:
        return bool(self.take(name, lambda one: isinstance(one, bool)))

    def list(self, name: str) -> list[Any]:
        value: list[Any] = self.take(name, lambda one: isinstance(one, list))
        return value

    def ids(self, name: str) -> tuple[str, ...]:
        return tuple(self.take(name, lambda one: isinstance(one, list) and all(map(_is_id, one))))

    def has(self, name: str) -> bool:
        return name in self._left

    def end(self) -> None:
        """Refuse fields that nobody asked for: they may change what the rest means."""
        if self._left:
            names = ", ".join(f"“{clean_text(str(name), limit=40)}”" for name in sorted(self._left)[:5])
            raise _refused(f"{self.where} has fields that are unknown here: {names}")


def _sheet_in(fields: _Reader) -> RunSheet:
    fields.take("format", lambda _one: True)
    fields.take("version", lambda _one: True)
    sheet_id = fields.take("id", _is_id)
    title = fields.text("title", LONGEST_LINE)
    untrusted_items = fields.list("items")
    fields.end()
    items = tuple(_item_in(_Reader(one, f"item {place}")) for place, one in enumerate(untrusted_items, start=1))
    return _made(lambda: RunSheet(sheet_id, title, items), "the run sheet")


def _item_in(fields: _Reader) -> Item:
    kind = fields.choice("kind", ItemKind)
    content = _made(lambda: _content_in(kind, fields), fields.where)
    speed = fields.choice("speed", _fraction)
    untrusted_moments = fields.list("key_moments")
    parts = {
        "id": fields.take("id", _is_id),
        "title": fields.text("title", LONGEST_LINE),
        "exhibit": fields.text("exhibit", LONGEST_LINE),
        "notes": fields.lines("notes", LONGEST_NOTES),
        "shows_shapes": fields.flag("shapes"),
        "shows_captions": fields.flag("captions"),
        "loops": fields.flag("loop"),
        "at_end": fields.choice("at_end", AtEnd),
    }
    fields.end()
    moments = tuple(_moment_in(_Reader(one, f"a key moment of {fields.where}")) for one in untrusted_moments)
    return _made(lambda: Item(content=content, speed=speed, key_moments=moments, **parts), fields.where)


def _content_in(kind: ItemKind, fields: _Reader) -> Content:
    match kind:
        case ItemKind.RANGE | ItemKind.CLIP:
            clip = fields.take("clip", _is_id) if kind is ItemKind.CLIP else ""
            span = IncidentRange(IncidentTime(fields.whole("from_ns")), IncidentTime(fields.whole("to_ns")))
            return Moving(span, _view_in(fields), fields.ids("heard"), clip)
        case ItemKind.STILL:
            return Still(IncidentTime(fields.whole("at_ns")), _view_in(fields))
        case ItemKind.CARD:
            lines = fields.take("lines", lambda one: isinstance(one, list) and all(map(_is_line, one)))
            return Card(tuple(clean_line(line, limit=LONGEST_LINE) for line in lines))
        case ItemKind.DOCUMENT:
            return DocumentPage(_file_in(fields), fields.whole("page"))
        case ItemKind.IMAGE:
            return Image(_file_in(fields))
        case ItemKind.PAUSE:
            return Pause()


def _view_in(fields: _Reader) -> View:
    view = _Reader(fields.take("view", lambda one: isinstance(one, dict)), f"the view of {fields.where}")
    found = View(
        view.ids("cameras"),
        view.choice("layout", Layout),
        view.take("focus", lambda one: one is None or _is_id(one)),
    )
    view.end()
    return found


def _file_in(fields: _Reader) -> SheetFile:
    file = _Reader(fields.take("file", lambda one: isinstance(one, dict)), f"the file of {fields.where}")
    found = SheetFile(
        name=file.text("name", LONGEST_LINE),
        sha256=file.take("sha256", lambda one: isinstance(one, str)),
        size_bytes=file.whole("size_bytes"),
        kind=file.choice("kind", FileKind),
        pages=file.whole("pages"),
    )
    file.end()
    return found


def _moment_in(fields: _Reader) -> KeyMoment:
    moment = KeyMoment(IncidentTime(fields.whole("at_ns")), fields.text("label", LONGEST_LINE))
    fields.end()
    return moment


def clean_notes(typed_text: str) -> str:
    """Return notes of several lines: each line cleaned, line breaks kept, no blank lines at the ends."""
    lines = typed_text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(clean_text(line.replace("\t", " ").rstrip()) for line in lines).strip("\n")[:LONGEST_NOTES]


def _made(make: Callable[[], _T], where: str) -> _T:
    try:
        return make()
    except ValueError as error:
        raise _refused(f"{where} cannot be: {error}") from error


def _fraction(text: str) -> Fraction:
    above, slash, below = text.partition("/")
    if not slash or not (above.isascii() and above.isdecimal() and below.isascii() and below.isdecimal()):
        raise ValueError(text)
    if len(text) > 40 or int(below) == 0:
        raise ValueError(text)
    return Fraction(int(above), int(below))


def _is_whole(one: object) -> bool:
    return isinstance(one, int) and not isinstance(one, bool) and -(2**63) <= one < 2**63


def _is_id(one: object) -> bool:
    return isinstance(one, str) and 0 < len(one) <= _LONGEST_ID and one.isascii() and one.isprintable()


def _is_line(one: object) -> bool:
    return isinstance(one, str) and len(one) <= LONGEST_LINE


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same field twice")
    return found


def _no_number(_text: str) -> NoReturn:
    raise ValueError("it holds a number that is not whole")


def _refused(why: str) -> RunSheetError:
    return RunSheetError(
        f"This is no run sheet that can be used: {why}.",
        meaning="Nothing of it was taken over.",
        remedy="Export it again from the case it comes from, or ask whoever made it.",
    )
