"""Writes one recording: H.264 and AAC in MP4 or MOV, frame by frame, the same bytes every time.

The encoder runs in one thread, no wall-clock time gets in, and what was written is read back: the pts that a demuxer
sees must be the pts that were planned, or the truth would be a lie.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.audio.stream import AudioStream
from av.stream import Stream
from av.video.stream import VideoStream
from numpy.typing import NDArray

from app.demo.plan import VARIABLE_RATE, Coding, FilePlan
from evidence.errors import StorageError

SAMPLE_RATE = 48_000
_AAC_FRAME = 1024
_SMPTE170M, _LIMITED = 6, 1
_X264 = "threads=1:rc-lookahead=0:sync-lookahead=0:b-adapt=0:deblock=1,0,0"
_TEXT_BASE = Fraction(1, 1000)


class Recorder:
    """One file that is being written. Use it as a context manager; an exception leaves a file without an index.

    Args:
        path: the file to make.
        plan: pts and coding.
        tags: of the container.
        sound: float32[samples] at 48 kHz from the first frame on, or None.
        lines: (milliseconds after the first frame, text) of a text track; empty for none.
    """

    def __init__(
        self,
        path: Path,
        plan: FilePlan,
        tags: dict[str, str],
        sound: NDArray[np.float32] | None,
        lines: tuple[tuple[int, str], ...] = (),
    ) -> None:
        self._path, self._plan, self._sound, self._lines = path, plan, sound, lines
        self._frame = self._sample = self._line = 0
        self._file = av.open(str(path), "w", options={"movflags": "use_metadata_tags"})
        self._file.metadata.update(tags)
        self._video = _add_video(self._file, plan)
        self._audio = _add_audio(self._file, plan.camera.coding) if sound is not None else None
        self._text: Stream | None = None
        if lines:
            self._text = self._file.add_mux_stream("mov_text")
            self._text.time_base = _TEXT_BASE

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def write(self, planes: NDArray[np.uint8]) -> None:
        """Encode the next frame.

        Args:
            planes: I420 as OpenCV lays it out, uint8[height * 3 / 2, width], of the stored (unturned) picture.
        """
        plan = self._plan
        pts = plan.pts[self._frame]
        picture = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        picture.pts, picture.time_base = pts, plan.camera.coding.time_base
        self._frame += 1
        picture.duration = (plan.pts[self._frame] if self._frame < len(plan.pts) else plan.end_pts) - pts
        self._mux_until(float((pts - plan.pts[0]) * plan.camera.coding.time_base))
        self._file.mux(self._video.encode(picture))

    def finish(self) -> int:
        """Write what is left of picture and sound, then the file's index; return where the last frame ends, in pts."""
        self._mux_until(float("inf"))
        self._file.mux(self._video.encode(None))
        if self._audio is not None:
            self._file.mux(self._audio.encode(None))
        self._file.close()
        if self._plan.camera.rotation == 90:
            _turn_clockwise(self._path, self._plan.height)
        return check_pts(self._path, self._plan)

    def _mux_until(self, seconds: float) -> None:
        """Hand sound and text up to a moment to the muxer, so that it need not hold much back."""
        while self._line < len(self._lines) and self._lines[self._line][0] <= seconds * 1000:
            self._mux_line()
        if self._sound is None or self._audio is None:
            return
        while self._sample < len(self._sound) and self._sample <= seconds * SAMPLE_RATE:
            chunk = self._sound[self._sample : self._sample + _AAC_FRAME]
            frame = av.AudioFrame.from_ndarray(chunk[np.newaxis, :], format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._sample, Fraction(1, SAMPLE_RATE)
            self._file.mux(self._audio.encode(frame))
            self._sample += len(chunk)

    def _mux_line(self) -> None:
        """Write one sample of timed text (3GPP TS 26.245: its length in two bytes, then the text)."""
        assert self._text is not None
        at, text = self._lines[self._line]
        self._line += 1
        following = self._lines[self._line][0] if self._line < len(self._lines) else at + 1000
        encoded = text.encode()
        packet = av.Packet(len(encoded).to_bytes(2, "big") + encoded)
        packet.pts = packet.dts = at
        packet.duration, packet.time_base, packet.stream = following - at, _TEXT_BASE, self._text
        packet.is_keyframe = True
        self._file.mux(packet)


def check_pts(path: Path, plan: FilePlan) -> int:
    """Read a finished file's packets back.

    Returns:
        Where the last frame ends by the file's own word, in pts. With a variable rate and B-frames that is not what
        was handed to the muxer: MP4 keeps distances in decoding order.

    Raises:
        StorageError: the pts differ from the plan; the file cannot serve as truth.
    """
    with av.open(str(path)) as container:
        found = sorted(
            (packet.pts, packet.duration or 0) for packet in container.demux(video=0) if packet.pts is not None
        )
        base = container.streams.video[0].time_base
    if base != plan.camera.coding.time_base or tuple(pts for pts, _ in found) != plan.pts:
        raise StorageError(
            f"The demo recording {path.name} came out with other time stamps than planned.",
            meaning="It cannot be used as known truth.",
            remedy="Report this together with the versions of PyAV and FFmpeg.",
        )
    return sum(found[-1])


def _add_video(file: av.container.OutputContainer, plan: FilePlan) -> VideoStream:
    coding, step = plan.camera.coding, plan.camera.step
    stream = file.add_stream("libx264", rate=1 / (step * coding.time_base) if step else VARIABLE_RATE)
    stream.width, stream.height, stream.pix_fmt = plan.width, plan.height, "yuv420p"
    stream.time_base = coding.time_base
    context = stream.codec_context
    context.time_base = coding.time_base
    context.gop_size, context.max_b_frames, context.thread_count = coding.gop, coding.b_frames, 1
    context.colorspace = context.color_primaries = context.color_trc = _SMPTE170M
    context.color_range = _LIMITED
    context.options = {"preset": "ultrafast", "crf": str(coding.crf), "x264-params": _X264}
    return stream


def _add_audio(file: av.container.OutputContainer, coding: Coding) -> AudioStream:
    stream = file.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
    stream.bit_rate = coding.sound_rate_bits
    return stream


def _turn_clockwise(path: Path, height: int) -> None:
    """Write a display matrix of 90 degrees clockwise into a file's video track (ISO/IEC 14496-12, 8.3.2: tkhd).

    The muxer offers no way to say it. The first track is the video; its header of version 0 keeps the matrix 40 bytes
    after its version.
    """
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd", data.rindex(b"moov")) + 4
    assert data[at] == 0
    matrix = (0, 1 << 16, 0, -1 << 16, 0, 0, height << 16, 0, 1 << 30)
    data[at + 40 : at + 76] = b"".join(value.to_bytes(4, "big", signed=True) for value in matrix)
    path.write_bytes(data)
