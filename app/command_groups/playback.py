"""Playing: speed, direction, loop."""

from __future__ import annotations

from app.commands import Command, Group, When

COMMANDS = (
    Command("play.toggle", "Play or pause", "Play, or pause.", Group.PLAYBACK, ("Space",), icon="play"),
    Command(
        "play.backwards",
        "Play backwards",
        "Play backwards; again for faster.",
        Group.PLAYBACK,
        ("J",),
        icon="backwards",
    ),
    Command("play.stop", "Stop", "Stop, and go back to normal speed.", Group.PLAYBACK, ("K",), icon="pause"),
    Command("play.forwards", "Play forwards", "Play forwards; again for faster.", Group.PLAYBACK, ("L",)),
    Command(
        "play.slower",
        "Slower",
        "Halve the speed, down to 1/8.",
        Group.PLAYBACK,
        ("Down",),
        block="speed",
    ),
    Command(
        "play.faster",
        "Faster",
        "Double the speed, up to 16 times.",
        Group.PLAYBACK,
        ("Up",),
        block="speed",
    ),
    Command(
        "play.normal_speed",
        "Normal speed",
        "Go back to normal speed.",
        Group.PLAYBACK,
        ("Backspace",),
        block="speed",
    ),
    Command(
        "play.loop",
        "Loop in to out",
        "Play the range from in to out again and again.",
        Group.PLAYBACK,
        ("/",),
        icon="loop",
        block="speed",
    ),
    Command(
        "sound.solo",
        "Hear this camera",
        "Hear the focused camera alone; again for silence.",
        Group.PLAYBACK,
        ("S",),
        When.CAMERA,
        icon="sound",
        block="sound",
    ),
    Command(
        "sound.mix",
        "Hear all cameras",
        "Hear every camera that is not muted; again for silence.",
        Group.PLAYBACK,
        ("Shift+S",),
        When.CAMERA,
        block="sound",
    ),
)
