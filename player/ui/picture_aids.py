"""Aids to the eye: how a tile's picture is shown otherwise than recorded. They change the view alone. No Qt.

They are kept nowhere, and nothing that leaves the program has them: stills, clips and reports are made elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DARKEST, BRIGHTEST = -100, 100
LOWEST_GAMMA, HIGHEST_GAMMA = 20, 400


@dataclass(frozen=True, slots=True)
class PictureAids:
    """What is changed in the view of one camera; as it stands, nothing.

    Attributes:
        brightness: -100 (a half darker) to 100 (a half brighter).
        contrast: -100 (all grey) to 100 (four times), around middle grey.
        gamma: hundredths; above 100 the shadows become lighter.
        is_deinterlaced: one field of each picture is shown, its lines in between filled in.
    """

    brightness: int = 0
    contrast: int = 0
    gamma: int = 100
    is_deinterlaced: bool = False

    @property
    def changes_tone(self) -> bool:
        """Whether any level is shown as another."""
        return (self.brightness, self.contrast, self.gamma) != (0, 0, 100)

    @property
    def words(self) -> str:
        """How the tile says that the view is not as recorded, or ""."""
        parts = (["adjusted"] if self.changes_tone else []) + (["deinterlaced"] if self.is_deinterlaced else [])
        return ", ".join(parts)

    def levels(self) -> NDArray[np.uint8]:
        """Return the level shown for each level recorded, uint8[256]; red, green and blue alike."""
        value = np.arange(256, dtype=np.float64) / 255
        slope = 1 + self.contrast / 100 if self.contrast < 0 else 1 + 3 * self.contrast / 100
        value = np.clip((value - 0.5) * slope + 0.5 + self.brightness / 200, 0, 1) ** (100 / self.gamma)
        return np.floor(value * 255 + 0.5).astype(np.uint8)


AS_RECORDED = PictureAids()
