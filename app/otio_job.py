"""Writes the case's timeline as OpenTimelineIO, for editing programs; told in the audit log like any report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from annotations.reports.facts import read_facts
from annotations.reports.scope import WHOLE_CASE, Maker, Scope
from app.report_job import cannot_write, check_target, open_for_telling, sha256_of, tell_of
from evidence.atomic_file import write_bytes
from evidence.audit import JsonValue
from evidence.case import Case
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.time_text import duration_text

ENDINGS = (".otio",)


@dataclass(frozen=True, slots=True)
class OtioRequest:
    """What to write; as `app.report_job.ReportRequest`."""

    case_folder: Path
    out: Path
    maker: Maker
    scope: Scope = WHOLE_CASE
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class OtioResult:
    """What was written.

    Attributes:
        file: where it is.
        sha256: of the file.
        clips: how many there are.
        markers: how many there are.
        notes: what whoever opens it should know: clocks that do not run as the incident's, what is not in it.
        unaudited_reason: why the audit log does not tell of it, or "".
    """

    file: Path
    sha256: str
    clips: int
    markers: int
    notes: tuple[str, ...]
    unaudited_reason: str


def write_otio(
    request: OtioRequest, progress: Progress, _cancelled: IsCancelled, *, case: Case | None = None
) -> OtioResult:
    """Write the timeline. Raises like `app.report_job.make_report`."""
    check_target(request.out, ENDINGS, replaces=request.replaces)
    if case is not None:
        return _write(request, case, progress)
    with open_for_telling(request.case_folder) as opened:
        return _write(request, opened, progress)


def _write(request: OtioRequest, case: Case, progress: Progress) -> OtioResult:
    from annotations.reports.otio import otio_timeline

    progress(ProgressReport(0, None, "", "reading the timeline"))
    made = otio_timeline(read_facts(case, request.scope), request.maker)
    try:
        write_bytes(request.out, made.json.encode())
        sha256 = sha256_of(request.out)
    except OSError as error:
        raise cannot_write(request.out, error) from error
    notes = [
        f"{one.name}: its clock runs {abs(one.rate_ppb) / 1000:g} ppm {'fast' if one.rate_ppb > 0 else 'slow'}; "
        f"its end lies {duration_text(abs(one.end_off_ns))} "
        f"{'late' if one.end_off_ns > 0 else 'early'} on the timeline."
        for one in made.drifts
    ]
    notes += [f"{name} is not in it: it has no place in time, or no length." for name in made.left_out]
    about: dict[str, JsonValue] = {"report": "timeline", "clips": made.clips, "markers": made.markers}
    told = tell_of(case, request.maker.by, "report.made", request.out, sha256, about=about)
    return OtioResult(request.out, sha256, made.clips, made.markers, tuple(notes), told)
