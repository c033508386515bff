"""The two written forms of transcripts and cues: the row in the case and the state in the history."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from annotations.journal import Stamp, State
from annotations.row_keeper import RowKeeper
from annotations.transcripts.collecting import clean_lines
from annotations.transcripts.models import CueRow, TranscriptRow
from annotations.transcripts.read_records import LONGEST_SPEAKER, LineProblem, TranscriptFormat
from annotations.transcripts.records import Cue, Transcript, TranscriptKind
from evidence.errors import UsageError
from evidence.text import clean_line, clean_text

LONGEST_TITLE = 200
_LIMIT = 2**62


class TranscriptKeeper(RowKeeper[TranscriptRow]):
    """Keeps transcripts for the journal."""

    name = "transcript"
    row_class = TranscriptRow

    def state_of(self, row: TranscriptRow) -> State:
        """Return the state of a row."""
        return transcript_state(transcript_record(row))

    def fill(self, row: TranscriptRow, state: State, stamp: Stamp) -> None:
        """Give a row the values of a state. Raises UsageError."""
        one = transcript_of(row.id, state, stamp)
        for name in _TRANSCRIPT_TEXTS:
            setattr(row, name, getattr(one, name))
        row.kind, row.format = one.kind.value, one.format.value
        row.is_checked, row.source_bytes, row.uncounted = one.is_checked, one.source_bytes, one.uncounted
        row.notes = list(one.notes)
        row.problems = [_problem_state(problem) for problem in one.problems]
        row.created_ns, row.changed_by, row.changed_ns = one.created_ns, stamp.by, stamp.at_ns

    def title(self, state: State) -> str:
        """Return the transcript's name for people."""
        return f"the transcript “{state.get('name', '')}”"


class CueKeeper(RowKeeper[CueRow]):
    """Keeps cues for the journal."""

    name = "cue"
    row_class = CueRow

    def state_of(self, row: CueRow) -> State:
        """Return the state of a row."""
        return cue_state(cue_record(row))

    def fill(self, row: CueRow, state: State, stamp: Stamp) -> None:
        """Give a row the values of a state. Raises UsageError."""
        cue = cue_of(row.id, state, stamp)
        row.transcript_id, row.recording_id = cue.transcript_id, cue.recording_id
        row.start_ns, row.end_ns = cue.start_ns, cue.end_ns
        row.speaker, row.text, row.line = cue.speaker, cue.text, cue.line
        row.changed_by, row.changed_ns = stamp.by, stamp.at_ns

    def title(self, state: State) -> str:
        """Return the cue's words for people."""
        text = str(state.get("text", "")).replace("\n", " ")
        return f"“{text if len(text) <= 60 else text[:59] + '…'}” in a transcript"


TRANSCRIPTS = TranscriptKeeper()
CUES = CueKeeper()

_TRANSCRIPT_TEXTS = (
    *("name", "camera_id", "model", "encoding", "language"),
    *("source_name", "source_sha256", "placed", "by"),
)


def transcript_state(one: Transcript) -> State:
    """Return the state of a transcript."""
    return {
        **{name: getattr(one, name) for name in _TRANSCRIPT_TEXTS},
        "kind": one.kind.value,
        "format": one.format.value,
        "is_checked": int(one.is_checked),
        "source_bytes": one.source_bytes,
        "notes": list(one.notes),
        "problems": [_problem_state(problem) for problem in one.problems],
        "uncounted": one.uncounted,
        "created_ns": one.created_ns,
    }


def transcript_of(transcript_id: str, state: State, stamp: Stamp) -> Transcript:
    """Return the transcript that a state describes. Raises UsageError where it describes none."""
    try:
        texts = {name: clean_text(str(state[name])) for name in _TRANSCRIPT_TEXTS}
        one = Transcript(
            id=transcript_id,
            **texts,
            kind=TranscriptKind(str(state["kind"])),
            format=TranscriptFormat(str(state["format"])),
            is_checked=bool(state["is_checked"]),
            source_bytes=_number(state["source_bytes"]),
            notes=tuple(clean_text(str(note)) for note in _list(state["notes"])),
            problems=tuple(_problem(problem) for problem in _list(state["problems"])),
            uncounted=_number(state["uncounted"]),
            created_ns=_number(state["created_ns"]),
            changed_by=stamp.by,
            changed_ns=stamp.at_ns,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _no_such_form("a transcript") from error
    name = clean_line(one.name, limit=LONGEST_TITLE)
    if not name:
        raise UsageError("A transcript needs a name.", remedy="Type at least one character.")
    return replace(one, name=name)


def transcript_record(row: Any) -> Transcript:
    """Return the record of a transcript, from its row or from its columns."""
    return Transcript(
        id=row.id,
        **{name: getattr(row, name) for name in _TRANSCRIPT_TEXTS},
        kind=TranscriptKind(row.kind),
        format=TranscriptFormat(row.format),
        is_checked=bool(row.is_checked),
        source_bytes=row.source_bytes,
        notes=tuple(row.notes),
        problems=tuple(_problem(problem) for problem in row.problems),
        uncounted=row.uncounted,
        created_ns=row.created_ns,
        changed_by=row.changed_by,
        changed_ns=row.changed_ns,
    )


def cue_state(cue: Cue) -> State:
    """Return the state of a cue."""
    return {
        "transcript": cue.transcript_id,
        "recording": cue.recording_id,
        "start_ns": cue.start_ns,
        "end_ns": cue.end_ns,
        "speaker": cue.speaker,
        "text": cue.text,
        "line": cue.line,
    }


def cue_of(cue_id: str, state: State, stamp: Stamp) -> Cue:
    """Return the cue that a state describes, its texts cleaned. Raises UsageError where it describes none."""
    try:
        cue = Cue(
            id=cue_id,
            transcript_id=str(state["transcript"]),
            recording_id=str(state["recording"]),
            start_ns=_number(state["start_ns"]),
            end_ns=_number(state["end_ns"]),
            speaker=clean_line(str(state["speaker"]), limit=LONGEST_SPEAKER),
            text=clean_lines(str(state["text"])),
            line=_number(state["line"]),
            changed_by=stamp.by,
            changed_ns=stamp.at_ns,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _no_such_form("a cue") from error
    if not cue.text:
        raise UsageError("A cue needs words.", remedy="Type what is said, or delete the cue.")
    if cue.end_ns <= cue.start_ns:
        raise UsageError("A cue ends after it starts.", remedy="Give a later end, or an earlier start.")
    return cue


def cue_record(row: Any) -> Cue:
    """Return the record of a cue, from its row or from its columns."""
    return Cue(
        id=row.id,
        transcript_id=row.transcript_id,
        recording_id=row.recording_id,
        start_ns=row.start_ns,
        end_ns=row.end_ns,
        speaker=row.speaker,
        text=row.text,
        line=row.line,
        changed_by=row.changed_by,
        changed_ns=row.changed_ns,
    )


def _problem_state(problem: LineProblem) -> list[Any]:
    return [problem.line, problem.reason, problem.text, int(problem.is_lost)]


def _problem(state: Any) -> LineProblem:
    line, reason, text, is_lost = state
    return LineProblem(int(line), clean_text(str(reason)), clean_text(str(text)), bool(is_lost))


def _number(value: object) -> int:
    if not isinstance(value, int) or not -_LIMIT <= value < _LIMIT:
        raise ValueError("not a number that a time can be")
    return int(value)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _no_such_form(what: str) -> UsageError:
    return UsageError(f"This is not {what} that a case can keep.", remedy="Nothing was changed; import it anew.")
