"""`open`, and `sightline` without a command: the app itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.demo import has_display
from app.cli.options import CasePath
from evidence.errors import UsageError


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.callback(invoke_without_command=True)(start)
    application.command("open")(open_case)


def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> int:
    """Everything that was filmed of one incident, as one event. Without a command: opens the app."""
    if version:
        from importlib.metadata import version as installed_version

        typer.echo(f"sightline {installed_version('sightline')}")
        return 0
    if context.invoked_subcommand is not None:
        return 0
    return _open(None)


def open_case(
    case: CasePath,
    at: Annotated[str, typer.Option(help="Go to this time: ISO 8601, a local time, or +seconds from the start.")] = "",
    play: Annotated[bool, typer.Option("--play", help="Start playing.")] = False,
) -> int:
    """Open the window on a case."""
    return _open(case, at=at, play=play)


def _open(case: Path | None, *, at: str = "", play: bool = False) -> int:
    if not has_display():
        raise UsageError(
            "There is no display to open a window on.",
            remedy="Log in to a desktop, or use the other commands (`sightline --help`); they need none.",
        )
    from app.bootstrap import run_application

    return run_application(case, at=at, play=play)
