"""The preflight in its window, by the keyboard: check, rehearsal by pixels, certificate; proxies where they help."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.application import make_application
from app.jobs import JobRunner
from app.own_keys import own_keys
from app.preflight import preflight_folder, preflight_words
from app.settings import Settings
from app.ui.preflight_room import PreflightRoom
from app.ui.theme import Theme
from courtroom.pack.verify import nobody_known
from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.report import Report
from courtroom.show.source import load_from_pack
from tests.app.ui.conftest import PATIENCE_MS, FakeChoosers
from tests.support.packs import SIGNING_KEY
from tests.support.playable_packs import PackPlan, make_playable_pack

pytestmark = pytest.mark.gui


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PreflightRoom]:
    """A room of its own, its user's folders empty but for one known key."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    own_keys().remember(SIGNING_KEY.public, "DC Grey")
    application = make_application()
    settings = Settings(tmp_path / "settings.json")
    jobs, window, choosers = JobRunner(), QWidget(), FakeChoosers()
    choosers.folder = make_playable_pack(tmp_path / "home", PackPlan(speed=Fraction(1, 8)))
    choosers.new_file = tmp_path / "certificate.html"
    qtbot.addWidget(window)
    room = PreflightRoom(
        window,
        jobs=jobs,
        settings=settings,
        theme=Theme(application, settings),
        choosers=choosers,
        say_error=lambda error: pytest.fail(str(error)),
        tries_sleep=False,
    )
    yield room
    room.close()
    jobs.close()


def test_a_pack_is_checked_shown_and_certified_by_the_keyboard(
    qtbot: QtBot, room: PreflightRoom, tmp_path: Path
) -> None:
    room.choose()
    view = room.view
    assert view is not None
    qtbot.waitUntil(lambda: "not preflighted" in view.about.text(), timeout=PATIENCE_MS)
    source = load_from_pack(tmp_path / "home" / "Court pack", nobody_known)
    assert preflight_words(source) == "This pack was not preflighted on this machine."
    assert view.focusWidget() is view.check_button
    QTest.keyClick(view.check_button, Qt.Key.Key_Space)
    assert view.cancel_button.isVisible()
    qtbot.waitUntil(lambda: room.rehearsal is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: room.rehearsal is None and view.report is not None, timeout=PATIENCE_MS)
    report = view.report
    assert report is not None
    seen = [one for one in report.results if one.check is Check.REHEARSAL]
    assert [one.outcome for one in seen] == [Outcome.PASS], seen
    assert [str(one) for one in report.results if one.outcome is Outcome.FAIL] == []
    assert view.table.rowCount() == len(report.results)
    first = view.table.item(0, 0)
    assert first is not None
    assert first.text() == "Note", "what is to be read stands above what is well"
    assert (preflight_folder(source.id) / "preflight.json").is_file()
    assert preflight_words(source) == ""
    QTest.keyClick(view.certificate_button, Qt.Key.Key_Space)
    qtbot.waitUntil((tmp_path / "certificate.html").is_file, timeout=PATIENCE_MS)
    assert "PASSED" in (tmp_path / "certificate.html").read_text()
    QTest.keyClick(view.silent_button, Qt.Key.Key_Space)
    assert view.report is not None
    assert view.report.outcome is Outcome.FAIL, "nobody heard the tone"
    assert "failed" in preflight_words(source)


def test_only_an_item_that_is_too_slow_is_offered_a_proxy(qtbot: QtBot, room: PreflightRoom) -> None:
    room.choose()
    view = room.view
    assert view is not None
    assert not view.proxy_button.isEnabled()
    asked: list[object] = []
    view.proxy_wanted.disconnect()
    view.proxy_wanted.connect(asked.append)
    slow = Result(Check.SPEED, Outcome.FAIL, "0.4 times real time.", "Make a proxy.", 2, "Door", can_be_eased=True)
    other = Result(Check.POWER, Outcome.FAIL, "On battery.", "Connect the power.")
    view.show_report(
        Report("p", "", "", "", "", "", "Europe/London", "", "", 0, 0, "", False, ("A", "Door"), (slow, other))
    )
    view.table.setCurrentCell(0, 0)
    QTest.keyClick(view.proxy_button, Qt.Key.Key_Space)
    assert asked == [(2,)]
    view.table.setCurrentCell(1, 0)
    assert not view.proxy_button.isEnabled()
    view.close()
    assert not view.isVisible()
