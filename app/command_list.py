"""Every command of the program, declared once, put together.

To add a command: 1. declare it in the module of its room in `app.command_groups`; 2. bind its id to a function in
`app.ui.bindings` or in the bindings of its room; `app.ui.actions` fails at start-up where one is missing; 3. test it
through its key. Only commands that work are declared.
"""

from __future__ import annotations

from app.command_groups import (
    assistance,
    cameras,
    case,
    clips,
    composite,
    court,
    draw,
    edit,
    marks,
    moves,
    playback,
    reports,
    sync,
    transcripts,
    view,
)
from app.command_groups.cameras import FOCUS_KEYS
from app.commands import CommandTable, make_table

__all__ = ["FOCUS_KEYS", "all_commands"]


def all_commands() -> CommandTable:
    """Return every command of the program, checked. Raises CommandDeclarationError."""
    rooms = (
        case,
        edit,
        playback,
        moves,
        view,
        marks,
        clips,
        draw,
        cameras,
        sync,
        transcripts,
        court,
        reports,
        composite,
        assistance,
    )
    return make_table([command for room in rooms for command in room.COMMANDS])
