"""The list of marks as a table for Qt: sorted, filtered, edited in place, and quick with 100,000 marks.

Rows are kept in order by a key, so that a mark that is made while playing is put in its place in a few comparisons,
whatever the list is sorted or filtered by.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPixmap

from annotations.mark_book import MarkBook
from annotations.mark_states import Mark
from app.time_text import LocalTimes, duration_text

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SWATCH = 12


class Column(IntEnum):
    """The columns in their order."""

    TIME = 0
    TEXT = 1
    CATEGORY = 2
    WHERE = 3
    TAGS = 4
    PEOPLE = 5
    BY = 6


_TITLES = ("Time", "Mark", "Category", "Where", "Tags", "People", "By")
_EDITABLE = frozenset({Column.TEXT, Column.CATEGORY, Column.TAGS, Column.PEOPLE})


@dataclass(frozen=True, slots=True)
class MarkFilter:
    """Which marks are listed: those to which all of this applies.

    Attributes:
        words: each is part of the text, a tag, or the name of the category, a person or whoever made it.
        category_ids: the category is one of these; "" stands for none.
        camera_ids: it is on the picture of one of these; "" stands for the incident.
        person_ids: one of these is in it.
        tags: it has one of these, in lower case.
    """

    words: tuple[str, ...] = ()
    category_ids: frozenset[str] = frozenset()
    camera_ids: frozenset[str] = frozenset()
    person_ids: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether every mark is listed."""
        return not (self.words or self.category_ids or self.camera_ids or self.person_ids or self.tags)


@dataclass(frozen=True)
class ShownMarks:
    """What the list shows.

    Attributes:
        book: the marks.
        camera_names: names of cameras by id.
        times: writes instants; None while no case is open.
        can_edit: whether the case can be changed.
    """

    book: MarkBook = field(default_factory=MarkBook)
    camera_names: Mapping[str, str] = field(default_factory=dict)
    times: LocalTimes | None = None
    can_edit: bool = False


Key = tuple[object, ...]


class MarkModel(QAbstractTableModel):
    """The marks that pass the filter. Lives on the UI thread.

    Signals:
        typed: id of a mark, `Column`, and what was typed into it.
        counted: how many marks are listed, or how many there are, is another number.
    """

    typed = Signal(str, object, str)
    counted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown = ShownMarks()
        self._filter = MarkFilter()
        self._passes: Callable[[Mark], bool] = lambda _mark: True
        self._sorted_by = Column.TIME
        self._is_descending = False
        self._rows: list[Mark] = []
        self._swatches: dict[str, QPixmap] = {}

    @property
    def shown(self) -> ShownMarks:
        """What the list shows."""
        return self._shown

    @property
    def filter(self) -> MarkFilter:
        """Which marks are listed."""
        return self._filter

    def show(self, shown: ShownMarks) -> None:
        """Show other marks."""
        self.beginResetModel()
        self._shown = shown
        self._swatches.clear()
        self._fill()
        self.endResetModel()
        self.counted.emit()

    def follow(self, book: MarkBook, changed: Iterable[str]) -> None:
        """Show the same marks after a change of a few; what is chosen and being typed stays."""
        before = self._shown.book
        pairs = [(_find_in(before, one), _find_in(book, one)) for one in changed]
        stays = [
            new is not None and self._passes(new) and self._stays(old, new, alone=len(pairs) == 1) for old, new in pairs
        ]
        for (old, _new), is_kept in zip(pairs, stays, strict=True):
            if old is not None and not is_kept:
                self._take_out(old)
        places = [
            self._find(old) if is_kept and old is not None else None
            for (old, _), is_kept in zip(pairs, stays, strict=True)
        ]
        self._shown = replace(self._shown, book=book)
        for (_old, new), place in zip(pairs, places, strict=True):
            if new is not None and place is not None:
                self._exchange(place, new)
        for (_old, new), is_kept in zip(pairs, stays, strict=True):
            if new is not None and not is_kept and self._passes(new):
                self._put_in(new)
        self.counted.emit()

    def set_filter(self, wanted: MarkFilter) -> None:
        """List other marks."""
        if wanted != self._filter:
            self.beginResetModel()
            self._filter = wanted
            self._fill()
            self.endResetModel()
            self.counted.emit()

    def mark_at(self, row: int) -> Mark | None:
        """Return the mark in a row, or None."""
        return self._rows[self._place(row)] if 0 <= row < len(self._rows) else None

    def find_row(self, mark_id: str) -> int | None:
        """Return the row of a mark, or None where it is not listed."""
        number = self._shown.book.find(mark_id)
        if number is None:
            return None
        mark = self._shown.book.marks[number]
        place = self._find(mark)
        return None if place is None else self._place(place)

    # Qt's own

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many marks are listed."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        is_title = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _TITLES[section] if is_title and 0 <= section < len(_TITLES) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows."""
        mark = self.mark_at(index.row())
        if mark is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self.text(mark, Column(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(mark, Column(index.column()))
        if role == Qt.ItemDataRole.DecorationRole and index.column() == Column.TIME:
            return self._swatch(self._shown.book.colour_of(mark))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell."""
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        is_editable = self._shown.can_edit and index.column() in _EDITABLE
        return flags | Qt.ItemFlag.ItemIsEditable if is_editable else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Hand on what was typed; the cell changes once the case has."""
        mark = self.mark_at(index.row())
        if mark is None or role != Qt.ItemDataRole.EditRole:
            return False
        column = Column(index.column())
        if str(value) != self.text(mark, column):
            self.typed.emit(mark.id, column, str(value))
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """List the marks in another order."""
        self.beginResetModel()
        self._sorted_by = Column(column)
        self._is_descending = order is Qt.SortOrder.DescendingOrder
        self._fill()
        self.endResetModel()

    # Words

    def text(self, mark: Mark, column: Column) -> str:
        """Return what a cell says."""
        book = self._shown.book
        if column is Column.TEXT:
            return mark.text
        if column is Column.TIME:
            return self._time_text(mark)
        if column is Column.CATEGORY:
            category = book.category_by_id.get(mark.category_id or "")
            return "" if category is None else category.name
        if column is Column.WHERE:
            return self._where(mark)
        if column is Column.TAGS:
            return ", ".join(mark.tags)
        if column is Column.PEOPLE:
            return ", ".join(one.name for one in book.people_in(mark))
        return mark.by

    def _time_text(self, mark: Mark) -> str:
        times, place = self._shown.times, self._shown.book.place(mark)
        if times is None:
            return ""
        if not place.is_placed:
            return "no place in time"
        clock = times.clock(place.start)
        return clock if place.end is None else f"{clock} ({duration_text(place.end - place.start)})"

    def _where(self, mark: Mark) -> str:
        camera_id = self._shown.book.place(mark).camera_id
        if mark.picture is None:
            return "incident"
        return self._shown.camera_names.get(camera_id or "", "a recording that is not in this case")

    def _tip(self, mark: Mark, column: Column) -> str:
        if column is not Column.TIME or self._shown.times is None:
            return self.text(mark, column)
        return self._shown.times.full(self._shown.book.place(mark).start)

    def _swatch(self, colour: str) -> QPixmap | None:
        if not colour:
            return None
        if colour not in self._swatches:
            picture = QPixmap(_SWATCH, _SWATCH)
            picture.fill(QColor(colour))
            self._swatches[colour] = picture
        return self._swatches[colour]

    # Order

    def _key(self, mark: Mark) -> Key:
        start = self._shown.book.place(mark).start
        if self._sorted_by is Column.TIME:
            return (start, mark.id)
        return (self.text(mark, self._sorted_by).casefold(), start, mark.id)

    def _fill(self) -> None:
        self._passes = make_test(self._filter, self._shown.book)
        book = self._shown.book
        found = list(book.marks) if self._filter.is_empty else [one for one in book.marks if self._passes(one)]
        if self._sorted_by is not Column.TIME:
            found.sort(key=lambda one: self.text(one, self._sorted_by).casefold())  # stable: by time within
        self._rows = found

    def _place(self, row: int) -> int:
        """Return the place in `_rows` of a row, or the other way round."""
        return len(self._rows) - 1 - row if self._is_descending else row

    def _find(self, mark: Mark) -> int | None:
        place = bisect_left(self._rows, self._key(mark), key=self._key)
        is_there = place < len(self._rows) and self._rows[place].id == mark.id
        return place if is_there else None

    def _stays(self, before: Mark | None, after: Mark, *, alone: bool) -> bool:
        """Tell whether a changed mark belongs into the row it has; `alone` where no other changes with it."""
        place = None if before is None else self._find(before)
        if place is None or before is None:
            return False
        key = self._key(after)
        if key == self._key(before):
            return True
        is_after = place == 0 or self._key(self._rows[place - 1]) < key
        return alone and is_after and (place + 1 == len(self._rows) or key < self._key(self._rows[place + 1]))

    def _take_out(self, mark: Mark) -> None:
        place = self._find(mark)
        if place is not None:
            row = self._place(place)
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._rows[place]
            self.endRemoveRows()

    def _exchange(self, place: int, mark: Mark) -> None:
        self._rows[place] = mark
        row = self._place(place)
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))

    def _put_in(self, mark: Mark) -> None:
        place = bisect_left(self._rows, self._key(mark), key=self._key)
        row = len(self._rows) - place if self._is_descending else place
        self.beginInsertRows(QModelIndex(), row, row)
        self._rows.insert(place, mark)
        self.endInsertRows()


def _find_in(book: MarkBook, mark_id: str) -> Mark | None:
    number = book.find(mark_id)
    return None if number is None else book.marks[number]


def make_test(wanted: MarkFilter, book: MarkBook) -> Callable[[Mark], bool]:
    """Return a function that tells whether a mark passes a filter; names are looked up once, not for each mark."""
    words = [
        (
            word,
            frozenset(one.id for one in book.categories if word in one.name.casefold()),
            frozenset(one.id for one in book.people if word in one.name.casefold()),
        )
        for word in wanted.words
    ]

    def has_words(mark: Mark) -> bool:
        text = mark.text.casefold()
        return all(
            word in text
            or mark.category_id in categories
            or any(one in people for one in mark.people)
            or any(word in tag.casefold() for tag in mark.tags)
            or word in mark.by.casefold()
            for word, categories, people in words
        )

    def passes(mark: Mark) -> bool:
        if wanted.category_ids and (mark.category_id or "") not in wanted.category_ids:
            return False
        if wanted.person_ids and wanted.person_ids.isdisjoint(mark.people):
            return False
        if wanted.tags and wanted.tags.isdisjoint(tag.casefold() for tag in mark.tags):
            return False
        if wanted.camera_ids and (book.place(mark).camera_id or "") not in wanted.camera_ids:
            return False
        return not words or has_words(mark)

    return passes
