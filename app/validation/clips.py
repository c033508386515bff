"""The clips of the validation pack: what each is like, how it is made, and what its frames' stamps must be.

To add a kind: add a `ClipKind` to `KINDS`. The tests take it up by themselves and compare with another program's
opinion.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from app.demo.frame_code import FrameCode, draw

WIDTH, HEIGHT = 320, 180
_EVEN_90K = Fraction(1, 90_000)


@dataclass(frozen=True)
class ClipKind:
    """One way of coding.

    Attributes:
        name: short, unique, part of the file's name.
        title: in words for the certificate.
        codec: FFmpeg's name of the encoder.
        rate: frames a second of evenly spaced frames; the stamps follow from it exactly.
        frames: how many.
        time_base: of the stamps.
        pixel_format: of the coded picture.
        options: for the encoder.
        suffix: which container.
        gop: frames from one key frame to the next.
        is_variable: whether the distances between frames waver.
        first_pts: stamp of the first frame.
        aspect: width of a pixel over its height.
        rotation: degrees clockwise by which the picture must be turned for display; the code is upright after that.
        has_stamps: whether the container carries time stamps at all.
    """

    name: str
    title: str
    codec: str = "libx264"
    rate: Fraction = Fraction(25)
    frames: int = 75
    time_base: Fraction = _EVEN_90K
    pixel_format: str = "yuv420p"
    options: dict[str, str] = field(default_factory=dict)
    suffix: str = ".mp4"
    gop: int = 25
    is_variable: bool = False
    first_pts: int = 0
    aspect: Fraction = Fraction(1)
    rotation: int = 0
    has_stamps: bool = True

    @property
    def stamps(self) -> tuple[int, ...]:
        """Presentation time of every frame, in `time_base`."""
        even = [self.first_pts + int(number / self.rate / self.time_base) for number in range(self.frames)]
        if not self.is_variable:
            return tuple(even)
        chance = random.Random(self.name)  # noqa: S311 - the same clip every time, not a secret
        pts, now = [], self.first_pts
        for _ in range(self.frames):
            pts.append(now)
            now += int(Fraction(chance.choice((33, 33, 34, 40, 66, 120, 267)), 1000) / self.time_base)
        return tuple(pts)


_X264 = {"preset": "ultrafast", "crf": "23"}
_OPEN_GOP = {"preset": "medium", "crf": "23", "x264-params": "open-gop=1:bframes=3:b-pyramid=normal:scenecut=0"}
_X265 = {"preset": "ultrafast", "x265-params": "log-level=none:open-gop=1:bframes=3"}

KINDS: tuple[ClipKind, ...] = (
    ClipKind("h264-25", "H.264, 25 frames a second, no B-frames", options=_X264 | {"bf": "0"}),
    ClipKind("h264-2997-b", "H.264, 29.97, B-frames", rate=Fraction(30000, 1001), options=_X264 | {"bf": "3"}),
    ClipKind("h264-30", "H.264, 30", rate=Fraction(30), options=_X264),
    ClipKind("h264-50", "H.264, 50", rate=Fraction(50), frames=150, options=_X264 | {"bf": "2"}),
    ClipKind("h264-variable", "H.264, variable rate", options=_X264 | {"bf": "2"}, is_variable=True),
    ClipKind("h264-open-gop", "H.264, open groups of pictures", options=_OPEN_GOP, gop=24, frames=100),
    ClipKind("h264-long-gop", "H.264, a key frame every 10 s", options=_X264 | {"bf": "2"}, gop=250, frames=300),
    ClipKind("h264-ts", "H.264 in a transport stream, B-frames", options=_X264 | {"bf": "3"}, suffix=".ts"),
    ClipKind("h264-mkv", "H.264 in Matroska, stamps to the millisecond", options=_X264, suffix=".mkv"),
    ClipKind(
        "h264-interlaced",
        "H.264, interlaced, top field first",
        options={"preset": "medium", "flags": "+ildct+ilme", "x264-params": "tff=1"},
    ),
    ClipKind("h264-10bit", "H.264, 10 bit", pixel_format="yuv420p10le", options=_X264),
    ClipKind("h264-422", "H.264, 4:2:2", pixel_format="yuv422p", options=_X264),
    ClipKind("h264-rotated", "H.264, to be turned by 90 degrees", options=_X264 | {"bf": "2"}, rotation=90),
    ClipKind("h264-upside-down", "H.264, to be turned by 180 degrees", options=_X264, rotation=180),
    ClipKind("h264-pixels", "H.264, pixels 16:11", options=_X264, aspect=Fraction(16, 11)),
    ClipKind("h264-late-start", "H.264, first stamp at 1.4 s", options=_X264, first_pts=126_000, suffix=".ts"),
    ClipKind("h264-raw", "H.264 without container or stamps", options=_X264, suffix=".h264", has_stamps=False),
    ClipKind("hevc", "HEVC, open groups", codec="libx265", options=_X265, gop=24),
    ClipKind("hevc-10bit", "HEVC, 10 bit", codec="libx265", options=_X265, pixel_format="yuv420p10le"),
    ClipKind("mpeg4", "MPEG-4 part 2", codec="mpeg4", options={"q": "3"}, time_base=Fraction(1, 25)),
    ClipKind("mpeg4-avi", "MPEG-4 part 2 in AVI", codec="mpeg4", time_base=Fraction(1, 25), suffix=".avi"),
    ClipKind(
        "mjpeg", "Motion JPEG in AVI", codec="mjpeg", pixel_format="yuvj420p", time_base=Fraction(1, 25), suffix=".avi"
    ),
    ClipKind("mpeg2-ts", "MPEG-2 in a transport stream", codec="mpeg2video", time_base=Fraction(1, 25), suffix=".ts"),
    ClipKind(
        "vp9", "VP9 in WebM", codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8"}, suffix=".webm"
    ),
    ClipKind("av1", "AV1", codec="libsvtav1", options={"preset": "10", "crf": "20"}),
)
"""Every kind that a user's machine can be checked with."""


def make_clip(kind: ClipKind, folder: Path, number: int) -> Path:
    """Make one clip; `number` (0 to 15) goes into its frame codes as the camera's. The same bytes every time.

    Raises:
        av.error.FFmpegError: this machine's FFmpeg lacks the encoder.
    """
    os.environ.setdefault("SVT_LOG", "1")
    path = folder / f"{kind.name}{kind.suffix}"
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as file:
        stream = _add_stream(file, kind)
        for frame_number, pts in enumerate(kind.stamps):
            frame = _picture(kind, FrameCode(number, 0, frame_number))
            frame.pts, frame.time_base = pts, kind.time_base
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    if kind.rotation:
        _turn(path, kind.rotation)
    return path


def _add_stream(file: OutputContainer, kind: ClipKind) -> VideoStream:
    stream = file.add_stream(kind.codec, rate=kind.rate)
    assert isinstance(stream, VideoStream)
    stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, kind.pixel_format
    stream.time_base = kind.time_base
    context = stream.codec_context
    context.time_base = kind.time_base
    context.gop_size = kind.gop
    context.sample_aspect_ratio = kind.aspect
    context.options = kind.options
    return stream


def _picture(kind: ClipKind, code: FrameCode) -> av.VideoFrame:
    """Draw a moving pattern under the frame's code, upright as it will be displayed."""
    upright = (WIDTH, HEIGHT) if kind.rotation % 180 == 0 else (HEIGHT, WIDTH)
    luma = _pattern(*upright, code.number)
    draw(luma, code)
    stored = np.ascontiguousarray(np.rot90(luma, kind.rotation // 90))
    planes = np.full((HEIGHT * 3 // 2, WIDTH), 128, dtype=np.uint8)
    planes[:HEIGHT] = stored
    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    return frame if kind.pixel_format == "yuv420p" else frame.reformat(format=kind.pixel_format)


def _pattern(width: int, height: int, number: int) -> NDArray[np.uint8]:
    """Return soft diagonal bars that move by three pixels a frame; uint8[height, width]."""
    across = np.arange(width, dtype=np.int64)[None, :] + np.arange(height, dtype=np.int64)[:, None]
    wave = np.abs((across + 3 * number) % 64 - 32)
    luma: NDArray[np.uint8] = (60 + 3 * wave).astype(np.uint8)
    return luma


def _turn(path: Path, degrees: int) -> None:
    """Write a display matrix into an MP4's first track header (ISO/IEC 14496-12, 8.3.2: tkhd, version 0)."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd", data.rindex(b"moov")) + 4
    if data[at] != 0:
        raise ValueError("a track header of another version than this knows")
    one = 1 << 16
    matrix = {
        90: (0, one, 0, -one, 0, 0, HEIGHT << 16, 0, 1 << 30),
        180: (-one, 0, 0, 0, -one, 0, WIDTH << 16, HEIGHT << 16, 1 << 30),
        270: (0, -one, 0, one, 0, 0, 0, WIDTH << 16, 1 << 30),
    }[degrees]
    data[at + 40 : at + 76] = b"".join(value.to_bytes(4, "big", signed=True) for value in matrix)
    path.write_bytes(data)
