"""Shapes are seen on exactly the frames of their range, where the picture's own points are: read from the window."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFont, QImage, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotations.shapes.frames import new_shape
from annotations.shapes.geometry import UNIT, Geometry, Kind
from annotations.shapes.on_frame import ShapesByFrame
from annotations.shapes.shape import Drawn, Keyframe, Look, Shape
from annotations.ui.shape_overlay import ShapeOverlay
from annotations.ui.shape_still import burn_in
from player.engine import Engine
from player.pictures import TileState
from player.protocol import Estimate
from player.ui.drawn_by import DrawnBy
from player.ui.overlay import CameraLabel
from player.ui.surface import TileSurface
from sync.clock_map import ClockMap
from sync.timeline import Timeline
from tests.support.clips import Clip, ClipPlan, Scene, make_clip, make_scene
from tests.support.surface_rest import has_painted_all

pytestmark = pytest.mark.gui
_SIZE = (320, 180)
_LOOKS = ((0, Fraction(1)), (90, Fraction(1)), (180, Fraction(64, 45)), (270, Fraction(12, 11)))
"""How each camera's picture is turned, and the form of its pixels."""

_LOUD = Look(colour="#ff00ff", opacity=100, is_filled=True, line_width=256)
_BOX = ((40 * UNIT, 100 * UNIT), (120 * UNIT, 160 * UNIT))
_FIRST, _LAST = 10, 12
_WHILE_MS = 150
_PATIENCE_S = 60
Mask = NDArray[np.bool_]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return make_clip(tmp_path_factory.mktemp("shapes"), ClipPlan(frames=40, size=_SIZE))


@pytest.fixture(scope="module")
def scene(clip: Clip) -> Scene:
    """The same frames four times, turned and with other pixels."""
    made = make_scene([[(clip, 0)] for _ in _LOOKS])
    cameras = []
    for camera, (rotation, aspect) in zip(made.timeline.cameras, _LOOKS, strict=True):
        stream = replace(clip.stream, rotation=rotation, pixel_aspect=aspect)
        places = tuple(replace(one, recording=replace(one.recording, streams=(stream,))) for one in camera.placed)
        cameras.append(replace(camera, placed=places))
    return Scene(Timeline(tuple(cameras), ()), made.indexes)


_NEVER_MS = 3_600_000


class Tiles:
    """A surface with an engine and shapes."""

    def __init__(self, scene: Scene, drawn_by: DrawnBy = DrawnBy.PROCESSOR) -> None:
        self.scene = scene
        self.engine = Engine()
        self.engine.load(scene.timeline, scene.find_index)
        self.surface = TileSurface(self.engine, str, drawn_by=drawn_by)
        self.overlay = ShapeOverlay(QFont())
        self.surface.set_overlays([self.overlay])
        ids = [camera.camera.id for camera in scene.timeline.cameras]
        self.surface.set_cameras([CameraLabel(one, one, "#56b4e9") for one in ids])
        self.surface.resize(900, 560)
        self.surface.labels._timer.setInterval(_NEVER_MS)  # on a busy machine a shot takes longer than labels stay
        self.surface.show()
        assert QTest.qWaitForWindowExposed(self.surface, 60_000)

    def show(self, *drawn: Drawn) -> None:
        shapes = [Shape(f"s{number}", one, created_ns=number) for number, one in enumerate(drawn)]
        self.overlay.shapes = ShapesByFrame(shapes)
        has_insets = any(one.kind is Kind.MAGNIFIER for one in drawn)
        self.surface.set_insets(self.overlay.insets if has_insets else None)

    def on_all(self, kind: Kind = Kind.BOX, geometry: Geometry = _BOX, look: Look = _LOUD) -> list[Drawn]:
        found = []
        for camera in self.scene.timeline.cameras:
            recording = camera.placed[0].recording
            index = self.scene.indexes[recording.id]
            found.append(new_shape(recording, index, (_FIRST, _LAST), _FIRST, kind=kind, geometry=geometry, look=look))
        return found

    def go_to(self, frame: int) -> None:
        place = self.scene.timeline.cameras[0].placed[0]
        self.engine.seek(int(place.frame_starts(self.scene.indexes[place.recording.id])[frame]))  # type: ignore[arg-type]
        self.settle()
        assert {one.frame for one in self.surface.painted()} == {frame}

    def settle(self) -> None:
        self.surface.wake()
        end = time.monotonic() + _PATIENCE_S
        while True:
            QApplication.processEvents()
            states = {one.state for one in self.surface.painted()}
            if states == {TileState.SHOWN} and has_painted_all(self.surface, self.engine):
                return
            assert time.monotonic() < end, states
            QTest.qWait(2)

    def pixels(self) -> NDArray[np.uint8]:
        image = self.surface.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
        return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, 2::-1].copy()

    def lasting_pixels(self) -> NDArray[np.int64]:
        """Return the pixels once they have stayed the same for a while."""
        end = time.monotonic() + _PATIENCE_S
        before = self.pixels()
        while True:
            QTest.qWait(_WHILE_MS)
            self.settle()
            now = self.pixels()
            if np.array_equal(before, now):
                return now.astype(np.int64)
            before = now
            assert time.monotonic() < end, "the picture does not come to rest"

    def close(self) -> None:
        self.surface.close()
        self.engine.close()
        self.surface.deleteLater()


@pytest.fixture
def tiles(qapp: QApplication, scene: Scene) -> Iterator[Tiles]:
    made = Tiles(scene)
    yield made
    made.close()


def _is_loud(pixels: NDArray[np.uint8]) -> Mask:
    red, green, blue = (pixels[:, :, one].astype(int) for one in range(3))
    return (red > 200) & (green < 60) & (blue > 200)


def _expected(tiles: Tiles, camera: int, box: Geometry) -> tuple[Mask, Mask]:
    """Return where a box must be seen in a camera's picture, and where it may: worked out by turning pixels."""
    rotation, _aspect = _LOOKS[camera]
    rect = tiles.surface.picture_rect(f"camera-{camera}")
    assert rect is not None
    masks = []
    for pixels in (-3, 3):
        coded = np.zeros((_SIZE[1] * 4, _SIZE[0] * 4), dtype=np.bool_)
        (left, top), (right, bottom) = [(x * 4 // UNIT, y * 4 // UNIT) for x, y in box]
        more = 4 * pixels
        coded[max(0, top - more) : max(0, bottom + more), max(0, left - more) : max(0, right + more)] = True
        turned = np.rot90(coded, k=-rotation // 90)
        rows = ((np.arange(rect.height()) + 0.5) * turned.shape[0] / rect.height()).astype(int)
        columns = ((np.arange(rect.width()) + 0.5) * turned.shape[1] / rect.width()).astype(int)
        masks.append(turned[rows][:, columns])
    return masks[0], masks[1]


def _seen(tiles: Tiles, pixels: NDArray[np.uint8], camera: int) -> Mask:
    rect = tiles.surface.picture_rect(f"camera-{camera}")
    assert rect is not None
    return _is_loud(pixels[rect.top() : rect.bottom() + 1, rect.left() : rect.right() + 1])


def _check(tiles: Tiles, box: Geometry = _BOX) -> None:
    pixels = tiles.pixels()
    for camera in range(len(_LOOKS)):
        least, most = _expected(tiles, camera, box)
        seen = _seen(tiles, pixels, camera)
        assert least.sum() > 200
        assert (seen & least).sum() == least.sum(), f"camera {camera}: not all of the box is there"
        assert not (seen & ~most).any(), f"camera {camera}: it is seen where it is not"


def test_exactly_the_frames_of_its_range_show_a_shape_in_its_place_however_pictures_are_turned(tiles: Tiles) -> None:
    tiles.show(*tiles.on_all())
    for frame in (_FIRST - 1, _FIRST, _LAST, _LAST + 1, _FIRST, _FIRST - 1):
        tiles.go_to(frame)
        if _FIRST <= frame <= _LAST:
            _check(tiles)
        else:
            assert not _is_loud(tiles.pixels()).any(), frame


def test_a_shape_is_where_its_keyframes_say_at_each_frame_that_is_stepped_to(tiles: Tiles) -> None:
    drawn = []
    for one in tiles.on_all():
        index = tiles.scene.indexes[one.recording_id]
        moved = tuple((x + 64 * UNIT, y - 32 * UNIT) for x, y in _BOX)
        keyframes = (Keyframe(int(index.pts[10]), _BOX), Keyframe(int(index.pts[18]), moved))
        drawn.append(replace(one, keyframes=keyframes, end_pts=int(index.pts[30])))
    tiles.show(*drawn)
    tiles.go_to(10)
    _check(tiles)
    for frames in (1, 3):
        assert tiles.engine.step(frames)
        tiles.settle()
    shift = [(x + 32 * UNIT, y - 16 * UNIT) for x, y in _BOX]
    _check(tiles, tuple(shift))
    tiles.go_to(25)
    _check(tiles, tuple((x + 64 * UNIT, y - 32 * UNIT) for x, y in _BOX))


def test_a_new_clock_leaves_a_shape_on_its_frame(tiles: Tiles, clip: Clip) -> None:
    tiles.show(*tiles.on_all())
    offset = ClockMap.from_offset(1_234_567_890)
    cameras = tuple(
        replace(one, placed=tuple(replace(place, clock=offset) for place in one.placed))
        for one in tiles.scene.timeline.cameras
    )
    tiles.scene = Scene(Timeline(cameras, ()), tiles.scene.indexes)
    tiles.engine.load(tiles.scene.timeline, tiles.scene.find_index)
    tiles.go_to(_FIRST - 1)
    assert not _is_loud(tiles.pixels()).any()
    tiles.go_to(_FIRST)
    _check(tiles)


def _wheel(surface: TileSurface, at: QPoint, notches: int) -> None:
    place = QPointF(at)
    event = QWheelEvent(
        place, QPointF(surface.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(surface, event)


def test_zoomed_into_a_shape_stays_on_its_part_of_the_picture(tiles: Tiles) -> None:
    tiles.show(*tiles.on_all())
    tiles.go_to(_FIRST)
    for camera in range(len(_LOOKS)):
        transform = tiles.surface.transform(f"camera-{camera}")
        assert transform is not None
        at = QPointF(*transform.to_widget(80, 130)).toPoint()
        before = _seen(tiles, tiles.pixels(), camera).sum()
        _wheel(tiles.surface, at, 3)
        tiles.settle()
        pixels = tiles.pixels()
        assert _seen(tiles, pixels, camera).sum() > 2 * before
        assert _is_loud(pixels)[at.y(), at.x()]
    tiles.go_to(_LAST + 1)
    assert not _is_loud(tiles.pixels()).any()


def test_no_shapes_touch_nothing_and_hidden_ones_are_not_there(tiles: Tiles) -> None:
    tiles.go_to(_FIRST)
    scenes = [tiles.surface.tile_scene(camera) for camera in tiles.surface.visible_cameras]
    assert all(scene is not None and tiles.overlay.region(scene).isEmpty() for scene in scenes)
    without = tiles.pixels()
    tiles.show(*tiles.on_all())
    tiles.overlay.is_shown = False
    tiles.surface.renew()
    tiles.settle()
    assert np.array_equal(tiles.pixels(), without)
    assert all(scene is not None and tiles.overlay.region(scene).isEmpty() for scene in scenes)


def test_nothing_is_painted_outside_of_the_region_that_is_told(tiles: Tiles) -> None:
    """The graphics card's canvas clears and hands over that region alone."""
    tiles.go_to(_FIRST)
    image = QImage(tiles.surface.size(), QImage.Format.Format_ARGB32_Premultiplied)
    kinds: list[tuple[Kind, Geometry]] = [
        (Kind.BOX, _BOX), (Kind.ELLIPSE, _BOX), (Kind.ARROW, _BOX), (Kind.LINE, _BOX), (Kind.TEXT, _BOX[:1]),
        (Kind.FREEHAND, (*_BOX, (0, 0))), (Kind.POLYGON, (*_BOX, (200 * UNIT, 30 * UNIT))), (Kind.SPOTLIGHT, _BOX),
        (Kind.MAGNIFIER, (*_BOX, (250 * UNIT, 60 * UNIT))),
    ]  # fmt: skip
    for kind, geometry in kinds:
        look = Look(colour="#ff00ff", line_width=5 * UNIT)
        tiles.show(*(replace(one, text="Exit g, west") for one in tiles.on_all(kind, geometry, look)))
        for camera in tiles.surface.visible_cameras:
            scene = tiles.surface.tile_scene(camera)
            assert scene is not None
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            tiles.overlay.paint(painter, scene)
            painter.end()
            region = tiles.overlay.region(scene)
            assert not region.isEmpty(), kind
            painter = QPainter(image)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painted = _alpha(image)
            assert painted.any(), kind
            painter.setClipRegion(region)
            painter.fillRect(image.rect(), Qt.GlobalColor.transparent)
            painter.end()
            assert not _alpha(image).any(), f"{kind} is painted beyond its region"


def _alpha(image: QImage) -> NDArray[np.uint8]:
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows.reshape(image.height(), -1, 4)[:, : image.width(), 3].copy()


def _every_kind(tiles: Tiles) -> list[Drawn]:
    quiet = Look(colour="#ff00ff", line_width=4 * UNIT)
    return [
        *tiles.on_all(Kind.SPOTLIGHT, ((10 * UNIT, 10 * UNIT), (200 * UNIT, 170 * UNIT)), replace(quiet, opacity=70)),
        *tiles.on_all(look=replace(quiet, opacity=60)),
        *tiles.on_all(Kind.ARROW, _BOX, quiet),
        *(replace(one, text="Two lines\nhere") for one in tiles.on_all(Kind.TEXT, _BOX[:1], quiet)),
    ]


_LENS = ((20 * UNIT, 110 * UNIT), (60 * UNIT, 140 * UNIT), (220 * UNIT, 60 * UNIT))


@pytest.mark.alone
def test_processor_and_graphics_card_draw_the_same(qapp: QApplication, scene: Scene) -> None:
    """Every pixel within three levels; beside an inset the processor shrinks a larger picture, so there the inset."""
    shots = []
    for drawn_by in (DrawnBy.PROCESSOR, DrawnBy.GRAPHICS_CARD):
        tiles = Tiles(scene, drawn_by)
        assert tiles.surface.is_drawn_by_graphics_card == (drawn_by is DrawnBy.GRAPHICS_CARD)
        tiles.show(*_every_kind(tiles))
        taken = []
        for frame in (_FIRST - 1, _FIRST, _LAST + 1):
            tiles.go_to(frame)
            taken.append(tiles.lasting_pixels())
        tiles.show(*tiles.on_all(Kind.MAGNIFIER, _LENS, Look(power=200, colour="#ff00ff")))
        tiles.go_to(_FIRST)
        whole = tiles.lasting_pixels()
        for camera in tiles.surface.visible_cameras:
            transform = tiles.surface.transform(camera)
            assert transform is not None
            corners = [transform.to_widget(220 + 34 * side, 60 + 24 * side) for side in (-1, 1)]
            (left, right), (top, bottom) = (sorted(round(one[axis]) for one in corners) for axis in (0, 1))
            taken.append(whole[top:bottom, left:right])
        shots.append(taken)
        tiles.close()
    for number, (one, other) in enumerate(zip(*shots, strict=True)):
        assert one.shape == other.shape
        places = np.argwhere(np.abs(one - other).max(axis=2) > 3)
        assert not len(places), (number, len(places), places.min(axis=0), places.max(axis=0), places[0],
                                 one[tuple(places[0])], other[tuple(places[0])])  # fmt: skip
    assert np.abs(shots[0][0] - shots[0][1]).max() > 100, "the shapes are not there"


def test_a_magnifier_shows_the_pictures_own_pixels_larger(tiles: Tiles) -> None:
    """The white line of the frame stands in the inset twice as far from the middle, and is twice as wide."""
    part = ((10 * UNIT, 100 * UNIT), (70 * UNIT, 160 * UNIT))
    tiles.show(*tiles.on_all(Kind.MAGNIFIER, (*part, (200 * UNIT, 90 * UNIT)), Look(power=200)))
    tiles.go_to(_FIRST)
    pixels = tiles.pixels().astype(int)
    line = (_FIRST * 3) % _SIZE[0] + 0.5
    for camera in range(len(_LOOKS)):
        transform = tiles.surface.transform(f"camera-{camera}")
        assert transform is not None
        ways = np.arange(150, 250, 0.5)
        places = [[round(one - 0.5) for one in transform.to_widget(x, 90)] for x in ways]
        levels = np.array([pixels[y, x, 1] for x, y in places])
        bright = ways[levels > (levels.max() + np.median(levels)) / 2]
        assert levels.max() > np.median(levels) + 40, camera
        assert abs(bright.mean() - (200 + (line - 40) * 2)) < 2.5, camera


def test_the_still_has_the_shapes_where_the_tile_has_them(tiles: Tiles) -> None:
    tiles.show(*tiles.on_all())
    tiles.go_to(_FIRST)
    for camera, (rotation, _aspect) in enumerate(_LOOKS):
        scene = tiles.surface.tile_scene(f"camera-{camera}")
        rect = tiles.surface.picture_rect(f"camera-{camera}")
        assert scene is not None
        assert rect is not None
        assert scene.tile.picture is not None
        image = QImage(rect.size(), QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.black)
        stream = scene.tile.picture.spot.place.recording.video
        assert stream is not None
        assert stream.rotation == rotation
        burn_in(image, tiles.overlay.on_tile(scene.tile), stream, QFont())
        rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
        loud = _is_loud(rows.reshape(image.height(), -1, 4)[:, : image.width(), 2::-1])
        least, most = _expected(tiles, camera, _BOX)
        assert (loud & least).sum() == least.sum()
        assert not (loud & ~most).any()


def test_a_shape_of_another_recording_is_on_no_tile(tiles: Tiles) -> None:
    tiles.show(*(replace(one, recording_id="somewhere else") for one in tiles.on_all()))
    tiles.go_to(_FIRST)
    assert not _is_loud(tiles.pixels()).any()


@pytest.mark.parametrize(("frame", "within_ns", "is_seen"), [(11, 20_000_000, True), (11, 90_000_000, False)])
def test_a_picture_of_an_uncertain_frame_shows_what_is_right_on_any_and_says_what_is_missing(
    tiles: Tiles, frame: int, within_ns: int, *, is_seen: bool
) -> None:
    """As where VLC plays the recording: the shape is on frames 10 to 12."""
    tiles.show(tiles.on_all()[0])
    tiles.go_to(frame)
    scene = tiles.surface.tile_scene("camera-0")
    assert scene is not None
    picture = scene.tile.picture
    assert picture is not None
    index = tiles.scene.indexes[picture.spot.place.recording.id]
    estimate = Estimate(index.media_time(frame).ns, within_ns)
    unsure = replace(scene, tile=replace(scene.tile, picture=replace(picture, estimate=estimate)))
    assert not tiles.overlay.on_tile(unsure.tile), "nothing can be taken hold of there"
    image = QImage(tiles.surface.size(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    painter = QPainter(image)
    tiles.overlay.paint(painter, unsure)
    painter.end()
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, 2::-1]
    assert bool(_is_loud(pixels).any()) is is_seen
    is_white = (pixels > 200).all(axis=2)
    assert bool(is_white.any()) is not is_seen, "words say what is not shown"
    changed = (pixels != pixels[-1, -1]).any(axis=2)
    assert changed.any()
    region = tiles.overlay.region(unsure)
    assert all(region.contains(QPoint(int(x), int(y))) for y, x in np.argwhere(changed))
