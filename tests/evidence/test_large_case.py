"""A case of 200 cameras and 5,000 recordings is read at once."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from evidence.case import Case
from evidence.models import Base
from evidence.records import Camera, CameraKind, Recording
from evidence.rows import camera_row, new_id, recording_rows
from tests.support.examinations import recording_of

pytestmark = pytest.mark.alone

_CAMERAS = 200
_RECORDINGS = 5_000


def make_large(folder: Path) -> None:
    """Fill a case in one transaction."""
    template = recording_of(bytes(folder.parent), b"")
    with Case.create(folder, title="Large", reference="", by="me") as case:
        cameras = [
            Camera(new_id(), f"BWV {number}", CameraKind.BWV, "", "", "", "", number, number, "test")
            for number in range(_CAMERAS)
        ]
        with case.change("me", "filling a case") as change:
            change.session.add_all([camera_row(camera) for camera in cameras])
            change.session.flush()
            belongings: list[Base] = []
            for number in range(_RECORDINGS):
                found = replace(template, sha256=f"{number:064x}", claims=template.claims * 4)
                rows = recording_rows(
                    found,
                    recording_id=new_id(),
                    camera_id=cameras[number % _CAMERAS].id,
                    batch_id=None,
                    exhibit="",
                    added_ns=number,
                    path_from_case=b"",
                )
                change.session.add(rows[0])
                belongings += rows[1:]
            change.session.flush()
            change.session.add_all(belongings)
            change.tell("case.filled")


@pytest.mark.soak
def test_five_thousand_recordings_are_read_in_a_second_and_four_queries(quick_folder: Path) -> None:
    make_large(quick_folder / "Large.sightline")
    with Case.open(quick_folder / "Large.sightline") as case:
        asked: list[str] = []
        event.listen(case._database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        times: list[float] = []
        recordings: tuple[Recording, ...] = ()
        for _ in range(3):
            begun = time.process_time()
            recordings = case.recordings()
            times.append(time.process_time() - begun)
        assert len(recordings) == _RECORDINGS
        assert all(len(one.claims) == 4 and len(one.streams) == 2 for one in recordings)
        assert len([query for query in asked if query.startswith("SELECT")]) == 3 * 4
        assert min(times) < 1.0, times
        begun = time.process_time()
        assert len(case.recordings(case.cameras()[7].id)) == _RECORDINGS // _CAMERAS
        assert time.process_time() - begun < 0.3
