"""`sync` on the command line: what is found is proposed, accepted and applied it moves the timeline; undo undoes it."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.cli import sync as sync_command
from app.cli.main import main
from evidence.time_text import at_most_text
from sync.overlay_clock import job as overlay_job
from sync.words import drift_words
from tests.support.case_dump import log_of
from tests.support.clips import ClipPlan, make_clip
from tests.support.movers import View, make_mover, write_view
from tests.support.sound_files import write_sound
from tests.support.talk import heard, talk


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recordings of one talk whose names say the wrong time: the second began 12 s later, not 40."""
    folder = tmp_path_factory.mktemp("street")
    words = talk(1, 75)
    for name, start, ppm in (("VID_20260314_213150", 0, 0), ("REC_20260314_213230", 12, 80)):
        samples = heard(words, start_s=start, seconds=55, ppm=ppm, noise=0.02, seed=start)
        write_sound(samples, "aac64", folder / name)
    return folder


@pytest.fixture
def case(tmp_path: Path, street: Path) -> Path:
    folder = tmp_path / "Case.sightline"
    assert main(["new", str(folder), "--title", "Talk", "--reference", "R", "--by", "me"]) == 0
    for number, path in enumerate(sorted(street.iterdir())):
        assert main(["add", str(folder), str(path), "--camera", f"Camera {number}", "--by", "me"]) == 0
    return folder


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def starts_apart_s(capsys: pytest.CaptureFixture[str], case: Path) -> float:
    rows = call(capsys, "info", str(case))["cameras"]
    first, second = sorted(int(row["recordings"][0]["start_ns"]) for row in rows)
    return (second - first) / 1e9


def test_clocks_follow_from_accepted_matches_and_come_back(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = starts_apart_s(capsys, case)
    assert before == pytest.approx(40, abs=0.01)
    found = call(capsys, "sync", str(case), "--by", "me")
    assert {one["state"] for one in found["observations"]} == {"proposed"}
    assert found["is_preview"]
    assert call(capsys, "sync", str(case), "--known")["observations"] == found["observations"]
    assert starts_apart_s(capsys, case) == before
    assert main(["sync", str(case), "--apply"]) == 2
    call(capsys, "sync", str(case), "--accept", "all", "--by", "DS Blue")
    assert starts_apart_s(capsys, case) == before
    call(capsys, "sync", str(case), "--apply", "--by", "DS Blue")
    assert starts_apart_s(capsys, case) == pytest.approx(12, abs=0.01)
    again = call(capsys, "sync", str(case), "--by", "me")
    assert len(again["observations"]) == len(found["observations"])
    call(capsys, "sync", str(case), "--undo", "--by", "DS Blue")
    assert starts_apart_s(capsys, case) == before
    actions = [line["action"] for line in log_of(case)]
    assert actions[-6:] == [
        "observation.added", "observation.accepted", "clock.set", "clock.set", "clock.cleared", "clock.cleared",
    ]  # fmt: skip


def test_what_is_printed_of_a_camera_is_what_the_certificate_says(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the middle of its recordings, and of the worst within them, also where a clock drifts."""
    call(capsys, "sync", str(case), "--by", "me")
    call(capsys, "sync", str(case), "--accept", "all", "--by", "DS Blue")
    told = call(capsys, "sync", str(case), "--apply", "--by", "DS Blue")["cameras"]
    paper = tmp_path / "certificate.json"
    assert main(["sync", str(case), "--certificate", str(paper), "--by", "me"]) == 0
    lines = capsys.readouterr().out
    certified = json.loads(paper.read_text())["clocks"]
    names = {one["id"]: one["name"] for one in told}
    for mine, theirs in zip(told, certified, strict=True):
        assert (mine["name"], mine["error_ns"], mine["half_95_ns"]) == (
            theirs["name"], theirs["error_ns"], theirs["half_ns"],
        )  # fmt: skip
        assert (names.get(mine["beside"], ""), mine["half_beside_95_ns"]) == (
            theirs["beside"], theirs["half_beside_ns"],
        )  # fmt: skip
        speed = f"{abs(mine['error_ns']) / 1e9:.3f} s {'fast' if mine['error_ns'] > 0 else 'slow'}"
        half = at_most_text(mine["half_95_ns"])
        drift = drift_words(mine["drift_ppb"], mine["drift_sigma_ppb"])
        assert f"{mine['name']}: {speed}, ±{half}, drift {drift}" in lines


def test_what_is_known_is_listed_without_looking_for_anything(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = log_of(case)
    assert call(capsys, "sync", str(case), "--known")["observations"] == []
    assert log_of(case) == before


def test_a_rejected_match_moves_nothing_and_is_not_found_again(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "sync", str(case), "--by", "me")
    call(capsys, "sync", str(case), "--reject", "all", "--by", "DS Blue")
    again = call(capsys, "sync", str(case), "--by", "me")
    assert {one["state"] for one in again["observations"]} == {"rejected"}
    assert [one["is_anchored"] for one in again["clusters"]] == [False, False]
    assert main(["sync", str(case), "--apply", "--by", "me"]) == 2


def test_two_clips_of_a_few_seconds_are_possible_until_somebody_has_listened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, said = tmp_path / "Case.sightline", talk(5, 20)
    assert main(["new", str(case), "--title", "Clips", "--reference", "R", "--by", "me"]) == 0
    for name, start_s in (("VID_20260314_213150", 4.0), ("REC_20260314_213230", 5.0)):
        clip = heard(said, start_s=start_s, seconds=5, ppm=0, noise=0.02, seed=int(start_s))
        path = write_sound(clip, "wav", tmp_path / name)
        assert main(["add", str(case), str(path), "--camera", name, "--by", "me"]) == 0
    before = starts_apart_s(capsys, case)
    found = call(capsys, "sync", str(case), "--by", "me")
    (one,) = found["observations"]
    assert one["state"] == "possible"
    assert "Listen" in one["evidence"]
    assert main(["sync", str(case), "--accept", "all", "--by", "me"]) == 0  # of all that is proposed
    assert main(["sync", str(case), "--apply", "--by", "me"]) == 2
    assert starts_apart_s(capsys, case) == before
    capsys.readouterr()
    call(capsys, "sync", str(case), "--accept", one["group"], "--by", "DS Blue")
    call(capsys, "sync", str(case), "--apply", "--by", "DS Blue")
    assert starts_apart_s(capsys, case) == pytest.approx(1.0, abs=0.01)
    assert "observation.accepted" in [line["action"] for line in log_of(case)]


def test_two_silent_cameras_that_saw_somebody_move_are_possible_until_somebody_has_looked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, mover, page = tmp_path / "Case.sightline", make_mover(0, 80), tmp_path / "certificate.json"
    assert main(["new", str(case), "--title", "Yard", "--reference", "R", "--by", "me"]) == 0
    front, side = View(0, Fraction(25, 2), 2.0, 60), View(25, Fraction(15), 9.3, 60)
    for name, view in (("VID_20260314_213150", front), ("REC_20260314_213230", side)):
        path = write_view(tmp_path / f"{name}.mp4", mover, view, seed=view.rate.numerator)
        assert main(["add", str(case), str(path), "--camera", name, "--by", "me"]) == 0
    before = starts_apart_s(capsys, case)
    found = call(capsys, "sync", str(case), "--methods", "light", "--by", "me")
    (one,) = found["observations"]
    assert (one["state"], one["method"]) == ("possible", "matching movement")
    assert "Look at both pictures" in one["evidence"]
    assert main(["sync", str(case), "--accept", "all", "--by", "me"]) == 0  # of all that is proposed
    assert main(["sync", str(case), "--apply", "--by", "me"]) == 2
    assert starts_apart_s(capsys, case) == before
    again = call(capsys, "sync", str(case), "--methods", "light", "--by", "me")
    assert len(again["observations"]) == 1
    call(capsys, "sync", str(case), "--accept", one["group"], "--by", "DS Blue")
    call(capsys, "sync", str(case), "--apply", "--by", "DS Blue")
    assert starts_apart_s(capsys, case) == pytest.approx(7.3, abs=0.08)
    call(capsys, "sync", str(case), "--certificate", str(page), "--by", "DS Blue")
    assert any("--methods light" in command for command in json.loads(page.read_text())["commands"])


def test_a_method_or_match_that_is_not_there_is_a_usage_error(case: Path) -> None:
    assert main(["sync", str(case), "--methods", "smell"]) == 2
    assert main(["sync", str(case), "--methods", "sound", "--known"]) == 2
    assert main(["sync", str(case), "--accept", "nothing"]) == 2
    assert main(["sync", str(case), "--undo"]) == 2


def test_an_event_places_a_recording_without_any_time_and_undo_takes_it_back(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = make_clip(tmp_path, ClipPlan(frames=90), "lobby.mp4")
    assert main(["add", str(case), str(clip.path), "--camera", "Lobby", "--by", "me"]) == 0
    before = call(capsys, "info", str(case))
    assert call(capsys, "sync", str(case), "--reject", "all")["unplaced"]
    event = ["event", str(case), "--camera", "Camera 0", "--at", "21:32:40"]
    assert main([*event, "--by", "me"]) == 2
    found = call(capsys, *event, "--camera", "Lobby", "--at", "30", "--what", "Door opens", "--by", "DS Blue")
    (one,) = found["observations"]
    assert (one["state"], one["method"], one["decided_by"]) == ("accepted", "marked event", "DS Blue")
    assert one["other"]["media_ns"] == 1_016_666_666, "the middle of frame 30 at 30 a second"
    assert "Door opens" in one["evidence"]
    call(capsys, "sync", str(case), "--apply", "--by", "DS Blue")
    rows = call(capsys, "info", str(case))["cameras"]
    (lobby,) = next(row for row in rows if row["camera"]["name"] == "Lobby")["recordings"]
    assert lobby["start_ns"] == pytest.approx(1_773_523_959 * 10**9 - 16_666_666, abs=2_000_000)
    call(capsys, "sync", str(case), "--undo", "--by", "DS Blue")
    assert call(capsys, "info", str(case)) == before


def test_a_clock_that_is_stated_is_an_observation_at_the_time_of_the_comparison(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = ["clock", str(case), "Camera 0", "--how", "speaking clock", "--within", "2s", "--by", "PC 9"]
    call(capsys, *state, "--error", "+00:00:30", "--at", "2026-03-15T09:00:00Z")
    assert starts_apart_s(capsys, case) == pytest.approx(10, abs=0.01)
    call(capsys, *state, "--error", "+00:00:28", "--at", "2026-03-15T10:00:00Z")
    said = [one for one in call(capsys, "sync", str(case), "--reject", "all")["observations"] if one["utc"]]
    assert [(one["method"], one["state"]) for one in said] == [
        ("stated clock error", "rejected"), ("stated clock error", "accepted"),
    ]  # fmt: skip
    assert said[1]["utc"] == 1_773_568_800 * 10**9
    call(capsys, *state, "--error", "+00:00:29", "--at", "2026-03-16T10:00:00Z", "--also")
    said = [one for one in call(capsys, "sync", str(case), "--reject", "all")["observations"] if one["utc"]]
    assert [one["state"] for one in said] == ["rejected", "accepted", "accepted"]


def test_the_certificate_gives_back_what_was_stated_and_compares_a_lone_camera_with_none(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(capsys, "clock", str(case), "Camera 0", "--how", "speaking clock", "--within", "2s", "--error", "+00:00:30")
    call(capsys, "sync", str(case), "--reject", "all")
    paper = tmp_path / "certificate.html"
    call(capsys, "sync", str(case), "--certificate", str(paper))
    assert "±2.000 s" in paper.read_text()
    assert "compared with it" not in paper.read_text()
    assert "--methods" not in paper.read_text(), "what was stated is not found by a search"
    call(capsys, "sync", str(case), "--methods", "sound")
    call(capsys, "sync", str(case), "--accept", "all")
    call(capsys, "sync", str(case), "--certificate", str(paper))
    assert "the others are compared with it" in paper.read_text()
    assert "--methods sound" in paper.read_text()


def test_a_case_that_cannot_be_changed_is_listed_and_not_searched_in_vain(
    case: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = call(capsys, "sync", str(case))["observations"]
    assert known
    (case / "SEALED.txt").touch()
    monkeypatch.setattr(sync_command, "look_for_matches", None)
    assert call(capsys, "sync", str(case))["observations"] == known
    assert main(["sync", str(case), "--methods", "sound"]) == 1
    assert "Looking for matches is not possible: the case is open read-only" in capsys.readouterr().err


def test_an_hour_is_taken_only_where_it_was_asked_about(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = ["clock", str(case), "Camera 1", "--how", "speaking clock", "--within", "2s", "--by", "PC 9"]
    call(capsys, *clock, "--error", "+00:00:00")
    assert main(["sync", str(case), "--hour", "Camera 0", "--by", "me"]) == 2
    call(capsys, *clock, "--error", "+01:00:05")
    before = starts_apart_s(capsys, case)
    asked = call(capsys, "sync", str(case), "--reject", "all")["hour_doubts"]
    assert [one["hours"] for one in asked] == [1]
    found = call(capsys, "sync", str(case), "--hour", "Camera 1", "--by", "DS Blue")
    assert [one["evidence"] for one in found["observations"] if one["method"] == "time zone"]
    assert found["hour_doubts"] == []
    assert starts_apart_s(capsys, case) == before


def test_a_method_that_is_unknown_or_not_installed_is_named_with_what_there_is(
    case: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlay_job, "find_models", lambda: None)
    for method, said in (("smell", "sound, light, clock, all"), ("clock", "sightline[ocr]")):
        capsys.readouterr()
        assert main(["sync", str(case), "--methods", method]) == 2
        assert said in "".join(capsys.readouterr())


def test_nothing_is_said_of_proposals_where_there_are_none(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = call(capsys, "info", str(case))["cameras"][0]["recordings"][0]["recording"]["display_name"]
    call(capsys, "place", str(case), named, "--at", "2026-03-14T21:31:20Z", "--how", "the clock in the picture")
    assert main(["sync", str(case), "--by", "me"]) == 0
    assert "if all proposals are accepted" in capsys.readouterr().out
    assert main(["sync", str(case), "--reject", "all", "--by", "me"]) == 0
    said = capsys.readouterr().out
    assert "Camera 0: 0.000 s fast" in said
    assert "if all proposals are accepted" not in said
