"""How the playhead keeps step with the pictures: only to instants that every visible camera can show.

Where decoding is too slow, all cameras slow down together. A camera that holds the others up for too long is left
behind until it is back. At high speed only instants a stride apart are shown, so that decoders can leave out the rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from fractions import Fraction

from evidence.times import NS_PER_S, IncidentTime
from player.playhead import Playhead
from player.presenter import TilePresenter

PLAY_PATIENCE_NS = 500_000_000
"""How long one camera may hold up the others."""

_FAST_PICTURE_NS = NS_PER_S // 30
_SPEED_OVER_NS = NS_PER_S
_EVERY_FRAME_UP_TO = 2


class Pace:
    """Moves a playhead. Used on the window's thread.

    Attributes:
        is_held_up: whether a picture was waited for at the last advance.
    """

    def __init__(self, head: Playhead, patience_ns: int = PLAY_PATIENCE_NS) -> None:
        self._head = head
        self._patience_ns = patience_ns
        self._stride_base = head.position
        self._trail: deque[tuple[int, int]] = deque()
        self._stride = (head.rate, stride_of(head.rate))
        self.is_held_up = False

    @property
    def stride_ns(self) -> int:
        """How far apart the shown instants lie: 0 up to twice the speed, where every frame is shown."""
        if self._stride[0] is not self._head.rate:
            self._stride = (self._head.rate, stride_of(self._head.rate))
        return self._stride[1]

    @property
    def true_speed(self) -> float | None:
        """The speed over the last second; None where it has just begun."""
        if len(self._trail) < 2:
            return None
        (first_ns, first), (last_ns, last) = self._trail[0], self._trail[-1]
        if last_ns - first_ns < _SPEED_OVER_NS // 4:
            return None
        return (last - first) / (last_ns - first_ns)

    def restart(self) -> None:
        """Begin anew from where the playhead stands: it was moved, or its speed was changed."""
        self._trail.clear()
        self._stride_base = self._head.position
        self.is_held_up = False

    def leap(self, instant: IncidentTime) -> None:
        """Go on from another instant without a pause, as at the turn of a loop; the speed that is told stays true."""
        shift = instant - self._head.position
        self._trail = deque((at_ns, place + shift) for at_ns, place in self._trail)
        self._head.move_to(instant)
        self._stride_base = self._head.position

    def advance(self, tiles: Sequence[TilePresenter], proposed: IncidentTime, now: int) -> None:
        """Move on towards what the playhead proposed, as far as every tile can follow."""
        goal = self._on_stride(proposed)
        reached = self._furthest_ready(tiles, goal, now)
        self.is_held_up = reached != goal
        self._head.accept(reached, is_held_up=self.is_held_up)
        self._trail.append((now, reached))
        while now - self._trail[0][0] > _SPEED_OVER_NS:
            self._trail.popleft()

    def _on_stride(self, instant: IncidentTime) -> IncidentTime:
        """Return the last instant that is shown at this speed."""
        stride = self.stride_ns
        if not stride or self._head.is_at_end(instant):
            return instant
        if self._head.is_backwards:
            return IncidentTime(self._stride_base - (self._stride_base - instant) // stride * stride)
        return IncidentTime(self._stride_base + (instant - self._stride_base) // stride * stride)

    def _furthest_ready(self, tiles: Sequence[TilePresenter], goal: IncidentTime, now: int) -> IncidentTime:
        """Return the instant nearest to the goal that all tiles can show, leaving out those that are too late."""
        position = self._head.position
        if goal == position:
            return position
        waiting = [tile for tile in tiles if not self._is_ready_or_left(tile, goal, now)]
        if not waiting:
            return goal
        if self.stride_ns:
            return self._nearest_stride(tiles, goal, now)
        backwards = self._head.is_backwards
        limits = [tile.ready_until(position, backwards=backwards) for tile in waiting]
        known = [limit for limit in limits if limit is not None]
        if not known:
            return goal
        reach = max(known) if backwards else min(known)
        reach = IncidentTime(max(goal, min(reach, position)) if backwards else min(goal, max(reach, position)))
        return reach if all(self._is_ready_or_left(tile, reach, now) for tile in tiles) else position

    def _nearest_stride(self, tiles: Sequence[TilePresenter], goal: IncidentTime, now: int) -> IncidentTime:
        """Return the last shown instant before the goal that all tiles can show, or the position."""
        position = self._head.position
        step = self.stride_ns if goal > position else -self.stride_ns
        for instant in range(goal - step, position, -step):
            if all(self._is_ready_or_left(tile, IncidentTime(instant), now) for tile in tiles):
                return IncidentTime(instant)
        return position

    def _is_ready_or_left(self, tile: TilePresenter, goal: IncidentTime, now: int) -> bool:
        """Tell whether a tile does not hold the others up: it is ready, or has been late for too long."""
        if tile.is_ready(goal):
            tile.late_since_ns = None
            return True
        if tile.late_since_ns is None:
            tile.late_since_ns = now
        return now - tile.late_since_ns > self._patience_ns


def stride_of(rate: Fraction) -> int:
    """Return how far apart the shown instants lie at a rate, ns; 0 where every frame is shown."""
    return 0 if abs(rate) <= _EVERY_FRAME_UP_TO else int(abs(rate) * _FAST_PICTURE_NS)
