"""Says which day a clock shows: by readings that agree, or openly that a date stands there which was not made out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sync.overlay_clock.agreement import Seen
from sync.overlay_clock.clock_face import DAY_NS
from sync.overlay_clock.ticks import Rate

_LEAST_SHARE = 3
"""One of so many readings must show the date whole: a single one may be the misread one. As many that show a part of a
date are enough to know that there is one."""


def find_days(
    seen: Sequence[Seen], dated: Iterable[tuple[int, tuple[date, ...]]], rate: Rate
) -> tuple[date, ...] | None:
    """Return the days from whose midnight a clock counts; none where it shows no date, None where that stays open.

    Args:
        seen: readings of the clock's own line that agree.
        dated: dates of another line, with the stamps of their frames.
        rate: how the clock runs.
    """
    shown = [(one.media_ns, one.face.dates) for one in seen if one.face.dates]
    is_cut = sum(one.face.has_cut_date for one in seen) * _LEAST_SHARE >= len(seen)
    if (shown or is_cut) and len(shown) * _LEAST_SHARE < len(seen):
        return None
    if not shown:
        shown = [one for one in dated if seen[0].media_ns <= one[0] <= seen[-1].media_ns]
    if not shown:
        return ()
    votes: Counter[date] = Counter()
    for media_ns, dates in shown:
        days = rate.device_at(media_ns) // DAY_NS
        votes.update({one - timedelta(days=days) for one in dates})
    return tuple(sorted(one for one, count in votes.items() if count * 5 >= len(shown) * 4)) or None
