"""Composed videos, read back by another program: every tile of every frame, stamps, colours, sound, the same bytes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from annotations.composite.facts import runs_of
from annotations.composite.feeds import TileScaler
from annotations.composite.making import compose, preview
from annotations.composite.messages import (
    Box,
    Burn,
    ComposeAdvanced,
    Composed,
    CompositeOrder,
    PreviewOrder,
    PreviewPicture,
    SoundOrder,
    TileSource,
)
from annotations.composite.plan import Extras, Remark, frame_count, plan_tile, usual_rate
from annotations.shapes.geometry import Kind
from annotations.shapes.on_frame import ShapesByFrame
from annotations.shapes.shape import Drawn, Keyframe, Shape
from annotations.shapes.shape import Look as ShapeLook
from annotations.ui.composite_lettering import QtLettering
from annotations.ui.composite_maker import Composer
from app.demo.frame_code import read
from evidence.errors import UsageError
from evidence.frame_index import FrameIndex
from evidence.records import Camera, CameraKind, ClockPiece, Recording
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from player.decoder.convert import Converter
from player.decoder.planes import rows_of
from player.protocol import Source
from player.sound_pieces import sound_voices
from player.tracks import FrameSpot, Track
from sync.clock_map import ClockMap
from sync.timeline import CameraTimeline
from tests.support.clips import START_NS, ClipPlan, Scene, make_clip, make_scene
from tests.support.examinations import small_index
from tests.support.sounds import RATE, make_sound, place_sound

WIDTH, HEIGHT = 640, 360
BOXES = (Box(0, 0, 320, 180), Box(320, 0, 320, 180), Box(0, 180, 320, 180), Box(320, 180, 320, 180))
ZONE = ZoneInfo("Europe/London")
PLAIN = Extras()
_NO_FRAMES = FrameIndex.from_bytes(small_index())


def path_of(recording: Recording) -> bytes:
    return recording.path_bytes


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """30 a second; stamps that come as they please; 25 a second in two files with a gap and a fast clock; turned."""
    folder = tmp_path_factory.mktemp("composite")
    chance = np.random.default_rng(5)
    uneven = tuple(int(one) for one in np.cumsum(chance.integers(400, 2_400, 60)))
    clips = (
        [(make_clip(folder, ClipPlan(number=1, frames=70)), 0)],
        [(make_clip(folder, ClipPlan(number=2, pts=uneven, frames=60)), 100_000_000)],
        [
            (make_clip(folder, ClipPlan(number=3, frames=20, step=1_200)), 200_000_000),
            (make_clip(folder, ClipPlan(number=3, part=1, frames=30, step=1_200)), 1_300_000_000),
        ],
        [(make_clip(folder, ClipPlan(number=4, frames=50, step=1_001)), 50_000_000)],
    )
    turned = [(replace(clip, stream=replace(clip.stream, rotation=90)), start) for clip, start in clips[3]]
    fast = ClockMap((ClockPiece(START_NS, START_NS, 400_000),))
    return make_scene([*clips[:3], turned], [ClockMap.identity(), ClockMap.identity(), fast])


def tracks_of(scene: Scene) -> list[Track]:
    return [Track(row, scene.find_index) for row in scene.timeline.cameras]


def order_of(
    tracks: Sequence[Track],
    out: Path,
    length_ns: int,
    rate: Fraction = Fraction(30),
    *,
    burns: frozenset[Burn] = frozenset(),
    sound: SoundOrder | None = None,
    extras: Extras = PLAIN,
) -> CompositeOrder:
    span = IncidentRange(IncidentTime(START_NS), IncidentTime(START_NS + length_ns))
    return CompositeOrder(
        width=WIDTH,
        height=HEIGHT,
        rate=rate,
        start=span.start,
        frames=frame_count(span, rate),
        tiles=tuple(
            plan_tile(track, box, span, rate, zone=ZONE, path_of=path_of, extras=extras)
            for track, box in zip(tracks, BOXES, strict=False)
        ),
        burns=burns,
        head=None,
        title="Title",
        zone=ZONE.key,
        sound=sound,
        out_path=os.fsencode(out),
        metadata={"title": "Title", "comment": "MULTI-SOURCE"},
    )


def made(order: CompositeOrder) -> Composed:
    answer = compose(order, QtLettering(order.height), lambda _done, _total, _doing: None)
    assert isinstance(answer, Composed), answer
    return answer


def pictures_by_ffmpeg(file: Path) -> NDArray[np.uint8]:
    command = ["ffmpeg", "-v", "error", "-i", str(file), "-fps_mode", "passthrough", "-f", "rawvideo"]
    raw = subprocess.run([*command, "-pix_fmt", "gray", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, dtype=np.uint8).reshape(-1, HEIGHT, WIDTH)


def probe(file: Path, what: str, *more: str) -> list[str]:
    command = ["ffprobe", "-v", "error", *more, "-show_entries", what, "-of", "csv=p=0", str(file)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.strip(",") for line in text.split()]


@pytest.mark.parametrize("rate", [Fraction(30), Fraction(24_000, 1_001)])
def test_every_tile_of_every_frame_is_the_frame_that_covers_its_instant(
    scene: Scene, tmp_path: Path, qtbot: QtBot, rate: Fraction
) -> None:
    del qtbot
    tracks, out = tracks_of(scene), tmp_path / "out.mp4"
    order = order_of(tracks, out, 2_400_000_000, rate)
    made(order)
    pictures = pictures_by_ffmpeg(out)
    assert len(pictures) == order.frames
    seen, gaps = 0, 0
    for number, picture in enumerate(pictures):
        instant = IncidentTime(START_NS + number * NS_PER_S * rate.denominator // rate.numerator)
        for place, track in enumerate(tracks):
            box = BOXES[place]
            tile = picture[box.y : box.y + box.height, box.x : box.x + box.width]
            if place == 3:
                width = 180 * 180 // 320 // 2 * 2
                left = (320 - width) // 4 * 2
                tile = np.rot90(tile[:, left : left + width])
            spot, code = track.at(instant), read(tile)
            if isinstance(spot, FrameSpot):
                assert code is not None, (number, place)
                part = 1 if "-1." in spot.place.recording.display_name else 0
                assert (code.camera, code.part, code.number) == (place + 1, part, spot.frame)
                seen += 1
            else:
                assert code is None
                assert tile.max() > 150, "it says why there is no picture"
                gaps += 1
    assert seen > 150
    assert gaps > 10


def test_other_programs_find_what_court_machines_play(scene: Scene, tmp_path: Path, qtbot: QtBot) -> None:
    del qtbot
    out = tmp_path / "out.mp4"
    order = order_of(tracks_of(scene), out, 2_000_000_000, Fraction(30_000, 1_001))
    answer = made(order)
    assert answer.missing_count == 0
    assert answer.check.worst_psnr_mdb > 35_000
    facts = probe(out, "stream=codec_name,profile,pix_fmt,width,height,color_range,color_space,has_b_frames")
    assert facts == ["h264,High,640,360,0,yuv420p,tv,bt709"]
    stamps = probe(out, "frame=pts", "-select_streams", "v")
    base = Fraction(probe(out, "stream=time_base")[0])
    assert [int(one) * base for one in stamps] == [number / order.rate for number in range(order.frames)]
    keys = [number for number, flag in enumerate(probe(out, "frame=key_frame", "-select_streams", "v")) if flag == "1"]
    assert max(after - before for before, after in zip(keys, [*keys[1:], order.frames], strict=True)) <= 30
    content = out.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat"), "it begins to play before all of it is there"
    assert b"MULTI-SOURCE" in content


def test_the_same_order_gives_the_same_bytes(scene: Scene, tmp_path: Path, qtbot: QtBot) -> None:
    del qtbot
    burns = frozenset(Burn)
    files = [tmp_path / name for name in ("one.mp4", "two.mp4")]
    for file in files:
        made(order_of(tracks_of(scene), file, 700_000_000, burns=burns))
    assert files[0].read_bytes() == files[1].read_bytes()


def test_labels_stand_beside_pictures_and_words_at_their_foot(scene: Scene, tmp_path: Path, qtbot: QtBot) -> None:
    del qtbot
    remark = Remark(START_NS, START_NS + NS_PER_S, "Get back!")
    plain, labelled = frozenset[Burn](), frozenset({Burn.NAME, Burn.TIME, Burn.FRAME})
    tracks, shots = tracks_of(scene)[:1], []
    for burns, extras in ((plain, PLAIN), (labelled, PLAIN), (plain, Extras(captions=lambda _camera: [remark]))):
        order = order_of(tracks, tmp_path / "unused.mp4", NS_PER_S, burns=burns, extras=extras)
        answer = preview(PreviewOrder(order, 10), QtLettering(HEIGHT))
        assert isinstance(answer, PreviewPicture)
        shots.append(np.frombuffer(answer.pixels, dtype=np.uint8).reshape(HEIGHT, WIDTH, 3)[:180, :320, 1])
    whole, below, worded = shots
    label = 18 if 320 >= 24 * 18 else 36
    code = read(below[label:, (320 - 256) // 4 * 2 : (320 - 256) // 4 * 2 + 256])
    assert code is not None, "the label hides nothing of the picture"
    assert code.number == 10
    assert below[:label].max() > 200
    assert not np.array_equal(worded[-40:], whole[-40:])
    assert np.abs(worded[:90].astype(int) - whole[:90]).max() <= 3, "what is drawn changes nothing elsewhere"
    assert not (tmp_path / "unused.mp4").exists()


@pytest.mark.parametrize("place", [0, 3])
def test_a_shape_is_drawn_on_its_frames_alone_where_it_lies_though_the_picture_is_turned(
    scene: Scene, tmp_path: Path, qtbot: QtBot, place: int
) -> None:
    del qtbot
    track = tracks_of(scene)[place]
    recording, index = track.camera.placed[0].recording, scene.find_index(track.camera.placed[0].recording.id)
    assert index is not None
    pts = [int(one) for one in index.pts]
    corners = ((20 * 256, 40 * 256), (120 * 256, 140 * 256))
    look = ShapeLook(colour="#ff0000", is_filled=True)
    drawn = Drawn(
        recording.id, (320, 180), Kind.BOX, index.time_base, pts[10], pts[12], (Keyframe(pts[10], corners),), look
    )
    extras = Extras(shapes=ShapesByFrame([Shape("s", drawn)]))
    order = order_of([track], tmp_path / "unused.mp4", NS_PER_S, extras=extras)
    tile = order.tiles[0]
    seen: set[int] = set()
    for frame in (9, 10, 11, 12):
        number = int(np.flatnonzero(tile.frame_of == frame)[0])
        answer = preview(PreviewOrder(order, number), QtLettering(HEIGHT))
        assert isinstance(answer, PreviewPicture)
        shot = np.frombuffer(answer.pixels, dtype=np.uint8).reshape(HEIGHT, WIDTH, 3)[:180, :320].astype(int)
        is_red = (shot[:, :, 0] > 180) & (shot[:, :, 1] < 80)
        if is_red.any():
            seen.add(frame)
            rows, columns = np.nonzero(is_red)
            middle = (round(float(columns.mean())), round(float(rows.mean())))
            # turned clockwise, (x, y) of 320 by 180 lies at (180 - y, x), at 180 / 320 of its size, in the middle
            wanted = (70, 90) if place == 0 else (110 + round(90 * 180 / 320), round(70 * 180 / 320))
            assert max(abs(middle[0] - wanted[0]), abs(middle[1] - wanted[1])) <= 3
    assert seen == {10, 11}


@pytest.mark.parametrize("kind", ["yuv420p", "yuv422p10le", "gray"])
@pytest.mark.parametrize("matrix", [1, 5, 9])
@pytest.mark.parametrize("is_full", [False, True])
def test_colours_are_those_of_the_player(kind: str, matrix: int, *, is_full: bool) -> None:
    frame = av.VideoFrame(320, 180, kind)
    for number, level in zip(range(len(frame.planes)), (110, 90, 170), strict=False):
        rows = rows_of(frame, number)
        if kind.endswith("10le"):
            rows.view(np.uint16)[:] = level * 4
        else:
            rows[:] = level
    frame.colorspace, frame.color_range = matrix, 2 if is_full else 1
    source = Source(0, b"", "", 0)
    tile = TileSource("r", source, _NO_FRAMES, "", "", (320, 180))
    converter, slot = Converter(source, 160, 90), np.zeros(160 * 90 * 4, dtype=np.uint8)
    converter.write(converter.finish(frame), slot)
    wanted = slot.reshape(90, 160, 4)[45, 80, 2::-1].astype(int)
    composed = av.VideoFrame(160, 90, "yuv420p")
    for number, plane in enumerate(TileScaler(tile, (160, 90)).planes(frame)):
        rows_of(composed, number)[: plane.shape[0], : plane.shape[1]] = plane
    composed.colorspace, composed.color_range = 1, 1
    shown = Converter(source, 160, 90)
    shown.write(shown.finish(composed), slot)
    got = slot.reshape(90, 160, 4)[45, 80, 2::-1].astype(int)
    assert np.abs(got - wanted).max() <= 3, (got, wanted)


def test_sound_lies_where_the_clock_says_to_the_sample_though_it_drifts(
    scene: Scene, tmp_path: Path, qtbot: QtBot
) -> None:
    del qtbot
    out = tmp_path / "out.mp4"
    clock = ClockMap((ClockPiece(START_NS, START_NS, 500_000),))
    place = place_sound(make_sound(tmp_path / "clicks.flac", 8), 8, clock)
    camera = Camera("heard", "Heard", CameraKind.AUDIO, "", "", "", "", 0, 0, "")
    heard = Track(CameraTimeline(camera, None, (place,)), lambda _id: None)
    start, length = START_NS, 6 * NS_PER_S
    voices = sound_voices({"heard": heard}, IncidentTime(start), IncidentTime(start + length))
    order = order_of(tracks_of(scene)[:1], out, length, Fraction(12), sound=SoundOrder(voices, {}))
    check = made(order).check
    assert (check.samples, check.sound_start_ns, check.sound_end_ns) == (6 * RATE, 0, 0)
    assert check.sound_shift_samples is not None
    assert abs(check.sound_shift_samples) <= 1
    command = ["ffmpeg", "-v", "error", "-i", str(out), "-map", "0:a", "-f", "f32le", "-ac", "1", "-ar", str(RATE), "-"]
    samples = np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, dtype=np.float32)
    for number in (1, 10, 30, 59):
        media_ns = number * NS_PER_S // 10
        wanted = (place.incident_at_media_ns(media_ns) - start) * RATE // NS_PER_S
        window = np.abs(samples[wanted - 480 : wanted + 480])
        found = wanted - 480 + int(np.argmax(window > 0.45))
        assert abs(found - wanted) <= RATE // 2_000, f"click {number} is within half a millisecond"


def test_a_frame_that_cannot_be_decoded_is_said_in_its_tile_and_counted(tmp_path: Path, qtbot: QtBot) -> None:
    del qtbot
    plan = ClipPlan(frames=30, codec="mjpeg", suffix=".avi", time_base=Fraction(1, 30), step=1)
    clip = make_clip(tmp_path, plan)
    content = bytearray(clip.path.read_bytes())
    start, following = (int(clip.index.packet_pos[number]) for number in (10, 11))
    content[start + 8 : following - 8] = bytes(following - start - 16)
    clip.path.write_bytes(content)
    order = order_of(tracks_of(make_scene([[(clip, 0)]])), tmp_path / "out.mp4", NS_PER_S)
    answer = made(order)
    assert answer.missing_count == 1
    assert (answer.missing[0].camera, answer.missing[0].frame) == ("Camera 0", 10)
    for number, picture in enumerate(pictures_by_ffmpeg(tmp_path / "out.mp4")):
        code = read(picture[:180, :320])
        assert (code is None) == (number == 10)
        assert code is None or code.number == number


def test_a_decoder_that_is_killed_costs_its_tile_alone(scene: Scene, tmp_path: Path) -> None:
    tracks, out = tracks_of(scene), tmp_path / "out.mp4"
    order = order_of(tracks, out, 1_600_000_000)
    with Composer() as composer:

        def kill(_told: ComposeAdvanced) -> None:
            process = composer.decoder_ids[1]
            assert process is not None
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

        answer = composer.compose(order, kill)
        assert composer.decoder_ids == ()
    assert isinstance(answer, Composed), answer
    (failed,) = answer.failed
    assert (failed.camera, failed.reason) == ("Camera 1", "its decoder crashed")
    assert failed.video_frame + failed.frames == order.frames
    assert 0 < failed.frames < order.frames
    assert answer.missing_count == 0
    assert answer.check.worst_psnr_mdb > 28_000
    pictures = pictures_by_ffmpeg(out)
    assert len(pictures) == order.frames
    for number, picture in enumerate(pictures):
        for place in range(3):
            box = BOXES[place]
            code = read(picture[box.y : box.y + box.height, box.x : box.x + box.width])
            shown = order.tiles[place].shown(number)
            has_picture = shown is not None and not (place == 1 and number >= failed.video_frame)
            assert (code is not None) == has_picture, (number, place)
            assert code is None or shown is None or code.number == shown[1]


def test_runs_name_the_frame_of_every_frame(scene: Scene, tmp_path: Path) -> None:
    order = order_of(tracks_of(scene), tmp_path / "unused.mp4", 2_400_000_000, Fraction(50))
    for tile in order.tiles:
        named: list[tuple[int, int]] = []
        for run in runs_of(tile):
            frames = [run.first_frame]
            for step, times in run.steps:
                frames += [frames[-1] + step * (one + 1) for one in range(times)]
            assert len(frames) == run.last - run.first + 1
            assert frames[-1] == run.last_frame
            named += [(run.source, frame) for frame in frames]
        assert named == [(int(one), int(two)) for one, two in zip(tile.source_of, tile.frame_of, strict=True)]


def test_rates_are_those_that_players_know_and_ranges_have_a_length(scene: Scene) -> None:
    tracks = tracks_of(scene)
    span = IncidentRange(IncidentTime(START_NS), IncidentTime(START_NS + NS_PER_S))
    assert usual_rate(tracks, span) == 30
    assert usual_rate(tracks[2:3], span) == 25
    assert frame_count(span, Fraction(30_000, 1_001)) == 30
    with pytest.raises(UsageError):
        frame_count(IncidentRange(span.start, span.start), Fraction(25))
    with pytest.raises(UsageError):
        frame_count(IncidentRange(span.start, IncidentTime(span.start + 10**15)), Fraction(60))
