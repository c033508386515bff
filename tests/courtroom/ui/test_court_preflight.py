"""Preflight beside the show: told on the UI thread, stopped when an item plays, refused where it would disturb."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from courtroom.ui.court_preflight import CourtPreflight, Work
from evidence.errors import Cancelled, UsageError
from evidence.jobs import IsCancelled, Progress, ProgressReport

pytestmark = pytest.mark.gui
PATIENCE_MS = 60_000


def until_stopped(progress: Progress, cancelled: IsCancelled) -> str:
    """Work that never ends by itself."""
    progress(ProgressReport(430, 1000, "", "Decoding every frame"))
    while not cancelled():
        threading.Event().wait(0.01)
    raise Cancelled("It was cancelled.")


def passes(_progress: Progress, _cancelled: IsCancelled) -> str:
    return "PASSED"


def breaks(_progress: Progress, _cancelled: IsCancelled) -> str:
    raise UsageError("The stick is gone.")


def told_by(work: Work | None) -> tuple[CourtPreflight, list[str]]:
    told: list[str] = []
    one = CourtPreflight(None if work is None else lambda: work)
    one.told.connect(told.append)
    return one, told


def test_it_tells_what_came_of_it(qtbot: QtBot, qapp: QApplication) -> None:
    for work, words in ((passes, "PASSED"), (breaks, "could not be done")):
        one, told = told_by(work)
        one.press(is_playing=False)
        assert one.is_running
        qtbot.waitUntil(lambda one=one: not one.is_running, timeout=PATIENCE_MS)  # type: ignore[misc]
        assert words in told[-1]
        one.close()


def test_it_stops_when_an_item_plays_and_when_it_is_pressed_again(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courtroom.ui.court_preflight._TELL_EVERY_NS", -1)
    one, told = told_by(until_stopped)
    one.press(is_playing=False)
    qtbot.waitUntil(lambda: "43 %" in told[-1], timeout=PATIENCE_MS)
    one.stop("Preflight was stopped, since an item plays.")
    qtbot.waitUntil(lambda: not one.is_running, timeout=PATIENCE_MS)
    assert told[-1].endswith("an item plays.")
    one.press(is_playing=False)
    one.press(is_playing=False)
    qtbot.waitUntil(lambda: not one.is_running, timeout=PATIENCE_MS)
    assert "says nothing" in told[-1]
    one.press(is_playing=False)
    one.close()
    assert not one.is_running


def test_it_is_not_begun_while_an_item_plays_nor_on_a_case(qapp: QApplication) -> None:
    one, told = told_by(passes)
    one.press(is_playing=True)
    assert "pause first" in told[-1]
    case, told = told_by(None)
    case.press(is_playing=False)
    assert "Only a court pack" in told[-1]
