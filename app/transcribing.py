"""Writes down the speech of cameras' recordings, one after the other, each as a transcript of its own in the case.

What was written down is in the case at once: cancelling in the middle keeps the recordings that are done.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from annotations.speech.job import SpeechError, SpeechRequest, SpeechResult, write_down
from annotations.transcripts.edits import add_transcript
from annotations.transcripts.read_records import TranscriptFormat
from annotations.transcripts.store import load_book
from evidence.case import Case
from evidence.errors import MediaError, OriginalError, OriginalMissingError, SightlineError
from evidence.jobs import IsCancelled, Progress
from evidence.records import Recording

WriteDown = Callable[[SpeechRequest, Progress, IsCancelled], SpeechResult]

NO_SOUND = "it has no sound"
DONE_BEFORE = "its speech was written down before"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which recordings are listened to.

    Attributes:
        wanted: these, in order.
        left_out: the others, each with why.
    """

    wanted: tuple[Recording, ...]
    left_out: tuple[tuple[Recording, str], ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What came of one recording.

    Attributes:
        recording: which.
        transcript_id: of what was added; "" where no speech was heard, or it failed.
        cues: how many.
        model: what listened, or "".
        error: why it could not be done, or None.
    """

    recording: Recording
    transcript_id: str = ""
    cues: int = 0
    model: str = ""
    error: SightlineError | None = None


def choose_recordings(case: Case, camera_ids: Sequence[str], *, again: bool) -> Choice:
    """Return which recordings of cameras are to be listened to.

    Args:
        case: the open case.
        camera_ids: whose.
        again: whether also those that have words of a machine already.
    """
    book = load_book(case)
    made = {one.id for one in book.transcripts if one.format is TranscriptFormat.SPEECH}
    known = {cue.recording_id for cue in book.cues if cue.transcript_id in made}
    wanted: list[Recording] = []
    left_out: list[tuple[Recording, str]] = []
    for recording in (one for camera_id in dict.fromkeys(camera_ids) for one in case.recordings(camera_id)):
        if recording.audio_stream is None:
            left_out.append((recording, NO_SOUND))
        elif recording.id in known and not again:
            left_out.append((recording, DONE_BEFORE))
        else:
            wanted.append(recording)
    return Choice(tuple(wanted), tuple(left_out))


def write_down_all(
    case: Case,
    requests: Sequence[SpeechRequest],
    by: str,
    progress: Progress,
    cancelled: IsCancelled,
    *,
    write: WriteDown = write_down,
) -> Iterator[Written]:
    """Listen to recordings and keep what was heard; yield each as soon as it is in the case.

    Args:
        case: the open case.
        requests: which; the recordings as the case has them.
        by: who does it.
        progress: told of each recording anew.
        cancelled: asked some twenty times a second.
        write: writes down one of them.

    Raises:
        Cancelled: the user wished it; what was yielded stays.
        CaseReadOnlyError, StorageError: the case cannot be written.
    """
    for request in requests:
        try:
            result = write(_where_it_is(case, request), progress, cancelled)
        except (SpeechError, OriginalError, MediaError) as error:
            yield Written(request.recording, error=error)
            continue
        added = add_transcript(case, result.draft, result.cues, by=by)[0] if result.cues else ""
        yield Written(request.recording, added, len(result.cues), result.draft.model)


def _where_it_is(case: Case, request: SpeechRequest) -> SpeechRequest:
    place = case.find_original(request.recording)
    if place is None:
        raise OriginalMissingError(
            f"{request.recording.display_name} is not there.",
            meaning="It was moved, renamed or deleted, or its drive is not connected.",
            remedy="Connect the drive, or say where the file is now with `sightline relocate`.",
        )
    return replace(request, recording=replace(request.recording, path_bytes=os.fsencode(place)))
