"""Whatever a child does, its driver answers in words, leaves no process behind, and starts anew."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Iterator

import pytest

from evidence.child_worker import ChildWorker, Stopped
from evidence.errors import Cancelled
from evidence.jobs import IsCancelled, never_cancelled
from tests.support import obedient_child

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
Worker = ChildWorker[str, str]


def _take(message: str) -> str | None:
    return message.removeprefix("answer ") if message.startswith("answer ") else None


def _ask(worker: Worker, order: str, cancelled: IsCancelled = never_cancelled) -> str:
    answer: str | Stopped = worker.ask(order, _take, cancelled=cancelled)
    return f"stopped: {answer.reason}" if isinstance(answer, Stopped) else answer


@pytest.fixture(scope="module")
def shared() -> Iterator[Worker]:
    """One child for all that do it no harm, and a new one after those that do."""
    with Worker(obedient_child.run, name="test", what="the child", doing="Testing", silence_s=30) as worker:
        yield worker


def _is_gone(process_id: int | None) -> bool:
    assert process_id is not None
    with contextlib.suppress(ProcessLookupError):
        os.kill(process_id, 0)
        return False
    return True


def test_one_child_answers_order_after_order(shared: Worker) -> None:
    assert shared.process_id is None
    assert _ask(shared, "echo one") == "one"
    first = shared.process_id
    assert _ask(shared, "count 1000") == "counted"
    assert _ask(shared, "echo two") == "two"
    assert shared.process_id == first


def test_a_crash_is_told_and_the_next_order_gets_a_new_child(shared: Worker) -> None:
    shared.start()
    child = shared.process_id
    assert _ask(shared, "crash") == "stopped: the child crashed (signal 11)"
    assert shared.process_id is None
    assert _is_gone(child)
    assert _ask(shared, "echo again") == "again"


def test_a_child_that_leaves_is_told(shared: Worker) -> None:
    assert _ask(shared, "leave") == "stopped: the child ended unexpectedly"


def test_a_child_killed_between_orders_is_no_fault_of_the_next(shared: Worker) -> None:
    assert _ask(shared, "echo one") == "one"
    assert shared.process_id is not None
    watched = os.pidfd_open(shared.process_id)
    os.kill(shared.process_id, signal.SIGKILL)
    assert select.select([watched], [], [], 20)[0], "it is dead"
    os.close(watched)
    assert _ask(shared, "echo two") == "two"


def test_cancelling_ends_the_child(shared: Worker) -> None:
    assert _ask(shared, "echo one") == "one"
    child = shared.process_id
    with pytest.raises(Cancelled, match="Testing was cancelled"):
        _ask(shared, "hang", lambda: True)
    assert _is_gone(child)


def test_a_fault_of_the_listener_ends_the_child_too(shared: Worker) -> None:
    assert _ask(shared, "echo one") == "one"
    child = shared.process_id

    def fail(_message: str) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        shared.ask("count 3", fail, cancelled=never_cancelled)
    assert _is_gone(child)


def test_a_hang_is_ended_unless_there_is_a_reason_for_it(shared: Worker) -> None:
    assert _ask(shared, "echo one") == "one"
    asked: list[float] = []

    def has_reason() -> bool:
        asked.append(time.monotonic())
        if asked[-1] - asked[0] < 0.6:
            return True
        shared.send("so long")
        return True

    shared.silence_s = 0.2
    answer: str | Stopped = shared.ask("wait", _take, cancelled=never_cancelled, may_be_silent=has_reason)
    assert answer == "after so long"
    assert _ask(shared, "hang") == "stopped: it made no progress for 0 seconds"
    shared.silence_s = 30
    assert _ask(shared, "echo two") == "two"


def test_closing_twice_is_closing_once(shared: Worker) -> None:
    shared.start()
    child = shared.process_id
    shared.close()
    shared.close()
    assert _is_gone(child)
