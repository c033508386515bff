"""From a demo without clocks to clocks within what is stated, and to the certificate that says so."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from annotations.sync_paper import write_certificate
from app.cli.main import main
from app.demo.truth import Truth, load_truth
from app.demo_case import DemoCase, DemoSize, make_demo_case
from evidence.case import Case
from evidence.errors import UsageError
from evidence.jobs import never_cancelled, no_progress
from evidence.times import NS_PER_S, IncidentTime, half_width_95
from sync.case_clocks import Sense, apply_standing, find_matches, person, solve_case
from sync.clock_map import ClockMap
from sync.marked import mark_frame, observe_event
from sync.solution import SigmaKnot, sigma_between
from sync.stated import observe_stated_error


def without_clocks(demo: DemoCase, folder: Path) -> tuple[Path, Truth]:
    """Return a copy of the demo whose clocks nobody has set, and its truth."""
    copy = Path(shutil.copytree(demo.case_folder, folder / demo.case_folder.name))
    with Case.open(copy) as case:
        for camera in case.cameras():
            case.clear_clock(camera.id, by="DC Harper")
    return copy, load_truth(demo.truth_file.parent)


def worst_miss(case: Case, truth: Truth) -> dict[str, tuple[float, float]]:
    """Return per camera how far its set clock is off at any frame, and the half 95 % interval stated there, seconds."""
    found: dict[str, tuple[float, float]] = {}
    names = {one.name: one.id for one in case.cameras()}
    settings = {one.camera_id: one for one in case.clock_settings()}
    for camera in truth.cameras:
        setting = settings.get(names[camera.name])
        if setting is None:
            continue
        real, solved = ClockMap(camera.clock), ClockMap(setting.pieces)
        knots = tuple(SigmaKnot(device, sigma) for device, sigma in setting.sigma_knots)
        for file in truth.files_of(camera.key):
            for instant in (file.incident_ns[0], file.incident_ns[-1]):
                device = real.to_device(instant)
                miss = abs(solved.to_incident(device) - instant) / NS_PER_S
                half = half_width_95(sigma_between(knots, device)) / NS_PER_S
                if camera.name not in found or miss / half > found[camera.name][0] / found[camera.name][1]:
                    found[camera.name] = (miss, half)
    return found


def mark_all(case: Case, truth: Truth, instant: IncidentTime) -> None:
    """Mark what was to be seen at an instant in every camera that recorded then, as a careful person would."""
    recordings = {one.sha256: one for one in case.recordings()}
    marks = []
    for camera in truth.cameras:
        shown = truth.frame_at(camera.key, instant)
        if shown is not None:
            recording = recordings[shown[0].sha256]
            index = case.frame_index(recording.id)
            assert index is not None
            marks.append(mark_frame(recording.id, recording.camera_id, index, shown[1]))
    case.add_observations(observe_event(marks, person("DC Harper"), note="A flash"), by="DC Harper")


def test_events_and_a_stated_error_bring_every_clock_within_what_is_stated(demo_case: DemoCase, tmp_path: Path) -> None:
    folder, truth = without_clocks(demo_case, tmp_path)
    with Case.open(folder) as case:
        span = truth.end_ns - truth.start_ns
        for part in (3, 5, 7):
            mark_all(case, truth, IncidentTime(truth.start_ns + span * part // 10))
        cctv = next(one for one in truth.cameras if "CCTV" in one.name)
        ids = {one.name: one.id for one in case.cameras()}
        at = IncidentTime(truth.start_ns + 1800 * NS_PER_S)
        stated = observe_stated_error(
            case.recordings(ids[cctv.name]), "Europe/London",
            error_ns=ClockMap(cctv.clock).error_at(ClockMap(cctv.clock).to_device(at)), compared=at,
            sigma_ns=NS_PER_S, evidence="speaking clock, by the seizing officer", finder=person("PC 9"),
        )  # fmt: skip
        assert stated is not None
        case.add_observations([stated], by="PC 9")
        standing = solve_case(case, by="DC Harper")
        apply_standing(case, standing, by="DC Harper")
        missed = worst_miss(case, truth)
        assert set(missed) == {one.name for one in truth.cameras}
        assert all(miss <= half for miss, half in missed.values()), missed
        # what joins pictures is known far better than true time is
        beside = [one.half_beside_ns for one in standing.cameras if one.beside]
        assert len(beside) == len(truth.cameras) - 1
        assert all(half is not None and half < 0.1 * NS_PER_S for half in beside)
        check_certificates(case, folder, tmp_path)


def check_certificates(case: Case, folder: Path, tmp_path: Path) -> None:
    page, data = tmp_path / "c.html", tmp_path / "c.json"
    made = write_certificate(case, page, by="DC Harper", progress=no_progress, cancelled=never_cancelled)
    assert made.is_in_force
    text = page.read_text(encoding="utf-8")
    words = re.sub(r"<[^>]+>", " ", re.sub(r"<wbr>", "", text))
    assert "The clocks in force are those that follow" in words
    for recording in case.recordings():
        assert recording.sha256 in words
    for match in made.matches:
        assert match.first.evidence.replace("’", "'")[:20] in words
    assert words.count("A flash; frame") == sum(one.method.value == "marked event" for one in made.matches)
    assert "sightline sync" in words
    assert "DC Harper" in words
    images = _Images()
    images.feed(text)
    stills = [alt for alt in images.alts if alt.startswith("Frame ")]
    assert len(stills) >= 2 * min(12, len(made.moments)) - 2
    assert sum(alt.startswith("Uncertainty") for alt in images.alts) == len(made.clocks)
    assert any(alt.startswith("Sound of") for alt in images.alts)
    write_certificate(case, data, by="DC Harper", progress=no_progress, cancelled=never_cancelled)
    document = json.loads(data.read_text(encoding="utf-8"))
    assert [one["group"] for one in document["matches"]] == [one.group for one in made.matches]
    readings = [one["residual_ns"] for match in document["matches"] for one in match["readings"]]
    assert all(isinstance(one, int) for one in readings)
    with pytest.raises(UsageError):
        write_certificate(case, tmp_path / "c.txt", by="me", progress=no_progress, cancelled=never_cancelled)
    case.clear_clock(made.clocks[0].camera_id, by="DC Harper")
    write_certificate(case, page, by="DC Harper", progress=no_progress, cancelled=never_cancelled)
    assert f"not those that would follow from the accepted observations: {made.clocks[0].name}" in page.read_text()


class _Images(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.alts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            given = dict(attrs)
            assert (given["src"] or "").startswith("data:image/png;base64,")
            self.alts.append(given["alt"] or "")


@pytest.mark.soak
def test_from_a_fresh_demo_sync_everything_accepted_and_applied_is_within_what_is_stated(tmp_path: Path) -> None:
    """The whole way, on a minute of the demo: sound for all but the silent CCTV, whose error is stated."""
    demo = make_demo_case(tmp_path, DemoSize.SMALL, no_progress, never_cancelled, duration_s=60)
    folder, truth = without_clocks(demo, tmp_path)
    with Case.open(folder) as case:
        find_matches(case, {Sense.SOUND}, by="DC Harper", progress=no_progress, cancelled=never_cancelled)
    assert (
        main(["clock", str(folder), "CCTV 3", "--error", "+00:07:12", "--within", "2s", "--how", "speaking clock"]) == 0
    )
    assert main(["sync", str(folder), "--accept", "all", "--by", "DC Harper"]) == 0
    assert main(["sync", str(folder), "--apply", "--by", "DC Harper"]) == 0
    with Case.open(folder) as case:
        missed = worst_miss(case, truth)
    print("off by (s), stated within (s, 95 %):", missed)
    assert set(missed) == {one.name for one in truth.cameras}
    assert all(miss <= half for miss, half in missed.values()), missed
    assert main(["sync", str(folder), "--certificate", str(tmp_path / "certificate.pdf"), "--by", "DC Harper"]) == 0
    assert (tmp_path / "certificate.pdf").read_bytes().startswith(b"%PDF")
