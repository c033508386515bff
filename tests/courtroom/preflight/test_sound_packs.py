"""Sound packs pass without a false alarm; a report holds for its pack, machine and program alone; it is printed."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from courtroom.pack.locking import LockRequest, lock_pack, unlock_pack
from courtroom.pack.verify import nobody_known
from courtroom.preflight.certificate import write_certificate
from courtroom.preflight.checks import Check as Checked
from courtroom.preflight.checks import Outcome
from courtroom.preflight.material import Material
from courtroom.preflight.media_team import MediaTeam
from courtroom.preflight.proxies import find_proxies, make_proxies, proxy_store
from courtroom.preflight.report import Report, find_report, keep, why_not_preflighted
from courtroom.run_sheet import Layout
from courtroom.show.source import load_from_pack
from evidence.errors import Cancelled, UsageError
from evidence.jobs import ProgressReport, never_cancelled, no_progress
from tests.courtroom.preflight.conftest import Check, good_machine
from tests.courtroom.preflight.test_seeded_faults import at_normal_speed
from tests.support.busy import busy_processors
from tests.support.playable_packs import PackPlan, make_playable_pack
from tests.support.slow_decoding import run_slowly

_ODD_STAMPS = tuple(number * 1_000 + (number * 7 % 5) * 90 for number in range(60))
_SPARSE_STAMPS = tuple(number * 4_000 + (number % 4) * 900 for number in range(60))
_SLOW = Fraction(1, 8)
QUICK_PLANS = {
    "hevc in matroska": PackPlan(speed=_SLOW, codec="libx265", suffix=".mkv", sound="aac"),
    "uneven stamps": PackPlan(speed=_SLOW, pts=_ODD_STAMPS),
}
ALL_PLANS = QUICK_PLANS | {
    "plain": PackPlan(),
    "1080p": PackPlan(size=(1920, 1080), sound="aac", gop=60),
    "720p, noisy": PackPlan(size=(1280, 720), noise=60, frames=75),
    "no b-frames": PackPlan(b_frames=0, sound="mp2", suffix=".ts"),
    "many b-frames": PackPlan(b_frames=6, gop=40),
    "one group": PackPlan(gop=300, sound="aac"),
    "all key frames": PackPlan(gop=1, b_frames=0, codec="mjpeg", suffix=".avi", sound="pcm_s16le"),
    "mpeg4 in avi": PackPlan(codec="mpeg4", suffix=".avi", b_frames=0, sound="libmp3lame"),
    "mpeg4 in matroska": PackPlan(codec="mpeg4", suffix=".mkv", b_frames=0, step=1_200, sound="mp2"),
    "ffv1 in matroska": PackPlan(codec="ffv1", suffix=".mkv", b_frames=0, sound="flac"),
    "vp9 in webm": PackPlan(codec="libvpx-vp9", suffix=".webm", sound="libopus"),
    "quicktime with pcm": PackPlan(suffix=".mov", sound="pcm_s16le"),
    "odd size": PackPlan(size=(322, 242)),
    "upright": PackPlan(size=(180, 320), layout=Layout.FOCUS_STRIP),
    "25 frames a second": PackPlan(step=1_200, layout=Layout.TWO_BY_TWO),
    "few frames, far apart": PackPlan(pts=_SPARSE_STAMPS, layout=Layout.THREE_BY_THREE),
    "half speed": PackPlan(speed=Fraction(1, 2), sound="aac"),
    "an eighth of the speed": PackPlan(speed=_SLOW, layout=Layout.ONE),
    "twice the speed": PackPlan(speed=Fraction(2), frames=90),
    "one camera": PackPlan(cameras=1),
    "many pages and stills": PackPlan(pages=12, stills=8),
    "sound alone beside pictures": PackPlan(microphone="pcm_s16le"),
    "microphone and cameras": PackPlan(microphone="flac", sound="aac"),
    "longer": PackPlan(frames=1_800, sound="aac"),
}


def fails(report: Report) -> list[str]:
    return [str(one) for one in report.results if one.outcome is Outcome.FAIL]


def test_a_sound_pack_passes_every_check_and_its_bytes_stay_as_they_are(sound_pack: Path, check: Check) -> None:
    before = {path: path.read_bytes() for path in sound_pack.rglob("*") if path.is_file()}
    told: list[ProgressReport] = []
    report = check(sound_pack, progress=told.append)
    assert fails(report) == []
    assert report.outcome is Outcome.PASS
    assert {one.check for one in report.results} == set(Checked) - {Checked.REHEARSAL}
    assert [pace.place for pace in report.paces] == [2, 3]
    assert report.paces[0].frames == 84, "two cameras from 0.1 s to 1.5 s at 30 a second"
    assert told[-1].done == told[-1].total == 1_000
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert {path: path.read_bytes() for path in sound_pack.rglob("*") if path.is_file()} == before


@pytest.mark.soak
@pytest.mark.parametrize("plan", ALL_PLANS.values(), ids=ALL_PLANS)
def test_twenty_sound_packs_give_no_false_alarm(plan: PackPlan, tmp_path: Path, check: Check) -> None:
    report = check(make_playable_pack(tmp_path / "home", plan))
    assert fails(report) == []
    assert all(one.outcome is Outcome.PASS for one in report.results if one.check is Checked.RECORDED_SOUND)
    assert len(ALL_PLANS) >= 20


@pytest.mark.soak
def test_a_pack_that_was_locked_and_unlocked_gives_no_false_alarm(tmp_path: Path, check: Check) -> None:
    plain = make_playable_pack(tmp_path / "home", PackPlan(sound="aac"))
    lock_pack(LockRequest(plain, tmp_path / "locked"), "correct horse", no_progress, never_cancelled)
    refused = check(tmp_path / "locked")
    assert refused.outcome is Outcome.FAIL
    assert any("Unlock" in one.remedy for one in refused.results)
    unlock_pack(LockRequest(tmp_path / "locked", tmp_path / "mine"), "correct horse", no_progress, never_cancelled)
    assert fails(check(tmp_path / "mine")) == []


@pytest.mark.soak
def test_a_sound_pack_gives_no_false_alarm_on_a_machine_that_others_keep_busy(tmp_path: Path, check: Check) -> None:
    """Where others take nearly all processors, what is not held is said to be not known; never that it fails."""
    pack = make_playable_pack(tmp_path / "home", PackPlan(size=(1920, 1080), noise=40, frames=90))
    with busy_processors(6 * (os.cpu_count() or 1)):
        report = check(pack)
    assert fails(report) == []
    assert all(pace.is_open or pace.percent >= 100 for pace in report.paces)
    if report.open_places:
        assert "busy" in why(report)


@pytest.mark.parametrize("name", QUICK_PLANS)
def test_packs_of_other_kinds_give_no_false_alarm(name: str, tmp_path: Path, check: Check) -> None:
    assert fails(check(make_playable_pack(tmp_path / "home", QUICK_PLANS[name]))) == []


def test_a_quick_look_says_that_it_is_a_sample_and_does_not_count(sound_pack: Path, check: Check) -> None:
    report = check(sound_pack, is_quick=True)
    assert fails(report) == []
    assert report.words.startswith("SAMPLE PASSED")
    decoded = next(one for one in report.results if one.check is Checked.DECODING)
    assert (decoded.outcome, "sample" in decoded.reason) == (Outcome.NOTE, True)
    assert "sample" in why(report)


def test_a_preflight_that_is_cancelled_leaves_no_report(sound_pack: Path, check: Check) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 12

    with pytest.raises(Cancelled):
        check(sound_pack, cancelled=cancelled)


def why(report: Report, **changed: str) -> str:
    known = {"pack_id": report.pack_id, "manifest_sha256": report.manifest_sha256, "machine": report.machine}
    return why_not_preflighted(report, **{**known, **changed})


def test_a_report_counts_for_its_pack_its_machine_and_its_program_alone(
    sound_pack: Path, check: Check, tmp_path: Path
) -> None:
    report = check(sound_pack)
    kept = keep(report, tmp_path / "side")
    again = find_report(tmp_path / "side")
    assert again == report
    assert json.loads(kept.read_bytes())["outcome"] == "pass"
    assert why(report) == ""
    assert "not preflighted" in why(report, pack_id="another")
    assert "changed" in why(report, manifest_sha256="0" * 64)
    assert "another machine" in why(report, machine="another")
    assert "this is" in why(dataclasses.replace(report, program="Sightline 0.0.1"))
    assert "failed" in why(check(sound_pack, machine=dataclasses.replace(good_machine(), free_disk_bytes=1)))
    kept.write_bytes(b"{}")
    assert find_report(tmp_path / "side") is None


def test_the_certificate_tells_outcome_items_remedies_and_the_hash(
    sound_pack: Path, check: Check, tmp_path: Path
) -> None:
    report = check(sound_pack, machine=dataclasses.replace(good_machine(), is_on_mains=False))
    write_certificate(report, tmp_path / "preflight.html")
    page = (tmp_path / "preflight.html").read_text()
    for words in ("FAILED: 1 thing stands in the way", "Connect the power", "Door opens", "times real time", "01AB/23"):
        assert words in page
    assert report.manifest_sha256 in page.replace("<wbr>", "")
    with pytest.raises(UsageError):
        write_certificate(report, tmp_path / "preflight.doc")


@pytest.mark.soak
def test_an_item_that_is_too_slow_passes_with_proxies_which_lie_beside_the_pack(
    pack: Path, check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_normal_speed(pack)
    source = load_from_pack(pack, nobody_known)
    store = proxy_store(tmp_path / "side")
    assert make_proxies(Material(source), (2, 3), store, no_progress, never_cancelled) == 3
    proxies = dict(find_proxies(source, store))
    assert len(proxies) == 3
    assert all((tmp_path / "side") in path.parents for path in proxies.values())
    monkeypatch.setattr("courtroom.preflight.media_step._TRIES", 1)
    with MediaTeam(run_slowly) as team:
        report = check(pack, team=team, proxies=proxies)
    assert fails(report) == []
    assert all(pace.is_proxy for pace in report.paces)
    assert any("labelled" in one.reason for one in report.results if one.check is Checked.SPEED)
    shutil.rmtree(tmp_path / "side")
    assert find_proxies(source, store) == {}
