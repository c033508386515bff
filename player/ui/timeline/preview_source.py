"""Brings thumbnails and waveforms of recordings to the timeline without ever making its paint wait.

What is asked for and not there yet is loaded by a thread of its own, the newest wish first; `arrived` says that it is
worth painting again. A preview that is missing, deleted or damaged is simply not drawn.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from evidence.records import Recording
from player.derived.store import DerivedStore
from player.derived.thumbnails import ThumbnailFile, thumbnails_recipe
from player.derived.waveform import Bins, Level, WaveformFile, waveform_recipe

CHUNK_BINS = 4_096
_GATHER_MS = 40
_MOST_WISHES = 600
_MOST_OPEN = 120
_MOST_PICTURES = 3_000
_MOST_CHUNKS = 600
_MOST_KNOWN = 20_000

V = TypeVar("V")


class Recent(Generic[V]):
    """Keeps what was used last, up to a number of things, or of whatever `cost` counts. Used by one thread."""

    def __init__(
        self,
        most: int,
        on_gone: Callable[[V], None] = lambda _value: None,
        cost: Callable[[V], int] = lambda _value: 1,
    ) -> None:
        self._most = most
        self._on_gone = on_gone
        self._cost = cost
        self._total = 0
        self._kept: OrderedDict[object, V] = OrderedDict()

    def get(self, key: object) -> V | None:
        """Return what is kept under a key, or None."""
        value = self._kept.get(key)
        if value is not None:
            self._kept.move_to_end(key)
        return value

    def put(self, key: object, value: V) -> None:
        """Keep something; what was used longest ago goes where it is too much."""
        self.drop(key)
        self._kept[key] = value
        self._total += self._cost(value)
        while self._total > self._most and len(self._kept) > 1:
            self._let_go(self._kept.popitem(last=False)[1])

    def drop(self, key: object) -> None:
        """Let one thing go."""
        value = self._kept.pop(key, None)
        if value is not None:
            self._let_go(value)

    def clear(self) -> None:
        """Let all go."""
        while self._kept:
            self._let_go(self._kept.popitem()[1])

    def _let_go(self, value: V) -> None:
        self._total -= self._cost(value)
        self._on_gone(value)


@dataclass(frozen=True, eq=False)
class PreviewFacts:
    """What there is of one recording.

    Attributes:
        thumbnail_ns: when each thumbnail's frame starts to show, of the file's own time, ns; int64[thumbnails].
        shape: width and height of a thumbnail in pixels; (0, 0) where there are none.
        levels: where each level of its waveform lies; empty where there is none.
    """

    thumbnail_ns: NDArray[np.int64]
    shape: tuple[int, int] = (0, 0)
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wish:
    """Something to load: facts, a thumbnail (its number) or a chunk of a level (level and number, also below 0)."""

    recording_id: str
    level: int = -1
    number: int = -1


@dataclass(frozen=True, eq=False)
class _Loaded:
    wish: _Wish
    store: DerivedStore
    facts: PreviewFacts | None = None
    picture: QImage | None = None
    bins: Bins | None = None


class PreviewSource(QObject):
    """Previews of the open case, as far as they are in memory. Lives on the UI thread; `close` it.

    Attributes:
        generation: another number whenever what was there may be another now.
        version: another number whenever more may be there than was asked for before.

    Signals:
        arrived: something that was asked for is there now.
    """

    arrived = Signal()
    _loaded = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store: DerivedStore | None = None
        self._facts: Recent[PreviewFacts] = Recent(_MOST_KNOWN)
        self._pictures: Recent[QImage] = Recent(_MOST_PICTURES)
        self._chunks: Recent[Bins] = Recent(_MOST_CHUNKS)
        self._asked: set[_Wish] = set()
        self.generation = 0
        self.version = 0
        self._loader: _Loader | None = None
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(_GATHER_MS)
        self._gather.timeout.connect(self.arrived)
        self._loaded.connect(self._on_loaded, Qt.ConnectionType.QueuedConnection)

    def set_store(self, store: DerivedStore | None) -> None:
        """Show previews of this store from now on; None for none."""
        self._end_loader()
        self.generation += 1
        self.version += 1
        self._store = store
        self._facts.clear()
        self._pictures.clear()
        self._chunks.clear()
        self._asked.clear()
        if store is not None:
            self._loader = _Loader(store, self._loaded.emit)
        self.arrived.emit()

    def look_again(self, recording_id: str | None = None) -> None:
        """Forget what was known of a recording, or of all: previews were made, or deleted."""
        if recording_id is None:
            self.set_store(self._store)
            return
        self._asked = {wish for wish in self._asked if wish.recording_id != recording_id}
        if self._loader is not None:
            self._loader.forget(recording_id)
        self._facts.drop(recording_id)
        self.version += 1
        self.ask_for_paint()

    def hold(self, *, is_on: bool) -> None:
        """Load nothing while a paint goes on: Python runs one thread at a time, and the paint comes first."""
        if self._loader is not None:
            self._loader.hold(is_on=is_on)

    def ask_for_paint(self) -> None:
        """Let `arrived` be told soon; what comes together is told once."""
        if not self._gather.isActive():
            self._gather.start()

    def close(self) -> None:
        """End the thread; nothing is loaded after this."""
        self._gather.stop()
        self._end_loader()
        self._store = None

    def facts(self, recording: Recording) -> PreviewFacts | None:
        """Return what there is of a recording, or None while that is not known."""
        found = self._facts.get(recording.id)
        if found is None:
            self._wish_for(_Wish(recording.id), recording)
        return found

    def thumbnail(self, recording: Recording, number: int) -> QImage | None:
        """Return a thumbnail, or None while it is not there."""
        wish = _Wish(recording.id, number=number)
        found = self._pictures.get(wish)
        if found is None:
            self._wish_for(wish, recording)
        return found

    def chunk(self, recording: Recording, level: int, number: int) -> Bins | None:
        """Return bins `number * CHUNK_BINS` and on of a level, or None while they are not there."""
        wish = _Wish(recording.id, level, number)
        found = self._chunks.get(wish)
        if found is None:
            self._wish_for(wish, recording)
        return found

    def _wish_for(self, wish: _Wish, recording: Recording) -> None:
        if self._loader is None or wish in self._asked or not recording.sha256:
            return
        self._asked.add(wish)
        for dropped in self._loader.wish(wish, recording):
            self._asked.discard(dropped)

    def _on_loaded(self, loaded: _Loaded) -> None:
        if loaded.store is not self._store:
            return
        wish = loaded.wish
        if loaded.facts is not None:
            self._facts.put(wish.recording_id, loaded.facts)
        elif loaded.picture is not None:
            self._pictures.put(wish, loaded.picture)
            self._asked.discard(wish)
        elif loaded.bins is not None:
            self._chunks.put(wish, loaded.bins)
            self._asked.discard(wish)
        else:
            return
        self.ask_for_paint()

    def _end_loader(self) -> None:
        loader, self._loader = self._loader, None
        if loader is not None:
            loader.close()


@dataclass(eq=False)
class _Open:
    """The files of one recording that are open in the loader's thread."""

    thumbnails: ThumbnailFile | None
    waveform: WaveformFile | None

    def close(self) -> None:
        if self.waveform is not None:
            self.waveform.close()


class _Loader:
    """The thread that reads files and decodes pictures; the newest wish comes first, the oldest are dropped."""

    def __init__(self, store: DerivedStore, post: Callable[[object], None]) -> None:
        self._store = store
        self._post = post
        self._open: Recent[_Open] = Recent(_MOST_OPEN, _Open.close)
        self._wishes: OrderedDict[_Wish, Recording] = OrderedDict()
        self._forgotten: set[str] = set()
        self._state = threading.Condition()
        self._is_closed = False
        self._may_load = threading.Event()
        self._may_load.set()
        self._thread = threading.Thread(target=self._run, name="previews", daemon=True)
        self._thread.start()

    def wish(self, wish: _Wish, recording: Recording) -> list[_Wish]:
        """Ask for something; return older wishes that are dropped for it."""
        dropped: list[_Wish] = []
        with self._state:
            self._wishes[wish] = recording
            while len(self._wishes) > _MOST_WISHES:
                dropped.append(self._wishes.popitem(last=False)[0])
            self._state.notify()
        return dropped

    def forget(self, recording_id: str) -> None:
        """Open the files of a recording anew when they are needed next."""
        with self._state:
            self._forgotten.add(recording_id)

    def hold(self, *, is_on: bool) -> None:
        """Wait before the next wish, or go on."""
        if is_on:
            self._may_load.clear()
        else:
            self._may_load.set()

    def close(self) -> None:
        """End the thread and wait for it: at most for one small read."""
        self._may_load.set()
        with self._state:
            self._is_closed = True
            self._wishes.clear()
            self._state.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            while (next_wish := self._next()) is not None:
                wish, recording = next_wish
                self._may_load.wait()
                # A file that is gone or damaged is not drawn; whoever makes previews makes it anew.
                with contextlib.suppress(OSError, ValueError):
                    self._post(self._load(wish, recording))
        finally:
            self._open.clear()

    def _next(self) -> tuple[_Wish, Recording] | None:
        with self._state:
            while not self._wishes and not self._is_closed:
                self._state.wait()
            return None if self._is_closed else self._wishes.popitem(last=True)

    def _load(self, wish: _Wish, recording: Recording) -> _Loaded:
        opened = self._opened(recording)
        if wish.level < 0 and wish.number < 0:
            return _Loaded(wish, self._store, facts=_facts_of(opened))
        if wish.level >= 0:
            if opened.waveform is None:
                raise ValueError("there is no waveform")
            bins = opened.waveform.bins(wish.level, wish.number * CHUNK_BINS, CHUNK_BINS)
            return _Loaded(wish, self._store, bins=bins)
        if opened.thumbnails is None:
            raise ValueError("there are no thumbnails")
        return _Loaded(wish, self._store, picture=_decoded(opened.thumbnails.jpeg(wish.number)))

    def _opened(self, recording: Recording) -> _Open:
        with self._state:
            is_stale = recording.id in self._forgotten
            self._forgotten.discard(recording.id)
        opened = None if is_stale else self._open.get(recording.id)
        if opened is None:
            opened = _Open(_open_thumbnails(self._store, recording), _open_waveform(self._store, recording))
            self._open.put(recording.id, opened)
        return opened


def _open_thumbnails(store: DerivedStore, recording: Recording) -> ThumbnailFile | None:
    if recording.video_stream is None:
        return None
    recipe = thumbnails_recipe(recording.sha256, recording.video_stream)
    manifest = store.find(recipe)
    if manifest is None:
        return None
    try:
        return ThumbnailFile(store.path(recipe), manifest)
    except OSError:
        return None
    except ValueError:
        store.delete(recipe)
        return None


def _open_waveform(store: DerivedStore, recording: Recording) -> WaveformFile | None:
    if recording.audio_stream is None:
        return None
    recipe = waveform_recipe(recording.sha256, recording.audio_stream)
    manifest = store.find(recipe)
    if manifest is None:
        return None
    try:
        return WaveformFile(store.path(recipe), manifest)
    except OSError:
        return None
    except ValueError:
        store.delete(recipe)
        return None


def _facts_of(opened: _Open) -> PreviewFacts:
    moments: NDArray[np.int64] = np.empty(0, dtype=np.int64)
    shape = (0, 0)
    if opened.thumbnails is not None and opened.thumbnails.pictures:
        moments = np.array([one.media_ns for one in opened.thumbnails.pictures], dtype=np.int64)
        first = _decoded(opened.thumbnails.jpeg(0))
        shape = (first.width(), first.height())
    levels = () if opened.waveform is None else opened.waveform.levels
    return PreviewFacts(moments, shape, levels)


def _decoded(jpeg: bytes) -> QImage:
    """Return a picture in the form that is painted quickest. Raises ValueError where the bytes are none."""
    picture = QImage()
    if not picture.loadFromData(jpeg, "JPEG"):
        raise ValueError("a thumbnail cannot be decoded")
    return picture.convertToFormat(QImage.Format.Format_RGB32)
