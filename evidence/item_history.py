"""What was done with each recording since it was offered: who added it, and what the last check of it found."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from evidence.case_store import CaseStore
from evidence.models import BatchRow, RecordingRow, VerdictRow, VerificationRow


@dataclass(frozen=True, slots=True)
class LastCheck:
    """What the last check that covered a recording found.

    Attributes:
        verdict: as `evidence.verify.Verdict` spells it.
        reason: why it is not VERIFIED, or "".
        by: who had it checked.
        finished_ns: when, ns since the epoch by that machine's clock.
    """

    verdict: str
    reason: str
    by: str
    finished_ns: int


@dataclass(frozen=True, slots=True)
class ItemHistory:
    """What was done with one recording.

    Attributes:
        added_by: who added it; "" where the case does not say.
        check: the last check of it, or None where there was none since.
    """

    added_by: str
    check: LastCheck | None


def load_histories(case: CaseStore) -> dict[str, ItemHistory]:
    """Return the history of every recording by its id. From any thread.

    Raises:
        CaseDamagedError: the database cannot be read.
    """
    added = select(RecordingRow.id, BatchRow.by).outerjoin(BatchRow, BatchRow.id == RecordingRow.batch_id)
    checks = (
        select(
            VerdictRow.recording_id,
            VerdictRow.verdict,
            VerdictRow.reason,
            VerificationRow.by,
            VerificationRow.finished_ns,
        )
        .join(VerificationRow, VerificationRow.id == VerdictRow.verification_id)
        .order_by(VerificationRow.finished_ns)
    )
    with case.reading("reading what was done with the recordings") as session:
        last = {row.recording_id: LastCheck(*row[1:]) for row in session.execute(checks)}
        return {row.id: ItemHistory(row.by or "", last.get(row.id)) for row in session.execute(added)}
