"""Where two recordings overlap when they stand as a lag says."""

from __future__ import annotations

from dataclasses import dataclass

from sync.detour import Bond
from sync.sound.decode import RATE
from sync.sound.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two recordings have in common in time.

    Attributes:
        begin_s: where it begins, in time of the first's samples, s.
        end_s: where it ends; before it begins where they do not overlap.
    """

    begin_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """How long it is, s; negative where they do not overlap."""
        return self.end_s - self.begin_s


def overlap_at(first: Prepared, second: Prepared, lag_s: float) -> Overlap:
    """Return the overlap at a lag of the samples: time in the second less time in the first, s."""
    return Overlap(max(0.0, -lag_s), min(len(first.samples) / RATE, len(second.samples) / RATE - lag_s))


def overlap_where_expected(first: Prepared, second: Prepared, expected: Bond) -> tuple[Overlap, float]:
    """Return the overlap where a bond of media times puts two recordings, and the lag of the samples in its middle."""
    shift_s = second.start_s - first.start_s
    found = overlap_at(first, second, expected.lag_at(first.start_s) - shift_s)
    return found, expected.lag_at(first.start_s + (found.begin_s + found.end_s) / 2) - shift_s
