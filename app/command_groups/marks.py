"""Marks, and the in and out points."""

from __future__ import annotations

from app.commands import Command, Group, When

COMMANDS = (
    Command(
        "mark.add",
        "Mark this moment",
        "Put a mark on the incident at the playhead.",
        Group.RANGE,
        ("M",),
        When.PLACED,
        icon="mark",
    ),
    Command("range.set_in", "Set in point", "Start the range at the playhead.", Group.RANGE, ("I",)),
    Command("range.set_out", "Set out point", "End the range after the frame on screen.", Group.RANGE, ("O",)),
    Command("range.go_in", "Go to in point", "Go to the start of the range.", Group.RANGE, ("Shift+I",)),
    Command("range.go_out", "Go to out point", "Go to the end of the range.", Group.RANGE, ("Shift+O",)),
    Command("range.clear", "Clear in and out", "Forget the range.", Group.RANGE, ("Alt+X",)),
)
