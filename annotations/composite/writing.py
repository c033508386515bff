"""Encodes a video for machines of all kinds: H.264 High, 4:2:0, 8 bit, BT.709; AAC at 48 kHz; MP4 that begins at once.

No B-frames: pictures are stored in the order in which they show and their stamps begin at 0, so that no program has to
know edit lists to show them right. Groups are closed and at most a second long. The numbers of threads are fixed, since
what x264 writes depends on them: the same order gives the same bytes. Runs in the process that composes.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from annotations.composite.messages import CompositeOrder
from annotations.composite.scene import Scene
from annotations.composite.sound import CompositeSound
from annotations.cuts.written import DiskError
from player.sound_protocol import SOUND_RATE

THREADS = 4
_BT709 = 1
_LIMITED = 1
_SOUND_BITS = 192_000
_OF_DISKS = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EACCES})
_X264 = "lookahead-threads=1:open-gop=0:scenecut=40"


def encoder_options(rate: Fraction) -> dict[str, str]:
    """Return the options of the picture's encoder; a group of pictures lasts a second at most."""
    group = max(1, rate.numerator // rate.denominator)
    return {
        "preset": "medium",
        "crf": "18",
        "profile": "high",
        "bf": "0",
        "g": str(group),
        "threads": str(THREADS),
        "x264-params": f"{_X264}:keyint={group}:min-keyint=1",
    }


def encoder_words(order: CompositeOrder) -> str:
    """Return names and options of the encoders, for the report."""
    options = " ".join(f"{name}={value}" for name, value in encoder_options(order.rate).items())
    sound = "" if order.sound is None else f"; aac b={_SOUND_BITS} ar={SOUND_RATE} ac=2"
    return f"libx264 {options} pix_fmt=yuv420p colorspace=bt709 color_range=tv{sound}; mp4 movflags=+faststart"


def write(
    order: CompositeOrder,
    scene: Scene,
    path: Path,
    tell: Callable[[int], None],
    take: Callable[[int, av.VideoFrame], None] = lambda _number, _frame: None,
) -> tuple[str, ...]:
    """Write the video; return what of its sound could not be read.

    Args:
        order: what is made.
        scene: composes its frames.
        path: the file.
        tell: told how many frames are done.
        take: gets each frame with its number before it is encoded.

    Raises:
        DiskError: the disk is full or failed.
        SightlineError: an original is missing or may not be read.
        FFmpegError: FFmpeg cannot go on.
    """
    sound = None if order.sound is None else CompositeSound(order.sound, order.start)
    with _disk_errors(path):
        with av.open(os.fspath(path), "w", format="mp4", options=_MUXER) as out:
            out.metadata.update(order.metadata)
            pictures = _picture_stream(out, order)
            heard = None if sound is None else _SoundOut(out, sound.blocks(0, order.samples))
            for number, frame in enumerate(scene.frames(range(order.frames))):
                take(number, frame)
                out.mux(pictures.encode(frame))
                if heard is not None:
                    heard.advance((number + 1) / order.rate)
                tell(number + 1)
            out.mux(pictures.encode(None))
            if heard is not None:
                heard.advance(None)
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    return () if sound is None else tuple(sound.unheard)


_MUXER = {"movflags": "+faststart", "fflags": "+bitexact", "use_editlist": "1"}


def _picture_stream(out: OutputContainer, order: CompositeOrder) -> VideoStream:
    stream = out.add_stream("libx264", rate=order.rate)
    assert isinstance(stream, VideoStream)
    stream.time_base = 1 / order.rate
    context = stream.codec_context
    context.time_base = 1 / order.rate
    context.width, context.height, context.pix_fmt = order.width, order.height, "yuv420p"
    context.sample_aspect_ratio = Fraction(1)
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _LIMITED
    context.options = encoder_options(order.rate)
    return stream


class _SoundOut:
    def __init__(self, out: OutputContainer, blocks: Iterator[NDArray[np.float32]]) -> None:
        self._out = out
        self._blocks = blocks
        self._at = 0
        stream = out.add_stream("aac", rate=SOUND_RATE)
        assert isinstance(stream, AudioStream)
        stream.codec_context.layout = "stereo"
        stream.codec_context.format = "fltp"
        stream.codec_context.bit_rate = _SOUND_BITS
        stream.time_base = Fraction(1, SOUND_RATE)
        self._stream = stream
        self._is_over = False

    def advance(self, until: Fraction | None) -> None:
        """Encode what lies before a moment, in seconds; all that is left for None."""
        while not self._is_over and (until is None or Fraction(self._at, SOUND_RATE) < until):
            block = next(self._blocks, None)
            if block is None:
                self._is_over = True
                self._out.mux(self._stream.encode(None))
                return
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(block.T), format="fltp", layout="stereo")
            frame.sample_rate = SOUND_RATE
            frame.pts, frame.time_base = self._at, Fraction(1, SOUND_RATE)
            self._at += len(block)
            self._out.mux(self._stream.encode(frame))


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    """Turn what the system says of a disk into a DiskError; other errors of FFmpeg pass."""
    try:
        yield
    except (av.error.FFmpegError, OSError) as error:
        number = error.errno
        if number in _OF_DISKS or (isinstance(error, OSError) and not isinstance(error, av.error.FFmpegError)):
            said = os.strerror(number) if number else str(error)
            raise DiskError(f"{path.name} could not be written: {said.lower()}") from error
        raise
