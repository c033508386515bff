"""Our player with sound as a program of its own: the real widget, engine and way to the speakers, two cameras."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from evidence.times import IncidentTime
from player.engine import Engine
from player.pictures import TileState
from player.sound_mix import SoundMix
from player.ui.layout import LayoutKind
from player.ui.overlay import CameraLabel
from player.ui.sound_output import SoundOutput
from player.ui.surface import TileSurface
from sync.timeline import CameraTimeline, Timeline
from tests.bench.screen.grid import SIZE
from tests.bench.serving import Commands, say
from tests.bench.sound.bursts import clip_plan
from tests.support.clips import START_NS, make_scene, open_clip

_SOUND_STREAM = 1


def main(paths: list[str]) -> None:
    """Show and play the clips until told to end; all of them are heard until something else is said."""
    application = QApplication(sys.argv[:1])
    clips = [open_clip(Path(path), clip_plan(number)) for number, path in enumerate(paths)]
    scene = make_scene([[(clip, 0)] for clip in clips])
    engine = Engine()
    engine.load(Timeline(tuple(_with_sound(row) for row in scene.timeline.cameras), ()), scene.find_index)
    cameras = [f"camera-{number}" for number in range(len(paths))]
    surface = TileSurface(engine, lambda _instant: "21:32:00")
    surface.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.BypassWindowManagerHint)
    surface.set_cameras([CameraLabel(camera, camera, "#4da3ff") for camera in cameras])
    surface.set_layout(LayoutKind.TWO_BY_TWO)
    surface.setGeometry(0, 0, *SIZE)
    surface.show()
    output = SoundOutput(engine)
    output.set_cameras(cameras)

    def do(word: str, value: float) -> str:
        if word == "play":
            engine.play()
        elif word == "pause":
            engine.pause()
        elif word == "seek":
            engine.seek(IncidentTime(START_NS + int(value)))
        elif word == "rate":
            engine.set_rate(Fraction(value))
        elif word == "hear":
            output.set_mix(SoundMix(solo=frozenset(cameras[: int(value)])))
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
    output.close()
    surface.hide()
    engine.close()


def _with_sound(row: CameraTimeline) -> CameraTimeline:
    placed = [replace(one, recording=replace(one.recording, audio_stream=_SOUND_STREAM)) for one in row.placed]
    return replace(row, placed=tuple(placed))


if __name__ == "__main__":
    main(sys.argv[1:])
