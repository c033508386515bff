"""libVLC in the engine: every picture says when it was, and is within what it says; read from the pixels."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from evidence.times import NS_PER_S, IncidentTime
from player.decoder_link import DecoderPool, VlcLink
from player.engine import Engine, TileRequest
from player.pictures import TilePicture, TileState
from player.ui.tile_words import state_words
from tests.support.clips import ClipPlan, Scene, make_clip, make_scene
from tests.support.engine_driver import code_in, settle
from tests.support.libvlc import why_no_libvlc

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(bool(why_no_libvlc()), reason=why_no_libvlc() or "libVLC is there"),
]

FRAME_NS = NS_PER_S // 30


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Two cameras of one clip each; the first is played by libVLC."""
    folder = tmp_path_factory.mktemp("vlc")
    clips = [make_clip(folder, ClipPlan(number=number, frames=240, gop=60)) for number in range(2)]
    return make_scene([[(clip, 0)] for clip in clips])


@pytest.fixture(scope="module")
def engine(scene: Scene) -> Iterator[Engine]:
    made = Engine()
    made.load(scene.timeline, scene.find_index)
    made.set_played_by_vlc(frozenset({scene.timeline.cameras[0].placed[0].recording.id}))
    made.set_tiles([TileRequest(camera.camera.id, 320, 180) for camera in scene.timeline.cameras])
    yield made
    made.close()


def _check(engine: Engine) -> tuple[TilePicture, TilePicture]:
    """Check by the pixels that both tiles keep to what they say."""
    by_vlc, exact = engine.pictures()
    if by_vlc.picture is not None:
        estimate = by_vlc.picture.estimate
        assert estimate is not None
        code = code_in(by_vlc)
        assert code is not None
        assert code.camera == 0
        off_ns = code.number * FRAME_NS - estimate.media_ns
        assert abs(off_ns) <= estimate.within_ns, f"{off_ns / 1e6:.0f} ms off, but says {state_words(by_vlc)}"
        if by_vlc.state is TileState.SHOWN:
            assert state_words(by_vlc).startswith("approximate ~±")
    if exact.state is TileState.SHOWN:
        code = code_in(exact)
        assert code is not None
        assert exact.spot is not None
        assert code.number == exact.spot.frame
    return by_vlc, exact


def _is_there(engine: Engine) -> bool:
    by_vlc, exact = _check(engine)
    is_known = by_vlc.picture is not None and by_vlc.picture.estimate is not None
    return (
        engine.position == engine.target
        and by_vlc.state is exact.state is TileState.SHOWN
        and is_known
        and by_vlc.picture is not None
        and by_vlc.picture.estimate is not None
        and not by_vlc.picture.estimate.is_rough
    )


def _settle(engine: Engine) -> None:
    end = time.monotonic() + 60
    engine.pump()
    while not _is_there(engine):
        engine.pump()
        assert time.monotonic() < end, [(tile.state, tile.reason, state_words(tile)) for tile in engine.pictures()]
        time.sleep(0.002)


def test_at_rest_the_picture_is_within_what_its_tile_says(engine: Engine) -> None:
    rng = random.Random(5)
    for _ in range(3):
        engine.seek(IncidentTime(engine.span.start + rng.randrange(engine.span.duration_ns)))
        _settle(engine)
        by_vlc, _ = engine.pictures()
        assert by_vlc.picture is not None
        assert by_vlc.picture.estimate is not None
        assert by_vlc.picture.estimate.within_ns < NS_PER_S // 2
        assert not by_vlc.is_exact


def test_steps_go_on_and_back_by_its_moments(engine: Engine) -> None:
    engine.seek(IncidentTime(engine.span.start + 3 * NS_PER_S))
    _settle(engine)
    before = engine.position
    engine.set_focus("camera-0")
    for _ in range(4):
        assert engine.step(1)
        _settle(engine)
    assert engine.position > before
    for _ in range(4):
        assert engine.step(-1)
        _settle(engine)
    assert abs(engine.position - before) <= FRAME_NS


@pytest.mark.parametrize(
    "rate", ["1", "-1", pytest.param("1/2", marks=pytest.mark.soak), pytest.param("2", marks=pytest.mark.soak)]
)
def test_while_it_plays_no_picture_is_shown_without_its_time(engine: Engine, rate: str) -> None:
    speed = Fraction(rate)
    start = IncidentTime(engine.span.start + (NS_PER_S if speed > 0 else 6 * NS_PER_S))
    engine.set_rate(speed)
    engine.seek(start)
    _settle(engine)
    engine.play()
    shown = 0
    end = time.monotonic() + 60
    while (engine.position - start) * speed < NS_PER_S and time.monotonic() < end:
        engine.pump()
        by_vlc, _ = _check(engine)
        shown += by_vlc.state is TileState.SHOWN
        time.sleep(0.006)
    engine.pause()
    engine.set_rate(Fraction(1))
    assert (engine.position - start) * speed >= NS_PER_S
    assert shown > 10


@pytest.mark.soak
def test_scrubbing_shows_where_the_hand_is(engine: Engine) -> None:
    engine.seek(IncidentTime(engine.span.start + NS_PER_S))
    _settle(engine)
    seen = set()
    end = time.monotonic() + 60
    by_vlc, _ = engine.pictures()
    for number in range(4):
        target = IncidentTime(engine.span.start + NS_PER_S + number * 1_100_000_000)
        engine.scrub(target)
        while time.monotonic() < end:
            engine.pump()
            by_vlc, _ = _check(engine)
            if engine.position == target and by_vlc.state is TileState.SHOWN:
                break
            time.sleep(0.004)
        assert by_vlc.picture is not None
        seen.add(by_vlc.picture.spot.frame)
    assert len(seen) == 4
    engine.end_scrub()
    _settle(engine)


def test_back_to_ffmpeg_the_frame_is_exact_again_and_the_original_is_as_it_was(engine: Engine, scene: Scene) -> None:
    recording = scene.timeline.cameras[0].placed[0].recording
    path = Path(recording.path_bytes.decode())
    before = path.stat().st_mtime_ns, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()
    engine.seek(IncidentTime(engine.span.start + 2 * NS_PER_S))
    _settle(engine)
    engine.set_played_by_vlc(frozenset())
    end = time.monotonic() + 60
    while not engine.pictures()[0].is_exact:
        assert state_words(engine.pictures()[0]).startswith(("approximate", "late"))
        engine.pump()
        assert time.monotonic() < end
        time.sleep(0.004)
    settle(engine)
    assert state_words(engine.pictures()[0]) == ""
    engine.set_played_by_vlc(frozenset({recording.id}))
    assert (path.stat().st_mtime_ns, path.stat().st_size) == before[:2]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before[2]


def test_what_vlc_cannot_open_is_told_in_its_tile_and_the_other_plays_on(scene: Scene, tmp_path: Path) -> None:
    camera = scene.timeline.cameras[0]
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"not a recording " * 4_000)
    place = camera.placed[0]
    recording = replace(place.recording, path_bytes=bytes(broken), display_name="broken.mp4")
    rows = (replace(camera, placed=(replace(place, recording=recording),)), scene.timeline.cameras[1])
    made = Engine()
    try:
        made.load(replace(scene.timeline, cameras=rows), scene.find_index)
        made.set_played_by_vlc(frozenset({recording.id}))
        made.set_tiles([TileRequest(row.camera.id, 320, 180) for row in rows])
        end = time.monotonic() + 60
        while [tile.state for tile in made.pictures()] != [TileState.FAILED, TileState.SHOWN]:
            made.pump()
            assert time.monotonic() < end
            time.sleep(0.004)
        assert "VLC" in made.pictures()[0].reason
        assert "broken.mp4" in made.pictures()[0].reason
    finally:
        made.close()


class _Started:
    """A starter of libVLC that remembers its processes."""

    def __init__(self) -> None:
        self.links: list[VlcLink] = []

    def __call__(self) -> VlcLink:
        self.links.append(VlcLink())
        return self.links[-1]

    def strike(self, number: signal.Signals) -> None:
        process_id = self.links[-1].process_id
        assert process_id is not None
        os.kill(process_id, number)


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGSTOP, marks=pytest.mark.soak)])
def test_a_vlc_that_crashes_or_hangs_is_replaced(scene: Scene, number: signal.Signals) -> None:
    started = _Started()
    made = _engine_with(started, scene)
    try:
        made.seek(IncidentTime(made.span.start + 2 * NS_PER_S))
        _settle(made)
        started.strike(number)
        made.seek(IncidentTime(made.span.start + 5 * NS_PER_S))
        _settle(made)
        assert len(started.links) == 2
    finally:
        made.close()
    assert not any(link.is_alive for link in started.links)


@pytest.mark.soak
def test_a_vlc_that_crashes_three_times_in_a_row_is_told_in_its_tile(scene: Scene) -> None:
    started = _Started()
    made = _engine_with(started, scene)
    try:
        made.seek(IncidentTime(made.span.start + 2 * NS_PER_S))
        _settle(made)
        started.strike(signal.SIGKILL)
        made.seek(IncidentTime(made.span.start + 3 * NS_PER_S))
        struck = 1
        end = time.monotonic() + 60
        while made.pictures()[0].state is not TileState.FAILED:
            if len(started.links) - 1 >= struck and started.links[-1].is_alive:
                started.strike(signal.SIGKILL)
                struck += 1
            made.pump()
            assert time.monotonic() < end
            time.sleep(0.01)
        reason = made.pictures()[0].reason
        assert scene.timeline.cameras[0].placed[0].recording.display_name in reason
        assert "moment" in reason
        assert made.pictures()[1].state is TileState.SHOWN
    finally:
        made.close()


def _engine_with(started: _Started, scene: Scene) -> Engine:
    made = Engine(pool=DecoderPool(start_vlc=started))
    made.load(scene.timeline, scene.find_index)
    made.set_played_by_vlc(frozenset({scene.timeline.cameras[0].placed[0].recording.id}))
    made.set_tiles([TileRequest(camera.camera.id, 320, 180) for camera in scene.timeline.cameras])
    return made
