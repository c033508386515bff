"""Makes a report of a case into one file: HTML, PDF or CSV, by the name's ending.

1. The case is read; for pictures each original is compared with its hash first.
2. The file is written in one step; a file that is there already is replaced only where that was said.
3. The audit log tells of it, with its SHA-256, where the case can be written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from annotations.paper import write_csv, write_html
from annotations.reports.angles import Angles, make_angles
from annotations.reports.chronology import chronology
from annotations.reports.coverage import coverage_report
from annotations.reports.exhibits import exhibit_list
from annotations.reports.facts import CaseFacts, read_facts
from annotations.reports.report import Report
from annotations.reports.scope import WHOLE_CASE, Maker, ReportKind, Scope
from annotations.reports.timings import timings
from annotations.ui.paper_pdf import write_pdf
from app.silences import preview_stores, read_silences
from evidence.audit import JsonValue
from evidence.case import Case
from evidence.errors import CaseBusyError, SightlineError, StorageError, UsageError
from evidence.jobs import IsCancelled, Progress
from evidence.scratch import Scratch
from evidence.time_text import LocalTimes

ENDINGS = (".html", ".pdf", ".csv")


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What to make.

    Attributes:
        case_folder: the case.
        kind: which report.
        out: the file; its ending says what is written.
        maker: who makes it when.
        scope: of what.
        with_stills: whether a chronology shows each camera's picture at each mark.
        replaces: whether a file of that name is replaced.
    """

    case_folder: Path
    kind: ReportKind
    out: Path
    maker: Maker
    scope: Scope = WHOLE_CASE
    with_stills: bool = False
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class ReportResult:
    """What was made.

    Attributes:
        file: where it is.
        sha256: of the file.
        items: how many marks, recordings or cameras it tells of.
        pages: of a PDF; else None.
        pictures_failed: how many pictures could not be made; the report says which and why.
        unaudited_reason: why the audit log does not tell of it, or "".
    """

    file: Path
    sha256: str
    items: int
    pages: int | None
    pictures_failed: int
    unaudited_reason: str


def make_report(
    request: ReportRequest, progress: Progress, cancelled: IsCancelled, *, case: Case | None = None
) -> ReportResult:
    """Make a report, as the module describes.

    Args:
        request: what to make.
        progress: told what is done.
        cancelled: asked between steps.
        case: the case, where it is open already; else it is opened for this.

    Raises:
        CaseError: the case cannot be opened.
        UsageError: the file's name has another ending, or the file is there already.
        StorageError: the disk does not take it.
        Cancelled: the user wished it; nothing is left behind.
    """
    check_target(request.out, ENDINGS, replaces=request.replaces)
    if request.with_stills and (request.kind is not ReportKind.CHRONOLOGY or request.out.suffix.casefold() == ".csv"):
        raise UsageError(
            "Only a chronology as HTML or PDF has pictures.", remedy="Leave the pictures out, or name another file."
        )
    if case is not None:
        return _make(request, case, progress, cancelled)
    with open_for_telling(request.case_folder) as opened:
        return _make(request, opened, progress, cancelled)


def open_for_telling(folder: Path) -> Case:
    """Open a case; one that another program is changing is read all the same, and its log is not written."""
    try:
        return Case.open(folder)
    except CaseBusyError:
        return Case.open(folder, read_only=True)


def check_target(out: Path, endings: tuple[str, ...], *, replaces: bool) -> None:
    """Check a file's name before any work is done. Raises UsageError, StorageError."""
    if out.suffix.casefold() not in endings:
        named = ", ".join(endings)
        raise UsageError(f"{out.name} does not say what is to be written.", remedy=f"Let its name end in {named}.")
    if out.exists() and not replaces:
        raise UsageError(
            f"{out.name} is there already.",
            meaning="It was left as it is, because somebody may have been given it.",
            remedy="Choose another name, or say that it may be replaced.",
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(out, error) from error


def cannot_write(out: Path, error: OSError) -> StorageError:
    """Return the error for a disk that does not take a file."""
    return StorageError(
        f"{out.name} cannot be written: {error.strerror or error}.",
        meaning="Nothing was written; the case is as it was.",
        remedy="Check the folder, the disk and its free space.",
    )


def tell_of(case: Case, by: str, action: str, file: Path, sha256: str, *, about: Mapping[str, JsonValue]) -> str:
    """Tell the audit log of a file that was made for others; return why it could not be told, or ""."""
    if case.is_read_only:
        return f"The case is open read-only ({case.read_only_reason})."
    try:
        with case.change(by, "telling of a report") as change:
            change.tell(action, file=file.name, folder=str(file.parent), sha256=sha256, about=about)
    except SightlineError as error:
        return str(error)
    return ""


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file of our own. Raises OSError."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _make(request: ReportRequest, case: Case, progress: Progress, cancelled: IsCancelled) -> ReportResult:
    facts = read_facts(case, request.scope)
    with Scratch("report") as folder:
        angles = None
        if request.with_stills:
            angles = make_angles(case, facts, folder, progress, cancelled)
        report = _report(request, case, facts, progress, cancelled, angles=angles)
        try:
            pages = _write(request.out, report, progress, cancelled)
            sha256 = sha256_of(request.out)
        except OSError as error:
            raise cannot_write(request.out, error) from error
    told = tell_of(
        case,
        request.maker.by,
        "report.made",
        request.out,
        sha256,
        about={"report": request.kind.value, "items": report.items},
    )
    return ReportResult(request.out, sha256, report.items, pages, 0 if angles is None else angles.failed, told)


def _report(
    request: ReportRequest,
    case: Case,
    facts: CaseFacts,
    progress: Progress,
    cancelled: IsCancelled,
    *,
    angles: Angles | None,
) -> Report:
    times = LocalTimes(ZoneInfo(facts.info.time_zone))
    match request.kind:
        case ReportKind.CHRONOLOGY:
            of_mark, pictures = (None, None) if angles is None else (angles.of_mark, angles.pictures)
            return chronology(facts, request.maker, times, angles=of_mark, pictures=pictures)
        case ReportKind.EXHIBITS:
            return exhibit_list(facts, request.maker, times)
        case ReportKind.TIMINGS:
            return timings(facts, request.maker, times)
        case ReportKind.COVERAGE:
            silences = read_silences(facts.recordings, preview_stores(case.folder), progress, cancelled)
            return coverage_report(facts, silences, request.maker, times)


def _write(out: Path, report: Report, progress: Progress, cancelled: IsCancelled) -> int | None:
    match out.suffix.casefold():
        case ".pdf":
            return write_pdf(report.paper, out, progress, cancelled).pages
        case ".html":
            write_html(report.paper, out)
        case _:
            write_csv(out, report.heads, report.rows)
    return None
