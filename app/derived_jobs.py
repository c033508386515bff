"""Previews of the open case: looks which are there, has the missing ones made in the background, deletes them.

Lives on the UI thread. The work is done in a thread of the job runner, the untrusted bytes are read in a child
process, and both wait while the user plays. Where the case can be written the previews lie in its `derived/` folder;
otherwise, or where the settings say so, in a folder of the user's own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.index_reader import IndexReader
from app.jobs import Job, JobRunner
from app.session import CaseSession
from app.settings import PREVIEW_LIMIT, PREVIEW_PLACE, PREVIEWS, PreviewChoice, PreviewPlace, Settings
from app.silences import CASE_FOLDER
from app.time_text import size_text
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress
from evidence.records import Recording
from player.derived.previews import NotMade, PreviewRequest, PreviewResult, make_previews, recipes_of
from player.derived.store import DerivedStore, Kind, Recipe
from player.ui.timeline.preview_source import PreviewSource

R = TypeVar("R")
_LOG = logging.getLogger(__name__)
_BEGIN_AFTER_MS = 1_500
_LOOK_EVERY_MS = 150
_INSPECT_EVERY_MS = 3_000


class Player(Protocol):
    """What is needed of the engine."""

    @property
    def is_playing(self) -> bool:
        """Whether it plays."""
        ...

    @property
    def is_busy(self) -> bool:
        """Whether pictures move, or are on their way."""
        ...

    def set_proxies(self, proxies: Mapping[str, Path]) -> None:
        """Scrub with these, by the ids of their recordings."""
        ...

    def take_bad_proxies(self) -> frozenset[str]:
        """Return whose proxies turned out to be bad since this was asked last."""
        ...


@dataclass(frozen=True, slots=True)
class _Found:
    """What is there already."""

    proxies: dict[str, Path]
    missing: int


class PreviewKeeper(QObject):
    """Keeps the previews of the open case.

    Signals:
        told: a sentence for people.
        failed: `SightlineError`.
        sound_made: more waveforms are there than before.
    """

    told = Signal(str)
    failed = Signal(object)
    sound_made = Signal()
    _made = Signal(object)

    def __init__(
        self,
        *,
        jobs: JobRunner,
        session: CaseSession,
        settings: Settings,
        source: PreviewSource,
        player: Player,
        own_folder: Path,
    ) -> None:
        """Follow a session.

        Args:
            jobs: runs what takes time.
            session: whose case it is.
            settings: say what is made and where.
            source: draws what there is.
            player: scrubs with proxies; the work waits while it plays or scrubs.
            own_folder: the user's own folder for previews.
        """
        super().__init__()
        self._jobs = jobs
        self._session = session
        self._settings = settings
        self._source = source
        self._player = player
        self._own_folder = own_folder
        self._store: DerivedStore | None = None
        self._reader: IndexReader | None = None
        self._job: Job | None = None
        self._run: object = None
        self._is_stale = False
        self._is_held_back = False
        self._known: tuple[str, ...] = ()
        self._is_wanted = False
        self._given_up: set[tuple[str, Kind]] = set()
        self._proxies: dict[str, Path] = {}
        self._has_to_wait = threading.Event()
        self._begin = QTimer(self)
        self._begin.setSingleShot(True)
        self._begin.setInterval(_BEGIN_AFTER_MS)
        self._begin.timeout.connect(self._look)
        self._watch = QTimer(self)
        self._watch.setInterval(_LOOK_EVERY_MS)
        self._watch.timeout.connect(self._follow_user)
        self._inspect = QTimer(self)
        self._inspect.setInterval(_INSPECT_EVERY_MS)
        self._inspect.timeout.connect(self._replace_bad_proxies)
        self._made.connect(self._on_made, Qt.ConnectionType.QueuedConnection)
        session.opened.connect(self._on_opened)
        session.changed.connect(self._on_changed)
        session.closed.connect(self._on_closed)
        settings.changed.connect(self._on_setting_changed)

    @property
    def is_making(self) -> bool:
        """Whether previews are being looked for, made or deleted."""
        return self._job is not None

    @property
    def store(self) -> DerivedStore | None:
        """Where the previews of the open case are, or None while none is open."""
        return self._store

    def make_now(self) -> None:
        """Make what is missing, also what could not be made before, and whatever the settings say of when."""
        if self._store is None:
            return
        self._given_up.clear()
        self._is_wanted = self._is_stale = True
        self._is_held_back = False
        self._look()

    def delete_all(self) -> None:
        """Delete every preview of the store; they are not made again before the case is opened again, or on request."""
        store = self._store
        if store is None:
            return
        self._begin.stop()
        self._is_stale = self._is_wanted = False
        self._is_held_back = True
        self._give_up()
        self._proxies = {}
        self._player.set_proxies({})
        self._source.set_store(None)

        def done(freed_bytes: int) -> None:
            if store is self._store:
                self._source.set_store(store)
            self.told.emit(f"Deleted {size_text(freed_bytes)} of previews. “Make previews now” makes them again.")

        self._jobs.start(
            "Deleting previews",
            lambda _progress, _cancelled: store.delete_all(),
            on_done=done,
            on_failed=self.failed.emit,
            is_quiet=True,
        )

    def close(self) -> None:
        """Stop; nothing is made after this."""
        self._on_closed()
        self._source.close()

    def _on_opened(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        self._given_up.clear()
        self._proxies = {}
        self._is_wanted = self._is_held_back = False
        self._reader = self._session.index_reader
        self._choose_store(snapshot.folder)
        self._inspect.start()
        self._known = ()
        self._on_changed()

    def _choose_store(self, folder: Path) -> None:
        is_own = bool(self._session.read_only_reason) or self._settings.get(PREVIEW_PLACE) == PreviewPlace.USER
        limit = self._settings.get(PREVIEW_LIMIT) * 1_000_000_000
        self._store = DerivedStore(self._own_folder if is_own else folder / CASE_FOLDER, limit)
        self._source.set_store(self._store)

    def _on_changed(self) -> None:
        """Look again where recordings came, went, or were found again."""
        known = tuple(one.id for one in self._recordings())
        if known != self._known:
            self._known = known
            self._look_soon()

    def _look_soon(self) -> None:
        self._is_stale = True
        if self._job is None:
            self._begin.start()

    def _on_closed(self) -> None:
        for timer in (self._begin, self._watch, self._inspect):
            timer.stop()
        self._is_stale = self._is_wanted = False
        self._store = self._reader = None
        self._give_up()
        self._has_to_wait.clear()
        self._proxies = {}
        self._player.set_proxies({})
        self._source.set_store(None)

    def _on_setting_changed(self, option_id: str) -> None:
        if option_id not in {PREVIEWS.id, PREVIEW_PLACE.id, PREVIEW_LIMIT.id} or self._store is None:
            return
        snapshot = self._session.snapshot
        self._give_up()
        if snapshot is not None:
            self._choose_store(snapshot.folder)
            self._look_soon()

    def _recordings(self) -> tuple[Recording, ...]:
        """Return those whose originals are there, in the order of the tiles."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return ()
        places = {camera.id: number for number, camera in enumerate(snapshot.cameras)}
        there = [one for one in snapshot.recordings if one.id not in snapshot.missing]
        return tuple(sorted(there, key=lambda one: places.get(one.camera_id, len(places))))

    def _look(self) -> None:
        """See what is there, and begin to make what is not."""
        store = self._store
        if store is None or self._job is not None:
            return
        self._is_stale = False
        recordings = self._recordings()
        with_proxies = self._settings.get(PREVIEWS) != PreviewChoice.TIMELINE
        self._start(
            "Looking for previews",
            lambda _progress, _cancelled: _find(store, recordings, with_proxies=with_proxies),
            partial(self._on_found, store, recordings),
        )

    def _start(self, title: str, work: Callable[[Progress, IsCancelled], R], done: Callable[[R], None]) -> None:
        """Run a job; what comes of one that was given up meanwhile is not heard."""
        run = self._run = object()

        def is_current() -> bool:
            if self._run is not run:
                return False
            self._run = self._job = None
            self._watch.stop()
            return True

        def on_done(result: R) -> None:
            if is_current():
                done(result)

        def on_failed(error: SightlineError) -> None:
            if is_current():
                self._is_stale, self._is_held_back = False, True
                self.failed.emit(error)

        def on_cancelled() -> None:
            if is_current():
                self._is_stale, self._is_held_back = False, True

        self._job = self._jobs.start(
            title, work, on_done=on_done, on_failed=on_failed, on_cancelled=on_cancelled, is_quiet=True
        )

    def _give_up(self) -> None:
        """Stop the job that runs, and hear nothing more of it."""
        job, self._job, self._run = self._job, None, None
        self._watch.stop()
        if job is not None:
            job.cancel()

    def _on_found(self, store: DerivedStore, recordings: tuple[Recording, ...], found: _Found) -> None:
        self._proxies = dict(found.proxies)
        self._player.set_proxies(self._proxies)
        is_wanted = self._is_wanted or (self._settings.get(PREVIEWS) != PreviewChoice.OFF and not self._is_held_back)
        self._is_wanted = False
        reader = self._reader
        if not is_wanted or not found.missing or reader is None:
            self._end()
            return
        with_proxies = self._settings.get(PREVIEWS) != PreviewChoice.TIMELINE
        request = PreviewRequest(recordings, with_proxies, frozenset(self._given_up))
        self._follow_user()
        self._watch.start()
        self._start(
            "Preparing previews",
            partial(
                make_previews,
                request,
                store,
                reader.find_index,
                is_paused=self._has_to_wait.is_set,
                on_made=self._made.emit,
            ),
            self._on_done,
        )

    def _on_done(self, result: PreviewResult) -> None:
        for one in result.not_made:
            self._given_up.add((one.recording_id, one.kind))
            _LOG.info("no %s of %s: %s", one.kind, one.display_name, one.reason)
        if result.not_made:
            self.told.emit(_words_for(result.not_made))
        if not result.has_room:
            most = size_text(self._settings.get(PREVIEW_LIMIT) * 1_000_000_000)
            self.told.emit(
                f"There is no room for the proxies of all recordings: previews may take {most}, and half a gigabyte of "
                "the disk stays free. Scrubbing shows the originals of the others, which is slower."
            )
        self._end()

    def _end(self) -> None:
        if self._is_stale and self._store is not None:
            self._begin.start()

    def _follow_user(self) -> None:
        if self._player.is_playing or self._player.is_busy:
            self._has_to_wait.set()
        else:
            self._has_to_wait.clear()

    def _replace_bad_proxies(self) -> None:
        """Have proxies made anew that turned out to be damaged, or that somebody deleted."""
        bad = self._player.take_bad_proxies()
        snapshot, store = self._session.snapshot, self._store
        if not bad or snapshot is None or store is None:
            return
        for recording_id in bad:
            self._proxies.pop(recording_id, None)
            recording = snapshot.recording_by_id.get(recording_id)
            for recipe in () if recording is None else recipes_of(recording):
                if recipe.kind is Kind.PROXY:
                    store.delete(recipe)
        self._look_soon()

    def _on_made(self, made: object) -> None:
        """A preview has come to be: draw it, or use it."""
        store, snapshot = self._store, self._session.snapshot
        if not isinstance(made, Recipe) or store is None or snapshot is None:
            return
        ids = [one.id for one in snapshot.recordings if one.sha256 == made.source_sha256]
        if made.kind is Kind.PROXY:
            self._proxies |= dict.fromkeys(ids, store.path(made))
            self._player.set_proxies(dict(self._proxies))
            return
        for recording_id in ids:
            self._source.look_again(recording_id)
        if made.kind is Kind.WAVEFORM:
            self.sound_made.emit()


def _find(store: DerivedStore, recordings: tuple[Recording, ...], *, with_proxies: bool) -> _Found:
    proxies: dict[str, Path] = {}
    missing = 0
    for recording in recordings:
        for recipe in recipes_of(recording):
            is_there = store.find(recipe) is not None
            if recipe.kind is Kind.PROXY:
                missing += with_proxies and not is_there
                if is_there:
                    proxies[recording.id] = store.path(recipe)
            else:
                missing += not is_there
    return _Found(proxies, missing)


def _words_for(not_made: Sequence[NotMade]) -> str:
    names = {one.recording_id: one for one in not_made}
    first = next(iter(names.values()))
    others = f", nor of {len(names) - 1:,} more" if len(names) > 1 else ""
    return (
        f"The {first.kind} of {first.display_name} could not be made{others}: {first.reason.rstrip('.')}. Previews "
        "only serve to find one's way; the recording itself is untouched."
    )
