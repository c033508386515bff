"""The list of timings for a statement: per recording, in plain sentences, where each mark and clip is and when."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from annotations.clips.clip import Clip
from annotations.paper.csv_table import Cell
from annotations.reports.facts import CaseFacts, MarkedTime, scope_words
from annotations.reports.format_words import position_text
from annotations.reports.report import PaperFrame, Report
from annotations.reports.scope import TITLES, Maker, ReportKind
from evidence.records import Recording
from evidence.time_text import LocalTimes, sigma_text
from evidence.times import IncidentTime, half_width_95, iso_utc
from player.tracks import FrameSpot, Track
from sync.timeline import PlacedRecording

HEADS = (
    "Exhibit",
    "Camera",
    "File",
    "Position in the file",
    "Until",
    "Frame",
    "Local time",
    "UTC",
    "Uncertainty 95 % (ns)",
    "Category",
    "Text",
    "Marked by",
)


@dataclass(frozen=True, slots=True)
class Timing:
    """One sentence: where in the file, and what is said of it."""

    position: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Viewed:
    """One recording in which something is marked."""

    heading: str
    opening: str
    timings: tuple[Timing, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A mark or a clip in one recording."""

    id: str
    start: IncidentTime
    end: IncidentTime | None
    place: PlacedRecording
    camera_name: str
    frame: int | None
    category: str
    text: str
    said: str
    by: str


def timings(facts: CaseFacts, maker: Maker, times: LocalTimes) -> Report:
    """Make the list: of each recording the marks that it shows, in the order of the file."""
    hits = [hit for track in facts.tracks for one in facts.marked_times for hit in _mark_hits(facts, track, one)]
    hits += [hit for track in facts.tracks for clip in facts.clips_in_scope for hit in _clip_hits(track, clip)]
    order = {place.recording.id: number for number, place in enumerate(_in_order(facts))}
    hits.sort(key=lambda hit: (order[hit.place.recording.id], hit.start, hit.id))
    viewed: list[Viewed] = []
    for _id, own in groupby(hits, key=lambda hit: hit.place.recording.id):
        viewed.append(_viewed(list(own), times))
    seen = {hit.id for hit in hits}
    unseen = [one for one in facts.marked_times if one.mark.id not in seen]
    content = {
        "part": scope_words(facts, times),
        "viewed": tuple(viewed),
        "unseen": tuple(f"{times.full(one.start)}: {_said(facts, one)}" for one in unseen),
    }
    paper = PaperFrame(facts.info, maker).paper("timings.html", TITLES[ReportKind.TIMINGS], content)
    return Report(paper, HEADS, tuple(_row(hit, times) for hit in hits), len(hits))


def _in_order(facts: CaseFacts) -> list[PlacedRecording]:
    return [place for track in facts.tracks for place in track.camera.placed]


def _mark_hits(facts: CaseFacts, track: Track, one: MarkedTime) -> list[_Hit]:
    if one.mark.picture is not None:
        if one.place is None or one.place.recording.camera_id != track.camera_id:
            return []
        return [_mark_hit(facts, track, one, one.place, facts.frame_of(one.mark))]
    spot = track.at(one.start)
    if isinstance(spot, FrameSpot):
        frame = None if spot.place.recording.is_approximate else spot.frame
        return [_mark_hit(facts, track, one, spot.place, frame)]
    place = track.camera.find_at(one.start) if spot.is_sound_only else None
    return [] if place is None else [_mark_hit(facts, track, one, place, None)]


def _mark_hit(facts: CaseFacts, track: Track, one: MarkedTime, place: PlacedRecording, frame: int | None) -> _Hit:
    return _Hit(
        id=one.mark.id,
        start=one.start,
        end=one.end,
        place=place,
        camera_name=track.camera.camera.name,
        frame=frame,
        category=facts.category_name(one.mark),
        text=one.mark.text,
        said=_said(facts, one),
        by=one.mark.by,
    )


def _clip_hits(track: Track, clip: Clip) -> list[_Hit]:
    """Return a clip's part of each recording that shows in it."""
    draft = clip.draft
    if draft.camera_ids is not None and track.camera_id not in draft.camera_ids:
        return []
    hits = []
    for span, place in track.stretches(draft.span.start, draft.span.end):
        spot = track.at(span.start)
        is_frame = isinstance(spot, FrameSpot) and not place.recording.is_approximate
        hits.append(
            _Hit(
                id=clip.id,
                start=span.start,
                end=span.end,
                place=place,
                camera_name=track.camera.camera.name,
                frame=spot.frame if isinstance(spot, FrameSpot) and is_frame else None,
                category="Clip",
                text=draft.name,
                said=f"Clip “{draft.name}”{f' (exhibit {draft.exhibit})' if draft.exhibit else ''} begins.",
                by=clip.changed_by,
            )
        )
    return hits


def _viewed(hits: list[_Hit], times: LocalTimes) -> Viewed:
    place = hits[0].place
    recording = place.recording
    what = f"exhibit {recording.exhibit}" if recording.exhibit else "a recording without an exhibit reference"
    return Viewed(
        heading=" · ".join(filter(None, (recording.exhibit, hits[0].camera_name, recording.display_name))),
        opening=(
            f"I have viewed {what}, the file {recording.display_name} of {hits[0].camera_name}. By the common clock of "
            f"the case it runs from {times.full(place.span.start)} to {times.full(place.span.end)}, "
            f"{_sure(place)}. Times are given from the start of the file."
        ),
        timings=tuple(Timing(_position(hit), f"At {times.clock(hit.start)}{_frame(hit)}: {hit.said}") for hit in hits),
    )


def _sure(place: PlacedRecording) -> str:
    return "with an uncertainty that is not known" if place.sigma_ns is None else sigma_text(place.sigma_ns)


def _frame(hit: _Hit) -> str:
    return "" if hit.frame is None else f" (frame {hit.frame:,})"


def _position(hit: _Hit) -> str:
    start = position_text(_from_start(hit.place, hit.start))
    end = hit.end
    if end is None:
        return start
    inside = min(end, hit.place.span.end)
    return f"{start} to {position_text(_from_start(hit.place, IncidentTime(inside)))}"


def _from_start(place: PlacedRecording, instant: IncidentTime) -> int:
    return place.media_ns_at(instant) - place.origin_ns


def _said(facts: CaseFacts, one: MarkedTime) -> str:
    category = facts.category_name(one.mark)
    said = ": ".join(filter(None, (category, one.mark.text))) or "marked without a text"
    people = facts.names_of(one.mark.people)
    return f"{said}{'' if said.endswith(('.', '!', '?')) else '.'}" + (
        f" People: {'; '.join(people)}." if people else ""
    )


def _row(hit: _Hit, times: LocalTimes) -> tuple[Cell, ...]:
    recording: Recording = hit.place.recording
    sigma = hit.place.sigma_ns
    start, _, until = _position(hit).partition(" to ")
    return (
        recording.exhibit,
        hit.camera_name,
        recording.display_name,
        start,
        until,
        hit.frame,
        times.full(hit.start),
        iso_utc(hit.start),
        None if sigma is None else half_width_95(sigma),
        hit.category,
        hit.text,
        hit.by,
    )
