"""Draws the filmstrip's pictures before they are seen: one by one, and only while nothing plays or is waited for.

In a thread with child processes of its own; what cannot be drawn says so in its small picture and disturbs nothing.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal

from courtroom.show.source import CourtSource
from courtroom.ui.item_picture import ItemPainter, PictureScene
from courtroom.ui.sheet_list import PICTURE
from evidence.errors import SightlineError

_LOOK_S = 0.5


class StripPainter(QObject):
    """Made and told on the UI thread.

    Signals:
        drawn(object, object): the number of an item, from 0, and its picture (`QImage`); arrives on the UI thread.
    """

    drawn = Signal(object, object)

    def __init__(self, source: CourtSource) -> None:
        super().__init__()
        self._source = source
        self._is_calm = threading.Event()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="filmstrip")

    def begin(self) -> None:
        """Draw from now on, whenever it is calm."""
        self._thread.start()

    def set_calm(self, *, is_calm: bool) -> None:
        """Tell whether nothing plays and nothing is waited for; a picture that was begun is finished."""
        if is_calm:
            self._is_calm.set()
        else:
            self._is_calm.clear()

    def close(self) -> None:
        """End; what is being drawn is given up."""
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join()

    # In the thread

    def _run(self) -> None:
        source = self._source
        scene = PictureScene(source.timeline, source.find_index, source.case_folder)
        with ItemPainter(scene, self._is_over.is_set) as painter:
            for place, item in enumerate(source.sheet.items):
                while not self._is_calm.wait(_LOOK_S):
                    if self._is_over.is_set():
                        return
                try:
                    image = painter.draw(item, PICTURE.width() * 2, PICTURE.height() * 2)
                except SightlineError:
                    return  # it is over
                if self._is_over.is_set():
                    return
                self.drawn.emit(place, image)
