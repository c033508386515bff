"""Reads the sound of a recording as recognisers want it; a sample's place is its time, as gaps become silence."""

from __future__ import annotations

import av.error
import numpy as np
from numpy.typing import NDArray

from annotations.speech.recogniser import RATE
from evidence.demux import open_container
from evidence.jobs import never_cancelled
from evidence.originals import OriginalStream, open_original
from evidence.times import NS_PER_S
from sync.sound.decode import decoded_runs, late_by_ns, no_sound

_LONGEST_S = 12 * 3600


def read_speech(path_bytes: bytes, display_name: str, stream_index: int) -> tuple[int, NDArray[np.float32]]:
    """Return the media time of the first sample in ns, and all samples at `RATE`.

    Raises:
        OriginalError: it cannot be opened.
        MediaError: it holds no sound there that can be decoded.
    """
    with open_original(path_bytes) as original:
        try:
            container = open_container(OriginalStream(original))
        except av.error.FFmpegError as error:
            raise no_sound(display_name) from error
        with container:
            stream = next((one for one in container.streams.audio if one.index == stream_index), None)
            if stream is None:
                raise no_sound(display_name)
            late_ns = late_by_ns(stream.codec_context.name, stream.codec_context.sample_rate or RATE)
            runs = list(decoded_runs(container, stream, never_cancelled, rate=RATE))
    if not runs:
        raise no_sound(display_name)
    first = min(start for start, _samples in runs)
    length = max(start + len(samples) for start, samples in runs) - first
    whole = np.zeros(min(length, _LONGEST_S * RATE), dtype=np.float32)
    for start, samples in runs:
        part = whole[start - first : start - first + len(samples)]
        part[:] = samples[: len(part)]
    return first * NS_PER_S // RATE - late_ns, whole
