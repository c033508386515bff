"""What people ask of transcripts: importing, editing, exporting. Every change runs beside the UI thread as one step."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QWidget

from annotations.journal import Step
from annotations.transcripts import edits
from annotations.transcripts.cue_times import CueTimes
from annotations.transcripts.exporting import choose_cues
from annotations.transcripts.importing import ImportRequest, import_transcript, outcome_words
from annotations.transcripts.records import Cue
from annotations.transcripts.writing import TextForm, write_transcript
from app.jobs import JobRunner
from app.session import CaseSession
from app.time_text import LocalTimes
from app.transcript_keeper import TranscriptKeeper
from app.typed_cue import TypedCue
from app.ui.choosers import Choosers
from app.ui.playback import Playback
from app.ui.transcript_dialogs import CueTimesDialog, ImportDialog, ImportWish, SpeakerDialog, TranscriptFacts
from evidence.atomic_file import write_bytes
from evidence.case import Case
from evidence.errors import CaseReadOnlyError, SightlineError, UsageError
from evidence.jobs import IsCancelled, Progress, never_cancelled, no_progress
from evidence.records import Recording
from evidence.times import NS_PER_S, IncidentTime
from sync.timeline import PlacedRecording

ENDINGS = (".vtt", ".srt", ".docx", ".csv", ".txt")
SURE_ENDINGS = (".vtt", ".srt", ".docx")
"""No recording has such an ending; the others may be files that belong to recordings."""

_FORMS = "WebVTT (*.vtt);;SubRip (*.srt);;Word (*.docx);;Table (*.csv);;Text (*.txt)"
_NEW_LENGTH_NS = 3 * NS_PER_S
_NEW_TEXT = "…"


class WordsDesk(QObject):
    """Takes requests on the UI thread.

    Signals:
        written: id of a cue that was just made and is to be typed.
        told: what was done, in words for people.
        refused: `SightlineError`: what was asked for cannot be done.
    """

    written = Signal(str)
    told = Signal(str)
    refused = Signal(object)

    def __init__(
        self,
        window: QWidget,
        *,
        session: CaseSession,
        jobs: JobRunner,
        playback: Playback,
        choosers: Choosers,
        keeper: TranscriptKeeper,
        focus: Callable[[], str | None],
        times: Callable[[], LocalTimes],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._jobs = jobs
        self._playback = playback
        self._choosers = choosers
        self._keeper = keeper
        self._focus = focus
        self._times = times

    # In and out

    def ask_import(self) -> None:
        """Ask for files and import them."""
        self._choosers.choose_files(self._window, "Import a transcript", _documents(), self.import_files)

    def import_files(self, paths: Sequence[Path]) -> None:
        """Ask whose words these files hold, and import them."""
        snapshot = self._session.snapshot
        if snapshot is None or not paths:
            return
        if not snapshot.recordings:
            self.refused.emit(
                UsageError("There is no recording yet whose words these could be.", remedy="Add recordings first.")
            )
            return
        ImportDialog(paths, snapshot, self._focus(), self._import, self._window).show()

    def take_dropped(self, paths: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """Import those of the dropped files that are transcripts; return the others."""
        endings = [Path(os.fsdecode(path)).suffix.casefold() for path in paths]
        known = ENDINGS if all(ending in ENDINGS for ending in endings) else SURE_ENDINGS
        mine = [path for path, ending in zip(paths, endings, strict=True) if ending in known]
        self.import_files([Path(os.fsdecode(path)) for path in mine])
        return tuple(path for path in paths if path not in mine)

    def ask_export(self) -> None:
        """Ask where to write the words of the focused camera, or of all where it has none, and write them."""
        snapshot, times = self._session.snapshot, self._keeper.times
        if snapshot is None:
            return
        if times is None or not times.cues:
            self.refused.emit(UsageError("There are no words to export.", remedy="Import or write a transcript first."))
            return
        focus = self._focus() or ""
        camera_id = focus if focus in times.camera_ids else ""
        camera = snapshot.camera_by_id.get(camera_id)
        name = f"{'All cameras' if camera is None else camera.name} transcript.vtt".replace("/", "-")
        save = partial(self._export, times, camera_id)
        self._choosers.choose_new_file(self._window, "Export the transcript", _documents() / name, _FORMS, save)

    def _import(self, wish: ImportWish) -> None:
        for path in wish.paths:
            words: list[str] = []
            change, then = partial(self._read, wish, path, words), partial(self._tell, words)
            self._session.edit("Importing a transcript", change, then)

    def _read(self, wish: ImportWish, path: Path, words: list[str], case: Case, by: str) -> Step:
        """Import one file; runs in another thread."""
        request = ImportRequest(
            path_bytes=os.fsencode(path),
            by=by,
            camera_id=wish.camera_id,
            recording_id=wish.recording_id,
            times_from=wish.times_from,
            offset_ns=wish.offset_ns,
            language=wish.language,
        )
        result = import_transcript(case, request, no_progress, never_cancelled)
        words.append(f"{path.name}: {' '.join(outcome_words(result))}")
        return result.step

    def _tell(self, words: list[str]) -> None:
        for line in words:
            self.told.emit(line)

    def _export(self, times: CueTimes, camera_id: str, path: Path) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        try:
            form = TextForm(path.suffix.lstrip(".").casefold())
            what = choose_cues(times, snapshot.info, snapshot.timeline, self._times().full, camera_id=camera_id)
        except ValueError:
            endings = ".vtt, .srt, .docx, .csv or .txt"
            self.refused.emit(UsageError(f"“{path.name}” does not say in which form.", remedy=f"End it in {endings}."))
            return
        except SightlineError as error:
            self.refused.emit(error)
            return

        def work(_progress: Progress, _cancelled: IsCancelled) -> None:
            write_bytes(path, write_transcript(what, form))

        def done(_result: None) -> None:
            self.told.emit(f"{len(what.cues):,} cues were written to {path}.")

        self._jobs.start(f"Writing {path.name}", work, on_done=done, on_failed=self.refused.emit, is_quiet=True)

    # Cues

    def add_cue(self) -> None:
        """Write what is said at the playhead, or from in to out, in the focused camera."""
        place = self._place_here()
        camera_id = self._focus()
        if not self._can_change("Writing"):
            return
        if place is None or camera_id is None:
            no_one = UsageError(
                "The focused camera was not recording here.", remedy="Go to where it was, and try again."
            )
            self.refused.emit(no_one)
            return
        here = self._playback.engine.target
        start, end = here, IncidentTime(here + _NEW_LENGTH_NS)
        into, out = self._playback.range_in, self._playback.range_out
        if into is not None and out is not None and into <= here < out:
            start, end = into, out
        first, after = place.media_ns_at(start), place.media_ns_at(end)
        draft = edits.CueDraft(place.recording.id, first, max(after, first + 1), "", _NEW_TEXT)
        made: list[str] = []

        def change(case: Case, by: str) -> Step:
            cue_id, step = edits.add_cue(case, camera_id, draft, by=by)
            made.append(cue_id)
            return step

        self._session.edit("Writing a cue", change, lambda: self.written.emit(made[0]))

    def set_text(self, cue_id: str, text: str) -> None:
        """Change what a cue says."""
        self._session.edit("Changing a cue", lambda case, by: edits.set_cue_text(case, cue_id, text, by=by))

    def ask_speaker(self, cue: Cue, speakers: Sequence[str]) -> None:
        """Ask who speaks, and change it here or everywhere."""

        def ready(name: str, everywhere: bool) -> None:  # noqa: FBT001 - the dialog's answer
            if everywhere and cue.speaker:
                self._session.edit(
                    "Renaming a speaker", lambda case, by: edits.rename_speaker(case, cue.speaker, name, by=by)
                )
            else:
                self._session.edit(
                    "Changing a speaker", lambda case, by: edits.set_cue_speaker(case, [cue.id], name, by=by)
                )

        SpeakerDialog(cue.speaker, speakers, ready, self._window).show()

    def ask_times(self, cue: Cue) -> None:
        """Ask when a cue starts and ends."""
        snapshot = self._session.snapshot
        recording = None if snapshot is None else snapshot.recording_by_id.get(cue.recording_id)
        if recording is None or not self._can_change("Changing a cue"):
            return

        def ready(start_ns: int, end_ns: int) -> None:
            if (start_ns, end_ns) != (cue.start_ns, cue.end_ns):
                change = partial(_set_times, cue_id=cue.id, start_ns=start_ns, end_ns=end_ns)
                self._session.edit("Changing a cue's times", change)

        typed = TypedCue(cue, recording, self._place_of(cue.recording_id), self._times().zone)
        CueTimesDialog(typed, ready, self._window).show()

    def set_edge(self, cue: Cue, *, is_start: bool) -> None:
        """Let a cue start, or end, at the playhead."""
        place = self._place_of(cue.recording_id)
        if place is None:
            return
        here = place.media_ns_at(self._playback.engine.target)
        start, end = (here, cue.end_ns) if is_start else (cue.start_ns, here)
        change = partial(_set_times, cue_id=cue.id, start_ns=start, end_ns=end)
        self._session.edit("Changing a cue's times", change)

    def split(self, cue: Cue, text: str, letters: int) -> None:
        """Part a cue after so many letters of what was typed: at the playhead where that is in it, else by length."""
        place = self._place_of(cue.recording_id)
        here = None if place is None else place.media_ns_at(self._playback.engine.target)
        at_ns = cue.start_ns + (cue.end_ns - cue.start_ns) * letters // max(1, len(text))
        if here is not None and cue.start_ns < here < cue.end_ns:
            at_ns = here

        self._session.edit(
            "Splitting a cue",
            lambda case, by: edits.split_cue(case, cue.id, at_ns, letters, by=by, text=text)[1],
        )

    def merge(self, cue: Cue) -> None:
        """Make a cue and the one that follows it in its recording and transcript one."""
        times = self._keeper.times
        if times is None:
            return
        later = (
            other
            for other in times.cues
            if (other.recording_id, other.transcript_id) == (cue.recording_id, cue.transcript_id)
            and (other.start_ns, other.id) > (cue.start_ns, cue.id)
        )
        following = min(later, key=lambda other: (other.start_ns, other.id), default=None)
        ids = [cue.id] if following is None else [cue.id, following.id]
        self._session.edit("Merging cues", lambda case, by: edits.merge_cues(case, ids, by=by))

    def delete(self, cue: Cue) -> None:
        """Take a cue away."""
        self._session.edit("Deleting a cue", lambda case, by: edits.delete_cues(case, [cue.id], by=by))

    # Transcripts

    def show_facts(self, transcript_id: str) -> None:
        """Show where a transcript comes from and what of its file was not read."""
        times, snapshot = self._keeper.times, self._session.snapshot
        if times is not None and snapshot is not None and transcript_id in times.transcript_by_id:
            one = times.transcript_by_id[transcript_id]
            camera = snapshot.camera_by_id.get(one.camera_id)
            TranscriptFacts(one, "" if camera is None else camera.name, self._window).show()

    def set_checked(self, transcript_id: str, *, is_checked: bool) -> None:
        """Say whether a person has compared a transcript with the recording."""
        self._session.edit(
            "Changing a transcript",
            lambda case, by: edits.set_transcript(case, transcript_id, by=by, is_checked=is_checked),
        )

    def delete_transcript(self, transcript_id: str) -> None:
        """Take a transcript away with all its cues."""
        self._session.edit(
            "Deleting a transcript", lambda case, by: edits.delete_transcript(case, transcript_id, by=by)
        )

    def recording_here(self) -> Recording | None:
        """Return the focused camera's recording at the playhead, or None."""
        place = self._place_here()
        return None if place is None else place.recording

    def _can_change(self, doing: str) -> bool:
        if not self._session.read_only_reason:
            return True
        self.refused.emit(
            CaseReadOnlyError(
                f"{doing} is not possible: the case is open read-only ({self._session.read_only_reason}).",
                meaning="Nothing was changed.",
                remedy=self._session.read_only_remedy,
            )
        )
        return False

    def _place_here(self) -> PlacedRecording | None:
        snapshot, focus = self._session.snapshot, self._focus()
        camera = None if snapshot is None or focus is None else snapshot.timeline.find_camera(focus)
        return None if camera is None else camera.find_at(self._playback.engine.target)

    def _place_of(self, recording_id: str) -> PlacedRecording | None:
        snapshot = self._session.snapshot
        return None if snapshot is None else snapshot.place_by_recording.get(recording_id)


def _set_times(case: Case, by: str, *, cue_id: str, start_ns: int, end_ns: int) -> Step:
    return edits.set_cue_times(case, cue_id, start_ns, end_ns, by=by)


def _documents() -> Path:
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(found) if found else Path.home()
