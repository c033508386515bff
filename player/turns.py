"""Whose original comes first where there are more cameras than processors: the one that is looked at.

Four originals that are decoded side by side on two processors all come late together. One after another they come no
later in all, and the first ones at once; their proxies stand in the other tiles meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from evidence.times import IncidentTime
from player.presenter import Motion, TilePresenter
from player.protocol import Regime


def in_turn(
    tiles: Sequence[TilePresenter], cores: int, instant: IncidentTime, motion: Motion, focus: str | None
) -> Collection[TilePresenter]:
    """Return the tiles that wait: their originals are fetched when those of others are there.

    Args:
        tiles: all that are visible, in their order.
        cores: how many originals are decoded at once.
        instant: the common instant.
        motion: how the playhead moves; while it plays nobody waits.
        focus: the camera that is looked at; its original comes first, then those of the largest tiles.
    """
    if len(tiles) <= cores or not (motion.is_hurried or motion.regime is Regime.SCRUBBING):
        return ()
    lacking = [tile for tile in tiles if not tile.has_original(instant)]
    lacking.sort(key=lambda tile: (tile.feed.camera_id != focus, -tile.feed.box[0] * tile.feed.box[1]))
    return lacking[cores:]
