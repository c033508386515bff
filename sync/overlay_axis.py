"""Takes what overlays read for what the devices' clocks read, where claims only guess it.

A recording lies on its camera's clock by its strongest claim, which may be a whole second or a time of export. Where a
burnt-in clock was read, it says what that clock truly read; whatever is said of the clock (that it was 7 minutes fast,
that it runs on another zone, that it is right within half a minute) is said of that reading. Overlays are no ties to
UTC beside those: they say how moments and recordings of one clock stand to one another.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evidence.observations import Observation, SyncMethod
from evidence.records import Recording
from evidence.times import NS_PER_S, DurationNs
from sync.placement import StartClaim
from sync.timeline import origin_ns

_QUARTER_NS = 900 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Shift:
    """By how much a clock read more than its claim of time makes it read.

    Attributes:
        size_ns: that.
        sigma_ns: its standard uncertainty: that of the reading.
    """

    size_ns: DurationNs
    sigma_ns: DurationNs

    def within_zone_ns(self) -> DurationNs:
        """Return it without the part that a zone makes: whole quarters of an hour."""
        return self.size_ns - round(self.size_ns / _QUARTER_NS) * _QUARTER_NS

    def widened_ns(self, sigma_ns: DurationNs) -> DurationNs:
        """Return the standard uncertainty of what is said of a clock that was read so."""
        return round(math.hypot(sigma_ns, self.sigma_ns))


NO_SHIFT = Shift(0, 0)


def overlay_shifts(
    starts: Mapping[str, tuple[Recording, StartClaim]], observations: Iterable[Observation]
) -> dict[str, Shift]:
    """Return by id of recording how its clock's reading stands to its claim of time, where an overlay shows it."""
    found: dict[str, Shift] = {}
    for one in observations:
        key = one.one.recording_id
        if one.method is not SyncMethod.BURNT_IN_CLOCK or not one.state.may_count or one.utc is None:
            continue
        if key in starts and key not in found:
            recording, start = starts[key]
            claimed = start.device_start + one.one.media_ns - origin_ns(recording)
            found[key] = Shift(one.utc - claimed, one.sigma_ns)
    return found
