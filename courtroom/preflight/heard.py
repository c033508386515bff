"""Check 12: somebody stood in the room and says whether the test of the sound was heard. No program can know."""

from __future__ import annotations

from dataclasses import replace

from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.report import Report


def heard_result(by: str, *, is_heard: bool) -> Result:
    """Return what somebody says of the test."""
    if is_heard:
        return Result(Check.HEARD, Outcome.PASS, f"{by} heard the test on both sides.")
    remedy = "Check cables, volume and the court's sound, and play the test again."
    return Result(Check.HEARD, Outcome.FAIL, f"{by} did not hear the test on both sides.", remedy)


def with_heard(report: Report, said: Result) -> Report:
    """Return a report with this in place of what was said before."""
    kept = [one for one in report.results if one.check is not Check.HEARD]
    return replace(report, results=tuple(sorted([*kept, said], key=lambda one: (one.check.number, one.place))))
