"""Takes away categories and people, also from the marks that have them: one step each."""

from __future__ import annotations

from sqlalchemy import select

from annotations.categories import CATEGORIES, no_such_category
from annotations.journal import Edit, Stamp, State, Step, edit, remove
from annotations.mark_states import MARKS
from annotations.models import CategoryRow, MarkRow, PersonRow
from annotations.people import PEOPLE, no_such_person
from evidence.case_store import CaseStore


def delete_category(case: CaseStore, category_id: str, *, by: str) -> Step:
    """Take a category away; its marks stay and have none. Raises NoSuchItemError."""
    with case.reading("reading the marks") as session:
        if session.get(CategoryRow, category_id) is None:
            raise no_such_category(category_id)
        ids = list(session.execute(select(MarkRow.id).where(MarkRow.category_id == category_id)).scalars())

    def without(before: State | None, _stamp: Stamp) -> State | None:
        return before if before is None or before["category"] != category_id else {**before, "category": None}

    edits = [*(Edit(MARKS, one, without) for one in ids), remove(CATEGORIES, category_id)]
    return edit(case, edits, by=by, label="deletion of a category")


def delete_person(case: CaseStore, person_id: str, *, by: str) -> Step:
    """Take a person away, also out of all marks. Raises NoSuchItemError."""
    with case.reading("reading the marks") as session:
        if session.get(PersonRow, person_id) is None:
            raise no_such_person(person_id)
        ids = [row.id for row in session.execute(select(MarkRow.id, MarkRow.people)) if person_id in row.people]

    def without(before: State | None, _stamp: Stamp) -> State | None:
        people = None if before is None else before["people"]
        if before is None or not isinstance(people, list):
            return before
        return {**before, "people": [one for one in people if one != person_id]}

    edits = [*(Edit(MARKS, one, without) for one in ids), remove(PEOPLE, person_id)]
    return edit(case, edits, by=by, label="deletion of a person")
