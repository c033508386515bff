"""Sheets of pictures: each cell is the exact frame of the instant, drawn as it is, and says so in words that hold."""

from __future__ import annotations

import json
import shutil
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from annotations.reports.facts import CaseFacts, read_facts
from annotations.reports.scope import WHOLE_CASE, Maker
from annotations.sheets.choice import Count, EveryFrame, EveryTime, instants_of_camera, instants_of_range
from annotations.sheets.frame_taker import FrameTaker
from annotations.sheets.sheet import Cell, CellMaker, Look, Sheet, text_chunks
from app.cli.main import main
from app.demo.frame_code import read
from app.demo.truth import TrueFile, load_truth
from app.demo_case import DemoCase
from app.sheet_job import SheetRequest, make_sheet
from evidence.case import Case
from evidence.errors import Cancelled, UsageError
from evidence.jobs import never_cancelled, no_progress
from evidence.time_text import LocalTimes
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from player.tracks import FrameSpot, Track
from tests.support.case_dump import actions_of, assert_log_is_whole
from tests.support.clips import ClipPlan, make_clip, make_scene
from tests.support.papers import HOSTILE, pdf_text, read_page

MAKER = Maker("DC Harper", 1_773_560_000 * NS_PER_S)
TIMES = LocalTimes(ZoneInfo("Europe/London"))


@pytest.fixture(scope="module")
def own(demo_case: DemoCase, tmp_path_factory: pytest.TempPathFactory) -> DemoCase:
    """Return a copy of the demo that these tests may write to."""
    folder = tmp_path_factory.mktemp("sheets") / "demo"
    shutil.copytree(demo_case.case_folder.parent, folder)
    case, media = folder / demo_case.case_folder.name, folder / demo_case.media_folder.name
    with Case.open(case) as opened:
        for recording in opened.recordings():
            (here,) = media.rglob(recording.display_name)
            opened.relocate_original(recording.id, here, by="PC 1")
    return DemoCase(case, media, media / "truth.json")


@pytest.fixture
def case(own: DemoCase) -> Iterator[Case]:
    with Case.open(own.case_folder, read_only=True) as opened:
        yield opened


@pytest.fixture
def facts(case: Case) -> CaseFacts:
    return read_facts(case, WHOLE_CASE)


def busiest(facts: CaseFacts) -> IncidentTime:
    """Return an instant at which some cameras are recording and some may not be."""
    span = facts.timeline.span
    assert span is not None
    return IncidentTime(span.start + 6 * NS_PER_S)


def pixels_of(file: Path) -> NDArray[np.uint8]:
    with av.open(str(file)) as container:
        (picture,) = container.decode(video=0)
        return picture.to_ndarray(format="rgb24").astype(np.uint8)


def cells_at(
    case: Case, facts: CaseFacts, instant: IncidentTime, folder: Path, most_px: int = 1280
) -> tuple[Cell, ...]:
    making = CellMaker(facts, TIMES, folder, most_px, verifies=True)
    with FrameTaker(case, facts, no_progress, never_cancelled) as taker:
        looks = [Look(track, instant) for track in facts.tracks]
        return making.cells(looks, taker, no_progress, never_cancelled)


def test_every_cell_is_the_frame_that_the_truth_names(
    own: DemoCase, case: Case, facts: CaseFacts, tmp_path: Path
) -> None:
    by_name: dict[str, TrueFile] = {file.path.rpartition("/")[2]: file for file in load_truth(own.media_folder).files}
    instant = busiest(facts)
    checked = 0
    for cell, track in zip(cells_at(case, facts, instant, tmp_path), facts.tracks, strict=True):
        spot = track.at(instant)
        if not isinstance(spot, FrameSpot):
            assert cell.words.startswith(("not recording", "sound only"))
            assert cell.picture is None
            continue
        true = by_name[spot.place.recording.display_name]
        number = bisect_right(true.incident_ns, instant) - 1
        assert cell.picture is not None
        code = read(pixels_of(cell.picture))
        assert code is not None
        assert code.number == number
        assert cell.lines == (
            f"{TIMES.clock(spot.frame_start)} ±1 ms",
            f"frame {number:,} · {spot.place.recording.exhibit}",
        )
        checked += 1
    assert checked > 2


def test_the_png_holds_each_picture_unchanged_and_its_provenance(own: DemoCase, tmp_path: Path) -> None:
    with Case.open(own.case_folder) as case:
        facts = read_facts(case, WHOLE_CASE)
        instant = busiest(facts)
        cells = cells_at(case, facts, instant, tmp_path, 640)
        request = SheetRequest(own.case_folder, tmp_path / "sheet.png", MAKER, instant)
        result = make_sheet(request, no_progress, never_cancelled, case=case)
        assert actions_of(case.folder)[-1] == "sheet.made"
        assert_log_is_whole(case)
    drawn = pixels_of(tmp_path / "sheet.png")
    for cell in cells:
        if cell.picture is not None and cell.size[1] <= cell.size[0]:
            wanted = pixels_of(cell.picture)
            difference = cv2.matchTemplate(drawn, wanted, cv2.TM_SQDIFF)
            top, left = np.unravel_index(int(difference.argmin()), difference.shape)
            assert np.array_equal(drawn[top : top + wanted.shape[0], left : left + wanted.shape[1]], wanted)
    content = (tmp_path / "sheet.png").read_bytes()
    start = content.index(b"Provenance\0") + len(b"Provenance\0")
    document = json.loads(content[start : content.index(b"}]}", start) + 3])
    assert [one["camera"] for one in document["cells"]] == [track.camera.camera.name for track in facts.tracks]
    assert sum(one["frame"] is not None for one in document["cells"]) == result.pictures
    assert result.failed == 0


def test_the_same_sheet_gives_the_same_bytes_and_its_pdf_names_every_frame(
    own: DemoCase, facts: CaseFacts, tmp_path: Path
) -> None:
    instant, results = busiest(facts), []
    for ending in ("png", "pdf", "html"):
        results = [
            make_sheet(
                SheetRequest(own.case_folder, tmp_path / f"{turn}.{ending}", MAKER, instant),
                no_progress,
                never_cancelled,
            )
            for turn in range(2)
        ]
        assert results[0].sha256 == results[1].sha256
    text = "".join(pdf_text(tmp_path / "0.pdf").split())
    page = read_page((tmp_path / "0.html").read_text())
    assert page.acting == []
    assert page.tags["img"] == results[0].pictures
    for track in facts.tracks:
        spot = track.at(instant)
        if isinstance(spot, FrameSpot):
            assert spot.place.recording.sha256 in text
            assert f"frame{spot.frame:,}" in text
        else:
            assert "notrecording" in text or "soundonly" in text


def test_an_original_that_changed_is_refused_in_words(own: DemoCase, tmp_path: Path) -> None:
    shutil.copytree(own.case_folder.parent, tmp_path / "demo")
    folder = tmp_path / "demo" / own.case_folder.name
    with Case.open(folder) as opened:
        recording = opened.recordings()[0]
        (here,) = (tmp_path / "demo" / own.media_folder.name).rglob(recording.display_name)
        opened.relocate_original(recording.id, here, by="PC 1")
        place = read_facts(opened, WHOLE_CASE).places[recording.id]
    content = bytearray(here.read_bytes())
    content[len(content) // 2] ^= 1
    here.chmod(0o644)
    here.write_bytes(content)
    at = IncidentTime(place.span.start + NS_PER_S)
    request = SheetRequest(folder, tmp_path / "a.html", MAKER, at, None, (recording.camera_id,))
    result = make_sheet(request, no_progress, never_cancelled)
    assert (result.pictures, result.failed) == (0, 1)
    assert "its hash differs" in (tmp_path / "a.html").read_text()


def test_a_contact_sheet_shows_the_first_and_the_last_frame_and_even_steps_between(tmp_path: Path) -> None:
    first, second = (make_clip(tmp_path, ClipPlan(frames=60), name) for name in ("a.mp4", "b.mp4"))
    scene = make_scene([[(first, 0), (second, 10 * NS_PER_S)]])
    track, span = Track(scene.timeline.cameras[0], scene.find_index), scene.timeline.span
    assert span is not None

    def frames(instants: tuple[IncidentTime, ...]) -> list[tuple[bool, int]]:
        spots = [track.at(instant) for instant in instants]
        assert all(isinstance(spot, FrameSpot) for spot in spots)
        return [(spot.start > span.start + 5 * NS_PER_S, spot.frame) for spot in spots if isinstance(spot, FrameSpot)]

    assert frames(instants_of_camera(track, span, Count(7))) == [
        (False, 0), (False, 19), (False, 39), (False, 59), (True, 19), (True, 39), (True, 59)
    ]  # fmt: skip
    assert frames(instants_of_camera(track, span, Count(1))) == [(False, 0)]
    assert len(instants_of_camera(track, span, Count(400))) == 120
    assert frames(instants_of_camera(track, span, EveryFrame(50))) == [(False, 0), (False, 50), (True, 40)]
    inside = IncidentRange(IncidentTime(span.start + 1), IncidentTime(span.start + NS_PER_S // 30 + 1))
    assert frames(instants_of_camera(track, inside, EveryFrame(1))) == [(False, 0), (False, 1)]
    gap = IncidentRange(IncidentTime(span.start + 4 * NS_PER_S), IncidentTime(span.start + 5 * NS_PER_S))
    assert instants_of_camera(track, gap, Count(5)) == ()
    assert len(instants_of_range(span, EveryTime(NS_PER_S))) == 12
    even = instants_of_range(span, Count(3))
    assert (even[0], even[-1]) == (span.start, span.end - 1)
    for too_much in (EveryTime(1), Count(401), Count(0)):
        with pytest.raises(UsageError):
            instants_of_range(span, too_much)


def test_thirty_cameras_with_hostile_names_fit_a_sheet(tmp_path: Path) -> None:
    from annotations.ui.paper_child import SheetOrder
    from annotations.ui.printer import print_order

    picture = tmp_path / "p.png"
    cv2.imwrite(str(picture), np.full((90, 160, 3), 200, np.uint8))
    cells = tuple(
        Cell(f"{HOSTILE} {n} " + "long " * 30, ("21:32:07.480 ±40 ms", "frame 1,234,567"), "", picture, (160, 90))
        if n % 3
        else Cell("Camera", ("21:32",), "not recording\nstopped at 21:32:15.988\nfrom 21:32:23.788")
        for n in range(30)
    )
    sheet = Sheet("Cameras at one instant", (HOSTILE,), 6, cells)
    printed = print_order(SheetOrder(sheet, HOSTILE, "made", tmp_path / "raw"), "t", no_progress, never_cancelled)
    width, height = printed.size
    drawn = np.frombuffer((tmp_path / "raw").read_bytes(), np.uint8).reshape(height, width, 3)
    assert np.count_nonzero((drawn == 200).all(axis=2)) >= 20 * 160 * 90
    assert (drawn[:, -20:] == 255).all()
    assert "\0" not in "".join(text for _name, text in text_chunks(sheet, _empty_facts(tmp_path), "made"))


def _empty_facts(folder: Path) -> CaseFacts:
    with Case.create(folder / "Empty.sightline", title="Empty", reference="", by="PC 1") as case:
        return read_facts(case, WHOLE_CASE)


def test_cancelling_leaves_nothing_and_a_file_is_not_replaced_unasked(
    own: DemoCase, facts: CaseFacts, tmp_path: Path
) -> None:
    request = SheetRequest(own.case_folder, tmp_path / "a.png", MAKER, busiest(facts))
    with pytest.raises(Cancelled):
        make_sheet(request, no_progress, lambda: True)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a.png").write_text("given")
    with pytest.raises(UsageError, match="there already"):
        make_sheet(request, no_progress, never_cancelled)
    assert (tmp_path / "a.png").read_text() == "given"


def test_the_command_line_makes_both(
    own: DemoCase, facts: CaseFacts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, name = str(own.case_folder), facts.tracks[0].camera.camera.name
    assert main(["sheet", case, "--at", "+6", "--out", str(tmp_path / "a.png"), "--no-verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pictures"] > 2
    contact = ["contact", case, "--camera", name, "--count", "4", "--out", str(tmp_path / "b.pdf"), "--json"]
    assert main(contact) == 0
    assert json.loads(capsys.readouterr().out)["pictures"] == 4
    assert main([*contact[:-3], str(tmp_path / "c.png"), "--every-frames", "2", "--json"]) == 2
