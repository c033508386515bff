"""Shapes drawn on the tiles by mouse and keys, as an investigator does it, read back from the case and from pixels."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from annotations.journal import history_of
from annotations.shapes.between import geometry_at
from annotations.shapes.geometry import UNIT, Kind
from annotations.shapes.record import load_shapes
from annotations.shapes.shape import Shape
from app.bootstrap import Window, open_case
from app.ui.draw_desk import DrawDesk
from app.ui.shape_menus import mark_choices, shape_choices
from evidence.case import Case
from player.ui.surface import TileSurface

pytestmark = pytest.mark.gui
_PATIENCE_MS = 60_000
Still = Callable[[Window], None]


class Artist:
    """Draws in the window."""

    def __init__(self, qtbot: QtBot, window: Window, still: Still) -> None:
        self.qtbot = qtbot
        self.window = window
        self.still = still
        self.desk: DrawDesk = window.main.drawing
        self.surface: TileSurface = window.main.page.surface
        snapshot = window.shell.session.snapshot
        assert snapshot is not None
        longest = max(snapshot.recordings, key=lambda one: one.duration_ns or 0)
        self.camera = longest.camera_id
        self.go_to(30)

    def go_to(self, frame: int) -> None:
        self.window.main.page.set_focus_camera(self.camera)
        start = self.window.shell.playback.frame_start(frame)
        assert start is not None
        self.window.shell.playback.seek(start)
        self.settle()
        assert self.frame == frame

    @property
    def frame(self) -> int:
        return next(one.frame for one in self.surface.painted() if one.camera_id == self.camera)

    def settle(self) -> None:
        self.still(self.window)

    def at(self, x: float, y: float) -> QPoint:
        transform = self.surface.transform(self.camera)
        assert transform is not None
        return QPointF(*transform.to_widget(x, y)).toPoint()

    def press(self, x: float, y: float) -> None:
        QTest.mousePress(self.surface, Qt.MouseButton.LeftButton, pos=self.at(x, y))

    def move(self, x: float, y: float, *, is_held: bool = True) -> None:
        place = self.at(x, y)
        held = Qt.MouseButton.LeftButton if is_held else Qt.MouseButton.NoButton
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove, QPointF(place), QPointF(self.surface.mapToGlobal(place)),
            Qt.MouseButton.NoButton, held, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(self.surface, event)

    def release(self, x: float, y: float) -> None:
        QTest.mouseRelease(self.surface, Qt.MouseButton.LeftButton, pos=self.at(x, y))

    def drag(self, *places: tuple[float, float]) -> None:
        self.press(*places[0])
        for place in places[1:]:
            self.move(*place)
        self.release(*places[-1])
        self.desk.editor.keep()
        self.settle()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        focused = QApplication.focusWidget()
        QTest.keyClick(focused or self.surface, key, modifier)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        snapshot = self.window.shell.session.snapshot
        assert snapshot is not None
        return snapshot.shapes

    def corners(self, shape: Shape, pts: int) -> NDArray[np.float64]:
        return np.array(geometry_at(shape.drawn.keyframes, pts)) / UNIT

    def pts(self, frame: int) -> int:
        index = self.window.shell.session.find_index(self.shapes[0].drawn.recording_id)
        assert index is not None
        return int(index.pts[frame])

    def chosen_id(self) -> str:
        chosen = self.desk.editor.chosen
        return "" if chosen is None else chosen.id

    def is_drafting(self) -> bool:
        return self.desk.editor.has_drafts

    def pixels(self) -> NDArray[np.uint8]:
        image = self.surface.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
        return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, 2::-1].copy()

    def is_yellow_at(self, x: float, y: float) -> bool:
        place = self.at(x, y)
        around = self.pixels()[place.y() - 2 : place.y() + 3, place.x() - 2 : place.x() + 3].astype(int)
        return bool(((around[:, :, 0] > 180) & (around[:, :, 1] > 170) & (around[:, :, 2] < 120)).any())


@pytest.fixture
def artist(qtbot: QtBot, window: Window, still: Still) -> Artist:
    return Artist(qtbot, window, still)


_SHIFT = Qt.KeyboardModifier.ShiftModifier
_ALT = Qt.KeyboardModifier.AltModifier


def test_a_box_is_drawn_kept_and_seen_on_its_frames_only_also_in_a_read_only_case(
    qtbot: QtBot, artist: Artist, case_folder: Path, still: Still
) -> None:
    artist.key(Qt.Key.Key_B, _SHIFT)
    assert artist.desk.bar.isVisible()
    artist.settle()
    artist.drag((60, 60), (90, 90), (140, 120))
    (shape,) = artist.shapes
    assert shape.drawn.kind is Kind.BOX
    assert shape.by
    assert np.abs(artist.corners(shape, artist.pts(30)) - [[60, 60], [140, 120]]).max() < 1.5
    assert shape.drawn.start_pts == artist.pts(30)
    assert shape.drawn.end_pts == artist.pts(120), "three seconds at thirty frames a second"
    assert artist.desk.editor.tool is None
    assert artist.desk.editor.chosen == shape
    artist.key(Qt.Key.Key_D)
    artist.settle()
    assert artist.is_yellow_at(100, 60)
    artist.go_to(29)
    assert not artist.is_yellow_at(100, 60)
    artist.go_to(119)
    assert artist.is_yellow_at(100, 60)
    artist.go_to(120)
    assert not artist.is_yellow_at(100, 60)
    artist.window.shell.session.close_now()
    with Case.open(case_folder) as case:
        assert load_shapes(case) == (shape,)
    log = [json.loads(line) for line in (case_folder / "audit.log").read_text().splitlines()]
    assert log[-1]["action"] == "shape.added"
    _check_read_only(qtbot, artist, case_folder, still)


def _check_read_only(qtbot: QtBot, artist: Artist, case_folder: Path, still: Still) -> None:
    """Shapes are seen, tools are off with the reason."""
    window = artist.window
    with Case.open(case_folder):
        open_case(window, case_folder)
        qtbot.waitUntil(lambda: window.shell.session.snapshot is not None, timeout=_PATIENCE_MS)
        still(window)
        artist.go_to(31)
        assert artist.is_yellow_at(100, 60)
        artist.key(Qt.Key.Key_D)
        assert artist.desk.bar.isVisible()
        assert "read-only" in artist.desk.bar.words.text()
        assert not artist.desk.bar.buttons["draw.box"].isEnabled()
        artist.settle()
        before = artist.shapes
        artist.drag((100, 60), (120, 80))
        assert artist.shapes == before
        assert not artist.is_drafting()
        artist.desk.toggle_shown()
        artist.settle()
        assert not artist.is_yellow_at(100, 60)
        window.shell.session.close_now()


def test_every_tool_draws_its_shape(artist: Artist) -> None:
    for kind in Kind:
        artist.desk.take(kind)
        artist.settle()
        if kind is Kind.POLYGON:
            for place in ((40, 40), (90, 40), (90, 90)):
                artist.press(*place)
                artist.release(*place)
            artist.key(Qt.Key.Key_Return)
            artist.settle()
        elif kind is Kind.TEXT:
            artist.drag((80, 80))
        else:
            artist.drag((40, 40), (60, 44), (70, 60), (90, 90))
        shape = artist.shapes[-1]
        assert shape.drawn.kind is kind
        first = artist.corners(shape, artist.pts(30))[0]
        assert np.abs(first - ([80, 80] if kind is Kind.TEXT else [40, 40])).max() < 1.5, kind
        if kind is Kind.TEXT:
            assert artist.desk.bar.text.hasFocus()
            QTest.keyClicks(artist.desk.bar.text, "Exit")
            artist.key(Qt.Key.Key_Return)
            artist.settle()
            assert artist.shapes[-1].drawn.text == "Exit"
            assert artist.surface.hasFocus()
    assert len(artist.shapes) == len(Kind)


def test_a_box_follows_a_subject_by_keyframes(artist: Artist) -> None:
    artist.desk.take(Kind.BOX)
    artist.settle()
    artist.drag((60, 60), (100, 100))
    artist.go_to(40)
    artist.drag((80, 60), (100, 70), (120, 80))
    (shape,) = artist.shapes
    assert [one.pts for one in shape.drawn.keyframes] == [artist.pts(30), artist.pts(40)]
    assert np.abs(artist.corners(shape, artist.pts(40)) - [[100, 80], [140, 120]]).max() < 1.5
    assert np.abs(artist.corners(shape, artist.pts(35)) - [[80, 70], [120, 110]]).max() < 1.5
    assert artist.desk.bar.strip.state is not None
    assert artist.desk.bar.strip.state.keyframes == (30, 40)
    _check_mark(artist)
    artist.key(Qt.Key.Key_Comma, _ALT)
    artist.settle()
    assert artist.frame == 30
    artist.key(Qt.Key.Key_Period, _ALT)
    artist.settle()
    assert artist.frame == 40
    artist.surface.setFocus()
    artist.key(Qt.Key.Key_Delete, _SHIFT)
    artist.settle()
    assert [one.pts for one in artist.shapes[0].drawn.keyframes] == [artist.pts(30)]
    artist.key(Qt.Key.Key_Delete, _SHIFT)
    artist.settle()
    assert len(artist.shapes[0].drawn.keyframes) == 1
    assert "at least one keyframe" in artist.desk.bar.words.text() or "no keyframe" in artist.desk.bar.words.text()


def _check_mark(artist: Artist) -> None:
    """A mark for the shape covers the frames that show it, and goes with it in one step."""
    seen: list[str] = []
    snapshot = artist.window.shell.session.snapshot
    assert snapshot is not None
    menu = mark_choices(
        artist.desk.bar,
        snapshot,
        artist.shapes[0],
        artist.window.main.page.times,
        choose=seen.append,
        make=artist.desk._mark_shape,
    )
    menu.actions()[0].trigger()
    artist.settle()
    snapshot = artist.window.shell.session.snapshot
    assert snapshot is not None
    (mark,), (shape,) = snapshot.marks, artist.shapes
    assert mark.picture is not None
    assert (mark.picture.start, mark.picture.end) == (shape.drawn.start, shape.drawn.end)
    assert (shape.drawn.mark_id, mark.text) == (mark.id, "Box")
    assert artist.desk.bar.mark_button.text() == "Mark: Box"
    listed = shape_choices(
        artist.desk.bar, snapshot, mark.instant, artist.window.main.page.times, seen.append
    ).actions()
    assert [one.text().partition("  ")[2][:3] for one in listed] == ["Box"]
    artist.surface.setFocus()
    artist.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    artist.settle()
    snapshot = artist.window.shell.session.snapshot
    assert snapshot is not None
    assert (snapshot.marks, artist.shapes[0].drawn.mark_id) == ((), "")


def test_without_follow_a_shape_is_moved_whole_and_grips_resize_it(artist: Artist) -> None:
    artist.desk.take(Kind.ELLIPSE)
    artist.settle()
    artist.drag((60, 60), (100, 100))
    artist.desk.toggle_follow()
    artist.go_to(50)
    artist.drag((80, 60), (70, 70), (60, 80))
    (shape,) = artist.shapes
    assert len(shape.drawn.keyframes) == 1
    assert np.abs(artist.corners(shape, artist.pts(30)) - [[40, 80], [80, 120]]).max() < 1.5
    artist.drag((80, 120), (100, 140), (120, 150))
    assert np.abs(artist.corners(artist.shapes[0], artist.pts(30)) - [[40, 80], [120, 150]]).max() < 1.5


def test_keys_nudge_duplicate_set_the_range_and_delete(artist: Artist, case_folder: Path) -> None:
    artist.desk.take(Kind.BOX)
    artist.settle()
    artist.drag((60, 60), (100, 100))
    before = artist.corners(artist.shapes[0], artist.pts(30))
    instant = artist.window.engine.position
    for key, modifier in ((Qt.Key.Key_Right, _SHIFT), (Qt.Key.Key_Left, None), (Qt.Key.Key_Up, None)):
        artist.key(key, modifier or Qt.KeyboardModifier.NoModifier)
    artist.desk.editor.keep()
    artist.settle()
    assert np.array_equal(artist.corners(artist.shapes[0], artist.pts(30)) - before, [[9, -1], [9, -1]])
    assert artist.window.engine.position == instant, "arrows moved the playhead too"
    after = artist.shapes[0]
    artist.key(Qt.Key.Key_Down)
    assert artist.is_drafting()
    artist.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    artist.settle()
    assert artist.shapes[0].drawn == after.drawn, "what was not kept yet is kept, and taken back"
    assert not artist.is_drafting()
    artist.go_to(33)
    artist.key(Qt.Key.Key_I, _ALT)
    artist.settle()
    artist.go_to(35)
    artist.key(Qt.Key.Key_O, _ALT)
    artist.settle()
    drawn = artist.shapes[0].drawn
    assert (drawn.start_pts, drawn.end_pts) == (artist.pts(33), artist.pts(36))
    artist.go_to(36)
    artist.key(Qt.Key.Key_I, _ALT)
    artist.settle()
    assert artist.shapes[0].drawn == drawn
    assert "starts before it ends" in artist.desk.bar.words.text()
    artist.go_to(34)
    artist.surface.setFocus()
    artist.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    artist.settle()
    assert artist.shapes[0].drawn.end_pts == artist.pts(120), "Ctrl+Z takes the last change back"
    artist.key(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    artist.settle()
    assert artist.shapes[0].drawn == drawn
    artist.key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    artist.settle()
    assert artist.chosen_id() == artist.shapes[-1].id != artist.shapes[0].id
    artist.surface.setFocus()
    artist.key(Qt.Key.Key_Delete)
    artist.settle()
    left = artist.shapes[-1]
    assert left.drawn == drawn
    assert artist.chosen_id() == ""
    artist.window.shell.session.close_now()
    with Case.open(case_folder) as case:
        assert next(iter(history_of(case, left.id))).label == "new box"


def test_escape_leaves_in_turn_and_while_it_plays_nothing_is_drawn(artist: Artist) -> None:
    artist.desk.take(Kind.BOX)
    artist.settle()
    artist.press(40, 40)
    artist.move(80, 80)
    assert artist.is_drafting()
    artist.key(Qt.Key.Key_Escape)
    assert not artist.is_drafting()
    artist.release(80, 80)
    artist.key(Qt.Key.Key_Escape)
    assert artist.desk.editor.tool is None
    assert artist.desk.bar.isVisible()
    artist.key(Qt.Key.Key_Escape)
    assert artist.desk.bar.isHidden()
    assert artist.shapes == ()
    artist.desk.take(Kind.BOX)
    artist.settle()
    artist.window.shell.playback.toggle()
    artist.press(40, 40)
    artist.move(80, 80)
    artist.release(80, 80)
    assert "stands still" in artist.desk.bar.words.text()
    assert artist.shapes == ()
    artist.desk.take(Kind.BOX)
    assert not artist.window.engine.is_playing


def test_without_a_tool_the_mouse_does_what_it_always_does(artist: Artist) -> None:
    other = next(one for one in artist.surface.visible_cameras if one != artist.camera)
    artist.desk.toggle()
    artist.settle()
    rect = artist.surface.tile_rect(other)
    assert rect is not None
    QTest.mouseClick(artist.surface, Qt.MouseButton.LeftButton, pos=rect.center())
    assert artist.window.main.page.focus_camera == other
    artist.surface.zoom(artist.camera, 2.0)
    artist.settle()
    view = artist.surface.view(artist.camera)
    artist.drag((150, 90), (130, 80), (110, 70))
    assert artist.surface.view(artist.camera) != view, "a zoomed picture is dragged while shapes are chosen"
    artist.desk.take(Kind.LINE)
    artist.settle()
    view = artist.surface.view(artist.camera)
    artist.drag((150, 90), (130, 80), (120, 80))
    assert artist.surface.view(artist.camera) == view, "with a tool the picture stays"
    assert len(artist.shapes) == 1
    assert np.abs(artist.corners(artist.shapes[0], artist.pts(30)) - [[150, 90], [120, 80]]).max() < 1.5


def test_range_and_look_of_new_shapes_and_the_bar_that_moves_no_picture(artist: Artist) -> None:
    playback = artist.window.shell.playback
    artist.go_to(20)
    playback.set_in()
    artist.go_to(45)
    playback.set_out()
    artist.go_to(30)
    artist.desk.take(Kind.BOX)
    artist.settle()
    before = artist.surface.tile_rect(artist.camera)
    artist.drag((60, 60), (100, 100))
    drawn = artist.shapes[0].drawn
    assert (drawn.start_pts, drawn.end_pts) == (artist.pts(20), artist.pts(46)), "the range that is set"
    assert [one.pts for one in drawn.keyframes] == [artist.pts(30)]
    assert artist.surface.tile_rect(artist.camera) == before, "the bar moved the pictures"
    bar = artist.desk.bar
    bar.line_spin.setValue(7)
    bar.filled.setChecked(True)
    bar.opacity_spin.setValue(40)
    artist.desk.editor.keep()
    artist.settle()
    look = artist.shapes[0].drawn.look
    assert (look.line_width, look.is_filled, look.opacity) == (7 * UNIT, True, 40)
    artist.desk.take(Kind.ARROW)
    artist.settle()
    artist.drag((120, 60), (150, 100))
    look = artist.shapes[1].drawn.look
    assert (look.line_width, look.is_filled, look.opacity) == (7 * UNIT, False, 40), "the next one looks like the last"
    artist.desk.editor.choose("")
    artist.settle()
    assert artist.surface.tile_rect(artist.camera) == before, "the bar moved the pictures"
