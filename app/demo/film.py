"""Makes one recording of the incident from its plan: sound, then frame after frame, then the truth about it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from app.demo.labels import claim_text, container_tags, file_path, gps_line
from app.demo.microphone import hear, record_sound
from app.demo.plan import FilePlan, Plan
from app.demo.recorder import SAMPLE_RATE, Recorder
from app.demo.render import FrameRenderer
from app.demo.rig import Rig
from app.demo.truth import Place, TrueFile
from evidence.records import CameraKind
from evidence.times import NS_PER_S, DeviceTime, IncidentTime
from sync.clock_map import ClockMap

_PLACE_STEP_NS = NS_PER_S // 2
_BLOCK = 1 << 20


def film(plan: Plan, file: FilePlan, folder: Path, on_frame: Callable[[], None]) -> TrueFile:
    """Make one file below `folder` and return the truth about it.

    Args:
        plan: the incident.
        file: which recording.
        folder: the demo's folder; missing folders in it are made.
        on_frame: called after every frame.
    """
    path = folder.joinpath(*file_path(file).split("/"))
    path.parent.mkdir(parents=True, exist_ok=True)
    has_sound = file.camera.coding.sound_rate_bits > 0
    sound = record_sound(plan, file) if has_sound else None
    renderer = FrameRenderer(plan, file)
    with Recorder(path, file, container_tags(file), sound, _gps_lines(plan, file)) as recorder:
        for number in range(len(file.pts)):
            recorder.write(renderer.planes(number))
            on_frame()
        end_pts = recorder.finish()
    width, height = file.shown_size
    return TrueFile(
        camera=file.camera.key,
        number=file.number,
        path=file_path(file),
        exhibit=_exhibit(plan, file),
        time_base=file.camera.coding.time_base,
        pts=file.pts,
        end_pts=end_pts,
        incident_ns=file.incident_ns,
        end_ns=file.instant_of(end_pts),
        device_start_ns=file.device_start_ns,
        claim=claim_text(file),
        width=width,
        height=height,
        rotation=file.camera.rotation,
        sample_rate=SAMPLE_RATE if has_sound else 0,
        size_bytes=path.stat().st_size,
        sha256=_hash(path),
        heard=hear(plan, file) if has_sound else (),
        places=_places(plan, file),
    )


def _exhibit(plan: Plan, file: FilePlan) -> str:
    """Return the exhibit reference, with a letter where a camera has several files."""
    siblings = sum(other.camera.key == file.camera.key for other in plan.files)
    return file.camera.exhibit + (chr(ord("A") + file.number) if siblings > 1 else "")


def _places(plan: Plan, file: FilePlan) -> tuple[Place, ...]:
    rig = Rig(file.camera.key)
    start, end = file.incident_ns[0], file.instant_of(file.end_pts)
    moments = [*range(start, end, _PLACE_STEP_NS), end]
    found = []
    for moment in moments:
        x, y, z = rig.position((moment - plan.origin_ns) / NS_PER_S)
        found.append(Place(IncidentTime(moment), (round(x, 3), round(y, 3), round(z, 3))))
    return tuple(found)


def _gps_lines(plan: Plan, file: FilePlan) -> tuple[tuple[int, str], ...]:
    """Return the dashcam's GPS lines, one a second from its first frame on."""
    if file.camera.kind is not CameraKind.DASHCAM:
        return ()
    rig, clock = Rig(file.camera.key), ClockMap(file.clock)
    lines = []
    for second in range(-(-file.duration_ns // NS_PER_S)):
        device = file.device_start_ns + second * NS_PER_S
        t = (clock.to_incident(DeviceTime(device)) - plan.origin_ns) / NS_PER_S
        (x, y, _), (before, _, _) = rig.position(t), rig.position(t - 0.5)
        lines.append((second * 1000, gps_line(device, x, y, abs(x - before) / 0.5)))
    return tuple(lines)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
