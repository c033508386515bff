"""Jumps from one thing on the timeline to the next: starts and stops, recordings, gaps, marks.

Where there is no next one, a note says so. Lives on the UI thread.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.session import CaseSession
from app.ui.playback import Playback
from app.ui.review_page import ReviewPage
from app.ui.side_tabs import Tab
from evidence.times import IncidentTime
from player.ui.timeline.lanes import Lane


class Jumps:
    """What the jumping keys do."""

    def __init__(
        self, session: CaseSession, playback: Playback, page: Callable[[], ReviewPage], say: Callable[[str], None]
    ) -> None:
        self._session = session
        self._playback = playback
        self._page = page
        self._say = say

    def go_event(self, *, is_forward: bool) -> None:
        """Go to the next or previous start or stop of any recording, or mark."""
        snapshot = self._session.snapshot
        if snapshot is not None:
            found = snapshot.lanes.find_event(self._here, snapshot.mark_moments, is_forward=is_forward)
            self._go(found, "There is no start, stop or mark", is_forward=is_forward)

    def go_mark(self, *, is_forward: bool) -> None:
        """Go to the next or previous mark."""
        snapshot = self._session.snapshot
        if snapshot is not None:
            marks = snapshot.mark_moments
            place = int(np.searchsorted(marks, self._here, side="right" if is_forward else "left"))
            place -= 0 if is_forward else 1
            found = IncidentTime(int(marks[place])) if 0 <= place < len(marks) else None
            self._go(found, "There is no mark", is_forward=is_forward)

    def go_recording(self, *, is_forward: bool) -> None:
        """Go to the next or previous start of a recording of the focused camera, and choose it."""
        lane = self._lane()
        if lane is not None:
            place = lane.find_start(self._here, is_forward=is_forward)
            start = None if place is None else place.span.start
            self._go(start, f"{lane.name} has no recording that starts", is_forward=is_forward)
            if place is not None:
                self._page().choose_recording(place.recording.id)

    def go_gap(self, *, is_forward: bool) -> None:
        """Go to where the focused camera next stops recording for a while, or did so last."""
        lane = self._lane()
        if lane is not None:
            found = lane.find_gap_start(self._here, is_forward=is_forward)
            self._go(found, f"{lane.name} has no gap that starts", is_forward=is_forward)

    def choose_recording(self) -> None:
        """Choose the focused camera's recording at the playhead, or the nearest, and show what is known of it."""
        snapshot, page = self._session.snapshot, self._page()
        found = None if snapshot is None else snapshot.recording_near(page.focus_camera, self._here)
        if found is not None:
            page.choose_recording(found)
            page.tabs.setVisible(True)
            page.tabs.show_tab(Tab.RECORDING)

    @property
    def _here(self) -> IncidentTime:
        return self._playback.engine.target

    def _lane(self) -> Lane | None:
        snapshot = self._session.snapshot
        number = None if snapshot is None else snapshot.lanes.find_lane(self._page().focus_camera)
        return None if snapshot is None or number is None else snapshot.lanes.lanes[number]

    def _go(self, instant: IncidentTime | None, nothing: str, *, is_forward: bool) -> None:
        if instant is None:
            self._say(f"{nothing} {'after' if is_forward else 'before'} this moment.")
        else:
            self._playback.seek(instant)
