"""Who was recording when, as a paper and as a table: each statement with what the clocks leave open."""

from __future__ import annotations

from annotations.paper import Column, Section, tables_content
from annotations.paper.csv_table import Cell
from annotations.reports.facts import CaseFacts
from annotations.reports.report import PaperFrame, Report
from annotations.reports.scope import TITLES, Maker, ReportKind
from evidence.time_text import LocalTimes
from evidence.times import iso_utc
from sync.coverage import CameraCoverage, Coverage, Covers, RangeCoverage
from sync.coverage_words import ENDS_NOTE, CoverageWords, gaps_with_both_ends
from sync.edges import SameMinute
from sync.sound_kept import Silences

HEADS = ("Camera", "Covers", "From (UTC)", "To (UTC)", "Length (ns)", "Clock within 95 % (ns)", "Certain", "In words")
_COVERS = {Covers.ALL: "All of it", Covers.PART: "Part of it", Covers.NONE: "None of it"}


def coverage_report(facts: CaseFacts, silences: Silences, maker: Maker, times: LocalTimes) -> Report:
    """Make the report; `silences` tells where sound was looked at."""
    coverage = Coverage(facts.timeline, silences)
    span = facts.scope.span
    answer = coverage.whole() if span is None or not span.duration_ns else coverage.in_range(span)
    frame = PaperFrame(facts.info, maker)
    if answer is None:
        content = tables_content(["No recording has a place in time yet."])
        return Report(frame.paper("tables.html", TITLES[ReportKind.COVERAGE], content), HEADS, (), 0)
    cameras = [one for one in answer.cameras if facts.scope.has_camera(one.camera.id)]
    words = CoverageWords(answer, times)
    said = (words.heading, words.nobody(), words.together(), words.left_out(), *words.sound_notes())
    lines = [one for one in said if one]
    content = tables_content(lines, (), _sections(words, answer, cameras))
    rows = tuple(row for one in cameras for row in _rows(words, one))
    return Report(frame.paper("tables.html", TITLES[ReportKind.COVERAGE], content), HEADS, rows, len(cameras))


def _sections(words: CoverageWords, answer: RangeCoverage, cameras: list[CameraCoverage]) -> list[Section]:
    columns = (
        Column("Camera", 26),
        Column("When", 36),
        Column("Clock (95 %)", 14),
        Column("What that leaves open", 24),
    )
    sections = []
    for covers, title in _COVERS.items():
        found = [one for one in cameras if one.covers is covers]
        rows = tuple(
            (one.camera.name, _when(words, one), words.clock(one), words.doubt(one) or "nothing") for one in found
        )
        sections.append(Section(f"{title} ({len(found)})", (), columns, rows))
    nobody = gaps_with_both_ends(answer.nobody)
    sections.append(
        Section(
            f"Nobody recording ({len(nobody)})",
            (),
            (Column("When", 36), Column("How long", 32), Column("Between", 32)),
            tuple((words.gap_when(gap), words.gap(gap), words.gap_between(gap)) for gap in nobody),
        )
    )
    gaps = [(one, gap) for one in cameras for gap in gaps_with_both_ends(one.gaps)]
    sections.append(
        Section(
            f"Gaps of each camera ({len(gaps)})",
            (),
            (Column("Camera", 26), Column("When", 36), Column("How long", 38)),
            tuple((one.camera.name, words.gap_when(gap), words.gap(gap)) for one, gap in gaps),
        )
    )
    lacks = [(one, lack) for one in cameras for lack in one.lacking_sound]
    unknown = tuple(f"{one.camera.name}: {words.unknown_sound(one)}." for one in cameras if one.sound_unknown)
    sections.append(
        Section(
            f"Without sound ({len(lacks)})",
            unknown,
            (Column("Camera", 26), Column("When", 36), Column("What", 38)),
            tuple((one.camera.name, words.span(lack.span), words.no_sound(lack)) for one, lack in lacks),
        )
    )
    minutes = answer.same_minute
    sections.append(
        Section(
            f"Within the same minute ({len(minutes)})",
            (ENDS_NOTE,) if any(one.is_end for one in minutes) else (),
            (Column("What", 60), Column("How sure", 40)),
            tuple((_minute(words, one), words.minute_doubt(one) or "certain") for one in minutes),
        )
    )
    return sections


def _minute(words: CoverageWords, one: SameMinute) -> str:
    edges = (f"{words.at(edge.instant)} {words.name(edge.camera_id)}" for edge in one.edges)
    return "\n".join((words.minute(one), *edges))


def _when(words: CoverageWords, one: CameraCoverage) -> str:
    spans = "\n".join(words.span(part) for part in one.parts) if len(one.parts) > 1 else ""
    return "\n".join(filter(None, (words.when(one), spans)))


def _rows(words: CoverageWords, one: CameraCoverage) -> list[tuple[Cell, ...]]:
    said = "; ".join(filter(None, (words.when(one), words.doubt(one))))
    whole: tuple[Cell, ...] = (one.camera.name, one.covers.value)
    last: tuple[Cell, ...] = (one.half_width_ns, one.is_certain, said)
    if not one.parts:
        return [(*whole, None, None, 0, *last)]
    return [(*whole, iso_utc(part.start), iso_utc(part.end), part.duration_ns, *last) for part in one.parts]
