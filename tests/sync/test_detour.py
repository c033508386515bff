"""What is foretold by way of others, and that only there less has to agree."""

from __future__ import annotations

import uuid
from dataclasses import replace

import numpy as np
import pytest
import scipy.signal

from evidence.observations import ObservationState
from sync.detour import Bond, foretell
from sync.finder import Finder
from sync.pair_search import ComparedPair
from sync.sound.decode import Sound
from sync.sound.expected import match_expected
from sync.sound.line import Line
from sync.sound.match import MatchVerdict, SoundMatch, match_sounds
from sync.sound.observe import bonds_of, observe_match
from sync.sound.prepared import Prepared, prepare
from tests.support.sound_files import RATE, Track
from tests.support.talk import heard, talk

AB = Bond("a", "b", 100.0, -10.0, 20e-6)
BC = Bond("b", "c", 50.0, 30.0, -50e-6)


def test_a_bond_turned_twice_is_itself_and_the_way_there_and_back_leads_nowhere() -> None:
    again = AB.turned().turned()
    assert again.lag_at(400.0) == pytest.approx(AB.lag_at(400.0), abs=1e-9)
    nowhere = AB.then(AB.turned())
    assert nowhere.lag_at(500.0) == pytest.approx(0.0, abs=1e-9)


def test_a_pair_is_foretold_by_way_of_one_other_whichever_way_round_the_matches_are() -> None:
    (one,) = foretell([AB, BC.turned()], [("a", "c")])
    at_s = 300.0
    by_hand = AB.lag_at(at_s) + BC.lag_at(at_s + AB.lag_at(at_s))
    assert one.bond.lag_at(at_s) == pytest.approx(by_hand, abs=1e-6)
    assert one.through == ("b",)


def test_a_pair_is_foretold_by_way_of_two_others_where_no_one_knows_both() -> None:
    (one,) = foretell([AB, BC, Bond("c", "d", 0.0, 1.0, 0.0)], [("a", "d")])
    assert one.through == ("b", "c")
    assert one.bond.lag_at(100.0) == pytest.approx(AB.lag_at(100.0) + BC.lag_at(90.0) + 1.0, abs=1e-9)


def test_nothing_is_foretold_where_ways_contradict_one_another_or_lead_nowhere() -> None:
    astray = [Bond("a", "x", 100.0, 0.0, 0.0), Bond("x", "c", 0.0, 27.0, 0.0)]
    assert foretell([AB, BC, *astray], [("a", "c")]) == ()
    assert foretell([AB], [("a", "c")]) == ()


def test_bonds_are_read_back_from_observations_but_not_from_rejected_ones() -> None:
    line = Line(50.0, -10.0, 40e-6, 1e-4, 1e-6, (0, 1), 1, 10.0, 90.0)
    match = SoundMatch(MatchVerdict.FOUND, line, 2, 2, -9.0, 0.0, "Agrees.")
    finder = Finder("test", 0, lambda: str(uuid.uuid4()))
    observed = observe_match(ComparedPair("a", "b", match, 1000), finder)
    (bond,) = bonds_of(observed)
    assert (bond.first, bond.second) == ("a", "b")
    assert bond.lag_at(70.0) == pytest.approx(line.lag_at(70.0), abs=1e-7)
    assert bonds_of(replace(one, state=ObservationState.REJECTED) for one in observed) == ()


def prepared(samples: Track) -> Prepared:
    low = np.asarray(scipy.signal.resample_poly(samples, 1, 2), dtype=np.float32)
    return prepare(Sound(low, 0, 0))


def test_a_weak_match_is_supported_where_others_put_it_and_nowhere_else() -> None:
    shared = talk(21, 44)
    nights = []
    for number in range(2):
        loud = np.concatenate([shared[: 12 * RATE], np.zeros(len(shared) - 12 * RATE, dtype=np.float32)])
        mixed = np.asarray(loud + 0.8 * talk(22 + number, 44)[: len(loud)], dtype=np.float32)
        nights.append(prepared(heard(mixed, start_s=2.0 * number, seconds=38, ppm=0, noise=0.05, seed=24 + number)))
    right = Bond("a", "b", 0.0, -2.0 + 0.21, 5e-6)
    match = match_expected(nights[0], nights[1], right)
    assert match.verdict is MatchVerdict.SUPPORTED
    assert match.line is not None
    assert abs(match.line.lag_s + 2.0) < 0.002
    assert match_sounds(nights[0], nights[1]).verdict is not MatchVerdict.FOUND
    assert match_expected(nights[0], nights[1], replace(right, lag_s=3.4)).verdict is MatchVerdict.NOTHING
    assert match_expected(nights[0], nights[1], replace(right, lag_s=300.0)).verdict is MatchVerdict.NOTHING
    assert match_expected(nights[0], nights[1], replace(right, drift=200e-6)).verdict is MatchVerdict.NOTHING
