"""Reads a case: everything comes out as frozen records, each list in a fixed number of queries."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from evidence.case_folder import is_locked
from evidence.case_store import CaseStore
from evidence.database import damaged
from evidence.errors import NoSuchItemError
from evidence.frame_index import FrameIndex
from evidence.models import (
    BatchRow,
    CameraRow,
    CaseInfoRow,
    ClockSettingRow,
    FindingRow,
    FrameIndexRow,
    ObservationRow,
    RecordingRow,
    RefusalRow,
    StreamRow,
    TimeClaimRow,
    VerificationRow,
)
from evidence.observations import Observation
from evidence.records import Camera, CaseInfo, ClockSetting, Recording, Refusal
from evidence.rows import (
    camera_record,
    claim_record,
    finding_record,
    observation_record,
    recording_record,
    refusal_record,
    setting_record,
    stream_record,
)

Record = TypeVar("Record")
_NOT_IN_RECORD = frozenset({"hint", "path_from_case", "batch_id"})


@dataclass(frozen=True, slots=True)
class InterruptedBatch:
    """A run of adding files that a kill, a crash or a full disk ended; what it had confirmed is whole.

    Attributes:
        id: id of the run.
        by: who began it.
        begun_ns: when, ns since the epoch by this machine's clock.
        paths: what was to be added; adding the same again goes on from there.
        confirmed: how many recordings it had added.
    """

    id: str
    by: str
    begun_ns: int
    paths: tuple[bytes, ...]
    confirmed: int


@dataclass(frozen=True, slots=True)
class LastVerification:
    """What the last check of the whole case found.

    Attributes:
        overall: the verdict, as `evidence.verify.Verdict` spells it.
        finished_ns: when, ns since the epoch by this machine's clock.
        unchecked: how many recordings it does not cover, because they were added later or it was a partial check.
    """

    overall: str
    by: str
    finished_ns: int
    verified: int
    mismatched: int
    unknown: int
    unchecked: int


class CaseReading(CaseStore):
    """The reading half of a case. Each call sees one state of it."""

    def info(self) -> CaseInfo:
        """Return what the case says of itself."""
        with self._sound_reading() as session:
            row = session.execute(select(CaseInfoRow)).scalar_one_or_none()
            if row is None:
                raise ValueError("it does not say what case it is")
            return CaseInfo(
                id=row.id,
                title=row.title,
                reference=row.reference,
                time_zone=row.time_zone,
                created_ns=row.created_ns,
                created_by=row.created_by,
                program_version=row.program_version,
                is_read_only=self.is_read_only,
            )

    def cameras(self) -> tuple[Camera, ...]:
        """Return the cameras in the order of their tiles."""
        query = select(CameraRow).where(CameraRow.retired_ns.is_(None)).order_by(CameraRow.position, CameraRow.name)
        with self._sound_reading() as session:
            return tuple(camera_record(row) for row in session.execute(query).scalars())

    def camera(self, camera_id: str) -> Camera:
        """Return one camera. Raises NoSuchItemError."""
        for camera in self.cameras():
            if camera.id == camera_id:
                return camera
        raise no_such_camera(camera_id)

    def recordings(self, camera_id: str | None = None) -> tuple[Recording, ...]:
        """Return the recordings of a camera, or of all, in the order in which they were added."""
        wanted = true() if camera_id is None else RecordingRow.camera_id == camera_id
        with self._sound_reading() as session:
            return tuple(_load_recordings(session, wanted))

    def recording(self, recording_id: str) -> Recording:
        """Return one recording. Raises NoSuchItemError."""
        with self._sound_reading() as session:
            for recording in _load_recordings(session, RecordingRow.id == recording_id):
                return recording
        raise no_such_recording(recording_id)

    def refusals(self) -> tuple[Refusal, ...]:
        """Return what was offered and did not become a recording, oldest first."""
        query = select(RefusalRow).order_by(RefusalRow.offered_ns, RefusalRow.path_bytes)
        with self._sound_reading() as session:
            return tuple(refusal_record(row) for row in session.execute(query).scalars())

    def frame_index(self, recording_id: str) -> FrameIndex | None:
        """Return the frame index of the recording's shown stream, or None for sound alone. Raises NoSuchItemError."""
        query = (
            select(RecordingRow.id, FrameIndexRow.packed)
            .outerjoin(FrameIndexRow, FrameIndexRow.recording_id == RecordingRow.id)
            .where(RecordingRow.id == recording_id)
        )
        with self._sound_reading() as session:
            row = session.execute(query).one_or_none()
            if row is None:
                raise no_such_recording(recording_id)
            return None if row.packed is None else FrameIndex.from_bytes(row.packed)

    def clock_settings(self) -> tuple[ClockSetting, ...]:
        """Return the settings in force, at most one a camera."""
        query = (
            select(ClockSettingRow)
            .join(CameraRow, CameraRow.id == ClockSettingRow.camera_id)
            .where(ClockSettingRow.superseded_ns.is_(None), CameraRow.retired_ns.is_(None))
            .order_by(CameraRow.position)
        )
        with self._sound_reading() as session:
            return tuple(setting_record(row) for row in session.execute(query).scalars())

    def clock_history(self, camera_id: str) -> tuple[ClockSetting, ...]:
        """Return all settings that a camera's clock ever had, the newest first, also those that were cleared."""
        query = select(ClockSettingRow).where(ClockSettingRow.camera_id == camera_id)
        newest_first = query.order_by(ClockSettingRow.superseded_ns.is_(None).desc(), ClockSettingRow.set_ns.desc())
        with self._sound_reading() as session:
            return tuple(setting_record(row) for row in session.execute(newest_first).scalars())

    def observations(self) -> tuple[Observation, ...]:
        """Return everything that was ever observed of clocks, proposed, accepted and rejected, oldest first."""
        query = select(ObservationRow).order_by(ObservationRow.found_ns, ObservationRow.match_id, ObservationRow.id)
        with self._sound_reading() as session:
            return tuple(observation_record(row) for row in session.execute(query).scalars())

    def interrupted_batches(self) -> tuple[InterruptedBatch, ...]:
        """Return the runs of adding files that did not come to their end and that nobody has dealt with yet."""
        is_busy_elsewhere = self.is_read_only and is_locked(self.folder)
        states = ["interrupted"] if not self.is_read_only or is_busy_elsewhere else ["interrupted", "running"]
        query = (
            select(BatchRow, func.count(RecordingRow.id))
            .outerjoin(RecordingRow, RecordingRow.batch_id == BatchRow.id)
            .where(BatchRow.state.in_(states))
            .group_by(BatchRow.id)
            .order_by(BatchRow.begun_ns)
        )
        with self._sound_reading() as session:
            return tuple(
                InterruptedBatch(
                    row.id, row.by, row.begun_ns, tuple(bytes.fromhex(path) for path in row.paths_hex), confirmed
                )
                for row, confirmed in session.execute(query)
            )

    def last_verification(self) -> LastVerification | None:
        """Return what the last check of the case found, or None where there was none."""
        query = select(VerificationRow).order_by(VerificationRow.finished_ns.desc()).limit(1)
        with self._sound_reading() as session:
            row = session.execute(query).scalar_one_or_none()
            if row is None:
                return None
            recordings = session.execute(select(func.count()).select_from(RecordingRow)).scalar_one()
            checked = row.verified + row.mismatched + row.unknown
            return LastVerification(
                overall=row.overall,
                by=row.by,
                finished_ns=row.finished_ns,
                verified=row.verified,
                mismatched=row.mismatched,
                unknown=row.unknown,
                unchecked=max(0, recordings - checked),
            )

    def find_original(self, recording: Recording) -> Path | None:
        """Return where the original is now, or None: where it was, or at the same place relative to the case.

        Only looks; whether it is still the same file, `evidence.verify` says.
        """
        return self.find_originals([recording])[recording.id]

    def find_originals(self, recordings: Iterable[Recording]) -> dict[str, Path | None]:
        """Return where the originals are now, by id of the recording; None where one is in neither place."""
        wanted = list(recordings)
        with self._sound_reading() as session:
            rows = session.execute(select(RecordingRow.id, RecordingRow.path_from_case))
            from_case = {row.id: row.path_from_case for row in rows}
        return {one.id: self._find(one, from_case.get(one.id, b"")) for one in wanted}

    def _find(self, recording: Recording, from_case: bytes) -> Path | None:
        places = [recording.path_bytes]
        if from_case:
            places.append(os.path.normpath(os.path.join(os.fsencode(self.folder), from_case)))  # noqa: PTH118 - bytes
        there = [(place, size) for place in places if (size := _file_size(place)) is not None]
        there.sort(key=lambda found: found[1] != recording.size_bytes)
        return Path(os.fsdecode(there[0][0])) if there else None

    @contextlib.contextmanager
    def _sound_reading(self) -> Iterator[Session]:
        """Like `reading`, where a value that no record can have means that the case is damaged."""
        with self.reading() as session:
            try:
                yield session
            except (ValueError, TypeError, ZeroDivisionError) as error:
                raise damaged("reading the case", str(error)) from error


def no_such_camera(camera_id: str) -> NoSuchItemError:
    """Return the error for a camera that is not there, or not any more."""
    return NoSuchItemError(
        f"The case has no camera {camera_id}.",
        meaning="It may have been merged into another one.",
        remedy="Look at the list of cameras again.",
    )


def no_such_recording(recording_id: str) -> NoSuchItemError:
    """Return the error for a recording that is not there."""
    return NoSuchItemError(f"The case has no recording {recording_id}.", remedy="Look at the list of recordings again.")


def _load_recordings(session: Session, wanted: ColumnElement[bool]) -> Iterator[Recording]:
    streams = _by_recording(session, StreamRow, wanted, stream_record, StreamRow.number)
    findings = _by_recording(session, FindingRow, wanted, finding_record, FindingRow.position)
    newest_person_first = (TimeClaimRow.claimed_ns.is_(None), TimeClaimRow.claimed_ns.desc(), TimeClaimRow.position)
    in_force = wanted & TimeClaimRow.withdrawn_ns.is_(None)
    claims = _by_recording(session, TimeClaimRow, in_force, claim_record, *newest_person_first)
    columns = [column for column in RecordingRow.__table__.columns if column.key not in _NOT_IN_RECORD]
    query = select(*columns).where(wanted).order_by(RecordingRow.added_ns, RecordingRow.id)
    for row in session.execute(query):
        yield recording_record(row, streams[row.id], claims[row.id], findings[row.id])


def _by_recording(
    session: Session, kind: Any, wanted: ColumnElement[bool], as_record: Callable[[Any], Record], *order: Any
) -> dict[str, list[Record]]:
    query = (
        select(kind.__table__)
        .join(RecordingRow, RecordingRow.id == kind.recording_id)
        .where(wanted)
        .order_by(kind.recording_id, *order)
    )
    found: dict[str, list[Record]] = defaultdict(list)
    for row in session.execute(query):
        found[row.recording_id].append(as_record(row))
    return found


def _file_size(path_bytes: bytes) -> int | None:
    try:
        return os.stat(path_bytes).st_size if os.path.isfile(path_bytes) else None  # noqa: PTH113, PTH116 - bytes
    except (OSError, ValueError):
        return None
