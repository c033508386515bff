"""Seeking gives the very frame that decoding from the beginning gives, in every kind of file."""

from __future__ import annotations

import hashlib
import os
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from app.demo.frame_code import read
from app.validation.clips import make_clip as make_numbered_clip
from app.validation.kinds import KINDS
from evidence.examine import examine_file
from evidence.frame_index import FrameIndex
from player.decoder.reader import FrameReader
from player.protocol import Source
from tests.conftest import MEDIA
from tests.support.clips import Clip, ClipPlan, make_clip

_X265 = {"x265-params": "log-level=none:open-gop=1:keyint=20:min-keyint=20:bframes=4"}
_OPEN = {"x264-params": "open-gop=1:b-pyramid=2", "flags": "-cgop"}
_PLANS = [
    ClipPlan(suffix=".mp4"),
    ClipPlan(suffix=".mkv", gop=1),
    ClipPlan(suffix=".mov", gop=250, b_frames=4, frames=120),
    ClipPlan(suffix=".ts", gop=20),
    ClipPlan(suffix=".mp4", options=_OPEN, b_frames=3, gop=12),
    ClipPlan(suffix=".ts", options=_OPEN, b_frames=3, gop=12),
    ClipPlan(suffix=".mp4", codec="libx265", options=_X265, b_frames=4, gop=20),
    ClipPlan(suffix=".avi", codec="mpeg4", b_frames=0, step=1200),
    ClipPlan(suffix=".mp4", codec="mpeg4", b_frames=2),
    ClipPlan(suffix=".avi", codec="mjpeg", step=1200),
    ClipPlan(suffix=".mpg", codec="mpeg2video", options={"bf": "2"}, time_base=Fraction(1, 25), step=1, gop=15),
    ClipPlan(suffix=".mkv", codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8"}, frames=40),
    ClipPlan(suffix=".h264", gop=25),
    ClipPlan(suffix=".mp4", pts=tuple(range(90_000, 150_000, 1_000))),
    ClipPlan(suffix=".mkv", pts=tuple(number * 1000 + (number % 7) * 90 for number in range(60))),
]


def _reader(clip: Clip, threads: int = 1) -> FrameReader:
    return FrameReader(Source(0, os.fsencode(clip.path), clip.path.name, clip.stream.index), clip.index, threads)


def _fetch(reader: FrameReader, number: int, keep_from: int) -> av.VideoFrame | None:
    reader.aim(number, keep_from)
    while True:
        for decoded in reader.read():
            if decoded.number == number:
                return decoded.picture
        if reader.is_at_end:
            return None


def _code_number(picture: av.VideoFrame) -> int | None:
    code = read(picture.to_ndarray(format="gray"))
    return None if code is None else code.number


@pytest.mark.parametrize("plan", _PLANS, ids=lambda plan: f"{plan.codec}{plan.suffix}-{plan.gop}-{plan.b_frames}")
@pytest.mark.parametrize("threads", [1, 2])
def test_any_frame_in_any_order_is_the_one_that_was_asked_for(tmp_path: Path, plan: ClipPlan, threads: int) -> None:
    clip = make_clip(tmp_path, plan)
    assert len(clip.index) == len(plan.stamps)
    reader = _reader(clip, threads)
    rng = random.Random(5)
    numbers = [rng.randrange(len(clip.index)) for _ in range(12)] + [0, len(clip.index) - 1, 1, 0]
    numbers += [*range(20, 26), 25, 24, 23]
    for number in numbers:
        picture = _fetch(reader, number, rng.choice([number, max(0, number - 4), 0]))
        assert picture is not None, f"frame {number} did not come"
        assert _code_number(picture) == number
    reader.close()


def test_going_back_to_the_start_reads_what_is_open(tmp_path: Path) -> None:
    """A file of a day takes seconds to open, and its name may be gone by then: a stick that was mounted anew."""
    clip = make_clip(tmp_path, ClipPlan(frames=60, gop=20))
    reader = _reader(clip)
    assert _fetch(reader, 45, 45) is not None
    clip.path.rename(tmp_path / "elsewhere.mp4")
    picture = _fetch(reader, 0, 0)
    assert picture is not None
    assert _code_number(picture) == 0
    reader.close()


def test_frames_that_are_left_out_on_the_way_never_spoil_the_one_that_is_wanted(tmp_path: Path) -> None:
    clip = make_clip(tmp_path, ClipPlan(frames=90, gop=45, b_frames=3, noise=50))
    whole, fast = _reader(clip), _reader(clip)
    for number in (7, 44, 45, 61, 89, 30, 31, 36):
        one, other = _fetch(whole, number, 0), _fetch(fast, number, number)
        assert one is not None
        assert other is not None
        assert np.array_equal(one.to_ndarray(), other.to_ndarray())
    whole.close()
    fast.close()


@pytest.mark.parametrize("name", ["h264-open-gop", "hevc", "mpeg2-interlaced", "mpeg2-reset", "h264-refresh"])
def test_whatever_comes_out_on_the_way_is_whole_too(tmp_path: Path, name: str) -> None:
    kind = next(kind for kind in KINDS if kind.name == name)
    path = make_numbered_clip(kind, tmp_path, 1)
    examined = examine_file(os.fsencode(path), lambda _bytes: None)
    assert examined.frame_index is not None
    index = FrameIndex.from_bytes(examined.frame_index)
    source = Source(0, os.fsencode(path), path.name, 0)
    expected: dict[int, bytes] = {}
    for begin in (0, *np.flatnonzero(index.is_key_frame)[1:].tolist()):
        reader = FrameReader(source, index, 1)
        reader.aim(begin, 0)
        while not reader.is_at_end:
            for decoded in reader.read():
                pixels = decoded.picture.to_ndarray().tobytes()
                assert expected.setdefault(decoded.number, pixels) == pixels, f"frame {decoded.number} is broken"
        reader.close()
    assert sorted(expected) == list(range(len(index)))


def test_pictures_renewed_strip_by_strip_are_whole_wherever_decoding_begins(tmp_path: Path) -> None:
    kind = next(kind for kind in KINDS if kind.name == "h264-refresh")
    path = make_numbered_clip(kind, tmp_path, 1)
    examined = examine_file(os.fsencode(path), lambda _bytes: None)
    assert examined.frame_index is not None
    index = FrameIndex.from_bytes(examined.frame_index)
    assert np.flatnonzero(index.is_key).tolist() == [0, 25, 50, 75]
    source = Source(0, os.fsencode(path), path.name, 0)
    whole = FrameReader(source, index, 1)
    expected = {number: (_fetch(whole, number, 0) or pytest.fail("no frame")).to_ndarray() for number in range(100)}
    whole.close()
    reader = FrameReader(source, index, 1)
    for number in (60, 59, 58, 30, 99, 77, 76, 75, 74, 51, 50, 49, 26, 25, 24, 0):
        picture = _fetch(reader, number, number)
        assert picture is not None
        assert not picture.is_corrupt
        assert np.array_equal(picture.to_ndarray(), expected[number]), f"frame {number} is broken"
    reader.close()


_SLOWLY_RENEWED = {
    "preset": "veryfast",
    "x264-params": "intra-refresh=1:b-adapt=0:b-pyramid=normal:scenecut=0:weightp=2:ref=3",
}


@pytest.mark.parametrize(("gop", "threads"), [(8, 1), (40, 1), (40, 2)])
def test_pictures_that_are_renewed_for_longer_than_the_file_claims_are_whole(
    tmp_path: Path, gop: int, threads: int
) -> None:
    """Recovery points lie closer together than renewing takes, or claim less time than that."""
    clip = make_clip(tmp_path, ClipPlan(frames=180, gop=gop, b_frames=3, options=_SLOWLY_RENEWED, noise=60))
    assert np.count_nonzero(clip.index.is_key) > 3
    whole = _reader(clip)
    expected = {number: (_fetch(whole, number, 0) or pytest.fail("no frame")).to_ndarray() for number in range(180)}
    whole.close()
    reader = _reader(clip, threads)
    for number in (170, 121, 118, 119, 120, 123, 132, 179, 86, 81, 79, 41, 39, 12, 8, 7, 143, 0):
        picture = _fetch(reader, number, max(0, number - 3))
        assert picture is not None
        assert not picture.is_corrupt
        assert np.array_equal(picture.to_ndarray(), expected[number]), f"frame {number} is broken"
    reader.close()


def test_a_frame_on_the_way_does_not_cost_a_seek(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = make_clip(tmp_path, ClipPlan(frames=60, gop=30))
    reader = _reader(clip)
    _fetch(reader, 3, 3)
    monkeypatch.setattr(reader, "_go_to", lambda anchor: pytest.fail(f"sought to packet {anchor}"))
    for number in range(4, 28):
        assert _code_number(_fetch(reader, number, number) or pytest.fail("no frame")) == number
    reader.close()


@pytest.mark.parametrize("suffix", [".ts", ".mkv", ".mpg"])
def test_a_frame_keeps_its_number_where_the_file_lost_a_piece_since(tmp_path: Path, suffix: str) -> None:
    plan = ClipPlan(suffix=suffix, frames=80, gop=20, noise=20)
    if suffix == ".mpg":
        plan = replace(plan, codec="mpeg2video", options={"bf": "2"}, time_base=Fraction(1, 25), step=1)
    clip = make_clip(tmp_path, plan)
    whole = clip.path.read_bytes()
    first, last = (int(clip.index.packet_pos[packet]) // 188 * 188 for packet in (26, 33))
    clip.path.write_bytes(whole[:first] + whole[last:])
    reader = _reader(clip)
    reader.aim(0, 0)
    seen: list[int] = []
    while not reader.is_at_end:
        for decoded in reader.read():
            assert _code_number(decoded.picture) == decoded.number
            seen.append(decoded.number)
    for number in (60, 45, 10, 79, 23):
        assert _code_number(_fetch(reader, number, number) or pytest.fail("no frame")) == number
    for number in (30, 36):
        picture = _fetch(reader, number, number)
        assert picture is None or _code_number(picture) == number, "another frame stands in for one that is lost"
    reader.close()
    assert set(range(24)) <= set(seen), "what lies before the piece is not shown any more"
    assert set(range(42, 80)) <= set(seen), "what lies behind the piece is not shown any more"


def _videos() -> list[Path]:
    kinds = {".mp4", ".mov", ".avi", ".mts", ".3gp", ".h264"}
    return sorted(path for path in MEDIA.rglob("*") if path.suffix.lower() in kinds) if MEDIA.is_dir() else []


def _digest(picture: av.VideoFrame) -> str:
    return hashlib.md5(b"".join(bytes(plane) for plane in picture.planes), usedforsecurity=False).hexdigest()


@pytest.mark.media
@pytest.mark.parametrize("path", _videos(), ids=lambda path: path.name)
def test_real_recordings_give_the_same_frame_by_seeking_as_by_playing_on(path: Path) -> None:
    examined = examine_file(os.fsencode(path), lambda _bytes: None)
    if examined.frame_index is None or examined.video_stream is None:
        assert examined.refused is not None
        return
    index = FrameIndex.from_bytes(examined.frame_index)
    source = Source(0, os.fsencode(path), path.name, examined.video_stream)
    reader = FrameReader(source, index, 1)
    reader.aim(0, 0)
    expected: dict[int, str] = {}
    stream = next(stream for stream in examined.streams if stream.index == examined.video_stream)
    most = 12 if stream.width * stream.height > 1_000_000 else 40
    while len(expected) < min(most, len(index)) and not reader.is_at_end:
        expected.update({decoded.number: _digest(decoded.picture) for decoded in reader.read()})
    assert sorted(expected)[: len(expected)] == list(range(len(expected)))
    for number in random.Random(2).sample(sorted(expected), 5):
        picture = _fetch(reader, number, number)
        assert picture is not None
        assert _digest(picture) == expected[number]
    reader.close()


def test_frames_are_named_even_where_all_stamps_are_missing(tmp_path: Path) -> None:
    clip = make_clip(tmp_path, ClipPlan(suffix=".h264", frames=50, gop=10))
    assert clip.index.time_base > Fraction(0)
    reader = _reader(clip)
    for number in (49, 0, 33, 12):
        assert _code_number(_fetch(reader, number, number) or pytest.fail("no frame")) == number
    reader.close()
