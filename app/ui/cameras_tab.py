"""The cameras of the case with their recordings, what is not placed, and what was refused."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.case_snapshot import CaseSnapshot
from app.recording_facts import KIND_WORDS, setting_words
from app.time_text import LocalTimes
from app.ui.theme import Theme, set_role, tip
from evidence.records import Camera, CameraKind, Recording
from evidence.times import IncidentTime
from resources.palette import lane_colour

_CAMERA_ROLE = Qt.ItemDataRole.UserRole
_RECORDING_ROLE = Qt.ItemDataRole.UserRole + 1
_FORM_ROLE = Qt.ItemDataRole.UserRole + 2
"""Id of the camera whose form belongs to a row: also of a recording that is not listed under its camera."""


class CamerasTab(QWidget):
    """Cameras, recordings, refusals.

    Signals:
        camera_chosen: id of a camera.
        recording_chosen: id of a recording.
        name_typed: id of a camera and its new name.
        owner_typed: id of a camera and its new owner.
        kind_chosen: id of a camera and its new `CameraKind`.
        clock_wanted: id of the camera whose clock is to be set.
        merge_wanted: id of a camera, and id of the one that is to have its recordings.
        watch_wanted: id of the recording that is to be shown by itself.
        jump_wanted: `IncidentTime` at which a recording starts.
    """

    camera_chosen = Signal(str)
    recording_chosen = Signal(str)
    name_typed = Signal(str, str)
    owner_typed = Signal(str, str)
    kind_chosen = Signal(str, object)
    clock_wanted = Signal(str)
    merge_wanted = Signal(str, str)
    watch_wanted = Signal(str)
    jump_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._snapshot: CaseSnapshot | None = None
        self._camera: Camera | None = None
        self._starts: dict[str, IncidentTime] = {}
        self.tree = self._make_tree()
        self.name = QLineEdit(self)
        self.name.setAccessibleName("Name of the camera")
        self.name.editingFinished.connect(self._on_name)
        self.owner = QLineEdit(self)
        self.owner.setAccessibleName("Officer or owner")
        self.owner.setPlaceholderText("Officer or owner")
        self.owner.editingFinished.connect(self._on_owner)
        self.kind = QComboBox(self)
        self.kind.setAccessibleName("Kind of camera")
        for kind in CameraKind:
            self.kind.addItem(KIND_WORDS[kind.value], kind)
        self.kind.activated.connect(self._on_kind)
        self.clock_button = QPushButton("Set clock…", self)
        self.clock_button.clicked.connect(self._on_clock)
        self.merge = QComboBox(self)
        self.merge.setAccessibleName("Merge into another camera")
        self.merge.setToolTip("The same device? Its recordings go to the camera that you choose. Ctrl+Z takes it back.")
        self.merge.activated.connect(self._on_merge)
        self.empty = QLabel("Cameras are listed here once recordings were added.", self)
        self.empty.setWordWrap(True)
        set_role(self.empty, "dim")
        self._form = QWidget(self)
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.addRow("Name", self.name)
        form.addRow("Kind", self.kind)
        form.addRow("Owner", self.owner)
        form.addRow("Clock", self.clock_button)
        form.addRow("Merge", self.merge)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        column.addWidget(self.empty)
        column.addWidget(self.tree, 1)
        column.addWidget(self._form)
        column.addStretch(0)

    def show_case(self, snapshot: CaseSnapshot, times: LocalTimes, focus: str | None) -> None:
        """Show the cameras of a case; what was open stays open, and the selected row stays selected."""
        current = self.tree.currentItem()
        selected = None if current is None else _key_of(current)
        self._snapshot = snapshot
        closed = {
            item.data(0, _CAMERA_ROLE)
            for item in self._top_items()
            if item.childCount() and not item.isExpanded() and item.data(0, _CAMERA_ROLE)
        }
        self.tree.blockSignals(True)
        self.tree.clear()
        self.empty.setVisible(not snapshot.recordings)
        self.tree.setVisible(bool(snapshot.recordings or snapshot.refusals))
        self._starts = {one: place.span.start for one, place in snapshot.place_by_recording.items()}
        for camera in snapshot.cameras:
            item = self._camera_item(snapshot, camera)
            self.tree.addTopLevelItem(item)
            for recording in snapshot.recordings_of(camera.id):
                if recording.id in self._starts:
                    item.addChild(_recording_item(recording, times.clock(self._starts[recording.id], 0)))
            item.setExpanded(camera.id not in closed)
        self._add_unplaced(snapshot)
        self._add_refusals(snapshot)
        kept = None if selected is None else self._find_row(selected)
        if kept is not None:
            self.tree.setCurrentItem(kept)
        self.tree.blockSignals(False)
        self.show_camera(snapshot, focus if kept is None else kept.data(0, _FORM_ROLE))

    def forget_case(self) -> None:
        """Show no case, and forget which row was selected."""
        self._snapshot = self._camera = None
        self.tree.clear()

    def show_camera(self, snapshot: CaseSnapshot, camera_id: str | None) -> None:
        """Show one camera's name, kind, owner and clock below the tree."""
        self._snapshot = snapshot
        before, self._camera = self._camera, snapshot.camera_by_id.get(camera_id or "")
        self._form.setVisible(self._camera is not None)
        if self._camera is None:
            return
        is_other = before is None or before.id != self._camera.id
        for field, text in ((self.name, self._camera.name), (self.owner, self._camera.owner)):
            if is_other or not field.hasFocus():
                field.setText(text)
        self.kind.setCurrentIndex(self.kind.findData(self._camera.kind))
        self._offer_merging(snapshot, self._camera.id)
        setting = snapshot.setting_by_camera.get(self._camera.id)
        self.clock_button.setText(setting_words(setting) if setting else "Not checked. Set…")
        self.clock_button.setToolTip("Say by how much this camera's clock was fast or slow")
        self._form.setEnabled(not snapshot.info.is_read_only)
        self.tree.blockSignals(True)
        current = self.tree.currentItem()
        if current is None or current.data(0, _FORM_ROLE) != self._camera.id:
            for item in self._top_items():
                if item.data(0, _CAMERA_ROLE) == self._camera.id:
                    self.tree.setCurrentItem(item)
        self.tree.blockSignals(False)

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setAccessibleName("Cameras and recordings")
        tree.setColumnCount(2)
        tree.setHeaderHidden(True)
        tree.setUniformRowHeights(True)
        tree.setIndentation(16)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        tree.header().setMinimumSectionSize(40)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        tree.header().resizeSection(1, tree.fontMetrics().horizontalAdvance("clock not checked") + 20)
        tree.currentItemChanged.connect(self._on_item)
        tree.itemActivated.connect(self._on_activated)
        return tree

    def _top_items(self) -> list[QTreeWidgetItem]:
        found = [self.tree.topLevelItem(number) for number in range(self.tree.topLevelItemCount())]
        return [item for item in found if item is not None]

    def _find_row(self, key: tuple[str, str]) -> QTreeWidgetItem | None:
        for top in self._top_items():
            for item in (top, *(top.child(number) for number in range(top.childCount()))):
                if item is not None and _key_of(item) == key:
                    return item
        return None

    def _camera_item(self, snapshot: CaseSnapshot, camera: Camera) -> QTreeWidgetItem:
        setting = snapshot.setting_by_camera.get(camera.id)
        item = QTreeWidgetItem([camera.name, "clock set" if setting else "clock not checked"])
        item.setData(0, _CAMERA_ROLE, camera.id)
        item.setData(0, _FORM_ROLE, camera.id)
        item.setIcon(0, colour_icon(camera.colour))
        device = " ".join(part for part in (camera.make, camera.model, camera.serial) if part)
        words = [KIND_WORDS[camera.kind.value], camera.owner, device, f"Clock: {setting_words(setting)}"]
        item.setToolTip(0, tip("\n".join([*filter(None, words), f"Grouped: {camera.grouped_by}"])))
        font = item.font(0)
        font.setBold(True)
        item.setFont(0, font)
        return item

    def _add_unplaced(self, snapshot: CaseSnapshot) -> None:
        if not snapshot.timeline.unplaced:
            return
        head = QTreeWidgetItem(["Not on the timeline", str(len(snapshot.timeline.unplaced))])
        head.setIcon(0, self._theme.icon("caution", "caution"))
        head.setToolTip(0, "Nothing in these says when they were recorded. Press Enter on one to watch and place it.")
        self.tree.addTopLevelItem(head)
        for recording in snapshot.timeline.unplaced:
            camera = snapshot.camera_by_id.get(recording.camera_id)
            head.addChild(_recording_item(recording, "" if camera is None else camera.name))
        head.setExpanded(True)

    def _add_refusals(self, snapshot: CaseSnapshot) -> None:
        if not snapshot.refusals:
            return
        head = QTreeWidgetItem(["Refused", str(len(snapshot.refusals))])
        head.setIcon(0, self._theme.icon("bad", "bad"))
        self.tree.addTopLevelItem(head)
        for refusal in snapshot.refusals:
            item = QTreeWidgetItem([refusal.display_name, ""])
            item.setToolTip(0, tip(str(refusal.finding)))
            head.addChild(item)

    def _on_item(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        if self._snapshot is not None:
            self.show_camera(self._snapshot, item.data(0, _FORM_ROLE))
        camera = _camera_of(item)
        if camera:
            self.camera_chosen.emit(camera)
        recording = item.data(0, _RECORDING_ROLE)
        if recording:
            self.recording_chosen.emit(recording)

    def _on_activated(self, item: QTreeWidgetItem) -> None:
        recording_id = item.data(0, _RECORDING_ROLE)
        if recording_id in self._starts:
            self.jump_wanted.emit(self._starts[recording_id])
        elif recording_id:
            self.watch_wanted.emit(recording_id)

    def _on_name(self) -> None:
        if self._camera is not None and self.name.text() != self._camera.name:
            self.name_typed.emit(self._camera.id, self.name.text())

    def _on_owner(self) -> None:
        if self._camera is not None and self.owner.text() != self._camera.owner:
            self.owner_typed.emit(self._camera.id, self.owner.text())

    def _on_kind(self, _index: int) -> None:
        kind = self.kind.currentData()
        if self._camera is not None and kind != self._camera.kind:
            self.kind_chosen.emit(self._camera.id, CameraKind(kind))

    def _offer_merging(self, snapshot: CaseSnapshot, camera_id: str) -> None:
        wanted = [
            ("into another camera…", ""),
            *((one.name, one.id) for one in snapshot.cameras if one.id != camera_id),
        ]
        if wanted != [(self.merge.itemText(at), self.merge.itemData(at)) for at in range(self.merge.count())]:
            self.merge.clear()
            for name, other_id in wanted:
                self.merge.addItem(name, other_id)
        self.merge.setCurrentIndex(0)
        self.merge.setEnabled(len(wanted) > 1 and not snapshot.info.is_read_only)

    def _on_merge(self, _index: int) -> None:
        into_id = self.merge.currentData()
        self.merge.setCurrentIndex(0)
        if self._camera is not None and into_id:
            self.merge_wanted.emit(self._camera.id, into_id)

    def _on_clock(self) -> None:
        if self._camera is not None:
            self.clock_wanted.emit(self._camera.id)


def colour_icon(number: int) -> QIcon:
    """Return a small square in a camera's colour."""
    square = QPixmap(12, 12)
    square.fill(QColor(lane_colour(number)))
    return QIcon(square)


def _recording_item(recording: Recording, words: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([recording.display_name, words])
    item.setData(0, _RECORDING_ROLE, recording.id)
    item.setData(0, _FORM_ROLE, recording.camera_id)
    item.setToolTip(0, tip(recording.display_name))
    return item


def _key_of(item: QTreeWidgetItem) -> tuple[str, str]:
    """Return what a row is found by after the case was read anew; rows without a camera by what they say."""
    found = item.data(0, _RECORDING_ROLE) or item.data(0, _CAMERA_ROLE)
    return ("id", str(found)) if found else ("text", item.text(0))


def _camera_of(item: QTreeWidgetItem) -> str:
    parent = item.parent()
    found = item.data(0, _CAMERA_ROLE) or (parent.data(0, _CAMERA_ROLE) if parent is not None else "")
    return str(found or "")
