"""Puts marks from elsewhere together with those of the case: new ones, newer ones, and those that both sides changed.

Each side knows the digests of the states that its marks had. So it is known who went on from whose version: where
mine stands among theirs, theirs is newer; where theirs stands among mine, mine is; where neither does, both were
changed, and a person chooses. Nothing is ever deleted by it. What is taken over is one step, and can be undone.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from annotations.categories import CATEGORIES, CategoryFields, load_categories
from annotations.exchange.digests import DELETED, digest, versions_of
from annotations.exchange.drawn_shapes import plan_shapes
from annotations.exchange.foreign import MOST_PROBLEMS, ForeignCategory, ForeignMark, ForeignMarks, ForeignPerson
from annotations.journal import Edit, Stamp, State, Step, edit, put
from annotations.mark_states import MARKS, Mark, mark_of, state_of
from annotations.marks import load_marks
from annotations.people import PEOPLE, Role, load_people
from evidence.case import Case
from evidence.errors import SightlineError, UsageError
from evidence.rows import new_id
from evidence.text import clean_line

_BOTH = uuid.UUID("7c9f3f0e-5d0a-5d7a-9d4b-0c6f6f3f7c13")
_PLAIN_COLOUR = "#9aa3ab"


class Standing(StrEnum):
    """How a mark from elsewhere stands to the case."""

    NEW = "new"
    SAME = "same"
    NEWER = "newer"
    OLDER = "older"
    CONFLICT = "conflict"


class Take(StrEnum):
    """What becomes of conflicts."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Compared:
    """A mark from elsewhere beside the one of the case.

    Attributes:
        theirs: the mark from elsewhere, in terms of this case.
        mine: the mark of the case, or None where it has none, or has it no more.
        standing: how the two stand to one another.
    """

    theirs: Mark
    mine: Mark | None
    standing: Standing


@dataclass(frozen=True)
class MergePlan:
    """What an import would do.

    Attributes:
        compared: every mark that could be read.
        made_first: what has to be made for them: categories and people that are new here.
        problems: what could not be read or taken, in words for people.
        shapes: the edits that take over shapes which are new here.
    """

    compared: tuple[Compared, ...]
    made_first: tuple[Edit, ...]
    problems: tuple[str, ...]
    shapes: tuple[Edit, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many marks stand how."""
        found = Counter(one.standing.value for one in self.compared)
        return {standing.value: found[standing.value] for standing in Standing}

    @property
    def conflicts(self) -> tuple[Compared, ...]:
        """Those that both sides changed."""
        return tuple(one for one in self.compared if one.standing is Standing.CONFLICT)


def plan_merge(case: Case, foreign: ForeignMarks) -> MergePlan:
    """Compare marks from elsewhere with the case; nothing is changed. From any thread.

    Raises:
        CaseDamagedError: the case cannot be read.
    """
    names = _Names(case)
    recordings = case.recordings()
    sha256_of = {one.id: one.sha256 for one in recordings}
    id_of = {one.sha256: one.id for one in recordings}
    mine = {one.id: one for one in load_marks(case)}
    versions = versions_of(case, [one.id for one in foreign.marks], sha256_of)
    compared: dict[str, Compared] = {}
    problems = list(foreign.problems)
    for one in foreign.marks:
        try:
            theirs = _translated(one, names, id_of, sha256_of)
        except SightlineError as error:
            problems.append(f"The mark {one.id}: {error.happened}")
            continue
        if theirs.id in compared:
            problems.append(f"The mark {one.id} stands in the file twice; the first is taken.")
            continue
        own = mine.get(theirs.id)
        standing = _standing(theirs, own, one.versions, versions.get(theirs.id, []), sha256_of)
        compared[theirs.id] = Compared(theirs, own, standing)
    shapes, shape_problems = plan_shapes(case, foreign.shapes)
    problems += shape_problems
    return MergePlan(tuple(compared.values()), tuple(names.edits), tuple(problems[:MOST_PROBLEMS]), shapes)


def apply_merge(case: Case, plan: MergePlan, take: Take | Mapping[str, Take], *, by: str) -> Step:
    """Take over what is new and newer, and of conflicts what was chosen, in one step. From any thread.

    Args:
        case: the open case.
        plan: of `plan_merge`.
        take: for all conflicts, or for each by the id of the mark; one that is not named stays mine.
        by: who does it.

    Raises:
        CaseReadOnlyError, StorageError, UsageError: as `CaseStore.change` says; nothing was changed.
    """
    edits: list[Edit] = []
    for one in plan.compared:
        chosen = take if isinstance(take, Take) else take.get(one.theirs.id, Take.MINE)
        edits += _edits_of(one, chosen)
    used = {person for one in edits for person in _mentioned(one)}
    first = [one for one in plan.made_first if one.item_id in used]
    return edit(case, [*first, *edits, *plan.shapes], by=by, label="import of marks")


def _edits_of(one: Compared, take: Take) -> list[Edit]:
    stamp = Stamp(one.theirs.changed_by, one.theirs.changed_ns)
    is_wanted = one.standing in {Standing.NEW, Standing.NEWER}
    is_wanted |= one.standing is Standing.CONFLICT and take is Take.THEIRS
    if is_wanted:
        return [put(MARKS, one.theirs.id, state_of(one.theirs), stamp=stamp)]
    if one.standing is Standing.CONFLICT and take is Take.BOTH:
        copy = str(uuid.uuid5(_BOTH, one.theirs.id + digest(state_of(one.theirs), {})))
        return [put(MARKS, copy, state_of(one.theirs), stamp=stamp)]
    return []


def _mentioned(one: Edit) -> set[str]:
    state = one.make(None, Stamp("", 0)) or {}
    people = state.get("people")
    found = set(map(str, people)) if isinstance(people, Sequence) else set()
    return found | {str(state.get("category"))}


def _standing(
    theirs: Mark, mine: Mark | None, their_versions: Sequence[str], versions: Sequence[str], names: Mapping[str, str]
) -> Standing:
    theirs_now = digest(state_of(theirs), names)
    mine_now = DELETED if mine is None else digest(state_of(mine), names)
    if mine is None and not versions:
        return Standing.NEW
    if theirs_now == mine_now:
        return Standing.SAME
    if theirs_now in versions:
        return Standing.OLDER
    if mine is not None and mine_now in their_versions:
        return Standing.NEWER
    return Standing.CONFLICT


def _translated(one: ForeignMark, names: _Names, id_of: Mapping[str, str], sha256_of: Mapping[str, str]) -> Mark:
    """Return a foreign mark in terms of this case. Raises UsageError."""
    picture: State | None = None
    if one.picture is not None:
        own = id_of.get(one.picture.sha256) or (one.picture.recording_id if not one.picture.sha256 else "")
        if own not in sha256_of:
            raise UsageError("it is on a recording that is not in this case.")
        base = one.picture.time_base
        picture = {
            "recording": own,
            "stream": one.picture.stream,
            "pts": one.picture.pts,
            "end_pts": one.picture.end_pts,
            "time_base": [base.numerator, base.denominator],
        }
    state: State = {
        "at_ns": one.start_ns,
        "end_ns": one.end_ns,
        "picture": picture,
        "text": one.text,
        "category": names.category(one),
        "colour": one.colour,
        "tags": list(one.tags),
        "people": names.people(one),
        "by": one.by,
        "created_ns": one.created_ns,
    }
    return mark_of(one.id, state, Stamp(clean_line(one.changed_by, limit=200), one.changed_ns))


class _Names:
    """Finds categories and people of the case by id or by name, and makes those that are new."""

    def __init__(self, case: Case) -> None:
        categories, people = load_categories(case), load_people(case)
        self._categories = {one.id: one.name.casefold() for one in categories}
        self._people = {one.id: one.name.casefold() for one in people}
        self._positions = len(categories)
        self.edits: list[Edit] = []

    def category(self, mark: ForeignMark) -> str | None:
        """Return the id of a mark's category in this case."""
        wanted = mark.category
        name = "" if wanted is None else clean_line(wanted.name, limit=80)
        if wanted is None or not name:
            return None
        found = _known(self._categories, wanted, name)
        if found is None:
            found = _free_id(self._categories, wanted.id)
            colour = wanted.colour if _is_colour(wanted.colour) else _PLAIN_COLOUR
            fields = CategoryFields(name, colour, None, wanted.is_range, self._positions)
            self.edits.append(put(CATEGORIES, found, _category_state(fields)))
            self._categories[found] = name.casefold()
            self._positions += 1
        return found

    def people(self, mark: ForeignMark) -> list[str]:
        """Return the ids of a mark's people in this case."""
        ids: list[str] = []
        for one in mark.people:
            name = clean_line(one.name, limit=120)
            if not name:
                continue
            found = _known(self._people, one, name)
            if found is None:
                found = _free_id(self._people, one.id)
                role = one.role if one.role in {role.value for role in Role} else Role.OTHER.value
                self.edits.append(put(PEOPLE, found, {"name": name, "role": role}))
                self._people[found] = name.casefold()
            ids.append(found)
        return ids


def _known(names: Mapping[str, str], wanted: ForeignCategory | ForeignPerson, name: str) -> str | None:
    """Return the id of what a file names, or None where this case has nothing of the kind."""
    if wanted.id in names and (not wanted.is_by_name or names[wanted.id] == name.casefold()):
        return wanted.id
    return next((one for one, known in names.items() if known == name.casefold()), None)


def _free_id(names: Mapping[str, str], wanted: str) -> str:
    return wanted if wanted and wanted not in names else new_id()


def _category_state(fields: CategoryFields) -> State:
    return {
        "name": fields.name,
        "colour": fields.colour,
        "key": fields.key,
        "is_range": fields.is_range,
        "position": fields.position,
    }


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(one in "0123456789abcdef" for one in text[1:])
