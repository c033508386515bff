"""Court mode in two real windows on two displays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from annotations.transcripts.cue_times import CueTimes
from app.application import make_application
from app.court_show import CourtFiles, CourtStart, open_court
from courtroom.run_sheet import Item
from courtroom.show.resume import Interrupted
from evidence.times import IncidentTime
from tests.support.clips import Scene
from tests.support.court import (
    COURT,
    Court,
    add_desk,
    add_display,
    court_scene,
    remove_display,
    source_of,
    without_file,
)

PATIENCE_MS = 60_000


class OpenCourt(Protocol):
    """Opens court mode on a run sheet."""

    def __call__(
        self,
        items: Sequence[Item],
        *,
        place: int = 0,
        at: IncidentTime | None = None,
        without: int | None = None,
        paths: Mapping[str, Path] | None = None,
        resumed: Interrupted | None = None,
        captions: CueTimes | None = None,
        first_look: str = "",
        draws_strip: bool = False,
    ) -> Court: ...


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Three cameras of five seconds."""
    return court_scene(tmp_path_factory.mktemp("court"))


@pytest.fixture
def two_displays(qtbot: QtBot) -> Iterator[None]:
    """The presenter's display and the court's."""
    make_application()
    add_desk()
    add_display()
    qtbot.waitUntil(lambda: COURT in {screen.name() for screen in QGuiApplication.screens()}, timeout=PATIENCE_MS)
    yield
    remove_display()
    remove_display("DESK")
    qtbot.waitUntil(lambda: len(QGuiApplication.screens()) == 1, timeout=PATIENCE_MS)


@pytest.fixture
def open_in_court(qtbot: QtBot, two_displays: None, scene: Scene, tmp_path: Path) -> Iterator[OpenCourt]:
    """Open court mode; it is closed at the end."""
    with ExitStack() as undo:

        def start(
            items: Sequence[Item],
            *,
            place: int = 0,
            at: IncidentTime | None = None,
            without: int | None = None,
            paths: Mapping[str, Path] | None = None,
            resumed: Interrupted | None = None,
            captions: CueTimes | None = None,
            first_look: str = "",
            draws_strip: bool = False,
        ) -> Court:
            how = CourtStart("PC Harper", COURT, place, at, keeps_awake=False, spares=0, draws_strip=draws_strip)
            if resumed is not None:
                how = replace(
                    how, place=resumed.place, at=resumed.at, focus=resumed.focus, is_shown=True, is_resumed=True
                )
            files = CourtFiles(tmp_path / "court.log", tmp_path / "resume.json", tmp_path / "captures")
            mode = open_court(
                make_application(),
                replace(
                    source_of(scene if without is None else without_file(scene, without), items, tmp_path, paths),
                    captions=captions,
                    first_look=first_look,
                    is_amiss=first_look.startswith("MISMATCH"),
                ),
                files,
                how,
            )
            undo.callback(mode.end)

            def settle(is_done: Callable[[], bool]) -> None:
                qtbot.waitUntil(is_done, timeout=PATIENCE_MS)

            mode.begin()
            qtbot.waitExposed(mode.screen)
            qtbot.waitExposed(mode.console)
            settle(lambda: mode.conductor.player.is_ready)
            return Court(mode, files.log, files.journal, files.captures, settle)

        yield start
