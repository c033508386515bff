"""One visible camera: its decoder, its ring, and which of its frames are there.

The feed asks for frames by name and keeps what arrives; it does not know what time it is in the incident. It restarts
a decoder that crashed or hung, and after three failures in a row says why it shows nothing. Everything here runs on
the window's thread and never waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from fractions import Fraction
from statistics import median

from evidence.errors import DecoderError
from player.decoder_link import DecoderPool
from player.held_pictures import HeldPictures
from player.limits import RingLimits
from player.pictures import Picture
from player.pixels import Manner
from player.protocol import (
    Attached,
    Failed,
    FrameMissing,
    FrameReady,
    FromDecoder,
    Late,
    Opened,
    Regime,
    Spec,
    Want,
)
from player.runs import Key, as_runs
from player.slot_room import slot_bytes_for
from player.slow_hand import SlowHand
from player.sources import SourceShelf
from player.tended_decoder import TendedDecoder
from player.tracks import FrameSpot, Track

_WORK_SAMPLES = 32
_FEWEST_SAMPLES = 6


class CameraFeed:
    """Frames of one camera, by name.

    Attributes:
        is_eased: whether proxies are good enough while it plays, since originals do not come in time.
        late_at: the slowest speed at which originals did not come in time, or None where they always did.
    """

    def __init__(self, track: Track, pool: DecoderPool, shelf: SourceShelf, limits: RingLimits) -> None:
        self.track = track
        self._shelf = shelf
        self._decoder = TendedDecoder(pool)
        self._pictures = HeldPictures(limits)
        self._box = (0, 0)
        self._manner = Manner()
        self._missing: dict[Key, str] = {}
        self._failed_sources: dict[int, str] = {}
        self._known: set[int] = set()
        self._expected: list[Key] = []
        self._how: tuple[object, ...] = ()
        self._hand = SlowHand()
        self._generation = 0
        self._broken = ""
        self._work_ns: deque[int] = deque(maxlen=_WORK_SAMPLES)
        self._threads = 1
        self.is_eased = False
        self.late_at: Fraction | None = None

    @property
    def camera_id(self) -> str:
        """Permanent id of the camera."""
        return self.track.camera_id

    @property
    def box(self) -> tuple[int, int]:
        """Room for a picture, width and height in device pixels."""
        return self._box

    @property
    def slots(self) -> int:
        """How many pictures the ring holds; 0 before there is one."""
        return self._pictures.slots

    @property
    def shown(self) -> Picture | None:
        """The picture that stands in the tile, or None before the first."""
        return self._pictures.shown

    @property
    def work_ns(self) -> int:
        """Processor time that one of the originals' frames takes, ns: the median of the last ones; 0 if not known."""
        return int(median(self._work_ns)) if len(self._work_ns) >= _FEWEST_SAMPLES else 0

    @property
    def is_owed(self) -> bool:
        """Whether the decoder still has something to deliver."""
        return bool(self._expected) and not self._broken

    @property
    def is_crowded(self) -> bool:
        """Whether the decoder waits for room that is taken by frames which came when they were no longer wanted.

        They were under way when something else was asked for; the next `want` hands their slots back.
        """
        return bool(self._expected) and self._pictures.is_full

    def set_track(self, track: Track) -> None:
        """Go by another layout of the same camera; frames that are there stay, under their own names."""
        self.track = track
        self._known.clear()
        self._work_ns.clear()
        self.late_at = None
        self.forgive()

    def set_box(
        self,
        width: int,
        height: int,
        now_ns: int,
        threads: int = 1,
        manner: Manner = Manner(),  # noqa: B008 - frozen
    ) -> None:
        """Ask for pictures that fit into this many device pixels from now on; what is shown stays until they come.

        Args:
            width: greatest width in device pixels.
            height: greatest height in device pixels.
            now_ns: the engine's clock.
            threads: how many threads may decode.
            manner: how pictures shall lie in memory.
        """
        if (width, height, threads, manner) != (*self._box, self._threads, self._manner):
            self._box, self._threads, self._manner = (width, height), threads, manner
            self.forgive()
            if self._decoder.is_there:
                self._renew_ring(now_ns)

    def is_settled(self, spot: FrameSpot) -> bool:
        """Tell whether waiting for a frame would change nothing: it is there, or it never will be."""
        return self.has_original(spot) or self._proxy_key(spot) in self._pictures

    def has_original(self, spot: FrameSpot) -> bool:
        """Tell whether the original's own picture of a frame is there, or never will be."""
        key = self._key(spot)
        return key in self._pictures or key in self._missing or self._why_failed(key) != ""

    def find(self, spot: FrameSpot) -> Picture | None:
        """Return the picture of a frame, or None where it is not there."""
        picture = self._pictures.picture(self._key(spot), spot, is_proxy=False)
        if picture is not None:
            return picture
        old = self._pictures.last_of_old_size
        if old is not None and _is_same(old.spot, spot):
            return old
        proxy = self._proxy_key(spot)
        return None if proxy is None else self._pictures.picture(proxy, spot, is_proxy=True)

    def reason_for(self, spot: FrameSpot) -> str:
        """Return why a frame will not come, or "" where it may."""
        key = self._key(spot)
        return self._missing.get(key, "") or self._why_failed(key)

    def show(self, picture: Picture | None) -> None:
        """Keep this picture's slot for as long as it stands in the tile."""
        self._pictures.show(picture)

    def drain(self, now_ns: int) -> bool:
        """Take in what the decoder sent; restart it where it is gone or hangs.

        Returns:
            Whether something else than pictures came, so that what is wanted must be thought over.
        """
        if not self._decoder.is_there or self._broken:
            return False
        arrived = self._decoder.receive(now_ns)
        for message in arrived:
            self._take(message)
        trouble = "" if arrived else self._decoder.find_trouble(now_ns, is_owing=bool(self._expected))
        if trouble:
            self._restart(trouble, now_ns)
            return True
        return any(not isinstance(message, FrameReady | Late) for message in arrived)

    def want(
        self,
        window: Sequence[FrameSpot],
        keep: Iterable[FrameSpot],
        regime: Regime,
        now_ns: int,
        *,
        is_backwards: bool = False,
        rate: Fraction = Fraction(1),
        waits_its_turn: bool = False,
    ) -> None:
        """Ask for these frames in this order, keep those that are there, and hand back the slots of all others.

        A camera that waits its turn asks for no original that has a proxy.
        """
        window = self._of_one_form(window)
        if self._broken or not self._make_ready(now_ns):
            return
        assert self._pictures.ring is not None
        self._introduce(window)
        keys = self._keys_for(window, regime, waits_its_turn=waits_its_turn)
        kept = {*keys, *(self._held_key(spot) for spot in keep)}
        there = self._pictures.keys - (self._pictures.rough if regime is Regime.RESTING else set())
        owed = [key for key in keys if key not in there and key not in self._missing and not self._why_failed(key)]
        recycled = self._pictures.let_go(kept)
        approached = self._hand.follow(None if waits_its_turn else self._scrubbed(window, regime))
        how = (regime, is_backwards, rate, approached)
        is_same = owed == self._expected and how == self._how
        if is_same and not recycled:
            return
        if not self._expected:
            self._decoder.begin_to_wait(now_ns)
        self._generation += 1
        runs, back = as_runs(owed), tuple(recycled)
        message = Want(self._generation, regime, runs, self._pictures.ring.number, back, is_backwards, rate, approached)
        self._expected = owed
        self._how = how
        self._decoder.send(message)

    def forgive(self) -> None:
        """Try again what failed before: the user asks for another place, or for the same once more."""
        if self._failed_sources:
            self._known -= set(self._failed_sources)
            self._failed_sources.clear()
        self._known -= {source for source, _frame in self._missing}  # the decoder forgets what it lost as it opens it
        self._missing.clear()
        if self._broken:
            self._broken = ""
            self._decoder.forgive()

    def close(self) -> None:
        """Let the decoder end and the memory go."""
        self._decoder.let_go()
        self._pictures.close()

    def _key(self, spot: FrameSpot) -> Key:
        return self._shelf.key_of(spot.place), spot.frame

    def _proxy_key(self, spot: FrameSpot) -> Key | None:
        """Return the name of a frame's proxy, or None where there is none, or none that can be shown."""
        source = self._shelf.proxy_key_of(spot.place)
        key = None if source is None else (source, spot.frame)
        return None if key is None or key in self._missing or key[0] in self._failed_sources else key

    def _held_key(self, spot: FrameSpot) -> Key:
        """Return the name under which a frame is there: its own, or its proxy's where only that is."""
        own, proxy = self._key(spot), self._proxy_key(spot)
        return proxy if proxy is not None and proxy in self._pictures and own not in self._pictures else own

    def _keys_for(self, window: Sequence[FrameSpot], regime: Regime, *, waits_its_turn: bool) -> list[Key]:
        """Return what to fetch of frames: proxies while a hand scrubs or originals are too slow, else originals.

        At rest the proxy of the first frame comes before its original. Each other frame takes one slot of the ring.
        """
        is_quick = regime is Regime.SCRUBBING or (regime is Regime.PLAYING and self.is_eased)
        keys: list[Key] = []
        for number, spot in enumerate(window):
            own, proxy = self._key(spot), self._proxy_key(spot)
            if proxy is None or own in self._pictures:
                keys.append(own)
            elif regime is Regime.RESTING:
                keys += [proxy] if number == 0 else []
                keys += [] if waits_its_turn else [own]
            else:
                keys.append(proxy if is_quick or proxy in self._pictures else own)
        return keys

    def _scrubbed(self, window: Sequence[FrameSpot], regime: Regime) -> Key | None:
        """Return the original of the proxy that a hand is on, or None."""
        if regime is not Regime.SCRUBBING or not window or self._proxy_key(window[0]) is None:
            return None
        return self._key(window[0])

    def _why_failed(self, key: Key) -> str:
        return self._broken or self._failed_sources.get(key[0], "")

    def _take(self, message: FromDecoder) -> None:
        match message:
            case FrameReady():
                self._take_frame(message)
            case FrameMissing():
                key = (message.source, message.frame)
                self._missing[key] = message.reason
                self._forget_expected(key)
            case Attached():
                self._pictures.note_attached(message.ring, message.slots)
            case Opened():
                self._shelf.release_block(message.source, self.camera_id)
            case Failed():
                self._take_failure(message)
            case Late():
                pass

    def _take_frame(self, message: FrameReady) -> None:
        ring = self._pictures.ring
        if ring is None or message.ring != ring.number:
            return
        key = (message.source, message.frame)
        self._forget_expected(key)
        if not self._shelf.is_proxy(message.source):
            self._work_ns.append(message.work_ns)
        self._pictures.take(key, message)

    def _take_failure(self, message: Failed) -> None:
        if message.source is None:
            self._broken = message.reason
        else:
            self._failed_sources[message.source] = message.reason
            self._shelf.drop_proxy(message.source)
            self._expected = [key for key in self._expected if key[0] != message.source]

    def _forget_expected(self, key: Key) -> None:
        if self._expected and self._expected[0] == key:
            del self._expected[0]
        elif key in self._expected:
            self._expected.remove(key)

    def _of_one_form(self, window: Sequence[FrameSpot]) -> Sequence[FrameSpot]:
        """Return the frames that one kind of decoder can deliver, the first one's; let go of the other kind."""
        if not window:
            return window
        form = self._shelf.form_of(window[0].place)
        if form is not self._decoder.form and self._decoder.is_there:
            self._decoder.let_go()
            self._shelf.release_blocks_of(self.camera_id)
        self._decoder.form = form
        return [spot for spot in window if self._shelf.form_of(spot.place) is form]

    def _make_ready(self, now_ns: int) -> bool:
        """Have a decoder and a ring; return False where there is no room for one."""
        if min(self._box) <= 0:
            return False
        if not self._decoder.is_there:
            self._decoder.start(now_ns)
            self._known.clear()
            self._renew_ring(now_ns)
        return self._pictures.ring is not None

    def _renew_ring(self, now_ns: int) -> None:
        """Make a ring for the tile's size and tell the decoder; the old one stays while its picture is on screen."""
        self._expected = []
        width, height = self._box
        slot_bytes = slot_bytes_for(self._box, self._manner, self.track.streams)
        try:
            ring = self._pictures.renew(slot_bytes)
        except DecoderError as error:
            self._broken = str(error)
            return
        self._decoder.begin_to_wait(now_ns)
        self._decoder.send(
            Spec(
                ring=ring.number,
                name=ring.name,
                slots=ring.slots,
                slot_bytes=slot_bytes,
                box_width=width,
                box_height=height,
                layout=self._manner.layout,
                threads=self._threads,
                is_deinterlaced=self._manner.is_deinterlaced,
            )
        )

    def _introduce(self, window: Sequence[FrameSpot]) -> None:
        """Tell the decoder of recordings that it does not know yet."""
        for spot in window:
            key, proxy = self._shelf.key_of(spot.place), self._shelf.proxy_key_of(spot.place)
            index = self.track.index_of(spot.place)
            assert index is not None, "a spot lies in a recording with frames"
            if key not in self._known and key not in self._failed_sources:
                self._known.add(key)
                self._decoder.send(self._shelf.introduction(spot.place, index, self.camera_id))
            if proxy is not None and proxy not in self._known and proxy not in self._failed_sources:
                self._known.add(proxy)
                self._decoder.send(self._shelf.proxy_introduction(spot.place, index, self.camera_id))

    def _restart(self, what: str, now_ns: int) -> None:
        self._decoder.fail(now_ns)
        self._shelf.release_blocks_of(self.camera_id)
        if self._decoder.has_given_up:
            wanted = self._expected[0] if self._expected else None
            self._broken = self._shelf.words_for_failure(wanted, what)
        self._expected = []


def _is_same(one: FrameSpot, other: FrameSpot) -> bool:
    return one.frame == other.frame and one.place.recording.id == other.place.recording.id
