"""Estimates how long a job will still take, from how fast it went lately, and only once enough of it was seen."""

from __future__ import annotations

from collections import deque

from app.time_text import duration_text
from evidence.jobs import ProgressReport
from evidence.times import NS_PER_S, DurationNs

_WINDOW_NS = 15 * NS_PER_S
_SHORTEST_NS = 2 * NS_PER_S
_LEAST_STEPS = 2
_MOST_TIMES_WATCHED = 30
"""An estimate that is longer than what was watched by more than this is a guess: a first step on a busy machine says
hours of what takes minutes."""
_SAMPLE_EVERY_NS = NS_PER_S // 10


class TimeLeft:
    """Follows one job; every time is of one monotonic clock, in ns."""

    def __init__(self) -> None:
        self._samples: deque[tuple[int, int]] = deque()
        self._since_ns = 0
        self._steps = 0
        self._is_part_over = False

    def add(self, now_ns: int, report: ProgressReport) -> None:
        """Take a report that came at `now_ns`.

        A job may have several parts, each with a count of its own: one that counts from less than before, or goes on
        after all was done, begins anew.
        """
        is_over = report.done == report.total
        if self._samples and (report.done < self._samples[-1][1] or (self._is_part_over and not is_over)):
            self._samples.clear()
        self._is_part_over = is_over
        if not self._samples:
            self._since_ns, self._steps = now_ns, 0
        elif report.done > self._samples[-1][1]:
            self._steps += 1
        if len(self._samples) > 1 and now_ns - self._samples[-2][0] < _SAMPLE_EVERY_NS:
            self._samples.pop()
        self._samples.append((now_ns, report.done))
        while len(self._samples) > 2 and now_ns - self._samples[1][0] > _WINDOW_NS:
            self._samples.popleft()

    def estimate_ns(self, report: ProgressReport) -> DurationNs | None:
        """Return how long the rest will take, or None while that cannot be said."""
        if report.total is None or self._steps < _LEAST_STEPS:
            return None
        (first_ns, first_done), (last_ns, last_done) = self._samples[0], self._samples[-1]
        if last_ns - first_ns < _SHORTEST_NS or last_done <= first_done:
            return None
        left_ns = max(0, report.total - report.done) * (last_ns - first_ns) // (last_done - first_done)
        return left_ns if left_ns <= _MOST_TIMES_WATCHED * (last_ns - self._since_ns) else None


def time_left_text(left_ns: DurationNs | None) -> str:
    """Return `about 2 min left`, or "" where that cannot be said."""
    if left_ns is None:
        return ""
    seconds = -(-left_ns // NS_PER_S)
    if seconds <= 1:
        return "about 1 s left"
    if seconds < 60:
        return f"about {seconds} s left"
    minutes = -(-seconds // 60)
    if minutes < 60:
        return f"about {minutes} min left"
    return f"about {duration_text(minutes * 60 * NS_PER_S)} left"
