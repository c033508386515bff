"""The mixing desk in the window: keys, sliders, devices; what the bar and the lanes say of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from app.application import make_application
from app.bootstrap import Window, open_case, open_window
from app.settings import SOUND_DEVICE
from app.ui.settings_dialog import SettingsDialog
from app.ui.sound_wiring import device_choices
from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from player.sound_mix import CameraLevel, SoundMix
from player.ui.sound_device import Sink, SoundDevice, SoundDevices
from tests.app.ui.conftest import FakeSink
from tests.support.sounds import make_sound

pytestmark = pytest.mark.gui

_PATIENCE_MS = 60_000


class FakeDevices(SoundDevices):
    """A machine with devices that come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.there = [SoundDevice("desk", "Loudspeakers", True), SoundDevice("head", "Headphones", False)]
        self.made: list[str] = []

    def devices(self) -> tuple[SoundDevice, ...]:
        return tuple(self.there)

    def make_sink(self, key: str) -> Sink:
        self.made.append(key)
        return FakeSink()


@pytest.fixture(scope="module")
def loud_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of three cameras with sound."""
    media = tmp_path_factory.mktemp("loud")
    for seconds, serial in enumerate(("X6039A12B", "X6039A47C", "X5117C03F"), 4):
        make_sound(media / f"{serial}_20260314_213200_0413.mp4", seconds, "aac")
    folder = tmp_path_factory.mktemp("case") / "Loud.sightline"
    with Case.create(folder, title="Loud", reference="1", by="DC Harper") as case:
        add_files(AddRequest(folder, (os.fsencode(media),), "DC Harper"), no_progress, never_cancelled, case=case)
    return folder


@pytest.fixture
def devices(qapp: QApplication) -> FakeDevices:
    """The machine's devices."""
    return FakeDevices()


@pytest.fixture
def window(qtbot: QtBot, loud_case: Path, devices: FakeDevices) -> Iterator[Window]:
    """The window on the case."""
    with open_window(make_application(), devices=devices) as window:
        window.main.resize(1366, 768)
        window.main.show()
        qtbot.waitExposed(window.main)
        window.main.activateWindow()
        qtbot.waitUntil(window.main.isActiveWindow, timeout=_PATIENCE_MS)
        open_case(window, loud_case)
        qtbot.waitUntil(lambda: window.main.page.snapshot is not None, timeout=_PATIENCE_MS)
        yield window


def press(window: Window, *keys: str) -> None:
    """Press keys where the keyboard is."""
    for key in keys:
        QTest.keySequence(QApplication.focusWidget() or window.main, QKeySequence.fromString(key))


def heard(window: Window) -> str:
    """What the bar says."""
    return window.main.page.transport.sound.text()


def test_s_hears_one_camera_and_shift_s_all_that_are_not_muted(window: Window) -> None:
    names = [camera.name for camera in window.main.page.snapshot.cameras] if window.main.page.snapshot else []
    assert names[0].startswith(heard(window).removesuffix("…"))
    assert len(window.shell.sound.heard) == 1
    window.main.page.next_camera(1)
    press(window, "S")
    assert [window.main.page.focus_camera] == list(window.shell.sound.heard)
    press(window, "Shift+S")
    assert heard(window) == "mix of 3"
    press(window, "Shift+S")
    assert heard(window) == ""
    press(window, "Shift+S")
    tab = window.main.page.sound_tab
    press(window, "Alt+S")
    row = list(tab.rows.values())[2]
    QTest.mouseClick(row.mute, Qt.MouseButton.LeftButton)
    assert heard(window) == "mix of 2"
    press(window, "S", "S")
    assert heard(window) == ""


def test_a_row_sets_loudness_and_place_by_keyboard_and_says_so(window: Window, qtbot: QtBot) -> None:
    press(window, "Alt+S")
    tab = window.main.page.sound_tab
    camera, row = next(iter(tab.rows.items()))
    row.gain.setFocus()
    press(window, "Right", "Right", "Right")
    row.placement.setFocus()
    press(window, "PgDown")
    assert window.shell.sound.mix.level(camera) == CameraLevel(3, -50)
    assert (row.gain_words.text(), row.placement_words.text()) == ("+3 dB", "left 50")
    QTest.mouseDClick(row.placement, Qt.MouseButton.LeftButton, pos=QPoint(20, 8))
    assert window.shell.sound.mix.level(camera) == CameraLevel(3, 0)
    row.show_peak(1.0)
    assert row.meter.level_db == 0


def test_a_case_is_heard_again_as_before(window: Window, qtbot: QtBot, loud_case: Path) -> None:
    press(window, "Shift+S")
    mix = window.shell.sound.mix
    press(window, "Ctrl+W")
    qtbot.waitUntil(lambda: window.shell.session.snapshot is None, timeout=_PATIENCE_MS)
    assert window.shell.sound.mix == SoundMix()
    open_case(window, loud_case)
    qtbot.waitUntil(lambda: window.shell.session.snapshot is not None, timeout=_PATIENCE_MS)
    assert window.shell.sound.mix == mix


def test_the_chosen_device_is_used_while_it_is_there(window: Window, qtbot: QtBot, devices: FakeDevices) -> None:
    press(window, "Space")
    qtbot.waitUntil(lambda: devices.made == ["desk"], timeout=_PATIENCE_MS)
    press(window, "Alt+S")
    box = window.main.page.sound_tab.device
    assert [box.itemText(number) for number in range(box.count())] == [
        "The system's choice (Loudspeakers)",
        "Loudspeakers",
        "Headphones",
    ]
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert window.shell.settings.get(SOUND_DEVICE) == "head"
    qtbot.waitUntil(lambda: devices.made[-1] == "head", timeout=_PATIENCE_MS)
    devices.there.pop()
    devices.changed.emit()
    qtbot.waitUntil(lambda: devices.made[-1] == "desk", timeout=_PATIENCE_MS)
    assert device_choices(window.shell.sound)[-1] == ("head", "The chosen device (not connected)")
    devices.there[0] = SoundDevice("hall", "Court room", True)
    devices.changed.emit()
    qtbot.waitUntil(lambda: devices.made[-1] == "hall", timeout=_PATIENCE_MS)
    qtbot.waitUntil(lambda: heard(window).endswith(": silent"), timeout=_PATIENCE_MS)


def test_the_device_is_a_setting_too(window: Window) -> None:
    window.main.show_settings()
    dialog = next(one for one in QApplication.topLevelWidgets() if isinstance(one, SettingsDialog) and one.isVisible())
    box: QWidget = dialog.editors[SOUND_DEVICE.id]
    assert isinstance(box, QComboBox)
    assert box.count() == 3
    dialog.close()
