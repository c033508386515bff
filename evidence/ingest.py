"""Adds files to a case: finds them, has each examined in a child process, and confirms one after the other.

1. Walk what was offered, so that the length of all is known.
2. Note in the case that a run has begun.
3. For each file: examine it; then in one transaction add it with everything known of it, or note why it was refused,
   or that it is there already; then the audit log; only then it counts as confirmed.
4. Work out which recordings continue one another, and note that the run is finished.

Cancelled, the run is undone in one transaction. Killed, what it confirmed stays whole, and adding the same again goes
on from there: what is there already is recognised by its hash.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from evidence.case import Case
from evidence.edits.cameras import BY_HAND
from evidence.errors import Cancelled, StorageError
from evidence.examination import Examination
from evidence.grouping import CameraChoice, KnownCamera, choose_camera
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.records import CameraKind, Finding, Recording, Refusal, Severity
from evidence.scan import FoundFile, Ignored, Scan, scan_paths
from evidence.text import clean_line, display_name


class ExaminesFiles(Protocol):
    """What examines one file; the real one does it in a child process (`evidence.examiner`)."""

    def examine(self, path_bytes: bytes, on_bytes: Callable[[int], None], cancelled: IsCancelled) -> Examination:
        """Return what the file is, also where it is no recording. Tells how many of its bytes it has read."""
        ...


ExaminerFactory = Callable[[], AbstractContextManager[ExaminesFiles]]


@dataclass(frozen=True, slots=True)
class AddRequest:
    """What to add to which case.

    Attributes:
        paths: files and folders, as the operating system names them.
        by: who adds them.
        camera: name of the camera that they all belong to, made where there is none; None to find out from each.
        kind: what sort of device new cameras are; None to find out.
        exhibit: exhibit reference of all of them, or "".
    """

    case_folder: Path
    paths: tuple[bytes, ...]
    by: str
    camera: str | None = None
    kind: CameraKind | None = None
    exhibit: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A file that was not added, because the case holds the same bytes already.

    Attributes:
        first_id: id of the recording that holds them.
        first_name: its name for people.
        is_same_path: whether it is the very file that was added before, and no copy elsewhere.
    """

    path_bytes: bytes
    display_name: str
    first_id: str
    first_name: str
    is_same_path: bool


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of everything that was offered.

    Attributes:
        ignored: what systems leave lying about, and folders that were passed over; nothing else is.
        cancelled: whether the user stopped it; then the case is as it was, and nothing is listed.
        size_bytes: length of all files that were examined.
        seconds: how long it took.
    """

    added: tuple[Recording, ...]
    duplicates: tuple[Duplicate, ...]
    refused: tuple[Refusal, ...]
    ignored: tuple[Ignored, ...]
    cancelled: bool
    size_bytes: int
    seconds: float


def add_files(
    request: AddRequest,
    progress: Progress,
    cancelled: IsCancelled,
    *,
    examiner_factory: ExaminerFactory | None = None,
    case: Case | None = None,
    on_confirmed: Callable[[str], None] = lambda _recording_id: None,
) -> AddResult:
    """Add files to a case, as the module describes. Bad input is never an error: it is refused, with the reason.

    Args:
        request: what to add.
        progress: told bytes done and in all, from this thread.
        cancelled: asked between small steps.
        examiner_factory: what examines; the child process of `evidence.examiner` where it is None.
        case: the case, where it is open already; else it is opened for this.
        on_confirmed: told the id of each recording as soon as nothing can take it away any more.

    Raises:
        CaseError: the case cannot be opened or changed.
        StorageError: the disk is full or failing; what was confirmed stays, the rest was not begun.
    """
    with contextlib.ExitStack() as stack:
        opened = case if case is not None else stack.enter_context(Case.open(request.case_folder))
        run = _Run(opened, request, progress, cancelled, on_confirmed)
        return run.go(examiner_factory or _own_examiner)


class _Run:
    """One run of adding files, from the first look to the result."""

    def __init__(
        self,
        case: Case,
        request: AddRequest,
        progress: Progress,
        cancelled: IsCancelled,
        on_confirmed: Callable[[str], None],
    ) -> None:
        self._case = case
        self._request = request
        self._progress = progress
        self._cancelled = cancelled
        self._on_confirmed = on_confirmed
        self._camera = clean_line(request.camera, limit=120) if request.camera else ""
        self._begun = time.monotonic()
        self._done_bytes = self._total_bytes = self._examined_bytes = 0
        self._added: list[str] = []
        self._duplicates: list[Duplicate] = []
        self._refused: list[Refusal] = []
        self._batch_id = ""

    def go(self, examiner_factory: ExaminerFactory) -> AddResult:
        self._progress(ProgressReport(0, None, "bytes", "Looking for files"))
        paths = tuple(os.path.abspath(path) for path in self._request.paths)  # noqa: PTH100 - bytes
        scan = scan_paths(paths, self._cancelled)  # step 1
        if self._cancelled():
            return self._result((), is_cancelled=True)
        self._total_bytes = scan.size_bytes
        self._batch_id = self._case.begin_batch(paths, by=self._request.by)  # step 2
        is_settled = False
        try:
            self._add_all(scan, examiner_factory)
            self._case.finish_batch(self._batch_id, by=self._request.by, ignored=len(scan.ignored))  # step 4
            is_settled = True
        except Cancelled:
            self._case.cancel_batch(self._batch_id, by=self._request.by)
            is_settled = True
            return self._result((), is_cancelled=True)
        finally:
            if not is_settled:
                with contextlib.suppress(StorageError):
                    self._case.mark_interrupted(self._batch_id)
        return self._result(scan.ignored, is_cancelled=False)

    def _add_all(self, scan: Scan, examiner_factory: ExaminerFactory) -> None:
        with examiner_factory() as examiner:
            for file in scan.files:
                self._stop_where_cancelled()
                self._add(examiner, file)  # step 3
                self._done_bytes += file.size_bytes
        for folder, finding in scan.unreadable:
            found = Examination(folder, display_name(folder), 0, 0, "", refused=finding)
            self._refuse(found, finding)
        self._stop_where_cancelled()

    def _add(self, examiner: ExaminesFiles, file: FoundFile) -> None:
        name = display_name(file.path_bytes)

        def tell(done: int) -> None:
            within = min(done, file.size_bytes)
            self._progress(ProgressReport(self._done_bytes + within, self._total_bytes, "bytes", name))

        tell(0)
        found = examiner.examine(file.path_bytes, tell, self._cancelled)
        self._stop_where_cancelled()
        self._examined_bytes += found.size_bytes
        if found.refused is not None:
            self._refuse(found, found.refused)
        elif not found.sha256:
            self._refuse(found, _unhashed(found))
        elif not self._note_duplicate(found) and not self._confirm(found):
            self._note_duplicate(found)  # another run added it meanwhile
        tell(file.size_bytes)

    def _confirm(self, found: Examination) -> bool:
        """Add a recording, or refuse it where its numbers cannot be; False where it is there already."""
        try:
            recording_id = self._case.confirm_recording(
                self._batch_id,
                found,
                lambda known: self._choose(known, found),
                exhibit=clean_line(self._request.exhibit, limit=120),
                by=self._request.by,
            )
        except ValueError as error:
            self._refuse(found, _impossible(found, error))
            return True
        if recording_id is None:
            return False
        self._added.append(recording_id)
        self._on_confirmed(recording_id)
        return True

    def _choose(self, known: Sequence[KnownCamera], found: Examination) -> CameraChoice:
        """Return the camera: the one that was named, or else the one that grouping finds."""
        if not self._camera:
            choice = choose_camera(known, found)
            return choice if self._request.kind is None else replace(choice, kind=self._request.kind)
        for camera in known:
            if camera.name.casefold() == self._camera.casefold():
                return CameraChoice(camera.id, camera.name, camera.kind, "", BY_HAND)
        kind = self._request.kind or found.hint.kind or choose_camera((), found).kind
        return CameraChoice(None, self._camera, kind, "", BY_HAND)

    def _note_duplicate(self, found: Examination) -> bool:
        """Note that the case holds the same bytes already; False where it does not."""
        first = self._case.find_by_hash(found.sha256)
        if first is None:
            return False
        first_id, first_name, first_path = first
        self._case.note_duplicate(self._batch_id, found, first_id, by=self._request.by)
        is_same = found.path_bytes == first_path
        self._duplicates.append(Duplicate(found.path_bytes, found.display_name, first_id, first_name, is_same))
        return True

    def _refuse(self, found: Examination, finding: Finding) -> None:
        self._refused.append(self._case.refuse(self._batch_id, found, finding, by=self._request.by))

    def _stop_where_cancelled(self) -> None:
        if self._cancelled():
            raise Cancelled("Adding files was cancelled.", meaning="The case is as it was before.")

    def _result(self, ignored: tuple[Ignored, ...], *, is_cancelled: bool) -> AddResult:
        ids = set() if is_cancelled else set(self._added)
        return AddResult(
            added=tuple(one for one in self._case.recordings() if one.id in ids) if ids else (),
            duplicates=() if is_cancelled else tuple(self._duplicates),
            refused=() if is_cancelled else tuple(self._refused),
            ignored=ignored,
            cancelled=is_cancelled,
            size_bytes=self._examined_bytes,
            seconds=time.monotonic() - self._begun,
        )


def _impossible(found: Examination, error: ValueError) -> Finding:
    return Finding(
        code="impossible-numbers",
        severity=Severity.PROBLEM,
        happened=f"{found.display_name} states a time or a size that cannot be: {error}.",
        meaning="It is damaged or was made to confuse; its frames cannot be placed in time.",
        remedy="Ask the source for a complete copy; keep this one as it is.",
    )


def _unhashed(found: Examination) -> Finding:
    return Finding(
        code="unhashed",
        severity=Severity.PROBLEM,
        happened=f"{found.display_name} could not be read to its end, so it has no hash.",
        meaning="Without a hash nobody could show later that it is the same file, so it was not added.",
        remedy="Copy it again from its source, or try another drive or cable.",
    )


@contextlib.contextmanager
def _own_examiner() -> Iterator[ExaminesFiles]:
    from evidence.examiner import Examiner

    with Examiner() as examiner:
        yield examiner
