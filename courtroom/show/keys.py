"""The keys of court mode, declared once; the console serves them and the printed page lists them.

They are those of the review where both have the same thing, but for the full stop, which presenters' remotes send.
Such a remote sends Page Up, Page Down, B or a full stop, and for its start key F5 and Esc in turn: so both play and
pause, and nothing that a remote sends can end court mode.

Keys are written as Qt's portable text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from html import escape

from courtroom.show.events import Focus, Press

MOST_CAMERAS = 9


class Act(StrEnum):
    """What the console does besides the presses of the state machine."""

    ZOOM = "zoom"
    POINTER = "pointer"
    SPOTLIGHT = "spotlight"
    MAGNIFIER = "magnifier"
    DRAW = "draw"
    WHOLE = "whole picture"
    CLEAR = "clear"
    CAPTURE = "capture"
    DIM = "dim"
    STRIP = "strip"
    DISPLAY = "display"
    PREFLIGHT = "preflight"
    KEYS = "keys"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class CourtKey:
    """One line of the page of keys.

    Attributes:
        keys: in Qt's portable text.
        does: what they press.
        words: what that does, for the page.
        group: the heading under which it stands.
    """

    keys: tuple[str, ...]
    does: Press | Act
    words: str
    group: str


_SHOW, _MOVE, _LOOK, _DESK = "What the court sees", "Within the item", "On the picture", "The console"

COURT_KEYS = (
    CourtKey(("PgDown",), Press.NEXT, "Next item", _SHOW),
    CourtKey(("PgUp",), Press.BACK, "The item before", _SHOW),
    CourtKey(("Space", "F5", "Esc"), Press.PLAY, "Play or pause", _SHOW),
    CourtKey(("B",), Press.BLACK, "Black; again for the picture", _SHOW),
    CourtKey((".",), Press.HOLD, "Hold the frame; again to let it go, Space plays", _SHOW),
    CourtKey(("V",), Press.PRIVATE, "Look for something in private; again to go back", _SHOW),
    CourtKey(("Return", "Enter"), Press.SHOW, "Show the court what was found in private", _SHOW),
    CourtKey(("Ctrl+Z",), Press.UNDO, "Undo the last press", _SHOW),
    CourtKey(("E",), Press.REFERENCE, "Exhibit reference and local time on or off", _SHOW),
    CourtKey(("S",), Press.MUTE, "Sound on or off", _SHOW),
    CourtKey((",", "Shift+,", "Shift+<", "<"), Press.STEP_BACK, "One frame back", _MOVE),
    CourtKey(("Shift+.", "Shift+>", ">"), Press.STEP_ON, "One frame on", _MOVE),
    CourtKey(("Left",), Press.SECOND_BACK, "One second back", _MOVE),
    CourtKey(("Right",), Press.SECOND_ON, "One second on", _MOVE),
    CourtKey(("Home",), Press.START, "To the start", _MOVE),
    CourtKey(("End",), Press.END, "To the end", _MOVE),
    CourtKey(("[",), Press.MOMENT_BACK, "The key moment before", _MOVE),
    CourtKey(("]",), Press.MOMENT_ON, "The next key moment", _MOVE),
    CourtKey(("Down",), Press.SLOWER, "Half the speed", _MOVE),
    CourtKey(("Up",), Press.FASTER, "Twice the speed", _MOVE),
    CourtKey(("Backspace",), Press.NORMAL_SPEED, "Normal speed", _MOVE),
    CourtKey(("Z",), Act.WHOLE, "The whole picture again (drag on the mirror or turn the wheel to zoom)", _LOOK),
    CourtKey(("Shift+Z",), Act.MAGNIFIER, "Magnifier", _LOOK),
    CourtKey(("P",), Act.POINTER, "Pointer", _LOOK),
    CourtKey(("T",), Act.SPOTLIGHT, "Spotlight", _LOOK),
    CourtKey(("D",), Act.DRAW, "Draw", _LOOK),
    CourtKey(("X",), Act.CLEAR, "Clear what was drawn", _LOOK),
    CourtKey(("C",), Act.CAPTURE, "Capture what is shown as a new exhibit", _LOOK),
    CourtKey(("F8",), Act.DISPLAY, "Let the court see another display", _DESK),
    CourtKey(("Shift+F11",), Act.PREFLIGHT, "Preflight the pack while nothing plays; again to stop", _DESK),
    CourtKey(("F9",), Act.DIM, "Dim the console", _DESK),
    CourtKey(("H",), Act.STRIP, "With one display: hide or show the strip", _DESK),
    CourtKey(("F1",), Act.KEYS, "These keys", _DESK),
    CourtKey(("Ctrl+Q",), Act.LEAVE, "End court mode (twice)", _DESK),
)


def find_key(key: str) -> Press | Act | Focus | None:
    """Return what a key does, or None; `1` to `9` show one camera alone, `0` all of them."""
    if len(key) == 1 and key.isdecimal():
        return Focus(None if key == "0" else int(key) - 1)
    return next((one.does for one in COURT_KEYS if key in one.keys), None)


def key_words(key: str) -> str:
    """Return a key as people read it."""
    names = {"PgDown": "Page Down", "PgUp": "Page Up", ".": ". (full stop)", ",": ", (comma)", "Return": "Enter"}
    return names.get(key, key.replace("Shift+", "Shift ").replace("Ctrl+", "Ctrl "))


def keys_text() -> str:
    """Return the keys as lines of text, for the console."""
    lines = [f"{', '.join(_shown(one))}: {one.words}" for one in COURT_KEYS]
    return "\n".join([*lines, "1 to 9: one camera alone", "0: all cameras"])


def _shown(one: CourtKey) -> list[str]:
    """Return the keys as they are told: of those that stand for one another, one."""
    if one.does is Press.STEP_ON:
        return ["Shift full stop"]
    return [key_words(key) for key in one.keys if key not in {"Shift+,", "Shift+<", "<", "Enter"}]


def keys_page() -> str:
    """Return the page of keys as HTML that fits one sheet of paper."""
    rows: list[str] = []
    group = ""
    for one in COURT_KEYS:
        if one.group != group:
            group = one.group
            rows.append(f"<tr><th colspan=2>{escape(group)}</th></tr>")
            if group == _LOOK:
                rows.append("<tr><td>1 to 9, 0</td><td>One camera alone, all cameras</td></tr>")
        rows.append(f"<tr><td>{escape(', '.join(_shown(one)))}</td><td>{escape(one.words)}</td></tr>")
    return (
        "<!doctype html><meta charset=utf-8><title>Sightline in court: keys</title><style>"
        "body{font:11pt sans-serif;margin:15mm}table{border-collapse:collapse}th{text-align:left;padding:8px 0 2px}"
        "td{padding:1px 18px 1px 0;border-bottom:1px solid #ccc}@page{size:A4;margin:0}</style>"
        f"<h1>Sightline in court: keys</h1><p>A presenter's remote works too: Page Up, Page Down, B, full stop.</p>"
        f"<table>{''.join(rows)}</table>"
    )
