"""What FFmpeg refuses and VLC plays becomes a recording that says so; what neither plays stays refused."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from app.demo.frame_code import FrameCode, draw
from evidence.case import Case
from evidence.frame_index import FrameIndex, Timing
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.records import PLAYED_BY_VLC, ClaimOrigin
from evidence.times import IncidentTime
from player.engine import Engine, TileRequest
from player.pictures import TileState
from player.second_opinion import SecondOpinion
from player.stills.job import StillsRequest, StillState, save_stills
from player.ui.tile_words import state_words
from sync.timeline import lone_timeline
from tests.support.engine_driver import code_in
from tests.support.libvlc import why_no_libvlc

needs_libvlc = pytest.mark.skipif(bool(why_no_libvlc()), reason=why_no_libvlc() or "libVLC is there")
SIZE = (160, 120)
FRAMES = 60


@pytest.fixture(scope="module")
def raw_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film without compression (YUV4MPEG2), which is not among the formats that FFmpeg is allowed to read here."""
    path = tmp_path_factory.mktemp("raw") / "VID_20260314_213200.y4m"
    width, height = SIZE
    parts = [b"YUV4MPEG2 W%d H%d F25:1 Ip A1:1 C420jpeg\n" % SIZE]
    chroma = np.full(width * height // 2, 128, dtype=np.uint8).tobytes()
    for number in range(FRAMES):
        grey = np.full((height, width), 90, dtype=np.uint8)
        grey[:, number % width] = 200
        draw(grey, FrameCode(2, 0, number))
        parts += [b"FRAME\n", grey.tobytes(), chroma]
    path.write_bytes(b"".join(parts))
    return path


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "Case.sightline"
    Case.create(folder, title="T", reference="R", by="Somebody", time_zone="Europe/London").close()
    return folder


def _add(case: Path, path: Path) -> object:
    request = AddRequest(case, (bytes(path),), "Somebody")
    return add_files(request, no_progress, never_cancelled, examiner_factory=SecondOpinion)


def _facts(path: Path) -> tuple[int, int, str]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()


@needs_libvlc
def test_a_film_that_only_vlc_plays_is_added_with_hash_and_claims_and_stays_as_it_was(
    case: Path, raw_film: Path
) -> None:
    before = _facts(raw_film)
    _add(case, raw_film)
    with Case.open(case) as opened:
        (recording,) = opened.recordings()
        index = opened.frame_index(recording.id)
    assert recording.container == PLAYED_BY_VLC
    assert recording.is_approximate
    assert recording.sha256 == before[2]
    assert "played-by-vlc" in {finding.code for finding in recording.findings}
    assert ClaimOrigin.FILE_NAME in {claim.origin for claim in recording.claims}
    assert index is not None
    assert index.timing is Timing.MOMENTS
    assert (len(index), index.time_base) == (FRAMES, Fraction(1, 25))
    assert _facts(raw_film) == before
    _plays_approximately(recording, index)
    assert _facts(raw_film) == before
    _gives_no_still(case)


def _plays_approximately(recording: object, index: FrameIndex) -> None:
    from evidence.records import Camera, CameraKind, Recording

    assert isinstance(recording, Recording)
    camera = Camera(recording.camera_id, "DVR", CameraKind.CCTV, "", "", "", "", 0, 0, "")
    engine = Engine()
    try:
        engine.load(lone_timeline(camera, recording), lambda _recording_id: index)
        engine.set_tiles([TileRequest(camera.id, 320, 240)])
        engine.seek(IncidentTime(1_000_000_000))
        end = time.monotonic() + 60
        while not engine.pictures() or engine.pictures()[0].state is not TileState.SHOWN:
            engine.pump()
            assert time.monotonic() < end, engine.pictures()
            time.sleep(0.004)
        (tile,) = engine.pictures()
        assert state_words(tile).startswith("approximate ~±")
        assert not tile.is_exact
        code = code_in(tile)
        assert code is not None
        assert tile.picture is not None
        assert tile.picture.estimate is not None
        assert abs(code.number * 40_000_000 - tile.picture.estimate.media_ns) <= tile.picture.estimate.within_ns
    finally:
        engine.close()


def _gives_no_still(case: Path) -> None:
    from app.snapshot_reading import load_snapshot

    with Case.open(case) as opened:
        span = load_snapshot(opened).timeline.span
    assert span is not None
    request = StillsRequest(case, IncidentTime(span.start + 1_000_000_000), case / "out", "Somebody")
    (outcome,) = save_stills(request, no_progress, never_cancelled).outcomes
    assert outcome.state is StillState.FAILED
    assert "VLC" in outcome.reason
    assert not list((case / "out").glob("*.png"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.m3u", b"#EXTM3U\n#EXTINF:1,x\nother.mp4\n"),
        ("noise.dav", bytes(range(256)) * 400),
    ],
)
@needs_libvlc
def test_what_neither_plays_stays_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with SecondOpinion() as examiner:
        found = examiner.examine(os.fsencode(path), lambda _done: None)
    assert found.refused is not None
    assert found.refused.code == "not-media"


def test_without_libvlc_the_refusal_says_what_to_install(raw_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_VLC_LIB_PATH", "/nowhere/libvlc.so.5")
    with SecondOpinion() as examiner:
        found = examiner.examine(os.fsencode(raw_film), lambda _done: None)
    assert found.refused is not None
    assert "libvlc5" in found.refused.remedy


def test_without_libvlc_its_tile_says_what_to_install(raw_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from evidence.foreign import moments_of
    from player.decoder_link import VlcLink
    from player.protocol import Failed, Open, Regime, Run, Source, SourceForm, Spec, Want
    from player.ring import Ring

    monkeypatch.setenv("PYTHON_VLC_LIB_PATH", "/nowhere/libvlc.so.5")
    link = VlcLink()
    ring = Ring.create(1, 4, 160 * 120 * 4)
    try:
        link.send(Spec(1, ring.name, ring.slots, 160 * 120 * 4, 160, 120))
        source = Source(1, os.fsencode(raw_film), raw_film.name, 0, form=SourceForm.VLC, size=SIZE)
        link.send(Open(source, "", 0, moments_of(1_000_000_000, None)))
        link.send(Want(1, Regime.RESTING, (Run(1, range(3)),), 1))
        end = time.monotonic() + 60
        told: list[Failed] = []
        while not told:
            told = [one for one in link.receive() if isinstance(one, Failed)]
            assert time.monotonic() < end
            time.sleep(0.01)
        assert told[0].source == 1
        assert "libvlc5" in told[0].reason
    finally:
        link.kill()
        link.join()
        ring.close()


def test_a_probe_that_dies_leaves_the_refusal_as_it_was(raw_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("player.vlc.entry.run_probe", _die)
    with SecondOpinion() as examiner:
        found = examiner.examine(os.fsencode(raw_film), lambda _done: None)
    assert found.refused is not None
    assert found.refused.code == "not-media"


def _die(_pipe: object) -> None:
    os._exit(1)


def test_vlc_processes_load_neither_qt_nor_the_database() -> None:
    code = (
        "import sys, player.vlc.process, player.vlc.probe_child;"
        "print([name for name in sys.modules if name.split('.')[0] in"
        " {'PySide6', 'shiboken6', 'sqlalchemy', 'alembic', 'app', 'cv2', 'scipy'}])"
    )
    root = Path(__file__).resolve().parents[2]
    told = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
