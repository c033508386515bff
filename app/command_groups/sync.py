"""How the cameras' clocks stand to one another."""

from __future__ import annotations

from app.commands import Command, Group, When

COMMANDS = (
    Command(
        "sync.view",
        "Sync view…",
        "Show which clocks are tied to which, how surely, and what follows; find matches, accept and apply them.",
        Group.CAMERAS,
        ("Ctrl+Shift+T",),
        When.CASE,
        icon="clock",
    ),
)
