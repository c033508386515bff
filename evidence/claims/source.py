"""What the collectors of claims are given: everything of a file that may say when, where and by what it was recorded.

All text in here is untrusted; `claim` cleans it. A collector is a function `collect(source) -> Found`. It returns
what it is sure to have read and never raises for what it could not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from evidence.records import ClaimMeaning, ClaimOrigin, ClaimZone, DeviceHint, Finding, StreamKind, TimeClaim
from evidence.text import clean_text
from evidence.times import NS_PER_S, DurationNs


@dataclass(frozen=True, slots=True)
class StreamTags:
    """The tags of one stream.

    Attributes:
        index: number of the stream.
        telemetry: what it carries, as `StreamInfo.telemetry`.
        tags: keys in lower case.
    """

    index: int
    kind: StreamKind
    telemetry: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TelemetryPacket:
    """A packet of a data or subtitle stream.

    Attributes:
        telemetry: what the stream carries, as `StreamInfo.telemetry`.
        offset_ns: how long after the first frame it lies, ns; negative before it.
        payload: its bytes.
    """

    stream: int
    telemetry: str
    offset_ns: DurationNs
    payload: bytes


@dataclass(frozen=True)
class ClaimSource:
    """Everything that the collectors may look at.

    Attributes:
        path_bytes: where the file is; its name and its folder may speak, and files beside it.
        mtime_ns: time of last change by the file system, ns since the epoch.
        container: FFmpeg's name of the format.
        duration_ns: length of the recording.
        has_video: whether there is a picture.
        tags: tags of the container, keys in lower case.
        streams: tags of the streams.
        telemetry: the first and the last packets of telemetry streams.
        messages: unregistered messages within pictures, each with how long after the first frame it lies (ns).
        read_at: returns bytes of the file, `(offset, length)`.
        size_bytes: length of the file.
    """

    path_bytes: bytes
    mtime_ns: int
    container: str
    duration_ns: DurationNs
    has_video: bool
    tags: Mapping[str, str]
    streams: tuple[StreamTags, ...]
    telemetry: tuple[TelemetryPacket, ...]
    messages: tuple[tuple[DurationNs, bytes], ...]
    read_at: Callable[[int, int], bytes]
    size_bytes: int

    @property
    def brand(self) -> str:
        """The container's major brand, or ""."""
        return self.tags.get("major_brand", "").strip()


@dataclass(frozen=True)
class Found:
    """What a collector found.

    Attributes:
        claims: statements of time.
        hint: what was said of the device; empty fields where nothing was.
        findings: what a person should know.
    """

    claims: tuple[TimeClaim, ...] = ()
    hint: DeviceHint = field(default_factory=DeviceHint)
    findings: tuple[Finding, ...] = ()

    def merged(self, other: Found) -> Found:
        """Return both together; of two hints about the same thing, this one's stands."""
        return Found(self.claims + other.claims, merge_hints(self.hint, other.hint), self.findings + other.findings)


def merge_hints(first: DeviceHint, second: DeviceHint) -> DeviceHint:
    """Return `first` with its empty fields filled from `second`."""
    return DeviceHint(
        make=first.make or second.make,
        model=first.model or second.model,
        serial=first.serial or second.serial,
        wearer=first.wearer or second.wearer,
        kind=first.kind if first.kind is not None else second.kind,
        group=first.group or second.group,
        segment=first.segment if first.segment is not None else second.segment,
    )


def claim(
    origin: ClaimOrigin,
    source: str,
    untrusted_raw: str,
    instant_ns: int,
    zone: ClaimZone,
    *,
    meaning: ClaimMeaning = ClaimMeaning.START,
    resolution_ns: DurationNs = NS_PER_S,
    offset_ns: DurationNs = 0,
    note: str = "",
) -> TimeClaim:
    """Return a claim with its raw text cleaned for display."""
    raw = clean_text(untrusted_raw, limit=200)
    return TimeClaim(origin, source, raw, instant_ns, zone, meaning, resolution_ns, offset_ns, note)


def with_note(stated: TimeClaim, note: str) -> TimeClaim:
    """Return a claim with one more sentence of note."""
    return replace(stated, note=f"{stated.note} {note}".strip())
