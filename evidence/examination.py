"""What one file was found to be: the frozen answer that travels from the examining child process to the case.

An `Examination` is made for every regular file that is offered, also for one that is no recording at all: then
`refused` says why. Nothing in it refers to a case; `evidence.ingest` turns it into rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from evidence.records import DeviceHint, Finding, StreamInfo, TimeClaim
from evidence.times import DurationNs


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that one pass over a file told.

    Attributes:
        path_bytes: the file's path as the operating system names it (names need not be text).
        display_name: the file's name for people, cleaned.
        size_bytes: length of the file in bytes.
        mtime_ns: time of last change by the file system, ns since the epoch.
        sha256: lower-case hex, of the whole file; "" where it could not be read to its end.
        container: FFmpeg's name of the format; "" where it is not known.
        duration_ns: from the first frame shown to the end of the last (of sound, where there is no picture).
        streams: all streams of the file, in its own order.
        video_stream: index of the stream to show, or None for sound alone.
        audio_stream: index of the stream to hear, or None.
        frame_index: `FrameIndex.to_bytes()` of the shown stream, or None where nothing is shown.
        claims: every statement about when it was recorded, in or beside the file.
        hint: what the file says about the device that made it.
        findings: what a person should know about the file.
        refused: why the file is not a recording, or None where it is one.
    """

    path_bytes: bytes
    display_name: str
    size_bytes: int
    mtime_ns: int
    sha256: str
    container: str = ""
    duration_ns: DurationNs = 0
    streams: tuple[StreamInfo, ...] = ()
    video_stream: int | None = None
    audio_stream: int | None = None
    frame_index: bytes | None = None
    claims: tuple[TimeClaim, ...] = ()
    hint: DeviceHint = field(default_factory=DeviceHint)
    findings: tuple[Finding, ...] = ()
    refused: Finding | None = None

    @property
    def is_recording(self) -> bool:
        """Whether the file becomes a recording of the case."""
        return self.refused is None
