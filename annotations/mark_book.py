"""All marks of a case with where they lie now: frozen, quick to look into, and quick to bring up to date.

A mark on a picture lies where the timeline puts its frame today. So a book is made anew where clocks are set anew; a
step of the journal changes only what it touches, in a fraction of a millisecond, also among 100,000 marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from annotations.categories import CATEGORIES, Category, fields_of
from annotations.journal import Step
from annotations.mark_states import Mark
from annotations.marks import marks_of_step
from annotations.people import PEOPLE, Person, Role
from evidence.times import IncidentTime
from sync.timeline import PlacedRecording, Timeline

NO_COLOUR = -1
MOST_AT_ONCE = 200
"""A step that changes more marks than this is better read anew beside the UI thread."""


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """A mark and where it lies.

    Attributes:
        mark: the mark.
        start: when it is or begins, on the common clock as it is set now.
        end: of a range, when it ends, exclusive; None for a moment.
        camera_id: the camera on whose picture it is, or None where it is on the incident.
        is_placed: False where its recording has no place in time; `start` is then where it was when it was made.
    """

    mark: Mark
    start: IncidentTime
    end: IncidentTime | None
    camera_id: str | None
    is_placed: bool


@dataclass(frozen=True, eq=False)
class MarkBook:
    """The marks in order of time, with one entry of each array for each mark.

    Attributes:
        marks: by start, then by id.
        starts: when each begins, ns on the common clock, increasing; int64[marks].
        ends: when each ends, exclusive; equal to its start for a moment; int64[marks].
        colours: its colour as 0xrrggbb, or `NO_COLOUR`; int32[marks].
        categories: in their order.
        people: by name.
        timeline: what places marks on pictures.
    """

    marks: tuple[Mark, ...] = ()
    starts: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    ends: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    colours: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    categories: tuple[Category, ...] = ()
    people: tuple[Person, ...] = ()
    timeline: Timeline = field(default_factory=lambda: Timeline((), ()))

    @classmethod
    def of(
        cls, marks: Iterable[Mark], categories: Iterable[Category], people: Iterable[Person], timeline: Timeline
    ) -> Self:
        """Place marks and put them in order."""
        empty = cls(categories=tuple(categories), people=tuple(people), timeline=timeline)
        return empty._filled(marks)

    def __len__(self) -> int:
        return len(self.marks)

    @cached_property
    def category_by_id(self) -> dict[str, Category]:
        """Categories by id."""
        return {one.id: one for one in self.categories}

    @cached_property
    def person_by_id(self) -> dict[str, Person]:
        """People by id."""
        return {one.id: one for one in self.people}

    @cached_property
    def place_by_recording(self) -> dict[str, PlacedRecording]:
        """Places on the common clock by the id of the recording."""
        return {place.recording.id: place for one in self.timeline.cameras for place in one.placed}

    @cached_property
    def camera_of_recording(self) -> dict[str, str]:
        """Ids of cameras by the id of a recording, also of those without a place."""
        placed = {place.recording.id: one.camera.id for one in self.timeline.cameras for place in one.placed}
        return placed | {one.id: one.camera_id for one in self.timeline.unplaced}

    @cached_property
    def _by_id(self) -> dict[str, Mark]:
        return {mark.id: mark for mark in self.marks}

    def find(self, mark_id: str) -> int | None:
        """Return the number of a mark in `marks`, or None."""
        mark = self._by_id.get(mark_id)
        if mark is None:
            return None
        start = self.place(mark).start
        number = int(np.searchsorted(self.starts, start))
        last = int(np.searchsorted(self.starts, start, side="right"))
        return next((one for one in range(number, last) if self.marks[one].id == mark_id), None)

    def place(self, mark: Mark) -> PlacedMark:
        """Return where a mark lies."""
        picture = mark.picture
        if picture is None:
            return PlacedMark(mark, mark.instant, mark.end, None, is_placed=True)
        camera_id = self.camera_of_recording.get(picture.recording_id)
        place = self.place_by_recording.get(picture.recording_id)
        if place is None:
            return PlacedMark(mark, mark.instant, mark.end, camera_id, is_placed=False)
        start = place.incident_at_media_ns(picture.start.ns)
        end = None if picture.end is None else place.incident_at_media_ns(picture.end.ns)
        return PlacedMark(mark, start, end, camera_id, is_placed=True)

    def placed(self, number: int) -> PlacedMark:
        """Return where a mark lies, by its number in `marks`."""
        return self.place(self.marks[number])

    def colour_of(self, mark: Mark) -> str:
        """Return a mark's colour `#rrggbb`, its own or that of its category, or ""."""
        category = None if mark.category_id is None else self.category_by_id.get(mark.category_id)
        return mark.colour or ("" if category is None else category.colour)

    def people_in(self, mark: Mark) -> tuple[Person, ...]:
        """Return who is seen or heard in a mark."""
        return tuple(self.person_by_id[one] for one in mark.people if one in self.person_by_id)

    def after(self, step: Step) -> MarkBook:
        """Return the book as a step of the journal leaves it."""
        kinds = {one.keeper.name for one in step.changes}
        changed = marks_of_step(step)
        if not kinds & {CATEGORIES.name, PEOPLE.name}:
            return self._with(changed)
        wanted = {**self._by_id, **changed}
        categories = _categories_after(self.category_by_id, step)
        people = _people_after(self.person_by_id, step)
        return MarkBook.of((one for one in wanted.values() if one is not None), categories, people, self.timeline)

    def with_timeline(self, timeline: Timeline) -> MarkBook:
        """Return the same marks on another timeline."""
        return MarkBook.of(self.marks, self.categories, self.people, timeline)

    def _with(self, changed: Mapping[str, Mark | None]) -> MarkBook:
        if len(changed) > MOST_AT_ONCE:
            wanted = {**self._by_id, **changed}
            return self._filled(one for one in wanted.values() if one is not None)
        gone = [number for number in (self.find(one) for one in changed) if number is not None]
        marks = list(self.marks)
        for number in sorted(gone, reverse=True):
            del marks[number]
        starts, ends = np.delete(self.starts, gone), np.delete(self.ends, gone)
        colours = np.delete(self.colours, gone)
        for mark in changed.values():
            if mark is None:
                continue
            place = self.place(mark)
            number = int(np.searchsorted(starts, place.start))
            while number < len(marks) and starts[number] == place.start and marks[number].id < mark.id:
                number += 1
            marks.insert(number, mark)
            starts = np.insert(starts, number, place.start)
            ends = np.insert(ends, number, place.start if place.end is None else place.end)
            colours = np.insert(colours, number, _number_of(self.colour_of(mark)))
        made = MarkBook(tuple(marks), starts, ends, colours, self.categories, self.people, self.timeline)
        by_id = dict(self._by_id)
        for mark_id, mark in changed.items():
            if mark is None:
                by_id.pop(mark_id, None)
            else:
                by_id[mark_id] = mark
        known = {"category_by_id", "person_by_id", "place_by_recording", "camera_of_recording"}
        made.__dict__.update({name: value for name, value in self.__dict__.items() if name in known})
        made.__dict__["_by_id"] = by_id
        return made

    def _filled(self, marks: Iterable[Mark]) -> Self:
        found = sorted((self.place(mark) for mark in marks), key=lambda one: (one.start, one.mark.id))
        return type(self)(
            marks=tuple(one.mark for one in found),
            starts=np.array([one.start for one in found], np.int64),
            ends=np.array([one.start if one.end is None else one.end for one in found], np.int64),
            colours=np.array([_number_of(self.colour_of(one.mark)) for one in found], np.int32),
            categories=self.categories,
            people=self.people,
            timeline=self.timeline,
        )


def _number_of(colour: str) -> int:
    return int(colour[1:], 16) if colour else NO_COLOUR


def _categories_after(before: Mapping[str, Category], step: Step) -> tuple[Category, ...]:
    found: dict[str, Category | None] = {**before}
    for one in step.changes:
        if one.keeper.name != CATEGORIES.name:
            continue
        if one.after is None:
            found[one.item_id] = None
        else:
            found[one.item_id] = Category(one.item_id, **asdict(fields_of(one.after)))
    left = [one for one in found.values() if one is not None]
    return tuple(sorted(left, key=lambda one: (one.position, one.name, one.id)))


def _people_after(before: Mapping[str, Person], step: Step) -> tuple[Person, ...]:
    found: dict[str, Person | None] = {**before}
    for one in step.changes:
        if one.keeper.name == PEOPLE.name:
            state = one.after
            known = None if state is None else Person(one.item_id, str(state["name"]), Role(str(state["role"])))
            found[one.item_id] = known
    left = [one for one in found.values() if one is not None]
    return tuple(sorted(left, key=lambda one: (one.name.casefold(), one.id)))
