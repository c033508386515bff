"""Opens and makes cases for the window, with everything that it shows first; from any thread."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from app.case_snapshot import CaseSnapshot
from app.frame_tables import first_tables
from app.own_keys import own_keys
from app.snapshot_reading import load_snapshot
from courtroom.pack.layout import find_pack
from courtroom.pack.opening import open_pack
from evidence.case import Case
from evidence.errors import CaseBusyError
from evidence.frame_index import FrameIndex
from evidence.jobs import IsCancelled, Progress
from evidence.verify import Verdict

BUSY_ELSEWHERE = "another program has it open for changes"


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a case needs to be made."""

    folder: Path
    title: str
    reference: str
    time_zone: str
    by: str


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """A case that was opened, and what is shown of it first.

    Attributes:
        case: open, for changes where that is possible.
        snapshot: everything that the window shows.
        notes: what people should know of the case from the start, in words.
        tables: the frame tables that are needed first, by the id of the recording.
    """

    case: Case
    snapshot: CaseSnapshot
    notes: tuple[str, ...]
    tables: dict[str, FrameIndex | None]


def open_case(folder: Path, _progress: Progress, _cancelled: IsCancelled) -> OpenedCase:
    """Open a case; read-only, with the reason, where another program is changing it. A court pack opens sealed."""
    pack = find_pack(folder)
    if pack is not None:
        return _open_pack(pack)
    try:
        return _opened(Case.open(folder))
    except CaseBusyError as busy:
        case = Case.open(folder, read_only=True)
        case.read_only_reason = BUSY_ELSEWHERE
        opened = _opened(case)
        note = f"{busy.happened} It was opened read-only here: it can be watched and not changed."
        return replace(opened, notes=(note, *opened.notes[1:]))


def _open_pack(folder: Path) -> OpenedCase:
    """Open a pack after a first look at it. Raises PackError, CaseError."""
    pack = open_pack(folder, own_keys().knows)
    opened = _opened(pack.case)
    amiss = [str(finding) for finding in pack.first_look.findings]
    state = (
        "UNKNOWN: its files are being read and compared beside your work."
        if pack.first_look.verdict is Verdict.UNKNOWN
        else "MISMATCH: it is not as it was made."
    )
    note = f"This is the court pack “{pack.sheet.title}”. It can be watched and not changed. {state}"
    return replace(opened, notes=(note, *amiss[:3]))


def create_case(new: NewCase, _progress: Progress, _cancelled: IsCancelled) -> OpenedCase:
    """Make a case and open it. Raises as `Case.create`."""
    made = Case.create(new.folder, title=new.title, reference=new.reference, by=new.by, time_zone=new.time_zone)
    return _opened(made)


def _opened(case: Case) -> OpenedCase:
    with ExitStack() as undo:
        undo.callback(case.close)
        snapshot = load_snapshot(case)
        opened = OpenedCase(case, snapshot, _opening_notes(case), first_tables(snapshot.lanes, case.frame_index))
        undo.pop_all()
    return opened


def _opening_notes(case: Case) -> tuple[str, ...]:
    notes = [f"The case is open read-only: {case.read_only_reason}."] if case.is_read_only else []
    notes.extend(
        f"Adding files was interrupted before it was finished ({batch.confirmed} had been added and are whole). "
        "Add the same files or folders again: it goes on from there."
        for batch in case.interrupted_batches()
    )
    return tuple(notes)
