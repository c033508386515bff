"""Names that are longer than their room still tell cameras apart: what differs is mostly at the end."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QImage, QPainter

from app.time_text import LocalTimes, duration_text
from evidence.times import NS_PER_S
from player.pictures import TilePicture, TileState
from player.ui.overlay import CameraLabel, TileScene
from player.ui.tile_painter import SurfaceColours, TilePainter
from player.ui.timeline.lanes import Lanes, make_lanes
from player.ui.timeline.look import Look
from player.ui.timeline.painter import paint_scene
from player.ui.timeline.scene import Scene
from player.ui.timeline.sizes import LABEL_WIDTH
from player.ui.timeline.time_view import whole_view
from resources.palette import DARK
from tests.support.timelines import make_timeline

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("qapp")]
NAMES = ("Body-worn video of PC 412", "Body-worn video of PC 413")


def _blank(width: int, height: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    return image


def test_in_a_small_tile() -> None:
    labels = TilePainter(SurfaceColours(), str, str, QFont("DejaVu Sans", 10))
    images = []
    for name in NAMES:
        image = _blank(90, 60)
        tile = TilePicture("camera", TileState.NOT_RECORDING, None, None, None)
        painter = QPainter(image)
        labels.paint(painter, TileScene(image.rect(), tile, CameraLabel("camera", name, "#56b4e9"), None))
        painter.end()
        images.append(image)
    assert images[0] != images[1]


def test_beside_a_lane_in_large_text() -> None:
    lanes = make_lanes(make_timeline([[(0, 10 * NS_PER_S)]]))
    assert lanes.span is not None
    look = Look(LocalTimes(ZoneInfo("Europe/London")), duration_text, DARK)
    images = []
    for name in NAMES:
        named = Lanes((replace(lanes.lanes[0], name=name),), lanes.span)
        image = _blank(LABEL_WIDTH + 200, 120)
        painter = QPainter(image)
        painter.setFont(QFont("DejaVu Sans", 15))
        paint_scene(painter, Scene(named, whole_view(lanes.span, 200), (image.width(), image.height())), look)
        painter.end()
        images.append(image.copy(QRect(0, 0, LABEL_WIDTH, 120)))
    assert images[0] != images[1]
