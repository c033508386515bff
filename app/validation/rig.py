"""Plays clips with the player itself, without a window, and reads from the pixels which frames it shows.

The rig moves the player's clock: a little at every refresh while every picture is there, and as real time goes by
while one is waited for. So every frame comes up for reading on a slow machine too, and patience lasts what it lasts
in the window.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import TracebackType
from typing import Self

import numpy as np

from app.demo.frame_code import read
from app.validation.clips import shown_size
from app.validation.scene import Stage, timeline_of
from evidence.times import IncidentTime
from player.engine import Engine, TileRequest
from player.pictures import TilePicture, TileState

_REFRESH_NS = 8_000_000
_PATIENCE_S = 30.0
_NAP_S = 0.001
_SETTLED = frozenset({TileState.SHOWN, TileState.NOT_RECORDING, TileState.FAILED, TileState.SOUND_ONLY})
_MOST_FAULTS = 8
_NARROWER = 8


@dataclass
class Findings:
    """What was read from the pixels in one exercise.

    Attributes:
        read: how many pictures were read.
        late: how many refreshes showed an older picture, marked as late.
        seen: for each camera, the frames in the order in which they came up; repeats are left out.
        fault_count: how many pictures were not what they claimed to be.
        faults: the first of them, in words.
    """

    read: int = 0
    late: int = 0
    seen: dict[str, list[int]] = field(default_factory=dict)
    fault_count: int = 0
    faults: list[str] = field(default_factory=list)

    def add_fault(self, words: str) -> None:
        """Note that something is wrong."""
        self.fault_count += 1
        if len(self.faults) < _MOST_FAULTS and words not in self.faults:
            self.faults.append(words)


class SteppedClock:
    """A clock that the rig moves; nanoseconds."""

    def __init__(self) -> None:
        self._now = time.monotonic_ns()

    def now_ns(self) -> int:
        """Return what the clock shows."""
        return self._now

    def move(self, nanoseconds: int) -> None:
        """Let it go on."""
        self._now += nanoseconds


class PlayerRig:
    """One player and its clock; use it as a context manager, from one thread."""

    def __init__(self, stages: Sequence[Stage], box: tuple[int, int]) -> None:
        """Load clips, each as a camera of its own, all beginning at the same instant."""
        self.clock = SteppedClock()
        self.engine = Engine(clock=self.clock)
        self._stages = {stage.camera_id: stage for stage in stages}
        indexes = {stage.recording.id: stage.index for stage in stages}
        self.engine.load(timeline_of(stages), indexes.get)
        self._set_box(box)
        self.findings = Findings()
        self._read_already: dict[str, tuple[int, int]] = {}
        self._box = box
        self._is_narrower = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.engine.close()

    def forget(self) -> None:
        """Make the decoders let go of every picture that they keep, so that the next one is sought and decoded."""
        self._is_narrower = not self._is_narrower
        width, height = self._box
        self._set_box((width - _NARROWER, height - _NARROWER) if self._is_narrower else self._box)

    def _set_box(self, box: tuple[int, int]) -> None:
        self.engine.set_tiles([TileRequest(camera_id, *box) for camera_id in self._stages])

    def start_exercise(self) -> Findings:
        """Begin to count anew; return what the next refreshes find."""
        self.findings = Findings()
        self._read_already.clear()
        return self.findings

    def refresh(self) -> None:
        """Do what the window does at every refresh of the screen, and read what is shown."""
        begun = time.monotonic_ns()
        self.engine.pump()
        for tile in self.engine.pictures():
            self._check(tile)
        if self.engine.is_waiting or not self.is_settled:
            time.sleep(_NAP_S)
            self.clock.move(min(time.monotonic_ns() - begun, _REFRESH_NS))
        else:
            self.clock.move(_REFRESH_NS)

    def refresh_until(self, is_done: Callable[[], bool]) -> bool:
        """Refresh until something holds; return False, and note it, where it never comes to that."""
        end = time.monotonic() + _PATIENCE_S
        while True:
            self.refresh()
            if is_done():
                return True
            if time.monotonic() > end:
                self.findings.add_fault(f"the player did not come to rest within {_PATIENCE_S:.0f} s")
                return False

    def settle(self) -> bool:
        """Refresh until every tile shows the instant that was asked for, or says why it never will."""
        return self.refresh_until(lambda: self.is_settled)

    @property
    def is_settled(self) -> bool:
        """Whether every tile shows the instant that was asked for, or says why it never will."""
        engine = self.engine
        return engine.target == engine.position and all(tile.state in _SETTLED for tile in engine.pictures())

    def seek(self, instant: IncidentTime) -> bool:
        """Go to an instant, with nothing kept from before, and wait until every picture is there."""
        self.forget()
        self.engine.seek(instant)
        return self.settle()

    def play(self, rate: Fraction, is_done: Callable[[], bool] = lambda: False) -> None:
        """Play at a speed until the end, the beginning, or until something holds."""
        engine = self.engine
        engine.set_rate(rate)
        engine.play()
        self.refresh_until(lambda: not engine.is_playing or is_done())
        engine.pause()
        engine.set_rate(Fraction(1))
        self.settle()

    def _check(self, tile: TilePicture) -> None:
        """Compare what the pixels say with the frame that the common instant asks for."""
        findings = self.findings
        if tile.state in {TileState.LATE, TileState.LOADING}:
            findings.late += 1
        if tile.state is TileState.FAILED:
            findings.add_fault(tile.reason or "the tile failed without a reason")
        if tile.state is not TileState.SHOWN or tile.picture is None or tile.spot is None:
            return
        stage, spot = self._stages[tile.camera_id], tile.spot
        if not spot.start <= self.engine.position < spot.end:
            findings.add_fault(f"frame {spot.frame} is shown at an instant that it does not cover")
        drawn = (tile.picture.ring.number, tile.picture.slot)
        seen = findings.seen.setdefault(tile.camera_id, [])
        if self._read_already.get(tile.camera_id) == drawn and seen and seen[-1] == spot.frame:
            return
        self._read_already[tile.camera_id] = drawn
        pixels = np.frombuffer(tile.picture.pixels, dtype=np.uint8)
        code = read(pixels.reshape(tile.picture.height, tile.picture.width, 4))
        findings.read += 1
        wanted = spot.frame + stage.kind.hidden
        if code is None:
            findings.add_fault(f"no number can be read in the picture of frame {spot.frame}")
        elif (code.number, code.camera) != (wanted, stage.number):
            findings.add_fault(f"frame {wanted} was asked for and the picture shows {code.number}")
        width, height = shown_size(stage.kind)
        if abs(tile.picture.width * height - tile.picture.height * width) > max(width, height):
            findings.add_fault(f"the picture is shown as {tile.picture.width} by {tile.picture.height}, out of shape")
        if not seen or seen[-1] != spot.frame:
            seen.append(spot.frame)
