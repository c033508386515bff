"""Judges a cut by what FFmpeg's own programs find in the original and in what was written; nothing of ours is used.

Of each file the pixels of every frame (MD5 of all planes), its time, and a small picture of it are taken, and of copies
the packets (`tests.support.film_reader`); the original is read once.
Frames that were encoded anew are recognised by the small pictures: each must be nearer to the one that was asked for
than to any other near by that differs at all.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotations.cuts.containers import EDIT_LISTS, RAW, WITHOUT_PTS
from annotations.cuts.messages import Codec, Cut, CutOrder, Mode, Span
from tests.support.amr import amr_frames
from tests.support.cuts import Examined, holds, packets_by_ffmpeg
from tests.support.film_reader import Film, Stamped, read_film
from tests.support.sound_judge import judge_sound

_REACH = 3
_SLACK = 1.05
_LONGEST_HEADER = 256
_MS = Fraction(1, 1000)
DECODED_ALIKE = frozenset({"h264", "hevc", "mjpeg", "vp8", "vp9", "prores", "ffv1", "av1", "libdav1d"})
"""Codecs that every decoder must decode to the same values; others may differ between versions of FFmpeg."""
HIDES_LATE = frozenset({"av1", "libdav1d"})
"""Codecs of which the FFmpeg of Debian 12 shows what an edit list hides."""


@cache
def _original(path: Path, *, with_sound: bool) -> Film:
    has_edits = path.suffix.lower() in {".mp4", ".mov", ".3gp", ".m4v"}
    film = read_film(path, with_packets=True, with_sound=with_sound, has_edits=has_edits)
    return replace(film, packets=_packets_of_stream(path)) if path.suffix.lower() == ".ts" else film


def _packets_of_stream(path: Path) -> list[str]:
    """Return the packets of a transport stream, read three times in a row, as they are in the middle.

    FFmpeg 5.1 parts HEVC behind the first zero of a start code, so that the first packet of a file has one zero more,
    and the last one less, than they have within a longer stream.
    """
    thrice = packets_by_ffmpeg(Path(f"concat:{path}|{path}|{path}"))
    count = len(thrice) // 3
    return thrice[count : 2 * count]


def judge(one: Examined, order: CutOrder, answer: Cut) -> None:
    """Assert that a file holds what the report names, frame by frame and packet by packet."""
    out = Path(os.fsdecode(order.out_path))
    is_heard = bool(answer.check.sound) and answer.check.sound[0].stream == one.recording.audio_stream
    is_copy, has_edits = order.mode is Mode.COPY, order.out_format in EDIT_LISTS
    original = _original(one.path, with_sound=one.recording.audio_stream is not None)
    shown = read_film(out, with_packets=is_copy, with_sound=is_heard, has_edits=has_edits)
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
        assert found == wanted or (order.mode is Mode.EXACT and _relabelled(one))
    for span in answer.copied:
        part = slice(span.first - order.first, span.last - order.first + 1)
        assert found[part] == wanted[part]
    for span in answer.encoded:
        _judge_pictures(original.small, shown.small[here], order, span)
    if order.out_format not in WITHOUT_PTS:
        _judge_times(one, order, shown.times[here], is_exact=has_edits and codec not in HIDES_LATE)
    from_, zero = original.times[order.first], shown.times[lead]
    if is_copy:
        _judge_packets(one, order, answer, (original, shown))
        if is_heard and order.out_format not in WITHOUT_PTS:
            sounds = original.sound_packets, shown.sound_packets
            if any(stream.codec == "amrnb" for stream in one.recording.streams):
                sounds = _amr_packets(one.path), _amr_packets(out)
            if any(stream.codec.startswith("pcm_") for stream in one.recording.streams):
                assert _bare_samples(out) in _bare_samples(one.path), "the samples are not a run of the original's"
            else:
                _judge_sound_packets(*sounds, from_ - zero, has_edits=has_edits)
    if is_heard:
        judge_sound(one.path, from_, order, out, zero, samples=shown.samples)


def _judge_times(one: Examined, order: CutOrder, shown: tuple[Fraction, ...], *, is_exact: bool) -> None:
    """Assert that frames are as far from the first as they were; some containers count milliseconds."""
    times = [one.index.time_base * int(pts) for pts in one.index.pts[order.first : order.last + 1]]
    assert len(shown) == len(times), "FFmpeg's program does not tell the time of every frame"
    worst = max(abs((here - shown[0]) - (there - times[0])) for here, there in zip(shown, times, strict=True))
    assert worst <= (0 if is_exact else _MS), f"a frame is shown {float(worst):.6f} s beside its time"


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


def _judge_packets(one: Examined, order: CutOrder, answer: Cut, films: tuple[Film, Film]) -> None:
    assert answer.start_packet is not None
    assert answer.end_packet is not None
    out, source = Path(os.fsdecode(order.out_path)), films[0].packets
    if order.out_format in RAW:
        assert out.read_bytes()[_LONGEST_HEADER:] in one.path.read_bytes()
        return
    packets = _packets_of_stream(out) if order.out_format == "mpegts" else films[1].packets
    if order.out_format in WITHOUT_PTS or len(source) != len(one.index.is_key):
        assert holds(source, packets)
        return
    assert packets == source[answer.start_packet : answer.end_packet + 1]


def _amr_packets(path: Path) -> list[Stamped]:
    """Return each frame of AMR as a packet: FFmpeg writes no packets of several."""
    return [Stamped(hashlib.md5(frame.data).hexdigest(), frame.time) for frame in amr_frames(path)]


def _bare_samples(path: Path) -> bytes:
    """Return the bytes of a PCM stream; a reader parts them as it likes, and `judge_sound` tells their place."""
    whole = ["-ignore_editlist", "1"] if path.suffix.lower() in {".mov", ".mp4", ".3gp"} else []
    command = ["ffmpeg", "-v", "error", *whole, "-i", os.fspath(path), "-map", "0:a:0", "-c", "copy", "-f", "data", "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _judge_sound_packets(original: list[Stamped], cut: list[Stamped], ahead: Fraction, *, has_edits: bool) -> None:
    """Assert that packets of sound are a run of the original's, each within a millisecond of its place.

    The first packet is given the time at which the edit list begins, within it; the next ones tell where it lies.
    """
    digests, wanted = [each.digest for each in original], [each.digest for each in cut]
    runs = [one for one in range(len(digests) - len(wanted) + 1) if digests[one : one + len(wanted)] == wanted]
    assert runs, "the packets of sound are not a run of the original's"
    told = cut[int(has_edits and len(wanted) > 1) :]
    worst = []
    for run in runs:  # packets of silence are all alike
        there = original[run + len(wanted) - len(told) : run + len(wanted)]
        pairs = [(one.time, other.time) for one, other in zip(told, there, strict=True)]
        apart = [abs(one + ahead - other) for one, other in pairs if one is not None and other is not None]
        worst.append(max(apart, default=Fraction(0)))
    assert min(worst) <= _MS, f"packets of sound lie {float(min(worst)):.6f} s beside the picture"
