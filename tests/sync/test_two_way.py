"""Two-way sound: both voices give the clocks and the way between the wearers; less is never said to be more."""

from dataclasses import replace

import numpy as np
import pytest

from evidence.observations import SyncMethod
from sync.finder import Finder
from sync.sound.decode import RATE
from sync.sound.job import SoundPair
from sync.sound.line import Line
from sync.sound.match import MatchVerdict, SoundMatch
from sync.sound.near_voice import split_voice
from sync.sound.observe import observe_match
from sync.sound.stacked import stacked_lags
from sync.sound.two_way import FARTHEST_M, Between, Known, OneEnd, Voiced, look_both_ways
from sync.sound.two_way_fit import BothWays
from sync.sound.walking import SPEED_OF_SOUND
from tests.support.two_wearers import Scene, Speaker, two_wearers

APART_M = 30.0
STANDING = (Speaker((0.0, 0.0)), Speaker((APART_M, APART_M)))


DRIFT = -110e-6


def found(scene: Scene, *, off_s: float = 0.04, drift_off: float = 0.0) -> Known | None:
    """Look both ways from a one-way line that is off by some path of sound, and by some of its sources' walking."""
    line = Line(30.0, scene.lag_s(30.0) + off_s, DRIFT + drift_off, 1e-4, 1e-5, (), 1, 5.0, 60.0)
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


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Speaker((0.0, 0.0)), Speaker((45.0, 8.0))),
        (Speaker((0.0, 0.0), speaks=(0.0, 0.5)), Speaker((8.0, 44.0), speaks=(0.5, 1.0))),
    ],
    ids=["nearer, both speak all along", "away, one after the other"],
)
def test_a_wearer_who_walks_is_not_taken_for_a_clock_that_drifts(first: Speaker, second: Speaker) -> None:
    scene = two_wearers((first, second), seconds=90.0, seed=7)
    both = found(scene, drift_off=25e-6)
    assert isinstance(both, BothWays)
    assert both.farthest_m - both.nearest_m > 15.0
    assert both.nearest_m < 20.0
    assert abs(both.drift - DRIFT) < 2 * both.drift_sigma
    assert both.drift_sigma > 10e-6  # a foot of turning about in 90 s makes as much
    for at_s in (both.first_s, both.at_s, both.last_s):
        sigma_s = (both.sigma_s**2 + (both.drift_sigma * (at_s - both.at_s)) ** 2) ** 0.5
        assert abs(both.lag_at(at_s) - scene.lag_s(at_s)) < 2 * sigma_s


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
    """It comes from metres off the way's end, and is no louder at the one camera than at the other."""
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
    assert 1.96 * one.common_sigma_ns == pytest.approx(0.95 * 0.06e9, rel=1e-3)
    assert one.common_sigma_ns < alone.common_sigma_ns
    assert one.other is not None
    assert alone.other is not None
    assert one.other.media_ns - alone.other.media_ns == pytest.approx(-0.06e9, abs=1e3)


def test_voices_between_two_silent_wearers_bring_the_clocks_to_their_middle() -> None:
    """The middle of what is heard is nearer to the clocks than one of it, and not said to be surer."""
    others = (Speaker((5.0, 5.0), 3.0), Speaker((22.0, 22.0), 3.0))
    scene = two_wearers(STANDING, others=others, silent=frozenset({0, 1}), seed=8)
    off_s = (2 * 22.0 - APART_M) / SPEED_OF_SOUND * -1
    between = found(scene, off_s=off_s)
    assert isinstance(between, Between)
    assert abs(between.lag_s - scene.lag_s(between.at_s)) < abs(off_s) / 2
    line = Line(between.at_s, scene.lag_s(between.at_s) + off_s, DRIFT, 1e-4, 1e-5, (), 1, 5.0, 60.0)
    match = SoundMatch(MatchVerdict.FOUND, line, 20, 30, -9.0, 0.0, "Windows agree.", both_ways=between)
    one, last = observe_match(SoundPair("one", "two", match, 0), Finder("test", 0, lambda: "id"))
    assert one.method is SyncMethod.SOUND
    half_s = 0.7 * (FARTHEST_M / SPEED_OF_SOUND + 0.004 - between.apart_s / 2)
    assert 1.96 * one.common_sigma_ns == pytest.approx(half_s * 1e9, rel=1e-6)
    assert f"in their middle, to {half_s * 1e3:.0f} ms (95 %)" in one.evidence
    for each in (one, last):
        assert each.other is not None
        lag_s = (each.other.media_ns - each.one.media_ns) / 1e9
        assert lag_s == pytest.approx(between.lag_s + DRIFT * (each.one.media_ns / 1e9 - between.at_s), abs=1e-6)


def test_a_voice_too_faint_in_each_window_is_found_by_all_together() -> None:
    chance = np.random.default_rng(11)
    heights = np.abs(chance.standard_normal((120, 5601))).astype(np.float32)
    heights[:, 4000] = np.abs(chance.standard_normal(120) + 2.8)
    (stack,) = stacked_lags(heights)
    assert stack.lag_s == pytest.approx(4000 / RATE, abs=1e-3)
    assert stacked_lags(np.abs(chance.standard_normal((120, 5601))).astype(np.float32)) == []


def test_a_loop_of_half_a_minute_is_not_taken_for_a_voice() -> None:
    chance = np.random.default_rng(12)
    samples = (0.002 * chance.standard_normal(85 * RATE)).astype(np.float32)
    bang = (0.2 * chance.standard_normal(2 * RATE)).astype(np.float32)
    for at_s in (3, 28, 53, 78):
        samples[at_s * RATE : (at_s + 2) * RATE] += bang
    inner = slice(20 * RATE, 65 * RATE)  # before and after, it comes again too seldom to tell
    heard, known = (split_voice(samples, periods).near[inner].astype(np.float32) for periods in ((), (25.0, 50.0)))
    assert float(np.square(heard).sum()) > 1.0
    assert float(np.square(known).sum()) < 0.01 * float(np.square(heard).sum())
