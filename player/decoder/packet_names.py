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

    def by_place(self, place: int | None) -> int | None:
        """Return the number of the packet at this byte of the file, or None where it is not that of one packet."""
        return None if place is None or place < 0 else self._by_place.find(place)

    def by_stamp(self, stamp: int | None) -> int | None:
        """Return the number of the packet with this stamp, or None where it is not that of one packet."""
        return None if stamp is None else self._by_stamp.find(stamp)


class Sighting:
    """Finds out, from packet to packet after a seek, which numbers they have; two must agree.

    A program stream (MPEG-2 part 1) may be entered in the middle of a picture: the first packet is then the rest of
    one, under the place and the stamp of the next. It gives itself away by not agreeing with what follows.

    Attributes:
        first: number of the first packet seen, once that is certain.
        fragments: how many packets at the beginning are not whole.
    """

    def __init__(self, names: PacketNames) -> None:
        self._names = names
        self._seen = 0
        self._by_place: list[int] = []
        self._by_stamp: list[int] = []
        self.first: int | None = None
        self.fragments = 0

    def see(self, place: int | None, stamp: int | None) -> None:
        """Look at the next packet."""
        for number, offsets in (
            (self._names.by_place(place), self._by_place),
            (self._names.by_stamp(stamp), self._by_stamp),
        ):
            if number is not None:
                offsets.append(number - self._seen)
        self._seen += 1
        self._conclude(self._by_place or self._by_stamp)

    def end(self) -> None:
        """There are no more packets: one that was recognised by its place and its stamp is enough."""
        alone = {*self._by_place, *self._by_stamp}
        if self.first is None and self._by_place and self._by_stamp and len(alone) == 1:
            self.first = max(0, alone.pop())

    def _conclude(self, offsets: list[int]) -> None:
        if len(offsets) < 2 or offsets[-1] != offsets[-2] or offsets[-1] < 0:
            return
        self.first = offsets[-1]
        self.fragments = int(len(set(offsets)) > 1)


class _Unique:
    """Looks values up in a column; a value that occurs twice is not found. One that rises is looked up as it is."""

    def __init__(self, column: NDArray[np.int64]) -> None:
        self._order = None if bool(np.all(column[1:] >= column[:-1])) else np.argsort(column, kind="stable")
        self._sorted = column if self._order is None else column[self._order]

    def find(self, value: int) -> int | None:
        place = int(np.searchsorted(self._sorted, value, side="left"))
        if place >= len(self._sorted) or int(self._sorted[place]) != value:
            return None
        if place + 1 < len(self._sorted) and int(self._sorted[place + 1]) == value:
            return None
        return place if self._order is None else int(self._order[place])
