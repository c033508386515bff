"""What an import of marks would do, before it does: how many are new, and what both sides changed, to be chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QPlainTextEdit, QTableWidget, QTableWidgetItem, QWidget

from annotations.exchange.merging import Compared, MergePlan, Standing, Take
from annotations.mark_states import Mark
from app.time_text import LocalTimes
from app.ui.choice_delegate import ChoiceDelegate
from app.ui.form_dialog import FormDialog

_WORDS = {Take.MINE: "keep mine", Take.THEIRS: "take theirs", Take.BOTH: "keep both"}
_TAKES = {words: take for take, words in _WORDS.items()}
_CHOICE = 2


class MergeDialog(FormDialog):
    """Stands beside the work; nothing is taken over before its button is pressed."""

    def __init__(
        self,
        name: str,
        plan: MergePlan,
        times: LocalTimes,
        on_ready: Callable[[dict[str, Take]], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(f"Marks from {name}", "Take over", parent)
        self._plan = plan
        self._times = times
        self._on_ready = on_ready
        self.resize(760, 460)
        self.add_note(self._summary())
        self.table = QTableWidget(len(plan.conflicts), 3, self)
        self.table.setAccessibleName("Marks that both sides changed")
        self.table.setHorizontalHeaderLabels(["Mine", "Theirs", "Take"])
        self.table.verticalHeader().setVisible(False)
        self.table.setWordWrap(True)
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.table.setItemDelegateForColumn(_CHOICE, ChoiceDelegate(list(_TAKES), self))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_CHOICE, QHeaderView.ResizeMode.ResizeToContents)
        for row, one in enumerate(plan.conflicts):
            self._fill(row, one)
        self.table.resizeRowsToContents()
        self.table.setVisible(bool(plan.conflicts))
        self.form.addRow(self.table)
        if plan.problems:
            problems = QPlainTextEdit("\n".join(plan.problems), self)
            problems.setReadOnly(True)
            problems.setAccessibleName("What could not be read")
            problems.setMaximumHeight(120)
            self.form.addRow("Left out", problems)
        counts = plan.counts
        has_any = any(counts[one.value] for one in (Standing.NEW, Standing.NEWER, Standing.CONFLICT))
        self.accept_button.setEnabled(has_any)

    def take(self) -> None:
        """Hand on what was chosen for each conflict."""
        chosen: dict[str, Take] = {}
        for row, one in enumerate(self._plan.conflicts):
            item = self.table.item(row, _CHOICE)
            chosen[one.theirs.id] = _TAKES.get("" if item is None else item.text(), Take.MINE)
        self._on_ready(chosen)

    def _summary(self) -> str:
        counts = self._plan.counts
        parts = [
            f"{counts[Standing.NEW.value]:,} are new here",
            f"{counts[Standing.NEWER.value]:,} are newer than mine",
            f"{counts[Standing.SAME.value]:,} are here already",
            f"{counts[Standing.OLDER.value]:,} are older than mine",
            f"{counts[Standing.CONFLICT.value]:,} were changed on both sides",
        ]
        return "Of these marks " + ", ".join(parts) + ". Nothing is taken over yet, and taking over can be undone."

    def _fill(self, row: int, one: Compared) -> None:
        for column, text in enumerate((self._words(one.mine), self._words(one.theirs), _WORDS[Take.MINE])):
            item = QTableWidgetItem(text)
            flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
            item.setFlags(flags | Qt.ItemFlag.ItemIsEditable if column == _CHOICE else flags)
            self.table.setItem(row, column, item)

    def _words(self, mark: Mark | None) -> str:
        if mark is None:
            return "deleted here"
        when = self._times.full(mark.changed_ns, 0)
        tags = f" #{' #'.join(mark.tags)}" if mark.tags else ""
        return f"“{mark.text}”{tags}\n{self._times.clock(mark.instant)}, {mark.changed_by}, {when}"
