"""At random instants, whatever the playhead does: every tile on the screen shows the true frame, or says why not.

What is true is worked out here from the stamps that the clips were made with and from the clocks, with fractions; the
frame that is shown is read from the pixels of the X screen.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.demo.frame_code import FrameCode, read
from evidence.records import ClockPiece
from evidence.times import NS_PER_S, IncidentTime
from player.engine import Engine
from player.pictures import TileState
from player.ui.layout import LayoutKind
from player.ui.overlay import CameraLabel
from player.ui.surface import TileSurface
from sync.clock_map import PPB, ClockMap
from tests.support.clips import START_NS, Clip, ClipPlan, Scene, make_clip, make_scene
from tests.support.window_pixels import box, screenshot

pytestmark = pytest.mark.gui
MS = 1_000_000
_PATIENCE_S = 60
_RATES = ("1", "1", "1/8", "1/2", "2", "4", "8", "16", "-1", "-1/4", "-2", "-16")
_AT_REST = {TileState.SHOWN, TileState.NOT_RECORDING}


@dataclass(frozen=True)
class _Camera:
    """A camera as it was made: its clips with their starts by its own clock, and the clock."""

    clips: tuple[tuple[Clip, int], ...]
    clock: ClockMap

    def true_frame(self, number: int, instant: int) -> FrameCode | None:
        """Return what shows at an instant; where two recordings overlap, that which started later."""
        found = None
        for clip, start_ns in sorted(self.clips, key=lambda one: one[1]):
            stamps = (*clip.plan.stamps, clip.index.end_pts)
            bounds = [self._incident(START_NS + start_ns, stamp * clip.plan.time_base) for stamp in stamps]
            if bounds[0] <= instant < bounds[-1]:
                frame = max(place for place, bound in enumerate(bounds[:-1]) if bound <= instant)
                found = FrameCode(number, clip.plan.part, frame)
        return found

    def _incident(self, device_start_ns: int, seconds: Fraction) -> int:
        """Return when a stamp shows; stamps are whole ns, rounded down, on the device's clock."""
        device = device_start_ns + int(seconds * NS_PER_S // 1)
        piece = max((one for one in self.clock.pieces if one.device_ns <= device), key=lambda one: one.device_ns)
        return piece.incident_ns + int(Fraction((device - piece.device_ns) * PPB, PPB + piece.rate_ppb) // 1)


@pytest.fixture(scope="module")
def cameras(tmp_path_factory: pytest.TempPathFactory) -> list[_Camera]:
    """30 and 12.5 with gaps and an overlap, 29.97 on a clock that gains, a variable rate on one that slows down."""
    folder = tmp_path_factory.mktemp("instants")
    uneven = [0]
    for number in range(159):
        uneven.append(uneven[-1] + (900, 1500, 700, 2400, 1001)[number % 5])
    offset = ClockPiece(0, -250 * MS, 0)
    gaining = ClockMap((ClockPiece(START_NS, START_NS - 120 * MS, 180_000),))
    later = START_NS + 3_000 * MS
    changed = ClockMap((ClockPiece(0, 11, 0), ClockPiece(later, later + 11, -90_000_000)))
    return [
        _Camera(
            (
                (_clip(folder, ClipPlan(number=0, frames=75, gop=30)), 0),
                (_clip(folder, ClipPlan(number=0, part=1, frames=60, gop=25, b_frames=0)), 3_100 * MS),
            ),
            ClockMap.identity(),
        ),
        _Camera(((_clip(folder, ClipPlan(number=1, frames=170, step=1_001, gop=60, b_frames=3)), 0),), gaining),
        _Camera(
            (
                (_clip(folder, ClipPlan(number=2, frames=30, step=2_400, gop=50)), 500 * MS),
                (
                    _clip(folder, ClipPlan(number=2, part=1, frames=25, step=2_400, codec="mpeg4", b_frames=0)),
                    2_200 * MS,
                ),
                (_clip(folder, ClipPlan(number=2, part=2, frames=15, step=2_400, gop=9)), 4_700 * MS),
            ),
            ClockMap((offset,)),
        ),
        _Camera(((_clip(folder, ClipPlan(number=3, frames=160, pts=tuple(uneven), gop=45)), 300 * MS),), changed),
    ]


def _clip(folder: Path, plan: ClipPlan) -> Clip:
    return make_clip(folder, plan)


@pytest.fixture
def surface(qapp: QApplication, cameras: list[_Camera]) -> Iterator[TileSurface]:
    scene: Scene = make_scene([camera.clips for camera in cameras], [camera.clock for camera in cameras])
    engine = Engine()
    engine.load(scene.timeline, scene.find_index)
    widget = TileSurface(engine, str)
    widget.setWindowFlags(Qt.WindowType.FramelessWindowHint)
    widget.set_cameras([CameraLabel(f"camera-{number}", f"Camera {number}", "#56b4e9") for number in range(4)])
    widget.set_layout(LayoutKind.TWO_BY_TWO)
    widget.setGeometry(0, 0, 700, 400)
    widget.show()
    assert QTest.qWaitForWindowExposed(widget, 60_000)
    yield widget
    widget.close()
    engine.close()
    widget.deleteLater()


def test_at_random_instants_every_tile_shows_the_true_frame(surface: TileSurface, cameras: list[_Camera]) -> None:
    _check_instants(surface, cameras, 25)


@pytest.mark.soak
def test_at_a_thousand_random_instants_every_tile_shows_the_true_frame(
    surface: TileSurface, cameras: list[_Camera]
) -> None:
    _check_instants(surface, cameras, 1_000)


def _check_instants(surface: TileSurface, cameras: list[_Camera], count: int) -> None:
    """Do something random before each instant; count what the tiles say."""
    engine: Engine = surface._engine
    chance = random.Random(count)
    said: dict[tuple[str, TileState], int] = {}
    for _ in range(count):
        doing = chance.choice(["seek", "step on", "step back", "play", "play", "play", "scrub"])
        if doing == "play":
            _play(surface, chance)
        else:
            _move(surface, chance, doing)
        instant = _on_screen(surface, is_at_rest=doing != "play")
        pixels = screenshot(surface)
        for number, camera in enumerate(cameras):
            state = _check_tile(surface, pixels, number, camera.true_frame(number, instant), instant)
            said[doing, state] = said.get((doing, state), 0) + 1
        engine.pause()
    assert sum(number for (_, state), number in said.items() if state is TileState.SHOWN) > 2 * count, said
    assert not [one for one in said if one[0] != "play" and one[1] not in _AT_REST], said


def _play(surface: TileSurface, chance: random.Random) -> None:
    engine: Engine = surface._engine
    engine.set_rate(Fraction(chance.choice(_RATES)))
    if chance.random() < 0.5:
        engine.seek(_somewhere(engine, chance))
    engine.play()
    surface.wake()
    QTest.qWait(chance.randrange(20, 250))


def _move(surface: TileSurface, chance: random.Random, doing: str) -> None:
    engine: Engine = surface._engine
    if doing == "seek":
        engine.seek(_somewhere(engine, chance))
    elif doing == "scrub":
        for _ in range(4):
            engine.scrub(_somewhere(engine, chance))
            surface.wake()
            QTest.qWait(8)
        engine.end_scrub()
    else:
        engine.step(1 if doing == "step on" else -1, f"camera-{chance.randrange(4)}")
    surface.wake()


def _somewhere(engine: Engine, chance: random.Random) -> IncidentTime:
    return IncidentTime(chance.randrange(engine.span.start, engine.span.end))


def _on_screen(surface: TileSurface, *, is_at_rest: bool) -> IncidentTime:
    """Let Qt work until the last pump has been painted; return the instant that is then on the screen."""
    engine: Engine = surface._engine
    end = time.monotonic() + _PATIENCE_S
    while True:
        QApplication.processEvents()
        tiles = {tile.camera_id: tile for tile in engine.pictures()}
        painted = {one.camera_id: (one.state, one.frame) for one in surface.painted()}
        shown = {
            name: (tile.state, -1 if tile.picture is None else tile.picture.spot.frame) for name, tile in tiles.items()
        }
        is_final = engine.position == engine.target and {tile.state for tile in tiles.values()} <= _AT_REST
        if len(tiles) == 4 and painted == shown and (is_final or not is_at_rest):
            return engine.position
        assert time.monotonic() < end, (painted, shown)
        time.sleep(0.001)


def _check_tile(
    surface: TileSurface, pixels: NDArray[np.uint8], number: int, true: FrameCode | None, instant: IncidentTime
) -> TileState:
    """Compare one tile's pixels with the truth; return what the tile says of itself."""
    name = f"camera-{number}"
    painted = next(one for one in surface.painted() if one.camera_id == name)
    if painted.state is TileState.SHOWN:
        code = read(pixels, box(painted.rect))
        assert code == true, f"{name} at {instant} shows {code} and not {true}"
    elif painted.state is TileState.NOT_RECORDING:
        assert true is None, f"{name} says that it was not recording at {instant}, but it shows {true}"
        assert read(pixels, box(surface.tile_rect(name))) is None
    else:
        assert painted.state in {TileState.LATE, TileState.LOADING}, painted
    return painted.state
