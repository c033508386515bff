"""The frozen records in which a case is read: what others see of cameras, recordings, streams and claims of time.

They cross threads and processes; nothing in them is live. The database's own classes (`evidence.models`) stay in
this room. Text that came out of a file is called `untrusted_…` until it has been cleaned with `evidence.text`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from evidence.times import DurationNs


class CameraKind(StrEnum):
    """What sort of device a camera is."""

    BWV = "bwv"
    CCTV = "cctv"
    MOBILE = "mobile"
    DASHCAM = "dashcam"
    AUDIO = "audio"
    OTHER = "other"


class ItemClass(StrEnum):
    """Master, working copy or derived: a property of every item (NPCC/Dstl Digital Imaging Procedure v3.0)."""

    MASTER = "master"
    WORKING_COPY = "working copy"
    DERIVED = "derived"


class StreamKind(StrEnum):
    """What a stream of a file carries."""

    VIDEO = "video"
    AUDIO = "audio"
    SUBTITLE = "subtitle"
    DATA = "data"
    STILL = "still"
    """A picture that stands: a cover, or a photograph."""


PLAYED_BY_VLC = "libvlc"
"""The container's name of a recording that FFmpeg does not read and libVLC plays."""


class Severity(StrEnum):
    """How much a finding matters."""

    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"
    """What was expected of the item does not hold; nobody must miss it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was noticed about an item, in words for people and with a stable code for machines.

    Attributes:
        code: for instance `truncated`, `duplicate`, `stamps-missing`.
        happened: what was found, with the file's name.
        meaning: what it means for the evidence.
        remedy: what to do next; may be empty.
    """

    code: str
    severity: Severity
    happened: str
    meaning: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.happened, self.meaning, self.remedy) if part)


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One stream of a file, as its container and first packets describe it.

    Attributes:
        index: number of the stream in the file, as FFmpeg counts.
        time_base: length of one pts unit in seconds.
        start_pts: pts of the first packet shown, or None where there are no packets.
        end_pts: end of the last packet, exclusive, or None.
        packets: how many packets were demuxed.
        width: coded width in pixels, before rotation and pixel aspect; 0 for sound.
        height: coded height in pixels; 0 for sound.
        pixel_aspect: width of a pixel over its height; 1 where the file does not say.
        rotation: degrees clockwise by which the picture must be turned for display: 0, 90, 180 or 270.
        is_interlaced: whether frames hold two fields taken at different times, as far as the file says.
        nominal_rate: frames a second as the container states it; for people only, never for arithmetic.
        is_variable_rate: whether the distances between frames differ by more than the time base's rounding.
        telemetry: what a data stream carries where that is known, for instance `gpmf`; else "".
        has_sound: for audio, False where all of a sample of it was digital silence; None where not looked at.
    """

    index: int
    kind: StreamKind
    codec: str
    time_base: Fraction
    start_pts: int | None
    end_pts: int | None
    packets: int
    profile: str = ""
    bit_rate: int | None = None
    width: int = 0
    height: int = 0
    pixel_aspect: Fraction = Fraction(1)
    rotation: int = 0
    is_interlaced: bool = False
    pixel_format: str = ""
    color_space: str = ""
    color_range: str = ""
    color_transfer: str = ""
    nominal_rate: Fraction | None = None
    is_variable_rate: bool = False
    sample_rate: int = 0
    channels: int = 0
    language: str = ""
    title: str = ""
    telemetry: str = ""
    has_sound: bool | None = None


class ClaimOrigin(StrEnum):
    """Where a claim of time comes from, strongest first in the usual case; `sync.placement` weighs them."""

    BY_HAND = "by hand"
    """A person placed the recording and said on what grounds."""

    GPS = "gps"
    TELEMETRY = "telemetry"
    MAKER_TAG = "maker tag"
    QUICKTIME_TAG = "quicktime tag"
    FILE_NAME = "file name"
    TIMECODE = "timecode"
    CONTAINER = "container"
    SIDECAR = "sidecar"
    MATCH = "match"
    """Nothing in the file says when it was made: a match with another recording, or a marked event, placed it. It says
    nothing of UTC by itself."""

    FILE_SYSTEM = "file system"


class ClaimMeaning(StrEnum):
    """Which moment of the recording a claim dates."""

    START = "start"
    END = "end"
    START_OR_END = "start or end"
    """The maker's habit is not known; the solver may try both."""

    AT_OFFSET = "at offset"
    """The moment `offset_ns` after the first frame."""

    UNRELATED = "unrelated"
    """A time of copying, export or editing, kept for what it tells about the file's history."""


class ClaimZone(StrEnum):
    """Which clock face a claim was read from."""

    UTC = "utc"
    """Stated to be UTC, and believed by custom of the format."""

    STATED = "stated"
    """A zone offset stood beside it; `instant_ns` is UTC by that offset."""

    LOCAL = "local"
    """No zone given; the digits are kept as if they were UTC, and the case's zone is applied when it is used."""

    ASSERTED_UTC = "asserted utc"
    """Marked as UTC by the format, but makers are known to write local time there."""


@dataclass(frozen=True, slots=True)
class TimeClaim:
    """One statement, found in or beside a file, about when it was recorded.

    Attributes:
        origin: what sort of place it was found in.
        source: exactly where, for instance `moov/mvhd creation_time` or `file name, Axon Body form`.
        raw: the text or number as it stood there, cleaned for display.
        instant_ns: the moment in ns since the Unix epoch; by `zone`, or the bare digits where the zone is LOCAL.
        zone: which clock face it was read from.
        meaning: which moment of the recording it dates.
        offset_ns: with AT_OFFSET, how long after the first frame the dated moment lies.
        resolution_ns: the step of the source: 1 s for whole seconds.
        note: anything a person should know, for instance a contradiction.
    """

    origin: ClaimOrigin
    source: str
    raw: str
    instant_ns: int
    zone: ClaimZone
    meaning: ClaimMeaning
    resolution_ns: DurationNs
    offset_ns: DurationNs = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class DeviceHint:
    """What a file says about the device that made it; each field "" where it does not.

    Attributes:
        wearer: officer or owner, as a file name or tag gives it.
        kind: what sort of device this must be, or None.
        group: text that files of the same camera share (a serial, a channel of a recorder, a folder name).
        segment: number of this file in a series that one device wrote, or None.
    """

    make: str = ""
    model: str = ""
    serial: str = ""
    wearer: str = ""
    kind: CameraKind | None = None
    group: str = ""
    segment: int | None = None


@dataclass(frozen=True, slots=True)
class Camera:
    """A device in the case: a clock that one or several recordings share.

    Attributes:
        id: permanent id (UUID as text).
        name: what people call it, unique in the case.
        colour: place of the camera's colour in the palette, from 0.
        position: place in the order of the tiles and lanes.
        grouped_by: why these recordings were put together, in words; "by hand" once a user said so.
    """

    id: str
    name: str
    kind: CameraKind
    owner: str
    make: str
    model: str
    serial: str
    colour: int
    position: int
    grouped_by: str


@dataclass(frozen=True, slots=True)
class Recording:
    """One file of one camera.

    Attributes:
        id: permanent id (UUID as text).
        path_bytes: where the original is, as the operating system names it (bytes: names need not be text).
        display_name: the file's name for people, with unprintable characters escaped.
        size_bytes: length of the file.
        mtime_ns: time of last change by the file system, ns since the epoch.
        sha256: lower-case hex, of the whole file as it was added.
        exhibit: exhibit reference, or "".
        container: FFmpeg's name of the format, or `PLAYED_BY_VLC`.
        duration_ns: from the first frame shown to the end of the last (of sound, where there is no picture).
        video_stream: index of the stream that is shown, or None for sound alone.
        audio_stream: index of the stream that is heard, or None.
        continues: id of the recording that this one continues without a break of the device's making, or None.
        added_ns: when it was added, ns since the epoch by this machine's clock.
    """

    id: str
    camera_id: str
    path_bytes: bytes
    display_name: str
    size_bytes: int
    mtime_ns: int
    sha256: str
    item_class: ItemClass
    exhibit: str
    container: str
    duration_ns: DurationNs
    streams: tuple[StreamInfo, ...]
    video_stream: int | None
    audio_stream: int | None
    continues: str | None
    added_ns: int
    findings: tuple[Finding, ...] = field(default=())
    claims: tuple[TimeClaim, ...] = field(default=())

    @property
    def path(self) -> Path:
        """Where the original is."""
        return Path(os.fsdecode(self.path_bytes))

    @property
    def is_approximate(self) -> bool:
        """Whether libVLC plays it: its table then names moments, not frames, and its times are estimates."""
        return self.container == PLAYED_BY_VLC

    @property
    def video(self) -> StreamInfo | None:
        """The stream that is shown, or None for sound alone."""
        return self._stream(self.video_stream)

    @property
    def audio(self) -> StreamInfo | None:
        """The stream that is heard, or None."""
        return self._stream(self.audio_stream)

    def _stream(self, index: int | None) -> StreamInfo | None:
        return next((stream for stream in self.streams if stream.index == index), None)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A path that was offered and did not become a recording, and why: bad input is never skipped silently.

    Attributes:
        path_bytes: as the operating system names it.
        sha256: hash of what could be read, or "".
        finding: why it was refused.
        offered_ns: when, ns since the epoch by this machine's clock.
    """

    path_bytes: bytes
    display_name: str
    size_bytes: int
    sha256: str
    finding: Finding
    offered_ns: int


@dataclass(frozen=True, slots=True)
class ClockPiece:
    """One straight piece of a camera's clock, from `device_ns` on (the first piece also serves what lies before).

    Attributes:
        device_ns: what the device's clock read at the piece's start.
        incident_ns: the incident time at that reading.
        rate_ppb: how many nanoseconds a device second is longer than an incident second, so a clock that runs fast
            by 60 ppm (gains time) has +60,000.
    """

    device_ns: int
    incident_ns: int
    rate_ppb: int


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """How a camera's clock was set against the incident clock, by whom and on what grounds.

    Attributes:
        pieces: at least one, by increasing `device_ns`.
        sigma_ns: standard uncertainty of the map (one sigma), ns; None where nobody has said.
        method: short name, for instance `manual offset`.
        basis: the grounds, in words.
        by: who said so.
        set_ns: when, ns since the epoch by this machine's clock.
        sigma_knots: where it is known along the recordings: pairs of device time and sigma, ns, by device time, to be
            read with straight lines between; empty where `sigma_ns` says it for all.
    """

    camera_id: str
    pieces: tuple[ClockPiece, ...]
    sigma_ns: int | None
    method: str
    basis: str
    by: str
    set_ns: int
    sigma_knots: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CaseInfo:
    """What a case says of itself.

    Attributes:
        id: permanent id (UUID as text).
        time_zone: IANA name of the zone in which times are shown and bare local times are read.
        created_ns: ns since the epoch by the machine that made it.
    """

    id: str
    title: str
    reference: str
    time_zone: str
    created_ns: int
    created_by: str
    program_version: str
    is_read_only: bool
