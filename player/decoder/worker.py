"""Decides what a decoder process does next: deliver what is owed, in order, from what is kept or by reading on.

It works in small steps (one packet, or one picture), so that the process hears of a newer request within moments.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import av

from evidence.errors import SightlineError
from evidence.frame_index import FrameIndex
from player.decoder.convert import Converter, Finished
from player.decoder.picture_store import PictureStore, frame_bytes
from player.decoder.proxy_reader import ProxyReader
from player.decoder.reader import FrameReader
from player.pixels import Manner
from player.protocol import (
    Attached,
    Failed,
    FrameMissing,
    FrameReady,
    FromDecoder,
    Late,
    Regime,
    Source,
    SourceForm,
    Spec,
    Want,
)
from player.ring import Ring, RingGoneError

_KEPT_BYTES = 56 << 20
_KEPT_BYTES_FORWARDS = 4 << 20
"""Little: what is kept longer is no longer in the processor's cache when its memory is used again."""

_OPEN_READERS = 3
_LATE_EVERY_NS = 100_000_000
_LOST_AFTER_FRAMES = 4
_KEPT_BEFORE = 3
"""What is wanted at rest is shown with what lies just before it."""


@dataclass
class _Deck:
    """One source with what is open and kept of it."""

    source: Source
    index: FrameIndex
    reader: FrameReader | ProxyReader | None = None
    converter: Converter | None = None
    store: PictureStore | None = None
    target: int | None = None
    keep_from: int = 0
    kept_bytes: int = 0
    used: int = 0
    has_failed: bool = False


class Worker:
    """A decoder's state and its next step. Used by one thread, in the decoder process or in a test."""

    def __init__(self, send: Callable[[FromDecoder], None]) -> None:
        self._send = send
        self._decks: dict[int, _Deck] = {}
        self._ring: Ring | None = None
        self._spec: Spec | None = None
        self._free: list[int] = []
        self._handed_over: dict[tuple[int, int], int] = {}
        self._lost: set[tuple[int, int]] = set()
        self._want = Want(0, Regime.RESTING, (), -1)
        self._owed: list[tuple[int, int]] = []
        self._last_word_ns = 0
        self._work_ns = 0
        self._steps = 0

    def open(self, source: Source, index: FrameIndex) -> None:
        """Make a source known, or known again after it failed."""
        old = self._decks.pop(source.key, None)
        if old is not None:
            _shut(old)
        self._lost = {key for key in self._lost if key[0] != source.key}
        self._decks[source.key] = _Deck(source, index)

    def set_spec(self, spec: Spec) -> None:
        """Write into another ring from now on, at another size."""
        if self._ring is not None:
            self._ring.close()
        try:
            self._ring = Ring.attach(spec.ring, spec.name, spec.slots, spec.slot_bytes)
        except RingGoneError:
            self._ring = None
            return
        except SightlineError as error:
            self._ring = None
            self._send(Failed(None, str(error)))
            return
        has_other_threads = self._spec is not None and self._spec.threads != spec.threads
        self._spec = spec
        self._free = list(range(self._ring.slots))
        self._handed_over.clear()
        for deck in self._decks.values():
            if has_other_threads:
                _shut(deck)
            deck.converter = None
            if deck.store is not None:
                deck.store.clear()
            deck.target = None
        self._send(Attached(spec.ring, self._ring.slots))

    def set_want(self, want: Want) -> None:
        """Owe these frames, and nothing else, from now on."""
        previous = self._want.regime
        self._want = want
        if self._ring is not None and want.ring == self._ring.number:
            back = set(want.recycled)
            self._handed_over = {key: slot for key, slot in self._handed_over.items() if slot not in back}
            self._free.extend(want.recycled)
        self._owed = [(run.source, frame) for run in reversed(want.runs) for frame in reversed(run.frames)]
        if want.regime is not previous:
            for deck in self._decks.values():
                deck.target = None
        self._last_word_ns = time.monotonic_ns()

    def work(self) -> bool:
        """Do one small step; return whether there is more to do without another message."""
        key = self._next_key()
        if key is None:
            return self._approach()
        if self._ring is None or not self._free:
            return False
        deck = self._decks[key[0]]
        try:
            self._step(deck, key[1])
        except SightlineError as error:
            deck.has_failed = True
            self._send(Failed(key[0], str(error)))
        self._say_late()
        return True

    def close(self) -> None:
        """Let go of all files and of the ring."""
        for deck in self._decks.values():
            _shut(deck)
        if self._ring is not None:
            self._ring.close()

    def _next_key(self) -> tuple[int, int] | None:
        while self._owed:
            source, frame = self._owed[-1]
            deck = self._decks.get(source)
            if deck is None or deck.has_failed or (source, frame) in self._handed_over:
                self._owed.pop()
            elif (source, frame) in self._lost or not 0 <= frame < len(deck.index):
                self._owed.pop()
                self._tell_missing(deck, frame)
            else:
                return source, frame
        return None

    def _step(self, deck: _Deck, frame: int) -> None:
        store = self._made_ready(deck)
        assert deck.reader is not None
        picture = store.find(frame)
        if picture is not None:
            self._deliver(deck, frame, picture)
            return
        if self._read_on(deck, store, frame):
            self._lost.add((deck.source.key, frame))

    def _approach(self) -> bool:
        """Decode a packet further towards what may be wanted next; return whether there is more to do."""
        key = self._want.approached
        deck = None if key is None else self._decks.get(key[0])
        if key is None or deck is None or deck.has_failed or self._spec is None:
            return False
        if key in self._handed_over or key in self._lost or not 0 <= key[1] < len(deck.index):
            return False
        try:
            store = self._made_ready(deck)
            return key[1] not in store and not self._read_on(deck, store, key[1])
        except SightlineError:
            self._want = replace(self._want, approached=None)  # that is told when it is asked for
            return False

    def _read_on(self, deck: _Deck, store: PictureStore, frame: int) -> bool:
        """Decode one packet towards a frame; return whether it should have come out by now, and did not."""
        assert deck.reader is not None
        if deck.target != frame:
            self._aim(deck, frame)
        for decoded in deck.reader.read():
            if decoded.number >= deck.keep_from:
                kept = self._kept_form(deck, decoded.picture)
                deck.kept_bytes = frame_bytes(kept)
                store.put(decoded.number, kept, frame)
            elif self._want.regime is Regime.SCRUBBING:
                store.put(decoded.number, decoded.picture, frame)  # the hand may go there next
        passed = deck.reader.last_out >= frame + _LOST_AFTER_FRAMES or deck.reader.is_at_end
        return passed and frame not in store

    def _aim(self, deck: _Deck, frame: int) -> None:
        """Point the reader at the next frame, and tell it what else is worth decoding on the way."""
        assert deck.reader is not None
        assert deck.store is not None
        owed = [number for source, number in reversed(self._owed) if source == deck.source.key]
        is_forwards = self._want.regime is Regime.PLAYING and not self._want.is_backwards
        deck.store.budget_bytes = _KEPT_BYTES_FORWARDS if is_forwards else _KEPT_BYTES
        only: frozenset[int] | None = None
        deck.keep_from = frame
        if self._want.is_backwards:  # as far back as there is room: what would have to go again is not kept at all
            room = deck.store.budget_bytes // deck.kept_bytes if deck.kept_bytes else frame + 1
            deck.keep_from = max(0, min(*owed, frame + 1 - room))
        elif self._want.regime is Regime.RESTING:
            deck.keep_from = min(owed)
        elif self._want.approached == (deck.source.key, frame):
            deck.keep_from = max(0, frame - _KEPT_BEFORE)
        elif is_forwards:
            stretch = _ascending(owed)
            only = frozenset(stretch) if stretch[-1] - frame >= 2 * len(stretch) else None
        deck.reader.aim(frame, deck.keep_from, only)
        deck.target = frame

    def _kept_form(self, deck: _Deck, picture: av.VideoFrame) -> av.VideoFrame | Finished:
        """Return a frame as it is worth keeping: scaled where many are kept, or few would fill the memory.

        Scaling takes time, and what is decoded before the wanted frame must not make that wait.
        """
        assert deck.converter is not None
        is_reverse_play = self._want.is_backwards and self._want.regime is Regime.PLAYING
        if not is_reverse_play and frame_bytes(picture) <= _KEPT_BYTES // 16:
            return picture
        width, height = deck.converter.size_of(picture)
        return deck.converter.finish(picture) if frame_bytes(picture) > 8 * width * height else picture

    def _deliver(self, deck: _Deck, frame: int, picture: av.VideoFrame | Finished) -> None:
        assert self._ring is not None
        assert deck.converter is not None
        finished = picture if isinstance(picture, Finished) else deck.converter.finish(picture)
        slot = self._free.pop()
        form = deck.converter.write(finished, self._ring.samples(slot))
        self._handed_over[(deck.source.key, frame)] = slot
        self._owed.pop()
        work_ns = time.process_time_ns()
        spent_ns, self._work_ns = work_ns - self._work_ns, work_ns
        self._say(
            FrameReady(
                generation=self._want.generation,
                ring=self._ring.number,
                slot=slot,
                source=deck.source.key,
                frame=frame,
                pts=int(deck.index.pts[frame]),
                width=finished.width,
                height=finished.height,
                is_damaged=finished.is_damaged,
                work_ns=spent_ns,
                form=form,
            )
        )

    def _made_ready(self, deck: _Deck) -> PictureStore:
        """Open the source if it is not open, and close one that was not used for long."""
        assert self._spec is not None
        self._steps += 1
        deck.used = self._steps
        if deck.reader is None:
            deck.reader = _open_reader(deck, self._spec.threads)
            deck.target = None
            opened = sorted((one for one in self._decks.values() if one.reader is not None), key=lambda one: one.used)
            for oldest in opened[:-_OPEN_READERS]:
                _shut(oldest)
        if deck.converter is None:
            spec, manner = self._spec, Manner(self._spec.layout, self._spec.is_deinterlaced)
            deck.converter = Converter(deck.source, spec.box_width, spec.box_height, manner, spec.slot_bytes)
        if deck.store is None:
            deck.store = PictureStore(_KEPT_BYTES)
        return deck.store

    def _tell_missing(self, deck: _Deck, frame: int) -> None:
        self._say(
            FrameMissing(
                self._want.generation,
                deck.source.key,
                frame,
                f"Frame {frame:,} of {deck.source.display_name} cannot be decoded. The file is damaged there, or has "
                "become shorter since it was added. Verify the case, then fetch the recording again.",
            )
        )

    def _say(self, message: FromDecoder) -> None:
        self._last_word_ns = time.monotonic_ns()
        self._send(message)

    def _say_late(self) -> None:
        """Give a sign of life during long work."""
        if time.monotonic_ns() - self._last_word_ns > _LATE_EVERY_NS:
            self._say(Late(self._want.generation))


def _open_reader(deck: _Deck, threads: int) -> FrameReader | ProxyReader:
    if deck.source.form is SourceForm.PROXY:
        return ProxyReader(deck.source, deck.index)
    return FrameReader(deck.source, deck.index, threads)


def _ascending(frames: Sequence[int]) -> Sequence[int]:
    """Return the frames up to where they first run backwards, as at the turn of a loop."""
    end = next((n for n in range(1, len(frames)) if frames[n] <= frames[n - 1]), len(frames))
    return frames[:end]


def _shut(deck: _Deck) -> None:
    if deck.reader is not None:
        deck.reader.close()
    deck.reader = None
    deck.converter = None
    deck.store = None
    deck.target = None
