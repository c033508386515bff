"""The run sheet as a filmstrip: every item with its number, its picture, and how long it plays."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QWidget

from courtroom.show.cue import Cue, CueKind
from courtroom.ui.console_text import clock_text
from courtroom.ui.court_picture import CourtPicture

_ICON = QSize(128, 72)
_ITEM = QSize(150, 132)


class Filmstrip(QListWidget):
    """One row of items. Lives on the UI thread.

    Signals:
        item_chosen(object): number of the item, from 0.
    """

    item_chosen = Signal(object)

    def __init__(self, cues: tuple[Cue, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setMovement(QListView.Movement.Static)
        self.setIconSize(_ICON)
        self.setUniformItemSizes(True)
        self.setFixedHeight(_ITEM.height() + 26)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName("Run sheet")
        self._seen: set[int] = set()
        for place, cue in enumerate(cues):
            item = QListWidgetItem(_blank(), f"{place + 1}  {cue.title}\n{_facts(cue)}")
            item.setSizeHint(_ITEM)
            item.setToolTip("")
            self.addItem(item)
        self.itemClicked.connect(lambda item: self.item_chosen.emit(self.row(item)))

    def show_place(self, place: int) -> None:
        """Mark the item that is on, and bring it into sight."""
        if self.currentRow() != place:
            self.setCurrentRow(place)
            self.scrollToItem(self.item(place), QListWidget.ScrollHint.PositionAtCenter)

    def has_picture(self, place: int) -> bool:
        """Whether an item has its picture in the strip."""
        return place in self._seen

    def keep_picture(self, picture: CourtPicture) -> None:
        """Give an item the picture that was seen."""
        self.keep_image(picture.place, picture.image)

    def keep_image(self, place: int, image: QImage) -> None:
        """Give an item its picture, where it has none."""
        if place in self._seen or not 0 <= place < self.count():
            return
        self._seen.add(place)
        self.item(place).setIcon(_icon(QPixmap.fromImage(_small(image))))


def _small(image: QImage) -> QImage:
    return image.scaled(_ICON, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _blank() -> QIcon:
    pixmap = QPixmap(_ICON)
    pixmap.fill(QColor("#000000"))
    return _icon(pixmap)


def _icon(pixmap: QPixmap) -> QIcon:
    """Return an icon that looks the same when it is chosen: a tint would change the picture."""
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


def _facts(cue: Cue) -> str:
    if cue.kind is CueKind.CLIP and cue.span is not None:
        length = cue.span.duration_ns * cue.rate.denominator // cue.rate.numerator
        return f"{clock_text(length)}  {cue.exhibit}".rstrip()
    return f"{cue.kind.value.capitalize()}  {cue.exhibit}".rstrip()
