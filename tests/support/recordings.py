"""Makes small recordings of many kinds, without the ffmpeg program: encoded, and cut."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from evidence.demux import open_container
from evidence.originals import OriginalStream, open_original


def encode(
    path: Path,
    *,
    codec: str = "libx264",
    frames: int = 50,
    rate: Fraction = Fraction(25),
    options: dict[str, str] | None = None,
    tags: dict[str, str] | None = None,
    with_sound: bool = False,
    size: tuple[int, int] = (96, 64),
    mux: dict[str, str] | None = None,
) -> Path:
    """Write a recording of a moving bar; the ending of the name chooses the container."""
    with av.open(str(path), "w", options=mux or {}) as container:
        container.metadata.update(tags or {})
        video = container.add_stream(codec, rate=rate, options=options or {})
        assert isinstance(video, VideoStream)
        video.width, video.height = size
        video.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        sound = container.add_stream("aac", rate=48_000) if with_sound else None
        for number in range(frames):
            picture = np.full((size[1], size[0], 3), 40, dtype=np.uint8)
            place = (number * 3) % (size[0] - 8)
            picture[:, place : place + 8] = (200, 60 + number % 100, 90)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            frame.time_base = 1 / rate
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if isinstance(sound, AudioStream):
            _add_sound(container, sound, frames / rate)
    return path


def _add_sound(container: av.container.OutputContainer, sound: AudioStream, seconds: Fraction) -> None:
    samples = math.ceil(seconds * 48_000)
    wave = (np.sin(np.arange(samples) / 20) * 0.2).astype(np.float32)
    for start in range(0, samples, 1024):
        frame = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], format="fltp", layout="mono")
        frame.sample_rate = 48_000
        frame.pts = start
        container.mux(sound.encode(frame))
    container.mux(sound.encode(None))


def cut(source: Path, target: Path, *, first: int = 0, last: int | None = None) -> Path:
    """Copy some of a file's bytes."""
    target.write_bytes(source.read_bytes()[first:last])
    return target


def shown_packets(path: Path, stream_index: int) -> list[int]:
    """Return, by decoding everything, the numbers of the packets in the order in which their pictures come out."""
    out: list[int] = []
    with open_original(bytes(path)) as original, open_container(OriginalStream(original)) as container:
        stream = container.streams[stream_index]
        assert isinstance(stream, VideoStream)
        stream.codec_context.thread_count = 1
        number = 0
        for packet in _packets(container, stream):
            if packet is not None:
                packet.pts = packet.dts = number
                number += 1
                if not packet.size:
                    continue
            try:
                out += [frame.pts for frame in stream.codec_context.decode(packet) if frame.pts is not None]
            except av.FFmpegError:
                continue
    return out


def _packets(
    container: av.container.InputContainer, stream: VideoStream
) -> Iterable[av.packet.Packet[VideoStream] | None]:
    try:
        for packet in container.demux(stream):
            if packet.size or packet.dts is not None:
                yield packet
    except av.FFmpegError:
        pass
    yield None
