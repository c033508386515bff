"""Makes one preview out of one original: reads it once, or only its key frames, and writes a draft.

Runs in the child process (`player.derived.maker_child`), because the bytes are untrusted; in tests also without one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.error import FFmpegError
from av.stream import Discard
from numpy.typing import NDArray

from evidence.demux import iterate_packets, open_container
from evidence.errors import OriginalChangedError, TruncatedMediaError
from evidence.frame_index import FrameIndex, Timing
from evidence.hashing import hash_original
from evidence.originals import Original, OriginalStream, open_original
from player.decoder.reader import FrameReader
from player.derived import thumbnails
from player.derived.jpeg import JpegWriter
from player.derived.proxy import QUALITY, ProxyWriter, proxy_size
from player.derived.store import Kind, Manifest
from player.derived.task import MakeTask
from player.derived.waveform import WaveformWriter
from player.pixels import fitted_size
from player.protocol import Source

_THUMBNAIL_QUALITY = 5
_JITTER_PARTS = 50
_PACKETS_A_STEP = 16

Step = Callable[[int, int], None]
"""Told between small steps how much is done and of how much; it may wait there, or end the work by raising."""


def make(task: MakeTask, draft: Path, step: Step) -> Manifest:
    """Make a preview and return what it is.

    Raises:
        SightlineError: the original is missing, is not the one that was added, or cannot be read.
        OSError: the disk does not take the draft.
        ValueError: the original holds what no preview can be made of.
    """
    with open_original(task.path_bytes) as original:
        checked = _check_is_parent(original, task, step)
        with draft.open("w+b") as file:
            manifest = _MAKERS[task.recipe.kind](task, original, file, step)
        original.check_unchanged()
    return replace(manifest, parent_check=checked)


def _check_is_parent(original: Original, task: MakeTask, step: Step) -> str:
    """Make sure that the file is the one whose hash names the preview; return how."""
    if original.size_bytes == task.size_bytes and original.mtime_ns == task.mtime_ns:
        return "size and time of change are those of the file that was hashed"
    is_alike = original.size_bytes == task.size_bytes
    digest = hash_original(original, lambda done: step(done, task.size_bytes)) if is_alike else None
    if digest is None or digest.hex != task.recipe.source_sha256:
        raise OriginalChangedError(
            f"{task.display_name} is not the file that was added: its content is another.",
            meaning="No previews are made of it, since they would show something else than the evidence.",
            remedy="Verify the case, then fetch the recording again from its source.",
        )
    return "SHA-256 was taken again"


def _make_waveform(task: MakeTask, original: Original, file: BinaryIO, step: Step) -> Manifest:
    with open_container(OriginalStream(original)) as container:
        stream = _sound_stream(container, task)
        rate = stream.codec_context.sample_rate or task.stream.sample_rate
        if not rate or rate < 0:
            raise _no_sound(task)
        for other in container.streams:
            if other.index != stream.index:
                other.discard = Discard.all
        writer = WaveformWriter(file, rate)
        following: int | None = None
        for frame in _sound_frames(container, stream, original.size_bytes, step):
            if frame.sample_rate != rate:
                continue
            stamp = None if frame.pts is None else round(frame.pts * (frame.time_base or Fraction(1, rate)) * rate)
            if following is None or (stamp is not None and abs(stamp - following) > rate // _JITTER_PARTS):
                following = stamp or 0
            samples = samples_of(frame)
            writer.add(following, samples)
            following += samples.shape[1]
        return writer.finish()


def _sound_stream(container: av.container.InputContainer, task: MakeTask) -> AudioStream:
    if task.stream.index < len(container.streams):
        stream = container.streams[task.stream.index]
        if isinstance(stream, AudioStream):
            return stream
    raise _no_sound(task)


def _sound_frames(
    container: av.container.InputContainer, stream: AudioStream, size_bytes: int, step: Step
) -> Iterator[AudioFrame]:
    """Yield all sound that can be decoded; what is broken is left out and becomes a gap."""
    count = 0
    try:
        for packet in iterate_packets(container, stream):
            count += 1
            if count % _PACKETS_A_STEP == 0:
                step(min(size_bytes, max(0, packet.pos or 0)), size_bytes)
            try:
                frames = stream.codec_context.decode(packet) if packet.size else []
            except FFmpegError:
                continue
            yield from frames
        yield from stream.codec_context.decode(None)
    except FFmpegError:
        return  # what could be read is shown


def samples_of(frame: AudioFrame) -> NDArray[np.int16]:
    """Return a frame's samples as int16[channels, samples], whatever their format."""
    data: NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        data = data.reshape(-1, max(1, frame.layout.nb_channels)).T
    samples: NDArray[np.int16]
    if data.dtype == np.uint8:
        samples = ((data.astype(np.int16) - 128) << 8).astype(np.int16)
    elif np.issubdtype(data.dtype, np.integer):
        samples = (data >> (8 * data.dtype.itemsize - 16)).astype(np.int16)
    else:
        finite = np.nan_to_num(data, nan=0.0, posinf=1.0, neginf=-1.0)
        samples = (np.clip(finite, -1.0, 1.0) * 32_767).astype(np.int16)
    return samples


def _make_thumbnails(task: MakeTask, _original: Original, file: BinaryIO, step: Step) -> Manifest:
    index = _index_of(task)
    stream = task.stream
    shape = (max(1, stream.width), max(1, stream.height))
    size = fitted_size(shape, (thumbnails.WIDEST, thumbnails.LINES), stream.pixel_aspect, stream.rotation)
    encoder = JpegWriter(size, _THUMBNAIL_QUALITY)
    writer = thumbnails.ThumbnailWriter(file, index)
    wanted = thumbnails.choose_frames(index)
    with closing(FrameReader(_source_of(task), index, 1)) as reader:
        for number, frame in enumerate(wanted):
            step(number, len(wanted))
            picture = _decode_one(reader, frame, step, (number, len(wanted)))
            if picture is not None and not picture.is_corrupt:
                writer.add(frame, encoder.encode_turned(picture, stream.rotation))
    return writer.finish()


def _decode_one(reader: FrameReader, frame: int, step: Step, at: tuple[int, int]) -> av.VideoFrame | None:
    """Return a key frame: its own packet decoded, and the decoder emptied so that it comes out without those after."""
    reader.aim(frame, frame)
    can_jump = reader.index.timing is Timing.STAMPED
    packet = int(reader.index.order[frame])
    while not reader.is_at_end:
        step(*at)
        found = reader.read()
        if can_jump and reader.next_packet > packet and not any(one.number == frame for one in found):
            found += reader.empty()
        for one in found:
            if one.number == frame:
                return one.picture
        if reader.last_out > frame + 8:
            break
    return None


def _make_proxy(task: MakeTask, _original: Original, file: BinaryIO, step: Step) -> Manifest:
    index = _index_of(task)
    size = proxy_size(task.stream.width, task.stream.height)
    encoder = JpegWriter(size, QUALITY)
    writer = ProxyWriter(file, index)
    with closing(FrameReader(_source_of(task), index, 1)) as reader:
        reader.aim(0, 0)
        while not reader.is_at_end:
            step(writer.next_frame, len(index))
            for one in reader.read():
                if not one.picture.is_corrupt:
                    writer.add(one.number, encoder.encode(one.picture))
    return writer.finish(size)


def _index_of(task: MakeTask) -> FrameIndex:
    if task.index is None or not len(task.index):
        raise ValueError("pictures are made of a stream with frames")
    return task.index


def _source_of(task: MakeTask) -> Source:
    stream = task.stream
    return Source(0, task.path_bytes, task.display_name, stream.index, stream.rotation, stream.pixel_aspect)


def _no_sound(task: MakeTask) -> TruncatedMediaError:
    return TruncatedMediaError(
        f"The sound of {task.display_name} can no longer be read.",
        meaning="It could when the file was added, so the file has been cut short or changed since.",
        remedy="Verify the case; then fetch the recording again from its source.",
    )


_MAKERS: dict[Kind, Callable[[MakeTask, Original, BinaryIO, Step], Manifest]] = {
    Kind.WAVEFORM: _make_waveform,
    Kind.THUMBNAILS: _make_thumbnails,
    Kind.PROXY: _make_proxy,
}
