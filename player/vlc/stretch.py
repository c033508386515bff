"""The pictures of one unbroken run of VLC, and which of them shows at a moment.

VLC shows the first picture after a start out of turn, and pictures that come too late in a burst; when those were due
is not known, so they answer for nothing. What it shows twice (it draws a picture anew where no other comes) is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from player.vlc.clock import Guess, MediaClock
from player.vlc.library import ShownPicture, VlcPlayer

_AFTER_END_NS = 1_000_000_000
"""How long the last picture may stand in for what VLC counts to the recording and shows no picture of."""

_SHAKEN_NS = 1_000_000_000
_BURST_PICTURES = 3
_HORIZON_NS = 1_500_000_000
_REACH_NS = 4_000_000_000
"""How long a run that was begun for a moment is given to come to it."""


class Prospect(Enum):
    """What can be hoped for of a run, about a moment that it has not shown yet."""

    COMING = "coming"
    MISSED = "missed"
    """The run was begun for it and did not show it in its own time."""

    ELSEWHERE = "elsewhere"
    """It lies too far from where the run is."""

    NEVER = "never"
    """It lies behind the recording's last picture."""


@dataclass
class Kept:
    """A picture that is kept.

    Attributes:
        shown: the picture.
        is_steady: whether the next one came in its own time; None until it came.
        guess: what moment it shows, once VLC's own word of its time was there.
    """

    shown: ShownPicture
    is_steady: bool | None = None
    guess: Guess | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The picture for a moment, and when it was.

    Attributes:
        shown: the picture; its buffer stays the stretch's.
        media_ns: counted from the recording's first picture.
        within_ns: by how much that may be wrong.
        is_rough: VLC has not told its time yet.
    """

    shown: ShownPicture
    media_ns: int
    within_ns: int
    is_rough: bool


class Stretch:
    """Pictures in the order in which VLC showed them. Used by one thread.

    Attributes:
        clock: tells what moment was on screen when.
        target_ns: the media time that was asked for.
        is_over: VLC came to the end of the recording; its last picture answers for what is left.
    """

    def __init__(self, player: VlcPlayer, clock: MediaClock, target_ns: int, picture_ns: int) -> None:
        """Begin a run.

        Args:
            player: whose pictures they are.
            clock: of this run.
            target_ns: what was asked for; at 0, the recording's start, the first picture is known for what it is.
            picture_ns: the usual distance of two pictures.
        """
        self.clock = clock
        self.target_ns = target_ns
        self.is_over = False
        self._player = player
        self._picture_ns = picture_ns
        self._kept: list[Kept] = []
        self._is_first = True
        self._is_anchored = False
        self._burst_ns: int | None = None
        self._last: NDArray[np.uint8] | None = None

    @property
    def first_ns(self) -> int | None:
        """The first moment that the kept pictures can answer for, or None."""
        guesses = [guess for kept in self._kept if kept.is_steady and (guess := self._guess(kept)) is not None]
        return guesses[0].media_ns if guesses else None

    @property
    def last_ns(self) -> int | None:
        """The moment of the newest picture, or None."""
        guess = self._guess(self._kept[-1]) if self._kept else None
        return None if guess is None else guess.media_ns

    @property
    def is_confirmed(self) -> bool:
        """Whether the newest picture's moment rests on VLC's own word of its time."""
        guess = self._guess(self._kept[-1]) if self._kept else None
        return guess is not None and not guess.is_rough

    @property
    def steady(self) -> list[tuple[int, int]]:
        """How many pictures came before each steady one, and when it was shown, by the machine's clock."""
        return [(order, kept.shown.at_ns) for order, kept in enumerate(self._kept) if kept.is_steady]

    @property
    def count(self) -> int:
        """How many pictures are kept."""
        return len(self._kept)

    def add(self, shown: ShownPicture) -> None:
        """Take the next picture."""
        pixels = self._player.pixels(shown)
        if self._last is not None and np.array_equal(self._last, pixels):
            self._player.release(shown)
            return
        if self._kept:
            self._settle(self._kept[-1], shown.at_ns)
        self._kept.append(Kept(shown))
        self._last = pixels
        while len(self._kept) > self._player.buffers - 6:
            self._player.release(self._kept.pop(0).shown)

    def freeze(self) -> None:
        """Name the pictures by the clock as it is, before it is replaced."""
        for kept in self._kept:
            guess = self._guess(kept)
            if guess is not None and not guess.is_rough:
                kept.guess = guess

    def find(self, moment_ns: int, *, is_lenient: bool, is_last_try: bool = False) -> Answer | None:
        """Return the picture that shows at a moment, or None where it is not there or not known yet.

        Args:
            moment_ns: counted from the recording's first picture.
            is_lenient: take the last picture whose time is known also where later ones came in a burst and may be
                the ones of the moment; the answer's uncertainty says so.
            is_last_try: take the picture that came next, where none came in time; again the uncertainty says so.
        """
        reach = moment_ns + self._picture_ns // 4
        for place, kept in enumerate(self._kept):
            guess = self._guess(kept)
            if not kept.is_steady or guess is None or guess.media_ns > reach:
                continue
            after = self._kept[place + 1] if place + 1 < len(self._kept) else None
            following = None if after is None else self._guess(after)
            is_last = following is None and self.is_over and moment_ns - guess.media_ns < _AFTER_END_NS
            if is_last or (following is not None and following.media_ns > reach):
                overdue = max(0, moment_ns - guess.media_ns - self._picture_ns)
                if overdue * 2 > self._picture_ns and not is_lenient and after is not None and after.is_steady is False:
                    return None
                within = guess.within_ns + self._picture_ns + (0 if is_last else overdue) + self._doubt_ns
                return Answer(kept.shown, guess.media_ns, within, guess.is_rough)
        return self._next_one(reach) if is_last_try else None

    @property
    def _doubt_ns(self) -> int:
        """What to add to every uncertainty for a while after a burst: VLC was held up, and may set its clock anew."""
        is_shaken = self._burst_ns is not None and self._kept[-1].shown.at_ns - self._burst_ns < _SHAKEN_NS
        return _BURST_PICTURES * self._picture_ns if is_shaken else 0

    def _next_one(self, reach_ns: int) -> Answer | None:
        for kept in self._kept:
            guess = self._guess(kept)
            if kept.is_steady and guess is not None and not guess.is_rough and guess.media_ns > reach_ns:
                early_ns = guess.media_ns - reach_ns
                within_ns = guess.within_ns + self._picture_ns + early_ns
                return (
                    None if early_ns > _AFTER_END_NS else Answer(kept.shown, guess.media_ns, within_ns, is_rough=False)
                )
        return None

    def prospect(self, moment_ns: int) -> Prospect:
        """Tell whether running on brings the picture of a moment that is not there."""
        first, last = self.first_ns, self.last_ns
        since_ns = moment_ns - self.target_ns
        missed = Prospect.MISSED if 0 <= since_ns < _REACH_NS else Prospect.ELSEWHERE
        if self.is_over:
            return missed if last is None or moment_ns < last else Prospect.NEVER
        if first is None or last is None or not self.is_confirmed:  # it has just begun
            return Prospect.COMING if -self._picture_ns <= since_ns < _REACH_NS else Prospect.ELSEWHERE
        was_passed = moment_ns < first - self._picture_ns // 4 or moment_ns < last - 2 * self._picture_ns
        if was_passed or moment_ns - last >= _REACH_NS:
            return missed
        is_near = moment_ns - last < _HORIZON_NS
        return Prospect.COMING if is_near or missed is Prospect.MISSED else Prospect.ELSEWHERE

    def end(self) -> None:
        """VLC came to the recording's end: nothing follows the last picture."""
        self.is_over = True
        if self._kept and self._kept[-1].is_steady is None and len(self._kept) > 1:
            self._kept[-1].is_steady = True

    def release(self) -> None:
        """Give all buffers back."""
        for kept in self._kept:
            self._player.release(kept.shown)
        self._kept.clear()

    def _settle(self, kept: Kept, next_ns: int) -> None:
        """Judge a picture by when the next one came, and go by the first steady one until VLC tells its time."""
        gap_ns = (next_ns - kept.shown.at_ns) * self.clock.rate.numerator // self.clock.rate.denominator
        kept.is_steady = gap_ns * 2 >= self._picture_ns and not self._is_first
        if self._is_first:
            self._is_first = False
            if self.target_ns == 0:
                kept.is_steady, kept.guess = True, Guess(0, 0, is_rough=False)
            return
        if not kept.is_steady and self._is_anchored:
            self._burst_ns = next_ns
        if kept.is_steady and not self._is_anchored:
            self._is_anchored = True
            self.clock.anchor(kept.shown.at_ns, self.target_ns)

    def _guess(self, kept: Kept) -> Guess | None:
        return kept.guess or self.clock.guess(kept.shown.at_ns)
