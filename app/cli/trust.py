"""`verify` and `audit`: whether the originals are what was added, and whether the log of what was done is whole."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.options import AsJson, By, CasePath, interruptible, who
from app.cli.output import Output
from app.cli.packs import verify_pack_at
from courtroom.pack.layout import BAGIT, find_pack
from evidence.audit import check_audit
from evidence.case import Case
from evidence.verify import Verdict, VerifyRequest, verify_originals

_WORDS = {Verdict.VERIFIED: "verified", Verdict.MISMATCH: "MISMATCH", Verdict.UNKNOWN: "unknown"}


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("verify")(verify)
    application.command("audit")(audit)


def verify(
    case: CasePath,
    fingerprint: Annotated[str, typer.Option(help="Of a pack: the fingerprint of the key you expect.")] = "",
    remember: Annotated[str, typer.Option(metavar="NAME", help="With --fingerprint: know that key from now on.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Read every original again and compare it with its SHA-256; check the audit log and the database too.

    Of a court pack: check every file, the manifests and the signature. The exit code is 0 only where everything is
    verified; what is missing or cannot be read is unknown, not good.
    """
    output = Output(is_json=as_json)
    if (pack := find_pack(case)) is not None or (case / BAGIT).is_file():
        return verify_pack_at(pack or case, fingerprint=fingerprint, remember=remember, output=output)
    with output.progress("Verifying") as progress, interruptible() as cancelled:
        result = verify_originals(VerifyRequest(case, who(by)), progress, cancelled)
    good = result.verdict is Verdict.VERIFIED
    output.document({"ok": good, **{name: getattr(result, name) for name in result.__dataclass_fields__}})
    for item in result.items:
        output.line(f"{_WORDS[item.verdict]:9}  {item.display_name}  {item.detail}".rstrip())
    for finding in result.findings:
        output.line(f"{finding.severity}: {finding}")
    output.line(f"In all: {_WORDS[result.verdict]}.", style="bold")
    return 0 if good else 1


def audit(case: CasePath, as_json: AsJson = False) -> int:
    """Check the chain of the audit log, line by line, and print what it tells. Exit code 1 where it does not hold."""
    output = Output(is_json=as_json)
    with Case.open(case, read_only=True) as opened:
        log, anchor, pending = opened.folder / "audit.log", opened.audit_anchor(), opened.pending_events()
        report = check_audit(log, anchor, pending=pending)
    output.document({"ok": report.is_whole, "report": report})
    output.line(f"{report.entries} entries; the chain {'holds' if report.is_whole else 'DOES NOT HOLD'}.", style="bold")
    for finding in report.findings:
        output.line(f"{finding}")
    return 0 if report.is_whole else 1
