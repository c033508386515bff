"""Court mode in two real windows: how soon the next item is on the court screen, and whether play stands still.

The measuring is done in a program of its own (this module run by itself), because a program has one Qt.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.measurement import Measurement, below, is_quick
from tests.support.screen import is_there, screen_environment, start_screen

_COURT = "1920/508x1080/285+1366+0"
_DESK = "1366/361x768/203+0+0"
_PATIENCE_S = 60


@dataclass(frozen=True)
class Figures:
    """What the measuring program found.

    Attributes:
        next_ms: from the key to the first exact frame painted, one camera and four in turn.
        jump_ms: the same for an item that was not prepared.
        stands_ms: how long each frame stood while four cameras played.
        refresh_ms: how long the window's thread took over one refresh of the conductor while they played.
        memory_mb: resident memory of the program and its decoders together.
    """

    next_ms: list[float]
    jump_ms: list[float]
    stands_ms: list[float]
    refresh_ms: list[float]
    memory_mb: float


def measure() -> Iterable[Measurement]:
    """Lead a run sheet of clips through, then play four cameras."""
    if not is_there():
        return
    screen = start_screen("3286x1080x24")
    try:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "tests.bench.bench_court", folder, "quick" if is_quick() else "full"]
            output = subprocess.run(command, env=screen_environment(screen), stdout=subprocess.PIPE, check=True).stdout
    finally:
        screen.close()
    found = Figures(**json.loads(output.splitlines()[-1]))
    late = sum(one > 2 * 1000 / 30 for one in found.stands_ms)
    yield below("next item: key to its first exact frame, p95", _p(found.next_ms, 95), unit="ms", bound=50)
    yield below("next item: the longest of all", max(found.next_ms), unit="ms", bound=100)
    yield below(
        "an item that was not prepared: key to its first exact frame, p95",
        _p(found.jump_ms, 95),
        unit="ms",
        bound=1_000,
    )
    yield below("four cameras play: frames that stood for two intervals or more", late, unit="", bound=0)
    yield below(
        "four cameras play: a refresh on the window's thread, p99", _p(found.refresh_ms, 99), unit="ms", bound=25
    )
    yield below("memory of program and decoders", found.memory_mb, unit="MB", bound=2_500)


def _p(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


# In the measuring program


def _measure_here(folder: Path, *, is_short: bool) -> Figures:
    import psutil
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from app.application import make_application
    from app.court_show import CourtFiles, CourtStart, open_court
    from courtroom.show.events import GoTo, Press
    from tests.support.clips import ClipPlan, make_clip, make_scene
    from tests.support.court import add_desk, add_display, clip_item, source_of

    play_frames = 150 if is_short else 900
    rounds = 6 if is_short else 40
    clips = [
        make_clip(folder, ClipPlan(number=one, frames=play_frames + 60, size=(1280, 720), gop=60, noise=8))
        for one in range(4)
    ]
    scene = make_scene([[(clip, 0)] for clip in clips])
    items = [
        clip_item(one, 10 + one, play_frames + 20, cameras=range(4) if one % 2 else (one % 4,)) for one in range(rounds)
    ]
    add_desk(_DESK)
    add_display("COURT", _COURT)
    application = make_application()
    files = CourtFiles(folder / "court.log", folder / "resume.json", folder / "captures")
    start = CourtStart("bench", "COURT", keeps_awake=False)
    mode = open_court(application, source_of(scene, items, folder), files, start)
    mode.begin()
    conductor, screen = mode.conductor, mode.screen
    next_ms: list[float] = []
    jump_ms: list[float] = []
    try:
        _wait(lambda: screen.isVisible() and conductor.player.is_ready)
        conductor.press(Press.SHOW)
        for place in range(1, rounds):
            _wait(lambda: conductor.standing().is_next_ready)
            begun = time.monotonic_ns()
            QTest.keyClick(mode.console, Qt.Key.Key_PageDown)
            _wait(lambda place=place: screen.picture is not None and screen.picture.place == place)  # type: ignore[misc]
            next_ms.append((screen.painted_ns - begun) / 1e6)
        for place in range(0, rounds, 3):
            begun = time.monotonic_ns()
            conductor.press(GoTo(place))
            _wait(lambda place=place: screen.picture is not None and screen.picture.place == place)  # type: ignore[misc]
            jump_ms.append((screen.painted_ns - begun) / 1e6)
        conductor.press(GoTo(1))
        _wait(lambda: conductor.player.place == 1 and conductor.player.is_ready and not conductor.is_pending)
        _wait(lambda: conductor.standing().is_next_ready)
        shown: list[int] = []
        conductor.shown.connect(lambda _picture: shown.append(time.monotonic_ns()))
        refresh = _timed(conductor)
        conductor.press(Press.PLAY)
        _wait(lambda: not conductor.state.is_playing)
        family = [psutil.Process(), *psutil.Process().children(recursive=True)]
        memory = sum(one.memory_info().rss for one in family) / 1e6
        stands = [(later - sooner) / 1e6 for sooner, later in itertools.pairwise(shown)]
    finally:
        mode.end()
    return Figures(next_ms, jump_ms, stands, refresh, memory)


def _timed(conductor: object) -> list[float]:
    """Note how long each refresh takes, ms."""
    found: list[float] = []
    tick: Callable[[], None] = conductor.tick  # type: ignore[attr-defined]

    def timed() -> None:
        begun = time.perf_counter()
        tick()
        found.append((time.perf_counter() - begun) * 1000)

    conductor.tick = timed  # type: ignore[attr-defined]
    return found


def _wait(is_done: Callable[[], bool]) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop, poll = QEventLoop(), QTimer()
    end = time.monotonic() + _PATIENCE_S
    poll.timeout.connect(lambda: loop.quit() if is_done() or time.monotonic() > end else None)
    poll.start(2)
    loop.exec()
    poll.stop()
    if not is_done():
        raise TimeoutError("court mode did not come to that")


if __name__ == "__main__":
    print(json.dumps(asdict(_measure_here(Path(sys.argv[1]), is_short=sys.argv[2] == "quick"))))
