"""Reads instants written as ISO 8601 with a zone, to the nanosecond; `evidence.times.iso_utc` writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from evidence.times import NS_PER_S

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d))", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_iso_ns(untrusted_text: str) -> int | None:
    """Return ns since the epoch, or None where the text is no such instant."""
    match = _FORM.fullmatch(untrusted_text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction, sign, hours, minutes = match.groups()[6:]
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        zone = timezone(-offset if sign == "-" else offset)
        moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    whole = (moment - _EPOCH) // timedelta(seconds=1)
    return whole * NS_PER_S + int((fraction or "0").ljust(9, "0"))
