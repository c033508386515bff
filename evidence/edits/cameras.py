"""Changes to cameras and to which recordings are theirs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from evidence.case_store import CaseStore, Change
from evidence.edits.lookup import (
    LONGEST_NAME,
    add_camera,
    cameras_in_use,
    check_name,
    checked_line,
    load_camera,
    load_recording,
    renew_continuations,
    retire_if_empty,
)
from evidence.errors import UsageError
from evidence.models import CameraRow, ClockSettingRow, RecordingRow
from evidence.records import Camera, CameraKind
from evidence.rows import camera_record, fit, new_id

BY_HAND = "by hand"
"""What `Camera.grouped_by` says once a person has put recordings together."""


class CameraEdits(CaseStore):
    """Naming cameras, ordering them, and correcting what belongs to them."""

    def rename_camera(self, camera_id: str, name: str, *, by: str) -> Camera:
        """Give a camera another name.

        Raises:
            NoSuchItemError: there is no such camera.
            UsageError: the name is empty, too long, or another camera's.
        """
        with self.change(by, "renaming a camera") as change:
            row = load_camera(change.session, camera_id)
            checked = check_name(change.session, name, own_id=camera_id)
            _set(change, row, "name", checked, "camera.renamed")
            return camera_record(row)

    def set_camera_kind(self, camera_id: str, kind: CameraKind, *, by: str) -> Camera:
        """Say what sort of device a camera is. Raises NoSuchItemError."""
        with self.change(by, "changing a camera's kind") as change:
            row = load_camera(change.session, camera_id)
            _set(change, row, "kind", CameraKind(kind).value, "camera.kind_set")
            return camera_record(row)

    def set_camera_owner(self, camera_id: str, owner: str, *, by: str) -> Camera:
        """Say whose camera it is; may be empty. Raises NoSuchItemError, UsageError."""
        with self.change(by, "changing a camera's owner") as change:
            row = load_camera(change.session, camera_id)
            checked = checked_line(owner, "An owner's name", longest=LONGEST_NAME, may_be_empty=True)
            _set(change, row, "owner", checked, "camera.owner_set")
            return camera_record(row)

    def set_camera_position(self, camera_id: str, position: int, *, by: str) -> tuple[Camera, ...]:
        """Move a camera to a place in the order of tiles, from 0; return all cameras in their new order.

        Raises:
            NoSuchItemError: there is no such camera.
        """
        with self.change(by, "moving a camera") as change:
            moved = load_camera(change.session, camera_id)
            rows = cameras_in_use(change.session)
            before = rows.index(moved)
            rows.remove(moved)
            rows.insert(max(0, min(position, len(rows))), moved)
            for place, row in enumerate(rows):
                row.position = place
            if moved.position == before:
                change.abandon()
            else:
                change.tell("camera.moved", items=[camera_id], name=moved.name, old=before, new=moved.position)
            return tuple(camera_record(row) for row in rows)

    def merge_cameras(self, camera_id: str, into_id: str, *, by: str) -> Camera:
        """Give all recordings of a camera to another one, whose name and clock stay; return that one.

        The first camera is taken out of use. Its clock settings stay in its history.

        Raises:
            NoSuchItemError: one of them is not there.
            UsageError: both are the same.
        """
        if camera_id == into_id:
            raise UsageError("A camera cannot be merged into itself.", remedy="Choose two different cameras.")
        with self.change(by, "merging two cameras") as change:
            emptied, kept = load_camera(change.session, camera_id), load_camera(change.session, into_id)
            query = select(RecordingRow).where(RecordingRow.camera_id == camera_id)
            moved = list(change.session.execute(query).scalars())
            for recording in moved:
                recording.camera_id = into_id
            kept.grouped_by = BY_HAND
            emptied.retired_ns, emptied.merged_into = change.now_ns, into_id
            _end_settings(change, camera_id)
            renew_continuations(change.session)
            change.tell(
                "camera.merged",
                items=[camera_id, into_id],
                name=emptied.name,
                into=kept.name,
                recordings=[recording.id for recording in moved],
            )
            return camera_record(kept)

    def part_cameras(
        self, camera_id: str, from_id: str, recording_ids: Sequence[str], *, grouped_by: str, by: str
    ) -> Camera:
        """Take a merging back: the camera that was emptied has its recordings and its clock again; return it.

        Args:
            camera_id: the camera that was merged into another one.
            from_id: that one.
            recording_ids: the recordings that came from the first.
            grouped_by: what had put the other's recordings together before.
            by: who does it.

        Raises:
            NoSuchItemError: one of them is not there.
            UsageError: they are not merged any more, a recording is another camera's by now, or the name is taken.
        """
        with self.change(by, "parting two cameras") as change:
            kept = load_camera(change.session, from_id)
            row = change.session.get(CameraRow, camera_id)
            moved = [load_recording(change.session, one) for one in recording_ids]
            if row is None or row.merged_into != from_id or any(one.camera_id != from_id for one in moved):
                raise UsageError(
                    "These cameras cannot be parted: they or their recordings were changed since they were merged.",
                    remedy="Move the recordings one by one.",
                )
            _bring_back(change, row)
            row.merged_into = None
            kept.grouped_by = grouped_by
            for recording in moved:
                recording.camera_id = camera_id
            renew_continuations(change.session)
            change.tell(
                "camera.parted",
                items=[camera_id, from_id],
                name=row.name,
                out_of=kept.name,
                recordings=[recording.id for recording in moved],
            )
            return camera_record(row)

    def move_recording(self, recording_id: str, camera_id: str, *, by: str) -> Camera:
        """Put a recording to another camera, and so on another clock; return that camera.

        A camera that loses its last recording is taken out of use.

        Raises:
            NoSuchItemError: the recording or the camera is not there.
        """
        with self.change(by, "moving a recording") as change:
            camera = load_camera(change.session, camera_id)
            _move(change, load_recording(change.session, recording_id), camera)
            return camera_record(camera)

    def move_recording_back(self, recording_id: str, camera_id: str, *, by: str) -> Camera:
        """Put a recording to the camera it was taken from, also where that went out of use by it; return that camera.

        A camera that comes back into use has the clock again with which it went.

        Raises:
            NoSuchItemError: the recording or the camera is not there, or the camera was merged into another one.
            UsageError: another camera has its name by now.
        """
        with self.change(by, "moving a recording back") as change:
            row = change.session.get(CameraRow, camera_id)
            if row is not None and row.retired_ns is not None and row.merged_into is None:
                _bring_back(change, row)
            camera = load_camera(change.session, camera_id)
            _move(change, load_recording(change.session, recording_id), camera)
            return camera_record(camera)

    def move_recording_to_new_camera(self, recording_id: str, name: str, *, by: str) -> Camera:
        """Put a recording to a camera that is made for it, and return that camera.

        Raises:
            NoSuchItemError: the recording is not there.
            UsageError: the name is empty, too long, or another camera's.
        """
        with self.change(by, "moving a recording") as change:
            recording = load_recording(change.session, recording_id)
            before = load_camera(change.session, recording.camera_id)
            camera = CameraRow(
                id=new_id(),
                batch_id=None,
                name=check_name(change.session, name),
                kind=before.kind,
                owner="",
                make="",
                model="",
                serial="",
                grouped_by=BY_HAND,
                retired_ns=None,
                merged_into=None,
            )
            add_camera(change.session, fit(camera))
            change.tell("camera.added", items=[camera.id], name=camera.name, kind=camera.kind, reason=BY_HAND)
            _move(change, recording, camera)
            return camera_record(camera)


def _set(change: Change, row: CameraRow, column: str, value: str, action: str) -> None:
    before = getattr(row, column)
    if before == value:
        change.abandon()
        return
    setattr(row, column, value)
    change.tell(action, items=[row.id], name=row.name, old=before, new=value)


def _move(change: Change, recording: RecordingRow, camera: CameraRow) -> None:
    if recording.camera_id == camera.id:
        change.abandon()
        return
    before = load_camera(change.session, recording.camera_id)
    recording.camera_id = camera.id
    camera.grouped_by = BY_HAND
    renew_continuations(change.session)
    is_retired = retire_if_empty(change.session, before, change.now_ns)
    if is_retired:
        _end_settings(change, before.id)
    change.tell(
        "recording.moved",
        items=[recording.id, before.id, camera.id],
        name=recording.display_name,
        old=before.name,
        new=camera.name,
        old_camera_taken_out_of_use=is_retired,
    )


def _bring_back(change: Change, camera: CameraRow) -> None:
    check_name(change.session, camera.name, own_id=camera.id)
    query = select(ClockSettingRow).where(
        ClockSettingRow.camera_id == camera.id, ClockSettingRow.superseded_ns == camera.retired_ns
    )
    for setting in change.session.execute(query).scalars():
        setting.superseded_ns = None
    camera.retired_ns = None
    change.session.flush()
    change.tell("camera.brought_back", items=[camera.id], name=camera.name)


def _end_settings(change: Change, camera_id: str) -> None:
    query = select(ClockSettingRow).where(
        ClockSettingRow.camera_id == camera_id, ClockSettingRow.superseded_ns.is_(None)
    )
    for setting in change.session.execute(query).scalars():
        setting.superseded_ns = change.now_ns
