"""The certificate of a preflight, for the bundle: the outcome, item by item, each with its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from annotations.paper import Paper, write_html
from courtroom.preflight.checks import Outcome, Result
from courtroom.preflight.report import Report
from evidence.errors import UsageError


@dataclass(frozen=True, slots=True)
class ItemLines:
    """What is printed of an item; number 0 is the pack and the machine."""

    place: int
    title: str
    pace: str
    results: tuple[Result, ...]

    @property
    def is_failed(self) -> bool:
        """Whether anything about it stands in the way."""
        return any(one.outcome is Outcome.FAIL for one in self.results)


def certificate_paper(report: Report) -> Paper:
    """Return the certificate to print."""
    paces = {pace.place: pace.words for pace in report.paces}
    items = [
        ItemLines(place, title, paces.get(place, ""), report.of_item(place))
        for place, title in enumerate(report.items, start=1)
    ]
    return Paper(
        "preflight.html",
        "Preflight certificate",
        report.reference,
        report.case_title,
        report.zone,
        report.by,
        report.made_ns,
        content={"report": report, "general": report.of_item(0), "items": tuple(items), "failed": Outcome.FAIL},
        program=report.program,
    )


def write_certificate(report: Report, path: Path) -> None:
    """Write the certificate as .html or .pdf, by the file's name.

    Raises:
        UsageError: the name ends otherwise.
        OSError: the disk does not take it.
    """
    paper = certificate_paper(report)
    if path.suffix.lower() == ".html":
        write_html(paper, path)
    elif path.suffix.lower() == ".pdf":
        from annotations.ui.paper_pdf import write_pdf

        write_pdf(paper, path)
    else:
        raise UsageError(f"{path.name} is neither .html nor .pdf.", remedy="Name the certificate preflight.pdf.")
