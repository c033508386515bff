"""Captures what the court sees, with what was drawn on it, as a new still with its provenance.

The picture is taken at once; encoding and writing happen in a thread. Beside the PNG lies a JSON file of the same name:
which frames of which files it shows, what was drawn (on each frame in points of its own picture, by which
`courtroom.court_drawings` takes it into the case), who captured it and when. The court log has the hashes of both.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal
from PySide6.QtGui import QFont, QImage

from courtroom.show.recorder import CourtRecorder
from courtroom.show.source import CourtSource
from courtroom.ui.court_picture import CourtPicture, ShownFrame
from courtroom.ui.court_screen import CourtScreen
from courtroom.ui.court_zoom import part_words
from courtroom.ui.drawn_on_frames import drawn_on
from courtroom.ui.top_layer import TopLayer, with_layer
from evidence.atomic_file import write_bytes
from evidence.audit import JsonValue
from evidence.program import program_name
from evidence.times import iso_utc


@dataclass(frozen=True, eq=False)
class _Order:
    picture: CourtPicture
    layer: TopLayer
    taken: datetime
    number: int


class Capturer(QObject):
    """Takes stills of the court screen. Lives on the UI thread; writes in another.

    Signals:
        told(str): what came of it, in words for people; arrives on the UI thread.
    """

    told = Signal(str)

    def __init__(
        self, source: CourtSource, screen: CourtScreen, recorder: CourtRecorder, folder: Path, by: str
    ) -> None:
        super().__init__()
        self._source = source
        self._screen = screen
        self._recorder = recorder
        self._folder = folder
        self._by = by
        self._count = 0
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="capture")

    def capture(self) -> None:
        """Take what the court sees now."""
        picture = self._screen.picture
        if picture is None or self._screen.is_black:
            self.told.emit("The court sees black: there is nothing to capture.")
            return
        self._count += 1
        order = _Order(picture, self._screen.layer, datetime.now(UTC), self._count)
        self._pool.submit(self._write, order, QFont(self._screen.font())).add_done_callback(self._on_written)

    def close(self) -> None:
        """Write what was captured, and end."""
        self._pool.shutdown(wait=True)

    def _write(self, order: _Order, font: QFont) -> str:
        image = with_layer(order.picture.image, order.layer, font)
        content = _png(image)
        stem = f"{order.taken:%Y%m%dT%H%M%SZ}-item-{order.picture.place + 1}-{order.number}"
        digest = hashlib.sha256(content).hexdigest()
        facts = self._facts(order, digest, image)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_bytes(self._folder / f"{stem}.png", content)
        told = json.dumps(facts, indent=2, ensure_ascii=False).encode()
        write_bytes(self._folder / f"{stem}.json", told)
        self._recorder.note(
            "court.captured",
            {
                "file": f"{stem}.png",
                "sha256": digest,
                "item": order.picture.cue.id,
                "told_sha256": hashlib.sha256(told).hexdigest(),
            },
        )
        return f"Captured as {stem}.png."

    def _on_written(self, future: Future[str]) -> None:
        error = future.exception()
        if error is None:
            self.told.emit(future.result())
        else:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self.told.emit(f"The capture could not be written: {why}. Make room on the disk and press C again.")

    def _facts(self, order: _Order, digest: str, image: QImage) -> dict[str, JsonValue]:
        picture, layer = order.picture, order.layer
        hashes = {
            place.recording.id: place.recording.sha256 for row in self._source.timeline.cameras for place in row.placed
        }
        return {
            "made_by": program_name(),
            "captured_by": self._by,
            "captured": order.taken.isoformat().replace("+00:00", "Z"),
            "sha256": digest,
            "size": [image.width(), image.height()],
            "case": self._source.title,
            "reference": self._source.reference,
            "run_sheet": self._source.sheet.title,
            "item": picture.place + 1,
            "item_title": picture.cue.title,
            "exhibit": picture.cue.exhibit,
            "at": None if picture.at is None else iso_utc(picture.at),
            "what": "what the court saw, at the court screen's size; not a still at the recording's own size",
            "frames": [
                {
                    "camera": self._source.camera_name(one.camera_id),
                    "recording": one.recording_name,
                    "recording_id": one.recording_id,
                    "recording_sha256": hashes.get(one.recording_id, ""),
                    "frame": one.frame if one.frame >= 0 else None,
                    "pts": one.pts if one.frame >= 0 else None,
                    "part": part_words(one.view),
                    **_drawn(one, layer, image),
                }
                for one in picture.frames
            ],
            "part": "" if picture.page is None else part_words(picture.page.view),
            "strokes": [[[f"{x:.4f}", f"{y:.4f}"] for x, y in stroke] for stroke in layer.strokes],
            "spotlight": layer.spotlight is not None,
            "magnifier": layer.lens is not None,
            "pointer": layer.pointer is not None,
        }


def _drawn(frame: ShownFrame, layer: TopLayer, image: QImage) -> dict[str, JsonValue]:
    """Return what was drawn on a frame, in 1/256 of a pixel of the picture as coded; nothing where nothing was."""
    drawn = None if frame.is_approximate else drawn_on(frame, layer.strokes, (image.width(), image.height()))
    if drawn is None:
        return {}
    lines: list[JsonValue] = [[[x, y] for x, y in line] for line in drawn.lines]
    return {
        "drawn": {"picture_size": list(drawn.picture_size), "line_width": drawn.line_width, "lines": lines},
    }


def _png(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(content.data())
