"""Reads the sound of a recording as one channel at 8 kHz, each sample at its own media time.

Gaps between packets become silence, so that a sample's place in the array is its time. Decoders that come late are
known (`_LATE_SAMPLES`); where a container cannot say how many samples the encoder put in front, the sigma says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import av.container
import av.error
import numpy as np
from numpy.typing import NDArray

from evidence.amr import sound_packets
from evidence.demux import open_container
from evidence.errors import Cancelled, MediaError
from evidence.jobs import IsCancelled
from evidence.originals import OriginalStream, open_original
from evidence.times import NS_PER_S

RATE = 8_000
"""Samples a second: what the narrowest telephone codecs carry is what all recorders have in common."""

Samples = NDArray[np.float32]

_LATE_SAMPLES = {"mp2": 481, "mp3": 529, "amrnb": 40, "amr_nb": 40, "amrwb": 80}
"""By how many of its own samples a decoder's output lies behind its stamps: analysis filter (MP2, MP3: ISO 11172-3),
look-ahead of 5 ms (AMR: 3GPP TS 26.090)."""

_UNSAID_PRIMING = frozenset({"aac", "mp3", "mp2"})
_LONGEST_S = 6 * 3600
_JITTER_S = Fraction(1, 50)


@dataclass(frozen=True, eq=False)
class Sound:
    """What one microphone heard.

    Attributes:
        samples: float32[n] at 8 kHz, -1 to 1; silence where nothing was recorded.
        start_ns: media time of the first sample.
        path_sigma_ns: standard uncertainty of the stamps themselves, ns.
    """

    samples: Samples
    start_ns: int
    path_sigma_ns: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / RATE


def read_sound(path_bytes: bytes, display_name: str, stream_index: int, cancelled: IsCancelled) -> Sound:
    """Decode all of a recording's sound.

    Raises:
        OriginalError: it cannot be opened.
        MediaError: it holds no sound there that can be decoded.
        Cancelled: as asked.
    """
    runs: list[tuple[int, Samples]] = []
    with open_original(path_bytes) as original:
        try:
            container = open_container(OriginalStream(original))
        except av.error.FFmpegError as error:
            raise no_sound(display_name) from error
        with container:
            stream = next((one for one in container.streams.audio if one.index == stream_index), None)
            if stream is None:
                raise no_sound(display_name)
            codec = stream.codec_context.name
            rate = stream.codec_context.sample_rate or RATE
            runs.extend(decoded_runs(container, stream, cancelled))
            is_edited = "mp4" in container.format.name
    if not runs:
        raise no_sound(display_name)
    late_ns = late_by_ns(codec, rate)
    unsaid = codec in _UNSAID_PRIMING and not is_edited
    frame_ns = 1024 * NS_PER_S // rate
    first = min(start for start, _ in runs)
    length = max(start + len(samples) for start, samples in runs) - first
    whole = runs[0][1][: _LONGEST_S * RATE]
    if len(runs) > 1:
        whole = np.zeros(min(length, _LONGEST_S * RATE), dtype=np.float32)
        for start, samples in runs:
            part = whole[start - first : start - first + len(samples)]
            part[:] = samples[: len(part)]
    sigma_ns = frame_ns if unsaid else NS_PER_S // RATE
    return Sound(whole, first * NS_PER_S // RATE - late_ns, sigma_ns)


def late_by_ns(codec: str, rate: int) -> int:
    """Return by how much a decoder's output lies behind its stamps, ns."""
    return _LATE_SAMPLES.get(codec, 0) * NS_PER_S // rate


def decoded_runs(
    container: av.container.InputContainer,
    stream: av.AudioStream,
    cancelled: IsCancelled,
    *,
    rate: int = RATE,
    until_s: float | None = None,
) -> Iterator[tuple[int, Samples]]:
    """Yield stretches without a gap: the number of their first sample at `rate`, and their samples.

    Args:
        container: open, at where reading begins.
        stream: its sound.
        cancelled: asked at each packet.
        rate: samples a second that are wanted.
        until_s: media time at which to stop; None for the end.

    Raises:
        Cancelled: as asked.
    """
    run = bytearray()  # an hour of small arrays would leave its holes in memory
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    begun, until = 0, Fraction(-1)
    for packet in sound_packets(container, stream):
        if cancelled():
            raise Cancelled("Reading the sound was cancelled.")
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        if until_s is not None and until >= 0 and until > until_s:
            break
        for frame in frames:
            at = until if frame.pts is None else frame.pts * (frame.time_base or Fraction(1, rate))
            if until < 0 or abs(at - until) > _JITTER_S:
                yield from _ended(run, resampler, begun)
                run, begun = bytearray(), round(at * rate)
                resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
                until = at
            until += Fraction(frame.samples, frame.sample_rate)
            for part in resampler.resample(frame):
                run += _flat(part)
    yield from _ended(run, resampler, begun)


def _ended(run: bytearray, resampler: av.AudioResampler, begun: int) -> Iterator[tuple[int, Samples]]:
    if run:
        for part in resampler.resample(None):
            run += _flat(part)
        yield begun, np.frombuffer(run, dtype=np.float32)


def _flat(frame: av.AudioFrame) -> bytes:
    return np.asarray(frame.to_ndarray(), dtype=np.float32).tobytes()


def no_sound(display_name: str) -> MediaError:
    """Return the error of a recording without sound."""
    return MediaError(
        f"{display_name} has no sound that could be read.",
        meaning="It cannot be matched by sound.",
        remedy="Match it by an event that is marked in two cameras.",
    )
