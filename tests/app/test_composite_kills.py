"""A kill at any moment of making a composite leaves no half of one under its name, and a case that opens."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import random
import shutil
import time
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from annotations.composite import draft_files
from annotations.composite.draft_files import drafting_files
from annotations.cuts.draft_folder import INCOMPLETE, sweep
from app.demo_case import DemoCase
from evidence.atomic_file import sync_file
from evidence.case import Case
from evidence.times import IncidentRange, IncidentTime
from sync.timeline import build_timeline
from tests.support.case_dump import assert_log_is_whole
from tests.support.kill_compose import compose

_KILLS = 50
_NAMES = ["All.mp4", "All report.json", "All report.html", "All report.pdf"]
_PATIENCE_S = 120


class Kitchen:
    """A case of the demo's recordings, and composites of it in processes of their own."""

    def __init__(self, case_folder: Path, media_folder: Path) -> None:
        self.context: ForkServerContext = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["tests.support.kill_compose"])
        self.case_folder = case_folder
        with Case.open(case_folder) as case:
            for recording in case.recordings():
                (here,) = media_folder.rglob(recording.display_name)
                case.relocate_original(recording.id, here, by="PC 1")
            timeline = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)
        assert timeline.span is not None
        start = timeline.span.start + 6_000_000_000
        self.span = IncidentRange(IncidentTime(start), IncidentTime(start + 200_000_000))

    def begin(self, out: Path) -> tuple[BaseProcess, Connection]:
        ours, theirs = self.context.Pipe(duplex=False)
        process = self.context.Process(target=compose, args=(self.case_folder, self.span, out, theirs))
        process.start()
        theirs.close()
        assert ours.poll(_PATIENCE_S)
        assert ours.recv() == "begun"
        return process, ours


@pytest.mark.soak
def test_fifty_random_kills_leave_only_a_folder_named_incomplete(demo_case: DemoCase, tmp_path: Path) -> None:
    """Each kill comes at a random moment after the folder is there, however slow the machine is."""
    shutil.copytree(demo_case.case_folder.parent, tmp_path / "demo")
    media = tmp_path / "demo" / demo_case.media_folder.name
    kitchen = Kitchen(tmp_path / "demo" / demo_case.case_folder.name, media)
    originals = {path: hashlib.sha256(path.read_bytes()).digest() for path in media.rglob("*") if path.is_file()}
    chance, out = random.Random(50), tmp_path / "out"
    out.mkdir()
    process, told = kitchen.begin(out / "All.mp4")
    whole_s = told.recv()
    process.join()
    assert sorted(path.name for path in out.iterdir()) == sorted(_NAMES)
    shutil.rmtree(out)
    out.mkdir()
    halves = 0
    for _ in range(_KILLS):
        process, told = kitchen.begin(out / "All.mp4")
        while process.is_alive() and not any(out.iterdir()):
            time.sleep(0.001)
        time.sleep(chance.random() * whole_s)
        process.kill()
        process.join()
        told.close()
        names = sorted(path.name for path in out.iterdir())
        if names == sorted(_NAMES):
            report = json.loads((out / "All report.json").read_text())
            assert report["file"]["sha256"] == hashlib.sha256((out / "All.mp4").read_bytes()).hexdigest()
        else:
            assert names == [f"All{INCOMPLETE}"], names
            halves += 1
            end = time.monotonic() + _PATIENCE_S
            while any(out.iterdir()):  # a child of it may still have to learn that it is alone
                sweep(out)
                assert time.monotonic() < end, "it is never swept away"
                time.sleep(0.01)
        for path in out.iterdir():
            path.unlink()
        with Case.open(kitchen.case_folder) as opened:
            assert opened.recordings()
            assert_log_is_whole(opened)
    assert halves > 10, "the kills came too late to prove anything"
    now = {path: hashlib.sha256(path.read_bytes()).digest() for path in media.rglob("*") if path.is_file()}
    assert now == originals


def test_all_of_a_composite_is_on_the_disk_before_any_of_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large video takes its time to reach the disk; a kill then must leave no reports of a file that is not there."""
    synced: dict[str, list[str]] = {}

    def sync(path: Path) -> None:
        synced[path.name] = sorted(one.name for one in tmp_path.iterdir())
        sync_file(path)

    monkeypatch.setattr(draft_files, "sync_file", sync)
    with drafting_files(tmp_path / "All.mp4", _NAMES) as draft:
        for name in _NAMES:
            (draft / name).write_bytes(b"whole")
    assert synced == {name: [f"All{INCOMPLETE}"] for name in _NAMES}
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(_NAMES)
