"""Decides, for the one common instant, what every visible tile shows and which frames each camera needs next.

It runs on the window's thread and never waits: it looks frames up by name, and where one is not there the tile says
*late*, *not recording* or *failed*. It never shows one frame in another's place without saying so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from evidence.times import IncidentRange, IncidentTime
from player.feed import CameraFeed
from player.pictures import TilePicture, TileState
from player.protocol import Regime
from player.tracks import FrameSpot, Gap, Track

_KEPT_BEHIND = 3
_SPARE_SLOTS = 2
_PLAN_AGAIN_PARTS = 2
"""While it plays, more is asked for when half of what was has been shown: each request costs both sides time."""


Where = tuple[object, object]
"""A frame, by its recording and number; or a gap, by its ends."""


@dataclass(frozen=True, slots=True)
class Motion:
    """How the playhead moves, as far as it matters for what is decoded ahead.

    Attributes:
        regime: playing, scrubbing or resting.
        is_backwards: the direction of play; at rest, that of the last step.
        stride_ns: 0 where every frame is shown; else the distance of the instants that are.
        last: with a stride, the instant at which play ends, which is shown whether or not it lies on a stride.
        loop: the range that begins again where it ends, if the playhead is in one; its beginning is fetched in time.
        is_hurried: at rest, some camera's original is not there yet: no other takes the processor for its surroundings.
        rate: the speed of play, without its sign, for decoders that run by themselves.
    """

    regime: Regime
    is_backwards: bool = False
    stride_ns: int = 0
    last: IncidentTime | None = None
    loop: IncidentRange | None = None
    rate: Fraction = Fraction(1)
    is_hurried: bool = False


class TilePresenter:
    """One camera's tile: what it shows now, and what is fetched for it."""

    def __init__(self, feed: CameraFeed) -> None:
        self.feed = feed
        self.late_since_ns: int | None = None
        self._look: FrameSpot | Gap | None = None
        self._last: TilePicture | None = None
        self._planned: tuple[object, ...] | None = None
        self._enough_for: frozenset[Where] = frozenset()

    def look(self, instant: IncidentTime) -> FrameSpot | Gap:
        """Return the frame, or the gap, that covers an instant; quick while that stays the same."""
        last = self._look
        if last is not None and _covers(last, instant):
            return last
        self._look = self.feed.track.at(instant)
        return self._look

    def is_ready(self, instant: IncidentTime) -> bool:
        """Tell whether the tile could show this instant now, or never will be able to."""
        last = self._look
        spot = last if last is not None and _covers(last, instant) else self.feed.track.at(instant)
        return isinstance(spot, Gap) or self.feed.is_settled(spot)

    def has_original(self, instant: IncidentTime) -> bool:
        """Tell whether the original's picture of this instant is there, or never will be."""
        spot = self.look(instant)
        return isinstance(spot, Gap) or self.feed.has_original(spot)

    def ready_until(self, instant: IncidentTime, *, backwards: bool) -> IncidentTime | None:
        """Return how far play could go on from `instant` without waiting for this tile; None where to the end."""
        for spot in self.feed.track.walk(instant, backwards=backwards):
            if not self.feed.is_settled(spot):
                return spot.end if backwards else IncidentTime(spot.start - 1)
        return None

    def load(self, instant: IncidentTime, speed: Fraction) -> float:
        """Return how many processors decoding the originals takes at a speed, as far as is known; 0 in a gap."""
        spot = self.look(instant)
        if isinstance(spot, Gap):
            return 0.0
        return float(self.feed.work_ns * speed / max(1, spot.end - spot.start))

    def plan(self, instant: IncidentTime, motion: Motion, now_ns: int, *, waits_its_turn: bool = False) -> None:
        """Fetch what is needed at `instant` first, then what will be needed next.

        Args:
            instant: the common instant.
            motion: how the playhead moves.
            now_ns: the engine's clock.
            waits_its_turn: where there is a proxy, that alone: other cameras' originals come first.
        """
        where = _where(self.look(instant))
        signature = (motion, self.feed.slots, waits_its_turn)
        is_planned = signature == self._planned and self.feed.slots and where in self._enough_for
        if is_planned and not self.feed.is_crowded:
            return
        room = max(1, self.feed.slots - _SPARE_SLOTS)
        ahead, behind = _window(self.feed.track, instant, motion, room)
        self._planned = signature
        enough = ahead[: len(ahead) // _PLAN_AGAIN_PARTS] if motion.regime is Regime.PLAYING else []
        self._enough_for = frozenset([where, *map(_where, enough)])
        if motion.regime is Regime.RESTING:
            ahead, behind = [*ahead, *behind], []
        self.feed.want(
            ahead,
            behind,
            motion.regime,
            now_ns,
            is_backwards=motion.is_backwards,
            rate=motion.rate,
            waits_its_turn=waits_its_turn,
        )

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
            last = self._last
            if last is None or last.picture is not picture or last.spot is not spot:
                last = self._last = TilePicture(feed.camera_id, TileState.SHOWN, spot, picture, None)
            return last
        reason = feed.reason_for(spot)
        if reason:
            return TilePicture(feed.camera_id, TileState.FAILED, spot, feed.shown, None, reason)
        state = TileState.LOADING if feed.shown is None else TileState.LATE
        return TilePicture(feed.camera_id, state, spot, feed.shown, None)


def _window(track: Track, instant: IncidentTime, motion: Motion, room: int) -> tuple[list[FrameSpot], list[FrameSpot]]:
    """Return the frames to fetch in order, and those to keep (at rest: to fetch last)."""
    if motion.regime is Regime.SCRUBBING:
        return list(islice(track.walk(instant, backwards=False), 1)), []
    if motion.regime is Regime.RESTING:
        return _surroundings(track, instant, motion, room)
    behind_count = min(_KEPT_BEHIND, room // 4)
    behind = list(islice(track.walk(instant, backwards=not motion.is_backwards, include_current=False), behind_count))
    upcoming = (
        _strides(track, instant, motion) if motion.stride_ns else track.walk(instant, backwards=motion.is_backwards)
    )
    if motion.loop is not None and motion.loop.contains(instant):
        upcoming = _around(track, upcoming, motion, motion.loop)
    return list(islice(upcoming, room - behind_count)), behind


def _surroundings(
    track: Track, instant: IncidentTime, motion: Motion, room: int
) -> tuple[list[FrameSpot], list[FrameSpot]]:
    """Return what lies around an instant, most of it on the side of the last step, from the nearest on."""
    current = list(islice(track.walk(instant, backwards=False), 1))
    if motion.is_hurried:  # what lies just before it comes out on the way
        return current, list(islice(track.walk(instant, backwards=True, include_current=False), _KEPT_BEHIND))
    room -= len(current)
    more = (room * 2 + 2) // 3
    first = list(islice(track.walk(instant, backwards=motion.is_backwards, include_current=False), more))
    last = list(
        islice(track.walk(instant, backwards=not motion.is_backwards, include_current=False), room - len(first))
    )
    return [*current, *first], last


def _around(track: Track, upcoming: Iterator[FrameSpot], motion: Motion, loop: IncidentRange) -> Iterator[FrameSpot]:
    """Yield what comes up to the end of a loop, then what comes from its beginning up to where that began."""
    first: FrameSpot | None = None
    for spot in upcoming:
        if not _is_in(spot, loop):
            break
        first = first or spot
        yield spot
    turn = IncidentTime(loop.end - 1) if motion.is_backwards else loop.start
    again = _strides(track, turn, motion) if motion.stride_ns else track.walk(turn, backwards=motion.is_backwards)
    for spot in again:
        if not _is_in(spot, loop) or spot == first:
            return
        yield spot


def _is_in(spot: FrameSpot, loop: IncidentRange) -> bool:
    return spot.start < loop.end and spot.end > loop.start


def _strides(track: Track, instant: IncidentTime, motion: Motion) -> Iterator[FrameSpot]:
    """Yield the frames at instants that lie one stride apart; over a gap, go on with what follows it."""
    last: FrameSpot | None = None
    step = -motion.stride_ns if motion.is_backwards else motion.stride_ns
    steps = 0
    while True:
        at = IncidentTime(instant + steps * step)
        last_at = at if motion.last is None else motion.last
        is_over = at < last_at if motion.is_backwards else at > last_at
        spot = track.at(last_at if is_over else at)
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


def _where(look: FrameSpot | Gap) -> Where:
    return (look.place.recording.id, look.frame) if isinstance(look, FrameSpot) else (look.start, look.end)


def _covers(look: FrameSpot | Gap, instant: IncidentTime) -> bool:
    if look.start is not None and instant < look.start:
        return False
    if look.end is not None and instant >= look.end:
        return False
    return look.start is not None or look.end is not None or isinstance(look, Gap)
