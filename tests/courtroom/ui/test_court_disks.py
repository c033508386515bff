"""Disks that fail, go away and fill up under the whole program in court, filmed from outside."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.demo.frame_code import FrameCode
from courtroom.run_sheet import AtEnd
from courtroom.show.log_report import rows_of
from evidence.audit import check_audit
from tests.support.bad_disk import BadDisk, Disk
from tests.support.court_program import CourtProgram, Film, make_court_case
from tests.support.screen import Screen, start_screen

pytestmark = [pytest.mark.gui, pytest.mark.soak, pytest.mark.alone]
_TOLD_WITHIN_S = 1.0
_FAULTS = 20


@pytest.fixture
def own_screen() -> Iterator[Screen]:
    """A screen for the program alone."""
    screen = start_screen("2646x768x24")
    yield screen
    screen.close()


@contextlib.contextmanager
def memory_disk(folder: Path, size_mb: int) -> Iterator[None]:
    """A small disk of its own at a place; taken away at the end, whatever still uses it."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=False, capture_output=True)


def begin(court: CourtProgram, film: Film, case: Path) -> None:
    court.start("open", str(case), "--court", "last", "--display", "COURT", "--by", "DC Harper")
    court.key("space")
    court.wait(lambda: is_moving(film))


def is_moving(film: Film, within_s: float = 0.5) -> bool:
    """Tell whether frames follow one another now."""
    if not film.looks or film.looks[-1].code is None:
        return False
    since = film.looks[-1].at - within_s
    return len({one.code for one in film.looks[-200:] if one.at > since}) > 3


def bring_back(court: CourtProgram, film: Film) -> None:
    """Press play as the console says, until frames follow one another again."""
    for _ in range(4):
        end = time.monotonic() + 5
        while time.monotonic() < end:
            time.sleep(0.2)
            if is_moving(film):
                return
        court.key("space")
    raise AssertionError("it did not play again")


def stood_since(film: Film, after: float) -> float | None:
    """Return since when the last frame has been standing, or None where frames still follow one another."""
    looks = film.looks
    same = next((n for n in range(len(looks) - 1, 0, -1) if looks[n - 1].code != looks[n].code), 0)
    return None if looks[-1].at - looks[same].at < 0.5 else max(after, looks[same].at)


def stands_for(film: Film, after: float) -> float:
    """Return for how long the last frame has been standing, seconds."""
    since = stood_since(film, after)
    return 0.0 if since is None else film.looks[-1].at - since


def told_at(case: Path, after_ns: int) -> list[float]:
    """Return when the presenter was told of trouble, by the monotonic clock."""
    off = time.monotonic() - time.time()
    return [
        row.time / 1e9 + off for row in rows_of(case / "court.log") if row.what == "Trouble" and row.time >= after_ns
    ]


def test_reads_that_fail_or_crawl_never_spoil_the_picture_and_are_told(own_screen: Screen, tmp_path: Path) -> None:
    if not BadDisk.is_there():
        pytest.skip("no compiler")
    chance, disk = random.Random(20), BadDisk(tmp_path / "disk")
    case = make_court_case(tmp_path, frames=3_000, items=6, at_end=AtEnd.GO_ON)
    late: list[float] = []
    gone: list[float] = []
    with CourtProgram(own_screen, tmp_path / "home", environment=disk.environment) as court, Film(court, 30) as film:
        begin(court, film, case)
        first = len(film.looks)
        for number in range(_FAULTS):
            bad = (Disk.BROKEN, Disk.SLOW, Disk.BROKEN, Disk.CRAWLING)[number % 4]
            begun, begun_ns = time.monotonic(), time.time_ns()
            disk.be(bad)
            if number % 2 == 0:  # what was read ahead lasts for long: jump, so that it must be read
                court.key(chance.choice(["Right", "Left", "Next"]), "space")
            time.sleep(chance.uniform(2.0, 4.0))
            stood = stood_since(film, begun)
            told = told_at(case, begun_ns)
            disk.be(Disk.WELL)
            if bad is Disk.BROKEN:
                assert told, "a drive that gives nothing any more was not told of"
                gone.append(min(told) - begun)
            if stood is not None and film.looks[-1].at - stood > _TOLD_WITHIN_S:
                assert told, f"{bad}: a picture that stood for {film.looks[-1].at - stood:.1f} s was not told of"
                late.append(min(told) - stood)
            bring_back(court, film)
        looks = film.looks[first:]
    print(f"a drive that gives nothing was told of after {max(gone):.2f} s at most")
    print(f"{len(late)} of {_FAULTS} faults held the picture up; told after {max(late, default=0):.2f} s at most")
    assert all(look.code is not None for look in looks)
    assert late, "no fault was felt: the disk is not as bad as it should be"
    assert max(late) <= _TOLD_WITHIN_S
    assert max(gone) <= _TOLD_WITHIN_S
    assert check_audit(case / "court.log").is_whole


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can take a disk away")
def test_a_stick_that_is_pulled_out_and_put_back_is_played_on(own_screen: Screen, tmp_path: Path) -> None:
    if not BadDisk.is_there():
        pytest.skip("no compiler")
    disk, kept = BadDisk(tmp_path / "disk"), tmp_path / "kept"
    originals = tmp_path / "originals"
    with contextlib.ExitStack() as undo:
        undo.enter_context(memory_disk(originals, 200))
        case = make_court_case(tmp_path, frames=900, items=4, at_end=AtEnd.GO_ON)
        shutil.copytree(originals, kept)
        court = undo.enter_context(CourtProgram(own_screen, tmp_path / "home", environment=disk.environment))
        film = undo.enter_context(Film(court, 30))
        begin(court, film, case)
        first = len(film.looks)
        begun, begun_ns = time.monotonic(), time.time_ns()
        disk.be(Disk.BROKEN)
        subprocess.run(["umount", "-l", originals], check=True)
        court.key("Next")
        court.wait(lambda: bool(told_at(case, begun_ns)))
        print(f"told {min(told_at(case, begun_ns)) - begun:.2f} s after it was pulled out")
        assert min(told_at(case, begun_ns)) - begun < _TOLD_WITHIN_S
        court.wait(lambda: stands_for(film, begun) > 1)  # what was read ahead plays on, of the next item too
        held = film.looks[-1].code
        time.sleep(2)
        assert film.looks[-1].code == held
        undo.enter_context(memory_disk(originals, 200))
        shutil.copytree(kept, originals, dirs_exist_ok=True)
        disk.be(Disk.WELL)
        bring_back(court, film)
        looks = film.looks[first:]
    assert all(look.code is not None for look in looks)
    assert check_audit(case / "court.log").is_whole


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can make a disk that is full")
def test_a_disk_that_fills_up_holds_nothing_up_and_the_log_is_whole_once_there_is_room(
    own_screen: Screen, tmp_path: Path
) -> None:
    if not BadDisk.is_there():
        pytest.skip("no compiler")
    disk = BadDisk(tmp_path / "disk")
    with contextlib.ExitStack() as undo:
        made = make_court_case(tmp_path / "made", frames=900, items=4, at_end=AtEnd.GO_ON)
        case = tmp_path / "Court.sightline"
        undo.enter_context(memory_disk(case, 60))
        shutil.copytree(made, case, dirs_exist_ok=True)
        court = undo.enter_context(CourtProgram(own_screen, tmp_path / "home", environment=disk.environment))
        film = undo.enter_context(Film(court, 30))
        begin(court, film, case)
        first, plain = len(film.looks), court.desk()[:44]
        ballast = case / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

        def is_told() -> bool:
            """Look at the console."""
            return bool(np.mean(np.abs(court.desk()[:44, :, :3].astype(int) - plain[:, :, :3])) > 4)

        court.wait(lambda: disk.full_since is not None)
        while not is_told():
            assert time.monotonic() < (disk.full_since or 0) + 20
        took = time.monotonic() - (disk.full_since or 0)
        print(f"told on the console {took:.2f} s after the first write that failed")
        assert took < _TOLD_WITHIN_S, "a look takes a while too"
        written = (case / "court.log").stat().st_size
        court.key("greater", "greater", "Next", "space")
        time.sleep(3)
        assert (case / "court.log").stat().st_size <= written + 4096
        ballast.unlink()
        time.sleep(3)
        looks = film.looks[first:]
        court.key("ctrl+q", "ctrl+q")
        assert court.ended() == 0
        assert check_audit(case / "court.log").is_whole
        whats = [row.what for row in rows_of(case / "court.log")]
        assert whats[-1] == "Ended"
        assert any(row.item.startswith("2 ") for row in rows_of(case / "court.log"))
    assert all(look.code is not None for look in looks)
    assert FrameCode(1, 0, 11) in {look.code for look in looks}, "the next item came on while the disk was full"
