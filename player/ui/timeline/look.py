"""How the timeline looks and what it says: colours by role, sizes, and who writes its times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor

from evidence.times import DurationNs, IncidentTime
from player.ui.timeline.sizes import PLAIN, Sizes
from resources.palette import DARK, Palette, lane_colour

BAR_MARGIN = 4
_MOST_TEXTS = 4_000


class LaneSize(StrEnum):
    """How high the lanes are."""

    AUTO = "auto"
    """As high as there is room for all of them."""

    LOW = "low"
    HIGH = "high"


class TimeTexts(Protocol):
    """Writes instants for people; `app.time_text.LocalTimes` is one."""

    def clock(self, instant: int, decimals: int = 3) -> str:
        """Return the time of day."""
        ...

    def day(self, instant: int) -> str:
        """Return the date."""
        ...

    def offset_ns(self, instant: int) -> DurationNs:
        """Return by how much local time is ahead of UTC."""
        ...


@dataclass(frozen=True, slots=True)
class TimelineMark:
    """A mark on the incident.

    Attributes:
        id: its permanent id.
        instant: what it marks.
        text: what a person wrote.
    """

    id: str
    instant: IncidentTime
    text: str


@dataclass(frozen=True)
class Look:
    """Everything about the timeline that a theme or a zone changes.

    Attributes:
        palette: colours by role.
        times: writes instants.
        duration_text: writes lengths of time.
    """

    times: TimeTexts
    duration_text: Callable[[DurationNs], str]
    palette: Palette = field(default=DARK)

    def colour(self, role: str, alpha: int = 255) -> QColor:
        """Return the colour of a role of the palette; it is shared, so nobody changes it."""
        return _colour(getattr(self.palette, role), alpha)

    def lane(self, number: int) -> QColor:
        """Return the colour of a camera; it is shared, so nobody changes it."""
        return _colour(lane_colour(number), 255)

    def tick_text(self, instant: int, decimals: int) -> str:
        """Return the time of day at a tick of the ruler; what was written before is remembered."""
        return self._remembered((instant, decimals), lambda: self.times.clock(instant, decimals))

    def tick_day(self, instant: int) -> str:
        """Return the date at a tick of the ruler; what was written before is remembered."""
        return self._remembered((instant, -1), lambda: self.times.day(instant))

    def _remembered(self, key: tuple[int, int], write: Callable[[], str]) -> str:
        found = self._texts.get(key)
        if found is None:
            if len(self._texts) > _MOST_TEXTS:
                self._texts.clear()
            found = self._texts[key] = write()
        return found

    @cached_property
    def _texts(self) -> dict[tuple[int, int], str]:
        return {}

    @cached_property
    def grid(self) -> QColor:
        """The colour of the lines below the ruler's ticks."""
        return self.colour("line", 90)

    @cached_property
    def hatching(self) -> QBrush:
        """What gaps are filled with."""
        return QBrush(self.colour("dim", 130), Qt.BrushStyle.BDiagPattern)


@lru_cache(maxsize=256)
def _colour(name: str, alpha: int) -> QColor:
    colour = QColor(name)
    colour.setAlpha(alpha)
    return colour


def lane_height(size: LaneSize, lanes: int, room: int, sizes: Sizes = PLAIN) -> int:
    """Return the height of a lane in pixels, where so many lanes share so much room."""
    if size is LaneSize.LOW or not lanes:
        return sizes.lane_height
    high = sizes.highest_lane
    return high if size is LaneSize.HIGH else min(high, max(sizes.lane_height, room // lanes))


def wished_lane_height(size: LaneSize, lanes: int, sizes: Sizes = PLAIN) -> int:
    """Return the height that a lane would like: higher where there are few."""
    if size is not LaneSize.AUTO:
        return lane_height(size, lanes, 0, sizes)
    return min(sizes.highest_lane, max(sizes.lane_height, 240 // max(1, lanes)))
