"""Small cases of clocks as records, and the facts that the sync view is made of."""

from __future__ import annotations

import itertools
from dataclasses import replace

from evidence.observations import Moment, Observation, ObservationState, SyncMethod
from evidence.records import (
    Camera,
    CameraKind,
    ClaimMeaning,
    ClaimOrigin,
    ClaimZone,
    ClockSetting,
    ItemClass,
    Recording,
    TimeClaim,
)
from evidence.times import NS_PER_S, IncidentTime
from sync.finder import Finder
from sync.standing import SyncFacts

BASE = 1_773_523_920 * NS_PER_S
SUMMER = 1_784_000_000 * NS_PER_S
_numbers = itertools.count()


def finder(by: str = "DC Harper") -> Finder:
    """Return somebody who observes, with ids that count."""
    return Finder(by, BASE, lambda: f"id-{next(_numbers):04d}")


def camera(name: str) -> Camera:
    """Return a camera whose id is its name."""
    return Camera(name, name, CameraKind.BWV, "", "", "", "", 0, 0, "by hand")


def recording(name: str, of: str, start_ns: int | None, seconds: int = 600) -> Recording:
    """Return a recording that its camera dates at `start_ns`, or that nothing dates."""
    claim = TimeClaim(ClaimOrigin.CONTAINER, "mvhd", "", start_ns or 0, ClaimZone.UTC, ClaimMeaning.START, 1_000_000)
    return Recording(
        id=name,
        camera_id=of,
        path_bytes=name.encode(),
        display_name=f"{name}.mp4",
        size_bytes=1,
        mtime_ns=0,
        sha256="0" * 64,
        item_class=ItemClass.MASTER,
        exhibit="",
        container="mov",
        duration_ns=seconds * NS_PER_S,
        streams=(),
        video_stream=None,
        audio_stream=None,
        continues=None,
        added_ns=0,
        claims=() if start_ns is None else (claim,),
    )


def tie(
    group: str,
    one: tuple[str, float],
    other: tuple[str, float],
    *,
    sigma_s: float = 0.005,
    state: ObservationState = ObservationState.ACCEPTED,
    method: SyncMethod = SyncMethod.SOUND,
) -> Observation:
    """Return a match: `one` second of a recording was `other` second of another."""
    return Observation(
        id=f"{group}-{one[1]}",
        group=group,
        method=method,
        one=Moment(one[0], round(one[1] * NS_PER_S)),
        other=Moment(other[0], round(other[1] * NS_PER_S)),
        utc=None,
        sigma_ns=round(sigma_s * NS_PER_S),
        common_sigma_ns=0,
        evidence="made for a test",
        found_by="test",
        found_ns=BASE,
        state=state,
    )


def to_utc(group: str, one: tuple[str, float], utc_ns: int, *, sigma_s: float = 1.0) -> Observation:
    """Return a stated error: a second of a recording was that instant."""
    made = tie(group, one, (one[0], 0), sigma_s=sigma_s, method=SyncMethod.STATED_ERROR)
    return replace(made, other=None, utc=IncidentTime(utc_ns))


def facts(
    recordings: list[Recording],
    observations: list[Observation],
    *,
    settings: tuple[ClockSetting, ...] = (),
    time_zone: str = "Europe/London",
) -> SyncFacts:
    """Return a case of these recordings' cameras."""
    cameras = tuple(camera(name) for name in dict.fromkeys(one.camera_id for one in recordings))
    return SyncFacts(cameras, tuple(recordings), settings, tuple(observations), time_zone)
