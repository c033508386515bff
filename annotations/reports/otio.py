"""The case as a timeline for editing programs: OpenTimelineIO, one track a camera, each clip where it belongs.

The timeline begins with the second in which the case starts, and counts from the local time of that second, so that an
editing program's timecode is the time of day, in the frame rate that most clips have. Each camera has a track of
pictures, and one of its sound where there is any: programs do not bring in the sound of a clip by themselves. A
clip's own times are in its stream's
own units, so nothing of the recording is rounded; where it starts on the timeline is rounded to the nearest tick of the
track, which is never coarser than a frame. A camera whose clock runs fast or slow against the incident's is not
stretched: editing programs play each file at its own speed. By how much its end is off for that is in the clip's
metadata, and in `Drift` for whoever made the file. Where that end would run into what follows, it is cut off there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import Any

import opentimelineio as otio  # type: ignore[import-untyped]

from annotations.reports.facts import CaseFacts, MarkedTime
from annotations.reports.otio_times import Cut, cut_of, editing_rate, of_day, on_track
from annotations.reports.scope import Maker
from evidence.program import program_name
from evidence.times import NS_PER_S, DurationNs, IncidentRange, IncidentTime, half_width_95, iso_utc
from player.tracks import Track
from sync.timeline import PlacedRecording

NAME = "sightline"
"""Under which the metadata stand."""

_NOTABLE_NS = 20_000_000


@dataclass(frozen=True, slots=True)
class Drift:
    """A clip whose end is off on the timeline because its camera's clock does not run as the incident's.

    Attributes:
        name: of the recording.
        rate_ppb: how many nanoseconds a device second is longer than an incident second.
        end_off_ns: where the clip ends on the timeline minus where it ended in the incident, ns.
    """

    name: str
    rate_ppb: int
    end_off_ns: DurationNs


@dataclass(frozen=True, eq=False)
class OtioTimeline:
    """A timeline as OpenTimelineIO, and what must be said of it.

    Attributes:
        json: the file's text.
        clips: how many there are.
        markers: how many there are.
        drifts: clips whose end is off by more than 20 ms, half a frame of the commonest rate.
        left_out: names of recordings that have no place or no length.
    """

    json: str
    clips: int
    markers: int
    drifts: tuple[Drift, ...]
    left_out: tuple[str, ...]


def otio_timeline(facts: CaseFacts, maker: Maker) -> OtioTimeline:
    """Make the timeline of the scope."""
    span = facts.scope.span or facts.timeline.span or IncidentRange(IncidentTime(0), IncidentTime(0))
    rate = editing_rate(facts)
    making = _Making(facts, span, rate)
    zero = _time(of_day(making.zero, facts.info.time_zone), rate)
    timeline = otio.schema.Timeline(name=facts.info.title, global_start_time=zero)
    for track in facts.tracks:
        timeline.tracks.append(making.track(track))
    for track in facts.tracks:
        if making.has_sound_of_its_own(track):
            timeline.tracks.append(making.sound(track))
    markers = [making.marker(one) for one in facts.marked_times] if making.clips else []
    timeline.tracks.markers.extend(markers)
    timeline.metadata[NAME] = {
        "program": program_name(),
        "case": facts.info.reference,
        "case_id": facts.info.id,
        "starts": iso_utc(making.zero),
        "starts_ns": str(making.zero),
        "time_zone": facts.info.time_zone,
        "made_by": maker.by,
        "made": iso_utc(maker.made_ns, digits=0),
        "note": "Clips play at their files' own speed; see each clip's clock_rate_ppb and end_off_ns.",
    }
    unplaced = [one.display_name for one in facts.timeline.unplaced if facts.scope.has_camera(one.camera_id)]
    return OtioTimeline(
        json=timeline.to_json_string(),
        clips=making.clips,
        markers=len(markers),
        drifts=tuple(making.drifts),
        left_out=(*making.left_out, *unplaced),
    )


class _Making:
    """One run over the cameras.

    Attributes:
        zero: the timeline's beginning: the whole second in which the span starts.
        clips: how many were made; a picture and its sound are one.
        drifts: of those made.
        left_out: names of recordings that were not.
    """

    def __init__(self, facts: CaseFacts, span: IncidentRange, rate: Fraction) -> None:
        self._facts = facts
        self._span = span
        self._rate = rate
        self.zero = IncidentTime(span.start // NS_PER_S * NS_PER_S)
        self.clips = 0
        self.drifts: list[Drift] = []
        self.left_out: list[str] = []

    def track(self, track: Track) -> Any:
        """Return a camera's track: what shows of each recording, with gaps between; of its sound where it has no more.

        What is made and left out is counted here.
        """
        camera = track.camera.camera
        kind = otio.schema.TrackKind.Audio if _is_sound(track) else otio.schema.TrackKind.Video
        made = self._track(track, camera.name, kind)
        for span, place, cut in self._cuts(track):
            if cut is None:
                self.left_out.append(place.recording.display_name)
            else:
                self._count(place, span, cut)
        return made

    def has_sound_of_its_own(self, track: Track) -> bool:
        """Whether a camera that has pictures has sound as well."""
        return not _is_sound(track) and any(place.recording.audio is not None for place in track.camera.placed)

    def sound(self, track: Track) -> Any:
        """Return the track of a camera's sound, as that of its pictures, without what is silent."""
        return self._track(track, f"{track.camera.camera.name} (sound)", otio.schema.TrackKind.Audio, is_beside=True)

    def _track(self, track: Track, name: str, kind: str, *, is_beside: bool = False) -> Any:
        camera = track.camera.camera
        made = otio.schema.Track(name=name, kind=kind)
        made.metadata[NAME] = {"camera_id": camera.id, "kind": camera.kind.value, "owner": camera.owner}
        at = Fraction(0)
        for span, place, cut in self._cuts(track):
            if cut is None or (is_beside and place.recording.audio is None):
                continue
            start = on_track(span.start - self.zero)
            if start > at:
                made.append(otio.schema.Gap(source_range=_range(Fraction(0), start - at, self._rate)))
            made.append(self._clip(place, span, cut))
            at = start + cut.duration
        return made

    def _cuts(self, track: Track) -> Iterator[tuple[IncidentRange, PlacedRecording, Cut | None]]:
        """Yield what shows of each recording, in order, none of it running into the next."""
        stretches = list(track.stretches(self._span.start, self._span.end))
        ends = [on_track(span.start - self.zero) for span, _place in stretches[1:]]
        for (span, place), following in zip_longest(stretches, ends):
            most = None if following is None else following - on_track(span.start - self.zero)
            yield span, place, cut_of(place, span, self._facts.index_of(place.recording.id), most)

    def _count(self, place: PlacedRecording, span: IncidentRange, cut: Cut) -> None:
        self.clips += 1
        end_off = _end_off(span, cut)
        if abs(end_off) > _NOTABLE_NS:
            rate_ppb = place.clock.pieces[-1].rate_ppb
            self.drifts.append(Drift(place.recording.display_name, rate_ppb, end_off))

    def _clip(self, place: PlacedRecording, span: IncidentRange, cut: Cut) -> Any:
        recording = place.recording
        reference = otio.schema.ExternalReference(
            target_url=recording.path.as_uri(), available_range=_range(cut.file_start, cut.file_duration, cut.rate)
        )
        reference.name = recording.display_name
        clip = otio.schema.Clip(
            name=recording.display_name,
            media_reference=reference,
            source_range=_range(cut.start, cut.duration, cut.rate),
        )
        clip.metadata[NAME] = {
            "recording_id": recording.id,
            "exhibit": recording.exhibit,
            "sha256": recording.sha256,
            "incident_start": iso_utc(span.start),
            "incident_start_ns": str(span.start),
            "incident_end_ns": str(span.end),
            "uncertainty_95_ns": None if place.sigma_ns is None else str(half_width_95(place.sigma_ns)),
            "time_rests_on": place.basis,
            "clock_rate_ppb": place.clock.pieces[-1].rate_ppb,
            "end_off_ns": str(_end_off(span, cut)),
            "is_variable_rate": recording.video is not None and recording.video.is_variable_rate,
        }
        return clip

    def marker(self, one: MarkedTime) -> Any:
        """Return a mark."""
        start = on_track(one.start - self.zero)
        length = Fraction(0) if one.end is None else on_track(one.end - one.start)
        category = self._facts.category_name(one.mark)
        marker = otio.schema.Marker(
            name=one.mark.text or category or "mark",
            marked_range=_range(start, length, self._rate),
            color=otio.schema.MarkerColor.RED,
        )
        marker.metadata[NAME] = {
            "mark_id": one.mark.id,
            "category": category,
            "by": one.mark.by,
            "at": iso_utc(one.start),
            "at_ns": str(one.start),
            "tags": ", ".join(one.mark.tags),
            "people": "; ".join(self._facts.names_of(one.mark.people)),
        }
        return marker


def _is_sound(track: Track) -> bool:
    placed = track.camera.placed
    return bool(placed) and all(place.recording.video is None for place in placed)


def _end_off(span: IncidentRange, cut: Cut) -> DurationNs:
    return DurationNs(span.start + round(cut.duration * NS_PER_S) - span.end)


def _range(start: Fraction, duration: Fraction, rate: Fraction) -> Any:
    return otio.opentime.TimeRange(_time(start, rate), _time(duration, rate))


def _time(seconds: Fraction, rate: Fraction) -> Any:
    return otio.opentime.RationalTime(float(seconds * rate), float(rate))


def _seconds(time: Any) -> Fraction:
    return Fraction(time.value) / Fraction(time.rate)


def clips_with_times(text: str) -> Iterator[tuple[Any, IncidentTime, IncidentTime]]:
    """Yield each clip of a written timeline and the incident times of its ends, as an editing program places it."""
    timeline = otio.adapters.read_from_string(text, "otio_json")
    zero = int(timeline.metadata[NAME]["starts_ns"])
    for track in timeline.tracks:
        for clip in track.find_clips():
            within = clip.transformed_time_range(clip.source_range, timeline.tracks)
            start = zero + round(_seconds(within.start_time) * NS_PER_S)
            end = start + round(_seconds(within.duration) * NS_PER_S)
            yield clip, IncidentTime(start), IncidentTime(end)
