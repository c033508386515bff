"""What is asked about transcripts: for which recording a file is, who speaks; and what of a file was not read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from annotations.transcripts.placing import TimesFrom
from annotations.transcripts.records import Transcript
from app.case_snapshot import CaseSnapshot
from app.typed_cue import TypedCue
from app.typed_time import parse_duration
from app.ui.form_dialog import FormDialog
from evidence.times import DurationNs

_LONGEST = 120
_GUESS = "Find out, and say so"


@dataclass(frozen=True, slots=True)
class ImportWish:
    """How files are to be imported; see `annotations.transcripts.importing.ImportRequest`."""

    paths: tuple[Path, ...]
    camera_id: str
    recording_id: str
    times_from: TimesFrom | None
    offset_ns: DurationNs
    language: str


class ImportDialog(FormDialog):
    """Asks whose words a file holds and what its times count from."""

    def __init__(
        self,
        paths: Sequence[Path],
        snapshot: CaseSnapshot,
        focus: str | None,
        ready: Callable[[ImportWish], None],
        parent: QWidget,
    ) -> None:
        names = ", ".join(path.name for path in paths[:3]) + ("…" if len(paths) > 3 else "")
        super().__init__("Import a transcript", "Import", parent)
        self._paths = tuple(paths)
        self._ready = ready
        self.add_note(f"From {names}. Every line that cannot be read is listed with the transcript.")
        self.whose = QComboBox(self)
        for camera in snapshot.cameras:
            own = snapshot.recordings_of(camera.id)
            if not own:
                continue
            self.whose.addItem(f"{camera.name}: all recordings" if len(own) > 1 else camera.name, (camera.id, ""))
            if camera.id == focus:
                self.whose.setCurrentIndex(self.whose.count() - 1)
            for one in own if len(own) > 1 else ():
                self.whose.addItem(f"{camera.name}: {one.display_name}", (camera.id, one.id))
        self.times = QComboBox(self)
        self.times.addItem(_GUESS, None)
        self.times.addItem("The start of the recording", TimesFrom.START)
        self.times.addItem("The camera's clock", TimesFrom.CLOCK)
        self.offset = QLineEdit(self)
        self.offset.setPlaceholderText("none; for instance 1.5 or -0:12")
        self.language = QLineEdit(self)
        self.language.setPlaceholderText("as the file says; for instance en-GB")
        self.form.addRow("Words of", self.whose)
        self.form.addRow("Its times count from", self.times)
        self.form.addRow("Added to every time", self.offset)
        self.form.addRow("Language", self.language)

    def take(self) -> None:
        """Hand the wish over. Raises NoTimeError where the offset is none."""
        offset = parse_duration(self.offset.text()) if self.offset.text().strip() else 0
        whose = self.whose.currentData()
        camera_id, recording_id = whose if whose is not None else ("", "")
        times_from = self.times.currentData()
        wish = ImportWish(
            paths=self._paths,
            camera_id=str(camera_id),
            recording_id=str(recording_id),
            times_from=None if times_from is None else TimesFrom(times_from),
            offset_ns=offset,
            language=self.language.text(),
        )
        self._ready(wish)


class SpeakerDialog(FormDialog):
    """Asks who speaks in a cue, or what a speaker is to be called everywhere."""

    def __init__(
        self,
        speaker: str,
        speakers: Sequence[str],
        ready: Callable[[str, bool], None],
        parent: QWidget,
    ) -> None:
        super().__init__("Who speaks", "Change", parent)
        self._ready = ready
        self.name = QComboBox(self)
        self.name.setEditable(True)
        self.name.addItems(list(speakers))
        self.name.setCurrentText(speaker)
        self.everywhere = QCheckBox(f"Wherever “{speaker}” speaks, in all transcripts", self)
        self.everywhere.setVisible(bool(speaker))
        self.form.addRow("Speaker", self.name)
        self.form.addRow("", self.everywhere)

    def take(self) -> None:
        """Hand the name over."""
        self._ready(self.name.currentText(), self.everywhere.isChecked())


class CueTimesDialog(FormDialog):
    """Asks when a cue starts and ends."""

    def __init__(self, typed: TypedCue, ready: Callable[[int, int], None], parent: QWidget) -> None:
        super().__init__("When this is said", "Change", parent)
        self._typed = typed
        self._ready = ready
        words = typed.cue.text.replace("\n", " ")
        self.add_note(f"“{words if len(words) <= _LONGEST else words[: _LONGEST - 1] + '…'}”")
        self.start = QLineEdit(typed.start_text, self)
        self.end = QLineEdit(typed.end_text, self)
        self.form.addRow("Starts", self.start)
        self.form.addRow("Ends", self.end)
        self.add_note(
            f"Local time in {typed.zone.key}; +0.5 or -0.5 shifts what stands there by half a second."
            if typed.place is not None
            else "From the first frame, as nothing says when this was recorded."
        )
        self.start.selectAll()
        self.start.setFocus()

    def take(self) -> None:
        """Hand the media times over. Raises NoTimeError, UsageError."""
        self._ready(*self._typed.read(self.start.text(), self.end.text()))


class TranscriptFacts(QDialog):
    """Where a transcript comes from, and every line of its file that was not read as it stood."""

    def __init__(self, one: Transcript, camera: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(one.name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(640, 420)
        self.words = QPlainTextEdit("\n".join(fact_lines(one, camera)), self)
        self.words.setReadOnly(True)
        self.words.setAccessibleName("About this transcript")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.words)


def fact_lines(one: Transcript, camera: str) -> list[str]:
    """Say what is known of a transcript, a line each."""
    lines = [
        f"{one.name}, {camera}",
        f"{one.kind.capitalize()} by {one.by}" + (f" with {one.model}" if one.model else ""),
        f"Form: {one.format}" + (f", read as {one.encoding}" if one.encoding else ""),
    ]
    lines += [f"Language: {one.language}"] if one.language else []
    lines += (
        [f"File: {one.source_name}, {one.source_bytes:,} bytes, SHA-256 {one.source_sha256}"] if one.source_name else []
    )
    lines += [f"Placed by: {one.placed}"] if one.placed else []
    lines += [f"Mind: {one.warning}"] if one.warning else []
    lines += [*one.notes, ""]
    if not one.problems:
        lines.append("Every line of the file was read as it stands." if one.source_name else "")
    for problem in one.problems:
        lines.append(f"Line {problem.line:,}: {problem.reason} “{problem.text}”")
    lines += [f"… and {one.uncounted:,} more"] if one.uncounted else []
    return lines
