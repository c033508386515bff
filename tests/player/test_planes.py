"""Planes come as they were coded, finished pictures in their place where they cannot, and one field where asked."""

from __future__ import annotations

import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from player.decoder.convert import Converter
from player.decoder.planes import chroma_siting, rows_of
from player.pixels import BGRA_FORM, Manner, Matrix, PictureForm, PixelLayout
from player.protocol import Source

_PLANES = Manner(PixelLayout.PLANES)


def _noise(kind: str, width: int = 64, height: int = 48) -> av.VideoFrame:
    rng = np.random.default_rng(3)
    frame = av.VideoFrame(width, height, kind)
    for number in range(len(frame.planes)):
        if frame.planes[number].line_size == 0:
            continue
        rows = rows_of(frame, number)
        rows[:] = rng.integers(0, 4 if kind.endswith("le") else 256, rows.shape, dtype=np.uint8)
    return frame


def _written(frame: av.VideoFrame, box: tuple[int, int], manner: Manner, room: int = 1 << 20) -> PictureForm:
    converter = Converter(Source(0, b"", "x", 0, 90), *box, manner, room)
    slot = np.zeros(room, dtype=np.uint8)
    form = converter.write(converter.finish(frame), slot)
    for number, plane in enumerate(form.planes):
        length = plane.width * (1 if form.depth == 8 else 2)
        found = slot[plane.offset : plane.offset + plane.stride * plane.height].reshape(plane.height, plane.stride)
        assert np.array_equal(found[:, :length], rows_of(frame, number)[: plane.height, :length])
    return form


@pytest.mark.parametrize(
    ("kind", "depth", "sizes"),
    [
        ("yuv420p", 8, [(64, 48), (32, 24), (32, 24)]),
        ("yuv422p10le", 10, [(64, 48), (32, 48), (32, 48)]),
        ("yuv444p", 8, [(64, 48)] * 3),
        ("yuvj420p", 8, [(64, 48), (32, 24), (32, 24)]),
        ("yuv411p", 8, [(64, 48), (16, 48), (16, 48)]),
        ("gray", 8, [(64, 48)]),
        ("gray10le", 10, [(64, 48)]),
    ],
)
def test_planes_are_the_coded_ones(kind: str, depth: int, sizes: list[tuple[int, int]]) -> None:
    form = _written(_noise(kind), (48, 64), _PLANES)
    assert form.layout is PixelLayout.PLANES
    assert [(plane.width, plane.height) for plane in form.planes] == sizes
    assert (form.depth, form.rotation, form.matrix) == (depth, 90, Matrix.BT601)
    assert form.is_full_range == (kind[:4] in {"yuvj", "gray"})
    assert all(plane.stride % 4 == 0 for plane in form.planes)


@pytest.mark.parametrize("kind", ["rgb24", "nv12", "pal8", "yuyv422", "gbrp", "yuva420p", "yuv420p10be", "monow"])
def test_what_is_not_plain_is_finished_by_the_decoder(kind: str) -> None:
    assert _written(_noise(kind), (48, 64), _PLANES) == BGRA_FORM


def test_what_is_shown_much_smaller_or_does_not_fit_is_finished_by_the_decoder() -> None:
    assert _written(_noise("yuv420p"), (17, 23), _PLANES).layout is PixelLayout.PLANES
    assert _written(_noise("yuv420p"), (15, 20), _PLANES) == BGRA_FORM
    assert _written(_noise("yuv420p"), (17, 23), _PLANES, room=4_000) == BGRA_FORM


@pytest.mark.parametrize(("place", "expected"), [(0, (0.25, 0.5)), (1, (0.5, 0.5)), (2, (0.25, 0.25))])
def test_the_place_of_chroma_is_the_streams_own(tmp_path: Path, place: int, expected: tuple[float, float]) -> None:
    path = tmp_path / "clip.mp4"
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=5:duration=0.4", "-pix_fmt",
         "yuv420p", "-c:v", "libx264", "-x264-params", f"chromaloc={place}", str(path)],
        check=True,
    )  # fmt: skip
    with av.open(path) as container:
        assert chroma_siting(next(container.decode(video=0))) == expected


@pytest.mark.parametrize(("kind", "low", "high"), [("yuv420p", 16, 200), ("yuv420p10le", 64, 800)])
def test_one_field_is_kept_and_the_other_is_not_in_the_picture(kind: str, low: int, high: int) -> None:
    frame = av.VideoFrame(64, 48, kind)
    for number in range(3):
        rows = rows_of(frame, number)
        samples = rows.view(np.uint16) if kind.endswith("le") else rows
        samples[0::2], samples[1::2] = low, high
    converter = Converter(Source(0, b"", "x", 0), 64, 48, Manner(PixelLayout.PLANES, is_deinterlaced=True), 1 << 20)
    once = converter.finish(frame).frame
    dtype = np.uint16 if kind.endswith("le") else np.uint8
    assert (rows_of(once, 0).view(dtype)[:, :64] == low).all()
    assert (rows_of(frame, 0)[1::2].view(dtype)[:, :64] == high).all(), "the decoded frame itself was changed"


def test_interlaced_pictures_are_made_smaller_whole(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    lines = np.full((64, 64), 16, dtype=np.uint8)
    lines[1::2] = 235
    raw = (lines.tobytes() + bytes([128]) * 2048) * 3
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "64x64", "-i", "-", "-c:v",
         "libx264", "-qp", "0", "-x264-params", "tff=1", str(path)],
        check=True, input=raw,
    )  # fmt: skip
    with av.open(path) as container:
        frame = next(container.decode(video=0))
    assert frame.interlaced_frame
    converter = Converter(Source(0, b"", "x", 0), 32, 32)
    slot = np.zeros(32 * 32 * 4, dtype=np.uint8)
    converter.write(converter.finish(frame), slot)
    assert abs(slot.reshape(32, 32, 4)[:, :, :3].astype(int) - 127).max() <= 2
