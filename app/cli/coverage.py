"""`info CASE --coverage`: who was recording when, as one JSON document or as small tables."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from app.cli.options import case_timeline, interruptible, typed_time_context
from app.cli.output import Output
from app.silences import preview_stores, read_silences
from app.time_text import LocalTimes
from app.typed_time import parse_time
from evidence.case import Case
from evidence.errors import UsageError
from evidence.records import CaseInfo
from evidence.times import IncidentRange, IncidentTime, iso_utc
from sync.coverage import CameraCoverage, Coverage, RangeCoverage, Stretch
from sync.coverage_words import ENDS_NOTE, CoverageWords, gaps_with_both_ends
from sync.edges import SameMinute
from sync.nobody import Gap
from sync.sound_kept import NoSound
from sync.timeline import Timeline


def tell_coverage(case: Case, output: Output, *, from_time: str, to_time: str) -> None:
    """Say who was recording in a range, or in all of the case.

    Raises:
        NoTimeError: a time cannot be read.
        UsageError: the range ends before it starts.
    """
    about, timeline = case.info(), case_timeline(case)
    asked = _asked(case, timeline, from_time, to_time)
    if asked is None:
        output.document({"ok": True, "case": about, "coverage": None})
        output.line("No recording has a place in time yet.")
        return
    recordings = [
        place.recording
        for row in timeline.cameras
        for place in row.placed
        if place.span.start < asked.end and place.span.end > asked.start
    ]
    with output.progress("Looking for silence") as progress, interruptible() as cancelled:
        silences = read_silences(recordings, preview_stores(case.folder), progress, cancelled)
    coverage = Coverage(timeline, silences)
    answer = coverage.in_range(asked)
    if output.is_json:
        output.document({"ok": True, "case": about, "coverage": _as_json(answer, coverage.stretches(asked))})
        return
    _tell(output, answer, about)


def _asked(case: Case, timeline: Timeline, from_time: str, to_time: str) -> IncidentRange | None:
    span = timeline.span
    if span is None or not span.duration_ns:
        return None
    context = typed_time_context(case)
    start = parse_time(from_time, context).instant if from_time else span.start
    end = parse_time(to_time, context).instant if to_time else span.end
    if end <= start:
        raise UsageError(
            f"The range from {iso_utc(start, digits=3)} to {iso_utc(end, digits=3)} has no length.",
            remedy=f"The case lies between {iso_utc(span.start, digits=3)} and {iso_utc(span.end, digits=3)}; "
            "give --to a later time than --from.",
        )
    return IncidentRange(start, end)


def _as_json(answer: RangeCoverage, stretches: tuple[Stretch, ...]) -> dict[str, object]:
    return {
        **_range_as_json(answer.asked),
        "is_whole_case": answer.is_whole,
        "unplaced": answer.unplaced,
        "cameras": [_camera_as_json(one) for one in answer.cameras],
        "nobody_ns": answer.nobody_ns,
        "together_ns": answer.together_ns,
        "busiest": None
        if answer.busiest is None
        else {**_range_as_json(answer.busiest.span), "cameras": answer.busiest.camera_ids},
        "nobody": [_gap_as_json(gap) for gap in answer.nobody],
        "same_minute": [_minute_as_json(one) for one in answer.same_minute],
        "stretches": [{**_range_as_json(one.span), "cameras": one.camera_ids} for one in stretches],
    }


def _range_as_json(span: IncidentRange) -> dict[str, object]:
    return {"from": iso_utc(span.start), "to": iso_utc(span.end), "from_ns": span.start, "to_ns": span.end}


def _camera_as_json(one: CameraCoverage) -> dict[str, object]:
    return {
        "id": one.camera.id,
        "name": one.camera.name,
        "kind": one.camera.kind,
        "covers": one.covers,
        "is_certain": one.is_certain,
        "clock_within_ns": one.half_width_ns,
        "covered": one.covered,
        "parts": [_range_as_json(part) for part in one.parts],
        "gaps": [_gap_as_json(gap) for gap in one.gaps],
        "without_sound": [_no_sound_as_json(lack) for lack in one.lacking_sound],
        "sound_not_looked_at": one.sound_unknown,
        "unplaced": one.unplaced,
    }


def _gap_as_json(gap: Gap) -> dict[str, object]:
    def instant(one: IncidentTime | None) -> str | None:
        return None if one is None else iso_utc(one)

    return {
        "from": instant(gap.start),
        "to": instant(gap.end),
        "from_ns": gap.start,
        "to_ns": gap.end,
        "length_ns": gap.length_ns,
        "at_least_ns": gap.at_least_ns,
        "at_most_ns": gap.at_most_ns,
        "is_certain": gap.is_certain,
        "before": gap.before,
        "after": gap.after,
        "is_continued": gap.is_continued,
    }


def _minute_as_json(one: SameMinute) -> dict[str, object]:
    return {
        "what": "end" if one.is_end else "start",
        "spread_ns": one.spread_ns,
        "at_least_ns": one.at_least_ns,
        "at_most_ns": one.at_most_ns,
        "is_certain": one.is_certain,
        "cameras_before": one.cameras_before,
        "cameras_after": one.cameras_after,
        "edges": [
            {
                "camera": edge.camera_id,
                "at": iso_utc(edge.instant),
                "at_ns": edge.instant,
                "clock_within_ns": edge.half_width_ns,
            }
            for edge in one.edges
        ],
    }


def _no_sound_as_json(one: NoSound) -> dict[str, object]:
    return {
        **_range_as_json(one.span),
        "recording": one.recording_id,
        "lack": one.lack,
        "is_from_start": one.is_from_start,
        "is_whole": one.is_whole,
    }


def _tell(output: Output, answer: RangeCoverage, about: CaseInfo) -> None:
    words = CoverageWords(answer, LocalTimes(ZoneInfo(about.time_zone)))
    output.line(words.heading, style="bold")
    rows = [(one.camera.name, words.when(one), words.clock(one), words.doubt(one)) for one in answer.cameras]
    _table(output, ("Camera", "Recorded", "Clock (95 %)", ""), rows)
    for sentence in filter(None, (words.nobody(), words.together(), words.left_out())):
        output.line(sentence)
    nobody = gaps_with_both_ends(answer.nobody)
    if nobody:
        _section(output, "Nobody recording")
        _table(output, (), [(words.gap_when(gap), words.gap_between(gap), words.gap(gap)) for gap in nobody])
    gaps = [(one.camera.name, words.gap_when(gap), words.gap(gap)) for one in answer.cameras for gap in one.gaps]
    if gaps:
        _section(output, "Gaps of each camera")
        _table(output, (), gaps)
    if answer.same_minute:
        _section(output, "Within the same minute")
    for minute in answer.same_minute:
        output.line("  " + "; ".join(filter(None, (words.minute(minute), words.minute_doubt(minute)))))
        _table(output, (), [(f"  {words.name(edge.camera_id)}", words.at(edge.instant)) for edge in minute.edges])
    if any(minute.is_end for minute in answer.same_minute):
        output.line(f"  {ENDS_NOTE}")
    _tell_sound(output, answer, words)


def _tell_sound(output: Output, answer: RangeCoverage, words: CoverageWords) -> None:
    lacking = [
        (one.camera.name, words.span(lack.span), words.no_sound(lack))
        for one in answer.cameras
        for lack in one.lacking_sound
    ]
    unknown = [(one.camera.name, words.unknown_sound(one)) for one in answer.cameras if one.sound_unknown]
    if lacking or unknown:
        _section(output, "Without sound")
    _table(output, (), lacking)
    _table(output, (), unknown)
    for note in words.sound_notes():
        output.line(f"  {note}")
    if unknown:
        output.line("  Sound is looked at once the window has made the waveforms (“Make previews now”).")


def _section(output: Output, title: str) -> None:
    output.line()
    output.line(title, style="bold")


def _table(output: Output, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print columns that are as wide as what is in them; the last is left open."""
    lines = [head, *rows] if head else rows
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        output.line(f"  {'  '.join(cells)}".rstrip())
