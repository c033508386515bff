"""Undo and redo."""

from __future__ import annotations

from app.commands import Command, Group, When

COMMANDS = (
    Command(
        "edit.undo",
        "Undo",
        "Take back what was changed last in this case; the audit log keeps both.",
        Group.EDIT,
        ("Ctrl+Z",),
        When.UNDO,
        icon="undo",
        repeats=True,
    ),
    Command(
        "edit.redo",
        "Redo",
        "Do again what was taken back last.",
        Group.EDIT,
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        When.REDO,
        icon="redo",
        repeats=True,
    ),
)
