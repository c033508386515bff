"""Writes marks as W3C Web Annotations (https://www.w3.org/TR/annotation-model/), in JSON-LD.

Times are Media Fragments (https://www.w3.org/TR/media-frags/): `t=clock:` for marks on the incident, `t=` in seconds
of the file for marks on a picture. Where those are too coarse, terms of our own say the same in whole numbers, written
as texts, as many readers of JSON lose digits: pts with the time base, and nanoseconds.
"""

from __future__ import annotations

import json

from annotations.exchange.drawn_shapes import shape_annotations
from annotations.exchange.exporting import Told
from annotations.exchange.foreign import ForeignMark, ForeignPicture
from evidence.program import program_name
from evidence.times import NS_PER_S, iso_utc, ticks_to_ns

ANNO = "http://www.w3.org/ns/anno.jsonld"
OURS = "https://sightline.invalid/ns/1#"
_FRAGMENTS = "http://www.w3.org/TR/media-frags/"


def annotations_as_json(told: Told) -> bytes:
    """Return marks and shapes as one page of annotations; the same ones give the same bytes."""
    page = {
        "@context": [ANNO, {"sightline": OURS}],
        "id": f"urn:uuid:{told.case_id}",
        "type": "AnnotationPage",
        "generator": {"type": "Software", "name": program_name()},
        "sightline:caseTitle": told.title,
        "items": [
            *(_annotation(one, told) for one in told.marks),
            *shape_annotations(told.shapes, told.sha256_of),
        ],
    }
    return (json.dumps(page, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _annotation(mark: ForeignMark, told: Told) -> dict[str, object]:
    annotation: dict[str, object] = {
        "id": f"urn:uuid:{mark.id}",
        "type": "Annotation",
        "motivation": "describing",
        "creator": {"type": "Person", "name": mark.by},
        "created": iso_utc(mark.created_ns),
        "modified": iso_utc(mark.changed_ns),
        "body": _bodies(mark),
        "target": _target(mark, told),
        "sightline:changedBy": mark.changed_by,
        "sightline:versions": list(mark.versions),
    }
    if mark.colour:
        annotation["sightline:colour"] = mark.colour
    return annotation


def _bodies(mark: ForeignMark) -> list[dict[str, object]]:
    bodies: list[dict[str, object]] = []
    if mark.text:
        bodies.append({"type": "TextualBody", "purpose": "describing", "format": "text/plain", "value": mark.text})
    bodies += [{"type": "TextualBody", "purpose": "tagging", "value": tag} for tag in mark.tags]
    if mark.category is not None:
        one = mark.category
        bodies.append(
            {
                "type": "TextualBody",
                "purpose": "classifying",
                "value": one.name,
                "sightline:item": f"urn:uuid:{one.id}",
                "sightline:colour": one.colour,
                "sightline:isRange": one.is_range,
            }
        )
    bodies += [
        {
            "type": "TextualBody",
            "purpose": "identifying",
            "value": one.name,
            "sightline:item": f"urn:uuid:{one.id}",
            "sightline:role": one.role,
        }
        for one in mark.people
    ]
    return bodies


def _target(mark: ForeignMark, told: Told) -> dict[str, object]:
    target: dict[str, object] = {"type": "SpecificResource"}
    if mark.picture is None:
        target["source"] = f"urn:uuid:{told.case_id}"
        target["selector"] = _selector(f"t=clock:{_until(iso_utc(mark.start_ns), mark.end_ns)}")
    else:
        target["source"] = f"urn:sha256:{mark.picture.sha256}"
        target["selector"] = _selector(f"t={_seconds(mark.picture)}")
        target |= {
            "sightline:fileName": told.file_names.get(mark.picture.sha256, ""),
            "sightline:camera": told.cameras.get(mark.picture.sha256, ""),
            "sightline:recording": f"urn:uuid:{mark.picture.recording_id}",
            "sightline:stream": mark.picture.stream,
            "sightline:pts": str(mark.picture.pts),
            "sightline:timeBase": f"{mark.picture.time_base.numerator}/{mark.picture.time_base.denominator}",
        }
        if mark.picture.end_pts is not None:
            target["sightline:endPts"] = str(mark.picture.end_pts)
    target["sightline:startNs"] = str(mark.start_ns)
    if mark.end_ns is not None:
        target["sightline:endNs"] = str(mark.end_ns)
    return target


def _selector(fragment: str) -> dict[str, object]:
    return {"type": "FragmentSelector", "conformsTo": _FRAGMENTS, "value": fragment}


def _until(start: str, end_ns: int | None) -> str:
    return start if end_ns is None else f"{start},{iso_utc(end_ns)}"


def _seconds(picture: ForeignPicture) -> str:
    start = _decimal(ticks_to_ns(picture.pts, picture.time_base))
    if picture.end_pts is None:
        return start
    return f"{start},{_decimal(ticks_to_ns(picture.end_pts, picture.time_base))}"


def _decimal(ns: int) -> str:
    whole, rest = divmod(abs(ns), NS_PER_S)
    return f"{'-' if ns < 0 else ''}{whole}.{rest:09d}"
