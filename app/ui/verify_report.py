"""Says in words, with a word and an icon, what a check of the originals found; unknown is never shown as good."""

from __future__ import annotations

from app.case_snapshot import CaseSnapshot
from app.time_text import LocalTimes, size_text
from app.ui.case_header import NOT_CHECKED, Badge
from app.ui.notices import NoticeKind
from evidence.case_reading import LastVerification
from evidence.verify import Verdict, VerifyResult

_MOST_NAMED = 5


def badge_of(result: VerifyResult) -> Badge:
    """Return the badge for the title line after a check."""
    _kind, words = verify_words(result)
    if result.verdict is Verdict.MISMATCH:
        return Badge("Mismatch", "bad", "bad", words)
    if result.verdict is Verdict.VERIFIED and not result.cancelled and result.items:
        return Badge("Verified", "good", "good", words)
    return Badge("Unknown", "unknown", "dim", words)


def kept_badge(snapshot: CaseSnapshot, times: LocalTimes) -> Badge:
    """Return the badge of the last check that the case keeps, with its date; never better than what it covered."""
    last = snapshot.last_verification
    if last is None:
        return NOT_CHECKED
    when = times.day_and_minute(last.finished_ns)
    words = _kept_words(last, len(snapshot.missing), when)
    if last.overall == Verdict.MISMATCH or last.mismatched:
        return Badge(f"Mismatch {when}", "bad", "bad", words)
    is_whole = last.verified and not (last.unknown or last.unchecked or snapshot.missing)
    if last.overall == Verdict.VERIFIED and is_whole:
        return Badge(f"Verified {when}", "good", "good", words)
    return Badge(f"Unknown {when}", "unknown", "dim", words)


def _kept_words(last: LastVerification, missing: int, when: str) -> str:
    found = f"{last.verified} verified, {last.mismatched} mismatched, {last.unknown} unknown"
    parts = [f"Last checked {when} by {last.by}: {found}."]
    if last.unchecked:
        parts.append(f"Not covered by it: {last.unchecked}.")
    if missing:
        parts.append(f"Originals that are not found now: {missing}.")
    return " ".join([*parts, "The originals were not compared with their hashes since."])


def verify_words(result: VerifyResult) -> tuple[NoticeKind, str]:
    """Return what a check found, and how much it matters."""
    bad = [item for item in result.items if item.verdict is Verdict.MISMATCH]
    unknown = [item for item in result.items if item.verdict is Verdict.UNKNOWN]
    good = len(result.items) - len(bad) - len(unknown)
    parts = [f"{good} of {len(result.items)} originals are what they were when they were added"]
    parts[0] += f" ({size_text(result.size_bytes)} read)."
    if result.cancelled:
        parts.append("The check was stopped; what it did not reach is unknown.")
    parts += [item.detail for item in (bad + ([] if result.cancelled else unknown))[:_MOST_NAMED]]
    left = len(bad) + len(unknown) - _MOST_NAMED
    if left > 0 and not result.cancelled:
        parts.append(f"And {left} more.")
    parts += [str(finding) for finding in result.findings[:_MOST_NAMED]]
    if result.verdict is Verdict.MISMATCH:
        return NoticeKind.PROBLEM, " ".join(parts)
    if result.verdict is Verdict.UNKNOWN or result.cancelled:
        return NoticeKind.WARNING, " ".join(parts)
    return NoticeKind.NOTE, " ".join([*parts, "The audit log and the case's database are whole."])
