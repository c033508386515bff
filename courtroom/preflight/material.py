"""What the steps look at: the run sheet with all it needs, and which item and file of the pack a thing belongs to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from courtroom.documents import FOLDER, document_name
from courtroom.item_words import item_title
from courtroom.pack.layout import CASE, RECORDINGS
from courtroom.pack.needs import shown_span
from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.run_sheet import Item, Moving, cameras_of
from courtroom.show.source import CourtSource
from evidence.frame_index import FrameIndex
from evidence.time_text import LocalTimes
from evidence.times import IncidentRange
from sync.timeline import PlacedRecording


@dataclass(frozen=True)
class Stretch:
    """The frames of one recording that an item shows.

    Attributes:
        camera_id: whose recording it is.
        placed: the recording on the common clock.
        first: number of the first frame.
        last: of the last one, which is shown too; less than `first` where it has none in the item.
        index: its frame table.
    """

    camera_id: str
    placed: PlacedRecording
    first: int
    last: int
    index: FrameIndex

    @property
    def count(self) -> int:
        """How many frames that are."""
        return max(0, self.last - self.first + 1)


class Material:
    """A pack's run sheet as the steps read it. Nothing is changed; usable from any thread."""

    def __init__(self, source: CourtSource, hashes: Mapping[str, str] | None = None) -> None:
        """Make it.

        Args:
            source: the run sheet with all it needs.
            hashes: SHA-256 by the path of each payload file, by which one that is missing is named too.
        """
        self.source = source
        self._file_by_hash = {sha: file for file, sha in (hashes or {}).items() if file.startswith(f"{RECORDINGS}/")}
        self.items: tuple[Item, ...] = source.sheet.items
        self.times = LocalTimes(ZoneInfo(source.zone))

    def stretches(self, item: Item) -> tuple[Stretch, ...]:
        """Return what an item shows of each recording, camera by camera, in order of time."""
        span = shown_span(item)
        if span is None or item.view is None:
            return ()
        found: list[Stretch] = []
        for camera_id in item.view.camera_ids:
            row = self.source.timeline.find_camera(camera_id)
            for placed in () if row is None else row.placed:
                index = self.source.find_index(placed.recording.id)
                if index is not None and len(index) and meets(placed.span, span):
                    found.append(_stretch(camera_id, placed, index, span))
        return tuple(found)

    def placed(self, item: Item) -> tuple[PlacedRecording, ...]:
        """Return every recording that an item shows or lets hear."""
        span = shown_span(item)
        if span is None:
            return ()
        rows = (self.source.timeline.find_camera(camera_id) for camera_id in cameras_of([item]))
        return tuple(one for row in rows if row is not None for one in row.placed if meets(one.span, span))

    def file_of(self, placed: PlacedRecording) -> str:
        """Return a recording's file as seen from the pack."""
        listed = self._file_by_hash.get(placed.recording.sha256)
        return listed or self._inside(Path(os.fsdecode(placed.recording.path_bytes)))

    def title(self, item: Item) -> str:
        """Return what people call an item."""
        return item_title(item)

    def place(self, item: Item) -> int:
        """Return the number of an item, from 1."""
        return self.items.index(item) + 1

    def users_of(self, file: str) -> tuple[Item, ...]:
        """Return the items that need a file of the pack, in order; none where the whole pack needs it."""
        return tuple(
            item
            for item in self.items
            if any(self.file_of(placed) == file for placed in self.placed(item))
            or (item.file is not None and f"{CASE}/{FOLDER}/{document_name(item.file)}" == file)
        )

    def result(
        self, check: Check, outcome: Outcome, item: Item, reason: str, remedy: str = "", **about: str | bool
    ) -> Result:
        """Return a result about an item."""
        known: Mapping[str, object] = {**about}
        return Result(
            check,
            outcome,
            reason,
            remedy,
            place=self.place(item),
            item=self.title(item),
            camera=str(known.get("camera", "")),
            file=str(known.get("file", "")),
            at=str(known.get("at", "")),
            can_be_eased=bool(known.get("can_be_eased", False)),
        )

    def hears(self) -> bool:
        """Tell whether any item has sound that is to be heard."""
        return any(isinstance(item.content, Moving) and item.content.heard for item in self.items)

    def _inside(self, path: Path) -> str:
        relative = os.path.relpath(path, self.source.folder)
        return Path(relative).as_posix()


def meets(one: IncidentRange, other: IncidentRange) -> bool:
    """Tell whether two ranges have an instant in common."""
    return one.start < other.end and other.start < one.end


def _stretch(camera_id: str, placed: PlacedRecording, index: FrameIndex, span: IncidentRange) -> Stretch:
    """A frame covers the time up to the next one, so the first that is shown may begin before the item does."""
    starts = placed.frame_starts(index)
    first = max(0, int(np.searchsorted(starts, span.start, side="right")) - 1)
    last = int(np.searchsorted(starts, span.end, side="left")) - 1
    if placed.incident_at_media_ns(index.end.ns) <= span.start:
        last = first - 1
    return Stretch(camera_id, placed, first, last, index)
