"""Draws the shapes of a frame over a copy of its still. The still itself is not touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtGui import QFont, QGuiApplication, QImage

from annotations.shapes.on_frame import ShapesByFrame
from annotations.shapes.state import state_of
from annotations.ui.shape_still import burn_in
from player.stills.over import DrawnOver
from player.stills.provenance import JsonValue, StillFacts

_SUFFIX = "with-shapes"


class ShapesOnStills:
    """A `player.stills.over.DrawOver`: what the frame shows of the shapes of a case. Used by one thread.

    Where no program with windows runs, one without is started for the fonts; it lives as long as this object.
    """

    def __init__(self, shapes: ShapesByFrame) -> None:
        self._shapes = shapes
        self._application = QGuiApplication.instance() or QGuiApplication(["sightline", "-platform", "offscreen"])

    def __call__(self, facts: StillFacts) -> DrawnOver | None:
        """Return a still with its frame's shapes; None where it has none."""
        spot = facts.spot
        placed = self._shapes.at(spot.place.recording.id, spot.pts)
        if not placed:
            return None
        picture = facts.picture
        values = np.frombuffer(picture.pixels, dtype=np.uint8)
        if picture.depth == 16:
            values = values[::2]
        plain = values.tobytes()
        image = QImage(plain, picture.width, picture.height, picture.width * 3, QImage.Format.Format_RGB888)
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        stream = facts.stream if facts.is_upright else replace(facts.stream, rotation=0)
        burn_in(image, placed, stream, QFont())
        image = image.convertToFormat(QImage.Format.Format_RGB888)
        rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
        count = "One shape was" if len(placed) == 1 else f"{len(placed)} shapes were"
        told: list[JsonValue] = [{"id": one.shape.id, **_told(state_of(one.shape))} for one in placed]
        return DrawnOver(
            pixels=rows[:, : image.width() * 3].tobytes(),
            suffix=_SUFFIX,
            words=f"{count} drawn over this frame by people who worked on the case; they are no part of the recording.",
            document={"shapes": {str(number): one for number, one in enumerate(told, 1)}},
        )


def _told(state: Mapping[str, object]) -> dict[str, JsonValue]:
    """Return what is told of a shape: what it is and who drew it."""
    names = ("kind", "text", "label", "colour", "by", "created_ns", "mark")
    return {name: value for name in names if isinstance(value := state[name], (str, int))}
