"""A decoder without a process and without media: it draws the frame's number into a grey picture.

It keeps the promises of `player.protocol` as the real ones do; `tests/player/test_decoder_contract.py` holds all of
them to those. It works when it is asked for what has arrived, so a test decides by itself when time passes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.demo.frame_code import FrameCode, draw
from evidence.errors import SightlineError
from player.protocol import (
    Attached,
    Close,
    Estimate,
    Failed,
    FrameMissing,
    FrameReady,
    FromDecoder,
    Open,
    Opened,
    SourceForm,
    Spec,
    ToDecoder,
    Want,
)
from player.ring import Ring, RingGoneError


class FakeDecoder:
    """Stands in for a decoder process (`player.decoder_link.DecoderLink`).

    Attributes:
        sent: every message that the window sent.
        within_ns: with sources that libVLC plays, the uncertainty that every picture comes with.
        is_stuck: whether it does nothing any more, as a decoder that hangs.
    """

    def __init__(self, *, before_each: Callable[[int, int], None] = lambda _source, _frame: None) -> None:
        self.sent: list[ToDecoder] = []
        self.within_ns = 50_000_000
        self.is_stuck = False
        self._before_each = before_each
        self._opened: dict[int, Open] = {}
        self._ring: Ring | None = None
        self._spec: Spec | None = None
        self._free: list[int] = []
        self._handed_over: dict[tuple[int, int], int] = {}
        self._want: Want | None = None
        self._owed: list[tuple[int, int]] = []
        self._waiting: list[FromDecoder] = []
        self._is_alive = True

    @property
    def process_id(self) -> int | None:
        """None: it lives in the test's own process."""
        return None

    @property
    def is_alive(self) -> bool:
        """Whether it still answers."""
        return self._is_alive

    def send(self, message: ToDecoder) -> bool:
        """Take a message."""
        if not self._is_alive:
            return False
        self.sent.append(message)
        match message:
            case Open():
                self._opened[message.source.key] = message
                self._waiting.append(Opened(message.source.key))
            case Spec():
                self._attach(message)
            case Want():
                self._take_want(message)
            case Close():
                self.close()
        return True

    def receive(self) -> list[FromDecoder]:
        """Do all that can be done, and return what came of it."""
        if self.is_stuck or not self._is_alive:
            return []
        while self._owed and self._free:
            self._deliver(*self._owed.pop(0))
        arrived, self._waiting = self._waiting, []
        return arrived

    def kill(self) -> None:
        """End at once."""
        self.close()

    def close(self) -> None:
        """End."""
        self._is_alive = False
        if self._ring is not None:
            self._ring.close()
            self._ring = None

    def join(self) -> None:
        """There is nothing to wait for."""

    def _attach(self, spec: Spec) -> None:
        if self._ring is not None:
            self._ring.close()
        try:
            self._ring = Ring.attach(spec.ring, spec.name, spec.slots, spec.slot_bytes)
        except (RingGoneError, SightlineError):
            self._ring = None
            return
        self._spec = spec
        self._free = list(range(self._ring.slots))
        self._handed_over.clear()
        self._waiting.append(Attached(spec.ring, self._ring.slots))

    def _take_want(self, want: Want) -> None:
        self._want = want
        if self._ring is not None and want.ring == self._ring.number:
            back = set(want.recycled)
            self._handed_over = {key: slot for key, slot in self._handed_over.items() if slot not in back}
            self._free.extend(want.recycled)
        self._owed = [(run.source, frame) for run in want.runs for frame in run.frames]

    def _deliver(self, source: int, frame: int) -> None:
        opened = self._opened.get(source)
        if opened is None or (source, frame) in self._handed_over:
            return
        assert self._want is not None
        assert self._ring is not None
        assert self._spec is not None
        assert opened.index is not None, "the fake takes small tables only"
        self._before_each(source, frame)
        if not Path(opened.source.path_bytes.decode()).exists():
            self._owed = [key for key in self._owed if key[0] != source]
            self._waiting.append(Failed(source, f"{opened.source.display_name} is not there."))
            return
        if not 0 <= frame < len(opened.index):
            self._waiting.append(FrameMissing(self._want.generation, source, frame, f"There is no frame {frame}."))
            return
        width, height = self._spec.box_width, self._spec.box_height
        slot = self._free.pop()
        picture = self._ring.picture(slot, width, height)
        picture[:] = 90
        draw(picture, FrameCode(source % 16, 0, frame))
        self._handed_over[source, frame] = slot
        is_vlc = opened.source.form is SourceForm.VLC
        self._waiting.append(
            FrameReady(
                generation=self._want.generation,
                ring=self._ring.number,
                slot=slot,
                source=source,
                frame=frame,
                pts=int(opened.index.pts[frame]),
                width=width,
                height=height,
                estimate=Estimate(int(opened.index.start_ns[frame]), self.within_ns) if is_vlc else None,
            )
        )
