"""Judges a cut by what FFmpeg's own programs find in the original and in what was written; nothing of ours is used.

Of each file the pixels of every frame (MD5 of all planes), its time, and a small picture of it are taken in one run.
Frames that were encoded anew are recognised by the small pictures: each must be nearer to the one that was asked for
than to any other near by that differs at all.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotations.cuts.containers import EDIT_LISTS, RAW, WITHOUT_PTS
from annotations.cuts.messages import Codec, Cut, CutOrder, Mode, Span
from tests.support.cuts import Examined, holds, packets_by_ffmpeg
from tests.support.sound_judge import judge_sound

_WIDTH, _HEIGHT = 64, 36
_REACH = 3
_SLACK = 1.05
DECODED_ALIKE = frozenset({"h264", "hevc", "mjpeg", "vp8", "vp9", "prores", "ffv1", "av1", "libdav1d"})
"""Codecs that every decoder must decode to the same values; others may differ between versions of FFmpeg."""
HIDES_LATE = frozenset({"av1", "libdav1d"})
"""Codecs of which the FFmpeg of Debian 12 shows what an edit list hides."""


@dataclass(frozen=True)
class Shown:
    """What FFmpeg's program shows of a file.

    Attributes:
        pixels: MD5 of every frame's planes, in order.
        times: seconds of every frame.
        small: uint8[frames, 3, height, width], each frame's planes made small.
    """

    pixels: tuple[str, ...]
    times: tuple[Fraction, ...]
    small: NDArray[np.uint8]


def shown_of(path: Path) -> Shown:
    """Decode a film with FFmpeg's program."""
    with tempfile.TemporaryDirectory(prefix="judge-") as folder:
        pixels, small = Path(folder) / "pixels", Path(folder) / "small"
        each = ["-map", "0:v:0", "-fps_mode", "passthrough", "-enc_time_base", "-1"]
        shrink = ["-vf", f"scale={_WIDTH}:{_HEIGHT}:flags=area,format=yuv444p", "-f", "rawvideo"]
        command = ["ffmpeg", "-v", "error", "-threads", "2", "-copyts", "-noautorotate", "-i", str(path)]
        command += [*each, "-f", "framemd5", str(pixels), *each, *shrink, str(small)]
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
        lines = pixels.read_text().splitlines()
        bytes_ = np.fromfile(small, dtype=np.uint8).reshape(-1, 3, _HEIGHT, _WIDTH)
    base = next((Fraction(line.split(":")[1].strip()) for line in lines if line.startswith("#tb 0")), Fraction(1))
    rows = [[part.strip() for part in line.split(",")] for line in lines if line and not line.startswith("#")]
    return Shown(tuple(row[5] for row in rows), tuple(int(row[2]) * base for row in rows), bytes_)


@cache
def _original(path: Path) -> Shown:
    return shown_of(path)


@cache
def _packets(path: Path, kind: str) -> list[str]:
    if path.suffix.lower() == ".ts":
        return _packets_of_stream(path, kind)
    return packets_by_ffmpeg(path, kind, shows_all=path.suffix.lower() in {".mp4", ".mov", ".3gp", ".m4v"})


def _packets_of_stream(path: Path, kind: str) -> list[str]:
    """Return the packets of a transport stream, read three times in a row, as they are in the middle.

    FFmpeg 5.1 parts HEVC behind the first zero of a start code, so that the first packet of a file has one zero more,
    and the last one less, than they have within a longer stream.
    """
    thrice = packets_by_ffmpeg(Path(f"concat:{path}|{path}|{path}"), kind)
    count = len(thrice) // 3
    return thrice[count : 2 * count]


def judge(one: Examined, order: CutOrder, answer: Cut) -> None:
    """Assert that a file holds what the report names, frame by frame and packet by packet."""
    out = Path(os.fsdecode(order.out_path))
    original, shown = _original(one.path), shown_of(out)
    assert len(original.pixels) == len(one.index), "FFmpeg's program shows another number of frames of the original"
    assert one.recording.video is not None
    codec = one.recording.video.codec
    wanted = original.pixels[order.first : order.last + 1]
    lead = 0
    if order.mode is Mode.COPY and (not answer.is_hidden or codec in HIDES_LATE):
        lead = _place(shown.pixels, wanted)
        assert answer.is_hidden or lead + answer.undecodable >= answer.lead_in
    else:
        assert len(shown.pixels) == order.frames
    here = slice(lead, lead + order.frames)
    found = shown.pixels[here]
    if order.mode is Mode.COPY or (order.codec is Codec.FFV1 and codec in DECODED_ALIKE):
        assert found == wanted or _relabelled(one)
    for span in answer.copied:
        part = slice(span.first - order.first, span.last - order.first + 1)
        assert found[part] == wanted[part]
    for span in answer.encoded:
        _judge_pictures(original.small, shown.small[here], order, span)
    if order.out_format in EDIT_LISTS and codec not in HIDES_LATE:
        times = [one.index.time_base * int(pts) for pts in one.index.pts[order.first : order.last + 1]]
        assert [each - shown.times[0] for each in shown.times] == [each - times[0] for each in times]
    if order.mode is Mode.COPY:
        _judge_packets(one, order, answer, out)
    if answer.check.sound and answer.check.sound[0].stream == one.recording.audio_stream:
        judge_sound(one.path, original.times[order.first], order, out, shown.times[lead])


def _place(shown: tuple[str, ...], wanted: tuple[str, ...]) -> int:
    for start in range(len(shown) - len(wanted) + 1):
        if shown[start : start + len(wanted)] == wanted:
            return start
    raise AssertionError("the frames that were asked for are not in the file, one after another")


def _relabelled(one: Examined) -> bool:
    """Whether FFV1 keeps the values in another pixel format, so that bytes differ."""
    assert one.recording.video is not None
    return one.recording.video.pixel_format in {"rgb24", "bgr24", "rgb0", "nv12", "nv21"}


def _judge_pictures(original: NDArray[np.uint8], shown: NDArray[np.uint8], order: CutOrder, span: Span) -> None:
    for number in range(span.first, span.last + 1):
        mine = shown[number - order.first].astype(np.int16)
        own = _distance(mine, original[number])
        for other in range(max(0, number - _REACH), min(len(original), number + _REACH + 1)):
            apart = _distance(original[number].astype(np.int16), original[other])
            if apart > 4 * own:
                assert own * _SLACK < _distance(mine, original[other]), f"frame {number} looks like frame {other}"
        assert own < 3, f"frame {number} is not like the original ({own:.2f} of 255)"


def _distance(one: NDArray[np.int16], other: NDArray[np.uint8]) -> float:
    return float(np.sqrt(np.mean(np.square(one - other.astype(np.int16), dtype=np.float64))))


def _judge_packets(one: Examined, order: CutOrder, answer: Cut, out: Path) -> None:
    assert answer.start_packet is not None
    assert answer.end_packet is not None
    if order.out_format in RAW:
        return
    is_stream = order.out_format == "mpegts"
    packets = (
        _packets_of_stream(out, "v") if is_stream else packets_by_ffmpeg(out, shows_all=order.out_format in EDIT_LISTS)
    )
    source = _packets(one.path, "v")
    if order.out_format in WITHOUT_PTS or len(source) != len(one.index.is_key):
        assert holds(source, packets)
        return
    assert packets == source[answer.start_packet : answer.end_packet + 1]
    if answer.check.sound and answer.check.sound[0].stream == one.recording.audio_stream:
        heard = packets_by_ffmpeg(out, "a", shows_all=order.out_format in EDIT_LISTS)
        assert holds(_packets(one.path, "a"), heard)
