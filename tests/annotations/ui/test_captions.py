"""Captions stand on exactly the frames that overlap their cue, and fit tiles of any size: read from pixels."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotations.transcripts.cue_times import cue_times
from annotations.transcripts.read_records import TranscriptFormat
from annotations.transcripts.records import Cue, Transcript, TranscriptBook, TranscriptKind
from annotations.ui.captions import CaptionOverlay
from evidence.frame_index import FrameIndex
from player.engine import Engine
from player.pictures import TilePicture, TileState
from player.ui.drawn_by import DrawnBy
from player.ui.overlay import CameraLabel, TileScene
from player.ui.surface import TileSurface
from tests.support.clips import ClipPlan, Scene, make_clip, make_scene
from tests.support.surface_rest import has_painted_all

pytestmark = pytest.mark.gui
_PATIENCE_S = 60
FRAMES = 30


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    clip = make_clip(tmp_path_factory.mktemp("captions"), ClipPlan(frames=FRAMES, size=(320, 180)))
    return make_scene([[(clip, 0)], [(clip, 0)]])


class Tiles:
    """A surface with an engine and captions."""

    def __init__(self, scene: Scene, drawn_by: DrawnBy = DrawnBy.PROCESSOR) -> None:
        self.scene = scene
        self.engine = Engine()
        self.engine.load(scene.timeline, scene.find_index)
        self.surface = TileSurface(self.engine, str, drawn_by=drawn_by)
        self.captions = CaptionOverlay(QFont(), lambda: self.engine.position, lambda _speaker: "#ffff00")
        self.captions.is_on = True
        self.surface.add_overlay(self.captions)
        self.surface.set_cameras([CameraLabel(one.camera.id, "", "#56b4e9") for one in scene.timeline.cameras])
        self.surface.resize(900, 300)
        self.surface.show()
        assert QTest.qWaitForWindowExposed(self.surface, 60_000)
        self.surface.labels.rest()

    @property
    def index(self) -> FrameIndex:
        place = self.scene.timeline.cameras[0].placed[0]
        return self.scene.indexes[place.recording.id]

    def say(self, *cues: tuple[int, int, str], kind: TranscriptKind = TranscriptKind.IMPORTED) -> None:
        """Let the first camera say this from one media time to another."""
        recording = self.scene.timeline.cameras[0].placed[0].recording
        made = tuple(
            Cue(f"c{number}", "t", recording.id, start, end, "DC Harper", text, 0, "", 0)
            for number, (start, end, text) in enumerate(cues)
        )
        texts = dict.fromkeys(
            ("model", "encoding", "language", "source_name", "source_sha256", "placed", "by", "changed_by"), ""
        )
        transcript = Transcript(
            id="t", name="t", camera_id="", kind=kind, is_checked=False, format=TranscriptFormat.WEBVTT, source_bytes=0,
            notes=(), problems=(), uncounted=0, created_ns=0, changed_ns=0, **texts,
        )  # fmt: skip
        self.captions.set_times(cue_times(TranscriptBook((transcript,), made), self.scene.timeline))
        self.surface.renew()

    def go_to(self, frame: int) -> None:
        place = self.scene.timeline.cameras[0].placed[0]
        self.engine.seek(int(place.frame_starts(self.index)[frame]))  # type: ignore[arg-type]
        self.surface.wake()
        end = time.monotonic() + _PATIENCE_S
        while {(one.frame, one.state) for one in self.surface.painted()} != {(frame, TileState.SHOWN)} or (
            not has_painted_all(self.surface, self.engine)
        ):
            QApplication.processEvents()
            assert time.monotonic() < end
            time.sleep(0.002)

    def yellow(self, camera: int = 0) -> int:
        """Return how many pixels of a tile have the colour of the speaker's name."""
        rect = self.surface.tile_rect(self.scene.timeline.cameras[camera].camera.id)
        assert rect is not None
        shot = pixels(self.surface)[rect.y() : rect.bottom() + 1, rect.x() : rect.right() + 1]
        return int(((shot[..., 2] > 180) & (shot[..., 1] > 180) & (shot[..., 0] < 90)).sum())

    def close(self) -> None:
        self.surface.close()
        self.engine.close()
        self.surface.deleteLater()


def pixels(surface: TileSurface) -> NDArray[np.uint8]:
    image = surface.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4).copy()


@pytest.fixture
def tiles(qapp: QApplication, scene: Scene) -> Iterator[Tiles]:
    made = Tiles(scene)
    yield made
    made.close()


def test_a_caption_is_on_exactly_the_frames_that_its_cue_overlaps(tiles: Tiles) -> None:
    starts = tiles.index.start_ns
    tiles.say((int(starts[10]), int(starts[13]), "Stop"), (int(starts[20]) + 1, int(starts[20]) + 2, "Why?"))
    shown = []
    for frame in (8, 9, 10, 11, 12, 13, 14, 19, 20, 21):
        tiles.go_to(frame)
        assert tiles.yellow(1) == 0, "another camera says it too"
        shown += [frame] if tiles.yellow() > 20 else []
    assert shown == [10, 11, 12, 20]


def test_without_captions_nothing_lies_over_the_picture(tiles: Tiles) -> None:
    tiles.go_to(10)
    bare = pixels(tiles.surface)
    tiles.say((0, 10**12, "Stop"))
    assert tiles.yellow() > 20
    tiles.captions.is_on = False
    tiles.surface.renew()
    assert (pixels(tiles.surface) == bare).all()


@pytest.mark.parametrize("size", [(1600, 700), (900, 300), (420, 160), (170, 92)])
def test_long_words_stay_within_any_tile(tiles: Tiles, size: tuple[int, int]) -> None:
    tiles.surface.resize(*size)
    tiles.say((0, 10**12, "He is running towards the car park behind the supermarket. " * 30 + "x" * 300))
    tiles.go_to(10)
    scene = tiles.surface.tile_scene(tiles.scene.timeline.cameras[0].camera.id)
    assert scene is not None
    room = tiles.captions.region(scene).boundingRect()
    assert scene.area.contains(room)
    assert room.height() <= scene.area.height() * 3 // 5 + 1
    assert tiles.yellow() > 5
    assert tiles.captions.region(scene).subtracted(scene.area).isEmpty()


def test_what_a_machine_made_says_so_on_the_picture(tiles: Tiles) -> None:
    tiles.go_to(10)
    tiles.say((0, 10**12, "hm"))
    plain = tiles.yellow()
    tiles.say((0, 10**12, "hm"), kind=TranscriptKind.MACHINE)
    assert tiles.yellow() > 2 * plain


def test_a_recording_without_picture_shows_what_is_said_at_the_playhead(tiles: Tiles) -> None:
    starts = tiles.index.start_ns
    tiles.say((int(starts[10]), int(starts[13]), "Stop"))
    camera_id = tiles.scene.timeline.cameras[0].camera.id
    heard = TilePicture(camera_id, TileState.SOUND_ONLY, None, None, None)
    scene = TileScene(QRect(0, 0, 300, 200), heard, CameraLabel(camera_id, "", "#56b4e9"), None)
    shown = []
    for frame in (9, 10, 12, 13):
        tiles.go_to(frame)
        shown += [frame] if not tiles.captions.region(scene).isEmpty() else []
    assert shown == [10, 12]


def test_both_painters_show_the_same_frames(qapp: QApplication, scene: Scene) -> None:
    made = Tiles(scene, DrawnBy.GRAPHICS_CARD)
    starts = made.index.start_ns
    made.say((int(starts[10]), int(starts[11]), "Stop"))
    shown = []
    for frame in (9, 10, 11):
        made.go_to(frame)
        shown += [frame] if made.yellow() > 20 else []
    made.close()
    assert shown == [10]


def test_the_caption_of_a_picture_is_no_larger_than_it_must_be(tiles: Tiles) -> None:
    tiles.say((0, 10**12, "Hm"))
    tiles.go_to(3)
    scene = tiles.surface.tile_scene(tiles.scene.timeline.cameras[0].camera.id)
    assert scene is not None
    room: QRect = tiles.captions.region(scene).boundingRect()
    assert room.width() < scene.area.width() // 2
    assert room.bottom() <= scene.area.bottom()
