"""Marks: a moment or a range (a note), on the incident or on a camera's picture, with what people say of it.

A mark on the incident is kept in incident time, so it stands where it was put whatever is learnt about a camera's
clock later. A mark on a picture is kept in the file's own time, so it never slides off its frame. Every change is a
step of the journal; the functions here return it, for undoing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from annotations.journal import Edit, Stamp, State, Step, edit
from annotations.mark_states import LONGEST_TEXT, MARKS, Mark, PictureAnchor, mark_of, record_of, state_of
from annotations.models import MarkRow
from evidence.case_store import CaseStore
from evidence.errors import NoSuchItemError
from evidence.rows import new_id
from evidence.text import clean_line
from evidence.times import IncidentTime

__all__ = [
    "LONGEST_TEXT",
    "Mark",
    "MarkDraft",
    "PictureAnchor",
    "add_mark",
    "delete_marks",
    "load_marks",
    "marks_of_step",
    "set_category",
    "set_end",
    "set_people",
    "set_tags",
    "set_text",
    "there",
]


@dataclass(frozen=True, slots=True)
class MarkDraft:
    """A mark that is to be made; see `Mark` for the fields."""

    instant: IncidentTime
    text: str = ""
    end: IncidentTime | None = None
    picture: PictureAnchor | None = None
    category_id: str | None = None
    colour: str = ""
    tags: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


def load_marks(case: CaseStore) -> tuple[Mark, ...]:
    """Return the marks of a case by time. From any thread.

    Raises:
        CaseDamagedError: the database cannot be read.
    """
    query = select(*MarkRow.__table__.columns).order_by(MarkRow.instant_ns, MarkRow.id)
    with case.reading("reading the marks") as session:
        return tuple(record_of(row) for row in session.execute(query))


def add_mark(case: CaseStore, draft: MarkDraft, *, by: str) -> tuple[Mark, Step]:
    """Make a mark. From any thread.

    Raises:
        CaseReadOnlyError, StorageError, UsageError: as `CaseStore.change` says; nothing was marked.
    """
    mark_id, made = new_id(), list[Mark]()

    def make(_before: State | None, stamp: Stamp) -> State:
        mark = Mark(
            id=mark_id,
            instant=draft.instant,
            text=clean_line(draft.text, limit=LONGEST_TEXT),
            by=stamp.by,
            created_ns=stamp.at_ns,
            changed_by=stamp.by,
            changed_ns=stamp.at_ns,
            end=draft.end,
            picture=draft.picture,
            category_id=draft.category_id,
            colour=draft.colour,
            tags=draft.tags,
            people=draft.people,
        )
        made.append(mark_of(mark_id, state_of(mark), stamp))
        return state_of(made[0])

    step = edit(case, [Edit(MARKS, mark_id, make)], by=by, label="new note" if draft.end is not None else "new mark")
    return made[0], step


def set_text(case: CaseStore, mark_id: str, text: str, *, by: str) -> Step:
    """Change what a mark says. From any thread.

    Raises:
        NoSuchItemError: there is no such mark, or it was deleted.
        CaseReadOnlyError, StorageError, UsageError: as `CaseStore.change` says; nothing was changed.
    """
    return _revise(case, [mark_id], by, {"text": clean_line(text, limit=LONGEST_TEXT)})


def set_category(case: CaseStore, mark_ids: Iterable[str], category_id: str | None, *, by: str) -> Step:
    """Give marks another category, or none. Raises as `set_text`."""
    return _revise(case, mark_ids, by, {"category": category_id})


def set_tags(case: CaseStore, mark_ids: Iterable[str], tags: Iterable[str], *, by: str) -> Step:
    """Give marks these tags instead of those they have. Raises as `set_text`."""
    return _revise(case, mark_ids, by, {"tags": list(tags)})


def set_people(case: CaseStore, mark_ids: Iterable[str], people: Iterable[str], *, by: str) -> Step:
    """Say who is seen or heard in marks, by ids. Raises as `set_text`."""
    return _revise(case, mark_ids, by, {"people": list(people)})


def set_end(case: CaseStore, mark_id: str, end: IncidentTime, end_pts: int | None = None, *, by: str) -> Step:
    """Make a moment a range, or give a range another end.

    Args:
        case: the open case.
        mark_id: the mark.
        end: on the common clock, exclusive.
        end_pts: for a mark on a picture, the end in units of its time base, exclusive.
        by: who changes it.

    Raises:
        UsageError: the end is not after the start.
        NoSuchItemError, CaseReadOnlyError, StorageError: as `set_text`.
    """

    def make(before: State | None, stamp: Stamp) -> State:
        state = there(mark_id, before)
        picture = state["picture"]
        if isinstance(picture, dict):
            picture = {**picture, "end_pts": end_pts}
        return state_of(mark_of(mark_id, {**state, "end_ns": end, "picture": picture}, stamp))

    return edit(case, [Edit(MARKS, mark_id, make)], by=by, label="end of a note")


def delete_marks(case: CaseStore, mark_ids: Iterable[str], *, by: str) -> Step:
    """Take marks away; the history and the audit log keep them. Raises as `set_text`."""

    def make(mark_id: str) -> Edit:
        def gone(before: State | None, _stamp: Stamp) -> None:
            there(mark_id, before)

        return Edit(MARKS, mark_id, gone)

    edits = [make(one) for one in dict.fromkeys(mark_ids)]
    return edit(case, edits, by=by, label=_several("deletion of a mark", "deletion of {} marks", len(edits)))


def marks_of_step(step: Step) -> dict[str, Mark | None]:
    """Return the marks that a step changed as it left them; None for those that it took away."""
    stamp = Stamp(step.by, step.at_ns)
    return {
        one.item_id: None if one.after is None else mark_of(one.item_id, one.after, stamp)
        for one in step.changes
        if one.keeper.name == MARKS.name
    }


def _revise(case: CaseStore, mark_ids: Iterable[str], by: str, values: State) -> Step:
    def wish(mark_id: str) -> Edit:
        def make(before: State | None, stamp: Stamp) -> State:
            return state_of(mark_of(mark_id, {**there(mark_id, before), **values}, stamp))

        return Edit(MARKS, mark_id, make)

    edits = [wish(one) for one in dict.fromkeys(mark_ids)]
    return edit(case, edits, by=by, label=_several("change of a mark", "change of {} marks", len(edits)))


def there(mark_id: str, state: State | None) -> State:
    """Return the state of a mark that must be there. Raises NoSuchItemError."""
    if state is None:
        raise NoSuchItemError(f"The case has no mark {mark_id}.", remedy="Look at the list of marks again.")
    return state


def _several(one: str, many: str, count: int) -> str:
    return one if count == 1 else many.format(f"{count:,}")
