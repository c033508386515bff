"""The case, its files and its previews."""

from __future__ import annotations

from app.commands import Command, Group, When

COMMANDS = (
    Command("case.new", "New case…", "Make a new case folder.", Group.CASE, ("Ctrl+N",), When.ALWAYS, icon="new"),
    Command("case.open", "Open case…", "Open a case folder.", Group.CASE, ("Ctrl+O",), When.ALWAYS, icon="open"),
    Command(
        "case.add_files",
        "Add files…",
        "Add recordings to the case.",
        Group.CASE,
        ("Ctrl+I",),
        When.WRITABLE,
        icon="add",
    ),
    Command(
        "case.add_folder",
        "Add a folder…",
        "Add all recordings in a folder, a disc or a memory card to the case.",
        Group.CASE,
        ("Ctrl+Shift+I",),
        When.WRITABLE,
        icon="folder",
    ),
    Command(
        "case.verify",
        "Verify originals",
        "Read every original again and compare it with its hash; check the audit log and the case's own files.",
        Group.CASE,
        ("Ctrl+Shift+V",),
        When.CASE,
        icon="verify",
    ),
    Command(
        "previews.make",
        "Make previews now",
        "Make the thumbnails, waveforms and proxies that are missing; the work waits while you play.",
        Group.CASE,
        (),
        When.CASE,
    ),
    Command(
        "previews.delete",
        "Delete previews",
        "Delete thumbnails, waveforms and proxies to free their space; originals are untouched.",
        Group.CASE,
        (),
        When.CASE,
    ),
    Command(
        "case.close", "Close case", "Close the case and go back to the start page.", Group.CASE, ("Ctrl+W",), When.CASE
    ),
    Command(
        "app.settings", "Settings…", "Change how the program looks and behaves.", Group.CASE, ("Ctrl+,",), When.ALWAYS
    ),
    Command("app.quit", "Quit", "Close the case and leave the program.", Group.CASE, ("Ctrl+Q",), When.ALWAYS),
)
