"""Times of a timeline for editing programs: what shows of a file in its own units, places on a track, timecode."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

import numpy as np

from annotations.reports.facts import CaseFacts
from evidence.frame_index import FrameIndex
from evidence.records import Recording
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from sync.timeline import PlacedRecording

_SOUND_RATE = 48_000
_TICKS = 240_000
"""Ticks a second to which places are rounded: whole frames of 24, 25, 30, 50, 60 and 120 a second are whole numbers."""

_EDITING_RATES = tuple(Fraction(*one) for one in (
    (24_000, 1001), (24, 1), (25, 1), (30_000, 1001), (30, 1), (50, 1), (60_000, 1001), (60, 1)
))  # fmt: skip
"""Frame rates that editing programs have timecode for (SMPTE ST 12-1)."""

_USUAL_RATE = Fraction(25)


@dataclass(frozen=True, slots=True)
class Cut:
    """What is shown of a file, in seconds of its own time, and the rate in which that is told."""

    file_start: Fraction
    file_duration: Fraction
    start: Fraction
    duration: Fraction
    rate: Fraction


def cut_of(place: PlacedRecording, span: IncidentRange, index: FrameIndex | None, most: Fraction | None) -> Cut | None:
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
    return None if duration <= 0 else Cut(file_start, file_duration, start, duration, rate)


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


def editing_rate(facts: CaseFacts) -> Fraction:
    """Return the frame rate of timecode that most recordings come closest to, by the usual distance of their frames."""
    rates: Counter[Fraction] = Counter()
    for recording in facts.recordings:
        index = facts.index_of(recording.id)
        if index is not None and len(index) > 1:
            rates[_nearest(1 / (int(np.median(np.diff(index.pts))) * index.time_base))] += 1
    return min(rates, key=lambda one: (-rates[one], one)) if rates else _USUAL_RATE


def _nearest(rate: Fraction) -> Fraction:
    """Return the rate of timecode of which `rate` is, or is next to, the whole, the half, the third ... a fifth."""
    pairs = [(times, one) for times in range(1, 6) for one in _EDITING_RATES]
    return min(pairs, key=lambda pair: (round(abs(rate * pair[0] / pair[1] - 1), 4), pair[0]))[1]


def of_day(at: IncidentTime, time_zone: str) -> Fraction:
    """Return the seconds since local midnight, as clocks on the wall show them."""
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at // 1000)).astimezone(ZoneInfo(time_zone))
    return Fraction(local.hour * 3600 + local.minute * 60 + local.second)


def on_track(length_ns: int) -> Fraction:
    """Return a length on the timeline in seconds, to the nearest tick of the track."""
    return Fraction(round(Fraction(length_ns * _TICKS, NS_PER_S)), _TICKS)
