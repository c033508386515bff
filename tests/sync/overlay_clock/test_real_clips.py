"""Generated recordings through decoder, recogniser and all; left out where no reader of text is installed."""

from __future__ import annotations

import os
import random
import socket
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from evidence.errors import UsageError
from evidence.jobs import never_cancelled, no_progress
from evidence.times import NS_PER_S
from sync.overlay_clock import job, recogniser
from sync.overlay_clock.child import ReadTask
from sync.overlay_clock.job import OverlayRequest, OverlayResult, OverlaySource
from sync.overlay_clock.read import OverlayVerdict
from sync.overlay_clock.recogniser import Recogniser, find_models
from tests.support.overlay_clips import STYLES, OverlayClip, write_clip

with_reader = pytest.mark.skipif(find_models() is None, reason="the extra `ocr` is not installed")
CLIP = OverlayClip(STYLES[3], seconds=4, height=480, bitrate=250_000)


def read(*paths: Path, seconds: float = 4) -> OverlayResult:
    sources = tuple(
        OverlaySource(one.stem, ReadTask(os.fsencode(one), one.name, 0, 0, round(seconds * NS_PER_S))) for one in paths
    )
    return job.run(OverlayRequest(sources, workers=1), no_progress, never_cancelled)


@with_reader
def test_in_children_a_clock_is_read_to_a_frame_and_broken_files_are_named(tmp_path: Path) -> None:
    night = replace(CLIP, style=STYLES[5], is_night=True, is_variable=True, drift_ppm=120)
    paths = [tmp_path / "day.mp4", tmp_path / "night.mp4", tmp_path / "broken.mp4", tmp_path / "none.mp4"]
    write_clip(CLIP, paths[0])
    write_clip(night, paths[1])
    whole = paths[0].read_bytes()
    paths[2].write_bytes(bytes(random.Random(1).randbytes(len(whole))))
    found = read(*paths)
    assert [key for key, _ in found.failures] == ["broken", "none"]
    midnight = int(datetime(2026, 3, 14, tzinfo=UTC).timestamp()) * NS_PER_S
    for clip, (_, reading) in zip((CLIP, night), found.readings, strict=True):
        assert reading.verdict is OverlayVerdict.READ, reading.why
        (piece,) = reading.pieces
        assert piece.dates == (date(2026, 3, 14),)
        for tick in piece.rate.ticks:
            told = clip.device_ns(tick.before_ns), clip.device_ns(tick.after_ns)
            assert told[0] < midnight + tick.device_ns <= told[1]
        assert reading.crop_png.startswith(b"\x89PNG")


@with_reader
def test_no_socket_is_opened_by_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    Recogniser().find_lines(np.zeros((64, 96, 3), dtype=np.uint8))


@with_reader
@pytest.mark.parametrize("size", [(1, 1), (3, 4000), (2000, 2), (37, 61)])
def test_odd_and_noisy_pictures_do_not_break_it(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (*size, 3), dtype=np.uint8)
    assert isinstance(recogniser.shared_recogniser().find_lines(noise), tuple)


def test_the_reader_s_own_package_is_never_imported_and_without_it_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = Path(recogniser.__file__).read_text(encoding="utf-8")
    assert "import rapidocr" not in source  # it could fetch models; only its files are used
    monkeypatch.setattr(recogniser, "find_models", lambda: None)
    with pytest.raises(UsageError, match="not installed"):
        Recogniser()
