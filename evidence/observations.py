"""What ties one device's clock to another's, or to UTC: the frozen records from which clocks are solved.

An observation says that a moment of one recording was a moment of another, or an instant of UTC. It is found by a
method, proposed, and then accepted or rejected by a person; docs/decisions/0011 tells the whole story.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evidence.times import DurationNs, IncidentTime

UNSAID_SIGMA_NS = 2_000_000_001
"""Sigma of a stated clock error of which nobody said how sure it is: so weighed, but told of as not known.

The odd nanosecond is by what an observation tells it from one that was said to be sure within 4 s.
"""


class SyncMethod(StrEnum):
    """How an observation was made."""

    SOUND = "matching sound"
    TWO_WAY_SOUND = "two-way sound"
    LIGHT = "matching light"
    MOVEMENT = "matching movement"
    MARKED_EVENT = "marked event"
    BURNT_IN_CLOCK = "burnt-in clock"
    STATED_ERROR = "stated clock error"
    BY_HAND = "aligned by hand"
    TIME_ZONE = "time zone"
    """A person says that a device's clock is right but for its zone; it moves what that clock claims, and no more."""

    GPS = "gps time"
    DEVICE_CLOCK = "device clock"
    REFERENCE = "reference camera"


class ObservationState(StrEnum):
    """What became of an observation.

    A possible one was found, but by something that may be the same on another day (music, a few seconds of sound, how
    people move): it never counts until a person has listened, or looked, and accepts it.
    """

    POSSIBLE = "possible"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"

    @property
    def may_count(self) -> bool:
        """Whether clocks may be reckoned from it: it is accepted, or proposed."""
        return self in {ObservationState.PROPOSED, ObservationState.ACCEPTED}

    @property
    def is_decided(self) -> bool:
        """Whether a person decided on it."""
        return self in {ObservationState.ACCEPTED, ObservationState.REJECTED}


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a recording.

    Attributes:
        recording_id: id of the recording.
        media_ns: the file's own time, ns, on the scale of its stamps (not counted from the first frame).
    """

    recording_id: str
    media_ns: int


@dataclass(frozen=True, slots=True)
class Observation:
    """One moment known on two clocks.

    Attributes:
        id: permanent id (UUID as text).
        group: id shared by the observations of one match, which stand or fall together.
        one: the moment in one recording.
        other: the same moment in another recording, or None where `utc` is given.
        utc: the instant of UTC, or None where `other` is given.
        sigma_ns: standard uncertainty (one sigma) of its own, ns.
        common_sigma_ns: standard uncertainty shared by its whole group, ns: for sound, the path.
        evidence: what it rests on, in words for people.
        found_by: who, or which program version, made it.
        found_ns: when, ns since the epoch by that machine's clock.
        decided_by: who accepted or rejected it; "" while nobody has.
        decided_ns: when, or None.
    """

    id: str
    group: str
    method: SyncMethod
    one: Moment
    other: Moment | None
    utc: IncidentTime | None
    sigma_ns: DurationNs
    common_sigma_ns: DurationNs
    evidence: str
    found_by: str
    found_ns: int
    state: ObservationState = ObservationState.PROPOSED
    decided_by: str = ""
    decided_ns: int | None = None

    @property
    def is_unsaid(self) -> bool:
        """Whether nobody said how sure it is, so that its sigma is assumed."""
        return self.method is SyncMethod.STATED_ERROR and self.sigma_ns == UNSAID_SIGMA_NS

    def __post_init__(self) -> None:
        if (self.other is None) == (self.utc is None):
            raise ValueError("an observation ties a moment either to another recording or to UTC")
        if self.sigma_ns <= 0 or self.common_sigma_ns < 0:
            raise ValueError("an observation without uncertainty claims too much")
