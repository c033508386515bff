"""`sync` on the command line: what is found is proposed, accepted and applied it moves the timeline; undo undoes it."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from sync.overlay_clock import job as overlay_job
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
