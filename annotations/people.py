"""People who are seen or heard in marks: names that somebody typed, with a role. Nothing recognises anybody."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from annotations.journal import Edit, Stamp, State, Step, edit
from annotations.models import PersonRow
from annotations.row_keeper import RowKeeper
from evidence.case_store import CaseStore
from evidence.edits.lookup import checked_line
from evidence.errors import NoSuchItemError, UsageError
from evidence.rows import new_id

LONGEST_NAME = 120


class Role(StrEnum):
    """What a person was in the incident, as whoever typed the name says."""

    OFFICER = "officer"
    SUSPECT = "suspect"
    WITNESS = "witness"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is seen or heard; `id` is permanent."""

    id: str
    name: str
    role: Role


class PersonKeeper(RowKeeper[PersonRow]):
    """Keeps people for the journal; a state has `name` and `role`."""

    name = "person"
    row_class = PersonRow

    def state_of(self, row: PersonRow) -> State:
        """Return the state of a row."""
        return {"name": row.name, "role": row.role}

    def fill(self, row: PersonRow, state: State, stamp: Stamp) -> None:
        """Give a row the values of a state. Raises UsageError."""
        row.name = checked_line(str(state.get("name", "")), "A person's name", longest=LONGEST_NAME)
        row.role = check_role(str(state.get("role", ""))).value
        row.changed_by, row.changed_ns = stamp.by, stamp.at_ns

    def title(self, state: State) -> str:
        """Return the person's name for people."""
        return f"the person “{state.get('name', '')}”"


PEOPLE = PersonKeeper()


def check_role(typed_role: str) -> Role:
    """Return a role by its word. Raises UsageError."""
    try:
        return Role(typed_role.strip().casefold())
    except ValueError as error:
        raise UsageError(
            "A person's role is officer, suspect, witness or other.", remedy="Choose one of these."
        ) from error


def load_people(case: CaseStore) -> tuple[Person, ...]:
    """Return the people of a case by name. From any thread."""
    with case.reading("reading the people") as session:
        rows = session.execute(select(PersonRow)).scalars()
        people = [Person(row.id, row.name, Role(row.role)) for row in rows]
    return tuple(sorted(people, key=lambda one: (one.name.casefold(), one.id)))


def set_person(case: CaseStore, name: str, role: Role, *, by: str, person_id: str = "") -> tuple[str, Step]:
    """Add a person, or change the one with this id; return the id.

    Raises:
        NoSuchItemError: there is nobody with the id.
        UsageError: the name is no good, or another person has it.
    """
    wanted = checked_line(name, "A person's name", longest=LONGEST_NAME)
    if any(one.name.casefold() == wanted.casefold() and one.id != person_id for one in load_people(case)):
        raise UsageError(f"There is a person “{wanted}” already.", remedy="Choose another name, or add a first name.")

    def make(before: State | None, _stamp: Stamp) -> State:
        if person_id and before is None:
            raise no_such_person(person_id)
        return {"name": wanted, "role": role.value}

    made_id = person_id or new_id()
    label = "change of a person" if person_id else "new person"
    return made_id, edit(case, [Edit(PEOPLE, made_id, make)], by=by, label=label)


def no_such_person(person_id: str) -> NoSuchItemError:
    """Return the error for a person who is not there."""
    return NoSuchItemError(f"The case has no person {person_id}.", remedy="Look at the list of people again.")
