"""Reports, stills and sheets of pictures."""

from __future__ import annotations

from app.commands import Command, Group, When

COMMANDS = (
    Command(
        "report.make",
        "Reports…",
        "Make a chronology, an exhibit list, timings for a statement, coverage, or the timeline for editing programs.",
        Group.REPORTS,
        ("Ctrl+P",),
        When.CASE,
        icon="report",
    ),
    Command(
        "still.save",
        "Save still",
        "Save the exact frame of the focused camera, full size, with its provenance, in the case's exports.",
        Group.REPORTS,
        ("Ctrl+S",),
        When.PLACED,
        icon="still",
        block="still",
    ),
    Command(
        "still.save_all",
        "Save stills of all cameras",
        "Save the exact frame of every camera at this moment, full size, in the case's exports.",
        Group.REPORTS,
        ("Ctrl+Shift+S",),
        When.PLACED,
        block="still",
    ),
    Command(
        "sheet.compare",
        "Comparison sheet",
        "Put all cameras at this moment on one page, as PDF and PNG, with what each picture is.",
        Group.REPORTS,
        ("Ctrl+Shift+E",),
        When.PLACED,
        block="sheet",
    ),
    Command(
        "sheet.contact",
        "Contact sheet…",
        "Put pictures of a range side by side: of one camera by its frames, or of all cameras.",
        Group.REPORTS,
        (),
        When.PLACED,
        block="sheet",
    ),
)
