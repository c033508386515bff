"""The tables of transcripts, on the metadata of `evidence.models`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from annotations.models import ItemRow
from evidence.models import ID_LENGTH


class TranscriptRow(ItemRow):
    """One transcript: a file that was imported, what was written by hand for a camera, or what a machine made."""

    __tablename__ = "transcripts"
    name: Mapped[str]
    camera_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    model: Mapped[str]
    is_checked: Mapped[bool]
    format: Mapped[str] = mapped_column(String(40))
    encoding: Mapped[str]
    language: Mapped[str] = mapped_column(String(40))
    source_name: Mapped[str]
    source_sha256: Mapped[str] = mapped_column(String(64))
    source_bytes: Mapped[int]
    placed: Mapped[str]
    notes: Mapped[list[Any]]
    problems: Mapped[list[Any]]
    uncounted: Mapped[int] = mapped_column(Integer)
    by: Mapped[str]
    created_ns: Mapped[int]
    changed_by: Mapped[str]
    changed_ns: Mapped[int]


class CueRow(ItemRow):
    """What somebody says, in the media time of a recording."""

    __tablename__ = "cues"
    __table_args__ = (Index("ix_cues_recording_id_start_ns", "recording_id", "start_ns"),)
    transcript_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    recording_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    start_ns: Mapped[int]
    end_ns: Mapped[int]
    speaker: Mapped[str]
    text: Mapped[str]
    line: Mapped[int] = mapped_column(Integer)
    changed_by: Mapped[str]
    changed_ns: Mapped[int]
