"""A decoder that hangs is told from one that is only given no processor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from player import tended_decoder
from player.decoder_link import DecoderPool
from player.pulse import Pulse, feel_pulse, queued_ns
from player.tended_decoder import TendedDecoder
from tests.support.fake_decoder import FakeDecoder

SECOND = 1_000_000_000
needs_proc = pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="this system does not tell")  # noqa: PTH112


@pytest.fixture
def busy() -> Iterator[subprocess.Popen[bytes]]:
    """A process that works without end."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    yield process
    process.kill()
    process.wait()


@needs_proc
def test_a_process_that_works_has_a_pulse_and_one_that_was_stopped_has_none(busy: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while (pulse := feel_pulse(busy.pid)) is None or pulse.worked_ns < SECOND // 10 or not pulse.is_ready:
        assert time.monotonic() < end
    busy.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, busy.pid, os.WSTOPPED)
    stopped = feel_pulse(busy.pid)
    assert stopped is not None
    assert not stopped.is_ready
    assert feel_pulse(None) is None


@needs_proc
def test_what_a_process_waits_for_a_processor_is_counted(busy: subprocess.Popen[bytes]) -> None:
    one = {min(os.sched_getaffinity(0))}
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as other:
        try:
            for process in (busy, other):
                os.sched_setaffinity(process.pid, one)
            end = time.monotonic() + 60
            while min(queued_ns(busy.pid), queued_ns(other.pid)) < SECOND // 20:
                assert time.monotonic() < end, "two on one processor wait for each other"
                time.sleep(0.01)
        finally:
            other.kill()
    assert queued_ns(other.pid) == 0, "it is gone"


@pytest.mark.parametrize(
    ("pulses", "silent_s", "hangs"),
    [
        ([None, None], 2.1, True),
        ([Pulse(0, is_ready=True), Pulse(SECOND // 5, is_ready=True)], 2.1, False),
        ([Pulse(0, is_ready=True), Pulse(SECOND // 5, is_ready=True)], 21, True),
        ([Pulse(0, is_ready=True), Pulse(SECOND * 3 // 2, is_ready=True)], 2.1, True),
        ([Pulse(0, is_ready=True), Pulse(SECOND // 5, is_ready=False)], 2.1, True),
        ([Pulse(0, is_ready=True), Pulse(0, is_ready=False)], 1.9, False),
    ],
)
def test_silence_is_a_hang_only_where_it_was_given_time_to_answer(
    monkeypatch: pytest.MonkeyPatch, pulses: list[Pulse | None], silent_s: float, hangs: bool
) -> None:
    coming = iter(pulses)
    monkeypatch.setattr(tended_decoder, "feel_pulse", lambda _process: next(coming, None))
    with ExitStack() as undo:
        pool = DecoderPool(FakeDecoder, spares=0)
        undo.callback(pool.close)
        decoder = TendedDecoder(pool)
        decoder.start(0)
        undo.callback(decoder.let_go)
        decoder._has_attached = True
        assert decoder.find_trouble(6 * SECOND // 10, is_owing=True) == ""
        found = decoder.find_trouble(int(silent_s * SECOND), is_owing=True)
    assert bool(found) is hangs
