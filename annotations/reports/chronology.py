"""The chronology: every mark in order of time, how sure that time is, and which frame of each camera shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotations.paper import Picture
from annotations.paper.csv_table import Cell
from annotations.reports.facts import CaseFacts, MarkedTime, Sight, scope_words, worst_sigma
from annotations.reports.report import PaperFrame, Report
from annotations.reports.scope import TITLES, Maker, ReportKind
from evidence.time_text import LocalTimes, duration_text, sigma_text
from evidence.times import half_width_95, iso_utc

PICTURES_NOTE = (
    "The pictures are reduced and packed as photographs are, to show which moment is meant. The exact frames, full "
    "size and with their provenance, are saved by Sightline as stills."
)
HEADS = (
    "No.",
    "Start (local)",
    "End (local)",
    "Start (UTC)",
    "End (UTC)",
    "Uncertainty 95 % (ns)",
    "Category",
    "Text",
    "People",
    "Tags",
    "On the picture of",
    "Recording",
    "Frame",
    "Recorded by",
    "Made by",
    "Made (UTC)",
    "Changed by",
    "Changed (UTC)",
    "Id",
)


@dataclass(frozen=True, slots=True)
class Angle:
    """A camera at the instant of a mark: the name of its picture in the paper, or "", and what is said below it."""

    picture: str
    caption: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A mark in words; the template prints it."""

    number: int
    clock: str
    end_clock: str
    length: str
    day: str
    utc: str
    end_utc: str
    sureness: str
    category: str
    text: str
    on: str
    people: tuple[str, ...]
    tags: tuple[str, ...]
    made: str
    seen: tuple[str, ...]
    angles: tuple[Angle, ...]


def chronology(
    facts: CaseFacts,
    maker: Maker,
    times: LocalTimes,
    *,
    angles: Mapping[str, Sequence[Angle]] | None = None,
    pictures: Mapping[str, Picture] | None = None,
) -> Report:
    """Make the chronology.

    Args:
        facts: of the case.
        maker: who makes it when.
        times: writes local times.
        angles: by id of the mark, where pictures were asked for.
        pictures: by the names that the angles give them.
    """
    entries: list[Entry] = []
    rows: list[tuple[Cell, ...]] = []
    for number, one in enumerate(facts.marked_times, start=1):
        sights = facts.sights(one.start)
        shown = () if angles is None else tuple(angles.get(one.mark.id, ()))
        entries.append(_entry(facts, one, number, sights, times, angles=shown))
        rows.append(_row(facts, one, number, sights, times))
    content = {
        "part": scope_words(facts, times),
        "entries": tuple(entries),
        "pictures_note": PICTURES_NOTE if angles is not None else "",
    }
    frame = PaperFrame(facts.info, maker, pictures or {})
    paper = frame.paper("chronology.html", TITLES[ReportKind.CHRONOLOGY], content)
    return Report(paper, HEADS, tuple(rows), len(entries))


def frame_words(sight: Sight) -> str:
    """Say which frame of a camera shows an instant: `BWV 412, frame 812, ±12 ms`."""
    assert sight.place is not None
    sure = sigma_text(sight.sigma_ns)
    if sight.spot is None:
        return f"{sight.camera.name}, sound only, {sure}"
    if sight.place.recording.is_approximate:
        return f"{sight.camera.name}, approximate (played by VLC), {sure}"
    return f"{sight.camera.name}, frame {sight.spot.frame:,}, {sure}"


def _entry(
    facts: CaseFacts,
    one: MarkedTime,
    number: int,
    sights: tuple[Sight, ...],
    times: LocalTimes,
    *,
    angles: tuple[Angle, ...],
) -> Entry:
    mark, end = one.mark, one.end
    same_day = end is None or times.is_one_day(one.start, end)
    return Entry(
        number=number,
        clock=times.clock(one.start),
        end_clock="" if end is None else times.clock(end) if same_day else times.day_and_clock(end),
        length="" if end is None else duration_text(end - one.start),
        day=f"{times.day(one.start)} {times.zone_name(one.start)}",
        utc=iso_utc(one.start, digits=3),
        end_utc="" if end is None else iso_utc(end, digits=3),
        sureness=_sureness(one, sights),
        category=facts.category_name(mark),
        text=mark.text,
        on=_on(facts, one),
        people=facts.names_of(mark.people),
        tags=mark.tags,
        made=_made(mark.by, mark.created_ns, mark.changed_by, mark.changed_ns, times),
        seen=tuple(frame_words(sight).replace(" ms", "\N{NO-BREAK SPACE}ms") for sight in sights if sight.place),
        angles=angles,
    )


def _sureness(one: MarkedTime, sights: tuple[Sight, ...]) -> str:
    if one.place is not None:
        return sigma_text(one.place.sigma_ns)
    return f"{worst_sigma(sights)}"


def _on(facts: CaseFacts, one: MarkedTime) -> str:
    if one.mark.picture is None:
        return ""
    if one.place is None:
        return "a recording that has no place in time now; the time is that of the day it was marked"
    recording = one.place.recording
    name = facts.cameras[recording.camera_id].name
    frame = facts.frame_of(one.mark)
    exhibit = f" (exhibit {recording.exhibit})" if recording.exhibit else ""
    return f"{name}, {recording.display_name}{exhibit}" + ("" if frame is None else f", frame {frame:,}")


def _made(by: str, made_ns: int, changed_by: str, changed_ns: int, times: LocalTimes) -> str:
    made = f"Marked by {by}, {times.full(made_ns, 0)}"
    return made if changed_ns == made_ns else f"{made}; changed by {changed_by}, {times.full(changed_ns, 0)}"


def _row(
    facts: CaseFacts, one: MarkedTime, number: int, sights: tuple[Sight, ...], times: LocalTimes
) -> tuple[Cell, ...]:
    mark, end, place = one.mark, one.end, one.place
    sigmas = [place.sigma_ns] if place is not None else [sight.sigma_ns for sight in sights if sight.place is not None]
    known = [sigma for sigma in sigmas if sigma is not None]
    return (
        number,
        times.full(one.start),
        None if end is None else times.full(end),
        iso_utc(one.start),
        None if end is None else iso_utc(end),
        half_width_95(max(known)) if known and len(known) == len(sigmas) else None,
        facts.category_name(mark),
        mark.text,
        "; ".join(facts.names_of(mark.people)),
        ", ".join(mark.tags),
        None if place is None else facts.cameras[place.recording.camera_id].name,
        None if place is None else place.recording.display_name,
        facts.frame_of(mark),
        "; ".join(frame_words(sight) for sight in sights if sight.place is not None),
        mark.by,
        iso_utc(mark.created_ns, digits=0),
        mark.changed_by,
        iso_utc(mark.changed_ns, digits=0),
        mark.id,
    )
