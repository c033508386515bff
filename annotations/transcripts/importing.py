"""Imports a transcript file into a case: read in a child process, put on recordings, added in one step. A job."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from annotations.journal import Step
from annotations.transcripts.edits import add_transcript, cue_drafts, draft_of
from annotations.transcripts.placing import (
    Placed,
    PlacementGuess,
    Target,
    TimesFrom,
    guess_times,
    place_cues,
    targets_of,
)
from annotations.transcripts.read_records import ReadTranscript
from annotations.transcripts.reader import read_transcript_file
from evidence.case import Case
from evidence.errors import NoSuchItemError, UsageError
from evidence.jobs import IsCancelled, Progress
from evidence.text import display_name
from evidence.times import DurationNs
from sync.timeline import build_timeline


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What is to be imported, and for what.

    Attributes:
        path_bytes: the file.
        by: who imports it.
        camera_id: the camera whose recordings it is of; "" where `recording_id` says it.
        recording_id: the recording that it is of, or "" for all of the camera's.
        times_from: what its times count from, or None to guess.
        offset_ns: added to every time of the file.
        language: as a person states it, or "" for what the file says.
        name: what it is to be called, or "" for the file's name.
    """

    path_bytes: bytes
    by: str
    camera_id: str = ""
    recording_id: str = ""
    times_from: TimesFrom | None = None
    offset_ns: DurationNs = 0
    language: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of it.

    Attributes:
        transcript_id: of the transcript that was added.
        read: what the file says, with the lines that could not be read.
        guess: what its times were taken to count from and why; None where the user said so.
        placed: where they lie.
        step: for undoing.
    """

    transcript_id: str
    read: ReadTranscript
    guess: PlacementGuess | None
    placed: Placed
    step: Step

    @property
    def lost(self) -> int:
        """How many lines are in no cue."""
        return sum(problem.is_lost for problem in self.read.problems) + self.read.uncounted


def import_transcript(case: Case, request: ImportRequest, progress: Progress, cancelled: IsCancelled) -> ImportResult:
    """Import a file. From any thread.

    Raises:
        TranscriptNotReadError: nothing in the file can be read.
        NoSuchItemError: there is no such camera or recording.
        UsageError: a clock was asked for where nothing says when the recording was; or it is in the case already.
        CaseReadOnlyError, StorageError: as `CaseStore.change` says; nothing was added.
        Cancelled: the user wished it; nothing was added.
    """
    del progress  # it is over in a moment
    targets, camera_id = find_targets(case, request.camera_id, request.recording_id)
    read = read_transcript_file(request.path_bytes, cancelled)
    zone = ZoneInfo(case.info().time_zone)
    guess = guess_times(read, targets, zone) if request.times_from is None else None
    times_from = guess.times_from if guess is not None else request.times_from
    assert times_from is not None
    if times_from is TimesFrom.CLOCK and all(target.device_start is None for target in targets):
        raise UsageError(
            "The times of a clock cannot be used: nothing says when this recording was made.",
            remedy="Place the recording in time first, or count the times from its start.",
        )
    placed = place_cues(read, targets, times_from, zone, request.offset_ns)
    draft = draft_of(read, display_name(request.path_bytes), camera_id, placed.words)
    draft = replace(draft, name=request.name or draft.name, language=request.language or draft.language)
    transcript_id, step = add_transcript(case, draft, cue_drafts(placed.cues), by=request.by)
    return ImportResult(transcript_id, read, guess, placed, step)


def find_targets(case: Case, camera_id: str, recording_id: str) -> tuple[tuple[Target, ...], str]:
    """Return the recordings that cues may be put on, and their camera.

    Raises:
        NoSuchItemError: there is no such camera or recording, or the camera has none.
    """
    if recording_id:
        camera_id = case.recording(recording_id).camera_id
    camera = case.camera(camera_id)
    recordings = case.recordings(camera_id)
    timeline = build_timeline(case.cameras(), recordings, case.clock_settings(), case.info().time_zone)
    wanted = [one for one in recordings if recording_id in ("", one.id)]
    if not wanted:
        raise NoSuchItemError(f"“{camera.name}” has no recording.", remedy="Add its recordings first.")
    return targets_of(timeline, wanted), camera_id


def outcome_words(result: ImportResult) -> tuple[str, ...]:
    """Say what was imported, what was guessed and what could not be read, in sentences."""
    read = result.read
    count = len(read.cues)
    words = [f"{'1 cue' if count == 1 else f'{count:,} cues'} imported ({read.format}, {read.encoding})."]
    if result.guess is not None:
        words.append(f"Times were counted from {result.guess.times_from}. {result.guess.reason}")
    if result.placed.outside:
        words.append(f"{result.placed.outside:,} lie before or after what was recorded.")
    if result.lost:
        lines = "1 line was" if result.lost == 1 else f"{result.lost:,} lines were"
        words.append(f"{lines} not read; they are listed with the transcript.")
    words.extend(read.notes)
    return tuple(words)
