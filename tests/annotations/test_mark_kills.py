"""A kill at any moment of marking or drawing loses nothing confirmed, and leaves a case that opens, its log whole."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest

from annotations.journal import history_of
from annotations.marks import load_marks
from annotations.shapes.record import find_unreadable, load_shapes
from annotations.shapes.state import state_of
from evidence.case import Case
from tests.support.case_dump import assert_log_is_whole
from tests.support.kill_marking import draw_for_ever, mark_for_ever

_KILLS = 50
_SEEDS_OF_MARKS = [pytest.param(seed, marks=[pytest.mark.soak] if seed >= 2 else []) for seed in range(_KILLS)]
_SEEDS_OF_SHAPES = [pytest.param(seed, marks=[pytest.mark.soak] if seed >= 1 else []) for seed in range(_KILLS)]

Work = Callable[[Path, Connection], None]


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.kill_marking"])
    return context


def kill_while(work: Work, context: ForkServerContext, folder: Path, after_s: float) -> dict[str, list[Any]]:
    """Start working, kill it, and return the states that it had confirmed, by id, the last one last."""
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(folder, theirs))
    process.start()
    theirs.close()
    assert ours.poll(60)
    assert ours.recv() == "begun"
    time.sleep(after_s)
    process.kill()
    process.join()
    confirmed: dict[str, list[Any]] = {}
    try:
        while True:
            item_id, state = ours.recv()
            confirmed.setdefault(item_id, []).append(state)
    except (EOFError, OSError):
        ours.close()
    return confirmed


@pytest.mark.parametrize("seed", _SEEDS_OF_MARKS)
def test_a_kill_loses_no_confirmed_mark(tmp_path: Path, processes: ForkServerContext, seed: int) -> None:
    folder = tmp_path / "Case.sightline"
    Case.create(folder, title="Kills", reference="", by="DC Harper").close()
    told = kill_while(mark_for_ever, processes, folder, random.Random(seed).uniform(0.02, 0.3))
    confirmed = {mark_id: states[-1] for mark_id, states in told.items()}
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


@pytest.mark.parametrize("seed", _SEEDS_OF_SHAPES)
def test_a_kill_loses_no_confirmed_shape_or_keyframe(tmp_path: Path, processes: ForkServerContext, seed: int) -> None:
    folder = tmp_path / "Case.sightline"
    Case.create(folder, title="Kills", reference="", by="DC Harper").close()
    confirmed = kill_while(draw_for_ever, processes, folder, random.Random(seed).uniform(0.05, 0.5))
    with Case.open(folder) as case:
        assert not find_unreadable(case)
        kept = {shape.id: shape for shape in load_shapes(case)}
        assert confirmed.keys() <= kept.keys()
        assert len(kept) - len(confirmed) <= 1  # one may have been saved and not told yet
        unsaid = 0
        for shape_id, states in confirmed.items():
            state = state_of(kept[shape_id])
            history = [one.after for one in history_of(case, shape_id)]
            assert history[: len(states)] == states
            assert history[-1] == state
            unsaid += len(history) - len(states)
        assert unsaid + len(kept) - len(confirmed) <= 1
        assert_log_is_whole(case)
