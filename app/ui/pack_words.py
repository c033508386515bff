"""Says in words, with a word and an icon, what a check of a court pack found; unknown is never shown as good."""

from __future__ import annotations

from app.time_text import size_text
from app.ui.case_header import Badge
from app.ui.notices import NoticeKind
from courtroom.pack.findings import PackVerdict
from courtroom.pack.verdict_words import summary
from evidence.verify import Verdict

_MOST_NAMED = 6

CHECKING = Badge("Checking", "unknown", "dim", "All files of the court pack are being read and compared.")
STOPPED = Badge("Unknown", "unknown", "dim", "The check was stopped; what it did not reach is unknown.")


def badge_of_pack(found: PackVerdict) -> Badge:
    """Return the badge for the title line."""
    words = f"{summary(found)} {size_text(found.checked_bytes)} read."
    if found.verdict is Verdict.MISMATCH:
        return Badge("Mismatch", "bad", "bad", words)
    if found.verdict is Verdict.VERIFIED:
        return Badge("Verified", "good", "good", words)
    return Badge("Unknown", "unknown", "dim", words)


def pack_notice(found: PackVerdict) -> tuple[NoticeKind, str]:
    """Return what a check found, the faults with their files, the worst first; and how much it matters."""
    worst_first = sorted(found.findings, key=lambda one: one.verdict is not Verdict.MISMATCH)
    lines = [summary(found), *(f"· {one}" for one in worst_first[:_MOST_NAMED])]
    left = len(worst_first) - _MOST_NAMED
    lines += [f"And {left:,} more; “sightline verify” lists them all."] if left > 0 else []
    if found.verdict is not Verdict.MISMATCH:
        lines.append("F11 shows it in court.")
    kinds = {Verdict.MISMATCH: NoticeKind.PROBLEM, Verdict.VERIFIED: NoticeKind.NOTE}
    return kinds.get(found.verdict, NoticeKind.WARNING), "\n".join(lines)
