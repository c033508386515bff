"""The cues that the transcript's list shows: all of them, of one camera, or those that hold some words. A Qt model.

Heights are worked out here, once for a width, so that 20,000 cues scroll without being measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics

from annotations.transcripts.cue_times import CueTimes
from app.time_text import LocalTimes
from resources.palette import lane_colour

AnyIndex = QModelIndex | QPersistentModelIndex
LINE_ROLE = Qt.ItemDataRole.UserRole
PAD = 6
_NO_TIME = "no time"


@dataclass(frozen=True, slots=True)
class CueLine:
    """One cue as it is drawn.

    Attributes:
        row: its place in `CueTimes`.
        when: local time of its start.
        camera: name of the camera; "" where all shown are of one.
        speaker: who speaks, or "".
        text: what is said.
        colour: the speaker's.
        warning: what must stand beside it, or "".
        is_current: whether it is being said.
    """

    row: int
    when: str
    camera: str
    speaker: str
    text: str
    colour: str
    warning: str
    is_current: bool


class TranscriptModel(QAbstractListModel):
    """Cues by time, filtered. Lives on the UI thread.

    Attributes:
        text_typed: told the id of a cue and its new text.
        can_edit: whether texts may be changed.
    """

    def __init__(self, text_typed: Callable[[str, str], None]) -> None:
        super().__init__()
        self.text_typed = text_typed
        self.can_edit = False
        self._times: CueTimes | None = None
        self._local: LocalTimes | None = None
        self._camera_names: dict[str, str] = {}
        self._rows: list[int] = []
        self._place_of: dict[int, int] = {}
        self._camera_id: str | None = None
        self._wanted = ""
        self._current: frozenset[int] = frozenset()
        self._colours: dict[str, str] = {}
        self._width, self._font = 300, QFont()
        self._heights: dict[int, int] = {}
        self._widths: dict[str, int] = {}

    # What is shown

    def show(
        self, times: CueTimes | None, local: LocalTimes | None, camera_names: dict[str, str], *, can_edit: bool
    ) -> None:
        """Show these cues."""
        self.can_edit = can_edit
        self._times, self._local, self._camera_names = times, local, camera_names
        self._colours.clear()
        if times is not None:
            for cue in times.cues:
                if cue.speaker not in self._colours:
                    self._colours[cue.speaker] = lane_colour(len(self._colours))
        self._choose()

    def set_filter(self, wanted: str, camera_id: str | None) -> None:
        """Show only cues that hold these words, and only those of one camera where one is given."""
        if (wanted.casefold(), camera_id) != (self._wanted, self._camera_id):
            self._wanted, self._camera_id = wanted.casefold(), camera_id
            self._choose()

    def set_room(self, width: int, font: QFont) -> None:
        """Work out heights for another width or font."""
        if (width, font) != (self._width, self._font):
            if font != self._font:
                self._widths.clear()
            self._width, self._font = width, QFont(font)
            self._heights.clear()
            self.layoutChanged.emit()

    def set_current(self, rows: frozenset[int]) -> tuple[int, ...]:
        """Mark the cues that are being said; return the places of those that are shown."""
        changed = self._current ^ rows
        self._current = rows
        for row in changed:
            place = self._place_of.get(row)
            if place is not None:
                index = self.index(place)
                self.dataChanged.emit(index, index, [LINE_ROLE])
        return tuple(sorted(self._place_of[row] for row in rows if row in self._place_of))

    def colour_of(self, speaker: str) -> str:
        """Return a speaker's colour."""
        return self._colours.get(speaker, lane_colour(0))

    @property
    def speakers(self) -> tuple[str, ...]:
        """Everybody who speaks, in the order in which they first do."""
        return tuple(speaker for speaker in self._colours if speaker)

    @property
    def has_any(self) -> bool:
        """Whether there are cues at all, shown or not."""
        return self._times is not None and bool(self._times.cues)

    def row_at(self, place: int) -> int | None:
        """Return the row in `CueTimes` of a place in the list."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def place_of(self, row: int) -> int | None:
        """Return where a row of `CueTimes` is in the list, or None."""
        return self._place_of.get(row)

    def place_before(self, row: int) -> int | None:
        """Return the place of the last cue shown that is not after a row of `CueTimes`."""
        earlier = [place for shown, place in self._place_of.items() if shown <= row]
        return max(earlier, default=None)

    def _choose(self) -> None:
        self.beginResetModel()
        times = self._times
        self._rows = [] if times is None else [row for row in range(len(times.cues)) if self._is_wanted(times, row)]
        self._place_of = {row: place for place, row in enumerate(self._rows)}
        self._heights.clear()
        self.endResetModel()

    def _is_wanted(self, times: CueTimes, row: int) -> bool:
        if self._camera_id is not None and times.camera_ids[row] != self._camera_id:
            return False
        cue = times.cues[row]
        return not self._wanted or self._wanted in cue.text.casefold() or self._wanted in cue.speaker.casefold()

    # Qt's own

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """Return how many cues are shown."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Say that a cue can be chosen, and perhaps edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self.can_edit and index.isValid() else flags

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cue in words, as it is edited, as it is drawn, or how large."""
        if self._times is None or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(self._width, self._height(row))
        if role == LINE_ROLE:
            return self._line(row)
        if role == Qt.ItemDataRole.EditRole:
            return self._times.cues[row].text
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            line = self._line(row)
            return " ".join(part for part in (line.when, line.camera, line.speaker, line.text, line.warning) if part)
        return None

    def setData(self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed; the case changes first, and then what is shown."""
        row = self.row_at(index.row())
        if self._times is None or row is None or role != Qt.ItemDataRole.EditRole or not isinstance(value, str):
            return False
        cue = self._times.cues[row]
        if value.strip() and value != cue.text:
            self.text_typed(cue.id, value)
        return False

    def _line(self, row: int) -> CueLine:
        assert self._times is not None
        cue, start = self._times.cues[row], self._times.start_of(row)
        camera = self._camera_names.get(self._times.camera_ids[row], "")
        return CueLine(
            row=row,
            when=_NO_TIME if start is None or self._local is None else self._local.clock(start, 1),
            camera="" if self._camera_id is not None or len(self._camera_names) < 2 else camera,
            speaker=cue.speaker,
            text=cue.text,
            colour=self.colour_of(cue.speaker),
            warning=self._times.transcript_by_id[cue.transcript_id].warning,
            is_current=row in self._current,
        )

    def _height(self, row: int) -> int:
        found = self._heights.get(row)
        if found is None:
            assert self._times is not None
            cue = self._times.cues[row]
            high = QFontMetrics(self._font).lineSpacing()
            room = max(20, self._width - 2 * PAD - 8)
            lines = sum(self._count_lines(line, room) for line in cue.text.split("\n"))
            lines += bool(self._times.transcript_by_id[cue.transcript_id].warning)
            found = self._heights[row] = (lines + 1) * high + 2 * PAD
        return found

    def _count_lines(self, text: str, room: int) -> int:
        """Return how many lines a text takes when it is broken between words, as Qt does."""
        blank = self._advance(" ")
        lines, used = 1, 0
        for word in text.split(" "):
            width = self._advance(word)
            if used and used + blank + width > room:
                lines, used = lines + 1, 0
            while width > room:
                lines, width = lines + 1, width - room
            used += width + (blank if used else 0)
        return lines

    def _advance(self, word: str) -> int:
        found = self._widths.get(word)
        if found is None:
            found = self._widths[word] = QFontMetrics(self._font).horizontalAdvance(word)
        return found
