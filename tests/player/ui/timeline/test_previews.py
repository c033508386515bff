"""Thumbnails and waveforms in the lanes: drawn where they belong, never waited for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtGui import QFont, QImage
from pytestqt.qtbot import QtBot

from app.time_text import LocalTimes, duration_text
from evidence.times import NS_PER_S
from player.derived.store import DerivedStore
from player.ui.timeline.lanes import make_lanes
from player.ui.timeline.look import LaneSize, Look, lane_height
from player.ui.timeline.preview_painter import PreviewTiles, media_edges, wave_picture
from player.ui.timeline.preview_source import PreviewSource
from player.ui.timeline.scene import Scene
from player.ui.timeline.sizes import HIGHEST_LANE, LABEL_WIDTH, LANE_HEIGHT, RULER_HEIGHT
from player.ui.timeline.still_picture import StillPicture
from player.ui.timeline.time_view import TimeView
from player.ui.timeline.widget import TimelineWidget
from tests.support.previews import SECONDS, make_previews, with_previews
from tests.support.timelines import START_NS, make_timeline

pytestmark = pytest.mark.gui

_LOOK = Look(times=LocalTimes(ZoneInfo("UTC")), duration_text=duration_text)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> DerivedStore:
    """Previews of one minute: red pictures, then blue ones; silence, then half a minute of loud sound."""
    return make_previews(tmp_path_factory.mktemp("previews"))


@pytest.fixture
def source(store: DerivedStore, qtbot: QtBot) -> Iterator[PreviewSource]:
    made = PreviewSource()
    made.set_store(store)
    yield made
    made.close()


def _shown(qtbot: QtBot, scene: Scene, source: PreviewSource) -> QImage:
    """Paint until nothing more arrives."""
    still, tiles = StillPicture(), PreviewTiles(source)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        image = still.up_to_date(scene, _LOOK, tiles, QFont()).toImage()
        if not still.is_waiting:
            return image
        qtbot.wait(5)
        still.look_for_previews()
    raise AssertionError("it never came to an end")


def test_pictures_and_sound_lie_at_their_moments(qtbot: QtBot, source: PreviewSource) -> None:
    timeline = with_previews(make_timeline([[(0, SECONDS * NS_PER_S)]]))
    view = TimeView(START_NS, SECONDS * NS_PER_S, 1_200)
    scene = Scene(make_lanes(timeline), view, (1_200 + LABEL_WIDTH, 200), lane_height=HIGHEST_LANE)
    image = _shown(qtbot, scene, source)
    strip, wave = RULER_HEIGHT + 14, RULER_HEIGHT + HIGHEST_LANE - 14
    for x, is_first in ((60, True), (500, True), (720, False), (1_150, False)):
        colour = image.pixelColor(LABEL_WIDTH + x, strip)
        assert (colour.red() > 150, colour.blue() > 150) == (is_first, not is_first), x
    silent = image.pixelColor(LABEL_WIDTH + 300, wave - 6)
    loud = image.pixelColor(LABEL_WIDTH + 900, wave - 6)
    assert loud.lightness() < silent.lightness() - 30


def test_a_preview_that_is_not_there_leaves_the_plain_bar(qtbot: QtBot, tmp_path: Path) -> None:
    empty = PreviewSource()
    empty.set_store(DerivedStore(tmp_path, 1 << 30))
    timeline = with_previews(make_timeline([[(0, SECONDS * NS_PER_S)]]))
    view = TimeView(START_NS, SECONDS * NS_PER_S, 400)
    scene = Scene(make_lanes(timeline), view, (400 + LABEL_WIDTH, 120))
    image = _shown(qtbot, scene, empty)
    plain = StillPicture().up_to_date(scene, _LOOK, None, QFont()).toImage()
    assert image == plain
    empty.close()


def test_previews_deleted_while_shown_do_no_harm(qtbot: QtBot, store: DerivedStore, tmp_path: Path) -> None:
    import shutil

    copy = DerivedStore(Path(shutil.copytree(store.folder, tmp_path / "copy")), 1 << 40)
    source = PreviewSource()
    source.set_store(copy)
    timeline = with_previews(make_timeline([[(0, SECONDS * NS_PER_S)]]))
    scene = Scene(make_lanes(timeline), TimeView(START_NS, SECONDS * NS_PER_S, 900), (900 + LABEL_WIDTH, 120))
    scene = replace(scene, lane_height=HIGHEST_LANE)
    _shown(qtbot, scene, source)
    copy.delete_all()
    near = replace(scene, view=TimeView(START_NS + 40 * NS_PER_S, NS_PER_S, 900))
    _shown(qtbot, near, source)
    source.look_again()
    _shown(qtbot, scene, source)
    recording = timeline.cameras[0].placed[0].recording
    facts = source.facts(recording)
    assert facts is not None
    assert (facts.levels, facts.shape) == ((), (0, 0))
    source.close()


def test_edges_are_the_clocks_own_also_around_its_corners() -> None:
    from evidence.records import ClockPiece
    from sync.clock_map import ClockMap

    (camera,) = make_timeline([[(0, 600 * NS_PER_S)]]).cameras
    corner = START_NS + 300 * NS_PER_S
    clock = ClockMap((ClockPiece(START_NS, START_NS, 0), ClockPiece(corner, corner, 40_000_000)))
    place = replace(camera.placed[0], clock=clock)
    view = TimeView(START_NS, 600 * NS_PER_S, 1_000)
    edges = media_edges(place, view, 0, 1_000)
    for pixel in (0, 250, 499, 500, 501, 750, 1_000):
        exact = place.media_ns_at(view.instant_at(pixel))
        assert abs(int(edges[pixel]) - exact) < 1_000_000, pixel
    assert np.all(np.diff(edges) >= 0)


def test_a_gap_in_the_sound_is_left_empty() -> None:
    columns = np.array([[-9_000, 9_000, 5_000], [32_767, -32_768, 0]], dtype=np.int16)
    picture = wave_picture(columns, 20)
    assert picture.pixelColor(0, 10).alpha() > 0
    assert all(picture.pixelColor(1, y).alpha() == 0 for y in range(20))


def test_lanes_are_as_high_as_there_is_room() -> None:
    assert lane_height(LaneSize.AUTO, 4, 240) == 60
    assert lane_height(LaneSize.AUTO, 200, 240) == LANE_HEIGHT
    assert lane_height(LaneSize.AUTO, 1, 900) == HIGHEST_LANE
    assert lane_height(LaneSize.LOW, 1, 900) == LANE_HEIGHT
    assert lane_height(LaneSize.HIGH, 200, 240) == HIGHEST_LANE
    assert lane_height(LaneSize.AUTO, 0, 240) == LANE_HEIGHT


def test_a_widget_with_higher_lanes_finds_what_is_under_the_pointer(qtbot: QtBot) -> None:
    widget = TimelineWidget(_LOOK)
    qtbot.addWidget(widget)
    widget.set_lanes(make_lanes(make_timeline([[(0, NS_PER_S)]] * 3)), keep_view=False)
    widget.resize(800, RULER_HEIGHT + 20 + 3 * 60)
    widget.set_lane_size(LaneSize.AUTO)
    assert widget.scene.lane_height == 60
    assert [widget.scene.lane_at(RULER_HEIGHT + y) for y in (0, 59, 60, 179)] == [0, 0, 1, 2]
