"""A case of made-up recordings at known times, a run sheet that needs some of them, and the pack of it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

from courtroom.documents import import_document
from courtroom.pack.make import PackRequest, PackResult, make_pack
from courtroom.pack.signing import SigningKey
from courtroom.run_sheet import Card, DocumentPage, Item, KeyMoment, Moving, Pause, RunSheet, Still, View
from courtroom.run_sheet_store import save_run_sheet
from evidence.case import Case
from evidence.examination import Examination
from evidence.ingest import AddRequest, add_files
from evidence.jobs import IsCancelled, Progress, never_cancelled, no_progress
from evidence.records import Camera, ClockPiece, ClockSetting, Finding, Severity
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from tests.support.examinations import FakeExaminer
from tests.support.run_sheets import item_of

BY = "DC Grey"
START_NS = 1_773_523_910 * NS_PER_S
"""When the first recording of each camera starts; the second starts a minute later. Each lasts 120 ms."""
SIGNING_KEY = SigningKey(bytes(range(32)))
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"


class TimedExaminer(FakeExaminer):
    """Places each recording by the number in its name, and finds something about it that names another."""

    def examine(self, path_bytes: bytes, on_bytes: Callable[[int], None], cancelled: IsCancelled) -> Examination:
        """Return what a file is, by its bytes and its name."""
        found = super().examine(path_bytes, on_bytes, cancelled)
        if found.refused is not None:
            return found
        number = int(Path(os.fsdecode(path_bytes)).stem.rpartition("_")[2])
        claims = tuple(
            dataclasses.replace(claim, instant_ns=START_NS + number * 60 * NS_PER_S) for claim in found.claims
        )
        told = Finding("seen", Severity.NOTE, "It was offered together with SECRET_0.mp4.", "Nothing.", "Nothing.")
        return dataclasses.replace(found, claims=claims, findings=(told,))


def make_pack_case(home: Path, *, size_bytes: int = 200) -> Path:
    """Make a case of the cameras “Front door”, “Yard” and “Hidden witness”, two recordings each; return its folder."""
    originals = home / "originals"
    originals.mkdir(parents=True)
    for stem in ("FRONT", "YARD", "SECRET"):
        for number in range(2):
            name = f"{stem}_{number}.mp4"
            (originals / name).write_bytes(f"recording {name} ".encode().ljust(size_bytes, b"."))
    (originals / "secret notes.txt").write_bytes(b"text of an informant")
    folder = home / "Op Lamppost.sightline"
    Case.create(folder, title="Op Lamppost", reference="01AB/23", by="PS Maker").close()
    with Case.open(folder) as case:
        for stem, camera in (("FRONT", "Front door"), ("YARD", "Yard"), ("SECRET", "Hidden witness")):
            paths = tuple(bytes(path) for path in sorted(originals.glob(f"{stem}_*")))
            request = AddRequest(case.folder, paths, "PC Loader", camera, None, f"EXH/{stem}")
            add_files(request, no_progress, never_cancelled, examiner_factory=TimedExaminer, case=case)
        notes = AddRequest(case.folder, (bytes(originals / "secret notes.txt"),), "PC Loader", None)
        add_files(notes, no_progress, never_cancelled, examiner_factory=TimedExaminer, case=case)
        front = camera_named(case, "Front door")
        case.set_clock(
            ClockSetting(
                front.id, (ClockPiece(0, 0, 0),), 40_000_000, "sound", "matched to Hidden witness by sound", BY, 1
            )
        )
    return folder


def camera_named(case: Case, name: str) -> Camera:
    """Return one camera."""
    return next(camera for camera in case.cameras() if camera.name == name)


def make_sheet(case: Case, home: Path) -> RunSheet:
    """Return a saved run sheet that needs both recordings of “Front door” and the first of “Yard”."""
    front, yard = camera_named(case, "Front door"), camera_named(case, "Yard")
    start = IncidentTime(START_NS)
    span = IncidentRange(start, IncidentTime(start + 100_000_000))
    paper = home / "Plan of the yard.pdf"
    paper.write_bytes(PDF)
    file = import_document(case, paper, pages=1, by=BY)
    items: tuple[Item, ...] = (
        item_of(Card(("R v Smith", "Opening")), "Title"),
        item_of(
            Moving(span, View((front.id, yard.id)), (yard.id,)),
            "Door opens",
            exhibit="EXH/1",
            notes="Pause here.",
            key_moments=(KeyMoment(IncidentTime(start + 5), "Hand on the door"),),
        ),
        item_of(Still(IncidentTime(start + 60 * NS_PER_S), View((front.id,))), "A minute later"),
        item_of(DocumentPage(file, 1), "Plan"),
        item_of(Pause()),
    )
    sheet = RunSheet("0d7e7c3e-6f0b-4a3f-9d2a-5b1d5f0e9a11", "Opening speech", items)
    save_run_sheet(case, sheet, by=BY)
    return sheet


def pack_of(
    case: Case,
    sheet: RunSheet,
    folder: Path,
    *,
    key: SigningKey | None = SIGNING_KEY,
    progress: Progress = no_progress,
    cancelled: IsCancelled = never_cancelled,
    with_certificate: bool = False,
) -> PackResult:
    """Make the pack of a sheet; without a sync certificate unless it is wanted, since that takes processes."""
    request = PackRequest(folder, sheet, 1, BY, with_certificate=with_certificate)
    return make_pack(request, case, key, progress, cancelled)
