"""Sets encoders up so that what the original says of its pictures is kept, and feeds them its frames.

Kept: size, pixel format with its depth and chroma, matrix, range, transfer, primaries, pixel aspect, fields, and every
frame's own time in the original's unit. Runs in the process that cuts.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from importlib import import_module
from typing import cast

import av
from av.container import OutputContainer
from av.sidedata.sidedata import SideDataContainer
from av.sidedata.sidedata import Type as SideDataType
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from annotations.cuts.messages import Codec, CutOrder
from player.decoder.planes import rows_of
from player.decoder.reader import FrameReader
from player.protocol import Source

THREADS = 4
"""Always as many, since what x264 writes depends on it: the same cut gives the same bytes on every machine."""

_PROCESSOR: dict[str, bool] = getattr(import_module("numpy._core._multiarray_umath"), "__cpu_features__", {})
"""What this machine's processor can do, as `numpy.show_runtime` finds it."""

_SAME_EVERYWHERE = ("asm=avx2",) if _PROCESSOR.get("AVX512F") else ()
"""What x264 writes with AVX-512 was seen to differ from run to run; with AVX2 and SSE4.2 it writes the same."""

_FRAMES_FOR_X265_STAMPS = 3
"""With fewer frames than x265 holds back it gives packets stamps of decoding that it never set (x265 of PyAV 18)."""

DECODE_THREADS = 4
_QUALITY = {Codec.H264: "13", Codec.HEVC: "13"}
_FULL_RANGE = 2
_RELABELLED = {
    "yuvj420p": "yuv420p",
    "yuvj422p": "yuv422p",
    "yuvj444p": "yuv444p",
    "yuvj440p": "yuv440p",
    "yuvj411p": "yuv411p",
}
_HEVC_KNOWS = "yuvj420p"
"""FFmpeg's decoder of HEVC calls full range by a name of its own for 4:2:0 alone."""

_SAME_VALUES = {"rgb24": "bgr0", "bgr24": "bgr0", "rgb0": "bgr0", "nv12": "yuv420p", "nv21": "yuv420p"}


class CannotEncodeError(Exception):
    """The pictures cannot be encoded like this; the message says why, in a sentence."""


def frames_of(order: CutOrder, first: int, last: int, *, from_start: bool = False) -> Iterator[VideoFrame]:
    """Yield the frames of the original from `first` to `last`, exactly these, in order of showing.

    Args:
        order: what is cut.
        first: the first frame.
        last: the last frame, inclusive.
        from_start: decode from the beginning of the recording, where key frames are no clean starts.

    Raises:
        SightlineError: the file is missing or may not be read.
        CannotEncodeError: one of them cannot be decoded.
    """
    assert order.index is not None
    source = Source(
        key=0,
        path_bytes=order.path_bytes,
        display_name=order.display_name,
        stream_index=order.video or 0,
        rotation=0,
        pixel_aspect=order.pixel_aspect,
        color_space="",
        color_range="",
    )
    reader = FrameReader(source, order.index, DECODE_THREADS)
    try:
        wanted, waiting = first, dict[int, VideoFrame]()
        while wanted <= last:
            begin = 0 if from_start else wanted
            reader.aim(begin, begin)
            is_moving = False
            while wanted <= last and not (reader.is_at_end and is_moving):
                is_moving = True
                for decoded in reader.read():
                    if decoded.number >= wanted:
                        waiting[decoded.number] = decoded.picture
                while wanted <= last and wanted in waiting:
                    yield waiting.pop(wanted)
                    wanted += 1
                if waiting and min(waiting) > wanted + 64:
                    break
            if wanted <= last and wanted not in waiting:
                raise CannotEncodeError(f"Frame {wanted:,} of {order.display_name} cannot be decoded.")
    finally:
        reader.close()


def as_encoded(frame: VideoFrame, codec: Codec) -> VideoFrame:
    """Return the frame in a pixel format that the encoder takes, with the same values in it."""
    name = frame.format.name
    if name in _RELABELLED and (codec is Codec.FFV1 or (codec is Codec.HEVC and name != _HEVC_KNOWS)):
        return _relabel(frame, _RELABELLED[name])
    if codec is Codec.FFV1 and name in _SAME_VALUES:
        return frame.reformat(format=_SAME_VALUES[name])
    return frame


def display_matrix(frame: VideoFrame) -> bytes | None:
    """Return the 36 bytes by which a picture is turned for display, or None."""
    try:
        beside = cast("SideDataContainer", frame.side_data)
        for place in range(len(beside)):
            if beside[place].type is SideDataType.DISPLAYMATRIX:
                return bytes(beside[place])
    except ValueError:
        pass  # PyAV knows fewer kinds of side data than the FFmpeg that it carries
    return None


def encoder_options(order: CutOrder, *, is_interlaced: bool, sps_id: int | None = None) -> tuple[str, dict[str, str]]:
    """Return FFmpeg's name of the encoder and its options."""
    if order.codec is Codec.FFV1:
        return "ffv1", {"level": "3", "coder": "1", "context": "1", "g": "1", "slices": "4", "slicecrc": "1"}
    if order.codec is Codec.HEVC:
        inner = ["log-level=none", "frame-threads=2", "pools=4", "info=0", "open-gop=0", "keyint=60"]
        inner += ["lossless=1"] if order.is_lossless else []
        inner += ["interlace=tff"] if is_interlaced else []
        inner += ["bframes=0"] if order.frames < _FRAMES_FOR_X265_STAMPS else []
        options = {"preset": "medium", "x265-params": ":".join(inner)}
        return "libx265", options if order.is_lossless else options | {"crf": _QUALITY[Codec.HEVC]}
    options = {"preset": "medium", "threads": str(THREADS)}
    options |= {"qp": "0"} if order.is_lossless else {"crf": _QUALITY[Codec.H264]}
    if is_interlaced:
        options["flags"] = "+ildct+ilme"
    inner = ["lookahead-threads=1", "sliced-threads=0", *_SAME_EVERYWHERE]
    if sps_id is not None:
        inner += [f"sps-id={sps_id}", "bframes=0", "open-gop=0", "repeat-headers=0"]
    options["x264-params"] = ":".join([*inner, "keyint=60"])
    return "libx264", options


def add_picture_stream(
    out: OutputContainer, order: CutOrder, like: VideoFrame, options: dict[str, str], encoder: str
) -> VideoStream:
    """Add a stream for frames like this one.

    Raises:
        CannotEncodeError: the encoder does not take such pictures.
    """
    assert order.index is not None
    name = like.format.name
    taken = {form.name for form in av.codec.Codec(encoder, "w").video_formats or []}
    if encoder == "libx264" and name in {"rgb24", "bgr24", "bgr0"}:
        encoder, taken = "libx264rgb", {"rgb24", "bgr24", "bgr0"}
    if name not in taken:
        raise CannotEncodeError(f"{encoder} does not take pictures of the kind {name}; FFV1 may.")
    stream = out.add_stream(encoder, rate=order.rate or 25)
    assert isinstance(stream, VideoStream)
    stream.time_base = order.index.time_base
    context = stream.codec_context
    context.time_base = order.index.time_base
    set_up_pictures(context, order, like)
    context.options = options
    return stream


def set_up_pictures(context: av.video.codeccontext.VideoCodecContext, order: CutOrder, like: VideoFrame) -> None:
    """Say to an encoder what the pictures are."""
    context.width, context.height, context.pix_fmt = like.width, like.height, like.format.name
    context.sample_aspect_ratio = order.pixel_aspect
    context.color_range = int(like.color_range)
    context.colorspace = int(like.colorspace)
    context.color_primaries = int(like.color_primaries)
    context.color_trc = int(like.color_trc)


def prepared(frame: VideoFrame, pts: int, time_base: Fraction, like: VideoFrame) -> VideoFrame:
    """Return the frame with the stamp that it is to have, and nothing of how it was coded before.

    Raises:
        CannotEncodeError: the picture's size or kind changes within the range.
    """
    if (frame.width, frame.height, frame.format.name) != (like.width, like.height, like.format.name):
        raise CannotEncodeError(
            f"The picture changes from {like.width} by {like.height} ({like.format.name}) to {frame.width} by "
            f"{frame.height} ({frame.format.name}) within the range."
        )
    frame.pict_type = PictureType.NONE
    frame.pts, frame.time_base = pts, time_base
    return frame


def _relabel(frame: VideoFrame, name: str) -> VideoFrame:
    """Return a copy under the name that the codec knows; the range, which the old name stood for, is stated."""
    copy = VideoFrame(frame.width, frame.height, name)
    for number in range(len(frame.planes)):
        source, target = rows_of(frame, number), rows_of(copy, number)
        length = min(source.shape[1], target.shape[1])
        target[:, :length] = source[: len(target), :length]
    copy.colorspace, copy.color_trc, copy.color_primaries = frame.colorspace, frame.color_trc, frame.color_primaries
    copy.color_range = _FULL_RANGE
    return copy
