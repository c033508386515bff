"""A kill at any moment of marking loses no confirmed mark, and leaves a case that opens with a whole audit log."""

from __future__ import annotations

import multiprocessing
import random
import time
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from annotations.journal import history_of
from annotations.marks import load_marks
from evidence.case import Case
from tests.support.case_dump import assert_log_is_whole
from tests.support.kill_marking import mark_for_ever

_KILLS = 50
_FEW = 3


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.kill_marking"])
    return context


def kill_while_marking(context: ForkServerContext, folder: Path, after_s: float) -> dict[str, str]:
    """Start marking, kill it, and return the texts of the marks that it had confirmed, by id."""
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=mark_for_ever, args=(folder, theirs))
    process.start()
    theirs.close()
    assert ours.poll(60)
    assert ours.recv() == "begun"
    time.sleep(after_s)
    process.kill()
    process.join()
    confirmed: dict[str, str] = {}
    try:
        while True:
            mark_id, text = ours.recv()
            confirmed[mark_id] = text
    except (EOFError, OSError):
        ours.close()
    return confirmed


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.soak] if seed >= _FEW else []) for seed in range(_KILLS)]
)
def test_a_kill_loses_no_confirmed_mark(tmp_path: Path, processes: ForkServerContext, seed: int) -> None:
    folder = tmp_path / "Case.sightline"
    Case.create(folder, title="Kills", reference="", by="DC Harper").close()
    confirmed = kill_while_marking(processes, folder, random.Random(seed).uniform(0.02, 0.3))
    with Case.open(folder) as case:
        kept = {mark.id: mark for mark in load_marks(case)}
        assert confirmed.keys() <= kept.keys()
        assert len(kept) - len(confirmed) <= 1  # one may have been saved and not told yet
        for mark_id, text in confirmed.items():
            number = text.rpartition(" ")[2]
            assert kept[mark_id].text in {text, f"changed {number}"}
            last = history_of(case, mark_id)[-1].after
            assert last is not None
            assert last["text"] == kept[mark_id].text
        assert_log_is_whole(case)
