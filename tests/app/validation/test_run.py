"""The validation pack passes what is right, catches what is wrong, and never calls untested good."""

from __future__ import annotations

import contextlib
import html.parser
import io
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.cli.main import main
from app.validation import run
from app.validation.certificate import as_page, verdict_text, write_certificate
from app.validation.clips import ClipKind, make_clip
from app.validation.exercises import EXERCISES, Occasion, check_table, play_through, seek_at_random, step_back
from app.validation.kinds import KINDS
from app.validation.rig import PlayerRig
from app.validation.run import Certificate, ValidationRequest, Verdict, run_validation, validate_clip
from app.validation.scene import Stage, examine_clip, stage_of
from app.validation.together import play_together
from evidence.errors import Cancelled, UsageError
from evidence.frame_index import FrameIndex
from evidence.jobs import never_cancelled, no_progress

BOX = (320, 240)


def kind_named(name: str) -> ClipKind:
    return next(kind for kind in KINDS if kind.name == name)


def staged(name: str, folder: Path, number: int = 2) -> Stage:
    kind = kind_named(name)
    path = make_clip(kind, folder, number)
    return stage_of(kind, number, path, examine_clip(path))


_MOST_TELLING = 5
"""Of so many kinds one is checked by every run of the suite; all of them by `make soak` and by `make validate`."""


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, id=kind.name, marks=[] if number % _MOST_TELLING == 0 else [pytest.mark.soak])
        for number, kind in enumerate(KINDS)
    ],
)
def test_every_kind_passes_every_exercise(kind: ClipKind, tmp_path: Path) -> None:
    report, _stage = validate_clip(kind, 5, tmp_path, is_quick=True)
    assert report.faults == ()
    assert report.verdict is Verdict.PASSED
    assert len(report.exercises) == len(EXERCISES)
    assert all(one.checked >= 10 for one in report.exercises)


def test_a_player_that_is_one_frame_off_fails(tmp_path: Path) -> None:
    good = staged("h264-25", tmp_path)
    index = good.index
    shifted = FrameIndex(
        index.time_base,
        index.timing,
        index.pts,
        index.end_pts,
        np.roll(index.order, 1),
        index.is_key,
        index.packet_pts,
        index.packet_pos,
    )
    stage = replace(good, index=shifted)
    with PlayerRig([stage], BOX) as rig:
        for exercise in (play_through, seek_at_random, step_back):
            report = exercise(Occasion(stage, rig, is_quick=True))
            assert not report.is_passed
            assert any("was asked for and the picture shows" in fault for fault in report.faults)


def test_a_table_with_a_wrong_stamp_or_a_missing_frame_fails(tmp_path: Path) -> None:
    good = staged("h264-25", tmp_path)
    pts = good.index.pts.copy()
    pts[10] += 30
    index = good.index
    late = FrameIndex(
        index.time_base,
        index.timing,
        pts,
        index.end_pts,
        index.order,
        index.is_key,
        index.packet_pts,
        index.packet_pos,
    )
    short = FrameIndex(
        index.time_base,
        index.timing,
        index.pts[:-1],
        int(index.pts[-1]),
        index.order[:-1],
        index.is_key,
        index.packet_pts,
        index.packet_pos,
    )
    with PlayerRig([good], BOX) as rig:
        assert check_table(Occasion(good, rig, is_quick=True)).is_passed
        for wrong, words in ((late, "frame 10 lies +0.333 ms"), (short, "75 frames were written and 74 are found")):
            report = check_table(Occasion(replace(good, index=wrong), rig, is_quick=True))
            assert not report.is_passed
            assert words in report.faults[0]


def test_a_picture_of_another_clip_or_another_shape_fails(tmp_path: Path) -> None:
    stage = staged("h264-25", tmp_path)
    for wrong in (replace(stage, number=9), replace(stage, kind=replace(stage.kind, rotation=90))):
        with PlayerRig([wrong], BOX) as rig:
            assert not seek_at_random(Occasion(wrong, rig, is_quick=True)).is_passed


def test_a_clip_that_is_cut_short_fails_and_is_told(tmp_path: Path) -> None:
    stage = staged("h264-ts", tmp_path)
    path = stage.recording.path
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with PlayerRig([stage], BOX) as rig:
        report = step_back(Occasion(stage, rig, is_quick=True))
    assert not report.is_passed
    assert "cannot be decoded" in report.faults[0]


def test_clips_of_several_kinds_are_exact_together(tmp_path: Path) -> None:
    names = ["h264-2997-b", "h264-variable", "mpeg2-interlaced"]
    stages = [staged(name, tmp_path, number) for number, name in enumerate(names)]
    with PlayerRig(stages, BOX) as rig:
        reports = play_together(rig, stages, is_quick=True)
    assert [fault for report in reports for fault in report.faults] == []
    assert all(report.checked > 30 for report in reports)


class Tags(html.parser.HTMLParser):
    """Counts what a page opens and closes."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: Counter[str] = Counter()
        self.closed: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.opened[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        self.closed[tag] += 1


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return run_validation(ValidationRequest(None, True, ("mjpeg", "h264-25")), no_progress, never_cancelled)


def test_a_part_of_the_pack_passes_as_a_part_only(certificate: Certificate) -> None:
    assert certificate.verdict is Verdict.PASSED
    assert not certificate.is_complete
    assert "a part of the pack only" in verdict_text(certificate)
    assert certificate.machine["FFmpeg libraries"].startswith("libavcodec ")


def test_an_encoder_that_is_not_there_is_not_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = replace(KINDS[0], name="odd", title="Nothing has this", codec="no-such-encoder")
    monkeypatch.setattr(run, "KINDS", (KINDS[0], odd))
    certificate = run_validation(ValidationRequest(None, is_quick=True), no_progress, never_cancelled)
    assert [clip.verdict for clip in certificate.clips] == [Verdict.PASSED, Verdict.NOT_TESTED]
    assert certificate.verdict is Verdict.NOT_TESTED
    assert "Not complete: 1 of 2" in verdict_text(certificate)
    assert "could not be made" in as_page(certificate)


def test_the_page_stands_alone_and_escapes_what_it_is_told(certificate: Certificate, tmp_path: Path) -> None:
    evil = replace(certificate.clips[0], title="<script>alert(1)</script>", reason="& more")
    page, data = write_certificate(replace(certificate, clips=(evil,)), tmp_path)
    text = page.read_text()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "http" not in text
    tags = Tags()
    tags.feed(text)
    assert tags.opened == tags.closed
    document = json.loads(data.read_text())
    assert document["verdict"] == "passed"
    assert document["clips"][0]["exercises"][0]["checked"] == 75
    assert sorted(path.name for path in tmp_path.iterdir()) == ["certificate.html", "certificate.json"]


def cli(*arguments: str | Path) -> tuple[int, Any]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main(["validate", *map(str, arguments), "--json"])
    return code, json.loads(out.getvalue())


def test_the_command_writes_both_and_ends_with_the_verdict(tmp_path: Path) -> None:
    code, document = cli("--quick", "--only", "mpeg4-avi", "--out", tmp_path / "out", "--keep-clips")
    assert code == 0
    assert document["ok"] is True
    assert (tmp_path / "out" / "certificate.html").is_file()
    assert (tmp_path / "out" / "clips" / "mpeg4-avi.avi").is_file()
    code, document = cli("--only", "no-such-kind", "--out", tmp_path / "none")
    assert code == 2
    assert not (tmp_path / "none").exists()


def test_a_failure_makes_the_command_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(kind_named("mpeg4-avi"), timing=kind_named("h264-raw").timing)
    monkeypatch.setattr(run, "KINDS", (wrong,))
    code, document = cli("--quick", "--only", "mpeg4-avi", "--out", tmp_path)
    assert code == 1
    assert document["verdict"] == "failed"
    assert "its stamps are called" in (tmp_path / "certificate.html").read_text()


def test_it_can_be_cancelled_and_refuses_unknown_kinds() -> None:
    with pytest.raises(Cancelled):
        run_validation(ValidationRequest(), no_progress, lambda: True)
    with pytest.raises(UsageError, match="no kind"):
        run_validation(ValidationRequest(only=("nothing",)), no_progress, never_cancelled)
