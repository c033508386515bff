"""Copies packets, untouched, from the key frame at or before the first frame to the last packet that is needed.

In MP4 and QuickTime an edit list lets the film begin with the first frame and end with the last one; what else had to
be taken along is still in the file. Other containers show it. Runs in the process that cuts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import av.error
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from numpy.typing import NDArray

from annotations.cuts.containers import EDIT_LISTS, RAW, STARTING_TOGETHER, WITHOUT_PTS
from annotations.cuts.digests import Copied, Noted, is_sampled
from annotations.cuts.messages import CutOrder, LeftOut
from annotations.cuts.mp4_edit import TrackEdit, set_edits
from annotations.cuts.places import PacketRange, decoding_stamps, frame_of_packet, raw_shift, ticks
from annotations.cuts.source import PARTED, SourceFile, Taken, packets_from
from annotations.cuts.tracks_out import Kept, add_copied, choose_streams, keep_facts
from annotations.cuts.written import disk_errors, writing
from evidence.frame_index import FrameIndex, Timing

Advance = Callable[[int, int], None]
"""Told how much is done, of how much."""

_PAST_END_S = 5
_TOLD_EVERY = 8
_COARSEST = Fraction(1, 1000)
_FINE = Fraction(1, 1_000_000)
_PRE_PACKETS_S = Fraction(3, 50)


class CannotCopyError(Exception):
    """The packets cannot be copied like this; the message says why, in a sentence."""


def copy_packets(
    order: CutOrder, place: PacketRange | None, path: Path, advance: Advance, *, has_one_key: bool = False
) -> Copied:
    """Write the cut and return what was written.

    Args:
        order: what is cut.
        place: the packets of the picture, or None for sound alone.
        path: where to.
        advance: told how far it is.
        has_one_key: whether the first packet alone is called a key packet, because the others are no clean starts.

    Raises:
        CannotCopyError: these packets cannot be put into this container.
        DiskError: the disk did not take it.
        SightlineError: the original is missing or may not be read.
        FFmpegError: FFmpeg cannot read or write it.
    """
    if order.out_format in RAW:
        assert place is not None
        return _copy_raw(order, place, path, advance)
    has_edits = order.out_format in EDIT_LISTS
    done = Copied(is_hidden=has_edits)
    clock = StreamClock(order, place)
    if not clock.has_sound:
        done.notes.append("The original's time stamps start anew in mid-file, so its sound cannot be put beside it.")
    with SourceFile(order) as source:
        kept = choose_streams(source.container, order, with_video=place is not None)
        if not clock.has_sound:
            drop_all_but_video(kept, order)
        done.left_out = tuple(kept.left_out)
        done.order = list(kept.streams)
        scale = 0 if order.index is None else order.index.time_base.denominator
        with writing(path, order.out_format, scale) as out:
            keep_facts(source.container, out)
            try:
                targets = {number: add_copied(out, stream, order) for number, stream in kept.streams.items()}
            except ValueError as error:
                raise CannotCopyError(f"A file of the kind {order.out_format} cannot hold these packets.") from error
            copying = _Copying(order, place, clock, targets, has_one_key=has_one_key)
            try:
                done.notes += copying.run(out, advance)
            except (av.error.ArgumentError, av.error.PermissionError) as error:  # such as ADPCM in AVI: wrong times
                raise CannotCopyError(
                    f"FFmpeg cannot write these packets with their times into a file of the kind {order.out_format}."
                ) from error
    if has_edits:
        with disk_errors(path):
            set_edits(path, [TrackEdit(order.end - order.start)] * len(targets))
    return done


def drop_all_but_video(kept: Kept, order: CutOrder) -> None:
    """Leave out every stream whose times mean nothing beside the repaired times of the pictures."""
    for number in [one for one in kept.streams if one != order.video]:
        stream = kept.streams.pop(number)
        kept.left_out.append(LeftOut(number, stream.type, "the time stamps start anew in mid-file"))


class StreamClock:
    """Which stamps packets get: the original's, counted from the cut's first frame.

    Attributes:
        has_sound: whether times of other streams mean the same as those of the pictures.
    """

    def __init__(self, order: CutOrder, place: PacketRange | None) -> None:
        self._order = order
        self._place = place
        self._stamps: dict[int, tuple[int, int]] = {}
        self._zeros: dict[int, int] = {}
        self._begins_at_zero = order.out_format in STARTING_TOGETHER and place is not None
        self._sound_zero = sound_start(order, place) if self._begins_at_zero else order.start
        self.has_sound = True
        index = order.index
        self._first_pts = 0 if index is None else int(index.pts[order.first])
        if index is None or place is None:
            return
        whole = raw_shift(index, 0, len(index.is_key) - 1)
        if index.timing is Timing.REPAIRED and whole is None and order.out_format not in WITHOUT_PTS:
            self.has_sound = False
            self._stamps = _restamped(index, place)

    def stamp(self, taken: Taken) -> None:
        """Give a packet its stamps in the file, in its own time base."""
        packet = taken.packet
        if taken.number in self._stamps:
            packet.pts, packet.dts = self._stamps[taken.number]
        if taken.number < 0 and packet.time_base > _COARSEST and not self._begins_at_zero:
            _refine(packet)
        pts, dts = packet.pts, packet.dts
        if taken.number >= 0 and not self._begins_at_zero:
            zero = self._first_pts
        elif (known := self._zeros.get(packet.stream_index)) is not None:
            zero = known
        elif taken.number >= 0:
            zero = self._zeros[packet.stream_index] = (pts or 0) if dts is None else dts
        else:
            zero = self._zeros[packet.stream_index] = ticks(self._sound_zero, packet.time_base)
        if pts is not None:
            packet.pts = pts - zero
        if dts is not None:
            packet.dts = dts - zero


def _refine(packet: Packet[Stream]) -> None:
    """Count a packet's stamps in small ticks: AVI counts whole packets of sound, and a cut begins within one."""
    factor = packet.time_base / _FINE
    packet.pts, packet.dts, packet.duration = (
        None if value is None else round(value * factor) for value in (packet.pts, packet.dts, packet.duration)
    )
    packet.time_base = _FINE


def _restamped(index: FrameIndex, place: PacketRange) -> dict[int, tuple[int, int]]:
    frames = frame_of_packet(index)[place.start : place.end + 1]
    numbers = np.flatnonzero(frames >= 0)
    pts: NDArray[np.int64] = index.pts[frames[numbers]]
    dts = decoding_stamps(pts)
    return {
        int(place.start + number): (int(shown), int(decoded))
        for number, shown, decoded in zip(numbers, pts, dts, strict=True)
    }


def note_packets(order: CutOrder, place: PacketRange | None, streams: list[int], is_alive: Callable[[], None]) -> Noted:
    """Read the packets of the original that belong into a copy once more, and note them.

    Args:
        order: what was cut.
        place: the packets of the picture, or None for sound alone.
        streams: the streams of the original that are in the file.
        is_alive: called now and then.

    Raises:
        SightlineError: the original is missing or may not be read.
        FFmpegError: FFmpeg cannot read it.
    """
    noted = Noted(order.start)
    for number, taken in enumerate(wanted_packets(order, place, set(streams))):
        noted.add(taken.packet)
        if not number % _TOLD_EVERY:
            is_alive()
    return noted


def wanted_packets(order: CutOrder, place: PacketRange | None, streams: set[int]) -> Iterator[Taken]:
    """Yield the packets of the original that belong into a copy, in its order."""
    choice = _Choice(order, place, streams)
    first = None if place is None else place.start
    starts_together = order.out_format in STARTING_TOGETHER and place is not None
    for taken in packets_from(order, first, choice.sound_from, streams):
        if choice.has(taken):
            yield _from_start(taken, choice.sound_from) if starts_together and taken.number < 0 else taken
        if choice.is_over:
            return


def _from_start(taken: Taken, start: Fraction) -> Taken:
    """Return a packet of bare samples without those before a moment; other packets as they are."""
    packet = taken.packet
    early = ticks(start, packet.time_base) - (packet.pts or 0)
    length = packet.duration or 0
    if not is_sampled(packet.stream) or not 0 < early < length or packet.size % length:
        return taken
    rest = Packet(bytes(packet)[early * (packet.size // length) :])
    rest.pts = rest.dts = (packet.pts or 0) + early
    rest.duration, rest.time_base, rest.stream = length - early, packet.time_base, packet.stream
    return Taken(rest, taken.number)


class _Choice:
    """Tells which packets belong into a copy.

    Attributes:
        sound_from: media time from when on packets of other streams do, in seconds.
        is_over: whether none will come any more.
    """

    def __init__(self, order: CutOrder, place: PacketRange | None, streams: set[int]) -> None:
        self._order = order
        self._place = place
        self.sound_from = sound_start(order, place)
        self.is_over = False
        self._is_video_over = place is None
        self._bounds: dict[int, tuple[int, int]] = {}  # ticks of each stream: worked out once, not for each packet
        self._open = {note.index for note in order.streams if note.kind == "audio" and note.index in streams}

    def has(self, taken: Taken) -> bool:
        """Tell whether the next packet does."""
        packet, place = taken.packet, self._place
        if taken.number < 0 or place is None:
            is_wanted = self._wants(packet)
        else:
            is_wanted = taken.number <= place.end
            self._is_video_over = taken.number >= place.end
            self.is_over = self._is_late(packet)
        self.is_over = self.is_over or (self._is_video_over and not self._open)
        return is_wanted

    def _wants(self, packet: Packet[Stream]) -> bool:
        """Tell whether another stream's packet lies in the range; note which streams are past its end."""
        pts = packet.pts
        if pts is None:
            return False
        bounds = self._bounds.get(packet.stream_index)
        if bounds is None:
            base = packet.time_base
            bounds = self._bounds[packet.stream_index] = (floor(self.sound_from / base), ceil(self._order.end / base))
        if pts >= bounds[1]:
            self._open.discard(packet.stream_index)
            return False
        return pts + (packet.duration or 0) > bounds[0]

    def _is_late(self, packet: Packet[Stream]) -> bool:
        if packet.dts is None or not self._is_video_over:
            return False
        return packet.dts * packet.time_base > self._order.end + _PAST_END_S


class _Copying:
    """One run over the packets."""

    def __init__(
        self,
        order: CutOrder,
        place: PacketRange | None,
        clock: StreamClock,
        targets: dict[int, Stream],
        *,
        has_one_key: bool,
    ) -> None:
        self._order = order
        self._has_one_key = has_one_key
        self._place = place
        self._clock = clock
        self._targets = targets

    def run(self, out: OutputContainer, advance: Advance) -> tuple[str, ...]:
        """Copy, and return what people should know of it."""
        order, place = self._order, self._place
        last, has_parts = -1, False
        for taken in wanted_packets(order, place, set(self._targets)):
            self._put(out, taken)
            has_parts = has_parts or taken.is_part
            if taken.number >= 0 and place is not None:
                last = taken.number
                if not last % _TOLD_EVERY or last == place.end:
                    advance(last - place.start + 1, place.end - place.start + 1)
        if place is not None and last != place.end:
            raise CannotCopyError(
                f"{order.display_name} ends before the last packet that is needed; it has become shorter."
            )
        return (PARTED,) if has_parts else ()

    def _put(self, out: OutputContainer, taken: Taken) -> None:
        packet = taken.packet
        stream = packet.stream_index
        self._clock.stamp(taken)
        if self._has_one_key and self._place is not None and taken.number > self._place.start:
            packet.is_keyframe = False
        packet.stream = self._targets[stream]
        out.mux_one(packet)


def sound_start(order: CutOrder, place: PacketRange | None) -> Fraction:
    """Return from when on packets of other streams are taken: with the pictures that are shown, and a packet before.

    A decoder of sound needs the packet before the first one that is heard; an edit list hides it.
    """
    if order.out_format in EDIT_LISTS or place is None or order.index is None:
        return order.start - (_PRE_PACKETS_S if order.out_format in EDIT_LISTS else 0)
    index = order.index
    earliest = int(index.pts[min(place.key_frame, order.first)])
    return earliest * index.time_base


def _copy_raw(order: CutOrder, place: PacketRange, path: Path, advance: Advance) -> Copied:
    """Write packets one after another, behind the stream's own headers where the first does not bring them."""
    total = place.end - place.start + 1
    assert order.video is not None
    done = Copied(order=[order.video])
    with SourceFile(order) as source:
        video = source.video
        headers = b"" if video is None else bytes(video.codec_context.extradata or b"")
    with disk_errors(path), path.open("wb") as file:
        for taken in wanted_packets(order, place, {order.video}):
            data = bytes(taken.packet)
            if taken.number == place.start and headers and headers[:16] not in data[:4_096]:
                file.write(headers)
                done.header = headers
                done.notes.append("The stream's headers were put before its first picture, as they lie elsewhere.")
            file.write(data)
            advance(taken.number - place.start + 1, total)
    return done
