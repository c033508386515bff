"""Sound packs pass without a false alarm; a report holds for its pack, machine and program alone; it is printed."""

from __future__ import annotations

import dataclasses
import json
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from courtroom.pack.verify import nobody_known
from courtroom.preflight.certificate import write_certificate
from courtroom.preflight.checks import Check as Checked
from courtroom.preflight.checks import Outcome
from courtroom.preflight.material import Material
from courtroom.preflight.media_team import MediaTeam
from courtroom.preflight.proxies import find_proxies, make_proxies, proxy_store
from courtroom.preflight.report import Report, find_report, keep, why_not_preflighted
from courtroom.show.source import load_from_pack
from evidence.errors import Cancelled, UsageError
from evidence.jobs import ProgressReport, never_cancelled, no_progress
from tests.courtroom.preflight.conftest import Check, good_machine
from tests.courtroom.preflight.test_seeded_faults import at_normal_speed
from tests.support.playable_packs import PackPlan, make_playable_pack
from tests.support.slow_decoding import run_slowly

_ODD_STAMPS = tuple(number * 1_000 + (number * 7 % 5) * 90 for number in range(60))
QUICK_PLANS = {
    "plain": PackPlan(),
    "hevc in matroska": PackPlan(speed=Fraction(1, 8), codec="libx265", suffix=".mkv"),
    "uneven stamps": PackPlan(speed=Fraction(1, 8), pts=_ODD_STAMPS),
}
ALL_PLANS = QUICK_PLANS | {
    "no b-frames": PackPlan(b_frames=0),
    "many b-frames": PackPlan(b_frames=6, gop=40),
    "all key frames": PackPlan(gop=1, b_frames=0),
    "one group": PackPlan(gop=300),
    "mpeg4": PackPlan(codec="mpeg4", suffix=".mp4", b_frames=0),
    "mpeg4 in avi": PackPlan(codec="mpeg4", suffix=".avi", b_frames=0),
    "mpeg4 in matroska": PackPlan(codec="mpeg4", suffix=".mkv", b_frames=0),
    "ffv1 in matroska": PackPlan(codec="ffv1", suffix=".mkv", b_frames=0),
    "h264 transport stream": PackPlan(suffix=".ts"),
    "h264 in quicktime": PackPlan(suffix=".mov"),
    "mjpeg": PackPlan(codec="mjpeg", suffix=".avi", b_frames=0),
    "large": PackPlan(size=(640, 360)),
    "odd size": PackPlan(size=(322, 242)),
    "upright": PackPlan(size=(180, 320)),
    "25 frames a second": PackPlan(step=1_200),
    "half speed": PackPlan(speed=Fraction(1, 2)),
    "one camera": PackPlan(cameras=1),
    "longer": PackPlan(frames=240),
}


def fails(report: Report) -> list[str]:
    return [str(one) for one in report.results if one.outcome is Outcome.FAIL]


def test_a_sound_pack_passes_every_check_and_its_bytes_stay_as_they_are(sound_pack: Path, check: Check) -> None:
    before = {path: path.read_bytes() for path in sound_pack.rglob("*") if path.is_file()}
    told: list[ProgressReport] = []
    report = check(sound_pack, progress=told.append)
    assert fails(report) == []
    assert report.outcome is Outcome.PASS
    assert {one.check for one in report.results} == set(Checked) - {Checked.HEARD, Checked.REHEARSAL}
    assert [pace.place for pace in report.paces] == [2, 3]
    assert report.paces[0].frames == 84, "two cameras from 0.1 s to 1.5 s at 30 a second"
    assert told[-1].done == told[-1].total == 1_000
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert {path: path.read_bytes() for path in sound_pack.rglob("*") if path.is_file()} == before


@pytest.mark.soak
@pytest.mark.parametrize("plan", ALL_PLANS.values(), ids=ALL_PLANS)
def test_twenty_sound_packs_give_no_false_alarm(plan: PackPlan, tmp_path: Path, check: Check) -> None:
    assert fails(check(make_playable_pack(tmp_path / "home", plan))) == []
    assert len(ALL_PLANS) >= 20


@pytest.mark.parametrize("name", [name for name in QUICK_PLANS if name != "plain"])
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
