"""Has a clip cut and notes in the case what was made."""

from __future__ import annotations

from pathlib import Path

from annotations.clips.clip import Clip, ClipDraft, MadeExport, MadeFile, note_export
from annotations.cuts.job import ExportRequest, ExportResult, export_range
from evidence.case import Case
from evidence.jobs import IsCancelled, Progress


def request_of(
    draft: ClipDraft, *, out_folder: Path | None, by: str, made_ns: int, verifies: bool = True, clip_id: str = ""
) -> ExportRequest:
    """Return what is to be exported for a clip."""
    return ExportRequest(
        span=draft.span,
        out_folder=out_folder,
        by=by,
        made_ns=made_ns,
        name=draft.name,
        exhibit=draft.exhibit,
        note=draft.note,
        camera_ids=draft.camera_ids,
        mode=draft.mode,
        modes=draft.modes,
        codec=draft.codec,
        is_lossless=draft.is_lossless,
        verifies=verifies,
        clip_id=clip_id,
    )


def export_clip(
    case: Case, clip: Clip, request: ExportRequest, progress: Progress, cancelled: IsCancelled
) -> ExportResult:
    """Export a clip and note it; as `export_range` says."""
    result = export_range(case, request, progress, cancelled)
    if not case.is_read_only:
        note_export(case, clip.id, made_export(result, request), by=request.by)
    return result


def made_export(result: ExportResult, request: ExportRequest) -> MadeExport:
    """Return what is noted of an export."""
    files = tuple(
        MadeFile(one.file_name, one.sha256, one.camera.id) for one in result.facts.delivered if one.cut is not None
    )
    return MadeExport(str(result.folder), request.made_ns, request.by, files)
