"""The run sheet, the court pack, and what is shown in court."""

from __future__ import annotations

from app.commands import Command, Group, When

COMMANDS = (
    Command(
        "runsheet.add_range",
        "Add in to out to the run sheet",
        "Put the range from in to out, as it is seen and heard now, into the run sheet.",
        Group.COURT,
        ("Ctrl+R",),
        When.PLACED,
        icon="add",
    ),
    Command(
        "runsheet.add_still",
        "Add this frame to the run sheet",
        "Put the pictures of this instant into the run sheet, to be shown standing still.",
        Group.COURT,
        ("Ctrl+Shift+R",),
        When.PLACED,
    ),
    Command(
        "runsheet.show",
        "Run sheet…",
        "Show what will be shown in court, in order; change it, print it, and make the court pack of it.",
        Group.COURT,
        ("F10",),
        When.CASE,
        icon="runsheet",
        block="show",
    ),
    Command(
        "pack.copy",
        "Copy court pack to this computer…",
        "Copy the court pack that is open, for instance from a stick, and open the copy; each file is compared with "
        "its hash on the way.",
        Group.COURT,
        (),
        When.CASE,
    ),
    Command(
        "court.show",
        "Show in court",
        "Show the run sheet on the court's display, and the console here. Ctrl+Q twice ends it.",
        Group.COURT,
        ("F11",),
        When.CASE,
        icon="court",
        block="show",
    ),
    Command(
        "court.take_drawings",
        "Take in what was drawn in court…",
        "Make shapes of what was drawn in court and captured there (C), each on the very frame that the court saw.",
        Group.COURT,
        (),
        When.CASE,
    ),
    Command(
        "court.preflight",
        "Preflight a court pack…",
        "Check that a court pack will play on this machine: every file, every frame, displays, sound and power.",
        Group.COURT,
        ("Shift+F11",),
    ),
)
