"""Damaged recordings are added, opened and played in the real window: it never stops, and tells of every failure."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.application import make_application
from app.bootstrap import Window, open_case, open_window
from app.settings import PREVIEWS, PreviewChoice
from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.records import Recording
from evidence.times import IncidentTime
from player.pictures import TileState
from player.ui.layout import LayoutKind
from tests.app.ui.conftest import BY, FakeSink
from tests.support.children import OwnBlocks, children_of, left_behind
from tests.support.fuzz import damage, sources_in
from tests.support.loop_watch import LoopWatch

pytestmark = pytest.mark.gui
_PATIENCE_MS = 60_000
_LONGEST_MS = 100
_FINAL = {TileState.SHOWN, TileState.NOT_RECORDING, TileState.FAILED, TileState.SOUND_ONLY}


def test_damaged_recordings_play_or_say_why_not(qtbot: QtBot, originals: Path, tmp_path: Path) -> None:
    files = [damage(sources_in(originals), tmp_path, seed) for seed in (0, 1, 2, 4, 5)]
    _add_and_play(qtbot, tmp_path / "Case.sightline", files, LoopWatch(), play_s=0.1)


@pytest.mark.soak
@pytest.mark.media
@pytest.mark.parametrize("batch", range(10))
def test_two_hundred_damaged_real_recordings_play_or_say_why_not(
    qtbot: QtBot, media: Path, tmp_path: Path, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "damaged"
    folder.mkdir()
    files = [damage(sources_in(media), folder, seed) for seed in range(batch * 20, batch * 20 + 20)]
    blocks, threads, children = OwnBlocks(monkeypatch), set(threading.enumerate()), children_of()
    watch = LoopWatch()
    added, failed = _add_and_play(qtbot, tmp_path / "Case.sightline", files, watch, play_s=0.4)
    told = f"{watch}; {added} of {len(files)} were added, {failed} tiles said what failed"
    print(told)
    assert left_behind(children) == {}
    assert blocks.named() == set()
    assert set(threading.enumerate()) <= threads
    assert watch.longest_busy_ms <= _LONGEST_MS, told


def _add_and_play(
    qtbot: QtBot, case_folder: Path, files: Sequence[Path], watch: LoopWatch, *, play_s: float
) -> tuple[int, int]:
    """Return how many recordings were added, and how many tiles said that something failed."""
    recordings = _added(case_folder, files)
    failed = 0
    with ExitStack() as undo:
        window = undo.enter_context(open_window(make_application(), make_sink=FakeSink))
        undo.callback(watch.stop)
        window.shell.settings.set(PREVIEWS, PreviewChoice.OFF.value)
        window.main.resize(1366, 768)
        window.main.show()
        qtbot.waitExposed(window.main)
        open_case(window, case_folder)
        qtbot.waitUntil(lambda: window.shell.session.snapshot is not None, timeout=_PATIENCE_MS)
        window.main.page.surface.set_layout(LayoutKind.TWO_BY_TWO)
        watch.begin()
        for recording in recordings:
            failed += _play_through(qtbot, window, recording, play_s)
    return len(recordings), failed


def _added(case_folder: Path, files: Sequence[Path]) -> list[Recording]:
    """Add the files to a new case; each is added, or refused with a reason."""
    with Case.create(case_folder, title="Fuzz", reference="F/1", by=BY) as case:
        request = AddRequest(case_folder, tuple(map(os.fsencode, files)), BY)
        result = add_files(request, no_progress, never_cancelled, case=case)
        told = [*result.added, *result.duplicates, *result.refused, *result.ignored]
        assert len(told) == len(files), result
        assert all(refusal.finding.happened for refusal in result.refused)
        return list(case.recordings())


def _play_through(qtbot: QtBot, window: Window, recording: Recording, play_s: float) -> int:
    """Look at a recording's beginning, middle and end, and play and step there; return how often it said it failed."""
    surface, playback, engine = window.main.page.surface, window.shell.playback, window.engine
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    places = [place for row in snapshot.timeline.cameras for place in row.placed if place.recording.id == recording.id]
    surface.set_focus_camera(recording.camera_id)
    playback.set_focus(recording.camera_id)
    failed = 0
    for span in [place.span for place in places]:
        for instant in (span.start, span.start + span.duration_ns // 2, span.end - 1):
            playback.seek(_clamped(window, instant))
            failed += _settled(qtbot, window)
            for rate in ("1", "-2"):
                engine.set_rate(Fraction(rate))
                engine.play()
                playback.asked.emit()
                _go_on(qtbot, play_s)
            engine.pause()
            for step in (1, -1, -1):
                playback.step(step)
                _go_on(qtbot, 0.02)
            failed += _settled(qtbot, window)
    return failed


def _clamped(window: Window, instant: int) -> IncidentTime:
    span = window.engine.span
    return IncidentTime(min(max(instant, span.start), span.end - 1))


def _go_on(qtbot: QtBot, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        qtbot.wait(10)


def _settled(qtbot: QtBot, window: Window) -> int:
    """Wait until every tile shows its frame or says why not on the screen; return how many give a reason."""
    qtbot.waitUntil(partial(_is_settled, window), timeout=_PATIENCE_MS)
    tiles = [tile for tile in window.engine.pictures() if tile.state is TileState.FAILED]
    assert all(tile.reason for tile in tiles)
    return len(tiles)


def _is_settled(window: Window) -> bool:
    engine = window.engine
    tiles = engine.pictures()
    if not tiles or engine.is_playing or engine.position != engine.target:
        return False
    painted = {one.camera_id: one.state for one in window.main.page.surface.painted()}
    return all(tile.state in _FINAL and painted.get(tile.camera_id) is tile.state for tile in tiles)
