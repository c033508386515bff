"""The frame index names exactly the frames that decoding shows, in the order in which it shows them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.examination import Examination
from evidence.examine import examine_file
from evidence.frame_index import FrameIndex, Timing
from evidence.index_build import MISSING, PacketTable, build_index
from tests.conftest import MEDIA
from tests.support.recordings import cut, encode, shown_packets

_VIDEO = (".mp4", ".mov", ".avi", ".mts", ".3gp", ".h264")
_REAL = sorted(path for path in MEDIA.rglob("*") if path.suffix.lower() in _VIDEO) if MEDIA.is_dir() else []


def _examine(path: Path) -> Examination:
    return examine_file(bytes(path), lambda _count: None)


def _index(examined: Examination) -> FrameIndex:
    assert examined.frame_index is not None, examined.refused
    return FrameIndex.from_bytes(examined.frame_index)


def _codes(examined: Examination) -> set[str]:
    return {finding.code for finding in examined.findings}


@pytest.mark.media
@pytest.mark.parametrize("path", _REAL, ids=lambda path: path.name)
def test_real_recordings_have_the_frames_that_decoding_shows(path: Path) -> None:
    examined = _examine(path)
    if path.name == "fixture-moov.mov":
        assert examined.refused is not None
        return
    index = _index(examined)
    assert examined.video_stream is not None
    assert index.order.tolist() == shown_packets(path, examined.video_stream)
    if path.suffix == ".h264":
        assert index.timing is Timing.ASSUMED
        return
    assert index.timing is Timing.STAMPED
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        assert index.pts.tolist() == [frame.pts for frame in container.decode(stream)]


@pytest.mark.media
@pytest.mark.parametrize("path", _REAL, ids=lambda path: path.name)
def test_real_recordings_agree_with_ffprobe(path: Path) -> None:
    examined = _examine(path)
    if examined.refused is not None or path.suffix == ".h264":
        return
    command = ["ffprobe", "-v", "error", "-select_streams", str(examined.video_stream), "-show_entries"]
    command += ["frame=best_effort_timestamp", "-of", "csv=p=0", str(path)]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    except FileNotFoundError:
        pytest.skip("ffprobe is not installed")
    stamps = [int(line.strip(",")) for line in answer.splitlines() if line.strip(", ")]
    assert _index(examined).pts.tolist() == stamps


def _reset(folder: Path) -> Path:
    part = encode(folder / "part.ts", options={"bf": "2", "g": "12"})
    whole = folder / "reset.ts"
    whole.write_bytes(part.read_bytes() * 2)
    return whole


_B = {"bf": "2", "g": "12"}
_OPEN = {"x264-params": "open-gop=1:keyint=12:bframes=3:b-pyramid=normal:scenecut=0"}
_HEVC = {"x265-params": "open-gop=1:keyint=12:bframes=3:log-level=none"}
_KINDS: dict[str, Callable[[Path], Path]] = {
    "b-frames mp4": lambda f: encode(f / "a.mp4", options=_B),
    "b-frames mkv": lambda f: encode(f / "a.mkv", options=_B),
    "b-frames avi": lambda f: encode(f / "a.avi", options=_B),
    "fragmented": lambda f: encode(f / "a.mp4", options=_B, mux={"movflags": "frag_keyframe+empty_moov"}),
    "raw h264": lambda f: encode(f / "a.h264", options=_B),
    "raw hevc": lambda f: encode(f / "a.hevc", codec="libx265", options=_HEVC),
    "transport": lambda f: encode(f / "a.ts", options=_B),
    "open group": lambda f: encode(f / "a.ts", options=_OPEN),
    "open group hevc": lambda f: encode(f / "a.ts", codec="libx265", options=_HEVC),
    "open group, start lost": lambda f: cut(encode(f / "b.ts", options=_OPEN), f / "a.ts", first=188 * 40),
    "hevc, start lost": lambda f: cut(encode(f / "b.ts", codec="libx265", options=_HEVC), f / "a.ts", first=188 * 30),
    "mpeg-2": lambda f: encode(f / "a.mpg", codec="mpeg2video", options=_B),
    "raw mpeg-2": lambda f: encode(f / "a.m2v", codec="mpeg2video", options=_B),
    "mpeg-4 avi": lambda f: encode(f / "a.avi", codec="mpeg4", options=_B),
    "motion jpeg": lambda f: encode(f / "a.avi", codec="mjpeg"),
    "interlaced": lambda f: encode(f / "a.mp4", options=_B | {"flags": "+ildct+ilme"}),
    "vp9": lambda f: encode(f / "a.webm", codec="libvpx-vp9", options={"cpu-used": "8", "deadline": "realtime"}),
    "vp8 with hidden frames": lambda f: encode(
        f / "a.webm", codec="libvpx", options={"auto-alt-ref": "1", "lag-in-frames": "12", "b": "60k"}
    ),
    "stamps start again": _reset,
    "cut in mid-file": lambda f: _cut_half(encode(f / "b.mkv", options=_B), f / "a.mkv"),
    "cut mp4": lambda f: _cut_half(
        encode(f / "b.mp4", options=_B, mux={"movflags": "faststart"}, frames=200), f / "a.mp4"
    ),
}


def _cut_half(source: Path, target: Path) -> Path:
    return cut(source, target, last=source.stat().st_size * 6 // 10)


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_of_recording_has_the_frames_that_decoding_shows(kind: str, tmp_path: Path) -> None:
    path = _KINDS[kind](tmp_path)
    examined = _examine(path)
    index = _index(examined)
    assert len(index) > 10
    assert examined.video_stream is not None
    assert index.order.tolist() == shown_packets(path, examined.video_stream)
    assert examined.duration_ns > 0


@pytest.mark.parametrize(
    ("kind", "timing", "code"),
    [
        ("b-frames mp4", Timing.STAMPED, None),
        ("b-frames avi", Timing.REPAIRED, "stamps-from-order"),
        ("raw h264", Timing.ASSUMED, "stamps-assumed"),
        ("raw hevc", Timing.ASSUMED, "stamps-assumed"),
        ("raw mpeg-2", Timing.ASSUMED, "stamps-assumed"),
        ("stamps start again", Timing.REPAIRED, "stamps-reset"),
        ("open group, start lost", Timing.STAMPED, "cut-at-start"),
        ("cut mp4", Timing.STAMPED, "truncated"),
    ],
)
def test_what_was_put_right_is_said(kind: str, timing: Timing, code: str | None, tmp_path: Path) -> None:
    examined = _examine(_KINDS[kind](tmp_path))
    assert _index(examined).timing is timing
    if code is None:
        assert _codes(examined) == set()
    else:
        assert code in _codes(examined)


def test_a_joined_file_goes_on_where_its_first_part_ended(tmp_path: Path) -> None:
    index = _index(_examine(_reset(tmp_path)))
    assert len(index) == 100
    assert set(np.diff(index.pts).tolist()) == {3600}


def _table(rows: list[tuple[int | None, int | None]]) -> PacketTable:
    table = PacketTable()
    for number, (pts, dts) in enumerate(rows):
        table.pts.append(MISSING if pts is None else pts)
        table.dts.append(MISSING if dts is None else dts)
        table.duration.append(0)
        table.pos.append(number)
        table.flags.append(1)
        table.count += 1
    return table


_STAMP = st.one_of(st.none(), st.integers(-(2**63) + 1, 2**63 - 1), st.integers(-5_000, 5_000))


@given(
    rows=st.lists(st.tuples(_STAMP, _STAMP), max_size=60),
    time_base=st.sampled_from([Fraction(1, 90_000), Fraction(1, 25), Fraction(1), Fraction(1001, 30_000)]),
    rate=st.one_of(st.none(), st.fractions(0, 10**6)),
)
def test_no_stamps_break_the_table(
    rows: list[tuple[int | None, int | None]], time_base: Fraction, rate: Fraction | None
) -> None:
    """Every packet that shows something becomes one frame, in strictly increasing time, whatever the stamps say."""
    built = build_index(_table(rows), time_base, rate, "hostile.bin")
    index = built.index
    assert sorted(index.order.tolist()) == list(range(len(rows)))
    assert FrameIndex.from_bytes(index.to_bytes()) == index
    assert len(index.start_ns) == len(rows)


@given(steps=st.lists(st.integers(1, 10_000), min_size=1, max_size=80), start=st.integers(-(10**9), 10**9))
def test_good_stamps_are_kept_as_they_are(steps: list[int], start: int) -> None:
    stamps = np.cumsum([start, *steps]).tolist()
    built = build_index(_table([(pts, pts) for pts in stamps]), Fraction(1, 90_000), None, "good.mp4")
    assert built.index.pts.tolist() == stamps
    assert built.index.timing is Timing.STAMPED
    assert built.findings == ()
    assert built.is_variable_rate == (max(steps) - min(steps) > 1)


def test_doubled_stamps_move_as_little_as_they_must() -> None:
    built = build_index(_table([(pts, pts) for pts in (0, 10, 10, 10, 30)]), Fraction(1, 1000), None, "x.mp4")
    assert built.index.pts.tolist() == [0, 10, 11, 12, 30]
    assert built.index.timing is Timing.REPAIRED
    assert [finding.code for finding in built.findings] == ["stamps-doubled"]
