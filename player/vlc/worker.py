"""Decides what libVLC does next, and answers wanted moments with the pictures that it shows.

Where moments follow one another forwards, VLC runs freely, at the playhead's speed, trimmed so that it stays a little
ahead. Else it begins at what is wanted, runs through it, and is held. Backwards it runs forwards in short pieces.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from evidence.errors import SightlineError
from evidence.frame_index import FrameIndex
from player.protocol import (
    Attached,
    Estimate,
    Failed,
    FrameMissing,
    FrameReady,
    FromDecoder,
    Late,
    Regime,
    Source,
    Spec,
    Want,
)
from player.ring import Ring, RingGoneError
from player.vlc.deck import Deck
from player.vlc.library import Library
from player.vlc.stretch import Answer, Prospect

_LATE_EVERY_NS = 100_000_000
_SILENCE_NS = 3_000_000_000
_PIECE_NS = 1_000_000_000
_BEFORE_END_NS = 700_000_000
_FASTEST = Fraction(4)
_TRIES = 4
_TRIM = Fraction(1, 20)
_LOW = 0.4
_RUN_ON_PICTURES = 6
_IDLE_S, _BUSY_S = 0.05, 0.003

Key = tuple[int, int]


class VlcWorker:
    """A decoder's state and its next step. Used by one thread, in the decoder process or in a test."""

    def __init__(self, send: Callable[[FromDecoder], None], library: Library | str) -> None:
        """Make a decoder.

        Args:
            send: tells the window.
            library: libVLC, or why it cannot be used, in words for people.
        """
        self._send = send
        self._library = library
        self._decks: dict[int, Deck] = {}
        self._deck: Deck | None = None
        self._ring: Ring | None = None
        self._spec: Spec | None = None
        self._free: list[int] = []
        self._handed_over: dict[Key, int] = {}
        self._rough: set[Key] = set()
        self._tries: dict[Key, int] = {}
        self._want = Want(0, Regime.RESTING, (), -1)
        self._owed: list[Key] = []
        self._last_word_ns = 0

    def open(self, source: Source, index: FrameIndex) -> None:
        """Make a source known, or known again after it failed."""
        old = self._decks.pop(source.key, None)
        if old is not None:
            old.shut()
        if old is self._deck:
            self._deck = None
        self._decks[source.key] = Deck(source, index)

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
        if self._spec is not None and (spec.box_width, spec.box_height) != (
            self._spec.box_width,
            self._spec.box_height,
        ):
            for deck in self._decks.values():
                deck.shut()
        self._spec = spec
        self._free = list(range(self._ring.slots))
        self._handed_over.clear()
        self._rough.clear()
        self._send(Attached(spec.ring, self._ring.slots))

    def set_want(self, want: Want) -> None:
        """Owe these moments, and nothing else, from now on."""
        self._want = want
        if self._ring is not None and want.ring == self._ring.number:
            back = set(want.recycled)
            self._handed_over = {key: slot for key, slot in self._handed_over.items() if slot not in back}
            self._rough &= set(self._handed_over)
            self._free.extend(want.recycled)
        self._owed = [(run.source, frame) for run in want.runs for frame in run.frames]
        self._tries = {key: count for key, count in self._tries.items() if key in set(self._owed)}
        self._last_word_ns = time.monotonic_ns()

    def work(self) -> float:
        """Do what can be done now, and return for how long, in seconds, a message may be waited for."""
        if self._ring is None or self._spec is None:
            return _IDLE_S
        self._skip_what_needs_nothing()
        deck = self._decks.get(self._owed[0][0]) if self._owed else self._deck
        if deck is None:
            return _IDLE_S
        if deck is not self._deck:
            if self._deck is not None:
                self._deck.shut()
            self._deck = deck
        if isinstance(self._library, str):
            deck.failure = self._library
        if not deck.failure and not isinstance(self._library, str):
            deck.open(self._library, (self._spec.box_width, self._spec.box_height))
            deck.absorb()
        if deck.failure:
            self._fail(deck)
            return _IDLE_S
        self._deliver(deck)
        self._steer(deck)
        self._say_late(deck)
        return _BUSY_S if self._owed or not deck.is_held else _IDLE_S

    def close(self) -> None:
        """Let go of VLC and of the ring."""
        for deck in self._decks.values():
            deck.shut()
        if self._ring is not None:
            self._ring.close()

    def _skip_what_needs_nothing(self) -> None:
        """Take off the list what is there, what never will be, and what a failed recording owes."""
        while self._owed:
            source, moment = key = self._owed[0]
            deck = self._decks.get(source)
            is_there = key in self._handed_over and not self._is_wanted_better(key)
            if deck is None or is_there:
                del self._owed[0]
            elif deck.failure:
                self._fail(deck)
            elif not 0 <= moment < len(deck.index) or self._tries.get(key, 0) >= _TRIES:
                del self._owed[0]
                self._say(FrameMissing(self._want.generation, source, moment, _missing_words(deck, moment)))
            else:
                return

    def _is_wanted_better(self, key: Key) -> bool:
        return key in self._rough and self._want.regime is Regime.RESTING

    def _deliver(self, deck: Deck) -> None:
        """Hand over every picture that is owed and there, in the order in which they are wanted."""
        left: list[Key] = []
        for place, key in enumerate(self._owed):
            answer = None
            if key[0] == deck.source.key and self._free and 0 <= key[1] < len(deck.starts_ns):
                is_last_try = self._tries.get(key, 0) >= _TRIES - 1
                is_lenient = is_last_try or self._want.regime is Regime.PLAYING
                answer = deck.find(int(deck.starts_ns[key[1]]), is_lenient=is_lenient, is_last_try=is_last_try)
            if answer is None or (answer.is_rough and not self._takes_rough(key, place)):
                left.append(key)
                continue
            self._hand_over(deck, key, answer)
            if answer.is_rough and self._want.regime is Regime.RESTING:
                left.append(key)
        self._owed = left

    def _takes_rough(self, key: Key, place: int) -> bool:
        """Tell whether a picture whose moment is only roughly known is better than none: where it is wanted at once."""
        return place == 0 and key not in self._rough and self._is_quick()

    def _is_quick(self) -> bool:
        """Whether single moments far apart are wanted, for which there is no time to go back and run on."""
        return self._want.regime is not Regime.PLAYING or self._is_sparse()

    def _is_sparse(self) -> bool:
        if len(self._owed) < 2 or self._owed[0][0] != self._owed[1][0]:
            return False
        deck = self._decks[self._owed[0][0]]
        first, second = (int(deck.starts_ns[min(frame, len(deck.starts_ns) - 1)]) for _, frame in self._owed[:2])
        return abs(second - first) > 8 * deck.picture_ns

    def _hand_over(self, deck: Deck, key: Key, answer: Answer) -> None:
        assert self._ring is not None
        pixels = deck.pixels(answer)
        height, width = pixels.shape[:2]
        slot = self._free.pop()
        target = self._ring.picture(slot, width, height)
        np.copyto(target, pixels)
        target[:, :, 3] = 255  # VLC leaves anything in the fourth byte, which painters take for how opaque it is
        self._handed_over[key] = slot
        (self._rough.add if answer.is_rough else self._rough.discard)(key)
        first_ns = int(deck.index.start_ns[0])
        estimate = Estimate(first_ns + answer.media_ns, answer.within_ns, answer.is_rough)
        self._say(
            FrameReady(
                generation=self._want.generation,
                ring=self._ring.number,
                slot=slot,
                source=key[0],
                frame=key[1],
                pts=int(deck.index.pts[key[1]]),
                width=width,
                height=height,
                estimate=estimate,
            )
        )

    def _steer(self, deck: Deck) -> None:
        """Have VLC run on, begin anew, stand still, or go a little faster or slower."""
        stretch = deck.stretch
        if stretch is None or not deck.is_ready:
            return
        self._skip_what_needs_nothing()
        if not self._owed or not self._free:
            if self._has_run_far_enough(deck):
                deck.hold()
            return
        if self._owed[0][0] != deck.source.key:
            return
        key = self._owed[0]
        moment_ns = int(deck.starts_ns[key[1]])
        if self._can_run_on(deck, key, moment_ns):
            if not deck.go_on():
                self._run(deck)
            elif self._want.regime is Regime.PLAYING and self._want.rate == 1:
                deck.set_rate(self._trimmed_rate())
        else:
            self._run(deck)

    def _can_run_on(self, deck: Deck, key: Key, moment_ns: int) -> bool:
        """Tell whether VLC comes to a moment soon by running on from where it is; count it where it was missed."""
        stretch = deck.stretch
        assert stretch is not None
        if deck.base_rate != self._base_rate():
            return False
        prospect = stretch.prospect(moment_ns)
        if prospect is Prospect.NEVER:
            self._tries[key] = _TRIES
        elif prospect is Prospect.MISSED:
            self._tries[key] = self._tries.get(key, 0) + 1
            first_ns = stretch.first_ns
            if first_ns is not None and first_ns > moment_ns:
                deck.go_further_back(first_ns - moment_ns)
        return prospect in {Prospect.COMING, Prospect.NEVER}

    def _run(self, deck: Deck) -> None:
        """Begin at the first moment that is owed, or where earlier ones follow it, at the earliest of a short piece."""
        first = int(deck.starts_ns[self._owed[0][1]])
        begin = first
        for source, frame in self._owed[1 : len(self._free)]:
            moment = int(deck.starts_ns[min(frame, len(deck.starts_ns) - 1)])
            if source != deck.source.key or not first - _PIECE_NS <= moment < begin:
                break
            begin = moment
        is_quick = self._want.regime is Regime.SCRUBBING or self._is_sparse()
        if not is_quick:  # so near to the end that VLC would not tell its time any more
            begin = max(0, min(begin, int(deck.starts_ns[-1]) - _BEFORE_END_NS))
        deck.run(begin, self._base_rate(), is_quick=is_quick)

    def _has_run_far_enough(self, deck: Deck) -> bool:
        """Tell whether VLC may stand still: while it plays, only once it is well ahead of what was handed over."""
        if self._want.regime is not Regime.PLAYING:
            return True
        last = None if deck.stretch is None else deck.stretch.last_ns
        handed = [frame for source, frame in self._handed_over if source == deck.source.key]
        if last is None or not handed:
            return False
        newest = int(deck.starts_ns[max(handed)])
        return last - newest > _RUN_ON_PICTURES * deck.picture_ns

    def _trimmed_rate(self) -> Fraction:
        """Return VLC's own speed, or a little more where few pictures lie ahead of the playhead."""
        assert self._ring is not None
        return 1 + _TRIM if len(self._handed_over) < _LOW * self._ring.slots else Fraction(1)

    def _base_rate(self) -> Fraction:
        """Return the speed at which VLC is to run for what is wanted now."""
        is_forwards = self._want.regime is Regime.PLAYING and not self._want.is_backwards
        return max(Fraction(1), min(_FASTEST, self._want.rate)) if is_forwards else Fraction(1)

    def _fail(self, deck: Deck) -> None:
        key = deck.source.key
        if any(source == key for source, _ in self._owed):
            self._owed = [owed for owed in self._owed if owed[0] != key]
            self._say(Failed(key, deck.failure))
        deck.shut()

    def _say(self, message: FromDecoder) -> None:
        self._last_word_ns = time.monotonic_ns()
        self._send(message)

    def _say_late(self, deck: Deck) -> None:
        """Give a sign of life during long work, as long as VLC gives any itself."""
        now = time.monotonic_ns()
        if self._owed and now - self._last_word_ns > _LATE_EVERY_NS and now - deck.sign_ns < _SILENCE_NS:
            self._say(Late(self._want.generation))


def _missing_words(deck: Deck, moment: int) -> str:
    return (
        f"VLC shows no picture for moment {moment:,} of {deck.source.display_name}. The file may be damaged there, or "
        "end earlier than VLC says. Verify the case, then fetch the recording again."
    )
