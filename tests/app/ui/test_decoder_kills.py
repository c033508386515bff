"""Decoders killed and stopped in the real window, whatever it is doing: it goes on, and every tile tells the truth."""

from __future__ import annotations

import gc
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from fractions import Fraction
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.application import make_application
from app.bootstrap import Window, open_case, open_window
from app.settings import PREVIEWS, PreviewChoice
from evidence.child_process import start_child
from evidence.times import IncidentTime
from player.pictures import TileState
from tests.app.ui.conftest import FakeSink
from tests.support.children import OwnBlocks, children_of, decoders_of, left_behind
from tests.support.loop_watch import LoopWatch
from tests.support.window_pixels import codes_on_screen

pytestmark = pytest.mark.gui
_PATIENCE_MS = 60_000
_LONGEST_MS = 100
_FINAL = {TileState.SHOWN, TileState.NOT_RECORDING, TileState.FAILED}


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> OwnBlocks:
    """The shared memory of this process."""
    return OwnBlocks(monkeypatch)


@pytest.fixture
def opened(qtbot: QtBot, case_folder: Path) -> Iterator[tuple[Window, ExitStack]]:
    """The window on the case of four recordings, without previews, and what closes it."""
    with ExitStack() as undo:
        window = undo.enter_context(open_window(make_application(), make_sink=FakeSink))
        window.shell.settings.set(PREVIEWS, PreviewChoice.OFF.value)
        window.main.resize(1366, 768)
        window.main.move(0, 0)
        window.main.show()
        qtbot.waitExposed(window.main)
        open_case(window, case_folder)
        qtbot.waitUntil(lambda: window.shell.session.snapshot is not None, timeout=_PATIENCE_MS)
        _settle(qtbot, window)
        yield window, undo


def test_decoders_that_die_while_it_plays_scrubs_and_steps_are_replaced(
    qtbot: QtBot, opened: tuple[Window, ExitStack]
) -> None:
    window, _ = opened
    _kill_and_check(qtbot, window, kills=8, seed=5, stop_share=0.0, check_every=4)


@pytest.mark.soak
def test_three_hundred_kills_and_hangs_never_stop_the_window(
    qtbot: QtBot, blocks: OwnBlocks, opened: tuple[Window, ExitStack]
) -> None:
    window, undo = opened
    threads = set(threading.enumerate())
    idle, watch = LoopWatch(), LoopWatch()
    idle.begin()
    _start_processes_for(qtbot, 20.0)
    idle.stop()
    watch.begin()
    _kill_and_check(qtbot, window, kills=300, seed=300, stop_share=0.2, check_every=10)
    watch.stop()
    told = f"{watch} with kills; {idle} where processes are only started"
    print(told)
    assert len(decoders_of()) <= 6, "each camera has one decoder, and one stands ready"
    others = set(children_of()) - set(decoders_of())
    undo.close()
    assert left_behind(others) == {}
    assert blocks.named() == set()
    assert set(threading.enumerate()) <= threads
    assert watch.longest_busy_ms <= _LONGEST_MS, told
    assert watch.longest_ms <= max(_LONGEST_MS, 2 * idle.longest_ms), told


def _start_processes_for(qtbot: QtBot, seconds: float) -> None:
    """Start and end processes as often as kills make the window do; it has to wait for the system each time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start_child(gc.enable, name="nothing").join()
        qtbot.wait(250)


def _kill_and_check(
    qtbot: QtBot, window: Window, *, kills: int, seed: int, stop_share: float, check_every: int
) -> None:
    chance = random.Random(seed)
    for number in range(1, kills + 1):
        _act_for(qtbot, window, chance, chance.uniform(0.05, 0.4))
        victims = decoders_of()
        if victims:
            how = signal.SIGSTOP if chance.random() < stop_share else signal.SIGKILL
            with suppress(ProcessLookupError):  # one that was killed before may have gone only now
                os.kill(chance.choice(victims), how)
        if number % check_every == 0:
            _check_at_rest(qtbot, window, chance)


def _act_for(qtbot: QtBot, window: Window, chance: random.Random, seconds: float) -> None:
    """Do what a person does: play at some speed, scrub, or step."""
    engine, playback = window.engine, window.shell.playback
    doing = chance.choice(["play", "play", "scrub", "step"])
    if doing == "play":
        playback.seek(_somewhere(window, chance))
        engine.set_rate(Fraction(chance.choice(["1", "2", "-1", "4", "1/2", "-8"])))
        engine.play()
        playback.asked.emit()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if doing == "scrub":
            playback.scrub(_somewhere(window, chance))
        elif doing == "step":
            playback.step(chance.choice([1, 1, -1, -1, 5, -5]))
        qtbot.wait(20)
    if doing == "scrub":
        playback.end_scrub()


def _check_at_rest(qtbot: QtBot, window: Window, chance: random.Random) -> None:
    """Stand somewhere: every tile shows its frame, by its pixels, or says why not; then another place works."""
    window.engine.pause()
    failed: list[str] = []
    for _ in range(4):  # a camera whose decoder was stopped twice may fail now for the third time
        instant = _somewhere(window, chance)
        window.shell.playback.seek(instant)
        _settle(qtbot, window)
        assert window.engine.position == instant
        failed = _check_tiles(window, instant)
        if not failed:
            return
    assert not failed, f"what was killed is not tried again: {failed}"


def _check_tiles(window: Window, instant: IncidentTime) -> list[str]:
    """Compare the pixels with what every tile says; return why tiles failed."""
    codes = codes_on_screen(window.main.page.surface)
    failed: list[str] = []
    for tile in window.engine.pictures():
        if tile.state is TileState.SHOWN:
            assert tile.spot is not None
            assert tile.spot.start <= instant < tile.spot.end
            code = codes[tile.camera_id]
            assert code is not None, f"no code can be read in {tile.camera_id}"
            assert code.number == tile.spot.frame
        elif tile.state is TileState.FAILED:
            assert "three times in a row" in tile.reason
            failed.append(tile.reason)
    return failed


def _settle(qtbot: QtBot, window: Window) -> None:
    """Wait until every tile shows what was asked for, on the screen too, or says that it never will."""
    surface = window.main.page.surface

    def is_settled() -> bool:
        engine = window.engine
        tiles = {tile.camera_id: tile for tile in engine.pictures()}
        if not tiles or engine.position != engine.target or engine.is_playing:
            return False
        if any(tile.state not in _FINAL for tile in tiles.values()):
            return False
        frames = {one.camera_id: (one.state, one.frame) for one in surface.painted()}
        return all(
            frames.get(camera_id, (None, 0))[0] is tile.state
            and (tile.state is not TileState.SHOWN or tile.spot is None or frames[camera_id][1] == tile.spot.frame)
            for camera_id, tile in tiles.items()
        )

    qtbot.waitUntil(is_settled, timeout=_PATIENCE_MS)


def _somewhere(window: Window, chance: random.Random) -> IncidentTime:
    span = window.engine.span
    return IncidentTime(chance.randrange(span.start, span.end))
