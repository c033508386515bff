"""The sync view's bar: what is searched for, from what the clocks are solved, and what is done with the answer."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.ui.flow_layout import FlowLayout
from app.ui.sync_desk import SyncDesk
from app.ui.theme import set_role, tip
from evidence.observations import ObservationState
from sync.case_clocks import Sense
from sync.standing import Basis, Standing

_BASES = {Basis.ACCEPTED: "accepted", Basis.PROPOSED_TOO: "accepted, proposed"}
_NOBODY = "UTC"
_SENSES = {
    "by sound": frozenset({Sense.SOUND}),
    "by light": frozenset({Sense.LIGHT}),
    "by sound and light": frozenset({Sense.SOUND, Sense.LIGHT}),
}


def plain_button(parent: QWidget, text: str, hint: str) -> QPushButton:
    """Return a button with a hint, which Enter elsewhere does not press."""
    button = QPushButton(text, parent)
    button.setToolTip(tip(hint))
    button.setAutoDefault(False)
    return button


class SyncBar(QFrame):
    """The bar; it breaks where the window is narrow. It asks the desk for changes.

    Signals:
        certificate_wanted: a sync certificate is to be written.
    """

    certificate_wanted = Signal()

    def __init__(self, desk: SyncDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setProperty("role", "bar")
        self.sync_button = plain_button(self, "Sync everything", "Compare all recordings and propose what matches")
        set_role(self.sync_button, "main")
        self.clocks_button = plain_button(
            self,
            "Read burnt-in clocks",
            "Read the date and time that recorders wrote into their pictures, and propose it",
        )
        self.senses = QComboBox(self)
        self.senses.setAccessibleName("By what recordings are compared")
        self.senses.setToolTip(
            tip(
                "By light, and where that says too little by what moves: every picture is read, which takes longer. "
                "It is for recordings without sound"
            )
        )
        for words, chosen in _SENSES.items():
            self.senses.addItem(words, chosen)
        self.basis = QComboBox(self)
        self.basis.setAccessibleName("From which matches the clocks are solved")
        for one, words in _BASES.items():
            self.basis.addItem(words, one)
        self.reference = QComboBox(self)
        self.reference.setAccessibleName("What is taken for the truth")
        self.reference.setMinimumContentsLength(14)
        self.reference.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.preview_button = plain_button(
            self,
            "Preview",
            "Show the timeline and the pictures by these clocks, without changing the case; again for before",
        )
        self.preview_button.setCheckable(True)
        self.apply_button = plain_button(self, "Apply", "Set the clocks by the accepted matches")
        self.undo_button = plain_button(
            self, "Undo", "Take back the last decision, or the clocks that were applied last"
        )
        self.certificate_button = plain_button(self, "Certificate…", "Write how the clocks were found, as HTML or PDF")
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        """Show what can be done with the standing as it is now."""
        desk, standing = self._desk, self._desk.standing
        has_any = standing is not None
        self.sync_button.setEnabled(desk.search is None)
        self.clocks_button.setEnabled(desk.search is None)
        self.show_undo()
        self.preview_button.setEnabled(standing is not None and bool(standing.settings))
        self.preview_button.setChecked(desk.preview is not None)
        self.preview_button.setText("Preview: on" if desk.preview is not None else "Preview")
        accepted = standing is not None and any(one.state is ObservationState.ACCEPTED for one in standing.matches)
        self.apply_button.setEnabled(desk.search is None and accepted)
        self.certificate_button.setEnabled(has_any)
        if standing is not None:
            self._show_choices(standing)

    def show_undo(self) -> None:
        """Say what would be taken back."""
        self.undo_button.setEnabled(self._desk.can_undo)
        self.undo_button.setToolTip(tip(f"{self._desk.undo_title} (Ctrl+Z)"))

    def _show_choices(self, standing: Standing) -> None:
        self.basis.setCurrentIndex(self.basis.findData(self._desk.basis))
        wanted = [(_NOBODY, ""), *((one.camera.name, one.camera.id) for one in standing.cameras if one.cluster >= 0)]
        if [(self.reference.itemText(n), self.reference.itemData(n)) for n in range(self.reference.count())] != wanted:
            self.reference.clear()
            for name, key in wanted:
                self.reference.addItem(name, key)
        self.reference.setCurrentIndex(max(0, self.reference.findData(self._desk.reference)))

    def _lay_out(self) -> None:
        top = FlowLayout(self)
        top.setContentsMargins(8, 6, 8, 6)
        top.addWidget(self.sync_button)
        top.addWidget(self.senses)
        top.addWidget(self.clocks_button)
        for words, field in (("Count what is", self.basis), ("True time", self.reference)):
            together = QFrame(self)
            together.setProperty("role", "panel")
            row = QHBoxLayout(together)
            row.setContentsMargins(8, 0, 0, 0)
            label = QLabel(words, together)
            label.setBuddy(field)
            set_role(label, "dim")
            row.addWidget(label)
            row.addWidget(field)
            top.addWidget(together)
        for button in (self.preview_button, self.apply_button, self.undo_button, self.certificate_button):
            top.addWidget(button)

    def _connect(self) -> None:
        desk = self._desk
        self.sync_button.clicked.connect(lambda _checked=False: desk.sync_everything(self.senses.currentData()))
        self.clocks_button.clicked.connect(lambda _checked=False: desk.read_clocks())
        self.basis.activated.connect(lambda _index: desk.set_basis(Basis(self.basis.currentData())))
        self.reference.activated.connect(lambda _index: desk.set_reference(str(self.reference.currentData())))
        self.preview_button.clicked.connect(lambda _checked=False: desk.toggle_preview())
        self.apply_button.clicked.connect(lambda _checked=False: desk.apply())
        self.undo_button.clicked.connect(lambda _checked=False: desk.undo())
        self.certificate_button.clicked.connect(lambda _checked=False: self.certificate_wanted.emit())
