"""The child process that decodes a recording's sound from one moment to another and counts what does not come out.

Light to import; decoders are loaded in the child. Untrusted bytes are read here alone. The player leaves out packets
that cannot be decoded, and the court hears a gap there; here each of them is counted.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, cast

from evidence.child_process import limit_this_process
from evidence.errors import SightlineError
from evidence.times import NS_PER_S

if TYPE_CHECKING:
    import av
    import av.audio.stream

_REPORT_EVERY_NS = 250_000_000
_PREROLL_NS = NS_PER_S // 5
"""Codecs need a few packets before what they give after a seek is right."""


@dataclass(frozen=True, slots=True)
class SoundPart:
    """What to decode.

    Attributes:
        path_bytes: the file.
        display_name: its name, for people.
        stream_index: number of the sound stream in it.
        start_ns: where to begin, in the file's own time.
        end_ns: where to end, likewise.
    """

    path_bytes: bytes
    display_name: str
    stream_index: int
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class Alive:
    """A sign of life."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a part.

    Attributes:
        packets: that lie in it.
        failed: of them, that cannot be decoded.
        first_failed_ns: the time of the first of those, in the file's own time.
        end_ns: where the last packet ends, in the file's own time; `start_ns` of the part where there is none.
        lost_ns: how much less sound came out than its packets say that they hold.
        is_silent: every sample is the same: nothing is to be heard.
        reason: why it cannot be read at all, or "".
    """

    packets: int = 0
    failed: int = 0
    first_failed_ns: int = 0
    end_ns: int = 0
    lost_ns: int = 0
    is_silent: bool = False
    reason: str = ""


ToSound = SoundPart
FromSound = Alive | Heard


def run(pipe: Connection[FromSound, ToSound]) -> None:
    """Decode what is asked for until the pipe closes. Runs in the child process."""
    limit_this_process()
    with contextlib.suppress(OSError, EOFError):
        while True:
            part = pipe.recv()
            try:
                found = _hear(part, pipe)
            except (EOFError, BrokenPipeError, ConnectionResetError):
                return
            except SightlineError as error:
                found = Heard(reason=str(error))
            except Exception as error:  # noqa: BLE001 - gate: whatever a hostile file brings about is told
                found = Heard(reason=f"{type(error).__name__}: {error}")
            pipe.send(found)


def _hear(part: SoundPart, pipe: Connection[FromSound, ToSound]) -> Heard:
    import av.audio.stream
    import av.error

    from evidence.demux import iterate_packets, open_container
    from evidence.originals import OriginalStream, open_original

    with open_original(part.path_bytes) as original, open_container(OriginalStream(original)) as container:
        streams = container.streams
        stream = streams[part.stream_index] if part.stream_index < len(streams) else None
        if not isinstance(stream, av.audio.stream.AudioStream) or stream.time_base is None:
            return Heard(reason="The sound stream that the case knows is not in the file any more.")
        count = _Count(part, stream.time_base)
        if part.start_ns > _PREROLL_NS:
            with contextlib.suppress(av.error.FFmpegError):  # where it cannot be sought, it is read from the start
                container.seek(count.ticks(part.start_ns - _PREROLL_NS), stream=stream)
        told_ns = time.monotonic_ns()
        try:
            for packet in iterate_packets(container, stream):
                if not count.take(cast("av.Packet[av.audio.stream.AudioStream]", packet)):
                    break
                if time.monotonic_ns() - told_ns > _REPORT_EVERY_NS:
                    told_ns = time.monotonic_ns()
                    pipe.send(Alive())
        except (av.error.FFmpegError, OSError) as error:
            count.fail(f"The file cannot be read on: {error}")
        return count.heard()


class _Count:
    """Counts over the packets of one part."""

    def __init__(self, part: SoundPart, base: Fraction) -> None:
        self._part = part
        self._base = base
        self._packets = self._failed = self._first_failed_ns = 0
        self._end_ns = part.start_ns
        self._due_ns = self._came_ns = 0
        self._is_silent = True
        self._level: float | None = None
        self._reason = ""

    def ticks(self, media_ns: int) -> int:
        """Return a time of the file in the stream's own unit."""
        return int(Fraction(media_ns, NS_PER_S) / self._base)

    def take(self, packet: av.Packet[av.audio.stream.AudioStream]) -> bool:
        """Take a packet in; return False once it lies behind the part."""
        import av.error

        begin_ns = None if packet.pts is None else int(packet.pts * self._base * NS_PER_S)
        length_ns = int((packet.duration or 0) * self._base * NS_PER_S)
        if begin_ns is not None and begin_ns >= self._part.end_ns:
            return False
        is_inside = begin_ns is not None and begin_ns + length_ns > self._part.start_ns
        if begin_ns is not None and is_inside:
            self._packets += 1
            self._end_ns = max(self._end_ns, begin_ns + length_ns)
            self._due_ns += length_ns
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            if is_inside or begin_ns is None:
                self._fail_at(begin_ns)
            return True
        if is_inside and any(frame.is_corrupt for frame in frames):
            self._fail_at(begin_ns)
        for frame in frames:
            self._come(frame)
        return True

    def fail(self, reason: str) -> None:
        """Note why it ends here."""
        self._reason = reason

    def heard(self) -> Heard:
        """Return what came of it."""
        lost_ns = max(0, self._due_ns - self._came_ns)
        is_silent = self._is_silent and self._came_ns > 0
        return Heard(self._packets, self._failed, self._first_failed_ns, self._end_ns, lost_ns, is_silent, self._reason)

    def _fail_at(self, begin_ns: int | None) -> None:
        self._failed += 1
        if self._failed == 1:
            self._first_failed_ns = self._part.start_ns if begin_ns is None else max(begin_ns, self._part.start_ns)

    def _come(self, frame: av.AudioFrame) -> None:
        length_ns = frame.samples * NS_PER_S // max(1, frame.sample_rate)
        begin_ns = int((frame.time or 0.0) * NS_PER_S)
        if frame.pts is not None and begin_ns + length_ns <= self._part.start_ns:
            return
        self._came_ns += length_ns
        if self._is_silent and frame.samples:
            samples = frame.to_ndarray()
            low, high = float(samples.min()), float(samples.max())
            self._level = low if self._level is None else self._level
            self._is_silent = low == high == self._level
