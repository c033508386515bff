"""One minute of thumbnails and waveform that stands in for every recording of a large case."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from evidence.frame_index import FrameIndex, Timing
from evidence.records import StreamInfo, StreamKind
from player.derived.jpeg import JpegWriter
from player.derived.store import DerivedStore
from player.derived.thumbnails import ThumbnailWriter, thumbnails_recipe
from player.derived.waveform import WaveformWriter, waveform_recipe
from sync.timeline import CameraTimeline, Timeline

SHA = "5a" * 32
SECONDS = 60
VIDEO = StreamInfo(0, StreamKind.VIDEO, "h264", Fraction(1, 25), 0, 25 * SECONDS, 25 * SECONDS, width=640, height=360)
AUDIO = StreamInfo(1, StreamKind.AUDIO, "aac", Fraction(1, 8_000), 0, 8_000 * SECONDS, 100)


def make_previews(folder: Path) -> DerivedStore:
    """Make a store with red pictures, then blue ones; silence, then half a minute of loud sound."""
    made = DerivedStore(folder, 1 << 40)
    pts = np.arange(25 * SECONDS, dtype=np.int64)
    index = FrameIndex(Fraction(1, 25), Timing.STAMPED, pts, 25 * SECONDS, pts, pts % 50 == 0, pts, pts)
    encoder = JpegWriter((128, 72), 4)
    draft = made.draft(thumbnails_recipe(SHA, 0))
    with draft.open("w+b") as file:
        writer = ThumbnailWriter(file, index)
        for frame in range(0, 25 * SECONDS, 50):
            picture = np.zeros((72, 128, 3), dtype=np.uint8)
            picture[:, :, 0 if frame < 25 * SECONDS // 2 else 2] = 230
            writer.add(frame, encoder.encode_turned(av.VideoFrame.from_ndarray(picture, format="rgb24"), 0))
        manifest = writer.finish()
    made.commit(thumbnails_recipe(SHA, 0), draft, manifest)
    draft = made.draft(waveform_recipe(SHA, 1))
    with draft.open("w+b") as file:
        sound = WaveformWriter(file, 8_000)
        wave = (np.sin(np.arange(8_000 * SECONDS) / 3) * 30_000).astype(np.int16)[None, :]
        wave[:, : 8_000 * SECONDS // 2] = 0
        sound.add(0, wave)
        manifest = sound.finish()
    made.commit(waveform_recipe(SHA, 1), draft, manifest)
    return made


def with_previews(timeline: Timeline) -> Timeline:
    """Give every recording the streams and the hash of the one minute that has previews."""
    cameras = []
    for camera in timeline.cameras:
        placed = tuple(
            replace(
                place,
                recording=replace(place.recording, sha256=SHA, streams=(VIDEO, AUDIO), video_stream=0, audio_stream=1),
            )
            for place in camera.placed
        )
        cameras.append(CameraTimeline(camera.camera, camera.setting, placed))
    return Timeline(tuple(cameras), ())
