"""Transcripts and captions: what is said."""

from __future__ import annotations

from app.commands import Command, Group, When

COMMANDS = (
    Command(
        "transcript.import",
        "Import a transcript…",
        "Import what is said from a WebVTT, SubRip, CSV, text or Word file.",
        Group.WORDS,
        ("Ctrl+Shift+W",),
        When.WRITABLE,
    ),
    Command(
        "transcript.export",
        "Export the transcript…",
        "Write the words of the focused camera, or of all, as subtitles, table, text or Word document.",
        Group.WORDS,
        ("Ctrl+Alt+W",),
        When.CASE,
    ),
    Command(
        "transcript.speech",
        "Speech to text…",
        "Have this machine write down what it hears in the focused camera's recording; nothing leaves the machine.",
        Group.WORDS,
        (),
        When.CAMERA,
        block="make",
    ),
    Command(
        "transcript.add_cue",
        "Write what is said",
        "Write what is said at the playhead, or from in to out, in the focused camera.",
        Group.WORDS,
        ("W",),
        When.CAMERA,
        block="show",
    ),
    Command(
        "view.captions",
        "Captions",
        "Show what is said over the pictures, or do not.",
        Group.WORDS,
        ("T",),
        When.PLACED,
        block="show",
    ),
    Command(
        "view.panel_transcript",
        "Transcript",
        "Show what is said.",
        Group.VIEW,
        ("Alt+T",),
        When.CASE,
        block="panel",
    ),
)
