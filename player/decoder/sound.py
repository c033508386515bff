"""The sound decoder: what every heard camera hears, by incident time, in chunks of 20 ms, in a process of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from multiprocessing.connection import Connection

import numpy as np

from evidence.times import IncidentTime
from player.decoder.sound_reader import Samples
from player.decoder.sound_render import SoundRenderer
from player.decoder.tempo import Fetch, Tempo
from player.sound_mixer import to_pcm
from player.sound_protocol import (
    CHUNK_SAMPLES,
    FromSoundDecoder,
    SoundChunk,
    SoundClose,
    SoundFailed,
    SoundNeed,
    SoundStem,
    SoundVoice,
    SoundVoices,
    SoundWant,
    ToSoundDecoder,
)


def run(pipe: Connection[FromSoundDecoder, ToSoundDecoder]) -> None:
    """Serve until told to close. Runs in the child process."""
    worker = SoundWorker(pipe.send)
    try:
        _serve(pipe, worker)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the window is gone
    except Exception as error:  # noqa: BLE001 - gate: a decoder tells the window whatever went wrong, then ends
        with contextlib.suppress(OSError):
            pipe.send(SoundFailed("", f"The sound decoder met an error that it does not know ({error})."))
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
                case SoundVoices():
                    worker.set_voices(message)
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
        self._renderer = SoundRenderer(send)
        self._want: SoundWant | None = None
        self._voices: tuple[SoundVoice, ...] = ()
        self._late: dict[str, int] = {}
        self._number = 0
        self._allowed = 0
        self._tempo: Tempo | None = None

    def set_want(self, want: SoundWant) -> None:
        """Deliver this from now on."""
        self._want = want
        self._voices = want.voices
        self._late = {}
        self._number = want.first
        self._allowed = want.chunks
        self._tempo = None if want.speed == 1 else Tempo(want.speed, want.first)
        self._renderer.try_again()
        self._renderer.expect(len(want.voices))

    def set_voices(self, message: SoundVoices) -> None:
        """Deliver these cameras from now on; those that are new from an earlier chunk on."""
        if self._want is None or message.generation != self._want.generation:
            return
        known = {voice.camera_id for voice in self._voices}
        new = [voice.camera_id for voice in message.voices if voice.camera_id not in known]
        self._voices = message.voices
        named = {voice.camera_id for voice in message.voices}
        self._late = {camera: number for camera, number in self._late.items() if camera in named}
        self._late |= dict.fromkeys(new, message.first)
        self._renderer.expect(len(message.voices))

    def allow(self, need: SoundNeed) -> None:
        """Deliver more of what was asked for."""
        if self._want is not None and need.generation == self._want.generation:
            self._allowed = max(self._allowed, need.chunks)

    def work(self) -> bool:
        """Deliver one chunk; return whether there is more to do."""
        want = self._want
        if want is None:
            return False
        if self._late:
            self._catch_up(want)
        elif self._number < self._allowed:
            self._send_chunk(want, self._number, self._voices)
            self._number += 1
        return bool(self._late) or self._number < self._allowed

    def close(self) -> None:
        """Let go of all files."""
        self._renderer.close()

    def _catch_up(self, want: SoundWant) -> None:
        """Deliver the earliest chunk that new cameras still lack."""
        number = min(self._late.values())
        if number >= self._number:
            self._late = {}
            return
        lacking = {camera for camera, first in self._late.items() if first == number}
        if self._tempo is None or self._tempo.can_render(number):
            self._send_chunk(want, number, tuple(voice for voice in self._voices if voice.camera_id in lacking))
        self._late |= dict.fromkeys(lacking, number + 1)

    def _send_chunk(self, want: SoundWant, number: int, voices: tuple[SoundVoice, ...]) -> None:
        if self._tempo is not None:
            self._tempo.plan(number, self._fetch_sum(want))
        stems = tuple(SoundStem(voice.camera_id, self._stem(want, number, voice)) for voice in voices)
        self._send(SoundChunk(want.generation, number, stems))

    def _stem(self, want: SoundWant, number: int, voice: SoundVoice) -> bytes:
        if self._tempo is not None:
            samples: Samples | None = self._tempo.render(number, self._fetch(want.start, voice))
        else:
            samples = self._renderer.render(voice, want.start, number * CHUNK_SAMPLES, CHUNK_SAMPLES)
        return to_pcm(samples) if samples is not None and samples.any() else b""

    def _fetch(self, start: IncidentTime, voice: SoundVoice) -> Fetch:
        def fetch(first: int, count: int) -> Samples:
            found = self._renderer.render(voice, start, first, count)
            return _silence(count) if found is None else found

        return fetch

    def _fetch_sum(self, want: SoundWant) -> Fetch:
        def fetch(first: int, count: int) -> Samples:
            total = _silence(count)
            for voice in self._voices:
                total += self._fetch(want.start, voice)(first, count)
            return total

        return fetch


def _silence(count: int) -> Samples:
    return np.zeros((count, 2), dtype=np.float32)
