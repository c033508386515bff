"""The sound of the heard cameras, fetched ahead of time from a decoder process that may fail.

Runs on the window's thread and never waits. A decoder that ends or hangs is started again while what was fetched is
still being heard; a recording that breaks it three times in a row is left out, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from evidence.times import NS_PER_S, IncidentTime
from player.decoder_link import SoundLink
from player.playhead import Clock, MonotonicClock
from player.sound_health import SoundHealth
from player.sound_pieces import sound_voices
from player.sound_protocol import (
    CHUNK_SAMPLES,
    SOUND_RATE,
    FromSoundDecoder,
    SoundChunk,
    SoundFailed,
    SoundNeed,
    SoundReading,
    SoundVoice,
    SoundVoices,
    SoundWant,
    ToSoundDecoder,
    instant_of_sample,
)
from player.tracks import Track

SLOWEST_HEARD = Fraction(1, 2)
FASTEST_HEARD = Fraction(2)
"""Outside of these speeds, and backwards, it is silent."""

_AHEAD_CHUNKS = 40
_FIRST_CHUNKS = 15
_ASK_EVERY = 5
_HORIZON_NS = 120 * NS_PER_S
_HANG_NS = 2 * NS_PER_S
_SLOW_START_NS = 15 * NS_PER_S
_SUCCESS_CHUNKS = 500
"""10 s of sound without a failure."""


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

    def kill(self) -> None:
        """End it at once, whatever it does."""
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


@dataclass
class _Play:
    """What is being played: chunk 0 began at `start`; `taken` chunks are out, `end` is as far as pieces reach."""

    tracks: Mapping[str, Track]
    start: IncidentTime
    speed: Fraction
    end: IncidentTime
    allowed: int = _FIRST_CHUNKS
    taken: int = 0
    chunks: dict[int, dict[str, bytes]] = field(default_factory=dict)

    def instant_of(self, chunk: int) -> IncidentTime:
        return instant_of_sample(self.start, self.speed, chunk * CHUNK_SAMPLES)


class SoundFeed:
    """The sound of several cameras from one instant on, chunk by chunk."""

    def __init__(self, start_decoder: Callable[[], SoundPipe] = SoundLink, clock: Clock | None = None) -> None:
        self._start_decoder = start_decoder
        self._clock = clock or MonotonicClock()
        self._link: SoundPipe | None = None
        self._leaving: list[SoundPipe] = []
        self._generation = 0
        self._play: _Play | None = None
        self._reading: SoundReading | None = None
        self._health = SoundHealth()
        self._failed: dict[str, str] = {}
        self._last_word_ns: int | None = None
        self._asked_ns = 0
        self._since_failure = 0

    def warm_up(self) -> None:
        """Have a decoder process ready; takes a few milliseconds and does not wait for it."""
        if self._link is None:
            self._link = self._start_decoder()
            self._last_word_ns = self._reading = None
            self._asked_ns = self._clock.now_ns()

    def start(self, tracks: Mapping[str, Track], start: IncidentTime, speed: Fraction) -> None:
        """Fetch what these cameras hear from `start` on, at a speed between 1/2 and 2."""
        self.warm_up()
        self._generation += 1
        self._failed.clear()
        self._play = _Play(dict(tracks), start, speed, IncidentTime(start + _HORIZON_NS))
        self._ask_anew(self._play)

    def hear(self, tracks: Mapping[str, Track]) -> None:
        """Fetch these cameras from now on; those that are new from the next chunk that is taken."""
        play = self._play
        if play is None or play.tracks == tracks:
            return
        play.tracks = dict(tracks)
        self._send_voices(play)

    def try_again(self, camera_id: str) -> None:
        """Read again what was left out of a camera's sound."""
        self._failed.pop(camera_id, None)
        if self._health.forgive(camera_id) and self._play is not None:
            self._ask_anew(self._play)

    def stop(self) -> None:
        """Forget what was fetched."""
        self._play = None
        self._generation += 1

    def pump(self) -> None:
        """Take in what arrived, allow as much more as was taken out, and start a decoder anew that failed."""
        play, link = self._play, self._link
        if link is None:
            return
        now = self._clock.now_ns()
        for message in link.receive():
            self._take_in(message, play)
            self._last_word_ns = now
        if play is None:
            return
        if not link.is_alive or self._is_hanging(now):
            self._recover(play)
            return
        wanted = play.taken + min(_AHEAD_CHUNKS, _FIRST_CHUNKS + play.taken)
        if wanted >= play.allowed + _ASK_EVERY:
            if not self.is_owed:
                self._asked_ns = now
            play.allowed = wanted
            link.send(SoundNeed(self._generation, wanted))
        if play.instant_of(play.allowed) > play.end - _HORIZON_NS // 4:
            play.end = IncidentTime(play.instant_of(play.taken) + _HORIZON_NS)
            self._send_voices(play)

    @property
    def is_owed(self) -> bool:
        """Whether the decoder was allowed chunks that have not come yet."""
        play = self._play
        return play is not None and play.taken + self.buffered_chunks < play.allowed

    @property
    def troubles(self) -> dict[str, str]:
        """Why cameras are silent, or partly silent, in words for people."""
        return self._failed | self._health.reasons()

    @property
    def is_broken(self) -> bool:
        """Whether the decoder cannot be used at all."""
        return self._health.is_broken

    @property
    def speed(self) -> Fraction:
        """The speed that was asked for."""
        return Fraction(1) if self._play is None else self._play.speed

    @property
    def buffered_chunks(self) -> int:
        """How many chunks can be taken, one after another."""
        if self._play is None:
            return 0
        count = 0
        while self._play.taken + count in self._play.chunks:
            count += 1
        return count

    @property
    def next_instant(self) -> IncidentTime | None:
        """The instant of the next chunk, or None while nothing is fetched."""
        return None if self._play is None else self._play.instant_of(self._play.taken)

    def take(self) -> dict[str, bytes] | None:
        """Take one chunk out: 16-bit pairs by camera, empty where it is silent. None while nothing is there."""
        if self._play is None:
            return None
        chunk = self._play.chunks.pop(self._play.taken, None)
        if chunk is not None:
            self._play.taken += 1
        return chunk

    def close(self) -> None:
        """Let the decoder end."""
        self.stop()
        if self._link is not None:
            self._link.close()
            self._leaving.append(self._link)
            self._link = None
        for link in self._leaving:
            link.join()
        self._leaving.clear()

    # Inside

    def _take_in(self, message: FromSoundDecoder, play: _Play | None) -> None:
        match message:
            case SoundReading():
                self._reading = message
            case SoundFailed():
                self._failed[message.camera_id] = message.reason
            case SoundChunk() if play is not None and message.generation == self._generation:
                self._since_failure += 1
                if self._since_failure == _SUCCESS_CHUNKS:
                    self._health.note_success()
                if message.number >= play.taken:
                    stems = {stem.camera_id: stem.samples for stem in message.stems}
                    play.chunks.setdefault(message.number, {}).update(stems)
            case _:
                pass

    def _is_hanging(self, now: int) -> bool:
        """Tell whether chunks are owed and nothing has come for too long."""
        if not self.is_owed:
            return False
        if self._last_word_ns is None:
            return now - self._asked_ns > _SLOW_START_NS
        return now - max(self._last_word_ns, self._asked_ns) > _HANG_NS

    def _recover(self, play: _Play) -> None:
        """Start another decoder, which goes on behind what is already there."""
        self._health.note_failure(self._reading)
        self._since_failure = 0
        if self._link is not None:
            self._link.kill()
            self._leaving.append(self._link)
            self._link = None
        if not self._health.is_broken:
            self.warm_up()
            self._ask_anew(play)

    def _ask_anew(self, play: _Play) -> None:
        if self._link is None:
            return
        self._asked_ns = self._clock.now_ns()
        first = play.taken + self.buffered_chunks
        play.allowed = max(play.allowed, first + _FIRST_CHUNKS)
        self._link.send(SoundWant(self._generation, play.start, play.speed, self._voices(play), first, play.allowed))

    def _send_voices(self, play: _Play) -> None:
        if self._link is not None:
            self._link.send(SoundVoices(self._generation, self._voices(play), play.taken))

    def _voices(self, play: _Play) -> tuple[SoundVoice, ...]:
        start = IncidentTime(play.instant_of(play.taken) - NS_PER_S)
        return sound_voices(play.tracks, start, play.end, self._health.left_out)


def samples_between(start: IncidentTime, end: IncidentTime, speed: Fraction) -> int:
    """Return how many samples are played from one instant to a later one."""
    return int(Fraction((end - start) * SOUND_RATE, NS_PER_S) / speed)
