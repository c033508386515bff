"""The composition root: builds every object of the window through constructor arguments, runs it, takes it apart."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_config_path
from PySide6.QtWidgets import QApplication

from app.application import begin_log, make_application
from app.asker import Asker
from app.command_list import all_commands
from app.derived_jobs import PreviewKeeper
from app.jobs import JobRunner
from app.recent import RecentCases
from app.session import CaseSession
from app.settings import LANES, PICTURE_MEMORY, YOUR_NAME, Settings
from app.silence_finder import SilenceFinder
from app.silences import own_previews_folder
from app.steady_memory import release, settle
from app.ui.choosers import Choosers
from app.ui.exception_gate import ExceptionGate
from app.ui.main_window import MainWindow
from app.ui.playback import Playback
from app.ui.shell import Shell
from app.ui.sound import CameraSound
from app.ui.theme import Theme
from player.decoder_link import keep_decoders_ready
from player.engine import Engine
from player.limits import PlayerLimits, RingLimits
from player.ui.sound_device import OneDevice, Sink, SoundDevices
from player.ui.sound_output import SoundOutput
from player.ui.timeline.look import LaneSize
from player.ui.timeline.preview_source import PreviewSource

if TYPE_CHECKING:
    from app.demo_case import DemoCase


@dataclass(frozen=True)
class Window:
    """A window that is open, and what it stands on."""

    main: MainWindow
    shell: Shell
    engine: Engine


def run_application(case: Path | None, *, at: str = "", play: bool = False) -> int:
    """Open the window, on a case where one is given, and return the exit code when it was closed.

    Args:
        case: the case folder, or None for the start page.
        at: a time to go to, as people type it, or "".
        play: whether to start playing.
    """
    application = make_application()
    log_path = begin_log()
    with open_window(application, log_path=log_path) as window:
        window.main.show()
        window.main.rooms.locks.sweep()
        if case is not None:
            open_case(window, case, at=at, play=play)
        gc.collect()
        gc.freeze()  # what the program is made of stays: looking through it for refuse would hold up the pictures
        return application.exec()


@contextmanager
def open_window(
    application: QApplication,
    *,
    engine: Engine | None = None,
    choosers: Choosers | None = None,
    make_sink: Callable[[], Sink] | None = None,
    devices: SoundDevices | None = None,
    log_path: Path | None = None,
) -> Iterator[Window]:
    """Build the window; when the block ends everything is stopped and closed, in order.

    Args:
        application: Qt's.
        engine: plays; its own where it is None.
        choosers: ask for files and folders; the system's own where it is None.
        make_sink: makes the only sound device; None for a choice of devices.
        devices: the sound devices; the system's own where it is None.
        log_path: where the log is, for the about page.
    """
    keep_decoders_ready()
    config = user_config_path("sightline", appauthor=False)
    settings = Settings(config / "settings.json")
    recent = RecentCases(config / "recent.json")
    theme = Theme(application, settings)
    jobs = JobRunner()
    session = CaseSession(jobs, recent, lambda: settings.get(YOUR_NAME) or "Unnamed user")
    player = engine or Engine(limits=PlayerLimits(ring=RingLimits(bytes=settings.get(PICTURE_MEMORY) << 20)))
    playback = Playback(player)
    board = devices or (SoundDevices() if make_sink is None else OneDevice(make_sink))
    sound = CameraSound(SoundOutput(player, lambda: board.make_sink("")), board, settings)
    previews = PreviewSource()
    keeper = PreviewKeeper(
        jobs=jobs,
        session=session,
        settings=settings,
        source=previews,
        player=player,
        own_folder=own_previews_folder(),
    )
    silences = SilenceFinder(jobs, session)
    asker = Asker(session)
    gate = ExceptionGate()
    shell = Shell(
        table=all_commands(),
        settings=settings,
        recent=recent,
        jobs=jobs,
        session=session,
        playback=playback,
        sound=sound,
        previews=keeper,
        silences=silences,
        asker=asker,
        theme=theme,
        choosers=choosers or Choosers(),
        log_path=log_path,
    )
    main = MainWindow(shell)
    main.page.timeline.set_previews(previews)
    main.page.set_lane_size(LaneSize(settings.get(LANES)))
    main.demo_wanted.connect(partial(_open_demo, shell))
    gate.caught.connect(main.notices.say_error)
    gate.caught.connect(main.court.fault)
    gate.install()
    session.opened.connect(settle)
    session.closed.connect(release)
    try:
        yield Window(main, shell, player)
    finally:
        main.rooms.preflight.close()
        main.court.end()
        main.sync.close()
        sound.close()
        silences.close()
        asker.close()
        keeper.close()
        jobs.close()
        session.close_now()
        main.hide()
        player.close()
        main.rooms.locks.close()
        gate.remove()
        main.deleteLater()
        application.processEvents()
        release()


def open_case(window: Window, case: Path, *, at: str = "", play: bool = False) -> None:
    """Open a case in the window; the time is gone to, and play begun, once it is open."""
    session = window.shell.session

    def opened() -> None:
        session.opened.disconnect(opened)
        window.main.open_at(at, is_playing=play)

    if at or play:
        session.opened.connect(opened)
    session.open(case)


def _open_demo(shell: Shell) -> None:
    from app.demo_case import DemoSize, default_demo_folder, make_demo_case

    def done(made: DemoCase) -> None:
        shell.session.open(made.case_folder)

    shell.jobs.start(
        "Making the demo incident",
        partial(make_demo_case, default_demo_folder(), DemoSize.HD),
        on_done=done,
        on_failed=shell.session.failed.emit,
    )
