"""Help."""

from __future__ import annotations

from app.commands import Command, Group, When

COMMANDS = (
    Command(
        "help.shortcuts",
        "Shortcuts",
        "Show, search and change all keys.",
        Group.HELP,
        ("F1",),
        When.ALWAYS,
        icon="keyboard",
    ),
    Command(
        "help.about",
        "About Sightline",
        "Show the version, the licence and where settings are kept.",
        Group.HELP,
        (),
        When.ALWAYS,
    ),
)
