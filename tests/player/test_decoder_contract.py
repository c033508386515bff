"""What every kind of decoder promises (`player.protocol`): frames by name, libVLC, and the fake that tests use."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.demo.frame_code import read
from evidence.frame_index import Timing
from player.decoder_link import ChildLink, DecoderLink, ProcessLink, VlcLink
from player.protocol import (
    Attached,
    Close,
    Failed,
    FrameMissing,
    FrameReady,
    FromDecoder,
    Late,
    Open,
    Opened,
    Regime,
    Run,
    Source,
    SourceForm,
    Spec,
    Want,
)
from player.ring import Ring
from tests.support.clips import Clip, ClipPlan, make_clip
from tests.support.fake_decoder import FakeDecoder
from tests.support.libvlc import why_no_libvlc

pytestmark = pytest.mark.alone

PATIENCE_S = 60.0
MS = 1_000_000
_keys = itertools.count(1)


@dataclass(frozen=True)
class Kind:
    """One kind of decoder."""

    name: str
    start: Callable[[], DecoderLink]
    form: SourceForm
    is_process: bool


KINDS = [
    Kind("fake", FakeDecoder, SourceForm.ORIGINAL, is_process=False),
    Kind("pyav", ProcessLink, SourceForm.ORIGINAL, is_process=True),
    Kind("libvlc", VlcLink, SourceForm.VLC, is_process=True),
]


@dataclass
class Rig:
    """A decoder, the window's side of its rings, and everything that it said."""

    kind: Kind
    link: DecoderLink
    heard: list[FromDecoder] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    generation: int = 0
    opened: dict[bytes, int] = field(default_factory=dict)

    def give_ring(self, slots: int = 8, size: tuple[int, int] = (320, 180)) -> Ring:
        """Make a ring and tell the decoder."""
        slot_bytes = size[0] * size[1] * 4
        number = self.rings[-1].number + 1 if self.rings else 1
        ring = Ring.create(number, slots, slot_bytes)
        self.rings.append(ring)
        self.link.send(Spec(ring.number, ring.name, ring.slots, slot_bytes, *size))
        self.wait(lambda: any(isinstance(one, Attached) and one.ring == ring.number for one in self.heard))
        ring.remove_name()
        return ring

    def open(self, clip: Clip, path: Path | None = None) -> int:
        """Make a clip known, once, and return its key."""
        place = os.fsencode(path or clip.path)
        if place not in self.opened:
            key = self.opened[place] = next(_keys)
            timing = Timing.MOMENTS if self.kind.form is SourceForm.VLC else clip.index.timing
            source = Source(
                key,
                place,
                (path or clip.path).name,
                0,
                form=self.kind.form,
                size=(clip.stream.width, clip.stream.height),
            )
            self.link.send(Open(source, "", 0, replace(clip.index, timing=timing)))
            self.wait(lambda: Opened(key) in self.heard)
        return self.opened[place]

    def want(self, key: int, frames: range, *, recycled: tuple[int, ...] = (), regime: Regime = Regime.RESTING) -> int:
        """Ask for frames, and return the request's generation."""
        self.generation += 1
        self.link.send(Want(self.generation, regime, (Run(key, frames),), self.rings[-1].number, recycled))
        return self.generation

    def frames(self, generation: int | None = None) -> list[FrameReady]:
        """Return the exact or best pictures that came, of one request or of all."""
        ready = [one for one in self.heard if isinstance(one, FrameReady)]
        return [one for one in ready if generation is None or one.generation == generation]

    def best(self, generation: int) -> list[FrameReady]:
        """Return a request's pictures without those of which a better one was announced."""
        return [one for one in self.frames(generation) if one.estimate is None or not one.estimate.is_rough]

    def wait(self, is_done: Callable[[], bool]) -> None:
        """Listen until something holds."""
        end = time.monotonic() + PATIENCE_S
        while not is_done():
            self.heard += self.link.receive()
            assert time.monotonic() < end, f"it never came to that: {self.heard[-5:]}"
            assert self.link.is_alive or is_done(), f"the decoder is gone: {self.heard[-5:]}"
            time.sleep(0.002)

    def check(self, ready: FrameReady) -> None:
        """Check by the pixels that a picture is what it says."""
        ring = next(ring for ring in self.rings if ring.number == ready.ring)
        code = read(ring.picture(ready.slot, ready.width, ready.height).copy())
        assert code is not None
        if self.kind.form is not SourceForm.VLC:
            assert ready.estimate is None
            assert code.number == ready.frame
            return
        assert ready.estimate is not None
        shown_ns = code.number * 1000 * MS // 30
        assert abs(shown_ns - ready.estimate.media_ns) <= ready.estimate.within_ns

    def close(self) -> None:
        """End the decoder and let the memory go."""
        self.link.kill()
        self.link.join()
        for ring in self.rings:
            ring.close()


def _skip_where_it_is_not(kind: Kind) -> None:
    if kind.form is SourceForm.VLC and (reason := why_no_libvlc()):
        pytest.skip(reason)


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each kind in turn."""
    made = request.param
    assert isinstance(made, Kind)
    _skip_where_it_is_not(made)
    return made


@pytest.fixture(scope="module")
def rig(kind: Kind) -> Iterator[Rig]:
    """One decoder for all tests that leave it as it was."""
    made = Rig(kind, kind.start())
    yield made
    made.close()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Five seconds, the number of the frame in every picture."""
    return make_clip(tmp_path_factory.mktemp("contract"), ClipPlan(number=3, frames=150, gop=30))


def test_every_wanted_frame_comes_once_under_its_own_name_with_its_own_picture(rig: Rig, clip: Clip) -> None:
    rig.give_ring()
    key = rig.open(clip)
    generation = rig.want(key, range(60, 66))
    rig.wait(lambda: len(rig.best(generation)) == 6)
    came = rig.best(generation)
    assert sorted(one.frame for one in came) == list(range(60, 66))
    assert {one.source for one in came} == {key}
    assert [one.pts for one in came] == [int(clip.index.pts[one.frame]) for one in came]
    assert len({one.slot for one in came}) == 6
    for one in came:
        rig.check(one)


def test_the_newest_request_wins_and_nothing_answers_it_that_it_did_not_name(rig: Rig, clip: Clip) -> None:
    rig.give_ring()
    key = rig.open(clip)
    for first in (100, 20):
        rig.want(key, range(first, first + 3), regime=Regime.SCRUBBING)
    generation = rig.want(key, range(70, 73), regime=Regime.SCRUBBING)
    rig.wait(lambda: {one.frame for one in rig.frames(generation)} >= {70, 71, 72})
    assert {one.frame for one in rig.frames(generation)} == {70, 71, 72}
    assert not [one for one in rig.frames() if one.generation > generation]
    for one in rig.frames(generation):
        rig.check(one)


def test_a_slot_is_written_again_only_after_it_was_handed_back(rig: Rig, clip: Clip) -> None:
    ring = rig.give_ring(slots=3)
    key = rig.open(clip)
    first = rig.want(key, range(90, 96), regime=Regime.PLAYING)
    rig.wait(lambda: len(rig.frames(first)) == ring.slots)
    held = {one.slot: one for one in rig.frames(first)}
    before = {slot: bytes(ring.slot(slot)) for slot in held}
    assert set(held) == {0, 1, 2}
    back = min(held, key=lambda slot: held[slot].frame)
    second = rig.want(key, range(93, 96), recycled=(back,), regime=Regime.PLAYING)
    rig.wait(lambda: len(rig.frames(second)) == 1)
    (fresh,) = rig.frames(second)
    assert fresh.slot == back
    first_that_came = (
        range(93, 96) if rig.kind.form is SourceForm.VLC else [93]
    )  # on a busy machine VLC leaves some out
    assert fresh.frame in first_that_came
    assert all(bytes(ring.slot(slot)) == before[slot] for slot in held if slot != back)
    rig.check(fresh)


def test_another_ring_gets_pictures_of_its_own_size_and_the_old_one_none_any_more(rig: Rig, clip: Clip) -> None:
    key = rig.open(clip)
    old = rig.give_ring()
    generation = rig.want(key, range(40, 42), regime=Regime.SCRUBBING)
    rig.wait(lambda: len(rig.frames(generation)) == 2)
    new = rig.give_ring(slots=4, size=(640, 360))
    generation = rig.want(key, range(40, 42), regime=Regime.SCRUBBING)
    rig.wait(lambda: len(rig.frames(generation)) == 2)
    came = rig.frames(generation)
    assert {one.ring for one in came} == {new.number}
    assert {(one.width, one.height) for one in came} == {(640, 360)}
    assert old.number != new.number
    for one in came:
        rig.check(one)


def test_a_frame_that_is_not_there_is_told_and_the_others_come(rig: Rig, clip: Clip) -> None:
    rig.give_ring()
    key = rig.open(clip)
    generation = rig.want(key, range(146, 152), regime=Regime.PLAYING)
    rig.wait(lambda: sum(isinstance(one, FrameMissing) and one.generation == generation for one in rig.heard) == 2)
    missing = [one for one in rig.heard if isinstance(one, FrameMissing) and one.generation == generation]
    assert {one.frame for one in missing} == {150, 151}
    assert all(one.reason.endswith(".") for one in missing)
    rig.wait(lambda: {one.frame for one in rig.frames(generation)} == {146, 147, 148, 149})


def test_a_recording_that_is_gone_is_told_by_name_and_another_plays_on(rig: Rig, clip: Clip, tmp_path: Path) -> None:
    rig.give_ring()
    gone = rig.open(clip, tmp_path / "gone.mp4")
    rig.want(gone, range(3))
    rig.wait(lambda: any(isinstance(one, Failed) and one.source == gone for one in rig.heard))
    told = next(one for one in rig.heard if isinstance(one, Failed) and one.source == gone)
    assert "gone.mp4 is not there" in told.reason
    generation = rig.want(rig.open(clip), range(10, 12))
    rig.wait(lambda: len(rig.best(generation)) == 2)


def test_nothing_is_delivered_that_nobody_owes_any_more(rig: Rig, clip: Clip) -> None:
    rig.give_ring()
    key = rig.open(clip)
    generation = rig.want(key, range(0))
    asked = rig.want(key, range(5, 7), regime=Regime.SCRUBBING)
    rig.wait(lambda: len(rig.frames(asked)) == 2)
    assert rig.frames(generation) == []
    quiet = [one for one in rig.link.receive() if not isinstance(one, Late)]
    assert quiet == []


@pytest.mark.parametrize("how", ["close message", "pipe closed", "kill"])
def test_it_ends_when_told_to_when_the_window_is_gone_and_when_it_is_killed(kind: Kind, clip: Clip, how: str) -> None:
    rig = Rig(kind, kind.start())
    try:
        if how != "kill":
            rig.give_ring()
            rig.want(rig.open(clip), range(3))
        if how == "close message":
            rig.link.send(Close())
        elif how == "pipe closed":
            rig.link.close()
        else:
            rig.link.kill()
        _wait_for_its_end(rig.link)
        assert not rig.link.is_alive
        assert not rig.link.send(Want(9, Regime.RESTING, (), 1))
    finally:
        rig.close()


def test_after_a_kill_another_one_takes_its_place(kind: Kind, clip: Clip) -> None:
    first, second = Rig(kind, kind.start()), Rig(kind, kind.start())
    try:
        first.give_ring()
        first.want(first.open(clip), range(30, 60))
        first.link.kill()
        _wait_for_its_end(first.link)
        second.give_ring()
        generation = second.want(second.open(clip), range(30, 32))
        second.wait(lambda: len(second.best(generation)) == 2)
        for one in second.best(generation):
            second.check(one)
    finally:
        first.close()
        second.close()


def _wait_for_its_end(link: DecoderLink) -> None:
    if not isinstance(link, ChildLink):
        return
    end = time.monotonic() + PATIENCE_S
    while link._process.is_alive():
        assert time.monotonic() < end, "it did not end"
        time.sleep(0.01)
