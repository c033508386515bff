"""Cuts at the edge of what codecs and containers can say: a frame or two, sound parted within a packet, silence."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from annotations.cuts.copying import copy_packets
from annotations.cuts.cutting import cut
from annotations.cuts.digests import Copied
from annotations.cuts.job import ExportRequest, export_range
from annotations.cuts.messages import Codec, Cut, CutOrder, Mode, NotCut
from annotations.cuts.places import PacketRange
from evidence.case import Case
from evidence.errors import MediaError
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from sync.timeline import build_timeline
from tests.support.cut_judge import judge
from tests.support.cuts import examined, examined_sound, order_of, sound_order_of
from tests.support.sound_judge import heard_of, judge_sound

_PICTURE = ["-f", "lavfi", "-i", "testsrc2=d=2:s=96x64:r=25"]
_SOUND = ["-f", "lavfi", "-i", "aevalsrc=0.4*sin(2*PI*(200+300*t)*t):d=2:s=48000"]
_FILLER = b"\x00\x00\x01\x0c\xff\xff\x80"
"""A unit of H.264 that no decoder shows: the pixels stay."""


def _make(path: Path, *arguments: str) -> Path:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments, str(path)], check=True, stdin=subprocess.DEVNULL)
    return path


def _cut(order: CutOrder) -> Cut | NotCut:
    return cut(order, lambda _done, _doing: None)


def test_hevc_of_fewer_frames_than_its_encoder_holds_back(tmp_path: Path) -> None:
    """With one or two frames x265 gives stamps of decoding that it never set."""
    one = examined(_make(tmp_path / "few.mp4", *_PICTURE, "-c:v", "libx264", "-g", "20", "-pix_fmt", "yuv420p"))
    for first, last in ((7, 7), (8, 9), (0, 1), (30, 32)):
        order = order_of(one, first, last, Mode.EXACT, tmp_path, Codec.HEVC)
        answer = _cut(order)
        assert isinstance(answer, Cut), answer
        judge(one, order, answer)


def test_hevc_of_motion_jpeg_in_its_full_range(tmp_path: Path) -> None:
    """FFmpeg calls full range by a name of its own where JPEG has it, and by none where HEVC has it in 4:2:2."""
    one = examined(_make(tmp_path / "full.avi", *_PICTURE, "-c:v", "mjpeg", "-pix_fmt", "yuvj422p"))
    order = order_of(one, 5, 9, Mode.EXACT, tmp_path, Codec.HEVC)
    answer = _cut(order)
    assert isinstance(answer, Cut), answer
    judge(one, order, answer)
    asked = ["-v", "error", "-show_entries", "stream=color_range", "-of", "csv=p=0", os.fsdecode(order.out_path)]
    assert subprocess.run(["ffprobe", *asked], check=True, capture_output=True, text=True).stdout.strip() == "pc"


def test_bare_samples_in_avi_are_parted_where_the_picture_begins(tmp_path: Path) -> None:
    """AVI lets pictures and sound begin together; a packet of sound runs across the picture's start."""
    maker = ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le", "-shortest"]
    one = examined(_make(tmp_path / "samples.avi", *_PICTURE, *_SOUND, *maker))
    order = order_of(one, 17, 34, Mode.COPY, tmp_path)
    answer = _cut(order)
    assert isinstance(answer, Cut), answer
    (sound,) = answer.check.sound
    assert (sound.start_ns, sound.shift_ns) == (0, 0)
    judge(one, order, answer)


def test_sound_that_avi_would_move_goes_to_matroska(tmp_path: Path) -> None:
    """AVI begins with whole packets of MP3, and these do not begin with the picture."""
    maker = ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "libmp3lame", "-shortest"]
    one = examined(_make(tmp_path / "packets.avi", *_PICTURE, *_SOUND, *maker))
    order = order_of(one, 18, 34, Mode.COPY, tmp_path)
    refused = _cut(order)
    assert isinstance(refused, NotCut)
    assert "beside the picture" in refused.reason
    out = Path(os.fsdecode(order.out_path)).with_suffix(".mkv")
    order = replace(order, out_format="matroska", out_path=os.fsencode(out))  # as an export does
    answer = _cut(order)
    assert isinstance(answer, Cut), answer
    assert abs(answer.check.sound[0].shift_ns) < 1_000_000
    judge(one, order, answer)


def test_sound_that_no_container_keeps_in_its_place_is_not_dropped(tmp_path: Path) -> None:
    """FFmpeg gives ADPCM wrong times in AVI, and Matroska does not hold it; exact is left."""
    folder = tmp_path / "Recorder"
    folder.mkdir()
    maker = ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "adpcm_ima_wav", "-shortest"]
    path = _make(folder / "20260314_213155.avi", *_PICTURE, *_SOUND, *maker)
    silent = (no_progress, never_cancelled)
    with Case.create(tmp_path / "A.sightline", title="Recorder", reference="R/3", by="DC Grey") as case:
        add_files(AddRequest(case.folder, (os.fsencode(path),), "DC Grey", "CCTV", None, ""), *silent, case=case)
        whole = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone).span
        assert whole is not None
        span = IncidentRange(IncidentTime(whole.start + NS_PER_S // 2), IncidentTime(whole.start + NS_PER_S))
        request = ExportRequest(span, None, "DC Grey", NS_PER_S)
        with pytest.raises(MediaError, match=r"with their times.*Nor into Matroska.*cannot hold the sound"):
            export_range(case, request, *silent)
        assert export_range(case, replace(request, mode=Mode.EXACT), *silent).failed == ()


def test_sound_that_begins_within_the_range_has_silence_before_it(tmp_path: Path) -> None:
    """An MP3's first sample is at 25 ms: its encoder needs a run-up. A WAV file cannot say so."""
    path = _make(tmp_path / "late.mp3", *_SOUND, "-c:a", "libmp3lame")
    order = sound_order_of(examined_sound(path), Fraction(0), Fraction(1, 2), Mode.EXACT, tmp_path)
    answer = _cut(order)
    assert isinstance(answer, Cut), answer
    begin = heard_of(path).start
    assert begin > Fraction(1, 100)
    out = heard_of(Path(os.fsdecode(order.out_path)))
    assert len(out.samples) == 24_000
    assert not out.samples[: round(begin * 48_000)].any()
    assert "silence stand where the original has none" in answer.check.sound[0].note
    judge_sound(path, Fraction(0), order, Path(os.fsdecode(order.out_path)), Fraction(0))


def test_a_stream_without_container_is_checked_to_the_last_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = examined(_make(tmp_path / "raw.h264", *_PICTURE, "-c:v", "libx264", "-g", "20", "-bf", "0"))
    order = order_of(one, 5, 30, Mode.COPY, tmp_path)
    assert isinstance(_cut(order), Cut)

    def spoil(order: CutOrder, place: PacketRange | None, path: Path, *rest: object, **named: object) -> Copied:
        done = copy_packets(order, place, path, *rest, **named)  # type: ignore[arg-type]
        path.write_bytes(path.read_bytes() + _FILLER)
        return done

    monkeypatch.setattr("annotations.cuts.cutting.copy_packets", spoil)
    answer = _cut(order)
    assert isinstance(answer, NotCut)
    assert "not those of the original's packets" in answer.reason


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.EXACT, Mode.SMART])
def test_amr_of_a_phone_lies_within_a_millisecond_at_both_ends(mode: Mode, tmp_path: Path) -> None:
    """AMR comes in frames of 20 ms, and its encoder's run-up of 40 samples is cut off by an edit list."""
    one = examined(_phone_film(tmp_path))
    for first, last in ((0, 12), (13, 37), (31, 49)):
        order = order_of(one, first, last, mode, tmp_path)
        answer = _cut(order)
        if isinstance(answer, NotCut):
            assert mode is Mode.SMART
            continue
        assert answer.check.sound[0].is_same
        judge(one, order, answer)


@pytest.mark.media
@pytest.mark.parametrize("mode", [Mode.COPY, Mode.EXACT])
def test_amr_of_an_old_phone_with_five_frames_in_a_packet(mode: Mode, media: Path, tmp_path: Path) -> None:
    """FFmpeg writes one frame of AMR as a packet and no more: packets are parted, their bytes stay."""
    one = examined(media / "file-type" / "fixture2.3gp")
    for first, last in ((0, 12), (31, 31), (50, 69), (90, 96)):
        order = order_of(one, first, last, mode, tmp_path)
        answer = _cut(order)
        assert isinstance(answer, Cut), answer
        assert answer.check.sound[0].is_same
        judge(one, order, answer)


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.EXACT])
def test_noise_that_decoders_of_aac_draw_anew_is_told_from_sound_in_a_wrong_place(mode: Mode, tmp_path: Path) -> None:
    """Of noisy bands AAC keeps the loudness alone, and what a decoder draws depends on all that it drew before."""
    hiss = ["-f", "lavfi", "-i", "anoisesrc=d=4:a=0.3:r=48000:seed=7"]
    maker = ["-c:v", "libx264", "-g", "20", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "48k", "-shortest"]
    one = examined(_make(tmp_path / "hiss.mp4", *_PICTURE, *hiss, *maker))
    order = order_of(one, 23, 41, mode, tmp_path)
    answer = _cut(order)
    assert isinstance(answer, Cut), answer
    judge(one, order, answer)
    for apart_ms in (-3, 3):
        there = order.start + Fraction(apart_ms, 1000)
        with pytest.raises(AssertionError, match="is not the original's"):
            judge_sound(one.path, there, order, Path(os.fsdecode(order.out_path)), Fraction(0))


def _phone_film(folder: Path) -> Path:
    """Film with H.264 and AMR, one frame of sound a packet, in 3GP."""
    film = _make(folder / "film.3gp", *_PICTURE, "-c:v", "libx264", "-g", "20", "-bf", "0", "-pix_fmt", "yuv420p")
    path = folder / "phone.3gp"
    with av.open(str(film)) as source, av.open(str(path), "w", format="3gp") as out:
        pictures = out.add_stream_from_template(source.streams.video[0])
        sound = out.add_stream("libopencore_amrnb", rate=8_000, layout="mono")
        assert isinstance(sound, av.AudioStream)
        sound.bit_rate = 12_200
        times = np.arange(16_000) / 8_000
        pcm = np.round(9_000 * np.sin(2 * np.pi * (300 + 120 * times) * times)).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 8_000, 0, Fraction(1, 8_000)
        heard = [*sound.encode(frame), *sound.encode(None)]
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = pictures
                out.mux(packet)
        out.mux(heard)
    return path
