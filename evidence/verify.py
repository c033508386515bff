"""Checks a case: every original against its hash, the audit log against its chain, the database against itself.

1. The database is whole, by SQLite's own check.
2. The audit log is whole, and ends where the case remembers (`evidence.audit_check`).
3. Each original is found, and read once from start to end through `evidence.originals`.
4. Its SHA-256 is compared with the one taken when it was added.
5. The verdict on the whole is the worst of all; what could not be checked is unknown, never good.
6. The result is kept in the case and told in the audit log, where the case can be written.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from evidence.audit import AuditReport, check_audit
from evidence.case import Case
from evidence.case_folder import AUDIT_LOG
from evidence.edits.verifications import CheckOutcome
from evidence.errors import CaseBusyError, NoSuchItemError, OriginalChangedError, OriginalError
from evidence.hashing import Digest, hash_original
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.originals import open_original
from evidence.records import Finding, Recording, Severity
from evidence.text import clean_text


class Verdict(StrEnum):
    """What a check says; ordered from best to worst by `worst_of`."""

    VERIFIED = "VERIFIED"
    UNKNOWN = "UNKNOWN"
    MISMATCH = "MISMATCH"


_FROM_BEST = (Verdict.VERIFIED, Verdict.UNKNOWN, Verdict.MISMATCH)
_MOST_FINDINGS = 100


def worst_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict; VERIFIED where there is none at all."""
    return max(verdicts, key=_FROM_BEST.index, default=Verdict.VERIFIED)


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """What to check.

    Attributes:
        by: who has it checked.
        recording_ids: the recordings to check, or None for all.
    """

    case_folder: Path
    by: str
    recording_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """What the check says of one recording.

    Attributes:
        expected_sha256: taken when it was added.
        found_sha256: of the file as it is now, or "" where it could not be read to its end.
        detail: why the verdict is not VERIFIED, in words; else "".
    """

    recording_id: str
    display_name: str
    exhibit: str
    verdict: Verdict
    expected_sha256: str
    found_sha256: str
    detail: str


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What the check says of the case.

    Attributes:
        verdict: the worst of all.
        items: one a recording, in the order in which they were added.
        audit: what was found of the audit log, or None where it could not be read.
        findings: what is wrong with the log and the database.
        cancelled: whether the user stopped it; what was not reached is UNKNOWN.
        is_kept: whether the case keeps the result; it cannot where it is read-only, or open for changes elsewhere.
        size_bytes: how much was read.
        seconds: how long it took.
    """

    verdict: Verdict
    items: tuple[ItemVerdict, ...]
    audit: AuditReport | None
    findings: tuple[Finding, ...]
    cancelled: bool
    is_kept: bool
    size_bytes: int
    seconds: float


def verify_originals(
    request: VerifyRequest, progress: Progress, cancelled: IsCancelled, *, case: Case | None = None
) -> VerifyResult:
    """Check a case, as the module describes. What is wrong is in the result; it is not raised.

    Args:
        request: what to check.
        progress: told bytes read and in all, from this thread.
        cancelled: asked after every mebibyte.
        case: the case, where it is open already; else it is opened for this.

    Raises:
        CaseError: the case cannot be opened.
        NoSuchItemError: a recording was asked for that the case does not hold.
        StorageError: the result could not be kept.
    """
    with contextlib.ExitStack() as stack:
        opened = case if case is not None else stack.enter_context(_open(request.case_folder))
        begun_ns, begun = time.time_ns(), time.monotonic()
        findings = check_database(opened)  # step 1
        log, log_findings = check_log(opened)  # step 2
        findings += log_findings
        check = _OriginalsCheck(opened, progress, cancelled)
        items = check.go(_wanted(opened, request))
        verdict = worst_of(  # step 5
            [item.verdict for item in items] + [_verdict_on(finding) for finding in findings]
        )
        if not opened.is_read_only:  # step 6
            outcome = CheckOutcome(
                verdicts={item.recording_id: (item.verdict.value, item.detail) for item in items},
                overall=verdict.value,
                begun_ns=begun_ns,
                log_seq=log.last_seq if log else 0,
                log_sha256=log.last_sha256 if log else "",
                findings=tuple(str(finding) for finding in findings),
            )
            opened.keep_verification(outcome, by=request.by)
        return VerifyResult(
            verdict=verdict,
            items=items,
            audit=log,
            findings=tuple(findings),
            cancelled=cancelled(),
            is_kept=not opened.is_read_only,
            size_bytes=check.read_bytes,
            seconds=time.monotonic() - begun,
        )


def check_database(case: Case) -> list[Finding]:
    """Return what SQLite finds wrong with the case's database: its pages, and rows that point nowhere."""
    with case.reading("checking the database") as session:
        try:
            said = list(session.execute(text("PRAGMA integrity_check(100)")).scalars())
            lost = session.execute(text("PRAGMA foreign_key_check")).all()
            acting = session.execute(
                text("SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view')")
            ).all()
        except DatabaseError as error:
            said, lost, acting = [str(error.orig)], [], []
    flaws = [flaw for flaw in said if flaw != "ok"]
    flaws += [f"it holds a {row[0]} “{clean_text(row[1])}” that Sightline did not make" for row in acting]
    flaws += [f"a row of {row[0]} points to a row of {row[2]} that is not there" for row in lost[:_MOST_FINDINGS]]
    return [
        Finding(
            code="database-damaged",
            severity=Severity.PROBLEM,
            happened=f"The case's database is damaged: {flaw}.",
            meaning="What the case says of its recordings cannot be relied on; the originals are not touched by this.",
            remedy="Go on from a backup of the case, or add the originals to a new one.",
        )
        for flaw in flaws
    ]


def check_log(case: Case) -> tuple[AuditReport | None, list[Finding]]:
    """Check the audit log against its chain and against what the case remembers of it."""
    try:
        report = check_audit(case.folder / AUDIT_LOG, case.audit_anchor(), pending=case.pending_events())
    except OSError as error:
        unread = Finding(
            code="audit-log-unread",
            severity=Severity.WARNING,
            happened=f"The case's audit.log could not be read: {error.strerror or error}.",
            meaning="Nothing can be said of whether the record of what was done is whole.",
            remedy="Get the right to read it, or check the disk, and verify again.",
        )
        return None, [unread]
    found = [
        Finding(
            code=f"audit-log-{one.flaw.value.replace(' ', '-')}",
            severity=one.severity,
            happened=f"audit.log, line {one.line}: {one.text}",
            meaning="The record of what was done to the case is not as it was written."
            if one.severity is Severity.PROBLEM
            else "A kill or a full disk left it; everything that was confirmed is there.",
            remedy="Keep the folder as it is, and compare with a backup or with hashes that were handed out."
            if one.severity is Severity.PROBLEM
            else "",
        )
        for one in report.findings[:_MOST_FINDINGS]
    ]
    return report, found


class _OriginalsCheck:
    """Reads originals and compares their hashes, telling how far it is."""

    def __init__(self, case: Case, progress: Progress, cancelled: IsCancelled) -> None:
        self._case = case
        self._progress = progress
        self._cancelled = cancelled
        self._total = 0
        self._before = 0
        self.read_bytes = 0

    def go(self, recordings: tuple[Recording, ...]) -> tuple[ItemVerdict, ...]:
        self._total = sum(recording.size_bytes for recording in recordings)
        places = self._case.find_originals(recordings)
        items: list[ItemVerdict] = []
        for recording in recordings:
            verdict, found, detail = self._check(recording, places[recording.id])
            items.append(
                ItemVerdict(
                    recording_id=recording.id,
                    display_name=recording.display_name,
                    exhibit=recording.exhibit,
                    verdict=verdict,
                    expected_sha256=recording.sha256,
                    found_sha256=found,
                    detail=detail,
                )
            )
            self._before += recording.size_bytes
            self._tell(recording)(0)
        return tuple(items)

    def _check(self, recording: Recording, place: Path | None) -> tuple[Verdict, str, str]:
        """Return verdict, hash as found, and why."""
        if self._cancelled():
            return Verdict.UNKNOWN, "", "The check was stopped before it came to this one."
        path = recording.path_bytes if place is None else os.fsencode(place)
        try:
            expected = Digest("sha256", recording.sha256)
            found = self._hash(recording, path)  # step 3
        except OriginalChangedError as error:
            return Verdict.MISMATCH, "", str(error)
        except OriginalError as error:
            return Verdict.UNKNOWN, "", str(error)
        except ValueError as error:
            return Verdict.UNKNOWN, "", f"The case holds no hash to compare with: {error}."
        if found is None:
            return Verdict.UNKNOWN, "", "The check was stopped before this one was read to its end."
        if found == expected:  # step 4
            return Verdict.VERIFIED, found.hex, ""
        detail = (
            f"{recording.display_name} is not the file that was added: its SHA-256 is another one. "
            "It was changed or replaced. Look for an unchanged copy, and find out what happened to this one."
        )
        return Verdict.MISMATCH, found.hex, detail

    def _hash(self, recording: Recording, path: bytes) -> Digest | None:
        with open_original(path) as original:
            tell = self._tell(recording)
            digest = hash_original(original, tell, self._cancelled)
            original.check_unchanged()
            self.read_bytes += original.size_bytes
            return digest

    def _tell(self, recording: Recording) -> Callable[[int], None]:
        def tell(done: int) -> None:
            at = self._before + min(done, recording.size_bytes)
            self._progress(ProgressReport(at, self._total, "bytes", recording.display_name))

        return tell


def _open(folder: Path) -> Case:
    """Open a case to check it; one that another program is changing is checked all the same, and keeps no result."""
    try:
        return Case.open(folder)
    except CaseBusyError:
        return Case.open(folder, read_only=True)


def _wanted(case: Case, request: VerifyRequest) -> tuple[Recording, ...]:
    recordings = case.recordings()
    if request.recording_ids is None:
        return recordings
    missing = set(request.recording_ids) - {one.id for one in recordings}
    if missing:
        raise NoSuchItemError(
            f"The case has no recording {', '.join(sorted(missing))}.", remedy="Look at the list of recordings again."
        )
    return tuple(one for one in recordings if one.id in request.recording_ids)


def _verdict_on(finding: Finding) -> Verdict:
    by_severity = {
        Severity.NOTE: Verdict.VERIFIED,
        Severity.WARNING: Verdict.UNKNOWN,
        Severity.PROBLEM: Verdict.MISMATCH,
    }
    return by_severity[finding.severity]
