"""Voices too faint in single windows: what comes from farthest out is found by all together, echoes are not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sync.sound.decode import RATE
from sync.sound.directions import Rows
from sync.sound.line import Line
from sync.sound.near_voice import NOISE_STEP, NearVoice, split_voice
from sync.sound.outermost import find_alike, find_outermost
from sync.sound.standing_wearers import fit_standing
from sync.sound.two_way import Voiced, look_both_ways
from sync.sound.two_way_fit import BothWays
from sync.sound.wearers import End, Listened
from tests.support.two_wearers import Speaker, two_wearers

WINDOWS, LAGS = 60, 5601
LINE = Line(30.0, 0.0, 0.0, 1e-4, 1e-5, (), 1, 5.0, 60.0)


def rows_of(strength_by_column: dict[int, float]) -> Rows:
    """Rows of noise in which all windows are a little higher at some lags; sample by sample, from -0.35 s on."""
    chance = np.random.default_rng(21)
    heights = np.abs(chance.standard_normal((WINDOWS, LAGS)))
    for column, strength in strength_by_column.items():
        heights[:, column] = np.abs(chance.standard_normal(WINDOWS) + strength)
    at_s = np.linspace(0.0, 2.0 * (WINDOWS - 1), WINDOWS)
    starts = (at_s * RATE).astype(np.int64)
    return Rows(at_s, np.full(WINDOWS, -0.35), heights.astype(np.float32), starts)


def listened(*, is_first: bool = True) -> Listened:
    silence: NDArray[np.float32] = np.zeros(WINDOWS * 2 * RATE, dtype=np.float32)
    none = silence.astype(np.float16)
    voice = NearVoice(none, none, none, silence[::NOISE_STEP], 30.0)
    return Listened(voice, voice, silence, LINE, is_first)


def lag_s(column: int) -> float:
    return column / RATE - 0.35


@pytest.mark.parametrize(("is_first", "outer"), [(True, 3600), (False, 2000)])
def test_the_farthest_out_is_taken_whichever_is_the_loudest(is_first: bool, outer: int) -> None:
    end = find_outermost(rows_of({2000: 3.5, 2700: 5.5, 3600: 3.5}), listened(is_first=is_first))
    assert end is not None
    assert float(np.median(end.path.lag_s)) == pytest.approx(lag_s(outer), abs=3e-4)
    assert len(end.path.at_s) >= 20
    assert end.path.log10_chance < -8


def test_an_echo_is_no_end_and_what_is_as_strong_is_no_echo() -> None:
    echoed = find_outermost(rows_of({3000: 9.0, 3300: 3.0}), listened())
    two = find_outermost(rows_of({3000: 4.0, 3300: 3.5}), listened())
    assert echoed is not None
    assert two is not None
    assert float(np.median(echoed.path.lag_s)) == pytest.approx(lag_s(3000), abs=3e-4)
    assert float(np.median(two.path.lag_s)) == pytest.approx(lag_s(3300), abs=3e-4)


def test_noise_has_no_end() -> None:
    assert find_outermost(rows_of({}), listened()) is None


OUTER, INNER = 3000, 2800
"""Columns 25 ms apart: voices at the ends of a way of 4.3 m."""


def test_two_wearers_change_sides_and_sources_in_a_third_place_do_not() -> None:
    worn = alike({OUTER: 5.5, INNER: 2.0}, {OUTER: 2.0, INNER: 5.5})
    one_noisier = alike({OUTER: 5.5, INNER: 5.0}, {OUTER: 1.2, INNER: 5.5})
    third = alike({OUTER: 4.0, INNER: 3.5}, {OUTER: 4.0, INNER: 3.5})
    assert worn < 0.5
    assert one_noisier < 0.7
    assert third > 0.8


def alike(there: dict[int, float], back: dict[int, float]) -> float:
    rows = rows_of(there), rows_of(back)
    ours, theirs = find_outermost(rows[0], listened()), find_outermost(rows[1], listened(is_first=False))
    assert ours is not None
    assert theirs is not None
    return find_alike(*rows, ours, theirs)


def test_near_one_another_only_those_who_change_sides_are_wearers_and_a_place_metres_off_is_stated() -> None:
    rows = rows_of({OUTER: 5.5, INNER: 5.5})
    ours, theirs = find_outermost(rows, listened()), find_outermost(rows, listened(is_first=False))
    assert ours is not None
    assert theirs is not None
    ends = End(ours.path, -20.0, 0.0), End(theirs.path, -20.0, 0.0)
    both = fit_standing(*ends, LINE, 0.3)
    assert both is not None
    assert both.distance_m == pytest.approx(4.3, abs=0.2)
    assert 1.96 * both.sigma_s > 4 / 343
    assert fit_standing(*ends, LINE, 0.8) is None


def test_voices_below_the_noise_of_the_other_camera_give_the_clocks() -> None:
    """At 30 m they are hardly louder than the noise there, in the band of voices, while they speak."""
    scene = two_wearers((Speaker((0.0, 0.0), 0.15), Speaker((30.0, 30.0), 0.15)), seed=3)
    line = Line(30.0, scene.lag_s(30.0) + 0.03, -110e-6, 1e-4, 1e-5, (), 1, 5.0, 60.0)
    first, second = (Voiced(one, 0.0, split_voice(one)) for one in (scene.first, scene.second))
    both = look_both_ways(first, second, line)
    assert isinstance(both, BothWays)
    assert abs(both.lag_s - scene.lag_s(both.at_s)) < min(2 * both.sigma_s, 0.002)
    assert both.distance_m == pytest.approx(30.0, abs=1.5)
    assert both.sigma_s < 0.004
