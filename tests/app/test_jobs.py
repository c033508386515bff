"""Jobs run beside the UI thread; exactly one callback comes back to it, whatever a job does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Job, JobRunner, JobState
from evidence.errors import Cancelled, SightlineError, StorageError
from evidence.jobs import IsCancelled, Progress, ProgressReport

pytestmark = pytest.mark.gui
Work = Callable[[Progress, IsCancelled], object]


class Ledger:
    """What came back, and on which thread."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.threads: set[threading.Thread] = set()

    def note(self, what: object) -> None:
        self.told.append(what)
        self.threads.add(threading.current_thread())


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[JobRunner]:
    made = JobRunner()
    yield made
    made.close()


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def start(runner: JobRunner, ledger: Ledger, work: Work) -> Job:
    return runner.start(
        "Testing",
        work,
        on_done=ledger.note,
        on_failed=ledger.note,
        on_cancelled=lambda: ledger.note("cancelled"),
    )


def until_cancelled(_progress: Progress, cancelled: IsCancelled) -> object:
    while not cancelled():
        time.sleep(0.002)
    raise Cancelled("Stopped.")


def test_a_result_arrives_on_the_ui_thread(qtbot: QtBot, runner: JobRunner, ledger: Ledger) -> None:
    with qtbot.waitSignal(runner.ended):
        start(runner, ledger, lambda _progress, _cancelled: threading.current_thread())
    (worker,) = ledger.told
    assert ledger.threads == {threading.main_thread()}
    assert worker is not threading.main_thread()
    assert runner.running == ()


def test_progress_is_thinned_out_and_the_last_report_arrives(qtbot: QtBot, runner: JobRunner, ledger: Ledger) -> None:
    def work(progress: Progress, _cancelled: IsCancelled) -> None:
        for done in range(100_001):
            progress(ProgressReport(done, 100_000, "bytes", "x"))

    changes: list[int] = []
    with qtbot.waitSignal(runner.ended, timeout=60_000):
        job = start(runner, ledger, work)
        job.changed.connect(lambda: changes.append(job.report.done if job.report else -1))
    assert changes[-1] == 100_000
    assert len(changes) < 200
    assert changes == sorted(changes)


@pytest.mark.parametrize(
    ("raised", "kind", "words"),
    [
        (StorageError("The disk is full.", meaning="m", remedy="r"), StorageError, "The disk is full. m r"),
        (OSError(28, "No space left on device", "/x"), StorageError, "No space left"),
        (ZeroDivisionError("division by zero"), SightlineError, "has a fault"),
    ],
)
def test_what_goes_wrong_comes_back_in_words(
    qtbot: QtBot, runner: JobRunner, ledger: Ledger, raised: Exception, kind: type[SightlineError], words: str
) -> None:
    def work(_progress: Progress, _cancelled: IsCancelled) -> None:
        raise raised

    with qtbot.waitSignal(runner.ended):
        start(runner, ledger, work)
    (error,) = ledger.told
    assert type(error) is kind
    assert words in str(error)


def test_a_cancelled_job_says_so_and_nothing_else(qtbot: QtBot, runner: JobRunner, ledger: Ledger) -> None:
    job = start(runner, ledger, until_cancelled)
    with qtbot.waitSignal(job.ended):
        job.cancel()
        assert job.state is JobState.CANCELLING
    assert ledger.told == ["cancelled"]


def test_closing_waits_for_jobs_and_calls_nobody_back(qtbot: QtBot, runner: JobRunner, ledger: Ledger) -> None:
    for _ in range(7):
        start(runner, ledger, until_cancelled)
    runner.close()
    qtbot.wait(50)
    assert ledger.told == []
    assert start(runner, ledger, until_cancelled).state is JobState.CANCELLED


def test_a_fault_in_a_callback_does_not_lose_the_job(qtbot: QtBot, runner: JobRunner) -> None:
    def fail(_result: None) -> None:
        raise ZeroDivisionError

    with qtbot.captureExceptions() as caught, qtbot.waitSignal(runner.ended):
        runner.start("Testing", lambda _progress, _cancelled: None, on_done=fail, on_failed=print)
    assert [kind for kind, _error, _trace in caught] == [ZeroDivisionError]
    assert runner.running == ()
