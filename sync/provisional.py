"""A first place in time for recordings that nothing in their files dates, where an observation ties them to others.

Such a recording has a clock of its own, whose zero means nothing; the solver finds where it lies. It needs a reading to
begin from, near the truth, so that it never stands at 1970: it is taken from the observation itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evidence.observations import Moment, Observation
from evidence.records import ClaimMeaning, ClaimOrigin, ClaimZone, ClockSetting, Recording, TimeClaim
from evidence.times import DeviceTime
from sync.clock_map import ClockMap
from sync.placement import StartClaim
from sync.timeline import origin_ns

_RESOLUTION_NS = 1_000_000


def find_provisional_starts(
    unplaced: Sequence[Recording],
    starts: Mapping[str, tuple[Recording, StartClaim]],
    settings: Iterable[ClockSetting],
    observations: Sequence[Observation],
) -> dict[str, StartClaim]:
    """Return a start for every recording that observations lead to from one that has a place, by id.

    Args:
        unplaced: recordings without any usable claim of time.
        starts: those that have one, by id, with their start.
        settings: the clock settings in force, to come from a device's reading to a first guess of true time.
        observations: rejected ones are not followed.
    """
    recordings = {one.id: one for one in unplaced}
    clocks = {one.camera_id: ClockMap(one.pieces) for one in settings}
    found: dict[str, StartClaim] = {}

    def instant_of(moment: Moment) -> int | None:
        if moment.recording_id in found:
            recording, start = recordings[moment.recording_id], found[moment.recording_id]
            return start.device_start + moment.media_ns - origin_ns(recording)
        if moment.recording_id not in starts:
            return None
        recording, start = starts[moment.recording_id]
        reading = DeviceTime(start.device_start + moment.media_ns - origin_ns(recording))
        return clocks.get(recording.camera_id, ClockMap.identity()).to_incident(reading)

    usable = [one for one in observations if one.state.may_count]
    is_growing = True
    while is_growing:
        is_growing = False
        for one in usable:
            for moment, beyond in ((one.one, one.other), (one.other, one.one)):
                if moment is None or moment.recording_id not in recordings or moment.recording_id in found:
                    continue
                instant = one.utc if beyond is None else instant_of(beyond)
                if instant is not None:
                    recording = recordings[moment.recording_id]
                    device_start = instant - (moment.media_ns - origin_ns(recording))
                    found[recording.id] = StartClaim(DeviceTime(device_start), _claim(device_start, one), None)
                    is_growing = True
    return found


def _claim(device_start: int, observation: Observation) -> TimeClaim:
    return TimeClaim(
        origin=ClaimOrigin.MATCH,
        source=f"{observation.method.value} {observation.group[:8]}",
        raw="",
        instant_ns=device_start,
        zone=ClaimZone.UTC,
        meaning=ClaimMeaning.START,
        resolution_ns=_RESOLUTION_NS,
        note="Nothing in the file says when it was made.",
    )
