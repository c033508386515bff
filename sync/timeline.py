"""The case on one clock: every camera's map, every recording's place, and what could not be placed.

A timeline is a frozen answer, made anew whenever a claim, a setting or a recording changes; nobody edits it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from evidence.frame_index import FrameIndex
from evidence.records import Camera, ClaimOrigin, ClockSetting, Recording, TimeClaim
from evidence.times import DeviceTime, DurationNs, IncidentRange, IncidentTime, ticks_to_ns
from sync.clock_map import ClockMap
from sync.placement import StartClaim, find_start
from sync.solution import SigmaKnot, sigma_between


@dataclass(frozen=True)
class PlacedRecording:
    """One recording on the incident clock.

    Attributes:
        recording: what was recorded.
        clock: its camera's map.
        device_start: what the device's clock read at media time `origin_ns`.
        origin_ns: media time of the first frame shown (of the first sound, without picture), ns.
        sigma_ns: standard uncertainty (one sigma) of where it lies, ns; None where nobody has said.
        basis: on what it rests, in words for people.
        claim: the claim that dated its start, if one did.
    """

    recording: Recording
    clock: ClockMap
    device_start: DeviceTime
    origin_ns: int
    sigma_ns: DurationNs | None
    basis: str
    claim: TimeClaim | None

    def incident_at_media_ns(self, media_ns: int) -> IncidentTime:
        """Return the incident time of a moment of the file's own time, ns."""
        return self.clock.to_incident(DeviceTime(self.device_start + media_ns - self.origin_ns))

    def media_ns_at(self, incident: IncidentTime) -> int:
        """Return the file's own time, ns, at an incident time, also outside of the recording."""
        return self.clock.to_device(incident) - self.device_start + self.origin_ns

    def frame_starts(self, index: FrameIndex) -> NDArray[np.int64]:
        """Return when each frame of the shown stream starts to show, incident time in ns; int64[frames].

        Frame `k` covers `[starts[k], starts[k + 1])`; every question of which frame shows is answered from this table.
        """
        return self.clock.to_incident_array(index.start_ns + (self.device_start - self.origin_ns))

    @cached_property
    def span(self) -> IncidentRange:
        """When it was recording."""
        start = self.incident_at_media_ns(self.origin_ns)
        end = self.incident_at_media_ns(self.origin_ns + self.recording.duration_ns)
        return IncidentRange(start, IncidentTime(max(start, end)))


@dataclass(frozen=True)
class CameraTimeline:
    """One camera: its clock and its recordings in order of time.

    Attributes:
        camera: the device.
        setting: how its clock was set, or None while its claims are taken at their word.
        placed: its recordings by start.
    """

    camera: Camera
    setting: ClockSetting | None
    placed: tuple[PlacedRecording, ...]

    def find_at(self, instant: IncidentTime) -> PlacedRecording | None:
        """Return the recording that covers `instant`; of two that overlap, the one that started later."""
        covering = [place for place in self.placed if place.span.contains(instant)]
        return covering[-1] if covering else None

    def find_before(self, instant: IncidentTime) -> PlacedRecording | None:
        """Return the last recording that had stopped by `instant`, or None."""
        past = [place for place in self.placed if place.span.end <= instant]
        return max(past, key=lambda place: place.span.end) if past else None

    def find_after(self, instant: IncidentTime) -> PlacedRecording | None:
        """Return the first recording that starts after `instant`, or None."""
        return next((place for place in self.placed if place.span.start > instant), None)


@dataclass(frozen=True)
class Timeline:
    """All cameras of a case, in the order of their tiles.

    Attributes:
        cameras: every camera, also those of which nothing could be placed.
        unplaced: recordings that no claim and no person has placed; they are shown apart.
    """

    cameras: tuple[CameraTimeline, ...]
    unplaced: tuple[Recording, ...]

    @cached_property
    def span(self) -> IncidentRange | None:
        """From the first start to the last end, or None where nothing is placed."""
        spans = [place.span for camera in self.cameras for place in camera.placed]
        if not spans:
            return None
        return IncidentRange(min(span.start for span in spans), max(span.end for span in spans))

    def find_camera(self, camera_id: str) -> CameraTimeline | None:
        """Return the camera with this id, or None."""
        return next((one for one in self.cameras if one.camera.id == camera_id), None)


def build_timeline(
    cameras: Iterable[Camera],
    recordings: Iterable[Recording],
    settings: Iterable[ClockSetting],
    time_zone: str,
) -> Timeline:
    """Place every recording that can be placed.

    Args:
        cameras: in the order of their tiles.
        recordings: of all cameras, with their claims.
        settings: at most one a camera: the one in force.
        time_zone: IANA name of the zone in which bare local times are read.
    """
    zone = ZoneInfo(time_zone)
    setting_of = {setting.camera_id: setting for setting in settings}
    of_camera: dict[str, list[Recording]] = {}
    for recording in recordings:
        of_camera.setdefault(recording.camera_id, []).append(recording)
    rows: list[CameraTimeline] = []
    unplaced: list[Recording] = []
    for camera in cameras:
        setting = setting_of.get(camera.id)
        placed: list[PlacedRecording] = []
        for recording in of_camera.get(camera.id, []):
            place = place_recording(recording, setting, zone)
            if place is None:
                unplaced.append(recording)
            else:
                placed.append(place)
        placed.sort(key=lambda place: (place.span.start, place.span.end, place.recording.id))
        rows.append(CameraTimeline(camera, setting, tuple(placed)))
    return Timeline(tuple(rows), tuple(unplaced))


def place_recording(recording: Recording, setting: ClockSetting | None, zone: ZoneInfo) -> PlacedRecording | None:
    """Place one recording by its strongest claim and its camera's setting, or return None."""
    start = find_start(recording.claims, recording.duration_ns, zone)
    if start is None:
        return None
    is_by_hand = start.claim.origin is ClaimOrigin.BY_HAND
    clock = ClockMap.identity() if setting is None else ClockMap(setting.pieces)
    sigma = start.sigma_ns if setting is None or is_by_hand else _setting_sigma(setting, start, recording)
    return PlacedRecording(
        recording, clock, start.device_start, origin_ns(recording), sigma, _basis(start.claim, setting), start.claim
    )


def _setting_sigma(setting: ClockSetting, start: StartClaim, recording: Recording) -> DurationNs | None:
    """Return the largest uncertainty of a set clock within a recording."""
    if not setting.sigma_knots:
        return setting.sigma_ns
    knots = tuple(SigmaKnot(device, sigma) for device, sigma in setting.sigma_knots)
    begin, end = start.device_start, start.device_start + recording.duration_ns
    inside = [knot.sigma_ns for knot in knots if begin < knot.device_ns < end]
    return max([*inside, sigma_between(knots, begin), sigma_between(knots, end)])


def _basis(claim: TimeClaim, setting: ClockSetting | None) -> str:
    if claim.origin is ClaimOrigin.BY_HAND:
        return f"Placed by hand: {claim.note}" if claim.note else f"Placed by hand ({claim.source})"
    claimed = f"{claim.origin} ({claim.source})"
    if setting is None:
        return f"Device clock taken at its word: {claimed}"
    return f"{setting.method}: {setting.basis} (start by {claimed})"


def lone_timeline(camera: Camera, recording: Recording) -> Timeline:
    """Return a timeline of one recording by itself, on the clock of its own file: time 0 is its first frame.

    It is for watching what nothing has placed yet. Its times are no incident times, and whoever shows them must say
    so; they lie at the epoch, where no incident is.
    """
    place = PlacedRecording(
        recording=recording,
        clock=ClockMap.identity(),
        device_start=DeviceTime(0),
        origin_ns=origin_ns(recording),
        sigma_ns=None,
        basis="by itself, counted from its first frame",
        claim=None,
    )
    return Timeline((CameraTimeline(camera, None, (place,)),), ())


def origin_ns(recording: Recording) -> int:
    """Return the media time, in ns, of the first frame shown, or of the first sound where there is no picture."""
    stream = recording.video or recording.audio
    if stream is None or stream.start_pts is None:
        return 0
    return ticks_to_ns(stream.start_pts, stream.time_base)
