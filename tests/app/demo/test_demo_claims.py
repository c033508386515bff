"""What is found in the demo's files is what its truth says of them."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

from app.demo import DemoResult
from evidence.examination import Examination
from evidence.examine import examine_file
from evidence.frame_index import FrameIndex
from evidence.grouping import KnownCamera, choose_camera
from sync.placement import find_start

_LONDON = ZoneInfo("Europe/London")


def _examine(path: Path) -> Examination:
    return examine_file(bytes(path), lambda _count: None)


def test_the_demos_claims_are_its_truth(demo: DemoResult) -> None:
    for file in demo.truth.files:
        examined = _examine(demo.folder / file.path)
        start = find_start(examined.claims, examined.duration_ns, _LONDON)
        assert start is not None
        assert start.device_start == file.device_start_ns, file.path
        assert examined.frame_index is not None
        index = FrameIndex.from_bytes(examined.frame_index)
        assert index.pts.tolist() == list(file.pts)
        assert examined.streams[examined.video_stream or 0].rotation == file.rotation
        assert {finding.code for finding in examined.findings} <= {"place"}


def test_the_demos_files_group_into_its_cameras(demo: DemoResult) -> None:
    known: list[KnownCamera] = []
    camera_of: dict[str, set[str]] = {}
    for file in demo.truth.files:
        examined = _examine(demo.folder / file.path)
        choice = choose_camera(known, examined)
        if choice.camera_id is None:
            known.append(KnownCamera(choice.name, choice.name, choice.kind, (examined.hint,)))
        camera_of.setdefault(choice.name, set()).add(file.camera)
        assert choice.reason
    assert sorted(map(len, camera_of.values())) == [1] * len(demo.truth.cameras)
    assert {"BWV X6039A12B", "CCTV 3"} <= set(camera_of)
    kinds = {camera.name: camera.kind for camera in known}
    assert sorted(kinds.values()) == sorted(camera.kind for camera in demo.truth.cameras)
    assert os.sep not in "".join(kinds)
