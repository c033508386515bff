"""Shapes on pictures."""

from __future__ import annotations

from app.commands import Command, Group, Scope, When

TOOLS = (
    ("box", "Box", "Draw a box: drag from corner to corner.", "Shift+B"),
    ("ellipse", "Ellipse", "Draw an ellipse: drag from corner to corner.", "Shift+R"),
    ("arrow", "Arrow", "Draw an arrow: drag to where it points.", "Shift+A"),
    ("line", "Line", "Draw a straight line.", "Shift+L"),
    ("freehand", "Freehand", "Draw a line by hand.", "Shift+F"),
    ("polygon", "Polygon", "Draw a polygon: click its corners; a double click or Enter closes it.", "Shift+P"),
    ("text", "Text", "Put text on the picture.", "Shift+T"),
    ("spotlight", "Spotlight", "Darken all but a part: drag around it.", "Shift+D"),
    ("magnifier", "Magnifier", "Show a part larger beside it: drag around it.", "Shift+G"),
)
"""Kind, title, help and key of each tool."""

COMMANDS = (
    Command(
        "draw.toggle",
        "Draw on pictures",
        "Show the tools that draw on pictures, or put them away.",
        Group.DRAW,
        ("D",),
        When.PLACED,
        icon="draw",
    ),
    Command(
        "draw.select",
        "Choose shapes",
        "Choose, move and resize shapes.",
        Group.DRAW,
        ("Shift+V",),
        When.WRITABLE,
        icon="select",
    ),
    *(
        Command(f"draw.{kind}", title, words, Group.DRAW, (key,), When.WRITABLE, icon=f"draw_{kind}")
        for kind, title, words, key in TOOLS
    ),
    Command(
        "draw.duplicate",
        "Duplicate shape",
        "Draw the chosen shape once more, a little beside it.",
        Group.DRAW,
        ("Ctrl+D",),
        When.WRITABLE,
        icon="duplicate",
    ),
    Command(
        "draw.delete",
        "Delete shape",
        "Delete the chosen shape; its history keeps it.",
        Group.DRAW,
        ("Del",),
        When.WRITABLE,
        Scope.PICTURES,
        icon="delete",
    ),
    Command(
        "draw.start_here",
        "Shape starts here",
        "Let the frame on screen be the first that shows the chosen shape.",
        Group.DRAW,
        ("Alt+I",),
        When.WRITABLE,
        icon="starts",
    ),
    Command(
        "draw.end_here",
        "Shape ends here",
        "Let the frame on screen be the last that shows the chosen shape.",
        Group.DRAW,
        ("Alt+O",),
        When.WRITABLE,
        icon="ends",
    ),
    Command(
        "draw.follow",
        "Follow",
        "When a shape is moved at another frame, make a keyframe there, so that it follows a subject.",
        Group.DRAW,
        ("Alt+F",),
        When.WRITABLE,
        icon="follow",
    ),
    Command(
        "draw.keyframe",
        "Keyframe here",
        "Let the chosen shape be at this frame where it is now.",
        Group.DRAW,
        ("Alt+K",),
        When.WRITABLE,
        icon="keyframe",
    ),
    Command(
        "draw.delete_keyframe",
        "Delete keyframe",
        "Forget where the chosen shape is at this frame.",
        Group.DRAW,
        ("Shift+Del",),
        When.WRITABLE,
        Scope.PICTURES,
        icon="keyframe_off",
    ),
    Command(
        "draw.previous_keyframe",
        "Previous keyframe",
        "Go to the keyframe of the chosen shape before this frame, or to its start.",
        Group.DRAW,
        ("Alt+,",),
        When.PLACED,
        icon="previous",
        repeats=True,
    ),
    Command(
        "draw.next_keyframe",
        "Next keyframe",
        "Go to the keyframe of the chosen shape after this frame, or to its last frame.",
        Group.DRAW,
        ("Alt+.",),
        When.PLACED,
        icon="next",
        repeats=True,
    ),
    Command(
        "draw.show",
        "Show shapes",
        "Show the shapes on pictures, or hide them; what is hidden here is not deleted.",
        Group.DRAW,
        ("H",),
        When.PLACED,
        icon="shown",
    ),
)
