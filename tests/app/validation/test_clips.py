"""Every kind of coding: our frame index, our decoder and another program agree on every frame and stamp."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest

from app.demo.frame_code import read
from app.validation.clips import WIDTH, ClipKind, make_clip
from app.validation.kinds import KINDS
from evidence.examine import examine_file
from evidence.frame_index import FrameIndex
from evidence.times import ticks_to_ns

MILLISECONDS = {".mkv", ".webm", ".flv", ".wmv"}
FFPROBE = shutil.which("ffprobe")


@pytest.fixture(scope="module")
def clip_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[ClipKind], Path]:
    """Return what gives a kind's clip, made once."""
    folder = tmp_path_factory.mktemp("clips")
    made = cache(lambda name: make_clip(next(kind for kind in KINDS if kind.name == name), folder, 5))
    return lambda kind: made(kind.name)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_index_knows_every_frame_of_every_kind(kind: ClipKind, clip_of: Callable[[ClipKind], Path]) -> None:
    path = clip_of(kind)
    found = examine_file(os.fsencode(path), lambda _count: None)
    assert found.refused is None
    assert found.frame_index is not None
    index = FrameIndex.from_bytes(found.frame_index)
    assert len(index) == kind.shown_frames
    wanted = np.array([ticks_to_ns(pts, kind.time_base) for pts in kind.stamps[kind.hidden :]])
    shift = index.start_ns - wanted
    assert np.ptp(shift) <= (1_000_000 if kind.suffix in MILLISECONDS else 1)
    video = found.streams[0]
    assert video.rotation == kind.rotation
    assert video.pixel_aspect == kind.aspect
    assert video.is_variable_rate == kind.is_variable
    assert index.timing is kind.timing
    assert found.sha256 == subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True).stdout[:64]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_picture_carries_its_number_and_the_stamp_that_others_read(
    kind: ClipKind, clip_of: Callable[[ClipKind], Path]
) -> None:
    path = clip_of(kind)
    found = examine_file(os.fsencode(path), lambda _count: None)
    assert found.frame_index is not None
    index = FrameIndex.from_bytes(found.frame_index)
    numbers, stamps = [], []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            coded = frame.to_ndarray(format="gray")
            square = coded[:, np.arange(round(WIDTH * kind.aspect)) * WIDTH // round(WIDTH * kind.aspect)]
            code = read(np.ascontiguousarray(np.rot90(square, -(kind.rotation // 90))))
            numbers.append(code.number if code else None)
            stamps.append(frame.pts)
    assert numbers == list(range(kind.hidden, kind.frames))
    if not kind.has_stamps:
        return
    assert stamps == index.pts.tolist()
    if FFPROBE:
        command = [FFPROBE, "-v", "error", "-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp"]
        printed = subprocess.run([*command, "-of", "csv=p=0", path], capture_output=True, text=True, check=True).stdout
        told = printed.replace(",", "").split()
        assert len(told) == len(stamps)
        assert told.count("N/A") < 5
        assert all(theirs in {"N/A", str(ours)} for theirs, ours in zip(told, stamps, strict=True))


@pytest.mark.skipif(not hasattr(os, "sched_getscheduler"), reason="this system has no such priorities")
def test_making_a_clip_leaves_the_program_with_the_priority_that_it_had(tmp_path: Path) -> None:
    """SVT-AV1 takes real-time priority where it may, which is where root runs it."""
    before = os.sched_getscheduler(0), os.sched_getparam(0).sched_priority
    make_clip(replace(next(kind for kind in KINDS if kind.name == "av1"), frames=2), tmp_path, 1)
    assert (os.sched_getscheduler(0), os.sched_getparam(0).sched_priority) == before


def test_the_same_kind_gives_the_same_bytes(tmp_path: Path) -> None:
    kind = next(one for one in KINDS if one.is_variable)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert make_clip(kind, tmp_path / "a", 1).read_bytes() == make_clip(kind, tmp_path / "b", 1).read_bytes()
