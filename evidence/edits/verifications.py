"""Keeps what a check of the case found, so that the next opening can say when it was last verified, and with what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from evidence.case_store import CaseStore, Change
from evidence.models import RecordingRow, VerdictRow, VerificationRow
from evidence.rows import fit, new_id


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What a check found, in the words of `evidence.verify`.

    Attributes:
        verdicts: verdict and reason of each recording, by id.
        overall: the verdict on the whole.
        begun_ns: when the check began, ns since the epoch by this machine's clock.
        log_seq: number of the last record of the audit log that was checked.
        log_sha256: hash of that record.
        findings: what else was found, as text.
    """

    verdicts: Mapping[str, tuple[str, str]]
    overall: str
    begun_ns: int
    log_seq: int
    log_sha256: str
    findings: tuple[str, ...]


class VerificationEdits(CaseStore):
    """What `evidence.verify` does to a case."""

    def keep_verification(self, outcome: CheckOutcome, *, by: str) -> None:
        """Keep what a check found, and write it into the audit log."""
        counts = Counter(verdict for verdict, _reason in outcome.verdicts.values())
        with self.change(by, "keeping the result of the check") as change:
            row = VerificationRow(
                id=new_id(),
                by=change.by,
                begun_ns=outcome.begun_ns,
                finished_ns=change.now_ns,
                overall=outcome.overall,
                verified=counts["VERIFIED"],
                mismatched=counts["MISMATCH"],
                unknown=counts["UNKNOWN"],
                log_seq=outcome.log_seq,
                log_sha256=outcome.log_sha256,
            )
            change.session.add(fit(row))
            change.session.flush()
            _keep_verdicts(change, row.id, outcome.verdicts)
            change.tell(
                "case.verified",
                items=[
                    recording_id for recording_id, (verdict, _) in outcome.verdicts.items() if verdict != "VERIFIED"
                ],
                overall=row.overall,
                verified=row.verified,
                mismatched=row.mismatched,
                unknown=row.unknown,
                log_seq=row.log_seq,
                log_sha256=row.log_sha256,
                findings=outcome.findings[:100],
            )


def _keep_verdicts(change: Change, verification_id: str, verdicts: Mapping[str, tuple[str, str]]) -> None:
    """Keep the verdicts on recordings that are still there: a run of adding files may have been undone meanwhile."""
    still_there = set(change.session.execute(select(RecordingRow.id)).scalars())
    for recording_id, (verdict, reason) in verdicts.items():
        if recording_id in still_there:
            row = VerdictRow(verification_id=verification_id, recording_id=recording_id, verdict=verdict, reason=reason)
            change.session.add(fit(row))
