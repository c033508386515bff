"""A picture that is moved along and filled up is, pixel for pixel, the picture that would have been drawn anew."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtGui import QFont, QImage
from pytestqt.qtbot import QtBot

from app.time_text import LocalTimes, duration_text
from evidence.times import NS_PER_S
from player.ui.timeline.lanes import make_lanes
from player.ui.timeline.look import Look
from player.ui.timeline.preview_painter import PreviewTiles
from player.ui.timeline.preview_source import PreviewSource
from player.ui.timeline.scene import Scene
from player.ui.timeline.sizes import LABEL_WIDTH, LANE_HEIGHT
from player.ui.timeline.still_picture import StillPicture
from player.ui.timeline.time_view import TimeView, whole_view
from resources.palette import DARK, LIGHT
from tests.support.previews import make_previews, with_previews
from tests.support.timelines import make_timeline

pytestmark = pytest.mark.gui

Change = Callable[[Scene, random.Random], Scene]
WIDTH, HEIGHT = 640, 240
CLOCKS_GO_FORWARD = 1_774_746_000 * NS_PER_S
FONT = QFont("DejaVu Sans", 9)
LOOKS = [Look(LocalTimes(ZoneInfo("Europe/London")), duration_text, palette) for palette in (DARK, LIGHT)]


def _scene() -> Scene:
    """Thirty cameras around the moment at which the clocks go forward: long bars, short ones, overlaps and gaps."""
    chance = random.Random(3)
    spans = [
        [(chance.randrange(7_200) * NS_PER_S, chance.choice([1, 8, 300, 2_000]) * NS_PER_S) for _ in range(12)]
        for _ in range(30)
    ]
    timeline = with_previews(make_timeline(spans, start_ns=CLOCKS_GO_FORWARD - 3_600 * NS_PER_S))
    assert timeline.span is not None
    return Scene(make_lanes(timeline), whole_view(timeline.span, WIDTH), (WIDTH + LABEL_WIDTH + 12, HEIGHT))


def _pan(scene: Scene, chance: random.Random) -> Scene:
    return replace(scene, view=scene.view.panned(chance.choice([-700, -90, -7, -1, 1, 3, 40, 200])))


def _zoom(scene: Scene, chance: random.Random) -> Scene:
    step = chance.choice([(5, 4), (2, 1), (4, 5), (1, 2)])
    return replace(scene, view=scene.view.zoomed(*step, chance.randrange(WIDTH)))


def _scroll(scene: Scene, chance: random.Random) -> Scene:
    most = len(scene.lanes.lanes) * scene.lane_height - scene.lanes_rect.height()
    return replace(scene, top=min(most, max(0, scene.top + chance.choice([-400, -30, -1, 1, 24, 50, 400]))))


def _scroll_and_pan(scene: Scene, chance: random.Random) -> Scene:
    return _scroll(_pan(scene, chance), chance)


def _focus(scene: Scene, chance: random.Random) -> Scene:
    return replace(scene, focus=f"camera-{chance.randrange(12)}", heard=frozenset({f"camera-{chance.randrange(12)}"}))


CHANGES: list[Change] = [_pan, _pan, _pan, _zoom, _scroll, _scroll_and_pan, _focus]


def _drawn_anew(scene: Scene, look: Look, ratio: float) -> QImage:
    return StillPicture().up_to_date(scene, look, None, FONT, ratio).toImage()


@pytest.mark.parametrize("look", LOOKS, ids=["dark", "light"])
@pytest.mark.parametrize("ratio", [1.0, 2.0, 1.25])
def test_whatever_is_done_the_picture_is_as_if_drawn_anew(qtbot: QtBot, look: Look, ratio: float) -> None:
    chance = random.Random(ratio)
    scene, kept = _scene(), StillPicture()
    for turn in range(120):
        change = chance.choice(CHANGES)
        scene = change(scene, chance)
        assert kept.up_to_date(scene, look, None, FONT, ratio).toImage() == _drawn_anew(scene, look, ratio), (
            turn,
            change.__name__,
        )


def test_with_previews_it_comes_to_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    source = PreviewSource()
    source.set_store(make_previews(tmp_path))
    chance = random.Random(5)
    scene = replace(_scene(), lane_height=2 * LANE_HEIGHT)
    kept, tiles = StillPicture(), PreviewTiles(source)
    for _ in range(25):
        scene = chance.choice(CHANGES)(scene, chance)
        kept.up_to_date(scene, LOOKS[0], tiles, FONT)
        if chance.random() < 0.3:
            continue
        moved = _settled(qtbot, kept, scene, tiles)
        assert moved == _settled(qtbot, StillPicture(), scene, PreviewTiles(source))
    source.close()


def _settled(qtbot: QtBot, kept: StillPicture, scene: Scene, tiles: PreviewTiles) -> QImage:
    """Paint until nothing more comes."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        image = kept.up_to_date(scene, LOOKS[0], tiles, FONT).toImage()
        if not kept.is_waiting:
            return image
        qtbot.wait(2)
        kept.look_for_previews()
    raise AssertionError("it never came to an end")


def test_panning_draws_little(qtbot: QtBot) -> None:
    scene, kept = _scene(), StillPicture()
    kept.up_to_date(scene, LOOKS[0], None, FONT)
    before = kept.painted_pixels
    kept.up_to_date(replace(scene, view=scene.view.panned(10)), LOOKS[0], None, FONT)
    assert 0 < kept.painted_pixels - before < WIDTH * HEIGHT // 10


def test_a_view_that_was_not_moved_by_whole_pixels_is_drawn_anew() -> None:
    view = TimeView(0, 640_000, 640)
    assert view.panned(7).pixels_panned(view) == 7
    assert view.panned(-7).pixels_panned(view) == -7
    assert TimeView(500, 640_000, 640).pixels_panned(view) is None
    assert TimeView(0, 641_000, 640).pixels_panned(view) is None


def test_a_jump_of_years_and_back_is_drawn_anew(qtbot: QtBot) -> None:
    near = replace(_scene(), view=_scene().view.zoomed(100, 1, 0))
    far = replace(near, view=near.view.panned(1 << 34))
    picture = StillPicture()
    for scene in (near, far, near):
        shown = picture.up_to_date(scene, LOOKS[0], None, FONT, 1.0).toImage()
        assert shown == _drawn_anew(scene, LOOKS[0], 1.0)
