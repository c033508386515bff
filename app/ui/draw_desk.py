"""Drawing on pictures: between the commands, the bar, the hand on the tiles, and the case. Lives on the UI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QToolButton

from annotations.journal import Step, edit
from annotations.shapes.change import (
    ending_at,
    has_keyframe,
    keyframe_after,
    keyframe_before,
    starting_at,
    with_keyframe,
    without_keyframe,
)
from annotations.shapes.frames import frames_of_new, snapped
from annotations.shapes.geometry import UNIT, Kind, moved
from annotations.shapes.on_frame import ShapesByFrame
from annotations.shapes.record import changed_shape_edit, delete_shapes, new_shape_edit
from annotations.shapes.shape import Drawn, Keyframe, Shape
from annotations.shapes.state import clean_lines
from annotations.shapes.with_mark import mark_shape
from annotations.ui.chosen_overlay import ChosenOverlay
from annotations.ui.shape_editor import ShapeEditor, Wish
from annotations.ui.shape_hand import ShapeHand
from annotations.ui.shape_overlay import ShapeOverlay
from app.session import CaseSession
from app.ui.actions import ActionSet
from app.ui.draw_bar import DrawBar
from app.ui.draw_words import bar_state
from app.ui.playback import Playback
from app.ui.review_page import ReviewPage
from app.ui.shape_menus import mark_choices, shape_choices
from app.ui.theme import Theme
from evidence.case import Case
from evidence.frame_index import FrameIndex
from evidence.rows import new_id
from evidence.text import clean_line
from evidence.times import NS_PER_S, IncidentRange, IncidentTime, ticks_to_ns
from player.tracks import FrameSpot

_NEW_NS = 3 * NS_PER_S
"""How long a new shape is seen where no range is set."""

_BESIDE = 16
_TOLD_MS = 6_000
_OFF_SCREEN = "The picture of this shape is not on screen."


class DrawDesk(QObject):
    """What the commands of drawing do.

    Attributes:
        editor: tool, choice and drafts.
        overlay: the shapes over the tiles; court screen and others may use another one of their own.
        hand: the mouse and keys on the tiles.
        bar: the tools.
    """

    def __init__(
        self, page: ReviewPage, actions: ActionSet, session: CaseSession, playback: Playback, theme: Theme
    ) -> None:
        super().__init__(page)
        self._page = page
        self._session = session
        self._playback = playback
        self._theme = theme
        self._told = ""
        self._told_timer = QTimer(self)
        self._told_timer.setSingleShot(True)
        self._told_timer.setInterval(_TOLD_MS)
        self._told_timer.timeout.connect(self._forget_told)
        self.editor = ShapeEditor()
        self.overlay = ShapeOverlay(page.font())
        self._chosen = ChosenOverlay(self.editor, self.overlay, theme.palette.accent)
        self.hand = ShapeHand(
            page.surface,
            self.editor,
            self.overlay,
            self._chosen,
            find_index=session.find_index,
            find_frames=self._new_frames,
        )
        self.bar = DrawBar(actions, theme, page)
        page.over_pictures.insertWidget(0, self.bar)
        page.surface.add_overlay(self.overlay)
        page.surface.add_overlay(self._chosen)
        self._connect()

    def _connect(self) -> None:
        editor, bar, page = self.editor, self.bar, self._page
        editor.redraw_wanted.connect(self._redraw)
        editor.state_changed.connect(self._forget_told)
        editor.wished.connect(self._on_wished)
        editor.told.connect(self._tell)
        bar.look_wanted.connect(lambda look: editor.set_look(look, is_final=False))
        bar.text_typed.connect(self._set_text)
        bar.label_typed.connect(self._set_label)
        bar.text.returnPressed.connect(page.take_keyboard)
        bar.label.returnPressed.connect(page.take_keyboard)
        bar.mark_menu_wanted.connect(self._show_marks)
        bar.strip.frame_wanted.connect(self._go_to_frame)
        bar.ended.connect(self._end)
        bar.left.connect(self._leave_field)
        page.surface.refreshed.connect(lambda _position: self._mirror())
        page.surface.playing_changed.connect(lambda _is_playing: self._mirror())
        page.case_shown.connect(self._on_case_shown)
        self._session.annotated.connect(lambda _step: self._on_case_shown())
        self._session.closed.connect(self._on_closed)
        self._session.failed.connect(lambda _error: editor.refused())
        self._theme.changed.connect(self._on_theme_changed)

    # Commands

    def toggle(self) -> None:
        """Show the tools, or put them away."""
        if self.editor.is_on:
            self._end()
        else:
            self.editor.turn(is_on=True)
            self._page.take_keyboard()

    def take(self, kind: Kind | None) -> None:
        """Take a tool; playing stops, as shapes are drawn on a picture that stands still."""
        if self._playback.engine.is_playing:
            self._playback.stop()
        self._show(is_shown=True)
        self.editor.take(kind)
        self._page.take_keyboard()

    def keep_then(self, then: Callable[[], None]) -> None:
        """Ask for what was drawn a moment ago to be kept, and go on with something that shall come after it."""
        self.editor.keep()
        then()

    def duplicate(self) -> None:
        """Draw the chosen shape once more, a little beside."""
        shape = self.editor.chosen
        if shape is None:
            self._tell("Choose a shape first.")
            return
        self.editor.keep()
        size = (shape.drawn.frame_size[0] * UNIT, shape.drawn.frame_size[1] * UNIT)
        by = (_BESIDE * UNIT, _BESIDE * UNIT)
        keyframes = tuple(Keyframe(one.pts, moved(one.geometry, by, size)) for one in shape.drawn.keyframes)
        self.editor.draw(replace(shape.drawn, keyframes=keyframes))

    def delete(self) -> None:
        """Delete the chosen shape."""
        shape = self.editor.chosen
        if shape is None:
            self._tell("Choose a shape first.")
            return
        shape_id = shape.id

        def change(case: Case, by: str) -> Step:
            return delete_shapes(case, [shape_id], by=by)

        self.editor.keep()
        self._session.edit("Deleting a shape", change)

    def start_here(self) -> None:
        """Let the frame on screen be the first that shows the chosen shape."""
        found = self._chosen_spot()
        if found is not None:
            self.editor.alter(lambda drawn: starting_at(drawn, found[1].pts))

    def end_here(self) -> None:
        """Let the frame on screen be the last that shows the chosen shape."""
        found = self._chosen_spot()
        index = None if found is None else self._session.find_index(found[0].drawn.recording_id)
        if found is not None and index is not None:
            end = index.end_of(found[1].frame)
            self.editor.alter(lambda drawn: ending_at(drawn, end))

    def toggle_follow(self) -> None:
        """Let moves make keyframes, or move the whole way."""
        self.editor.follows = not self.editor.follows
        self._mirror()

    def add_keyframe(self) -> None:
        """Make the frame on screen a keyframe."""
        found = self._chosen_spot()
        if found is not None:
            self.editor.alter(lambda drawn: with_keyframe(drawn, found[1].pts))

    def delete_keyframe(self) -> None:
        """Forget where the chosen shape is at the frame on screen."""
        found = self._chosen_spot()
        if found is None:
            return
        drawn, pts = found[0].drawn, found[1].pts
        if not has_keyframe(drawn, pts):
            self._tell("There is no keyframe at this frame. Go to one first.")
        elif len(drawn.keyframes) == 1:
            self._tell("A shape keeps at least one keyframe. Delete the shape instead.")
        else:
            self.editor.alter(lambda one: without_keyframe(one, pts))

    def go_keyframe(self, *, is_forward: bool) -> None:
        """Go to the next or previous keyframe of the chosen shape, or to its end or start."""
        shape = self.editor.chosen
        index = None if shape is None else self._session.find_index(shape.drawn.recording_id)
        if shape is None or index is None:
            self._tell("Choose a shape first.")
            return
        drawn = shape.drawn
        spot = self.hand.spot_of(drawn.recording_id)
        first, last = snapped(index, drawn.start_pts), snapped(index, drawn.end_pts - 1)
        if spot is None:
            self._go(shape, index, first)
            return
        find, edge = (keyframe_after, last) if is_forward else (keyframe_before, first)
        pts = find(drawn, spot.pts)
        self._go(shape, index, edge if pts is None else snapped(index, pts))

    def toggle_shown(self) -> None:
        """Show the shapes, or hide them."""
        self._show(is_shown=not self.overlay.is_shown)

    def list_shapes(self) -> None:
        """List the shapes of the case under the bar; choosing one goes there."""
        snapshot = self._session.snapshot
        if snapshot is not None:
            self.editor.turn(is_on=True)
            button = self.bar.buttons["draw.list"]
            at = self._playback.engine.position
            menu = shape_choices(button, snapshot, at, self._page.times, self.show_shape)
            menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def show_shape(self, shape_id: str) -> None:
        """Go to where a shape starts, and choose it."""
        snapshot = self._session.snapshot
        shape = None if snapshot is None else next((one for one in snapshot.shapes if one.id == shape_id), None)
        index = None if shape is None else self._session.find_index(shape.drawn.recording_id)
        if shape is not None and index is not None:
            self._show(is_shown=True)
            self.editor.turn(is_on=True)
            self.editor.choose(shape_id)
            self._go(shape, index, snapped(index, shape.drawn.start_pts))

    # The case

    def _on_wished(self, wish: Wish) -> None:
        shape_id = wish.shape_id or new_id()
        before = self.editor.current(wish.shape_id)

        def change(case: Case, by: str) -> Step:
            wanted = new_shape_edit(wish.drawn, shape_id) if before is None else changed_shape_edit(before, wish.drawn)
            return edit(case, [wanted], by=by, label=wish.label)

        self._session.edit("Drawing a shape", change, lambda: self._on_kept(wish, shape_id))

    def _on_kept(self, wish: Wish, shape_id: str) -> None:
        self.editor.settled("" if wish.shape_id else shape_id)
        if not wish.shape_id and wish.drawn.kind is Kind.TEXT and self.editor.is_on:
            self.bar.edit_text()

    def _on_case_shown(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        self.hand.refusal = ""
        if snapshot.info.is_read_only:
            why = self._session.read_only_reason
            self.hand.refusal = f"Shapes cannot be drawn: the case is open read-only ({why})."
        self.overlay.shapes = snapshot.shapes_by_frame
        self.editor.show_shapes(snapshot.shapes)

    def _on_closed(self) -> None:
        self.editor.turn(is_on=False)
        self.editor.refused()
        self.overlay.shapes = ShapesByFrame()
        self.editor.show_shapes(())

    def _new_frames(self, spot: FrameSpot, index: FrameIndex) -> tuple[int, int]:
        """Return the frames of a new shape: the range where one is set around it, else some seconds from here."""
        starts = spot.place.frame_starts(index)
        here = IncidentRange(spot.frame_start, IncidentTime(spot.frame_start + _NEW_NS))
        return frames_of_new(
            starts, spot.frame, range_in=self._playback.range_in, range_out=self._playback.range_out, here=here
        )

    # What is seen

    def _redraw(self) -> None:
        has_magnifier = any(one.drawn.kind is Kind.MAGNIFIER for one in self._all_shapes())
        is_drawing = self.editor.is_on and (self.editor.tool is Kind.MAGNIFIER or self.editor.has_drafts)
        self.overlay.draft = self.editor.on_frame if self.editor.has_drafts or self.editor.is_on else None
        surface = self._page.surface
        surface.set_insets(self.overlay.insets if has_magnifier or is_drawing else None)

    def _all_shapes(self) -> tuple[Shape, ...]:
        snapshot = self._session.snapshot
        return () if snapshot is None else snapshot.shapes

    def _forget_told(self) -> None:
        self._told = ""
        self._mirror()

    def _mirror(self) -> None:
        if self.editor.is_on != self.bar.isVisibleTo(self._page):
            self.bar.setVisible(self.editor.is_on)
        if not self.editor.is_on:
            return
        shape = self.editor.chosen
        index = None if shape is None else self._session.find_index(shape.drawn.recording_id)
        spot = None if shape is None else self.hand.spot_of(shape.drawn.recording_id)
        self.bar.show_state(
            bar_state(
                self.editor,
                self._session.snapshot,
                index,
                spot,
                told=self._told,
                refusal=self.hand.refusal,
                is_playing=self._playback.engine.is_playing,
                is_shown=self.overlay.is_shown,
            )
        )

    def _tell(self, words: str) -> None:
        self._told = words
        self._mirror()
        self._told_timer.start()

    def _show(self, *, is_shown: bool) -> None:
        self.overlay.is_shown = is_shown
        self._page.surface.renew()
        self._mirror()

    def _on_theme_changed(self) -> None:
        self._chosen.colour = self._theme.palette.accent
        self._page.surface.renew()

    # Inside

    def _end(self) -> None:
        self.editor.turn(is_on=False)
        self._page.take_keyboard()

    def _leave_field(self) -> None:
        self._page.take_keyboard()
        self.hand.leave()

    def _chosen_spot(self) -> tuple[Shape, FrameSpot] | None:
        shape = self.editor.chosen
        if shape is None:
            self._tell("Choose a shape first.")
            return None
        spot = self.hand.spot_of(shape.drawn.recording_id)
        if spot is None:
            self._tell(_OFF_SCREEN)
            return None
        return shape, spot

    def _set_text(self, typed: str) -> None:
        self.editor.alter(lambda drawn: _with_text(drawn, clean_lines(typed)))

    def _set_label(self, typed: str) -> None:
        self.editor.alter(lambda drawn: replace(drawn, label=clean_line(typed, limit=200)))

    def _show_marks(self, button: QToolButton) -> None:
        snapshot, shape = self._session.snapshot, self.editor.chosen
        if snapshot is not None and shape is not None:
            menu = mark_choices(button, snapshot, shape, self._page.times, choose=self._set_mark, make=self._mark_shape)
            menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _mark_shape(self) -> None:
        """Make a mark on the frames that show the chosen shape, and bind it to that."""
        snapshot, shape = self._session.snapshot, self.editor.chosen
        place = None if snapshot is None or shape is None else snapshot.place_by_recording.get(shape.drawn.recording_id)
        if shape is None or place is None or place.recording.video_stream is None:
            self._tell("The recording of this shape has no place in time.")
            return
        self.editor.keep()
        drawn, stream = shape.drawn, place.recording.video_stream
        ends = (ticks_to_ns(pts, drawn.time_base) for pts in (drawn.start_pts, drawn.end_pts))
        span = IncidentRange(*(place.incident_at_media_ns(one) for one in ends))

        def change(case: Case, by: str) -> Step:
            return mark_shape(case, shape, span, stream, by=by)

        self._session.edit("Marking a shape", change)

    def _set_mark(self, mark_id: str) -> None:
        self.editor.alter(lambda drawn: replace(drawn, mark_id=mark_id))

    def _go_to_frame(self, frame: int) -> None:
        shape = self.editor.chosen
        index = None if shape is None else self._session.find_index(shape.drawn.recording_id)
        if shape is not None and index is not None:
            self._go(shape, index, frame)

    def _go(self, shape: Shape, index: FrameIndex, frame: int) -> None:
        snapshot = self._session.snapshot
        place = None if snapshot is None else snapshot.place_by_recording.get(shape.drawn.recording_id)
        if place is None:
            self._tell("The recording of this shape has no place in time.")
            return
        self._page.set_focus_camera(place.recording.camera_id)
        self._playback.seek(IncidentTime(int(place.frame_starts(index)[frame])))


def _with_text(drawn: Drawn, text: str) -> Drawn:
    if drawn.kind is Kind.TEXT and not text:
        return drawn
    return replace(drawn, text=text)
