"""Where many pairs together put a recorder: found from hints none of which is enough, believed if they agree."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.jobs import never_cancelled
from sync.detour import Bond
from sync.pair_search import ComparedPair, LookTask, PrepareTask
from sync.sound.among import Look, NoLook, believe
from sync.sound.confidence import Ground
from sync.sound.contrast import Contrast
from sync.sound.job import gather
from sync.sound.line import Line
from sync.sound.match import MatchVerdict, SoundMatch
from sync.sound.shelf import do
from sync.sound.together import Expected, Hint, find_places
from tests.support.sound_files import write_sound
from tests.support.talk import heard, talk

_STARTS_S = {"a": 0.0, "b": 12.5, "c": -40.0, "lone": 100.25}
"""True times at which recorders began: a lag is by how much less the second shows."""


def true_lag(first: str, second: str) -> float:
    return _STARTS_S[first] - _STARTS_S[second]


def bond(first: str, second: str) -> Bond:
    return Bond(first, second, 30.0, true_lag(first, second), 0.0)


def hints(first: str, second: str, strong: float, *others: float) -> tuple[Hint, ...]:
    """Return a hint at the true lag that stands out by `strong`, and others elsewhere, each by 5 and less."""
    elsewhere = tuple(Hint(60.0, lag, 5.0 - number * 0.5) for number, lag in enumerate(others))
    return (*elsewhere, Hint(60.0, true_lag(first, second), strong), Hint(60.0, 333.0, 3.0))


_KNOWN = (bond("a", "b"), bond("c", "b"))
_HINTS = {
    ("a", "lone"): hints("a", "lone", 4.2, 55.0),
    ("b", "lone"): hints("b", "lone", 4.0, -210.0, 8.0),
    ("lone", "c"): hints("lone", "c", 3.9, 77.0),
}


def test_faint_hints_of_three_pairs_add_up_where_each_has_a_better_one_elsewhere() -> None:
    ((best, *_others),) = find_places(_KNOWN, _HINTS)
    assert {(one.bond.first, one.bond.second) for one in best.expected} == set(_HINTS)
    for one in best.expected:
        assert abs(one.bond.lag_at(60.0) - true_lag(one.bond.first, one.bond.second)) < 1e-6


@settings(max_examples=60, deadline=None)
@given(st.permutations(sorted(_HINTS)), st.permutations(_KNOWN))
def test_the_order_in_which_pairs_come_changes_nothing(pairs: list[tuple[str, str]], known: Sequence[Bond]) -> None:
    assert find_places(known, {pair: _HINTS[pair] for pair in pairs}) == find_places(_KNOWN, _HINTS)


def test_two_recorders_alone_are_no_group() -> None:
    assert find_places([], {("a", "lone"): _HINTS["a", "lone"]}) == []
    assert find_places(_KNOWN, {("a", "b"): (Hint(0.0, 1.0, 9.0), Hint(0.0, 5.0, 3.0))}) == []


def test_signs_say_which_way_a_pair_looks() -> None:
    ((best, *_others),) = find_places(_KNOWN, _HINTS)
    signs = {one.bond.first == "lone": one.sign for one in best.expected}
    assert signs[True] == -signs[False]


def look(drift_off_ppm: float, deviations: float, over_best: float = 1.0, over_away: float = 9.0) -> Look:
    line = Line(30.0, 1.0, drift_off_ppm * 1e-6, 1e-4, 1e-6, (1, 2, 3), 100, 10.0, 50.0)
    match = SoundMatch(MatchVerdict.NOTHING, line, 3, 30, -1.0, 0.0, "", ground=Ground.TOGETHER)
    return Look(match, drift_off_ppm * 1e-6, Contrast(deviations, over_best, over_away))


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([(look(90, 8, 1.5), 1), (look(-95, 9, 1.6), -1), (look(5, 1), 1)], {0, 1}),  # two are plain and drift alike
        ([(look(90, 8, 1.5), 1), (look(95, 9, 1.6), -1)], set()),  # they drift apart, seen from one side
        ([(look(90, 8, 1.5), 1), (look(5, 0.5), 1)], set()),  # one alone
        ([(look(42, 3.5, 1.1), 1), (look(44, 2.6), 1), (look(-43, 1.3), -1)], {0, 1, 2}),  # faint, but wholly alike
        ([(look(42, 3.5, 1.1), 1), (look(70, 2.6), 1), (look(-90, 1.3), -1)], set()),  # faint and not alike
        ([(look(42, 0.5), 1), (look(44, 0.2), 1), (look(-43, -0.1), -1)], set()),  # alike, but nothing is sharper
        ([(look(24, 9.8, 1.8, 1.4), 1), (look(18, 4.1, 1.2, 0.6), 1), (look(3, 4.5, 1.2, 0.9), 1)], set()),  # a loop
        ([(look(24, 9.8, 1.8, 1.1), 1), (look(18, 7.1, 1.4, 1.2), 1)], set()),  # a loop, sharp at each of its periods
        ([], set()),
    ],
)
def test_a_place_is_believed_where_pairs_agree_in_what_they_drift(
    looks: list[tuple[Look, int]], expected: set[int]
) -> None:
    believed = believe(looks)
    assert set(believed) == expected
    assert all(match.verdict is MatchVerdict.FOUND and match.ground is Ground.TOGETHER for match in believed.values())


def _pair(first: str, second: str, match: SoundMatch) -> ComparedPair[SoundMatch]:
    return ComparedPair(first, second, match)


def _found(one: Bond) -> SoundMatch:
    line = Line(one.at_s, one.lag_s, 0.0, 1e-4, 1e-6, (1, 2, 3, 4, 5), 100, 0.0, 60.0)
    return SoundMatch(MatchVerdict.FOUND, line, 5, 30, -9.0, 0.0, "", ground=Ground.ALONE)


def test_pairs_are_believed_at_the_place_where_they_agree_and_only_there() -> None:
    nothing = SoundMatch(MatchVerdict.NOTHING, None, 0, 0, 0.0, 0.0, "")
    found = [_pair(one.first, one.second, _found(one)) for one in _KNOWN]
    found += [_pair(*pair, replace(nothing, hints=known)) for pair, known in _HINTS.items()]
    asked: list[Bond] = []

    def ask(bonds: Sequence[Bond]) -> list[object]:
        asked.extend(bonds)
        is_right = [abs(one.lag_at(60.0) - true_lag(one.first, one.second)) < 0.1 for one in bonds]
        signs = [-1 if one.first == "lone" else 1 for one in bonds]
        return [look(50.0 * sign, 7.0, 1.4) if right else NoLook() for right, sign in zip(is_right, signs, strict=True)]

    gathered = {(one.first, one.second): one.match for one in gather(found, (), ask)}
    assert all(gathered[pair].verdict is MatchVerdict.FOUND for pair in _HINTS)
    assert all(gathered[one.first, one.second].ground is Ground.ALONE for one in _KNOWN)
    assert len(asked) == 3  # the likeliest place was right, so no other was looked at
    none = gather(found, (), lambda bonds: [NoLook() for _ in bonds])
    assert none == found


def test_the_child_looks_where_it_is_told(tmp_path: Path) -> None:
    """Faint talk that both hear; the look is plain at its place, and not ten seconds beside it."""
    words = talk(1, 90)
    for name, start_s, seed in (("one", 0.0, 3), ("other", 7.0, 4)):
        track = heard(words, start_s=start_s, seconds=70, ppm=40.0 * seed, noise=0.1, seed=seed)
        path = write_sound(track, "wav", tmp_path / name)
        do(PrepareTask(os.fspath(tmp_path), name, os.fsencode(path), name, 0), never_cancelled)

    def look_at(lag_s: float) -> object:
        task = LookTask(os.fspath(tmp_path), "one", "other", Bond("one", "other", 0.0, lag_s, 0.0))
        return do(task, never_cancelled)

    at, beside = look_at(-7.1), look_at(3.0)
    assert isinstance(at, Look)
    assert at.contrast.is_plain
    assert at.match.line is not None
    assert abs(at.match.line.lag_s + 7.0) < 0.02
    assert not isinstance(beside, Look) or not beside.contrast.is_plain
    assert isinstance(look_at(60.0), NoLook)


def test_places_are_apart_and_few() -> None:
    many = {pair: tuple(Hint(60.0, float(lag), 3.0 + lag % 7) for lag in range(-30, 30)) for pair in _HINTS}
    (places,) = find_places(_KNOWN, many)
    assert 1 < len(places) <= 3
    lags = [next(one.bond for one in place.expected if one.bond.first == "a").lag_at(0.0) for place in places]
    assert all(abs(one - other) > 1.0 for one, other in itertools.combinations(lags, 2))
    assert all(isinstance(one, Expected) for place in places for one in place.expected)
    assert np.all(np.diff([place.score for place in places]) <= 0)
