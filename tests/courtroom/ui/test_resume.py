"""The whole program killed in court: it goes on at the same item and frame, and the court log is whole."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.frame_code import FrameCode
from courtroom.show.log_report import rows_of
from evidence.audit import AuditFlaw, check_audit
from evidence.times import NS_PER_S
from tests.support.court_program import CourtProgram, make_court_case
from tests.support.screen import Screen, is_there, start_screen

pytestmark = [pytest.mark.gui, pytest.mark.alone, pytest.mark.soak]
_AT_MOST_S = 3.0
_UNTOLD_NS = NS_PER_S * 5 // 4
"""What plays is written down once a second; gathering and writing take a moment too."""


@pytest.fixture
def own_screen() -> Iterator[Screen]:
    """A screen for the program alone."""
    if not is_there():
        pytest.skip("no Xvfb")
    screen = start_screen("2646x768x24")
    yield screen
    screen.close()


def check_log(log: Path, seen: FrameCode, killed_ns: int) -> None:
    """Right after the kill: every line holds, but for one that may be half-written; it tells of the last second."""
    report = check_audit(log)
    assert all(one.flaw is AuditFlaw.TORN_END for one in report.findings), report.findings
    last = [row for row in rows_of(log) if row.what in {"Shown", "Played", "Held", "Black"}][-1]
    frames = re.findall(r" f \d+ to (\d+)| f (\d+)", last.frames)
    is_what_stands = [int(until or one) for until, one in frames] == [seen.number]
    assert is_what_stands or killed_ns - last.time <= _UNTOLD_NS, (last, seen)


def test_a_killed_program_is_back_at_the_same_item_and_frame(own_screen: Screen, tmp_path: Path) -> None:
    case = make_court_case(tmp_path)
    with CourtProgram(own_screen, tmp_path / "home") as court:
        court.start("open", str(case), "--court", "last", "--display", "COURT", "--by", "DC Harper")
        court.key("Return")
        court.wait(lambda: court.code() == FrameCode(0, 0, 10))
        court.key("Next", "greater", "greater", "greater")
        court.wait(lambda: court.code() == FrameCode(1, 0, 14))
        court.kill()
        assert court.code() is None
        court.start("--resume")
        court.wait(lambda: court.code() is not None)
        assert court.code() == FrameCode(1, 0, 14)
        assert check_audit(case / "court.log").is_whole
        whats = [row.what for row in rows_of(case / "court.log")]
        assert whats[0] == "Begun"
        assert "Resumed" in whats


def test_a_show_that_was_ended_is_not_resumed(own_screen: Screen, tmp_path: Path) -> None:
    case = make_court_case(tmp_path)
    with CourtProgram(own_screen, tmp_path / "home") as court:
        court.start("open", str(case), "--court", "last", "--display", "COURT", "--by", "DC Harper")
        court.key("Return")
        court.wait(lambda: court.code() == FrameCode(0, 0, 10))
        court.key("ctrl+q", "ctrl+q")
        assert court.ended() == 0
        assert rows_of(case / "court.log")[-1].what == "Ended"
        court.start("--resume")
        assert court.ended() == 1


def test_thirty_kills_at_random_moments_resume_within_three_seconds(own_screen: Screen, tmp_path: Path) -> None:
    chance = random.Random(30)
    case = make_court_case(tmp_path, frames=900)
    took: list[float] = []
    with CourtProgram(own_screen, tmp_path / "home") as court:
        court.start("open", str(case), "--court", "last", "--display", "COURT", "--by", "DC Harper")
        court.key("Return")
        court.wait(lambda: court.code() is not None)
        for _ in range(30):
            court.key(*chance.choices(["Next", "Prior", "greater", "Right", "space", "period"], k=chance.randint(1, 4)))
            time.sleep(chance.uniform(0.1, 2.5))
            before, looked = court.code(), time.monotonic()
            court.kill()
            killed, killed_ns = time.monotonic(), time.time_ns()
            assert before is not None
            check_log(case / "court.log", before, killed_ns)
            court.start("--resume")
            begun = time.monotonic()
            court.wait(lambda: court.code() is not None)
            took.append(time.monotonic() - begun)
            after = court.code()
            court.wait(lambda killed_ns=killed_ns: rows_of(case / "court.log")[-1].time > killed_ns)  # type: ignore[misc]
            assert check_audit(case / "court.log").is_whole
            assert after is not None
            assert after.camera == before.camera
            assert before.number <= after.number <= before.number + 2 + round((killed - looked + 0.5) * 30)
    print(f"resumed after {min(took):.2f} to {max(took):.2f} s")
    assert max(took) <= _AT_MOST_S
