"""Takes what overlays read for what the devices' clocks read, where claims only guess it.

A recording lies on its camera's clock by its strongest claim, which may be a whole second or a time of export. Where a
burnt-in clock was read, it says what that clock truly read; whatever is said of the clock (that it was 7 minutes fast,
that it runs on another zone, that it is right within half a minute) is said of that reading. Overlays are no ties to
UTC beside those: they say how moments and recordings of one clock stand to one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evidence.observations import Observation, ObservationState, SyncMethod
from evidence.records import Recording
from evidence.times import NS_PER_S, DurationNs
from sync.placement import StartClaim
from sync.timeline import origin_ns

_QUARTER_NS = 900 * NS_PER_S


def overlay_shifts(
    starts: Mapping[str, tuple[Recording, StartClaim]], observations: Iterable[Observation]
) -> dict[str, DurationNs]:
    """Return by id of recording by how much its clock read more than its claim of time makes it read."""
    found: dict[str, DurationNs] = {}
    for one in observations:
        key = one.one.recording_id
        if one.method is not SyncMethod.BURNT_IN_CLOCK or one.state is ObservationState.REJECTED or one.utc is None:
            continue
        if key in starts and key not in found:
            recording, start = starts[key]
            found[key] = one.utc - (start.device_start + one.one.media_ns - origin_ns(recording))
    return found


def within_zone(shift_ns: DurationNs) -> DurationNs:
    """Return a shift without the part that a zone makes: whole quarters of an hour."""
    return shift_ns - round(shift_ns / _QUARTER_NS) * _QUARTER_NS
