"""Transcripts in a case: imported, edited with history and undo, written for others, and never off their frames."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import pysubs2
import pytest

from annotations.journal import find_last_step, history_of, revert
from annotations.kinds import KEEPERS
from annotations.transcripts.cue_times import CueTimes, cue_times
from annotations.transcripts.edits import (
    CueDraft,
    TranscriptDraft,
    add_cue,
    add_transcript,
    delete_cues,
    delete_transcript,
    merge_cues,
    rename_speaker,
    set_cue_speaker,
    set_cue_text,
    set_cue_times,
    set_transcript,
    split_cue,
)
from annotations.transcripts.exporting import choose_cues
from annotations.transcripts.importing import ImportRequest, ImportResult, import_transcript, outcome_words
from annotations.transcripts.placing import Target, TimesFrom, guess_times, place_cues
from annotations.transcripts.read_records import ReadTranscript, TranscriptFormat
from annotations.transcripts.reader import TranscriptNotReadError, TranscriptReader
from annotations.transcripts.reading import read_transcript
from annotations.transcripts.records import TranscriptBook, TranscriptKind
from annotations.transcripts.store import book_stamp, load_book
from annotations.transcripts.writing import TextForm, safe_cell, write_transcript
from evidence.case import Case
from evidence.errors import NoSuchItemError, UsageError
from evidence.jobs import never_cancelled, no_progress
from evidence.records import ClockPiece, ClockSetting
from evidence.times import NS_PER_S, DeviceTime
from sync.timeline import Timeline, build_timeline
from tests.support.case_dump import actions_of, assert_log_is_whole

BY = "DC Harper"
MS = 1_000_000
VTT = (
    "WEBVTT\n\n00:00.010 --> 00:00.040\n<v DC Harper>Stop</v>\n\n00:00.050 --> 00:00.080\n<v Ms Smith>Why?</v>\n\n"
    "lost words\n\n00:00.090 --> 00:00.110\n<v DC Harper>=Because</v>\n"
)


def imported(case: Case, tmp_path: Path, text: str = VTT, name: str = "words.vtt", camera: int = 0) -> ImportResult:
    path = tmp_path / name
    path.write_text(text)
    request = ImportRequest(os.fsencode(path), BY, camera_id=case.cameras()[camera].id)
    return import_transcript(case, request, no_progress, never_cancelled)


def timeline_of(case: Case) -> Timeline:
    return build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)


def times_of(case: Case) -> CueTimes:
    return cue_times(load_book(case), timeline_of(case))


def test_a_file_is_imported_with_its_hash_and_with_what_was_not_read(case: Case, tmp_path: Path) -> None:
    result = imported(case, tmp_path)
    book = load_book(case)
    (one,) = book.transcripts
    assert [(cue.speaker, cue.text, cue.line) for cue in book.cues] == [
        ("DC Harper", "Stop", 3),
        ("Ms Smith", "Why?", 6),
        ("DC Harper", "=Because", 11),
    ]
    assert (one.name, one.kind, one.format, one.by) == (
        "words.vtt",
        TranscriptKind.IMPORTED,
        TranscriptFormat.WEBVTT,
        BY,
    )
    assert one.source_sha256 == hashlib.sha256(VTT.encode()).hexdigest()
    assert [(problem.line, problem.is_lost) for problem in one.problems] == [(9, True)]
    assert "1 line was not read" in " ".join(outcome_words(result))
    assert one.warning == ""
    with pytest.raises(UsageError, match="in the case already"):
        imported(case, tmp_path)
    assert_log_is_whole(case)
    assert actions_of(case.folder).count("cue.added") == 3


def test_what_cannot_be_read_adds_nothing(case: Case, tmp_path: Path) -> None:
    with pytest.raises(TranscriptNotReadError, match="Dear Sir"):
        imported(case, tmp_path, "Dear Sir,\n")
    with TranscriptReader() as reader, pytest.raises(TranscriptNotReadError, match="not there"):
        reader.read(os.fsencode(tmp_path / "nothing.vtt"))
    huge = tmp_path / "huge.vtt"
    with huge.open("wb") as file:
        file.truncate(50_000_000)
    with TranscriptReader() as reader, pytest.raises(TranscriptNotReadError, match="50 MB"):
        reader.read(os.fsencode(huge))
    assert load_book(case) == TranscriptBook(stamp=0)


def test_every_edit_can_be_told_and_taken_back(case: Case, tmp_path: Path) -> None:
    imported(case, tmp_path)
    before = load_book(case)
    first, second, third = before.cues
    steps = [
        set_cue_text(case, first.id, "Stop\nthere ", by=BY),
        set_cue_speaker(case, [first.id], "PC Marsh", by=BY),
        set_cue_times(case, second.id, second.start_ns + MS, second.end_ns, by=BY),
        rename_speaker(case, "DC Harper", "DS Harper", by=BY),
        split_cue(case, third.id, third.start_ns + 10 * MS, 3, by=BY)[1],
        delete_cues(case, [second.id], by=BY),
        set_transcript(case, before.transcripts[0].id, name="Street", by=BY),
    ]
    after = load_book(case)
    assert [(cue.speaker, cue.text) for cue in after.cues] == [
        ("PC Marsh", "Stop\nthere"),
        ("DS Harper", "=Be"),
        ("DS Harper", "cause"),
    ]
    assert after.stamp > before.stamp
    assert book_stamp(case) == after.stamp
    merged = merge_cues(case, [after.cues[1].id, after.cues[2].id], by=BY)
    assert load_book(case).cues[1].text == "=Be\ncause"
    assert [entry.label for entry in history_of(case, first.id)] == [
        "import of a transcript",
        "change of a cue",
        "change of a speaker",
    ]
    for step in reversed([*steps, merged]):
        revert(case, step, by=BY)
    again = load_book(case)
    assert [(one.id, one.speaker, one.text, one.start_ns, one.end_ns) for one in again.cues] == [
        (one.id, one.speaker, one.text, one.start_ns, one.end_ns) for one in before.cues
    ]
    last = find_last_step(case, KEEPERS)
    assert last is not None
    revert(case, last, by=BY)
    assert (load_book(case).cues, load_book(case).transcripts) == ((), ())
    assert_log_is_whole(case)


def test_edits_that_make_no_sense_are_refused(case: Case, tmp_path: Path) -> None:
    imported(case, tmp_path)
    first, second, _third = load_book(case).cues
    for wrong in (
        lambda: set_cue_text(case, first.id, " \n ", by=BY),
        lambda: set_cue_times(case, first.id, 5, 5, by=BY),
        lambda: split_cue(case, first.id, first.start_ns, 2, by=BY),
        lambda: split_cue(case, first.id, first.start_ns + MS, 0, by=BY),
        lambda: merge_cues(case, [first.id], by=BY),
    ):
        with pytest.raises(UsageError):
            wrong()
    with pytest.raises(NoSuchItemError):
        set_cue_text(case, "nobody", "x", by=BY)
    assert load_book(case).cues[:2] == (first, second)


def test_cues_by_hand_go_into_one_transcript_a_camera(case: Case) -> None:
    camera = case.cameras()[1]
    (recording,) = case.recordings(camera.id)
    add_cue(case, camera.id, CueDraft(recording.id, 0, 10 * MS, "", "hello\x07 \u202eworld"), by=BY)
    add_cue(case, camera.id, CueDraft(recording.id, 20 * MS, 30 * MS, "A", "again"), by=BY)
    book = load_book(case)
    (one,) = book.transcripts
    assert (one.kind, one.camera_id, len(book.cues)) == (TranscriptKind.WRITTEN, camera.id, 2)
    assert book.cues[0].text == r"hello\x07 \u202eworld"
    delete_transcript(case, one.id, by=BY)
    assert load_book(case).cues == ()


def test_cues_stay_on_their_frames_when_a_clock_is_set_anew(case: Case, tmp_path: Path) -> None:
    imported(case, tmp_path, camera=1)
    before = times_of(case)
    media = [(cue.recording_id, cue.start_ns, cue.end_ns) for cue in before.cues]
    camera = case.cameras()[1]
    pieces = (ClockPiece(0, -90 * NS_PER_S, 60_000),)
    case.set_clock(ClockSetting(camera.id, pieces, MS, "by hand", "a test", BY, 1))
    after = times_of(case)
    assert [(cue.recording_id, cue.start_ns, cue.end_ns) for cue in after.cues] == media
    place = timeline_of(case).find_camera(camera.id).placed[0]  # type: ignore[union-attr]
    assert [int(start) for start in after.starts] == [place.incident_at_media_ns(cue.start_ns) for cue in after.cues]
    assert all(after.starts != before.starts)


def test_which_cues_are_said_at_a_moment(case: Case) -> None:
    camera = case.cameras()[1]
    (recording,) = case.recordings(camera.id)
    spans = [(0, 100), (10, 20), (15, 30), (90, 95), (40, 50)]
    draft = TranscriptDraft("t", camera.id, TranscriptKind.WRITTEN, TranscriptFormat.SIGHTLINE)
    cues = [CueDraft(recording.id, start * MS, end * MS, "", f"{start}") for start, end in spans]
    add_transcript(case, draft, cues, by=BY)
    times = times_of(case)
    zero = times.starts[0]
    for at in range(110):
        expected = {f"{start}" for start, end in spans if start <= at < end}
        assert {times.cues[row].text for row in times.rows_at(int(zero) + at * MS)} == expected  # type: ignore[arg-type]


def target(case: Case, start: int, length_s: int, number: int = 0) -> Target:
    recording = replace(case.recordings()[number], duration_ns=length_s * NS_PER_S)
    return Target(recording, 7 * MS, DeviceTime(start))


def read(text: str) -> ReadTranscript:
    found = read_transcript(text.encode())
    assert isinstance(found, ReadTranscript)
    return found


BST = ZoneInfo("Europe/London")
START = 1_784_060_000 * NS_PER_S  # 14 July 2026 20:13:20 UTC: 21:13:20 in London


def test_times_are_guessed_and_the_guess_says_why(case: Case) -> None:
    one = target(case, START, 600)
    relative = read("WEBVTT\n\n00:05.000 --> 00:06.000\na\n")
    clock = read("[21:14:00] A: hello\n")
    neither = read("[09:00:00] A: hello\n")
    assert guess_times(relative, [one], BST).times_from is TimesFrom.START
    assert guess_times(clock, [one], BST).times_from is TimesFrom.CLOCK
    assert guess_times(neither, [one], BST).times_from is TimesFrom.START
    assert "check" in guess_times(neither, [one], BST).reason
    (placed,) = place_cues(clock, [one], TimesFrom.CLOCK, BST).cues
    assert placed.start_ns == 7 * MS + 40 * NS_PER_S
    (shifted,) = place_cues(relative, [one], TimesFrom.START, BST, offset_ns=-2 * NS_PER_S).cues
    assert shifted.start_ns == 7 * MS + 3 * NS_PER_S
    assert place_cues(neither, [one], TimesFrom.START, BST).outside == 1


def test_one_file_over_several_recordings_of_a_camera(case: Case) -> None:
    """The second recording starts 60 s after the first, which lasts 30 s."""
    parts = [target(case, START, 30), target(case, START + 60 * NS_PER_S, 30, 1)]
    found = read("WEBVTT\n\n00:10.000 --> 00:11.000\na\n\n01:10.000 --> 01:11.000\nb\n\n00:40.000 --> 00:41.000\nc\n")
    placed = place_cues(found, parts, TimesFrom.START, BST)
    by_text = {one.cue.text: (one.recording_id, one.start_ns) for one in placed.cues}
    assert by_text["a"] == (parts[0].recording.id, 7 * MS + 10 * NS_PER_S)
    assert by_text["b"] == (parts[1].recording.id, 7 * MS + 10 * NS_PER_S)
    assert by_text["c"][0] == parts[0].recording.id
    assert placed.outside == 1


def written(case: Case, form: TextForm) -> bytes:
    info = case.info()
    return write_transcript(choose_cues(times_of(case), info, timeline_of(case), lambda ns: f"local {ns}"), form)


def test_subtitles_are_read_alike_by_another_program(case: Case, tmp_path: Path) -> None:
    imported(case, tmp_path, VTT.replace("Why?", "a &lt; b --&gt; c"), camera=1)
    for form in (TextForm.WEBVTT, TextForm.SUBRIP):
        theirs = pysubs2.SSAFile.from_string(written(case, form).decode(), format_=form.value)
        assert [(event.start, event.end) for event in theirs] == [(10, 40), (50, 80), (90, 110)]
        ours = read(written(case, form).decode())
        assert [(cue.start_ns // MS, cue.end_ns // MS) for cue in ours.cues] == [(10, 40), (50, 80), (90, 110)]
    again = read(written(case, TextForm.WEBVTT).decode())
    assert [(cue.speaker, cue.text) for cue in again.cues] == [
        ("DC Harper", "Stop"),
        ("Ms Smith", "a < b --> c"),
        ("DC Harper", "=Because"),
    ]


def test_tables_and_documents_carry_local_times_and_no_formula(case: Case, tmp_path: Path) -> None:
    imported(case, tmp_path, camera=1)
    rows = list(csv.reader(io.StringIO(written(case, TextForm.CSV).decode("utf-8-sig"))))
    assert rows[0][:3] == ["Start", "End", "Local time"]
    assert rows[3][5:7] == ["DC Harper", "'=Because"]
    assert rows[1][2].startswith("local 1773")
    assert safe_cell("@x") == "'@x"
    text = written(case, TextForm.TEXT).decode()
    assert "BWV B2 – DC Harper: Stop" in text
    assert "SHA-256" in text
    document = docx.Document(io.BytesIO(written(case, TextForm.WORD)))
    assert any("Ms Smith: Why?" in paragraph.text for paragraph in document.paragraphs)


def test_what_a_machine_made_says_so_until_somebody_checked_it(case: Case) -> None:
    camera = case.cameras()[1]
    (recording,) = case.recordings(camera.id)
    draft = TranscriptDraft("t", camera.id, TranscriptKind.MACHINE, TranscriptFormat.SPEECH, model="tiny.en")
    made, _step = add_transcript(case, draft, [CueDraft(recording.id, 0, MS, "", "hm")], by=BY)
    assert "made by a machine (tiny.en), not checked" in written(case, TextForm.TEXT).decode()
    set_transcript(case, made, is_checked=True, by=BY)
    assert load_book(case).transcripts[0].warning == ""
