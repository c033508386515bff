"""Says who is seen or heard in marks by typed names; names that are new become people of the case in the same step."""

from __future__ import annotations

import re
from collections.abc import Iterable

from annotations.journal import Edit, Stamp, State, Step, edit, put
from annotations.mark_states import MARKS, mark_of, state_of
from annotations.marks import there
from annotations.people import PEOPLE, Role, check_role, load_people
from evidence.case_store import CaseStore
from evidence.errors import UsageError
from evidence.rows import new_id
from evidence.text import clean_line

_WITH_ROLE = re.compile(r"(?P<name>.*\S)\s*\((?P<role>[^()]*)\)")


def parse_names(typed: str) -> tuple[tuple[str, Role | None], ...]:
    """Return names from `Jo Bloggs (suspect), PC 412 (officer), Lee`, with roles where they are given.

    Raises:
        UsageError: a role is none.
    """
    found: dict[str, tuple[str, Role | None]] = {}
    for part in typed.replace(";", ",").split(","):
        line = clean_line(part)
        match = _WITH_ROLE.fullmatch(line)
        name = line if match is None else clean_line(match["name"])
        role = None if match is None else check_role(match["role"])
        if name:
            found.setdefault(name.casefold(), (name, role))
    return tuple(found.values())


def set_people_by_name(case: CaseStore, mark_ids: Iterable[str], typed: str, *, by: str) -> Step:
    """Say who is in marks by names, instead of whom they have; a new name becomes a person, of the role given.

    Raises:
        NoSuchItemError: there is no such mark.
        UsageError: a role is none, or a name is too long.
        CaseReadOnlyError, StorageError: as `CaseStore.change` says; nothing was changed.
    """
    people, edits = people_by_name(case, typed)

    def wish(mark_id: str) -> Edit:
        def make(before: State | None, stamp: Stamp) -> State:
            return state_of(mark_of(mark_id, {**there(mark_id, before), "people": list(people)}, stamp))

        return Edit(MARKS, mark_id, make)

    ids = list(dict.fromkeys(mark_ids))
    label = "change of a mark" if len(ids) == 1 else f"change of {len(ids):,} marks"
    return edit(case, [*edits, *map(wish, ids)], by=by, label=label)


def people_by_name(case: CaseStore, typed: str) -> tuple[tuple[str, ...], list[Edit]]:
    """Return the ids of people by typed names, and the edits that make those who are new.

    Raises:
        UsageError: a role is none, or not the one that the person has.
    """
    known = {one.name.casefold(): one for one in load_people(case)}
    ids: list[str] = []
    edits: list[Edit] = []
    for name, role in parse_names(typed):
        person = known.get(name.casefold())
        if person is None:
            ids.append(new_id())
            edits.append(put(PEOPLE, ids[-1], {"name": name, "role": (role or Role.OTHER).value}))
            continue
        if role is not None and role is not person.role:
            raise UsageError(
                f"{person.name} is in this case as {person.role}, not as {role}.",
                remedy="Leave the role out, or change it in the list of people.",
            )
        ids.append(person.id)
    return tuple(ids), edits
