"""Claims that a person makes: when a certain frame of a recording was truly taken."""

from __future__ import annotations

from evidence.records import ClaimMeaning, ClaimOrigin, ClaimZone, ClockSetting, TimeClaim
from evidence.text import clean_line
from evidence.times import DurationNs, IncidentTime
from sync.clock_map import ClockMap

_RESOLUTION_NS = 1_000_000


def claim_by_hand(
    instant: IncidentTime,
    setting: ClockSetting | None,
    *,
    typed: str,
    basis: str,
    source: str = "placed by hand",
    offset_ns: DurationNs = 0,
) -> TimeClaim:
    """Return the claim that puts a frame of a recording at a true time.

    Claims are readings of the camera's clock, so the true time is turned into what that clock showed then.

    Args:
        instant: when the frame was truly taken.
        setting: how the camera's clock is set, or None while it is taken at its word.
        typed: the time as the person wrote it.
        basis: the grounds.
        source: where the claim was made, for people.
        offset_ns: how long after the recording's first frame the frame starts, by the file's own time.
    """
    clock = ClockMap.identity() if setting is None else ClockMap(setting.pieces)
    return TimeClaim(
        origin=ClaimOrigin.BY_HAND,
        source=source,
        raw=clean_line(typed, limit=200),
        instant_ns=clock.to_device(instant),
        zone=ClaimZone.UTC,
        meaning=ClaimMeaning.AT_OFFSET if offset_ns else ClaimMeaning.START,
        resolution_ns=_RESOLUTION_NS,
        offset_ns=offset_ns,
        note=basis,
    )
