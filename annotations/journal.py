"""The one way in which annotations change: every change keeps what was, so that it can be told and taken back.

An *item* is a mark, a category, a person, a shape, a cue of a transcript, a clip ... Its *state* is plain JSON with
integers, and None where there is no such item. A *step* is what was changed together: one transaction, one thing to
undo. The table `history` keeps each item's states; `audit.log` tells of each step.

To add a kind of item: 1. define its table on `evidence.models.Base`; 2. write its keeper, most easily a subclass of
`annotations.row_keeper.RowKeeper`, and join it in `annotations.kinds.KEEPERS`; 3. change items through `edit` alone,
with `put`, `revise` and `remove`. History, undo and redo follow from that.

Everything here may be called from any thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from annotations.models import HistoryRow
from annotations.steps import (
    ChangedMeanwhileError,
    Edit,
    HistoryEntry,
    ItemChange,
    Keeper,
    Make,
    Stamp,
    State,
    Step,
)
from annotations.told import tell_changes
from evidence.case_store import CaseStore, Change
from evidence.rows import new_id

__all__ = [
    "ChangedMeanwhileError",
    "Edit",
    "HistoryEntry",
    "ItemChange",
    "Keeper",
    "Make",
    "Stamp",
    "State",
    "Step",
    "check_state",
    "edit",
    "find_last_step",
    "history_of",
    "put",
    "remove",
    "revert",
]


def put(keeper: Keeper, item_id: str, state: State, *, stamp: Stamp | None = None) -> Edit:
    """Return the wish that an item has this state, whatever it had before."""
    return Edit(keeper, item_id, lambda _before, _stamp: state, stamp)


def remove(keeper: Keeper, item_id: str) -> Edit:
    """Return the wish that there is no such item."""
    return Edit(keeper, item_id, lambda _before, _stamp: None)


def edit(case: CaseStore, edits: Iterable[Edit], *, by: str, label: str) -> Step:
    """Change items in one transaction, and return what was changed.

    Items whose state stays the same are left out; where none is left, nothing is written and the step is empty.

    Args:
        case: the open case.
        edits: at most one for each item, in the order in which they are to be made.
        by: who makes the change.
        label: what it is, for people, for instance `change of a mark`.

    Raises:
        CaseReadOnlyError, StorageError, UsageError: as `CaseStore.change` says; nothing was changed.
        SightlineError: what `make` of an edit raised; nothing was changed.
    """
    return _make_step(case, list(edits), by=by, label=label, undoes=None)


def revert(case: CaseStore, step: Step, *, by: str) -> Step:
    """Take a step back, as a step of its own; reverting that one makes it again.

    Raises:
        ChangedMeanwhileError: an item was changed since; nothing was changed.
        CaseReadOnlyError, StorageError, UsageError: as `CaseStore.change` says; nothing was changed.
    """
    edits = [Edit(one.keeper, one.item_id, _back(one)) for one in reversed(step.changes)]
    return _make_step(case, edits, by=by, label=step.label, undoes=step)


def history_of(case: CaseStore, item_id: str) -> tuple[HistoryEntry, ...]:
    """Return all changes of an item, oldest first; empty where the case never had it."""
    query = select(HistoryRow).where(HistoryRow.item_id == item_id).order_by(HistoryRow.position)
    with case.reading("reading the history") as session:
        return tuple(_entry(row) for row in session.execute(query).scalars())


def find_last_step(case: CaseStore, keepers: Iterable[Keeper]) -> Step | None:
    """Return the newest step that was not taken back and takes none back itself, or None."""
    keeper_of = {keeper.name: keeper for keeper in keepers}
    undone = select(HistoryRow.undoes)
    newest = (
        select(HistoryRow.step_id)
        .where(HistoryRow.undoes == "", HistoryRow.step_id.not_in(undone))
        .order_by(HistoryRow.position.desc())
        .limit(1)
    )
    with case.reading("reading the history") as session:
        query = select(HistoryRow).where(HistoryRow.step_id == newest.scalar_subquery()).order_by(HistoryRow.position)
        rows = list(session.execute(query).scalars())
    if not rows or any(row.kind not in keeper_of for row in rows):
        return None
    changes = tuple(ItemChange(keeper_of[row.kind], row.item_id, row.before, row.after) for row in rows)
    return Step(rows[0].step_id, rows[0].label, changes, rows[0].by, rows[0].at_ns)


def _make_step(case: CaseStore, edits: list[Edit], *, by: str, label: str, undoes: Step | None) -> Step:
    with case.change(by, f"making a {label}") as change:
        stamp = Stamp(change.by, change.now_ns)
        wanted = _work_out(change.session, edits, stamp)
        for run in _runs(wanted):
            states = {one.item_id: one.after for one, _stamp in run}
            run[0][0].keeper.write(change.session, states, {one.item_id: whose for one, whose in run})
        change.session.flush()
        written = _read_all(change.session, [(one.keeper, one.item_id) for one, _stamp in wanted])
        done = [replace(one, after=written.get((one.keeper.name, one.item_id))) for one, _stamp in wanted]
        changes = tuple(one for one in done if one.before != one.after)
        step = Step(new_id(), label, changes, change.by, change.now_ns, "" if undoes is None else undoes.id)
        if not changes:
            change.abandon()
            return step
        _keep(change, step)
        tell_changes(change, step)
    return step


def _work_out(session: Session, edits: list[Edit], stamp: Stamp) -> list[tuple[ItemChange, Stamp]]:
    """Return what is to be changed really, with who made the new state when."""
    before = _read_all(session, [(one.keeper, one.item_id) for one in edits])
    wanted: list[tuple[ItemChange, Stamp]] = []
    seen: set[tuple[str, str]] = set()
    for one in edits:
        key = (one.keeper.name, one.item_id)
        if key in seen:
            raise ValueError(f"a step changes each item once; {key} twice")
        seen.add(key)
        old = before.get(key)
        new = one.make(old, stamp)
        check_state(new)
        if old != new:
            wanted.append((ItemChange(one.keeper, one.item_id, old, new), one.stamp or stamp))
    return wanted


def _read_all(session: Session, items: Sequence[tuple[Keeper, str]]) -> dict[tuple[str, str], State]:
    found: dict[tuple[str, str], State] = {}
    for keeper in {keeper.name: keeper for keeper, _item_id in items}.values():
        ids = [item_id for one, item_id in items if one.name == keeper.name]
        found.update({(keeper.name, item_id): state for item_id, state in keeper.read(session, ids).items()})
    return found


def _runs(wanted: list[tuple[ItemChange, Stamp]]) -> Iterable[list[tuple[ItemChange, Stamp]]]:
    """Yield what can be written in one go: consecutive changes of one kind."""
    for _name, run in groupby(wanted, key=lambda pair: pair[0].keeper.name):
        yield list(run)


def _keep(change: Change, step: Step) -> None:
    rows = [
        {
            "step_id": step.id,
            "item_id": one.item_id,
            "kind": one.keeper.name,
            "label": step.label,
            "before": None if one.before is None else dict(one.before),
            "after": None if one.after is None else dict(one.after),
            "by": step.by,
            "at_ns": step.at_ns,
            "undoes": step.undoes,
        }
        for one in step.changes
    ]
    change.session.execute(insert(HistoryRow), rows)


def _back(one: ItemChange) -> Make:
    def make(now: State | None, _stamp: Stamp) -> State | None:
        if now == one.after:
            return one.before
        state = now or one.after or one.before or {}
        raise ChangedMeanwhileError(
            f"This cannot be undone: {one.keeper.title(state)} was changed since.",
            meaning="Nothing was changed; undoing would have overwritten the later change.",
            remedy="Look at its history, and change it by hand where it should be as it was.",
        )

    return make


def _entry(row: HistoryRow) -> HistoryEntry:
    return HistoryEntry(
        step_id=row.step_id,
        kind=row.kind,
        item_id=row.item_id,
        label=row.label,
        before=row.before,
        after=row.after,
        by=row.by,
        at_ns=row.at_ns,
        undoes=row.undoes,
    )


def check_state(value: object) -> None:
    """Check that a state is plain JSON without fractions. Raises TypeError."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise TypeError(f"a state's names are texts, not {name!r}")
            check_state(inner)
    elif isinstance(value, list):
        for inner in value:
            check_state(inner)
    elif not isinstance(value, (str, int, type(None))):
        raise TypeError(f"a state holds plain JSON with integers in lists, not {type(value).__name__}")
