"""Which packets of a stream a range of frames needs: look-ups in the frame index, nothing is read."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from evidence.frame_index import FrameIndex
from evidence.times import ticks_to_ns


@dataclass(frozen=True, slots=True)
class PacketRange:
    """Packets that are needed to show some frames, contiguous in decoding order.

    Attributes:
        start: the first packet: a key packet.
        end: the last one, inclusive.
        key_frame: the frame of the first packet.
        lead_in: frames of these packets that show before the first wanted one and can be decoded.
        lead_out: frames of these packets that show after the last wanted one.
        undecodable: leading pictures: they come after the first packet, show before it, and lean on what is not here.
    """

    start: int
    end: int
    key_frame: int
    lead_in: int
    lead_out: int
    undecodable: int


def frame_of_packet(index: FrameIndex) -> NDArray[np.int64]:
    """Return the frame that each packet shows, or -1 for those that show none; int64[packets]."""
    frames = np.full(len(index.is_key), -1, dtype=np.int64)
    frames[index.order] = np.arange(len(index), dtype=np.int64)
    return frames


def packets_for(index: FrameIndex, first: int, last: int, *, earlier_keys: int = 0) -> PacketRange:
    """Return the packets that are needed to show frames `first` to `last`.

    Args:
        index: the stream's frames.
        first: the first frame.
        last: the last frame, inclusive.
        earlier_keys: by how many key packets to begin before the one that should do; for streams whose key packets
            are no clean starts.
    """
    frames = frame_of_packet(index)
    start = int(index.anchors[first])
    if earlier_keys:
        keys = np.flatnonzero(index.is_key[:start])
        start = int(keys[max(0, len(keys) - earlier_keys)]) if len(keys) else 0
    end = int(index.order[first : last + 1].max())
    while end + 1 < len(frames) and frames[end + 1] < 0 and not index.is_key[end + 1]:
        end += 1  # a second field, or a picture that only others need
    shown = frames[start : end + 1]
    shown = shown[shown >= 0]
    key_frame = int(frames[start]) if frames[start] >= 0 else int(shown.min(initial=first))
    return PacketRange(
        start=start,
        end=end,
        key_frame=key_frame,
        lead_in=int(np.count_nonzero((shown >= key_frame) & (shown < first))),
        lead_out=int(np.count_nonzero(shown > last)),
        undecodable=int(np.count_nonzero(shown < key_frame)),
    )


def lead_in_ns(index: FrameIndex, place: PacketRange, first: int) -> int:
    """Return how much earlier than frame `first` the key frame shows, ns."""
    return ticks_to_ns(int(index.pts[first]) - int(index.pts[min(place.key_frame, first)]), index.time_base)


def copyable_span(index: FrameIndex, first: int, last: int) -> tuple[int, int, int, int] | None:
    """Return the longest run that can be copied by itself out of frames `first` to `last`, or None.

    It starts at a key packet behind which nothing shows earlier and before which nothing shows later, and ends where
    the packets so far hold exactly the frames so far; so nothing in it needs anything outside.

    Returns:
        First packet, last packet, first frame and last frame, all inclusive.
    """
    frames = frame_of_packet(index)
    for key in np.flatnonzero(index.is_key & (frames >= first) & (frames <= last)):
        start = int(key)
        head = int(frames[start])
        before, behind = frames[:start], frames[start:]
        if before.max(initial=-1) > head or behind[behind >= 0].min(initial=head) < head:
            continue
        end = _closed_end(frames, start, head, last)
        return start, end, head, int(frames[start : end + 1].max())
    return None


def _closed_end(frames: NDArray[np.int64], start: int, head: int, last: int) -> int:
    """Return the last packet up to which frames `head` and on are whole, none missing and none beyond `last`."""
    run = frames[start:]
    highest = np.maximum.accumulate(run)
    count = np.cumsum(run >= 0)
    is_closed = (highest - head + 1 == count) & (highest <= last)
    return start + int(np.flatnonzero(is_closed)[-1])


def decoding_stamps(pts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return strictly increasing stamps of decoding for packets given in decoding order, none later than its pts.

    The presentation stamps themselves, in order, are shifted by as many places as pictures are held back; before the
    first there are as many as that at the first distance.
    """
    ordered = np.sort(pts)
    places = np.searchsorted(ordered, pts)
    delay = int(np.max(np.arange(len(pts)) - places, initial=0))
    if not delay:
        return ordered
    step = max(1, int(ordered[1] - ordered[0])) if len(ordered) > 1 else 1
    early = ordered[0] - step * np.arange(delay, 0, -1, dtype=np.int64)
    stamps: NDArray[np.int64] = np.concatenate([early, ordered[: len(pts) - delay]])
    return stamps


def ticks(seconds: Fraction, time_base: Fraction) -> int:
    """Return the nearest whole number of ticks."""
    return round(seconds / time_base)


def raw_shift(index: FrameIndex, start: int, end: int) -> int | None:
    """Return by how much the index's stamps are later than the file's in these packets; None where that varies."""
    frames = frame_of_packet(index)[start : end + 1]
    shown = np.flatnonzero(frames >= 0)
    if not len(shown):
        return 0
    shifts = index.pts[frames[shown]] - index.packet_pts[start : end + 1][shown]
    return int(shifts[0]) if np.all(shifts == shifts[0]) else None
