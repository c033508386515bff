"""Builds the frame index of one stream from its packets, as they come out of the demuxer; nothing is decoded.

Frames are the packets that show something, in order of presentation. Where stamps are missing, doubled or reset, they
are put right in the smallest way that keeps them in order, and a finding says how many and how.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from av.packet import Packet
from av.stream import Stream
from numpy.typing import NDArray

from evidence.frame_index import FrameIndex, Timing
from evidence.h264_headers import HeaderReader, PictureHeader, PictureOrder
from evidence.records import Finding, Severity
from evidence.times import NS_PER_S

MISSING = -(2**63)
_KEY, _HIDDEN, _SECOND_FIELD, _CORRUPT = 1, 2, 4, 8
_PACKETS_ALWAYS_READ = 48
_RESET_S = 1
_ASSUMED_RATE = Fraction(25)
_LONGEST_NS = 2**61


class PacketTable:
    """The packets of one stream in decoding order, as columns; constant work and 33 bytes a packet.

    Attributes:
        count: packets so far.
    """

    def __init__(self, headers: HeaderReader | None = None, *, reads_all: bool = False) -> None:
        """Start an empty table.

        Args:
            headers: reads H.264 headers, or None for other codecs.
            reads_all: whether to read the header of every packet, because the container's stamps are not believed.
        """
        self.pts = array("q")
        self.dts = array("q")
        self.duration = array("q")
        self.pos = array("q")
        self.flags = bytearray()
        self.order = array("q")
        self.count = 0
        self._headers = headers
        self._order = PictureOrder()
        self._last_header: PictureHeader | None = None
        self._reads_all = reads_all

    def add(self, packet: Packet[Stream]) -> None:
        """Take the next packet; empty ones at the end of a stream are not packets."""
        pts, dts, pos = packet.pts, packet.dts, packet.pos
        flags = (_KEY if packet.is_keyframe else 0) | (_HIDDEN if packet.is_discard or not packet.size else 0)
        if packet.is_corrupt:
            flags |= _CORRUPT
        if self._headers is not None:
            flags |= self._read_header(packet, self._headers)
        self.pts.append(MISSING if pts is None else pts)
        self.dts.append(MISSING if dts is None else dts)
        self.duration.append(packet.duration or 0)
        self.pos.append(-1 if pos is None else pos)
        self.flags.append(flags)
        self.count += 1

    def hide(self, packet_number: int) -> None:
        """Note that a packet shows nothing, because its picture cannot be decoded."""
        self.flags[packet_number] |= _HIDDEN

    def end(self) -> None:
        """Note that there are no more packets: a damaged one at the very end is a cut one, and shows nothing whole."""
        if self.count and self.flags[-1] & _CORRUPT:
            self.flags[-1] |= _HIDDEN

    @property
    def last_order(self) -> int | None:
        """A number by which the last packet sorts into the order of showing, or None where its header does not say."""
        if len(self.order) < self.count or self.order[-1] == MISSING:
            return None
        return self.order[-1]

    @property
    def shows_last(self) -> bool:
        """Whether the packet that was added last shows a picture of its own."""
        return not self.flags[-1] & (_HIDDEN | _SECOND_FIELD)

    @property
    def has_fields(self) -> bool:
        """Whether some frames came as two packets, one for each field."""
        return any(flag & _SECOND_FIELD for flag in self.flags)

    def column(self, name: str) -> NDArray[np.int64]:
        """Return a column as int64[packets]."""
        return np.array(getattr(self, name), dtype=np.int64)

    def flagged(self, mask: int) -> NDArray[np.bool_]:
        """Return for each packet whether it has a flag; bool[packets]."""
        found: NDArray[np.bool_] = (np.frombuffer(bytes(self.flags), dtype=np.uint8) & mask) != 0
        return found

    def _read_header(self, packet: Packet[Stream], headers: HeaderReader) -> int:
        is_needed = headers.may_have_fields or packet.pts is None or self.count < _PACKETS_ALWAYS_READ
        if not (is_needed or self._reads_all):
            self._headers = None
            return 0
        header = headers.read(bytes(memoryview(packet)[:16_384]))
        if header is None:
            self._last_header = None
            self.order.append(MISSING)
            return 0
        self.order.append(self._order.place(header))
        if self._last_header is not None and header.completes(self._last_header):
            self._last_header = None
            return _SECOND_FIELD
        self._last_header = header if header.is_field else None
        return 0


@dataclass(frozen=True)
class BuiltIndex:
    """A frame index and what was noticed on the way.

    Attributes:
        index: the table of frames.
        findings: what was put right.
        is_variable_rate: whether frames are unevenly spaced, beyond the rounding of the time base.
    """

    index: FrameIndex
    findings: tuple[Finding, ...]
    is_variable_rate: bool


def needs_decoding_order(table: PacketTable, *, may_reorder: bool, trusts_pts: bool) -> bool:
    """Tell whether only decoding can say in which order the pictures show: no stamps, and no headers that tell."""
    lacks_pts = not trusts_pts or bool((table.column("pts")[_shown(table)] == MISSING).any())
    return lacks_pts and may_reorder and not _has_order(table)


def build_index(
    table: PacketTable,
    time_base: Fraction,
    rate: Fraction | None,
    name: str,
    *,
    trusts_pts: bool = True,
    has_clock: bool = True,
    shown_order: Sequence[int] | None = None,
) -> BuiltIndex:
    """Return the index of a stream's frames.

    Args:
        table: all of the stream's packets.
        time_base: length of one pts unit in seconds.
        rate: nominal frames a second, used only where stamps are missing.
        name: the file's name, for findings.
        trusts_pts: False where the stamps were seen to be those of decoding.
        has_clock: False for a raw stream, whose stamps, if any, the demuxer has made up.
        shown_order: packets in order of presentation where decoding had to tell (`needs_decoding_order`).
    """
    raw, dts = _sane(table.column("pts"), time_base), _sane(table.column("dts"), time_base)
    pts = raw if trusts_pts else np.full_like(raw, MISSING)
    shown = np.flatnonzero(_shown(table))
    if len(shown) and (pts[shown] == MISSING).any():
        order = _order_of_showing(table, shown, shown_order)
        stamps, timing, findings = _stamps_where_missing(pts[order], dts[order], time_base, rate, name)
    else:
        order, stamps, timing, findings = _stamps_as_given(pts, dts, shown, time_base, name)
    if not has_clock and len(order):
        stamps, timing = _stamps_by_rate(len(order), time_base, rate), Timing.ASSUMED
        findings = [_assumed_finding(_usable_rate(rate), name)]
    if corrupt := int((table.flagged(_CORRUPT) & ~table.flagged(_HIDDEN)).sum()):
        findings.append(_corrupt_finding(corrupt, table.count, name))
    packet_pts = np.where(raw == MISSING, 0, raw)
    packet_pts[order] = np.where(raw[order] == MISSING, stamps, raw[order])
    index = FrameIndex(
        time_base=time_base,
        timing=timing,
        pts=stamps,
        end_pts=_end_pts(table, order, stamps, time_base, rate, is_stamped=timing is Timing.STAMPED),
        order=order.astype(np.int64),
        is_key=table.flagged(_KEY),
        packet_pts=packet_pts,
        packet_pos=table.column("pos"),
    )
    return BuiltIndex(index, tuple(findings), timing is not Timing.ASSUMED and _is_uneven(stamps))


def _stamps_as_given(
    pts: NDArray[np.int64], dts: NDArray[np.int64], shown: NDArray[np.int64], time_base: Fraction, name: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], Timing, list[Finding]]:
    """Order frames by their stamps; put resets and doubled stamps right."""
    timing, findings = Timing.STAMPED, list[Finding]()
    shifted, resets = _without_resets(pts[shown], dts[shown], time_base)
    if resets:
        timing = Timing.REPAIRED
        findings.append(_reset_finding(resets, name))
    by_time = np.argsort(shifted, kind="stable")
    stamps, moved = _strictly_increasing(shifted[by_time])
    if moved:
        timing = Timing.REPAIRED
        findings.append(_doubled_finding(moved, len(shown), name))
    return shown[by_time], stamps, timing, findings


def _shown(table: PacketTable) -> NDArray[np.bool_]:
    return ~table.flagged(_HIDDEN | _SECOND_FIELD)


def _sane(stamps: NDArray[np.int64], time_base: Fraction) -> NDArray[np.int64]:
    """Take stamps for missing that no clock could mean: over 70 years from nought."""
    most = min(2**61, int(_LONGEST_NS / (time_base * NS_PER_S)))
    return np.where((stamps < -most) | (stamps > most), MISSING, stamps)


def _has_order(table: PacketTable) -> bool:
    return len(table.order) == table.count and MISSING not in table.order


def _order_of_showing(
    table: PacketTable, shown: NDArray[np.int64], shown_order: Sequence[int] | None
) -> NDArray[np.int64]:
    if shown_order is not None:
        return np.array(shown_order, dtype=np.int64)
    if not _has_order(table):
        return shown
    return shown[np.argsort(table.column("order")[shown], kind="stable")]


def _stamps_where_missing(
    pts: NDArray[np.int64], dts: NDArray[np.int64], time_base: Fraction, rate: Fraction | None, name: str
) -> tuple[NDArray[np.int64], Timing, list[Finding]]:
    """Stamp frames, given in order of showing, of which some or all have no pts.

    Decoding times in sorted order are how such files are played. Without them, frames between two known stamps are
    spread evenly; without any stamp at all the nominal rate stands in.
    """
    times = np.sort(dts)
    if not len(times):
        return times, Timing.ASSUMED, []
    known = np.flatnonzero(pts != MISSING)
    if times[0] != MISSING and not np.any(np.diff(times) <= 0):
        return times, Timing.REPAIRED, [_order_finding(name)]
    if len(known) >= 2 and not np.any(np.diff(pts[known]) <= 0):
        missing = len(pts) - len(known)
        step = 1 / (_usable_rate(rate) * time_base)
        stamps = _spread(pts, known, max(1, int(step)))
        return _strictly_increasing(stamps)[0], Timing.REPAIRED, [_missing_finding(missing, len(pts), name)]
    return _stamps_by_rate(len(pts), time_base, rate), Timing.ASSUMED, [_assumed_finding(_usable_rate(rate), name)]


def _stamps_by_rate(frames: int, time_base: Fraction, rate: Fraction | None) -> NDArray[np.int64]:
    step = 1 / (_usable_rate(rate) * time_base)
    stamps = np.array([number * step.numerator // step.denominator for number in range(frames)], dtype=np.int64)
    return _strictly_increasing(stamps)[0]


def _spread(pts: NDArray[np.int64], known: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    """Fill the gaps between known stamps evenly, and go on at a steady step before the first and after the last."""
    places = np.arange(len(pts), dtype=np.int64)
    after = np.clip(np.searchsorted(known, places, side="right"), 1, len(known) - 1)
    left, right = known[after - 1], known[after]
    inner = pts[left] + (pts[right] - pts[left]) * (places - left) // (right - left)
    first, last = int(known[0]), int(known[-1])
    inner = np.where(places < first, pts[first] - (first - places) * step, inner)
    filled: NDArray[np.int64] = np.where(places > last, pts[last] + (places - last) * step, inner)
    return filled


def _without_resets(
    pts: NDArray[np.int64], dts: NDArray[np.int64], time_base: Fraction
) -> tuple[NDArray[np.int64], int]:
    """Where the stamps start anew in mid-file, let what follows go on from what came before."""
    clock = np.where(dts == MISSING, pts, dts)
    back = int(_RESET_S / time_base)
    breaks = np.flatnonzero(np.diff(clock) < -back) + 1
    if not len(breaks):
        return pts, 0
    shifted = pts.copy()
    resets = 0
    edges = [0, *breaks.tolist(), len(pts)]
    for start, end in pairwise(edges[1:]):
        before, part = shifted[:start], shifted[start:end]
        highest, lowest = int(before.max()), int(part.min())
        if lowest <= highest:
            steps = np.diff(np.sort(before))
            step = int(np.median(steps)) if len(steps) else 1
            shifted[start:end] += highest - lowest + max(1, step)
            resets += 1
    return shifted, resets


def _strictly_increasing(stamps: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Return stamps of which each is later than the one before, moved as little as that needs, and how many moved."""
    steps = np.arange(len(stamps), dtype=np.int64)
    strict = np.maximum.accumulate(stamps - steps) + steps if len(stamps) else stamps
    return strict, int(np.count_nonzero(strict != stamps))


def _end_pts(
    table: PacketTable,
    order: NDArray[np.int64],
    stamps: NDArray[np.int64],
    time_base: Fraction,
    rate: Fraction | None,
    *,
    is_stamped: bool,
) -> int:
    if not len(stamps):
        return 0
    steps = np.diff(stamps)
    usual = int(np.median(steps)) if len(steps) else int(1 / (_usable_rate(rate) * time_base))
    length = int(table.duration[int(order[-1])])
    most = int(_LONGEST_NS / (time_base * NS_PER_S))
    if not is_stamped or table.has_fields or not 0 < length <= most:
        length = usual
    return int(stamps[-1]) + max(1, length)


def _usable_rate(rate: Fraction | None) -> Fraction:
    return rate if rate is not None and Fraction(1, 100) <= rate <= 1000 else _ASSUMED_RATE


def _is_uneven(stamps: NDArray[np.int64]) -> bool:
    steps = np.diff(stamps)
    return bool(len(steps)) and int(steps.max()) - int(steps.min()) > 1


def _assumed_finding(rate: Fraction, name: str) -> Finding:
    return Finding(
        "stamps-assumed",
        Severity.WARNING,
        f"{name} carries no time stamps; {float(rate):g} frames a second were assumed.",
        "The order of its frames is certain, but their times and the length of the recording are not.",
        "Ask the source for the recorder's own format, or measure the rate against another camera.",
    )


def _order_finding(name: str) -> Finding:
    return Finding(
        "stamps-from-order",
        Severity.NOTE,
        f"{name} says when its frames are decoded, but not when they are shown.",
        "Each frame was given the time of its place in the order of showing, which is how such files are played.",
    )


def _missing_finding(missing: int, frames: int, name: str) -> Finding:
    return Finding(
        "stamps-missing",
        Severity.WARNING,
        f"{missing:,} of {frames:,} frames of {name} carry no time stamp.",
        "They were placed between their neighbours, so their times are estimates.",
        "Do not rest an exact time on such a frame alone.",
    )


def _reset_finding(resets: int, name: str) -> Finding:
    times = "once" if resets == 1 else f"{resets:,} times"
    return Finding(
        "stamps-reset",
        Severity.WARNING,
        f"The time stamps of {name} start again {times} in mid-file.",
        "The parts are shown one after the other without a gap; whether time was lost between them is not known.",
        "Ask the source whether the file was joined from several recordings.",
    )


def _doubled_finding(moved: int, frames: int, name: str) -> Finding:
    return Finding(
        "stamps-doubled",
        Severity.NOTE,
        f"{moved:,} of {frames:,} frames of {name} carry the same time as another frame.",
        "Each was moved just behind the one before it, so that every frame can be shown.",
    )


def _corrupt_finding(corrupt: int, packets: int, name: str) -> Finding:
    return Finding(
        "packets-damaged",
        Severity.WARNING,
        f"{corrupt:,} of {packets:,} pieces of picture in {name} are marked as damaged.",
        "Pictures there may be missing or show false blocks.",
        "Ask the source for another copy.",
    )
