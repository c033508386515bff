"""Exports a range of a case: every chosen camera's recordings cut, checked, and told of in a report.

1. The frames of each recording are looked up (`plan`).
2. The original is read from start to end and its SHA-256 compared, or that is said not to have been done.
3. It is cut and the result checked in a child process (`maker`).
4. The original is still the same file that was read in step 2.
5. The SHA-256 of what was written is taken.
6. The report is written beside it; the folder gets its name; the audit log tells.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from annotations.cuts.containers import Container, container_for
from annotations.cuts.draft_folder import drafting, plain_name
from annotations.cuts.maker import Cutter
from annotations.cuts.messages import Codec, Cut, Mode, NotCut
from annotations.cuts.paper import cut_paper
from annotations.cuts.plan import Piece, order_for, pieces_of
from annotations.cuts.report import report_bytes
from annotations.cuts.report_facts import Delivered, ExportFacts
from annotations.paper import write_html
from evidence.audit import JsonValue
from evidence.case import Case
from evidence.errors import (
    Cancelled,
    MediaError,
    OriginalChangedError,
    OriginalMissingError,
    SightlineError,
    StorageError,
    UsageError,
)
from evidence.hashing import hash_original
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.originals import open_original
from evidence.records import Recording
from evidence.times import IncidentRange, iso_utc
from sync.timeline import CameraTimeline, build_timeline

REPORT_JSON, REPORT_HTML, REPORT_PDF = "cut report.json", "cut report.html", "cut report.pdf"
_MATROSKA = Container(
    "matroska", ".mkv", "FFmpeg cannot write these packets with their times into {}, so Matroska takes its place."
)


@dataclass(frozen=True)
class ExportRequest:
    """What to export.

    Attributes:
        span: the range on the common clock.
        out_folder: where the export's own folder is made, or None for the case's `exports`.
        by: who asks, for the report and the audit log.
        made_ns: when, for the report; ns since the epoch.
        name: of the clip, for people; may be empty.
        exhibit: reference, or "".
        note: for the report.
        camera_ids: the cameras, or None for all.
        mode: for all cameras that `modes` does not name.
        modes: by camera.
        codec: for what is encoded.
        is_lossless: whether encoded frames are to be equal to the original's.
        verifies: whether originals are read and compared with their hash first.
        clip_id: the clip that this is an export of, or "".
    """

    span: IncidentRange
    out_folder: Path | None
    by: str
    made_ns: int
    name: str = ""
    exhibit: str = ""
    note: str = ""
    camera_ids: tuple[str, ...] | None = None
    mode: Mode = Mode.COPY
    modes: Mapping[str, Mode] = field(default_factory=dict)
    codec: Codec = Codec.H264
    is_lossless: bool = False
    verifies: bool = True
    clip_id: str = ""


@dataclass(frozen=True)
class ExportResult:
    """What came of it.

    Attributes:
        folder: where it is.
        facts: all that the report says.
        unaudited_reason: why the audit log does not tell of it, or "".
    """

    folder: Path
    facts: ExportFacts
    unaudited_reason: str

    @property
    def failed(self) -> tuple[Delivered, ...]:
        """The recordings that could not be cut."""
        return tuple(one for one in self.facts.delivered if one.cut is None)


def export_range(case: Case, request: ExportRequest, progress: Progress, cancelled: IsCancelled) -> ExportResult:
    """Export a range, as the module describes.

    What is wrong with one recording is in the result and in the report; where nothing could be cut it is raised.

    Raises:
        UsageError: no chosen camera recorded anything of the range.
        MediaError: nothing of it could be cut.
        StorageError: the disk did not take it; nothing is left of it.
        Cancelled: the user wished it; nothing is left of it.
    """
    export = _Export(case, request, progress, cancelled)
    parent = request.out_folder or case.folder / "exports"
    with drafting(parent, _folder_name(request)) as (draft, final):
        facts = export.run(draft)
        try:
            (draft / REPORT_JSON).write_bytes(report_bytes(facts))
            paper = cut_paper(facts)
            write_html(paper, draft / REPORT_HTML)
            from annotations.ui.paper_pdf import write_pdf  # prints in a process of its own

            write_pdf(paper, draft / REPORT_PDF, cancelled=cancelled)
        except OSError as error:
            raise _disk(f"The report could not be written: {error.strerror or error}.") from error
    return ExportResult(final, facts, _audit(case, request, facts, final))


class _Export:
    def __init__(self, case: Case, request: ExportRequest, progress: Progress, cancelled: IsCancelled) -> None:
        self._case = case
        self._request = request
        self._progress = progress
        self._cancelled = cancelled
        self._done = 0
        self._taken: dict[str, str] = {}
        self._total = 0

    def run(self, draft: Path) -> ExportFacts:
        case, request = self._case, self._request
        info = case.info()
        timeline = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), info.time_zone)
        wanted = request.camera_ids
        rows = [row for row in timeline.cameras if wanted is None or row.camera.id in wanted]
        work = [(row, piece) for row in rows for piece in pieces_of(row, request.span, case.frame_index)]  # step 1
        if not work:
            raise UsageError(
                "None of the chosen cameras recorded anything in this range.",
                meaning="Nothing was exported.",
                remedy="Choose another range or other cameras; the timeline shows who was recording when.",
            )
        self._total = len(work)
        with Cutter() as cutter:
            delivered = tuple(self._deliver(row, piece, draft, cutter) for row, piece in work)
        if all(one.cut is None for one in delivered):
            raise MediaError(
                delivered[0].reason, meaning="Nothing was exported.", remedy=delivered[0].remedy or "Try another mode."
            )
        silent = tuple(row.camera.name for row in rows if all(row is not one for one, _piece in work))
        return ExportFacts(
            info=info,
            span=request.span,
            name=request.name,
            exhibit=request.exhibit,
            note=request.note,
            by=request.by,
            made_ns=request.made_ns,
            codec=request.codec,
            is_lossless=request.is_lossless,
            verifies=request.verifies,
            delivered=delivered,
            not_recording=silent,
            unplaced=tuple(one.display_name for one in timeline.unplaced),
        )

    def _deliver(self, row: CameraTimeline, piece: Piece, draft: Path, cutter: Cutter) -> Delivered:
        mode = self._request.modes.get(row.camera.id, self._request.mode)
        begun = Delivered(row.camera, piece, mode)
        try:
            return self._cut(begun, draft, cutter)
        except (Cancelled, StorageError, MemoryError):
            raise
        except SightlineError as error:
            return replace(begun, reason=error.happened, remedy=error.remedy)
        finally:
            self._done += 1

    def _cut(self, begun: Delivered, draft: Path, cutter: Cutter) -> Delivered:
        recording, request = begun.piece.recording, self._request
        if recording.is_approximate:
            return replace(
                begun,
                reason=f"{recording.display_name} is played by VLC, so no frame of it is known exactly.",
                remedy="Ask the source for an export in a common format.",
            )
        container = container_for(recording, begun.piece.index, begun.mode, request.codec)
        path_bytes = self._path_of(recording)
        with open_original(path_bytes) as original:
            if request.verifies:
                self._verify(path_bytes, recording)  # step 2
            file, answer = self._ask(begun, container, path_bytes, draft, cutter)  # step 3
            if isinstance(answer, NotCut) and begun.mode is Mode.COPY and container.format != "matroska":
                file.unlink(missing_ok=True)
                container = replace(_MATROSKA, why=_MATROSKA.why.format(container.format))
                file, second = self._ask(begun, container, path_bytes, draft, cutter)
                answer = _with_all_sound(answer, second)
            original.check_unchanged()  # step 4
        if isinstance(answer, NotCut):
            file.unlink(missing_ok=True)
            return replace(begun, reason=answer.reason, remedy=answer.remedy)
        size, digest = _digest(file, self._cancelled)  # step 5
        return replace(
            begun,
            cut=answer,
            file_name=file.name,
            size_bytes=size,
            sha256=digest,
            container=container,
            is_hash_verified=request.verifies,
        )

    def _ask(
        self, begun: Delivered, container: Container, path_bytes: bytes, draft: Path, cutter: Cutter
    ) -> tuple[Path, Cut | NotCut]:
        file = draft / self._file_name(begun, container.suffix)
        order = order_for(
            begun.piece,
            (path_bytes, os.fsencode(file)),
            container,
            (begun.mode, self._request.codec),
            is_lossless=self._request.is_lossless,
        )
        answer = cutter.cut(
            order, lambda told: self._tell(told.thousandths, f"{told.doing} {begun.camera.name}"), self._cancelled
        )
        if isinstance(answer, NotCut) and answer.is_disk:
            raise _disk(answer.reason)
        return file, answer

    def _verify(self, path_bytes: bytes, recording: Recording) -> None:
        with open_original(path_bytes) as original:
            digest = hash_original(
                original, lambda _done: self._tell(0, f"Verifying {recording.display_name}"), self._cancelled
            )
        if digest is None:
            raise Cancelled("The export was cancelled.")
        if digest.hex != recording.sha256:
            raise OriginalChangedError(
                f"{recording.display_name} is not the file that was added: its SHA-256 is another one.",
                meaning="Nothing was cut out of it.",
                remedy="Look for an unchanged copy, and find out what happened to this one.",
            )

    def _tell(self, thousandths: int, words: str) -> None:
        self._progress(ProgressReport(self._done * 1000 + thousandths, self._total * 1000, "", words))

    def _path_of(self, recording: Recording) -> bytes:
        place = self._case.find_original(recording)
        if place is None:
            raise OriginalMissingError(
                f"{recording.display_name} is not there.",
                meaning="It was moved, renamed or deleted, or its drive is not connected.",
                remedy="Connect the drive, or say where the file is now with: sightline relocate",
            )
        return os.fsencode(place)

    def _file_name(self, begun: Delivered, suffix: str) -> str:
        instant = iso_utc(begun.piece.shown.start, digits=3).replace("-", "").replace(":", "")
        stem = " ".join(
            filter(None, (plain_name(self._request.exhibit, ""), plain_name(begun.camera.name, "camera"), instant))
        )
        name, number = stem + suffix, 1
        while self._taken.get(name.casefold(), begun.piece.recording.id) != begun.piece.recording.id:
            number += 1
            name = f"{stem} ({number}){suffix}"
        self._taken[name.casefold()] = begun.piece.recording.id
        return name


def _with_all_sound(first: NotCut, second: Cut | NotCut) -> Cut | NotCut:
    """Return the second cut, unless it is none, or sound was left out that only the first container can hold."""
    if isinstance(second, Cut):
        lost = next((one.what for one in second.left_out if one.what.startswith("audio")), "")
        if not lost:
            return second
        second = NotCut(f"it cannot hold the sound here: {lost}.", "Choose exact for this recording.")
    return replace(first, reason=f"{first.reason} Nor into Matroska: {second.reason}", remedy=second.remedy)


def _folder_name(request: ExportRequest) -> str:
    instant = iso_utc(request.span.start, digits=0).replace("-", "").replace(":", "")
    parts = [plain_name(request.exhibit, ""), plain_name(request.name, "")]
    return " ".join(part for part in parts if part) or f"Clip {instant}"


def _digest(file: Path, cancelled: IsCancelled) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            if cancelled():
                raise Cancelled("The export was cancelled.")
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def _disk(reason: str) -> StorageError:
    return StorageError(
        reason,
        meaning="Nothing was exported and nothing is left of it.",
        remedy="Free some space, or choose another folder.",
    )


def _audit(case: Case, request: ExportRequest, facts: ExportFacts, folder: Path) -> str:
    """Tell the log what was exported; return why it could not be told, or ""."""
    if case.is_read_only:
        return f"The case is open read-only ({case.read_only_reason})."
    files: list[JsonValue] = [
        {"file": one.file_name, "sha256": one.sha256, "camera": one.camera.name, "mode": one.mode.value}
        for one in facts.delivered
        if one.cut is not None
    ]
    try:
        with case.change(request.by, "telling of an export") as change:  # step 6
            change.tell(
                "clip.exported",
                items=[request.clip_id] if request.clip_id else [],
                folder=str(folder),
                name=request.name,
                exhibit=request.exhibit,
                **{"from": iso_utc(request.span.start), "to": iso_utc(request.span.end)},
                originals_verified=request.verifies,
                files=files,
            )
    except SightlineError as error:
        return str(error)
    return ""
