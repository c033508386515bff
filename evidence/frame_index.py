"""The table of every frame of one video stream: pts, key frames, and from where each can be decoded.

It is built once at ingest by demuxing, so that frame numbers, steps and seeks are look-ups ever after. Frame numbers
count from 0 in presentation order. A frame covers `[pts, next pts)`; the last one ends at `end_pts`.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from evidence.times import MediaTime, ticks_to_ns_array

_MAGIC = b"SLFI"
_FORMAT = 1
_LARGEST_TABLE = 2**31
_COLUMNS = ("pts", "order", "is_key", "packet_pts", "packet_pos")


class Timing(StrEnum):
    """Where the time stamps of an index come from."""

    STAMPED = "stamped"
    """Every frame carries its own pts."""

    REPAIRED = "repaired"
    """Some stamps were missing, doubled or ran backwards, and were put right as the findings tell."""

    ASSUMED = "assumed"
    """The file has no stamps at all (a raw stream); the format's nominal rate stands in, and the tile says so."""
    MOMENTS = "moments"
    """No table can be had: these are even moments, by which libVLC is asked for pictures. They are no frames."""


@dataclass(frozen=True, eq=False)
class FrameIndex:
    """Every frame of one video stream, in presentation order, with the packets it came from.

    Packets are numbered in decoding order. A packet may show no frame (it lies before an edit list's start); it is
    in the packet columns and not in the frame columns.

    Attributes:
        time_base: length of one pts unit in seconds.
        timing: where the stamps come from.
        pts: int64[frames], strictly increasing: presentation time of each frame.
        end_pts: where the last frame ends (exclusive).
        order: int64[frames]: the packet that each frame was decoded from.
        is_key: bool[packets]: whether decoding can start at the packet.
        packet_pts: int64[packets]: the pts of each packet in decoding order, as the decoder will repeat it.
        packet_pos: int64[packets]: byte position of the packet in the file, or -1.
    """

    time_base: Fraction
    timing: Timing
    pts: NDArray[np.int64]
    end_pts: int
    order: NDArray[np.int64]
    is_key: NDArray[np.bool_]
    packet_pts: NDArray[np.int64]
    packet_pos: NDArray[np.int64]

    def __post_init__(self) -> None:
        if len(self.pts) != len(self.order):
            raise ValueError("every frame names the packet it comes from")
        if not len(self.is_key) == len(self.packet_pts) == len(self.packet_pos):
            raise ValueError("the packet columns differ in length")
        if len(self.pts):
            if np.any(np.diff(self.pts) <= 0):
                raise ValueError("frames are in strictly increasing order of pts")
            if self.end_pts <= int(self.pts[-1]):
                raise ValueError("the last frame has a length")
            if int(self.order.min()) < 0 or int(self.order.max()) >= len(self.is_key):
                raise ValueError("a frame names a packet that is not there")

    def __len__(self) -> int:
        return len(self.pts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FrameIndex) and self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash((self.time_base, len(self.pts), self.end_pts))

    @property
    def start(self) -> MediaTime:
        """Time of the first frame. Raises IndexError where there is none."""
        return MediaTime(int(self.pts[0]), self.time_base)

    @property
    def end(self) -> MediaTime:
        """Where the last frame ends, exclusive."""
        return MediaTime(self.end_pts, self.time_base)

    def media_time(self, frame: int) -> MediaTime:
        """Return the time at which frame number `frame` starts to show. Raises IndexError."""
        return MediaTime(int(self.pts[self._checked(frame)]), self.time_base)

    def end_of(self, frame: int) -> int:
        """Return the pts at which frame number `frame` stops to show, exclusive. Raises IndexError."""
        following = self._checked(frame) + 1
        return int(self.pts[following]) if following < len(self.pts) else self.end_pts

    def find_frame_at_pts(self, pts: int) -> int | None:
        """Return the number of the frame that covers `pts`, or None outside of the stream."""
        if not len(self.pts) or pts < int(self.pts[0]) or pts >= self.end_pts:
            return None
        return int(np.searchsorted(self.pts, pts, side="right")) - 1

    def find_frame_of_pts(self, pts: int) -> int | None:
        """Return the number of the frame whose stamp is exactly `pts`, or None."""
        place = int(np.searchsorted(self.pts, pts, side="left"))
        return place if place < len(self.pts) and int(self.pts[place]) == pts else None

    @cached_property
    def start_ns(self) -> NDArray[np.int64]:
        """Each frame's start in nanoseconds of media time, rounded down; int64[frames]."""
        return ticks_to_ns_array(self.pts, self.time_base)

    @cached_property
    def anchors(self) -> NDArray[np.int64]:
        """For each frame, the packet at which decoding must start for the frame to come out whole; int64[frames].

        It is the last key packet that is not after the frame in decoding order **and** not after it in time: a
        leading picture of an open group (decoded after its key frame, shown before it) needs the group before.
        Where there is no such key packet the first packet stands in.
        """
        keys = np.flatnonzero(self.is_key)
        if not len(keys) or not len(self.pts):
            return np.zeros(len(self.pts), dtype=np.int64)
        place = np.searchsorted(keys, self.order, side="right") - 1
        packet_times = self.packet_pts.copy()
        packet_times[self.order] = self.pts  # a stamp that was put right counts as it is shown, not as it was read
        key_pts = packet_times[keys]
        while True:
            too_late = (place >= 0) & (key_pts[np.maximum(place, 0)] > self.pts)
            if not too_late.any():
                break
            place = np.where(too_late, place - 1, place)
        return np.where(place >= 0, keys[np.maximum(place, 0)], 0).astype(np.int64)

    @cached_property
    def is_key_frame(self) -> NDArray[np.bool_]:
        """Whether decoding can start at each frame; bool[frames]."""
        return self.is_key[self.order]

    def to_bytes(self) -> bytes:
        """Return the index as bytes: magic, length of head, JSON head, zlib of the columns as differences."""
        head = {
            "format": _FORMAT,
            "time_base": [self.time_base.numerator, self.time_base.denominator],
            "timing": self.timing.value,
            "end_pts": self.end_pts,
            "frames": len(self.pts),
            "packets": len(self.is_key),
        }
        body = b"".join(_differences(np.asarray(getattr(self, name), dtype=np.int64)) for name in _COLUMNS)
        packed_head = json.dumps(head, separators=(",", ":"), sort_keys=True).encode()
        return _MAGIC + len(packed_head).to_bytes(4, "little") + packed_head + zlib.compress(body, 6)

    @classmethod
    def from_bytes(cls, packed: bytes) -> FrameIndex:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: the bytes are not a frame index of a known format, or are damaged.
        """
        if packed[:4] != _MAGIC:
            raise ValueError("not a frame index")
        head_end = 8 + int.from_bytes(packed[4:8], "little")
        try:
            head = json.loads(packed[8:head_end])
            if head["format"] != _FORMAT:
                raise ValueError(f"frame index of unknown format {head['format']}")
            frames, packets = int(head["frames"]), int(head["packets"])
            counts = {
                "pts": frames,
                "order": frames,
                "is_key": packets,
                "packet_pts": packets,
                "packet_pos": packets,
            }
            size = 8 * sum(counts.values())
            if not 0 <= size < _LARGEST_TABLE:
                raise ValueError("frame index of impossible size")
            body = zlib.decompressobj().decompress(packed[head_end:], size + 1)
            if len(body) != size:
                raise ValueError("frame index of another length than it says")
            columns: dict[str, NDArray[np.int64]] = {}
            place = 0
            for name in _COLUMNS:
                columns[name] = np.cumsum(
                    np.frombuffer(body, dtype="<i8", count=counts[name], offset=place), dtype=np.int64
                )
                place += 8 * counts[name]
            num, den = head["time_base"]
            return cls(
                time_base=Fraction(num, den),
                timing=Timing(head["timing"]),
                pts=columns["pts"],
                end_pts=int(head["end_pts"]),
                order=columns["order"],
                is_key=columns["is_key"].astype(np.bool_),
                packet_pts=columns["packet_pts"],
                packet_pos=columns["packet_pos"],
            )
        except (KeyError, TypeError, zlib.error, UnicodeDecodeError, ZeroDivisionError) as error:
            raise ValueError(f"damaged frame index: {error}") from error

    def _checked(self, frame: int) -> int:
        if not 0 <= frame < len(self.pts):
            raise IndexError(f"frame {frame} of {len(self.pts)}")
        return frame


def _differences(column: NDArray[np.int64]) -> bytes:
    return np.diff(column, prepend=np.int64(0)).astype("<i8").tobytes()
