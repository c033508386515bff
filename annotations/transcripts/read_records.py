"""What reading a transcript file gives: cues, and every line that could not be read. Frozen; crosses processes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evidence.times import DurationNs

MOST_FILE_BYTES = 20_000_000
"""A transcript of a whole day has about 2 MB."""

MOST_CUES = 100_000
MOST_PROBLEMS = 1_000
"""Problems that are listed one by one; those beyond are counted."""

LONGEST_CUE = 4_000
LONGEST_SPEAKER = 120
LATEST_NS = 4_000 * 3_600_000_000_000
"""No recording is longer: 4,000 hours."""


class TranscriptFormat(StrEnum):
    """In which form a transcript came."""

    WEBVTT = "WebVTT"
    SUBRIP = "SubRip"
    CSV = "CSV"
    AXON = "Axon transcript"
    MICROSOFT = "Microsoft transcript"
    TEXT = "text with times"
    SIGHTLINE = "written in Sightline"
    SPEECH = "speech to text"


class TimeBase(StrEnum):
    """What the times in a file count from, as far as the file itself says."""

    FROM_ZERO = "from zero"
    """From the recording's start, or of a clock of the day: the digits alone do not say."""

    DATED = "dated, UTC"
    """Nanoseconds since the epoch: the file gave a date and a zone."""

    DATED_LOCAL = "dated, local"
    """Like `DATED`, but the digits are those of a clock in a zone that the file does not name."""


@dataclass(frozen=True, slots=True)
class ReadCue:
    """One cue as its file has it, cleaned.

    Attributes:
        start_ns: by the file's own time.
        end_ns: exclusive, after `start_ns`.
        speaker: who speaks, or "".
        text: what is said; lines are parted by a line feed.
        line: number of its first line (or paragraph) in the file, from 1.
        is_end_guessed: the file gave no end, or an impossible one.
    """

    start_ns: int
    end_ns: int
    speaker: str
    text: str
    line: int
    is_end_guessed: bool = False


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A line that was not read, or not as it stands.

    Attributes:
        line: its number in the file, from 1.
        reason: why, in words for people.
        text: the line, cleaned and shortened.
        is_lost: whether its words are in no cue.
    """

    line: int
    reason: str
    text: str
    is_lost: bool


@dataclass(frozen=True, slots=True)
class ReadTranscript:
    """A file that was read.

    Attributes:
        sha256: of the file's bytes.
        size_bytes: length of the file.
        encoding: how its bytes were read as text, for people.
        base: what its times count from.
        language: as the file states it, or "".
        cues: by start, then by line.
        problems: by line; at most `MOST_PROBLEMS`.
        uncounted: how many problems there are beyond those.
        notes: what else was noticed, in words for people.
        model: the machine that made it, where the file says so, or "".
    """

    sha256: str
    size_bytes: int
    format: TranscriptFormat
    encoding: str
    base: TimeBase
    language: str
    cues: tuple[ReadCue, ...]
    problems: tuple[LineProblem, ...]
    uncounted: int
    notes: tuple[str, ...]
    model: str = ""


@dataclass(frozen=True, slots=True)
class NotRead:
    """A file of which nothing could be read.

    Attributes:
        happened: why, in words for people, without the file's name.
        remedy: what to do.
        problems: the first lines that were tried.
    """

    happened: str
    remedy: str
    problems: tuple[LineProblem, ...] = ()


GUESSED_LENGTH_NS: DurationNs = 5_000_000_000
"""How long a cue without an end is shown at most, and at least where nothing follows it."""
