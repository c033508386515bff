"""How large the timeline's parts are: they grow with its text, so that words have room beside one another."""

from __future__ import annotations

from dataclasses import dataclass, fields

LABEL_WIDTH = 148
RULER_HEIGHT = 26
LANE_HEIGHT = 24
"""The least height of a lane."""

HIGHEST_LANE = 64
"""With room for thumbnails over a waveform."""

COVERAGE_HEIGHT = 20
_PLAIN_LINE = 18
"""Height of a line of text, in pixels, for which these are meant; less changes nothing."""

_MOST_LABELS = 4
"""Names take no more than this part of the width."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """All in logical pixels.

    Attributes:
        label_width: of the cameras' names at the left.
        ruler_height: of the times at the top.
        lane_height: of a lane, at least.
        highest_lane: of a lane, at most.
        coverage_height: of the foot.
        tick_distance: between two labelled ticks of the ruler, at least: the widest label fits in.
        outside_width: of the signs that tell what lies before and after.
    """

    label_width: int = LABEL_WIDTH
    ruler_height: int = RULER_HEIGHT
    lane_height: int = LANE_HEIGHT
    highest_lane: int = HIGHEST_LANE
    coverage_height: int = COVERAGE_HEIGHT
    tick_distance: int = 110
    outside_width: int = 64


PLAIN = Sizes()


def sizes_for(line_height: int, width: int) -> Sizes:
    """Return the sizes for text whose lines are so high, in a timeline of a width, all in logical pixels."""
    if line_height <= _PLAIN_LINE:
        return PLAIN
    grown = {one.name: getattr(PLAIN, one.name) * line_height // _PLAIN_LINE for one in fields(Sizes)}
    grown["label_width"] = max(LABEL_WIDTH, min(grown["label_width"], width // _MOST_LABELS))
    return Sizes(**grown)
