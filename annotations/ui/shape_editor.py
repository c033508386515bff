"""What is being drawn: the tool, the chosen shape, and what was changed and is not kept in the case yet.

It asks for changes by signals and holds no case. What it asked for is shown as a draft until the case as it is then
comes back (`show_shapes`, `settled`), so that nothing jumps while it is saved. Lives on the UI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from annotations.shapes.between import geometry_at
from annotations.shapes.change import placed as placed_at
from annotations.shapes.geometry import FILLABLE, UNIT, Geometry, Kind, moved
from annotations.shapes.on_frame import Placed
from annotations.shapes.shape import Drawn, Look, Shape
from annotations.shapes.trouble import ShapeError
from player.tracks import FrameSpot

_PREVIEW = "\x7f"
"""Stands for the id of a shape that is not there yet; drawn over all others."""

_SETTLE_MS = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """A change that is asked for.

    Attributes:
        shape_id: which shape; "" for a new one.
        drawn: what it is then.
        label: for people, for instance `change of a shape`.
    """

    shape_id: str
    drawn: Drawn
    label: str


class ShapeEditor(QObject):
    """Tool, choice and drafts.

    Signals:
        redraw_wanted: what is seen over the pictures is other than it was.
        state_changed: tool, choice or chosen shape are others.
        wished(object): a `Wish` to be kept in the case.
        told(str): why something was not done, in words for people.

    Attributes:
        look: of the next shape.
        follows: whether a move at a frame makes it a keyframe.
    """

    redraw_wanted = Signal()
    state_changed = Signal()
    wished = Signal(object)
    told = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.look = Look()
        self.follows = True
        self._is_on = False
        self._tool: Kind | None = None
        self._shapes: dict[str, Shape] = {}
        self._chosen = ""
        self._drafts: dict[str, Drawn] = {}
        self._preview: Drawn | None = None
        self._is_touched = False
        self._in_flight = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self.keep)

    # Tool and choice

    @property
    def is_on(self) -> bool:
        """Whether the mouse draws."""
        return self._is_on

    @property
    def tool(self) -> Kind | None:
        """What is drawn next; None where shapes are chosen and moved."""
        return self._tool

    @property
    def chosen(self) -> Shape | None:
        """The shape that is worked on, as it is drawn now."""
        return self.current(self._chosen)

    def turn(self, *, is_on: bool) -> None:
        """Begin to draw, or end."""
        if is_on == self._is_on:
            return
        self.keep()
        self._is_on = is_on
        self._tool, self._chosen, self._preview = None, "", None
        self._tell()

    @property
    def has_drafts(self) -> bool:
        """Whether something is drawn that the case does not have yet."""
        return bool(self._drafts) or self._preview is not None

    def take(self, tool: Kind | None) -> None:
        """Take a tool, or none to choose and move."""
        self.keep()
        self._is_on, self._tool, self._preview = True, tool, None
        if tool is not None:
            self._chosen = ""
        self._tell()

    def choose(self, shape_id: str) -> None:
        """Work on this shape, or on none ("")."""
        if shape_id != self._chosen:
            self.keep()
            self._chosen = shape_id if shape_id in self._shapes else ""
            self._tell()

    def current(self, shape_id: str) -> Shape | None:
        """Return a shape as it is drawn now, kept or not, or None where there is none."""
        shape = self._shapes.get(shape_id)
        if shape is None or shape_id not in self._drafts:
            return shape
        return replace(shape, drawn=self._drafts[shape_id])

    # What the case says

    def show_shapes(self, shapes: Iterable[Shape]) -> None:
        """Work on the case as it is now."""
        self._shapes = {shape.id: shape for shape in shapes}
        self._drafts = {one: drawn for one, drawn in self._drafts.items() if one in self._shapes}
        if self._chosen not in self._shapes:
            self._chosen = ""
        self._drop_settled()
        self._tell()

    def settled(self, chosen: str = "") -> None:
        """A wish was kept, or refused; what the case says is true again once no other is on its way."""
        self._in_flight = max(0, self._in_flight - 1)
        self._drop_settled()
        if chosen in self._shapes:
            self._chosen = chosen
        self._tell()

    def refused(self) -> None:
        """Something was not kept: what the case says is shown again."""
        self._in_flight, self._is_touched = 0, False
        self._timer.stop()
        self._drop_settled()
        self._tell()

    # Changes

    def draw(self, drawn: Drawn) -> None:
        """Ask for a new shape; it is chosen once it is there."""
        self._preview = drawn
        self._tool = None
        self._wish(Wish("", drawn, f"new {drawn.kind}"))
        self._tell()

    def preview(self, drawn: Drawn | None) -> None:
        """Show what is being drawn and is no shape yet."""
        self._preview = drawn
        self.redraw_wanted.emit()

    def change(self, drawn: Drawn, *, is_final: bool = True) -> None:
        """Draw the chosen shape otherwise; it is kept at once, or soon after the last of several such changes."""
        if not self._chosen:
            return
        self._drafts[self._chosen] = drawn
        self._is_touched = True
        if is_final:
            self.keep()
        else:
            self._timer.start()
        self._tell()

    def place(self, pts: int, geometry: Geometry, power: int | None = None, *, is_final: bool = True) -> None:
        """Move the chosen shape at a frame, or give it another form there."""
        shape = self.chosen
        if shape is None:
            return
        try:
            drawn = placed_at(shape.drawn, pts, geometry, follows=self.follows)
        except ShapeError as error:
            self.told.emit(str(error))
            return
        if power is not None:
            drawn = replace(drawn, look=replace(drawn.look, power=power))
        self.change(drawn, is_final=is_final)

    def nudge(self, pts: int, by: tuple[int, int]) -> None:
        """Move the chosen shape at a frame by some of the picture's pixels."""
        shape = self.chosen
        if shape is not None:
            size = (shape.drawn.frame_size[0] * UNIT, shape.drawn.frame_size[1] * UNIT)
            where = moved(geometry_at(shape.drawn.keyframes, pts), (by[0] * UNIT, by[1] * UNIT), size)
            self.place(pts, where, is_final=False)

    def alter(self, make: Callable[[Drawn], Drawn], *, is_final: bool = True) -> None:
        """Change the chosen shape by a function that may refuse."""
        shape = self.chosen
        if shape is None:
            return
        try:
            drawn = make(shape.drawn)
        except ShapeError as error:
            self.told.emit(str(error))
            return
        if drawn != shape.drawn:
            self.change(drawn, is_final=is_final)

    def set_look(self, look: Look, *, is_final: bool = True) -> None:
        """Give the chosen shape another look, and the next one too; how dark a spotlight is, is its own."""
        shape = self.chosen
        if shape is None or shape.drawn.kind is not Kind.SPOTLIGHT:
            self.look = look
        if shape is not None:
            fitting = fitted(look, shape.drawn.kind)
            self.alter(lambda drawn: replace(drawn, look=fitting), is_final=is_final)
        else:
            self._tell()

    def keep(self) -> None:
        """Ask for what was changed and not asked for yet."""
        self._timer.stop()
        if self._is_touched and self._chosen in self._drafts:
            self._is_touched = False
            self._wish(Wish(self._chosen, self._drafts[self._chosen], "change of a shape"))

    # What is seen

    def on_frame(self, spot: FrameSpot, kept: tuple[Placed, ...]) -> tuple[Placed, ...]:
        """Return what a frame shows while something is being drawn."""
        recording_id, pts = spot.place.recording.id, spot.pts
        if not self._drafts and self._preview is None:
            return kept
        found = [one for one in kept if one.shape.id not in self._drafts]
        for shape_id in self._drafts:
            shape = self.current(shape_id)
            if shape is not None and shape.drawn.recording_id == recording_id and shape.drawn.covers(pts):
                found.append(Placed(shape, geometry_at(shape.drawn.keyframes, pts)))
        found.sort(key=lambda one: (one.shape.created_ns, one.shape.id))
        drawn = self._preview
        if drawn is not None and drawn.recording_id == recording_id and drawn.covers(pts):
            found.append(Placed(Shape(_PREVIEW, drawn), geometry_at(drawn.keyframes, pts)))
        return tuple(found)

    def _wish(self, wish: Wish) -> None:
        self._in_flight += 1
        self.wished.emit(wish)

    def _drop_settled(self) -> None:
        if self._in_flight == 0 and not self._is_touched:
            self._drafts.clear()
            self._preview = None

    def _tell(self) -> None:
        self.redraw_wanted.emit()
        self.state_changed.emit()


def fitted(look: Look, kind: Kind) -> Look:
    """Return a look without what a kind cannot have."""
    return look if kind in FILLABLE or not look.is_filled else replace(look, is_filled=False)
