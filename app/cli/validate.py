"""`validate`: plays numbered clips of every kind on this machine and certifies that each frame is found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import AsJson, interruptible
from app.cli.output import Output


def register(application: typer.Typer) -> None:
    """Add this topic's command."""
    application.command("validate")(validate)


def validate(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the certificate goes.")] = Path("validation-output"),
    quick: Annotated[bool, typer.Option("--quick", help="A part of everything; certifies less.")] = False,
    only: Annotated[list[str] | None, typer.Option(metavar="KIND", help="Only this kind; can be given again.")] = None,
    keep_clips: Annotated[bool, typer.Option("--keep-clips", help="Leave the clips in DIR/clips.")] = False,
    as_json: AsJson = False,
) -> int:
    """Check on this machine that the player finds every frame of every kind of recording, and print a certificate.

    It makes short clips with each frame's number in the picture, plays, seeks, steps and reverses through them, and
    reads the numbers from the pixels. The exit code is 0 only where everything was tested and right.
    """
    from app.validation.certificate import as_document, clip_line, pace_text, verdict_text, write_certificate
    from app.validation.run import ValidationRequest, Verdict, run_validation

    output = Output(is_json=as_json)
    folder = out.absolute()
    request = ValidationRequest(folder / "clips" if keep_clips else None, quick, tuple(only or ()))
    with output.progress("Validating") as progress, interruptible() as cancelled:
        certificate = run_validation(request, progress, cancelled)
    page, data = write_certificate(certificate, folder)
    passed = certificate.verdict is Verdict.PASSED
    output.document({"ok": passed, **as_document(certificate), "page": page, "data": data})
    for name, fact in certificate.machine.items():
        output.line(f"{name}: {fact}")
    for clip in certificate.clips:
        output.line(clip_line(clip))
    if certificate.pace is not None:
        output.line(pace_text(certificate.pace))
    output.line(verdict_text(certificate), style="bold")
    output.line(f"The certificate is {page}")
    return 0 if passed else 1
