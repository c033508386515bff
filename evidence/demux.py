"""Runs a container's packets past everything that wants to know of them, once, from the first to the last."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard, Stream
from av.video.stream import VideoStream

from evidence import probe
from evidence.h264_headers import HeaderReader
from evidence.index_build import BuiltIndex, PacketTable, build_index, needs_decoding_order
from evidence.one_pass import OnePass
from evidence.originals import Original, OriginalStream
from evidence.records import StreamInfo, StreamKind
from evidence.times import ticks_to_ns

BUFFER_BYTES = 1 << 19
_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,mpegtsraw,mpeg,asf,flv,live_flv,kux,ivf,mxf,gxf,nut,dv,rm,wtv,nsv,nuv,"
    "dhav,ogg,wav,w64,aiff,caf,au,mp3,flac,aac,ac3,eac3,dts,dtshd,truehd,amr,amrnb,amrwb,voc,tta,wv,ape,gsm,g729,rso,"
    "h264,hevc,vvc,h263,h261,m4v,mpegvideo,mjpeg,mjpeg_2000,vc1,av1,obu,cavsvideo,smjpeg,mpjpeg,ea,thp,psxstr,"
    "gif,apng,ico,jpeg_pipe,png_pipe,bmp_pipe,tiff_pipe,webp_pipe,gif_pipe,jpegxl_pipe,jpegls_pipe,dng_pipe,"
    "j2k_pipe,svg_pipe,psd_pipe,srt,webvtt,ass"
)
"""FFmpeg's readers that may look at evidence. Play lists and scripts, which open other files, are not among them."""

OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": "none"}
"""For every opening of an original with FFmpeg: no other file and no network address is ever followed from it."""

_FIRST_TELEMETRY_PACKETS = 150
_LAST_TELEMETRY_PACKETS = 4
_LONGEST_TELEMETRY = 1 << 18
_MOST_TELEMETRY_BYTES = 1 << 23
_DOUBTFUL_STAMPS_FORMATS = frozenset({"avi"})
"""AVI counts frames in decoding order; what FFmpeg makes of it can be wrong where pictures are reordered."""


@dataclass(slots=True)
class Telemetry:
    """The first and the last packets of one data or subtitle stream."""

    first: list[tuple[int, bytes]] = field(default_factory=list)
    last: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=_LAST_TELEMETRY_PACKETS))
    size_bytes: int = 0

    def add(self, packet: Packet[Stream]) -> None:
        """Take the next packet of the stream."""
        if packet.pts is None or not 0 < packet.size <= _LONGEST_TELEMETRY:
            return
        if len(self.first) < _FIRST_TELEMETRY_PACKETS and self.size_bytes < _MOST_TELEMETRY_BYTES:
            self.first.append((packet.pts, bytes(packet)))
            self.size_bytes += packet.size
        else:
            self.last.append((packet.pts, bytes(packet)))

    @property
    def packets(self) -> list[tuple[int, bytes]]:
        """Each packet's pts and bytes."""
        return [*self.first, *self.last]


@dataclass(frozen=True)
class Demuxed:
    """What all packets told.

    Attributes:
        streams: the streams described.
        video: index of the stream to show, or None.
        audio: index of the stream to hear, or None.
        built: the frame index of the shown stream, or None.
        pictures: what the first pictures told, or None.
        telemetry: by stream, the packets kept.
        dropped_leading: pictures at the start that need others which the file does not have.
        stopped: FFmpeg's words where reading stopped before the end, else "".
    """

    streams: tuple[StreamInfo, ...]
    video: int | None
    audio: int | None
    built: BuiltIndex | None
    pictures: probe.FirstPictures | None
    telemetry: dict[int, Telemetry]
    dropped_leading: int
    stopped: str

    def stream(self, index: int | None) -> StreamInfo | None:
        """Return the description of one stream, or None."""
        return next((stream for stream in self.streams if stream.index == index), None)

    @property
    def origin_ns(self) -> int:
        """Media time of the first frame shown, or of the first sound, ns."""
        shown = self.stream(self.video) or self.stream(self.audio)
        return 0 if shown is None or shown.start_pts is None else ticks_to_ns(shown.start_pts, shown.time_base)


class _Shown:
    """Takes the packets of the stream that is shown."""

    def __init__(self, stream: VideoStream) -> None:
        is_h264 = probe.has_decoder(stream) and stream.codec_context.name == "h264"
        self.stream = stream
        headers = HeaderReader(stream.codec_context.extradata or b"") if is_h264 else None
        self.table = PacketTable(headers, reads_all=stream.container.format.name in _DOUBTFUL_STAMPS_FORMATS)
        self.pictures = probe.FirstPictures(stream)

    def add(self, packet: Packet[Stream]) -> None:
        self.table.add(packet)
        if not self.pictures.is_done:
            stamp = self.table.last_order if packet.pts is None else packet.pts
            self.pictures.feed(packet, stamp, is_shown=self.table.shows_last)

    def finish(self) -> int:
        """End the first pictures; return how many leading ones can never be shown."""
        self.table.end()
        self.pictures.finish()
        never = self.pictures.never_shown()
        for number in never:
            self.table.hide(number)
        return len(never)


def open_container(stream: OriginalStream) -> InputContainer:
    """Open an original with FFmpeg.

    Raises:
        FFmpegError: FFmpeg does not know it as a recording.
    """
    return av.open(
        stream, "r", options=OPTIONS, container_options=OPTIONS, metadata_errors="replace", buffer_size=BUFFER_BYTES
    )


def iterate_packets(container: InputContainer, *streams: Stream) -> Iterator[Packet[Stream]]:
    """Yield the packets of some streams, or of all, without the empty ones by which PyAV says that a stream ends.

    Raises:
        FFmpegError: the file cannot be read on.
    """
    packets = container.demux(*streams)
    while True:
        try:
            packet = next(packets, None)
        except IndexError:
            return  # PyAV 18 stumbles at the end of a transport stream in which another stream began in mid-file
        if packet is None:
            return
        if packet.size or packet.dts is not None:
            yield packet


def demux(container: InputContainer, one_pass: OnePass, original: Original, name: str) -> Demuxed:
    """Read every packet of a container and say what they told.

    Args:
        container: just opened, on `one_pass`.
        one_pass: the file object that the container reads.
        original: the file itself, for the rare second look at the order of pictures.
        name: the file's name, for findings.
    """
    shown_stream = probe.choose_video(container)
    shown = _Shown(shown_stream) if shown_stream is not None else None
    extents = {stream.index: probe.Extent() for stream in container.streams}
    telemetry: dict[int, Telemetry] = {}
    takers: dict[int, list[Callable[[Packet[Stream]], None]]] = {}
    for stream in container.streams:
        takers[stream.index] = [extents[stream.index].add]
        if stream.type in ("data", "subtitle"):
            telemetry[stream.index] = Telemetry()
            takers[stream.index].append(telemetry[stream.index].add)
    if shown is not None:
        takers[shown.stream.index] = [shown.add]
    for stream in container.streams.audio:
        known = _extent_from_index(stream, one_pass.size_bytes) if shown is not None else None
        if known is not None:
            extents[stream.index] = known
            stream.discard = Discard.all
    stopped = _run(container, takers)
    dropped = shown.finish() if shown is not None else 0
    built = _build(shown, one_pass, original, name) if shown is not None else None
    return Demuxed(
        streams=tuple(_describe(stream, extents, telemetry, shown, built) for stream in container.streams),
        video=shown.stream.index if shown is not None else None,
        audio=audio.index if (audio := probe.choose_audio(container)) is not None else None,
        built=built,
        pictures=shown.pictures if shown is not None else None,
        telemetry=telemetry,
        dropped_leading=dropped,
        stopped=stopped,
    )


def _run(container: InputContainer, takers: dict[int, list[Callable[[Packet[Stream]], None]]]) -> str:
    singles = {index: some[0] for index, some in takers.items() if len(some) == 1}
    try:
        for packet in iterate_packets(container):
            take = singles.get(packet.stream_index)
            if take is not None:
                take(packet)
            else:
                for each in takers[packet.stream_index]:
                    each(packet)
    except FFmpegError as error:
        return str(error.strerror or error)
    return ""


def _build(shown: _Shown, one_pass: OnePass, original: Original, name: str) -> BuiltIndex:
    stream, table = shown.stream, shown.table
    may_reorder = probe.has_decoder(stream) and bool(stream.codec_context.has_b_frames)
    is_raw = probe.is_raw_format(stream.container.format.name)
    trusts_pts = not shown.pictures.contradicts_stamps
    order = None
    if needs_decoding_order(table, may_reorder=may_reorder or is_raw, trusts_pts=trusts_pts):
        order = _order_by_decoding(one_pass, original, stream.index)
    time_base = stream.time_base or Fraction(1, 90_000)
    rate = probe.nominal_rate(stream)
    return build_index(table, time_base, rate, name, trusts_pts=trusts_pts, has_clock=not is_raw, shown_order=order)


def _order_by_decoding(one_pass: OnePass, original: Original, index: int) -> list[int]:
    """Return the packets of a stream in the order in which their pictures come out of the decoder."""
    shown: list[int] = []
    with open_container(OriginalStream(original)) as container:
        stream = container.streams[index]
        assert isinstance(stream, VideoStream)
        for packet in _numbered(container, stream):
            one_pass.give_sign()
            try:
                shown.extend(frame.pts for frame in stream.codec_context.decode(packet) if frame.pts is not None)
            except (FFmpegError, ValueError):
                continue
    unique = dict.fromkeys(shown)
    return list(unique)


def _numbered(container: InputContainer, stream: VideoStream) -> Iterator[Packet[Stream] | None]:
    number = 0
    try:
        for packet in iterate_packets(container, stream):
            if packet.size:
                packet.pts = packet.dts = number
                yield packet
            number += 1
    except FFmpegError:
        pass  # the first reading stopped here too, and told
    yield None


def _extent_from_index(stream: AudioStream, size_bytes: int) -> probe.Extent | None:
    """Return how far a sound stream reaches by the container's own index, or None where it has no whole one."""
    entries = stream.index_entries
    count = len(entries)
    if not count or count != stream.frames or stream.start_time is None:
        return None
    low, high = 0, count
    while low < high:  # the last sample that lies in the file: what a cut file has lost is not counted
        middle = (low + high) // 2
        entry = entries[middle]
        low, high = (middle + 1, high) if entry.pos + entry.size <= size_bytes else (low, middle)
    if low == 0:
        return probe.Extent()
    step = (entries[low - 1].timestamp - entries[0].timestamp) // (low - 1) if low > 1 else 0
    end = entries[low - 1].timestamp + step
    if low == count and stream.duration is not None:
        end = stream.start_time + stream.duration
    return probe.Extent(low, stream.start_time, max(end, stream.start_time))


def _describe(
    stream: Stream,
    extents: dict[int, probe.Extent],
    telemetry: dict[int, Telemetry],
    shown: _Shown | None,
    built: BuiltIndex | None,
) -> StreamInfo:
    kept = telemetry.get(stream.index)
    sample = kept.packets[0][1] if kept is not None and kept.packets else b""
    carries = probe.telemetry_kind(stream, sample) if kept is not None else ""
    if shown is None or built is None or stream.index != shown.stream.index:
        return probe.describe_stream(stream, extents[stream.index], carries)
    index = built.index
    reach = probe.Extent(shown.table.count)
    if len(index):
        reach = probe.Extent(shown.table.count, int(index.pts[0]), index.end_pts)
    described = probe.describe_stream(stream, reach, carries)
    assert described.kind is StreamKind.VIDEO
    return probe.with_pictures(
        described, shown.pictures, has_fields=shown.table.has_fields, is_variable=built.is_variable_rate
    )
