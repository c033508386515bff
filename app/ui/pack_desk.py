"""Makes court packs of the run sheet that is being worked on, and knows how far each is on its way to court.

A pack is that of its run sheet as it was: once the sheet is changed, the first step is to make another. Lives on the UI
thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.jobs import Job
from app.own_keys import own_keys
from app.session import CaseSession
from app.ui.run_sheet_desk import RunSheetDesk
from courtroom.pack.make import PackRequest, PackResult, make_pack
from courtroom.preflight.checks import Outcome
from courtroom.preflight.report import Report
from courtroom.run_sheet import RunSheet
from evidence.case import Case
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress


class PackStage(StrEnum):
    """The steps from a run sheet to court, in their order; the last is for packs that leave the house."""

    MAKE = "make"
    PREFLIGHT = "preflight"
    REHEARSE = "rehearse"
    LOCK = "lock"


_NEEDED = (PackStage.PREFLIGHT, PackStage.REHEARSE)


@dataclass
class _Made:
    folder: Path
    sheet: RunSheet
    done: set[PackStage] = field(default_factory=set)
    words: dict[PackStage, str] = field(default_factory=dict)


class PackDesk(QObject):
    """Takes requests on the UI thread.

    Signals:
        changed: a pack is being made or no more, or another step is next.
        packed: `PackResult`.
        refused: `SightlineError`: no pack was made.

    Attributes:
        job: makes a pack, or None.
    """

    changed = Signal()
    packed = Signal(object)
    refused = Signal(object)

    def __init__(self, session: CaseSession, desk: RunSheetDesk) -> None:
        super().__init__()
        self._session = session
        self._desk = desk
        self._made: dict[str, _Made] = {}
        self.job: Job | None = None
        session.closed.connect(self._on_closed)

    @property
    def last(self) -> Path | None:
        """The pack that was made last of this run sheet in this sitting, or None."""
        made = self._find()
        return None if made is None else made.folder

    @property
    def is_current(self) -> bool:
        """Whether the run sheet is still what is in that pack."""
        made = self._find()
        return made is not None and made.sheet == self._desk.sheet

    @property
    def next_stage(self) -> PackStage | None:
        """What is to be done next, or None where all that must be is done."""
        made = self._find()
        if made is None or made.sheet != self._desk.sheet:
            return PackStage.MAKE
        return next((one for one in _NEEDED if one not in made.done), None)

    @property
    def words(self) -> str:
        """How far it is, for people."""
        made = self._find()
        if self.job is not None:
            return "The court pack is being made…"
        if made is None:
            return "No pack was made of this run sheet in this sitting."
        if made.sheet != self._desk.sheet:
            return f"The run sheet was changed since its pack was made: make another. The old one: {made.folder}"
        told = [made.words[one] for one in _NEEDED if one in made.words]
        return " · ".join([f"Pack: {made.folder}", *told])

    def make(self, folder: Path, passphrase: str, *, is_signed: bool) -> None:
        """Make a court pack of the sheet, in the tray."""
        sheet = self._desk.sheet
        if sheet is None or self.job is not None:
            return
        request = PackRequest(folder, sheet, self._desk.version, self._desk.who())

        def work(case: Case, progress: Progress, cancelled: IsCancelled) -> PackResult:
            key = own_keys().signing_key(passphrase) if is_signed else None
            return make_pack(request, case, key, progress, cancelled)

        def ended() -> None:
            self.job = None
            self.changed.emit()

        def done(result: PackResult) -> None:
            self._made[sheet.id] = _Made(result.folder, sheet)
            ended()
            self.packed.emit(result)

        def failed(error: SightlineError) -> None:
            ended()
            self.refused.emit(error)

        self.job = self._session.run(f"Making the court pack {folder.name}", work, done, failed, ended)
        self.changed.emit()

    def note_preflight(self, pack: Path, report: Report) -> None:
        """Take in what came of a pack's preflight."""
        is_done = report.is_good and not report.is_quick
        self._note(pack, PackStage.PREFLIGHT, is_done=is_done, words=_words_of(report))

    def note_rehearsed(self, pack: Path) -> None:
        """Take in that a pack was shown in court mode."""
        self._note(pack, PackStage.REHEARSE, is_done=True, words="rehearsed")

    def _note(self, pack: Path, stage: PackStage, *, is_done: bool, words: str) -> None:
        for made in self._made.values():
            if made.folder == pack:
                made.words[stage] = words
                (made.done.add if is_done else made.done.discard)(stage)
                self.changed.emit()

    def _find(self) -> _Made | None:
        sheet = self._desk.sheet
        return None if sheet is None else self._made.get(sheet.id)

    def _on_closed(self) -> None:
        self._made.clear()
        self.changed.emit()


def _words_of(report: Report) -> str:
    if report.outcome is Outcome.FAIL:
        return "preflight failed"
    if report.open_places:
        return "preflight: not all is known"
    return "only a sample was preflighted" if report.is_quick else "preflight passed"
