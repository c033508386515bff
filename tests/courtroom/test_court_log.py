"""The court log: what was shown, as a chain on the disk, as people read it, and what is left after a crash."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from pathlib import Path

import pytest

from app.cli.court import load_source
from app.cli.main import main
from app.court_show import court_files
from courtroom.pack.verify import nobody_known
from courtroom.run_sheet import RunSheet
from courtroom.show.log_report import rows_of
from courtroom.show.recorder import CourtRecorder, place_file, read_place
from courtroom.show.resume import find_interrupted
from courtroom.show.seen import PLAYED, SHOWN, Seen, SeenFrame, SeenRecorder
from courtroom.show.source import COURT_LOG, SourceKind, load_from_case, load_from_pack
from courtroom.show.state import Screen
from evidence.audit import JsonValue, check_audit
from evidence.case import Case
from evidence.errors import NoSuchItemError
from evidence.times import NS_PER_S, IncidentTime
from tests.support.packs import make_pack_case, make_sheet, pack_of

AT = 1_773_523_920 * NS_PER_S
MS = 1_000_000


def seen(frame: int, *, plays: bool = False, part: str = "") -> Seen:
    frames = (SeenFrame("BWV 412", "a.mp4", frame, frame * 512, part),)
    at = IncidentTime(AT + frame * NS_PER_S // 30)
    return Seen(Screen.LIVE, 0, "item-1", "The door", "PH/3", at, frames, is_playing=plays)


def test_play_is_told_once_a_second_and_to_its_end() -> None:
    recorder, told = SeenRecorder(), []
    for frame in range(75):
        told += list(recorder.see(seen(frame, plays=True), frame * NS_PER_S // 30))
    told += list(recorder.see(seen(74), 75 * NS_PER_S // 30))
    assert [action for action, _ in told] == [SHOWN, PLAYED, PLAYED, PLAYED, SHOWN]
    spans = [(one["frames"][0]["from"], one["frames"][0]["to"]) for action, one in told if action == PLAYED]  # type: ignore[index,call-overload]
    assert spans == [(0, 30), (30, 60), (60, 74)]


def test_zooming_by_hand_is_told_when_it_comes_to_rest() -> None:
    recorder = SeenRecorder()
    told = list(recorder.see(seen(3), 0))
    for number in range(1, 20):
        told += list(recorder.see(seen(3, part=f"{number}x"), number * 20 * MS))
    assert len(told) == 1
    told += list(recorder.see(seen(3, part="19x"), 900 * MS))
    assert [one["frames"][0]["part"] for _, one in told] == ["", "19x"]  # type: ignore[index,call-overload]


def test_a_torn_log_is_gone_on_with_and_stays_a_chain(tmp_path: Path) -> None:
    log = tmp_path / COURT_LOG
    for number in range(3):
        recorder = CourtRecorder(log, None, "PC Harper", lambda _why: None)
        recorder.note("court.begun", {"sheet_title": f"Day {number}"})
        recorder.close()
        if number == 1:
            with log.open("ab") as file:
                file.write(b'{"seq":3,"prev":"ab')
    report = check_audit(log)
    assert report.is_whole
    assert [row.also for row in rows_of(log) if row.what == "Begun"] == ["Day 0", "Day 1", "Day 2"]


def test_a_changed_line_is_found(tmp_path: Path) -> None:
    log = tmp_path / COURT_LOG
    recorder = CourtRecorder(log, None, "PC Harper", lambda _why: None)
    for number in range(5):
        recorder.note("court.shown", {"item": str(number)})
    recorder.close()
    log.write_bytes(log.read_bytes().replace(b'"item":"2"', b'"item":"7"'))
    assert not check_audit(log).is_whole


def test_where_it_stood_outlives_a_program_that_says_no_farewell(tmp_path: Path) -> None:
    journal = tmp_path / "resume.json"
    recorder = CourtRecorder(tmp_path / COURT_LOG, journal, "PC Harper", lambda _why: None)
    standing: dict[str, JsonValue] = {
        "source": "case", "folder": str(tmp_path), "sheet": "s", "by": "PC Harper", "display": "HDMI-1",
        "item": "item-4", "place": 3, "at_ns": AT, "focus": "camera-1", "screen": "live",
    }  # fmt: skip
    recorder.keep_standing(standing)
    recorder.keep_place(3, AT + 77)
    recorder.close(is_over=False)
    found = find_interrupted(journal)
    assert found is not None
    assert (found.kind, found.item, found.at, found.focus) == (SourceKind.CASE, "item-4", AT + 77, "camera-1")
    place_file(journal).write_bytes(place_file(journal).read_bytes().replace(b"77", b"78"))
    assert read_place(journal) is None, "half a place is no place"
    again = find_interrupted(journal)
    assert again is not None
    assert again.at == AT
    journal.write_bytes(journal.read_bytes()[:-9])
    assert find_interrupted(journal) is None


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunSheet]:
    """Return a closed case and its run sheet."""
    folder = tmp_path_factory.mktemp("case")
    case_folder = make_pack_case(folder)
    with Case.open(case_folder) as case:
        return case_folder, make_sheet(case, folder)


def test_a_case_is_read_once_with_all_that_its_run_sheet_needs(made: tuple[Path, RunSheet]) -> None:
    folder, sheet = made
    source = load_from_case(folder, sheet.title)
    assert [cue.id for cue in source.cues] == [item.id for item in sheet.items]
    assert source.missing == ()
    shown = {place.recording.id for row in source.timeline.cameras for place in row.placed}
    assert set(source.indexes) <= shown
    assert all(Path(cue.path).is_file() for cue in source.cues if cue.path)


def test_the_log_is_written_for_the_record_in_every_form(made: tuple[Path, RunSheet], tmp_path: Path) -> None:
    folder, _ = made
    (folder / COURT_LOG).unlink(missing_ok=True)
    recorder = CourtRecorder(folder / COURT_LOG, None, "PC Harper", lambda _why: None)
    for action, details in SeenRecorder().see(seen(3), 0):
        recorder.note(action, details)
    recorder.close()
    for form, start in ((".html", b"<!"), (".pdf", b"%PDF"), (".csv", b"\xef\xbb\xbfTime"), (".json", b"[")):
        out = tmp_path / f"log{form}"
        assert main(["court-log", str(folder), "--out", str(out), "--json"]) == 0
        assert out.read_bytes().lstrip()[: len(start)].lower() == start.lower()
    assert "a.mp4 f 3" in (tmp_path / "log.html").read_text()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["court-log", str(folder), "--json"]) == 0
    document = json.loads(printed.getvalue())
    assert (document["ok"], document["rows"][0]["exhibit"]) == (True, "PH/3")
    assert main(["court-log", str(folder), "--out", str(tmp_path / "log.doc"), "--json"]) == 2
    (folder / COURT_LOG).write_bytes((folder / COURT_LOG).read_bytes().replace(b"a.mp4", b"b.mp4") + b"{}\n")
    assert main(["court-log", str(folder), "--json"]) == 1


def test_a_pack_is_shown_from_itself_alone_and_its_log_lies_with_the_user(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    folder = tmp_path / "Court pack"
    with Case.open(make_pack_case(home)) as case:
        pack_of(case, make_sheet(case, home), folder)
    shutil.rmtree(home)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    source = load_from_pack(folder, nobody_known)
    assert source.kind is SourceKind.PACK
    assert source.missing == ()
    assert "not compared" in source.first_look, "a look at its small files vouches for nothing"
    assert not source.is_amiss
    with pytest.raises(NoSuchItemError, match="no run sheet “Another”"):
        load_source(folder, "Another")
    assert load_source(folder, source.sheet.title).sheet == source.sheet
    own = {Path(os.fsdecode(place.recording.path_bytes)) for row in source.timeline.cameras for place in row.placed}
    assert own
    assert all(path.is_file() and folder in path.parents for path in own)
    files = court_files(source)
    assert folder not in files.log.parents
    recorder = CourtRecorder(files.log, files.journal, "Counsel", lambda _why: None)
    recorder.note("court.begun", {"sheet_title": "Day one"})
    recorder.close()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["court-log", str(folder), "--json"]) == 0
    assert [row["also"] for row in json.loads(printed.getvalue())["rows"]] == ["Day one"]
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert after == before, "nothing is written into a pack"
