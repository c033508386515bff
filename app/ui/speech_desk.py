"""Speech to text as the window sees it: what is missing, in words; a job with progress; the result in the case."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from annotations.journal import Step
from annotations.speech.job import SpeechError, SpeechRequest, SpeechResult, write_down
from annotations.speech.recogniser import SpeechState, speech_state
from annotations.transcripts.edits import add_transcript
from app.jobs import JobRunner
from app.session import CaseSession
from app.settings import SPEECH_LANGUAGE, SPEECH_MODEL, Settings
from evidence.case import Case
from evidence.errors import CaseReadOnlyError
from evidence.records import Recording


class SpeechDesk(QObject):
    """Takes requests on the UI thread.

    Signals:
        told: what was done, in words for people.
        refused: `SightlineError`: why it cannot be done, and what to do.

    Attributes:
        look: says whether speech can be written down; replaced in tests.
        write_down: does it; replaced in tests.
    """

    told = Signal(str)
    refused = Signal(object)

    def __init__(
        self,
        window: QWidget,
        *,
        session: CaseSession,
        jobs: JobRunner,
        settings: Settings,
        find_recording: Callable[[], Recording | None],
    ) -> None:
        super().__init__(window)
        self._session = session
        self._jobs = jobs
        self._settings = settings
        self._find_recording = find_recording
        self.look: Callable[[str], SpeechState] = speech_state
        self.write_down = write_down

    def ask(self) -> None:
        """Write down the speech of the chosen recording, where this machine can; else say how it could."""
        folder = self._settings.get(SPEECH_MODEL)
        state = self.look(folder)
        recording = self._find_recording()
        if not state.is_ready:
            self.refused.emit(SpeechError(state.happened, meaning="Nothing was done.", remedy=state.remedy))
        elif self._session.read_only_reason:
            reason = self._session.read_only_reason
            self.refused.emit(
                CaseReadOnlyError(
                    f"Speech to text is not possible: the case is open read-only ({reason}).",
                    remedy=self._session.read_only_remedy,
                )
            )
        elif recording is None or recording.audio_stream is None:
            self.refused.emit(SpeechError("The focused camera has no sound here.", remedy="Go to where it has."))
        else:
            request = SpeechRequest(recording, folder, self._settings.get(SPEECH_LANGUAGE))
            self._jobs.start(
                f"Writing down {recording.display_name}",
                partial(self.write_down, request),
                on_done=partial(self._add, self._session.books),
                on_failed=self.refused.emit,
            )

    def _add(self, asked_of: object, result: SpeechResult) -> None:
        if asked_of is not self._session.books:
            return  # another case is open now
        if not result.cues:
            self.told.emit("No speech was heard. Nothing was added.")
            return

        def change(case: Case, by: str) -> Step:
            return add_transcript(case, result.draft, result.cues, by=by)[1]

        words = (
            f"{len(result.cues):,} cues were written down by {result.draft.model}. A machine made them and nobody has "
            "checked them: they say so until you do."
        )
        self._session.edit("Adding what was heard", change, lambda: self.told.emit(words))
