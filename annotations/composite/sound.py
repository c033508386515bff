"""The sound of a video, sample by sample of the incident: as the player mixes it, each clock's drift followed.

Runs in the process that composes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from annotations.composite.messages import SoundOrder
from evidence.times import IncidentTime
from player.decoder.sound_render import SoundRenderer
from player.sound_mix import CameraLevel, Matrix, matrix_of
from player.sound_mixer import Limiter, Mixer, Samples, to_pcm
from player.sound_protocol import CHUNK_SAMPLES, FromSoundDecoder, SoundFailed


class CompositeSound:
    """The mix from an instant on. Used by one thread.

    Attributes:
        unheard: what could not be read, in sentences; silence stands in.
    """

    def __init__(self, order: SoundOrder, start: IncidentTime) -> None:
        self._order = order
        self._start = start
        self._levels: dict[str, Matrix] = {
            voice.camera_id: matrix_of(CameraLevel(gain_db=order.gains_db.get(voice.camera_id, 0)))
            for voice in order.voices
        }
        self.unheard: dict[str, None] = {}

    def blocks(self, first: int, count: int) -> Iterator[Samples]:
        """Yield samples `first` to `first + count` in blocks of 20 ms, the last one shorter; `first` begins a block.

        Each block is loud as the mix is: the limiter looks one block ahead.
        """
        renderer = SoundRenderer(self._tell)
        renderer.expect(len(self._order.voices))
        mixer, limiter = Mixer(), Limiter()
        mixer.restart(self._levels)
        try:
            number = first // CHUNK_SAMPLES
            chunk = self._chunk(renderer, mixer, number)
            limiter.restart(chunk)
            left = count
            while left > 0:
                number += 1
                following = self._chunk(renderer, mixer, number)
                yield limiter.apply(chunk, following)[:left]
                left -= CHUNK_SAMPLES
                chunk = following
        finally:
            renderer.close()

    def _chunk(self, renderer: SoundRenderer, mixer: Mixer, number: int) -> Samples:
        stems: dict[str, bytes] = {}
        for voice in self._order.voices:
            samples = renderer.render(voice, self._start, number * CHUNK_SAMPLES, CHUNK_SAMPLES)
            stems[voice.camera_id] = b"" if samples is None else to_pcm(samples)
        return mixer.mix(stems, self._levels)

    def _tell(self, message: FromSoundDecoder) -> None:
        if isinstance(message, SoundFailed):
            self.unheard[message.reason] = None


def one_channel(samples: Samples) -> NDArray[np.float64]:
    """Return the mean of both channels."""
    mean: NDArray[np.float64] = samples.mean(axis=1, dtype=np.float64)
    return mean
