"""The child process that decodes one camera's part of an item as fast as it can, each picture at the court's size.

Light to import; decoders are loaded in the child. The pictures are finished and thrown away: what counts is that every
frame comes out whole, and how long that takes. Untrusted bytes are read here alone.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from courtroom.preflight.queue_time import QueueTime
from evidence.child_process import limit_this_process
from evidence.errors import SightlineError
from evidence.frame_index import FrameIndex
from player.protocol import Source, SourceForm

if TYPE_CHECKING:
    from player.decoder.reader import Decoded

_REPORT_EVERY_NS = 100_000_000
_MOST_NAMED = 1_000


@dataclass(frozen=True)
class Part:
    """Frames of one recording to decode.

    Attributes:
        first: number of the first frame.
        last: of the last, which is decoded too.
        due_ns: when each frame from `first` to `last` must be there, ns after the item begins; () for no time.
        only: the frames to look at, in order; None for all.
    """

    source: Source
    index: FrameIndex
    first: int
    last: int
    due_ns: tuple[int, ...] = ()
    only: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Prepare:
    """Open the first recording and decode its first frame; the answer is `Prepared`.

    Attributes:
        parts: in order of time.
        box: greatest width and height of a picture, device pixels.
    """

    parts: tuple[Part, ...]
    box: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Go:
    """Decode what was prepared."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """All stands ready."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """So many frames are done; also a sign of life."""

    frames: int


@dataclass(frozen=True, slots=True)
class Flaw:
    """Frames of one part that did not come as they should, numbers and how many there are in all.

    Attributes:
        part: number of the part.
        missing: frames that did not come out; of very many the first ones.
        missing_count: how many those are in all.
        damaged: frames in which the decoder met errors.
        damaged_count: likewise.
        late: frames that came after they were due.
        late_count: likewise.
        late_alone_count: how many would have been late if a processor had always been free; as far as that is known.
        reason: why the part cannot be read at all, or "".
    """

    part: int
    missing: tuple[int, ...] = ()
    missing_count: int = 0
    damaged: tuple[int, ...] = ()
    damaged_count: int = 0
    late: tuple[int, ...] = ()
    late_count: int = 0
    late_alone_count: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Done:
    """What came of it.

    Attributes:
        frames: how many came out.
        took_ns: from `Go` on.
        flaws: one for each part that is not perfect.
        used_ns: processor time that it took of this.
        waited_ns: how long it stood ready while others had the processors, or None where the system does not tell.
    """

    frames: int
    took_ns: int
    flaws: tuple[Flaw, ...]
    used_ns: int = 0
    waited_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """It cannot go on; why, in words."""

    reason: str


ToChild = Prepare | Go
FromChild = Prepared | Advanced | Done | Broken


def run(pipe: Connection[FromChild, ToChild]) -> None:
    """Decode what is asked for until the pipe closes. Runs in the child process."""
    limit_this_process()
    work: _Work | None = None
    with contextlib.suppress(OSError, EOFError):
        while True:
            order = pipe.recv()
            try:
                if isinstance(order, Prepare):
                    work = _Work(order, pipe)
                    work.prepare()
                    pipe.send(Prepared())
                elif work is not None:
                    pipe.send(work.go())
            except (EOFError, BrokenPipeError, ConnectionResetError):
                return
            except Exception as error:  # noqa: BLE001 - gate: whatever a hostile file brings about is told
                pipe.send(Broken(f"{type(error).__name__}: {error}"))


class _Work:
    def __init__(self, order: Prepare, pipe: Connection[FromChild, ToChild]) -> None:
        self._order = order
        self._pipe = pipe
        self._begun_ns = 0
        self._told_ns = 0
        self._frames = 0
        self._readers: dict[int, Any] = {}
        self._queue = QueueTime()

    def prepare(self) -> None:
        """Open the first recording and find its first frame, as the court's player has before an item comes on."""
        self._begun_ns = time.monotonic_ns()
        if self._order.parts:
            part = self._order.parts[0]
            reader = self._reader(0)
            if reader is not None:
                frame = part.first if part.only is None else part.only[0]
                for _one in _frames_of(reader, (frame,)):
                    break
        self._frames = 0

    def go(self) -> Done:
        """Decode everything."""
        self._queue.begin()
        begun_used_ns = time.process_time_ns()
        self._begun_ns = time.monotonic_ns()
        flaws = [self._decode(number, part) for number, part in enumerate(self._order.parts)]
        took_ns = time.monotonic_ns() - self._begun_ns
        used_ns = time.process_time_ns() - begun_used_ns
        waited_ns = self._queue.waited_ns()
        self._queue.close()
        for reader in self._readers.values():
            if not isinstance(reader, str):
                reader.close()
        perfect = [Flaw(number) for number in range(len(flaws))]
        return Done(self._frames, took_ns, tuple(one for one in flaws if one not in perfect), used_ns, waited_ns)

    def _reader(self, number: int) -> Any:
        if number not in self._readers:
            part = self._order.parts[number]
            try:
                self._readers[number] = _open(part)
            except SightlineError as error:
                self._readers[number] = str(error)
        found = self._readers[number]
        return None if isinstance(found, str) else found

    def _decode(self, number: int, part: Part) -> Flaw:
        from player.decoder.convert import Converter

        reader = self._reader(number)
        if reader is None:
            return Flaw(number, reason=str(self._readers[number]))
        converter = Converter(part.source, *self._order.box)
        wanted = range(part.first, part.last + 1) if part.only is None else part.only
        came: set[int] = set()
        damaged: list[int] = []
        late: list[int] = []
        late_alone = 0
        for one in _frames_of(reader, wanted):
            if one.number in came:
                continue
            came.add(one.number)
            self._frames += 1
            if converter.finish(one.picture).is_damaged:
                damaged.append(one.number)
            now = time.monotonic_ns()
            over_ns = now - self._begun_ns - part.due_ns[one.number - part.first] if part.due_ns else 0
            if over_ns > 0:
                late.append(one.number)
                waited_ns = self._queue.waited_ns()
                late_alone += waited_ns is not None and over_ns > waited_ns
            if now - self._told_ns > _REPORT_EVERY_NS:
                self._told_ns = now
                self._pipe.send(Advanced(self._frames))
        missing = [frame for frame in wanted if frame not in came]
        return Flaw(
            number,
            tuple(missing[:_MOST_NAMED]),
            len(missing),
            tuple(damaged[:_MOST_NAMED]),
            len(damaged),
            tuple(late[:_MOST_NAMED]),
            len(late),
            late_alone,
        )


def _open(part: Part) -> Any:
    from player.decoder.proxy_reader import ProxyReader
    from player.decoder.reader import FrameReader

    if part.source.form is SourceForm.PROXY:
        return ProxyReader(part.source, part.index)
    return FrameReader(part.source, part.index, 1)


def _frames_of(reader: Any, wanted: range | tuple[int, ...]) -> Iterator[Decoded]:
    """Yield wanted frames as they come out; a run of frames is read on through, single ones are each sought."""
    if isinstance(wanted, range):
        yield from _run_of(reader, wanted)
        return
    for frame in wanted:
        yield from _run_of(reader, range(frame, frame + 1))


def _run_of(reader: Any, wanted: range) -> Iterator[Decoded]:
    if not wanted:
        return
    reader.aim(wanted[0], wanted[0])
    owed = set(wanted)
    while owed and not reader.is_at_end:
        for one in reader.read():
            if one.number in owed:
                owed.discard(one.number)
                yield one
        if owed and max(owed) + _REORDERED < reader.last_out:
            return


_REORDERED = 32
"""Frames come out in order of presentation; one that is this far behind does not come any more."""
