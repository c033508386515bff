"""Makes small recordings with the frame number readable in every picture, and places them on a timeline."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from app.demo.frame_code import FrameCode, draw
from evidence.examine import examine_file
from evidence.frame_index import FrameIndex
from evidence.records import Camera, CameraKind, ItemClass, Recording, StreamInfo
from evidence.times import NS_PER_S, DeviceTime
from sync.clock_map import ClockMap
from sync.timeline import CameraTimeline, PlacedRecording, Timeline

START_NS = 1_773_523_920 * NS_PER_S
"""When the clips begin, unless they say otherwise."""


_SOUND_RATE = 16_000


@dataclass(frozen=True)
class ClipPlan:
    """What a clip is like.

    Attributes:
        number: goes into the frame code as the camera's number.
        pts: stamps in `time_base`, one a frame; None for evenly spaced ones.
        sound: codec of a tone that is heard all the while, or "" for silence.
    """

    number: int = 1
    part: int = 0
    frames: int = 60
    size: tuple[int, int] = (320, 180)
    time_base: Fraction = Fraction(1, 30_000)
    step: int = 1_000
    pts: tuple[int, ...] | None = None
    gop: int = 15
    b_frames: int = 2
    codec: str = "libx264"
    options: dict[str, str] = field(default_factory=dict)
    suffix: str = ".mp4"
    noise: int = 0
    sound: str = ""

    @property
    def stamps(self) -> tuple[int, ...]:
        """The pts of every frame."""
        return self.pts or tuple(number * self.step for number in range(self.frames))


@dataclass(frozen=True)
class Clip:
    """A recording on disk, with its frame table."""

    path: Path
    plan: ClipPlan
    index: FrameIndex
    stream: StreamInfo


def make_clip(folder: Path, plan: ClipPlan, name: str = "") -> Clip:
    """Encode a clip and read its frame table back."""
    path = folder / (name or f"clip-{plan.number}-{plan.part}{plan.suffix}")
    options = {"g": str(plan.gop), "bf": str(plan.b_frames), "preset": "ultrafast", **plan.options}
    if plan.codec not in {"libx264", "libx265"}:
        options = {"g": str(plan.gop), **plan.options}
    with av.open(str(path), "w") as container:
        stream = container.add_stream(plan.codec, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = plan.size
        stream.pix_fmt = "yuvj420p" if plan.codec == "mjpeg" else "yuv420p"
        stream.time_base = plan.time_base
        stream.codec_context.time_base = plan.time_base
        if plan.sound:
            _add_tone(container, plan.sound, plan.stamps[-1] * plan.time_base)
        for number, pts in enumerate(plan.stamps):
            frame = _picture(plan, number)
            frame.pts = pts
            frame.time_base = plan.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return open_clip(path, plan)


def _add_tone(container: OutputContainer, codec: str, length_s: Fraction) -> None:
    """Add a tone that swells, so that no two packets are the same."""
    stream = container.add_stream(codec, rate=_SOUND_RATE, layout="mono")
    assert isinstance(stream, AudioStream)
    steps = np.arange(int(length_s * _SOUND_RATE))
    wave = np.sin(2 * np.pi * (300 + steps / 100) * steps / _SOUND_RATE) * 9_000
    frame = av.AudioFrame.from_ndarray(wave.astype(np.int16)[None, :], format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = _SOUND_RATE, 0, Fraction(1, _SOUND_RATE)
    fifo = av.AudioResampler(format=stream.format, layout="mono", rate=_SOUND_RATE, frame_size=stream.frame_size or 800)
    for part in (*fifo.resample(frame), *fifo.resample(None)):
        container.mux(stream.encode(part))
    container.mux(stream.encode(None))


def make_sound(folder: Path, name: str, codec: str, length_s: Fraction) -> Path:
    """Write a recording that has sound alone."""
    path = folder / name
    with av.open(str(path), "w") as container:
        _add_tone(container, codec, length_s)
    return path


def open_clip(path: Path, plan: ClipPlan) -> Clip:
    """Examine a clip that is already there, as adding it to a case would."""
    examined = examine_file(os.fsencode(path), lambda _bytes: None)
    assert examined.frame_index is not None, examined.refused
    stream = next(stream for stream in examined.streams if stream.index == examined.video_stream)
    return Clip(path, plan, FrameIndex.from_bytes(examined.frame_index), stream)


def _picture(plan: ClipPlan, number: int) -> av.VideoFrame:
    width, height = plan.size
    grey = np.full((height, width), 90, dtype=np.uint8)
    grey[:, (number * 3) % width] = 200
    if plan.noise:
        rng = np.random.default_rng(number)
        grey = (grey + rng.integers(0, plan.noise, grey.shape, dtype=np.uint8)).astype(np.uint8)
    draw(grey, FrameCode(plan.number, plan.part, number))
    planes = np.full((height * 3 // 2, width), 128, dtype=np.uint8)
    planes[:height] = grey
    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    return frame.reformat(format="yuvj420p") if plan.codec == "mjpeg" else frame


def recording_of(clip: Clip, camera_id: str) -> Recording:
    """Describe a clip as the case would."""
    return Recording(
        id=f"{camera_id}:{clip.path.name}",
        camera_id=camera_id,
        path_bytes=os.fsencode(clip.path),
        display_name=clip.path.name,
        size_bytes=clip.path.stat().st_size,
        mtime_ns=0,
        sha256="",
        item_class=ItemClass.MASTER,
        exhibit="",
        container="mp4",
        duration_ns=clip.index.end.ns - clip.index.start.ns,
        streams=(clip.stream,),
        video_stream=clip.stream.index,
        audio_stream=None,
        continues=None,
        added_ns=0,
    )


@dataclass(frozen=True)
class Scene:
    """Clips of several cameras on one timeline, with their tables by recording id."""

    timeline: Timeline
    indexes: dict[str, FrameIndex]

    def find_index(self, recording_id: str) -> FrameIndex | None:
        """Return a recording's table."""
        return self.indexes.get(recording_id)


def make_scene(cameras: Sequence[Sequence[tuple[Clip, int]]], clocks: Sequence[ClockMap] = ()) -> Scene:
    """Place clips: for every camera, each clip with its start after `START_NS` by the camera's own clock, ns."""
    rows: list[CameraTimeline] = []
    indexes: dict[str, FrameIndex] = {}
    for number, clips in enumerate(cameras):
        clock = clocks[number] if number < len(clocks) else ClockMap.identity()
        camera = Camera(f"camera-{number}", f"Camera {number}", CameraKind.OTHER, "", "", "", "", number, number, "")
        placed: list[PlacedRecording] = []
        for clip, start_ns in clips:
            recording = recording_of(clip, camera.id)
            indexes[recording.id] = clip.index
            placed.append(
                PlacedRecording(
                    recording, clock, DeviceTime(START_NS + start_ns), clip.index.start.ns, 1_000_000, "test", None
                )
            )
        placed.sort(key=lambda place: place.span.start)
        rows.append(CameraTimeline(camera, None, tuple(placed)))
    return Scene(Timeline(tuple(rows), ()), indexes)
