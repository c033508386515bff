"""Stills are the very frame, in the right colours and shape; the PNG is one that other programs read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import zlib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from app.demo.frame_code import read
from app.validation.clips import ClipKind, make_clip
from app.validation.kinds import KINDS
from evidence.errors import Cancelled, DecoderError
from evidence.examine import examine_file
from evidence.frame_index import FrameIndex
from player.protocol import Source
from player.stills.geometry import square_pixel_size, turned_size
from player.stills.maker import StillMaker
from player.stills.messages import StillOrder, StillPicture
from player.stills.png import encode_png

FFMPEG, IDENTIFY = shutil.which("ffmpeg"), shutil.which("identify")
NAMES = [
    "h264-2997-b",
    "h264-open-gop",
    "h264-10bit",
    "h264-rotated",
    "h264-upside-down",
    "h264-pixels",
    "h264-trimmed",
    "h264-reset",
    "h264-raw-b",
    "hevc-422-10bit",
    "mjpeg",
    "mpeg2-interlaced",
    "vp9",
]


def kind_named(name: str) -> ClipKind:
    return next(kind for kind in KINDS if kind.name == name)


def order_for(path: Path, frame: int, *, is_upright: bool = True) -> StillOrder:
    found = examine_file(os.fsencode(path), lambda _count: None)
    assert found.frame_index is not None
    stream = next(one for one in found.streams if one.index == found.video_stream)
    source = Source(
        0,
        os.fsencode(path),
        path.name,
        stream.index,
        stream.rotation,
        stream.pixel_aspect,
        stream.color_space,
        stream.color_range,
    )
    return StillOrder(source, FrameIndex.from_bytes(found.frame_index), frame, is_upright)


def as_array(picture: StillPicture) -> NDArray[np.int64]:
    kind = ">u2" if picture.depth == 16 else "u1"
    values = np.frombuffer(picture.pixels, dtype=kind).astype(np.int64)
    return values.reshape(picture.height, picture.width, 3)


def code_in(picture: StillPicture) -> int | None:
    eight = as_array(picture) >> (picture.depth - 8)
    code = read(eight.astype(np.uint8))
    return None if code is None else code.number


@pytest.mark.parametrize("name", NAMES)
def test_the_still_is_the_frame_that_was_asked_for_upright_with_square_pixels(name: str, tmp_path: Path) -> None:
    kind = kind_named(name)
    path = make_clip(kind, tmp_path, 3)
    with StillMaker() as maker:
        order = order_for(path, 0)
        for frame in (0, 47, 48, len(order.index) - 1, 13):
            picture = maker.make(replace(order, frame=frame))
            assert code_in(picture) == frame + kind.hidden
            assert (picture.width, picture.height) == turned_size(
                square_pixel_size((320, 180), kind.aspect), kind.rotation
            )
            assert picture.coded_size == (320, 180)
            assert picture.depth == (16 if "10" in kind.pixel_format else 8)
            assert not picture.is_damaged
            assert picture.is_interlaced == ("interlaced" in name)


@pytest.mark.parametrize("name", ["h264-rotated", "h264-pixels"])
def test_as_recorded_nothing_is_turned_or_stretched(name: str, tmp_path: Path) -> None:
    path = make_clip(kind_named(name), tmp_path, 3)
    with StillMaker() as maker:
        picture = maker.make(order_for(path, 20, is_upright=False))
    assert (picture.width, picture.height) == (320, 180)


@pytest.mark.skipif(FFMPEG is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("name", ["h264-2997-b", "h264-open-gop", "h264-trimmed", "h264-10bit", "mjpeg", "hevc"])
def test_the_pixels_are_those_that_another_program_extracts(name: str, tmp_path: Path) -> None:
    kind = kind_named(name)
    path = make_clip(kind, tmp_path, 3)
    order = order_for(path, 50)
    with StillMaker() as maker:
        ours = as_array(maker.make(order))
    wide = kind.pixel_format.endswith("10le")
    command = [FFMPEG, "-v", "error", "-noautorotate", "-i", str(path), "-vf"]
    assert FFMPEG is not None
    chosen = "select=eq(n\\,50),scale=in_color_matrix=bt601:flags=bicubic+accurate_rnd+full_chroma_int"
    tail = ["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb48be" if wide else "rgb24", "-"]
    out = subprocess.run([str(word) for word in [*command, chosen, *tail]], capture_output=True, check=True).stdout
    theirs = np.frombuffer(out, dtype=">u2" if wide else "u1").astype(np.int64).reshape(180, 320, 3)
    scale = 257 if wide else 1
    difference = np.abs(ours - theirs)
    assert difference.max() <= 4 * scale
    assert difference.mean() < 0.6 * scale


def test_known_colours_come_out_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "colours.mkv"
    bars = np.zeros((96, 192, 3), dtype=np.uint8)
    colours = [(235, 20, 20), (20, 200, 40), (30, 40, 220), (255, 255, 255), (0, 0, 0), (128, 128, 128)]
    for number, colour in enumerate(colours):
        bars[:, number * 32 : (number + 1) * 32] = colour
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 192, 96, "bgr0"
        for _ in range(2):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(bars, format="rgb24").reformat(format="bgr0")))
        container.mux(stream.encode(None))
    with StillMaker() as maker:
        picture = maker.make(order_for(path, 1))
    assert picture.colour.matrix == "RGB"
    assert np.array_equal(as_array(picture), bars)


@pytest.mark.skipif(FFMPEG is None, reason="ffmpeg makes the clip")
@pytest.mark.parametrize(("kind", "stated", "levels"), [
    ("gray", "tv", {16: 0, 126: 128, 235: 255}),
    ("gray10le", "tv", {64: 0, 502: 32_768, 940: 65_535}),
    ("gray", "pc", {16: 16, 126: 126, 235: 235}),
])  # fmt: skip
def test_grey_pictures_have_the_levels_that_their_range_says(
    kind: str, stated: str, levels: dict[int, int], tmp_path: Path
) -> None:
    path = tmp_path / "grey.mkv"
    wide = np.repeat(np.array(list(levels), dtype="<u2" if kind.endswith("le") else np.uint8), 32)
    raw = np.tile(wide, (64, 1)).tobytes() * 2
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", kind, "-s", f"{len(wide)}x64", "-color_range",
         stated, "-i", "-", "-c:v", "ffv1", "-color_range", stated, str(path)],
        check=True, input=raw,
    )  # fmt: skip
    with StillMaker() as maker:
        picture = maker.make(order_for(path, 1))
    assert picture.colour.range == {"tv": "limited", "pc": "full"}[stated]
    values = as_array(picture)
    for number, wanted in enumerate(levels.values()):
        assert abs(values[:, number * 32 : (number + 1) * 32] - wanted).max() <= (64 if picture.depth == 16 else 1)


def test_a_child_that_is_killed_is_told_and_the_next_still_is_made(tmp_path: Path) -> None:
    path = make_clip(kind_named("h264-25"), tmp_path, 3)
    order = order_for(path, 10)
    with StillMaker() as maker:
        maker.make(order)
        process_id = maker.process_id
        assert process_id is not None
        os.kill(process_id, signal.SIGSTOP)
        threading.Timer(0.3, os.kill, (process_id, signal.SIGKILL)).start()
        with pytest.raises(DecoderError, match="crashed"):
            maker.make(order)
        assert code_in(maker.make(order)) == 10


def test_a_child_that_hangs_is_ended(tmp_path: Path) -> None:
    path = make_clip(kind_named("h264-25"), tmp_path, 3)
    order = order_for(path, 10)
    with StillMaker(silence_s=0.5) as maker:
        while True:
            try:
                maker.make(order)
                break
            except DecoderError:  # starting it takes longer than this patience
                maker._worker.silence_s = 5.0
        maker._worker.silence_s = 0.4
        assert maker.process_id is not None
        os.kill(maker.process_id, signal.SIGSTOP)
        with pytest.raises(DecoderError, match="no progress"):
            maker.make(order)
        assert maker.process_id is None


def test_cancelling_ends_the_child(tmp_path: Path) -> None:
    path = make_clip(kind_named("h264-25"), tmp_path, 3)
    with StillMaker() as maker, pytest.raises(Cancelled):
        maker.make(order_for(path, 10), lambda: True)


def test_a_file_that_was_cut_short_since_gives_a_reason_and_no_picture(tmp_path: Path) -> None:
    path = make_clip(kind_named("h264-ts"), tmp_path, 3)
    order = order_for(path, 70)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with StillMaker() as maker:
        with pytest.raises(DecoderError, match="Frame 70"):
            maker.make(order)
        assert code_in(maker.make(replace(order, frame=5))) == 5


def test_a_header_that_claims_an_absurd_shape_is_refused(tmp_path: Path) -> None:
    path = make_clip(kind_named("h264-25"), tmp_path, 3)
    order = order_for(path, 5)
    absurd = replace(order, source=replace(order.source, pixel_aspect=Fraction(1, 10_000_000)))
    with StillMaker() as maker, pytest.raises(DecoderError, match="no camera makes"):
        maker.make(absurd)


@given(st.integers(1, 4000), st.integers(1, 4000), st.fractions(Fraction(1, 8), Fraction(8)))
def test_making_pixels_square_never_loses_a_row_or_column(width: int, height: int, aspect: Fraction) -> None:
    wide, high = square_pixel_size((width, height), aspect)
    assert wide >= width
    assert high >= height
    assert abs(Fraction(wide) / high * height / width / aspect - 1) <= max(Fraction(1, wide), Fraction(1, high))


texts = st.lists(
    st.tuples(
        st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=79),
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=200),
    ),
    max_size=5,
)


@given(st.integers(1, 40), st.integers(1, 150), st.sampled_from([8, 16]), texts)
def test_a_png_decodes_to_the_same_values_and_texts(
    width: int, height: int, depth: int, said: list[tuple[str, str]]
) -> None:
    rng = np.random.default_rng(width * 1000 + height)
    kind = ">u2" if depth == 16 else "u1"
    values = rng.integers(0, 2**depth, (height, width, 3)).astype(kind)
    packed = encode_png(width, height, depth, values.tobytes(), texts=said)
    assert packed == encode_png(width, height, depth, values.tobytes(), texts=said)
    (frame,) = av.VideoCodecContext.create("png", "r").decode(av.Packet(packed))
    assert frame.format.name == ("rgb48be" if depth == 16 else "rgb24")
    plane = frame.planes[0]
    row_bytes = width * 3 * depth // 8
    rows = np.frombuffer(bytes(plane), dtype=np.uint8).reshape(-1, plane.line_size)[:height, :row_bytes]
    assert rows.tobytes() == values.tobytes()
    assert chunk_texts(packed) == said


def chunk_texts(packed: bytes) -> list[tuple[str, str]]:
    """Read the text chunks back, checking every check sum."""
    found, place = [], 8
    while place < len(packed):
        length, kind = int.from_bytes(packed[place : place + 4]), packed[place + 4 : place + 8]
        body = packed[place + 8 : place + 8 + length]
        assert int.from_bytes(packed[place + 8 + length : place + 12 + length]) == zlib.crc32(kind + body)
        keyword, _, rest = body.partition(b"\0")
        if kind == b"tEXt":
            found.append((keyword.decode("latin-1"), rest.decode("latin-1")))
        elif kind == b"iTXt":
            found.append((keyword.decode("latin-1"), rest[4:].decode()))
        place += 12 + length
    return found


@pytest.mark.parametrize("keyword", ["", " x", "x " * 60, "a\nb", "x" * 80])
def test_a_keyword_that_no_png_can_hold_is_refused(keyword: str) -> None:
    with pytest.raises(ValueError, match="keyword"):
        encode_png(1, 1, 8, b"abc", texts=[(keyword, "text")])


@pytest.mark.skipif(IDENTIFY is None, reason="ImageMagick is not installed")
def test_other_programs_read_texts_and_pixel_shape(tmp_path: Path) -> None:
    file = tmp_path / "one.png"
    said = [("Camera", "BWV 412 (café)"), ("Case", "Rzeź — 東京")]
    file.write_bytes(encode_png(4, 2, 8, bytes(24), texts=said, pixel_aspect=Fraction(16, 11)))
    told = subprocess.run(["identify", "-verbose", str(file)], capture_output=True, check=True).stdout.decode("latin-1")
    assert "Camera: BWV 412 (café)" in told
    assert "Geometry: 4x2" in told
    assert "Resolution: 11x16" in told
    image = QImage(str(file))
    assert [(key, image.text(key)) for key in image.textKeys()] == said
