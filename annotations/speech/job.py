"""Writes down the speech of a recording, in a child process, with progress; cancelling leaves nothing behind. A job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from annotations.speech import speech_child
from annotations.speech.speech_child import AllHeard, CannotHear, FromSpeech, Heard, Listening, SpeechOrder
from annotations.transcripts.edits import CueDraft, TranscriptDraft
from annotations.transcripts.read_records import TranscriptFormat
from annotations.transcripts.records import TranscriptKind
from evidence.child_worker import ChildWorker, Stopped
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.records import Recording
from evidence.text import clean_text
from evidence.times import NS_PER_S

SILENCE_S = 600.0
"""How long a large model may listen on a slow machine before it says the next thing."""


class SpeechError(SightlineError):
    """Speech cannot be written down on this machine, or not of this recording."""

    code = "SL-411"


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """What is to be written down.

    Attributes:
        recording: whose sound; its path is where the original is now.
        model_folder: where the model is.
        language: of two letters, or "" to find out.
    """

    recording: Recording
    model_folder: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class SpeechResult:
    """What was heard: ready to be added by `annotations.transcripts.edits.add_transcript`."""

    draft: TranscriptDraft
    cues: tuple[CueDraft, ...]


def write_down(
    request: SpeechRequest,
    progress: Progress,
    cancelled: IsCancelled,
    *,
    child: Callable[[Connection[FromSpeech, SpeechOrder]], None] = speech_child.run,
) -> SpeechResult:
    """Listen to a recording and return what it says.

    Args:
        request: which.
        progress: told how many seconds of the sound are done.
        cancelled: asked some twenty times a second.
        child: what runs in the child process.

    Raises:
        SpeechError: the recording has no sound, or the recogniser fails; the text says why.
        Cancelled: the user wished it.
    """
    recording = request.recording
    if recording.audio_stream is None:
        raise SpeechError(f"{recording.display_name} has no sound.", remedy="Choose a recording with sound.")
    order = SpeechOrder(
        recording.path_bytes,
        recording.display_name,
        recording.audio_stream,
        request.model_folder,
        _letters(request.language),
    )
    heard: list[Heard] = []
    model, start_ns, end_ns = "", 0, 0

    def take(message: FromSpeech) -> AllHeard | CannotHear | None:
        nonlocal model, start_ns, end_ns
        match message:
            case Listening():
                model, start_ns, end_ns = message.model, message.start_ns, message.end_ns
                progress(ProgressReport(0, (end_ns - start_ns) // NS_PER_S, "seconds", recording.display_name))
            case Heard():
                heard.append(message)
                done, total = (message.end_ns - start_ns) // NS_PER_S, (end_ns - start_ns) // NS_PER_S
                progress(ProgressReport(min(done, total), total, "seconds", recording.display_name))
            case AllHeard() | CannotHear():
                return message
        return None

    worker: ChildWorker[SpeechOrder, FromSpeech] = ChildWorker(
        child, name="speech", what="the program that listens", doing="Speech to text", silence_s=SILENCE_S
    )
    with worker:
        answer: AllHeard | CannotHear | Stopped = worker.ask(order, take, cancelled=cancelled)
    if not isinstance(answer, AllHeard):
        reason = clean_text(answer.reason, limit=300)
        raise SpeechError(
            f"The speech of {recording.display_name} could not be written down ({reason}).",
            meaning="Nothing was added to the case.",
            remedy="Check that the model's folder is whole and that there is memory for it, or choose a smaller model.",
        )
    cues = tuple(CueDraft(recording.id, one.start_ns, one.end_ns, "", one.text) for one in heard if one.text.strip())
    return SpeechResult(_draft(request, model, clean_text(answer.language, limit=8)), cues)


def _draft(request: SpeechRequest, model: str, heard_as: str) -> TranscriptDraft:
    recording = request.recording
    wished = _letters(request.language)
    notes = ["Made by a machine: words may be wrong, missing or made up. Compare it with the recording."]
    if wished and heard_as and wished != heard_as:
        notes.append(f"“{wished}” was asked for, but the model listened as for “{heard_as}”.")
    elif heard_as and not wished:
        notes.append(f"The language “{heard_as}” was found by the machine, which may be wrong.")
    return TranscriptDraft(
        name=f"Speech of {recording.display_name}",
        camera_id=recording.camera_id,
        kind=TranscriptKind.MACHINE,
        format=TranscriptFormat.SPEECH,
        model=model,
        language=request.language if heard_as in {"", wished} else heard_as,
        placed="as it was heard in the recording",
        notes=tuple(notes),
    )


def _letters(language: str) -> str:
    """Return the two letters of a language's tag."""
    return language.partition("-")[0].casefold()
