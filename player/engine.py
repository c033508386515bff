"""The player as the window sees it: one playhead, the visible tiles, and `pump()` at every refresh.

Nothing here waits and nothing starts a thread; all methods are called on one thread. `pump` takes in what the
decoders sent, moves the playhead, and says whether something is to be painted. While it plays, the playhead moves only
to instants that every visible camera can show; where decoding is too slow, all cameras slow down together and
`true_speed` says so. A camera that holds the others up for too long is left behind, marked late, until it is back.

A seek is shown by all cameras at once: the screen keeps the old instant until every frame of the new one is there, or
until a short patience has run out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from evidence.times import IncidentRange, IncidentTime
from player.decoder_link import DecoderPool
from player.easing import ease_by_load, ease_late_tiles, trust_originals
from player.feed import CameraFeed
from player.limits import PlayerLimits
from player.pace import PLAY_PATIENCE_NS, Pace
from player.pictures import TilePicture
from player.pixels import Manner
from player.playhead import Clock, MonotonicClock, Playhead
from player.presenter import Motion, TilePresenter
from player.protocol import Regime, SourceForm
from player.seeking import Goal, Seeking
from player.sources import SourceShelf
from player.tracks import FindIndex, FrameSpot, Track
from player.turns import in_turn
from sync.timeline import Timeline


@dataclass(frozen=True, slots=True)
class TileRequest:
    """One visible tile: its camera, and the room for its picture in device pixels."""

    camera_id: str
    width: int
    height: int
    manner: Manner = Manner()  # noqa: RUF009 - frozen


class Engine:
    """Plays every visible camera together."""

    def __init__(
        self, *, clock: Clock | None = None, pool: DecoderPool | None = None, limits: PlayerLimits | None = None
    ) -> None:
        self._limits = limits or PlayerLimits()
        self._clock = clock or MonotonicClock()
        self._pool = pool or DecoderPool(spares=self._limits.spares)
        self._shelf = SourceShelf()
        self._head = Playhead(self._clock)
        self._pace = Pace(self._head, PLAY_PATIENCE_NS if limits is None else limits.patience_ns or PLAY_PATIENCE_NS)
        self._bounds: IncidentRange | None = None
        self._whole = self._head.span
        self._tracks: dict[str, Track] = {}
        self._tiles: list[TilePresenter] = []
        self._pictures: tuple[TilePicture, ...] = ()
        self._seeking = Seeking(self._limits.patience_ns)
        self._focus: str | None = None
        self._is_stepping_back = False
        self._leaps = 0
        self._playing = Motion(Regime.PLAYING)
        self._playing_how: tuple[object, ...] = ()
        self._pool.warm_up()

    # What is played

    def load(self, timeline: Timeline, find_index: FindIndex) -> None:
        """Play this timeline from now on; the playhead stays where it is if that lies in it.

        Args:
            timeline: every camera on the common clock.
            find_index: gives the frame table of a recording by its id; asked when it is first needed.
        """
        self._tracks = {camera.camera.id: Track(camera, find_index) for camera in timeline.cameras}
        self._whole = timeline.span or IncidentRange(IncidentTime(0), IncidentTime(0))
        span = self._head.span = self._bounds or self._whole
        if not span.contains(self._head.position):
            self._head.move_to(span.start)
        for tile in self._tiles:
            track = self._tracks.get(tile.feed.camera_id)
            if track is None:
                tile.feed.close()
            else:
                tile.set_track(track)
        self._tiles = [tile for tile in self._tiles if tile.feed.camera_id in self._tracks]
        self._begin_seek(self._head.position, Regime.RESTING)

    def set_bounds(self, bounds: IncidentRange | None) -> None:
        """Go nowhere outside of this range, and stop at its end; None for all that was recorded. Seek after it."""
        self._bounds = bounds
        self._head.span = bounds or self._whole

    def set_tiles(self, requests: Sequence[TileRequest]) -> None:
        """Show these cameras at these sizes, in this order; cameras that are not there are left out."""
        now = self._clock.now_ns()
        old = {tile.feed.camera_id: tile for tile in self._tiles}
        tiles: list[TilePresenter] = []
        threads = self._limits.threads_for(len(requests))
        for request in requests:
            track = self._tracks.get(request.camera_id)
            if track is None:
                continue
            tile = old.pop(request.camera_id, None)
            if tile is None:
                tile = TilePresenter(CameraFeed(track, self._pool, self._shelf, self._limits.ring))
            tile.feed.set_box(request.width, request.height, now, threads, request.manner)
            tile.plan_again()
            tiles.append(tile)
        for gone in old.values():
            gone.feed.close()
        self._tiles = tiles

    def set_proxies(self, proxies: Mapping[str, Path]) -> None:
        """Scrub with these proxies, by the ids of their recordings; the picture at rest is the original's."""
        self._shelf.set_proxies(proxies)
        for tile in self._tiles:
            tile.plan_again()

    def set_played_by_vlc(self, recording_ids: frozenset[str]) -> None:
        """Play these recordings with libVLC, approximately, although FFmpeg can; all others as they are best played."""
        self._shelf.set_played_by_vlc(recording_ids)
        for tile in self._tiles:
            tile.try_again()

    def take_bad_proxies(self) -> frozenset[str]:
        """Return the recordings whose proxies turned out to be gone or damaged since this was asked last."""
        return self._shelf.take_bad_proxies()

    def is_exact(self, spot: FrameSpot) -> bool:
        """Whether a spot is a frame, rather than a moment of what libVLC plays."""
        return self._shelf.form_of(spot.place) is not SourceForm.VLC

    def set_focus(self, camera_id: str | None) -> None:
        """Step by the frames of this camera; None for the first visible one."""
        self._focus = camera_id

    def track(self, camera_id: str) -> Track | None:
        """Return a camera's frames on the common clock, or None where there is no such camera."""
        return self._tracks.get(camera_id)

    # How it is played

    @property
    def position(self) -> IncidentTime:
        """The instant on screen."""
        return self._head.position

    @property
    def target(self) -> IncidentTime:
        """The instant that was asked for: the position, unless a seek is on its way."""
        target = self._seeking.target
        return self._head.position if target is None else target

    @property
    def span(self) -> IncidentRange:
        """From the first frame to the end of the last."""
        return self._head.span

    @property
    def is_playing(self) -> bool:
        """Whether the playhead moves by itself."""
        return self._head.is_playing

    @property
    def rate(self) -> Fraction:
        """The speed that was asked for, negative when backwards."""
        return self._head.rate

    @property
    def loop(self) -> IncidentRange | None:
        """The range that is played again and again, or None."""
        return self._head.loop

    @property
    def true_speed(self) -> float | None:
        """The speed over the last second, for display; None while it stands or has just begun."""
        return self._pace.true_speed if self._head.is_playing else None

    @property
    def is_waiting(self) -> bool:
        """Whether the playhead stands for a moment although it plays: a seek is on its way, or a picture is late."""
        return self._seeking.goal is not None or self._pace.is_held_up

    @property
    def leaps(self) -> int:
        """How often the playhead has gone on from another place: after a seek, or at the turn of a loop."""
        return self._leaps

    @property
    def is_slowed(self) -> bool:
        """Whether the machine, not the user, makes it slower than asked."""
        speed = self.true_speed
        return speed is not None and abs(speed) < 0.95 * abs(float(self._head.rate))

    @property
    def is_busy(self) -> bool:
        """Whether pumping at the screen's rate matters: it plays, seeks, or pictures are on their way."""
        is_moving = self._head.is_playing or self._seeking.goal is not None or self._seeking.has_hand
        return is_moving or self.is_owed

    @property
    def is_owed(self) -> bool:
        """Whether pictures that were asked for have not come yet."""
        return any(tile.feed.is_owed for tile in self._tiles)

    def play(self) -> None:
        """Play from where it stands."""
        before = self._head.position
        self._head.play()
        self._pace.restart()
        for tile in self._tiles:
            tile.try_again()
        ease_by_load(self._tiles, self._head, self._limits.cores)
        if self._head.position != before:
            self._begin_seek(self._head.position, Regime.PLAYING)

    def pause(self) -> None:
        """Stand on the instant that is shown."""
        self._head.pause()
        self._pace.restart()
        trust_originals(self._tiles)

    def set_rate(self, rate: Fraction) -> None:
        """Play at this speed: 1/8 to 16, negative for backwards.

        Raises:
            ValueError: the speed lies outside of that.
        """
        self._head.set_rate(rate)
        self._pace.restart()
        trust_originals(self._tiles)
        if self._head.is_playing:
            ease_by_load(self._tiles, self._head, self._limits.cores)

    def set_loop(self, loop: IncidentRange | None) -> None:
        """Play this range again and again; None to go on at its end."""
        self._head.loop = loop

    def set_clock(self, clock: Clock | None) -> None:
        """Let another clock move the playhead; None for the machine's own."""
        self._head.set_clock(clock or self._clock)

    def seek(self, instant: IncidentTime) -> None:
        """Go to an instant; all cameras change together."""
        self._seeking.forget_hand()
        self._is_stepping_back = False
        for tile in self._tiles:
            tile.try_again()
        self._begin_seek(self._head.clamp(instant), Regime.PLAYING if self.is_playing else Regime.RESTING)

    def scrub(self, instant: IncidentTime) -> None:
        """Follow a hand that moves: the newest instant wins, those in between may be left out."""
        if self._seeking.follow_hand(self._head.clamp(instant), self._clock.now_ns()):
            self._wait_anew()

    def end_scrub(self) -> None:
        """The hand let go: come to rest on the last instant asked for."""
        self.seek(self.target)

    def step(self, frames: int, camera_id: str | None = None) -> bool:
        """Go that many frames of one camera forwards or back, exactly onto the frame's start.

        Args:
            frames: how many; negative for back.
            camera_id: whose frames; None for the focus camera.

        Returns:
            False where there is no frame further on.
        """
        track = self._stepping_track(camera_id)
        if track is None or frames == 0:
            return False
        self.pause()
        instant = self.target
        moved = False
        for _ in range(abs(frames)):
            spot = track.next_spot(instant) if frames > 0 else track.previous_spot(instant)
            if spot is None:
                break
            instant, moved = spot.start, True
        if moved:
            self.seek(instant)
            self._is_stepping_back = frames < 0
        return moved

    # At every refresh

    def pump(self) -> bool:
        """Take in frames, move the playhead, choose pictures. Return whether something is to be painted anew."""
        now = self._clock.now_ns()
        for tile in self._tiles:
            if tile.feed.drain(now):
                tile.plan_again()
        if self._seeking.comes_to_rest(now):  # fill in the surroundings
            for tile in self._tiles:
                tile.plan_again()
        if self._seeking.goal is not None:
            self._carry_on_seek(self._seeking.goal, now)
        elif self._head.is_playing:
            self._advance(now)
        self._plan(now)
        pictures = tuple(tile.present(self._head.position) for tile in self._tiles)
        is_changed = pictures != self._pictures
        self._pictures = pictures
        self._pool.warm_up()
        return is_changed

    def pictures(self) -> tuple[TilePicture, ...]:
        """Return what every tile shows, in the order of the tiles; valid until the next pump."""
        return self._pictures

    def close(self) -> None:
        """End all decoders and let all memory go."""
        for tile in self._tiles:
            tile.feed.close()
        self._tiles = []
        self._pictures = ()
        self._shelf.close()
        self._pool.close()

    # Inside

    def _begin_seek(self, instant: IncidentTime, regime: Regime) -> None:
        self._seeking.begin(instant, regime, self._clock.now_ns())
        self._wait_anew()

    def _wait_anew(self) -> None:
        for tile in self._tiles:
            tile.late_since_ns = None

    def _carry_on_seek(self, goal: Goal, now: int) -> None:
        """Show the instant sought once every tile is ready for it, or patience has run out."""
        self._plan(now)
        is_ready = all(tile.is_ready(goal.instant) for tile in self._tiles)
        if not is_ready and now < goal.until_ns:
            return
        self._leaps += goal.instant != self._head.position
        self._head.move_to(goal.instant)
        self._pace.restart()
        self._seeking.arrive(self._clock.now_ns())
        if self._seeking.goal is not None:
            self._wait_anew()

    def _advance(self, now: int) -> None:
        """Move on as far as time has gone by and every camera can follow."""
        proposed = self._head.proposed()
        restart = self._head.loop_start(proposed)
        if restart is not None:
            if all(tile.is_ready(restart) for tile in self._tiles):
                self._leaps += 1
                self._pace.leap(restart)
            else:
                self._begin_seek(restart, Regime.PLAYING)
            return
        self._pace.advance(self._tiles, proposed, now)
        ease_late_tiles(self._tiles, self._head, now, is_slowed=self.is_slowed)
        if self._head.is_at_end(self._head.position):
            self.pause()

    def _plan(self, now: int) -> None:
        goal = self._seeking.goal
        instant = self._head.position if goal is None else goal.instant
        motion = self._motion(instant)
        waiting = in_turn(self._tiles, self._limits.cores, instant, motion, self._focus)
        for tile in self._tiles:
            tile.plan(instant, motion, now, waits_its_turn=tile in waiting)

    def _motion(self, instant: IncidentTime) -> Motion:
        if self._seeking.is_scrubbing or (self._seeking.has_hand and not self._head.is_playing):
            return Motion(Regime.SCRUBBING)
        if self._head.is_playing:
            stride_ns = self._pace.stride_ns
            last = self._head.end_of_play if stride_ns else None
            how = (self._head.rate, stride_ns, last, self._head.loop)
            if how != self._playing_how:
                self._playing_how = how
                backwards, rate = self._head.is_backwards, abs(self._head.rate)
                self._playing = Motion(Regime.PLAYING, backwards, stride_ns, last, self._head.loop, rate)
            return self._playing
        is_hurried = not all(tile.has_original(instant) for tile in self._tiles)
        return Motion(Regime.RESTING, self._is_stepping_back, is_hurried=is_hurried)

    def _stepping_track(self, camera_id: str | None) -> Track | None:
        wanted = camera_id or self._focus
        if wanted is not None and wanted in self._tracks:
            return self._tracks[wanted]
        return self._tiles[0].feed.track if self._tiles else None
