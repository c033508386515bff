"""`open --court`, `--resume` and `court-log`: showing a run sheet in court, going on after a crash, what was shown."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from platformdirs import user_data_path

from annotations.paper import write_html
from app.cli.desktop import has_display
from app.cli.options import AsJson, By, CasePath, who
from app.cli.output import Output
from app.cli.unlocking import unlocked_for_now
from app.own_keys import own_keys
from app.unlocked_packs import UnlockedPacks, check_unlocked
from courtroom.pack.layout import find_pack
from courtroom.pack.opening import open_pack
from courtroom.pack.verify import nobody_known
from courtroom.show.keys import keys_page, keys_text
from courtroom.show.log_report import LogForm, LogRow, as_document, form_of, json_of, paper_of, rows_of, table_of
from courtroom.show.resume import find_interrupted
from courtroom.show.source import COURT_LOG, CourtSource, load_from_case, load_from_pack, pack_id, side_folder
from evidence.atomic_file import write_bytes
from evidence.audit import AuditReport, check_audit
from evidence.case import Case
from evidence.errors import NoSuchItemError, UsageError
from evidence.time_text import LocalTimes

NEWEST = "last"
OutPath = Annotated[
    Path | None, typer.Option("--out", help="Write it there: .html, .pdf, .csv or .json by the file's name.")
]


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("court-log")(court_log)
    application.command("court-keys")(court_keys)


def check_display() -> None:
    """Raise UsageError where no window can be opened."""
    if not has_display():
        raise UsageError(
            "There is no display to open a window on.",
            remedy="Log in to a desktop, or use the other commands (`sightline --help`); they need none.",
        )


def show_in_court(folder: Path, wanted: str, *, display: str, by: str, passphrase_file: Path | None = None) -> int:
    """Open court screen and console on a run sheet of a case or a pack; return the exit code when it was ended.

    A locked pack is unlocked for as long as it is shown.
    """
    check_display()
    with UnlockedPacks() as places:
        places.sweep()
        plain = unlocked_for_now(folder, places, Output(is_json=False), passphrase_file)
        source = load_source(plain, "" if wanted == NEWEST else wanted)
        from app.court_show import CourtStart, run_court

        return run_court(source, CourtStart(who(by), display))


def resume_court() -> int:
    """Go on where court mode was interrupted."""
    check_display()
    stood = find_interrupted(user_data_path("sightline", appauthor=False) / "court" / "resume.json")
    if stood is None:
        raise NoSuchItemError(
            "No show was interrupted.",
            remedy="Open the case or the pack in court mode: sightline open CASE --court RUNSHEET",
        )
    check_unlocked(stood.folder, item=stood.place + 1)
    with UnlockedPacks() as places:
        places.sweep(keep=stood.folder)
        source = load_source(stood.folder, stood.sheet)
        from app.court_show import run_court, start_again

        return run_court(source, start_again(stood, source))


def load_source(folder: Path, wanted: str) -> CourtSource:
    """Return a run sheet of a case, or a pack's own, with all that it needs. Raises SightlineError."""
    pack = find_pack(folder)
    if pack is None:
        return load_from_case(folder, wanted)
    source = load_from_pack(pack, own_keys().knows)
    if wanted not in {"", source.sheet.id, source.sheet.title}:
        raise NoSuchItemError(
            f"The pack has no run sheet “{wanted}”.", remedy=f"It has one alone: “{source.sheet.title}”, or “{NEWEST}”."
        )
    return source


def court_keys(
    out: Annotated[Path | None, typer.Option("--out", help="Write a page to print there: .html.")] = None,
) -> int:
    """Print the keys of court mode, or write them as a page to print."""
    if out is None:
        Output(is_json=False).line(keys_text())
    else:
        write_bytes(out, keys_page().encode())
    return 0


def court_log(case: CasePath, out: OutPath = None, by: By = "", as_json: AsJson = False) -> int:
    """Print, or write for the record, what a case or a pack showed in court and when; check that the log is whole.

    Exit code 1 where the chain of the log does not hold.
    """
    output = Output(is_json=as_json)
    logged = _find_log(case)
    report, rows = check_audit(logged.log), rows_of(logged.log)
    if out is not None:
        _write(out, logged, report, rows, who(by))
    output.document({"ok": report.is_whole, "report": report, "rows": as_document(rows)})
    times = LocalTimes(ZoneInfo(logged.zone))
    for row in rows if out is None else ():
        output.line(f"{times.day(row.time)} {times.clock(row.time, 1)}  {row.line(times.clock)}")
    output.line(f"{report.entries} records; the chain {'holds' if report.is_whole else 'DOES NOT HOLD'}.", style="bold")
    for finding in report.findings:
        output.line(f"{finding}")
    return 0 if report.is_whole else 1


@dataclass(frozen=True, slots=True)
class _Logged:
    """A court log and the case that it is about."""

    log: Path
    title: str
    reference: str
    zone: str


def _find_log(folder: Path) -> _Logged:
    """Return where the court log of a case or a pack lies. Raises SightlineError."""
    pack = find_pack(folder)
    if pack is not None:
        with open_pack(pack, nobody_known) as opened:
            info, source_id = opened.case.info(), pack_id(opened.case.info().id, opened.sheet.id)
    else:
        with Case.open(folder, read_only=True) as case:
            info = case.info()
            source_id = info.id
    own = side_folder(user_data_path("sightline", appauthor=False), source_id) / COURT_LOG
    beside = folder / COURT_LOG
    log = beside if pack is None and (beside.is_file() or not own.is_file()) else own
    return _Logged(log, info.title, info.reference, info.time_zone)


def _write(out: Path, logged: _Logged, report: AuditReport, rows: tuple[LogRow, ...], by: str) -> None:
    form = form_of(out)
    if form is LogForm.CSV:
        write_bytes(out, table_of(rows, logged.zone))
        return
    if form is LogForm.JSON:
        write_bytes(out, json_of(rows))
        return
    paper = paper_of(
        rows,
        report,
        title=logged.title,
        reference=logged.reference,
        zone=logged.zone,
        by=by,
        made_ns=time.time_ns(),
    )
    if form is LogForm.HTML:
        write_html(paper, out)
    else:
        from annotations.ui.paper_pdf import write_pdf

        write_pdf(paper, out)
