"""With proxies the frames are the same ones, by their codes, and the original stands there when the hand rests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import pytest

from app.demo.frame_code import read
from evidence.times import IncidentTime
from player.derived.previews import PreviewRequest, make_previews
from player.derived.proxy import proxy_recipe
from player.derived.store import DerivedStore
from player.engine import Engine, TileRequest
from player.limits import PlayerLimits
from player.pictures import TileState
from player.ui.tile_words import state_words
from tests.support.clips import Clip, ClipPlan, Scene, make_clip, make_scene
from tests.support.engine_driver import check_pictures, code_in, play_for, pump_until, settle


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Clip]:
    folder = tmp_path_factory.mktemp("proxied")
    uneven = [0]
    for number in range(119):
        uneven.append(uneven[-1] + (900, 1500, 700, 2400, 1001)[number % 5])
    return [
        make_clip(folder, ClipPlan(number=0, frames=120, gop=60, b_frames=3, size=(960, 540))),
        make_clip(folder, ClipPlan(number=1, frames=120, gop=120, size=(640, 480), pts=tuple(uneven))),
    ]


@pytest.fixture(scope="module")
def proxied(clips: list[Clip], tmp_path_factory: pytest.TempPathFactory) -> tuple[Scene, dict[str, Path], DerivedStore]:
    from hashlib import sha256

    scene = make_scene([[(clip, 0)] for clip in clips])
    store = DerivedStore(tmp_path_factory.mktemp("proxies"), 10 << 30)
    recordings = []
    for camera in scene.timeline.cameras:
        recording = camera.placed[0].recording
        digest = sha256(recording.path.read_bytes()).hexdigest()
        recordings.append(replace(recording, sha256=digest, mtime_ns=recording.path.stat().st_mtime_ns))
    result = make_previews(
        PreviewRequest(tuple(recordings)), store, scene.find_index, lambda _report: None, lambda: False
    )
    assert result.not_made == ()
    paths = {one.id: store.path(proxy_recipe(one.sha256, 0)) for one in recordings}
    assert all(path.is_file() for path in paths.values())
    return scene, paths, store


@pytest.fixture
def engine(proxied: tuple[Scene, dict[str, Path], DerivedStore]) -> Iterator[Engine]:
    scene, paths, _store = proxied
    with ExitStack() as undo:
        made = Engine()
        undo.callback(made.close)
        made.set_proxies(paths)
        made.load(scene.timeline, scene.find_index)
        made.set_tiles([TileRequest(camera.camera.id, 480, 270) for camera in scene.timeline.cameras])
        settle(made)
        yield made


def _is_original(engine: Engine) -> bool:
    pictures = [tile.picture for tile in engine.pictures() if tile.state is not TileState.NOT_RECORDING]
    return all(picture is not None and not picture.is_proxy for picture in pictures)


def test_a_hand_that_scrubs_sees_exact_frames_of_proxies_and_the_original_when_it_rests(engine: Engine) -> None:
    pump_until(engine, lambda: _is_original(engine))
    random = Random(7)
    seen_proxies = 0
    for _ in range(25):
        instant = IncidentTime(random.randrange(engine.span.start, engine.span.end))
        engine.scrub(instant)
        pump_until(engine, lambda wanted=instant: engine.position == wanted)  # type: ignore[misc]
        check_pictures(engine)
        for tile in engine.pictures():
            if tile.picture is not None and tile.picture.is_proxy:
                seen_proxies += 1
                assert tile.state is TileState.SHOWN
                assert state_words(tile) == "proxy"
                code = code_in(tile)
                assert code is not None
                assert tile.spot is not None
                assert code.number == tile.spot.frame
    assert seen_proxies > 20
    engine.end_scrub()
    settle(engine)
    pump_until(engine, lambda: _is_original(engine))


def test_a_proxy_has_the_size_of_the_original_in_its_tile(engine: Engine) -> None:
    pump_until(engine, lambda: _is_original(engine))
    sizes = [(tile.picture.width, tile.picture.height) for tile in engine.pictures() if tile.picture]
    engine.scrub(IncidentTime(engine.span.start + 1_500_000_000))
    pump_until(engine, lambda: engine.position == engine.target)
    assert any(tile.picture is not None and tile.picture.is_proxy for tile in engine.pictures())
    assert [(tile.picture.width, tile.picture.height) for tile in engine.pictures() if tile.picture] == sizes


def test_a_proxy_deleted_while_in_use_gives_way_to_the_original(
    proxied: tuple[Scene, dict[str, Path], DerivedStore], tmp_path: Path
) -> None:
    scene, paths, _store = proxied
    copies = {one: tmp_path / f"{number}.mjpeg" for number, one in enumerate(paths)}
    for one, path in paths.items():
        copies[one].write_bytes(path.read_bytes())
    with ExitStack() as undo:
        engine = Engine()
        undo.callback(engine.close)
        engine.set_proxies(copies)
        engine.load(scene.timeline, scene.find_index)
        engine.set_tiles([TileRequest("camera-0", 320, 180), TileRequest("camera-1", 320, 240)])
        for path in copies.values():
            path.unlink()
        settle(engine)
        engine.scrub(IncidentTime(engine.span.start + 2_000_000_000))
        pump_until(engine, lambda: engine.position == engine.target)
        engine.end_scrub()
        settle(engine)
        assert _is_original(engine)
        assert all(tile.state is TileState.SHOWN for tile in engine.pictures())
        assert engine.take_bad_proxies() == frozenset(copies)


@pytest.mark.parametrize("place", [0.0, 0.5, 0.999])
def test_a_damaged_proxy_is_never_shown(
    proxied: tuple[Scene, dict[str, Path], DerivedStore], tmp_path: Path, place: float
) -> None:
    scene, paths, _store = proxied
    copies = {}
    for number, (one, path) in enumerate(paths.items()):
        data = bytearray(path.read_bytes())
        at = int(len(data) * place)
        for byte in range(at, min(len(data), at + 40_000)):
            data[byte] ^= 0x55
        copies[one] = tmp_path / f"{number}.mjpeg"
        copies[one].write_bytes(data)
    with ExitStack() as undo:
        engine = Engine()
        undo.callback(engine.close)
        engine.set_proxies(copies)
        engine.load(scene.timeline, scene.find_index)
        engine.set_tiles([TileRequest("camera-0", 320, 180), TileRequest("camera-1", 320, 240)])
        settle(engine)
        for offset in (0, 1_900_000_000, 3_000_000_000, 3_900_000_000):
            engine.scrub(IncidentTime(engine.span.start + offset))
            pump_until(engine, lambda: engine.position == engine.target)
            check_pictures(engine)
        engine.end_scrub()
        settle(engine)


def test_play_that_was_eased_shows_exact_frames_and_goes_back_to_originals(engine: Engine) -> None:
    engine.seek(engine.span.start)
    settle(engine)
    engine.set_rate(Fraction(1))
    engine.play()
    for tile in engine._tiles:
        tile.ease(is_on=True)
    begun = engine.position
    play_for(engine, 1.5, until=lambda: engine.position > begun + 1_000_000_000)
    assert any(tile.picture is not None and tile.picture.is_proxy for tile in engine.pictures())
    engine.pause()
    settle(engine)
    pump_until(engine, lambda: _is_original(engine))
    engine.set_rate(Fraction(-2))
    engine.play()
    for tile in engine._tiles:
        tile.ease(is_on=True)
    play_for(engine, 1.0)


def test_at_rest_the_original_comes(engine: Engine) -> None:
    for second in (0, 3, 1, 2):
        engine.scrub(IncidentTime(engine.span.start + second * 1_000_000_000))
        pump_until(engine, lambda: engine.position == engine.target)
        engine.end_scrub()
        pump_until(engine, lambda: engine.position == engine.target and _is_original(engine))


@pytest.mark.parametrize("first", [0, 1])
def test_where_there_are_few_processors_the_original_that_is_looked_at_comes_first(
    proxied: tuple[Scene, dict[str, Path], DerivedStore], first: int
) -> None:
    scene, paths, _store = proxied
    with ExitStack() as undo:
        engine = Engine(limits=PlayerLimits(cores=1))
        undo.callback(engine.close)
        engine.set_proxies(paths)
        engine.load(scene.timeline, scene.find_index)
        engine.set_tiles([TileRequest("camera-0", 320, 180), TileRequest("camera-1", 320, 240)])
        engine.set_focus(f"camera-{first}")
        for second in (3, 1, 2):
            engine.scrub(IncidentTime(engine.span.start + second * 1_000_000_000))
            pump_until(engine, lambda: engine.position == engine.target)
            engine.end_scrub()
            came: list[tuple[bool, ...]] = []

            def has_come(came: list[tuple[bool, ...]] = came) -> bool:
                came.append(tuple(one.picture is not None and not one.picture.is_proxy for one in engine.pictures()))
                return all(came[-1])

            pump_until(engine, has_come)
            assert came[0] == (False, False), "both were proxies"
            assert all(one[first] or not one[1 - first] for one in came), came


def test_every_frame_of_a_proxy_carries_its_own_code(
    clips: list[Clip], proxied: tuple[Scene, dict[str, Path], DerivedStore]
) -> None:
    from player.decoder.proxy_reader import ProxyReader
    from player.protocol import Source, SourceForm

    for clip, path in zip(clips, proxied[1].values(), strict=True):
        reader = ProxyReader(Source(0, bytes(path), "clip", 0, form=SourceForm.PROXY), clip.index)
        assert np.array_equal(reader._file.table.pts, clip.index.pts)
        for frame in range(len(clip.index)):
            reader.aim(frame, frame)
            (decoded,) = reader.read()
            code = read(decoded.picture.to_ndarray(format="gray"))
            assert code is not None
            assert (code.camera, code.number) == (clip.plan.number, frame)
        reader.aim(len(clip.index), 0)
        assert reader.read() == []
        assert reader.is_at_end
        reader.close()


def test_proxies_play_from_the_start_where_originals_are_known_to_be_too_much(engine: Engine) -> None:
    pump_until(engine, lambda: _is_original(engine))
    for tile in engine._tiles:
        tile.feed._work_ns.extend([90_000_000] * 32)  # as if a frame took 90 ms of a processor
    engine.play()
    assert any(tile.feed.is_eased for tile in engine._tiles)
    pump_until(engine, lambda: any(tile.picture is not None and tile.picture.is_proxy for tile in engine.pictures()))
    engine.pause()
    assert not any(tile.feed.is_eased for tile in engine._tiles)
    engine.set_rate(Fraction(1, 8))
    engine.play()
    assert not any(tile.feed.is_eased for tile in engine._tiles)


def test_the_speed_at_which_originals_came_too_late_is_remembered(engine: Engine) -> None:
    engine._tiles[0].feed.late_at = Fraction(1)
    engine.set_rate(Fraction(2))
    engine.play()
    assert [tile.feed.is_eased for tile in engine._tiles] == [True, False]
    engine.set_rate(Fraction(1, 2))
    assert not any(tile.feed.is_eased for tile in engine._tiles)
