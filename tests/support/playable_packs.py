"""A court pack whose recordings really play: three cameras with readable frames, a run sheet of every kind of item."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

from courtroom.documents import import_document
from courtroom.run_sheet import Card, DocumentPage, Item, Layout, Moving, Pause, RunSheet, Still, View
from courtroom.run_sheet_store import save_run_sheet
from evidence.case import Case
from evidence.examination import Examination
from evidence.examine import examine_file
from evidence.ingest import AddRequest, add_files
from evidence.jobs import IsCancelled, never_cancelled, no_progress
from evidence.records import ClaimMeaning, ClaimOrigin, ClaimZone, TimeClaim
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from tests.support.clips import ClipPlan, make_clip, make_sound
from tests.support.packs import BY, camera_named, pack_of
from tests.support.run_sheets import item_of

BEGIN_NS = 1_773_523_920 * NS_PER_S
"""When every camera begins; FRONT begins a second recording ten seconds later."""

NAMES = {"FRONT": "Front door", "YARD": "Yard", "HALL": "Hall"}


class StartingExaminer:
    """Examines files in this process, and says that each began when the number in its name tells."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def examine(self, path_bytes: bytes, on_bytes: Callable[[int], None], cancelled: IsCancelled) -> Examination:
        """Return what a file is."""
        found = examine_file(path_bytes, on_bytes)
        number = int(found.display_name.partition(".")[0].rpartition("_")[2])
        start = TimeClaim(
            ClaimOrigin.FILE_NAME,
            "file name",
            found.display_name,
            BEGIN_NS + number * 10 * NS_PER_S,
            ClaimZone.UTC,
            ClaimMeaning.START,
            1,
        )
        return dataclasses.replace(found, claims=(start,))


@dataclass(frozen=True)
class PackPlan:
    """What a playable pack is like.

    Attributes:
        sound: codec of every camera's sound, or "" for none; the first camera is heard then.
        microphone: codec of a device that records sound alone, which is heard; "" for none.
        stills: how many.
        pages: of the document; each is an item.
    """

    frames: int = 60
    size: tuple[int, int] = (320, 180)
    codec: str = "libx264"
    suffix: str = ".mp4"
    b_frames: int = 2
    gop: int = 15
    speed: Fraction = Fraction(1)
    cameras: int = 3
    step: int = 1_000
    pts: tuple[int, ...] | None = None
    noise: int = 0
    sound: str = ""
    microphone: str = ""
    layout: Layout = Layout.AUTO
    stills: int = 1
    pages: int = 1


def plain_pdf(text: str = "Plan", pages: int = 1) -> bytes:
    """Return a PDF of so many pages, all alike."""
    stream = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode()
    kids = b" ".join(b"%d 0 R" % (5 + number) for number in range(pages))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>>>"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *(page for _number in range(pages)),
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + tail


def make_playable_case(home: Path, plan: PackPlan = PackPlan()) -> Path:
    """Make the case and return its folder."""
    originals = home / "originals"
    originals.mkdir(parents=True)
    folder = home / "Op Lamppost.sightline"
    Case.create(folder, title="Op Lamppost", reference="01AB/23", by=BY).close()
    with Case.open(folder) as case:
        for number, stem in enumerate(list(NAMES)[: plan.cameras]):
            for part in range(2 if stem == "FRONT" else 1):
                how = ClipPlan(
                    number=number + 1,
                    part=part,
                    frames=plan.frames + number + 3 * part,
                    size=plan.size,
                    codec=plan.codec,
                    suffix=plan.suffix,
                    b_frames=plan.b_frames,
                    gop=plan.gop,
                    step=plan.step,
                    pts=plan.pts,
                    noise=plan.noise,
                    sound=plan.sound,
                )
                make_clip(originals, how, f"{stem}_{part}{plan.suffix}")
            paths = tuple(bytes(path) for path in sorted(originals.glob(f"{stem}_*")))
            request = AddRequest(case.folder, paths, BY, NAMES[stem], None, f"EXH/{stem}")
            add_files(request, no_progress, never_cancelled, examiner_factory=StartingExaminer, case=case)
        if plan.microphone:
            heard = make_sound(originals, "MIC_0.mka", plan.microphone, Fraction(3))
            request = AddRequest(case.folder, (bytes(heard),), BY, "Microphone", None, "EXH/MIC")
            add_files(request, no_progress, never_cancelled, examiner_factory=StartingExaminer, case=case)
    return folder


def make_playable_sheet(case: Case, home: Path, plan: PackPlan = PackPlan()) -> RunSheet:
    """Return a saved run sheet: card, two cameras, one camera, still, document, pause."""
    ids = [camera_named(case, name).id for name in list(NAMES.values())[: plan.cameras]]
    heard: tuple[str, ...] = (ids[0],) if plan.sound else ()
    heard += (camera_named(case, "Microphone").id,) if plan.microphone else ()
    paper = home / "Plan of the yard.pdf"
    paper.write_bytes(plain_pdf(pages=plan.pages))
    file = import_document(case, paper, pages=plan.pages, by=BY)
    both = View(tuple(ids[:2]), plan.layout)
    items: tuple[Item, ...] = (
        item_of(Card(("R v Smith", "Opening")), "Title"),
        item_of(Moving(span_of(100, 1_500), both, heard), "Door opens", speed=plan.speed),
        item_of(
            Moving(span_of(10_100, 11_400), View((ids[0],)), heard[:1] if plan.sound else ()),
            "Ten seconds later",
            speed=plan.speed,
        ),
        *(
            item_of(Still(IncidentTime(BEGIN_NS + 500_000_000 + 40_000_000 * number), View((ids[-1],))), "The hall")
            for number in range(plan.stills)
        ),
        *(item_of(DocumentPage(file, page), "Plan") for page in range(1, plan.pages + 1)),
        item_of(Pause()),
    )
    sheet = RunSheet("0d7e7c3e-6f0b-4a3f-9d2a-5b1d5f0e9a12", "Opening speech", items)
    save_run_sheet(case, sheet, by=BY)
    return sheet


def span_of(start_ms: int, end_ms: int) -> IncidentRange:
    """Return a range, milliseconds after the cameras begin."""
    return IncidentRange(IncidentTime(BEGIN_NS + start_ms * 1_000_000), IncidentTime(BEGIN_NS + end_ms * 1_000_000))


def make_playable_pack(home: Path, plan: PackPlan = PackPlan()) -> Path:
    """Make a case and its pack below `home`; return the pack's folder."""
    with Case.open(make_playable_case(home, plan)) as case:
        pack_of(case, make_playable_sheet(case, home, plan), home / "Court pack")
    return home / "Court pack"
