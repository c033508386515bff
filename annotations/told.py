"""What the audit log is told of a step: each item with what was and what is, shortened where there is very much."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from annotations.steps import ItemChange, State, Step
from evidence.audit import JsonValue
from evidence.case_store import Change

MOST_TOLD = 200
"""Items of one step that have a line each; of a larger step there is one line for each kind and sort of change."""

_LONGEST_TOLD = 20_000
"""Characters of JSON that a line tells of one item; of what is longer it tells the SHA-256."""

_MOST_IDS = 1_000


def tell_changes(change: Change, step: Step) -> None:
    """Tell the audit log of a step: `mark.added`, `mark.changed`, `mark.deleted`, with what was and what is."""
    about: dict[str, JsonValue] = {"step": step.id, **({"undoes": step.undoes} if step.undoes else {})}
    if len(step.changes) <= MOST_TOLD:
        for one in step.changes:
            change.tell(_action(one), items=[one.item_id], **_difference(one), **about)
        return
    for action, count in Counter(_action(one) for one in step.changes).items():
        ids = [one.item_id for one in step.changes if _action(one) == action]
        whole = [[one.item_id, one.before, one.after] for one in step.changes if _action(one) == action]
        digest = _digest(whole)
        change.tell(action, items=ids[:_MOST_IDS], count=count, label=step.label, states_sha256=digest, **about)


def _action(one: ItemChange) -> str:
    verb = "added" if one.before is None else "deleted" if one.after is None else "changed"
    return f"{one.keeper.name}.{verb}"


def _difference(one: ItemChange) -> dict[str, JsonValue]:
    if one.before is None or one.after is None:
        return {"new" if one.before is None else "old": _told(one.after if one.before is None else one.before)}
    names = [name for name in {**one.before, **one.after} if one.before.get(name) != one.after.get(name)]
    return {
        "old": _told({name: one.before.get(name) for name in names}),
        "new": _told({name: one.after.get(name) for name in names}),
    }


def _told(state: State | None) -> JsonValue:
    if len(_text(state)) <= _LONGEST_TOLD:
        return state
    return {"sha256": _digest(state)}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(value: object) -> str:
    return hashlib.sha256(_text(value).encode("utf-8", "surrogatepass")).hexdigest()
