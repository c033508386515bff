"""Where the playhead goes."""

from __future__ import annotations

from app.commands import Command, Group

COMMANDS = (
    Command(
        "move.frame_back",
        "One frame back",
        "Go one frame of the focused camera back.",
        Group.MOVE,
        (",",),
        icon="frame_back",
        repeats=True,
    ),
    Command(
        "move.frame_on",
        "One frame on",
        "Go one frame of the focused camera on.",
        Group.MOVE,
        (".",),
        icon="frame_on",
        repeats=True,
    ),
    Command(
        "move.ten_frames_back", "Ten frames back", "Go ten frames back.", Group.MOVE, ("Shift+,", "<"), repeats=True
    ),
    Command("move.ten_frames_on", "Ten frames on", "Go ten frames on.", Group.MOVE, ("Shift+.", ">"), repeats=True),
    Command("move.second_back", "One second back", "Go one second back.", Group.MOVE, ("Left",), repeats=True),
    Command("move.second_on", "One second on", "Go one second on.", Group.MOVE, ("Right",), repeats=True),
    Command(
        "move.ten_seconds_back", "Ten seconds back", "Go ten seconds back.", Group.MOVE, ("Shift+Left",), repeats=True
    ),
    Command("move.ten_seconds_on", "Ten seconds on", "Go ten seconds on.", Group.MOVE, ("Shift+Right",), repeats=True),
    Command(
        "move.start",
        "Start of everything",
        "Go to where the first recording starts.",
        Group.MOVE,
        ("Home",),
        icon="start",
    ),
    Command(
        "move.end", "End of everything", "Go to the last moment that was recorded.", Group.MOVE, ("End",), icon="end"
    ),
    Command(
        "move.previous_event",
        "Previous start, stop or mark",
        "Go back to the nearest moment at which a recording starts or stops, or that is marked.",
        Group.MOVE,
        ("[",),
        icon="previous",
    ),
    Command(
        "move.next_event",
        "Next start, stop or mark",
        "Go on to the nearest moment at which a recording starts or stops, or that is marked.",
        Group.MOVE,
        ("]",),
        icon="next",
    ),
    Command(
        "move.previous_recording",
        "Previous recording",
        "Go back to where a recording of the focused camera starts, and choose it.",
        Group.MOVE,
        ("Ctrl+Left",),
    ),
    Command(
        "move.next_recording",
        "Next recording",
        "Go on to where the next recording of the focused camera starts, and choose it.",
        Group.MOVE,
        ("Ctrl+Right",),
    ),
    Command(
        "move.previous_gap",
        "Previous gap",
        "Go back to where the focused camera stopped recording for a while.",
        Group.MOVE,
        ("Shift+[", "{"),
    ),
    Command(
        "move.next_gap",
        "Next gap",
        "Go on to where the focused camera stops recording for a while.",
        Group.MOVE,
        ("Shift+]", "}"),
    ),
    Command("move.previous_mark", "Previous mark", "Go back to the nearest mark.", Group.MOVE, ("Alt+[",)),
    Command("move.next_mark", "Next mark", "Go on to the nearest mark.", Group.MOVE, ("Alt+]",)),
    Command("move.go_to", "Go to a time…", "Type a time, a step or a frame number to go to.", Group.MOVE, ("G",)),
)
