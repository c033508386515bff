"""Previews are made of the right frames and samples, or not at all: killed, cancelled, disk full, changed originals."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream

from app.demo.frame_code import read
from evidence.errors import Cancelled, StorageError
from evidence.examine import examine_file
from evidence.frame_index import FrameIndex
from evidence.jobs import ProgressReport
from evidence.records import Recording
from player.derived.maker import Maker
from player.derived.previews import PreviewRequest, PreviewResult, make_previews, recipes_of
from player.derived.proxy import ProxyFile, is_worth_a_proxy, proxy_pixel_aspect, proxy_recipe, proxy_size
from player.derived.store import DerivedStore, Kind
from player.derived.task import MakeTask
from player.derived.thumbnails import ThumbnailFile, choose_frames, thumbnails_recipe
from player.derived.waveform import WaveformFile, waveform_recipe
from tests.support.clips import Clip, ClipPlan, make_clip
from tests.support.cuts import recording_of
from tests.support.recordings import cut, encode

Hashed = Callable[[Clip], Recording]


def _nothing(_done: int, _total: int) -> None:
    pass


def _record(path: Path) -> tuple[Recording, FrameIndex | None]:
    found = examine_file(os.fsencode(path), lambda _bytes: None)
    assert found.refused is None, found.refused
    return recording_of(path, found), None if found.frame_index is None else FrameIndex.from_bytes(found.frame_index)


def _make(path: Path, store: DerivedStore) -> tuple[Recording, FrameIndex | None, PreviewResult]:
    recording, index = _record(path)
    result = make_previews(PreviewRequest((recording,)), store, lambda _id: index, lambda _report: None, lambda: False)
    return recording, index, result


def _click_file(path: Path, clicks_ms: list[int], codec: str, length_ms: int = 4_000) -> Path:
    """Write silence with clicks at exact moments."""
    wave = np.zeros(48 * length_ms, dtype=np.float32)
    for moment in clicks_ms:
        wave[48 * moment : 48 * moment + 96] = 0.8
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=48_000)
        assert isinstance(stream, AudioStream)
        stream.layout = "mono"
        for start in range(0, len(wave), 1_024):
            part = wave[None, start : start + 1_024]
            if codec.startswith("pcm_s16"):
                frame = av.AudioFrame.from_ndarray((part * 32_767).astype(np.int16), format="s16", layout="mono")
            else:
                frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="mono")
            frame.sample_rate = 48_000
            frame.pts = start
            frame.time_base = Fraction(1, 48_000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _proxy_task(clip: Clip, recording: Recording) -> MakeTask:
    return MakeTask(
        proxy_recipe(recording.sha256, clip.stream.index),
        recording.path_bytes,
        recording.display_name,
        recording.size_bytes,
        recording.mtime_ns,
        clip.stream,
        clip.index,
    )


def test_thumbnails_show_the_very_frames_that_they_name(
    long_group_clip: Clip, recorded: Hashed, store: DerivedStore
) -> None:
    recording = recorded(long_group_clip)
    recipe = thumbnails_recipe(recording.sha256, long_group_clip.stream.index)
    with Maker(store) as maker:
        assert maker.make(replace(_proxy_task(long_group_clip, recording), recipe=recipe), _nothing) == ""
    manifest = store.find(recipe)
    assert manifest is not None
    found = ThumbnailFile(store.path(recipe), manifest, long_group_clip.index)
    assert [one.frame for one in found.pictures] == [0, 60]
    for number, one in enumerate(found.pictures):
        assert one.media_ns == int(long_group_clip.index.start_ns[one.frame])
        codec = av.VideoCodecContext.create("mjpeg", "r")
        (picture,) = codec.decode(av.Packet(found.jpeg(number)))
        assert picture.height == 72
        code = read(picture.to_ndarray(format="gray"))
        assert code is not None
        assert code.number == one.frame


def test_key_frames_are_chosen_apart_and_not_too_many() -> None:
    from evidence.frame_index import Timing

    frames = 200_000
    pts = np.arange(frames, dtype=np.int64) * 1_000
    keys = np.arange(frames) % 10 == 0
    index = FrameIndex(
        Fraction(1, 25_000), Timing.STAMPED, pts, frames * 1_000, np.arange(frames), keys, pts, np.full(frames, -1)
    )
    chosen = choose_frames(index)
    assert len(chosen) <= 1_202
    assert all(keys[frame] for frame in chosen)
    assert chosen == sorted(set(chosen))


@pytest.mark.parametrize("suffix", [".wav", ".mp4", ".mkv"])
def test_a_click_lies_in_the_bin_of_its_moment(tmp_path: Path, store: DerivedStore, suffix: str) -> None:
    clicks = [500, 1_730, 3_210]
    path = _click_file(tmp_path / f"clicks{suffix}", clicks, "pcm_s16le" if suffix == ".wav" else "aac")
    recording, _index, result = _make(path, store)
    assert (result.made, result.not_made) == (1, ())
    assert recording.audio_stream is not None
    recipe = waveform_recipe(recording.sha256, recording.audio_stream)
    manifest = store.find(recipe)
    assert manifest is not None
    wave = WaveformFile(store.path(recipe), manifest)
    loud = wave.bins(0, 0, 400)[:, 2]
    assert [int(np.argmax(loud[moment // 10 - 8 : moment // 10 + 8])) for moment in clicks] == [8, 8, 8]
    wave.close()


def test_a_child_that_is_killed_is_told_and_leaves_nothing(
    long_group_clip: Clip, recorded: Hashed, store: DerivedStore
) -> None:
    recording = recorded(long_group_clip)
    task = _proxy_task(long_group_clip, recording)
    with Maker(store) as maker:
        killed = False

        def kill(_done: int, _total: int) -> None:
            nonlocal killed
            if not killed and maker.process_id is not None:
                killed = True
                os.kill(maker.process_id, 9)

        reason = maker.make(task, kill)
        assert "crashed" in reason
        assert store.usage().size_bytes == 0
        assert maker.make(task, _nothing) == "", "the next one is made by a new child"
    assert store.find(task.recipe) is not None


def test_cancelling_leaves_nothing(long_group_clip: Clip, recorded: Hashed, store: DerivedStore) -> None:
    task = _proxy_task(long_group_clip, recorded(long_group_clip))
    with Maker(store) as maker, pytest.raises(Cancelled):
        maker.make(task, _nothing, cancelled=lambda: True)
    assert store.usage().size_bytes == 0


def test_the_work_waits_while_the_user_plays(long_group_clip: Clip, recorded: Hashed, store: DerivedStore) -> None:
    task = _proxy_task(long_group_clip, recorded(long_group_clip))
    is_playing = threading.Event()
    is_playing.set()
    reports: list[int] = []
    ended: list[str] = []

    def work() -> None:
        with Maker(store) as maker:
            ended.append(maker.make(task, lambda done, _total: reports.append(done), is_paused=is_playing.is_set))

    thread = threading.Thread(target=work)
    thread.start()
    end = time.monotonic() + 60
    while not reports and time.monotonic() < end:
        time.sleep(0.01)
    assert reports
    count = 0
    while count < len(reports) and time.monotonic() < end:  # what was under way, until the child heard of it
        count = len(reports)
        time.sleep(0.5)
    assert len(reports) == count, "nothing went on"
    assert ended == []
    is_playing.clear()
    thread.join(120)
    assert ended == [""]


def test_an_original_with_other_content_gets_no_previews(
    long_group_clip: Clip, recorded: Hashed, store: DerivedStore, tmp_path: Path
) -> None:
    recording = recorded(long_group_clip)
    changed = tmp_path / "changed.mp4"
    data = bytearray(long_group_clip.path.read_bytes())
    data[len(data) // 2] ^= 1
    changed.write_bytes(data)
    task = replace(_proxy_task(long_group_clip, recording), path_bytes=os.fsencode(changed))
    with Maker(store) as maker:
        assert "not the file that was added" in maker.make(task, _nothing)
        touched = tmp_path / "touched.mp4"
        shutil.copy(long_group_clip.path, touched)
        os.utime(touched, (5, 5))
        assert maker.make(replace(task, path_bytes=os.fsencode(touched)), _nothing) == ""
    manifest = store.find(task.recipe)
    assert manifest is not None
    assert manifest.parent_check == "SHA-256 was taken again"


def test_a_missing_original_is_told(long_group_clip: Clip, recorded: Hashed, store: DerivedStore) -> None:
    task = replace(_proxy_task(long_group_clip, recorded(long_group_clip)), path_bytes=b"/nowhere/at/all.mp4")
    with Maker(store) as maker:
        assert "is not there" in maker.make(task, _nothing)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be made here")
    with ExitStack() as undo:
        undo.callback(subprocess.run, ["umount", str(folder)], check=True)
        yield folder


def test_a_full_disk_is_told_and_leaves_no_half_preview(
    long_group_clip: Clip, recorded: Hashed, small_disk: Path
) -> None:
    store = DerivedStore(small_disk / "derived", 1 << 40)
    task = _proxy_task(long_group_clip, recorded(long_group_clip))
    with Maker(store) as maker, pytest.raises(StorageError, match="originals and the case are untouched"):
        maker.make(task, _nothing)
    assert store.find(task.recipe) is None
    assert store.usage().size_bytes == 0


def test_what_is_there_is_not_made_again_and_what_is_damaged_is(
    long_group_clip: Clip, recorded: Hashed, store: DerivedStore
) -> None:
    recording = recorded(long_group_clip)
    index = long_group_clip.index
    request = PreviewRequest((recording,))
    reports: list[ProgressReport] = []

    def run() -> PreviewResult:
        return make_previews(request, store, lambda _id: index, reports.append, lambda: False)

    assert run().made == 2
    assert run().made == 0
    assert reports[-1].text == "1 of 1 recordings"
    assert reports[-1].done == reports[-1].total
    path = store.path(proxy_recipe(recording.sha256, 0))
    path.write_bytes(path.read_bytes()[:-1])
    assert run().made == 1
    store.delete_all()
    assert run().made == 2


def test_proxies_are_left_out_where_there_is_no_room(long_group_clip: Clip, recorded: Hashed, tmp_path: Path) -> None:
    store = DerivedStore(tmp_path / "derived", 100_000)
    result = make_previews(
        PreviewRequest((recorded(long_group_clip),)),
        store,
        lambda _id: long_group_clip.index,
        lambda _report: None,
        lambda: False,
    )
    assert not result.has_room
    assert result.made == 1
    assert store.find(proxy_recipe(recorded(long_group_clip).sha256, 0)) is None


def test_a_file_that_is_cut_short_gets_previews_of_what_is_there(tmp_path: Path, store: DerivedStore) -> None:
    whole = encode(tmp_path / "whole.mkv", frames=100, size=(800, 600), with_sound=True)
    part = cut(whole, tmp_path / "part.mkv", last=whole.stat().st_size * 2 // 3)
    recording, index, result = _make(part, store)
    assert index is not None
    assert result.not_made == ()
    path = store.path(proxy_recipe(recording.sha256, recording.video_stream or 0))
    proxy = ProxyFile(path, index)
    assert proxy.picture(0)
    proxy.close()


def test_a_proxy_of_other_frames_is_refused(long_group_clip: Clip, recorded: Hashed, store: DerivedStore) -> None:
    recording = recorded(long_group_clip)
    with Maker(store) as maker:
        assert maker.make(_proxy_task(long_group_clip, recording), _nothing) == ""
    index = long_group_clip.index
    pts = index.pts.copy()
    pts[3] += 1
    with pytest.raises(ValueError, match="other frames"):
        ProxyFile(store.path(proxy_recipe(recording.sha256, 0)), replace(index, pts=pts))


def test_small_clips_of_short_groups_need_no_proxy(clip_folder: Path) -> None:
    short = make_clip(clip_folder, ClipPlan(number=2, frames=30, gop=6, b_frames=0, size=(320, 180)))
    assert not is_worth_a_proxy(short.stream, short.index)
    long = make_clip(clip_folder, ClipPlan(number=3, frames=60, gop=60, size=(320, 180)))
    assert is_worth_a_proxy(long.stream, long.index)


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1080, 1920), (720, 576), (320, 180), (1, 1), (4_000, 20)])
def test_a_proxy_fills_exactly_the_shape_of_the_original(long_group_clip: Clip, width: int, height: int) -> None:
    stream = replace(long_group_clip.stream, width=width, height=height, pixel_aspect=Fraction(16, 15))
    size = proxy_size(width, height)
    assert min(size) <= 360
    assert all(side % 2 == 0 for side in size)
    assert proxy_pixel_aspect(stream, size) * Fraction(*size) == Fraction(16, 15) * Fraction(width, height)


def test_recipes_need_a_hash(long_group_clip: Clip, recorded: Hashed) -> None:
    recording = recorded(long_group_clip)
    assert {one.kind for one in recipes_of(recording)} == {Kind.THUMBNAILS, Kind.PROXY}
    assert recipes_of(replace(recording, sha256="")) == ()


def test_the_child_takes_the_lowest_priority(long_group_clip: Clip, recorded: Hashed, store: DerivedStore) -> None:
    task = _proxy_task(long_group_clip, recorded(long_group_clip))
    seen: list[int] = []
    with Maker(store) as maker:

        def look(_done: int, _total: int) -> None:
            if maker.process_id is not None:
                seen.append(os.getpriority(os.PRIO_PROCESS, maker.process_id))

        maker.make(task, look)
    assert set(seen) == {19}


@pytest.mark.media
def test_real_recordings_get_previews_or_a_reason(media: Path, tmp_path: Path) -> None:
    store = DerivedStore(tmp_path / "derived", 10 << 30)
    paths = [path for path in sorted(media.rglob("*")) if path.suffix.lower() in {".mp4", ".mov", ".wav", ".3gp"}]
    recordings: dict[str, tuple[Recording, FrameIndex | None]] = {}
    for path in paths[::6]:
        found = examine_file(os.fsencode(path), lambda _bytes: None)
        if found.refused is None and found.size_bytes < 3_000_000:
            recording, index = _record(path)
            recordings[str(path)] = (replace(recording, id=str(path)), index)
    indexes = {one.id: index for one, index in recordings.values()}
    result = make_previews(
        PreviewRequest(tuple(one for one, _index in recordings.values())),
        store,
        indexes.get,
        lambda _report: None,
        lambda: False,
    )
    assert result.made > len(recordings) // 2
    assert all(one.reason for one in result.not_made)
