"""Our player as a program of its own: the real widget and engine, four cameras, nothing around them."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from evidence.times import IncidentTime
from player.engine import Engine
from player.pictures import TileState
from player.ui.layout import LayoutKind
from player.ui.overlay import CameraLabel
from player.ui.surface import TileSurface
from tests.bench.screen.grid import SIZE
from tests.bench.serving import Commands, say
from tests.support.clips import START_NS, ClipPlan, make_scene, open_clip


def main(paths: list[str]) -> None:
    """Show the clips until told to end."""
    application = QApplication(sys.argv[:1])
    clips = [open_clip(Path(path), ClipPlan(number=number)) for number, path in enumerate(paths)]
    scene = make_scene([[(clip, 0)] for clip in clips])
    engine = Engine()
    engine.load(scene.timeline, scene.find_index)
    surface = TileSurface(engine, lambda _instant: "21:32:00")
    surface.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.BypassWindowManagerHint)
    surface.set_cameras([CameraLabel(f"camera-{number}", f"BWV {number}", "#4da3ff") for number in range(len(paths))])
    surface.set_layout(LayoutKind.TWO_BY_TWO)
    surface.setGeometry(0, 0, *SIZE)
    surface.show()

    def do(word: str, value: float) -> str:
        if word == "play":
            engine.play()
        elif word == "pause":
            engine.pause()
        elif word == "seek":
            engine.seek(IncidentTime(START_NS + int(value)))
        elif word == "rate":
            engine.set_rate(Fraction(value))
        surface.wake()
        return "done"

    def tell_when_ready() -> None:
        painted = surface.painted()
        if len(painted) == len(paths) and all(one.state is TileState.SHOWN for one in painted):
            waiting.stop()
            say("ready")

    waiting = QTimer()
    waiting.timeout.connect(tell_when_ready)
    waiting.start(50)
    commands = Commands(application, do)
    application.exec()
    del commands
    surface.hide()
    engine.close()


if __name__ == "__main__":
    main(sys.argv[1:])
