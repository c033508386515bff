"""Has the pictures of a run sheet's items made, a few at a time, beside everything else. Lives on the UI thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.jobs import Job, JobRunner
from app.session import CaseSession
from courtroom.run_sheet import Item, RunSheet
from courtroom.ui.item_picture import ItemPainter, PictureScene
from courtroom.ui.sheet_list import PICTURE
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress
from sync.timeline import Timeline

_AT_ONCE = 4


class SheetPictures(QObject):
    """Pictures by the ids of items.

    Signals:
        changed: more pictures are there.
        refused: `SightlineError`: some could not be made.
    """

    changed = Signal()
    refused = Signal(object)

    def __init__(self, session: CaseSession, jobs: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._sheet: RunSheet | None = None
        self._drawn: dict[str, object] = {}
        self._drawing: Job | None = None
        self.found: dict[str, QImage] = {}
        session.changed.connect(self._draw_missing)

    def show_sheet(self, sheet: RunSheet | None) -> None:
        """Have pictures made of this sheet's items that have none, or show something else now."""
        self._sheet = sheet
        self._draw_missing()

    def forget(self) -> None:
        """Forget the case."""
        if self._drawing is not None:
            self._drawing.cancel()
        self._sheet = None
        self.found.clear()
        self._drawn.clear()

    def _draw_missing(self) -> None:
        snapshot, reader, sheet = self._session.snapshot, self._session.index_reader, self._sheet
        if snapshot is None or reader is None or sheet is None or self._drawing is not None:
            return
        keys = {item.id: (item.content, _places(item, snapshot.timeline)) for item in sheet.items}
        wanted = [item for item in sheet.items if self._drawn.get(item.id) != keys[item.id]]
        if not wanted:
            return
        scene = PictureScene(snapshot.timeline, reader.find_index, snapshot.folder)

        def ended() -> None:
            self._drawing = None

        def done(pictures: dict[str, QImage]) -> None:
            ended()
            self.found.update(pictures)
            self._drawn.update({item_id: keys[item_id] for item_id in pictures})
            self.changed.emit()
            self._draw_missing()

        def failed(error: SightlineError) -> None:
            ended()
            self.refused.emit(error)

        self._drawing = self._jobs.start(
            "Drawing the run sheet",
            partial(_draw, scene, wanted[:_AT_ONCE]),
            on_done=done,
            on_failed=failed,
            on_cancelled=ended,
            is_quiet=True,
        )


def _places(item: Item, timeline: Timeline) -> tuple[object, ...]:
    """Return what of the case the item's picture depends on: where its cameras' recordings lie, in time and on disk."""
    rows = () if item.view is None else map(timeline.find_camera, item.view.camera_ids)
    return tuple(
        (one.recording.id, one.recording.path_bytes, one.clock, one.device_start)
        for row in rows
        if row is not None
        for one in row.placed
    )


def _draw(scene: PictureScene, items: Sequence[Item], _progress: Progress, cancelled: IsCancelled) -> dict[str, QImage]:
    with ItemPainter(scene, cancelled) as painter:
        return {item.id: painter.draw(item, PICTURE.width() * 2, PICTURE.height() * 2) for item in items}
