"""A small case of real files, and the window on a copy of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.application import make_application
from app.bootstrap import Window, open_case, open_window
from app.settings import PREVIEWS, PreviewChoice
from app.ui.choosers import Choosers
from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from tests.support.clips import ClipPlan, make_clip
from tests.support.surface_rest import has_painted_all

BY = "DC Harper"
PATIENCE_MS = 60_000


class FakeSink:
    """A sound device that is not there."""

    def start(self) -> bool:
        return False

    def stop(self) -> None:
        pass

    def free_samples(self) -> int:
        return 0

    def write(self, pcm: bytes) -> int:
        return 0

    def played_samples(self) -> int:
        return 0

    def trouble(self) -> str:
        return "No sound device was found."


class FakeChoosers(Choosers):
    """Answers in the user's place."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.files: list[Path] = []
        self.new_file: Path | None = None

    def choose_folder(self, parent: QWidget, title: str, start: Path, then: Callable[[Path], None]) -> None:
        if self.folder is not None:
            then(self.folder)

    def choose_files(self, parent: QWidget, title: str, start: Path, then: Callable[[list[Path]], None]) -> None:
        if self.files:
            then(self.files)

    def choose_new_file(
        self, parent: QWidget, title: str, start: Path, kinds: str, then: Callable[[Path], None]
    ) -> None:
        if self.new_file is not None:
            then(self.new_file)


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three cameras of 8, 6 and 2 + 2 seconds; the third has a gap of 2 seconds. The names say when."""
    folder = tmp_path_factory.mktemp("originals")
    for number, (serial, start, frames) in enumerate(
        [("X6039A12B", "213200", 240), ("X6039A47C", "213202", 180), ("X5117C03F", "213200", 60)]
    ):
        make_clip(folder, ClipPlan(number=number, frames=frames), f"{serial}_20260314_{start}_0413.mp4")
    make_clip(folder, ClipPlan(number=2, part=1, frames=60), "X5117C03F_20260314_213204_0414.mp4")
    return folder


@pytest.fixture(scope="session")
def template(originals: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case as it is before a test."""
    folder = tmp_path_factory.mktemp("template") / "Harbour Street.sightline"
    with Case.create(folder, title="R v Smith", reference="01AB2345", by=BY) as case:
        request = AddRequest(folder, (os.fsencode(originals),), BY)
        result = add_files(request, no_progress, never_cancelled, case=case)
        assert len(result.added) == 4, result.refused
    return folder


@pytest.fixture
def case_folder(template: Path, tmp_path: Path) -> Path:
    """A case of four recordings, of the test's own."""
    return Path(shutil.copytree(template, tmp_path / template.name))


@pytest.fixture
def choosers() -> FakeChoosers:
    """What the user will choose."""
    return FakeChoosers()


@pytest.fixture
def preview_choice() -> PreviewChoice:
    """None: those would begin some time into a test, and their progress would move what it looks at."""
    return PreviewChoice.OFF


@pytest.fixture
def empty_window(qtbot: QtBot, choosers: FakeChoosers, preview_choice: PreviewChoice) -> Iterator[Window]:
    """The window on its start page."""
    with open_window(make_application(), choosers=choosers, make_sink=FakeSink) as window:
        window.shell.settings.set(PREVIEWS, preview_choice.value)
        window.main.resize(1366, 768)
        window.main.show()
        qtbot.waitExposed(window.main)
        window.main.activateWindow()
        qtbot.waitUntil(window.main.isActiveWindow, timeout=PATIENCE_MS)
        yield window


@pytest.fixture
def window(qtbot: QtBot, empty_window: Window, case_folder: Path) -> Window:
    """The window on the case, with every picture on screen."""
    open_case(empty_window, case_folder)
    qtbot.waitUntil(lambda: empty_window.shell.session.snapshot is not None, timeout=PATIENCE_MS)
    settle(qtbot, empty_window)
    return empty_window


def settle(qtbot: QtBot, window: Window) -> None:
    """Wait until nothing is on its way any more, and what is there is painted."""

    def is_still() -> bool:
        engine = window.engine
        is_there = not window.shell.session.is_busy and engine.position == engine.target and not engine.is_busy
        return is_there and has_painted_all(window.main.page.surface, engine)

    qtbot.waitUntil(is_still, timeout=PATIENCE_MS)


@pytest.fixture
def still(qtbot: QtBot) -> Callable[[Window], None]:
    """Wait until nothing is on its way any more."""
    return lambda window: settle(qtbot, window)
