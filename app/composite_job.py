"""Makes a video of several cameras into a file, with its report beside it.

1. Which frame each tile shows is looked up, for every frame of the video.
2. Each original that is seen or heard is compared with its hash, unless that was not wanted.
3. A child process decodes, composes, encodes, and checks what it wrote.
4. The originals are still the same files.
5. The reports are written; all files take their names; the audit log tells.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from annotations.composite.draft_files import drafting_files
from annotations.composite.facts import CompositeFacts
from annotations.composite.messages import NotComposed, PreviewOrder, PreviewPicture
from annotations.composite.paper import composite_paper
from annotations.composite.report import report_bytes
from annotations.paper import write_html
from annotations.reports.scope import Maker
from annotations.ui.composite_maker import Composer
from annotations.ui.paper_pdf import write_pdf
from app.composite_plan import CompositeWish, path_of, plan_composite
from app.report_job import cannot_write, check_target, sha256_of, tell_of
from evidence.case import Case
from evidence.errors import Cancelled, MediaError, OriginalChangedError, StorageError
from evidence.hashing import hash_original
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.originals import open_original
from evidence.records import Recording
from evidence.times import IncidentRange, IncidentTime, iso_utc

ENDINGS = (".mp4",)
REPORTS = (".json", ".html", ".pdf")


@dataclass(frozen=True, slots=True)
class CompositeRequest:
    """A video to be made.

    Attributes:
        wish: what it is to be.
        out: the file; its reports go beside it.
        maker: who makes it when.
        verifies: whether originals are compared with their hash first.
        replaces: whether files of that name are replaced.
    """

    wish: CompositeWish
    out: Path
    maker: Maker
    verifies: bool = True
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class CompositeResult:
    """What was made.

    Attributes:
        file: the video.
        report: its report for people, HTML.
        facts: all that the reports say.
        unaudited_reason: why the audit log does not tell of it, or "".
    """

    file: Path
    report: Path
    facts: CompositeFacts
    unaudited_reason: str


def make_composite(
    case: Case, request: CompositeRequest, progress: Progress, cancelled: IsCancelled
) -> CompositeResult:
    """Make a video, as the module describes.

    Raises:
        UsageError: what is wished for makes no sense, or the file is there already.
        OriginalMissingError, OriginalChangedError: an original is not there, or is another file.
        MediaError: it cannot be made, or did not pass its check.
        StorageError: the disk does not take it.
        Cancelled: the user wished it. Whatever is raised, nothing is left behind.
    """
    report_names = [f"{request.out.stem} report{ending}" for ending in REPORTS]
    check_target(request.out, ENDINGS, replaces=request.replaces)
    for name in report_names:
        check_target(request.out.with_name(name), REPORTS, replaces=request.replaces)
    planned = plan_composite(case, request.wish)
    with drafting_files(request.out, [request.out.name, *report_names]) as draft, ExitStack() as stack:
        originals = [stack.enter_context(open_original(path_of(case, one))) for one in planned.recordings]
        if request.verifies:
            _verify(case, planned.recordings, progress, cancelled)  # step 2
        order = replace(planned.order, out_path=os.fsencode(draft / request.out.name))
        with Composer() as composer:  # step 3
            composed = composer.compose(
                order, lambda told: progress(ProgressReport(told.done, told.total, "frames", told.doing)), cancelled
            )
        if isinstance(composed, NotComposed):
            raise _not_composed(composed)
        for original in originals:
            original.check_unchanged()  # step 4
        try:
            file = draft / request.out.name
            facts = CompositeFacts(
                info=planned.facts.info,
                span=request.wish.span,
                by=request.maker.by,
                made_ns=request.maker.made_ns,
                order=order,
                places=planned.places,
                layout=planned.layout,
                heard=planned.heard,
                heard_recordings=planned.heard_recordings,
                verifies=request.verifies,
                composed=composed,
                file_name=request.out.name,
                size_bytes=file.stat().st_size,
                sha256=sha256_of(file),
            )
            paper = composite_paper(facts)
            (draft / report_names[0]).write_bytes(report_bytes(facts))
            write_html(paper, draft / report_names[1])
            write_pdf(paper, draft / report_names[2], cancelled=cancelled)
        except OSError as error:
            raise cannot_write(request.out, error) from error
    told = tell_of(  # step 5
        case,
        request.maker.by,
        "composite.made",
        request.out,
        facts.sha256,
        about={
            "from": iso_utc(request.wish.span.start),
            "to": iso_utc(request.wish.span.end),
            "source": "multi-source" if facts.is_multi_source else "single source",
            "originals": [one.sha256 for one in facts.recordings],
            "originals_verified": request.verifies,
        },
    )
    return CompositeResult(request.out, request.out.with_name(report_names[1]), facts, told)


def make_preview(case: Case, wish: CompositeWish, composer: Composer, cancelled: IsCancelled) -> PreviewPicture:
    """Make the first frame of a video, to look at. Raises as `make_composite` does."""
    rate = wish.rate or Fraction(25)
    first = IncidentRange(wish.span.start, IncidentTime(wish.span.start + 1))
    planned = plan_composite(case, replace(wish, span=first, rate=rate, sound=""))
    answer = composer.preview(PreviewOrder(planned.order, 0), cancelled)
    if isinstance(answer, NotComposed):
        raise _not_composed(answer)
    return answer


def _verify(case: Case, recordings: Sequence[Recording], progress: Progress, cancelled: IsCancelled) -> None:
    for recording in recordings:

        def tell(done: int, recording: Recording = recording) -> None:
            words = f"Verifying {recording.display_name}"
            progress(ProgressReport(done, recording.size_bytes, "bytes", words))

        with open_original(path_of(case, recording)) as original:
            digest = hash_original(original, tell, cancelled)
        if digest is None:
            raise Cancelled("Composing was cancelled.", meaning="Nothing was written.")
        if digest.hex != recording.sha256:
            raise OriginalChangedError(
                f"{recording.display_name} is not the file that was added: its SHA-256 is another one.",
                meaning="No video was made of it.",
                remedy="Look for an unchanged copy, and find out what happened to this one.",
            )


def _not_composed(answer: NotComposed) -> MediaError | StorageError:
    kind = StorageError if answer.is_disk else MediaError
    return kind(answer.reason, meaning="Nothing was exported and nothing is left of it.", remedy=answer.remedy)
