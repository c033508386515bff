"""All that is on the timeline's screen, frozen: what the painters draw depends on nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect

from evidence.times import IncidentTime
from player.ui.timeline.lanes import Lanes
from player.ui.timeline.look import BAR_MARGIN
from player.ui.timeline.marks import MarksOnTimeline
from player.ui.timeline.sizes import PLAIN, Sizes
from player.ui.timeline.time_view import TimeView

NO_MARKS = MarksOnTimeline()


@dataclass(frozen=True)
class Scene:
    """What is on screen.

    Attributes:
        lanes: the cameras.
        view: the stretch of time, over the width right of the labels.
        size: width and height of the whole widget.
        top: how many pixels of the lanes are scrolled out above.
        lane_height: of each lane, in pixels.
        focus: camera with the focus, or None.
        chosen: the chosen recording, or None.
        heard: cameras that are heard.
        range_in: start of the range, or None.
        range_out: end of the range, exclusive, or None.
        marks: by instant.
        sizes: of its parts.
    """

    lanes: Lanes
    view: TimeView
    size: tuple[int, int]
    top: int = 0
    lane_height: int = PLAIN.lane_height
    focus: str | None = None
    chosen: str | None = None
    heard: frozenset[str] = frozenset()
    range_in: IncidentTime | None = None
    range_out: IncidentTime | None = None
    marks: MarksOnTimeline = NO_MARKS
    sizes: Sizes = PLAIN

    @property
    def rect(self) -> QRect:
        """All of it."""
        return QRect(0, 0, *self.size)

    @property
    def left(self) -> int:
        """The column at which the time begins, right of the names."""
        return self.sizes.label_width

    @property
    def ruler(self) -> int:
        """The row at which the lanes begin, below the ruler."""
        return self.sizes.ruler_height

    @property
    def foot(self) -> int:
        """The row at which the coverage begins."""
        return self.size[1] - self.sizes.coverage_height

    @property
    def lanes_rect(self) -> QRect:
        """Where the lanes are, with their labels."""
        return QRect(0, self.ruler, self.size[0], max(0, self.foot - self.ruler))

    @property
    def time_rect(self) -> QRect:
        """Where the stretch of time is: right of the labels, from the ruler down to the coverage."""
        return QRect(self.left, 0, self.view.width, self.size[1])

    @property
    def bars_rect(self) -> QRect:
        """Where the bars are: the lanes without their labels."""
        return self.lanes_rect & self.time_rect

    @property
    def shown_lanes(self) -> range:
        """Numbers of the lanes that are at least partly in sight."""
        first = self.top // self.lane_height
        last = (self.top + self.lanes_rect.height()) // self.lane_height + 1
        return range(min(first, len(self.lanes.lanes)), min(last, len(self.lanes.lanes)))

    def lanes_in(self, part: QRect) -> range:
        """Return the numbers of the lanes that are in sight and touch `part`."""
        base, shown = self.ruler - self.top, self.shown_lanes
        first = max(shown.start, (part.top() - base) // self.lane_height)
        return range(first, max(first, min(shown.stop, (part.bottom() - base) // self.lane_height + 1)))

    def lane_top(self, number: int) -> int:
        """Return the first row of a lane; it may be scrolled out of sight."""
        return self.ruler - self.top + number * self.lane_height

    def lane_rect(self, number: int) -> QRect:
        """Return where a lane is; it may be scrolled out of sight."""
        return QRect(0, self.lane_top(number), self.size[0], self.lane_height)

    @property
    def bar_height(self) -> int:
        """How high the bars are."""
        return self.lane_height - 2 * BAR_MARGIN - 1

    def lane_at(self, y: int) -> int | None:
        """Return the number of the lane at a height, or None."""
        if not self.lanes_rect.contains(QPoint(0, y)):
            return None
        number = (y - self.ruler + self.top) // self.lane_height
        return number if number < len(self.lanes.lanes) else None
