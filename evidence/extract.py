"""Builds a new case that holds a chosen part of another, row by row from a list: what is not on the list cannot get in.

Only what is needed to show the recordings goes over: the cameras, the recordings with their streams, frame tables,
claims of time in force and findings, and the clock settings in force. Not the paths of this machine, not what was
withdrawn, refused, observed or verified, not the audit log, and no words that name anything left behind: such words are
replaced, and it is said so. The extract is sealed when it is whole; from then on it opens read-only.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session

from evidence.atomic_file import sync_file, sync_folder
from evidence.case import Case
from evidence.case_folder import DATABASE, FOLDERS, LOCK, SEAL
from evidence.errors import NoSuchItemError
from evidence.models import (
    Base,
    CameraRow,
    ClockSettingRow,
    FindingRow,
    FrameIndexRow,
    RecordingRow,
    RefusalRow,
    StreamRow,
    TimeClaimRow,
)
from evidence.records import ItemClass

REPLACED = "(Left out here: the words name something that is not part of this extract. The case itself holds them.)"
_SEAL_WORDS = (
    "This case is sealed: it is part of a pack that was made whole and signed.\n"
    "Sightline opens it read-only. Any change to it would be found by verifying the pack.\n"
)
_SHORT = 3

_Row = TypeVar("_Row", bound=Base)


@dataclass(frozen=True, slots=True)
class ExtractPlan:
    """What goes into an extract.

    Attributes:
        camera_ids: the cameras, also those of which no recording is needed.
        paths: the recordings by id, each with where its file lies as seen from the extract's folder.
    """

    camera_ids: tuple[str, ...]
    paths: Mapping[str, bytes]


class ForeignWords:
    """Knows what is left behind, and replaces words that name it."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take the names of everything left behind; those of one or two letters must match in their case."""
        whole = {name.strip() for name in names if name.strip()}
        patterns = [
            rf"(?<!\w){re.escape(name)}(?!\w)" if len(name) < _SHORT else rf"(?i:(?<!\w){re.escape(name)}(?!\w))"
            for name in sorted(whole)
        ]
        self._pattern = re.compile("|".join(patterns)) if patterns else None

    def replace(self, text: str) -> str:
        """Return a text as it is, or `REPLACED` where it names something left behind."""
        return REPLACED if self._pattern is not None and self._pattern.search(text) else text


def foreign_words(source: Case, plan: ExtractPlan) -> ForeignWords:
    """Return what knows the names of all that a plan leaves behind. Raises CaseDamagedError."""
    with source.reading("reading what stays behind") as session:
        return _words_left_behind(session, plan)


def make_extract(source: Case, folder: Path, plan: ExtractPlan, *, by: str) -> Case:
    """Make a new case at `folder` and fill it; return it open for changes, so that rooms above can add theirs.

    Close it and call `seal` when it is whole.

    Raises:
        NoSuchItemError: the plan names what the case does not hold.
        CaseExistsError: something is at `folder` already.
        StorageError: the disk does not take it.
    """
    info = source.info()
    made = Case.create(folder, title=info.title, reference=info.reference, by=by, time_zone=info.time_zone)
    try:
        with source.reading("reading what goes into the extract") as session:
            rows = _rows(session, plan)
        with made.change(by, "making an extract of the case") as change:
            for row in rows:
                change.session.add(row)
                change.session.flush()
            change.tell(
                "extract.made",
                items=[*plan.camera_ids, *plan.paths],
                case_id=info.id,
                cameras=len(plan.camera_ids),
                recordings=len(plan.paths),
            )
    except BaseException:
        made.close()
        raise
    return made


def seal(folder: Path) -> None:
    """Make an extract that is whole and closed a sealed one: one plain database file, nothing beside it.

    Raises:
        sqlite3.Error, OSError: the disk does not take it.
    """
    connection = sqlite3.connect(folder / DATABASE, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("VACUUM")
    finally:
        connection.close()
    (folder / LOCK).unlink(missing_ok=True)
    for name in FOLDERS:
        (folder / name).rmdir()
    (folder / SEAL).write_text(_SEAL_WORDS, encoding="utf-8")
    for name in (DATABASE, SEAL):
        sync_file(folder / name)
    sync_folder(folder)


def _rows(session: Session, plan: ExtractPlan) -> list[Base]:
    """Return every row of the extract, in an order in which each finds what it points at."""
    cameras = _load(session, CameraRow, CameraRow.id.in_(plan.camera_ids))
    recordings = _load(session, RecordingRow, RecordingRow.id.in_(plan.paths))
    _check_found({row.id for row in cameras} >= set(plan.camera_ids), "camera")
    _check_found({row.id for row in recordings} >= set(plan.paths), "recording")
    _check_found({row.camera_id for row in recordings} <= set(plan.camera_ids), "camera")
    words = _words_left_behind(session, plan)
    rows: list[Base] = [_copy(row, batch_id=None, merged_into=None, retired_ns=None, grouped_by="") for row in cameras]
    recordings.sort(key=lambda row: (row.added_ns, row.id))
    kept: set[str] = set()
    for row in recordings:
        continues = row.continues if row.continues in kept else None
        place = {"path_bytes": b"", "path_from_case": plan.paths[row.id], "item_class": ItemClass.WORKING_COPY.value}
        rows.append(_copy(row, batch_id=None, continues=continues, hint={}, **place))
        kept.add(row.id)
    rows += [_copy(row) for row in _load(session, StreamRow, StreamRow.recording_id.in_(plan.paths))]
    rows += [_copy(row) for row in _load(session, FrameIndexRow, FrameIndexRow.recording_id.in_(plan.paths))]
    in_force = TimeClaimRow.recording_id.in_(plan.paths) & TimeClaimRow.withdrawn_ns.is_(None)
    rows += [
        _copy(row, source=words.replace(row.source), raw=words.replace(row.raw), note=words.replace(row.note))
        for row in _load(session, TimeClaimRow, in_force)
    ]
    for finding in _load(session, FindingRow, FindingRow.recording_id.in_(plan.paths)):
        said = {name: words.replace(getattr(finding, name)) for name in ("happened", "meaning", "remedy")}
        rows.append(_copy(finding, **said))
    set_now = ClockSettingRow.camera_id.in_(plan.camera_ids) & ClockSettingRow.superseded_ns.is_(None)
    rows += [_copy(row, basis=words.replace(row.basis)) for row in _load(session, ClockSettingRow, set_now)]
    return rows


def _load(session: Session, kind: type[_Row], wanted: ColumnElement[bool]) -> list[_Row]:
    return list(session.execute(select(kind).where(wanted)).scalars())


def _copy(row: _Row, **instead: Any) -> _Row:
    """Return a new row with the same columns, but for those that are named."""
    columns = {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
    return type(row)(**(columns | instead))


def _words_left_behind(session: Session, plan: ExtractPlan) -> ForeignWords:
    """Collect what names the rest of the case, without what also names a part that goes over."""
    ours: set[str] = set()
    others: set[str] = set()
    for camera in session.execute(select(CameraRow)).scalars():
        names = ours if camera.id in plan.camera_ids else others
        names |= {camera.id, camera.name, camera.owner, camera.serial}
    columns = (RecordingRow.id, RecordingRow.display_name, RecordingRow.exhibit, RecordingRow.sha256)
    for row in session.execute(select(*columns)):
        names = ours if row.id in plan.paths else others
        names |= {row.id, row.display_name, row.display_name.rpartition(".")[0], row.exhibit, row.sha256}
    for refusal in session.execute(select(RefusalRow.display_name, RefusalRow.sha256)):
        others |= {refusal.display_name, refusal.sha256}
    return ForeignWords(others - ours)


def _check_found(is_there: bool, what: str) -> None:  # noqa: FBT001 - a condition, not an option
    if not is_there:
        raise NoSuchItemError(
            f"A {what} is named that the case does not hold.",
            meaning="Nothing was made.",
            remedy="Look at the run sheet again: what it names may have been merged or taken out.",
        )
