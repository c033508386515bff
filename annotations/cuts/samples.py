"""Decodes sound as the samples that were recorded, counted from the file's own time: sample `n` is at `n / rate`.

Stamps place the first sample; after that samples are counted, because some containers round stamps to milliseconds.
Only where a stamp is further off than rounding explains is there a gap, which is silence, or an overlap, which is
dropped. Runs in the process that cuts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from typing import cast

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from annotations.cuts.places import ticks
from evidence.amr import sound_packets

Samples = NDArray[np.generic]
"""[channels, samples] of the decoder's own kind of number."""

_PREROLL_S = Fraction(1, 4)
_JITTER_S = Fraction(1, 50)
_ROUNDED_S = Fraction(1, 500)
_MOST_SILENCE = 1 << 22
_KINDS = {"u8": "uint8", "s16": "int16", "s32": "int32", "flt": "float32", "dbl": "float64"}
_SILENCE = {"u8": 128}
_USUAL = {1: "mono", 2: "stereo"}


class SoundWindow:
    """The samples of one stream between two moments, block by block.

    Attributes:
        rate: samples a second.
        layout: FFmpeg's name of the channels' layout.
        form: FFmpeg's name of the numbers, packed.
        silent: samples of silence that were put where the original has none.
        damaged: packets that could not be decoded.
    """

    def __init__(self, stream: AudioStream, start: int, end: int, *, is_padded: bool) -> None:
        """Take a stream of an open container that stands somewhere before the window.

        Args:
            stream: the sound.
            start: number of the first sample wanted.
            end: number behind the last one.
            is_padded: whether there is silence up to where the sound begins.
        """
        context = stream.codec_context
        self._stream = stream
        self._start = start
        self._end = end
        self._is_padded = is_padded
        self.rate = context.sample_rate
        self.layout = _USUAL.get(context.channels, context.layout.name)
        self.form = context.format.packed.name
        self.silent = 0
        self.damaged = 0

    def blocks(self) -> Iterator[tuple[int, Samples]]:
        """Yield number of the first sample, and samples; no gaps between blocks, none outside of the window."""
        place: int | None = None
        jitter = int(_JITTER_S * self.rate)
        for frame, stated in self._stamped():
            stamp = place if stated is None else stated
            if stamp is None:
                continue
            data = _planar(frame)
            if place is None and self._is_padded:
                yield from self._silence(self._start, min(stamp, self._end))
            if place is None or stamp - place > jitter:
                if place is not None and stamp > self._start:
                    yield from self._silence(max(place, self._start), min(stamp, self._end))
                place = stamp
            elif place - stamp > jitter:
                data = data[:, place - stamp :]
            first, last = max(place, self._start), min(place + data.shape[1], self._end)
            if first < last:
                yield first, data[:, first - place : last - place]
            place += data.shape[1]
            if place >= self._end:
                return

    def _stamped(self) -> Iterator[tuple[AudioFrame, int | None]]:
        """Yield each frame with the number of its first sample, or None where its stamp says nothing.

        A file whose edit list begins within a packet gives that packet the edit's stamp, yet it is decoded whole; where
        its samples begin is known from the frame that follows.
        """
        frames = self._frames()
        first, second = next(frames, None), next(frames, None)
        if first is None:
            return
        stamp = self._stamp(first)
        following = None if second is None else self._stamp(second)
        if stamp is not None and following is not None:
            overlap = stamp + first.samples - following
            if int(_ROUNDED_S * self.rate) < overlap < first.samples:
                stamp -= overlap
        yield first, stamp
        for frame in chain([] if second is None else [second], frames):
            yield frame, self._stamp(frame)

    def _stamp(self, frame: AudioFrame) -> int | None:
        if frame.pts is None or frame.time_base is None or frame.sample_rate != self.rate:
            return None
        return round(frame.pts * frame.time_base * self.rate)

    def _silence(self, start: int, end: int) -> Iterator[tuple[int, Samples]]:
        while start < end:
            count = min(end - start, _MOST_SILENCE)
            self.silent += count
            channels = self._stream.codec_context.channels
            yield start, np.full((channels, count), _SILENCE.get(self.form, 0), dtype=_kind(self.form))
            start += count

    def _frames(self) -> Iterator[AudioFrame]:
        container = cast("InputContainer", self._stream.container)
        packets = sound_packets(container, self._stream)
        while True:
            try:
                packet = next(packets, None)
            except (av.error.FFmpegError, IndexError):
                return
            if packet is None:
                return
            try:
                yield from self._stream.codec_context.decode(packet if packet.size else None)
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                self.damaged += 1
            if not packet.size and packet.dts is None:
                return


def window_of(stream: AudioStream, start: Fraction, end: Fraction, *, is_padded: bool = False) -> SoundWindow:
    """Return the sound of a stream between two media times, in seconds; the container is moved there.

    Where the sound begins later than that, `is_padded` puts silence before it: for files that cannot say so.
    """
    rate = stream.codec_context.sample_rate
    time_base = stream.time_base or Fraction(1, rate)
    earlier = start - _PREROLL_S
    if stream.start_time is None or earlier > stream.start_time * time_base:
        container = cast("InputContainer", stream.container)
        try:
            container.seek(ticks(earlier, time_base), stream=stream)
        except av.error.FFmpegError:
            with contextlib.suppress(av.error.FFmpegError):
                container.seek(0)
    return SoundWindow(stream, round(start * rate), round(end * rate), is_padded=is_padded)


def _planar(frame: AudioFrame) -> Samples:
    """Return a frame as [channels, samples], also where its channels alternate."""
    data = frame.to_ndarray()
    channels = frame.layout.nb_channels
    if data.shape[0] == channels and data.shape[1] == frame.samples:
        return data
    result: Samples = data.reshape(-1, channels).T
    return result


def _kind(form: str) -> np.dtype[np.generic]:
    return np.dtype(_KINDS.get(form, "float32"))
