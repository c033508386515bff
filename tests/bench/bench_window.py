"""The real window on a screen of its own: the first picture after opening a case, and its thread while cameras play.

The measuring is done in a program of its own (this module run by itself), because a program has one Qt.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.measurement import Measurement, below
from tests.bench.window_program import measured_by
from tests.support.clips import ClipPlan, make_clip
from tests.support.screen import is_there

_CAMERAS = 5
_EACH = 10
_OPENINGS = 7
_PLAY_S = 20
_PATIENCE_S = 60


@dataclass(frozen=True)
class Figures:
    """What the measuring program found, ms.

    Attributes:
        first_picture: from asking for a case to the first picture on screen.
        all_pictures: to every camera's picture.
        blocked: how long the window's thread was busy with each event.
        blocked_cpu: the same in the thread's own time, without what other programs took from it.
        late: by how much a beat of 1 ms came late.
        resting: like `blocked`, at rest.
    """

    first_picture: list[float]
    all_pictures: list[float]
    blocked: list[float]
    blocked_cpu: list[float]
    late: list[float]
    resting: list[float]


def measure() -> Iterable[Measurement]:
    """Open a case of 50 recordings again and again, then play four cameras."""
    if not is_there():
        return
    with tempfile.TemporaryDirectory() as folder:
        large, four = _make_cases(Path(folder))
        found = Figures(**measured_by("tests.bench.bench_window", large, four))
    yield below(
        "first picture, case of 50 recordings, warm, median", _p(found.first_picture, 50), unit="ms", bound=1_500
    )
    yield below(
        "every picture, case of 50 recordings, warm, median", _p(found.all_pictures, 50), unit="ms", bound=2_500
    )
    yield below("window's thread over one event, four cameras play, p99", _p(found.blocked, 99), unit="ms", bound=16)
    yield below("the same, its own processor time, p99", _p(found.blocked_cpu, 99), unit="ms", bound=16)
    yield below("the same, its own processor time, longest", max(found.blocked_cpu), unit="ms", bound=50)
    yield below("a beat of 1 ms late, four cameras play, p99", _p(found.late, 99), unit="ms", bound=16)
    yield below("window's thread at rest, its own processor time, p99", _p(found.resting, 99), unit="ms", bound=16)


def _make_cases(folder: Path) -> tuple[Path, Path]:
    from evidence.case import Case
    from evidence.ingest import AddRequest, add_files
    from evidence.jobs import never_cancelled, no_progress

    made = []
    for name, cameras, each, plan in (
        ("large", _CAMERAS, _EACH, ClipPlan(frames=60, size=(640, 360), gop=60, noise=8)),
        ("four", 4, 1, ClipPlan(frames=30 * (_PLAY_S + 10), size=(480, 270), gop=60, noise=8)),
    ):
        originals = folder / name
        originals.mkdir()
        for camera in range(cameras):
            for part in range(each):
                own = ClipPlan(camera, part % 4, plan.frames + part, plan.size, gop=plan.gop, noise=plan.noise)
                make_clip(originals, own, f"X60{camera:02d}A12B_20260314_21{30 + part * 2:02d}00_0413.mp4")
        with Case.create(folder / f"{name}.sightline", title=name, reference="", by="bench") as case:
            request = AddRequest(case.folder, (os.fsencode(originals),), "bench")
            result = add_files(request, no_progress, never_cancelled, case=case)
            assert len(result.added) == cameras * each, result.refused
        made.append(folder / f"{name}.sightline")
    return made[0], made[1]


def _p(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


# In the measuring program


def _measure_here(large: Path, four: Path) -> Figures:
    from PySide6.QtCore import QTimer

    from app.application import make_application
    from app.bootstrap import open_case, open_window
    from player.pictures import TileState

    watch = _Watch()
    with open_window(make_application()) as window:
        window.main.resize(1600, 900)
        window.main.show()
        session, surface = window.shell.session, window.main.page.surface
        first: list[float] = []
        every: list[float] = []

        def shown() -> int:
            return sum(one.state is TileState.SHOWN for one in surface.painted())

        for _ in range(_OPENINGS):
            begin = time.perf_counter()
            open_case(window, large)
            _wait(lambda: session.snapshot is not None and shown() > 0)
            first.append((time.perf_counter() - begin) * 1_000)
            _wait(lambda: shown() == _CAMERAS)
            every.append((time.perf_counter() - begin) * 1_000)
            window.main.close_case()
            _wait(lambda: session.snapshot is None and not session.is_busy)
        open_case(window, four)
        _wait(lambda: session.snapshot is not None and shown() == 4)
        window.shell.previews.make_now()
        _wait(lambda: not window.shell.previews.is_making)
        with watch.watching() as resting:
            _wait_for(2)
        late: list[float] = []
        last = [time.perf_counter()]

        def beat() -> None:
            now = time.perf_counter()
            late.append((now - last[0]) * 1_000 - 1)
            last[0] = now

        window.shell.playback.toggle()
        _wait_for(2)
        with watch.watching() as playing:
            _wait_for(_PLAY_S / 2)
        timer = QTimer()
        timer.setInterval(1)
        timer.timeout.connect(beat)
        last[0] = time.perf_counter()
        timer.start()
        _wait_for(_PLAY_S / 2)
        timer.stop()
        assert window.engine.is_playing, "it did not play to the end of the measurement"
    return Figures(first, every, playing.wall, playing.cpu, late, resting.cpu)


@dataclass
class _Stretches:
    wall: list[float]
    cpu: list[float]


class _Watch:
    """Notes how long the window's thread took over each event, ms; what an event does within another is part of it."""

    def __init__(self) -> None:
        from PySide6.QtCore import QEvent, QObject
        from PySide6.QtWidgets import QApplication

        watch = self

        class Watched(QApplication):
            def notify(self, receiver: QObject, event: QEvent) -> bool:
                if watch.found is None or watch.is_inside:
                    return super().notify(receiver, event)
                watch.is_inside = True
                wall, cpu = time.perf_counter(), time.thread_time()
                try:
                    return super().notify(receiver, event)
                finally:
                    watch.is_inside = False
                    watch.found.cpu.append((time.thread_time() - cpu) * 1_000)
                    watch.found.wall.append((time.perf_counter() - wall) * 1_000)

        self.found: _Stretches | None = None
        self.is_inside = False
        self.application = Watched(sys.argv[:1])

    @contextmanager
    def watching(self) -> Iterator[_Stretches]:
        """Note what comes from here on."""
        self.found = found = _Stretches([], [])
        try:
            yield found
        finally:
            self.found = None


def _wait(is_done: Callable[[], bool]) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop, poll = QEventLoop(), QTimer()
    end = time.monotonic() + _PATIENCE_S
    poll.timeout.connect(lambda: loop.quit() if is_done() or time.monotonic() > end else None)
    poll.start(2)
    loop.exec()
    poll.stop()
    if not is_done():
        raise TimeoutError("the window did not come to that")


def _wait_for(seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1_000), loop.quit)
    loop.exec()


if __name__ == "__main__":
    print(json.dumps(asdict(_measure_here(Path(sys.argv[1]), Path(sys.argv[2])))))
