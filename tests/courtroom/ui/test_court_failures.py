"""What fails in front of a jury: the court sees good frames, the held one or black; the presenter is told."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.demo.frame_code import FrameCode
from app.ui.exception_gate import ExceptionGate
from courtroom.show import recorder
from courtroom.show.events import Focus, Press
from courtroom.show.keys import Act
from courtroom.show.log_report import rows_of
from courtroom.show.resume import find_interrupted
from courtroom.show.seen import SeenRecorder
from courtroom.show.trouble import TroubleKind
from courtroom.ui.conductor import Conductor
from courtroom.ui.cue_player import CuePlayer
from courtroom.ui.filmstrip import Filmstrip
from courtroom.ui.guards import NETWORK, NetworkRefusedError
from courtroom.ui.trouble_watch import TroubleWatch
from evidence.audit import check_audit
from evidence.times import NS_PER_S
from tests.courtroom.ui.conftest import OpenCourt
from tests.support.children import decoders_of
from tests.support.clips import Scene
from tests.support.court import (
    COURT,
    Court,
    Onlooker,
    add_display,
    captions_of,
    card_item,
    clip_item,
    grab,
    remove_display,
)

pytestmark = pytest.mark.gui


@pytest.fixture
def gate() -> Iterator[ExceptionGate]:
    """The program's own gate for what leaves a slot."""
    gate = ExceptionGate()
    gate.install()
    yield gate
    gate.remove()


def told(court: Court, kind: TroubleKind) -> bool:
    """Whether the presenter is told of it, on the line that is on screen."""
    line = court.mode.console.trouble_line
    return line.isVisible() and line.trouble is not None and line.trouble.kind is kind


@pytest.mark.alone
def test_decoders_that_die_while_it_plays_never_spoil_the_picture(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 140)])
    conductor = court.mode.conductor
    conductor.press(Press.PLAY)
    court.settle(lambda: (court.code() or FrameCode(0, 0, 0)).number > 12)
    onlooker = Onlooker(court)
    kills = iter((20, 28, 36, 44, 52))
    upcoming = [next(kills)]

    def is_over() -> bool:
        """Kill every decoder now and then; after three deaths in a row it waits for the presenter, who tries again."""
        code = court.code()
        assert code is not None
        if code.number >= upcoming[0]:
            upcoming[0] = next(kills, 1_000)
            for process in decoders_of():
                os.kill(process, signal.SIGKILL)
        if told(court, TroubleKind.PICTURE) and not conductor.state.is_playing:
            conductor.press(Press.PLAY)
        return code.number >= 69  # well before the end: from there, Play would begin the item anew

    court.settle(is_over)
    seen = onlooker.stop()
    assert all(isinstance(one, int) and 10 <= one <= 140 for one in seen), seen
    assert seen == sorted(seen, key=int), "never back, never another frame"


def test_play_stops_at_the_very_refresh_from_which_no_picture_will_come(
    open_in_court: OpenCourt, monkeypatch: pytest.MonkeyPatch
) -> None:
    court = open_in_court([clip_item(1, 10, 140)])
    conductor = court.mode.conductor
    conductor.press(Press.PLAY)
    court.settle(lambda: (court.code() or FrameCode(0, 0, 0)).number > 12)
    is_playing: list[bool] = []
    court.mode._watch._looked_ns = time.monotonic_ns() + 3_600 * NS_PER_S  # its next look at all the rest is far away
    monkeypatch.setattr(CuePlayer, "trouble", property(lambda _self: "it is broken"))
    conductor.ticked.connect(lambda: is_playing.append(conductor.state.is_playing))
    court.settle(lambda: bool(is_playing))
    assert is_playing[0] is False
    assert told(court, TroubleKind.PICTURE)


@pytest.mark.alone
@pytest.mark.parametrize("is_timed", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_a_picture_that_does_not_come_is_told_within_a_second_and_goes_on_by_itself(
    open_in_court: OpenCourt, is_timed: bool
) -> None:
    court = open_in_court([clip_item(1, 10, 140)])
    conductor = court.mode.conductor
    conductor.press(Press.PLAY)
    court.settle(lambda: (court.code() or FrameCode(0, 0, 0)).number > 12)
    stopped = decoders_of()
    for process in stopped:
        os.kill(process, signal.SIGSTOP)
    court.settle(lambda: conductor.player.engine.is_waiting)
    begun = time.monotonic()
    held = court.code()
    court.settle(lambda: told(court, TroubleKind.WAITING))
    assert time.monotonic() - begun < 1.0 or not is_timed, "on a machine that does nothing else"
    assert court.code() == held
    for process in stopped:
        os.kill(process, signal.SIGCONT)
    court.settle(lambda: not told(court, TroubleKind.WAITING))
    court.settle(lambda: (court.code() or FrameCode(0, 0, 0)).number > 60)


@pytest.mark.qt_no_exception_capture
def test_exceptions_in_slots_are_told_and_what_the_court_sees_stays(
    open_in_court: OpenCourt, gate: ExceptionGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    court = open_in_court([clip_item(1, 10, 69), clip_item(2, 80, 99)])
    conductor = court.mode.conductor
    gate.caught.connect(court.mode.fault)
    conductor.press(Press.SHOW)
    court.wait_for(10)
    onlooker = Onlooker(court)
    left = [7]
    pump = CuePlayer.pump

    def fail(player: CuePlayer) -> bool:
        if left[0]:
            left[0] -= 1
            raise RuntimeError("injected")
        return pump(player)

    monkeypatch.setattr(CuePlayer, "pump", fail)
    first = conductor.player
    court.settle(lambda: not left[0] and told(court, TroubleKind.FAULT))
    court.settle(lambda: conductor.player is not first and conductor.player.is_ready)
    conductor.press(Press.STEP_ON)
    court.wait_for(11)
    conductor.press(Press.NEXT)
    court.wait_for(80)
    seen = onlooker.stop()
    assert (seen[0], seen[-1]) == (10, 80)
    assert set(seen) <= {10, 11, 80}


@pytest.mark.soak
@pytest.mark.alone
@pytest.mark.qt_no_exception_capture
def test_twenty_exceptions_anywhere_while_it_plays_are_told_within_a_second(
    open_in_court: OpenCourt, gate: ExceptionGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    court = open_in_court([clip_item(1, 0, 149, loops=True)])
    conductor = court.mode.conductor
    gate.caught.connect(court.mode.fault)
    chance, left = random.Random(20), [0]

    def breakable(owner: type, name: str) -> Callable[[], None]:
        plain, is_broken = getattr(owner, name), [False]

        def instead(self: object, *arguments: object) -> object:
            if is_broken[0]:
                is_broken[0] = False
                left[0] -= 1
                raise RuntimeError(f"injected into {name}")
            return plain(self, *arguments)

        monkeypatch.setattr(owner, name, instead)
        return lambda: is_broken.__setitem__(0, True)

    places = [
        breakable(CuePlayer, "pump"),
        breakable(CuePlayer, "picture"),
        breakable(Conductor, "_watch_end"),
        breakable(Conductor, "standing"),
        breakable(TroubleWatch, "look"),
        breakable(SeenRecorder, "see"),
        breakable(Filmstrip, "show_place"),
    ]
    conductor.press(Press.PLAY)
    court.settle(lambda: (court.code() or FrameCode(0, 0, 0)).number > 5)
    onlooker = Onlooker(court)
    slowest = 0.0
    for _ in range(20):
        court.mode.troubles.clear(TroubleKind.FAULT)
        court.mode.console.trouble_line.show_trouble(None)
        left[0] = 1
        chance.choice(places)()
        court.settle(lambda: not left[0])
        begun = time.monotonic()
        court.settle(lambda: told(court, TroubleKind.FAULT))
        slowest = max(slowest, time.monotonic() - begun)
        if not conductor.state.is_playing:
            conductor.press(Press.PLAY)
        at = court.code()
        court.settle(lambda at=at: court.code() != at)  # type: ignore[misc]
    seen = onlooker.stop()
    print(f"told after {slowest:.2f} s at most")
    assert slowest < 1.0
    assert all(isinstance(one, int) for one in seen), "good frames alone"


@pytest.mark.qt_no_exception_capture
def test_what_is_drawn_over_the_evidence_cannot_keep_it_from_being_seen(
    open_in_court: OpenCourt, gate: ExceptionGate, scene: Scene
) -> None:
    broken = captions_of(scene, 0, 150, "Open the door", is_whole=False)
    court = open_in_court(
        [card_item(1, "R v Smith"), replace(clip_item(2, 10, 40), shows_captions=True)], captions=broken
    )
    gate.caught.connect(court.mode.fault)
    court.mode.conductor.press(Press.SHOW)
    court.mode.conductor.press(Press.NEXT)
    court.wait_for(10)
    assert TroubleKind.FAULT in court.mode.troubles.now


def test_a_display_that_goes_pauses_and_comes_back_by_itself(open_in_court: OpenCourt, qtbot: QtBot) -> None:
    court = open_in_court([clip_item(1, 10, 140)])
    conductor, screen, console = court.mode.conductor, court.mode.screen, court.mode.console
    conductor.press(Press.PLAY)
    court.settle(lambda: (court.code() or FrameCode(0, 0, 0)).number > 12)
    place = screen.geometry()
    remove_display()
    court.settle(lambda: told(court, TroubleKind.DISPLAY))
    assert not conductor.state.is_playing
    assert not screen.isVisible()
    desk = next(one for one in court.mode.displays.displays() if one.name == "DESK")
    assert (console.x(), console.y(), console.width()) == (desk.x, desk.y, desk.width), "the console stays where it is"
    assert not grab(desk.x + desk.width, desk.y, 400, 400)[:, :, :3].any(), "nothing where the display was"
    held = conductor.player.position
    add_display()
    court.settle(lambda: screen.isVisible() and not told(court, TroubleKind.DISPLAY))
    assert screen.geometry() == place
    court.settle(lambda: court.code() is not None)
    code = court.code()
    assert code is not None
    assert conductor.player.position == held
    conductor.press(Press.STEP_ON)
    court.wait_for(code.number + 1)


def test_a_display_that_comes_back_larger_is_filled_and_another_one_is_left_alone(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 140)])
    court.mode.conductor.press(Press.SHOW)
    court.wait_for(10)
    add_display("OTHER", "800/211x600/158+2700+0")
    court.settle(lambda: len(court.mode.displays.displays()) == 3)
    remove_display()
    court.settle(lambda: told(court, TroubleKind.DISPLAY))
    assert not court.mode.screen.isVisible(), "it goes to no other display by itself"
    add_display(COURT, "960/254x540/143+1366+0")
    court.settle(lambda: court.mode.screen.isVisible() and court.mode.screen.width() == 960)
    court.wait_for(10)
    court.settle(lambda: (court.mode.screen.picture is not None) and court.mode.screen.picture.image.width() == 960)
    remove_display("OTHER")


def test_a_log_that_cannot_be_written_is_told_kept_and_written_when_it_can_be(
    open_in_court: OpenCourt, monkeypatch: pytest.MonkeyPatch
) -> None:
    court = open_in_court([clip_item(1, 10, 40), clip_item(2, 60, 80)])
    conductor = court.mode.conductor
    court.settle(court.log.is_file)
    write = vars(recorder)["append_entries"]

    def full(*_arguments: object, **_options: object) -> object:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(recorder, "append_entries", full)
    conductor.press(Press.SHOW)
    court.settle(lambda: told(court, TroubleKind.LOG))
    conductor.press(Press.NEXT)
    court.wait_for(60)
    monkeypatch.setattr(recorder, "append_entries", write)
    court.settle(lambda: not told(court, TroubleKind.LOG))
    court.mode.end()
    assert check_audit(court.log).is_whole
    shown = [row.frames for row in rows_of(court.log) if row.what == "Shown"]
    assert [text.rpartition(" ")[2] for text in shown] == ["10", "60"]


def test_the_log_says_what_was_shown(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 40), card_item(2, "R v Smith"), clip_item(3, 60, 69)])
    conductor = court.mode.conductor
    conductor.press(Press.SHOW)
    court.wait_for(10)
    conductor.press(Press.STEP_ON)
    court.wait_for(11)
    conductor.press(Press.BLACK)
    conductor.press(Press.HOLD)
    conductor.press(Press.PRIVATE)
    conductor.press(Press.STEP_ON)
    conductor.press(Press.NEXT)
    conductor.press(Press.PRIVATE)
    conductor.press(Press.HOLD)
    court.wait_for(11)
    conductor.press(Press.NEXT)
    conductor.press(Press.NEXT)
    court.wait_for(60)
    conductor.press(Press.PLAY)
    court.settle(lambda: not conductor.state.is_playing)
    court.mode.end()
    rows = [row for row in rows_of(court.log) if row.what not in {"Begun", "Ended", "Trouble"}]
    short = [(row.what, row.item, row.frames.rpartition(" f ")[2]) for row in rows]
    own = [one for one in short if not one[0].startswith("Played")]
    clip = "1 Clip 1"
    assert own[:6] == [
        ("Black", "", ""),
        ("Shown", clip, "10"),
        ("Shown", clip, "11"),
        ("Black", "", ""),
        ("Held", clip, "11"),
        ("Shown", clip, "11"),
    ]
    assert own[6:8] == [("Shown", "2 R v Smith", ""), ("Shown", "3 Clip 3", "60")]
    played = [one for one in short if one[0] == "Played"]
    assert played[-1][2].endswith("to 69")
    report = check_audit(court.log)
    assert report.is_whole
    assert rows[0].by == "PC Harper"


def test_the_console_tells_no_picture_and_no_time_that_is_not_there(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 40)])
    conductor, console = court.mode.conductor, court.mode.console
    conductor.renew()  # as at the very beginning: no picture has come yet
    conductor.press(Press.SHOW)
    console.refresh()
    assert court.mode.screen.is_black
    assert console.frame_label.text().startswith("BLACK · the picture is on"), "the court does not see it yet"
    assert conductor.standing().at == conductor.show_now.cue.start, "new players stand at the start of everything"
    court.wait_for(10)
    console.refresh()
    assert console.frame_label.text() == "LIVE"


def test_what_is_shown_is_captured_with_what_was_drawn(open_in_court: OpenCourt) -> None:
    court = open_in_court([clip_item(1, 10, 40)])
    court.mode.conductor.press(Press.SHOW)
    court.wait_for(10)
    console = court.mode.console
    console.do(Act.DRAW)
    tools = court.mode.conductor.tools
    court.mode.conductor.set_tools(type(tools)(strokes=(((0.1, 0.5), (0.6, 0.5)),)))
    console.do(Act.CAPTURE)
    court.settle(lambda: len(list(court.captures.glob("*.json"))) == 1)
    facts = json.loads(next(court.captures.glob("*.json")).read_text())
    assert facts["frames"][0]["frame"] == 10
    drawn = facts["frames"][0]["drawn"]
    assert drawn["picture_size"] == [640, 360]
    assert drawn["lines"] == [[[64 * 256, 180 * 256], [384 * 256, 180 * 256]]], "in 1/256 pixel of the recording"
    assert facts["exhibit"] == "AB/1"
    assert facts["captured_by"] == "PC Harper"
    picture = next(court.captures.glob("*.png"))
    seen = court.seen()[:, :, :3]
    from PySide6.QtGui import QImage

    image = QImage(str(picture)).convertToFormat(QImage.Format.Format_RGB32)
    assert (image.width(), image.height()) == (seen.shape[1], seen.shape[0])
    yellow = image.pixelColor(seen.shape[1] * 3 // 10, seen.shape[0] // 2)
    assert yellow.red() > 200
    assert yellow.blue() < 90


def test_no_network_can_be_used_while_court_mode_is_on(open_in_court: OpenCourt) -> None:
    import socket

    court = open_in_court([clip_item(1, 10, 40)])
    with pytest.raises(NetworkRefusedError), socket.socket() as one:
        one.connect(("127.0.0.1", 9))
    with pytest.raises(NetworkRefusedError):
        socket.getaddrinfo("localhost", 80)
    court.mode.end()
    assert not NETWORK.is_on


def test_what_is_on_the_disk_at_any_moment_is_enough_to_go_on_at_the_frame(open_in_court: OpenCourt) -> None:
    items = [clip_item(1, 10, 40), clip_item(2, 60, 90, cameras=(0, 1))]
    court = open_in_court(items)
    press = court.mode.conductor.press
    press(Press.SHOW)
    press(Press.NEXT)
    press(Focus(1))
    for _ in range(3):
        press(Press.STEP_ON)
    court.wait_for(63, camera=1)
    court.settle(lambda: (stood := find_interrupted(court.journal)) is not None and stood.focus == "camera-1")
    stood = find_interrupted(court.journal)
    assert stood is not None
    court.mode.end()
    assert find_interrupted(court.journal) is None, "a show that was ended well is not gone on with"
    again = open_in_court(items, resumed=stood)
    again.wait_for(63, camera=1)
    assert again.mode.conductor.state.spot.place == 1
    assert not again.mode.conductor.state.is_playing


def test_a_recording_that_is_gone_stops_its_item_and_no_other(open_in_court: OpenCourt) -> None:
    items = [clip_item(1, 10, 40), clip_item(2, 60, 90, cameras=(1,)), clip_item(3, 100, 120)]
    court = open_in_court(items, without=1)
    conductor = court.mode.conductor
    conductor.press(Press.SHOW)
    court.wait_for(10)
    court.settle(lambda: told(court, TroubleKind.NEXT))
    conductor.press(Press.NEXT)
    court.settle(lambda: told(court, TroubleKind.PICTURE))
    assert court.code() == FrameCode(0, 0, 10), "the last good picture stays"
    line = court.mode.console.trouble_line
    assert line.trouble is not None
    assert line.trouble.next_step
    conductor.press(Press.NEXT)
    court.wait_for(100)
    court.settle(lambda: not told(court, TroubleKind.PICTURE))


def test_a_drive_that_goes_is_told_although_no_picture_needs_it_yet_and_is_back_by_itself(
    open_in_court: OpenCourt, scene: Scene
) -> None:
    path = Path(os.fsdecode(scene.timeline.cameras[1].placed[0].recording.path_bytes))
    court = open_in_court([clip_item(1, 10, 40), clip_item(2, 60, 90), clip_item(3, 60, 90, cameras=(1,))])
    court.mode.conductor.press(Press.SHOW)
    court.wait_for(10)
    court.settle(lambda: os.fsencode(path) in court.mode._drives._seen)
    away = path.rename(path.with_suffix(".away"))
    try:
        court.settle(lambda: told(court, TroubleKind.DRIVE))  # how soon: `test_court_disks`
        assert court.code() == FrameCode(0, 0, 10)
    finally:
        away.rename(path)
    court.settle(lambda: not told(court, TroubleKind.DRIVE))


def test_an_item_whose_drive_was_away_comes_on_when_it_is_tried_again(open_in_court: OpenCourt, scene: Scene) -> None:
    path = Path(os.fsdecode(scene.timeline.cameras[1].placed[0].recording.path_bytes))
    away = path.rename(path.with_suffix(".away"))
    try:
        court = open_in_court([clip_item(1, 10, 40), clip_item(2, 60, 90, cameras=(1,))])
        court.mode.conductor.press(Press.SHOW)
        court.wait_for(10)
        court.mode.conductor.press(Press.NEXT)
        court.settle(lambda: told(court, TroubleKind.PICTURE))
        assert court.code() == FrameCode(0, 0, 10)
    finally:
        away.rename(path)
    court.mode.conductor.press(Press.PLAY)
    court.settle(lambda: (code := court.code()) is not None and code.camera == 1 and code.number > 62)
