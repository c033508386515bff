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
        block="clock",
    ),
    Command(
        "sync.same_event",
        "Same event here",
        "Mark the focused camera's frame as one event; press it again in other cameras to tie their clocks by it.",
        Group.CAMERAS,
        ("E",),
        When.CAMERA,
        block="clock",
    ),
    Command(
        "sync.keep_event",
        "Keep the event",
        "Keep the event that is marked in several cameras.",
        Group.CAMERAS,
        ("Shift+E",),
        When.CAMERA,
        block="clock",
    ),
)
