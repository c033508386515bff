"""What the window stands on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.asker import Asker
from app.commands import CommandTable
from app.derived_jobs import PreviewKeeper
from app.jobs import JobRunner
from app.recent import RecentCases
from app.session import CaseSession
from app.settings import Settings
from app.silence_finder import SilenceFinder
from app.ui.choosers import Choosers
from app.ui.playback import Playback
from app.ui.sound import CameraSound
from app.ui.theme import Theme


@dataclass(frozen=True)
class Shell:
    """What the window stands on; made by `app.bootstrap`."""

    table: CommandTable
    settings: Settings
    recent: RecentCases
    jobs: JobRunner
    session: CaseSession
    playback: Playback
    sound: CameraSound
    previews: PreviewKeeper
    silences: SilenceFinder
    asker: Asker
    theme: Theme
    choosers: Choosers
    log_path: Path | None = None
