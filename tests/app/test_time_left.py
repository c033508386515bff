"""How long a job will still take is told from how fast it goes lately, and only once enough of it was seen."""

import pytest

from app.time_left import TimeLeft, time_left_text
from evidence.jobs import ProgressReport
from evidence.times import NS_PER_S as S


def _report(done: int, total: int | None = 1_000) -> ProgressReport:
    return ProgressReport(done, total, "bytes", "")


class _Watched:
    """A job that is watched by a clock of our own."""

    def __init__(self) -> None:
        self.left = TimeLeft()
        self.now_ns = 7 * S
        self.report = _report(0)

    def goes_on(self, seconds: float, done: int, total: int | None = 1_000) -> int | None:
        """Let time pass, report, and return the estimate."""
        self.now_ns += round(seconds * S)
        self.report = _report(done, total)
        self.left.add(self.now_ns, self.report)
        return self.left.estimate_ns(self.report)


def test_time_left_follows_the_speed_of_late() -> None:
    left = TimeLeft()
    for second in range(11):
        left.add(second * S, _report(10 * second))
    assert left.estimate_ns(_report(100)) == 90 * S
    for second in range(11, 40):
        left.add(second * S, _report(100 + 20 * (second - 10)))
    assert left.estimate_ns(_report(680)) == 16 * S


def test_time_left_is_not_guessed_from_nothing() -> None:
    left = TimeLeft()
    assert left.estimate_ns(_report(0)) is None
    left.add(0, _report(0))
    left.add(S // 2, _report(10))
    assert left.estimate_ns(_report(10)) is None
    assert left.estimate_ns(_report(5, None)) is None


def test_a_slow_start_on_a_busy_machine_makes_no_estimate_of_hours() -> None:
    job = _Watched()
    assert job.goes_on(0, 0, 50_000) is None
    assert job.goes_on(1.1, 1, 50_000) is None, "one step in a second would be 14 hours"
    assert job.goes_on(1.0, 2, 50_000) is None
    assert job.goes_on(0.9, 3, 50_000) is None


def test_what_really_takes_hours_is_told_once_it_was_watched_for_long_enough() -> None:
    job = _Watched()
    told = [job.goes_on(10, minute, 6_000) for minute in range(1, 700)]
    first = next(number for number, one in enumerate(told) if one is not None)
    assert 20 * 6 < first < 60 * 6, "ten hours and more are told after half an hour or so"
    assert told[first] == (6_000 - (first + 1)) * 10 * S
    assert None not in told[first:]


def test_one_step_alone_is_no_speed() -> None:
    job = _Watched()
    assert job.goes_on(0, 0, 10) is None
    assert job.goes_on(30, 1, 10) is None
    assert job.goes_on(30, 2, 10) == 240 * S


def test_after_a_standstill_nothing_absurd_is_said() -> None:
    job = _Watched()
    for second in range(1, 11):
        job.goes_on(1, 10 * second)
    assert job.goes_on(0, 100) == 90 * S
    assert job.goes_on(600, 101) is None, "at that speed it would be a week"
    told = [job.goes_on(1, 101 + 10 * second) for second in range(1, 30)]
    assert told[-1] is not None
    assert 55 * S <= told[-1] <= 70 * S


def test_the_next_part_of_a_job_is_not_timed_by_the_part_before() -> None:
    job = _Watched()
    for second in range(1, 11):
        job.goes_on(1, second, 10)
    assert job.goes_on(1, 11, 500) is None, "the first part was over; this is another"
    assert job.goes_on(1, 12, 500) is None
    assert [job.goes_on(1, second, 500) for second in range(13, 40)][-1] == 461 * S


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (None, ""),
        (0, "about 1 s left"),
        (41 * S, "about 41 s left"),
        (61 * S, "about 2 min left"),
        (7_200 * S, "about 2 h 00 min left"),
    ],
)
def test_time_left_in_words(left: int | None, words: str) -> None:
    assert time_left_text(left) == words
