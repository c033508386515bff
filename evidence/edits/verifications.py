"""Keeps what a check of the case found, so that the next opening can say when it was last verified, and with what."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from evidence.case_store import CaseStore
from evidence.models import RecordingRow, VerdictRow, VerificationRow
from evidence.rows import fit, new_id


class VerificationEdits(CaseStore):
    """What `evidence.verify` does to a case."""

    def keep_verification(
        self,
        verdicts: Mapping[str, tuple[str, str]],
        *,
        overall: str,
        begun_ns: int,
        log_seq: int,
        log_sha256: str,
        findings: list[str],
        by: str,
    ) -> str:
        """Keep a check and write it into the audit log; return its id.

        Args:
            verdicts: verdict and reason of each recording, by id.
            overall: the verdict on the whole.
            begun_ns: when the check began, ns since the epoch by this machine's clock.
            log_seq: number of the last record of the audit log that was checked.
            log_sha256: hash of that record.
            findings: what else was found, as text.
            by: who had it checked.
        """
        verification_id = new_id()
        with self.change(by, "keeping the result of the check") as change:
            counts = dict.fromkeys(("VERIFIED", "MISMATCH", "UNKNOWN"), 0)
            for verdict, _reason in verdicts.values():
                counts[verdict] += 1
            row = VerificationRow(
                id=verification_id,
                by=change.by,
                begun_ns=begun_ns,
                finished_ns=change.now_ns,
                overall=overall,
                verified=counts["VERIFIED"],
                mismatched=counts["MISMATCH"],
                unknown=counts["UNKNOWN"],
                log_seq=log_seq,
                log_sha256=log_sha256,
            )
            change.session.add(fit(row))
            change.session.flush()
            still_there = set(change.session.execute(select(RecordingRow.id)).scalars())
            for recording_id, (verdict, reason) in verdicts.items():
                if recording_id not in still_there:  # a run of adding files was undone during the check
                    continue
                kept = VerdictRow(
                    verification_id=verification_id, recording_id=recording_id, verdict=verdict, reason=reason
                )
                change.session.add(fit(kept))
            bad = [recording_id for recording_id, (verdict, _) in verdicts.items() if verdict != "VERIFIED"]
            change.tell(
                "case.verified",
                items=bad,
                overall=overall,
                verified=row.verified,
                mismatched=row.mismatched,
                unknown=row.unknown,
                log_seq=log_seq,
                log_sha256=log_sha256,
                findings=findings[:100],
            )
        return verification_id
