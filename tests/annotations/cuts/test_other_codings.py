"""Codings that cameras, recorders and discs bring besides those of the validation pack, in every mode.

To add one: a line in `_CODINGS`, with FFmpeg's options; sound rises in pitch, so that its place is known.
"""

from __future__ import annotations

import os
import random
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from annotations.cuts.cutting import cut
from annotations.cuts.messages import Codec, Cut, Mode, NotCut
from tests.support.cut_judge import judge
from tests.support.cuts import examined, examined_sound, order_of, sound_order_of
from tests.support.sound_judge import judge_sound

_PICTURE = ["-f", "lavfi", "-i", "testsrc2=d=4:s=192x144:r=25"]
_SOUND = ["-f", "lavfi", "-i", "aevalsrc=0.4*sin(2*PI*(200+300*t)*t):d=4:s=48000"]
_OTHER_SOUND = ["-f", "lavfi", "-i", "aevalsrc=0.3*sin(2*PI*(900-200*t)*t):d=4:s=44100"]
_X264 = ["-c:v", "libx264", "-preset", "veryfast", "-g", "20"]
_X265 = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=20:bframes=3"]
_AAC = ["-c:a", "aac"]

_CODINGS: dict[str, tuple[str, list[str]]] = {
    "h264-lossless": (".mp4", [*_X264, "-qp", "0", "-pix_fmt", "yuv420p", *_AAC]),
    "h264-444": (".mp4", [*_X264, "-pix_fmt", "yuv444p", *_AAC]),
    "h264-444-10bit": (".mkv", [*_X264, "-pix_fmt", "yuv444p10le", *_AAC]),
    "h264-rgb": (".mkv", ["-c:v", "libx264rgb", "-g", "20", "-pix_fmt", "bgr0", "-c:a", "flac"]),
    "h264-fields": (".ts", [*_X264, "-flags", "+ildct+ilme", "-bf", "2", "-pix_fmt", "yuv420p", "-c:a", "mp2"]),
    "h264-before-zero": (".mkv", [*_X264, "-bf", "3", "-pix_fmt", "yuv420p", *_AAC, "-output_ts_offset", "-0.2"]),
    "h264-pcm": (".mov", [*_X264, "-bf", "2", "-pix_fmt", "yuv420p", "-c:a", "pcm_s24le"]),
    "h264-3gp": (".3gp", [*_X264, "-bf", "0", "-pix_fmt", "yuv420p", *_AAC]),
    "hevc-8bit": (".mp4", [*_X265, "-pix_fmt", "yuv420p", "-tag:v", "hvc1", *_AAC]),
    "hevc-10bit": (".mov", [*_X265, "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", *_AAC]),
    "hevc-ts": (".ts", [*_X265, "-pix_fmt", "yuv420p", *_AAC]),
    "hevc-mkv": (".mkv", [*_X265, "-pix_fmt", "yuv420p10le", "-c:a", "libopus"]),
    "hevc-fragments": (".mp4", [*_X265, "-pix_fmt", "yuv420p", "-movflags", "frag_keyframe+empty_moov", *_AAC]),
    "mpeg4-xvid": (".avi", ["-c:v", "mpeg4", "-bf", "2", "-g", "20", "-q:v", "3", "-c:a", "libmp3lame"]),
    "mpeg4-qpel": (".mp4", ["-c:v", "mpeg4", "-flags", "+qpel", "-g", "20", "-q:v", "3", *_AAC]),
    "mpeg1": (".mpg", ["-c:v", "mpeg1video", "-bf", "2", "-g", "15", "-q:v", "3", "-c:a", "mp2"]),
    "dvd": (".vob", ["-s", "720x576", "-aspect", "16:9", "-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-bf", "2",
                     "-g", "15", "-q:v", "4", "-c:a", "ac3", "-f", "dvd"]),
    "mpeg2-422": (".ts", ["-c:v", "mpeg2video", "-pix_fmt", "yuv422p", "-bf", "2", "-g", "15", "-q:v", "3",
                          "-c:a", "mp2"]),
    "mjpeg-mov": (".mov", ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "3", "-c:a", "pcm_s16le"]),
    "mjpeg-422": (".avi", ["-c:v", "mjpeg", "-pix_fmt", "yuvj422p", "-q:v", "3", "-c:a", "adpcm_ima_wav"]),
    "dv": (".avi", ["-s", "720x576", "-c:v", "dvvideo", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le"]),
}  # fmt: skip
_QUICK = frozenset({"h264-lossless"})
_SOUNDS = {
    "m4a": (".m4a", ["-c:a", "aac"]), "mp3": (".mp3", ["-c:a", "libmp3lame"]), "opus": (".ogg", ["-c:a", "libopus"]),
    "vorbis": (".ogg", ["-c:a", "libvorbis"]), "flac": (".flac", ["-c:a", "flac"]), "adts": (".aac", ["-c:a", "aac"]),
    "wma": (".wma", ["-c:a", "wmav2"]), "a-law": (".wav", ["-c:a", "pcm_alaw"]),
    "gsm": (".wav", ["-ar", "8000", "-c:a", "libgsm_ms"]), "float": (".wav", ["-c:a", "pcm_f32le"]),
    "mka": (".mka", ["-c:a", "ac3"]),
}  # fmt: skip
_MODES = ((Mode.COPY, Codec.H264), (Mode.EXACT, Codec.H264), (Mode.EXACT, Codec.HEVC), (Mode.EXACT, Codec.FFV1),
          (Mode.SMART, Codec.H264))  # fmt: skip


def _make(path: Path, arguments: list[str]) -> Path:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments, str(path)], check=True, stdin=subprocess.DEVNULL)
    return path


@pytest.mark.parametrize(
    "name", [one if one in _QUICK else pytest.param(one, marks=pytest.mark.soak) for one in _CODINGS]
)
def test_random_ranges_of_other_codings_in_every_mode(name: str, tmp_path: Path) -> None:
    suffix, options = _CODINGS[name]
    one = examined(_make(tmp_path / f"{name}{suffix}", [*_PICTURE, *_SOUND, *options, "-shortest"]))
    chance = random.Random(name)
    for _ in range(1 if name in _QUICK else 5):
        first = chance.randrange(len(one.index) - 30)
        last = first + chance.randrange(24)
        for mode, codec in _MODES:
            order = order_of(one, first, last, mode, tmp_path, codec)
            answer = cut(order, lambda _done, _doing: None)
            if isinstance(answer, NotCut) and mode is Mode.COPY:  # as an export does
                out = Path(os.fsdecode(order.out_path)).with_suffix(".mkv")
                order = replace(order, out_format="matroska", out_path=os.fsencode(out))
                answer = cut(order, lambda _done, _doing: None)
            if isinstance(answer, NotCut):
                assert mode is Mode.SMART or "does not take pictures" in answer.reason, (first, last, codec, answer)
                continue
            judge(one, order, answer)


@pytest.mark.soak
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_every_sound_track_is_kept_beside_the_picture(suffix: str, tmp_path: Path) -> None:
    maps = ["-map", "0", "-map", "1", "-map", "2", *_X264, "-pix_fmt", "yuv420p", *_AAC]
    path = _make(tmp_path / f"tracks{suffix}", [*_PICTURE, *_SOUND, *_OTHER_SOUND, *maps])
    one = examined(path)
    for mode, codec in ((Mode.COPY, Codec.H264), (Mode.EXACT, Codec.FFV1), (Mode.SMART, Codec.H264)):
        order = order_of(one, 13, 70, mode, tmp_path, codec)
        answer = cut(order, lambda _done, _doing: None)
        assert isinstance(answer, Cut), answer
        assert [sound.stream for sound in answer.check.sound] == [1, 2]
        assert all(sound.is_same and abs(sound.shift_ns) < 1_000_000 for sound in answer.check.sound)
        judge(one, order, answer)


@pytest.mark.soak
@pytest.mark.parametrize("name", _SOUNDS)
def test_random_ranges_of_sound_alone(name: str, tmp_path: Path) -> None:
    suffix, options = _SOUNDS[name]
    path = _make(tmp_path / f"{name}{suffix}", [*_SOUND, *options])
    recording, chance = examined_sound(path), random.Random(name)
    (stream,) = recording.streams
    assert stream.start_pts is not None
    begin = stream.start_pts * stream.time_base  # no case asks for what lies before: encoders need a run-up (MP3)
    for number in range(10):
        asked = Fraction(chance.randrange(3_000 if number else 20), 1000)
        end = asked + Fraction(chance.randrange(100, 900), 1000)
        for mode in (Mode.COPY, Mode.EXACT):
            start = max(begin, asked) if mode is Mode.COPY else asked
            order = sound_order_of(recording, start, end, mode, tmp_path)
            answer = cut(order, lambda _done, _doing: None)
            assert isinstance(answer, Cut), (mode, start, end, answer)
            if mode is Mode.EXACT:
                judge_sound(path, start, order, Path(os.fsdecode(order.out_path)), Fraction(0))
