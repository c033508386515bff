"""What people ask of marks by key and in their list: made, coded while playing, changed, deleted.

Every change runs beside the UI thread through `CaseSession.edit`; what cannot be done is told in a notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject, Signal

from annotations.attribution import set_people_by_name
from annotations.categories import Category
from annotations.journal import Step
from annotations.marks import (
    MarkDraft,
    PictureAnchor,
    add_mark,
    delete_marks,
    set_category,
    set_end,
    set_tags,
    set_text,
)
from app.case_snapshot import CaseSnapshot
from app.session import CaseSession
from app.ui.mark_model import Column
from app.ui.playback import Playback
from evidence.case import Case
from evidence.times import IncidentTime, MediaTime

NOT_RECORDING = (
    "The focused camera has no exact frame at this moment, so nothing was marked. Mark the incident instead."
)
NO_RANGE = "A note needs an in point (I) and an out point (O)."
_ELSEWHERE = "The in and the out point lie in different recordings of the focused camera. Put the note on the incident."


class MarksDesk(QObject):
    """Takes requests on the UI thread.

    Signals:
        marked: id of a mark that was just made with a key of its own, to be given a text.
        coded: id of a mark that was just made with a category's key.
        place_changed: whether new marks go on the picture of the focused camera.
        told: a note for people.
    """

    marked = Signal(str)
    coded = Signal(str)
    place_changed = Signal(bool)
    told = Signal(str)

    def __init__(
        self,
        session: CaseSession,
        playback: Playback,
        writable: Callable[[str], CaseSnapshot | None],
        parent: QObject | None = None,
    ) -> None:
        """Make a desk.

        Args:
            session: changes the case.
            playback: knows the moment, the focused camera and the range.
            writable: returns the case where it can be changed, and says why not where it cannot.
            parent: owns the desk.
        """
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self._writable = writable
        self._is_on_picture = False
        self._open_ranges: dict[str, str] = {}
        session.closed.connect(self._open_ranges.clear)

    @property
    def is_on_picture(self) -> bool:
        """Whether new marks go on the picture of the focused camera, and not on the incident."""
        return self._is_on_picture

    def set_on_picture(self, is_on_picture: bool) -> None:  # noqa: FBT001 - a slot
        """Say where new marks go."""
        self._is_on_picture = is_on_picture
        self.place_changed.emit(is_on_picture)

    def toggle_place(self) -> None:
        """Let new marks go on the focused camera's picture, or on the incident again."""
        self.set_on_picture(not self._is_on_picture)
        where = "the picture of the focused camera" if self._is_on_picture else "the incident"
        self.told.emit(f"New marks go on {where}.")

    def add_mark(self) -> None:
        """Mark the moment on screen."""
        self._add(is_on_picture=self._is_on_picture)

    def add_mark_on_picture(self) -> None:
        """Mark the frame that the focused camera shows."""
        self._add(is_on_picture=True)

    def add_note(self) -> None:
        """Put a note over the range from the in point to the out point."""
        start, end = self._playback.range_in, self._playback.range_out
        if self._writable("Adding a note") is None:
            return
        if start is None or end is None:
            self.told.emit(NO_RANGE)
            return
        draft = self._on_picture(start, end) if self._is_on_picture else MarkDraft(start, end=end)
        if draft is not None:
            self._make(draft, self.marked)

    def add_coded(self, key: int) -> None:
        """Mark the moment with the category that has this key; of a range, its start and then its end."""
        snapshot = self._writable("Marking")
        category = None if snapshot is None else _with_key(snapshot, key)
        if snapshot is None:
            return
        if category is None:
            self.told.emit(f"No category has the key {key}. Give it to one in Marks and range, Categories.")
        elif category.is_range:
            self._code_range(snapshot, category)
        else:
            draft = self._here(is_on_picture=self._is_on_picture, category_id=category.id)
            if draft is not None:
                self._make(draft, self.coded)

    def take_typed(self, mark_id: str, column: Column, typed: str) -> None:
        """Take what was typed into a cell of the list."""
        change: Callable[[Case, str], Step]
        if column is Column.TEXT:
            change = lambda case, by: set_text(case, mark_id, typed, by=by)  # noqa: E731
        elif column is Column.TAGS:
            change = lambda case, by: set_tags(case, [mark_id], typed.split(","), by=by)  # noqa: E731
        elif column is Column.PEOPLE:
            change = lambda case, by: set_people_by_name(case, [mark_id], typed, by=by)  # noqa: E731
        else:
            snapshot = self._session.snapshot
            named = [] if snapshot is None else [one.id for one in snapshot.book.categories if one.name == typed]
            change = lambda case, by: set_category(case, [mark_id], named[0] if named else None, by=by)  # noqa: E731
        self._session.edit("Changing a mark", change)

    def set_category(self, mark_ids: Iterable[str], category_id: str) -> None:
        """Give marks a category; none for ""."""
        ids = list(mark_ids)
        self._session.edit("Changing marks", lambda case, by: set_category(case, ids, category_id or None, by=by))

    def delete(self, mark_ids: Iterable[str]) -> None:
        """Take marks away."""
        ids = list(mark_ids)
        self._session.edit("Deleting marks", lambda case, by: delete_marks(case, ids, by=by))

    # Inside

    def _add(self, *, is_on_picture: bool) -> None:
        if self._writable("Marking") is not None:
            draft = self._here(is_on_picture=is_on_picture)
            if draft is not None:
                self._make(draft, self.marked)

    def _make(self, draft: MarkDraft, tell: object, begun: Callable[[str], None] | None = None) -> None:
        made: list[str] = []

        def change(case: Case, by: str) -> Step:
            mark, step = add_mark(case, draft, by=by)
            made.append(mark.id)
            return step

        def then() -> None:
            if begun is not None:
                begun(made[0])
            tell.emit(made[0])  # type: ignore[attr-defined]  # a signal of this object

        self._session.edit("Marking", change, then)

    def _code_range(self, snapshot: CaseSnapshot, category: Category) -> None:
        """Begin a range at the first press, and end it at the second. What was begun is in the case from the start."""
        begun = self._open_ranges.pop(category.id, None)
        number = None if begun is None else snapshot.book.find(begun)
        if begun is None or number is None:
            draft = self._here(is_on_picture=self._is_on_picture, category_id=category.id)
            if draft is not None:
                self._make(draft, self.coded, lambda mark_id: self._begin(category, mark_id))
            return
        place = snapshot.book.placed(number)
        end, end_pts = self._playback.engine.target, None
        if place.mark.picture is not None:
            ended = self._on_picture(place.start, IncidentTime(end + 1))
            if ended is None or ended.picture is None or ended.end is None:
                return
            end, end_pts = ended.end, ended.picture.end_pts
        if end <= place.start:
            self.told.emit(f"“{category.name}” would end before it began, so its mark stays a moment.")
            return
        self._session.edit("Marking", partial(_end, begun, end, end_pts), lambda: self.coded.emit(begun))

    def _begin(self, category: Category, mark_id: str) -> None:
        self._open_ranges[category.id] = mark_id
        self.told.emit(f"“{category.name}” has begun. Press Alt+{category.key} again where it ends.")

    def _here(self, *, is_on_picture: bool, category_id: str | None = None) -> MarkDraft | None:
        instant = self._playback.engine.target
        if not is_on_picture:
            return MarkDraft(instant, category_id=category_id)
        spot = self._playback.focus_spot(instant)
        video = None if spot is None else spot.place.recording.video
        if spot is None or video is None or not self._playback.engine.is_exact(spot):
            self.told.emit(NOT_RECORDING)
            return None
        anchor = PictureAnchor(spot.place.recording.id, video.index, MediaTime(spot.pts, video.time_base))
        return MarkDraft(spot.frame_start, picture=anchor, category_id=category_id)

    def _on_picture(self, start: IncidentTime, end: IncidentTime) -> MarkDraft | None:
        """Return a note on the focused camera's frames from `start` to before `end`, or None, having said why."""
        first, last = self._playback.focus_spot(start), self._playback.focus_spot(IncidentTime(end - 1))
        video = None if first is None else first.place.recording.video
        is_exact = first is not None and last is not None and self._playback.engine.is_exact(first)
        if first is None or last is None or video is None or not is_exact:
            self.told.emit(NOT_RECORDING)
            return None
        if first.place.recording.id != last.place.recording.id:
            self.told.emit(_ELSEWHERE)
            return None
        index = self._session.find_index(first.place.recording.id)
        if index is None:
            self.told.emit(NOT_RECORDING)
            return None
        stamp = MediaTime(first.pts, video.time_base)
        anchor = PictureAnchor(first.place.recording.id, video.index, stamp, index.end_of(last.frame))
        end_ns = first.place.incident_at_media_ns(MediaTime(index.end_of(last.frame), video.time_base).ns)
        return MarkDraft(first.frame_start, end=end_ns, picture=anchor)


def _end(mark_id: str, end: IncidentTime, end_pts: int | None, case: Case, by: str) -> Step:
    return set_end(case, mark_id, end, end_pts, by=by)


def _with_key(snapshot: CaseSnapshot, key: int) -> Category | None:
    return next((one for one in snapshot.book.categories if one.key == key), None)
