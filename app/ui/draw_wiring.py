"""What each command of drawing does."""

from __future__ import annotations

from collections.abc import Callable

from annotations.shapes.geometry import Kind
from app.command_groups.draw import TOOLS
from app.ui.actions import Binding
from app.ui.draw_desk import DrawDesk


def draw_bindings(desk: Callable[[], DrawDesk], undo: Binding) -> dict[str, Binding]:
    """Return the function of every command of drawing, and of undo, which first lets be kept what was just drawn.

    Args:
        desk: is asked for when a command runs.
        undo: takes back what was changed last.
    """

    def tool(kind: Kind) -> Binding:
        return lambda: desk().take(kind)

    return {
        "edit.undo": lambda: desk().keep_then(undo),
        "draw.toggle": lambda: desk().toggle(),
        "draw.select": lambda: desk().take(None),
        **{f"draw.{kind}": tool(Kind(kind)) for kind, _title, _help, _key in TOOLS},
        "draw.duplicate": lambda: desk().duplicate(),
        "draw.delete": lambda: desk().delete(),
        "draw.start_here": lambda: desk().start_here(),
        "draw.end_here": lambda: desk().end_here(),
        "draw.follow": lambda: desk().toggle_follow(),
        "draw.keyframe": lambda: desk().add_keyframe(),
        "draw.delete_keyframe": lambda: desk().delete_keyframe(),
        "draw.previous_keyframe": lambda: desk().go_keyframe(is_forward=False),
        "draw.next_keyframe": lambda: desk().go_keyframe(is_forward=True),
        "draw.list": lambda: desk().list_shapes(),
        "draw.show": lambda: desk().toggle_shown(),
    }
