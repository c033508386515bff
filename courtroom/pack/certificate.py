"""The sync certificate of a pack: of its cameras and recordings alone, as a page, for printing, and for machines."""

from __future__ import annotations

import time
from pathlib import Path

from annotations.sync_paper import certificate_json, certificate_paper, write_paper
from annotations.sync_pictures import make_pictures
from courtroom.pack.bag import BagFile, BagWriter
from courtroom.pack.layout import CERTIFICATE, CERTIFICATE_JSON, CERTIFICATE_PDF
from evidence.case import Case
from evidence.errors import Cancelled, SightlineError
from evidence.extract import ExtractPlan, foreign_words
from evidence.jobs import IsCancelled, Progress
from sync.part_certificate import CertifiedPart, make_part_certificate

_COMMANDS = ("sightline verify PACK",)


def write_certificate(
    bag: BagWriter, draft: Path, case: Case, plan: ExtractPlan, *, by: str, progress: Progress, cancelled: IsCancelled
) -> str:
    """Write the certificate into a pack under way, with pictures of the matched moments.

    Args:
        bag: takes up its files.
        draft: the pack's folder.
        case: the whole case.
        plan: what is in the pack.
        by: who makes it.
        progress: told what is being made.
        cancelled: asked between pictures.

    Returns:
        Why there is no PDF of it, or "". It is the page over again, so no pack fails for it.

    Raises:
        CaseDamagedError: the case cannot be read.
        Cancelled: the user wished it.
        OSError: the disk does not take it.
    """
    part = CertifiedPart(frozenset(plan.camera_ids), frozenset(plan.paths), foreign_words(case, plan))
    certificate = make_part_certificate(case, part, _COMMANDS, by=by, now_ns=time.time_ns())
    paper = certificate_paper(certificate, make_pictures(case, certificate, progress, cancelled))
    bag.write(CERTIFICATE_JSON, certificate_json(certificate))
    write_paper(paper, draft / CERTIFICATE, progress, cancelled)
    bag.take(CERTIFICATE)
    try:
        write_paper(paper, draft / CERTIFICATE_PDF, progress, cancelled)
    except Cancelled:
        raise
    except SightlineError as error:
        return str(error)
    bag.take(CERTIFICATE_PDF)
    return ""


def certificate_links(payload: tuple[BagFile, ...]) -> tuple[str, ...]:
    """Return which forms of the certificate a pack holds, the page first."""
    there = {file.path for file in payload}
    return tuple(path for path in (CERTIFICATE, CERTIFICATE_PDF, CERTIFICATE_JSON) if path in there)
