"""Every command of the program, declared once.

To add a command: 1. declare it here, under its group; 2. bind its id to a function in `app.ui.bindings`, which
fails at start-up where one is missing; 3. test it through its key. Only commands that work are declared.
"""

from __future__ import annotations

from app.commands import Command, CommandTable, Group, Scope, When, make_table

FOCUS_KEYS = 9
"""How many cameras have a digit of their own."""

_CASE = (
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

_PLAYBACK = (
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
    Command("play.slower", "Slower", "Halve the speed, down to 1/8.", Group.PLAYBACK, ("Down",)),
    Command("play.faster", "Faster", "Double the speed, up to 16 times.", Group.PLAYBACK, ("Up",)),
    Command("play.normal_speed", "Normal speed", "Go back to normal speed.", Group.PLAYBACK, ("Backspace",)),
    Command(
        "play.loop",
        "Loop in to out",
        "Play the range from in to out again and again.",
        Group.PLAYBACK,
        ("/",),
        icon="loop",
    ),
    Command(
        "sound.solo",
        "Hear this camera",
        "Hear the focused camera alone; again for silence.",
        Group.PLAYBACK,
        ("S",),
        When.CAMERA,
        icon="sound",
    ),
    Command(
        "sound.mix",
        "Hear all cameras",
        "Hear every camera that is not muted; again for silence.",
        Group.PLAYBACK,
        ("Shift+S",),
        When.CAMERA,
    ),
)

_MOVE = (
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

_RANGE = (
    Command(
        "mark.add",
        "Mark this moment",
        "Put a mark on the incident at the playhead.",
        Group.RANGE,
        ("M",),
        When.PLACED,
        icon="mark",
    ),
    Command("range.set_in", "Set in point", "Start the range at the playhead.", Group.RANGE, ("I",)),
    Command("range.set_out", "Set out point", "End the range after the frame on screen.", Group.RANGE, ("O",)),
    Command("range.go_in", "Go to in point", "Go to the start of the range.", Group.RANGE, ("Shift+I",)),
    Command("range.go_out", "Go to out point", "Go to the end of the range.", Group.RANGE, ("Shift+O",)),
    Command("range.clear", "Clear in and out", "Forget the range.", Group.RANGE, ("Alt+X",)),
)

_CAMERAS = (
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
    ),
    Command(
        "camera.play_with_vlc",
        "Play with VLC, or with FFmpeg again",
        "Play the focused camera's recording with VLC, at approximate times; again for FFmpeg, frame by frame.",
        Group.CAMERAS,
        (),
        When.CAMERA,
    ),
    Command(
        "layout.one",
        "One camera",
        "Show the focused camera alone; again to go back.",
        Group.CAMERAS,
        ("F5",),
        When.CASE,
        icon="one",
    ),
    Command("layout.four", "Two by two", "Show four cameras.", Group.CAMERAS, ("F6",), When.CASE, icon="four"),
    Command("layout.nine", "Three by three", "Show nine cameras.", Group.CAMERAS, ("F7",), When.CASE, icon="nine"),
    Command(
        "layout.focus",
        "Focus and strip",
        "Show one camera large, the others beside it.",
        Group.CAMERAS,
        ("F8",),
        When.CASE,
        icon="focus",
    ),
)

_VIEW = (
    Command(
        "picture.own_size",
        "Picture at 100 %",
        "Show a pixel of the recording as one of the screen, or all of it. The wheel zooms, dragging moves.",
        Group.VIEW,
        ("Z",),
        When.CAMERA,
    ),
    Command(
        "picture.zoom_in",
        "Zoom into the picture",
        "Show the focused camera larger.",
        Group.VIEW,
        ("=", "+"),
        When.CAMERA,
    ),
    Command(
        "picture.zoom_out",
        "Zoom out of the picture",
        "Show the focused camera smaller.",
        Group.VIEW,
        ("-",),
        When.CAMERA,
    ),
    Command(
        "picture.magnifier",
        "Magnifier",
        "Show a magnifier that follows the mouse, or put it away.",
        Group.VIEW,
        ("Shift+Z",),
        When.PLACED,
    ),
    Command(
        "picture.aids",
        "Picture aids…",
        "Set brightness, contrast, gamma and deinterlacing of the view; nothing of it is kept.",
        Group.VIEW,
        ("A",),
        When.CAMERA,
    ),
    Command(
        "picture.as_recorded",
        "As recorded",
        "Show the focused camera whole and without aids.",
        Group.VIEW,
        ("R",),
        When.CAMERA,
    ),
    Command(
        "view.find",
        "Find…",
        "Find cameras, recordings, exhibits and marks.",
        Group.VIEW,
        ("Ctrl+F",),
        When.CASE,
        icon="find",
    ),
    Command(
        "view.zoom_in", "Zoom into the timeline", "Show less time, in more detail.", Group.VIEW, ("Ctrl+=", "Ctrl++")
    ),
    Command("view.zoom_out", "Zoom out of the timeline", "Show more time.", Group.VIEW, ("Ctrl+-",)),
    Command("view.zoom_all", "Whole timeline", "Show everything from start to end.", Group.VIEW, ("Ctrl+0",)),
    Command(
        "view.pan_back",
        "Earlier on the timeline",
        "Show an earlier stretch of time; the playhead stays.",
        Group.VIEW,
        ("Alt+Left",),
        repeats=True,
    ),
    Command(
        "view.pan_on",
        "Later on the timeline",
        "Show a later stretch of time; the playhead stays.",
        Group.VIEW,
        ("Alt+Right",),
        repeats=True,
    ),
    Command("view.lanes_up", "Lanes above", "Show the lanes above.", Group.VIEW, ("Alt+Up",), repeats=True),
    Command("view.lanes_down", "Lanes below", "Show the lanes below.", Group.VIEW, ("Alt+Down",), repeats=True),
    Command("view.playhead", "Show the playhead", "Bring the playhead back into sight.", Group.VIEW, ("Alt+Home",)),
    Command(
        "view.say_here",
        "What is here?",
        "Say what lies at the playhead in the focused camera's lane: a recording, a gap and how long it is.",
        Group.VIEW,
        ("Shift+F1",),
    ),
    Command("view.panel_marks", "Marks", "Show the marks.", Group.VIEW, ("Alt+M",), When.CASE),
    Command(
        "view.panel_recording",
        "Recording",
        "Show what is known of the chosen recording.",
        Group.VIEW,
        ("Alt+R",),
        When.CASE,
    ),
    Command("view.panel_cameras", "Cameras", "Show the cameras and their clocks.", Group.VIEW, ("Alt+C",), When.CASE),
    Command(
        "view.panel_coverage",
        "Coverage",
        "Show which cameras were recording from the in point to the out point, and when none was.",
        Group.VIEW,
        ("Alt+V",),
        When.CASE,
    ),
    Command(
        "view.panel_sound",
        "Sound",
        "Show how loud and from where each camera is heard, and on which device.",
        Group.VIEW,
        ("Alt+S",),
        When.CASE,
        icon="mix",
    ),
    Command("view.side_panel", "Side panel", "Show or hide the panel on the right.", Group.VIEW, ("F9",), When.CASE),
    Command(
        "view.next_area",
        "Next area",
        "Move the keyboard to the next part of the window.",
        Group.VIEW,
        ("F4",),
        When.CASE,
    ),
)

_HELP = (
    Command(
        "help.shortcuts",
        "Shortcuts",
        "Show, search and change all keys.",
        Group.HELP,
        ("F1",),
        When.ALWAYS,
        icon="keyboard",
    ),
    Command(
        "help.about",
        "About Sightline",
        "Show the version, the licence and where settings are kept.",
        Group.HELP,
        (),
        When.ALWAYS,
    ),
)


def all_commands() -> CommandTable:
    """Return every command of the program, checked. Raises CommandDeclarationError."""
    return make_table(_CASE + _PLAYBACK + _MOVE + _RANGE + _CAMERAS + _VIEW + _HELP)
