"""A kill at any moment of adding files loses nothing that was confirmed, and leaves a case that opens."""

from __future__ import annotations

import multiprocessing
import random
import time
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.verify import Verdict, VerifyRequest, check_database, verify_originals
from tests.support.case_dump import actions_of, assert_log_is_whole, log_of
from tests.support.examinations import FakeExaminer, small_index
from tests.support.kill_ingest import add_slowly

_KILLS = 50
_FILES = 16


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that start in a few milliseconds, because what they need has been imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.kill_ingest"])
    return context


def kill_while_adding(
    context: ForkServerContext, folder: Path, originals: Path, *, after_s: float, pause_s: float
) -> list[str]:
    """Start adding, kill it `after_s` after it began, and return what it had confirmed."""
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=add_slowly, args=(folder, originals, theirs, pause_s))
    process.start()
    theirs.close()
    assert ours.poll(60)
    assert ours.recv() == "begun"
    time.sleep(after_s)
    process.kill()
    process.join()
    confirmed: list[str] = []
    try:
        while True:
            confirmed.append(ours.recv())
    except EOFError:
        ours.close()
    return [one for one in confirmed if one != "done"]


@pytest.mark.parametrize("seed", range(_KILLS))
def test_a_kill_loses_nothing_confirmed(
    tmp_path: Path, quick_folder: Path, processes: ForkServerContext, seed: int
) -> None:
    chance = random.Random(seed)
    home = tmp_path if seed % 2 else quick_folder  # on a disk the kill falls into waiting for it, else between steps
    case_folder = home / "Killed.sightline"
    Case.create(case_folder, title="Killed", reference="", by="me").close()
    originals = home / "originals"
    originals.mkdir()
    for number in range(_FILES):
        (originals / f"K_{number:03d}.mp4").write_bytes(f"{seed} {number}".encode())
    after_s = chance.uniform(0.0, 0.25 if seed % 2 else 0.1)
    confirmed = kill_while_adding(
        processes, case_folder, originals, after_s=after_s, pause_s=chance.choice((0.0, 0.003))
    )
    with Case.open(case_folder) as case:
        recordings = {one.id: one for one in case.recordings()}
        assert set(confirmed) <= set(recordings)
        for recording in recordings.values():
            assert (len(recording.streams), len(recording.claims), len(recording.findings)) == (2, 1, 1)
            index = case.frame_index(recording.id)
            assert index is not None
            assert index.to_bytes() == small_index()
        assert len(recordings) - len(confirmed) <= 1, "only what was being confirmed can be there untold"
        assert_log_is_whole(case)
        assert check_database(case) == []
        told = [record["items"][0] for record in log_of(case_folder) if record["action"] == "recording.added"]
        assert sorted(told) == sorted(recordings)
        begun, ended = (actions_of(case_folder).count(f"add.{how}") for how in ("begun", "finished"))
        assert len(case.interrupted_batches()) == begun - ended
        request = AddRequest(case_folder, (bytes(originals),), "again", "Camera")
        add_files(request, no_progress, never_cancelled, examiner_factory=FakeExaminer, case=case)
        assert len(case.recordings()) == _FILES
        assert case.interrupted_batches() == ()
        assert len(case.cameras()) == 1
        result = verify_originals(VerifyRequest(case_folder, "me"), no_progress, never_cancelled, case=case)
        assert result.verdict is Verdict.VERIFIED
