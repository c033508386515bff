"""A playable pack made once, and a preflight whose child processes are started once for all tests."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import pytest

from courtroom.pack.signing import PublicKey
from courtroom.preflight.desk_step import Screen, Surroundings
from courtroom.preflight.machine import MachineFacts
from courtroom.preflight.media_team import MediaTeam
from courtroom.preflight.pace import Load
from courtroom.preflight.report import Report
from courtroom.preflight.run import Parts, Request, run_preflight
from courtroom.preflight.sound_step import SoundTrial
from courtroom.show.displays import Display
from courtroom.ui.page_trial import PageTrial
from evidence.examiner import Examiner
from evidence.jobs import IsCancelled, Progress, never_cancelled, no_progress
from tests.support.packs import SIGNING_KEY
from tests.support.playable_packs import PackPlan, make_playable_pack

CONSOLE = Screen(Display("eDP-1", "", 0, 0, 1366, 768, is_primary=True), 1366, 768, 60_000)
COURT_SCREEN = Screen(Display("HDMI-1", "", 1366, 0, 1920, 1080), 1920, 1080, 60_000)
GOOD_DESK = Surroundings((CONSOLE, COURT_SCREEN), ("Court sound",), False, 60, "")


def good_machine() -> MachineFacts:
    """Return a machine with which nothing is wrong."""
    return MachineFacts(
        "laptop", "Linux", "a processor", 8, 16 << 30, 8 << 30, 50 << 30, 90, True, (), time.time_ns(), 0, "GMT"
    )


def knows_ours(key: PublicKey) -> str | None:
    """Know the key that packs are signed with here."""
    return "DC Grey" if key == SIGNING_KEY.public else None


class QuietWatch:
    """A machine on which nothing else runs."""

    def begin(self) -> None:
        pass

    def end(self, used_ns: int) -> Load:
        del used_ns
        return Load(0, 2)

    def settle(self, cancelled: IsCancelled) -> None:
        raise AssertionError("nothing to wait for")


class Check(Protocol):
    """Does a preflight with what is not as usual."""

    def __call__(
        self,
        pack: Path,
        *,
        machine: MachineFacts | None = None,
        around: Surroundings = GOOD_DESK,
        team: MediaTeam | None = None,
        is_quick: bool = False,
        display: str = "",
        proxies: dict[str, Path] | None = None,
        progress: Progress = no_progress,
        cancelled: IsCancelled = never_cancelled,
    ) -> Report: ...


@pytest.fixture(scope="session")
def sound_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack that nobody changes; it plays slowly, so that a busy machine keeps up."""
    return make_playable_pack(tmp_path_factory.mktemp("playable"), PackPlan(speed=Fraction(1, 8), sound="aac"))


@pytest.fixture
def pack(sound_pack: Path, tmp_path: Path) -> Path:
    """A pack to be damaged."""
    return Path(shutil.copytree(sound_pack, tmp_path / "Court pack"))


@pytest.fixture(scope="module")
def check() -> Iterator[Check]:
    """A preflight by known keys, on a good machine and a good desktop unless it is told otherwise."""
    with MediaTeam() as own_team, Examiner() as examiner, PageTrial((1920, 1080)) as trial, SoundTrial() as ear:
        usual = Parts(
            good_machine(),
            GOOD_DESK,
            trial,
            make_examiner=lambda: nullcontext(examiner),
            make_team=lambda: nullcontext(own_team),
            make_trial=lambda: nullcontext(ear),
        )

        def go(
            pack: Path,
            *,
            machine: MachineFacts | None = None,
            around: Surroundings = GOOD_DESK,
            team: MediaTeam | None = None,
            is_quick: bool = False,
            display: str = "",
            proxies: dict[str, Path] | None = None,
            progress: Progress = no_progress,
            cancelled: IsCancelled = never_cancelled,
        ) -> Report:
            parts = replace(usual, machine=machine or good_machine(), around=around)
            if team is not None:
                parts = replace(parts, make_team=lambda: nullcontext(team), make_watch=QuietWatch)
            if proxies is not None:
                parts = replace(parts, proxies=lambda _source: proxies)
            request = Request(pack, "PC Usher", is_quick=is_quick, display=display)
            return run_preflight(request, parts, knows_ours, progress, cancelled)

        yield go
