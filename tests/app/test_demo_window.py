"""The whole window on the demo incident: the pixels on the screen are the frames that the truth file names."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.application import make_application
from app.bootstrap import Window, open_case, open_window
from app.demo import Truth, load_truth
from app.demo.frame_code import FrameCode, read
from app.demo_case import DemoCase, DemoSize, make_demo_case
from app.settings import PREVIEWS, PreviewChoice
from evidence.jobs import never_cancelled, no_progress
from evidence.times import IncidentTime
from player.pictures import TilePicture, TileState
from player.ui.surface import Painted
from tests.support.window_pixels import box, screenshot

pytestmark = [pytest.mark.gui, pytest.mark.soak]
_PATIENCE_S = 60.0


def wait(qtbot: QtBot, is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not is_done():
        assert time.monotonic() < end
        qtbot.wait(2)


@pytest.fixture
def window(qtbot: QtBot, demo_case: DemoCase) -> Iterator[Window]:
    with opened(qtbot, demo_case, PreviewChoice.OFF) as window:  # their line in the job tray moves the pictures
        yield window


@contextmanager
def opened(qtbot: QtBot, case: DemoCase, previews: PreviewChoice) -> Iterator[Window]:
    with open_window(make_application()) as window:
        window.shell.settings.set(PREVIEWS, previews.value)
        window.main.resize(1366, 768)
        window.main.move(0, 0)
        window.main.show()
        qtbot.waitExposed(window.main)
        open_case(window, case.case_folder)
        wait(qtbot, lambda: window.shell.session.snapshot is not None)
        yield window


def settled(window: Window, instant: IncidentTime) -> bool:
    """Tell whether the window has finished with this instant; a tile whose frame stays is not painted anew."""
    engine = window.engine
    tiles = {tile.camera_id: tile for tile in engine.pictures()}
    painted = window.main.page.surface.painted()
    if not painted or not engine.position == instant == engine.target:
        return False
    return all(_is_final(tiles[one.camera_id], one) for one in painted)


def _is_final(tile: TilePicture, painted: Painted) -> bool:
    if tile.state is not painted.state:
        return False
    if tile.state is TileState.SHOWN:
        assert tile.picture is not None
        return tile.spot is not None and painted.frame == tile.spot.frame and not tile.picture.is_proxy
    return tile.state is TileState.NOT_RECORDING


def check_against_truth(qtbot: QtBot, window: Window, truth: Truth, instants: list[IncidentTime]) -> int:
    """Go to every instant and compare the pixels with the truth; return how many pictures were compared."""
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    key_of = {row.camera.id: row.camera.name for row in snapshot.timeline.cameras}
    cameras = {camera.name: camera for camera in truth.cameras}
    surface = window.main.page.surface
    compared = 0
    for instant in instants:
        window.shell.playback.seek(instant)
        wait(qtbot, partial(settled, window, instant))
        pixels = screenshot(surface)
        for camera_id in surface.visible_cameras:
            camera = cameras[key_of[camera_id]]
            true = truth.frame_at(camera.key, instant)
            tile = surface.tile_rect(camera_id)
            if true is None:
                assert read(pixels, box(tile)) is None
                assert next(one for one in surface.painted() if one.camera_id == camera_id).frame == -1
                continue
            code = read(pixels, box(surface.picture_rect(camera_id)))
            assert code == FrameCode(camera.code, true[0].number, true[1]), (camera.name, instant)
            compared += 1
    return compared


def random_instants(truth: Truth, count: int) -> list[IncidentTime]:
    chance = random.Random(20260314)
    start = min(file.incident_ns[0] for file in truth.files)
    end = max(file.end_ns for file in truth.files)
    return [IncidentTime(chance.randrange(start, end)) for _ in range(count)]


def test_at_eighty_random_instants_the_screen_shows_the_true_frame_of_every_camera(
    qtbot: QtBot, window: Window, demo_case: DemoCase
) -> None:
    truth = load_truth(demo_case.media_folder)
    assert check_against_truth(qtbot, window, truth, random_instants(truth, 80)) > 200


def test_frames_change_at_the_very_nanosecond_that_the_truth_names(
    qtbot: QtBot, window: Window, demo_case: DemoCase
) -> None:
    truth = load_truth(demo_case.media_folder)
    chance = random.Random(7)
    edges = [file.incident_ns[chance.randrange(1, len(file.incident_ns))] for file in truth.files]
    check_against_truth(qtbot, window, truth, [IncidentTime(edge + side) for edge in edges for side in (-1, 0)])


def test_with_proxies_made_what_stands_still_is_the_original(qtbot: QtBot, demo_case: DemoCase, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(demo_case.case_folder.parent, folder)
    case = DemoCase(folder / demo_case.case_folder.name, folder / demo_case.media_folder.name, demo_case.truth_file)
    truth = load_truth(demo_case.media_folder)
    with opened(qtbot, case, PreviewChoice.ALL) as window:
        wait(qtbot, lambda: bool(window.shell.jobs.running))
        wait(qtbot, lambda: not window.shell.jobs.running)
        assert any((case.case_folder / "derived").rglob("*"))
        assert check_against_truth(qtbot, window, truth, random_instants(truth, 25)) > 60


@pytest.mark.soak
def test_the_whole_demo_incident_in_full_size(qtbot: QtBot, tmp_path: Path) -> None:
    case = make_demo_case(tmp_path, DemoSize.HD, no_progress, never_cancelled, with_codes=True)
    truth = load_truth(case.media_folder)
    with opened(qtbot, case, PreviewChoice.OFF) as window:
        assert check_against_truth(qtbot, window, truth, random_instants(truth, 200)) > 500
