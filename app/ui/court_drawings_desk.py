"""Takes what was drawn in court into the case, from the window: a person chooses the captures. On the UI thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from annotations.journal import Step
from app.court_show import court_journal
from app.session import CaseSession
from app.ui.actions import Binding
from app.ui.choosers import Choosers
from courtroom.court_drawings import TakenIn, take_in
from courtroom.show.source import CAPTURES
from evidence.case import Case


class CourtDrawingsDesk(QObject):
    """Takes requests on the UI thread.

    Signals:
        told: a note for people.
    """

    told = Signal(str)

    def __init__(self, window: QWidget, session: CaseSession, choosers: Choosers) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._choosers = choosers

    def bindings(self) -> dict[str, Binding]:
        """Return what the desk's command does."""
        return {"court.take_drawings": self.choose}

    def choose(self) -> None:
        """Ask for captures, and make shapes of what was drawn on them."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        own = snapshot.folder / CAPTURES
        start = own if own.is_dir() else court_journal().parent  # where captures of packs are
        title = "Captures from court on which something was drawn (.png)"
        self._choosers.choose_files(self._window, title, start, self._take)

    def _take(self, paths: list[Path]) -> None:
        found: list[TakenIn] = []

        def change(case: Case, by: str) -> Step:
            found.append(take_in(case, paths, by=by))
            return found[-1].step

        self._session.edit(
            "Taking in what was drawn in court", change, lambda: self.told.emit(found[-1].words if found else "")
        )
