"""Check 4: each item's times lie where its cameras were recording; what the court would see black is said."""

from __future__ import annotations

from courtroom.pack.needs import shown_span
from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.material import Material
from courtroom.run_sheet import Item, Moving, Still
from evidence.time_text import duration_text
from evidence.times import IncidentRange

_BRIEF_NS = 50_000_000
"""At either end of an item: less than two frames at 30 a second, which nobody sees."""

_REMEDY = "Correct the item's times in the case, save the run sheet and make the pack anew."


def time_results(material: Material) -> list[Result]:
    """Return what is said of every item's times, and one PASS for those that are well."""
    results = [one for item in material.items for one in _of_item(material, item)]
    wrong = {one.place for one in results if one.outcome is Outcome.FAIL}
    timed = [item for item in material.items if isinstance(item.content, Moving | Still)]
    good = [item for item in timed if material.place(item) not in wrong]
    if good and len(good) == len(timed):
        text = f"All {len(good):,} items with pictures lie within what was recorded."
        results.append(Result(Check.TIMES, Outcome.PASS, text))
    if not timed:
        results.append(Result(Check.TIMES, Outcome.PASS, "No item shows a recording."))
    return results


def _of_item(material: Material, item: Item) -> list[Result]:
    span = shown_span(item)
    if span is None or item.view is None:
        return []
    results: list[Result] = []
    stretches = material.stretches(item)
    with_frames = [one for one in stretches if one.count]
    for one in stretches:
        if not one.count:
            text = "This recording lies in the item's time, yet has no frame in it: the court would see black."
            name, file = material.source.camera_name(one.camera_id), material.file_of(one.placed)
            results.append(material.result(Check.TIMES, Outcome.FAIL, item, text, _REMEDY, camera=name, file=file))
    if not with_frames:
        text = f"None of its cameras was recording from {_words(material, span)}: the court would see black."
        at = material.times.clock(span.start)
        return results or [material.result(Check.TIMES, Outcome.FAIL, item, text, _REMEDY, at=at)]
    spans = [one.placed.span for one in with_frames]
    starts, ends = min(one.start for one in spans), max(one.end for one in spans)
    if starts - span.start > _BRIEF_NS:
        text = f"It begins {duration_text(starts - span.start)} before any of its cameras: the court would see black."
        at = material.times.clock(span.start)
        results.append(
            material.result(Check.TIMES, Outcome.FAIL, item, text, _REMEDY, at=at, file=_first(material, item))
        )
    if span.end - ends > _BRIEF_NS:
        text = f"It ends {duration_text(span.end - ends)} after the last of its cameras: the court would see black."
        at = material.times.clock(ends)
        results.append(
            material.result(Check.TIMES, Outcome.FAIL, item, text, _REMEDY, at=at, file=_first(material, item))
        )
    seen = {one.camera_id for one in with_frames}
    for camera_id in item.view.camera_ids:
        if camera_id not in seen:
            text = "This camera was not recording during the item; its tile says so."
            name = material.source.camera_name(camera_id)
            results.append(material.result(Check.TIMES, Outcome.NOTE, item, text, camera=name))
    return results


def _first(material: Material, item: Item) -> str:
    return material.file_of(material.placed(item)[0])


def _words(material: Material, span: IncidentRange) -> str:
    return f"{material.times.clock(span.start)} to {material.times.clock(span.end)}"
