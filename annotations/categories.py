"""Categories: the sorts of marks of a case, each with a name, a colour, a key and whether it is a moment or a range.

Every case begins with nine (`evidence/migrations/versions/v0005_annotation_journal.py`), on the keys 1 to 9.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

from sqlalchemy import select

from annotations.journal import Edit, Stamp, State, Step, edit
from annotations.models import CategoryRow
from annotations.row_keeper import RowKeeper
from evidence.case_store import CaseStore
from evidence.edits.lookup import checked_line
from evidence.errors import NoSuchItemError, UsageError
from evidence.rows import new_id

LONGEST_NAME = 80
MOST_KEYS = 9
"""Categories have the keys 1 to 9."""

_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class CategoryFields:
    """What people say of a category.

    Attributes:
        name: one line.
        colour: `#rrggbb`, lower case.
        key: 1 to 9, or None for one without a key.
        is_range: whether its marks have an end: the key is pressed at the start and again at the end.
        position: its place in lists.
    """

    name: str
    colour: str
    key: int | None = None
    is_range: bool = False
    position: int = 0


@dataclass(frozen=True, slots=True)
class Category:
    """A sort of marks; `id` is permanent."""

    id: str
    name: str
    colour: str
    key: int | None
    is_range: bool
    position: int


class CategoryKeeper(RowKeeper[CategoryRow]):
    """Keeps categories for the journal; a state has the fields of `CategoryFields`."""

    name = "category"
    row_class = CategoryRow

    def state_of(self, row: CategoryRow) -> State:
        """Return the state of a row."""
        return asdict(CategoryFields(row.name, row.colour, row.key, row.is_range, row.position))

    def fill(self, row: CategoryRow, state: State, stamp: Stamp) -> None:
        """Give a row the values of a state. Raises UsageError."""
        fields = fields_of(state)
        row.name, row.colour, row.key = fields.name, fields.colour, fields.key
        row.is_range, row.position = fields.is_range, fields.position
        row.changed_by, row.changed_ns = stamp.by, stamp.at_ns

    def title(self, state: State) -> str:
        """Return the category's name for people."""
        return f"the category “{state.get('name', '')}”"


CATEGORIES = CategoryKeeper()


def fields_of(state: State) -> CategoryFields:
    """Return the fields of a state, checked. Raises UsageError."""
    name = checked_line(str(state.get("name", "")), "A category's name", longest=LONGEST_NAME)
    colour, key, position = state.get("colour"), state.get("key"), state.get("position", 0)
    if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
        raise UsageError("A category's colour is written #rrggbb.", remedy="For instance #e69f00, an orange.")
    if key is not None and (not isinstance(key, int) or not 1 <= key <= MOST_KEYS):
        raise UsageError("A category's key is a digit from 1 to 9.", remedy="Choose another, or none.")
    if not isinstance(position, int) or not -(2**31) <= position < 2**31:
        raise UsageError("A category's place in the list is a whole number.", remedy="Choose another.")
    return CategoryFields(name, colour, key, bool(state.get("is_range", False)), position)


def load_categories(case: CaseStore) -> tuple[Category, ...]:
    """Return the categories in their order. From any thread."""
    query = select(CategoryRow).order_by(CategoryRow.position, CategoryRow.name, CategoryRow.id)
    with case.reading("reading the categories") as session:
        return tuple(
            Category(row.id, row.name, row.colour, row.key, row.is_range, row.position)
            for row in session.execute(query).scalars()
        )


def set_category(case: CaseStore, fields: CategoryFields, *, by: str, category_id: str = "") -> Step:
    """Make a category, or change the one with this id; a key that another one has is taken from it.

    Raises:
        NoSuchItemError: there is no category with the id.
        UsageError: a field is no good, or another category has the name.
    """
    others = [one for one in load_categories(case) if one.id != category_id]
    wanted = fields_of(asdict(fields))
    if any(one.name.casefold() == wanted.name.casefold() for one in others):
        raise UsageError(f"There is a category “{wanted.name}” already.", remedy="Choose another name.")

    def make(before: State | None, _stamp: Stamp) -> State:
        if category_id and before is None:
            raise no_such_category(category_id)
        return asdict(wanted)

    robbed = [one for one in others if wanted.key is not None and one.key == wanted.key]
    edits = [Edit(CATEGORIES, one.id, _without_key) for one in robbed]
    edits.append(Edit(CATEGORIES, category_id or new_id(), make))
    label = "change of a category" if category_id else "new category"
    return edit(case, edits, by=by, label=label)


def no_such_category(category_id: str) -> NoSuchItemError:
    """Return the error for a category that is not there."""
    return NoSuchItemError(f"The case has no category {category_id}.", remedy="Look at the list of categories again.")


def _without_key(before: State | None, _stamp: Stamp) -> State | None:
    return None if before is None else {**before, "key": None}
