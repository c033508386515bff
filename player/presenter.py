"""Decides, for the one common instant, what every visible tile shows and which frames each camera needs next.

It runs on the window's thread and never waits: it looks frames up by name, and where one is not there the tile says
*late*, *not recording* or *failed*. It never shows one frame in another's place without saying so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from evidence.times import IncidentTime
from player.feed import CameraFeed
from player.pictures import TilePicture, TileState
from player.protocol import Regime
from player.tracks import FrameSpot, Gap, Track

_KEPT_BEHIND = 3
_SPARE_SLOTS = 2


@dataclass(frozen=True, slots=True)
class Motion:
    """How the playhead moves, as far as it matters for what is decoded ahead.

    Attributes:
        regime: playing, scrubbing or resting.
        is_backwards: the direction of play.
        stride_ns: 0 where every frame is shown; else the distance of the instants that are.
        last: with a stride, the instant at which play ends, which is shown whether or not it lies on a stride.
    """

    regime: Regime
    is_backwards: bool = False
    stride_ns: int = 0
    last: IncidentTime | None = None


class TilePresenter:
    """One camera's tile: what it shows now, and what is fetched for it."""

    def __init__(self, feed: CameraFeed) -> None:
        self.feed = feed
        self.late_since_ns: int | None = None
        self._look: FrameSpot | Gap | None = None
        self._planned: tuple[object, ...] | None = None

    def look(self, instant: IncidentTime) -> FrameSpot | Gap:
        """Return the frame, or the gap, that covers an instant; quick while that stays the same."""
        last = self._look
        if last is not None and _covers(last, instant):
            return last
        self._look = self.feed.track.at(instant)
        return self._look

    def is_ready(self, instant: IncidentTime) -> bool:
        """Tell whether the tile could show this instant now, or never will be able to."""
        spot = self.feed.track.at(instant)
        return isinstance(spot, Gap) or self.feed.is_settled(spot)

    def ready_until(self, instant: IncidentTime, *, backwards: bool) -> IncidentTime | None:
        """Return how far play could go on from `instant` without waiting for this tile; None where to the end."""
        for spot in self.feed.track.walk(instant, backwards=backwards):
            if not self.feed.is_settled(spot):
                return spot.end if backwards else IncidentTime(spot.start - 1)
        return None

    def plan(self, instant: IncidentTime, motion: Motion, now_ns: int) -> None:
        """Fetch what is needed at `instant` first, then what will be needed next."""
        spot = self.look(instant)
        where = (spot.place.recording.id, spot.frame) if isinstance(spot, FrameSpot) else (spot.start, spot.end)
        signature = (where, motion, self.feed.slots)
        if signature == self._planned and self.feed.slots:
            return
        self._planned = signature
        room = max(1, self.feed.slots - _SPARE_SLOTS)
        ahead, behind = _window(self.feed, instant, motion, room)
        if motion.regime is Regime.RESTING:
            self.feed.want([*ahead, *behind], (), motion.regime, now_ns)
        else:
            self.feed.want(ahead, behind, motion.regime, now_ns)

    def set_track(self, track: Track) -> None:
        """Go by another layout of the same camera on the common clock."""
        self.feed.set_track(track)
        self._look = None
        self.plan_again()

    def try_again(self) -> None:
        """Ask once more for what failed before."""
        self.feed.forgive()
        self.plan_again()

    def ease(self, *, is_on: bool) -> None:
        """Play proxies, where there are any, or originals again."""
        if self.feed.is_eased != is_on:
            self.feed.is_eased = is_on
            self.plan_again()

    def plan_again(self) -> None:
        """Forget what was planned: something arrived, or failed."""
        self._planned = None

    def present(self, instant: IncidentTime) -> TilePicture:
        """Choose what the tile shows at `instant`."""
        spot = self.look(instant)
        feed = self.feed
        if isinstance(spot, Gap):
            feed.show(None)
            state = TileState.SOUND_ONLY if spot.is_sound_only else TileState.NOT_RECORDING
            return TilePicture(feed.camera_id, state, None, None, spot)
        picture = feed.find(spot)
        if picture is not None:
            feed.show(picture)
            return TilePicture(feed.camera_id, TileState.SHOWN, spot, picture, None)
        reason = feed.reason_for(spot)
        if reason:
            return TilePicture(feed.camera_id, TileState.FAILED, spot, feed.shown, None, reason)
        state = TileState.LOADING if feed.shown is None else TileState.LATE
        return TilePicture(feed.camera_id, state, spot, feed.shown, None)


def _window(
    feed: CameraFeed, instant: IncidentTime, motion: Motion, room: int
) -> tuple[list[FrameSpot], list[FrameSpot]]:
    """Return the frames to fetch in order, and those to keep (at rest: to fetch last)."""
    track = feed.track
    if motion.regime is Regime.SCRUBBING:
        return list(islice(track.walk(instant, backwards=False), 1)), []
    if motion.regime is Regime.RESTING:
        half = max(1, (room + 1) // 2)
        ahead = list(islice(track.walk(instant, backwards=False), half))
        behind = list(islice(track.walk(instant, backwards=True, include_current=False), room - half))
        return ahead, behind
    behind_count = min(_KEPT_BEHIND, room // 4)
    behind = list(islice(track.walk(instant, backwards=not motion.is_backwards, include_current=False), behind_count))
    if motion.stride_ns:
        return list(islice(_strides(feed, instant, motion), room - behind_count)), behind
    return list(islice(track.walk(instant, backwards=motion.is_backwards), room - behind_count)), behind


def _strides(feed: CameraFeed, instant: IncidentTime, motion: Motion) -> Iterator[FrameSpot]:
    """Yield the frames at instants that lie one stride apart; over a gap, go on with what follows it."""
    last: FrameSpot | None = None
    step = -motion.stride_ns if motion.is_backwards else motion.stride_ns
    steps = 0
    while True:
        at = IncidentTime(instant + steps * step)
        last_at = at if motion.last is None else motion.last
        is_over = at < last_at if motion.is_backwards else at > last_at
        spot = feed.track.at(last_at if is_over else at)
        if is_over:
            yield from [spot] if isinstance(spot, FrameSpot) else []
            return
        if isinstance(spot, Gap):
            edge = spot.start if motion.is_backwards else spot.end
            if edge is None:
                return
            steps = max(steps + 1, -(-abs(edge - instant) // abs(step)))
            continue
        if last is None or spot.frame != last.frame or spot.place is not last.place:
            yield spot
            last = spot
        steps += 1


def _covers(look: FrameSpot | Gap, instant: IncidentTime) -> bool:
    if look.start is not None and instant < look.start:
        return False
    if look.end is not None and instant >= look.end:
        return False
    return look.start is not None or look.end is not None or isinstance(look, Gap)
