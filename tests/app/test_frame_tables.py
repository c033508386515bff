"""Frame tables are read before they are needed, and never twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from app.frame_tables import FrameTables, first_tables, nearest_first
from evidence.errors import OriginalMissingError
from evidence.frame_index import FrameIndex
from evidence.times import NS_PER_S, IncidentTime
from player.ui.timeline.lanes import make_lanes
from tests.support.clips import ClipPlan, Scene, make_clip, make_scene


class Shelf:
    """Where tables come from: counts how often each was read, and by which thread."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.reads: list[str] = []
        self.threads: set[str] = set()
        self.broken: set[str] = set()
        self.arrived = threading.Condition()

    def read(self, recording_id: str) -> FrameIndex | None:
        with self.arrived:
            self.reads.append(recording_id)
            self.threads.add(threading.current_thread().name)
            self.arrived.notify_all()
        if recording_id in self.broken:
            raise OriginalMissingError("It is gone.", meaning="Nothing.", remedy="None.")
        return self._scene.find_index(recording_id)

    def wait_for(self, count: int) -> None:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.reads) >= count, 10)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("tables")
    clips = [make_clip(folder, ClipPlan(number=n, part=part, frames=20)) for n in range(2) for part in range(2)]
    return make_scene([[(clips[0], 0), (clips[1], 9 * NS_PER_S)], [(clips[2], 0), (clips[3], 30 * NS_PER_S)]])


@pytest.fixture
def undo() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_what_is_nearest_is_read_first_and_by_another_thread(scene: Scene, undo: ExitStack) -> None:
    shelf = Shelf(scene)
    assert scene.timeline.span is not None
    order = nearest_first(scene.timeline, IncidentTime(scene.timeline.span.start + 10 * NS_PER_S))
    assert [name.split("-", 2)[-1] for name in order] == ["0-1.mp4", "0-0.mp4", "1-0.mp4", "1-1.mp4"]
    tables = FrameTables(shelf.read)
    undo.callback(tables.close)
    tables.read_ahead(order)
    shelf.wait_for(4)
    assert shelf.reads == order
    assert shelf.threads == {"frame tables"}
    assert all(tables.find(name) == scene.find_index(name) for name in order)


def test_what_is_there_is_not_read_again_and_what_is_not_is_read_at_once(scene: Scene, undo: ExitStack) -> None:
    shelf = Shelf(scene)
    there = first_tables(make_lanes(scene.timeline), scene.find_index)
    assert len(there) == 2
    tables = FrameTables(shelf.read, there)
    undo.callback(tables.close)
    assert all(tables.find(name) is there[name] for name in there)
    assert shelf.reads == []
    other = next(name for name in scene.indexes if name not in there)
    assert tables.find(other) is tables.find(other)
    assert shelf.reads == [other]


def test_memory_is_bounded_and_what_was_used_last_stays(scene: Scene, undo: ExitStack) -> None:
    shelf = Shelf(scene)
    tables = FrameTables(shelf.read, most_frames=45)
    undo.callback(tables.close)
    names = list(scene.indexes)
    for name in (names[0], names[1], names[0], names[2], names[0], names[1]):
        tables.find(name)
    assert shelf.reads == [names[0], names[1], names[2], names[1]]


def test_a_table_that_cannot_be_read_is_told_to_whoever_needs_it(scene: Scene, undo: ExitStack) -> None:
    shelf = Shelf(scene)
    names = list(scene.indexes)
    shelf.broken = {names[0]}
    tables = FrameTables(shelf.read)
    undo.callback(tables.close)
    tables.read_ahead(names)
    shelf.wait_for(len(names))
    with pytest.raises(OriginalMissingError):
        tables.find(names[0])
    assert tables.find(names[1]) is not None
