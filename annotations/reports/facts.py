"""Everything that reports tell of a case, read once: the timeline, the frames, marks and what was done with items."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from annotations.categories import Category, load_categories
from annotations.clips.clip import Clip, load_clips
from annotations.marks import Mark, load_marks
from annotations.people import Person, load_people
from annotations.reports.scope import Scope
from evidence.case import Case
from evidence.frame_index import FrameIndex
from evidence.item_history import ItemHistory, load_histories
from evidence.records import Camera, CaseInfo, Recording
from evidence.time_text import LocalTimes, sigma_text
from evidence.times import DurationNs, IncidentTime
from player.tracks import FindIndex, FrameSpot, Track
from sync.timeline import PlacedRecording, Timeline, build_timeline


@dataclass(frozen=True, slots=True)
class MarkedTime:
    """A mark where it is now on the common clock.

    Attributes:
        mark: as it is kept.
        start: when it is or begins; of a mark on a picture as the clocks stand now.
        end: of a range, when it ends, exclusive; None for a moment.
        place: of a mark on a picture, the recording that it is on; None where it is on the incident.
    """

    mark: Mark
    start: IncidentTime
    end: IncidentTime | None
    place: PlacedRecording | None


@dataclass(frozen=True, slots=True)
class Sight:
    """What one camera has of an instant.

    Attributes:
        camera: which.
        spot: the frame, or None where there is none.
        place: the recording, also where it has sound alone; None where the camera was not recording.
        from_start_ns: the recording's own time at the instant, ns from its first frame.
    """

    camera: Camera
    spot: FrameSpot | None
    place: PlacedRecording | None
    from_start_ns: DurationNs = 0

    @property
    def sigma_ns(self) -> DurationNs | None:
        """Standard uncertainty of the camera's time there, ns, or None where it is not known."""
        return None if self.place is None else self.place.sigma_ns


@dataclass(frozen=True, eq=False)
class CaseFacts:
    """A case as reports see it; used by one thread while the case is open.

    Attributes:
        info: what the case says of itself.
        timeline: every camera on the common clock.
        recordings: of all cameras, in the order in which they were added.
        marks: in order of time.
        categories: by id.
        people: by id.
        histories: by id of the recording.
        missing: ids of recordings whose originals are not there.
        find_index: gives frame tables.
        scope: of what the report is made.
        clips: those that the case keeps, by start.
    """

    info: CaseInfo
    timeline: Timeline
    recordings: tuple[Recording, ...]
    marks: tuple[Mark, ...]
    categories: dict[str, Category]
    people: dict[str, Person]
    histories: dict[str, ItemHistory]
    missing: frozenset[str]
    find_index: FindIndex
    scope: Scope
    clips: tuple[Clip, ...] = ()

    @cached_property
    def tracks(self) -> tuple[Track, ...]:
        """The cameras of the scope, in the order of their tiles."""
        rows = [row for row in self.timeline.cameras if self.scope.has_camera(row.camera.id)]
        return tuple(Track(row, self.index_of) for row in rows)

    @cached_property
    def _indexes(self) -> dict[str, FrameIndex | None]:
        return {}

    def index_of(self, recording_id: str) -> FrameIndex | None:
        """Return the frame table of a recording, read once, or None where it has no picture."""
        if recording_id not in self._indexes:
            self._indexes[recording_id] = self.find_index(recording_id)
        return self._indexes[recording_id]

    def frame_of(self, mark: Mark) -> int | None:
        """Return the number of the frame that a mark on a picture is on, or None where there is no such number."""
        picture = mark.picture
        place = None if picture is None else self.places.get(picture.recording_id)
        if picture is None or place is None or place.recording.is_approximate:
            return None
        index = self.index_of(picture.recording_id)
        if index is None or index.time_base != picture.start.time_base:
            return None
        return index.find_frame_at_pts(picture.start.pts)

    @cached_property
    def places(self) -> dict[str, PlacedRecording]:
        """Places on the common clock by id of the recording."""
        return {place.recording.id: place for row in self.timeline.cameras for place in row.placed}

    @cached_property
    def cameras(self) -> dict[str, Camera]:
        """Cameras by id."""
        return {row.camera.id: row.camera for row in self.timeline.cameras}

    @cached_property
    def marked_times(self) -> tuple[MarkedTime, ...]:
        """The marks of the scope where they are now, in order of time."""
        found = [self._marked(mark) for mark in self.marks]
        kept = [one for one in found if self._is_asked(one)]
        return tuple(sorted(kept, key=lambda one: (one.start, one.mark.id)))

    def sights(self, instant: IncidentTime) -> tuple[Sight, ...]:
        """Return what each camera of the scope has of an instant."""
        return tuple(self.sight(track, instant) for track in self.tracks)

    def sight(self, track: Track, instant: IncidentTime) -> Sight:
        """Return what a camera has of an instant."""
        look = track.at(instant)
        if isinstance(look, FrameSpot):
            return Sight(track.camera.camera, look, look.place, _from_start(look.place, instant))
        place = track.camera.find_at(instant) if look.is_sound_only else None
        return Sight(track.camera.camera, None, place, 0 if place is None else _from_start(place, instant))

    def names_of(self, people: tuple[str, ...]) -> tuple[str, ...]:
        """Return names and roles of people, in words."""
        known = [self.people[one] for one in people if one in self.people]
        return tuple(f"{one.name} ({one.role.value})" for one in known)

    def category_name(self, mark: Mark) -> str:
        """Return the name of a mark's category, or ""."""
        category = self.categories.get(mark.category_id or "")
        return "" if category is None else category.name

    @property
    def clips_in_scope(self) -> tuple[Clip, ...]:
        """The clips of the scope's range and cameras, by start."""
        span, scope = self.scope.span, self.scope
        return tuple(
            one
            for one in self.clips
            if (span is None or (one.draft.span.start < span.end and one.draft.span.end > span.start))
            and (one.draft.camera_ids is None or any(scope.has_camera(camera) for camera in one.draft.camera_ids))
        )

    def _marked(self, mark: Mark) -> MarkedTime:
        picture = mark.picture
        place = None if picture is None else self.places.get(picture.recording_id)
        if picture is None or place is None:
            return MarkedTime(mark, mark.instant, mark.end, None)
        start = place.incident_at_media_ns(picture.start.ns)
        end = None if picture.end is None else place.incident_at_media_ns(picture.end.ns)
        return MarkedTime(mark, start, end, place)

    def _is_asked(self, one: MarkedTime) -> bool:
        if one.place is not None and not self.scope.has_camera(one.place.recording.camera_id):
            return False
        span = self.scope.span
        if span is None:
            return True
        return one.start < span.end and (one.start if one.end is None else one.end - 1) >= span.start


def read_facts(case: Case, scope: Scope) -> CaseFacts:
    """Read what reports tell of a case.

    Raises:
        CaseDamagedError: the database cannot be read.
    """
    info, recordings = case.info(), case.recordings()
    timeline = build_timeline(case.cameras(), recordings, case.clock_settings(), info.time_zone)
    found = case.find_originals(recordings)
    return CaseFacts(
        info=info,
        timeline=timeline,
        recordings=recordings,
        marks=load_marks(case),
        categories={one.id: one for one in load_categories(case)},
        people={one.id: one for one in load_people(case)},
        histories=load_histories(case),
        missing=frozenset(one.id for one in recordings if found[one.id] is None),
        find_index=case.frame_index,
        scope=scope,
        clips=tuple(sorted(load_clips(case), key=lambda one: (one.draft.span.start, one.id))),
    )


def scope_words(facts: CaseFacts, times: LocalTimes) -> str:
    """Say of what a report is made, where it is not all of the case; else ""."""
    span = facts.scope.span
    parts = [] if span is None else [f"from {times.full(span.start)} to {times.full(span.end)}"]
    if facts.scope.camera_ids is not None:
        names = [camera.name for camera in facts.cameras.values() if facts.scope.has_camera(camera.id)]
        parts.append(f"cameras {', '.join(names)}" if names else "no camera")
    return f"Only a part of the case: {'; '.join(parts)}." if parts else ""


def worst_sigma(sights: tuple[Sight, ...]) -> str:
    """Say how sure the time is of what the cameras show: the worst of those that were recording."""
    sigmas = [one.sigma_ns for one in sights if one.place is not None]
    if not sigmas:
        return "no camera was recording"
    known = [sigma for sigma in sigmas if sigma is not None]
    return sigma_text(None if len(known) < len(sigmas) else max(known))


def _from_start(place: PlacedRecording, instant: IncidentTime) -> DurationNs:
    return place.media_ns_at(instant) - place.origin_ns
