"""Marks on the timeline, as arrays, and which pixels they lie on.

What lies on one pixel column is one, so that 100,000 marks cost no more than the screen has columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from player.ui.timeline.lanes import pixels_of
from player.ui.timeline.look import TimelineMark
from player.ui.timeline.time_view import TimeView

NO_COLOUR = -1


@dataclass(frozen=True, eq=False)
class MarksOnTimeline:
    """Marks by start, one entry of each array for each.

    Attributes:
        starts: when each begins, ns, increasing; int64[marks].
        ends: when each ends, exclusive; equal to its start for a moment; int64[marks].
        colours: 0xrrggbb, or `NO_COLOUR` for the theme's; int32[marks].
        text_of: what a mark says, by its number.
    """

    starts: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    ends: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    colours: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    text_of: Callable[[int], str] = str

    @classmethod
    def of(cls, marks: tuple[TimelineMark, ...]) -> MarksOnTimeline:
        """Return a few moments without a colour."""
        starts = np.array([one.instant for one in marks], np.int64)
        return cls(starts, starts, np.full(len(marks), NO_COLOUR, np.int32), lambda number: marks[number].text)

    @cached_property
    def _ranges(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.ends > self.starts)

    def between(self, first: int, last: int) -> range:
        """Return the numbers of the marks that begin in `[first, last)`."""
        return range(int(np.searchsorted(self.starts, first)), int(np.searchsorted(self.starts, last)))

    def columns(self, view: TimeView, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the pixel columns from `first` to `last` on which marks begin, and each one's first mark's colour."""
        found = self.between(view.instant_at(first), view.instant_at(last + 1))
        xs = pixels_of(self.starts[found.start : found.stop], view)
        is_new = np.ones(len(xs), np.bool_)
        is_new[1:] = xs[1:] != xs[:-1]
        return xs[is_new], self.colours[found.start : found.stop][is_new]

    def bars(self, view: TimeView, first: int, last: int) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Yield for each colour the stretches of pixels, `[left, right)`, that ranges of it cover on screen."""
        numbers = self._ranges
        begin, end = view.instant_at(first), view.instant_at(last + 1)
        numbers = numbers[(self.starts[numbers] < end) & (self.ends[numbers] > begin)]
        for colour in np.unique(self.colours[numbers]).tolist():
            some = numbers[self.colours[numbers] == colour]
            lefts = np.maximum(pixels_of(self.starts[some], view), first)
            rights = np.minimum(pixels_of(self.ends[some] - 1, view), last) + 1
            yield colour, _joined(lefts, np.maximum(rights, lefts + 1))


def _joined(lefts: NDArray[np.int64], rights: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return stretches that overlap or touch as one; `lefts` are increasing."""
    if not len(lefts):
        return []
    reach = np.maximum.accumulate(rights)
    is_new = np.ones(len(lefts), np.bool_)
    is_new[1:] = lefts[1:] > reach[:-1]
    firsts = np.flatnonzero(is_new)
    lasts = np.append(firsts[1:], len(lefts)) - 1
    return list(zip(lefts[firsts].tolist(), reach[lasts].tolist(), strict=True))
