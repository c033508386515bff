"""`categories`, `people`, `history` and `undo`: what marks are made of, and what became of them."""

from __future__ import annotations

from typing import Annotated

import typer

from annotations.categories import CategoryFields, load_categories, set_category
from annotations.journal import find_last_step, history_of, revert
from annotations.kinds import KEEPERS
from annotations.people import Role, load_people, set_person
from annotations.removals import delete_category, delete_person
from app.cli.options import AsJson, By, CasePath, who
from app.cli.output import Output
from evidence.case import Case
from evidence.errors import NoSuchItemError, UsageError
from evidence.times import iso_utc


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("categories")(categories)
    application.command("people")(people)
    application.command("history")(history)
    application.command("undo")(undo)


def categories(
    case: CasePath,
    name: Annotated[str, typer.Option("--set", metavar="NAME", help="Make this category, or change it.")] = "",
    rename: Annotated[str, typer.Option(help="With --set: the category's new name.")] = "",
    colour: Annotated[str, typer.Option(help="With --set: its colour, #rrggbb.")] = "",
    key: Annotated[int | None, typer.Option(help="With --set: its key, 1 to 9; 0 for none.")] = None,
    is_range: Annotated[
        bool | None, typer.Option("--range/--moment", help="With --set: whether its marks have an end.")
    ] = None,
    delete: Annotated[str, typer.Option(metavar="NAME", help="Delete this category; its marks stay.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """List the categories of marks; or make, change or delete one."""
    output = Output(is_json=as_json)
    if name and delete:
        raise UsageError("Either --set or --delete, not both.", remedy="Do one after the other.")
    with Case.open(case, read_only=not (name or delete)) as opened:
        known = {one.name.casefold(): one for one in load_categories(opened)}
        if delete:
            if delete.casefold() not in known:
                raise NoSuchItemError(f"The case has no category “{delete}”.", remedy="Look at the list again.")
            delete_category(opened, known[delete.casefold()].id, by=who(by))
        elif name:
            old = known.get(name.casefold())
            place = max((one.position for one in known.values()), default=-1) + 1
            before = CategoryFields(name, "#e69f00", None, position=place)
            if old is not None:
                before = CategoryFields(old.name, old.colour, old.key, old.is_range, old.position)
            fields = CategoryFields(
                rename or before.name,
                colour.lower() or before.colour,
                before.key if key is None else key or None,
                before.is_range if is_range is None else is_range,
                before.position,
            )
            set_category(opened, fields, by=who(by), category_id="" if old is None else old.id)
        found = load_categories(opened)
    output.document({"ok": True, "categories": found})
    for one in found:
        kind = "range" if one.is_range else "moment"
        output.line(f"{one.key or '-'}  {one.colour}  {kind:6}  {one.name}  {one.id}")


def people(
    case: CasePath,
    name: Annotated[str, typer.Option("--set", metavar="NAME", help="Add this person, or change their role.")] = "",
    rename: Annotated[str, typer.Option(help="With --set: the person's new name.")] = "",
    role: Annotated[Role | None, typer.Option(help="With --set: their role.")] = None,
    delete: Annotated[str, typer.Option(metavar="NAME", help="Take this person away, also out of marks.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """List the people who are seen or heard in marks, as people typed them; or add, change or delete one."""
    output = Output(is_json=as_json)
    if name and delete:
        raise UsageError("Either --set or --delete, not both.", remedy="Do one after the other.")
    with Case.open(case, read_only=not (name or delete)) as opened:
        known = {one.name.casefold(): one for one in load_people(opened)}
        if delete:
            if delete.casefold() not in known:
                raise NoSuchItemError(f"The case has no person “{delete}”.", remedy="Look at the list again.")
            delete_person(opened, known[delete.casefold()].id, by=who(by))
        elif name:
            old = known.get(name.casefold())
            wanted = role or (Role.OTHER if old is None else old.role)
            set_person(opened, rename or name, wanted, by=who(by), person_id="" if old is None else old.id)
        found = load_people(opened)
    output.document({"ok": True, "people": found})
    for one in found:
        output.line(f"{one.name} ({one.role})  {one.id}")


def history(
    case: CasePath,
    item: Annotated[str, typer.Argument(metavar="ID", help="Of a mark, category, person, cue or shape.")],
    as_json: AsJson = False,
) -> None:
    """Tell every change of an annotation: by whom, when, what was and what is."""
    output = Output(is_json=as_json)
    with Case.open(case, read_only=True) as opened:
        found = history_of(opened, item)
    if not found:
        raise NoSuchItemError(f"The case has no history of {item}.", remedy="sightline marks CASE lists the ids.")
    output.document({"ok": True, "history": [{"at": iso_utc(one.at_ns), "change": one} for one in found]})
    for one in found:
        what = "made" if one.before is None else "deleted" if one.after is None else "changed"
        undone = " (undo or redo)" if one.undoes else ""
        output.line(f"{iso_utc(one.at_ns, digits=3)}  {one.by}  {what}{undone}")
        before, after = one.before or {}, one.after or {}
        for name in {**before, **after}:
            if before.get(name) != after.get(name):
                output.line(f"    {name}: {before.get(name)!r} -> {after.get(name)!r}")


def undo(case: CasePath, by: By = "", as_json: AsJson = False) -> None:
    """Take back the last change of annotations; it stays in the history and the audit log."""
    output = Output(is_json=as_json)
    with Case.open(case) as opened:
        step = find_last_step(opened, KEEPERS)
        if step is None:
            raise UsageError("There is nothing to take back.", remedy="sightline history CASE ID tells what was done.")
        done = revert(opened, step, by=who(by))
    output.document({"ok": True, "undone": step.label, "by": step.by, "step": step.id, "items": len(done.changes)})
    output.line(f"Undone: {step.label} by {step.by}, {iso_utc(step.at_ns, digits=3)}.")
