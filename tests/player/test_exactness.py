"""Whatever is done to the playhead, every tile shows exactly the frame of the common instant: read from the pixels."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from player.engine import Engine, TileRequest
from player.limits import PlayerLimits
from player.pictures import TileState
from player.playhead import ManualClock
from sync.clock_map import ClockMap
from sync.timeline import Timeline
from tests.player.conftest import StartEngine
from tests.support.clips import Scene
from tests.support.engine_driver import PATIENCE_S, check_pictures, play_for, pump_for, pump_until, settle

pytestmark = pytest.mark.alone


def test_random_seeks_show_the_frame_of_the_instant_in_every_camera(
    start_engine: StartEngine, four_cameras: Scene
) -> None:
    engine = start_engine(four_cameras)
    rng = random.Random(7)
    shown = 0
    for _ in range(60):
        instant = IncidentTime(engine.span.start + rng.randrange(engine.span.duration_ns))
        engine.seek(instant)
        settle(engine)
        assert engine.position == instant
        shown += check_pictures(engine).get(TileState.SHOWN, 0)
    assert shown > 120


def test_with_several_threads_a_camera_the_frames_are_the_same(four_cameras: Scene) -> None:
    limits = PlayerLimits(cores=12)
    assert [limits.threads_for(count) for count in (1, 4, 9, 20)] == [5, 4, 1, 1]
    engine = Engine(limits=limits)
    try:
        engine.load(four_cameras.timeline, four_cameras.find_index)
        rng = random.Random(8)
        for count in (4, 1, 3):
            shown = four_cameras.timeline.cameras[:count]
            engine.set_tiles([TileRequest(camera.camera.id, 320, 180) for camera in shown])
            for _ in range(8):
                engine.seek(IncidentTime(engine.span.start + rng.randrange(engine.span.duration_ns)))
                settle(engine)
                engine.step(rng.choice((-1, 1)))
                settle(engine)
            engine.play()
            play_for(engine, 0.3)
            engine.pause()
    finally:
        engine.close()


def test_stepping_forwards_and_back_visits_every_frame_at_its_own_start(
    start_engine: StartEngine, four_cameras: Scene
) -> None:
    engine = start_engine(four_cameras)
    track = engine.track("camera-2")
    assert track is not None
    engine.set_focus("camera-2")
    engine.seek(engine.span.start)
    settle(engine)
    forwards = [engine.position]
    while engine.step(1):
        settle(engine)
        forwards.append(engine.position)
    starts = [spot.start for spot in track.walk(engine.span.start, backwards=False)]
    assert forwards == starts
    assert len(starts) == 80
    backwards = [engine.position]
    while engine.step(-1):
        settle(engine)
        backwards.append(engine.position)
    assert backwards == starts[::-1]


@pytest.mark.parametrize(
    "rate",
    ["1", "1/8", "4", "-1", *(pytest.param(one, marks=pytest.mark.soak) for one in ("2", "16", "-2", "-1/2", "-8"))],
)
def test_at_every_speed_each_refresh_shows_one_common_instant(
    start_engine: StartEngine, four_cameras: Scene, rate: str
) -> None:
    patient = PlayerLimits(patience_ns=int(PATIENCE_S * NS_PER_S))  # on a busy machine decoders may be very late
    engine = start_engine(four_cameras, limits=patient)
    speed = Fraction(rate)
    middle = IncidentTime(engine.span.start + (NS_PER_S if speed > 0 else 7 * NS_PER_S))
    engine.seek(middle)
    settle(engine)
    engine.set_rate(speed)
    engine.play()
    seen = play_for(engine, 1.2, until=lambda: (engine.position - middle) * speed > 0)
    assert seen.get(TileState.LATE, 0) + seen.get(TileState.LOADING, 0) == 0


def test_playing_at_normal_speed_drops_nothing_however_slow_the_decoders_are(
    start_engine: StartEngine, four_cameras: Scene
) -> None:
    clock = ManualClock()
    engine = start_engine(four_cameras, clock)
    pump_until(engine, lambda: engine.pictures()[0].state is TileState.SHOWN)
    engine.play()
    frames: list[int] = []

    def has_gathered() -> bool:
        spot = engine.pictures()[0].spot
        if spot is not None and (not frames or frames[-1] != spot.frame):
            frames.append(spot.frame)
        clock.advance(NS_PER_S // 60)
        return len(frames) == 90

    pump_until(engine, has_gathered)
    assert frames == list(range(90))


def test_it_stops_on_the_last_frame_and_starts_again_from_the_beginning(
    start_engine: StartEngine, four_cameras: Scene
) -> None:
    engine = start_engine(four_cameras)
    engine.seek(IncidentTime(engine.span.end - NS_PER_S // 5))
    settle(engine)
    engine.play()
    pump_until(engine, lambda: not engine.is_playing)
    assert engine.position == engine.span.end - 1
    engine.play()
    pump_until(engine, lambda: engine.span.start < engine.position < engine.span.start + NS_PER_S)


def test_a_loop_is_played_again_and_again(start_engine: StartEngine, four_cameras: Scene) -> None:
    engine = start_engine(four_cameras)
    start = IncidentTime(engine.span.start + 2 * NS_PER_S)
    loop = IncidentRange(start, IncidentTime(start + NS_PER_S // 4))
    engine.set_loop(loop)
    engine.seek(start)
    settle(engine)
    engine.play()
    jumps = 0
    last = engine.position

    def has_looped() -> bool:
        nonlocal jumps, last
        jumps += engine.position < last
        last = engine.position
        assert loop.contains(engine.position)
        return jumps == 3

    pump_until(engine, has_looped)


class _RunningClock(ManualClock):
    """Goes on by half a millisecond whenever it is looked at, as time does while a refresh is worked on."""

    def now_ns(self) -> int:
        self.ns += 500_000
        return self.ns


def test_no_refresh_shows_what_lies_behind_a_loop(start_engine: StartEngine, four_cameras: Scene) -> None:
    engine = start_engine(four_cameras, _RunningClock())
    loop = IncidentRange(engine.span.start, IncidentTime(engine.span.start + NS_PER_S // 10))
    engine.set_loop(loop)
    settle(engine)
    engine.play()
    pump_until(engine, lambda: not loop.contains(engine.position) or engine.leaps > 4)
    assert loop.contains(engine.position)


@pytest.mark.parametrize("rate", ["1", "-1", pytest.param("4", marks=pytest.mark.soak)])
def test_a_loop_turns_without_a_stall_and_shows_every_frame_of_it(
    start_engine: StartEngine, four_cameras: Scene, rate: str
) -> None:
    clock = ManualClock()
    engine = start_engine(four_cameras, clock)
    start = IncidentTime(engine.span.start + 2 * NS_PER_S)
    engine.set_rate(Fraction(rate))
    engine.set_loop(IncidentRange(start, IncidentTime(start + NS_PER_S)))
    engine.seek(start)
    settle(engine)
    engine.play()
    stalls = 0
    for _ in range(160):
        pump_until(engine, lambda: not any(tile.feed.is_owed for tile in engine._tiles))
        clock.advance(NS_PER_S // 40)
        engine.pump()
        stalls += engine.is_waiting
        check_pictures(engine)
        assert all(tile.state in {TileState.SHOWN, TileState.NOT_RECORDING} for tile in engine.pictures())
    assert engine.leaps >= 3
    assert stalls == 0


def test_scrubbing_always_moves_and_comes_to_rest_on_the_newest_place(
    start_engine: StartEngine, four_cameras: Scene
) -> None:
    engine = start_engine(four_cameras)
    settle(engine)
    places = set()
    for number in range(60):
        engine.scrub(IncidentTime(engine.span.start + number * 100_000_000))
        pump_for(engine, 0.016)
        places.add(engine.position)
    newest = engine.target
    engine.end_scrub()
    settle(engine)
    assert engine.position == newest
    assert len(places) > 10


def test_a_tile_that_changes_its_size_gets_pictures_of_that_size_and_never_goes_blank(
    start_engine: StartEngine, four_cameras: Scene
) -> None:
    engine = start_engine(four_cameras)
    engine.seek(IncidentTime(engine.span.start + 3 * NS_PER_S))
    settle(engine)
    engine.set_tiles([TileRequest(f"camera-{number}", 480, 300) for number in range(4)])
    engine.pump()
    assert {tile.state for tile in engine.pictures()} <= {TileState.SHOWN, TileState.NOT_RECORDING}

    def is_large() -> bool:
        pictures = [tile.picture for tile in engine.pictures() if tile.picture is not None]
        return all((picture.width, picture.height) == (480, 270) for picture in pictures)

    pump_until(engine, is_large)


def test_a_clock_set_anew_moves_the_pictures_at_once_without_going_blank(
    start_engine: StartEngine, four_cameras: Scene
) -> None:
    engine = start_engine(four_cameras)
    engine.seek(IncidentTime(engine.span.start + 3 * NS_PER_S))
    settle(engine)
    before = engine.pictures()[1].spot
    camera = four_cameras.timeline.cameras[1]
    later = ClockMap.from_offset(-500_000_000)
    moved = replace(camera, placed=tuple(replace(place, clock=later) for place in camera.placed))
    rows = tuple(moved if row is camera else row for row in four_cameras.timeline.cameras)
    engine.load(Timeline(rows, ()), four_cameras.find_index)
    engine.pump()
    assert all(tile.picture is not None for tile in engine.pictures() if tile.state is not TileState.NOT_RECORDING)
    settle(engine)
    after = engine.pictures()[1].spot
    assert before is not None
    assert after is not None
    assert before.frame - after.frame == 14


def test_a_case_with_other_cameras_lets_go_of_the_old_ones(start_engine: StartEngine, four_cameras: Scene) -> None:
    engine = start_engine(four_cameras)
    settle(engine)
    engine.load(Timeline(four_cameras.timeline.cameras[:1], ()), four_cameras.find_index)
    settle(engine)
    assert [tile.camera_id for tile in engine.pictures()] == ["camera-0"]
    engine.load(Timeline((), ()), four_cameras.find_index)
    engine.pump()
    assert engine.pictures() == ()
    assert not engine.step(1)
