"""What a clip of the validation pack is like, how it is made, and what its frames' stamps must be.

`app.validation.kinds` declares the kinds.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from app.demo.frame_code import FrameCode, draw
from evidence.frame_index import Timing

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
        hidden: how many frames at the beginning an edit list trims off; they are coded and never shown.
        timing: where the stamps come from, once the file was read.
        mux: options for the container.
        reset_at: the frame at which the stamps start anew, as where two recordings were joined; 0 for none.
        timecode: SMPTE timecode of the first frame, or "".
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
    hidden: int = 0
    timing: Timing = Timing.STAMPED
    mux: dict[str, str] = field(default_factory=dict)
    reset_at: int = 0
    timecode: str = ""

    @property
    def shown_frames(self) -> int:
        """How many frames are shown."""
        return self.frames - self.hidden

    @property
    def has_stamps(self) -> bool:
        """Whether every frame carries a stamp of its own in the file."""
        return self.timing is Timing.STAMPED

    @property
    def stamps(self) -> tuple[int, ...]:
        """Presentation time of every coded frame, in `time_base`; over a reset they go on as if there were none."""
        even = [self.first_pts + int(number / self.rate / self.time_base) for number in range(self.frames)]
        if not self.is_variable:
            return tuple(even)
        chance = random.Random(self.name)  # noqa: S311 - the same clip every time, not a secret
        pts, now = [], self.first_pts
        for _ in range(self.frames):
            pts.append(now)
            now += int(Fraction(chance.choice((33, 33, 34, 40, 66, 120, 267)), 1000) / self.time_base)
        return tuple(pts)


def make_clip(kind: ClipKind, folder: Path, number: int) -> Path:
    """Make one clip; `number` (0 to 15) goes into its frame codes as the camera's. The same bytes every time.

    Raises:
        av.error.FFmpegError: this machine's FFmpeg lacks the encoder.
    """
    os.environ.setdefault("SVT_LOG", "1")
    path = folder / f"{kind.name}{kind.suffix}"
    if kind.reset_at:
        _encode(kind, path, number, range(kind.reset_at))
        second = path.with_name(f"second-{path.name}")
        _encode(kind, second, number, range(kind.reset_at, kind.frames))
        path.write_bytes(path.read_bytes() + second.read_bytes())
        second.unlink()
    else:
        _encode(kind, path, number, range(kind.frames))
    if kind.rotation:
        _turn(path, kind.rotation)
    if kind.hidden:
        _trim(path, kind)
    return path


def _encode(kind: ClipKind, path: Path, number: int, frames: range) -> None:
    """Write these frames; their stamps start as those of the first frame do."""
    stamps = kind.stamps
    with _same_scheduling(), av.open(str(path), "w", options={"fflags": "+bitexact", **kind.mux}) as file:
        stream = _add_stream(file, kind)
        for frame_number in frames:
            frame = _picture(kind, FrameCode(number, 0, frame_number))
            frame.pts, frame.time_base = stamps[frame_number - frames.start], kind.time_base
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


@contextmanager
def _same_scheduling() -> Iterator[None]:
    """Leave the thread scheduled as it was.

    Opened by root, SVT-AV1 tries out whether it may have real-time priority (`SCHED_FIFO` 99) on the thread that called
    it, and never takes that back: the program and all that it starts would hold up the whole machine from then on.
    """
    if not hasattr(os, "sched_setscheduler"):
        yield
        return
    policy, param = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        if os.sched_getscheduler(0) != policy:
            os.sched_setscheduler(0, policy, param)


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
    if kind.timecode:
        stream.metadata["timecode"] = kind.timecode
    return stream


def shown_size(kind: ClipKind) -> tuple[int, int]:
    """Return width and height of the picture as it is to be shown, in square pixels."""
    size = round(WIDTH * kind.aspect), HEIGHT
    return size if kind.rotation % 180 == 0 else size[::-1]


def _picture(kind: ClipKind, code: FrameCode) -> av.VideoFrame:
    """Draw a moving pattern under the frame's code, upright as it will be displayed."""
    luma = _pattern(*shown_size(kind), code.number)
    draw(luma, code)
    turned = np.rot90(luma, kind.rotation // 90)
    columns = np.arange(WIDTH) * turned.shape[1] // WIDTH
    planes = np.full((HEIGHT * 3 // 2, WIDTH), 128, dtype=np.uint8)
    planes[:HEIGHT] = turned[:, columns]
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


def _trim(path: Path, kind: ClipKind) -> None:
    """Let an MP4's edit list start later (ISO/IEC 14496-12, 8.6.6: elst, version 0, one entry)."""
    data = bytearray(path.read_bytes())
    at = data.index(b"elst", data.rindex(b"moov")) + 4
    if data[at] != 0 or int.from_bytes(data[at + 4 : at + 8], "big") != 1:
        raise ValueError("an edit list of another form than this knows")
    movie = data.index(b"mvhd", data.rindex(b"moov")) + 4
    timescale = int.from_bytes(data[movie + 12 : movie + 16], "big")
    ticks = kind.stamps[kind.hidden] - kind.stamps[0]
    less = int(ticks * kind.time_base * timescale)
    length = int.from_bytes(data[at + 8 : at + 12], "big") - less
    start = int.from_bytes(data[at + 12 : at + 16], "big") + ticks
    data[at + 8 : at + 16] = length.to_bytes(4, "big") + start.to_bytes(4, "big")
    path.write_bytes(data)
