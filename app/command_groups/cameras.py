"""Which camera has the focus, what is heard of it, how tiles are laid out."""

from __future__ import annotations

from app.commands import Command, Group, Scope, When

FOCUS_KEYS = 9
"""How many cameras have a digit of their own."""

COMMANDS = (
    *(
        Command(
            f"camera.focus_{number}",
            f"Focus camera {number}",
            f"Give camera {number} the focus.",
            Group.CAMERAS,
            (str(number),),
            is_in_menu=False,
        )
        for number in range(1, FOCUS_KEYS + 1)
    ),
    Command(
        "camera.all", "Show all cameras", "Go back from one camera to all of them.", Group.CAMERAS, ("0",), When.CASE
    ),
    Command(
        "camera.next",
        "Next camera",
        "Give the next camera the focus.",
        Group.CAMERAS,
        ("Tab",),
        When.CASE,
        Scope.PICTURES,
    ),
    Command(
        "camera.previous",
        "Previous camera",
        "Give the previous camera the focus.",
        Group.CAMERAS,
        ("Shift+Tab",),
        When.CASE,
        Scope.PICTURES,
    ),
    Command(
        "camera.choose_recording",
        "Choose this recording",
        "Choose the focused camera's recording at the playhead, and show what is known of it.",
        Group.CAMERAS,
        ("Ctrl+Return",),
        When.CAMERA,
    ),
    Command(
        "camera.set_clock",
        "Set this camera's clock…",
        "Say by how much the focused camera's clock was fast or slow.",
        Group.CAMERAS,
        ("Ctrl+T",),
        When.CAMERA,
        icon="clock",
        block="clock",
    ),
    Command(
        "camera.play_with_vlc",
        "Play with VLC, or with FFmpeg again",
        "Play the focused camera's recording with VLC, at approximate times; again for FFmpeg, frame by frame.",
        Group.CAMERAS,
        (),
        When.CAMERA,
        block="player",
    ),
    Command(
        "layout.one",
        "One camera",
        "Show the focused camera alone; again to go back.",
        Group.CAMERAS,
        ("F5",),
        When.CASE,
        icon="one",
        block="layout",
    ),
    Command(
        "layout.four",
        "Two by two",
        "Show four cameras.",
        Group.CAMERAS,
        ("F6",),
        When.CASE,
        icon="four",
        block="layout",
    ),
    Command(
        "layout.nine",
        "Three by three",
        "Show nine cameras.",
        Group.CAMERAS,
        ("F7",),
        When.CASE,
        icon="nine",
        block="layout",
    ),
    Command(
        "layout.focus",
        "Focus and strip",
        "Show one camera large, the others beside it.",
        Group.CAMERAS,
        ("F8",),
        When.CASE,
        icon="focus",
        block="layout",
    ),
)
