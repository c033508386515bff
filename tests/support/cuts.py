"""Asks for cuts out of single files, and reads files through another program: FFmpeg's, as the system has it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from annotations.cuts.containers import container_for
from annotations.cuts.messages import Codec, CutOrder, Mode
from annotations.cuts.plan import Piece, order_for
from evidence.examination import Examination
from evidence.examine import examine_file
from evidence.frame_index import FrameIndex
from evidence.records import Camera, CameraKind, ItemClass, Recording
from evidence.times import IncidentRange, IncidentTime
from sync.timeline import lone_timeline


@dataclass(frozen=True)
class Examined:
    """A file as the case would know it."""

    path: Path
    recording: Recording
    index: FrameIndex


@cache
def examined(path: Path) -> Examined:
    """Examine a file with a picture."""
    found = examine_file(os.fsencode(path), lambda _count: None)
    assert found.frame_index is not None, found.refused
    return Examined(path, recording_of(path, found), FrameIndex.from_bytes(found.frame_index))


def order_of(
    one: Examined,
    first: int,
    last: int,
    mode: Mode,
    folder: Path,
    codec: Codec = Codec.H264,
    *,
    is_lossless: bool = False,
) -> CutOrder:
    """Return the wish to cut frames `first` to `last` out of a file."""
    camera = Camera("camera", "Camera", CameraKind.OTHER, "", "", "", "", 0, 0, "")
    place = lone_timeline(camera, one.recording).cameras[0].placed[0]
    index = one.index
    starts = place.frame_starts(index)
    shown = IncidentRange(IncidentTime(int(starts[first])), IncidentTime(int(starts[last]) + 1))
    end = index.end_of(last) * index.time_base
    piece = Piece(place, index, first, last, index.media_time(first).seconds, end, shown)
    container = container_for(one.recording, index, mode, codec)
    out = folder / f"{one.path.stem} {mode.value} {codec.value} {first}-{last}{container.suffix}"
    paths = (os.fsencode(one.path), os.fsencode(out))
    return order_for(piece, paths, container, (mode, codec), is_lossless=is_lossless)


def recording_of(path: Path, found: Examination) -> Recording:
    """Return what a case would keep of a file that was examined, as its only recording."""
    return Recording(
        id=path.name,
        camera_id="camera",
        path_bytes=os.fsencode(path),
        display_name=path.name,
        size_bytes=found.size_bytes,
        mtime_ns=found.mtime_ns,
        sha256=found.sha256,
        item_class=ItemClass.MASTER,
        exhibit="",
        container=found.container,
        duration_ns=found.duration_ns,
        streams=found.streams,
        video_stream=found.video_stream,
        audio_stream=found.audio_stream,
        continues=None,
        added_ns=0,
    )


@cache
def examined_sound(path: Path) -> Recording:
    """Examine a file with sound alone."""
    found = examine_file(os.fsencode(path), lambda _count: None)
    assert found.frame_index is None, found.refused
    return recording_of(path, found)


def sound_order_of(recording: Recording, start: Fraction, end: Fraction, mode: Mode, folder: Path) -> CutOrder:
    """Return the wish to cut sound between two media times, in seconds."""
    camera = Camera("camera", "Camera", CameraKind.OTHER, "", "", "", "", 0, 0, "")
    place = lone_timeline(camera, recording).cameras[0].placed[0]
    container = container_for(recording, None, mode, Codec.H264)
    out = folder / f"sound {mode.value} {float(start):.6f}-{float(end):.6f}{container.suffix}"
    piece = Piece(place, None, 0, -1, start, end, place.span)
    return order_for(piece, (recording.path_bytes, os.fsencode(out)), container, (mode, Codec.H264), is_lossless=False)


def frames_by_ffmpeg(path: Path) -> list[str]:
    """Return the MD5 of every frame that FFmpeg's program shows of a file, in order."""
    return _md5(["-noautorotate", "-i", str(path), "-map", "0:v:0", "-fps_mode", "passthrough"])


def packets_by_ffmpeg(path: Path, kind: str = "v", *, shows_all: bool = False) -> list[str]:
    """Return the MD5 of every packet of the first stream of a kind."""
    before = ["-ignore_editlist", "1"] if shows_all else []
    return _md5([*before, "-i", str(path), "-map", f"0:{kind}:0", "-c", "copy"])


def _md5(arguments: list[str]) -> list[str]:
    command = ["ffmpeg", "-v", "error", "-threads", "1", *arguments, "-f", "framemd5", "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.split(",")[5].strip() for line in text.splitlines() if line and not line.startswith("#")]


def stamps_by_ffprobe(path: Path) -> list[tuple[int, str]]:
    """Return pts and time base of every frame that is shown."""
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "frame=pts:stream=time_base"]
    text = subprocess.run([*command, "-of", "csv=p=0", str(path)], check=True, capture_output=True, text=True).stdout
    lines = [line.strip().strip(",") for line in text.splitlines() if line.strip()]
    base = next(line for line in lines if "/" in line)
    return [
        (int(line.split(",")[0]), base)
        for line in lines
        if "/" not in line and line.split(",")[0].lstrip("-").isdigit()
    ]


def holds(longer: list[str], shorter: list[str]) -> bool:
    """Tell whether a list is a run of another."""
    return any(longer[start : start + len(shorter)] == shorter for start in range(len(longer) - len(shorter) + 1))
