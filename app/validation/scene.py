"""Puts clips of the validation pack before the player, as a case would."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.validation.clips import ClipKind
from evidence.examination import Examination
from evidence.examine import examine_file
from evidence.frame_index import FrameIndex
from evidence.records import Camera, CameraKind, ItemClass, Recording
from evidence.times import NS_PER_S, DeviceTime
from sync.clock_map import ClockMap
from sync.timeline import CameraTimeline, PlacedRecording, Timeline

_START = DeviceTime(1_773_523_920 * NS_PER_S)


@dataclass(frozen=True, slots=True)
class Stage:
    """A clip that is ready to be played.

    Attributes:
        kind: what it is like.
        number: that goes into its frame codes as the camera's.
        recording: as a case would describe it.
        index: its frames, as the program found them.
    """

    kind: ClipKind
    number: int
    recording: Recording
    index: FrameIndex

    @property
    def camera_id(self) -> str:
        """Id of the camera that the clip stands for."""
        return self.recording.camera_id


def examine_clip(path: Path) -> Examination:
    """Examine a clip as adding it to a case would."""
    return examine_file(os.fsencode(path), lambda _count: None)


def stage_of(kind: ClipKind, number: int, path: Path, found: Examination) -> Stage:
    """Describe a clip as a case would.

    Raises:
        ValueError: it has no frames that can be shown.
    """
    if found.frame_index is None:
        raise ValueError(f"{path.name} has no picture")
    index = FrameIndex.from_bytes(found.frame_index)
    recording = Recording(
        id=f"clip-{kind.name}",
        camera_id=f"camera-{kind.name}",
        path_bytes=os.fsencode(path),
        display_name=path.name,
        size_bytes=found.size_bytes,
        mtime_ns=found.mtime_ns,
        sha256=found.sha256,
        item_class=ItemClass.DERIVED,
        exhibit="",
        container=found.container,
        duration_ns=found.duration_ns,
        streams=found.streams,
        video_stream=found.video_stream,
        audio_stream=None,
        continues=None,
        added_ns=0,
    )
    return Stage(kind, number, recording, index)


def timeline_of(stages: Sequence[Stage]) -> Timeline:
    """Return the clips as cameras that begin at the same instant."""
    rows = []
    for place, stage in enumerate(stages):
        camera = Camera(stage.camera_id, stage.kind.title, CameraKind.OTHER, "", "", "", "", place, place, "")
        placed = PlacedRecording(
            stage.recording, ClockMap.identity(), _START, int(stage.index.start_ns[0]), 0, "validation", None
        )
        rows.append(CameraTimeline(camera, None, (placed,)))
    return Timeline(tuple(rows), ())
