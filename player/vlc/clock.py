"""From when VLC showed a picture to what moment of the recording that was: estimated, and saying how well.

VLC 3 does not tell the stamp of the picture it shows. It tells its time four times a second, and it shows each picture
at the very instant at which that time says so (measured to a tenth of a millisecond). So a line is laid through what it
told since it last sought, stopped or changed its rate, and a picture's media time is read off that line. What VLC calls
its time may lead the pictures by a constant (`bias_ns`: 0.1 s in AVI, up to 0.85 s in MPEG streams, where it goes by
the stream's own clock); that is measured at the recording's first picture. No Qt, no vlc; all times in nanoseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from statistics import median

ECHO_NS = 150_000_000
"""What VLC tells so soon after a start may repeat what it was asked for."""

CHANGE_NS = 1_100_000_000
"""What VLC tells so soon after a change of rate goes by the new one, while pictures still come by the old one."""

_MOST_READINGS = 24
ROUGH_PICTURES = 3
_ROUGH_NS = 60_000_000
_HELD_NS = 10_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """VLC's own word of its time.

    Attributes:
        at_ns: when it came, by the machine's monotonic clock.
        vlc_ns: what it said.
    """

    at_ns: int
    vlc_ns: int


@dataclass(frozen=True, slots=True)
class Guess:
    """What moment of the recording was on screen.

    Attributes:
        media_ns: counted from the recording's first picture.
        within_ns: how far the line may be off; the distance of pictures comes on top.
        is_rough: no word of VLC's has confirmed it yet.
    """

    media_ns: int
    within_ns: int
    is_rough: bool


class MediaClock:
    """One unbroken stretch of VLC's playing: since a seek, a stop or a change of rate. Used by one thread.

    Attributes:
        bias_ns: by how much VLC's time leads the pictures; None while that is not known.
        rate: media time for each second of the machine's clock.
    """

    def __init__(
        self, began_ns: int, rate: Fraction, bias_ns: int | None, picture_ns: int, *, deaf_ns: int = ECHO_NS
    ) -> None:
        """Begin a stretch.

        Args:
            began_ns: when the seek, the start or the change was asked for.
            rate: the rate asked for.
            bias_ns: by how much VLC's time leads the pictures, or None.
            picture_ns: the usual distance of two pictures.
            deaf_ns: for how long VLC's word is not listened to.
        """
        self.bias_ns = bias_ns
        self.rate = rate
        self._listens_from_ns = began_ns + deaf_ns
        self._picture_ns = picture_ns
        self._readings: list[Reading] = []
        self._anchor: Reading | None = None
        self._anchor_within_ns = 0
        self._is_carried = False

    @property
    def readings(self) -> int:
        """How often VLC has told its time in this stretch."""
        return len(self._readings)

    def take(self, reading: Reading) -> None:
        """Take VLC's word, unless it merely repeats what it was asked for."""
        if reading.at_ns >= self._listens_from_ns:
            self._readings.append(reading)
            del self._readings[:-_MOST_READINGS]

    def anchor(self, at_ns: int, media_ns: int) -> None:
        """Go by this until VLC tells its time: the first steady picture after a seek is close to what was sought."""
        bias = self.bias_ns or 0
        self._anchor = Reading(at_ns, media_ns + bias)
        self._anchor_within_ns = abs(bias) + ROUGH_PICTURES * self._picture_ns + _ROUGH_NS
        self._is_carried = False

    def carry(self, other: MediaClock, other_ns: int, at_ns: int) -> None:
        """Go on from where another stretch stood: VLC was held, or its rate was changed, and it did not jump.

        Args:
            other: the stretch before.
            other_ns: when that ended, by the machine's clock.
            at_ns: when this one began.
        """
        guess = other.guess(other_ns)
        if guess is not None and not guess.is_rough:
            self._anchor = Reading(at_ns, guess.media_ns + (self.bias_ns or 0))
            self._anchor_within_ns = guess.within_ns + _HELD_NS + int(abs(self.rate - other.rate) * CHANGE_NS)
            self._is_carried = True

    def vlc_ns_at(self, at_ns: int) -> int | None:
        """Return VLC's time at an instant by what it told, or None where it has not."""
        if not self._readings:
            return None
        return int(median(self._run_to(one, at_ns) for one in self._readings))

    def guess(self, at_ns: int) -> Guess | None:
        """Return what moment was shown at an instant, or None where nothing is known."""
        told = self.vlc_ns_at(at_ns)
        if told is not None and self.bias_ns is not None:
            runs = [self._run_to(one, at_ns) for one in self._readings]
            return Guess(told - self.bias_ns, max(max(runs) - told, told - min(runs)), is_rough=False)
        if self._anchor is None:
            return None
        media_ns = self._run_to(self._anchor, at_ns) - (self.bias_ns or 0)
        return Guess(media_ns, self._anchor_within_ns, is_rough=not self._is_carried)

    def _run_to(self, reading: Reading, at_ns: int) -> int:
        elapsed = at_ns - reading.at_ns
        return reading.vlc_ns + elapsed * self.rate.numerator // self.rate.denominator
