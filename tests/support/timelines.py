"""Timelines made of nothing but numbers, for what is drawn and looked up on them."""

from __future__ import annotations

from collections.abc import Sequence

from evidence.records import Camera, CameraKind, ItemClass, Recording
from evidence.times import NS_PER_S, DeviceTime
from sync.clock_map import ClockMap
from sync.timeline import CameraTimeline, PlacedRecording, Timeline

START_NS = 1_773_523_920 * NS_PER_S


def camera_record(number: int, name: str = "") -> Camera:
    """Return a camera without recordings."""
    return Camera(
        id=f"camera-{number}",
        name=name or f"BWV {number}",
        kind=CameraKind.BWV,
        owner="",
        make="",
        model="",
        serial="",
        colour=number,
        position=number,
        grouped_by="by hand",
    )


def recording_record(camera: Camera, number: int, duration_ns: int) -> Recording:
    """Return a recording of no streams."""
    return Recording(
        id=f"{camera.id}/{number}",
        camera_id=camera.id,
        path_bytes=b"/none",
        display_name=f"{camera.name} {number}.mp4",
        size_bytes=1,
        mtime_ns=0,
        sha256="0" * 64,
        item_class=ItemClass.MASTER,
        exhibit="",
        container="mp4",
        duration_ns=duration_ns,
        streams=(),
        video_stream=None,
        audio_stream=None,
        continues=None,
        added_ns=0,
    )


def make_timeline(cameras: Sequence[Sequence[tuple[int, int]]], start_ns: int = START_NS) -> Timeline:
    """Return a timeline from start and length of every recording, ns from `start_ns`, by camera."""
    rows = []
    for number, spans in enumerate(cameras):
        camera = camera_record(number)
        placed = [
            PlacedRecording(
                recording=recording_record(camera, place, length),
                clock=ClockMap.identity(),
                device_start=DeviceTime(start_ns + start),
                origin_ns=0,
                sigma_ns=None,
                basis="test",
                claim=None,
            )
            for place, (start, length) in enumerate(sorted(spans))
        ]
        rows.append(CameraTimeline(camera, None, tuple(placed)))
    return Timeline(tuple(rows), ())
