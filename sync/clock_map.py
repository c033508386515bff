"""The map of one camera from what its clock said to what time it was: offset and drift, in straight pieces.

All arithmetic is on integers, so that the same instant always names the same frame. Rates are in parts per billion:
a device whose clock gains 60 ppm counts 1,000,060,000 device nanoseconds in one incident second. (Rates written to
the nearest ppb are exact here; over a day one ppb is 86 microseconds.)
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.records import ClockPiece
from evidence.times import DeviceTime, IncidentTime

PPB = 1_000_000_000
_SAFE = 2**62


@dataclass(frozen=True)
class ClockMap:
    """Device time to incident time for one camera.

    Both directions round down, and `to_device(to_incident(d))` is `d` or `d - 1`. The map is increasing as long as
    the pieces are; a clock that was set back makes an overlap, in which the later piece wins for `to_device`.

    Attributes:
        pieces: at least one, by increasing `device_ns`.
    """

    pieces: tuple[ClockPiece, ...]

    def __post_init__(self) -> None:
        if not self.pieces:
            raise ValueError("a clock map has at least one piece")
        starts = [piece.device_ns for piece in self.pieces]
        if starts != sorted(set(starts)):
            raise ValueError("the pieces of a clock map follow one another by device time")
        if any(abs(piece.rate_ppb) >= PPB for piece in self.pieces):
            raise ValueError("a clock cannot run backwards or twice as fast")

    @classmethod
    def identity(cls) -> ClockMap:
        """Return the map that takes a device's clock at its word."""
        return cls((ClockPiece(0, 0, 0),))

    @classmethod
    def from_offset(cls, clock_error_ns: int) -> ClockMap:
        """Return the map of a clock that is fast by `clock_error_ns` (slow where it is negative), without drift."""
        return cls((ClockPiece(0, -clock_error_ns, 0),))

    def to_incident(self, device: DeviceTime) -> IncidentTime:
        """Return the incident time at which the device's clock read `device`."""
        piece = self._piece_by_device(device)
        elapsed = device - piece.device_ns
        return IncidentTime(piece.incident_ns + elapsed * PPB // (PPB + piece.rate_ppb))

    def to_device(self, incident: IncidentTime) -> DeviceTime:
        """Return what the device's clock read at `incident`."""
        piece = self.pieces[0]
        for later in self.pieces[1:]:
            if incident >= later.incident_ns:
                piece = later
        elapsed = incident - piece.incident_ns
        return DeviceTime(piece.device_ns + elapsed * (PPB + piece.rate_ppb) // PPB)

    def to_incident_array(self, device: NDArray[np.int64]) -> NDArray[np.int64]:
        """Like `to_incident` for an array of device times; equal to it element by element."""
        result = np.empty(len(device), dtype=np.int64)
        starts = np.array([piece.device_ns for piece in self.pieces], dtype=np.int64)
        numbers = np.maximum(np.searchsorted(starts, device, side="right") - 1, 0)
        for number in np.unique(numbers):
            is_in = numbers == number
            result[is_in] = _along(self.pieces[int(number)], device[is_in])
        return result

    def error_at(self, device: DeviceTime) -> int:
        """Return by how many ns the device's clock was fast when it read `device` (slow where negative)."""
        return device - self.to_incident(device)

    def _piece_by_device(self, device: DeviceTime) -> ClockPiece:
        starts = [piece.device_ns for piece in self.pieces]
        return self.pieces[max(0, bisect_right(starts, device) - 1)]


def _along(piece: ClockPiece, device: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the incident times of device times by one piece, to the nanosecond that whole numbers give."""
    rate = PPB + piece.rate_ppb
    whole, rest = np.divmod(device - piece.device_ns, rate)
    if int(np.abs(whole).max()) * PPB >= _SAFE:
        exact = [piece.incident_ns + (int(one) - piece.device_ns) * PPB // rate for one in device]
        return np.array(exact, dtype=np.int64)
    result: NDArray[np.int64] = piece.incident_ns + whole * PPB + rest * PPB // rate
    return result
