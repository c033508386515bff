"""Reports of a real case: what they say is what the case holds, in every form, and nothing in them acts."""

from __future__ import annotations

import csv
import io
import shutil
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from annotations.clips.clip import ClipDraft, add_clip
from annotations.marks import Mark, MarkDraft, PictureAnchor, add_mark
from annotations.paper.page import html_text
from annotations.people import Role, set_person
from annotations.reports.chronology import chronology
from annotations.reports.exhibits import exhibit_list
from annotations.reports.facts import CaseFacts, read_facts
from annotations.reports.scope import WHOLE_CASE, Maker, ReportKind, Scope
from annotations.ui.paper_pdf import write_pdf
from app.demo.truth import TrueFile, load_truth
from app.demo_case import DemoCase
from app.report_job import ReportRequest, ReportResult, make_report
from evidence.case import Case
from evidence.errors import Cancelled, UsageError
from evidence.item_history import ItemHistory
from evidence.jobs import ProgressReport, never_cancelled, no_progress
from evidence.records import CaseInfo, Recording
from evidence.time_text import LocalTimes
from evidence.times import NS_PER_S, IncidentRange, IncidentTime, iso_utc
from evidence.verify import VerifyRequest, verify_originals
from sync.timeline import Timeline
from tests.support.case_dump import actions_of, assert_log_is_whole
from tests.support.papers import HOSTILE, HOSTILE_SHOWN, pdf_facts, pdf_text, read_page

MAKER = Maker("DC Harper", 1_773_560_000 * NS_PER_S)
HOSTILE_LINE = HOSTILE.replace("\x00", "").replace("\u202e", "")


@pytest.fixture(scope="module")
def own(demo_case: DemoCase, tmp_path_factory: pytest.TempPathFactory) -> DemoCase:
    """Return a copy of the demo, with marks, that these tests may write to."""
    folder = tmp_path_factory.mktemp("reports") / "demo"
    shutil.copytree(demo_case.case_folder.parent, folder)
    case = folder / demo_case.case_folder.name
    with Case.open(case) as opened:
        for recording in opened.recordings():
            (here,) = (folder / demo_case.media_folder.name).rglob(recording.display_name)
            opened.relocate_original(recording.id, here, by="PC 1")
        _mark(opened)
    media = folder / demo_case.media_folder.name
    return DemoCase(case, media, media / "truth.json")


def _mark(case: Case) -> None:
    start = read_facts(case, WHOLE_CASE).timeline.span
    assert start is not None
    person, _step = set_person(case, "=cmd|calc", Role.WITNESS, by="DC Harper")
    for seconds, text in ((4, "Door opens"), (9, HOSTILE), (6, "")):
        at = IncidentTime(start.start + seconds * NS_PER_S)
        add_mark(case, MarkDraft(at, text, people=(person,), tags=("=tag",)), by=HOSTILE_LINE[:80])
    at = IncidentTime(start.start + 7 * NS_PER_S)
    add_mark(case, MarkDraft(at, "A range", end=IncidentTime(at + NS_PER_S)), by="PS Marsh")
    cut = IncidentRange(IncidentTime(start.start + 5 * NS_PER_S), IncidentTime(start.start + 8 * NS_PER_S))
    add_clip(case, ClipDraft("Struggle <b>", cut, exhibit="JH/2-A"), by="DC Harper")
    recording = case.recordings()[0]
    index = case.frame_index(recording.id)
    assert index is not None
    assert recording.video_stream is not None
    anchor = PictureAnchor(recording.id, recording.video_stream, index.media_time(77))
    add_mark(case, MarkDraft(at, "On frame 77", picture=anchor), by="PS Marsh")
    case.set_exhibit(recording.id, "JH/10", by="DC Harper")
    case.set_exhibit(case.recordings()[1].id, "JH/2", by="DC Harper")


@pytest.fixture
def facts(own: DemoCase) -> Iterator[CaseFacts]:
    with Case.open(own.case_folder, read_only=True) as case:
        yield read_facts(case, WHOLE_CASE)


def made(
    own: DemoCase, out: Path, kind: ReportKind, scope: Scope = WHOLE_CASE, *, stills: bool = False
) -> ReportResult:
    request = ReportRequest(own.case_folder, kind, out, MAKER, scope, with_stills=stills)
    return make_report(request, no_progress, never_cancelled)


def table(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))


def test_the_chronology_names_the_frames_that_the_truth_names(own: DemoCase, facts: CaseFacts) -> None:
    by_name: dict[str, TrueFile] = {file.path.rpartition("/")[2]: file for file in load_truth(own.media_folder).files}
    checked = 0
    for one in facts.marked_times:
        for sight in facts.sights(one.start):
            if sight.spot is None:
                continue
            true = by_name[sight.spot.place.recording.display_name]
            assert sight.spot.frame == bisect_right(true.incident_ns, one.start) - 1
            checked += 1
    assert checked > 5


def test_a_mark_on_a_picture_has_its_frame_and_the_time_of_today(own: DemoCase, tmp_path: Path) -> None:
    made(own, tmp_path / "a.csv", ReportKind.CHRONOLOGY)
    (row,) = [one for one in table(tmp_path / "a.csv") if one["Text"] == "On frame 77"]
    with Case.open(own.case_folder, read_only=True) as case:
        facts = read_facts(case, WHOLE_CASE)
        recording = case.recordings()[0]
        index = case.frame_index(recording.id)
        assert index is not None
        start = facts.places[recording.id].frame_starts(index)[77]
    assert (row["Frame"], row["Recording"]) == ("77", recording.display_name)
    assert row["Start (UTC)"] == iso_utc(int(start))


@pytest.mark.parametrize("kind", list(ReportKind))
def test_pages_of_a_hostile_case_do_nothing_and_lose_nothing(own: DemoCase, kind: ReportKind, tmp_path: Path) -> None:
    made(own, tmp_path / "a.html", kind)
    text = (tmp_path / "a.html").read_text()
    page = read_page(text)
    assert page.acting == []
    assert "script" not in page.tags
    if kind in {ReportKind.CHRONOLOGY, ReportKind.TIMINGS}:
        assert any(HOSTILE_SHOWN in words for words in page.texts)
    made(own, tmp_path / "a.csv", kind)
    for row in csv.reader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8-sig"), newline="")):
        assert not any(cell[:1] in {"=", "@", "+"} for cell in row)


@pytest.mark.parametrize("kind", list(ReportKind))
def test_the_same_case_and_moment_give_the_same_bytes(own: DemoCase, kind: ReportKind, tmp_path: Path) -> None:
    results = []
    for ending in ("html", "csv", "pdf") if kind is ReportKind.EXHIBITS else ("html", "csv"):
        results = [made(own, tmp_path / f"{turn}.{ending}", kind) for turn in range(2)]
        assert results[0].sha256 == results[1].sha256
    if kind is ReportKind.EXHIBITS:
        facts = pdf_facts(tmp_path / "0.pdf")
        assert int(facts["Pages"]) == results[0].pages
        assert facts["CreationDate"] == "2026-03-15T07:33:20Z"


def test_the_exhibit_list_tells_what_the_case_holds(own: DemoCase, tmp_path: Path) -> None:
    with Case.open(own.case_folder) as case:
        verify_originals(VerifyRequest(case.folder, "PS Marsh"), no_progress, never_cancelled, case=case)
        recordings = {one.sha256: one for one in case.recordings()}
        frames = {one.sha256: case.frame_index(one.id) for one in case.recordings()}
    made(own, tmp_path / "a.csv", ReportKind.EXHIBITS)
    rows = table(tmp_path / "a.csv")
    assert {row["SHA-256"] for row in rows} == set(recordings)
    assert [row["Exhibit"] for row in rows if row["Exhibit"].startswith("JH")] == ["JH/2", "JH/10"]
    for row in rows:
        recording, index = recordings[row["SHA-256"]], frames[row["SHA-256"]]
        assert int(row["Size (bytes)"]) == recording.size_bytes
        assert int(row["Duration (ns)"]) == recording.duration_ns
        assert (row["Check"], row["Checked by"]) == ("VERIFIED", "PS Marsh")
        if index is not None:
            assert row["Frames"].startswith(f"{len(index):,} frames")
    made(own, tmp_path / "a.pdf", ReportKind.EXHIBITS)
    text = "".join(pdf_text(tmp_path / "a.pdf").split())
    assert all(digest in text for digest in recordings)
    assert "Notshowntobeunchanged" not in text


def test_what_was_not_checked_is_not_shown_as_good(facts: CaseFacts) -> None:
    unchecked = replace(facts, histories={one.id: ItemHistory("PC 1", None) for one in facts.recordings})
    report = exhibit_list(unchecked, MAKER, facts_times())
    text = html_text(report.paper)
    assert "VERIFIED" not in text
    assert text.count("UNKNOWN") == len(facts.recordings)
    assert "Not shown to be unchanged" in text


def door_of(facts: CaseFacts) -> IncidentTime:
    (door,) = [one for one in facts.marked_times if one.mark.text == "Door opens"]
    return door.start


def facts_times() -> LocalTimes:
    return LocalTimes(ZoneInfo("Europe/London"))


def test_timings_count_from_the_start_of_each_file(own: DemoCase, facts: CaseFacts, tmp_path: Path) -> None:
    made(own, tmp_path / "a.csv", ReportKind.TIMINGS)
    rows = table(tmp_path / "a.csv")
    door = [row for row in rows if row["Text"] == "Door opens"]
    assert len(door) == sum(sight.place is not None for sight in facts.sights(door_of(facts)))
    for row in door:
        hours, minutes, seconds = row["Position in the file"].split(":")
        ms = (int(hours) * 60 + int(minutes)) * 60_000 + int(seconds.replace(".", ""))
        (place,) = [one for one in facts.places.values() if one.recording.display_name == row["File"]]
        back = place.incident_at_media_ns(place.origin_ns + ms * 1_000_000)
        assert 0 <= door_of(facts) - back < 2_000_000
    assert len([row for row in rows if row["Text"] == "On frame 77"]) == 1


def test_clips_are_in_the_timings_and_in_the_exhibit_list(own: DemoCase, facts: CaseFacts, tmp_path: Path) -> None:
    made(own, tmp_path / "a.csv", ReportKind.TIMINGS)
    rows = [row for row in table(tmp_path / "a.csv") if row["Category"] == "Clip"]
    (clip,) = facts.clips
    span = clip.draft.span
    stretches = [found for track in facts.tracks for found in track.stretches(span.start, span.end)]
    assert len(rows) == len(stretches) > 2
    assert {row["UTC"] for row in rows} == {iso_utc(found.start) for found, _place in stretches}
    made(own, tmp_path / "a.html", ReportKind.EXHIBITS)
    text = (tmp_path / "a.html").read_text()
    assert "JH/2-A" in text
    assert "Struggle &lt;b&gt;" in text
    assert "several sources" in text


def test_a_part_says_that_it_is_one(own: DemoCase, facts: CaseFacts, tmp_path: Path) -> None:
    door = door_of(facts)
    scope = Scope(IncidentRange(door, IncidentTime(door + NS_PER_S)), (next(iter(facts.cameras)),))
    made(own, tmp_path / "a.html", ReportKind.CHRONOLOGY, scope)
    text = (tmp_path / "a.html").read_text()
    assert "Only a part of the case: from Sat 14 Mar 2026" in text
    assert "Door opens" in text
    assert "A range" not in text


def test_pictures_show_the_frames_and_the_log_tells_of_the_report(own: DemoCase, tmp_path: Path) -> None:
    result = made(own, tmp_path / "a.html", ReportKind.CHRONOLOGY, stills=True)
    text = (tmp_path / "a.html").read_text()
    page = read_page(text)
    with Case.open(own.case_folder) as case:
        facts = read_facts(case, WHOLE_CASE)
        expected = sum(one.spot is not None for mark in facts.marked_times for one in facts.sights(mark.start))
        assert actions_of(case.folder)[-1] == "report.made"
        assert f'"sha256":"{result.sha256}"' in (case.folder / "audit.log").read_text()
        assert_log_is_whole(case)
    assert page.tags["img"] == expected
    assert page.acting == []
    assert result.pictures_failed == 0


def test_an_original_that_changed_gives_a_reason_and_no_picture(own: DemoCase, tmp_path: Path) -> None:
    shutil.copytree(own.case_folder.parent, tmp_path / "demo")
    case = tmp_path / "demo" / own.case_folder.name
    with Case.open(case) as opened:
        recording: Recording = opened.recordings()[0]
        (here,) = (tmp_path / "demo" / own.media_folder.name).rglob(recording.display_name)
        opened.relocate_original(recording.id, here, by="PC 1")
    content = bytearray(here.read_bytes())
    content[len(content) // 2] ^= 1
    here.chmod(0o644)
    here.write_bytes(content)
    request = ReportRequest(case, ReportKind.CHRONOLOGY, tmp_path / "a.html", MAKER, with_stills=True)
    result = make_report(request, no_progress, never_cancelled)
    assert result.pictures_failed > 0
    assert "The original is not the file that was added" in (tmp_path / "a.html").read_text()


def test_a_report_replaces_nothing_unasked_and_leaves_nothing_when_cancelled(own: DemoCase, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("given to somebody")
    with pytest.raises(UsageError, match="there already"):
        made(own, tmp_path / "a.csv", ReportKind.CHRONOLOGY)
    assert (tmp_path / "a.csv").read_text() == "given to somebody"
    with pytest.raises(UsageError, match="does not say what"):
        made(own, tmp_path / "a.docx", ReportKind.CHRONOLOGY)
    with pytest.raises(UsageError, match="Only a chronology"):
        made(own, tmp_path / "b.csv", ReportKind.CHRONOLOGY, stills=True)
    told: list[ProgressReport] = []
    request = ReportRequest(own.case_folder, ReportKind.CHRONOLOGY, tmp_path / "b.pdf", MAKER, with_stills=True)
    with pytest.raises(Cancelled):
        make_report(request, told.append, lambda: len(told) > 2)
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_an_empty_case_has_every_report(tmp_path: Path) -> None:
    folder = tmp_path / "Empty.sightline"
    Case.create(folder, title="Empty", reference="", by="PC 1").close()
    for kind in ReportKind:
        for ending in ("html", "pdf", "csv"):
            request = ReportRequest(folder, kind, tmp_path / f"{kind}.{ending}", MAKER)
            assert make_report(request, no_progress, never_cancelled).items == 0
    assert "Nothing is marked" in pdf_text(tmp_path / "chronology.pdf")
    assert "There are no recordings" in pdf_text(tmp_path / "exhibits.pdf")


def test_thousands_of_marks_are_printed_a_row_at_a_time(tmp_path: Path) -> None:
    marks = tuple(
        Mark(str(n), IncidentTime(n * NS_PER_S), f"mark number {n} " + "word " * (n % 30), "PC 1", n, "PC 1", n)
        for n in range(300)
    )
    info = CaseInfo("id", "Large", "L/1", "Europe/London", 0, "PC 1", "0", is_read_only=True)
    facts = CaseFacts(info, Timeline((), ()), (), marks, {}, {}, {}, frozenset(), lambda _id: None, WHOLE_CASE)
    report = chronology(facts, MAKER, facts_times())
    result = write_pdf(report.paper, tmp_path / "a.pdf")
    text = pdf_text(tmp_path / "a.pdf")
    assert result.pages == text.count("\f") > 15
    assert all(f"mark number {n} " in text or f"mark number {n}\n" in text for n in range(300))
