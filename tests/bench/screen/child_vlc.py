"""Four libVLC players in one program, each in a window of its own, told together."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from tests.bench.screen.grid import TILES
from tests.bench.serving import Commands, say

_OPTIONS = ("--quiet", "--no-audio", "--no-video-title-show", "--no-osd", "--no-spu", "--vout=x11", "--avcodec-hw=none")


def main(paths: list[str]) -> None:
    """Play until told to end."""
    vlc: Any = importlib.import_module("vlc")  # it says nothing of its types
    application = QApplication(sys.argv[:1])
    instance = vlc.Instance(*_OPTIONS)
    windows: list[QWidget] = []
    players: list[Any] = []
    for path, tile in zip(paths, TILES, strict=True):
        window = QWidget()
        window.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.BypassWindowManagerHint)
        window.setGeometry(*tile)
        window.show()
        player = instance.media_player_new()
        player.set_media(instance.media_new(path, ":start-paused"))
        player.set_xwindow(int(window.winId()))
        windows.append(window)
        players.append(player)
    for player in players:
        player.play()

    def do(word: str, value: float) -> str:
        if word == "rate" and value < 0:
            return "cannot"
        actions: dict[str, Callable[[Any], object]] = {
            "play": lambda player: player.set_pause(0),
            "pause": lambda player: player.set_pause(1),
            "seek": lambda player: player.set_time(int(value / 1e6)),
            "rate": lambda player: player.set_rate(value),
        }
        for player in players:
            actions[word](player)
        return "done"

    commands = Commands(application, do)
    QTimer.singleShot(2_000, lambda: say("ready"))
    application.exec()
    del commands
    for player in players:
        player.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
