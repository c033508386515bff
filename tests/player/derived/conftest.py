"""Clips with hashes, as a case would hold them, and a store to make previews in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.records import Recording
from player.derived.store import DerivedStore
from tests.support.clips import Clip, ClipPlan, make_clip, recording_of

Hashed = Callable[[Clip], Recording]


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("derived-clips")


@pytest.fixture(scope="session")
def long_group_clip(clip_folder: Path) -> Clip:
    """Four seconds with one key frame every two, and pictures out of order."""
    return make_clip(clip_folder, ClipPlan(number=1, frames=120, gop=60, b_frames=3, size=(640, 480)))


@pytest.fixture
def store(tmp_path: Path) -> DerivedStore:
    return DerivedStore(tmp_path / "derived", 10 << 30)


def hashed(clip: Clip) -> Recording:
    """Describe a clip as the case would, with its hash."""
    status = clip.path.stat()
    digest = hashlib.sha256(clip.path.read_bytes()).hexdigest()
    return replace(recording_of(clip, "camera-0"), sha256=digest, mtime_ns=status.st_mtime_ns)


@pytest.fixture
def recorded() -> Hashed:
    return hashed
