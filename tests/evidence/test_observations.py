"""Observations are kept, decided on a match at a time, and told of; several clocks are set in one step and set back."""

import uuid

import pytest

from evidence.case import Case
from evidence.errors import NoSuchItemError
from evidence.observations import Moment, Observation, ObservationState, SyncMethod
from evidence.records import ClockPiece, ClockSetting
from evidence.times import IncidentTime
from tests.support.case_dump import assert_log_is_whole, log_of


def observation(one: str, other: str | None, group: str, media_ns: int = 5) -> Observation:
    return Observation(
        id=str(uuid.uuid4()),
        group=group,
        method=SyncMethod.SOUND,
        one=Moment(one, media_ns),
        other=None if other is None else Moment(other, 2**40),
        utc=IncidentTime(1_773_000_000_000_000_000) if other is None else None,
        sigma_ns=1_000_000,
        common_sigma_ns=80_000_000,
        evidence="12 of 40 windows agree",
        found_by="Sightline",
        found_ns=7,
    )


def test_what_was_observed_comes_back_as_it_was_and_is_in_the_log(full_case: Case) -> None:
    one, other, *_ = (recording.id for recording in full_case.recordings())
    kept = (observation(one, other, "a"), observation(one, other, "a", 9), observation(one, None, "b"))
    full_case.add_observations(kept, by="DC Grey")
    assert set(full_case.observations()) == set(kept)
    told = [line for line in log_of(full_case.folder) if line["action"] == "observation.added"]
    assert [line["items"] for line in told] == [["a", one, other], ["b", one]]
    assert_log_is_whole(full_case)


def test_a_match_is_accepted_as_a_whole_and_can_be_taken_back(full_case: Case) -> None:
    one, other, *_ = (recording.id for recording in full_case.recordings())
    full_case.add_observations([observation(one, other, "a"), observation(one, other, "a", 9)], by="DC Grey")
    before = full_case.observations()
    assert full_case.decide_observations(["a"], ObservationState.ACCEPTED, by="DS Blue") == 1
    for kept in full_case.observations():
        assert (kept.state, kept.decided_by) == (ObservationState.ACCEPTED, "DS Blue")
    assert full_case.decide_observations(["a"], ObservationState.ACCEPTED, by="DS Blue") == 0
    assert full_case.decide_observations(["a"], ObservationState.PROPOSED, by="DS Blue") == 1
    assert full_case.observations() == before
    actions = [line["action"] for line in log_of(full_case.folder)][-2:]
    assert actions == ["observation.accepted", "observation.proposed"]


def test_a_wrong_match_or_recording_changes_nothing(full_case: Case) -> None:
    one = full_case.recordings()[0].id
    with pytest.raises(NoSuchItemError):
        full_case.add_observations([observation(one, None, "a"), observation(one, "nothing", "a")], by="DC Grey")
    with pytest.raises(NoSuchItemError):
        full_case.decide_observations(["a"], ObservationState.ACCEPTED, by="DC Grey")
    assert full_case.observations() == ()


def test_clocks_are_set_in_one_step_with_their_uncertainty_and_set_back(full_case: Case) -> None:
    first, second, third = (camera.id for camera in full_case.cameras())
    stated = ClockSetting(first, (ClockPiece(0, -5, 0),), None, "stated", "speaking clock", "DC Grey", 1)
    full_case.set_clock(stated)
    solved = [
        ClockSetting(one, (ClockPiece(0, 0, 1),), 9, "solved", "3 matches", "DC Grey", 2, ((0, 9), (10, 4)))
        for one in (first, second)
    ]
    full_case.set_clocks(solved, by="DC Grey")
    assert list(full_case.clock_settings()) == solved
    full_case.set_clocks([stated], by="DC Grey", cleared=[second, third])
    assert full_case.clock_settings() == (stated,)
    assert full_case.clock_history(second) == (solved[1],)
