"""Finds rows within a change, and checks what people typed."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence.case_reading import no_such_camera, no_such_recording
from evidence.errors import UsageError
from evidence.grouping import Segment, find_continuations
from evidence.models import CameraRow, RecordingRow, TimeClaimRow
from evidence.rows import claim_record, hint_record
from evidence.text import clean_line

LONGEST_NAME = 120


def load_camera(session: Session, camera_id: str) -> CameraRow:
    """Return the row of a camera that is in use. Raises NoSuchItemError."""
    row = session.get(CameraRow, camera_id)
    if row is None or row.retired_ns is not None:
        raise no_such_camera(camera_id)
    return row


def load_recording(session: Session, recording_id: str) -> RecordingRow:
    """Return the row of a recording. Raises NoSuchItemError."""
    row = session.get(RecordingRow, recording_id)
    if row is None:
        raise no_such_recording(recording_id)
    return row


def cameras_in_use(session: Session) -> list[CameraRow]:
    """Return the rows of all cameras in use, in the order of their tiles."""
    query = select(CameraRow).where(CameraRow.retired_ns.is_(None)).order_by(CameraRow.position, CameraRow.name)
    return list(session.execute(query).scalars())


def find_camera_named(session: Session, name: str) -> CameraRow | None:
    """Return the camera in use of this name, upper and lower case being the same, or None."""
    wanted = name.casefold()
    return next((row for row in cameras_in_use(session) if row.name.casefold() == wanted), None)


def check_name(session: Session, typed_name: str, *, own_id: str = "") -> str:
    """Return a camera's new name, cleaned.

    Raises:
        UsageError: it is empty, too long, or another camera's.
    """
    name = checked_line(typed_name, "A camera's name", longest=LONGEST_NAME)
    other = find_camera_named(session, name)
    if other is not None and other.id != own_id:
        raise UsageError(
            f"There is a camera “{other.name}” already.",
            remedy="Choose another name, or merge the two cameras.",
        )
    return name


def checked_line(typed_text: str, what: str, *, longest: int, may_be_empty: bool = False) -> str:
    """Return a line that a person typed, cleaned. Raises UsageError where it is empty or too long."""
    text = clean_line(typed_text)
    if not text and not may_be_empty:
        raise UsageError(f"{what} cannot be empty.", remedy="Type at least one character.")
    if len(text) > longest:
        raise UsageError(f"{what} has {len(text)} characters; {longest} is the most.", remedy="Shorten it.")
    return text


def add_camera(session: Session, row: CameraRow) -> CameraRow:
    """Add a camera after all others, in a colour that none in use has."""
    others = cameras_in_use(session)
    used = {other.colour for other in others}
    row.colour = next(colour for colour in range(len(others) + 1) if colour not in used)
    row.position = 1 + max((other.position for other in others), default=-1)
    session.add(row)
    session.flush()
    return row


def retire_if_empty(session: Session, camera: CameraRow, now_ns: int) -> bool:
    """Take a camera without recordings out of use; its history stays. Tell whether it was."""
    left = session.execute(select(func.count()).where(RecordingRow.camera_id == camera.id)).scalar_one()
    if not left:
        camera.retired_ns = now_ns
    return not left


def renew_continuations(session: Session) -> list[list[str]]:
    """Work out anew which recordings continue one another; return the pairs that are new, later one first."""
    session.flush()
    rows = list(session.execute(select(RecordingRow).order_by(RecordingRow.added_ns, RecordingRow.id)).scalars())
    claims: dict[str, list[TimeClaimRow]] = {}
    in_force = select(TimeClaimRow).where(TimeClaimRow.withdrawn_ns.is_(None)).order_by(TimeClaimRow.position)
    for claim in session.execute(in_force).scalars():
        claims.setdefault(claim.recording_id, []).append(claim)
    found = find_continuations(
        Segment(
            recording_id=row.id,
            camera_id=row.camera_id,
            hint=hint_record(row.hint),
            claims=tuple(claim_record(claim) for claim in claims.get(row.id, [])),
            duration_ns=row.duration_ns,
        )
        for row in rows
    )
    fresh: list[list[str]] = []
    for row in rows:
        before, row.continues = row.continues, found.get(row.id)
        if row.continues is not None and row.continues != before:
            fresh.append([row.id, row.continues])
    return fresh
