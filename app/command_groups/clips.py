"""Clips: ranges that are cut out of the recordings."""

from __future__ import annotations

from app.commands import Command, Group, When

COMMANDS = (
    Command(
        "clip.new",
        "Clip of in to out…",
        "Name the range from the in point to the out point, and cut it out of the cameras that you choose.",
        Group.RANGE,
        ("C",),
        icon="clips",
        block="clip",
    ),
    Command(
        "view.panel_clips",
        "Clips",
        "Show the clips.",
        Group.VIEW,
        ("Alt+L",),
        When.CASE,
        icon="clips",
        block="panel",
    ),
    Command(
        "clip.to_run_sheet",
        "Add the chosen clip to the run sheet",
        "Put the clip that is chosen in the list of clips into the run sheet, with its cameras.",
        Group.COURT,
        ("Ctrl+Alt+R",),
        When.PLACED,
    ),
)
