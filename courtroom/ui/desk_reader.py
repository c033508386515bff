"""Reads what the desktop tells before a preflight: displays with their modes, sound devices, whether it stays awake."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from courtroom.preflight.desk_step import Screen, Surroundings
from courtroom.preflight.sound_level import SoundLevel, read_level
from courtroom.ui.display_watch import DisplayWatch
from courtroom.ui.guards import AwakeGuard
from player.ui.sound_device import SoundDevices


def read_desk(application: QGuiApplication, devices: SoundDevices, *, tries_sleep: bool = True) -> Surroundings:
    """Return what the desktop tells now; on the UI thread.

    Args:
        application: Qt's.
        devices: the machine's sound devices.
        tries_sleep: keep the displays awake for a moment, to see whether that can be done.
    """
    watch = DisplayWatch(application)
    by_name = {screen.name(): screen for screen in application.screens()}
    screens: list[Screen] = []
    for display in watch.displays():
        screen = by_name[display.name]
        ratio = screen.devicePixelRatio()
        width, height = round(display.width * ratio), round(display.height * ratio)
        screens.append(Screen(display, width, height, round(screen.refreshRate() * 1000)))
    watch.deleteLater()
    trouble: str | None = None
    if tries_sleep:
        guard = AwakeGuard()
        guard.begin()
        trouble = guard.trouble
        guard.end()
    sounds = tuple(device.name for device in devices.devices())
    level = read_level() if sounds else SoundLevel()
    return Surroundings(tuple(screens), sounds, level.is_muted, level.percent, trouble)
