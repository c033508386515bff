"""Saves the exact frame of every camera at an instant.

1. Each camera's frame is looked up in the frame tables; a camera without one is named, with its gap.
2. The original is read from start to end and its SHA-256 compared (or that is said not to have been done).
3. The frame is decoded in a child process; nothing but its pixels comes back.
4. The original is still the same file that was read in step 2.
5. The PNG is written in one step; a file of that name with another content is left alone and the still fails.
6. The audit log tells of all that was saved, where the case can be written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from evidence.atomic_file import write_bytes
from evidence.case import Case
from evidence.errors import (
    Cancelled,
    CaseBusyError,
    DecoderError,
    OriginalChangedError,
    OriginalMissingError,
    SightlineError,
    StorageError,
)
from evidence.hashing import Digest, hash_original
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.originals import open_original
from evidence.records import Recording, StreamInfo
from evidence.times import IncidentTime, iso_utc
from player.protocol import Source
from player.stills.maker import StillMaker
from player.stills.messages import StillOrder
from player.stills.names import still_name
from player.stills.over import DrawOver, encode_over, over_name
from player.stills.png import encode_png
from player.stills.provenance import JsonValue, StillFacts, as_document, text_chunks
from player.tracks import FrameSpot, Gap, Track
from sync.timeline import CameraTimeline, Timeline, build_timeline


@dataclass(frozen=True, slots=True)
class StillsRequest:
    """What to save.

    Attributes:
        case_folder: the case.
        instant: on the common clock.
        out_folder: where the files go; made where it is not there.
        by: who asks, for the audit log.
        camera_ids: the cameras to save, or None for all.
        is_upright: turned and with square pixels; else as recorded.
        verifies: whether originals are read and compared with their hash first.
        draw_over: draws over a copy of each still, which is saved beside it; None for stills alone.
    """

    case_folder: Path
    instant: IncidentTime
    out_folder: Path
    by: str
    camera_ids: tuple[str, ...] | None = None
    is_upright: bool = True
    verifies: bool = True
    draw_over: DrawOver | None = None


class StillState(StrEnum):
    """What came of one camera."""

    SAVED = "saved"
    NOT_RECORDING = "not recording"
    SOUND_ONLY = "sound only"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StillOutcome:
    """What came of one camera.

    Attributes:
        since: of a gap: when the camera stopped before the instant, or None where it had not begun.
        until: of a gap: when it starts again, or None where nothing follows.
        recording_name: the file that covers the instant, or "".
        frame: number of the frame, or None.
        file: the PNG, or None.
        sha256: of the PNG, or "".
        is_hash_verified: the original was compared with its hash just before.
        reason: why it failed, in words for people.
        provenance: what the PNG says of itself, or None.
        over_file: the same frame with something drawn over it, or None.
        over_sha256: of that file, or "".
    """

    camera_id: str
    camera_name: str
    state: StillState
    since: IncidentTime | None = None
    until: IncidentTime | None = None
    recording_name: str = ""
    frame: int | None = None
    file: Path | None = None
    sha256: str = ""
    is_hash_verified: bool = False
    reason: str = ""
    provenance: Mapping[str, JsonValue] | None = None
    over_file: Path | None = None
    over_sha256: str = ""


@dataclass(frozen=True, slots=True)
class StillsResult:
    """What came of all cameras.

    Attributes:
        outcomes: one a camera, in the order of the tiles.
        unplaced: names of recordings that have no place in time, so nothing of them could be saved.
        unaudited_reason: why the audit log does not tell of it, or "" where it does (or nothing was saved).
    """

    outcomes: tuple[StillOutcome, ...]
    unplaced: tuple[str, ...]
    unaudited_reason: str

    @property
    def saved(self) -> tuple[StillOutcome, ...]:
        """The stills that are on the disk."""
        return tuple(one for one in self.outcomes if one.state is StillState.SAVED)


def save_stills(
    request: StillsRequest, progress: Progress, cancelled: IsCancelled, *, case: Case | None = None
) -> StillsResult:
    """Save stills, as the module describes. What is wrong with one camera is in the result; it is not raised.

    Args:
        request: what to save.
        progress: told bytes read and in all.
        cancelled: asked while originals are read and frames decoded.
        case: the case, where it is open already; else it is opened for this.

    Raises:
        CaseError: the case cannot be opened.
        StorageError: the folder cannot be made.
        Cancelled: the user wished it; stills saved so far stay, and the audit log tells of them.
    """
    if case is not None:
        return _save(case, request, progress, cancelled)
    with _open(request.case_folder) as opened:
        return _save(opened, request, progress, cancelled)


def _save(case: Case, request: StillsRequest, progress: Progress, cancelled: IsCancelled) -> StillsResult:
    saving = _Saving(case, request, progress, cancelled)
    outcomes: list[StillOutcome] = []
    try:
        outcomes.extend(saving.outcomes())
    except Cancelled:
        _audit(case, request, saving.done)
        raise
    return StillsResult(
        outcomes=tuple(outcomes),
        unplaced=tuple(one.display_name for one in saving.timeline.unplaced),
        unaudited_reason=_audit(case, request, saving.done),
    )


class _Saving:
    """One run over the cameras.

    Attributes:
        timeline: every camera on the common clock.
        done: what came of the cameras so far.
    """

    def __init__(self, case: Case, request: StillsRequest, progress: Progress, cancelled: IsCancelled) -> None:
        self._case = case
        self._request = request
        self._progress = progress
        self._cancelled = cancelled
        self._info = case.info()
        self.timeline: Timeline = build_timeline(
            case.cameras(), case.recordings(), case.clock_settings(), self._info.time_zone
        )
        self.done: list[StillOutcome] = []
        self._total = 0
        self._before = 0

    def outcomes(self) -> Iterator[StillOutcome]:
        wanted = self._request.camera_ids
        rows = [row for row in self.timeline.cameras if wanted is None or row.camera.id in wanted]
        tracks = [Track(row, self._case.frame_index) for row in rows]
        looks = [track.at(self._request.instant) for track in tracks]  # step 1
        recordings = [look.place.recording for look in looks if isinstance(look, FrameSpot)]
        self._total = sum(one.size_bytes for one in recordings) if self._request.verifies else len(recordings)
        _make_folder(self._request.out_folder)
        with StillMaker() as maker:
            for row, track, look in zip(rows, tracks, looks, strict=True):
                outcome = _of_gap(row, look) if isinstance(look, Gap) else self._save(row, track, look, maker)
                self.done.append(outcome)
                yield outcome

    def _save(self, row: CameraTimeline, track: Track, spot: FrameSpot, maker: StillMaker) -> StillOutcome:
        recording = spot.place.recording
        try:
            return self._saved(row, track, spot, maker)
        except (Cancelled, MemoryError):
            raise
        except SightlineError as error:
            reason = str(error)
        except OSError as error:
            reason = f"The picture could not be written: {error.strerror or error}. Check the disk and its free space."
        finally:
            self._before += recording.size_bytes if self._request.verifies else 1
        return StillOutcome(
            row.camera.id,
            row.camera.name,
            StillState.FAILED,
            recording_name=recording.display_name,
            frame=None if recording.is_approximate else spot.frame,
            reason=reason,
        )

    def _saved(self, row: CameraTimeline, track: Track, spot: FrameSpot, maker: StillMaker) -> StillOutcome:
        recording, index = spot.place.recording, track.index_of(spot.place)
        stream = recording.video
        assert stream is not None
        assert index is not None
        if recording.is_approximate:
            raise _no_exact_frame(recording)
        path = self._path_of(recording)
        with open_original(path) as original:
            if self._request.verifies:
                digest = hash_original(original, self._teller(recording), self._cancelled)  # step 2
                _check_hash(digest, recording)
            order = StillOrder(_source(recording, stream, path), index, spot.frame, self._request.is_upright)
            picture = maker.make(order, self._cancelled)  # step 3
            original.check_unchanged()  # step 4
        return self._written(
            StillFacts(
                case=self._info,
                camera_name=row.camera.name,
                spot=spot,
                index=index,
                stream=stream,
                asked=self._request.instant,
                is_hash_verified=self._request.verifies,
                is_upright=self._request.is_upright,
                picture=picture,
            )
        )

    def _written(self, facts: StillFacts) -> StillOutcome:
        picture, recording = facts.picture, facts.spot.place.recording
        content = encode_png(
            picture.width,
            picture.height,
            picture.depth,
            picture.pixels,
            texts=text_chunks(facts),
            pixel_aspect=Fraction(1) if facts.is_upright else facts.stream.pixel_aspect,
        )
        taken = {one.file.name.casefold() for one in self.done if one.file is not None}
        file = self._request.out_folder / still_name(facts.camera_name, facts.spot, taken)
        _write(file, content)  # step 5
        digest = hashlib.sha256(content).hexdigest()
        over_file, over_digest = self._drawn_over(facts, file, digest)
        return StillOutcome(
            recording.camera_id,
            facts.camera_name,
            StillState.SAVED,
            recording_name=recording.display_name,
            frame=facts.spot.frame,
            file=file,
            sha256=digest,
            is_hash_verified=facts.is_hash_verified,
            provenance=as_document(facts),
            over_file=over_file,
            over_sha256=over_digest,
        )

    def _drawn_over(self, facts: StillFacts, still: Path, digest: str) -> tuple[Path | None, str]:
        """Save the frame once more with something drawn over it, where that was asked for and there is anything."""
        over = None if self._request.draw_over is None else self._request.draw_over(facts)
        if over is None:
            return None, ""
        content = encode_over(facts, over, still.name, digest)
        file = still.with_name(over_name(still.name, over))
        _write(file, content)
        return file, hashlib.sha256(content).hexdigest()

    def _path_of(self, recording: Recording) -> bytes:
        place = self._case.find_original(recording)
        if place is None:
            raise OriginalMissingError(
                f"{recording.display_name} is not there.",
                meaning="It was moved, renamed or deleted, or its drive is not connected.",
                remedy="Connect the drive, or say where the file is now with: sightline relocate",
            )
        return os.fsencode(place)

    def _teller(self, recording: Recording) -> Callable[[int], None]:
        def tell(done: int) -> None:
            at = self._before + min(done, recording.size_bytes)
            self._progress(ProgressReport(at, self._total, "bytes", recording.display_name))

        return tell


def _open(folder: Path) -> Case:
    """Open a case; one that another program is changing is read all the same, and its log is not written."""
    try:
        return Case.open(folder)
    except CaseBusyError:
        return Case.open(folder, read_only=True)


def _source(recording: Recording, stream: StreamInfo, path: bytes) -> Source:
    return Source(
        key=0,
        path_bytes=path,
        display_name=recording.display_name,
        stream_index=stream.index,
        rotation=stream.rotation,
        pixel_aspect=stream.pixel_aspect,
        color_space=stream.color_space,
        color_range=stream.color_range,
    )


def _no_exact_frame(recording: Recording) -> DecoderError:
    return DecoderError(
        f"{recording.display_name} is played by VLC, whose times are approximate: it has no exact frame to save.",
        meaning="A still that may be of another moment would prove nothing; none was made.",
        remedy="Ask the source for an export in a common format, and take the still from that.",
    )


def _of_gap(row: CameraTimeline, gap: Gap) -> StillOutcome:
    state = StillState.SOUND_ONLY if gap.is_sound_only else StillState.NOT_RECORDING
    return StillOutcome(row.camera.id, row.camera.name, state, since=gap.start, until=gap.end)


def _check_hash(digest: Digest | None, recording: Recording) -> None:
    if digest is None:
        raise Cancelled("Making stills was cancelled.")
    if digest.hex != recording.sha256:
        raise OriginalChangedError(
            f"{recording.display_name} is not the file that was added: its SHA-256 is another one.",
            meaning="No still was made of it, because it would not show what was added to the case.",
            remedy="Look for an unchanged copy, and find out what happened to this one.",
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {folder} cannot be made: {error.strerror or error}.",
            meaning="No still was saved.",
            remedy="Choose another folder.",
        ) from error


def _write(file: Path, content: bytes) -> None:
    """Write a still; the same one again changes nothing.

    Raises:
        StorageError: something else is there.
        OSError: the disk does not take it.
    """
    if os.path.lexists(file):
        if file.is_file() and file.stat().st_size == len(content) and file.read_bytes() == content:
            return
        raise StorageError(
            f"{file.name} is there already, with another content.",
            meaning="It was left as it is, because somebody may have been given it.",
            remedy="Choose an empty folder.",
        )
    write_bytes(file, content)


def _told_over(file: Path, digest: str) -> dict[str, str]:
    return {"drawn_over": file.name, "drawn_over_sha256": digest}


def _audit(case: Case, request: StillsRequest, outcomes: list[StillOutcome]) -> str:
    """Tell the log what was saved; return why it could not be told, or ""."""
    saved = [one for one in outcomes if one.state is StillState.SAVED]
    if not saved:
        return ""
    if case.is_read_only:
        return f"The case is open read-only ({case.read_only_reason})."
    try:
        with case.change(request.by, "telling of stills") as change:  # step 6
            change.tell(
                "stills.saved",
                items=[one.camera_id for one in saved],
                at=iso_utc(request.instant),
                folder=str(request.out_folder),
                shown="upright, square pixels" if request.is_upright else "as recorded",
                originals_verified=request.verifies,
                stills=[
                    {
                        "file": "" if one.file is None else one.file.name,
                        "sha256": one.sha256,
                        "camera": one.camera_name,
                        "recording": one.recording_name,
                        "frame": one.frame,
                        **({} if one.over_file is None else _told_over(one.over_file, one.over_sha256)),
                    }
                    for one in saved
                ],
            )
    except SightlineError as error:
        return str(error)
    return ""
