"""Everything that court mode needs of a case or a pack, read beforehand: nothing is opened again while it is shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from annotations.shapes.on_frame import ShapesByFrame
from annotations.shapes.record import load_shapes
from annotations.transcripts.cue_times import CueTimes, cue_times
from annotations.transcripts.store import load_book
from courtroom.documents import document_path
from courtroom.pack.opening import open_pack
from courtroom.pack.verify import KnowsKey
from courtroom.run_sheet import Item, RunSheet, cameras_of
from courtroom.run_sheet_json import from_json
from courtroom.run_sheet_store import SheetVersion, list_run_sheets, load_run_sheet
from courtroom.show.cue import Cue, cue_of
from evidence.case import Case
from evidence.errors import NoSuchItemError, UsageError
from evidence.frame_index import FrameIndex
from evidence.records import Recording
from evidence.verify import Verdict
from sync.timeline import Timeline, build_timeline

COURT_LOG = "court.log"
CAPTURES = "exports/court captures"
"""Where captures lie in a case."""


_UNREAD = "UNKNOWN: the files of this pack were not compared with their hashes when it was opened."


class SourceKind(StrEnum):
    """Where a run sheet comes from."""

    CASE = "case"
    PACK = "pack"


@dataclass(frozen=True, eq=False)
class CourtSource:
    """A run sheet with all that it needs.

    Attributes:
        folder: of the case or the pack.
        id: permanent id of the case or the pack.
        title: of the case.
        reference: of the case.
        sheet: the run sheet.
        cues: its items as they are played.
        timeline: the cameras that it shows or lets hear, on the common clock.
        indexes: frame tables by the ids of recordings.
        zone: of local times, an IANA name.
        is_writable: whether the court log can lie in the folder.
        missing: names of recordings whose originals are not there.
        shapes: drawn on pictures.
        captions: what was said when, or None where nothing was typed.
        first_look: what must be known of a pack before it is shown, in words; "" where nothing must, or of a case.
        is_amiss: whether that is a MISMATCH: it is not as it was made.
        case_folder: of the case, or of the extract within the pack: where documents lie.
    """

    kind: SourceKind
    folder: Path
    id: str
    title: str
    reference: str
    sheet: RunSheet
    cues: tuple[Cue, ...]
    timeline: Timeline
    indexes: Mapping[str, FrameIndex]
    zone: str
    is_writable: bool
    missing: tuple[str, ...] = ()
    shapes: ShapesByFrame = field(default_factory=ShapesByFrame)
    captions: CueTimes | None = None
    first_look: str = ""
    is_amiss: bool = False
    case_folder: Path = Path()

    def find_index(self, recording_id: str) -> FrameIndex | None:
        """Return a recording's frame table, or None."""
        return self.indexes.get(recording_id)

    @property
    def files(self) -> tuple[bytes, ...]:
        """The paths of all that is shown: recordings, documents, images."""
        recordings = [one.recording.path_bytes for row in self.timeline.cameras for one in row.placed]
        return (*recordings, *(os.fsencode(cue.path) for cue in self.cues if cue.path))

    def camera_name(self, camera_id: str) -> str:
        """Return what people call a camera."""
        row = self.timeline.find_camera(camera_id)
        return camera_id if row is None else row.camera.name


def load_from_case(folder: Path, wanted: str = "") -> CourtSource:
    """Read a run sheet of a case; the case is closed again.

    Args:
        folder: the case.
        wanted: a run sheet's id, its title, or the path of one as JSON; "" for the one saved last.

    Raises:
        CaseError: the case cannot be opened or read.
        NoSuchItemError: it has no such run sheet.
        RunSheetError: it is damaged, or of a newer version.
        UsageError: the run sheet has no items.
    """
    with Case.open(folder, read_only=True) as case:
        sheet = _find_sheet(case, wanted)
        if not sheet.items:
            raise UsageError(
                f"The run sheet “{sheet.title}” has no items.", remedy="Add what is to be shown to it first."
            )
        return _of_case(case, sheet)


def load_from_pack(folder: Path, knows: KnowsKey) -> CourtSource:
    """Read the run sheet of a pack; the pack is closed again, and nothing is written into it.

    Args:
        folder: the pack.
        knows: whose key one is.

    Raises:
        PackError: it cannot be opened.
        CaseError: its extract cannot be opened.
        RunSheetError: its run sheet cannot be read.
    """
    with open_pack(folder, knows) as pack:
        source = _of_case(pack.case, pack.sheet)
        amiss = (one for one in pack.first_look.findings if one.verdict is Verdict.MISMATCH)
        finding = next(amiss, None)
        return replace(
            source,
            kind=SourceKind.PACK,
            folder=pack.folder,
            id=pack_id(source.id, pack.sheet.id),
            is_writable=False,
            first_look=_UNREAD if finding is None else f"MISMATCH: {finding}",
            is_amiss=finding is not None,
        )


def pack_id(case_id: str, sheet_id: str) -> str:
    """Return the permanent id of a pack: of its case and its run sheet."""
    return f"{case_id}-{sheet_id}"


def side_folder(data: Path, source_id: str) -> Path:
    """Return where court mode writes of a pack, or of a case that cannot be written, in a user's data folder."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in source_id)[:100]
    return data / "court" / safe


def _of_case(case: Case, sheet: RunSheet) -> CourtSource:
    info, recordings = case.info(), case.recordings()
    shown = set(cameras_of(sheet.items))
    places = case.find_originals(recordings)
    at_hand = tuple(_at(one, places[one.id]) for one in recordings if one.camera_id in shown)
    cameras = tuple(camera for camera in case.cameras() if camera.id in shown)
    indexes: dict[str, FrameIndex] = {}
    for recording in at_hand:
        index = None if recording.video_stream is None else case.frame_index(recording.id)
        if index is not None:
            indexes[recording.id] = index
    timeline = build_timeline(cameras, at_hand, case.clock_settings(), info.time_zone)
    return CourtSource(
        kind=SourceKind.CASE,
        folder=case.folder,
        id=info.id,
        title=info.title,
        reference=info.reference,
        sheet=sheet,
        cues=tuple(cue_of(item, _path_of(case, item)) for item in sheet.items),
        timeline=timeline,
        indexes=indexes,
        zone=info.time_zone,
        is_writable=os.access(case.folder, os.W_OK),
        missing=tuple(one.display_name for one in at_hand if places[one.id] is None),
        shapes=ShapesByFrame(load_shapes(case)),
        captions=cue_times(load_book(case), timeline),
        case_folder=case.folder,
    )


def _path_of(case: Case, item: Item) -> str:
    return "" if item.file is None else str(document_path(case.folder, item.file))


def _find_sheet(case: Case, wanted: str) -> RunSheet:
    if wanted.lower().endswith(".json") and Path(wanted).is_file():
        return from_json(Path(wanted).read_bytes())
    sheets = list_run_sheets(case)
    found = _fitting(sheets, wanted)
    if found is None:
        names = ", ".join(f"“{one.title}”" for one in sheets) or "none"
        raise NoSuchItemError(
            f"The case has no run sheet “{wanted}”." if wanted else "The case has no run sheet.",
            remedy=f"Name one of those it has: {names}.",
        )
    return load_run_sheet(case, found.sheet_id)


def _fitting(sheets: tuple[SheetVersion, ...], wanted: str) -> SheetVersion | None:
    if not wanted:
        return sheets[0] if sheets else None
    return next((one for one in sheets if wanted in {one.sheet_id, one.title}), None)


def _at(recording: Recording, place: Path | None) -> Recording:
    return recording if place is None else replace(recording, path_bytes=os.fsencode(place))
