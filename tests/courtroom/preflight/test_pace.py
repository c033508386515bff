"""What a try that missed real time says: a slow machine is a fault, a busy moment is not."""

from __future__ import annotations

import os
import time

from courtroom.preflight.load_watch import LoadWatch
from courtroom.preflight.media_child import Done, Flaw
from courtroom.preflight.pace import Load, alone_ns, is_open
from courtroom.preflight.queue_time import QueueTime
from evidence.times import NS_PER_S
from tests.support.busy import busy_processors

_BUSY = Load(60, 2)


def done(took_s: float, used_s: float, waited_s: float | None, late_alone: int = 0) -> Done:
    flaws = (Flaw(0, late=(5,), late_count=1, late_alone_count=late_alone),)
    waited = None if waited_s is None else round(waited_s * NS_PER_S)
    return Done(10, round(took_s * NS_PER_S), flaws, round(used_s * NS_PER_S), waited)


def test_a_miss_on_a_quiet_machine_counts() -> None:
    assert not is_open([done(2.0, 0.2, 1.8)], Load(3, 2), NS_PER_S)


def test_a_miss_while_others_had_the_processors_says_nothing() -> None:
    assert is_open([done(2.0, 0.5, 1.4)], _BUSY, NS_PER_S)


def test_a_slow_disk_is_slow_however_busy_the_machine_is() -> None:
    assert not is_open([done(2.0, 0.2, 0.3)], _BUSY, NS_PER_S)
    assert not is_open([done(2.0, 0.5, 1.4, late_alone=1)], _BUSY, NS_PER_S)


def test_cameras_that_wait_for_each_other_are_not_forgiven() -> None:
    came = [done(2.4, 0.8, 1.6)] * 3
    assert alone_ns(came, _BUSY) == 1_200_000_000, "2.4 s of work shared out among two processors"
    assert not is_open(came, _BUSY, NS_PER_S)


def test_where_the_system_does_not_count_waiting_much_load_is_needed() -> None:
    assert is_open([done(2.0, 0.5, None)], _BUSY, NS_PER_S)
    assert not is_open([done(2.0, 0.5, None)], Load(20, 2), NS_PER_S)


def test_the_load_of_other_programs_is_seen_and_ones_own_is_not() -> None:
    watch = LoadWatch()
    queue = QueueTime()
    with busy_processors(2 * (os.cpu_count() or 1)):
        queue.begin()
        watch.begin()
        until = time.monotonic() + 0.4
        while time.monotonic() < until:
            pass
        load, waited = watch.end(0), queue.waited_ns()
    queue.close()
    assert load.is_busy
    assert waited is None or waited > 0
    assert queue.waited_ns() is None, "closed"
