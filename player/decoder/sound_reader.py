"""Reads one sound stream as 48 kHz stereo, addressed by its own time: ask for samples by number, get those samples.

Sample number n of a stream is the one at n / 48,000 s of the file's own time. Numbers are taken from the stamps of
decoded frames; where the stamps leave a gap, there is silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import av.audio.stream
import av.error
import numpy as np
from numpy.typing import NDArray

from evidence.demux import open_container
from evidence.errors import SightlineError, TruncatedMediaError
from evidence.originals import OriginalStream, open_original
from evidence.times import NS_PER_S
from player.sound_protocol import SOUND_RATE

_PREROLL = SOUND_RATE // 5
"""Codecs need a few frames before what they give after a seek is right."""

_KEEP = SOUND_RATE // 2
_READ_AHEAD_LIMIT = SOUND_RATE * 2
_JITTER = SOUND_RATE // 50
_READ_ERRORS = (av.error.FFmpegError, OSError, SightlineError)

Samples = NDArray[np.float32]
"""float32[samples, 2], left first, full scale 1."""


class SoundReader:
    """One open sound stream and a stretch of it in memory. Used by one thread."""

    def __init__(self, path_bytes: bytes, display_name: str, stream_index: int) -> None:
        """Open the stream.

        Raises:
            SightlineError: the file is missing, may not be read, or holds no such sound any more.
        """
        self._original = open_original(path_bytes)
        try:
            self._container = open_container(OriginalStream(self._original))
            stream = self._container.streams[stream_index]
        except (av.error.FFmpegError, IndexError) as error:
            self._original.close()
            raise _no_sound(display_name) from error
        if not isinstance(stream, av.audio.stream.AudioStream):
            self.close()
            raise _no_sound(display_name)
        self._stream = stream
        self._frames: Iterator[Samples] = iter(())
        self._start = 0
        self._held: Samples = np.zeros((0, 2), dtype=np.float32)
        self._next = -1
        self._is_over = True

    def samples(self, start: int, count: int) -> Samples:
        """Return samples `start` to `start + count`; zeros where the stream has none."""
        if not self._start <= start <= self._end + _READ_AHEAD_LIMIT or self._next < 0:
            self._seek(start)
        while self._end < start + count and not self._is_over:
            self._read()
        result: Samples = np.zeros((count, 2), dtype=np.float32)
        first, last = max(start, self._start), min(start + count, self._end)
        if first < last:
            result[first - start : last - start] = self._held[first - self._start : last - self._start]
        self._forget(start)
        return result

    def close(self) -> None:
        """Let go of the file."""
        self._frames = iter(())
        self._container.close()
        self._original.close()

    @property
    def _end(self) -> int:
        return self._start + len(self._held)

    def _seek(self, sample: int) -> None:
        wanted = max(0, sample - _PREROLL)
        base = self._stream.time_base
        assert base is not None
        try:
            self._container.seek(int(wanted / SOUND_RATE / base), stream=self._stream)
        except _READ_ERRORS:
            self._is_over = True
            return
        self._frames = self._decode()
        self._held = np.zeros((0, 2), dtype=np.float32)
        self._start = wanted
        self._next = wanted
        self._is_over = False

    def _decode(self) -> Iterator[Samples]:
        """Yield the stream from where it stands; sets `_next` to the number of each part's first sample."""
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=SOUND_RATE)
        is_first = True
        for packet in self._container.demux(self._stream):
            try:
                decoded = packet.decode()
            except av.error.FFmpegError:
                continue
            for frame in decoded:
                if frame.pts is not None:
                    base = frame.time_base or Fraction(1, SOUND_RATE)
                    stamp = round(frame.pts * base * SOUND_RATE)
                    if is_first or abs(stamp - self._next) > _JITTER:
                        self._next = stamp
                    is_first = False
                for part in resampler.resample(frame):
                    samples = np.array(part.to_ndarray(), dtype=np.float32).reshape(-1, 2)
                    yield samples
                    self._next += len(samples)

    def _read(self) -> None:
        """Take in the next part, leaving silence where stamps leave a gap."""
        try:
            samples = next(self._frames, None)
        except _READ_ERRORS:
            samples = None
        if samples is None:
            self._is_over = True
            return
        if not len(self._held):
            self._start = self._next
            self._held = samples
            return
        gap = self._next - self._end
        if gap > 0:
            self._held = np.concatenate([self._held, np.zeros((min(gap, _READ_AHEAD_LIMIT), 2), dtype=np.float32)])
        skip = max(0, self._end - self._next)
        self._held = np.concatenate([self._held, samples[skip:]])

    def _forget(self, sample: int) -> None:
        old = sample - _KEEP - self._start
        if old > _KEEP:
            self._held = self._held[old:]
            self._start += old


def sample_at(media_ns: int) -> int:
    """Return the number of the sample that is heard at a moment of the file's own time, ns."""
    return media_ns * SOUND_RATE // NS_PER_S


def _no_sound(display_name: str) -> TruncatedMediaError:
    return TruncatedMediaError(
        f"The sound of {display_name} can no longer be read.",
        meaning="It could when the file was added, so the file has been cut short or changed since.",
        remedy="Verify the case; then fetch the recording again from its source.",
    )
