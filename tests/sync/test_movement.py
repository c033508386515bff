"""Matching by movement: who moves before two fixed cameras is a possible match, which only a person makes count."""

import os
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest

from evidence.jobs import never_cancelled, no_progress
from evidence.observations import Observation, ObservationState, SyncMethod
from sync.finder import Finder
from sync.light.job import LightPair, run
from sync.light.match import LightMatch, LightVerdict
from sync.light.observe import observe_light
from sync.movement.laying import Meeting, lay_along
from sync.movement.likeness import Movement, find_movement
from sync.movement.reading import read_change
from sync.pair_search import PairRequest, PairSource
from tests.support.movers import Mover, View, frames_of, make_mover

_FRONT = View(degrees=0, rate=Fraction(25, 2), start_s=2.0, length_s=120)
_SIDE = View(degrees=40, rate=Fraction(15), start_s=9.3, length_s=120)
_LAG_S = _FRONT.start_s - _SIDE.start_s
_FRAME_S = 1 / 12.5


def seen(mover: Mover | None, view: View, *, seed: int, sways: bool = False) -> Movement:
    return find_movement(read_change(frames_of(mover, view, seed=seed, sways=sways)))


def observed(meeting: Meeting | None) -> tuple[Observation, ...]:
    light = LightMatch(LightVerdict.NOTHING, None, 0, 0, 0.0, 0.0, (0.08, 0.067), "No change of light agrees.")
    ids = iter("abc")
    pair = LightPair("front", "side", light.or_possible(meeting))
    return observe_light(pair, Finder("Sightline", 0, lambda: next(ids)))


@pytest.fixture(scope="module")
def front() -> Movement:
    return seen(make_mover(3, 140), _FRONT, seed=1)


@pytest.fixture(scope="module")
def side() -> Movement:
    return seen(make_mover(3, 140), _SIDE, seed=2)


def test_somebody_who_moves_is_possible_within_a_frame_from_another_side_and_never_found(
    front: Movement, side: Movement
) -> None:
    for meeting, lag_s in ((lay_along(front, side), _LAG_S), (lay_along(side, front), -_LAG_S)):
        assert meeting is not None
        assert meeting.is_possible
        assert meeting.lag_s == pytest.approx(lag_s, abs=_FRAME_S)
    (one,) = observed(lay_along(front, side))
    assert (one.state, one.method) == (ObservationState.POSSIBLE, SyncMethod.MOVEMENT)
    assert "Look at both pictures" in one.evidence
    assert one.other is not None
    error_ns = one.other.media_ns - one.one.media_ns - _LAG_S * 1e9
    assert abs(error_ns) < 1.96 * (one.sigma_ns**2 + one.common_sigma_ns**2) ** 0.5
    assert one.common_sigma_ns >= 1e9 * ((_FRAME_S / 2) ** 2 + (1 / 30) ** 2) ** 0.5


def test_the_media_times_at_which_files_begin_count(front: Movement, side: Movement) -> None:
    plain, moved = lay_along(front, side), lay_along(replace(front, start_s=front.start_s + 5), side)
    assert plain is not None
    assert moved is not None
    assert moved.lag_s == pytest.approx(plain.lag_s - 5)
    assert moved.at_s == pytest.approx(plain.at_s + 5)


def test_somebody_else_who_moves_as_long_is_nothing(front: Movement) -> None:
    other = lay_along(front, seen(make_mover(103, 140), _SIDE, seed=2))
    assert other is not None
    assert other.moving_s > 30
    assert not other.is_possible
    assert observed(other) == ()


def test_ten_seconds_must_move_in_both_however_much_stands_out() -> None:
    """Anybody who passes for a few seconds is like anybody else who does."""
    meeting = Meeting(9.0, 1.0, 0.1, deviations=8.0, rival=2.0, moving_s=10.0, step_s=(0.1, 0.1))
    assert meeting.is_possible
    assert observed(replace(meeting, moving_s=9.9)) == ()
    assert observed(replace(meeting, rival=5.1)) == ()
    assert observed(replace(meeting, deviations=3.4, rival=0.0)) == ()


@pytest.mark.parametrize("sways", [False, True], ids=["still", "carried"])
def test_a_still_picture_or_a_carried_camera_is_not_even_laid_along(*, sways: bool, front: Movement) -> None:
    view = replace(_FRONT, length_s=40)
    nothing = seen(make_mover(3, 140) if sways else None, view, seed=5, sways=sways)
    assert len(nothing.likeness) == 0
    assert lay_along(nothing, front) is None
    assert lay_along(front, nothing) is None


def test_a_picture_that_never_changes_and_one_frame_alone_say_nothing() -> None:
    frame = next(iter(frames_of(None, _FRONT, seed=1)))
    for frames in ([], [frame], [(number * 100_000_000, frame[1]) for number in range(300)]):
        assert len(find_movement(read_change(frames)).likeness) == 0


@pytest.mark.media
def test_six_pairs_of_real_silent_cameras_are_possible_and_none_is_proposed(media: Path) -> None:
    paths = sorted((media / "caliscope" / "charuco_calibration").glob("cam_*.mp4"))
    files = tuple(PairSource(path.stem, path.stem, os.fsencode(path), path.name, 0) for path in paths)
    result = run(PairRequest(files, workers=1), no_progress, never_cancelled)
    assert [(one.first, one.second) for one in result.pairs] == list(combinations([path.stem for path in paths], 2))
    found = [one for pair in result.pairs for one in observe_light(pair, Finder("Sightline", 0, lambda: "id"))]
    assert [one.state for one in found] == 6 * [ObservationState.POSSIBLE]
    errors_ns = [abs(one.other.media_ns - one.one.media_ns) for one in found if one.other is not None]
    assert sum(one <= 1e9 / 6 for one in errors_ns) >= 5
    assert max(errors_ns) < 0.2e9
