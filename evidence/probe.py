"""Describes the streams of an open container, chooses which to show and hear, and looks at the first pictures.

The first pictures are decoded (a few dozen packets, once) because only they tell the rotation that the player will
meet, whether fields are interlaced, and which pictures at the start of a cut recording need others that are gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import cast

from av.audio.stream import AudioStream
from av.codec.context import CodecContext
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.sidedata.sidedata import SideDataContainer
from av.sidedata.sidedata import Type as SideDataType
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from evidence.records import StreamInfo, StreamKind
from evidence.text import clean_text
from evidence.times import NS_PER_S

_STILL_BRANDS = ("heic", "heix", "hevc", "heif", "mif1", "msf1", "avif", "avis", "jpeg")
_RAW_FORMATS = frozenset(
    {"h264", "hevc", "vvc", "m4v", "mpegvideo", "vc1", "h263", "h261", "cavsvideo", "mjpeg", "av1", "obu"}
)
_MOST_FIRST_PACKETS = 160
_PICTURES_AFTER_KEY = 6
_MOST_MESSAGES = 64
_LONGEST_MESSAGE = 4_096
_TELEMETRY_BY_HANDLER = (
    ("gopro met", "gpmf"),
    ("gopro tcd", "timecode"),
    ("gopro sos", "gopro-fdsc"),
    ("timecodehandler", "timecode"),
    ("time code media handler", "timecode"),
    ("core media metadata", "mebx"),
    ("camera motion metadata", "camm"),
    ("cammmetadatahandler", "camm"),
    ("dji meta", "dji-meta"),
    ("dji.subtitle", "dji-srt"),
    ("non-realtime", "sony-rtmd"),
    ("timed metadata", "timed-metadata"),
)
_COLOUR_SPACES = {
    0: "rgb", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c",
}  # fmt: skip
_COLOUR_RANGES = {1: "tv", 2: "pc"}
_COLOUR_TRANSFERS = {
    1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 13: "iec61966-2-1",
    14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084", 18: "arib-std-b67",
}  # fmt: skip


@dataclass(slots=True)
class Extent:
    """From where to where a stream reaches, gathered packet by packet.

    Attributes:
        packets: how many there were.
        start_pts: the earliest stamp, or None.
        end_pts: the end of the packet that ends last, exclusive, or None.
    """

    packets: int = 0
    start_pts: int | None = None
    end_pts: int | None = None

    def add(self, packet: Packet[Stream]) -> None:
        """Take the next packet of the stream."""
        self.packets += 1
        pts = packet.pts
        if pts is None:
            return
        end = pts + (packet.duration or 0)
        if self.end_pts is None or end > self.end_pts:
            self.end_pts = end
        if self.start_pts is None or pts < self.start_pts:
            self.start_pts = pts


class FirstPictures:
    """Decodes a stream's first packets until the first group has come out.

    Attributes:
        is_done: whether enough was seen.
        rotation: degrees clockwise by which pictures must be turned for display: 0, 90, 180 or 270.
        is_odd_rotation: whether the file asks for an angle between those.
        is_interlaced: whether a picture said that it holds two fields.
        frame: the first picture, or None where none could be decoded.
        user_data: unregistered messages that lay in the pictures, each with the pts of its picture.
    """

    def __init__(self, stream: VideoStream) -> None:
        self._stream = stream
        self._fed: list[tuple[int | None, bool]] = []
        self._seen: dict[int, None] = {}
        self._first_key: int | None = None
        self.is_done = False
        self.rotation = 0
        self.is_odd_rotation = False
        self.is_interlaced = False
        self.frame: VideoFrame | None = None
        self.user_data: list[tuple[int, bytes]] = []
        if has_decoder(stream):
            stream.codec_context.thread_count = 1
        else:
            self.is_done = True

    def feed(self, packet: Packet[Stream], stamp: int | None, *, is_shown: bool) -> None:
        """Decode the next packet of the stream; its stamp is replaced by its number.

        Args:
            packet: in decoding order from the first.
            stamp: its pts, or any number by which pictures show, or None where nothing is known.
            is_shown: False for a second field and for what lies before an edit list's start.
        """
        number = len(self._fed)
        if packet.is_keyframe and self._first_key is None:
            self._first_key = number
        self._fed.append((stamp, is_shown))
        packet.pts = packet.dts = number
        if packet.size:
            self._decode(packet)
        if self._has_passed_first_key() or len(self._fed) >= _MOST_FIRST_PACKETS:
            self.is_done = True

    def finish(self) -> None:
        """Take what the decoder still holds, where the stream ended before enough was seen."""
        if not self.is_done:
            self._decode(None)
            self.is_done = True

    def never_shown(self) -> list[int]:
        """Return the packets whose pictures did not come out although a later one did; none where order is unknown."""
        stamps = [self._fed[number][0] for number in self._seen]
        known = [stamp for stamp in stamps if stamp is not None]
        if len(known) < len(stamps) or not known or self.contradicts_stamps:
            return []
        latest = max(known)
        return [
            number
            for number, (stamp, is_shown) in enumerate(self._fed)
            if is_shown and stamp is not None and stamp < latest and number not in self._seen
        ]

    @property
    def contradicts_stamps(self) -> bool:
        """Whether pictures came out in another order than their stamps say: then those are stamps of decoding."""
        stamps = [stamp for number in self._seen if (stamp := self._fed[number][0]) is not None]
        return any(later < earlier for earlier, later in pairwise(stamps))

    def _stamp_of(self, frame: VideoFrame) -> int:
        number = frame.pts
        return (self._fed[number][0] or 0) if number is not None and 0 <= number < len(self._fed) else 0

    def _has_passed_first_key(self) -> bool:
        if self._first_key is None or self._first_key not in self._seen:
            return False
        return len(self._seen) - list(self._seen).index(self._first_key) > _PICTURES_AFTER_KEY

    def _decode(self, packet: Packet[Stream] | None) -> None:
        try:
            frames = self._stream.codec_context.decode(packet)
        except (FFmpegError, ValueError):
            return
        for frame in frames:
            if frame.pts is not None and 0 <= frame.pts < len(self._fed):
                self._seen[frame.pts] = None
            self._look_at(frame)

    def _look_at(self, frame: VideoFrame) -> None:
        self.is_interlaced = self.is_interlaced or bool(frame.interlaced_frame)
        if len(self.user_data) < _MOST_MESSAGES:
            messages = _messages_in(frame)
            self.user_data.extend((self._stamp_of(frame), message[:_LONGEST_MESSAGE]) for message in messages)
        if self.frame is None:
            clockwise = -frame.rotation % 360
            self.rotation = round(clockwise / 90) * 90 % 360
            self.is_odd_rotation = clockwise % 90 != 0
            self.frame = frame


def _messages_in(frame: VideoFrame) -> list[bytes]:
    try:
        beside = cast("SideDataContainer", frame.side_data)  # PyAV's stub calls it a dictionary
        found = [beside[place] for place in range(len(beside))]
        return [bytes(data) for data in found if data.type is SideDataType.SEI_UNREGISTERED]
    except ValueError:
        return []  # PyAV knows fewer kinds of side data than the FFmpeg that it carries


def is_still_format(container: InputContainer) -> bool:
    """Tell whether the whole file is a photograph in a film's container (HEIF, AVIF)."""
    return (
        container.format.name.startswith("mov") and container.metadata.get("major_brand", "").strip() in _STILL_BRANDS
    )


def is_raw_format(name: str) -> bool:
    """Tell whether FFmpeg's format of this name is a bare stream of pictures: whatever its stamps, they are made up."""
    return name in _RAW_FORMATS or name.endswith("_pipe")


def has_decoder(stream: Stream) -> bool:
    """Tell whether anything here can decode the stream."""
    return isinstance(getattr(stream, "codec_context", None), CodecContext)


def is_picture_stream(stream: Stream) -> bool:
    """Tell whether a stream is moving picture: not a cover and not a thumbnail."""
    still = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    return stream.type == "video" and not stream.disposition & still


def choose_video(container: InputContainer) -> VideoStream | None:
    """Return the stream to show: the largest picture, of equals the first."""
    pictures = [stream for stream in container.streams.video if is_picture_stream(stream)]
    return max(pictures, key=_pixels, default=None)


def choose_audio(container: InputContainer) -> Stream | None:
    """Return the stream to hear: the one marked as default, else the first that can be decoded."""
    sounds = [stream for stream in container.streams.audio if has_decoder(stream)]
    return next((stream for stream in sounds if stream.disposition & Disposition.default), next(iter(sounds), None))


def telemetry_kind(stream: Stream, first_packet: bytes) -> str:
    """Return what a data or subtitle stream carries, by its handler's name and its first bytes; "" if unknown."""
    if first_packet[:4] == b"DEVC":
        return "gpmf"
    if b"$GPRMC" in first_packet or b"$GNRMC" in first_packet or b"$GPGGA" in first_packet:
        return "nmea"
    if b"GPS(" in first_packet or b"GPS (" in first_packet or b"[latitude" in first_packet:
        return "gps-text"
    handler = stream.metadata.get("handler_name", "").strip(" \x00\x0b").lower()
    return next((kind for words, kind in _TELEMETRY_BY_HANDLER if words in handler), "")


def describe_stream(stream: Stream, extent: Extent, telemetry: str = "") -> StreamInfo:
    """Return what any stream's header and packets say."""
    described = StreamInfo(
        index=stream.index,
        kind=_kind_of(stream),
        codec=_codec_name(stream),
        time_base=stream.time_base or Fraction(1, NS_PER_S),
        start_pts=extent.start_pts,
        end_pts=extent.end_pts,
        packets=extent.packets,
        language="" if (stream.language or "und") == "und" else clean_text(stream.language or "", limit=20),
        title=clean_text(stream.metadata.get("title", ""), limit=200),
        telemetry=telemetry,
    )
    if isinstance(stream, AudioStream) and has_decoder(stream):
        context = stream.codec_context
        return replace(
            described,
            profile=_profile(stream),
            bit_rate=context.bit_rate or None,
            sample_rate=context.sample_rate,
            channels=context.channels,
        )
    if isinstance(stream, VideoStream) and has_decoder(stream):
        return _with_picture(described, stream)
    return described


def with_pictures(described: StreamInfo, pictures: FirstPictures, *, has_fields: bool, is_variable: bool) -> StreamInfo:
    """Return a description with what the first pictures and the index told."""
    frame = pictures.frame
    described = replace(
        described,
        rotation=pictures.rotation,
        is_interlaced=pictures.is_interlaced or has_fields,
        is_variable_rate=is_variable,
    )
    if frame is None:
        return described
    return replace(
        described,
        width=described.width or frame.width,
        height=described.height or frame.height,
        pixel_format=described.pixel_format or frame.format.name,
        color_space=described.color_space or _colour_space(int(frame.colorspace), frame.format.name),
        color_range=described.color_range or _COLOUR_RANGES.get(int(frame.color_range), ""),
    )


def nominal_rate(stream: VideoStream) -> Fraction | None:
    """Return the frames a second that the container states; for a raw stream, what its own headers state."""
    if is_raw_format(stream.container.format.name) and has_decoder(stream) and stream.codec_context.framerate:
        stated = Fraction(stream.codec_context.framerate)
        if 1 <= stated <= 240:
            return stated
    rate = stream.average_rate or stream.guessed_rate
    return Fraction(rate) if rate else None


def _with_picture(described: StreamInfo, stream: VideoStream) -> StreamInfo:
    context = stream.codec_context
    aspect = stream.sample_aspect_ratio or context.sample_aspect_ratio
    return replace(
        described,
        profile=_profile(stream),
        bit_rate=stream.bit_rate or None,
        width=context.width,
        height=context.height,
        pixel_aspect=Fraction(aspect) if aspect and aspect > 0 else Fraction(1),
        pixel_format=context.pix_fmt or "",
        color_space=_colour_space(int(context.colorspace), context.pix_fmt or ""),
        color_range=_COLOUR_RANGES.get(int(context.color_range), ""),
        color_transfer=_COLOUR_TRANSFERS.get(int(context.color_trc), ""),
        nominal_rate=nominal_rate(stream),
    )


def _colour_space(number: int, pixel_format: str) -> str:
    """Return the matrix by name; some phones write RGB beside pictures that are not, which says nothing."""
    return "" if number == 0 and pixel_format.startswith("yuv") else _COLOUR_SPACES.get(number, "")


def _kind_of(stream: Stream) -> StreamKind:
    if stream.type == "video":
        return StreamKind.VIDEO if is_picture_stream(stream) else StreamKind.STILL
    if stream.type == "audio":
        return StreamKind.AUDIO
    return StreamKind.SUBTITLE if stream.type == "subtitle" else StreamKind.DATA


def _codec_name(stream: Stream) -> str:
    return stream.codec_context.name if has_decoder(stream) else "unknown"


def _profile(stream: Stream) -> str:
    return clean_text(stream.profile or "", limit=60)


def _pixels(stream: VideoStream) -> int:
    return stream.codec_context.width * stream.codec_context.height if has_decoder(stream) else 0
