"""The frame tables of the open case, read ahead beside the window: unpacking one takes longer than a refresh may.

What the playhead will come to first is read first. A table that is asked for before it was read is read at once, by
whoever asks. What was used last is kept, up to a number of frames.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

from evidence.errors import SightlineError
from evidence.frame_index import FrameIndex
from evidence.times import IncidentTime
from player.ui.timeline.lanes import Lanes
from player.ui.timeline.where_to_look import find_opening
from sync.timeline import Timeline

FindIndex = Callable[[str], FrameIndex | None]
_LOG = logging.getLogger(__name__)
_MOST_FRAMES = 3_000_000
"""Some 120 MB of tables: a day of one camera, or an hour of thirty."""


class FrameTables:
    """Tables by the ids of their recordings. `find` is for one thread; `close` it before the case is closed."""

    def __init__(
        self, read: FindIndex, there: Mapping[str, FrameIndex | None] | None = None, most_frames: int = _MOST_FRAMES
    ) -> None:
        """Keep tables.

        Args:
            read: reads one from the case, in any thread; raises SightlineError.
            there: tables that have been read already.
            most_frames: of all kept tables together; the last one is kept whatever it takes.
        """
        self._read = read
        self._most_frames = most_frames
        self._kept: OrderedDict[str, FrameIndex | None] = OrderedDict(there or {})
        self._wanted: list[str] = []
        self._state = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._read_on, name="frame tables", daemon=True)
        self._thread.start()

    def find(self, recording_id: str) -> FrameIndex | None:
        """Return the frame table of a recording, or None where it has none. Raises SightlineError."""
        with self._state:
            if recording_id in self._kept:
                self._kept.move_to_end(recording_id)
                return self._kept[recording_id]
        found = self._read(recording_id)
        self._keep(recording_id, found)
        return found

    def read_ahead(self, recording_ids: Iterable[str]) -> None:
        """Read these tables in this order, as far as there is room for them; forget what was wished before."""
        with self._state:
            self._wanted = list(recording_ids)[::-1]
            self._state.notify()

    def close(self) -> None:
        """Read nothing more, and wait until that is so: at most for one table."""
        with self._state:
            self._is_closed = True
            self._wanted.clear()
            self._state.notify()
        self._thread.join()

    def _keep(self, recording_id: str, table: FrameIndex | None) -> None:
        with self._state:
            self._kept[recording_id] = table
            self._kept.move_to_end(recording_id)
            while self._frames_kept() > self._most_frames and len(self._kept) > 1:
                self._kept.popitem(last=False)

    def _frames_kept(self) -> int:
        return sum(len(table) for table in self._kept.values() if table is not None)

    def _read_on(self) -> None:
        while (recording_id := self._next()) is not None:
            try:
                table = self._read(recording_id)
            except SightlineError as error:
                _LOG.info("no frame table of %s was read ahead: %s", recording_id, error)  # whoever needs it is told
                continue
            if table is not None:
                _ = table.start_ns  # worked out here once, and not in the window
            self._keep(recording_id, table)

    def _next(self) -> str | None:
        with self._state:
            while True:
                while self._wanted and self._wanted[-1] in self._kept:
                    self._wanted.pop()
                if self._frames_kept() >= self._most_frames:
                    self._wanted.clear()
                if self._is_closed:
                    return None
                if self._wanted:
                    return self._wanted.pop()
                self._state.wait()


def first_tables(lanes: Lanes, read: FindIndex) -> dict[str, FrameIndex | None]:
    """Return the frame tables of what is shown when a case is opened; in any thread."""
    opening = find_opening(lanes)
    tables: dict[str, FrameIndex | None] = {}
    if opening is None:
        return tables
    for lane in lanes.lanes:
        place = lane.find_at(opening.span.start)
        if place is not None and place.recording.video_stream is not None:
            with contextlib.suppress(SightlineError):  # whoever shows it asks again, and is told
                tables[place.recording.id] = read(place.recording.id)
    return tables


def nearest_first(timeline: Timeline, instant: IncidentTime) -> list[str]:
    """Return the recordings with a picture by how far in time they lie from an instant; those that cover it first."""
    distances: list[tuple[int, str]] = []
    for camera in timeline.cameras:
        for place in camera.placed:
            if place.recording.video_stream is not None:
                distance = max(place.span.start - instant, instant - place.span.end + 1, 0)
                distances.append((distance, place.recording.id))
    return [recording_id for _distance, recording_id in sorted(distances)]
