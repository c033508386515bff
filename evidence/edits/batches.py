"""A run of adding files, as the case sees it: begun, one confirmed item after the other, finished or undone.

A run that ends in neither way (a kill, a crash, a full disk) is found by the next opening and called interrupted.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from functools import lru_cache

from sqlalchemy import Text, cast, delete, select, update
from sqlalchemy.orm import Session

from evidence.case_folder import path_from_case
from evidence.case_store import CaseStore, Change
from evidence.edits.lookup import add_camera, cameras_in_use, find_camera_named, load_camera, renew_continuations
from evidence.errors import NoSuchItemError
from evidence.examination import Examination
from evidence.grouping import CameraChoice, KnownCamera
from evidence.models import BatchRow, CameraRow, ClockSettingRow, RecordingRow, RefusalRow
from evidence.records import CameraKind, DeviceHint, Finding, Refusal
from evidence.rows import fit, hint_record, new_id, recording_rows, refusal_row
from evidence.text import display_path


class BatchEdits(CaseStore):
    """What `evidence.ingest` does to a case."""

    def begin_batch(self, paths: Sequence[bytes], *, by: str) -> str:
        """Note that files are being added; return the run's id."""
        batch_id = new_id()
        with self.change(by, "beginning to add files") as change:
            row = BatchRow(
                id=batch_id,
                by=change.by,
                begun_ns=change.now_ns,
                finished_ns=None,
                state="running",
                paths_hex=[path.hex() for path in paths],
            )
            change.session.add(fit(row))
            change.tell("add.begun", items=[batch_id], paths=[display_path(path) for path in paths[:100]])
        return batch_id

    def confirm_recording(
        self,
        batch_id: str,
        found: Examination,
        choose: Callable[[Sequence[KnownCamera]], CameraChoice],
        *,
        exhibit: str,
        by: str,
    ) -> str | None:
        """Add a recording with everything that is known of it; return its id, or None where it is there already.

        When this returns it is on the disk, whole, and the audit log tells of it. `choose` is asked for its camera,
        with the cameras as they are at that moment, whatever a person corrects meanwhile.

        Raises:
            ValueError: a number of the examination does not fit; nothing was added.
        """
        recording_id = new_id()
        with self.change(by, f"adding {found.display_name}") as change:
            same = select(RecordingRow.id).where(RecordingRow.sha256 == found.sha256)
            if change.session.execute(same).first() is not None:
                change.abandon()
                return None
            choice = choose(_known_cameras(change.session))
            camera = self._camera_for(change, batch_id, found, choice)
            rows = recording_rows(
                found,
                recording_id=recording_id,
                camera_id=camera.id,
                batch_id=batch_id,
                exhibit=exhibit,
                added_ns=self._next_moment(change),
                path_from_case=path_from_case(found.path_bytes, self.folder),
            )
            change.session.add(rows[0])
            change.session.flush()
            change.session.add_all(rows[1:])
            change.tell(
                "recording.added",
                items=[recording_id, camera.id, batch_id],
                name=found.display_name,
                path=display_path(found.path_bytes),
                path_hex=found.path_bytes.hex(),
                size_bytes=found.size_bytes,
                sha256=found.sha256,
                camera=camera.name,
                grouped_by=choice.reason,
                findings=[finding.code for finding in found.findings],
            )
        return recording_id

    def note_duplicate(self, batch_id: str, found: Examination, first_id: str, *, by: str) -> None:
        """Write into the log that a file was offered which the case holds already."""
        with self.change(by, f"noting that {found.display_name} is there already") as change:
            change.tell(
                "recording.offered_again",
                items=[first_id, batch_id],
                name=found.display_name,
                path=display_path(found.path_bytes),
                path_hex=found.path_bytes.hex(),
                sha256=found.sha256,
            )

    def refuse(self, batch_id: str, found: Examination, finding: Finding, *, by: str) -> Refusal:
        """Note that a path did not become a recording, and why; the same refusal again is only logged."""
        with self.change(by, f"noting that {found.display_name} was refused") as change:
            refusal = Refusal(
                path_bytes=found.path_bytes,
                display_name=found.display_name,
                size_bytes=found.size_bytes,
                sha256=found.sha256,
                finding=finding,
                offered_ns=change.now_ns,
            )
            if not _is_known_refusal(change.session, refusal):
                change.session.add(refusal_row(refusal, batch_id))
            change.tell(
                "file.refused",
                items=[batch_id],
                name=found.display_name,
                path=display_path(found.path_bytes),
                path_hex=found.path_bytes.hex(),
                sha256=found.sha256,
                code=finding.code,
                reason=str(finding),
            )
        return refusal

    def finish_batch(self, batch_id: str, *, by: str, ignored: int) -> None:
        """Note that all files were dealt with, and work out which recordings continue one another."""
        with self.change(by, "finishing to add files") as change:
            row = _load_batch(change.session, batch_id)
            row.state, row.finished_ns = "finished", change.now_ns
            continued = renew_continuations(change.session)
            settled = _settle_those_within(change.session, row)
            change.tell("add.finished", items=[batch_id, *settled], ignored=ignored, continued=continued)

    def cancel_batch(self, batch_id: str, *, by: str) -> None:
        """Undo a run: its recordings, refusals and cameras are taken out in one transaction. The log tells of both."""
        with self.change(by, "undoing what had been added") as change:
            _load_batch(change.session, batch_id)
            removed = _remove_recordings(change.session, batch_id)
            cameras = _remove_cameras(change.session, batch_id)
            refused = change.session.execute(delete(RefusalRow).where(RefusalRow.batch_id == batch_id))
            change.session.execute(delete(BatchRow).where(BatchRow.id == batch_id))
            change.tell(
                "add.cancelled",
                items=[batch_id],
                recordings_removed=removed,
                cameras_removed=cameras,
                refusals_removed=int(getattr(refused, "rowcount", 0)),
            )

    def settle_batch(self, batch_id: str, *, by: str) -> None:
        """Note that an interrupted run has been seen and is left as it is. Raises NoSuchItemError."""
        with self.change(by, "dealing with an interrupted run") as change:
            row = _load_batch(change.session, batch_id)
            if row.state != "interrupted":
                change.abandon()
                return
            row.state = "settled"
            change.tell("add.settled", items=[batch_id])

    def mark_interrupted(self, batch_id: str | None = None) -> None:
        """Call a run interrupted; without an id every one under way, as whoever opens the case knows that none is."""
        with self.change("Sightline", "looking for interrupted runs") as change:
            query = select(BatchRow).where(BatchRow.state == "running")
            wanted = query if batch_id is None else query.where(BatchRow.id == batch_id)
            rows = list(change.session.execute(wanted).scalars())
            for row in rows:
                row.state = "interrupted"
                change.tell("add.interrupted", items=[row.id], begun_by=row.by)
            if not rows:
                change.abandon()

    def find_by_hash(self, sha256: str) -> tuple[str, str, bytes] | None:
        """Return id, name and path of the recording with these bytes, or None."""
        query = select(RecordingRow.id, RecordingRow.display_name, RecordingRow.path_bytes)
        with self.reading() as session:
            row = session.execute(query.where(RecordingRow.sha256 == sha256)).one_or_none()
        return None if row is None else (row.id, row.display_name, row.path_bytes)

    def _camera_for(self, change: Change, batch_id: str, found: Examination, choice: CameraChoice) -> CameraRow:
        if choice.camera_id is not None:
            return load_camera(change.session, choice.camera_id)
        row = CameraRow(
            id=new_id(),
            batch_id=batch_id,
            name=_free_name(change.session, choice.name),
            kind=choice.kind.value,
            owner=choice.owner,
            make=found.hint.make,
            model=found.hint.model,
            serial=found.hint.serial,
            grouped_by=choice.reason,
            retired_ns=None,
            merged_into=None,
        )
        add_camera(change.session, fit(row))
        change.tell("camera.added", items=[row.id, batch_id], name=row.name, kind=row.kind, reason=choice.reason)
        return row

    def _next_moment(self, change: Change) -> int:
        """Return the time now, a little later where the clock has not moved, so that the order of adding is kept."""
        last = change.session.execute(select(RecordingRow.added_ns).order_by(RecordingRow.added_ns.desc()).limit(1))
        return max(time.time_ns(), (last.scalar() or 0) + 1)


def _known_cameras(session: Session) -> list[KnownCamera]:
    """Return the cameras in use with what their recordings' files said about their device."""
    hints: dict[str, list[DeviceHint]] = {}
    for camera_id, hint in session.execute(select(RecordingRow.camera_id, cast(RecordingRow.hint, Text))):
        hints.setdefault(camera_id, []).append(_hint_of(hint))
    return [
        KnownCamera(row.id, row.name, CameraKind(row.kind), tuple(dict.fromkeys(hints.get(row.id, []))))
        for row in cameras_in_use(session)
    ]


@lru_cache(maxsize=16_384)
def _hint_of(text: str) -> DeviceHint:
    """Read a hint; every file that is added asks for those of all before it."""
    return hint_record(json.loads(text))


def _free_name(session: Session, wanted: str) -> str:
    """Return the name, or the name with the first number that makes it unlike all others."""
    name, number = wanted.strip() or "Camera", 1
    while find_camera_named(session, name) is not None:
        number += 1
        name = f"{wanted} ({number})"
    return name


def _load_batch(session: Session, batch_id: str) -> BatchRow:
    row = session.get(BatchRow, batch_id)
    if row is None:
        raise NoSuchItemError(f"The case knows no run of adding files {batch_id}.", remedy="Open the case again.")
    return row


def _is_known_refusal(session: Session, refusal: Refusal) -> bool:
    query = select(RefusalRow.id).where(
        RefusalRow.path_bytes == refusal.path_bytes,
        RefusalRow.sha256 == refusal.sha256,
        RefusalRow.code == refusal.finding.code,
    )
    return session.execute(query.limit(1)).first() is not None


def _settle_those_within(session: Session, finished: BatchRow) -> list[str]:
    """Settle interrupted runs all of whose paths the finished one went through; return their ids."""
    done = [bytes.fromhex(path) for path in finished.paths_hex]
    settled: list[str] = []
    for row in session.execute(select(BatchRow).where(BatchRow.state == "interrupted")).scalars():
        paths = [bytes.fromhex(path) for path in row.paths_hex]
        if all(any(path == place or path.startswith(place + os.sep.encode()) for place in done) for path in paths):
            row.state = "settled"
            settled.append(row.id)
    return settled


def _remove_recordings(session: Session, batch_id: str) -> list[str]:
    ids = list(session.execute(select(RecordingRow.id).where(RecordingRow.batch_id == batch_id)).scalars())
    ours = select(RecordingRow.id).where(RecordingRow.batch_id == batch_id)
    session.execute(update(RecordingRow).where(RecordingRow.continues.in_(ours)).values(continues=None))
    session.execute(delete(RecordingRow).where(RecordingRow.batch_id == batch_id))
    return ids


def _remove_cameras(session: Session, batch_id: str) -> list[str]:
    """Remove the run's cameras; one that somebody put other recordings to meanwhile stays."""
    removed: list[str] = []
    for row in session.execute(select(CameraRow).where(CameraRow.batch_id == batch_id)).scalars().all():
        has_recordings = session.execute(select(RecordingRow.id).where(RecordingRow.camera_id == row.id).limit(1))
        took_others = session.execute(select(CameraRow.id).where(CameraRow.merged_into == row.id).limit(1))
        if has_recordings.first() is not None or took_others.first() is not None:
            row.batch_id = None
            continue
        session.execute(delete(ClockSettingRow).where(ClockSettingRow.camera_id == row.id))
        removed.append(row.id)
        session.delete(row)
    session.flush()
    return removed
