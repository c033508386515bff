"""What people ask of the open case: dialogs that collect it, and the audited change that follows.

Every change runs beside the UI thread through `CaseSession.edit`; what goes wrong comes back as a notice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QWidget

from app.case_corrections import (
    merge_cameras,
    move_recording,
    move_recording_to_new_camera,
    place_recording,
    rename_camera,
    set_camera_kind,
    set_camera_owner,
    set_exhibit,
    set_stated_clock,
)
from app.case_opening import NewCase
from app.case_snapshot import CaseSnapshot
from app.session import CaseSession
from app.settings import DRAWN_BY, YOUR_NAME, Settings
from app.typed_time import TypedTimeContext
from app.ui.choosers import Choosers
from app.ui.clock_dialog import ClockDialog
from app.ui.lone_viewer import LoneViewer
from app.ui.new_case_dialog import NewCaseDialog
from app.ui.place_dialog import PlaceDialog
from app.ui.playback import Playback
from app.ui.theme import Theme
from evidence.errors import CaseReadOnlyError
from evidence.observations import ObservationState, SyncMethod
from evidence.records import CameraKind, TimeClaim
from evidence.times import DurationNs, IncidentTime
from player.ui.drawn_by import DrawnBy
from sync.case_clocks import StatedClock


class CaseDesk(QObject):
    """Takes requests on the UI thread.

    Signals:
        refused: `SightlineError`: what was asked for cannot be done in this case.
        event_wanted: id of a recording and number of its frame that shows an event; from a window of its own.
    """

    refused = Signal(object)
    event_wanted = Signal(str, object)

    def __init__(
        self,
        window: QWidget,
        *,
        session: CaseSession,
        playback: Playback,
        settings: Settings,
        theme: Theme,
        choosers: Choosers,
        zone: Callable[[], ZoneInfo],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._playback = playback
        self._settings = settings
        self._theme = theme
        self._choosers = choosers
        self._zone = zone

    # Cases and files

    def new_case(self) -> None:
        """Ask for what a new case needs, and make it."""
        name = self._settings.get(YOUR_NAME)
        NewCaseDialog(_documents(), name, self._choosers.choose_folder, self._on_new_case, self._window).show()

    def open_case(self) -> None:
        """Ask for the folder of a case or a court pack and open it."""
        self._choosers.choose_folder(
            self._window, "Open the folder of a case or a court pack", _documents(), self._session.open
        )

    def add_files(self) -> None:
        """Ask for files and add them."""
        self._choosers.choose_files(self._window, "Add recordings", _documents(), self._add)

    def add_folder(self) -> None:
        """Ask for a folder and add what is in it."""
        self._choosers.choose_folder(
            self._window, "Add all recordings in a folder", _documents(), lambda folder: self._add([folder])
        )

    def _add(self, paths: Iterable[Path]) -> None:
        self._session.add_files(tuple(os.fsencode(path) for path in paths))

    def _on_new_case(self, new: NewCase) -> None:
        self._settings.set(YOUR_NAME, new.by)
        self._session.create(new)

    # Cameras

    def rename_camera(self, camera_id: str, name: str) -> None:
        """Give a camera another name."""
        self._session.edit("Renaming a camera", lambda case, by: rename_camera(case, camera_id, name, by))

    def set_owner(self, camera_id: str, owner: str) -> None:
        """Say whose camera it is."""
        self._session.edit("Setting a camera's owner", lambda case, by: set_camera_owner(case, camera_id, owner, by))

    def set_kind(self, camera_id: str, kind: CameraKind) -> None:
        """Say what sort of camera it is."""
        self._session.edit("Setting a camera's kind", lambda case, by: set_camera_kind(case, camera_id, kind, by))

    def merge_cameras(self, camera_id: str, into_id: str) -> None:
        """Give all recordings of a camera to another one."""
        self._session.edit("Merging two cameras", lambda case, by: merge_cameras(case, camera_id, into_id, by))

    def set_clock(self, camera_id: str | None) -> None:
        """Ask by how much a camera's clock was wrong."""
        snapshot = self.writable("Setting a clock")
        camera = None if snapshot is None else snapshot.camera_by_id.get(camera_id or "")
        if snapshot is None or camera is None:
            return
        name = self._settings.get(YOUR_NAME)
        setting = snapshot.setting_by_camera.get(camera.id)
        recordings = {one.id for one in snapshot.recordings if one.camera_id == camera.id}
        has_earlier = any(
            one.method is SyncMethod.STATED_ERROR
            and one.state is ObservationState.ACCEPTED
            and one.one.recording_id in recordings
            for one in snapshot.observations
        )
        context = replace(self.typed_context(), near=_first_time(snapshot, camera.id))
        ClockDialog(
            camera, setting, name, self._on_clock, self._window, context=context, has_earlier=has_earlier
        ).show()

    def _on_clock(self, stated: StatedClock) -> None:
        self._session.edit("Setting a clock", lambda case, _by: set_stated_clock(case, stated))

    # Recordings

    def set_exhibit(self, recording_id: str, exhibit: str) -> None:
        """Give a recording an exhibit reference."""
        self._session.edit("Setting an exhibit", lambda case, by: set_exhibit(case, recording_id, exhibit, by))

    def move_recording(self, recording_id: str, camera_id: str) -> None:
        """Put a recording under another camera; under a new one where `camera_id` is ""."""
        snapshot = self.writable("Moving a recording")
        if snapshot is None:
            return
        if camera_id:
            self._session.edit("Moving a recording", lambda case, by: move_recording(case, recording_id, camera_id, by))
            return
        name = _free_name(snapshot)
        self._session.edit(
            "Moving a recording", lambda case, by: move_recording_to_new_camera(case, recording_id, name, by)
        )

    def place(self, recording_id: str, offset_ns: DurationNs = 0) -> None:
        """Ask when a recording started; or when its frame `offset_ns` after the first was taken."""
        snapshot = self.writable("Placing a recording")
        recording = None if snapshot is None else snapshot.recording_by_id.get(recording_id)
        if snapshot is None or recording is None:
            return
        setting = snapshot.setting_by_camera.get(recording.camera_id)
        ready = partial(self._on_placed, recording_id)
        PlaceDialog(recording, setting, self.typed_context(), ready, self._window, offset_ns=offset_ns).show()

    def watch_alone(self, recording_id: str) -> None:
        """Show a recording in a window by itself, with times that count from its first frame."""
        snapshot = self._session.snapshot
        recording = None if snapshot is None else snapshot.recording_by_id.get(recording_id)
        if snapshot is None or recording is None:
            return
        camera = snapshot.camera_by_id[recording.camera_id]
        is_placed = recording not in snapshot.timeline.unplaced
        viewer = LoneViewer(camera, recording, self._session.find_index, self._theme, self._window, is_placed=is_placed)
        viewer.surface.set_drawn_by(DrawnBy(self._settings.get(DRAWN_BY)))
        viewer.place_wanted.connect(self.place)
        viewer.event_wanted.connect(self.event_wanted)
        self._session.closed.connect(viewer.close)
        viewer.show()

    def _on_placed(self, recording_id: str, claim: TimeClaim) -> None:
        self._session.edit("Placing a recording", lambda case, by: place_recording(case, recording_id, claim, by))

    # Time

    def typed_context(self) -> TypedTimeContext:
        """Return what a typed time refers to now: the playhead, the case's days, the focused camera's frames."""
        snapshot = self._session.snapshot
        now = self._playback.engine.target
        if snapshot is None or snapshot.span is None:
            first = min((one.mtime_ns for one in snapshot.recordings), default=0) if snapshot else 0
            now = now or IncidentTime(first)
        return TypedTimeContext(
            zone=self._zone(),
            near=now,
            relative_to=now,
            span=None if snapshot is None else snapshot.span,
            frame_start=self._playback.frame_start,
        )

    def writable(self, doing: str) -> CaseSnapshot | None:
        """Return the case where it can be changed; say why not where one is open that cannot."""
        snapshot = self._session.snapshot
        if snapshot is None or not snapshot.info.is_read_only:
            return snapshot
        error = CaseReadOnlyError(
            f"{doing} is not possible: the case is open read-only ({self._session.read_only_reason}).",
            meaning="Nothing was changed.",
            remedy=self._session.read_only_remedy,
        )
        self.refused.emit(error)
        return None


def _documents() -> Path:
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = Path(found) if found else Path.home()
    return folder if folder.is_dir() else Path.home()


def _free_name(snapshot: CaseSnapshot) -> str:
    taken = {camera.name.casefold() for camera in snapshot.cameras}
    number = len(snapshot.cameras) + 1
    while f"camera {number}" in taken:
        number += 1
    return f"Camera {number}"


def _first_time(snapshot: CaseSnapshot, camera_id: str) -> IncidentTime:
    """Return when a camera began, or else the case."""
    lane = snapshot.timeline.find_camera(camera_id)
    if lane is not None and lane.placed:
        return lane.placed[0].span.start
    return IncidentTime(0) if snapshot.span is None else snapshot.span.start
