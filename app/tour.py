"""A tour of the demo incident without a display: the real window, drawn offscreen, driven and looked at.

It writes screenshots and reports into a folder and says, for every picture, whether the frame shown is the one that
the demo's truth file names for that instant.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from app.application import make_application
from app.bootstrap import open_case, open_window
from app.cli.output import as_json
from app.demo import Truth, load_truth
from app.settings import THEME, ThemeChoice
from app.ui.main_window import MainWindow
from app.ui.shell import Shell
from evidence.atomic_file import write_bytes
from evidence.errors import DecoderError
from evidence.times import NS_PER_S, IncidentTime, iso_utc
from player.pictures import TilePicture, TileState
from player.ui.layout import LayoutKind
from player.ui.surface import Painted

_SIZE = (1600, 900)
_PATIENCE_S = 60.0
_PLAY_S = 3.0
_FINAL = {TileState.SHOWN, TileState.NOT_RECORDING}
_STOPS_S = (5, 14, 22, 31, 40, 52)
"""Seconds of the incident at which the tour stops and looks."""


@dataclass(frozen=True)
class TileCheck:
    """What one tile showed at one stop, and what the truth says.

    Attributes:
        shown: file and frame number on the screen, or None where the camera was not recording.
        true: file and frame number by the truth file, or None.
    """

    camera: str
    shown: tuple[str, int] | None
    true: tuple[str, int] | None
    is_right: bool


def run_tour(case_folder: Path, truth_folder: Path, target: Path) -> Iterator[str]:
    """Make the tour; yields a line about each thing done.

    Args:
        case_folder: the demo case.
        truth_folder: where the demo's truth file is.
        target: where screenshots and reports go; made where it is not there.

    Raises:
        DecoderError: a picture did not come in time, or was not the frame that the truth names.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    target.mkdir(parents=True, exist_ok=True)
    truth = load_truth(truth_folder)
    application = make_application()
    with open_window(application) as window:
        tour = _Tour(window.main, window.shell, truth, target, application.processEvents)
        window.main.resize(*_SIZE)
        window.main.show()
        yield tour.picture("start page", "01-start")
        open_case(window, case_folder)
        tour.wait("the case to open", lambda: window.shell.session.snapshot is not None)
        yield from tour.stops()
        yield from tour.looks()
        yield tour.play()
        yield tour.report()
    yield from write_reports(case_folder, target)


class _Tour:
    """Drives one window."""

    def __init__(
        self, main: MainWindow, shell: Shell, truth: Truth, target: Path, process_events: Callable[[], None]
    ) -> None:
        self._main = main
        self._shell = shell
        self._truth = truth
        self._target = target
        self._process_events = process_events
        self._checks: dict[str, list[TileCheck]] = {}

    def wait(self, what: str, is_done: Callable[[], bool]) -> None:
        """Let the window work until something holds."""
        end = time.monotonic() + _PATIENCE_S
        while not is_done():
            if time.monotonic() > end:
                raise DecoderError(
                    f"The tour waited {_PATIENCE_S:.0f} s in vain for {what}.",
                    meaning="Nothing in the case was changed.",
                    remedy="Try again when the machine is less busy; report it if it stays so.",
                )
            self._process_events()
            time.sleep(0.004)

    def picture(self, what: str, name: str) -> str:
        """Write what the window shows."""
        self._process_events()
        path = self._target / f"{name}.png"
        self._main.grab().save(str(path))
        return f"{path.name}: {what}"

    def stops(self) -> Iterator[str]:
        """Go to several instants and look at every camera."""
        for number, second in enumerate(_STOPS_S):
            instant = IncidentTime(self._truth.start_ns + second * NS_PER_S)
            if instant >= self._truth.end_ns:
                continue
            self.go_to(instant)
            checks = self._check(instant)
            self._checks[iso_utc(instant)] = checks
            wrong = [check for check in checks if not check.is_right]
            if wrong:
                raise DecoderError(
                    f"At {iso_utc(instant)} {len(wrong)} cameras do not show the frame that the truth names: {wrong}.",
                    meaning="What the window shows cannot be relied on.",
                    remedy="Please report this, with the folder that the tour has written.",
                )
            yield self.picture(f"{iso_utc(instant, digits=3)}, every camera on the true frame", f"{number + 2:02}-stop")

    def go_to(self, instant: IncidentTime) -> None:
        """Seek, and wait until every camera shows that instant."""
        self._shell.playback.seek(instant)
        self.wait("all cameras to show one instant", lambda: self._is_settled(instant))

    def _is_settled(self, instant: IncidentTime) -> bool:
        """Tell whether the window has finished with this instant; a tile whose frame stays is not painted anew."""
        engine = self._shell.playback.engine
        tiles = {tile.camera_id: tile for tile in engine.pictures()}
        if not engine.position == instant == engine.target:
            return False
        return all(_is_final(tiles[painted.camera_id], painted) for painted in self._main.page.surface.painted())

    def _check(self, instant: IncidentTime) -> list[TileCheck]:
        snapshot = self._shell.session.snapshot
        assert snapshot is not None
        names = {row.camera.id: row.camera.name for row in snapshot.timeline.cameras}
        files = {one.id: one.display_name for one in snapshot.recordings}
        keys = {camera.name: camera.key for camera in self._truth.cameras}
        checks = []
        for tile in self._main.page.surface.painted():
            found = self._truth.frame_at(keys[names[tile.camera_id]], instant)
            true = None if found is None else (Path(found[0].path).name, found[1])
            shown = (files[tile.recording_id], tile.frame) if tile.state is TileState.SHOWN else None
            checks.append(TileCheck(names[tile.camera_id], shown, true, shown == true))
        return checks

    def _has_pictures(self) -> bool:
        painted = self._main.page.surface.painted()
        return bool(painted) and all(tile.state in _FINAL for tile in painted)

    def looks(self) -> Iterator[str]:
        """Show the layouts and the light theme."""
        for kind in (LayoutKind.FOCUS_STRIP, LayoutKind.ONE):
            self._main.page.set_layout(kind)
            self.wait("the layout", self._has_pictures)
            yield self.picture(f"layout: {kind.value}", f"10-layout-{kind.value.replace(' ', '-')}")
        self._main.page.set_layout(LayoutKind.AUTO)
        before = self._shell.settings.get(THEME)
        self._shell.settings.set(THEME, ThemeChoice.LIGHT.value)
        self.wait("the light theme", self._has_pictures)
        yield self.picture("light theme", "11-light")
        self._shell.settings.set(THEME, before)

    def play(self) -> str:
        """Play for a few seconds and tell the true speed."""
        engine = self._shell.playback.engine
        begun_at, begun = engine.position, time.monotonic()
        self._shell.playback.forwards()
        self.wait("playing", lambda: time.monotonic() - begun > _PLAY_S)
        self._shell.playback.stop()
        passed = Fraction(engine.position - begun_at, NS_PER_S)
        return f"played {float(passed):.2f} s of the incident in {_PLAY_S:.0f} s"

    def report(self) -> str:
        """Write down which frames were shown."""
        text = json.dumps(as_json(self._checks), indent=2, ensure_ascii=False)
        write_bytes(self._target / "frames-shown.json", text.encode())
        shown = sum(len(checks) for checks in self._checks.values())
        return f"frames-shown.json: {shown} pictures at {len(self._checks)} instants, all as the truth file names them"


def _is_final(tile: TilePicture, painted: Painted) -> bool:
    if tile.state is not painted.state:
        return False
    if tile.state is TileState.SHOWN:
        return tile.spot is not None and painted.frame == tile.spot.frame
    return tile.state in _FINAL


def write_reports(case_folder: Path, target: Path) -> Iterator[str]:
    """Write what the command line says of a case: what it holds, whether it is unchanged, whether its log is whole."""
    from app.cli.main import main

    for command in ("info", "verify", "audit"):
        path = target / f"{command}.json"
        with path.open("w", encoding="utf-8") as file, contextlib.redirect_stdout(file):
            code = main([command, str(case_folder), "--json"])
        yield f"{path.name}: sightline {command} --json, exit code {code}"
