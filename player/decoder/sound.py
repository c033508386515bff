"""The sound decoder: renders what one camera hears, by incident time, in chunks of 20 ms, in a process of its own.

At other speeds FFmpeg's `atempo` changes the tempo and keeps the pitch. The clock drift between a device and the
incident is followed by reading each stretch of the file between the two moments that its clock map names.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from fractions import Fraction
from multiprocessing.connection import Connection

import av
import av.error
import av.filter
import numpy as np
from numpy.typing import NDArray

from evidence.errors import SightlineError
from evidence.times import NS_PER_S, IncidentTime
from player.decoder.sound_reader import Samples, SoundReader, sample_at
from player.sound_protocol import (
    CHUNK_SAMPLES,
    SOUND_RATE,
    FromSoundDecoder,
    SoundChunk,
    SoundClose,
    SoundFailed,
    SoundNeed,
    SoundPiece,
    SoundWant,
    ToSoundDecoder,
)

_OPEN_READERS = 2


def run(pipe: Connection[FromSoundDecoder, ToSoundDecoder]) -> None:
    """Serve until told to close. Runs in the child process."""
    worker = SoundWorker(pipe.send)
    try:
        _serve(pipe, worker)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the window is gone
    except Exception as error:  # noqa: BLE001 - gate: a decoder tells the window whatever went wrong, then ends
        with contextlib.suppress(OSError):
            pipe.send(SoundFailed(-1, f"The sound decoder met an error that it does not know ({error})."))
    finally:
        worker.close()


def _serve(pipe: Connection[FromSoundDecoder, ToSoundDecoder], worker: SoundWorker) -> None:
    has_work = False
    while True:
        while not has_work or pipe.poll(0):
            message = pipe.recv()
            match message:
                case SoundWant():
                    worker.set_want(message)
                case SoundNeed():
                    worker.allow(message)
                case SoundClose():
                    return
            has_work = True
        has_work = worker.work()


class SoundWorker:
    """What is asked for, and the next chunk of it. Used by one thread."""

    def __init__(self, send: Callable[[FromSoundDecoder], None]) -> None:
        self._send = send
        self._want: SoundWant | None = None
        self._readers: dict[tuple[bytes, int], SoundReader | None] = {}
        self._number = 0
        self._allowed = 0
        self._rendered = 0
        self._tempo: _Tempo | None = None

    def set_want(self, want: SoundWant) -> None:
        """Deliver this from now on."""
        self._want = want
        self._number = self._rendered = 0
        self._allowed = want.chunks
        self._tempo = None if want.speed == 1 else _Tempo(want.speed)
        self._readers = {key: reader for key, reader in self._readers.items() if reader is not None}

    def allow(self, need: SoundNeed) -> None:
        """Deliver more of what was asked for."""
        if self._want is not None and need.generation == self._want.generation:
            self._allowed = max(self._allowed, need.chunks)

    def work(self) -> bool:
        """Deliver one chunk; return whether there is more to do."""
        want = self._want
        if want is None or self._number >= self._allowed:
            return False
        samples = self._next_samples(want)
        start = want.start + int(self._number * CHUNK_SAMPLES * NS_PER_S * want.speed) // SOUND_RATE
        self._send(SoundChunk(want.generation, self._number, IncidentTime(start), to_pcm(samples).tobytes()))
        self._number += 1
        return self._number < self._allowed

    def close(self) -> None:
        """Let go of all files."""
        for reader in self._readers.values():
            if reader is not None:
                reader.close()
        self._readers.clear()

    def _next_samples(self, want: SoundWant) -> Samples:
        if self._tempo is None:
            return self._render(want)
        while self._tempo.available < CHUNK_SAMPLES:
            self._tempo.push(self._render(want))
        return self._tempo.pull(CHUNK_SAMPLES)

    def _render(self, want: SoundWant) -> Samples:
        """Return the next 20 ms of the incident at normal speed."""
        start = want.start + self._rendered * CHUNK_SAMPLES * NS_PER_S // SOUND_RATE
        self._rendered += 1
        end = start + CHUNK_SAMPLES * NS_PER_S // SOUND_RATE
        result: Samples = np.zeros((CHUNK_SAMPLES, 2), dtype=np.float32)
        for piece in want.pieces:
            if piece.start < end and start < piece.end:
                self._add_piece(result, piece, start, want.generation)
        return result

    def _add_piece(self, result: Samples, piece: SoundPiece, chunk_start: int, generation: int) -> None:
        """Write the part of a chunk that one piece covers, following the drift of its clock."""
        reader = self._reader(piece, generation)
        if reader is None:
            return
        first = max(0, -((chunk_start - piece.start) * SOUND_RATE // NS_PER_S))
        last = min(CHUNK_SAMPLES, (piece.end - chunk_start) * SOUND_RATE // NS_PER_S)
        if first >= last:
            return
        begin, end = (sample_at(_media_ns(piece, chunk_start + at * NS_PER_S // SOUND_RATE)) for at in (first, last))
        samples = reader.samples(begin, end - begin)
        result[first:last] = samples if len(samples) == last - first else stretched(samples, last - first)

    def _reader(self, piece: SoundPiece, generation: int) -> SoundReader | None:
        key = (piece.path_bytes, piece.stream_index)
        if key not in self._readers:
            try:
                self._readers[key] = SoundReader(piece.path_bytes, piece.display_name, piece.stream_index)
            except SightlineError as error:
                self._readers[key] = None
                self._send(SoundFailed(generation, str(error)))
            self._close_oldest()
        return self._readers[key]

    def _close_oldest(self) -> None:
        while len(self._readers) > _OPEN_READERS:
            oldest = next(iter(self._readers))
            reader = self._readers.pop(oldest)
            if reader is not None:
                reader.close()


class _Tempo:
    """Changes the tempo and keeps the pitch."""

    def __init__(self, speed: Fraction) -> None:
        self._graph = av.filter.Graph()
        self._source = self._graph.add_abuffer(format="flt", sample_rate=SOUND_RATE, layout="stereo")
        tempo = self._graph.add("atempo", f"{float(speed):.6f}")
        self._sink = self._graph.add("abuffersink")
        self._source.link_to(tempo)
        tempo.link_to(self._sink)
        self._graph.configure()
        self._pushed = 0
        self._ready: Samples = np.zeros((0, 2), dtype=np.float32)

    @property
    def available(self) -> int:
        """How many samples can be pulled."""
        return len(self._ready)

    def push(self, samples: Samples) -> None:
        """Put samples in at one end and gather what comes out at the other."""
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.reshape(1, -1)), format="flt", layout="stereo")
        frame.sample_rate = SOUND_RATE
        frame.pts = self._pushed
        frame.time_base = Fraction(1, SOUND_RATE)
        self._pushed += len(samples)
        self._source.push(frame)
        parts = [self._ready]
        while True:
            try:
                out = self._sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                break
            if isinstance(out, av.AudioFrame):
                parts.append(np.array(out.to_ndarray(), dtype=np.float32).reshape(-1, 2))
        self._ready = np.concatenate(parts)

    def pull(self, count: int) -> Samples:
        """Take samples out."""
        taken, self._ready = self._ready[:count], self._ready[count:]
        return taken


def stretched(samples: Samples, count: int) -> Samples:
    """Return samples spread evenly over another count of them, in straight lines between neighbours."""
    if not len(samples):
        return np.zeros((count, 2), dtype=np.float32)
    at = np.arange(count) * (len(samples) / count)
    base = np.arange(len(samples))
    left, right = (np.interp(at, base, samples[:, side]) for side in (0, 1))
    return np.stack([left, right], axis=1).astype(np.float32)


def to_pcm(samples: Samples) -> NDArray[np.int16]:
    """Return samples as 16-bit numbers; what is too loud is cut off at full scale."""
    pcm: NDArray[np.int16] = (np.clip(samples, -1, 1) * 32_767).astype("<i2")
    return pcm


def _media_ns(piece: SoundPiece, incident: int) -> int:
    length = piece.end - piece.start
    return piece.media_start_ns + (incident - piece.start) * (piece.media_end_ns - piece.media_start_ns) // length
