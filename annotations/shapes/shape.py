"""What a shape on a picture is: one frozen record."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from annotations.shapes.geometry import Geometry, Kind
from evidence.times import MediaTime

LONGEST_TEXT = 2_000
LONGEST_LABEL = 200
MOST_KEYFRAMES = 10_000
MOST_POINTS = 200_000
"""Of all keyframes of one shape together."""

LEAST_POWER, GREATEST_POWER = 110, 1_600
"""Of a magnifier, percent."""

WIDEST_LINE = 256 * 256
LARGEST_TEXT = 2_048 * 256
SMALLEST_TEXT = 4 * 256


@dataclass(frozen=True, slots=True)
class Look:
    """How a shape looks.

    Attributes:
        colour: `#rrggbb`, small letters.
        opacity: 0 (not seen) to 100, percent; of a spotlight, how dark the rest becomes.
        line_width: in 1/256 of a pixel of the picture; on small tiles lines are drawn wider than this rather than lost.
        is_filled: whether the inside has the colour too (`geometry.FILLABLE` only).
        text_size: height of a line of text in 1/256 of a pixel of the picture.
        power: how many percent larger a magnifier shows its part; 200 is twice.
    """

    colour: str = "#f0e442"
    opacity: int = 100
    line_width: int = 768
    is_filled: bool = False
    text_size: int = 24 * 256
    power: int = 250


@dataclass(frozen=True, slots=True)
class Keyframe:
    """Where the shape is at one frame."""

    pts: int
    geometry: Geometry


@dataclass(frozen=True, slots=True)
class Drawn:
    """What of a shape can be changed, and goes back when a change is undone.

    Attributes:
        recording_id: on whose picture it is.
        frame_size: width and height of that picture as coded, in pixels.
        kind: what it is.
        time_base: length of a unit of pts in seconds.
        start_pts: stamp of the first frame that shows it.
        end_pts: stamp of the first frame that does not any more, or the end of the last frame.
        keyframes: at least one, by increasing pts. Before the first and after the last it stands still.
        look: how it looks.
        text: of a text, what it says; of others, what stands beside them. May have several lines.
        label: what people call it in lists; one line, may be empty.
        mark_id: the mark or note that it belongs to, or "".
    """

    recording_id: str
    frame_size: tuple[int, int]
    kind: Kind
    time_base: Fraction
    start_pts: int
    end_pts: int
    keyframes: tuple[Keyframe, ...]
    look: Look = Look()
    text: str = ""
    label: str = ""
    mark_id: str = ""

    @property
    def start(self) -> MediaTime:
        """When the first frame that shows it starts."""
        return MediaTime(self.start_pts, self.time_base)

    @property
    def end(self) -> MediaTime:
        """When it is not shown any more, exclusive."""
        return MediaTime(self.end_pts, self.time_base)

    def covers(self, pts: int) -> bool:
        """Tell whether the frame with this stamp shows it."""
        return self.start_pts <= pts < self.end_pts


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of a case.

    Attributes:
        id: permanent id (UUID as text).
        drawn: what it is.
        by: who drew it.
        created_ns: when, ns since the epoch by that machine's clock.
        changed_by: who changed it last.
        changed_ns: when.
    """

    id: str
    drawn: Drawn
    by: str = ""
    created_ns: int = 0
    changed_by: str = ""
    changed_ns: int = 0
