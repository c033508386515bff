"""One video of several cameras."""

from __future__ import annotations

from app.commands import Command, Group, When

COMMANDS = (
    Command(
        "composite.make",
        "Composite video…",
        "Make one synchronised video of several cameras, from the in point to the out point, with a report.",
        Group.REPORTS,
        ("Ctrl+Alt+V",),
        When.PLACED,
    ),
)
