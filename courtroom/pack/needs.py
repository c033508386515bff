"""What a run sheet needs of a case: worked out from its items alone, so that nothing else can come into a pack."""

from __future__ import annotations

from dataclasses import dataclass

from courtroom.errors import RunSheetError
from courtroom.run_sheet import Item, Moving, RunSheet, SheetFile, Still, cameras_of
from evidence.records import Recording
from evidence.times import IncidentRange, IncidentTime
from sync.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Needs:
    """What a run sheet needs.

    Attributes:
        camera_ids: every camera that is seen or heard, in the order of the case's tiles.
        recordings: every recording that one of them has within an item, in the order of cameras and time.
        files: the documents and pictures that are shown.
    """

    camera_ids: tuple[str, ...]
    recordings: tuple[Recording, ...]
    files: tuple[SheetFile, ...]


@dataclass(frozen=True, slots=True)
class EmptyItem:
    """An item of which no camera that it shows was recording at all.

    Attributes:
        place: number of the item in the sheet, from 1.
    """

    place: int
    item: Item


def find_needs(sheet: RunSheet, timeline: Timeline) -> Needs:
    """Return what a run sheet needs.

    Raises:
        RunSheetError: an item names a camera that the case does not have.
    """
    wanted = set(cameras_of(sheet.items))
    known = [row.camera.id for row in timeline.cameras]
    for place, item in enumerate(sheet.items, start=1):
        if not set(cameras_of([item])) <= set(known):
            raise RunSheetError(
                f"Item {place} of the run sheet, “{item.title or item.kind.value}”, names a camera that is not here.",
                meaning="The camera was merged into another, or the run sheet belongs to another case.",
                remedy="Open the item, choose its cameras anew and save the run sheet.",
            )
    found: dict[str, Recording] = {}
    for row in timeline.cameras:
        spans = [span for item in sheet.items if row.camera.id in cameras_of([item]) and (span := shown_span(item))]
        for placed in row.placed:
            if any(_meets(placed.span, span) for span in spans):
                found[placed.recording.id] = placed.recording
    return Needs(tuple(one for one in known if one in wanted), tuple(found.values()), sheet.files)


def find_empty_items(sheet: RunSheet, timeline: Timeline) -> tuple[EmptyItem, ...]:
    """Return the items that show cameras of which none was recording for a single moment of them."""
    return tuple(
        EmptyItem(place, item)
        for place, item in enumerate(sheet.items, start=1)
        if (span := shown_span(item)) is not None and item.view is not None
        if not any(
            _meets(placed.span, span)
            for row in timeline.cameras
            if row.camera.id in item.view.camera_ids
            for placed in row.placed
        )
    )


def shown_span(item: Item) -> IncidentRange | None:
    """Return the instants of which frames are shown; of a still its one nanosecond."""
    match item.content:
        case Moving(span):
            return span
        case Still(instant):
            return IncidentRange(instant, IncidentTime(instant + 1))
        case _:
            return None


def _meets(one: IncidentRange, other: IncidentRange) -> bool:
    return one.start < other.end and other.start < one.end
