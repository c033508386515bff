"""Says in words, with a word and an icon, what a check of the originals found; unknown is never shown as good."""

from __future__ import annotations

from app.time_text import size_text
from app.ui.case_header import NOT_CHECKED, Badge
from app.ui.notices import NoticeKind
from evidence.verify import Verdict, VerifyResult

_MOST_NAMED = 5


def badge_of(result: VerifyResult | None) -> Badge:
    """Return the badge for the title line."""
    if result is None:
        return NOT_CHECKED
    _kind, words = verify_words(result)
    if result.verdict is Verdict.MISMATCH:
        return Badge("Mismatch", "bad", "bad", words)
    if result.verdict is Verdict.VERIFIED and not result.cancelled and result.items:
        return Badge("Verified", "good", "good", words)
    return Badge("Unknown", "unknown", "dim", words)


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
