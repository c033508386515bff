"""Makes all previews of a case, one after another: first what the timeline shows, then proxies for scrubbing.

What is in the store already is left alone, so the work can be stopped, killed and begun anew at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evidence.errors import SightlineError
from evidence.frame_index import FrameIndex
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.records import Recording
from evidence.times import NS_PER_S
from player.derived.maker import IsPaused, Maker, never_paused
from player.derived.proxy import is_worth_a_proxy, proxy_recipe
from player.derived.store import DerivedStore, Kind, Recipe
from player.derived.task import MakeTask
from player.derived.thumbnails import thumbnails_recipe
from player.derived.waveform import waveform_recipe

FindIndex = Callable[[str], FrameIndex | None]
"""Gives the frame table of a recording by its id; asked in the job's thread."""

_PROXY_BYTES_A_FRAME = 20_000
_SOUND_WEIGHT = 1
_THUMBNAILS_WEIGHT = 4
_PIXELS_A_UNIT = 400_000
"""So that a second of sound, of key frames and of all frames are counted by about how long they take."""


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """What previews are wanted of.

    Attributes:
        recordings: of these, in this order.
        with_proxies: also the large ones.
        given_up: by recording and kind, those that could not be made before.
    """

    recordings: tuple[Recording, ...]
    with_proxies: bool = True
    given_up: frozenset[tuple[str, Kind]] = frozenset()


@dataclass(frozen=True, slots=True)
class NotMade:
    """A preview that there is not, and why.

    Attributes:
        display_name: of the recording.
        reason: in words.
    """

    recording_id: str
    kind: Kind
    display_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class PreviewResult:
    """What came of it.

    Attributes:
        made: how many were made.
        not_made: those that cannot be.
        has_room: False where proxies were left out since they would take more than they may.
    """

    made: int
    not_made: tuple[NotMade, ...] = ()
    has_room: bool = True


@dataclass(frozen=True, slots=True)
class _Job:
    recipe: Recipe
    recording: Recording
    weight: int


class _Course:
    """Adds up how far the whole is."""

    def __init__(self, jobs: Sequence[_Job], progress: Progress) -> None:
        self._progress = progress
        self._total = sum(job.weight for job in jobs)
        self._left: dict[str, int] = {}
        for job in jobs:
            self._left[job.recording.id] = self._left.get(job.recording.id, 0) + 1
        self._recordings = len(self._left)
        self._done = 0
        self._weight = 0

    def begin(self, job: _Job) -> None:
        self._weight = job.weight
        self.advance(0, 1)

    def advance(self, done: int, total: int) -> None:
        over = sum(left == 0 for left in self._left.values())
        words = f"{over:,} of {self._recordings:,} recordings"
        part = self._weight * min(done, total) // max(1, total)
        self._progress(ProgressReport(self._done + part, max(1, self._total), "", words))

    def end(self, job: _Job) -> None:
        self._done += job.weight
        self._weight = 0
        self._left[job.recording.id] -= 1
        self.advance(0, 1)


def recipes_of(recording: Recording, *, with_proxies: bool = True) -> tuple[Recipe, ...]:
    """Return which previews a recording can have; none where its hash is not known, or only VLC plays it."""
    if not recording.sha256 or recording.is_approximate:
        return ()
    found: list[Recipe] = []
    if recording.audio_stream is not None:
        found.append(waveform_recipe(recording.sha256, recording.audio_stream))
    if recording.video_stream is not None:
        found.append(thumbnails_recipe(recording.sha256, recording.video_stream))
        if with_proxies:
            found.append(proxy_recipe(recording.sha256, recording.video_stream))
    return tuple(found)


def make_previews(
    request: PreviewRequest,
    store: DerivedStore,
    find_index: FindIndex,
    progress: Progress,
    cancelled: IsCancelled,
    *,
    is_paused: IsPaused = never_paused,
    on_made: Callable[[Recipe], None] = lambda _recipe: None,
) -> PreviewResult:
    """Make what is missing.

    Args:
        request: of which recordings.
        store: where they go.
        find_index: gives frame tables.
        progress: told how far it is; its unit is "", the amount is in the text.
        cancelled: asked some twenty times a second.
        is_paused: likewise: whether to wait, since the user plays.
        on_made: told of each preview that has come to be, in this thread.

    Raises:
        Cancelled: the user wished it; what was whole by then stays.
        StorageError: the disk does not take it; likewise.
    """
    store.sweep()
    jobs = list(_missing(request, store))
    course = _Course(jobs, progress)
    failed: list[NotMade] = []
    made, has_room = 0, True
    with Maker(store) as maker:
        run = _Run(store, maker, find_index, course, cancelled, is_paused)
        for job in jobs:
            course.begin(job)
            reason, fits = run.make(job)
            has_room &= fits
            if reason:
                failed.append(NotMade(job.recording.id, job.recipe.kind, job.recording.display_name, reason))
            elif fits and store.find(job.recipe) is not None:
                made += 1
                on_made(job.recipe)
            course.end(job)
    return PreviewResult(made, tuple(failed), has_room)


@dataclass(frozen=True)
class _Run:
    """What one run works with."""

    store: DerivedStore
    maker: Maker
    find_index: FindIndex
    course: _Course
    cancelled: IsCancelled
    is_paused: IsPaused

    def make(self, job: _Job) -> tuple[str, bool]:
        """Return in words why a preview cannot be made, or "", and whether there was room for it."""
        recording, recipe = job.recording, job.recipe
        stream = recording.audio if recipe.kind is Kind.WAVEFORM else recording.video
        index: FrameIndex | None = None
        if stream is None:
            return "it has no such stream", True
        if recipe.kind is not Kind.WAVEFORM:
            try:
                index = self.find_index(recording.id)
            except SightlineError as error:
                return str(error), True
            if index is None or not len(index):
                return "", True
        if recipe.kind is Kind.PROXY and index is not None:
            if not is_worth_a_proxy(stream, index):
                return "", True
            if not self.store.make_room(len(index) * _PROXY_BYTES_A_FRAME):
                return "", False
        path, name, mtime_ns = recording.path_bytes, recording.display_name, recording.mtime_ns
        task = MakeTask(recipe, path, name, recording.size_bytes, mtime_ns, stream, index)
        return self.maker.make(task, self.course.advance, self.cancelled, self.is_paused), True


def _missing(request: PreviewRequest, store: DerivedStore) -> Iterable[_Job]:
    """Yield what is not there: sound and thumbnails of all recordings, then proxies."""
    wanted = [
        _Job(recipe, recording, _weight(recording, recipe.kind))
        for recording in request.recordings
        for recipe in recipes_of(recording, with_proxies=request.with_proxies)
        if (recording.id, recipe.kind) not in request.given_up
    ]
    seen: set[Recipe] = set()
    for job in sorted(wanted, key=lambda one: one.recipe.kind is Kind.PROXY):
        if job.recipe not in seen and store.find(job.recipe) is None:
            seen.add(job.recipe)
            yield job


def _weight(recording: Recording, kind: Kind) -> int:
    seconds = 1 + recording.duration_ns // NS_PER_S
    if kind is Kind.WAVEFORM:
        return seconds * _SOUND_WEIGHT
    stream = recording.video
    units = 1 if stream is None else 1 + stream.width * stream.height // _PIXELS_A_UNIT
    if kind is Kind.THUMBNAILS:
        return seconds * units * _THUMBNAILS_WEIGHT
    frames = seconds if stream is None else max(1, stream.packets)
    return frames * units * 4
