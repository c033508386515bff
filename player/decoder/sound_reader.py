"""Reads one sound stream as 48 kHz stereo, addressed by its own time: ask for samples by number, get those samples.

Sample number n of a stream is the one at n / 48,000 s of the file's own time. Numbers are taken from the stamps of
decoded frames; where the stamps leave a gap, there is silence. Damaged packets are left out, as FFmpeg does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import av
import av.audio.stream
import av.error
import numpy as np
from numpy.typing import NDArray

from evidence.amr import sound_packets
from evidence.demux import open_container
from evidence.errors import SightlineError, TruncatedMediaError
from evidence.originals import OriginalStream, open_original
from evidence.times import NS_PER_S
from player.sound_protocol import SOUND_RATE

_PREROLL = SOUND_RATE // 5
"""Codecs need a few frames before what they give after a seek is right."""

_KEEP = SOUND_RATE // 2
_BATCH = SOUND_RATE // 4
_READ_AHEAD_LIMIT = SOUND_RATE * 2
_JITTER = SOUND_RATE // 50
_MOST_DAMAGED = 100
"""So many undecodable packets one after another, 2 s of most codecs, and the sound is said to be unreadable."""

_READ_ERRORS = (av.error.FFmpegError, OSError, SightlineError)

Samples = NDArray[np.float32]
"""float32[samples, 2], left first, full scale 1."""

Part = tuple[int, Samples]
"""Number of the first sample, and samples."""


class SoundReader:
    """One open sound stream and a stretch of it in memory. Used by one thread.

    Attributes:
        is_unreadable: whether the packets here cannot be decoded, one after another.
    """

    def __init__(
        self,
        path_bytes: bytes,
        display_name: str,
        stream_index: int,
        will_read: Callable[[], None] = lambda: None,
    ) -> None:
        """Open the stream.

        Args:
            path_bytes: the file.
            display_name: its name, for people.
            stream_index: number of the stream in the file.
            will_read: called before each time that the file is read and decoded.

        Raises:
            SightlineError: the file is missing, may not be read, or holds no such sound any more.
        """
        self._will_read = will_read
        self.is_unreadable = False
        will_read()
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
        self._parts: Iterator[Part] = iter(())
        self._known_from = self._sought = self._start = 0
        self._held: Samples = np.zeros((0, 2), dtype=np.float32)
        self._upcoming: Part | None = None
        self._is_over = True
        self._has_begun = False

    def samples(self, start: int, count: int) -> Samples:
        """Return samples `start` to `start + count`; zeros where the stream has none."""
        if not self._is_in_reach(start):
            self._seek(start)
        if self._reach < start + count and not self._is_over:
            self._will_read()
            while self._reach < start + count + _BATCH and not self._is_over:
                self._read(start, start + count + _BATCH)
        result: Samples = np.zeros((count, 2), dtype=np.float32)
        first, last = max(start, self._start), min(start + count, self._end)
        if first < last:
            result[first - start : last - start] = self._held[first - self._start : last - self._start]
        self._forget(start)
        return result

    def close(self) -> None:
        """Let go of the file."""
        self._parts = iter(())
        self._container.close()
        self._original.close()

    @property
    def _end(self) -> int:
        return self._start + len(self._held)

    @property
    def _reach(self) -> int:
        """Up to where it is known what is heard: a part that lies beyond a gap says that there is a gap."""
        return self._end if self._upcoming is None else max(self._end, self._upcoming[0])

    def _is_in_reach(self, start: int) -> bool:
        """Tell whether reading on leads to a sample; behind the end it is looked for anew now and then only."""
        reach = max(self._reach, self._sought) if self._is_over else self._reach
        return self._has_begun and self._known_from <= start <= reach + _READ_AHEAD_LIMIT

    def _seek(self, sample: int) -> None:
        wanted = max(0, sample - _PREROLL)
        base = self._stream.time_base
        assert base is not None
        self._will_read()
        self._has_begun = True
        self._held = np.zeros((0, 2), dtype=np.float32)
        self._upcoming = None
        self._known_from = self._start = wanted
        self._sought = sample
        self._is_over = False
        self.is_unreadable = False
        try:
            self._container.seek(int(wanted / SOUND_RATE / base), stream=self._stream)
        except _READ_ERRORS:
            self._is_over = True
            return
        self._parts = self._decode()

    def _decode(self) -> Iterator[Part]:
        """Yield the stream from where it stands."""
        resampler: av.AudioResampler | None = None
        following: int | None = None
        before: tuple[object, ...] = ()
        damaged = 0
        for packet in sound_packets(self._container, self._stream):
            try:
                decoded = packet.decode()
            except av.error.FFmpegError:
                damaged += 1
                self.is_unreadable = damaged >= _MOST_DAMAGED
                continue
            damaged = 0 if decoded else damaged
            for frame in decoded:
                if frame.pts is not None:
                    base = frame.time_base or Fraction(1, SOUND_RATE)
                    stamp = round(frame.pts * base * SOUND_RATE)
                    if following is None or abs(stamp - following) > _JITTER:
                        following = stamp
                shape = _shape(frame)
                if resampler is None or shape != before:
                    resampler, before = _new_resampler(frame), shape
                for part in resampler.resample(frame):
                    samples = _two_channels(part)
                    following = following or 0
                    yield following, samples
                    following += len(samples)

    def _read(self, wanted: int, until: int) -> None:
        """Take in the next part, leaving silence where stamps leave a gap; long gaps are not kept in memory."""
        part = self._upcoming or self._next_part()
        self._upcoming = None
        if part is None:
            self._is_over = True
            return
        start, samples = part
        if not len(self._held):
            self._start = start
            self._held = samples
            return
        gap = start - self._end
        if gap > _READ_AHEAD_LIMIT and until <= start:
            self._upcoming = part
            return
        if gap > _READ_AHEAD_LIMIT:
            self._known_from, self._start, self._held = wanted, start, samples
            return
        skip = max(0, -gap)
        silence = np.zeros((max(0, gap), 2), dtype=np.float32)
        self._held = np.concatenate([self._held, silence, samples[skip:]])

    def _next_part(self) -> Part | None:
        try:
            return next(self._parts, None)
        except _READ_ERRORS:
            return None

    def _forget(self, sample: int) -> None:
        old = sample - _KEEP - self._start
        if old > _KEEP and old <= len(self._held):
            self._held = self._held[old:]
            self._start += old
            self._known_from = self._start


def sample_at(media_ns: int) -> int:
    """Return the number of the sample that is heard at a moment of the file's own time, ns."""
    return media_ns * SOUND_RATE // NS_PER_S


def _shape(frame: av.AudioFrame) -> tuple[object, ...]:
    """Return what may change in the middle of a stream, and needs another resampler then."""
    return frame.format.name, frame.layout.name, frame.sample_rate


def _new_resampler(frame: av.AudioFrame) -> av.AudioResampler:
    layout = "mono" if frame.layout.nb_channels == 1 else "stereo"
    return av.AudioResampler(format="flt", layout=layout, rate=SOUND_RATE)


def _two_channels(frame: av.AudioFrame) -> Samples:
    """Return the samples; one microphone goes to both sides as it was recorded, where FFmpeg would take 3 dB off."""
    samples = np.array(frame.to_ndarray(), dtype=np.float32)
    channels = frame.layout.nb_channels
    both: Samples = np.repeat(samples.reshape(-1, 1), 2, axis=1) if channels == 1 else samples.reshape(-1, 2)
    return both


def _no_sound(display_name: str) -> TruncatedMediaError:
    return TruncatedMediaError(
        f"The sound of {display_name} can no longer be read.",
        meaning="It could when the file was added, so the file has been cut short or changed since.",
        remedy="Verify the case; then fetch the recording again from its source.",
    )
