"""How sure a match is said to be."""

import pytest

from sync.finder import Finder
from sync.pair_search import ComparedPair
from sync.sound.confidence import MEASURED, Ground, Measured, confidence_words, least_right
from sync.sound.line import Line
from sync.sound.match import MatchVerdict, SoundMatch
from sync.sound.observe import observe_match


def test_of_few_answers_little_is_stated() -> None:
    """The rule of three: 59 right answers are the fewest that show 95 %."""
    assert Measured(59).least_right > 0.95 > Measured(58).least_right
    assert Measured(0).least_right == 0.0
    assert Measured(5).least_right < 0.56


def test_a_wrong_answer_lowers_what_is_stated() -> None:
    assert Measured(100, 1).least_right < Measured(100).least_right
    assert abs(Measured(100, 5).least_right - 0.8977) < 1e-3  # Clopper and Pearson's lower bound, as tables have it
    assert Measured(3, 3).least_right == 0.0


def test_every_ground_was_measured_and_says_of_how_many_it_speaks() -> None:
    for ground in Ground:
        assert MEASURED[ground].answers > 0
        words = confidence_words(ground)
        stated = float(words.split(" % ")[0].rsplit(" ", 1)[1]) / 100
        assert stated <= least_right(ground)
        assert f"({MEASURED[ground].answers} generated ones measured" in words


@pytest.mark.parametrize("ground", list(Ground))
def test_a_match_says_how_sure_it_is_with_its_evidence(ground: Ground) -> None:
    line = Line(60.0, 4.0, 0.0, 1e-5, 1e-7, (0, 1), 100, 30.0, 90.0)
    match = SoundMatch(MatchVerdict.FOUND, line, 20, 30, -9.0, 0.0, "Windows agree.", ground=ground)
    for one in observe_match(ComparedPair("a", "b", match), Finder("me", 0, lambda: "id")):
        assert f"Windows agree. {confidence_words(ground)}" in one.evidence
