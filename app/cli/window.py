"""`open`, and `sightline` without a command: the app itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.court import check_display, resume_court, show_in_court
from app.cli.options import By, CasePath, PassphraseFile


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.callback(invoke_without_command=True)(start)
    application.command("open")(open_case)


def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on in court where the program was interrupted: same item, same frame.")
    ] = False,
) -> int:
    """Everything that was filmed of one incident, as one event. Without a command: opens the app."""
    if version:
        from importlib.metadata import version as installed_version

        typer.echo(f"sightline {installed_version('sightline')}")
        return 0
    if context.invoked_subcommand is not None:
        return 0
    if resume:
        return resume_court()
    return _open(None)


def open_case(
    case: CasePath,
    at: Annotated[str, typer.Option(help="Go to this time: ISO 8601, a local time, or +seconds from the start.")] = "",
    play: Annotated[bool, typer.Option("--play", help="Start playing.")] = False,
    court: Annotated[
        str | None,
        typer.Option(help="Show this run sheet in court: its title, its id, or its JSON file; “last” for the newest."),
    ] = None,
    display: Annotated[str, typer.Option(help="Name of the court's display; the second one where not given.")] = "",
    passphrase_file: PassphraseFile = None,
    by: By = "",
) -> int:
    """Open the window on a case; or, with --court, court screen and console on a run sheet of a case or a pack."""
    if court is not None:
        return show_in_court(case, court, display=display, by=by, passphrase_file=passphrase_file)
    return _open(case, at=at, play=play)


def _open(case: Path | None, *, at: str = "", play: bool = False) -> int:
    check_display()
    from app.bootstrap import run_application

    return run_application(case, at=at, play=play)
