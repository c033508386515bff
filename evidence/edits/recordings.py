"""Changes to what is said of a recording: its exhibit reference, its place in time, where its original lies."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import func, select

from evidence.case_folder import path_from_case
from evidence.case_store import CaseStore
from evidence.edits.lookup import checked_line, load_recording
from evidence.errors import Cancelled, NoSuchItemError, OriginalChangedError, UsageError
from evidence.hashing import hash_original
from evidence.jobs import IsCancelled, Progress, ProgressReport, never_cancelled, no_progress
from evidence.models import RecordingRow, TimeClaimRow
from evidence.originals import open_original
from evidence.records import ClaimOrigin, TimeClaim
from evidence.rows import claim_row
from evidence.text import display_name, display_path

_LONGEST_EXHIBIT = 120


class RecordingEdits(CaseStore):
    """Exhibit references, claims of time by hand, and originals that were moved."""

    def set_exhibit(self, recording_id: str, exhibit: str, *, by: str) -> None:
        """Give a recording its exhibit reference; empty takes it away. Raises NoSuchItemError, UsageError."""
        checked = checked_line(exhibit, "An exhibit reference", longest=_LONGEST_EXHIBIT, may_be_empty=True)
        with self.change(by, "setting an exhibit reference") as change:
            row = load_recording(change.session, recording_id)
            if row.exhibit == checked:
                change.abandon()
                return
            before, row.exhibit = row.exhibit, checked
            name = row.display_name
            change.tell("recording.exhibit_set", items=[recording_id], name=name, old=before, new=checked)

    def add_claim(self, recording_id: str, claim: TimeClaim, *, by: str) -> int:
        """Add a statement about when a recording was made; the newest by hand stands before all others.

        Returns the claim's number, for `set_claim_in_force`.

        Raises:
            NoSuchItemError: the recording is not there.
            UsageError: its numbers are no times.
        """
        with self.change(by, "adding a claim of time") as change:
            row = load_recording(change.session, recording_id)
            last = select(func.max(TimeClaimRow.position)).where(TimeClaimRow.recording_id == recording_id)
            position = (change.session.execute(last).scalar() or 0) + 1
            try:
                added = claim_row(recording_id, position, claim, claimed_by=change.by, claimed_ns=change.now_ns)
            except ValueError as error:
                raise UsageError(f"That is no time: {error}.", remedy="Type the time again.") from error
            change.session.add(added)
            change.tell(
                "recording.time_claimed",
                items=[recording_id],
                name=row.display_name,
                origin=claim.origin.value,
                source=claim.source,
                raw=claim.raw,
                instant_ns=claim.instant_ns,
                zone=claim.zone.value,
                meaning=claim.meaning.value,
                offset_ns=claim.offset_ns,
                note=claim.note,
            )
            return position

    def set_claim_in_force(self, recording_id: str, position: int, *, is_in_force: bool, by: str) -> None:
        """Withdraw one claim of a person or a match, or let it count again. Raises NoSuchItemError."""
        with self.change(by, "restoring a claim of time" if is_in_force else "withdrawing a claim of time") as change:
            recording = load_recording(change.session, recording_id)
            row = change.session.get(TimeClaimRow, (recording_id, position))
            if row is None or row.origin not in {ClaimOrigin.BY_HAND.value, ClaimOrigin.MATCH.value}:
                raise NoSuchItemError(
                    f"{recording.display_name} has no claim of time with the number {position} that a person made.",
                    remedy="Look at what is known of the recording again.",
                )
            if (row.withdrawn_ns is None) == is_in_force:
                change.abandon()
                return
            row.withdrawn_ns = None if is_in_force else change.now_ns
            action = "recording.time_restored" if is_in_force else "recording.time_withdrawn"
            change.tell(action, items=[recording_id], name=recording.display_name, instants_ns=[row.instant_ns])

    def withdraw_claims_by_hand(self, recording_id: str, *, by: str) -> int:
        """Let a recording be placed by what was found in its file again; return how many claims were withdrawn.

        They stay in the database and in the log; nothing is deleted. Raises NoSuchItemError.
        """
        return self._withdraw_claims(recording_id, ClaimOrigin.BY_HAND, by)

    def withdraw_claims_by_match(self, recording_id: str, *, by: str) -> int:
        """Take back that a match placed a recording; return how many claims were withdrawn. Raises NoSuchItemError."""
        return self._withdraw_claims(recording_id, ClaimOrigin.MATCH, by)

    def _withdraw_claims(self, recording_id: str, origin: ClaimOrigin, by: str) -> int:
        with self.change(by, "withdrawing a claim of time") as change:
            row = load_recording(change.session, recording_id)
            query = select(TimeClaimRow).where(
                TimeClaimRow.recording_id == recording_id,
                TimeClaimRow.origin == origin.value,
                TimeClaimRow.withdrawn_ns.is_(None),
            )
            claims = list(change.session.execute(query).scalars())
            for claim in claims:
                claim.withdrawn_ns = change.now_ns
            if claims:
                told = [claim.instant_ns for claim in claims]
                change.tell("recording.time_withdrawn", items=[recording_id], name=row.display_name, instants_ns=told)
            else:
                change.abandon()
            return len(claims)

    def relocate_original(
        self,
        recording_id: str,
        path: Path | bytes,
        *,
        by: str,
        progress: Progress = no_progress,
        cancelled: IsCancelled = never_cancelled,
    ) -> None:
        """Say that an original lies elsewhere now; it is read and hashed first.

        Raises:
            NoSuchItemError: the recording is not there.
            OriginalError: the file cannot be read, or is another one than was added.
            Cancelled: the user did not want to wait.
        """
        place = os.path.abspath(path if isinstance(path, bytes) else os.fsencode(path))  # noqa: PTH100 - bytes
        with self.reading() as session:
            expected = load_recording(session, recording_id)
        _check_same(place, expected, progress, cancelled)
        with self.change(by, "changing where an original lies") as change:
            row = load_recording(change.session, recording_id)
            before, row.path_bytes = row.path_bytes, place
            row.path_from_case = path_from_case(place, self.folder)
            change.tell(
                "recording.relocated",
                items=[recording_id],
                name=row.display_name,
                old=display_path(before),
                new=display_path(place),
                sha256=row.sha256,
            )


def _check_same(place: bytes, expected: RecordingRow, progress: Progress, cancelled: IsCancelled) -> None:
    name = display_name(place)
    with open_original(place) as original:
        total = original.size_bytes

        def tell(done: int) -> None:
            progress(ProgressReport(done, total, "bytes", name))

        digest = hash_original(original, tell, cancelled)
        original.check_unchanged()
    if digest is None:
        raise Cancelled("Looking at the file was cancelled.", meaning="The case is as it was.")
    if digest.hex != expected.sha256:
        raise OriginalChangedError(
            f"{name} is not the file that was added as {expected.display_name}: its SHA-256 is another one.",
            meaning="Either it is a different recording, or it was changed since; it was not accepted as the original.",
            remedy="Look for the file that was added, or add this one as a recording of its own.",
        )
