"""Chooses, for one recording, the claim of time that places it, and says how far that can be trusted.

This is the first guess, before clocks are compared with one another: the strongest claim is taken at its word. A
time by the file system alone does not place a recording (a copy changes it); such a recording is left to be placed
by hand or by a match, never silently at the time of copying.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from evidence.records import ClaimMeaning, ClaimOrigin, ClaimZone, TimeClaim
from evidence.times import NS_PER_S, DeviceTime, DurationNs

_STRENGTH = {
    ClaimOrigin.BY_HAND: 0,
    ClaimOrigin.GPS: 1,
    ClaimOrigin.TELEMETRY: 2,
    ClaimOrigin.MAKER_TAG: 3,
    ClaimOrigin.QUICKTIME_TAG: 4,
    ClaimOrigin.SIDECAR: 5,
    ClaimOrigin.FILE_NAME: 6,
    ClaimOrigin.CONTAINER: 7,
    ClaimOrigin.TIMECODE: 8,
    ClaimOrigin.MATCH: 9,
}
"""Lower is stronger. File names stand before containers: recorders that are exported to MP4 keep the name and lose
the tag. A timecode counts from wherever the operator set it, so it comes last."""

_DEVICE_CLOCK_SIGMA_NS = 30 * NS_PER_S
"""How wrong an unchecked device clock typically is (one sigma): seconds to minutes, see docs/architecture.md."""

_GPS_SIGMA_NS = 500_000_000
"""GPS time is exact, but a file's telemetry is written up to a second beside the picture it belongs to."""


@dataclass(frozen=True, slots=True)
class StartClaim:
    """When a recording's first frame was taken, by the strongest claim.

    Attributes:
        device_start: the claimed moment of the first frame, as a reading of the device's clock.
        claim: the claim it rests on.
        sigma_ns: standard uncertainty (one sigma) of `device_start` as a statement about true time, ns; None where a
            person placed it and did not say, or a match did, whose clock setting says it.
    """

    device_start: DeviceTime
    claim: TimeClaim
    sigma_ns: DurationNs | None


def rank_claims(claims: Iterable[TimeClaim]) -> tuple[TimeClaim, ...]:
    """Return the claims that can place a recording, the strongest first; the order of equals is kept."""
    usable = [claim for claim in claims if claim.origin in _STRENGTH and claim.meaning is not ClaimMeaning.UNRELATED]
    return tuple(sorted(usable, key=lambda claim: (_STRENGTH[claim.origin], claim.resolution_ns)))


def find_start(claims: Iterable[TimeClaim], duration_ns: DurationNs, zone: ZoneInfo) -> StartClaim | None:
    """Return when the recording started by its strongest claim, or None where nothing can place it.

    Args:
        claims: everything that was found.
        duration_ns: length of the recording, to come from its end to its start.
        zone: the zone in which bare local times are read.
    """
    for claim in rank_claims(claims):
        start = claim_start_ns(claim, duration_ns, zone)
        return StartClaim(DeviceTime(start), claim, _sigma_of(claim))
    return None


def _sigma_of(claim: TimeClaim) -> DurationNs | None:
    if claim.origin in {ClaimOrigin.BY_HAND, ClaimOrigin.MATCH}:
        return None
    sigma = _GPS_SIGMA_NS if claim.origin is ClaimOrigin.GPS else _DEVICE_CLOCK_SIGMA_NS
    return sigma + claim.resolution_ns // 2


def claim_start_ns(claim: TimeClaim, duration_ns: DurationNs, zone: ZoneInfo) -> int:
    """Return the moment of the first frame that a claim implies, ns since the epoch.

    A claim whose meaning is START_OR_END is read as the start, which is the commoner habit.
    """
    instant = claim.instant_ns
    if claim.zone is ClaimZone.LOCAL:
        instant = local_to_utc_ns(instant, zone)
    if claim.meaning is ClaimMeaning.END:
        return instant - duration_ns
    if claim.meaning is ClaimMeaning.AT_OFFSET:
        return instant - claim.offset_ns
    return instant


def local_to_utc_ns(digits_ns: int, zone: ZoneInfo) -> int:
    """Return UTC for the digits of a local clock in `zone`; a time that comes twice is read as the first of the two."""
    seconds, rest = divmod(digits_ns, NS_PER_S)
    face = datetime.fromtimestamp(seconds, tz=UTC).replace(tzinfo=zone)
    offset = face.utcoffset()
    assert offset is not None
    return (seconds - round(offset.total_seconds())) * NS_PER_S + rest
