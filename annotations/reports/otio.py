"""The case as a timeline for editing programs: OpenTimelineIO, one track a camera, each clip where it belongs.

The timeline's zero is the start of the case (its metadata says when that was). A clip's own times are in its stream's
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
from math import floor
from typing import Any

import opentimelineio as otio  # type: ignore[import-untyped]

from annotations.reports.facts import CaseFacts, MarkedTime
from annotations.reports.scope import Maker
from evidence.frame_index import FrameIndex
from evidence.program import program_name
from evidence.records import Recording
from evidence.times import NS_PER_S, DurationNs, IncidentRange, IncidentTime, half_width_95, iso_utc
from player.tracks import Track
from sync.timeline import PlacedRecording

NAME = "sightline"
"""Under which the metadata stand."""

_SOUND_RATE = 48_000
_NOTABLE_NS = 20_000_000
_TRACK_RATE = 240_000
"""Ticks a second in which gaps are counted: whole frames of 24, 25, 30, 50, 60 and 120 a second are whole numbers."""


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
    making = _Making(facts, span)
    timeline = otio.schema.Timeline(name=facts.info.title)
    for track in facts.tracks:
        timeline.tracks.append(making.track(track))
    markers = [making.marker(one) for one in facts.marked_times] if making.clips else []
    timeline.tracks.markers.extend(markers)
    timeline.metadata[NAME] = {
        "program": program_name(),
        "case": facts.info.reference,
        "case_id": facts.info.id,
        "starts": iso_utc(span.start),
        "starts_ns": str(span.start),
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
        clips: how many were made.
        drifts: of those made.
        left_out: names of recordings that were not.
    """

    def __init__(self, facts: CaseFacts, span: IncidentRange) -> None:
        self._facts = facts
        self._span = span
        self.clips = 0
        self.drifts: list[Drift] = []
        self.left_out: list[str] = []

    def track(self, track: Track) -> Any:
        """Return a camera's track: what shows of each recording, with gaps between."""
        camera, placed = track.camera.camera, track.camera.placed
        is_sound = bool(placed) and all(place.recording.video is None for place in placed)
        kind = otio.schema.TrackKind.Audio if is_sound else otio.schema.TrackKind.Video
        made = otio.schema.Track(name=camera.name, kind=kind)
        made.metadata[NAME] = {"camera_id": camera.id, "kind": camera.kind.value, "owner": camera.owner}
        stretches = list(track.stretches(self._span.start, self._span.end))
        ends = [_on_track(span.start - self._span.start) for span, _place in stretches[1:]]
        at = Fraction(0)
        for (span, place), following in zip_longest(stretches, ends):
            start = _on_track(span.start - self._span.start)
            most = None if following is None else following - start
            cut = _cut_of(place, span, self._facts.index_of(place.recording.id), most)
            if cut is None:
                self.left_out.append(place.recording.display_name)
                continue
            if start > at:
                made.append(otio.schema.Gap(source_range=_range(Fraction(0), start - at, Fraction(_TRACK_RATE))))
            made.append(self._clip(place, span, cut))
            at = start + cut.duration
        return made

    def _clip(self, place: PlacedRecording, span: IncidentRange, cut: _Cut) -> Any:
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
        end_off = span.start + round(cut.duration * NS_PER_S) - span.end
        piece = place.clock.pieces[-1]
        clip.metadata[NAME] = {
            "recording_id": recording.id,
            "exhibit": recording.exhibit,
            "sha256": recording.sha256,
            "incident_start": iso_utc(span.start),
            "incident_start_ns": str(span.start),
            "incident_end_ns": str(span.end),
            "uncertainty_95_ns": None if place.sigma_ns is None else str(half_width_95(place.sigma_ns)),
            "time_rests_on": place.basis,
            "clock_rate_ppb": piece.rate_ppb,
            "end_off_ns": str(end_off),
            "is_variable_rate": recording.video is not None and recording.video.is_variable_rate,
        }
        if abs(end_off) > _NOTABLE_NS:
            self.drifts.append(Drift(recording.display_name, piece.rate_ppb, end_off))
        self.clips += 1
        return clip

    def marker(self, one: MarkedTime) -> Any:
        """Return a mark."""
        start = _on_track(one.start - self._span.start)
        length = Fraction(0) if one.end is None else _on_track(one.end - one.start)
        category = self._facts.category_name(one.mark)
        marker = otio.schema.Marker(
            name=one.mark.text or category or "mark",
            marked_range=_range(start, length, Fraction(_TRACK_RATE)),
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


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is shown of a file, in seconds of its own time, and the rate in which that is told."""

    file_start: Fraction
    file_duration: Fraction
    start: Fraction
    duration: Fraction
    rate: Fraction


def _cut_of(
    place: PlacedRecording, span: IncidentRange, index: FrameIndex | None, most: Fraction | None
) -> _Cut | None:
    """Return what shows of a recording in a stretch of the incident, no longer than `most` seconds."""
    extent = _extent(place, index)
    if extent is None:
        return None
    file_start, file_duration, rate = extent
    start, end = file_start, file_start + file_duration
    if span.start > place.span.start:
        start = max(start, _whole(Fraction(place.media_ns_at(span.start), NS_PER_S), rate))
    if span.end < place.span.end:
        end = min(end, _whole(Fraction(place.media_ns_at(span.end), NS_PER_S), rate))
    duration = end - start if most is None else min(end - start, Fraction(floor(most * rate)) / rate)
    return None if duration <= 0 else _Cut(file_start, file_duration, start, duration, rate)


def _whole(seconds: Fraction, rate: Fraction) -> Fraction:
    return Fraction(floor(seconds * rate)) / rate


def _extent(place: PlacedRecording, index: FrameIndex | None) -> tuple[Fraction, Fraction, Fraction] | None:
    """Return where a file's own time begins, how long it is (seconds) and the rate in which both are told.

    The rate is that of the stream where its frames are even; else the number of its time units in a second, in
    which every frame's own time is whole.
    """
    recording = place.recording
    if index is not None and len(index):
        duration = (index.end_pts - int(index.pts[0])) * index.time_base
        return int(index.pts[0]) * index.time_base, duration, _rate(recording, index)
    if recording.duration_ns <= 0:
        return None
    rate = Fraction(recording.audio.sample_rate if recording.audio and recording.audio.sample_rate else _SOUND_RATE)
    return Fraction(place.origin_ns, NS_PER_S), Fraction(recording.duration_ns, NS_PER_S), rate


def _rate(recording: Recording, index: FrameIndex) -> Fraction:
    video = recording.video
    units = 1 / index.time_base
    if video is None or video.is_variable_rate or video.nominal_rate is None or video.nominal_rate <= 0:
        return units
    start, length = int(index.pts[0]) * index.time_base, (index.end_pts - int(index.pts[0])) * index.time_base
    frames_fit = (start * video.nominal_rate).denominator == 1 == (length * video.nominal_rate).denominator
    return video.nominal_rate if frames_fit else units


def _on_track(length_ns: int) -> Fraction:
    """Return a length on the timeline in seconds, to the nearest tick of the track."""
    return Fraction(round(Fraction(length_ns * _TRACK_RATE, NS_PER_S)), _TRACK_RATE)


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
