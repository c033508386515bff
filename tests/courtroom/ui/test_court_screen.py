"""What the court sees, judged by the pixels of its display."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from app.demo.frame_code import FrameCode, read
from courtroom.run_sheet import AtEnd
from courtroom.show.events import GoTo, Press
from courtroom.show.keys import Act
from courtroom.show.state import Screen
from tests.courtroom.ui.conftest import OpenCourt
from tests.support.clips import Scene
from tests.support.court import Court, captions_of, card_item, clip_item, pause_item, still_item

pytestmark = pytest.mark.gui


def tiles(court: Court) -> list[FrameCode | None]:
    """Read the frame code of every tile off the court's display."""
    picture, pixels = court.mode.screen.picture, court.seen()
    frames = () if picture is None else picture.frames
    areas = [one.transform.shown for one in frames if one.transform is not None]
    return [read(pixels, (area.left, area.top, area.width, area.height)) for area in areas]


def test_items_follow_one_another_and_black_and_hold_cover(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 40), still_item(2, 77), card_item(3, "R v Smith"), pause_item(4)])
    press = court.mode.conductor.press
    assert court.is_black()
    press(Press.SHOW)
    court.wait_for(10)
    press(Press.BLACK)
    assert court.is_black()
    press(Press.BLACK)
    court.wait_for(10)
    press(Press.STEP_ON)
    court.wait_for(11)
    press(Press.NEXT)
    court.wait_for(77)
    press(Press.BACK)
    court.wait_for(10)
    press(GoTo(2))
    court.settle(lambda: court.code() is None and not court.is_black())
    press(Press.NEXT)
    court.settle(court.is_black)


def test_the_prepared_next_item_is_there_in_the_same_moment(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 40), clip_item(2, 60, 90)])
    court.mode.conductor.press(Press.SHOW)
    court.wait_for(10)
    court.settle(lambda: court.mode.conductor.standing().is_next_ready)
    court.mode.conductor.press(Press.NEXT)
    assert court.code() == FrameCode(0, 0, 60), "it was ready, and no event had to come in between"


class _Restyles(QObject):
    """Counts how often a widget is given another style."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Count."""
        self.count += event.type() is QEvent.Type.StyleChange
        return False


def test_the_console_is_not_laid_out_anew_while_nothing_but_the_picture_changes(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 40)])
    press, console = court.mode.conductor.press, court.mode.console
    press(Press.SHOW)
    court.wait_for(10)
    console.refresh()
    restyles = _Restyles()
    for part in (console.mirror, console.frame_label, console.transport.speed):
        part.installEventFilter(restyles)
    press(Press.STEP_ON)
    court.wait_for(11)
    console.refresh()
    assert restyles.count == 0
    press(Press.BLACK)
    assert restyles.count > 0, "the frame is another"


def test_held_frame_stays_while_the_presenter_looks_elsewhere(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 40), clip_item(2, 60, 90), clip_item(3, 100, 120)])
    press = court.mode.conductor.press
    press(Press.SHOW)
    court.wait_for(10)
    looked: list[object] = []
    court.mode.conductor.looked.connect(looked.append)
    press(Press.PRIVATE)
    press(GoTo(2))
    court.settle(lambda: bool(looked))
    press(Press.STEP_ON)
    court.settle(lambda: len(looked) > 1)
    assert court.code() == FrameCode(0, 0, 10)
    press(Press.SHOW)
    court.wait_for(101)
    press(Press.UNDO)
    assert court.code() == FrameCode(0, 0, 10), "what was shown by mistake is gone at once"
    press(Press.PRIVATE)
    court.wait_for(10)
    assert court.mode.conductor.state.screen is Screen.LIVE


def test_undo_brings_the_frame_back_that_was_left(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 40), clip_item(2, 60, 90)])
    press = court.mode.conductor.press
    press(Press.SHOW)
    for _ in range(5):
        press(Press.STEP_ON)
    court.wait_for(15)
    press(Press.NEXT)
    court.wait_for(60)
    press(Press.UNDO)
    assert court.code() == FrameCode(0, 0, 15)
    court.settle(lambda: court.mode.conductor.player.is_ready and not court.mode.conductor.is_pending)
    press(Press.STEP_ON)
    court.wait_for(16)


def test_side_by_side_and_one_camera_in_a_keystroke(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 20, 60, cameras=(0, 1))])
    court.mode.conductor.press(Press.SHOW)
    court.settle(lambda: tiles(court) == [FrameCode(0, 0, 20), FrameCode(1, 0, 20)])
    QTest.keyClick(court.mode.console, Qt.Key.Key_2)
    court.wait_for(20, camera=1)
    QTest.keyClick(court.mode.console, Qt.Key.Key_9)
    court.settle(lambda: tiles(court) == [FrameCode(0, 0, 20), FrameCode(1, 0, 20)])


@pytest.mark.alone
def test_the_ends_hold_go_black_and_go_on(open_in_court: OpenCourt) -> None:
    items = [
        clip_item(1, 10, 19, at_end=AtEnd.GO_ON),
        clip_item(2, 60, 69, at_end=AtEnd.HOLD),
        clip_item(3, 100, 109, at_end=AtEnd.STOP),
    ]
    court = open_in_court(items)
    press = court.mode.conductor.press
    shown: list[int] = []
    court.mode.conductor.shown.connect(lambda picture: shown.append(picture.frames[0].frame))
    court.settle(lambda: court.mode.conductor.standing().is_next_ready)
    press(Press.PLAY)
    court.settle(lambda: court.mode.conductor.state.spot.place == 1 and not court.mode.conductor.state.is_playing)
    assert court.code() == FrameCode(0, 0, 69), "the last frame is held"
    assert shown == sorted(shown)
    assert set(shown) <= {*range(10, 20), *range(60, 70)}
    assert {10, 60, 69} <= set(shown), "the ends are seen, whatever a busy machine leaves out between them"
    court.settle(lambda: court.mode.conductor.standing().is_next_ready)
    press(Press.NEXT)
    press(Press.PLAY)
    court.settle(lambda: not court.mode.conductor.state.is_playing)
    assert court.is_black()


def test_zoom_is_drawn_on_the_mirror_and_the_mirror_shows_what_the_court_sees(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 40)])
    court.mode.conductor.press(Press.SHOW)
    court.wait_for(10)
    mirror = court.mode.console.mirror
    rect = mirror.picture_rect

    def mirrored() -> FrameCode | None:
        shot = mirror.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(shot.constBits(), dtype=np.uint8).reshape(shot.height(), shot.bytesPerLine() // 4, 4)
        where = rect.toRect()
        return read(pixels, (where.x(), where.y(), where.width(), where.height()))

    assert mirrored() == FrameCode(0, 0, 10)
    assert court.mode.console.frame_label.text() == "LIVE"
    whole = court.seen()
    start = QPoint(round(rect.left() + rect.width() * 0.5), round(rect.top() + rect.height() * 0.25))
    end = QPoint(round(rect.left() + rect.width()) - 1, round(rect.top() + rect.height() * 0.75))
    QTest.mousePress(mirror, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(mirror, end)
    QTest.mouseRelease(mirror, Qt.MouseButton.LeftButton, pos=end)
    height, width = whole.shape[:2]
    part = whole[height // 4 : height * 3 // 4, width // 2 :]
    large = QImage(part.tobytes(), part.shape[1], part.shape[0], QImage.Format.Format_RGB32).scaled(width, height)
    wanted = np.frombuffer(large.constBits(), dtype=np.uint8).reshape(height, width, 4)

    def is_zoomed() -> bool:
        off = np.abs(court.seen()[:, :, :3].astype(int) - wanted[:, :, :3])[: height * 9 // 10]
        return float(off.mean()) < 6

    court.settle(is_zoomed)
    court.mode.console.do(Act.WHOLE)
    court.wait_for(10)
    court.mode.conductor.press(Press.BLACK)
    assert mirrored() is None
    assert court.mode.console.frame_label.text() == "BLACK · B shows the picture"


def test_the_screen_is_bare_and_what_lies_over_the_picture_goes_with_the_item(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 40), clip_item(2, 60, 90)])
    screen, conductor, mirror = court.mode.screen, court.mode.conductor, court.mode.console.mirror
    display = next(one for one in court.mode.displays.displays() if one.name == "COURT")
    assert (screen.x(), screen.y(), screen.width(), screen.height()) == (
        display.x,
        display.y,
        display.width,
        display.height,
    )
    assert screen.frameGeometry() == screen.geometry()
    assert screen.cursor().shape() is Qt.CursorShape.BlankCursor
    assert not screen.children()
    assert not screen.close()
    conductor.press(Press.SHOW)
    court.wait_for(10)
    plain = court.seen().astype(int)
    height, width = plain.shape[:2]
    jitter = itertools.cycle((0, 1))

    def point_at_the_middle() -> tuple[int, ...]:
        QTest.mouseMove(mirror, mirror.picture_rect.center().toPoint() + QPoint(next(jitter), 0))
        return tuple(int(one) for one in court.seen()[height // 2, width // 2, :3])

    court.mode.console.do(Act.POINTER)
    court.settle(lambda: (colour := point_at_the_middle())[2] > 200 and colour[1] < 120)
    court.mode.console.do(Act.SPOTLIGHT)
    court.settle(lambda: bool(point_at_the_middle()) and int(court.seen()[40, 40, 1]) < plain[40, 40, 1] // 2)
    assert abs(int(court.seen()[height // 2, width // 2, 1]) - plain[height // 2, width // 2, 1]) < 12

    def bright() -> int:
        corner = court.seen()[height * 9 // 10 :, : width // 2, :3]
        return int((corner.min(axis=2) > 200).sum())

    with_text = bright()
    QTest.keyClick(court.mode.console, Qt.Key.Key_E)
    court.settle(lambda: bright() < with_text // 10)
    assert with_text > 200, "exhibit reference and local time stood at the bottom left"
    conductor.press(Press.NEXT)
    court.wait_for(60)
    assert abs(int(court.seen()[40, 40, 1]) - plain[40, 40, 1]) < 12, "no spotlight any more"


def test_a_loop_and_another_speed_are_played_as_the_item_says(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 14, loops=True, speed=Fraction(2))])
    shown: list[int] = []
    court.mode.conductor.shown.connect(lambda picture: shown.append(picture.frames[0].frame))
    court.mode.conductor.press(Press.PLAY)
    begun = time.monotonic()
    court.settle(lambda: shown.count(10) >= 3)
    assert set(shown) <= {10, 11, 12, 13, 14}
    assert court.mode.conductor.state.is_playing
    assert time.monotonic() - begun > 2 * 5 / 60, "two rounds at twice the speed"


def test_captions_are_seen_on_their_frames_where_the_item_wants_them(open_in_court: OpenCourt, scene: Scene) -> None:
    captions = captions_of(scene, 12, 14, "Open the door")
    items = [replace(clip_item(1, 10, 40), shows_captions=True), replace(clip_item(2, 12, 40), exhibit="")]
    court = open_in_court(items, captions=captions)
    conductor = court.mode.conductor
    conductor.press(Press.REFERENCE)
    conductor.press(Press.SHOW)

    def white() -> int:
        seen = court.seen()
        return int((seen[seen.shape[0] * 8 // 10 :, :, :3].min(axis=2) > 225).sum())

    counted = []
    for frame in range(10, 16):
        court.wait_for(frame)
        counted.append(white() > 100)
        conductor.press(Press.STEP_ON)
    assert counted == [False, False, True, True, False, False]
    conductor.press(Press.NEXT)
    court.wait_for(12)
    assert white() <= 100


def test_the_filmstrip_has_its_pictures_before_they_are_seen(open_in_court: OpenCourt) -> None:
    court = open_in_court([card_item(1, "R v Smith"), clip_item(2, 10, 40), still_item(3, 77)], draws_strip=True)
    strip = court.mode.console.filmstrip

    def drawn() -> list[FrameCode | None]:
        icons = [strip.item(place).icon().pixmap(128, 72).toImage() for place in range(3)]
        plain = [one.convertToFormat(QImage.Format.Format_RGB32).scaled(640, 360) for one in icons]
        return [read(np.frombuffer(one.constBits(), dtype=np.uint8).reshape(360, 640, 4)) for one in plain]

    court.settle(lambda: strip.has_picture(2))
    assert drawn() == [None, FrameCode(0, 0, 10), FrameCode(0, 0, 77)]
    assert court.is_black()
