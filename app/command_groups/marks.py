"""Marks, and the in and out points."""

from __future__ import annotations

from app.commands import Command, Group, When

CATEGORY_KEYS = 9

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
    Command(
        "mark.add_on_picture",
        "Mark this camera's picture",
        "Put a mark on the frame that the focused camera shows; it stays on that frame however clocks are set.",
        Group.RANGE,
        ("Ctrl+M",),
        When.CAMERA,
    ),
    Command(
        "mark.add_note",
        "Note over in to out",
        "Put a note over the range from the in point to the out point.",
        Group.RANGE,
        ("Shift+M",),
    ),
    Command(
        "mark.place",
        "Where new marks go",
        "Let new marks go on the focused camera's picture, or on the incident again.",
        Group.RANGE,
        ("Ctrl+Shift+M",),
    ),
    *(
        Command(
            f"mark.category_{key}",
            f"Mark with category {key}",
            f"Mark the moment with the category that has the key {key}; of a range, its start and then its end.",
            Group.RANGE,
            (f"Alt+{key}",),
            is_in_menu=False,
        )
        for key in range(1, CATEGORY_KEYS + 1)
    ),
    Command(
        "mark.categories",
        "Categories…",
        "Name, colour and key of each category of marks.",
        Group.RANGE,
        (),
        When.CASE,
        block="kinds",
    ),
    Command(
        "mark.people",
        "People…",
        "Who is seen or heard in marks, as people typed it.",
        Group.RANGE,
        (),
        When.CASE,
        block="kinds",
    ),
    Command(
        "mark.export",
        "Export marks…",
        "Write all marks for others, as W3C Web Annotations (JSON-LD) or as a table (CSV).",
        Group.RANGE,
        (),
        When.CASE,
        block="exchange",
    ),
    Command(
        "mark.import",
        "Import marks…",
        "Show what another person's marks would add or change, and then take them over.",
        Group.RANGE,
        (),
        When.CASE,
        block="exchange",
    ),
    Command(
        "range.set_in",
        "Set in point",
        "Start the range at the playhead.",
        Group.RANGE,
        ("I",),
        block="range",
    ),
    Command(
        "range.set_out",
        "Set out point",
        "End the range after the frame on screen.",
        Group.RANGE,
        ("O",),
        block="range",
    ),
    Command(
        "range.go_in",
        "Go to in point",
        "Go to the start of the range.",
        Group.RANGE,
        ("Shift+I",),
        block="range",
    ),
    Command(
        "range.go_out",
        "Go to out point",
        "Go to the end of the range.",
        Group.RANGE,
        ("Shift+O",),
        block="range",
    ),
    Command(
        "range.clear",
        "Clear in and out",
        "Forget the range.",
        Group.RANGE,
        ("Alt+X",),
        block="range",
    ),
)
