from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.demo import DemoResult, load_truth
from app.demo.truth import TRUTH_NAME
from evidence.times import IncidentTime


def test_a_frame_shows_from_its_own_instant_until_the_next_ones(demo: DemoResult) -> None:
    truth = demo.truth
    for file in truth.files:
        for number in (0, 1, len(file.pts) - 1):
            begin = file.incident_ns[number]
            end = file.incident_ns[number + 1] if number + 1 < len(file.pts) else file.end_ns
            assert truth.frame_at(file.camera, begin) == (file, number)
            assert truth.frame_at(file.camera, IncidentTime(end - 1)) == (file, number)


def test_outside_of_its_files_a_camera_shows_nothing(demo: DemoResult) -> None:
    truth = demo.truth
    first, second = truth.files_of("cctv-3")
    for instant in (first.incident_ns[0] - 1, first.end_ns, second.incident_ns[0] - 1, second.end_ns):
        assert truth.frame_at("cctv-3", IncidentTime(instant)) is None


def test_events_lie_in_the_incident_in_order(demo: DemoResult) -> None:
    events = demo.truth.events
    assert {"clap", "fall", "flash", "strobe", "speech"} <= {event.kind for event in events}
    assert [event.start_ns for event in events] == sorted(event.start_ns for event in events)
    assert len({event.key for event in events}) == len(events)


def test_a_camera_that_is_not_there_is_a_key_error(demo: DemoResult) -> None:
    with pytest.raises(KeyError):
        demo.truth.camera("drone")


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"format": 99}', b"\xff\xfe", b"[]", b'{"format": 1, "files": 3}'])
def test_a_damaged_truth_file_is_told(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / TRUTH_NAME).write_bytes(damage)
    with pytest.raises(ValueError, match=r"."):
        load_truth(tmp_path)


def test_every_cut_of_a_truth_file_is_told(demo: DemoResult, tmp_path: Path) -> None:
    whole = (demo.folder / TRUTH_NAME).read_bytes()
    for share in (0.01, 0.3, 0.77, 0.999):
        (tmp_path / TRUTH_NAME).write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(ValueError, match=r"."):
            load_truth(tmp_path)


def test_the_demo_can_be_moved(demo: DemoResult, tmp_path: Path) -> None:
    shutil.copytree(demo.folder, tmp_path / "elsewhere")
    truth = load_truth(tmp_path / "elsewhere")
    assert truth == demo.truth
    assert all((tmp_path / "elsewhere" / file.path).is_file() for file in truth.files)
