"""What follows from observations: who is placed, what is left out, what may be an hour off; nothing moves by itself."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from evidence.case import Case
from evidence.errors import UsageError
from evidence.examination import Examination
from evidence.frame_index import FrameIndex, Timing
from evidence.ingest import AddRequest, add_files
from evidence.jobs import IsCancelled, never_cancelled, no_progress
from evidence.observations import Moment, ObservationState, SyncMethod
from evidence.records import ClaimOrigin, ClockPiece, ClockSetting, Recording
from evidence.time_text import LocalTimes
from evidence.times import NS_PER_S, IncidentTime
from sync.case_clocks import StatedClock, apply_standing, solve_case, state_clock, undo_apply
from sync.doubts import HOUR_NS, accept_doubt
from sync.marked import EventMark, mark_frame, observe_by_hand, observe_event
from sync.solution import Solution
from sync.standing import Basis, Standing, StandRequest, SyncFacts, Use, find_standing
from sync.stated import observe_stated_error
from sync.timeline import build_timeline
from sync.words import sayings, speed_words
from tests.support.case_dump import actions_of
from tests.support.examinations import FakeExaminer
from tests.support.sync_scenes import BASE, SUMMER, facts, finder, recording, tie, to_utc

HALF = NS_PER_S // 60
UTC = ZoneInfo("UTC")


def stand(known: SyncFacts, basis: Basis = Basis.ACCEPTED, reference: str = "") -> Standing:
    return find_standing(StandRequest(known, basis, reference, "DC Harper", BASE))


def words(standing: Standing) -> str:
    return "\n".join(one.text for one in sayings(standing, LocalTimes(UTC)))


def mark(of: str, second: float) -> EventMark:
    return EventMark(of, of.upper(), round(second * NS_PER_S), HALF, round(second * 30))


def test_one_marked_event_gives_the_offset_and_two_give_the_drift() -> None:
    known = [recording("a", "A", BASE), recording("b", "B", BASE + 40 * NS_PER_S)]
    first = observe_event([mark("a", 100), mark("b", 88)], finder(), note="The door opens")
    assert [one.sigma_ns for one in first] == [pytest.approx(HALF * (2 / 3) ** 0.5, rel=1e-6)]
    assert {one.state for one in first} == {ObservationState.ACCEPTED}
    once = stand(facts(known, [to_utc("utc", ("a", 0), BASE, sigma_s=0.001), *first]))
    assert once.camera_by_id["B"].error_after_ns == pytest.approx(28 * NS_PER_S, abs=0.1 * NS_PER_S)
    assert once.camera_by_id["B"].drift_sigma_ppb == pytest.approx(100_000, rel=0.01)
    # 100 ppm fast over 500 s: 50 ms more on the second clock
    second = observe_event([mark("a", 600), mark("b", 588.05)], finder())
    twice = stand(facts(known, [to_utc("utc", ("a", 0), BASE, sigma_s=0.001), *first, *second]))
    assert twice.camera_by_id["B"].drift_sigma_ppb < once.camera_by_id["B"].drift_sigma_ppb * 0.8
    assert twice.camera_by_id["B"].drift_ppb - twice.camera_by_id["A"].drift_ppb > 50_000


def test_events_in_cameras_of_different_rates_tie_them_without_a_bias() -> None:
    """Each happens anywhere in its frames; taken at the frames' starts, 5 beside 30 a second would be 83 ms off."""
    chance, errors, sigmas = random.Random(4), [], []
    for _ in range(200):
        marks, into = [], []
        for name, rate in (("a", 5), ("b", 30)):
            pts = np.arange(4, dtype=np.int64)
            index = FrameIndex(
                Fraction(1, rate),
                Timing.STAMPED,
                pts,
                4,
                pts,
                np.ones(4, dtype=np.bool_),
                packet_pts=pts,
                packet_pos=pts,
            )
            marks.append(mark_frame(name, name, index, 2))
            into.append((2 + chance.random()) / rate * NS_PER_S)
        (one,) = observe_event(marks, finder())
        assert one.other is not None
        errors.append(one.other.media_ns - one.one.media_ns - (into[1] - into[0]))
        sigmas.append(one.sigma_ns)
    assert abs(np.mean(errors)) < 0.015 * NS_PER_S
    inside = np.mean(np.abs(errors) <= 1.96 * np.array(sigmas))
    assert 0.93 <= inside <= 1.0


def test_an_event_in_three_cameras_ties_all_and_in_one_none() -> None:
    three = observe_event([mark("a", 1), mark("b", 2), mark("c", 3)], finder(), extra_sigma_ns=NS_PER_S)
    assert {(one.one.recording_id, one.other.recording_id) for one in three if one.other} == {("a", "b"), ("a", "c")}
    assert all(one.sigma_ns > NS_PER_S for one in three)
    for marks in ([mark("a", 1)], [mark("a", 1), mark("a", 2)]):
        with pytest.raises(UsageError):
            observe_event(marks, finder())


def test_a_camera_without_any_time_is_apart_until_an_event_places_it_and_never_at_the_epoch() -> None:
    known = [recording("a", "A", BASE), recording("b", "B", None), recording("c", "C", None)]
    alone = stand(facts(known, []))
    assert alone.question.unplaced == ("b", "c")
    assert alone.camera_by_id["B"].cluster == -1
    assert "No time yet: B (1) and C (1)" in words(alone)
    assert alone.settings == ()
    event = observe_event([mark("a", 100), mark("b", 30)], finder())
    placed = stand(facts(known, [*event]))
    assert placed.question.unplaced == ("c",)
    assert placed.camera_by_id["B"].by_match == 1
    claim = placed.question.placed_by_match["b"]
    assert (claim.origin, claim.instant_ns) == (ClaimOrigin.MATCH, BASE + 70 * NS_PER_S)
    (setting,) = [one for one in placed.settings if one.camera_id == "B"]
    dated = replace(known[1], claims=(claim,))
    timeline = build_timeline([placed.camera_by_id["B"].camera], [dated], [setting], "Europe/London")
    (place,) = timeline.cameras[0].placed
    assert place.incident_at_media_ns(30 * NS_PER_S) == pytest.approx(BASE + 100 * NS_PER_S, abs=1000)
    assert place.sigma_ns is not None
    assert place.sigma_ns > 20 * NS_PER_S  # as sure as the only clock that it is tied to


def test_a_match_alone_is_no_second_witness_of_true_time() -> None:
    """What a match placed must not count as a clock of its own once it is applied."""
    known = [recording("a", "A", BASE), recording("b", "B", None)]
    event = observe_event([mark("a", 100), mark("b", 30)], finder())
    before = stand(facts(known, [*event]))
    after = stand(facts([known[0], replace(known[1], claims=(before.question.placed_by_match["b"],))], [*event]))
    assert after.camera_by_id["A"].half_after_ns == before.camera_by_id["A"].half_after_ns
    assert after.camera_by_id["B"].half_after_ns == before.camera_by_id["B"].half_after_ns


def test_an_outlier_is_named_with_its_residual_and_a_rejected_match_does_not_count() -> None:
    known = [recording(name, name.upper(), BASE) for name in "abc"]
    ties = [
        tie("ab", ("a", 100), ("b", 101)), tie("ab2", ("a", 300), ("b", 301)), tie("bc", ("b", 100), ("c", 100)),
        tie("ac", ("a", 200), ("c", 201)), tie("wrong", ("a", 400), ("b", 405)),
    ]  # fmt: skip
    standing = stand(facts(known, ties))
    wrong = standing.match_by_group["wrong"]
    assert wrong.use is Use.OUTLIER
    assert wrong.weight == 0
    assert wrong.readings[0].residual_ns == pytest.approx(-4 * NS_PER_S, rel=0.02)
    assert "Left out: sound A – B is −4.0" in words(standing)
    assert {one.use for one in standing.matches if one.group != "wrong"} == {Use.USED}
    rejected = [replace(one, state=ObservationState.REJECTED) if one.group == "wrong" else one for one in ties]
    assert stand(facts(known, rejected)).match_by_group["wrong"].use is Use.LEFT_OUT


def test_a_contradiction_that_nobody_can_decide_is_shown_with_both_sides() -> None:
    known = [recording(name, name.upper(), BASE) for name in "ab"]
    standing = stand(facts(known, [tie("one", ("a", 100), ("b", 101)), tie("two", ("a", 100), ("b", 103))]))
    assert {one.use for one in standing.matches} == {Use.CONFLICT}
    told = next(one for one in sayings(standing, LocalTimes(UTC)) if one.role == "bad").text
    assert told.count("sound A – B") == 2
    assert "against" in told


def test_proposals_count_only_when_they_are_asked_for() -> None:
    known = [recording("a", "A", BASE), recording("b", "B", BASE)]
    ties = [tie("ab", ("a", 10), ("b", 15), state=ObservationState.PROPOSED)]
    assert stand(facts(known, ties)).settings == ()
    assert stand(facts(known, ties)).match_by_group["ab"].use is Use.LEFT_OUT
    both = stand(facts(known, ties), Basis.PROPOSED_TOO)
    assert {one.camera_id for one in both.settings} == {"A", "B"}
    assert both.proposed == ("ab",)


def test_what_is_only_possible_never_counts_until_it_is_accepted() -> None:
    """It fits at one place, but may be the same music of another day."""
    known = [recording("a", "A", BASE), recording("b", "B", BASE), recording("c", "C", None)]
    ties = [tie(f"a{of}", ("a", 10), (of, 15), state=ObservationState.POSSIBLE) for of in "bc"]
    for basis in Basis:
        standing = stand(facts(known, ties), basis)
        assert standing.settings == ()
        assert standing.proposed == ()
        assert standing.match_by_group["ab"].use is Use.LEFT_OUT
        assert standing.question.unplaced == ("c",)
        assert "2 are possible" in words(standing)
    accepted = [replace(one, state=ObservationState.ACCEPTED) for one in ties]
    standing = stand(facts(known, accepted))
    assert {one.camera_id for one in standing.settings} >= {"A", "B"}
    assert standing.question.unplaced == ()


def test_what_a_clock_rests_on_names_only_what_touches_that_clock() -> None:
    """A camera without sound, whose error was stated, was never set by matching sound."""
    known = [recording("a", "A", BASE), recording("b", "B", BASE), recording("c", "C", BASE)]
    said = observe_stated_error(
        known[2:], "UTC", error_ns=NS_PER_S, compared=None, sigma_ns=NS_PER_S, evidence="DVR", finder=finder()
    )
    assert said is not None
    unused = ClockSetting("C", (ClockPiece(0, 0, 0),), NS_PER_S, "by hand", "the clock on the wall", "PC 1", BASE + 5)
    for on_c in (
        facts(known, [tie("ab", ("a", 10), ("b", 15)), said]),
        facts(known, [tie("ab", ("a", 10), ("b", 15))]),
    ):
        standing = stand(on_c if said in on_c.observations else replace(on_c, settings=(unused,)))
        assert {one.camera_id: one.basis for one in standing.settings} == {
            "A": "1 observation (matching sound); dated by the devices' own clocks only",
            "B": "1 observation (matching sound); dated by the devices' own clocks only",
            "C": "1 observation (stated clock error)",
        }


def test_what_a_clock_rests_on_is_called_by_its_name_and_counts_only_its_own_that_was_left_out() -> None:
    """Nobody stated an error of a camera that GPS or a person dated; what is left out of one clock is no other's."""
    known = [
        by_origin(recording("a", "A", BASE), ClaimOrigin.GPS),
        recording("b", "B", BASE),
        by_origin(recording("c", "C", BASE), ClaimOrigin.BY_HAND),
        recording("d", "D", BASE + 432 * NS_PER_S),
        recording("e", "E", BASE),
    ]
    ties = [
        *(tie("ab", ("a", at), ("b", at)) for at in (10, 500)),
        *(tie("be", ("b", at), ("e", at)) for at in (10, 500)),
        *(tie("ae", ("a", at), ("e", at)) for at in (10, 500)),
        *(tie("wrong", ("b", at), ("e", at + 5)) for at in (10, 500)),
        to_utc("said", ("d", 0), BASE),
    ]
    standing = stand(facts(known, ties))
    assert {"wrong", "device clock D"} <= set(standing.solution.rejected_groups)
    assert {one.camera_id: one.basis for one in standing.settings} == {
        "A": "3 observations (gps time, matching sound)",
        "B": "2 observations (matching sound), 1 left out",
        "C": "1 observation (placed by hand); nobody said how sure the time is that it rests on",
        "D": "1 observation (stated clock error)",
        "E": "2 observations (matching sound), 1 left out",
    }


def by_origin(one: Recording, origin: ClaimOrigin) -> Recording:
    """Return a recording with its time from there."""
    return replace(one, claims=tuple(replace(claim, origin=origin) for claim in one.claims))


def test_what_is_only_proposed_is_not_said_to_hold_together() -> None:
    known = [recording(one, one.upper(), BASE) for one in "abc"]
    ties = [tie("ab", ("a", 10), ("b", 15)), tie("bc", ("b", 10), ("c", 15), state=ObservationState.PROPOSED)]
    told = words(stand(facts(known, ties)))
    assert "1 match counts, and nothing contradicts it. 1 more is proposed and not counted." in told
    assert "of 2 matches" not in told
    told = words(stand(facts(known, ties), Basis.PROPOSED_TOO))
    assert "2 matches count, and hold together without contradiction." in told
    assert "Nothing is counted yet" in words(stand(facts(known, ties[1:])))


def test_clocks_are_fast_or_slow_in_words() -> None:
    assert [speed_words(one) for one in (3_208_000_000, -432_004_000_000, None)] == [
        "3.208 s fast",
        "00:07:12.004 slow",
        "–",
    ]


def test_groups_that_nothing_joins_are_said_to_be_so() -> None:
    known = [recording(name, name.upper(), BASE) for name in "abcd"]
    standing = stand(facts(known, [tie("ab", ("a", 1), ("b", 1)), tie("cd", ("c", 1), ("d", 1))]))
    assert "Not connected: 2 groups of cameras that no match joins (A and B; C and D)" in words(standing)
    assert [standing.camera_by_id[name].cluster for name in "ABCD"] == [0, 0, 1, 1]


def test_a_reference_camera_stays_where_it_is() -> None:
    known = [recording("a", "A", BASE), recording("b", "B", BASE)]
    locked = stand(facts(known, [tie("ab", ("a", 10), ("b", 15))]), reference="A")
    assert locked.camera_by_id["A"].error_after_ns == 0
    assert locked.camera_by_id["B"].error_after_ns == pytest.approx(5 * NS_PER_S, abs=0.03 * NS_PER_S)


def test_an_hour_is_offered_with_both_sides_and_moves_nothing_unasked() -> None:
    known = [recording("a", "A", SUMMER), recording("b", "B", SUMMER + HOUR_NS + 4 * NS_PER_S)]
    ties = [tie("ab", ("a", 10), ("b", 10))]
    standing = stand(facts(known, ties))
    assert {(one.camera_id, one.hours) for one in standing.doubts} == {("A", -1), ("B", 1)}
    assert all(one.is_summer for one in standing.doubts)
    told = [one for one in sayings(standing, LocalTimes(UTC)) if one.doubt is not None]
    assert any("B may be exactly one hour fast against A, to 4.0 s" in one.text for one in told)
    assert all("Nothing was moved" in one.text and "British Summer Time" in one.text for one in told)
    halfway = standing.camera_by_id["A"].error_after_ns
    assert halfway is not None
    doubt = next(one for one in standing.doubts if one.camera_id == "B")
    start = standing.question.starts["b"][1]
    accepted = accept_doubt(doubt, start, known[1], finder())
    after = stand(facts(known, [*ties, accepted]))
    assert after.doubts == ()
    assert after.solution.conflicts == ()
    assert after.camera_by_id["B"].error_after_ns == pytest.approx(HOUR_NS, abs=30 * NS_PER_S)
    assert abs(after.camera_by_id["A"].error_after_ns or HOUR_NS) < 30 * NS_PER_S
    assert not any(one.is_anchored for one in after.solution.clusters)  # still only the devices' own word


def test_an_hour_against_true_time_is_offered_for_the_one_clock_and_can_be_applied_alone() -> None:
    known = [recording("a", "A", SUMMER + HOUR_NS)]
    standing = stand(facts(known, [to_utc("said", ("a", 0), SUMMER)]))
    assert [(one.camera_id, one.hours) for one in standing.doubts] == [("A", 1)]
    accepted = accept_doubt(standing.doubts[0], standing.question.starts["a"][1], known[0], finder())
    alone = stand(facts(known, [accepted]))
    (setting,) = alone.settings
    assert alone.camera_by_id["A"].error_after_ns == pytest.approx(HOUR_NS, abs=NS_PER_S)
    assert (setting.sigma_ns or 0) > 25 * NS_PER_S


@pytest.mark.parametrize("apart_s", [600, 3_200, 7_200, 86_400, 800_000_000])
def test_no_hour_is_offered_where_there_is_none(apart_s: int) -> None:
    known = [recording("a", "A", SUMMER), recording("b", "B", SUMMER + apart_s * NS_PER_S)]
    assert stand(facts(known, [tie("ab", ("a", 10), ("b", 10))])).doubts == ()


def test_a_stated_error_long_after_the_recording_is_an_observation_at_that_time() -> None:
    known = [recording("a", "A", BASE)]
    later = IncidentTime(BASE + 86_400 * NS_PER_S)
    found = observe_stated_error(
        known, "UTC", error_ns=432 * NS_PER_S, compared=later, sigma_ns=NS_PER_S, evidence="DVR", finder=finder()
    )
    assert found is not None
    assert found.one.media_ns == later + 432 * NS_PER_S - BASE
    standing = stand(facts(known, [found]))
    after = standing.camera_by_id["A"]
    assert after.error_after_ns == pytest.approx(432 * NS_PER_S, abs=NS_PER_S)
    assert (after.half_after_ns or 0) > 15 * NS_PER_S  # a day of unknown drift, 100 ppm
    assert observe_stated_error(
        [recording("b", "B", None)], "UTC",
        error_ns=1, compared=None, sigma_ns=1, evidence="x", finder=finder(),
    ) is None  # fmt: skip


def test_by_hand_is_a_proposal_and_never_exact() -> None:
    made = observe_by_hand(Moment("a", 1), Moment("b", 2), 10_000_000, "", finder())
    assert (made.state, made.method) == (ObservationState.PROPOSED, SyncMethod.BY_HAND)
    with pytest.raises(UsageError):
        observe_by_hand(Moment("a", 1), Moment("b", 2), 0, "", finder())


def test_solving_sixty_cameras_anew_takes_less_than_a_second() -> None:
    chance = np.random.default_rng(1)
    known = [recording(f"r{n}", f"C{n}", BASE + int(chance.normal(0, 30) * NS_PER_S)) for n in range(60)]
    ties = []
    for number in range(300):
        one, other = chance.choice(60, 2, replace=False)
        at = float(chance.uniform(50, 500))
        ahead = (known[one].claims[0].instant_ns - known[other].claims[0].instant_ns) / NS_PER_S
        ties.append(tie(f"m{number}", (f"r{one}", at), (f"r{other}", at + ahead)))
    begun = time.process_time()
    standing = stand(facts(known, ties))
    assert time.process_time() - begun < 3  # a quarter of that on a quiet machine; decisions wait for it
    assert isinstance(standing.solution, Solution)
    assert len(standing.matches) == 300


@pytest.mark.parametrize("sigma_ns", [None, NS_PER_S])
def test_a_time_of_which_nobody_said_how_sure_it_is_gives_no_clock_an_interval(sigma_ns: int | None) -> None:
    """How the cameras stand to one another is known all the same; said, it is known for both."""
    known = [recording("a", "A", BASE), recording("b", "B", BASE + 3 * NS_PER_S)]
    matches = [tie("m", ("a", at), ("b", at), sigma_s=0.01) for at in (10.0, 300.0)]
    setting = ClockSetting("A", (ClockPiece(0, 0, 0),), sigma_ns, "stated", "the note", "PC 1", BASE)
    standing = stand(facts(known, matches, settings=(setting,)))
    for name in ("A", "B"):
        after = standing.camera_by_id[name].after
        assert after is not None
        half = standing.camera_by_id[name].half_after_ns
        if sigma_ns is None:
            assert (half, after.sigma_ns, after.sigma_knots) == (None, None, ())
            assert "nobody said how sure" in after.basis
        else:
            assert half is not None
            assert NS_PER_S < half < 3 * NS_PER_S
            assert "nobody said" not in after.basis
    beside = [one.half_beside_ns for one in standing.cameras if one.beside]
    assert len(beside) == 1
    assert beside[0] is not None
    assert beside[0] < NS_PER_S // 10


def test_a_time_that_is_sure_by_what_was_said_stays_so_beside_one_that_is_not() -> None:
    known = [recording("a", "A", BASE), recording("b", "B", BASE)]
    matches = [tie("m", ("a", at), ("b", at), sigma_s=0.01) for at in (10.0, 300.0)]
    setting = ClockSetting("A", (ClockPiece(0, 0, 0),), None, "stated", "the note", "PC 1", BASE)
    for sigma_s, is_known in ((0.1, True), (5.0, False)):
        said = to_utc("said", ("b", 0), BASE, sigma_s=sigma_s)
        standing = stand(facts(known, [*matches, said], settings=(setting,)))
        assert (standing.camera_by_id["A"].half_after_ns is not None) == is_known


def test_what_is_sure_of_one_camera_says_nothing_of_another_that_nothing_ties_to_it() -> None:
    known = [recording(name.lower(), name, BASE) for name in "ABCD"]
    matches = [tie(f"m{of}", (of[0], at), (of[1], at), sigma_s=0.01) for of in ("ab", "cd") for at in (10.0, 300.0)]
    unsaid = ClockSetting("A", (ClockPiece(0, 0, 0),), None, "stated", "the note", "PC 1", BASE)
    said = [to_utc("said", ("c", 0), BASE, sigma_s=0.1)]
    standing = stand(facts(known, [*matches, *said], settings=(unsaid,)))
    assert [standing.camera_by_id[name].half_after_ns is not None for name in "ABCD"] == [False, False, True, True]


def test_what_was_stated_without_saying_how_sure_stays_so_once_a_solved_clock_replaces_it(case: Case) -> None:
    one, other = case.recordings()
    setting = ClockSetting(one.camera_id, (ClockPiece(0, 0, 0),), None, "stated", "the note", "PC 1", BASE)
    state_clock(case, StatedClock(setting, 0))
    marks = [EventMark(each.id, each.camera_id, at, HALF) for each, at in ((one, 0), (other, 80_000_000))]
    case.add_observations(observe_event(marks, finder("me")), by="me")
    for _ in range(2):
        apply_standing(case, solve_case(case, by="me"), by="me")
        assert [each.sigma_ns for each in case.clock_settings()] == [None, None]
    case.close()


@pytest.fixture
def case(tmp_path: Path) -> Case:
    for name in ("X1", "X2"):
        (tmp_path / f"{name}_a.mp4").write_bytes(name.encode())
    case = Case.create(tmp_path / "Case.sightline", title="T", reference="R", by="DC Harper")
    paths = tuple(bytes(one) for one in sorted(tmp_path.glob("*.mp4")))
    add_files(
        AddRequest(case.folder, paths, "DC Harper"),
        no_progress,
        never_cancelled,
        case=case,
        examiner_factory=FakeExaminer,
    )
    assert len(case.cameras()) == 2
    return case


def test_a_stated_error_sets_the_clock_and_is_an_observation_and_a_new_one_takes_the_old_back(case: Case) -> None:
    camera = case.cameras()[0]
    for number, error_s in enumerate((432, 433)):
        setting = ClockSetting(
            camera.id,
            (ClockPiece(0, -error_s * NS_PER_S, 0),),
            NS_PER_S,
            "stated",
            "speaking clock",
            "PC 1",
            BASE + number,
        )
        state_clock(case, StatedClock(setting, error_s * NS_PER_S))
    states = [(one.state, one.utc) for one in case.observations()]
    start = case.recordings(camera.id)[0].claims[0].instant_ns
    assert states == [
        (ObservationState.REJECTED, start - 432 * NS_PER_S),
        (ObservationState.ACCEPTED, start - 433 * NS_PER_S),
    ]
    standing = solve_case(case, by="me")
    assert len([one for one in standing.question.ties if not one.is_device_clock and one.utc_ns is not None]) == 1
    assert standing.camera_by_id[camera.id].error_after_ns == pytest.approx(433 * NS_PER_S, abs=2 * NS_PER_S)
    before = len(case.observations())
    apply_standing(case, standing, by="me")
    assert len(case.observations()) == before  # it was told already
    assert actions_of(case.folder).count("observation.added") == 2
    case.close()


class _Undated(FakeExaminer):
    """Finds nothing that dates a file."""

    def examine(self, path_bytes: bytes, on_bytes: Callable[[int], None], cancelled: IsCancelled) -> Examination:
        return replace(super().examine(path_bytes, on_bytes, cancelled), claims=())


def test_what_ties_only_recordings_without_a_time_sets_no_clock_and_says_what_is_missing(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / f"{name}.mp4").write_bytes(name.encode())
    paths = tuple(bytes(one) for one in sorted(tmp_path.glob("*.mp4")))
    with Case.create(tmp_path / "Case.sightline", title="T", reference="R", by="me") as case:
        with pytest.raises(UsageError, match="Nothing is accepted yet"):
            apply_standing(case, solve_case(case, by="me"), by="me")
        request = AddRequest(case.folder, paths, "me")
        add_files(request, no_progress, never_cancelled, case=case, examiner_factory=_Undated)
        marks = [EventMark(each.id, each.camera_id, 0, HALF) for each in case.recordings()]
        case.add_observations(observe_event(marks, finder("me")), by="me")
        with pytest.raises(UsageError, match="nothing dates") as told:
            apply_standing(case, solve_case(case, by="me"), by="me")
        assert "Place one of them" in told.value.remedy
        assert case.clock_settings() == ()


def test_applied_twice_and_taken_back_twice_everything_is_as_it_was(case: Case) -> None:
    one, other = case.recordings()
    settings = case.clock_settings()
    marks = [EventMark(each.id, each.camera_id, at, HALF) for each, at in ((one, 0), (other, 80_000_000))]
    case.add_observations(observe_event(marks, finder("me")), by="me")
    spans = []
    for _ in range(2):
        apply_standing(case, solve_case(case, by="me"), by="me")
        spans.append(case.clock_settings())
    undo_apply(case, by="me")
    assert [setting.pieces for setting in case.clock_settings()] == [setting.pieces for setting in spans[0]]
    undo_apply(case, by="me")
    assert case.clock_settings() == settings == ()
    with pytest.raises(UsageError):
        undo_apply(case, by="me")
    case.close()
