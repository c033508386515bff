"""A case comes to be in one step, has one writer, opens where it can only be read, and says what is wrong with it."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from evidence.case import Case
from evidence.errors import (
    CaseBusyError,
    CaseDamagedError,
    CaseError,
    CaseExistsError,
    CaseReadOnlyError,
    CaseTooNewError,
    NoSuchItemError,
    NotACaseError,
    SightlineError,
    StorageError,
    UsageError,
)
from evidence.records import ClockPiece, ClockSetting
from tests.support.case_dump import actions_of, assert_log_is_whole, log_of


def has_three_sentences(error: SightlineError) -> bool:
    return all((error.happened, error.meaning, error.remedy))


def test_a_new_case_is_whole_and_says_what_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "cases" / "One.sightline"
    with Case.create(folder, title=" Op\tLamppost ", reference="", by="DC Grey", time_zone="Europe/Paris") as case:
        info = case.info()
        assert (info.title, info.reference, info.time_zone) == ("Op Lamppost", "", "Europe/Paris")
        assert (info.created_by, info.is_read_only, case.read_only_reason) == ("DC Grey", False, "")
        for read in (case.cameras, case.recordings, case.refusals, case.clock_settings, case.interrupted_batches):
            assert read() == ()
        assert case.last_verification() is None
        assert_log_is_whole(case)
    assert actions_of(folder) == ["case.created"]
    assert {path.name for path in folder.iterdir()} == {
        "case.db",
        "audit.log",
        "case.lock",
        "vault",
        "derived",
        "exports",
    }
    assert [path.name for path in folder.parent.iterdir()] == ["One.sightline"]


@pytest.mark.parametrize("what", ["file", "case", "folder", "link"])
def test_a_case_takes_nothings_place(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "Taken"
    if what == "file":
        folder.write_bytes(b"evidence")
    elif what == "case":
        Case.create(folder, title="First", reference="", by="me").close()
    elif what == "link":
        folder.symlink_to(tmp_path / "nowhere")
    else:
        folder.mkdir()
        (folder / "evidence.mp4").write_bytes(b"evidence")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(CaseExistsError) as caught:
        Case.create(folder, title="Second", reference="", by="me")
    assert has_three_sentences(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_gives_way(tmp_path: Path) -> None:
    folder = tmp_path / "Empty"
    folder.mkdir()
    Case.create(folder, title="First", reference="", by="me").close()
    assert (folder / "case.db").is_file()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " \n "},
        {"title": "x" * 301},
        {"by": ""},
        {"time_zone": "Europe/Atlantis"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": ""},
        {"reference": "y" * 301},
    ],
)
def test_a_case_with_wrong_words_is_not_made(tmp_path: Path, wrong: dict[str, str]) -> None:
    words = {"title": "T", "reference": "R", "by": "me", "time_zone": "Europe/London"} | wrong
    with pytest.raises(UsageError):
        Case.create(tmp_path / "New", **words)
    assert list(tmp_path.iterdir()) == []


def test_a_fault_while_making_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("evidence.case.upgrade", no_space)
    with pytest.raises(StorageError, match="full") as caught:
        Case.create(tmp_path / "New", title="T", reference="", by="me")
    assert has_three_sentences(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_text_is_a_name(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9 100%?#\n.sightline"))
    Case.create(folder, title="T", reference="", by="me").close()
    with Case.open(folder) as case:
        case.set_time_zone("UTC", by="me")
    with Case.open(folder, read_only=True) as case:
        assert case.info().time_zone == "UTC"


def test_what_is_no_case_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "case.db").mkdir()
    for folder in (tmp_path, tmp_path / "not there"):
        with pytest.raises(NotACaseError) as caught:
            Case.open(folder)
        assert has_three_sentences(caught.value)


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5_000])
@pytest.mark.parametrize("read_only", [True, False])
def test_a_damaged_database_is_told(case_folder: Path, content: bytes, read_only: bool) -> None:
    (case_folder / "case.db").write_bytes(content)
    with pytest.raises(CaseDamagedError) as caught:
        Case.open(case_folder, read_only=read_only)
    assert has_three_sentences(caught.value)


def test_damaged_pages_are_told_when_they_are_read(full_case: Case) -> None:
    folder = full_case.folder
    full_case.close()
    database = folder / "case.db"
    content = bytearray(database.read_bytes())
    content[4096 * 3 :] = b"\xa5" * len(content[4096 * 3 :])
    database.write_bytes(content)

    def read_all() -> None:
        with Case.open(folder) as case:
            case.recordings()
            case.cameras()
            case.refusals()

    with pytest.raises(CaseDamagedError):
        read_all()


@pytest.mark.parametrize(
    ("table", "column", "value", "read"),
    [
        ("cameras", "kind", "'submarine'", Case.cameras),
        ("streams", "time_base_den", "0", Case.recordings),
        ("time_claims", "zone", "''", Case.recordings),
        ("findings", "severity", "'dreadful'", Case.recordings),
        ("clock_settings", "pieces", "'[[1]]'", Case.clock_settings),
        ("case_info", "id", "id", Case.info),
    ],
)
def test_values_that_no_record_has_are_damage(
    full_case: Case, table: str, column: str, value: str, read: Callable[[Case], object]
) -> None:
    full_case.set_clock(ClockSetting(full_case.cameras()[0].id, (ClockPiece(0, 0, 0),), None, "m", "b", "me", 0))
    folder = full_case.folder
    full_case.close()
    connection = sqlite3.connect(folder / "case.db")
    connection.execute(f"UPDATE {table} SET {column} = {value}")
    if table == "case_info":
        connection.execute("DELETE FROM case_info")
    connection.commit()
    connection.close()
    with Case.open(folder, read_only=True) as case, pytest.raises(CaseDamagedError):
        read(case)


def test_a_case_of_a_newer_version_is_not_opened(case_folder: Path) -> None:
    connection = sqlite3.connect(case_folder / "case.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    for read_only in (True, False):
        with pytest.raises(CaseTooNewError) as caught:
            Case.open(case_folder, read_only=read_only)
        assert has_three_sentences(caught.value)


def test_one_writer_at_a_time(case: Case) -> None:
    with pytest.raises(CaseBusyError, match=str(os.getpid())) as caught:
        Case.open(case.folder)
    assert has_three_sentences(caught.value)
    with Case.open(case.folder, read_only=True) as reader:
        assert reader.info().is_read_only
        case.set_time_zone("UTC", by="me")
        assert reader.info().time_zone == "UTC"
        with pytest.raises(CaseReadOnlyError) as refused:
            reader.set_time_zone("Europe/Paris", by="me")
        assert has_three_sentences(refused.value)
    case.close()
    Case.open(case.folder).close()


def test_who_holds_the_lock_may_lie(case: Case) -> None:
    (case.folder / "case.lock").write_bytes(b'{"program": "\\u202e\\n", "pid": [], "host": 7}')
    with pytest.raises(CaseBusyError) as caught:
        Case.open(case.folder)
    assert "\u202e" not in str(caught.value)
    (case.folder / "case.lock").write_bytes(b"\xff")
    with pytest.raises(CaseBusyError):
        Case.open(case.folder)


def _hold(folder: Path, told: Connection) -> None:
    with Case.open(folder):
        told.send("open")
        told.recv()


def test_another_process_holds_it_until_it_ends_however_it_ends(case_folder: Path) -> None:
    ours, theirs = multiprocessing.Pipe()
    holder = multiprocessing.get_context("spawn").Process(target=_hold, args=(case_folder, theirs))
    holder.start()
    assert ours.recv() == "open"
    with pytest.raises(CaseBusyError):
        Case.open(case_folder)
    with Case.open(case_folder, read_only=True) as reader:
        assert reader.info().title == "Op Lamppost"
    holder.kill()
    holder.join()
    Case.open(case_folder).close()


def test_a_closed_case_is_closed(case: Case) -> None:
    case.close()
    case.close()
    with pytest.raises(CaseError):
        case.info()
    with pytest.raises(CaseError):
        case.set_time_zone("UTC", by="me")


def test_the_case_is_usable_from_any_thread(full_case: Case) -> None:
    cameras = full_case.cameras()

    def work(number: int) -> None:
        for turn in range(5):
            full_case.set_camera_owner(cameras[number % 3].id, f"PC {number} {turn}", by=f"thread {number}")
            assert len(full_case.recordings()) == 6

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert actions_of(full_case.folder).count("camera.owner_set") == 30
    assert_log_is_whole(full_case)


def test_readers_see_one_state(full_case: Case) -> None:
    from sqlalchemy import text

    with full_case.reading() as session:
        before = session.execute(text("SELECT owner FROM cameras ORDER BY id")).all()
        full_case.set_camera_owner(full_case.cameras()[0].id, "somebody else", by="me")
        assert session.execute(text("SELECT owner FROM cameras ORDER BY id")).all() == before


def test_a_change_that_fails_changes_nothing(full_case: Case) -> None:
    log = log_of(full_case.folder)

    def fail_half_way() -> None:
        from evidence.models import CameraRow

        with full_case.change("me", "trying") as change:
            for row in change.session.query(CameraRow):
                row.owner = "nobody"
            change.session.flush()
            change.tell("camera.owner_set")
            raise LookupError

    with pytest.raises(LookupError):
        fail_half_way()
    assert {camera.owner for camera in full_case.cameras()} == {""}
    assert log_of(full_case.folder) == log
    full_case.set_time_zone("UTC", by="me")
    assert_log_is_whole(full_case)


def test_a_change_cannot_go_untold(full_case: Case) -> None:
    def say_nothing() -> None:
        with full_case.change("me", "trying"):
            pass

    with pytest.raises(RuntimeError):
        say_nothing()


def test_changes_do_not_nest(full_case: Case) -> None:
    def nest() -> None:
        with full_case.change("me", "trying") as change:
            change.tell("outer")
            full_case.set_time_zone("UTC", by="me")

    with pytest.raises(RuntimeError):
        nest()
    assert full_case.info().time_zone == "Europe/London"


def test_changes_of_one_step_are_all_made_or_none(full_case: Case) -> None:
    log, camera = log_of(full_case.folder), full_case.cameras()[0]

    def fail_in_the_second() -> None:
        with full_case.one_step("me", "trying"):
            full_case.set_time_zone("UTC", by="me")
            full_case.set_camera_owner("no such camera", "somebody", by="me")

    with pytest.raises(NoSuchItemError):
        fail_in_the_second()
    assert full_case.info().time_zone == "Europe/London"
    assert log_of(full_case.folder) == log
    with full_case.one_step("me", "trying"):
        full_case.set_time_zone("Europe/London", by="me")  # nothing to change: the rest stays
        full_case.set_time_zone("UTC", by="me")
        full_case.set_camera_owner(camera.id, "somebody", by="me")
        assert full_case.info().time_zone == "Europe/London"
    assert (full_case.info().time_zone, full_case.cameras()[0].owner) == ("UTC", "somebody")
    added = log_of(full_case.folder)[len(log) :]
    assert [entry["action"] for entry in added] == ["case.time_zone_set", "camera.owner_set"]
    with full_case.one_step("me", "trying nothing"):
        pass
    assert len(log_of(full_case.folder)) == len(log) + 2
    assert_log_is_whole(full_case)


def test_a_change_needs_a_name(full_case: Case) -> None:
    with pytest.raises(UsageError):
        full_case.set_time_zone("UTC", by=" \n")


def test_items_that_are_not_there(case: Case) -> None:
    for ask in (case.recording, case.frame_index, case.camera):
        with pytest.raises(NoSuchItemError):
            ask("nothing")


def test_records_come_back_as_they_went_in(full_case: Case) -> None:
    recordings = full_case.recordings()
    assert [one.display_name for one in recordings] == [
        f"{camera}_{number}.mp4" for camera in ("A1", "B2", "C3") for number in (0, 1)
    ]
    cameras = full_case.cameras()
    assert [camera.name for camera in cameras] == ["BWV A1", "BWV B2", "BWV C3"]
    assert [camera.position for camera in cameras] == [camera.colour for camera in cameras] == [0, 1, 2]
    assert full_case.recordings(cameras[1].id) == recordings[2:4]
    assert full_case.recording(recordings[3].id) == recordings[3]
    index = full_case.frame_index(recordings[0].id)
    assert index is not None
    assert len(index) == 3
    assert [refusal.display_name for refusal in full_case.refusals()] == ["notes.txt"]


def test_a_case_moved_with_its_originals_finds_them(full_case: Case, tmp_path: Path) -> None:
    recording = full_case.recordings()[0]
    assert full_case.find_original(recording) == recording.path
    folder = full_case.folder
    full_case.close()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(folder, elsewhere / folder.name)
    shutil.move(tmp_path / "originals", elsewhere / "originals")
    with Case.open(elsewhere / folder.name) as case:
        assert case.find_original(recording) == elsewhere / "originals" / recording.display_name
        (elsewhere / "originals" / recording.display_name).unlink()
        assert case.find_original(recording) is None


def test_of_two_places_the_one_with_the_right_size_is_taken(full_case: Case, tmp_path: Path) -> None:
    recording = full_case.recordings()[0]
    folder = full_case.folder
    full_case.close()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copytree(folder, elsewhere / folder.name)
    shutil.copytree(tmp_path / "originals", elsewhere / "originals")
    recording.path.write_bytes(b"overwritten by something much longer")
    with Case.open(elsewhere / folder.name) as case:
        assert case.find_original(recording) == elsewhere / "originals" / recording.display_name


def test_nothing_can_be_saved_past_the_log(full_case: Case) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    def save_silently() -> None:
        with full_case.reading() as session:
            session.execute(text("UPDATE cameras SET owner = 'nobody'"))
            session.commit()

    with pytest.raises((SightlineError, SQLAlchemyError)):
        save_silently()
    assert {camera.owner for camera in full_case.cameras()} == {""}


def test_an_entry_too_long_for_the_log_is_no_change(full_case: Case) -> None:
    from evidence.audit_line import LONGEST_LINE

    def say_too_much() -> None:
        with full_case.change("me", "talking") as change:
            change.tell("much", items=["x" * LONGEST_LINE])

    with pytest.raises(ValueError, match="audit record"):
        say_too_much()
    full_case.set_time_zone("UTC", by="me")
    assert_log_is_whole(full_case)


def _fail(*_: object, **__: object) -> None:
    raise OSError(5, "Input/output error")


@pytest.mark.parametrize("step", ["before the log", "after the log", "half a line"])
def test_what_a_fault_interrupts_is_finished_at_the_next_opening(
    full_case: Case, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder, camera = full_case.folder, full_case.cameras()[0]
    log = folder / "audit.log"
    with monkeypatch.context() as patch:
        if step == "before the log":
            patch.setattr("evidence.case_store.append_entries", _fail)
        else:
            patch.setattr(Case, "_tick_off", _fail)
        with pytest.raises(StorageError, match="change itself was saved") as caught:
            full_case.rename_camera(camera.id, "Renamed", by="me")
        assert has_three_sentences(caught.value)
    if step == "half a line":
        log.write_bytes(log.read_bytes()[:-40])
    assert full_case.camera(camera.id).name == "Renamed"
    assert len(full_case.pending_events()) == 1
    full_case.close()
    with Case.open(folder) as case:
        assert_log_is_whole(case)
        assert (folder / "audit.log").read_bytes().count(b'"camera.renamed"') == (2 if step == "half a line" else 1)
        assert json.loads(log.read_bytes().splitlines()[-1])["action"] == "camera.renamed"


def test_a_log_that_was_cut_is_noticed_at_the_next_opening(full_case: Case) -> None:
    from evidence.audit import check_audit

    folder = full_case.folder
    full_case.close()
    log = folder / "audit.log"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-2]))
    with Case.open(folder) as case:
        assert actions_of(folder)[-1] == "audit.damage_noticed"
        assert not check_audit(log, case.audit_anchor()).is_whole
        case.set_time_zone("UTC", by="me")
        assert not check_audit(log, case.audit_anchor()).is_whole
    with Case.open(folder):
        assert actions_of(folder).count("audit.damage_noticed") == 1


def test_a_database_older_than_its_log_is_noticed(full_case: Case, tmp_path: Path) -> None:
    folder = full_case.folder
    full_case.close()
    old = (folder / "case.db").read_bytes()
    with Case.open(folder) as case:
        case.set_time_zone("UTC", by="me")
    (folder / "case.db").write_bytes(old)
    with Case.open(folder):
        told = log_of(folder)[-1]
        assert (told["action"], told["details"]["unknown_records"]) == ("audit.damage_noticed", 1)
