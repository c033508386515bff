"""Makes observations of what a burnt-in clock says, and says openly what it leaves open.

An overlay shows the device's own clock. So it tells, to some milliseconds, what that clock read at a frame, and how the
file's own time runs beside it; of true time it tells no more than a device's clock does. `sync.question` takes it so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from evidence.observations import Moment, Observation, SyncMethod
from evidence.records import Recording
from evidence.time_text import offset_text
from evidence.times import NS_PER_S, DurationNs, IncidentTime
from sync.finder import Finder
from sync.overlay_clock.read import ClockPiece, OverlayReading, OverlayVerdict
from sync.placement import find_start, local_to_utc_ns
from sync.timeline import origin_ns

DEVICE_RATE_PPM = 20
"""How far the quartz of a device's clock strays from true rate where nobody measured it (one sigma)."""

UNCHECKED_NS = 30 * NS_PER_S
"""How wrong an unchecked device clock typically is (one sigma), as in `sync.placement`."""

_NEAR_DATE_NS = 36 * 3600 * NS_PER_S
_NEAR_TIME_NS = 6 * 3600 * NS_PER_S
_SAME_NS = 2 * NS_PER_S
_HOUR_NS = 3600 * NS_PER_S


@dataclass(frozen=True)
class OverlayFinding:
    """What a recording's overlay came to.

    Attributes:
        recording_id: id of the recording.
        observations: proposals; none where there is no clock, or it leaves open which day it shows.
        words: what was found, or why nothing is proposed, in words for people.
    """

    recording_id: str
    observations: tuple[Observation, ...]
    words: str


def observe_overlay(
    recording: Recording, reading: OverlayReading, time_zone: str, finder: Finder, groups: Sequence[str] = ()
) -> OverlayFinding:
    """Return what an overlay says of a recording's clock.

    Args:
        recording: whose pictures were looked at.
        reading: what was read.
        time_zone: the case's; an overlay that names no zone is read as local time there, and that is said.
        finder: who found it.
        groups: for each piece an id shared with the camera's other recordings, as far as given.
    """
    if reading.verdict is not OverlayVerdict.READ:
        return OverlayFinding(recording.id, (), reading.why)
    zone = ZoneInfo(time_zone)
    made: list[Observation] = []
    said: list[str] = []
    for number, piece in enumerate(reading.pieces):
        day, why = _day(recording, piece, reading.zone_minutes, zone)
        if day is None:
            return OverlayFinding(recording.id, (), f"{reading.why} {why}")
        words = _words(recording, reading, piece, day, why=why, time_zone=time_zone)
        group = groups[number] if number < len(groups) else finder.new_id()
        made += _observations(
            recording,
            piece,
            day,
            zone_minutes=reading.zone_minutes,
            zone=zone,
            words=words,
            group=group,
            finder=finder,
        )
        said.append(words)
    return OverlayFinding(recording.id, tuple(made), " ".join(said))


def _observations(
    recording: Recording,
    piece: ClockPiece,
    day: date,
    *,
    zone_minutes: int | None,
    zone: ZoneInfo,
    words: str,
    group: str,
    finder: Finder,
) -> list[Observation]:
    ticks = piece.rate.ticks
    moments = [ticks[0].media_ns, ticks[-1].media_ns] if len(ticks) > 1 else [ticks[0].media_ns]
    span = moments[-1] - moments[0]
    by_rate = DEVICE_RATE_PPM * span // 1_000_000 / 2**0.5
    sigma = max(1, round((piece.rate.sigma_ns**2 + by_rate**2) ** 0.5))
    return [
        Observation(
            id=finder.new_id(),
            group=group,
            method=SyncMethod.BURNT_IN_CLOCK,
            one=Moment(recording.id, media_ns),
            other=None,
            utc=IncidentTime(_utc_ns(piece, day, media_ns, zone_minutes, zone)),
            sigma_ns=sigma,
            common_sigma_ns=UNCHECKED_NS,
            evidence=words,
            found_by=finder.by,
            found_ns=finder.now_ns,
        )
        for media_ns in moments
    ]


def _utc_ns(piece: ClockPiece, day: date, media_ns: int, zone_minutes: int | None, zone: ZoneInfo) -> int:
    digits = _midnight_ns(day) + piece.rate.device_at(media_ns)
    if zone_minutes is None:
        return local_to_utc_ns(digits, zone)
    return digits - zone_minutes * 60 * NS_PER_S


def _midnight_ns(day: date) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * NS_PER_S


def _day(recording: Recording, piece: ClockPiece, zone_minutes: int | None, zone: ZoneInfo) -> tuple[date | None, str]:
    """Return the day from which a piece counts and what that rests on, or None and why it stays open."""
    if len(piece.dates) == 1:
        return piece.dates[0], ""
    media = piece.rate.ticks[0].media_ns
    start = find_start(recording.claims, recording.duration_ns, zone)
    claimed = None if start is None else start.device_start + media - origin_ns(recording)
    shown = " or ".join(f"{one.day} {one:%B %Y}" for one in piece.dates)
    if piece.dates:
        near = [
            one
            for one in piece.dates
            if claimed is not None and abs(_utc_ns(piece, one, media, zone_minutes, zone) - claimed) <= _NEAR_DATE_NS
        ]
        if len(near) == 1 and start is not None:
            return near[0], f"The date can be read as {shown}; which it is, is taken from the {start.claim.source}."
        return None, f"The date can be read as {shown}, and nothing else says which it is, so nothing is proposed."
    if start is None or claimed is None:
        return None, "It shows no date, and nothing else says on which day it was, so nothing is proposed."
    around = datetime.fromtimestamp(claimed // NS_PER_S, tz=UTC).toordinal()
    days = [date.fromordinal(around + more) for more in (-2, -1, 0, 1, 2)]
    best = min(days, key=lambda one: abs(_utc_ns(piece, one, media, zone_minutes, zone) - claimed))
    if abs(_utc_ns(piece, best, media, zone_minutes, zone) - claimed) > _NEAR_TIME_NS:
        return None, (
            f"It shows no date, and the {start.claim.source} says quite another time of day, so nothing is proposed."
        )
    return best, f"It shows no date; the day is taken from the {start.claim.source}."


def _words(
    recording: Recording, reading: OverlayReading, piece: ClockPiece, day: date, *, why: str, time_zone: str
) -> str:
    """Return the evidence: readings, ticks with their frames, and what is assumed."""
    origin = origin_ns(recording)
    first, last = piece.rate.ticks[0], piece.rate.ticks[-1]
    shown = (
        f"The picture shows {_face(day, first.device_ns)} from {_seconds(first.after_ns - origin)} s on "
        f"(the frame before, {_seconds(first.before_ns - origin)} s, shows the one before)"
    )
    if last is not first:
        shown += (
            f", and {_face(day, last.device_ns)} from {_seconds(last.after_ns - origin)} s "
            f"({_seconds(last.before_ns - origin)} s)"
        )
    parts = [f"{shown}."]
    parts.append(
        f"{piece.readings} of {piece.readings + piece.others} readings and {len(piece.rate.ticks)} of "
        f"{len(piece.rate.ticks) + piece.rate.others} ticks agree."
    )
    if piece.rate.drift_sigma_ppb is not None:
        parts.append(
            f"It gains {piece.rate.drift_ppb / 1000:+.1f} ppm ± {2 * piece.rate.drift_sigma_ppb / 1000:.1f} (95 %) "
            "on the file's own time."
        )
    if len(reading.pieces) > 1:
        place = reading.pieces.index(piece) + 1
        parts.append(f"The clock was set while it recorded: part {place} of {len(reading.pieces)}.")
    if reading.zone_minutes is None:
        parts.append(f"It names no zone and is read as local time in {time_zone}; that is an assumption.")
    else:
        parts.append(f"It names its zone: {_zone_words(reading.zone_minutes)}.")
    if why:
        parts.append(why)
    parts.append(_beside_claim(recording, reading, piece, day, ZoneInfo(time_zone)))
    parts.append("It is the device's own clock, which nobody checked by this.")
    return " ".join(one for one in parts if one)


def _beside_claim(recording: Recording, reading: OverlayReading, piece: ClockPiece, day: date, zone: ZoneInfo) -> str:
    """Return how that stands to what the file itself claims; "" where both agree or there is no claim."""
    start = find_start(recording.claims, recording.duration_ns, zone)
    if start is None:
        return ""
    media = piece.rate.ticks[0].media_ns
    apart = _utc_ns(piece, day, media, reading.zone_minutes, zone) - (start.device_start + media - origin_ns(recording))
    if abs(apart) <= _SAME_NS + start.claim.resolution_ns:
        return f"The {start.claim.source} agrees."
    hours = round(apart / _HOUR_NS)
    if hours and abs(apart - hours * _HOUR_NS) <= 120 * NS_PER_S:
        return (
            f"The {start.claim.source} says {offset_text(-apart)} of it, all but {abs(hours)} whole "
            f"hour{'s' if abs(hours) > 1 else ''}: one of both may be in another zone."
        )
    return f"The {start.claim.source} says otherwise, by {offset_text(-apart)}."


def _face(day: date, device_ns: DurationNs) -> str:
    at = datetime.fromtimestamp((_midnight_ns(day) + device_ns) // NS_PER_S, tz=UTC)
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _seconds(media_ns: int) -> str:
    return f"{media_ns // NS_PER_S}.{media_ns % NS_PER_S // 1_000_000:03d}"


def _zone_words(minutes: int) -> str:
    return "UTC" if not minutes else f"UTC{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
