"""Corrections of a case that can be taken back: each is made by its edit and returns how to undo it.

They run beside the UI thread, one after the other (`app.edit_queue`). Taking one back is an edit of its own, refused
where somebody changed the same thing since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from annotations.journal import ChangedMeanwhileError
from app.undo_stack import Undoable
from evidence.case import Case
from evidence.observations import ObservationState
from evidence.records import CameraKind, ClockSetting, TimeClaim
from sync.case_clocks import StatedClock, state_clock

T = TypeVar("T")
_MERGING = "merging of two cameras"


@dataclass(frozen=True)
class _Value(Generic[T]):
    """Something that a case holds once, and how it is read and written.

    Attributes:
        label: what a change of it is called, for people.
        thing: what it is, for people: "the name of a camera".
        read: returns it.
        write: sets it; the last argument is who does.
    """

    label: str
    thing: str
    read: Callable[[Case], T]
    write: Callable[[Case, T, str], object]

    def set(self, case: Case, value: T, by: str) -> Undoable | None:
        """Set it; return how to take that back, or None where it was so already."""
        before = self.read(case)
        self.write(case, value, by)
        after = self.read(case)
        if after == before:
            return None

        def take_back(again: Case, who: str) -> Undoable | None:
            if self.read(again) != after:
                raise ChangedMeanwhileError(
                    f"This cannot be undone: {self.thing} was changed since.",
                    meaning="Nothing was changed; undoing would have overwritten the later change.",
                    remedy="Change it by hand where it should be as it was.",
                )
            return self.set(again, before, who)

        return Undoable(self.label, take_back)


def rename_camera(case: Case, camera_id: str, name: str, by: str) -> Undoable | None:
    """Give a camera another name."""
    return _Value(
        "renaming of a camera",
        "the name of the camera",
        lambda one: one.camera(camera_id).name,
        lambda one, value, who: one.rename_camera(camera_id, value, by=who),
    ).set(case, name, by)


def set_camera_owner(case: Case, camera_id: str, owner: str, by: str) -> Undoable | None:
    """Say whose camera it is."""
    return _Value(
        "change of a camera's owner",
        "the owner of the camera",
        lambda one: one.camera(camera_id).owner,
        lambda one, value, who: one.set_camera_owner(camera_id, value, by=who),
    ).set(case, owner, by)


def set_camera_kind(case: Case, camera_id: str, kind: CameraKind, by: str) -> Undoable | None:
    """Say what sort of device a camera is."""
    return _Value(
        "change of a camera's kind",
        "the kind of the camera",
        lambda one: one.camera(camera_id).kind,
        lambda one, value, who: one.set_camera_kind(camera_id, value, by=who),
    ).set(case, kind, by)


def set_exhibit(case: Case, recording_id: str, exhibit: str, by: str) -> Undoable | None:
    """Give a recording an exhibit reference."""
    return _Value(
        "change of an exhibit reference",
        "the exhibit reference of the recording",
        lambda one: one.recording(recording_id).exhibit,
        lambda one, value, who: one.set_exhibit(recording_id, value, by=who),
    ).set(case, exhibit, by)


def set_stated_clock(case: Case, stated: StatedClock) -> Undoable:
    """Set a camera's clock by its stated error, with the observation that goes with it."""
    camera_id = stated.setting.camera_id
    before, decided = _clock_in_force(case, camera_id), _decisions(case)
    state_clock(case, stated)
    now = _decisions(case)
    changed = {
        group: (decided.get(group, ObservationState.REJECTED), state)
        for group, state in now.items()
        if decided.get(group) is not state
    }
    return _clock(camera_id, before, _clock_in_force(case, camera_id), changed)


def move_recording(case: Case, recording_id: str, camera_id: str, by: str) -> Undoable | None:
    """Put a recording to another camera."""
    return _camera_of(recording_id).set(case, camera_id, by)


def move_recording_to_new_camera(case: Case, recording_id: str, name: str, by: str) -> Undoable:
    """Put a recording to a camera that is made for it."""
    before = case.recording(recording_id).camera_id
    made = case.move_recording_to_new_camera(recording_id, name, by=by).id
    value = _camera_of(recording_id)

    def take_back(again: Case, who: str) -> Undoable | None:
        if value.read(again) != made:
            raise ChangedMeanwhileError(
                "This cannot be undone: the recording was moved since.",
                meaning="Nothing was changed; undoing would have overwritten the later change.",
                remedy="Move it by hand where it should be.",
            )
        return value.set(again, before, who)

    return Undoable(value.label, take_back)


def merge_cameras(case: Case, camera_id: str, into_id: str, by: str) -> Undoable:
    """Give all recordings of a camera to another one."""
    moved = tuple(one.id for one in case.recordings(camera_id))
    grouped_by = case.camera(into_id).grouped_by
    case.merge_cameras(camera_id, into_id, by=by)

    def take_back(again: Case, who: str) -> Undoable:
        if not set(moved) <= {one.id for one in again.recordings(into_id)}:
            raise ChangedMeanwhileError(
                "This cannot be undone: recordings of the merged camera were moved since.",
                meaning="Nothing was changed; undoing would have overwritten the later change.",
                remedy="Move them by hand where they should be.",
            )
        again.part_cameras(camera_id, into_id, moved, grouped_by=grouped_by, by=who)
        return Undoable(_MERGING, lambda case, by: merge_cameras(case, camera_id, into_id, by))

    return Undoable(_MERGING, take_back)


def place_recording(case: Case, recording_id: str, claim: TimeClaim, by: str) -> Undoable:
    """Say when a recording was made."""
    position = case.add_claim(recording_id, claim, by=by)
    return _claim(recording_id, position, is_in_force=True)


def _camera_of(recording_id: str) -> _Value[str]:
    return _Value(
        "moving of a recording",
        "the camera of the recording",
        lambda one: one.recording(recording_id).camera_id,
        lambda one, value, who: one.move_recording_back(recording_id, value, by=who),
    )


def _claim(recording_id: str, position: int, *, is_in_force: bool) -> Undoable:
    def take_back(case: Case, by: str) -> Undoable:
        case.set_claim_in_force(recording_id, position, is_in_force=not is_in_force, by=by)
        return _claim(recording_id, position, is_in_force=not is_in_force)

    return Undoable("placing of a recording", take_back)


def _clock(
    camera_id: str,
    before: ClockSetting | None,
    after: ClockSetting | None,
    decisions: Mapping[str, tuple[ObservationState, ObservationState]],
) -> Undoable:
    def take_back(case: Case, by: str) -> Undoable:
        if _clock_in_force(case, camera_id) != after:
            raise ChangedMeanwhileError(
                "This cannot be undone: the clock of the camera was set since.",
                meaning="Nothing was changed; undoing would have overwritten the later setting.",
                remedy="Set the clock by hand where it should be as it was.",
            )
        case.set_clocks([] if before is None else [before], by=by, cleared=[camera_id] if before is None else [])
        for group, (old, _new) in decisions.items():
            case.decide_observations([group], old, by=by)
        back = {group: (new, old) for group, (old, new) in decisions.items()}
        return _clock(camera_id, after, _clock_in_force(case, camera_id), back)

    return Undoable("setting of a clock", take_back)


def _clock_in_force(case: Case, camera_id: str) -> ClockSetting | None:
    return next((one for one in case.clock_settings() if one.camera_id == camera_id), None)


def _decisions(case: Case) -> dict[str, ObservationState]:
    return {one.group: one.state for one in case.observations()}
