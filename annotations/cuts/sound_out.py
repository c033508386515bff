"""Encodes sound without loss, to the sample: what was decoded of the original between two moments, and nothing else.

Lossless, because the sound of an exact cut is to be the original's, and because lossless codecs need no priming: the
first sample in the file is the first one heard. ALAC in MP4 and QuickTime (Windows, macOS and VLC play it), plain PCM
elsewhere. Runs in the process that cuts.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import cast

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from numpy.typing import NDArray

from annotations.cuts.containers import EDIT_LISTS
from annotations.cuts.messages import CutOrder
from annotations.cuts.samples import Samples, SoundWindow, window_of
from annotations.cuts.source import SourceFile

_PLANAR = {"uint8": "u8p", "int16": "s16p", "int32": "s32p", "float32": "fltp", "float64": "dblp"}
_PCM = {"u8": "pcm_u8", "s16": "pcm_s16le", "s32": "pcm_s32le", "flt": "pcm_f32le", "dbl": "pcm_f64le"}
_SMALL = frozenset({"u8", "s16"})


class SoundOut:
    """One sound stream on its way into the file.

    Attributes:
        index: number of the stream in the original.
        codec: what it is encoded with.
        window: what is read.
        samples: how many were encoded.
    """

    def __init__(self, out: OutputContainer, source: SourceFile, index: int, order: CutOrder) -> None:
        stream = source.container.streams[index]
        assert isinstance(stream, AudioStream)
        self.index = index
        self.window: SoundWindow = window_of(stream, order.start, order.end, is_padded=order.index is None)
        self._first = round(order.start * self.window.rate)
        self.codec = _codec(order, self.window.form, stream.codec_context.channels)
        self._out = out
        added = out.add_stream(self.codec, rate=self.window.rate)
        assert isinstance(added, AudioStream)
        self._stream: AudioStream = added
        self._stream.codec_context.layout = self.window.layout
        if self.codec in {"alac", "flac"}:
            planar = self.codec == "alac"
            bits = "s16" if self.window.form in _SMALL else "s32"
            self._stream.codec_context.format = f"{bits}p" if planar else bits
        self._stream.time_base = Fraction(1, self.window.rate)
        for key in ("language", "title"):
            if key in stream.metadata:
                self._stream.metadata[key] = stream.metadata[key]
        self._blocks: Iterator[tuple[int, Samples]] = self.window.blocks()
        self._waiting: tuple[int, Samples] | None = None
        self._is_over = False
        self.samples = 0

    def advance(self, until: Fraction | None) -> None:
        """Encode what lies before a moment, in seconds from the cut's start; all that is left for None."""
        while not self._is_over:
            block = self._waiting or next(self._blocks, None)
            self._waiting = None
            if block is None:
                self._is_over = True
                self._out.mux(self._stream.encode(None))
                return
            first, data = block
            if until is not None and Fraction(first - self._first, self.window.rate) > until:
                self._waiting = block
                return
            packed = cast("NDArray[np.float32]", np.ascontiguousarray(data))
            frame = AudioFrame.from_ndarray(packed, format=_PLANAR[data.dtype.name], layout=self.window.layout)
            self.samples += data.shape[1]
            frame.sample_rate = self.window.rate
            frame.pts = first - self._first
            frame.time_base = Fraction(1, self.window.rate)
            self._out.mux(self._stream.encode(frame))


def _codec(order: CutOrder, form: str, channels: int) -> str:
    if order.out_format in EDIT_LISTS:
        return "alac" if channels <= 2 else "flac"
    return _PCM.get(form, "pcm_f32le")
