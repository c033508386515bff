"""Makes a comparison sheet (all cameras at an instant) or a contact sheet (a range) into a PNG, PDF or HTML file.

1. Each original that is shown is compared with its hash first, unless that was not wanted.
2. The frames are decoded in a child process, and drawn or set in another.
3. The file is written in one step, with the provenance of every picture in it.
4. The audit log tells of it, where the case can be written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from zoneinfo import ZoneInfo

from annotations.paper import Paper, Picture, write_html
from annotations.reports.facts import CaseFacts, read_facts
from annotations.reports.report import PaperFrame
from annotations.reports.scope import Maker, Scope
from annotations.sheets.choice import Choice, instants_of_camera, instants_of_range
from annotations.sheets.frame_taker import FrameTaker
from annotations.sheets.sheet import COMPARISON_PX, CONTACT_PX, Cell, CellMaker, Look, Origin, Sheet, text_chunks
from annotations.ui.paper_child import SheetOrder
from annotations.ui.paper_pdf import write_pdf
from annotations.ui.printer import print_order
from app.report_job import cannot_write, check_target, open_for_telling, sha256_of, tell_of
from evidence.atomic_file import write_bytes
from evidence.case import Case
from evidence.errors import NoSuchItemError
from evidence.jobs import IsCancelled, Progress
from evidence.scratch import Scratch
from evidence.time_text import LocalTimes
from evidence.times import IncidentRange, IncidentTime
from player.stills.png import encode_png

ENDINGS = (".png", ".pdf", ".html")
_MOST_PDF_COLUMNS = 6
_PAGE_PX = 1_000
"""How wide the text of a page on its long side is, in 1/96 inch."""


@dataclass(frozen=True, slots=True)
class SheetRequest:
    """What to make.

    Attributes:
        case_folder: the case.
        out: the file; its ending says what is written.
        maker: who makes it when.
        what: an instant for a comparison sheet, a range for a contact sheet.
        choice: which pictures of a range; None for an instant.
        camera_ids: of these cameras, or None for all.
        verifies: whether originals are compared with their hash first.
        replaces: whether a file of that name is replaced.
    """

    case_folder: Path
    out: Path
    maker: Maker
    what: IncidentTime | IncidentRange
    choice: Choice | None = None
    camera_ids: tuple[str, ...] | None = None
    verifies: bool = True
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class SheetResult:
    """What was made.

    Attributes:
        file: where it is.
        sha256: of the file.
        pictures: how many pictures are on it.
        failed: how many frames there were that could not be taken; the sheet says why.
        unaudited_reason: why the audit log does not tell of it, or "".
    """

    file: Path
    sha256: str
    pictures: int
    failed: int
    unaudited_reason: str


def make_sheet(
    request: SheetRequest, progress: Progress, cancelled: IsCancelled, *, case: Case | None = None
) -> SheetResult:
    """Make a sheet. Raises like `app.report_job.make_report`; UsageError also where the choice makes no sense."""
    check_target(request.out, ENDINGS, replaces=request.replaces)
    if case is not None:
        return _make(request, case, progress, cancelled)
    with open_for_telling(request.case_folder) as opened:
        return _make(request, opened, progress, cancelled)


def _make(request: SheetRequest, case: Case, progress: Progress, cancelled: IsCancelled) -> SheetResult:
    facts = read_facts(case, Scope(None, request.camera_ids))
    times = LocalTimes(ZoneInfo(facts.info.time_zone))
    with Scratch("sheet") as folder:
        looks, columns, most_px = _looks(request, facts)
        making = CellMaker(facts, times, folder, most_px, verifies=request.verifies)
        with FrameTaker(case, facts, progress, cancelled, verifies=request.verifies) as taker:
            cells = making.cells(looks, taker, progress, cancelled)
        sheet = Sheet(_title(request), _lines(request, times), columns, cells)
        try:
            _write(request, sheet, facts, progress, cancelled, folder=folder)
            sha256 = sha256_of(request.out)
        except OSError as error:
            raise cannot_write(request.out, error) from error
    told = tell_of(
        case, request.maker.by, "sheet.made", request.out, sha256, about={"sheet": sheet.title, "pictures": sheet.taken}
    )
    return SheetResult(request.out, sha256, sheet.taken, sheet.failed, told)


def _looks(request: SheetRequest, facts: CaseFacts) -> tuple[list[Look], int, int]:
    """Return the looks row by row, how many stand side by side, and how wide a picture may be."""
    tracks, what = facts.tracks, request.what
    if not tracks:
        raise NoSuchItemError("The case has no camera to show.", remedy="Add recordings first.")
    if not isinstance(what, IncidentRange):
        count = len(tracks)
        columns = min(6, isqrt(count - 1) + 1)
        return [Look(track, what) for track in tracks], columns, COMPARISON_PX if count <= 4 else COMPARISON_PX // 2
    assert request.choice is not None
    if len(tracks) == 1:
        instants = instants_of_camera(tracks[0], what, request.choice)
        columns = min(8, isqrt(max(0, len(instants) - 1)) + 1)
        return [Look(tracks[0], instant) for instant in instants], columns, CONTACT_PX
    instants = instants_of_range(what, request.choice)
    return [Look(track, instant) for instant in instants for track in tracks], len(tracks), CONTACT_PX


def _title(request: SheetRequest) -> str:
    return "Contact sheet" if isinstance(request.what, IncidentRange) else "Cameras at one instant"


def _lines(request: SheetRequest, times: LocalTimes) -> tuple[str, ...]:
    what = request.what
    if isinstance(what, IncidentRange):
        when = f"From {times.full(what.start)} to {times.full(what.end)}."
    else:
        when = f"At {times.full(what)}, by the case's common clock."
    note = "Below each picture: when its frame began to show, with the 95 % uncertainty of its camera's clock."
    checked = "" if request.verifies else "The originals were not compared with their hashes now."
    return tuple(filter(None, (when, note, checked)))


def _write(
    request: SheetRequest,
    sheet: Sheet,
    facts: CaseFacts,
    progress: Progress,
    cancelled: IsCancelled,
    *,
    folder: Path,
) -> None:
    paper = _paper(sheet, facts, request.maker)
    match request.out.suffix.casefold():
        case ".pdf":
            write_pdf(paper, request.out, progress, cancelled)
        case ".html":
            write_html(paper, request.out)
        case _:
            raw = folder / "sheet.rgb"
            order = SheetOrder(sheet, paper.head, paper.made_line, raw)
            width, height = print_order(order, sheet.title, progress, cancelled).size
            texts = text_chunks(sheet, facts, paper.made_line)
            write_bytes(request.out, encode_png(width, height, 8, raw.read_bytes(), texts=texts))


@dataclass(frozen=True, slots=True)
class _Printed:
    """A cell for the template: `picture` is its name in the paper, or ""; `number` that of the picture, or ""."""

    number: str
    camera: str
    lines: tuple[str, ...]
    words: str
    picture: str
    origin: Origin | None


def _paper(sheet: Sheet, facts: CaseFacts, maker: Maker) -> Paper:
    columns = max(1, min(sheet.columns, _MOST_PDF_COLUMNS))
    printed = _numbered(sheet.cells)
    rows = [row for at in range(0, len(printed), sheet.columns) for row in _parted(printed[at : at + sheet.columns])]
    pictures = {
        one.picture: Picture("image/png", *cell.size, cell.picture, " ".join((cell.camera, *cell.lines)))
        for one, cell in zip(printed, sheet.cells, strict=True)
        if cell.picture is not None
    }
    content = {
        "lines": sheet.lines,
        "columns": columns,
        "percent": 100 // columns,
        "rows": tuple(rows),
        "picture_px": _PAGE_PX // columns - 10,
        "most_px": max(100, 520 // len(rows) - 60) if 0 < len(rows) <= 3 else 150,
        "sources": tuple(dict.fromkeys(one.origin.source for one in printed if one.origin is not None)),
        "frames": tuple(one for one in printed if one.origin is not None),
    }
    return PaperFrame(facts.info, maker, pictures).paper("sheet.html", sheet.title, content, is_landscape=True)


def _numbered(cells: Sequence[Cell]) -> list[_Printed]:
    printed: list[_Printed] = []
    count = 0
    for cell in cells:
        count += cell.picture is not None
        is_there = cell.picture is not None
        name = f"cell-{count}" if is_there else ""
        printed.append(
            _Printed(f"{count}. " if is_there else "", cell.camera, cell.lines, cell.words, name, cell.origin)
        )
    return printed


def _parted(cells: Sequence[_Printed]) -> list[tuple[_Printed, ...]]:
    return [tuple(cells[at : at + _MOST_PDF_COLUMNS]) for at in range(0, len(cells), _MOST_PDF_COLUMNS)]
