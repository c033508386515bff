"""`preflight`: whether a court pack will play on this machine, said before anyone stands up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.desktop import has_display
from app.cli.options import AsJson, By, PassphraseFile, interruptible, who
from app.cli.output import Output
from app.cli.unlocking import unlocked_for_now
from app.own_keys import own_keys
from app.unlocked_packs import UnlockedPacks
from courtroom.preflight.checks import Outcome
from courtroom.preflight.desk_step import Surroundings
from courtroom.preflight.report import Report, as_document
from courtroom.preflight.run import Request, plan_of
from courtroom.show.source import load_from_pack
from evidence.errors import SightlineError, UsageError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_STYLES = {Outcome.FAIL: "bold red", Outcome.NOTE: "yellow", Outcome.PASS: "green"}


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("preflight")(preflight)


def preflight(
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="The court pack's folder.", show_default=False)],
    quick: Annotated[bool, typer.Option("--quick", help="Look at samples only; that is no full preflight.")] = False,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a certificate to print there: .html or .pdf.")
    ] = None,
    display: Annotated[
        str, typer.Option(metavar="NAME", help="The court's display; the second one if not given.")
    ] = "",
    make_proxies: Annotated[
        bool, typer.Option("--make-proxies", help="Make proxies of items that are too slow, and check again.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    no_screen: Annotated[
        bool, typer.Option("--no-screen", help="Do not show the items on the court's display for a moment.")
    ] = False,
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Check that a court pack will play on this machine, from start to end: exit code 0 only where nothing failed."""
    output = Output(is_json=as_json)
    if not pack.is_dir():
        raise UsageError(f"There is no folder {pack}.", remedy="Name the court pack's folder.")
    if certificate is not None and certificate.suffix.lower() not in {".html", ".pdf"}:
        raise UsageError(
            f"{certificate.name} is neither .html nor .pdf.", remedy="Name it preflight.pdf, for instance."
        )
    with UnlockedPacks() as places:
        places.sweep()
        plain = unlocked_for_now(pack, places, output, passphrase_file)
        request = Request(plain.absolute(), who(by), is_quick=quick, display=display)
        return _go(request, output, certificate, eases=make_proxies, shows=not no_screen)


def _go(request: Request, output: Output, certificate: Path | None, *, eases: bool, shows: bool) -> int:
    from app.preflight import keep_report, make_item_proxies
    from courtroom.preflight.certificate import write_certificate

    _say_how_long(request, output)
    application, around = _desk()
    report = _check(request, around, output)
    slow = tuple(sorted({one.place for one in report.results if one.can_be_eased and one.outcome is Outcome.FAIL}))
    if slow and eases:
        with output.progress("Making proxies") as progress, interruptible() as cancelled:
            make_item_proxies(request.folder, slow, progress, cancelled)
        report = _check(request, around, output)
    if application is not None and report.pack_id and shows:
        report = _rehearse(application, request, report)
    kept = keep_report(report)
    if certificate is not None:
        write_certificate(report, certificate.absolute())
    output.document({"ok": report.is_good, **as_document(report), "kept": kept})
    _tell(report, output)
    if certificate is not None:
        output.line(f"Wrote {certificate}.")
    return 0 if report.is_good else 1


def _say_how_long(request: Request, output: Output) -> None:
    try:
        source = load_from_pack(request.folder, own_keys().knows)
    except SightlineError:
        return  # the checks say why
    output.warn(plan_of(source, is_quick=request.is_quick).words)


def _desk() -> tuple[QApplication | None, Surroundings]:
    if not has_display():
        return None, Surroundings()
    from app.application import make_application
    from courtroom.ui.desk_reader import read_desk
    from player.ui.sound_device import SoundDevices

    application = make_application()
    return application, read_desk(application, SoundDevices())


def _check(request: Request, around: Surroundings, output: Output) -> Report:
    from app.preflight import preflight as check

    with output.progress("Preflight") as progress, interruptible() as cancelled:
        return check(request, around, progress, cancelled)


def _rehearse(application: QApplication, request: Request, report: Report) -> Report:
    from app.court_rehearsal import rehearse_and_wait

    found = rehearse_and_wait(application, request)
    results = sorted((*report.results, *found), key=lambda one: (one.check.number, one.place))
    return replace(report, results=tuple(results))


def _tell(report: Report, output: Output) -> None:
    for one in report.results:
        output.line(f"{one.outcome.value.upper():4}  {one}", style=_STYLES[one.outcome])
        if one.remedy and one.outcome is not Outcome.PASS:
            output.line(f"      {one.remedy}")
    output.line(report.words, style="bold")
