"""One recording in libVLC's hands: opened, its clock set by its first picture, run, held, and asked for moments."""

from __future__ import annotations

import os
import time
from fractions import Fraction
from statistics import median

import numpy as np
from numpy.typing import NDArray

from evidence.errors import OriginalError
from evidence.frame_index import FrameIndex
from evidence.originals import open_original
from player.pixels import fitted_size
from player.protocol import Source
from player.pulse import queued_ns
from player.vlc.clock import CHANGE_NS, ECHO_NS, ROUGH_PICTURES, MediaClock
from player.vlc.library import Library, State, VlcPlayer
from player.vlc.stretch import Answer, Stretch

_BEFORE_PICTURES = Fraction(5, 2)
_START_PATIENCE_NS = 6_000_000_000
_LONGEST_START_NS = 30_000_000_000
_UNKNOWN_SPREAD_NS = 300_000_000
_LEAST_SPREAD_NS = 10_000_000
_SAME_NS = 5_000_000
_MOST_LEAD_NS = 3_000_000_000
_ENOUGH_READINGS = 2
_ENOUGH_PICTURES = 4
_CHANGE_EVERY_NS = 2_000_000_000


def has_had_its_time(spent_ns: int, waited_ns: int) -> bool:
    """Tell whether VLC should have shown pictures by now; what it waited for a busy machine does not count.

    Args:
        spent_ns: since it was started.
        waited_ns: for how long its threads waited for a processor meanwhile, together.
    """
    return spent_ns > _LONGEST_START_NS or spent_ns - waited_ns > _START_PATIENCE_NS


class Deck:
    """Used by one thread. Moments are counted from the recording's first picture, in ns.

    Attributes:
        source: the recording.
        index: its moments.
        starts_ns: when each moment begins; int64[moments].
        picture_ns: the usual distance of two moments.
        stretch: the run under way, or the last one; None before the first.
        is_held: whether VLC is paused.
        failure: why it cannot go on, or "".
        base_rate: the rate of the run under way, before it is trimmed.
    """

    def __init__(self, source: Source, index: FrameIndex) -> None:
        self.source = source
        self.index = index
        self.starts_ns: NDArray[np.int64] = index.start_ns - (index.start_ns[0] if len(index) else 0)
        steps = np.diff(self.starts_ns)
        self.picture_ns = int(np.median(steps)) if len(steps) else 40_000_000
        self.stretch: Stretch | None = None
        self.is_held = False
        self.failure = ""
        self._player: VlcPlayer | None = None
        self._bias_ns: int | None = None
        self._spread_ns = 0
        self._leads_ns: dict[Fraction, int] = {}
        self._rate = self.base_rate = Fraction(1)
        self._began_ns = 0
        self._queued_ns = 0
        self._changed_ns = 0
        self._held_ns = 0

    @property
    def is_ready(self) -> bool:
        """Whether VLC's clock was set by the recording's first picture."""
        return self._bias_ns is not None

    @property
    def sign_ns(self) -> int:
        """When VLC gave its last sign of life."""
        if self._player is None or self.is_held or (self.stretch is not None and self.stretch.is_over):
            return time.monotonic_ns()
        return self._player.sign_ns

    @property
    def _usual_lead_ns(self) -> int:
        return int(self.picture_ns * _BEFORE_PICTURES)

    @property
    def _late_ns(self) -> int:
        """How much later than they are asked to such streams begin, where VLC goes by a clock of theirs."""
        bias_ns = abs(self._bias_ns or 0)
        return bias_ns if bias_ns > ROUGH_PICTURES * self.picture_ns else 0

    def open(self, library: Library, box: tuple[int, int]) -> None:
        """Have VLC make pictures that fit into a box of device pixels, and set its clock at the recording's start."""
        if self._player is not None:
            return
        try:
            open_original(self.source.path_bytes).close()  # VLC gets nothing but regular files that are there
        except OriginalError as error:
            self.failure = str(error)
            return
        width, height = fitted_size(self.source.size, box, self.source.pixel_aspect, self.source.rotation)
        self._player = VlcPlayer(library, self.source.path_bytes, width, height)
        self._begin(0, Fraction(1))

    def run(self, moment_ns: int, rate: Fraction, *, is_quick: bool) -> None:
        """Play from shortly before a moment, which makes it anew that pictures are gathered.

        Args:
            moment_ns: the first that is wanted.
            rate: of play.
            is_quick: do not go back so far that the picture before the moment is there for certain.
        """
        assert self._bias_ns is not None
        rate = max(rate, Fraction(1))  # below its own speed VLC takes seconds to start; it is held now and then instead
        surplus_ns = self._usual_lead_ns if is_quick else 0
        target_ns = max(
            0, moment_ns - max(0, self._leads_ns.get(rate, self._usual_lead_ns + self._late_ns) - surplus_ns)
        )
        self._begin(target_ns, rate)

    def absorb(self) -> None:
        """Take in what VLC showed and told, and notice the recording's end."""
        player, stretch = self._player, self.stretch
        if player is None or stretch is None:
            return
        state = player.state
        pictures, readings = player.take()
        for reading in readings:
            stretch.clock.take(reading)
        for picture in pictures:
            stretch.add(picture)
        if state is State.FAILED:
            self.failure = self._words("cannot open it")
        elif state is State.ENDED:
            stretch.end()
        if self._bias_ns is None and not self.failure:
            self._set_clock(stretch)

    def find(self, moment_ns: int, *, is_lenient: bool, is_last_try: bool) -> Answer | None:
        """Return the picture for a moment, with all that is known of its uncertainty, or None (`Stretch.find`)."""
        if self.stretch is None:
            return None
        answer = self.stretch.find(moment_ns, is_lenient=is_lenient, is_last_try=is_last_try)
        if answer is None or self._bias_ns is None:
            return None
        return Answer(answer.shown, answer.media_ns, answer.within_ns + self._spread_ns, answer.is_rough)

    def pixels(self, answer: Answer) -> NDArray[np.uint8]:
        """Return an answer's pixels, uint8[height, width, 4] blue first."""
        assert self._player is not None
        return self._player.pixels(answer.shown)

    def hold(self) -> None:
        """Have VLC stand still."""
        if self._player is None or self.is_held or self.stretch is None:
            return
        self._player.set_paused(is_paused=True)
        self.is_held = True
        self._held_ns = time.monotonic_ns()

    def go_on(self) -> bool:
        """Have VLC go on from where it stands; False where it must begin anew, since it has not told its time."""
        if self._player is None or self.stretch is None:
            return False
        if not self.is_held:
            return True
        if not self.stretch.clock.readings:
            return False
        self._player.set_paused(is_paused=False)
        self.is_held = False
        self._renew_clock(self._held_ns)
        return True

    def set_rate(self, rate: Fraction) -> None:
        """Play a little faster or slower from now on; not oftener than VLC can tell its time in between."""
        now = time.monotonic_ns()
        if (
            self._player is None
            or self.stretch is None
            or rate == self._rate
            or now - self._changed_ns < _CHANGE_EVERY_NS
        ):
            return
        if not self.stretch.clock.readings:
            return
        self._player.set_rate(rate)
        self._rate = rate
        self._changed_ns = now
        self._renew_clock(now, deaf_ns=CHANGE_NS)

    def go_further_back(self, by_ns: int) -> None:
        """From now on begin earlier: VLC's first picture came later than the moment that was wanted."""
        lead_ns = self._leads_ns.get(self.base_rate, self._usual_lead_ns + self._late_ns)
        self._leads_ns[self.base_rate] = min(_MOST_LEAD_NS, lead_ns + by_ns + self.picture_ns)

    def shut(self) -> None:
        """Let go of VLC; what was learnt of the recording's clock stays."""
        if self._player is not None:
            if self.stretch is not None:
                self.stretch.release()
            self._player.close()
        self._player = None
        self.stretch = None
        self.is_held = False

    def _begin(self, target_ns: int, rate: Fraction) -> None:
        assert self._player is not None
        if self.stretch is not None:
            self._learn_spread(self.stretch.clock)
            self.stretch.release()
        self._player.start(target_ns, rate)
        self._began_ns = self._changed_ns = time.monotonic_ns()
        self._queued_ns = queued_ns(os.getpid())
        self._rate = self.base_rate = rate
        self.is_held = False
        clock = MediaClock(self._began_ns, rate, self._bias_ns, self.picture_ns)
        self.stretch = Stretch(self._player, clock, target_ns, self.picture_ns)

    def _renew_clock(self, since_ns: int, deaf_ns: int = ECHO_NS) -> None:
        """Lay a new line from here, since VLC was held or changed its rate."""
        assert self.stretch is not None
        now = time.monotonic_ns()
        old = self.stretch.clock
        self._learn_spread(old)
        self.stretch.freeze()
        clock = MediaClock(now, self._rate, self._bias_ns, self.picture_ns, deaf_ns=deaf_ns)
        clock.carry(old, since_ns, now)
        self.stretch.clock = clock

    def _learn_spread(self, clock: MediaClock) -> None:
        guess = clock.guess(self._began_ns) if clock.readings > 1 else None
        if guess is not None:
            self._spread_ns = max(self._spread_ns, min(guess.within_ns, _MOST_LEAD_NS))

    def _set_clock(self, stretch: Stretch) -> None:
        """Measure by how much VLC's time leads the pictures: the recording's first picture is at 0 by definition."""
        steady = stretch.steady[:_ENOUGH_PICTURES]
        clock = stretch.clock
        spent_ns = time.monotonic_ns() - self._began_ns
        is_over = stretch.is_over or (
            spent_ns > _START_PATIENCE_NS and has_had_its_time(spent_ns, queued_ns(os.getpid()) - self._queued_ns)
        )
        if (clock.readings < _ENOUGH_READINGS or len(steady) < _ENOUGH_PICTURES) and not is_over:
            return
        if not stretch.count:
            self.failure = self._words("shows no picture of it")
            return
        lost = self._player.lost_pictures if self._player is not None else 0
        leads = [
            told - (order + lost) * self.picture_ns
            for order, at in steady
            if order and (told := clock.vlc_ns_at(at)) is not None
        ]
        lead_ns = int(median(leads)) if leads else 0
        self._spread_ns = max((abs(lead - lead_ns) for lead in leads), default=_UNKNOWN_SPREAD_NS)
        self._spread_ns = max(self._spread_ns, _LEAST_SPREAD_NS)
        if abs(lead_ns - self.picture_ns) < _SAME_NS:
            lead_ns = 0  # VLC goes by the pictures, and skipped the first, as it now and then does
        elif abs(lead_ns) > _SAME_NS:
            self._spread_ns += self.picture_ns  # it goes by another clock, and may have skipped the first
        self._bias_ns = clock.bias_ns = lead_ns
        if not leads:
            clock.anchor(steady[1][1] if len(steady) > 1 else self._began_ns, self.picture_ns)

    def _words(self, what: str) -> str:
        return (
            f"VLC {what} ({self.source.display_name}). The original is unchanged. If FFmpeg plays it, choose “Play "
            "with FFmpeg”; else ask the source for an export in a common format."
        )
