"""What the console tells the presenter: what must be known first, why a press did nothing, and never an old picture."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.demo.frame_code import FrameCode, read
from courtroom.show.events import GoTo, Press
from courtroom.show.trouble import TroubleKind
from courtroom.ui.court_voice import CourtVoice
from courtroom.ui.trouble_watch import TroubleWatch
from evidence.times import NS_PER_S
from tests.courtroom.ui.conftest import OpenCourt
from tests.support.court import COURT, Court, card_item, clip_item, grab, pause_item, remove_display, still_item

pytestmark = pytest.mark.gui


def key(court: Court, which: Qt.Key) -> None:
    QTest.keyClick(court.mode.console, which)


def told(court: Court) -> str:
    trouble = court.mode.troubles.gravest
    return "" if trouble is None else trouble.line


def mirrored(court: Court) -> FrameCode | None:
    """Read the frame number off the console's mirror, by the pixels of the desktop."""
    mirror = court.mode.console.mirror
    at = mirror.mapToGlobal(mirror.picture_rect.topLeft().toPoint())
    size = mirror.picture_rect.size().toSize()
    return read(grab(at.x(), at.y(), size.width(), size.height()))


def test_a_pack_that_is_not_as_it_was_made_is_told_until_the_court_sees_something(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 40), clip_item(2, 60, 90)], first_look="MISMATCH: a.mp4 is not the same.")
    court.settle(lambda: court.mode.conductor.standing().is_next_ready)
    court.settle(lambda: TroubleKind.NEXT not in court.mode.troubles.now)
    court.mode.console.refresh()
    assert court.is_black()
    assert "MISMATCH: a.mp4 is not the same." in court.mode.console.trouble_line.words.text()
    assert court.mode.console.trouble_line.property("role") == "stop"
    key(court, Qt.Key.Key_B)
    court.wait_for(10)
    assert TroubleKind.PACK not in court.mode.troubles.now
    assert "MISMATCH" in court.mode.console.here.text(), "and it is never quite out of sight"
    court.mode.end()
    assert "MISMATCH: a.mp4" in court.log.read_text()


def test_what_is_looked_at_in_private_begins_with_what_stands_now(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 40), clip_item(2, 60, 90)])
    press = court.mode.conductor.press
    court.settle(lambda: court.mode.conductor.player.picture() is not None)
    press(Press.NEXT)
    court.wait_for(60)
    press(Press.PRIVATE)
    court.settle(lambda: mirrored(court) == FrameCode(0, 0, 60))
    press(GoTo(0))
    court.settle(lambda: mirrored(court) == FrameCode(0, 0, 10))
    assert court.code() == FrameCode(0, 0, 60)


def test_a_press_that_does_nothing_says_why(open_in_court: OpenCourt) -> None:
    court = open_in_court([card_item(1, "R v Smith"), still_item(2, 20), pause_item(3)])
    key(court, Qt.Key.Key_PageUp)
    assert "first item" in told(court)
    key(court, Qt.Key.Key_PageDown)
    key(court, Qt.Key.Key_BracketRight)
    assert "no key moments" in told(court)
    key(court, Qt.Key.Key_Right)
    assert "nothing in it plays" in told(court)
    key(court, Qt.Key.Key_3)
    assert "one camera" in told(court)
    key(court, Qt.Key.Key_PageDown)
    key(court, Qt.Key.Key_PageDown)
    assert "last item" in told(court)
    court.mode.end()  # the log is written by a thread of its own
    assert "last item" not in court.log.read_text(), "the record is of what the court saw, not of keys"


def test_while_the_courts_display_is_gone_neither_console_nor_log_say_that_it_sees_something(
    open_in_court: OpenCourt,
) -> None:
    court = open_in_court([clip_item(1, 10, 40), clip_item(2, 60, 90)])
    key(court, Qt.Key.Key_B)
    court.wait_for(10)
    assert court.mode.console.frame_label.text() == "LIVE"
    remove_display()
    court.settle(lambda: not court.mode.screen.isVisible())
    court.mode.console.refresh()
    assert court.mode.console.frame_label.text().startswith("NOT SEEN")
    key(court, Qt.Key.Key_PageDown)
    court.settle(lambda: court.mode.screen.picture is not None and court.mode.screen.picture.place == 1)
    court.settle(lambda: not court.mode.conductor.is_pending)
    court.mode.conductor.state_changed.emit()
    court.mode.end()
    shown = [one for one in court.log.read_text().splitlines() if '"court.shown"' in one]
    assert any("item-1" in one for one in shown)
    assert not any("item-2" in one for one in shown)


def test_sound_that_cannot_be_heard_is_told_and_logged_once(
    open_in_court: OpenCourt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CourtVoice, "words", property(lambda _voice: "No sound device was found."))
    court = open_in_court([clip_item(1, 10, 40)])
    watch = court.mode.findChild(TroubleWatch)
    assert watch is not None
    for second in range(1, 60):
        watch.look(time.monotonic_ns() + second * NS_PER_S)
    court.mode.end()
    assert court.log.read_text().count("No sound device") == 1


def test_an_item_without_a_title_says_what_it_is(open_in_court: OpenCourt) -> None:
    court = open_in_court([replace(card_item(1, "R v Smith"), title=""), replace(still_item(2, 20), title="")])
    assert court.mode.console.here.text() == "1 of 2 · R v Smith"
    assert court.mode.console.next_title.text() == "Still"
    assert "Still" in court.mode.console.filmstrip.item(1).text()


def test_the_keys_go_on_working_where_the_presenters_display_alone_is_gone(
    open_in_court: OpenCourt, monkeypatch: pytest.MonkeyPatch
) -> None:
    court = open_in_court([clip_item(1, 10, 40), clip_item(2, 60, 90)])
    key(court, Qt.Key.Key_B)
    court.wait_for(10)
    left = [one for one in court.mode.displays.displays() if one.name == COURT]
    monkeypatch.setattr(court.mode.displays, "displays", lambda: left)
    court.mode.displays.changed.emit()
    assert court.mode.console.isVisible(), "what is hidden gets no keys"
    assert court.code() == FrameCode(0, 0, 10)
    key(court, Qt.Key.Key_PageDown)
    court.wait_for(60)
    key(court, Qt.Key.Key_F8)
    court.settle(lambda: court.mode.console.strip_height > 0 and court.mode.console.isVisible())
    console = court.mode.console

    def words(part: QWidget) -> int:
        """Count the light pixels of a part of the strip, as the display shows it."""
        at = part.mapToGlobal(QPoint(0, 0))
        return int((grab(at.x(), at.y(), part.width(), part.height())[:, :, :3].min(axis=2) > 150).sum())

    parts = (console.here, console.transport.elapsed, *console.keys.buttons.values())
    court.settle(lambda: all(words(part) > 20 for part in parts))
    assert not console.here.text().startswith("LIVE")
    key(court, Qt.Key.Key_B)
    console.refresh()
    assert console.here.text().startswith("BLACK · "), "a strip has no frame that would say it"
    key(court, Qt.Key.Key_V)
    console.refresh()
    assert console.here.text().startswith("PRIVATE · the court sees BLACK")
