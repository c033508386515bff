"""Two-way sound: both voices give the clocks and the way between the wearers; less is never said to be more."""

from dataclasses import replace

import pytest

from evidence.observations import SyncMethod
from sync.finder import Finder
from sync.sound.job import SoundPair
from sync.sound.line import Line
from sync.sound.match import MatchVerdict, SoundMatch
from sync.sound.near_voice import split_voice
from sync.sound.observe import observe_match
from sync.sound.two_way import FARTHEST_M, OneEnd, Voiced, look_both_ways
from sync.sound.two_way_fit import SPEED_OF_SOUND, BothWays
from tests.support.two_wearers import Scene, Speaker, two_wearers

APART_M = 30.0
STANDING = (Speaker((0.0, 0.0)), Speaker((APART_M, APART_M)))


def found(scene: Scene, *, off_s: float = 0.04) -> BothWays | OneEnd | None:
    """Look both ways from a one-way line that is off by some path of sound."""
    line = Line(30.0, scene.lag_s(30.0) + off_s, -110e-6, 1e-4, 1e-5, (), 1, 5.0, 60.0)
    first, second = (Voiced(one, 0.0, split_voice(one)) for one in (scene.first, scene.second))
    return look_both_ways(first, second, line)


@pytest.fixture(scope="module")
def standing() -> BothWays:
    both = found(two_wearers(STANDING))
    assert isinstance(both, BothWays)
    return both


def test_both_voices_give_the_clocks_and_the_way_between_them(standing: BothWays) -> None:
    error_s = standing.lag_s - two_wearers(STANDING).lag_s(standing.at_s)
    assert abs(error_s) < min(2 * standing.sigma_s, 0.003)
    assert standing.distance_m == pytest.approx(APART_M, abs=1.5)
    assert abs(standing.distance_m - APART_M) < 2 * standing.distance_sigma_m
    assert standing.first_heard >= 4
    assert standing.second_heard >= 4


def test_wearers_who_walk_towards_each_other_are_followed() -> None:
    scene = two_wearers((Speaker((0.0, 0.0)), Speaker((45.0, 15.0))), seconds=90.0, seed=3)
    both = found(scene)
    assert isinstance(both, BothWays)
    assert abs(both.lag_s - scene.lag_s(both.at_s)) < 2 * both.sigma_s
    assert both.nearest_m < 24.0
    assert both.farthest_m > 36.0


def test_where_one_wearer_is_silent_the_clocks_are_only_bounded() -> None:
    scene = two_wearers(STANDING, silent=frozenset({1}), seed=4)
    one = found(scene)
    assert isinstance(one, OneEnd)
    assert one.of_first
    assert abs(one.lag_s - scene.lag_s(one.at_s)) <= one.half_s
    assert one.half_s <= FARTHEST_M / SPEED_OF_SOUND / 2 + 1e-3


def test_a_third_voice_between_two_silent_wearers_is_taken_for_neither() -> None:
    scene = two_wearers(STANDING, others=(Speaker((12.0, 12.0)),), silent=frozenset({0, 1}), seed=5)
    assert not isinstance(found(scene, off_s=0.02), BothWays)


def test_a_third_voice_does_not_stand_in_for_the_wearer_who_is_silent() -> None:
    """It comes from a metre off the way's end at least, and is no louder at the one camera than at the other."""
    scene = two_wearers(STANDING, others=(Speaker((14.0, 14.0), 3.0),), silent=frozenset({1}), seed=6)
    answer = found(scene)
    assert not isinstance(answer, BothWays)
    if isinstance(answer, OneEnd):
        assert abs(answer.lag_s - scene.lag_s(answer.at_s)) <= answer.half_s


def test_a_two_way_match_is_observed_with_its_way_and_both_directions_in_words(standing: BothWays) -> None:
    line = Line(30.0, -3.1, -110e-6, 1e-4, 1e-5, (), 1, 5.0, 60.0)
    match = SoundMatch(MatchVerdict.FOUND, line, 20, 30, -9.0, 0.0, "Windows agree.", both_ways=standing)
    ids = iter("abcdef")
    first, last = observe_match(SoundPair("one", "two", match, 125_000), Finder("test", 0, lambda: next(ids)))
    assert first.method is SyncMethod.TWO_WAY_SOUND
    assert first.group == last.group
    assert first.common_sigma_ns < 5_000_000
    assert f"{standing.distance_m:.1f} m apart" in first.evidence
    assert f"{standing.first_heard} of {standing.first_spoken}" in first.evidence
    assert f"{standing.second_heard} of {standing.second_spoken}" in first.evidence
    (lag_ns,) = {round(one.other.media_ns - one.one.media_ns - standing.lag_at(one.one.media_ns / 1e9) * 1e9, -3)
                 for one in (first, last) if one.other is not None}  # fmt: skip
    assert abs(lag_ns) < 2000


def test_one_direction_alone_is_said_to_be_one_and_no_more_sure_than_its_bounds(standing: BothWays) -> None:
    line = Line(30.0, -3.1, -110e-6, 1e-4, 1e-5, (), 1, 5.0, 60.0)
    end = OneEnd(of_first=False, at_s=30.0, lag_s=-3.16, half_s=0.06, heard=7, spoken=20)
    match = SoundMatch(MatchVerdict.FOUND, line, 20, 30, -9.0, 0.0, "Windows agree.", both_ways=end)
    found_by = Finder("test", 0, lambda: "id")
    one, *_ = observe_match(SoundPair("one", "two", match, 125_000), found_by)
    alone, *_ = observe_match(SoundPair("one", "two", replace(match, both_ways=None), 125_000), found_by)
    assert one.method is SyncMethod.SOUND
    assert "7 of 20" in one.evidence
    assert one.common_sigma_ns == pytest.approx(0.06e9 / 3**0.5, rel=1e-3)
    assert one.common_sigma_ns < alone.common_sigma_ns
    assert one.other is not None
    assert alone.other is not None
    assert one.other.media_ns - alone.other.media_ns == pytest.approx(-0.06e9, abs=1e3)
