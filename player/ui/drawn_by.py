"""Who draws pictures: what a user can choose. No Qt."""

from __future__ import annotations

from enum import StrEnum


class DrawnBy(StrEnum):
    """Who draws pictures."""

    AUTOMATIC = "automatic"
    """The graphics card where it is real hardware, else the processor."""

    GRAPHICS_CARD = "graphics card"
    PROCESSOR = "processor"
