"""When cameras play proxies in place of originals: where those do not come in time. Quality drops before speed does."""

from __future__ import annotations

from collections.abc import Sequence

from player.playhead import Playhead
from player.presenter import TilePresenter

_EASE_AFTER_NS = 150_000_000
_FULL_LOAD = 0.7
"""The share of the processors that decoding originals may take; the window, the sound and the system need the rest."""

_PROXY_SHARE = 0.2
"""What a proxy takes of its original's work, at most."""


def ease_late_tiles(tiles: Sequence[TilePresenter], head: Playhead, now_ns: int, *, is_slowed: bool) -> None:
    """Go on with proxies where originals are late now, and remember at which speed they were."""
    for tile in tiles:
        late_ns = 0 if tile.late_since_ns is None else now_ns - tile.late_since_ns
        if late_ns > (0 if is_slowed else _EASE_AFTER_NS):
            tile.ease(is_on=True)
            speed = abs(head.rate)
            tile.feed.late_at = speed if tile.feed.late_at is None else min(speed, tile.feed.late_at)


def ease_by_load(tiles: Sequence[TilePresenter], head: Playhead, cores: int) -> None:
    """Play proxies from the start where it is known that the originals of all cameras cannot be decoded in time."""
    speed = abs(head.rate)
    loads = {tile: tile.load(head.position, speed) for tile in tiles}
    for tile in tiles:
        if tile.feed.late_at is not None and speed >= tile.feed.late_at:
            tile.ease(is_on=True)
            loads[tile] *= _PROXY_SHARE
    for tile in sorted(tiles, key=lambda one: loads[one], reverse=True):
        if sum(loads.values()) <= _FULL_LOAD * cores:
            return
        tile.ease(is_on=True)
        loads[tile] *= _PROXY_SHARE


def trust_originals(tiles: Sequence[TilePresenter]) -> None:
    """Show originals again."""
    for tile in tiles:
        tile.ease(is_on=False)
