"""What stands on the screen is the frame of the common instant: read from the pixels of the grabbed window."""

from __future__ import annotations

import random
import time
import weakref
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import numpy as np
import pytest
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.demo.frame_code import FrameCode, read
from evidence.times import NS_PER_S, IncidentTime
from player.engine import Engine
from player.limits import PlayerLimits
from player.pictures import TileState
from player.ui.drawn_by import DrawnBy
from player.ui.layout import LayoutKind
from player.ui.overlay import CameraLabel
from player.ui.surface import TileSurface
from player.ui.tile_painter import SurfaceColours
from tests.support.clips import Scene

pytestmark = [pytest.mark.gui, pytest.mark.alone]
_PATIENCE_S = 60


def _time_text(instant: IncidentTime) -> str:
    seconds, rest = divmod(instant, NS_PER_S)
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S}.{rest // 1_000_000:03d}"


@pytest.fixture
def surface(qapp: QApplication, four_cameras: Scene) -> Iterator[TileSurface]:
    engine = Engine(limits=PlayerLimits(patience_ns=int(_PATIENCE_S * NS_PER_S)))  # no picture comes too late here
    engine.load(four_cameras.timeline, four_cameras.find_index)
    widget = TileSurface(engine, _time_text)
    widget.set_cameras([CameraLabel(f"camera-{number}", f"Camera {number}", "#56b4e9") for number in range(4)])
    widget.resize(900, 520)
    widget.show()
    assert QTest.qWaitForWindowExposed(widget, 60_000)
    yield widget
    widget.close()
    engine.close()
    widget.deleteLater()


def _engine(surface: TileSurface) -> Engine:
    return surface._engine


def _settle(surface: TileSurface) -> None:
    engine = _engine(surface)
    final = {TileState.SHOWN, TileState.NOT_RECORDING}
    end = time.monotonic() + _PATIENCE_S
    while True:
        QApplication.processEvents()
        painted = {one.camera_id: one.state for one in surface.painted()}
        told = {tile.camera_id: tile.state for tile in engine.pictures()}
        is_done = set(told) == set(surface.visible_cameras) and painted == told and set(told.values()) <= final
        if is_done and engine.position == engine.target and not surface._resize_timer.isActive():
            return
        assert time.monotonic() < end, painted
        time.sleep(0.002)


def _pixels(surface: TileSurface) -> NDArray[np.uint8]:
    image = surface.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4).copy()


def _check(surface: TileSurface) -> int:
    """Check every tile against the timeline, by its pixels; return how many showed a picture."""
    engine = _engine(surface)
    pixels = _pixels(surface)
    shown = 0
    for painted in surface.painted():
        track = engine.track(painted.camera_id)
        assert track is not None
        expected = track.at(engine.position)
        if painted.rect is None:
            assert painted.state is TileState.NOT_RECORDING
            tile = surface.tile_rect(painted.camera_id)
            assert tile is not None
            inside = pixels[tile.y() + 24 : tile.bottom() - 2, tile.x() + 2 : tile.right() - 2]
            assert (inside[:, :, :3].max(axis=2) > 100).mean() < 0.1, "a tile without a picture looks like one"
            continue
        code = read(pixels, (painted.rect.x(), painted.rect.y(), painted.rect.width(), painted.rect.height()))
        part = int(painted.recording_id.rsplit("-", 1)[1][0])
        assert code == FrameCode(int(painted.camera_id[-1]), part, expected.frame)  # type: ignore[union-attr]
        shown += 1
    return shown


def test_after_any_seek_every_tile_shows_the_frame_of_the_instant(surface: TileSurface) -> None:
    engine = _engine(surface)
    rng = random.Random(9)
    shown = 0
    for _ in range(40):
        engine.seek(IncidentTime(engine.span.start + rng.randrange(engine.span.duration_ns)))
        surface.wake()
        _settle(surface)
        shown += _check(surface)
    assert shown > 80


def test_steps_are_exact_in_the_focused_camera_and_in_all_others(surface: TileSurface) -> None:
    engine = _engine(surface)
    surface.set_focus_camera("camera-3")
    engine.seek(IncidentTime(engine.span.start + 2 * NS_PER_S))
    for frames in (1, 1, 1, -1, -1, -1, -1, 10, -10, 1):
        assert engine.step(frames)
        surface.wake()
        _settle(surface)
        _check(surface)
        spot = engine.track("camera-3").at(engine.position)  # type: ignore[union-attr]
        assert spot.start == engine.position


def _wait_for_another_place(engine: Engine) -> None:
    """Let it play on by a picture or more."""
    before, end = engine.position, time.monotonic() + _PATIENCE_S
    while abs(engine.position - before) < NS_PER_S // 20:
        QApplication.processEvents()
        assert time.monotonic() < end
        time.sleep(0.002)


@pytest.mark.parametrize("rate", ["1", "2", "-1", "8"])
def test_while_it_plays_every_grab_shows_one_common_instant(surface: TileSurface, rate: str) -> None:
    engine = _engine(surface)
    speed = Fraction(rate)
    engine.seek(IncidentTime(engine.span.start + (NS_PER_S if speed > 0 else 8 * NS_PER_S)))
    surface.wake()
    _settle(surface)
    engine.set_rate(speed)
    engine.set_loop(engine.span)  # a busy machine may be at the end before it has looked fifteen times
    engine.play()
    surface.wake()
    for _ in range(15):
        _wait_for_another_place(engine)
        _check(surface)
    engine.pause()
    surface.wake()
    _settle(surface)
    _check(surface)


def test_every_layout_shows_exact_frames(surface: TileSurface) -> None:
    engine = _engine(surface)
    engine.seek(IncidentTime(engine.span.start + 4 * NS_PER_S))
    surface.wake()
    for kind in LayoutKind:
        surface.set_layout(kind)
        _settle(surface)
        assert _check(surface) == len(surface.visible_cameras)
    surface.set_layout(LayoutKind.ONE)
    surface.set_focus_camera("camera-2")
    _settle(surface)
    assert surface.visible_cameras == ("camera-2",)
    assert _check(surface) == 1
    surface.set_layout(LayoutKind.AUTO)
    surface.resize(640, 700)
    _settle(surface)
    assert _check(surface) == 4


def test_a_click_names_its_camera(surface: TileSurface) -> None:
    clicked: list[str] = []
    doubled: list[str] = []
    surface.camera_clicked.connect(clicked.append)
    surface.camera_double_clicked.connect(doubled.append)
    rect = surface.tile_rect("camera-2")
    assert rect is not None
    QTest.mouseClick(surface, Qt.MouseButton.LeftButton, pos=rect.center())
    QTest.mouseDClick(surface, Qt.MouseButton.LeftButton, pos=rect.center())
    assert "camera-2" in clicked
    assert doubled == ["camera-2"]
    assert surface.camera_at(QPoint(-1, -1)) is None


def test_at_rest_it_hardly_uses_the_processor(surface: TileSurface) -> None:
    engine = _engine(surface)
    engine.seek(IncidentTime(engine.span.start + 4 * NS_PER_S))
    surface.wake()
    _settle(surface)
    end = time.monotonic() + _PATIENCE_S
    while engine.is_busy:
        QTest.qWait(10)
        assert time.monotonic() < end
    QTest.qWait(500)
    before = time.process_time()
    QTest.qWait(1_000)
    assert time.process_time() - before < 0.05


def test_the_signals_tell_of_play_and_its_end(surface: TileSurface) -> None:
    engine = _engine(surface)
    told: list[bool] = []
    moved: list[object] = []
    surface.playing_changed.connect(told.append)
    surface.refreshed.connect(moved.append)
    engine.seek(IncidentTime(engine.span.end - NS_PER_S // 4))
    surface.wake()
    _settle(surface)
    engine.play()
    surface.wake()
    end = time.monotonic() + _PATIENCE_S
    while told != [True, False]:
        QApplication.processEvents()
        assert time.monotonic() < end
    assert moved[-1] == engine.span.end - 1


def test_when_the_graphics_card_fails_the_processor_goes_on(surface: TileSurface) -> None:
    engine = _engine(surface)
    told: list[str] = []
    surface.canvas_failed.connect(told.append)
    surface.set_drawn_by(DrawnBy.GRAPHICS_CARD)
    engine.seek(IncidentTime(engine.span.start + 2 * NS_PER_S))
    surface.wake()
    _settle(surface)
    assert surface._canvas.is_accelerated
    assert _check(surface) == 4
    surface._canvas.now.renderFailed.emit()  # type: ignore[attr-defined]
    QApplication.processEvents()
    assert not surface.is_drawn_by_graphics_card
    _settle(surface)
    assert _check(surface) == 4
    assert len(told) == 1
    assert "The processor draws them now" in told[0]


def test_nothing_of_the_graphics_card_outlives_the_canvas(qapp: QApplication) -> None:
    """A wrapper that did was handed out later for a screen that came to lie where the interface had been."""
    engine = Engine()
    widget = TileSurface(engine, _time_text, drawn_by=DrawnBy.GRAPHICS_CARD)
    widget.resize(300, 200)
    widget.show()
    assert QTest.qWaitForWindowExposed(widget, 60_000)
    end = time.monotonic() + _PATIENCE_S
    while (program := widget._canvas.now._made.program) is None:  # type: ignore[attr-defined]
        QApplication.processEvents()
        assert time.monotonic() < end
    left = weakref.ref(program.rhi)
    del program
    shiboken6.delete(widget)  # as Qt does with a window that is closed; what is in Python is still held here
    assert left() is None
    engine.close()


def test_wheel_and_drag_look_closer_at_the_same_frame(surface: TileSurface) -> None:
    engine = _engine(surface)
    engine.seek(IncidentTime(engine.span.start + 4 * NS_PER_S))
    surface.wake()
    _settle(surface)
    before = surface.painted()
    rect = surface.tile_rect("camera-1")
    assert rect is not None
    at = QPointF(rect.center()) + QPointF(40, 20)
    way = surface.transform("camera-1")
    assert way is not None
    point = way.to_source(at.x(), at.y())
    for _ in range(3):
        _turn_wheel(surface, at, 120)
    _settle(surface)
    closer = surface.transform("camera-1")
    assert closer is not None
    assert 1.8 < surface.view("camera-1").zoom < 2.1
    assert np.allclose(closer.to_source(at.x(), at.y()), point, atol=2)
    QTest.mousePress(surface, Qt.MouseButton.LeftButton, pos=rect.center())
    QTest.mouseMove(surface, rect.center() + QPoint(15, 5))
    QTest.mouseMove(surface, rect.center() + QPoint(30, 10))
    QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=rect.center() + QPoint(30, 10))
    _settle(surface)
    dragged = surface.transform("camera-1")
    assert dragged is not None
    assert (dragged.shown.left - closer.shown.left, dragged.shown.top - closer.shown.top) == (30, 10)
    assert [(one.camera_id, one.frame) for one in surface.painted()] == [(one.camera_id, one.frame) for one in before]
    surface.show_as_recorded("camera-1")
    _settle(surface)
    assert surface.transform("camera-1") == way
    assert _check(surface) == 4


def _turn_wheel(surface: TileSurface, at: QPointF, delta: int) -> None:
    none = Qt.MouseButton.NoButton
    phase, keys = Qt.ScrollPhase.NoScrollPhase, Qt.KeyboardModifier.NoModifier
    where = QPointF(surface.mapToGlobal(at.toPoint()))
    event = QWheelEvent(at, where, QPoint(), QPoint(0, delta), none, keys, phase, False)
    QApplication.sendEvent(surface, event)


def test_labels_go_when_the_mouse_rests_but_not_what_warns_of_a_picture(surface: TileSurface) -> None:
    engine = _engine(surface)
    engine.seek(IncidentTime(engine.span.start + 3 * NS_PER_S))
    surface.wake()
    _settle(surface)
    place = surface.picture_rect("camera-0")
    assert place is not None
    top = (slice(place.y() + 2, place.y() + 8), slice(place.x() + 8, place.right() - 60), slice(0, 3))
    surface.labels.stir()
    _wait_for_labels(surface, 1.0)
    labelled = _pixels(surface)[top]

    surface.labels.rest()
    _wait_for_labels(surface, 0.0)
    bare = _pixels(surface)[top]
    picture = surface._scene.tiles["camera-0"].picture
    assert picture is not None
    recorded = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 4)
    assert (bare == recorded[2:8, 8 : 8 + bare.shape[1], :3]).all(), "something lies over the picture"
    assert (bare != labelled).any()
    assert not _has_colour(surface, "camera-0", SurfaceColours().caution)

    tile = surface._scene.tiles["camera-0"]
    surface._scene.tiles["camera-0"] = replace(tile, picture=replace(picture, is_proxy=True))
    assert _has_colour(surface, "camera-0", SurfaceColours().caution), "it does not say any more that it is a proxy"
    surface._scene.tiles["camera-0"] = tile

    QTest.mouseMove(surface, place.center())
    QTest.mouseMove(surface, place.center() + QPoint(3, 3))
    _wait_for_labels(surface, 1.0)
    assert (_pixels(surface)[top] == labelled).all()


def test_labels_rest_by_themselves_also_while_it_plays(surface: TileSurface) -> None:
    surface.labels._timer.setInterval(200)
    surface.labels.stir()
    _engine(surface).play()
    surface.wake()
    _wait_for_labels(surface, 0.0)
    assert _engine(surface).is_playing


def _wait_for_labels(surface: TileSurface, shown: float) -> None:
    end = time.monotonic() + _PATIENCE_S
    while surface._scene._labels.shown != shown:
        QApplication.processEvents()
        assert time.monotonic() < end, surface._scene._labels.shown
        time.sleep(0.002)


def _has_colour(surface: TileSurface, camera_id: str, colour: str) -> bool:
    tile = surface.tile_rect(camera_id)
    assert tile is not None
    strip = _pixels(surface)[tile.y() : tile.y() + 22, tile.x() : tile.right(), :3]
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return bool((abs(strip.astype(int) - (blue, green, red)).max(axis=2) < 40).any())
