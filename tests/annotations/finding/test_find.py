"""One box finds marks, words, cameras and recordings, ranked, narrowed, and never behind the case."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.categories import load_categories
from annotations.clips.clip import ClipDraft, add_clip
from annotations.finding.finder import Finder, FindHit, Found
from annotations.finding.query import FindKind, match_expression, read_query
from annotations.journal import revert
from annotations.marks import MarkDraft, add_mark, delete_marks, set_category, set_people, set_tags, set_text
from annotations.people import Role, set_person
from annotations.transcripts.edits import CueDraft, TranscriptDraft, add_transcript, rename_speaker, set_cue_text
from annotations.transcripts.read_records import TranscriptFormat
from annotations.transcripts.records import TranscriptKind
from annotations.transcripts.store import load_book
from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.records import ClockPiece, ClockSetting
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from sync.timeline import build_timeline
from tests.support.examinations import FakeExaminer

BY = "DC Harper"
MS = 1_000_000
T0 = 1_773_523_910 * NS_PER_S


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cameras with a recording each."""
    folder = tmp_path_factory.mktemp("find")
    with Case.create(folder / "Case.sightline", title="Find", reference="", by=BY) as case:
        for name in ("A1", "B2"):
            path = folder / f"{name}_street.mp4"
            path.write_bytes(f"recording {name}".encode())
            request = AddRequest(case.folder, (os.fsencode(path),), BY, f"BWV {name}")
            add_files(request, no_progress, never_cancelled, examiner_factory=FakeExaminer, case=case)
    return folder / "Case.sightline"


@pytest.fixture
def case(pattern: Path, tmp_path: Path) -> Iterator[Case]:
    import shutil

    with Case.open(Path(shutil.copytree(pattern, tmp_path / "Case.sightline"))) as opened:
        yield opened


@pytest.fixture
def finder(case: Case) -> Iterator[Finder]:
    made = Finder(case)
    yield made
    made.close()


def ask(finder: Finder, case: Case, typed: str, since: int | None = None, until: int | None = None) -> Found:
    query = replace(
        read_query(typed),
        since=None if since is None else IncidentTime(since),
        until=None if until is None else IncidentTime(until),
    )
    timeline = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)
    return finder.find(query, timeline, case.cameras())


def texts(found: Found) -> list[str]:
    return [hit.text for hit in found.hits]


def mark(case: Case, text: str, at: int = T0) -> str:
    return add_mark(case, MarkDraft(IncidentTime(at), text), by=BY)[0].id


def say(case: Case, *words: tuple[int, str, str], camera: int = 0) -> None:
    one = case.cameras()[camera]
    (recording,) = case.recordings(one.id)
    draft = TranscriptDraft("words.vtt", one.id, TranscriptKind.IMPORTED, TranscriptFormat.WEBVTT)
    cues = [CueDraft(recording.id, at * MS, (at + 10) * MS, who, what) for at, who, what in words]
    add_transcript(case, draft, cues, by=BY)


def test_everything_is_found_by_its_words(case: Case, finder: Finder) -> None:
    mark(case, "Café door opens")
    say(case, (20, "Ms Şahin", "open the DOOR now"))
    case.set_exhibit(case.recordings()[0].id, "JG/7", by=BY)
    assert texts(ask(finder, case, "door")) == ["Café door opens", "open the DOOR now"]
    assert texts(ask(finder, case, "cafe")) == ["Café door opens"]
    assert texts(ask(finder, case, "sahin")) == ["open the DOOR now"]
    assert texts(ask(finder, case, "JG/7")) == ["A1_street.mp4"]
    assert set(texts(ask(finder, case, "street kind:recording"))) == {"A1_street.mp4", "B2_street.mp4"}
    assert [hit.kind for hit in ask(finder, case, "bwv b2").hits] == [FindKind.CAMERA]
    assert texts(ask(finder, case, case.recordings()[1].sha256[:12])) == ["B2_street.mp4"]
    assert [hit.kind for hit in ask(finder, case, "words.vtt").hits] == [FindKind.TRANSCRIPT]
    assert texts(ask(finder, case, "nothing of that sort")) == []


def test_a_hit_is_a_place_in_time_that_follows_the_clock(case: Case, finder: Finder) -> None:
    say(case, (20, "", "door"))
    (hit,) = ask(finder, case, "door").hits
    assert (hit.instant, hit.camera_id) == (T0 + 20 * MS, case.cameras()[0].id)
    pieces = (ClockPiece(0, -5 * NS_PER_S, 0),)
    case.set_clock(ClockSetting(case.cameras()[0].id, pieces, MS, "by hand", "a test", BY, 1))
    (hit,) = ask(finder, case, "door").hits
    assert hit.instant == T0 + 20 * MS - 5 * NS_PER_S


def test_exact_words_come_before_beginnings_and_the_whole_text_first(case: Case, finder: Finder) -> None:
    for text in ("doorway blocked", "the door and the door again and again and again", "Door.", "a dormouse"):
        mark(case, text)
    assert texts(ask(finder, case, "door")) == [
        "Door.",
        "the door and the door again and again and again",
        "doorway blocked",
    ]
    assert [hit.is_exact for hit in ask(finder, case, "door").hits] == [True, True, False]


def test_phrases_stand_as_they_are(case: Case, finder: Finder) -> None:
    for text in ("stop right there", "right there stop", "stop rightly"):
        mark(case, text)
    assert texts(ask(finder, case, '"stop right"')) == ["stop right there"]
    assert set(texts(ask(finder, case, "stop right"))) == {"stop right there", "right there stop", "stop rightly"}
    assert texts(ask(finder, case, '"stop right')) == ["stop right there"]


def test_filters_narrow(case: Case, finder: Finder) -> None:
    first = mark(case, "door", T0)
    second = mark(case, "door again", T0 + 60 * NS_PER_S)
    person, _step = set_person(case, "Sam O'Neil", Role.SUSPECT, by=BY)
    set_tags(case, [first], ["Weapon seen", "night"], by=BY)
    set_people(case, [second], [person], by=BY)
    say(case, (20, "Jo Grey", "the door"), camera=1)
    assert texts(ask(finder, case, "door tag:weapon")) == ["door"]
    assert texts(ask(finder, case, 'tag:"weapon seen" tag:night')) == ["door"]
    assert texts(ask(finder, case, "person:o'neil")) == ["door again"]
    assert texts(ask(finder, case, 'door person:"jo grey"')) == ["the door"]
    assert texts(ask(finder, case, "door camera:b2")) == ["the door"]
    assert texts(ask(finder, case, "door kind:marks")) == ["door", "door again"]
    assert texts(ask(finder, case, "door", since=T0 + NS_PER_S)) == ["door again"]
    assert set(texts(ask(finder, case, "door", until=T0 + 20 * MS))) == {"door"}
    assert set(texts(ask(finder, case, "door", until=T0 + 21 * MS))) == {"door", "the door"}
    assert texts(ask(finder, case, "kind:words")) == ["the door"]
    assert "No camera" in ask(finder, case, "camera:zz").notes[0]
    assert "no kind" in ask(finder, case, "door kind:zz").notes[0]


def test_the_index_is_never_behind_the_case(case: Case, finder: Finder) -> None:
    assert texts(ask(finder, case, "door")) == []
    made = mark(case, "door")
    assert texts(ask(finder, case, "door")) == ["door"]
    set_text(case, made, "window", by=BY)
    assert texts(ask(finder, case, "door")) == []
    assert texts(ask(finder, case, "window")) == ["window"]
    person, _step = set_person(case, "Jo Grey", Role.WITNESS, by=BY)
    set_people(case, [made], [person], by=BY)
    set_category(case, [made], load_categories(case)[2].id, by=BY)
    assert texts(ask(finder, case, "grey")) == texts(ask(finder, case, "contact force")) == ["window"]
    set_person(case, "Jo Green", Role.WITNESS, by=BY, person_id=person)
    assert texts(ask(finder, case, "grey")) == []
    assert texts(ask(finder, case, "green")) == ["window"]
    gone = delete_marks(case, [made], by=BY)
    assert texts(ask(finder, case, "window")) == []
    revert(case, gone, by=BY)
    assert texts(ask(finder, case, "window")) == ["window"]
    say(case, (20, "A", "hello"))
    (cue,) = load_book(case).cues
    set_cue_text(case, cue.id, "goodbye", by=BY)
    rename_speaker(case, "A", "Zed", by=BY)
    assert texts(ask(finder, case, "zed goodbye")) == ["goodbye"]
    case.rename_camera(case.cameras()[0].id, "Lobby", by=BY)
    assert [hit.kind for hit in ask(finder, case, "lobby").hits] == [FindKind.CAMERA]
    assert texts(ask(finder, case, '"bwv a1"')) == []


def test_a_case_that_is_only_read_is_found_in_as_well_and_stays_as_it_is(case: Case) -> None:
    mark(case, "door")
    folder = case.folder
    case.close()
    before = (folder / "case.db").read_bytes()
    with Case.open(folder, read_only=True) as opened:
        finder = Finder(opened)
        assert texts(ask(finder, opened, "door")) == ["door"]
        with Case.open(folder) as other:
            mark(other, "door too")
            assert set(texts(ask(finder, opened, "door"))) == {"door", "door too"}
        finder.close()
    assert before != b""


def test_an_index_that_is_damaged_or_of_another_version_is_made_anew(case: Case, finder: Finder) -> None:
    mark(case, "door")
    assert texts(ask(finder, case, "door")) == ["door"]
    connection = sqlite3.connect(case.folder / "case.db")
    connection.execute("UPDATE find_state SET version = 0")
    connection.execute("DELETE FROM find_items")
    connection.commit()
    connection.close()
    assert texts(ask(finder, case, "door")) == ["door"]
    connection = sqlite3.connect(case.folder / "case.db")
    assert connection.execute("INSERT INTO find_words(find_words) VALUES ('integrity-check')").fetchall() == []
    connection.close()


HOSTILE = [
    '"',
    '""',
    "*",
    "a*b",
    "NEAR(a b)",
    "a AND",
    "OR",
    "NOT x",
    "-a",
    "(",
    "text:",
    "person:",
    'tag:"',
    "^a",
    "{a} : b",
    "'",
    ";--",
]


@pytest.mark.parametrize(
    "typed", [*HOSTILE, "'; DROP TABLE marks; --", "a" * 5_000, "a " * 3_000, "\0", "\ud800 x a\udfff", "camera:\x1f"]
)
def test_hostile_questions_are_only_questions(case: Case, finder: Finder, typed: str) -> None:
    mark(case, "a b")
    assert isinstance(ask(finder, case, typed), Found)
    assert texts(ask(finder, case, '"a b"')) == ["a b"]


@given(st.text(max_size=40) | st.lists(st.sampled_from([*HOSTILE, "a", " "]), max_size=8).map("".join))
@settings(max_examples=120)
def test_any_question_is_one_that_fts5_understands(typed: str) -> None:
    query = read_query(typed)
    connection = _TABLE
    for is_exact in (True, False):
        match = match_expression(query, is_exact=is_exact)
        if match:
            connection.execute(
                "SELECT count(*) FROM w WHERE w MATCH ?", (match.encode("utf-8", "replace").decode(),)
            ).fetchall()


_TABLE = sqlite3.connect(":memory:")
_TABLE.execute("CREATE VIRTUAL TABLE w USING fts5(text, names, tags, people)")


def test_clips_are_found_by_name_exhibit_and_note(case: Case, finder: Finder) -> None:
    span = IncidentRange(IncidentTime(T0), IncidentTime(T0 + NS_PER_S))
    add_clip(case, ClipDraft("Struggle by the van", span, exhibit="JB/1-A", note="before the arrest"), by=BY)
    for typed in ("struggle", "JB/1-A", "arrest kind:clip"):
        (hit,) = ask(finder, case, typed).hits
        assert (hit.kind, hit.instant) == (FindKind.CLIP, T0)


def test_a_hit_says_who_and_on_what(case: Case, finder: Finder) -> None:
    say(case, (20, "Jo Grey", "hello"))
    (hit,) = ask(finder, case, "hello").hits
    assert isinstance(hit, FindHit)
    assert (hit.people, hit.recording_id) == ("Jo Grey", case.recordings()[0].id)
