"""What an export is and what came of it: the frozen records of which reports are made."""

from __future__ import annotations

from dataclasses import dataclass

from annotations.cuts.containers import Container
from annotations.cuts.messages import Codec, Cut, Mode
from annotations.cuts.plan import Piece
from evidence.records import Camera, CaseInfo
from evidence.times import IncidentRange


@dataclass(frozen=True)
class Delivered:
    """What came of one recording.

    Attributes:
        camera: whose it is.
        piece: what was asked of it.
        mode: how.
        cut: what was done and found, or None where it could not be cut.
        file_name: in the export's folder.
        size_bytes: of the file.
        sha256: of the file.
        container: of the file.
        is_hash_verified: the original was compared with its hash just before.
        reason: why it could not be cut, one sentence.
        remedy: what to do about that.
    """

    camera: Camera
    piece: Piece
    mode: Mode
    cut: Cut | None = None
    file_name: str = ""
    size_bytes: int = 0
    sha256: str = ""
    container: Container | None = None
    is_hash_verified: bool = False
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class ExportFacts:
    """One export.

    Attributes:
        info: the case.
        span: the range that was asked for.
        made_ns: when it was made, ns since the epoch by this machine's clock.
        delivered: each recording, camera by camera in order of time.
        not_recording: chosen cameras that recorded nothing of the range.
        unplaced: recordings of which nothing says when they were made.
    """

    info: CaseInfo
    span: IncidentRange
    name: str
    exhibit: str
    note: str
    by: str
    made_ns: int
    codec: Codec
    is_lossless: bool
    verifies: bool
    delivered: tuple[Delivered, ...]
    not_recording: tuple[str, ...]
    unplaced: tuple[str, ...]
