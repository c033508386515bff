"""The preflight in its window, by the keyboard: check, rehearsal by pixels, certificate; proxies where they help."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.application import make_application
from app.jobs import JobRunner
from app.own_keys import own_keys
from app.pack_verdicts import PackVerdicts
from app.preflight import preflight_folder, preflight_words
from app.settings import Settings
from app.ui.preflight_room import PreflightRoom
from app.ui.theme import Theme
from courtroom.pack.verify import nobody_known
from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.report import Report
from courtroom.show.source import load_from_pack
from player.sound_protocol import SOUND_RATE
from player.ui.sound_device import OneDevice
from resources import path
from tests.app.ui.conftest import PATIENCE_MS, FakeChoosers
from tests.support.packs import SIGNING_KEY
from tests.support.playable_packs import PackPlan, make_playable_pack

pytestmark = pytest.mark.gui


class Loudspeaker:
    """A device that takes what it is given at once, and remembers it."""

    def __init__(self) -> None:
        self.pcm = bytearray()
        self.words = ""

    def start(self) -> bool:
        self.pcm.clear()
        return not self.words

    def stop(self) -> None:
        pass

    def free_samples(self) -> int:
        return SOUND_RATE

    def write(self, pcm: bytes) -> int:
        self.pcm += pcm
        return len(pcm)

    def played_samples(self) -> int:
        return len(self.pcm) // 4

    def trouble(self) -> str:
        return self.words

    @property
    def sides(self) -> NDArray[np.int16]:
        """What each side was given, left first."""
        return np.frombuffer(bytes(self.pcm), dtype="<i2").reshape(-1, 2).T


@pytest.fixture
def loudspeaker() -> Loudspeaker:
    """The court's sound."""
    return Loudspeaker()


@pytest.fixture
def choosers() -> FakeChoosers:
    """What the user will choose."""
    return FakeChoosers()


@pytest.fixture
def bare_room(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    loudspeaker: Loudspeaker,
    choosers: FakeChoosers,
) -> Iterator[PreflightRoom]:
    """A room of its own, its user's folders empty but for one known key."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    own_keys().remember(SIGNING_KEY.public, "DC Grey")
    application = make_application()
    settings = Settings(tmp_path / "settings.json")
    jobs, window = JobRunner(), QWidget()
    choosers.new_file = tmp_path / "certificate.html"
    qtbot.addWidget(window)
    room = PreflightRoom(
        window,
        jobs=jobs,
        settings=settings,
        theme=Theme(application, settings),
        choosers=choosers,
        verdicts=PackVerdicts(),
        say_error=lambda error: pytest.fail(str(error)),
        tries_sleep=False,
        devices=OneDevice(lambda: loudspeaker),
    )
    yield room
    room.close()
    jobs.close()


@pytest.fixture
def room(bare_room: PreflightRoom, tmp_path: Path, choosers: FakeChoosers) -> PreflightRoom:
    """The room, and a pack that will be chosen."""
    choosers.folder = make_playable_pack(tmp_path / "home", PackPlan(speed=Fraction(1, 8)))
    return bare_room


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
    qtbot.waitUntil(lambda: "failed" in view.about.text(), timeout=PATIENCE_MS)


def test_the_buttons_of_the_sound_test_speak_and_sound_on_the_side_that_they_name(
    qtbot: QtBot, bare_room: PreflightRoom, loudspeaker: Loudspeaker, tmp_path: Path
) -> None:
    bare_room.open(tmp_path)
    view = bare_room.view
    assert view is not None
    assert not view.heard_button.isEnabled(), "there is no preflight yet in which it could be noted"
    words = []
    for name in ("left", "right"):
        with wave.open(str(path(f"sounds/{name}.wav")), "rb") as file:
            words.append(np.frombuffer(file.readframes(file.getnframes()), dtype="<i2"))
    QTest.mouseClick(view.speak_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: loudspeaker.sides.shape[1] > sum(map(len, words)) + SOUND_RATE, timeout=PATIENCE_MS)
    left, right = loudspeaker.sides
    begins = int(np.flatnonzero(right)[0]) - int(np.flatnonzero(words[1])[0])
    assert np.array_equal(left[: len(words[0])], words[0])
    assert not left[begins:].any(), "“left” is over, and is on the left alone, before “right” begins"
    assert not right[:begins].any()
    assert np.array_equal(right[begins : begins + len(words[1])], words[1])

    for side, button in enumerate((view.left_button, view.right_button)):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: loudspeaker.sides.shape[1] > SOUND_RATE, timeout=PATIENCE_MS)
        tone, silence = loudspeaker.sides[side], loudspeaker.sides[1 - side]
        assert not silence.any()
        assert np.abs(np.fft.rfft(tone[:SOUND_RATE])).argmax() == 440, "hertz"

    qtbot.waitUntil(lambda: "Check it to see" in view.about.text(), timeout=PATIENCE_MS)
    loudspeaker.words = "The sound device was pulled out."
    QTest.mouseClick(view.speak_button, Qt.MouseButton.LeftButton)
    assert view.left.text() == "The sound device was pulled out."


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
