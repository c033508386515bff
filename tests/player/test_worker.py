"""What a decoder does between its messages: how much it decodes for what is asked, in a process of the test's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import pytest

from player.decoder.reader import Decoded, FrameReader
from player.decoder.worker import Worker
from player.protocol import Failed, FrameReady, FromDecoder, Regime, Run, Source, Spec, Want
from player.ring import Ring
from tests.support.clips import Clip, ClipPlan, make_clip

_BOX = (160, 90)
_SLOTS = 12


class Bench:
    """A worker, its ring, and what it said."""

    def __init__(self, clip: Clip, pixel_aspect: Fraction = Fraction(1)) -> None:
        self.said: list[FromDecoder] = []
        self.worker = Worker(self.said.append)
        self._ring = Ring.create(1, _SLOTS, _BOX[0] * _BOX[1] * 4)
        self._generation = 0
        source = Source(0, os.fsencode(clip.path), clip.path.name, clip.stream.index, pixel_aspect=pixel_aspect)
        self.worker.open(source, clip.index)
        self.worker.set_spec(Spec(1, self._ring.name, _SLOTS, _BOX[0] * _BOX[1] * 4, *_BOX))

    def ask(
        self,
        frames: tuple[int, ...],
        regime: Regime,
        *,
        is_backwards: bool = False,
        approached: tuple[int, int] | None = None,
    ) -> list[int]:
        """Ask for frames and work until there is no more to do; return those that came, in their order."""
        back = tuple(message.slot for message in self.said if isinstance(message, FrameReady))
        self.said.clear()
        self._generation += 1
        runs = (Run(0, frames),) if frames else ()
        want = Want(self._generation, regime, runs, 1, back, is_backwards, approached=approached)
        self.worker.set_want(want)
        while self.worker.work():
            pass
        return [message.frame for message in self.said if isinstance(message, FrameReady)]

    def pictures(self) -> dict[int, tuple[int, int, bytes]]:
        """Return width, height and samples of what came last, by frame."""
        found = {}
        for message in self.said:
            if isinstance(message, FrameReady):
                size = message.width * message.height * 4
                found[message.frame] = (message.width, message.height, bytes(self._ring.slot(message.slot)[:size]))
        return found

    def close(self) -> None:
        self.worker.close()
        self._ring.close()


@pytest.fixture
def bench(clip_folder: Path) -> Iterator[Bench]:
    clip = make_clip(clip_folder, ClipPlan(number=7, frames=120, gop=60, size=(160, 90)))
    with ExitStack() as undo:
        made = Bench(clip)
        undo.callback(made.close)
        yield made


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of all frames that come out of the decoder."""
    numbers: list[int] = []
    original = FrameReader.read

    def read(self: FrameReader) -> list[Decoded]:
        found = original(self)
        numbers.extend(one.number for one in found)
        return found

    monkeypatch.setattr(FrameReader, "read", read)
    return numbers


@pytest.mark.parametrize("regime", [Regime.RESTING, Regime.PLAYING])
def test_going_backwards_one_by_one_decodes_a_group_once(bench: Bench, decoded: list[int], regime: Regime) -> None:
    for frame in range(119, 29, -1):
        assert bench.ask((frame,), regime, is_backwards=True) == [frame]
    assert len(decoded) <= 125


def test_what_was_kept_while_going_backwards_is_the_same_picture(clip_folder: Path) -> None:
    clip = make_clip(clip_folder, ClipPlan(number=8, frames=20, gop=20, size=(640, 360)))
    frames = tuple(range(19, 9, -1))
    with ExitStack() as undo:
        made = Bench(clip, Fraction(16, 11))
        undo.callback(made.close)
        assert made.ask(frames, Regime.PLAYING, is_backwards=True) == list(frames)
        backwards = made.pictures()
        assert made.ask(frames[::-1], Regime.PLAYING) == list(frames[::-1])
        assert made.pictures() == backwards
    assert {picture[:2] for picture in backwards.values()} == {(160, 61)}


def test_at_rest_what_lies_around_comes_out_of_one_pass(bench: Bench, decoded: list[int]) -> None:
    wanted = (40, 41, 42, 43, 44, 39, 38, 37)
    assert bench.ask(wanted, Regime.RESTING) == list(wanted)
    assert decoded.count(37) == decoded.count(40) == decoded.count(44) == 1


def test_at_the_turn_of_a_loop_only_what_lies_between_is_decoded(bench: Bench, decoded: list[int]) -> None:
    assert bench.ask((57, 58, 59, 2, 3, 4), Regime.PLAYING) == [57, 58, 59, 2, 3, 4]
    assert max(decoded[decoded.index(2) :]) < 10


def test_what_a_slow_hand_will_want_is_decoded_already_when_it_lets_go(bench: Bench, decoded: list[int]) -> None:
    for frame in (50, 52, 55):
        assert bench.ask((), Regime.SCRUBBING, approached=(0, frame)) == []
        assert bench.said == [], "nothing was asked for"
        assert max(decoded) >= frame
    seen = len(decoded)
    assert seen <= 60, "the hand went on, and so did the decoder"
    assert bench.ask((55, 54, 53, 52), Regime.RESTING) == [55, 54, 53, 52]
    assert len(decoded) == seen


def test_what_cannot_be_read_is_told_of_when_it_is_asked_for_and_not_before(bench: Bench, clip_folder: Path) -> None:
    clip = make_clip(clip_folder, ClipPlan(number=9, frames=10, size=(160, 90)), "gone.mp4")
    bench.worker.open(Source(1, os.fsencode(clip.path), clip.path.name, clip.stream.index), clip.index)
    clip.path.unlink()
    assert bench.ask((), Regime.SCRUBBING, approached=(1, 5)) == []
    assert bench.said == []
    bench.worker.set_want(Want(9, Regime.RESTING, (Run(1, (5,)),), 1))
    while bench.worker.work():
        pass
    assert [type(one) for one in bench.said] == [Failed]


@pytest.mark.alone
def test_each_picture_says_what_work_it_took(bench: Bench) -> None:
    bench.ask(tuple(range(10)), Regime.PLAYING)
    work = [message.work_ns for message in bench.said if isinstance(message, FrameReady)]
    assert all(ns >= 0 for ns in work)
    assert 0 < sum(work) < 60_000_000_000
