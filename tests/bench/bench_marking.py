"""Marks made by key while four cameras play: how many frames are not painted, beside the same without marks.

The real window on a screen of its own, in a program of its own (this module run by itself). A frame counts as dropped
where the surface never painted it though it lay between the first and the last that it painted of its camera.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.measurement import Measurement, is_quick
from tests.bench.window_program import measured_by
from tests.support.clips import ClipPlan, make_clip
from tests.support.screen import is_there

_CAMERAS = 4
_RATE = 30
_EVERY_MS = 500
_PATIENCE_S = 60
_MOST_MORE = 0.001
"""Of all frames, how many more may be dropped with marks than without: chance alone drops some."""


@dataclass(frozen=True)
class Played:
    """What came of one run.

    Attributes:
        painted: frames that were painted.
        dropped: frames between them that were not.
        late: tiles that said so, over all refreshes.
        refreshes: tiles that were drawn, over all refreshes.
        marks: how many marks the case has more than before.
    """

    painted: int
    dropped: int
    late: int
    refreshes: int
    marks: int

    @property
    def share(self) -> float:
        """Of all frames, the share that was dropped."""
        return self.dropped / max(1, self.painted + self.dropped)


def measure() -> Iterable[Measurement]:
    """Play without marks, then with a mark every half second."""
    if not is_there():
        return
    seconds = 8 if is_quick() else 60
    with tempfile.TemporaryDirectory() as folder:
        case = _make_case(Path(folder), seconds + 6)
        output = measured_by("tests.bench.bench_marking", case, seconds)
    without, marked = (Played(**one) for one in output)
    assert marked.marks >= seconds * 1000 // _EVERY_MS - 2, marked
    yield Measurement(
        f"frames dropped in {seconds} s of four cameras, {marked.marks} marks by key", marked.dropped, without.dropped,
        "frames", "without marks", marked.share - without.share, f"<= {_MOST_MORE:.1%} more of all frames",
        is_met=marked.share - without.share <= _MOST_MORE,
        also=(
            ("painted with marks", marked.painted),
            ("painted without", without.painted),
            ("tiles late with marks", marked.late),
            ("late without", without.late),
        ),
    )  # fmt: skip


def _make_case(folder: Path, seconds: int) -> Path:
    from evidence.case import Case
    from evidence.ingest import AddRequest, add_files
    from evidence.jobs import never_cancelled, no_progress

    originals = folder / "four"
    originals.mkdir()
    for camera in range(_CAMERAS):
        plan = ClipPlan(camera, frames=_RATE * seconds, size=(480, 270), gop=60, noise=8)
        make_clip(originals, plan, f"X60{camera:02d}A12B_20260314_213000_0413.mp4")
    with Case.create(folder / "four.sightline", title="four", reference="", by="bench") as case:
        request = AddRequest(case.folder, (os.fsencode(originals),), "bench")
        result = add_files(request, no_progress, never_cancelled, case=case)
        assert len(result.added) == _CAMERAS, result.refused
    return folder / "four.sightline"


# In the measuring program


def _measure_here(case: Path, seconds: int) -> tuple[Played, Played]:
    from app.application import make_application
    from app.bootstrap import Window, open_case, open_window
    from player.pictures import TileState

    def play(window: Window, *, marks: bool) -> Played:
        from PySide6.QtCore import Qt, QTimer
        from PySide6.QtTest import QTest

        engine, surface, session = window.engine, window.main.page.surface, window.shell.session
        seen: dict[str, set[int]] = {}
        counts = [0, 0]

        def look(_position: object) -> None:
            for tile in surface.painted():
                counts[0] += 1
                counts[1] += tile.state in {TileState.LATE, TileState.LOADING}
                if tile.state is TileState.SHOWN and tile.frame is not None:
                    seen.setdefault(tile.camera_id, set()).add(tile.frame)

        def count() -> int:
            return 0 if session.snapshot is None else len(session.snapshot.marks)

        window.shell.playback.seek(engine.span.start)
        _wait(lambda: engine.position == engine.target and not engine.is_busy)
        before = count()
        surface.refreshed.connect(look)
        window.shell.playback.toggle()
        key = QTimer()
        key.setInterval(_EVERY_MS)
        key.timeout.connect(lambda: QTest.keyClick(window.main, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier))
        window.main.activateWindow()
        _wait(window.main.isActiveWindow)
        if marks:
            key.start()
        _wait_for(seconds)
        key.stop()
        surface.refreshed.disconnect(look)
        assert engine.is_playing, "it did not play to the end of the measurement"
        window.shell.playback.toggle()
        _wait(lambda: not session.is_busy)
        painted = sum(len(frames) for frames in seen.values())
        whole = sum(max(frames) - min(frames) + 1 for frames in seen.values())
        return Played(painted, whole - painted, counts[1], counts[0], count() - before)

    with open_window(make_application()) as window:
        window.main.resize(1600, 900)
        window.main.show()
        open_case(window, case)
        surface = window.main.page.surface
        _wait(lambda: sum(one.state is TileState.SHOWN for one in surface.painted()) == _CAMERAS)
        window.shell.previews.make_now()
        _wait(lambda: not window.shell.previews.is_making)
        return play(window, marks=False), play(window, marks=True)


def _wait(is_done: Callable[[], bool]) -> None:
    from PySide6.QtTest import QTest

    end = time.monotonic() + _PATIENCE_S
    while not is_done():
        if time.monotonic() > end:
            raise TimeoutError("the window did not come to that")
        QTest.qWait(5)


def _wait_for(seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1_000), loop.quit)
    loop.exec()


if __name__ == "__main__":
    print(json.dumps([asdict(one) for one in _measure_here(Path(sys.argv[1]), int(sys.argv[2]))]))
