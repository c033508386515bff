"""Every change that people make is saved and told in the audit log, with old and new; a wrong one changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.case import Case
from evidence.errors import (
    CaseReadOnlyError,
    NoSuchItemError,
    OriginalChangedError,
    OriginalMissingError,
    UsageError,
)
from evidence.records import (
    CameraKind,
    ClaimMeaning,
    ClaimOrigin,
    ClaimZone,
    ClockPiece,
    ClockSetting,
    TimeClaim,
)
from tests.support.case_dump import actions_of, assert_log_is_whole, dump, log_of


def setting_for(camera_id: str, offset_ns: int, *, by: str = "DC Grey", set_ns: int = 1) -> ClockSetting:
    return ClockSetting(
        camera_id, (ClockPiece(0, -offset_ns, 60_000),), 500_000_000, "manual offset", "speaking clock", by, set_ns
    )


def claim_at(instant_ns: int) -> TimeClaim:
    return TimeClaim(
        ClaimOrigin.BY_HAND, "DC Grey", "21:32", instant_ns, ClaimZone.UTC, ClaimMeaning.START, 10**9, note="witness"
    )


@pytest.fixture
def case(full_case: Case) -> Case:
    """A case with three cameras of two recordings each."""
    return full_case


def last(case: Case) -> dict[str, object]:
    assert_log_is_whole(case)
    record = log_of(case.folder)[-1]
    return {"action": record["action"], "by": record["by"], "items": record["items"], **record["details"]}


def test_renaming_a_camera(case: Case) -> None:
    camera = case.cameras()[0]
    renamed = case.rename_camera(camera.id, " BWV  PC 412 ", by="DC Grey")
    assert renamed.name == case.camera(camera.id).name == "BWV PC 412"
    told = last(case)
    assert (told["action"], told["by"], told["items"]) == ("camera.renamed", "DC Grey", [camera.id])
    assert (told["old"], told["new"]) == ("BWV A1", "BWV PC 412")


@pytest.mark.parametrize("name", ["", " \n ", "x" * 121, "BWV B2", "bwv b2"])
def test_a_camera_keeps_its_name_where_the_new_one_is_no_good(case: Case, name: str) -> None:
    before = dump(case.folder, without=())
    with pytest.raises(UsageError):
        case.rename_camera(case.cameras()[0].id, name, by="me")
    assert dump(case.folder, without=()) == before


def test_what_is_the_same_already_is_no_change(case: Case) -> None:
    camera, recording = case.cameras()[0], case.recordings()[0]
    log = log_of(case.folder)
    case.rename_camera(camera.id, camera.name, by="me")
    case.set_camera_kind(camera.id, camera.kind, by="me")
    case.set_camera_owner(camera.id, camera.owner, by="me")
    case.set_camera_position(camera.id, 0, by="me")
    case.move_recording(recording.id, camera.id, by="me")
    case.set_exhibit(recording.id, "", by="me")
    case.clear_clock(camera.id, by="me")
    case.set_time_zone("Europe/London", by="me")
    assert case.withdraw_claims_by_hand(recording.id, by="me") == 0
    assert log_of(case.folder) == log


def test_kind_and_owner(case: Case) -> None:
    camera = case.cameras()[1]
    case.set_camera_kind(camera.id, CameraKind.CCTV, by="me")
    case.set_camera_owner(camera.id, "Borough Council", by="me")
    now = case.camera(camera.id)
    assert (now.kind, now.owner) == (CameraKind.CCTV, "Borough Council")
    assert actions_of(case.folder)[-2:] == ["camera.kind_set", "camera.owner_set"]


def test_the_order_of_cameras(case: Case) -> None:
    first, second, third = case.cameras()
    assert case.set_camera_position(third.id, 0, by="me") == case.cameras()
    assert [camera.id for camera in case.cameras()] == [third.id, first.id, second.id]
    case.set_camera_position(third.id, 99, by="me")
    assert [camera.id for camera in case.cameras()] == [first.id, second.id, third.id]
    assert [camera.position for camera in case.cameras()] == [0, 1, 2]


def test_merging_cameras_keeps_the_history_of_both(case: Case) -> None:
    one, other, third = case.cameras()
    case.set_clock(setting_for(one.id, 7))
    case.set_clock(setting_for(other.id, 8))
    merged = case.merge_cameras(one.id, other.id, by="DC Grey")
    assert (merged.id, merged.name, merged.grouped_by) == (other.id, "BWV B2", "by hand")
    assert [camera.id for camera in case.cameras()] == [other.id, third.id]
    assert len(case.recordings(other.id)) == 4
    assert [setting.camera_id for setting in case.clock_settings()] == [other.id]
    assert len(case.clock_history(one.id)) == 1
    assert last(case)["action"] == "camera.merged"
    with pytest.raises(NoSuchItemError):
        case.rename_camera(one.id, "again", by="me")
    case.rename_camera(other.id, one.name, by="me")  # a name that is out of use is free
    with pytest.raises(UsageError):
        case.merge_cameras(other.id, other.id, by="me")


def test_merged_cameras_are_parted_again(case: Case) -> None:
    one, other, third = case.cameras()
    case.set_clock(setting_for(one.id, 7))
    before = case.cameras(), case.recordings(), case.clock_settings()
    moved = [recording.id for recording in case.recordings(one.id)]
    case.merge_cameras(one.id, other.id, by="me")
    with pytest.raises(UsageError, match="changed since"):
        case.part_cameras(one.id, third.id, moved, grouped_by=other.grouped_by, by="me")
    case.move_recording(moved[0], third.id, by="me")
    with pytest.raises(UsageError, match="changed since"):
        case.part_cameras(one.id, other.id, moved, grouped_by=other.grouped_by, by="me")
    case.move_recording(moved[0], other.id, by="me")
    case.rename_camera(third.id, one.name, by="me")
    with pytest.raises(UsageError, match="already"):
        case.part_cameras(one.id, other.id, moved, grouped_by=other.grouped_by, by="me")
    case.rename_camera(third.id, third.name, by="me")
    case.part_cameras(one.id, other.id, moved, grouped_by=other.grouped_by, by="me")
    assert last(case)["action"] == "camera.parted"
    assert [camera.id for camera in case.cameras()] == [camera.id for camera in before[0]]
    assert case.recordings() == before[1]
    assert case.clock_settings() == before[2]


def test_moving_recordings(case: Case) -> None:
    one, other, _ = case.cameras()
    first, second = case.recordings(one.id)
    case.set_clock(setting_for(one.id, 7))
    assert case.move_recording(first.id, other.id, by="me").id == other.id
    assert len(case.recordings(other.id)) == 3
    made = case.move_recording_to_new_camera(second.id, "Phone of Ms Lee", by="me")
    assert made.grouped_by == "by hand"
    assert made.colour == 3
    assert [camera.name for camera in case.cameras()] == ["BWV B2", "BWV C3", "Phone of Ms Lee"]
    assert case.clock_settings() == ()  # the camera that lost its last recording is out of use
    assert last(case)["old_camera_taken_out_of_use"] is True
    again = case.move_recording_to_new_camera(first.id, "BWV A1", by="me")
    assert again.colour == 0
    with pytest.raises(UsageError):
        case.move_recording_to_new_camera(first.id, "bwv b2", by="me")


def test_exhibit_references(case: Case) -> None:
    recording = case.recordings()[0]
    case.set_exhibit(recording.id, "ABC/1", by="me")
    assert case.recording(recording.id).exhibit == "ABC/1"
    assert (last(case)["old"], last(case)["new"]) == ("", "ABC/1")
    with pytest.raises(UsageError):
        case.set_exhibit(recording.id, "x" * 121, by="me")


def test_a_clock_is_set_replaced_and_cleared_and_nothing_is_forgotten(case: Case) -> None:
    camera = case.cameras()[0]
    first, second = setting_for(camera.id, 432 * 10**9, set_ns=1), setting_for(camera.id, 431 * 10**9, set_ns=2)
    case.set_clock(first)
    assert case.clock_settings() == (first,)
    case.set_clock(second)
    assert case.clock_settings() == (second,)
    assert case.clock_history(camera.id) == (second, first)
    told = last(case)
    assert (told["action"], told["by"], told["basis"]) == ("clock.set", "DC Grey", "speaking clock")
    assert told["pieces"] == [[0, -431 * 10**9, 60_000]]
    case.clear_clock(camera.id, by="me")
    assert case.clock_settings() == ()
    assert case.clock_history(camera.id) == (second, first)
    assert last(case)["action"] == "clock.cleared"


@pytest.mark.parametrize(
    ("pieces", "sigma", "basis"),
    [
        ((), 1, "grounds"),
        ((ClockPiece(5, 5, 0), ClockPiece(5, 6, 0)), 1, "grounds"),
        ((ClockPiece(0, 0, 10**9),), 1, "grounds"),
        ((ClockPiece(0, 0, 0),), -1, "grounds"),
        ((ClockPiece(0, 0, 0),), 1, "  "),
        ((ClockPiece(0, 2**63, 0),), 1, "grounds"),
        ((ClockPiece(0, 0, 0),), 2**63, "grounds"),
    ],
)
def test_what_is_no_clock_is_not_set(case: Case, pieces: tuple[ClockPiece, ...], sigma: int | None, basis: str) -> None:
    camera = case.cameras()[0]
    with pytest.raises(UsageError):
        case.set_clock(ClockSetting(camera.id, pieces, sigma, "manual", basis, "me", 0))
    assert case.clock_settings() == ()


def test_the_newest_claim_by_hand_stands_first(case: Case) -> None:
    recording = case.recordings()[0]
    case.add_claim(recording.id, claim_at(10**18), by="DC Grey")
    case.add_claim(recording.id, claim_at(10**18 + 5), by="DS Black")
    assert case.recording(recording.id).claims == (claim_at(10**18 + 5), claim_at(10**18), *recording.claims)
    assert (last(case)["action"], last(case)["by"]) == ("recording.time_claimed", "DS Black")
    assert case.withdraw_claims_by_hand(recording.id, by="me") == 2
    assert case.recording(recording.id).claims == recording.claims
    assert last(case)["instants_ns"] == [10**18, 10**18 + 5]
    with pytest.raises(UsageError):
        case.add_claim(recording.id, claim_at(2**63), by="me")


def test_an_original_that_was_moved_is_hashed_first(case: Case, tmp_path: Path) -> None:
    recording, other = case.recordings()[:2]
    moved = tmp_path / "moved here.mp4"
    recording.path.rename(moved)
    with pytest.raises(OriginalChangedError):
        case.relocate_original(recording.id, other.path, by="me")
    with pytest.raises(OriginalMissingError):
        case.relocate_original(recording.id, recording.path, by="me")
    assert case.find_original(recording) is None
    case.relocate_original(recording.id, moved, by="me")
    now = case.recording(recording.id)
    assert now.path == moved
    assert case.find_original(now) == moved
    assert last(case)["action"] == "recording.relocated"


@pytest.mark.parametrize(
    "edit",
    [
        lambda case: case.rename_camera("x", "name", by="me"),
        lambda case: case.set_camera_kind("x", CameraKind.BWV, by="me"),
        lambda case: case.set_camera_owner("x", "name", by="me"),
        lambda case: case.set_camera_position("x", 1, by="me"),
        lambda case: case.merge_cameras("x", "y", by="me"),
        lambda case: case.move_recording("x", case.cameras()[0].id, by="me"),
        lambda case: case.move_recording(case.recordings()[0].id, "x", by="me"),
        lambda case: case.move_recording_to_new_camera("x", "name", by="me"),
        lambda case: case.set_exhibit("x", "ref", by="me"),
        lambda case: case.add_claim("x", claim_at(1), by="me"),
        lambda case: case.withdraw_claims_by_hand("x", by="me"),
        lambda case: case.relocate_original("x", b"/nowhere", by="me"),
        lambda case: case.set_clock(setting_for("x", 1)),
        lambda case: case.clear_clock("x", by="me"),
        lambda case: case.settle_batch("x", by="me"),
    ],
)
def test_a_change_of_something_that_is_not_there_changes_nothing(case: Case, edit: Callable[[Case], object]) -> None:
    before, log = dump(case.folder), log_of(case.folder)
    with pytest.raises(NoSuchItemError):
        edit(case)
    assert dump(case.folder) == before
    assert log_of(case.folder) == log
    with Case.open(case.folder, read_only=True) as reader, pytest.raises((CaseReadOnlyError, NoSuchItemError)):
        edit(reader)


def test_hostile_words_are_cleaned_on_their_way_in(case: Case) -> None:
    camera = case.cameras()[0]
    case.set_camera_owner(camera.id, "PC\u202e 412\x00\ud800", by="me\x1b[31m")
    assert case.camera(camera.id).owner == "PC\\u202e 412\\x00\\ud800"
    assert last(case)["by"] == "me\\x1b[31m"
