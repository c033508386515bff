"""Marks for others and from others, in the window: a file is chosen, what is in it is shown, and then taken over."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from annotations.exchange.files import export_marks, read_marks
from annotations.exchange.merging import MergePlan, Take, apply_merge, plan_merge
from app.case_snapshot import CaseSnapshot
from app.session import CaseSession
from app.time_text import LocalTimes
from app.ui.actions import Binding
from app.ui.choosers import Choosers
from app.ui.merge_dialog import MergeDialog
from evidence.case import Case

_KINDS = "Web annotations (*.jsonld);;Table (*.csv)"


class ExchangeDesk(QObject):
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
        """Return what the commands of exchange do."""
        return {"mark.export": self.export, "mark.import": self.import_file}

    def export(self) -> None:
        """Ask for a file and write all marks into it."""
        snapshot = self._session.snapshot
        if snapshot is not None:
            start = snapshot.folder.parent / "marks.jsonld"
            self._choosers.choose_new_file(self._window, "Export marks", start, _KINDS, self._export)

    def import_file(self) -> None:
        """Ask for a file and show what taking over its marks would do."""
        snapshot = self._session.snapshot
        if snapshot is not None:
            title = "Import marks (.jsonld, .json or .csv)"
            self._choosers.choose_files(self._window, title, snapshot.folder.parent, lambda paths: self._read(paths[0]))

    def _export(self, path: Path) -> None:
        self._session.look(
            "Exporting marks",
            lambda case: export_marks(case, path),
            lambda count: self.told.emit(f"{count:,} marks were written to {path.name}."),
        )

    def _read(self, path: Path) -> None:
        def plan(case: Case) -> MergePlan:
            return plan_merge(case, read_marks(path))

        self._session.look(f"Reading {path.name}", plan, lambda found: self._show(path.name, found))

    def _show(self, name: str, plan: MergePlan) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        dialog = MergeDialog(name, plan, _times(snapshot), lambda takes: self._take(plan, takes), self._window)
        if snapshot.info.is_read_only:
            dialog.accept_button.setEnabled(False)
            dialog.say("The case is open read-only, so nothing can be taken over.")
        self._session.closed.connect(dialog.close)
        dialog.show()

    def _take(self, plan: MergePlan, takes: dict[str, Take]) -> None:
        self._session.edit("Taking over marks", lambda case, by: apply_merge(case, plan, takes, by=by))


def _times(snapshot: CaseSnapshot) -> LocalTimes:
    return LocalTimes(ZoneInfo(snapshot.info.time_zone))
