"""Recognises a packet of a stream by its place in the file or its stamp, so that counting can start anywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evidence.frame_index import FrameIndex


class PacketNames:
    """Finds the number of a packet in decoding order."""

    def __init__(self, index: FrameIndex) -> None:
        self._by_place = _Unique(np.asarray(index.packet_pos, dtype=np.int64))
        self._by_stamp = _Unique(np.asarray(index.packet_pts, dtype=np.int64))

    def find(self, place: int | None, stamp: int | None) -> int | None:
        """Return the packet's number, or None where neither its place nor its stamp is that of one packet only."""
        if place is not None and place >= 0:
            number = self._by_place.find(place)
            if number is not None:
                return number
        return None if stamp is None else self._by_stamp.find(stamp)


class _Unique:
    """Looks values up in a column; a value that occurs twice is not found."""

    def __init__(self, column: NDArray[np.int64]) -> None:
        self._order = np.argsort(column, kind="stable")
        self._sorted = column[self._order]

    def find(self, value: int) -> int | None:
        place = int(np.searchsorted(self._sorted, value, side="left"))
        if place >= len(self._sorted) or int(self._sorted[place]) != value:
            return None
        if place + 1 < len(self._sorted) and int(self._sorted[place + 1]) == value:
            return None
        return int(self._order[place])
