"""Every mode of cutting, judged by another program: which frames, which packets, which times are in the file."""

from __future__ import annotations

import os
import random
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from annotations.cuts.containers import EDIT_LISTS
from annotations.cuts.copying import copy_packets
from annotations.cuts.cutting import cut
from annotations.cuts.encoding import encode_range
from annotations.cuts.messages import Codec, Cut, CutOrder, Mode, NotCut
from annotations.cuts.pictures_out import frames_of
from app.validation.clips import make_clip
from app.validation.kinds import KINDS
from evidence.frame_index import Timing
from tests.support.cuts import (
    Examined,
    examined,
    frames_by_ffmpeg,
    holds,
    order_of,
    packets_by_ffmpeg,
    stamps_by_ffprobe,
)
from tests.support.recordings import encode
from tests.support.sound_judge import judge_sound

_BY_NAME = {kind.name: kind for kind in KINDS}
_SAMPLE = ("h264-variable", "h264-open-gop", "h264-trimmed", "h264-rotated", "h264-10bit", "h264-before-zero", "hevc")
_MODES = ((Mode.COPY, Codec.H264), (Mode.EXACT, Codec.H264), (Mode.EXACT, Codec.FFV1), (Mode.SMART, Codec.H264))
_ENOUGH_FRAMES = 8
_DECODED_ALIKE = frozenset({"h264", "hevc", "mjpeg", "vp8", "vp9", "prores", "ffv1", "av1", "libdav1d"})
"""Codecs that every decoder must decode to the same values; others may differ between versions of FFmpeg."""
_HIDES_LATE = frozenset({"av1", "libdav1d"})
"""Codecs of which the FFmpeg of Debian 12 shows what an edit list hides."""


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Examined]:
    folder = tmp_path_factory.mktemp("kinds")
    return _Clips(folder)


class _Clips(dict[str, Examined]):
    """Clips of the validation pack, made when they are first wanted."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def __missing__(self, name: str) -> Examined:
        self[name] = examined(make_clip(_BY_NAME[name], self._folder, 1))
        return self[name]


def _done(order: CutOrder) -> Cut:
    answer = cut(order, lambda _done, _doing: None)
    assert isinstance(answer, Cut), answer
    return answer


def _out(order: CutOrder) -> Path:
    return Path(os.fsdecode(order.out_path))


def _judge(one: Examined, order: CutOrder, answer: Cut) -> None:
    """Compare with what FFmpeg's own program finds in both files."""
    out = _out(order)
    asked = frames_by_ffmpeg(one.path)[order.first : order.last + 1]
    shown = frames_by_ffmpeg(out)
    stream = one.recording.video
    assert stream is not None
    if order.mode is Mode.COPY or (order.codec is Codec.FFV1 and stream.codec in _DECODED_ALIKE):
        if (answer.is_hidden and stream.codec not in _HIDES_LATE) or order.mode is Mode.EXACT:
            assert shown == asked
        else:
            assert holds(shown, asked)
    else:
        assert len(shown) == order.frames
    for span in answer.copied if order.mode is Mode.SMART else ():
        here = slice(span.first - order.first, span.last - order.first + 1)
        assert shown[here] == asked[here]
    if order.mode is Mode.COPY:
        packets = packets_by_ffmpeg(out, shows_all=order.out_format in EDIT_LISTS)
        assert holds(packets_by_ffmpeg(one.path, shows_all=".mp4" in one.path.name), packets)
    if order.out_format in EDIT_LISTS and stream.codec not in _HIDES_LATE:
        _judge_times(one, order, out)


def _judge_times(one: Examined, order: CutOrder, out: Path) -> None:
    found = [pts * Fraction(base) for pts, base in stamps_by_ffprobe(out)]
    index = one.index
    zero = int(index.pts[order.first])
    wanted = [(int(pts) - zero) * index.time_base for pts in index.pts[order.first : order.last + 1]]
    assert [stamp - found[0] for stamp in found] == wanted


@pytest.mark.parametrize("name", _SAMPLE)
def test_a_cut_holds_exactly_the_frames_that_were_asked_for(
    name: str, clips: dict[str, Examined], tmp_path: Path
) -> None:
    one = clips[name]
    chance = random.Random(name)
    modes = [_MODES[0], _MODES[1 + _SAMPLE.index(name) % 2]]
    for mode, codec in modes:
        first = chance.randrange(5, len(one.index) - 30)
        order = order_of(one, first, first + chance.randrange(4, 28), mode, tmp_path, codec)
        answer = _done(order)
        assert answer.check.frames == order.frames
        _judge(one, order, answer)


@pytest.mark.parametrize(("name", "first", "last"), [("h264-2997-b", 15, 51), ("h264-ts", 10, 63), ("h264-mkv", 7, 60)])
def test_a_smart_cut_copies_between_and_encodes_only_the_ends(
    name: str, first: int, last: int, clips: dict[str, Examined], tmp_path: Path
) -> None:
    one = clips[name]
    order = order_of(one, first, last, Mode.SMART, tmp_path)
    answer = _done(order)
    copied = sum(span.count for span in answer.copied)
    assert copied + sum(span.count for span in answer.encoded) == order.frames
    assert copied == answer.check.identical > 0
    assert answer.check.worst_psnr_mdb is not None
    _judge(one, order, answer)


@pytest.mark.parametrize("name", ["hevc", "h264-interlaced", "h264-one-key", "mjpeg"])
def test_a_smart_cut_that_cannot_be_done_is_refused_with_the_reason(
    name: str, clips: dict[str, Examined], tmp_path: Path
) -> None:
    answer = cut(order_of(clips[name], 5, 60, Mode.SMART, tmp_path), lambda _done, _doing: None)
    assert isinstance(answer, NotCut)
    assert "." in answer.reason
    assert "copy or exact" in answer.remedy


def test_the_lead_in_is_hidden_and_said_to_be_in_the_file(clips: dict[str, Examined], tmp_path: Path) -> None:
    order = order_of(clips["h264-2997-b"], 14, 37, Mode.COPY, tmp_path)
    answer = _done(order)
    assert (answer.key_frame, answer.lead_in, answer.is_hidden) == (0, 14, True)
    assert len(packets_by_ffmpeg(_out(order), shows_all=True)) > len(frames_by_ffmpeg(_out(order)))


@pytest.mark.parametrize(
    ("mode", "codec"), [(Mode.COPY, Codec.H264), (Mode.EXACT, Codec.H264), (Mode.SMART, Codec.H264)]
)
def test_the_same_cut_gives_the_same_bytes(
    mode: Mode, codec: Codec, clips: dict[str, Examined], tmp_path: Path
) -> None:
    written = []
    for name in ("once", "again"):
        folder = tmp_path / name
        folder.mkdir()
        order = order_of(clips["h264-25"], 6, 40, mode, folder, codec)
        _done(order)
        written.append(_out(order).read_bytes())
    assert written[0] == written[1]


@pytest.mark.soak
@pytest.mark.parametrize("codec", list(Codec))
def test_twenty_times_the_same_cut_gives_twenty_times_the_same_bytes(
    codec: Codec, clips: dict[str, Examined], tmp_path: Path
) -> None:
    """Twice are not enough: an encoder whose threads race gives the same bytes most times."""
    order = order_of(clips["h264-25"], 6, 63, Mode.EXACT, tmp_path, codec)
    written = set()
    for _ in range(20):
        encode_range(order, _out(order), lambda _done, _total: None)
        written.add(_out(order).read_bytes())
    assert len(written) == 1


def test_what_the_picture_is_stays(clips: dict[str, Examined], tmp_path: Path) -> None:
    for name, entries in (("h264-rotated", "stream_side_data=rotation"), ("h264-pixels", "stream=sample_aspect_ratio")):
        for mode in (Mode.COPY, Mode.EXACT):
            order = order_of(clips[name], 10, 14, mode, tmp_path)
            _done(order)
            assert _probe(_out(order), entries) == _probe(clips[name].path, entries) != ""


@pytest.mark.parametrize(("rate", "suffix"), [(25, ".mkv"), (30, ".mp4")])
def test_ffv1_states_range_and_matrix_which_its_packets_do_not(rate: int, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / "full.avi"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc=d=1:s=96x64:r={rate}", "-c:v", "mjpeg"]
    subprocess.run([*command, "-pix_fmt", "yuvj420p", str(path)], check=True)
    order = order_of(examined(path), 3, 8, Mode.EXACT, tmp_path, Codec.FFV1)
    _done(order)
    assert _out(order).suffix == suffix
    assert _probe(_out(order), "frame=color_range,color_space").split() == ["pc,bt470bg"] * 6


def _probe(path: Path, entries: str) -> str:
    command = [
        "ffprobe",
        "-v",
        "error",
        "-select_streams",
        "v:0",
        "-show_entries",
        entries,
        "-of",
        "csv=p=0",
        str(path),
    ]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
@pytest.mark.parametrize("mode", [Mode.COPY, Mode.EXACT, Mode.SMART])
def test_sound_lies_within_a_millisecond_of_the_picture(suffix: str, mode: Mode, tmp_path: Path) -> None:
    path = encode(tmp_path / f"sound{suffix}", with_sound=True, options={"g": "12"}, frames=60)
    one = examined(path)
    order = order_of(one, 7, 45, mode, tmp_path)
    (sound,) = _done(order).check.sound
    assert sound.is_same
    assert sound.compared > 20_000
    assert abs(sound.shift_ns) < 1_000_000
    if order.out_format in EDIT_LISTS:
        assert abs(sound.start_ns) < 1_000_000
        assert abs(sound.end_ns) < 1_000_000
    if mode is not Mode.EXACT:
        assert holds(packets_by_ffmpeg(path, "a"), packets_by_ffmpeg(_out(order), "a", shows_all=suffix == ".mp4"))


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.SMART])
def test_sound_to_which_decoders_add_noise_of_their_own_passes_by_its_packets(mode: Mode, tmp_path: Path) -> None:
    path = tmp_path / "noise.mp4"
    noise = ["-f", "lavfi", "-i", "anoisesrc=d=3:c=pink:r=48000:a=0.3", "-f", "lavfi", "-i", "testsrc=d=3:s=96x64:r=25"]
    coded = ["-c:v", "libx264", "-g", "12", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "32k", str(path)]
    subprocess.run(["ffmpeg", "-v", "error", *noise, *coded], check=True)
    (sound,) = _done(order_of(examined(path), 20, 60, mode, tmp_path)).check.sound
    assert sound.is_same
    assert abs(sound.shift_ns) < 1_000_000


def _rising_sound(path: Path, level: float) -> Path:
    """Make a film whose sound is nowhere twice the same."""
    rising = f"aevalsrc={level}*sin(2*PI*(200+700*t)*t):d=2"
    sources = ["-f", "lavfi", "-i", "testsrc=d=2:s=96x64:r=25", "-f", "lavfi", "-i", rising]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", str(path)]
    subprocess.run(["ffmpeg", "-v", "error", *sources, *coded], check=True)
    return path


def test_sound_whose_first_packet_is_cut_short_keeps_its_place(tmp_path: Path) -> None:
    whole, path = _rising_sound(tmp_path / "whole.mp4", 0.3), tmp_path / "short.mp4"
    with av.open(whole, options={"ignore_editlist": "1"}) as source, av.open(path, "w") as out:
        streams = [out.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.dts is None or packet.pts is None:
                continue
            if packet.stream.type == "audio" and packet.pts > (source.streams.audio[0].start_time or 0):
                packet.pts, packet.dts = packet.pts - 765, packet.dts - 765
            packet.stream = streams[packet.stream_index]
            out.mux(packet)
    order = order_of(examined(path), 0, 20, Mode.EXACT, tmp_path)
    _done(order)
    judge_sound(path, Fraction(0), order, _out(order), Fraction(0))


def test_sound_beyond_full_scale_is_limited_as_players_do_and_that_is_said(tmp_path: Path) -> None:
    path = _rising_sound(tmp_path / "loud.mp4", 1)
    order = order_of(examined(path), 7, 40, Mode.EXACT, tmp_path)
    (sound,) = _done(order).check.sound
    assert sound.is_same
    assert "beyond full scale" in sound.note
    judge_sound(path, Fraction(7, 25), order, _out(order), Fraction(0))


@contextmanager
def _disk_of(size_bytes: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(("mode", "codec"), _MODES)
def test_a_full_disk_is_said_to_be_one(mode: Mode, codec: Codec, clips: dict[str, Examined], tmp_path: Path) -> None:
    order = order_of(clips["h264-25"], 6, 40, mode, tmp_path, codec)
    with _disk_of(4_000):
        answer = cut(order, lambda _done, _doing: None)
    assert isinstance(answer, NotCut)
    assert answer.is_disk


def test_a_file_that_was_changed_behind_our_back_does_not_pass(
    clips: dict[str, Examined], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(order: CutOrder, place: object, path: Path, *rest: object, **named: object) -> object:
        done = copying(order, place, path, *rest, **named)  # type: ignore[arg-type]
        data = bytearray(path.read_bytes())
        data[data.index(b"mdat") + 3_000] ^= 0x10
        path.write_bytes(data)
        return done

    copying = copy_packets
    monkeypatch.setattr("annotations.cuts.cutting.copy_packets", spoil)
    answer = cut(order_of(clips["h264-25"], 6, 40, Mode.COPY, tmp_path), lambda _done, _doing: None)
    assert isinstance(answer, NotCut)
    assert "did not pass its check" in answer.reason


@pytest.mark.parametrize("late", [1, -1])
def test_an_export_that_is_one_frame_off_does_not_pass(
    late: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scene is calm: a small square moves, so frames beside each other are alike by far more than 30 dB."""
    one = examined(_calm_scene(tmp_path))

    def shifted(order: CutOrder, first: int, last: int, **how: bool) -> Iterator[VideoFrame]:
        return frames_of(order, first + late, last + late, **how)

    order = order_of(one, 20, 30, Mode.EXACT, tmp_path)
    honest = _done(order).check
    assert honest.told_apart == order.frames
    assert honest.worst_psnr_mdb is not None
    monkeypatch.setattr("annotations.cuts.encoding.frames_of", shifted)
    for last in (30, 20):
        answer = cut(order_of(one, 20, last, Mode.EXACT, tmp_path), lambda _done, _doing: None)
        assert isinstance(answer, NotCut)
        assert "is nearer to frame" in answer.reason


def test_a_few_blocks_left_as_they_are_beside_do_not_make_a_frame_another(tmp_path: Path) -> None:
    """Every other frame the scene moves, and between them a few dots alone: an encoder leaves those out."""
    path = tmp_path / "flicker.mp4"
    rng = np.random.default_rng(7)
    still = np.zeros((240, 320), dtype=np.uint8)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"qp": "0", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(50):
            if number % 2 == 0:
                still = rng.integers(30, 200, (60, 80), dtype=np.uint8).repeat(4, 0).repeat(4, 1)
            picture = np.full((360, 320), 128, dtype=np.uint8)
            picture[:240] = still
            if number % 2:
                picture[100:120:3, 100:130:3] += 12
            frame = VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    order = order_of(examined(path), 10, 40, Mode.EXACT, tmp_path)

    seen = iter(range(order.frames))

    def smooth(frame: VideoFrame, codec: Codec) -> VideoFrame:
        samples = frame.to_ndarray()
        if next(seen) % 10 == 5:
            samples[100:120:3, 100:130:3] = samples[101:121:3, 100:130:3]
        return VideoFrame.from_ndarray(samples, format=frame.format.name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("annotations.cuts.encoding.as_encoded", smooth)
        assert _done(order).check.told_apart == order.frames


def test_wrong_colours_do_not_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def faded(frame: VideoFrame, codec: Codec) -> VideoFrame:
        grey = VideoFrame.from_ndarray(frame.to_ndarray(), format=frame.format.name)
        for number in (1, 2):
            grey.planes[number].update(bytes([128]) * grey.planes[number].buffer_size)
        return grey

    monkeypatch.setattr("annotations.cuts.encoding.as_encoded", faded)
    order = order_of(examined(_calm_scene(tmp_path)), 20, 24, Mode.EXACT, tmp_path)
    answer = cut(order, lambda _done, _doing: None)
    assert isinstance(answer, NotCut)
    assert "not enough like the original" in answer.reason


def _calm_scene(folder: Path) -> Path:
    path = folder / "calm.mp4"
    moving = "color=c=0x405060:s=320x240:r=25:d=2[a];color=c=0xB0B0B0:s=8x8:r=25:d=2[b];[a][b]overlay=x=n*2:y=100"
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path)]
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", moving, *coded], check=True)
    return path


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_random_ranges_of_every_kind_in_every_mode(kind: object, clips: dict[str, Examined], tmp_path: Path) -> None:
    name = kind.name  # type: ignore[attr-defined]
    one, chance = clips[name], random.Random(f"soak {name}")
    for mode, codec in _MODES * 2:
        first = chance.randrange(len(one.index) - _ENOUGH_FRAMES)
        last = chance.randrange(first, len(one.index))
        order = order_of(one, first, last, mode, tmp_path, codec)
        answer = cut(order, lambda _done, _doing: None)
        if isinstance(answer, NotCut):
            assert mode is Mode.SMART, answer
            continue
        if one.index.timing is Timing.STAMPED and name != "h264-refresh":
            _judge(one, order, answer)


@pytest.mark.soak
@pytest.mark.media
def test_random_ranges_of_real_recordings_in_every_mode(media: Path, tmp_path: Path) -> None:
    names = sorted(path for path in media.rglob("*") if path.suffix.lower() in {".mp4", ".mov", ".avi", ".mts"})
    chance, done = random.Random("media"), 0
    for path in names:
        try:
            one = examined(path)
        except AssertionError:
            continue
        for mode, codec in _MODES:
            first = chance.randrange(len(one.index))
            last = min(len(one.index) - 1, first + chance.randrange(40))
            answer = cut(order_of(one, first, last, mode, tmp_path, codec), lambda _done, _doing: None)
            assert isinstance(answer, Cut) or mode is Mode.SMART, (path.name, answer)
            done += isinstance(answer, Cut)
    assert done > len(names)
