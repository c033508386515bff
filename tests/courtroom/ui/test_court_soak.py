"""The whole program in front of the court for long, filmed from outside: evidence, black and held frames alone."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from courtroom.run_sheet import AtEnd
from evidence.audit import check_audit
from tests.support.children import decoders_of
from tests.support.court_program import CourtProgram, Film, make_court_case
from tests.support.queued_time import QueuedTime
from tests.support.screen import Screen, start_screen

pytestmark = [pytest.mark.gui, pytest.mark.soak, pytest.mark.alone]
_ITEMS = 30
_MINUTES = float(os.environ.get("SIGHTLINE_COURT_MINUTES", "30"))
_KILLS = int(os.environ.get("SIGHTLINE_COURT_KILLS", "100"))
_RATE = 30
_STAND_S = 2.5 / _RATE
"""A frame stands for one interval; the camera that films sees that a little longer or shorter."""


@pytest.fixture
def own_screen() -> Iterator[Screen]:
    """A screen for the program alone."""
    screen = start_screen("2646x768x24")
    yield screen
    screen.close()


def test_thirty_items_play_for_thirty_minutes_where_there_is_no_network(own_screen: Screen, tmp_path: Path) -> None:
    offline = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None or subprocess.run([*offline, "true"], check=False).returncode:
        pytest.skip("no network namespace can be made here")
    frames = max(60, round(_MINUTES * 60 * _RATE / _ITEMS)) + 50
    case = make_court_case(tmp_path, frames=frames, items=_ITEMS, at_end=AtEnd.GO_ON)
    with (
        CourtProgram(own_screen, tmp_path / "home", offline) as court,
        Film(court) as film,
        QueuedTime(lambda: [*court.processes(), film.process, os.getpid()]) as queue,
    ):
        court.start("open", str(case), "--court", "last", "--display", "COURT", "--by", "DC Harper")
        court.key("space")
        court.wait(lambda: any(look.code is not None for look in film.looks))
        begun = len(film.looks)
        last, camera = frames - 2, (_ITEMS - 1) % 2
        court.wait(
            lambda: (code := film.looks[-1].code) is not None and (code.camera, code.number) == (camera, last),
            patience_s=_MINUTES * 120 + 60,
        )
        looks = film.looks[begun:]
    assert all(look.code is not None for look in looks), "something else than a frame was seen"
    stands = film.stands()
    long = [(one, queue.between(one.begun, one.ended)) for one in stands if one.took > _STAND_S]
    own = [(one, queued) for one, queued in long if one.took - queued > _STAND_S]
    told = ", ".join(f"{one.took * 1000:.0f} ({queued * 1000:.0f} queued)" for one, queued in long) or "none"
    print(f"{len(looks)} looks at {len(stands)} frames; longer than {_STAND_S * 1000:.0f} ms stood: {told}")
    assert own == [], "and not because the system ran something else"
    assert check_audit(case / "court.log").is_whole


def test_a_hundred_decoders_are_killed_and_the_court_sees_good_frames_alone(own_screen: Screen, tmp_path: Path) -> None:
    chance = random.Random(100)
    case = make_court_case(tmp_path, frames=3_000, items=6, at_end=AtEnd.GO_ON)
    with CourtProgram(own_screen, tmp_path / "home") as court, Film(court, rate=30) as film:
        court.start("open", str(case), "--court", "last", "--display", "COURT", "--by", "DC Harper")
        court.key("space")
        court.wait(lambda: any(look.code is not None for look in film.looks))
        begun = len(film.looks)
        program = court.program
        assert program is not None
        for _ in range(_KILLS):
            time.sleep(chance.uniform(0.3, 2.0))
            victims = decoders_of(program.pid)
            if victims:
                os.kill(chance.choice(victims), signal.SIGKILL)
            before = film.looks[-1].code
            time.sleep(1.0)
            if film.looks[-1].code == before:
                court.key(chance.choice(["space", "Next", "space"]))
        court.wait(lambda: film.looks[-1].code is not None)
        at = film.looks[-1].code
        court.key("space")
        time.sleep(2)
        court.key("space")
        court.wait(lambda: film.looks[-1].code != at)
        looks = film.looks[begun:]
    assert all(look.code is not None for look in looks)
    assert check_audit(case / "court.log").is_whole
