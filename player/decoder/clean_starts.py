"""Where decoding must begin for a picture to come out whole, where key packets are not all that they are called.

A stream that renews its pictures strip by strip (H.264, periodic intra refresh) has no key frame but the first. Its
recovery points (ITU-T H.264, D.2.8) are called key packets: from there on everything is renewed bit by bit. FFmpeg
says of the first pictures from such a point that they are damaged, for as long as the point itself claims. Encoders
claim too little: the time is counted in reference frames, and where B-frames are references x264 takes over twice as
long. So a picture counts as whole once decoding began several times as long before it.
"""

from __future__ import annotations

import numpy as np

from evidence.frame_index import FrameIndex

_TIMES_THE_CLAIM = 4
_FEWEST_PACKETS = 100
_LONGEST_CLAIM = 200
_HOPELESS = _TIMES_THE_CLAIM * _LONGEST_CLAIM


class CleanStarts:
    """Learns from what comes out of one stream's decoder. Used by one thread."""

    def __init__(self, index: FrameIndex) -> None:
        self._index = index
        self._keys = np.flatnonzero(index.is_key)
        self._starts: dict[int, int] = {}
        self._claim = 0
        self._from = 0
        self._is_clean: bool | None = True
        self._has_recovered = False

    def begin(self, packet: int) -> None:
        """Decoding begins at this packet."""
        self._from = packet
        self._is_clean = True if packet == 0 else None
        self._has_recovered = False

    def is_whole(self, packet: int, *, is_corrupt: bool) -> bool:
        """Tell whether a picture that came out is whole, or damaged in the file itself: it was not begun too late.

        Args:
            packet: the one that it came from; not before the one that decoding began at.
            is_corrupt: whether the decoder says so.
        """
        if self._is_clean is None:
            self._is_clean = not is_corrupt
        if self._is_clean:
            return True
        passed = packet - self._from
        if is_corrupt and not self._has_recovered:
            self._claim = max(self._claim, min(passed + 1, _LONGEST_CLAIM))
        self._has_recovered = self._has_recovered or not is_corrupt
        return passed >= (_HOPELESS if is_corrupt else self._enough)

    def reaches(self, frame: int) -> bool:
        """Tell whether a frame can come out whole from where decoding began, as far as is known."""
        return self._is_clean is not False or int(self._index.order[frame]) - self._from >= self._enough

    def start_for(self, frame: int) -> int:
        """Return the packet at which decoding must begin for a frame, as far as is known."""
        anchor = int(self._index.anchors[frame])
        return self._starts.get(anchor, anchor)

    def go_back(self, frame: int) -> None:
        """Begin earlier from now on, for this frame and for those that have the same key packet."""
        latest = min(int(self._index.order[frame]) - self._enough, self._from - 1)
        place = int(np.searchsorted(self._keys, latest, side="right")) - 1
        self._starts[int(self._index.anchors[frame])] = int(self._keys[place]) if place >= 0 else 0

    @property
    def _enough(self) -> int:
        return max(_FEWEST_PACKETS, _TIMES_THE_CLAIM * self._claim)
