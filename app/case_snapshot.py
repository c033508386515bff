"""Everything the window shows of a case, read in one go and frozen: views mirror it and never hold the case itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotations.journal import Step
from annotations.mark_book import MarkBook
from annotations.marks import Mark
from annotations.shapes.on_frame import ShapesByFrame
from annotations.shapes.record import shapes_after
from annotations.shapes.shape import Shape
from app.time_text import sigma_text
from evidence.case_reading import LastVerification
from evidence.observations import Observation
from evidence.records import Camera, CaseInfo, ClockSetting, Recording, Refusal
from evidence.times import DurationNs, IncidentRange, IncidentTime
from player.ui.timeline.lanes import Lanes
from sync.timeline import PlacedRecording, Timeline


@dataclass(frozen=True, eq=False)
class CaseSnapshot:
    """A case as it was at one moment.

    Attributes:
        folder: the case folder.
        info: what it says of itself.
        cameras: in the order of their tiles.
        recordings: of all cameras.
        refusals: what was offered and did not become a recording.
        settings: the clock settings in force.
        book: the marks with where they lie, their categories and people.
        shapes: on pictures, in the order in which they were drawn.
        timeline: every recording on the common clock.
        lanes: the same, for the timeline widget.
        missing: ids of recordings whose originals are not where the case says, nor beside it.
        last_verification: what the last check that the case keeps found, or None.
        observations: what ties clocks, decided on or not.
        is_preview: whether the clocks are proposed ones that are not in force; nothing can be changed meanwhile.
    """

    folder: Path
    info: CaseInfo
    cameras: tuple[Camera, ...]
    recordings: tuple[Recording, ...]
    refusals: tuple[Refusal, ...]
    settings: tuple[ClockSetting, ...]
    book: MarkBook
    timeline: Timeline
    lanes: Lanes
    shapes: tuple[Shape, ...] = ()
    missing: frozenset[str] = frozenset()
    last_verification: LastVerification | None = None
    observations: tuple[Observation, ...] = ()
    is_preview: bool = False

    @cached_property
    def camera_by_id(self) -> dict[str, Camera]:
        """Cameras by id."""
        return {camera.id: camera for camera in self.cameras}

    @cached_property
    def recording_by_id(self) -> dict[str, Recording]:
        """Recordings by id."""
        return {recording.id: recording for recording in self.recordings}

    @cached_property
    def setting_by_camera(self) -> dict[str, ClockSetting]:
        """Clock settings by the id of their camera."""
        return {setting.camera_id: setting for setting in self.settings}

    @cached_property
    def place_by_recording(self) -> dict[str, PlacedRecording]:
        """Places on the common clock by the id of the recording."""
        return {place.recording.id: place for one in self.timeline.cameras for place in one.placed}

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks by time."""
        return self.book.marks

    @property
    def mark_moments(self) -> NDArray[np.int64]:
        """When the marks are, ns, increasing."""
        return self.book.starts

    def after(self, step: Step) -> CaseSnapshot:
        """Return the case as a step of the annotations' journal left it: marks and shapes brought up to date."""
        return replace(self, book=self.book.after(step), shapes=shapes_after(self.shapes, step))

    @cached_property
    def shapes_by_frame(self) -> ShapesByFrame:
        """The shapes, found by the frame that shows them."""
        return ShapesByFrame(self.shapes)

    @property
    def span(self) -> IncidentRange | None:
        """From the first start to the last end, or None where nothing is placed."""
        return self.timeline.span

    def recordings_of(self, camera_id: str) -> tuple[Recording, ...]:
        """Return a camera's recordings, those on the timeline by time, the others after them."""
        own = [one for one in self.recordings if one.camera_id == camera_id]
        places = self.place_by_recording
        return tuple(
            sorted(own, key=lambda one: (one.id not in places, places[one.id].span.start if one.id in places else 0))
        )

    def recording_near(self, camera_id: str | None, instant: IncidentTime) -> str | None:
        """Return the id of the camera's recording at `instant`, or else of the nearest, or of one without a place.

        Without a camera it is the first recording of the case; None where the camera or the case has none.
        """
        lane = None if camera_id is None else self.timeline.find_camera(camera_id)
        if lane is not None and lane.placed:
            nearest = min(lane.placed, key=lambda one: (_distance_ns(one.span, instant), -one.span.start))
            return nearest.recording.id
        found = self.recordings if camera_id is None else self.recordings_of(camera_id)
        return found[0].id if found else None


def _distance_ns(span: IncidentRange, instant: IncidentTime) -> DurationNs:
    return max(0, span.start - instant, instant + 1 - span.end)


def plays_alike(one: CaseSnapshot, other: CaseSnapshot) -> bool:
    """Tell whether two snapshots put the same files at the same places, so that the player need not load anew."""
    return _played(one) == _played(other)


def _played(snapshot: CaseSnapshot) -> list[object]:
    return [
        (
            camera.camera.id,
            place.recording.id,
            place.recording.path_bytes,
            place.clock,
            place.device_start,
            place.sigma_ns,
        )
        for camera in snapshot.timeline.cameras
        for place in camera.placed
    ]


@dataclass(frozen=True, slots=True)
class SyncStatement:
    """How sure the case is of its clocks, in one line and in full.

    Attributes:
        short: for the title line.
        full: for the tool tip: each camera's standing.
        is_checked: whether every camera on the timeline has a clock that somebody set.
    """

    short: str
    full: str
    is_checked: bool


def sync_statement(snapshot: CaseSnapshot) -> SyncStatement:
    """Say how sure the places on the timeline are: never better than the worst camera on it."""
    lines: list[str] = []
    worst, is_unknown, unchecked = 0, False, 0
    for one in snapshot.timeline.cameras:
        if not one.placed:
            continue
        sigmas = [place.sigma_ns for place in one.placed]
        known = [sigma for sigma in sigmas if sigma is not None]
        is_unknown |= len(known) < len(sigmas)
        unchecked += one.setting is None
        worst = max([worst, *known])
        standing = sigma_text(None if len(known) < len(sigmas) else max(known))
        how = one.setting.method if one.setting is not None else "device clock taken at its word"
        lines.append(f"{one.camera.name}: {standing}, {how}")
    if not lines:
        return SyncStatement("Nothing on the timeline yet", "No recording has a place in time yet.", is_checked=False)
    short = "Sync: uncertainty unknown" if is_unknown else f"Sync {sigma_text(worst)}"
    if unchecked:
        short += f" · {unchecked} {'clock' if unchecked == 1 else 'clocks'} not checked"
    return SyncStatement(short, "\n".join(lines), is_checked=unchecked == 0)
