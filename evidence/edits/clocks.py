"""Changes to what places recordings in time: clocks of cameras, and the zone of bare local times."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence.case_store import CaseStore, Change
from evidence.edits.lookup import checked_line, load_camera
from evidence.errors import UsageError
from evidence.models import CaseInfoRow, ClockSettingRow
from evidence.records import ClockPiece, ClockSetting
from evidence.rows import setting_row

_PPB = 1_000_000_000
_LONGEST_BASIS = 2_000


class ClockEdits(CaseStore):
    """Setting clocks. Earlier settings are kept; one a camera is in force."""

    def set_clock(self, setting: ClockSetting) -> None:
        """Set a camera's clock against the incident clock; `setting.by` makes the change.

        Raises:
            NoSuchItemError: there is no such camera.
            UsageError: the pieces make no clock, or the grounds are missing.
        """
        self.set_clocks([setting], by=setting.by)

    def set_clocks(self, settings: Sequence[ClockSetting], *, by: str, cleared: Sequence[str] = ()) -> None:
        """Set several clocks in one step, or none; with the settings that were, this also takes such a step back.

        Args:
            settings: at most one a camera.
            by: who makes the change.
            cleared: ids of cameras whose clocks are taken at their word again.

        Raises:
            NoSuchItemError: there is no such camera.
            UsageError: the pieces make no clock, or the grounds are missing.
        """
        for setting in settings:
            _check_pieces(setting)
            checked_line(setting.basis, "The grounds of a clock setting", longest=_LONGEST_BASIS)
        with self.change(by, "setting a clock" if len(settings) == 1 else "setting clocks") as change:
            done = [_set(change, setting) for setting in settings]
            done += [_clear(change, camera_id) for camera_id in cleared]
            if not any(done):
                change.abandon()

    def clear_clock(self, camera_id: str, *, by: str) -> None:
        """Take a camera's clock at its word again. Raises NoSuchItemError."""
        self.set_clocks([], by=by, cleared=[camera_id])

    def set_time_zone(self, time_zone: str, *, by: str) -> None:
        """Say in which zone times are shown and bare local times are read. Raises UsageError."""
        checked = check_time_zone(time_zone)
        with self.change(by, "setting the time zone") as change:
            row = change.session.execute(select(CaseInfoRow)).scalar_one()
            if row.time_zone == checked:
                change.abandon()
                return
            before, row.time_zone = row.time_zone, checked
            change.tell("case.time_zone_set", items=[row.id], old=before, new=checked)


def _set(change: Change, setting: ClockSetting) -> bool:
    camera = load_camera(change.session, setting.camera_id)
    try:
        row = setting_row(setting)
    except ValueError as error:
        raise UsageError(f"That is no clock: {error}.", remedy="Type the error of the clock again.") from error
    before = _setting_in_force(change.session, setting.camera_id)
    if before is not None:
        before.superseded_ns = change.now_ns
        change.session.flush()
    change.session.add(row)
    change.tell(
        "clock.set",
        items=[setting.camera_id],
        name=camera.name,
        method=setting.method,
        basis=setting.basis,
        pieces=[_piece_as_json(piece) for piece in setting.pieces],
        sigma_ns=setting.sigma_ns,
        replaces=None if before is None else before.method,
    )
    return True


def _clear(change: Change, camera_id: str) -> bool:
    camera = load_camera(change.session, camera_id)
    before = _setting_in_force(change.session, camera_id)
    if before is None:
        return False
    before.superseded_ns = change.now_ns
    change.tell("clock.cleared", items=[camera_id], name=camera.name, method=before.method, basis=before.basis)
    return True


def check_time_zone(time_zone: str) -> str:
    """Return the name of a zone that is known. Raises UsageError."""
    try:
        return ZoneInfo(time_zone.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"There is no time zone “{checked_line(time_zone, 'A time zone', longest=200)}”.",
            remedy="Use a name such as Europe/London.",
        ) from error


def _check_pieces(setting: ClockSetting) -> None:
    starts = [piece.device_ns for piece in setting.pieces]
    is_sound = bool(starts) and starts == sorted(set(starts))
    is_sound = is_sound and all(abs(piece.rate_ppb) < _PPB for piece in setting.pieces)
    if not is_sound or (setting.sigma_ns is not None and setting.sigma_ns < 0):
        raise UsageError(
            "That is no clock: its pieces do not follow one another, or it would run backwards.",
            meaning="The clock was left as it was.",
            remedy="State the error of the clock again.",
        )


def _setting_in_force(session: Session, camera_id: str) -> ClockSettingRow | None:
    query = select(ClockSettingRow).where(
        ClockSettingRow.camera_id == camera_id, ClockSettingRow.superseded_ns.is_(None)
    )
    return session.execute(query).scalar_one_or_none()


def _piece_as_json(piece: ClockPiece) -> list[int]:
    return [piece.device_ns, piece.incident_ns, piece.rate_ppb]
