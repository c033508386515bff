"""Changes to transcripts, each a step of the journal: it can be told and taken back. From any thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from annotations.journal import Edit, Stamp, State, Step, edit, remove
from annotations.transcripts.models import CueRow, TranscriptRow
from annotations.transcripts.placing import PlacedCue
from annotations.transcripts.read_records import LineProblem, ReadTranscript, TranscriptFormat
from annotations.transcripts.records import Cue, Transcript, TranscriptKind
from annotations.transcripts.states import CUES, TRANSCRIPTS, cue_of, cue_record, cue_state, transcript_state
from evidence.audit import JsonValue
from evidence.case_store import CaseStore
from evidence.errors import NoSuchItemError, UsageError
from evidence.rows import new_id


@dataclass(frozen=True, slots=True)
class TranscriptDraft:
    """What is to be known of a transcript that is made; see `Transcript` for the fields."""

    name: str
    camera_id: str
    kind: TranscriptKind
    format: TranscriptFormat
    model: str = ""
    encoding: str = ""
    language: str = ""
    source_name: str = ""
    source_sha256: str = ""
    source_bytes: int = 0
    placed: str = ""
    notes: tuple[str, ...] = ()
    problems: tuple[LineProblem, ...] = ()
    uncounted: int = 0


@dataclass(frozen=True, slots=True)
class CueDraft:
    """A cue that is to be made; see `Cue` for the fields."""

    recording_id: str
    start_ns: int
    end_ns: int
    speaker: str
    text: str
    line: int = 0


def draft_of(read: ReadTranscript, name: str, camera_id: str, placed: str) -> TranscriptDraft:
    """Return the draft of a transcript that was read from a file of this name."""
    return TranscriptDraft(
        name=name,
        camera_id=camera_id,
        kind=TranscriptKind.IMPORTED,
        format=read.format,
        model=read.model,
        encoding=read.encoding,
        language=read.language,
        source_name=name,
        source_sha256=read.sha256,
        source_bytes=read.size_bytes,
        placed=placed,
        notes=read.notes,
        problems=read.problems,
        uncounted=read.uncounted,
    )


def cue_drafts(placed: Iterable[PlacedCue]) -> tuple[CueDraft, ...]:
    """Return the drafts of cues that were put on recordings."""
    return tuple(
        CueDraft(one.recording_id, one.start_ns, one.end_ns, one.cue.speaker, one.cue.text, one.cue.line)
        for one in placed
    )


def add_transcript(case: CaseStore, draft: TranscriptDraft, cues: Sequence[CueDraft], *, by: str) -> tuple[str, Step]:
    """Add a transcript with its cues in one step; return its id.

    Raises:
        UsageError: a cue is none, or the same file is there already for the same camera.
        CaseReadOnlyError, StorageError: as `CaseStore.change` says; nothing was added.
    """
    _check_is_new(case, draft)
    made_id = new_id()
    edits = [Edit(TRANSCRIPTS, made_id, _make_transcript(made_id, draft))]
    edits += [_new_cue(made_id, cue)[1] for cue in cues]
    what = "import of a transcript" if draft.kind is TranscriptKind.IMPORTED else "new transcript"
    return made_id, edit(case, edits, by=by, label=what)


def add_cue(case: CaseStore, camera_id: str, cue: CueDraft, *, by: str) -> tuple[str, Step]:
    """Write a cue by hand, into the transcript of its kind of the camera, which is made where there is none.

    Raises:
        UsageError: it has no words, or no length.
    """
    query = select(TranscriptRow.id).where(
        TranscriptRow.camera_id == camera_id, TranscriptRow.kind == TranscriptKind.WRITTEN.value
    )
    with case.reading("reading the transcripts") as session:
        transcript_id = session.execute(query.order_by(TranscriptRow.created_ns)).scalars().first()
    edits: list[Edit] = []
    if transcript_id is None:
        transcript_id = new_id()
        draft = TranscriptDraft("Written here", camera_id, TranscriptKind.WRITTEN, TranscriptFormat.SIGHTLINE)
        edits.append(Edit(TRANSCRIPTS, transcript_id, _make_transcript(transcript_id, draft)))
    cue_id, wish = _new_cue(transcript_id, cue)
    return cue_id, edit(case, [*edits, wish], by=by, label="new cue")


def set_cue_text(case: CaseStore, cue_id: str, text: str, *, by: str) -> Step:
    """Change what a cue says. Raises NoSuchItemError, UsageError."""
    return _revise(case, [cue_id], {"text": text}, by=by, label="change of a cue")


def set_cue_speaker(case: CaseStore, cue_ids: Iterable[str], speaker: str, *, by: str) -> Step:
    """Say who speaks in cues. Raises NoSuchItemError."""
    return _revise(case, list(cue_ids), {"speaker": speaker}, by=by, label="change of a speaker")


def set_cue_times(case: CaseStore, cue_id: str, start_ns: int, end_ns: int, *, by: str) -> Step:
    """Give a cue other times, in media time of its recording. Raises NoSuchItemError, UsageError."""
    return _revise(case, [cue_id], {"start_ns": start_ns, "end_ns": end_ns}, by=by, label="change of a cue's times")


def change_cue(
    case: CaseStore,
    cue_id: str,
    *,
    by: str,
    text: str | None = None,
    speaker: str | None = None,
    times: tuple[int, int] | None = None,
) -> Step:
    """Change what is given of a cue in one step; `times` are start and end in media time.

    Raises:
        NoSuchItemError, UsageError: as for each of them.
    """
    values: dict[str, JsonValue] = {} if text is None else {"text": text}
    values |= {} if speaker is None else {"speaker": speaker}
    values |= {} if times is None else {"start_ns": times[0], "end_ns": times[1]}
    return _revise(case, [cue_id], values, by=by, label="change of a cue")


def rename_speaker(
    case: CaseStore, old: str, new: str, *, by: str, transcript_ids: Iterable[str] | None = None
) -> Step:
    """Call a speaker otherwise in some transcripts, or in all. An empty step where nobody is called so."""
    query = select(CueRow.id).where(CueRow.speaker == old)
    if transcript_ids is not None:
        query = query.where(CueRow.transcript_id.in_(list(transcript_ids)))
    with case.reading("reading the transcripts") as session:
        ids = list(session.execute(query).scalars())

    def make(before: State | None, stamp: Stamp) -> State | None:
        if before is None or before["speaker"] != old:
            return before
        return cue_state(cue_of("", {**before, "speaker": new}, stamp))

    return edit(
        case, [Edit(CUES, one, make) for one in ids], by=by, label=f"renaming of the speaker {old or 'unnamed'}"
    )


def split_cue(
    case: CaseStore, cue_id: str, at_ns: int, letters: int, *, by: str, text: str | None = None
) -> tuple[str, Step]:
    """Part a cue in two, at a media time and after so many letters of its text; return the id of the second.

    Args:
        case: the open case.
        cue_id: the cue.
        at_ns: where the first ends and the second starts.
        letters: how many of the text's letters the first has.
        by: who does it.
        text: what both say together, where that is other than what the cue says.

    Raises:
        UsageError: one of the two would have no words or no length.
    """
    cue = load_cue(case, cue_id)
    whole = cue.text if text is None else text
    first, second = whole[:letters].rstrip(), whole[letters:].lstrip()
    if not first or not second:
        raise UsageError("Both parts of a cue need words.", remedy="Put the cursor between two words.")
    if not cue.start_ns < at_ns < cue.end_ns:
        raise UsageError("A cue is parted within its own time.", remedy="Move the playhead into the cue.")
    made_id, wish = _new_cue(
        cue.transcript_id, CueDraft(cue.recording_id, at_ns, cue.end_ns, cue.speaker, second, cue.line)
    )
    kept = _edit_of(cue_id, {"text": first, "end_ns": at_ns}, expected=cue_state(cue))
    return made_id, edit(case, [kept, wish], by=by, label="splitting of a cue")


def merge_cues(case: CaseStore, cue_ids: Sequence[str], *, by: str) -> Step:
    """Make cues of one recording one: from the first start to the last end, with all words. The earliest stays.

    Raises:
        UsageError: there are fewer than two, or they are of different recordings or transcripts.
    """
    cues = sorted((load_cue(case, one) for one in dict.fromkeys(cue_ids)), key=lambda cue: (cue.start_ns, cue.id))
    if len(cues) < 2:
        raise UsageError("Two cues or more are made one.", remedy="Choose a cue that another one follows.")
    if len({(cue.recording_id, cue.transcript_id) for cue in cues}) > 1:
        raise UsageError("These cues are of different recordings or transcripts.", remedy="Choose cues of one.")
    first = cues[0]
    names = list(dict.fromkeys(cue.speaker for cue in cues if cue.speaker))
    values: State = {
        "end_ns": max(cue.end_ns for cue in cues),
        "text": "\n".join(cue.text for cue in cues),
        "speaker": ", ".join(names),
    }
    edits = [_edit_of(first.id, values, expected=cue_state(first)), *(remove(CUES, cue.id) for cue in cues[1:])]
    return edit(case, edits, by=by, label="merging of cues")


def delete_cues(case: CaseStore, cue_ids: Iterable[str], *, by: str) -> Step:
    """Take cues away; history and audit log keep them."""
    ids = list(dict.fromkeys(cue_ids))
    label = "deletion of a cue" if len(ids) == 1 else f"deletion of {len(ids):,} cues"
    return edit(case, [remove(CUES, one) for one in ids], by=by, label=label)


def delete_transcript(case: CaseStore, transcript_id: str, *, by: str) -> Step:
    """Take a transcript away with all its cues; history and audit log keep them. Raises NoSuchItemError."""
    with case.reading("reading the transcripts") as session:
        if session.get(TranscriptRow, transcript_id) is None:
            raise no_such_transcript(transcript_id)
        ids = list(session.execute(select(CueRow.id).where(CueRow.transcript_id == transcript_id)).scalars())
    edits = [*(remove(CUES, one) for one in ids), remove(TRANSCRIPTS, transcript_id)]
    return edit(case, edits, by=by, label="deletion of a transcript")


def set_transcript(
    case: CaseStore, transcript_id: str, *, by: str, name: str | None = None, is_checked: bool | None = None
) -> Step:
    """Rename a transcript, or say whether a person has compared it with the recording. Raises NoSuchItemError."""

    def make(before: State | None, _stamp: Stamp) -> State:
        if before is None:
            raise no_such_transcript(transcript_id)
        named = before if name is None else {**before, "name": name}
        return named if is_checked is None else {**named, "is_checked": int(is_checked)}

    return edit(case, [Edit(TRANSCRIPTS, transcript_id, make)], by=by, label="change of a transcript")


def load_cue(case: CaseStore, cue_id: str) -> Cue:
    """Return one cue. Raises NoSuchItemError."""
    with case.reading("reading the transcripts") as session:
        row = session.get(CueRow, cue_id)
        if row is None:
            raise no_such_cue(cue_id)
        return cue_record(row)


def no_such_cue(cue_id: str) -> NoSuchItemError:
    """Return the error for a cue that is not there."""
    return NoSuchItemError(f"The case has no cue {cue_id}.", remedy="Look at the transcript again.")


def no_such_transcript(transcript_id: str) -> NoSuchItemError:
    """Return the error for a transcript that is not there."""
    return NoSuchItemError(
        f"The case has no transcript {transcript_id}.", remedy="Look at the list of transcripts again."
    )


def _check_is_new(case: CaseStore, draft: TranscriptDraft) -> None:
    if not draft.source_sha256:
        return
    query = select(TranscriptRow.name).where(
        TranscriptRow.source_sha256 == draft.source_sha256, TranscriptRow.camera_id == draft.camera_id
    )
    with case.reading("reading the transcripts") as session:
        name = session.execute(query).scalars().first()
    if name is not None:
        raise UsageError(
            f"This file is in the case already, as the transcript “{name}” of the same camera.",
            remedy="Delete that one first if it is to be imported anew, for instance with another offset.",
        )


def _make_transcript(made_id: str, draft: TranscriptDraft) -> Callable[[State | None, Stamp], State]:
    def make(_before: State | None, stamp: Stamp) -> State:
        return transcript_state(
            Transcript(
                id=made_id,
                name=draft.name,
                camera_id=draft.camera_id,
                kind=draft.kind,
                model=draft.model,
                is_checked=False,
                format=draft.format,
                encoding=draft.encoding,
                language=draft.language,
                source_name=draft.source_name,
                source_sha256=draft.source_sha256,
                source_bytes=draft.source_bytes,
                placed=draft.placed,
                notes=draft.notes,
                problems=draft.problems,
                uncounted=draft.uncounted,
                by=stamp.by,
                created_ns=stamp.at_ns,
                changed_by=stamp.by,
                changed_ns=stamp.at_ns,
            )
        )

    return make


def _new_cue(transcript_id: str, draft: CueDraft) -> tuple[str, Edit]:
    cue_id = new_id()

    def make(_before: State | None, stamp: Stamp) -> State:
        state: State = {
            "transcript": transcript_id,
            "recording": draft.recording_id,
            "start_ns": draft.start_ns,
            "end_ns": draft.end_ns,
            "speaker": draft.speaker,
            "text": draft.text,
            "line": draft.line,
        }
        return cue_state(cue_of(cue_id, state, stamp))

    return cue_id, Edit(CUES, cue_id, make)


def _revise(case: CaseStore, cue_ids: Sequence[str], values: State, *, by: str, label: str) -> Step:
    return edit(case, [_edit_of(one, values) for one in dict.fromkeys(cue_ids)], by=by, label=label)


def _edit_of(cue_id: str, values: State, expected: State | None = None) -> Edit:
    def make(before: State | None, stamp: Stamp) -> State:
        if before is None:
            raise no_such_cue(cue_id)
        if expected is not None and before != expected:
            raise UsageError("The cue was changed meanwhile.", remedy="Look at it again and repeat.")
        return cue_state(cue_of(cue_id, {**before, **values}, stamp))

    return Edit(CUES, cue_id, make)
