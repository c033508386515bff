"""Reads marks from W3C Web Annotations: ours with every digit, those of other programs as far as they tell a time.

Each annotation is read by itself; one that cannot be read is told and left out.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from fractions import Fraction

from annotations.exchange.drawn_shapes import KEY, ForeignShape, read_shape
from annotations.exchange.foreign import (
    MOST_MARKS,
    MOST_PROBLEMS,
    MOST_VERSIONS,
    ForeignCategory,
    ForeignMark,
    ForeignMarks,
    ForeignPerson,
    ForeignPicture,
    refusal,
)
from annotations.exchange.iso_time import parse_iso_ns
from annotations.exchange.untrusted_json import parse_json
from evidence.text import clean_text

_WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)
_BASE = re.compile(r"(\d{1,19})/(\d{1,19})", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{8,64}|deleted")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_URN = "urn:uuid:"
_NAMES = uuid.UUID("7c9f3f0e-5d0a-5d7a-9d4b-0c6f6f3f7c11")


def annotations_from_json(untrusted_bytes: bytes) -> ForeignMarks:
    """Return the marks of a file. Raises ExchangeError where the file as a whole is none of annotations."""
    document = parse_json(untrusted_bytes)
    items = _items(document)
    if len(items) > MOST_MARKS:
        raise refusal(f"The file holds {len(items):,} annotations; {MOST_MARKS:,} is the most.")
    marks: list[ForeignMark] = []
    problems: list[str] = []
    shapes: list[ForeignShape] = []
    for number, item in enumerate(items, 1):
        try:
            if isinstance(item, Mapping) and KEY in item:
                shapes.append(read_shape(item))
            else:
                marks.append(_mark(item))
        except ValueError as error:
            if len(problems) < MOST_PROBLEMS:
                problems.append(f"Annotation {number:,}: {error}.")
    return ForeignMarks(tuple(marks), tuple(problems), tuple(shapes))


def _items(document: object) -> list[object]:
    if isinstance(document, list):
        return document
    if isinstance(document, Mapping):
        first = document.get("first")
        items = document.get("items", first.get("items") if isinstance(first, Mapping) else None)
        if isinstance(items, list):
            return items
        if document.get("type") == "Annotation":
            return [document]
    raise refusal("The file holds no Web Annotations.")


def _mark(item: object) -> ForeignMark:
    annotation = _object(item, "it is no annotation")
    target = annotation.get("target")
    target = _object(target[0] if isinstance(target, list) and len(target) == 1 else target, "it has no single target")
    start, end = _times(target)
    picture = _picture(target)
    bodies = annotation.get("body", [])
    bodies = [one for one in (bodies if isinstance(bodies, list) else [bodies]) if isinstance(one, Mapping)]
    creator = annotation.get("creator")
    by = creator.get("name") if isinstance(creator, Mapping) else creator
    by = by if isinstance(by, str) and by.strip() else "unnamed"
    created = _iso(annotation.get("created"))
    changed = _iso(annotation.get("modified"))
    changed_by = annotation.get("sightline:changedBy")
    versions = annotation.get("sightline:versions", [])
    versions = versions[-MOST_VERSIONS:] if isinstance(versions, list) else []
    colour = annotation.get("sightline:colour", "")
    texts = [_value(one) for one in bodies if one.get("purpose", "describing") in {"describing", "commenting"}]
    categories = [_category(one) for one in bodies if one.get("purpose") == "classifying"]
    return ForeignMark(
        id=_mark_id(annotation.get("id"), start, " ".join(texts), by),
        start_ns=start,
        end_ns=end,
        picture=picture,
        text=" ".join(texts),
        category=categories[0] if categories else None,
        tags=tuple(_value(one) for one in bodies if one.get("purpose") == "tagging"),
        people=tuple(_person(one) for one in bodies if one.get("purpose") == "identifying"),
        colour=colour if isinstance(colour, str) else "",
        by=by,
        created_ns=created if created is not None else changed or 0,
        changed_by=changed_by if isinstance(changed_by, str) and changed_by.strip() else by,
        changed_ns=changed if changed is not None else created or 0,
        versions=tuple(one for one in versions if isinstance(one, str) and _DIGEST.fullmatch(one)),
    )


def _times(target: Mapping[str, object]) -> tuple[int, int | None]:
    start, end = _whole_or_none(target, "sightline:startNs"), _whole_or_none(target, "sightline:endNs")
    if start is not None:
        return start, end
    selectors = target.get("selector")
    for selector in selectors if isinstance(selectors, list) else [selectors]:
        value = selector.get("value") if isinstance(selector, Mapping) else None
        if isinstance(value, str) and value.startswith("t=clock:"):
            first, _comma, last = value.removeprefix("t=clock:").partition(",")
            begin, stop = parse_iso_ns(first), parse_iso_ns(last) if last else None
            if begin is not None and (stop is not None or not last):
                return begin, stop
    raise ValueError("it says no time on the common clock of a case")


def _picture(target: Mapping[str, object]) -> ForeignPicture | None:
    if "sightline:pts" not in target:
        return None
    source = target.get("source")
    sha256 = source.removeprefix("urn:sha256:") if isinstance(source, str) else ""
    base = target.get("sightline:timeBase")
    match = _BASE.fullmatch(base) if isinstance(base, str) else None
    stream = target.get("sightline:stream")
    pts = _whole_or_none(target, "sightline:pts")
    if match is None or not int(match[1]) or not int(match[2]) or pts is None:
        raise ValueError("its frame cannot be read")
    if not isinstance(stream, int) or isinstance(stream, bool) or not 0 <= stream < 2**31:
        raise ValueError("its stream has no possible number")
    return ForeignPicture(
        sha256=sha256 if _SHA256.fullmatch(sha256) else "",
        recording_id=_urn(target.get("sightline:recording")),
        stream=stream,
        pts=pts,
        time_base=Fraction(int(match[1]), int(match[2])),
        end_pts=_whole_or_none(target, "sightline:endPts"),
    )


def _category(body: Mapping[str, object]) -> ForeignCategory:
    colour = body.get("sightline:colour", "")
    return ForeignCategory(
        _urn(body.get("sightline:item")),
        _value(body),
        colour if isinstance(colour, str) else "",
        body.get("sightline:isRange") is True,
    )


def _person(body: Mapping[str, object]) -> ForeignPerson:
    role = body.get("sightline:role", "")
    return ForeignPerson(_urn(body.get("sightline:item")), _value(body), role if isinstance(role, str) else "")


def _value(body: Mapping[str, object]) -> str:
    value = body.get("value", "")
    if not isinstance(value, str):
        raise ValueError("a text in it is none")  # noqa: TRY004 - told of like everything else in a file
    return value


def _object(value: object, problem: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ValueError(problem)  # noqa: TRY004 - told of like everything else in a file
    return value


def _whole_or_none(target: Mapping[str, object], name: str) -> int | None:
    value = target.get(name)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not _WHOLE.fullmatch(value) or not -(2**63) <= int(value) < 2**63:
        raise ValueError(f"its {name.removeprefix('sightline:')} is no whole number that fits")
    return int(value)


def _iso(value: object) -> int | None:
    return parse_iso_ns(value) if isinstance(value, str) else None


def _urn(value: object) -> str:
    text = value.removeprefix(_URN) if isinstance(value, str) and value.startswith(_URN) else ""
    return text if 0 < len(text) <= 36 and text.isascii() and text.isprintable() else ""


def _mark_id(value: object, start: int, text: str, by: str) -> str:
    """Return the id, or one worked out from the content, so that a second import of the same file finds it again."""
    found = _urn(value)
    if found:
        return found
    known = value if isinstance(value, str) else f"{start} {by} {text}"
    return str(uuid.uuid5(_NAMES, clean_text(known)))
