"""What the case keeps of transcripts: frozen records. A cue's times are media times of its recording, in ns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from annotations.transcripts.read_records import LineProblem, TranscriptFormat


class TranscriptKind(StrEnum):
    """How a transcript came to be."""

    IMPORTED = "imported"
    WRITTEN = "written"
    MACHINE = "machine-made"


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is known of one transcript as a whole.

    Attributes:
        id: permanent id (UUID as text).
        name: what people call it.
        camera_id: the camera whose recordings it is of, when it was made.
        kind: how it came to be.
        model: which machine made it, or "".
        is_checked: whether a person has said that it was compared with the recording.
        format: in which form it came.
        encoding: how its bytes were read, or "".
        language: as the file or a person stated, or "".
        source_name: name of the file, or "".
        source_sha256: of the file, lower-case hex, or "".
        source_bytes: length of the file.
        placed: how its times were put on the recordings, in words.
        notes: what was noticed when it was read.
        problems: lines that were not read, or not as they stood.
        uncounted: problems beyond those.
        by: who brought it in.
        created_ns: when, ns since the epoch by that machine's clock.
        changed_by: who changed it last.
        changed_ns: when.
    """

    id: str
    name: str
    camera_id: str
    kind: TranscriptKind
    model: str
    is_checked: bool
    format: TranscriptFormat
    encoding: str
    language: str
    source_name: str
    source_sha256: str
    source_bytes: int
    placed: str
    notes: tuple[str, ...]
    problems: tuple[LineProblem, ...]
    uncounted: int
    by: str
    created_ns: int
    changed_by: str
    changed_ns: int

    @property
    def warning(self) -> str:
        """What must stand beside its words wherever they are shown, or ""."""
        if self.kind is TranscriptKind.MACHINE and not self.is_checked:
            return f"made by a machine ({self.model}), not checked" if self.model else "made by a machine, not checked"
        return ""


@dataclass(frozen=True, slots=True)
class Cue:
    """What somebody says, from when to when.

    Attributes:
        id: permanent id (UUID as text).
        transcript_id: its transcript.
        recording_id: in whose media time it lies.
        start_ns: media time on the scale of the file's stamps (not counted from the first frame), ns.
        end_ns: exclusive, after `start_ns`.
        speaker: who speaks, or "".
        text: what is said; lines are parted by a line feed.
        line: number of its line in the file that it came from, or 0.
        changed_by: who changed it last.
        changed_ns: when, ns since the epoch by that machine's clock.
    """

    id: str
    transcript_id: str
    recording_id: str
    start_ns: int
    end_ns: int
    speaker: str
    text: str
    line: int
    changed_by: str
    changed_ns: int


@dataclass(frozen=True, slots=True)
class TranscriptBook:
    """Every transcript of a case.

    Attributes:
        transcripts: by name, then by when they came.
        cues: by recording, then by start.
        stamp: another value after every change.
    """

    transcripts: tuple[Transcript, ...] = ()
    cues: tuple[Cue, ...] = ()
    stamp: int = -1
