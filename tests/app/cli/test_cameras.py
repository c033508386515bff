"""`sightline camera`: what is merged can be parted again."""

from __future__ import annotations

import os
from pathlib import Path

from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from tests.app.cli.test_main import answer, sightline
from tests.support.examinations import FakeExaminer


def test_merged_cameras_are_parted_again(tmp_path: Path) -> None:
    with Case.create(tmp_path / "A.sightline", title="A", reference="", by="me") as case:
        for name in ("A1_0.mp4", "B2_0.mp4"):
            path = tmp_path / name
            path.write_bytes(name.encode())
            request = AddRequest(case.folder, (os.fsencode(path),), "me", name[:2])
            add_files(request, no_progress, never_cancelled, examiner_factory=FakeExaminer, case=case)
        before = case.cameras(), case.recordings()
    assert answer("camera", case.folder, "B2", "--merge", "a1")["ok"]
    assert sightline("camera", case.folder, "B2", "--part", "C3").returncode == 1
    assert answer("camera", case.folder, "B2", "--part", "A1")["ok"]
    assert sightline("camera", case.folder, "B2", "--part", "A1").returncode == 2
    with Case.open(case.folder) as again:
        assert [one.name for one in again.cameras()] == [one.name for one in before[0]]
        assert again.recordings() == before[1]


def test_what_is_said_of_a_camera_and_its_clock_reads_as_a_sentence(tmp_path: Path) -> None:
    with Case.create(tmp_path / "A.sightline", title="A", reference="", by="me") as case:
        path = tmp_path / "A1_20260314_213207.mp4"
        path.write_bytes(b"A")
        request = AddRequest(case.folder, (os.fsencode(path),), "me", "Lobby")
        add_files(request, no_progress, never_cancelled, examiner_factory=FakeExaminer, case=case)
    assert "; grouped: by hand\n" in sightline("info", case.folder).stdout
    how = ("--how", "speaking clock", "--within", "2s")
    for error, words in (("+00:07:12", "00:07:12.000 fast"), ("-3.5s", "3.500 s slow")):
        done = sightline("clock", case.folder, "Lobby", "--error", error, *how)
        assert done.stdout == f"The clock of Lobby: {words} (speaking clock).\n"
