"""Bad input gets a clear message and a hash; good input is described as it is."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.video.stream import VideoStream

from evidence.examination import Examination
from evidence.examine import examine_file
from evidence.frame_index import FrameIndex
from evidence.records import Severity, StreamKind
from tests.support.recordings import cut, encode


def _examine(path: Path | bytes) -> Examination:
    told: list[int] = []
    examined = examine_file(bytes(path), told.append)
    assert told == sorted(told)
    return examined


def _photograph(folder: Path) -> Path:
    with av.open(str(encode(folder / "one.mp4", frames=1))) as container:
        container_frame = next(container.decode(video=0))
        container_frame.save(str(folder / "photograph.png"))
    return folder / "photograph.png"


def _without_header(folder: Path) -> Path:
    whole = encode(folder / "whole.mp4")
    return cut(whole, folder / "IMG_0001.mp4", last=whole.stat().st_size // 2)


def _header_alone(folder: Path) -> Path:
    whole = encode(folder / "whole.mp4", mux={"movflags": "faststart"})
    data = whole.read_bytes()
    return cut(whole, folder / "head.mp4", last=data.index(b"mdat") + 4)


def _written(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


def _silent_wav(folder: Path) -> Path:
    head = b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += bytes.fromhex("01000100401f0000803e00000200100064617461") + bytes(4)
    (folder / "nothing.wav").write_bytes(head)
    return folder / "nothing.wav"


_BAD: dict[str, tuple[Callable[[Path], Path], str]] = {
    "empty": (_written("empty.mp4", b""), "empty"),
    "one byte": (_written("one.mp4", b"\x00"), "not-media"),
    "renamed text": (_written("evidence.mp4", "Dear sir, £5 is missing.\n".encode() * 50), "not-media"),
    "noise": (_written("noise.avi", hashlib.sha512(b"x").digest() * 500), "not-media"),
    "header lost": (_without_header, "truncated-no-header"),
    "data lost": (_header_alone, "truncated-no-data"),
    "photograph": (_photograph, "still-picture"),
    "no samples": (_silent_wav, "nothing-to-play"),
    "subtitles": (_written("talk.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n\n"), "no-sound-or-picture"),
    "play list": (_written("list.mp4", b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n"), "not-media"),
    "concat script": (_written("list.mkv", b"ffconcat version 1.0\nfile '/etc/hostname'\n"), "not-media"),
}


@pytest.mark.parametrize("what", _BAD)
def test_bad_input_is_refused_in_three_sentences_with_its_hash(what: str, tmp_path: Path) -> None:
    make, code = _BAD[what]
    path = make(tmp_path)
    examined = _examine(path)
    assert examined.refused is not None
    assert examined.refused.code == code
    assert path.name in examined.refused.happened
    assert examined.refused.meaning
    assert examined.refused.remedy
    assert examined.refused.severity is Severity.PROBLEM
    assert examined.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert examined.frame_index is None


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    missing = _examine(tmp_path / "gone.mp4")
    assert missing.refused is not None
    assert missing.refused.code == "missing"
    folder = _examine(tmp_path)
    assert folder.refused is not None
    assert folder.refused.code == "not-a-file"
    assert folder.sha256 == ""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_file_without_rights_is_told(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4")
    path.chmod(0)
    examined = _examine(path)
    assert examined.refused is not None
    assert examined.refused.code == "unreadable"


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = encode(tmp_path / "live.mp4")
    grown = False

    def grow(_count: int) -> None:
        nonlocal grown
        if not grown:
            grown = True
            with path.open("ab") as file:
                file.write(b"more")

    examined = examine_file(bytes(path), grow)
    assert examined.refused is not None
    assert examined.refused.code == "changed-while-read"
    assert examined.sha256 == ""


_NAMES = [b"line\nbreak.mp4", "🚓 emoji.mp4".encode(), b"latin \xe9\xff.mp4", b"-rf.mp4", b"%d %s.mp4", b"a:b.mp4"]


@pytest.mark.parametrize("name", _NAMES)
def test_any_name_is_read_and_shown_on_one_line(name: bytes, tmp_path: Path) -> None:
    content = encode(tmp_path / "plain.mp4", frames=12).read_bytes()
    path_bytes = bytes(tmp_path) + b"/" + name
    with open(path_bytes, "wb") as file:  # noqa: PTH123 - a bytes path
        file.write(content)
    examined = examine_file(path_bytes, lambda _count: None)
    assert examined.refused is None
    assert examined.path_bytes == path_bytes
    assert "\n" not in examined.display_name
    assert examined.display_name.isprintable()


def test_a_path_of_4000_characters_is_read(tmp_path: Path) -> None:
    content = encode(tmp_path / "plain.mp4", frames=12).read_bytes()
    here = os.getcwd()  # noqa: PTH109
    whole = bytes(tmp_path)
    try:
        os.chdir(tmp_path)
        while len(whole) < 3_900:
            part = "d" * min(200, 3_990 - len(whole))
            os.mkdir(part)  # noqa: PTH102 - the whole path would be too long for one call
            os.chdir(part)
            whole += b"/" + part.encode()
        name = "f" * max(1, 3_995 - len(whole)) + ".mp4"
        with open(name, "wb") as file:  # noqa: PTH123
            file.write(content)
        whole += b"/" + name.encode()
    finally:
        os.chdir(here)
    assert len(whole) >= 4_000
    examined = examine_file(whole, lambda _count: None)
    assert examined.refused is None
    assert examined.sha256 == hashlib.sha256(content).hexdigest()


def test_a_longer_path_than_the_system_takes_is_refused(tmp_path: Path) -> None:
    examined = examine_file(bytes(tmp_path) + b"/d" * 3_000, lambda _count: None)
    assert examined.refused is not None
    assert examined.refused.code == "unreadable"


def test_sound_alone_is_a_recording(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "talk.wav"), "w") as container:
        sound = container.add_stream("pcm_s16le", rate=8_000)
        frame = av.AudioFrame(format="s16", layout="mono", samples=8_000)
        frame.sample_rate = 8_000
        frame.pts = 0
        container.mux(sound.encode(frame))
    examined = _examine(tmp_path / "talk.wav")
    assert examined.refused is None
    assert examined.video_stream is None
    assert examined.duration_ns == 10**9
    assert [finding.code for finding in examined.findings] == ["sound-only"]


def test_streams_are_described(tmp_path: Path) -> None:
    examined = _examine(encode(tmp_path / "a.mp4", with_sound=True, rate=Fraction(30_000, 1001), frames=60))
    video = examined.streams[examined.video_stream or 0]
    sound = examined.streams[examined.audio_stream or 1]
    assert (video.kind, video.codec, video.width, video.height) == (StreamKind.VIDEO, "h264", 96, 64)
    assert (video.pixel_format, video.nominal_rate, video.rotation) == ("yuv420p", Fraction(30_000, 1001), 0)
    assert not video.is_variable_rate
    assert (sound.codec, sound.sample_rate, sound.channels) == ("aac", 48_000, 2)
    assert sound.start_pts == 0
    assert sound.end_pts is not None
    assert abs(sound.end_pts - 48_000 * 2002 // 1000) <= 1024
    assert examined.duration_ns == 60 * 1001 * 10**9 // 30_000


@pytest.mark.parametrize(("counter_clockwise", "shown"), [(0, 0), (-90, 90), (90, 270), (180, 180)])
def test_rotation_is_what_the_display_has_to_do(counter_clockwise: int, shown: int, tmp_path: Path) -> None:
    """FFmpeg's display matrix counts against the clock: a picture marked -90 is turned clockwise by 90."""
    path = tmp_path / "phone.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        if counter_clockwise:
            stream.set_display_rotation(counter_clockwise)
        for number in range(5):
            frame = av.VideoFrame(64, 48, "yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    examined = _examine(path)
    assert examined.streams[0].rotation == shown


def test_a_cut_file_says_how_much_is_missing(tmp_path: Path) -> None:
    whole = encode(tmp_path / "whole.mp4", frames=250, mux={"movflags": "faststart"})
    path = cut(whole, tmp_path / "PC88_2.mp4", last=whole.stat().st_size * 6 // 10)
    examined = _examine(path)
    finding = next(finding for finding in examined.findings if finding.code == "truncated")
    assert finding.happened.startswith("PC88_2.mp4 ends ")
    assert "s before its header says" in finding.happened
    assert "frames are missing" in finding.happened
    assert examined.frame_index is not None
    index = FrameIndex.from_bytes(examined.frame_index)
    assert 50 < len(index) < 250


def test_a_second_picture_is_told(tmp_path: Path) -> None:
    front, rear = encode(tmp_path / "front.mp4", size=(128, 96)), encode(tmp_path / "rear.mp4")
    target = tmp_path / "both.mp4"
    with av.open(str(rear)) as first, av.open(str(front)) as second, av.open(str(target), "w") as writing:
        copies = [writing.add_stream_from_template(source.streams.video[0]) for source in (first, second)]
        for source, copied in zip((first, second), copies, strict=True):
            for packet in source.demux(source.streams.video[0]):
                if packet.dts is not None:
                    packet.stream = copied
                    writing.mux(packet)
    examined = _examine(target)
    assert examined.video_stream == 1
    assert "more-pictures" in {finding.code for finding in examined.findings}


def test_a_cover_picture_is_not_the_recording(tmp_path: Path) -> None:
    film = encode(tmp_path / "film.mp4", with_sound=True)
    cover = _photograph(tmp_path)
    target = tmp_path / "with cover.mp4"
    with av.open(str(film)) as reading, av.open(str(cover)) as picture, av.open(str(target), "w") as writing:
        sound = writing.add_stream_from_template(reading.streams.audio[0])
        still = writing.add_stream_from_template(picture.streams.video[0])
        still.disposition = av.stream.Disposition.attached_pic
        for packet in reading.demux(reading.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = sound
                writing.mux(packet)
        for drawn in picture.demux(picture.streams.video[0]):
            if drawn.dts is not None:
                drawn.stream = still
                writing.mux(drawn)
    examined = _examine(target)
    assert examined.refused is None
    assert examined.video_stream is None
    assert StreamKind.STILL in {stream.kind for stream in examined.streams}
