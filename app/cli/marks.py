"""`mark` and `marks`: marking an instant of the incident, and listing what is marked."""

from __future__ import annotations

from typing import Annotated

import typer

from annotations.marks import MarkDraft, add_mark, delete_marks, load_marks, set_text
from app.cli.options import AsJson, By, CasePath, typed_time_context, who
from app.cli.output import Output
from app.typed_time import parse_time
from evidence.case import Case
from evidence.errors import UsageError
from evidence.times import iso_utc


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("mark")(mark)
    application.command("marks")(marks)


def mark(
    case: CasePath,
    at: Annotated[str, typer.Option(help="When: ISO 8601, a local time, or +seconds from the case's start.")] = "",
    text: Annotated[str | None, typer.Option(help="What it says.")] = None,
    change: Annotated[str, typer.Option(metavar="ID", help="Give this mark the text instead of making one.")] = "",
    delete: Annotated[str, typer.Option(metavar="ID", help="Delete this mark instead of making one.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Mark an instant of the incident; or change or delete a mark. The audit log keeps what was."""
    output = Output(is_json=as_json)
    if sum(map(bool, (at, change, delete))) != 1 or (change and text is None):
        raise UsageError(
            "A mark needs one of --at, --change and --delete; --change needs --text.",
            remedy="For instance: sightline mark CASE --at 21:32:07.48 --text “Door opens”",
        )
    with Case.open(case) as opened:
        if delete:
            delete_marks(opened, [delete], by=who(by))
            done = {"deleted": delete}
        elif change:
            set_text(opened, change, text or "", by=who(by))
            done = {"changed": change}
        else:
            instant = parse_time(at, typed_time_context(opened)).instant
            made, _step = add_mark(opened, MarkDraft(instant, text or ""), by=who(by))
            done = {"made": made.id, "at": iso_utc(made.instant)}
    output.document({"ok": True, **done})
    output.line(", ".join(f"{what} {which}" for what, which in done.items()))


def marks(case: CasePath, as_json: AsJson = False) -> None:
    """List the marks of a case by time."""
    output = Output(is_json=as_json)
    with Case.open(case, read_only=True) as opened:
        found = load_marks(opened)
    output.document({"ok": True, "marks": [{"at": iso_utc(one.instant), "mark": one} for one in found]})
    for one in found:
        output.line(f"{iso_utc(one.instant, digits=3)}  {one.text}  ({one.by})  {one.id}")
