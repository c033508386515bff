"""`court-drawings`: takes what was drawn in court, and captured there, into the case as shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import AsJson, By, CasePath, who
from app.cli.output import Output
from courtroom.court_drawings import take_in
from evidence.case import Case


def register(application: typer.Typer) -> None:
    """Add this topic's command."""
    application.command("court-drawings")(court_drawings)


def court_drawings(
    case: CasePath,
    captures: Annotated[list[Path], typer.Argument(metavar="CAPTURE…", help="Captures made in court (.png or .json).")],
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Make shapes of what was drawn in court and captured with C, each on the frame that the court saw."""
    output = Output(is_json=as_json)
    with Case.open(case) as opened:
        found = take_in(opened, captures, by=who(by))
    output.document(
        {
            "ok": True,
            "taken": found.taken,
            "there": found.there,
            "shapes": [one.item_id for one in found.step.changes],
        }
    )
    output.line(found.words)
    return 0
