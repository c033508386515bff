"""Children start from nothing or as copies of one that is ready: to those who use them it is the same."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from evidence.child_process import start_child


def _tell(pipe: Connection[tuple[str, str | None, bool], None]) -> None:
    name = Path("/proc/self/comm").read_text().strip()
    pipe.send((name, os.environ.get("SIGHTLINE_SEEN"), "player.decoder.worker" in sys.modules))
    with contextlib.suppress(EOFError):
        pipe.recv()


def _told() -> tuple[str, str | None, bool]:
    ours, theirs = multiprocessing.Pipe()
    child = start_child(_tell, theirs, name="teller")
    theirs.close()
    told: tuple[str, str | None, bool] = ours.recv()
    ours.close()  # which is how a child learns that it is no longer wanted
    child.join(10)
    assert child.exitcode is not None
    return told


def _tell_limit(pipe: Connection[int, None]) -> None:
    pipe.send(resource.getrlimit(resource.RLIMIT_FSIZE)[0])


@pytest.mark.skipif(sys.platform != "linux", reason="children are copied on Linux only")
def test_a_ready_child_has_the_limits_of_the_moment() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    seen = []
    for limit in (30_000_000, soft):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        ours, theirs = multiprocessing.Pipe()
        start_child(_tell_limit, theirs, name="limited")
        seen.append(ours.recv())
    assert seen == [30_000_000, soft]


@pytest.mark.skipif(sys.platform != "linux", reason="children are copied on Linux only")
def test_a_ready_child_has_its_name_and_the_surroundings_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGHTLINE_SEEN", "now")
    assert _told() == ("teller", "now", True)
    monkeypatch.delenv("SIGHTLINE_SEEN")
    assert _told() == ("teller", None, True)


_ALONE = """
import os, signal, sys
from multiprocessing import forkserver
from tests.evidence.test_child_process import _told
from evidence.child_process import keep_ready
if __name__ == "__main__":
    os.environ["SIGHTLINE_SEEN"] = "yes"
    assert _told() == ("teller", "yes", False), "a child that starts from nothing"
    keep_ready("player.decoder.process")
    assert _told() == ("teller", "yes", True), "a child that was ready"
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
    assert _told()[:2] == ("teller", "yes"), "the ready one was killed"
    assert _told() == ("teller", "yes", True), "and is there again"
    print("all four")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="children are copied on Linux only")
def test_children_start_also_where_the_one_that_is_ready_was_killed() -> None:
    done = subprocess.run([sys.executable, "-c", _ALONE], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() == "all four", done.stderr


_KILLED = """
import multiprocessing, time
from evidence.child_process import keep_ready, start_child
from tests.evidence.test_child_process import _tell
if __name__ == "__main__":
    keep_ready("player.decoder.process")
    ours, theirs = multiprocessing.Pipe()
    child = start_child(_tell, theirs, name="teller")
    theirs.close()
    ours.recv()
    from multiprocessing import forkserver
    print(child.pid, forkserver._forkserver._forkserver_pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="children are copied on Linux only")
def test_nothing_is_left_where_the_program_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _KILLED], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        left = [int(number) for number in program.stdout.readline().split()]
        watched = [os.pidfd_open(number) for number in left]
        program.send_signal(signal.SIGKILL)
        program.wait(30)
    for one in watched:
        assert multiprocessing.connection.wait([one], 30), "still there"
        os.close(one)
    assert len(left) == 2
