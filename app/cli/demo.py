"""`demo`: makes the demo incident as a case, and opens it; without a display, tours it offscreen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.desktop import has_display
from app.cli.options import AsJson, interruptible
from app.cli.output import Output
from app.demo_case import DemoSize, default_demo_folder, make_demo_case


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("demo")(demo)


def demo(
    folder: Annotated[Path | None, typer.Option(help="Where to make it; your cache folder where not given.")] = None,
    size: Annotated[DemoSize, typer.Option(help="720p, 1080p, or small and short for trying.")] = DemoSize.HD,
    codes: Annotated[bool, typer.Option("--codes", help="Draw each frame's number as a code.")] = False,
    window: Annotated[bool, typer.Option("--window/--no-window", help="Open it afterwards.")] = True,
    tour: Annotated[Path, typer.Option(help="Without a display: where the tour's output goes.")] = Path("demo-output"),
    as_json: AsJson = False,
) -> int:
    """Make the demo incident: a generated night street with seven people and six cameras, and its exact truth.

    It is made once, in one or two minutes, and kept.
    """
    output = Output(is_json=as_json)
    with output.progress("Demo incident") as progress, interruptible() as cancelled:
        made = make_demo_case(folder or default_demo_folder(), size, progress, cancelled, with_codes=codes)
    output.document({"ok": True, "case": made.case_folder, "media": made.media_folder, "truth": made.truth_file})
    output.line(f"The demo incident is in {made.case_folder}")
    if not window or as_json:
        return 0
    if has_display():
        from app.bootstrap import run_application

        return run_application(made.case_folder)
    from app.tour import run_tour

    output.line("There is no display: the tour is made offscreen.")
    for line in run_tour(made.case_folder, made.media_folder, tour.absolute()):
        output.line(line)
    return 0
