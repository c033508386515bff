"""The whole program as a process that is told by lines what to do.

Its arguments are the case's folder, width and height of the window, and which previews are made. It answers
`ready` once every picture is on the screen. Instants are ns from the start of the case. `told` is answered
with the position and, over all refreshes so far, how many tiles there were, were late, and showed a proxy.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import QTimer

from app.application import make_application
from app.bootstrap import open_case, open_window
from app.settings import PREVIEWS, PreviewChoice
from evidence.times import IncidentTime
from player.pictures import TileState
from tests.bench.serving import Commands, say


def main(case: Path, width: int, height: int, previews: str) -> None:
    """Show the case until told to end."""
    application = make_application()
    with open_window(application) as window:
        window.shell.settings.set(PREVIEWS, PreviewChoice(previews).value)
        window.main.setGeometry(0, 0, width, height)
        window.main.show()
        open_case(window, case)
        engine, playback = window.engine, window.shell.playback
        seen = [0, 0, 0]

        def look(_position: object) -> None:
            tiles = engine.pictures()
            seen[0] += len(tiles)
            seen[1] += sum(tile.state in {TileState.LATE, TileState.LOADING} for tile in tiles)
            seen[2] += sum(tile.picture is not None and tile.picture.is_proxy for tile in tiles)

        window.main.page.surface.refreshed.connect(look)

        def do(word: str, value: float) -> str:
            instant = IncidentTime(engine.span.start + int(value))
            if word == "play":
                engine.play()
            elif word == "pause":
                engine.pause()
            elif word == "seek":
                playback.seek(instant)
            elif word == "scrub":
                playback.scrub(instant)
            elif word == "end_scrub":
                playback.end_scrub()
            elif word == "step":
                playback.step(int(value))
            elif word == "rate":
                engine.set_rate(Fraction(value))
            elif word == "settled":
                return "done" if engine.position == engine.target and not engine.is_busy else "cannot"
            elif word == "has_jobs":
                return "done" if window.shell.jobs.running else "cannot"
            elif word == "told":
                return json.dumps([engine.position, *seen])
            playback.asked.emit()
            return "done"

        def tell_when_ready() -> None:
            pictures = engine.pictures()
            if pictures and all(tile.state is TileState.SHOWN for tile in pictures):
                waiting.stop()
                say("ready")

        waiting = QTimer()
        waiting.timeout.connect(tell_when_ready)
        waiting.start(50)
        commands = Commands(application, do)
        application.exec()
        del commands


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
