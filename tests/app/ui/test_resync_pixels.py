"""Clocks set anew by a match, judged by the screen: a shape stays on its burnt-in frames, a mark in its instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import Window
from evidence.observations import Moment, Observation, ObservationState
from evidence.times import NS_PER_S
from tests.app.ui.conftest import PATIENCE_MS
from tests.support.sync_scenes import tie
from tests.support.window_pixels import codes_on_screen, screenshot

pytestmark = pytest.mark.gui
Still = Callable[[Window], None]
FRAME = 90
LASTS = 90
"""A new shape is shown for three seconds."""

BOX = ((60, 60), (140, 120))
"""In the picture's own pixels, beside the frame's code."""


@dataclass(frozen=True)
class Seen:
    """What the screen shows.

    Attributes:
        frames: for each camera the number that is burnt into its picture.
        is_boxed: whether the box is drawn into the second camera's.
    """

    frames: dict[str, int | None]
    is_boxed: bool


class Screen:
    """The window, worked by mouse and keys, and read by its pixels."""

    def __init__(self, qtbot: QtBot, window: Window, still: Still) -> None:
        self.qtbot, self.window, self.still = qtbot, window, still
        snapshot = window.shell.session.snapshot
        assert snapshot is not None
        ids = {one.display_name[:9]: one for one in snapshot.recordings if "213204" not in one.display_name}
        self.first, self.second = ids["X6039A12B"], ids["X6039A47C"]
        self.surface = window.main.page.surface

    def press(self, *keys: str) -> None:
        for key in keys:
            QTest.keySequence(QApplication.focusWidget() or self.window.main, QKeySequence.fromString(key))

    def go_to(self, instant: int) -> Seen:
        self.window.shell.playback.seek(instant)  # type: ignore[arg-type]
        return self.look()

    def look(self) -> Seen:
        self.still(self.window)

        def is_painted() -> bool:
            spots = {one.camera_id: one.spot and one.spot.frame for one in self.window.engine.pictures()}
            painted = {one.camera_id: one.frame for one in self.surface.painted()}
            return all(painted.get(camera) == frame for camera, frame in spots.items() if frame is not None)

        self.qtbot.waitUntil(
            lambda: is_painted() and not self.surface.is_moving and not self.surface._resize_timer.isActive(),
            timeout=PATIENCE_MS,
        )
        codes = codes_on_screen(self.surface)
        names = {self.first.camera_id: "first", self.second.camera_id: "second"}
        frames = {names[one]: None if code is None else code.number for one, code in codes.items() if one in names}
        return Seen(frames, self._is_boxed())

    def start_of(self, frame: int) -> int:
        """Return the instant of a frame of the second camera, by the clocks as they are."""
        snapshot = self.window.shell.session.snapshot
        assert snapshot is not None
        self.window.main.page.set_focus_camera(self.second.camera_id)
        self.window.shell.playback.seek(snapshot.place_by_recording[self.second.id].span.start)
        start = self.window.shell.playback.frame_start(frame)
        assert start is not None
        return int(start)

    def draw_box(self) -> None:
        self.press("Shift+B")
        self.look()
        transform = self.surface.transform(self.second.camera_id)
        assert transform is not None
        places = [transform.to_widget(*corner) for corner in BOX]
        begin, end = ((round(x), round(y)) for x, y in places)
        QTest.mousePress(self.surface, Qt.MouseButton.LeftButton, pos=QPoint(*begin))
        QTest.mouseMove(self.surface, QPoint(*end))
        QTest.mouseRelease(self.surface, Qt.MouseButton.LeftButton, pos=QPoint(*end))
        self.window.main.drawing.editor.keep()
        self.press("Escape", "Escape")

    def _is_boxed(self) -> bool:
        transform = self.surface.transform(self.second.camera_id)
        if transform is None:
            return False
        x, y = (round(one) for one in transform.to_widget(100, 60))
        ratio = self.surface.devicePixelRatioF()
        blue, green, red = (
            screenshot(self.surface)[round(y * ratio) - 3 : round(y * ratio) + 4, round(x * ratio), one].astype(int)
            for one in range(3)
        )
        return bool(((red > 180) & (green > 170) & (blue < 120)).any())


def other_clock(screen: Screen) -> list[Observation]:
    """A match by which the second clock is off by 2.05 s more than its files say: by 61.5 frames."""
    made = tie("match-12", ("X6039A12B", 3.0), ("X6039A47C", 3.95), state=ObservationState.PROPOSED)
    one, other = (Moment(one.id, round(at * NS_PER_S)) for one, at in ((screen.first, 3.0), (screen.second, 3.95)))
    return [replace(made, one=one, other=other)]


def check_box(screen: Screen) -> None:
    """The box is on its frames, first to last, and on none beside, whatever instants these are."""
    for frame in (FRAME - 1, FRAME, FRAME + LASTS - 1):
        seen = screen.go_to(screen.start_of(frame))
        assert seen.frames["second"] == frame
        assert seen.is_boxed is (FRAME <= frame < FRAME + LASTS), frame


def test_a_shape_stays_on_its_frames_and_a_mark_in_its_instant_and_undo_brings_all_back(
    qtbot: QtBot, window: Window, still: Still
) -> None:
    screen = Screen(qtbot, window, still)
    # a box on the second camera's frame 90, and there a mark on the incident
    before = screen.go_to(screen.start_of(FRAME))
    assert before == Seen({"first": FRAME + 60, "second": FRAME}, is_boxed=False)
    instant = window.engine.target
    screen.draw_box()
    screen.press("M")
    session = window.shell.session
    qtbot.waitUntil(lambda: session.snapshot is not None and len(session.snapshot.marks) == 1, timeout=PATIENCE_MS)
    screen.press("Escape")
    check_box(screen)
    # another sync: found, accepted, applied
    session.edit("Finding", lambda case, by: case.add_observations(other_clock(screen), by=by))
    still(window)
    screen.press("Ctrl+Shift+T")
    view = window.main.sync.view
    assert view is not None
    qtbot.waitUntil(lambda: bool(view.table.topLevelItemCount()), timeout=PATIENCE_MS)
    QTest.mouseClick(view.accept_all_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(view.bar.apply_button.isEnabled, timeout=PATIENCE_MS)
    QTest.mouseClick(view.bar.apply_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.snapshot is not None and bool(session.snapshot.settings), timeout=PATIENCE_MS)
    view.close()
    check_box(screen)
    moved = go_to_mark(screen)
    assert window.engine.target == instant
    first, second = moved.frames["first"], moved.frames["second"]
    assert first is not None
    assert second is not None
    assert second - first in {28, 29}, "0.95 s at thirty frames a second, as the match says"
    assert not moved.is_boxed or FRAME <= second < FRAME + LASTS
    # and back
    window.main.activateWindow()
    qtbot.waitUntil(window.main.isActiveWindow, timeout=PATIENCE_MS)
    window.main.page.take_keyboard()
    screen.press("Ctrl+Z")
    qtbot.waitUntil(lambda: session.snapshot is not None and not session.snapshot.settings, timeout=PATIENCE_MS)
    back = go_to_mark(screen)
    assert (window.engine.target, back) == (instant, replace(before, is_boxed=True))
    check_box(screen)


def go_to_mark(screen: Screen) -> Seen:
    """Open the mark from the list, as a reader does."""
    table = screen.window.main.page.marks_tab.table
    table.setFocus()
    table.setCurrentIndex(screen.window.main.page.marks_tab.model.index(0, 0))
    QTest.keyClick(table, Qt.Key.Key_Return)
    return screen.look()
