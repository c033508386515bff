"""One camera's sound, ready to be handed to a device: asked for ahead of time, by incident time.

Runs on the window's thread and never waits. What a device is given carries the instant that it belongs to, so that
the picture can follow what is heard.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

from evidence.times import NS_PER_S, IncidentTime
from player.decoder_link import SoundLink
from player.sound_protocol import (
    BYTES_PER_SAMPLE,
    CHUNK_SAMPLES,
    SOUND_RATE,
    FromSoundDecoder,
    SoundChunk,
    SoundFailed,
    SoundNeed,
    SoundPiece,
    SoundWant,
    ToSoundDecoder,
)
from player.tracks import Track

SLOWEST_HEARD = Fraction(1, 2)
FASTEST_HEARD = Fraction(2)
"""Outside of these speeds, and backwards, it is silent."""

_AHEAD_CHUNKS = 30
_PIECE_NS = 30 * NS_PER_S
_HORIZON_NS = 1_800 * NS_PER_S


class SoundPipe(Protocol):
    """One sound decoder, as the window sees it."""

    def send(self, message: ToSoundDecoder) -> bool:
        """Send without waiting; return False where the decoder is gone."""
        ...

    def receive(self) -> list[FromSoundDecoder]:
        """Return what has arrived, without waiting."""
        ...

    @property
    def is_alive(self) -> bool:
        """Whether the decoder still runs."""
        ...

    def close(self) -> None:
        """Let it end, without waiting for it."""
        ...

    def join(self) -> None:
        """Wait until it has ended; only at the end of the program."""
        ...


def is_heard_at(rate: Fraction) -> bool:
    """Tell whether sound is played at a speed."""
    return SLOWEST_HEARD <= rate <= FASTEST_HEARD


class SoundFeed:
    """The sound of one camera from one instant on."""

    def __init__(self, start_decoder: Callable[[], SoundPipe] = SoundLink) -> None:
        self._start_decoder = start_decoder
        self._link: SoundPipe | None = None
        self._generation = 0
        self._chunks: deque[SoundChunk] = deque()
        self._offset = 0
        self._taken_chunks = 0
        self._allowed = 0
        self._speed = Fraction(1)
        self._end = IncidentTime(0)
        self.failure = ""

    def warm_up(self) -> None:
        """Have a decoder process ready; takes a few milliseconds and does not wait for it."""
        if self._link is None or not self._link.is_alive:
            self.close()
            self._link = self._start_decoder()

    def start(self, track: Track, start: IncidentTime, speed: Fraction) -> None:
        """Fetch what a camera hears from `start` on, at a speed between 1/2 and 2."""
        self.warm_up()
        assert self._link is not None
        self.stop()
        self._generation += 1
        self._speed = speed
        self._end = IncidentTime(start + _HORIZON_NS)
        self._allowed = _AHEAD_CHUNKS
        self.failure = ""
        pieces = sound_pieces(track, start, self._end)
        self._link.send(SoundWant(self._generation, start, speed, pieces, self._allowed))

    def stop(self) -> None:
        """Forget what was fetched."""
        self._chunks.clear()
        self._offset = 0
        self._taken_chunks = 0

    def pump(self) -> None:
        """Take in what arrived, and allow as much more as was taken out."""
        if self._link is None:
            return
        for message in self._link.receive():
            if isinstance(message, SoundFailed):
                self.failure = message.reason
            elif message.generation == self._generation:
                self._chunks.append(message)
        wanted = self._taken_chunks + _AHEAD_CHUNKS
        if wanted >= self._allowed + _AHEAD_CHUNKS // 6:
            self._allowed = wanted
            self._link.send(SoundNeed(self._generation, wanted))

    @property
    def buffered(self) -> int:
        """How many samples can be taken."""
        return len(self._chunks) * CHUNK_SAMPLES - self._offset

    @property
    def next_instant(self) -> IncidentTime | None:
        """The instant of the next sample, or None while nothing is there."""
        if not self._chunks:
            return None
        into = int(self._offset * NS_PER_S * self._speed) // SOUND_RATE
        return IncidentTime(self._chunks[0].start + into)

    @property
    def is_near_its_end(self) -> bool:
        """Whether what was asked for runs out, so that it must be started again."""
        following = self.next_instant
        return following is not None and following > self._end - NS_PER_S

    def take(self, samples: int) -> bytes:
        """Take up to that many samples out: pairs of little-endian 16-bit numbers."""
        parts: list[bytes] = []
        while samples > 0 and self._chunks:
            count = min(samples, CHUNK_SAMPLES - self._offset)
            first = self._offset * BYTES_PER_SAMPLE
            parts.append(self._chunks[0].samples[first : first + count * BYTES_PER_SAMPLE])
            samples -= count
            self._offset += count
            if self._offset == CHUNK_SAMPLES:
                self._chunks.popleft()
                self._offset = 0
                self._taken_chunks += 1
        return b"".join(parts)

    def close(self) -> None:
        """Let the decoder end."""
        self.stop()
        if self._link is not None:
            self._link.close()
            self._link.join()
            self._link = None


def sound_pieces(track: Track, start: IncidentTime, end: IncidentTime) -> tuple[SoundPiece, ...]:
    """Return where in which files the sound of a stretch of the incident lies."""
    pieces: list[SoundPiece] = []
    for stretch, place in track.stretches(start, end):
        recording = place.recording
        if recording.audio_stream is None:
            continue
        for first in range(stretch.start, stretch.end, _PIECE_NS):
            last = min(first + _PIECE_NS, stretch.end)
            pieces.append(
                SoundPiece(
                    path_bytes=recording.path_bytes,
                    display_name=recording.display_name,
                    stream_index=recording.audio_stream,
                    start=IncidentTime(first),
                    end=IncidentTime(last),
                    media_start_ns=place.media_ns_at(IncidentTime(first)),
                    media_end_ns=place.media_ns_at(IncidentTime(last)),
                )
            )
    return tuple(pieces)
