"""Shapes over what VLC plays, in the window: each frame that is on the screen is read from its own pixels."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotations.journal import Step, edit
from annotations.shapes.frames import new_shape
from annotations.shapes.geometry import UNIT, Kind
from annotations.shapes.record import new_shape_edit
from annotations.shapes.shape import Look
from app.bootstrap import Window, open_case
from app.demo.frame_code import read
from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.times import NS_PER_S, IncidentTime
from player.ui.surface import TileSurface
from tests.support.clips import ClipPlan, make_clip
from tests.support.libvlc import why_no_libvlc
from tests.support.window_pixels import box, screenshot

pytestmark = [
    pytest.mark.gui,
    pytest.mark.alone,
    pytest.mark.skipif(bool(why_no_libvlc()), reason=why_no_libvlc() or "libVLC is there"),
]
_PATIENCE_MS = 60_000
_FRAMES = 240
_FIRST, _LAST = 75, 164
_BOX = ((40 * UNIT, 100 * UNIT), (120 * UNIT, 150 * UNIT))
_LOUD = Look(colour="#ff00ff", opacity=100, is_filled=True, line_width=UNIT)
_WORDS_HIGH = 26


@dataclass(frozen=True)
class Seen:
    """What one look at the screen shows of a tile.

    Attributes:
        frame: the number that stands in the picture itself.
        has_shape: whether the shape is over it.
        has_words: whether something is written at its lower left.
    """

    frame: int
    has_shape: bool
    has_words: bool

    @property
    def is_in_range(self) -> bool:
        return _FIRST <= self.frame <= _LAST


class Watcher:
    """Looks at the one tile of a window whose recording VLC plays."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self.qtbot = qtbot
        self.window = window
        self.surface: TileSurface = window.main.page.surface
        (self.camera,) = self.surface.visible_cameras

    def draw(self) -> None:
        """Draw the shape on its frames, and wait until the window has it."""
        session = self.window.shell.session
        snapshot = session.snapshot
        assert snapshot is not None
        (recording,) = snapshot.recordings
        index = session.find_index(recording.id)
        assert index is not None
        drawn = new_shape(recording, index, (_FIRST, _LAST), _FIRST, kind=Kind.BOX, geometry=_BOX, look=_LOUD)

        def change(case: Case, by: str) -> Step:
            return edit(case, [new_shape_edit(drawn)], by=by, label="drawing")

        session.edit("Drawing a shape", change, lambda: None)
        self.qtbot.waitUntil(lambda: bool(self.window.main.drawing.overlay.shapes), timeout=_PATIENCE_MS)

    def play_with_vlc(self) -> None:
        self.window.main.actions_by_id["camera.play_with_vlc"].trigger()
        self.qtbot.waitUntil(self.is_at_rest, timeout=_PATIENCE_MS)

    def is_at_rest(self) -> bool:
        (tile,) = self.window.engine.pictures()
        estimate = None if tile.picture is None else tile.picture.estimate
        is_told = estimate is not None and not estimate.is_rough
        is_there = self.window.engine.position == self.window.engine.target and not self.window.engine.is_busy
        return is_told and is_there and self.surface._scene.tiles[self.camera] == tile

    def go_to(self, frame: int) -> Seen:
        """Seek into a frame, and look once VLC has told its time."""
        start = self.window.engine.span.start
        self.window.shell.playback.seek(IncidentTime(start + round((frame + 0.5) * NS_PER_S / 30)))
        QTest.qWait(50)
        self.qtbot.waitUntil(self.is_at_rest, timeout=_PATIENCE_MS)
        QTest.qWait(200)
        seen = self.look()
        assert seen is not None, "the number in the picture cannot be read"
        return seen

    def look(self) -> Seen | None:
        """Read the tile from the screen; None where no picture is shown."""
        pixels = screenshot(self.surface)
        rect = self.surface.picture_rect(self.camera)
        tile = self.surface.tile_rect(self.camera)
        if rect is None:
            return None
        code = read(pixels, box(rect))
        assert tile is not None
        blue, green, red = (pixels[:, :, one] for one in range(3))
        loud = (red > 200) & (green < 60) & (blue > 200)
        strip = pixels[tile.bottom() + 1 - _WORDS_HIGH : tile.bottom() + 1, tile.left() : tile.left() + 120, :3]
        if code is None:
            return None
        return Seen(code.number, bool(loud.sum() > 200), bool((strip > 230).all(axis=2).any()))


@pytest.fixture(params=[".mp4", ".ts"])
def watcher(request: pytest.FixtureRequest, qtbot: QtBot, empty_window: Window, tmp_path: Path) -> Watcher:
    """A case of one recording; the first stamp of a transport stream is not 0."""
    name = f"X6039A12B_20260314_213200_0413{request.param}"
    clip = make_clip(tmp_path, ClipPlan(frames=_FRAMES, suffix=request.param), name)
    folder = tmp_path / "Case.sightline"
    with Case.create(folder, title="VLC", reference="", by="DC Harper") as case:
        wish = AddRequest(folder, (os.fsencode(clip.path),), "DC Harper")
        added = add_files(wish, no_progress, never_cancelled, case=case)
        assert len(added.added) == 1, added.refused
    open_case(empty_window, folder)
    shell = empty_window.shell
    qtbot.waitUntil(lambda: shell.session.snapshot is not None and not shell.session.is_busy, timeout=_PATIENCE_MS)
    qtbot.waitUntil(lambda: bool(empty_window.main.page.surface.painted()), timeout=_PATIENCE_MS)
    made = Watcher(qtbot, empty_window)
    made.draw()
    made.play_with_vlc()
    return made


def test_at_rest_a_shape_is_seen_within_its_frames_and_near_their_ends_the_tile_says_that_it_is_not(
    watcher: Watcher,
) -> None:
    for frame in (10, 30, 210, 230):
        seen = watcher.go_to(frame)
        assert not seen.is_in_range
        assert not seen.has_shape, seen
        assert not seen.has_words, seen
    for frame in (110, 120, 130):
        seen = watcher.go_to(frame)
        assert seen.is_in_range
        assert seen.has_shape, seen
        assert not seen.has_words, seen
    for frame in (_FIRST, _LAST + 1):
        seen = watcher.go_to(frame)
        assert not seen.has_shape, seen
        assert seen.has_words, seen


def test_while_it_plays_no_frame_shows_a_shape_that_is_not_its_own_and_none_hides_one_unsaid(watcher: Watcher) -> None:
    watcher.go_to(20)
    looks: list[Seen] = []
    page, engine = watcher.window.main.page, watcher.window.engine
    page.take_keyboard()
    watcher.window.shell.playback.toggle()
    end = time.monotonic() + _PATIENCE_MS / 1_000
    while engine.is_playing or not looks:
        QTest.qWait(20)
        seen = watcher.look()
        looks += [] if seen is None else [seen]
        assert time.monotonic() < end
    for seen in looks:
        assert not seen.has_shape or seen.is_in_range, seen
        assert not seen.is_in_range or seen.has_shape or seen.has_words, seen
    frames = {seen.frame for seen in looks}
    assert min(frames) < _FIRST < _LAST < max(frames)
    assert sum(seen.has_shape for seen in looks) > 5, looks
