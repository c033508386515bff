"""The mixing desk: what was fetched of every heard camera, brought together at the last moment before it is played.

Because it is mixed so late, a change of the mix is heard after what lies in the device's buffer, and no picture waits
for it. Runs on the window's thread and never waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from evidence.times import IncidentTime
from player.sound import SoundFeed
from player.sound_mix import Matrix, SoundMix, matrix_of
from player.sound_mixer import Limiter, Mixer, Samples, to_pcm
from player.sound_pieces import has_sound
from player.sound_protocol import BYTES_PER_SAMPLE, CHUNK_SAMPLES, instant_of_sample
from player.tracks import Track


class MixingDesk:
    """The sound of a mix from one instant on, as samples for a device."""

    def __init__(self, feed: SoundFeed | None = None) -> None:
        self._feed = feed or SoundFeed()
        self._mixer = Mixer()
        self._limiter = Limiter()
        self._mix = SoundMix()
        self._tracks: dict[str, Track] = {}
        self._matrices: dict[str, Matrix] = {}
        self._following: Samples | None = None
        self._rest = b""
        self._is_running = False

    @property
    def mix(self) -> SoundMix:
        """The mix in force."""
        return self._mix

    @property
    def heard(self) -> tuple[str, ...]:
        """Which cameras are heard."""
        return tuple(self._matrices)

    @property
    def troubles(self) -> dict[str, str]:
        """Why cameras are silent, or partly silent, in words for people."""
        return self._feed.troubles

    @property
    def is_broken(self) -> bool:
        """Whether no sound can be decoded at all."""
        return self._feed.is_broken

    @property
    def turned_down(self) -> float:
        """What everything is multiplied by now so that it does not clip; 1 where it fits."""
        return self._limiter.turned_down if self._is_running else 1.0

    def set_tracks(self, tracks: Mapping[str, Track]) -> None:
        """Say which cameras there are; those without sound are left out."""
        self._tracks = {camera: track for camera, track in tracks.items() if has_sound(track)}
        self.set_mix(self._mix)

    def set_mix(self, mix: SoundMix) -> None:
        """Hear this mix from now on."""
        for camera_id in self._tracks:
            if self._mix.level(camera_id).is_muted and not mix.level(camera_id).is_muted:
                self._feed.try_again(camera_id)
        self._mix = mix
        self._matrices = {camera: matrix_of(mix.level(camera)) for camera in mix.heard(self._tracks)}
        if self._is_running:
            self._feed.hear(self._heard_tracks())

    def warm_up(self) -> None:
        """Have a decoder ready."""
        self._feed.warm_up()

    def start(self, start: IncidentTime, speed: Fraction) -> None:
        """Fetch the sound from `start` on, at a speed between 1/2 and 2."""
        self.stop()
        self._feed.start(self._heard_tracks(), start, speed)
        self._is_running = True

    def stop(self) -> None:
        """Forget what was fetched."""
        self._feed.stop()
        self._following = None
        self._rest = b""
        self._is_running = False
        self._mixer.take_peaks()

    def pump(self) -> None:
        """Take in what arrived, and ask for more."""
        self._feed.pump()

    def take_peaks(self) -> dict[str, float]:
        """Return each camera's loudest sample since this was asked last, after its level, full scale 1."""
        return self._mixer.take_peaks()

    @property
    def buffered(self) -> int:
        """How many samples can be taken; one chunk is kept back, for the limiter to look at."""
        chunks = self._feed.buffered_chunks - (1 if self._following is None else 0)
        return max(0, chunks) * CHUNK_SAMPLES + len(self._rest) // BYTES_PER_SAMPLE

    @property
    def is_owed(self) -> bool:
        """Whether sound that was asked for has not come yet."""
        return self._feed.is_owed

    @property
    def next_instant(self) -> IncidentTime | None:
        """The instant of the next sample, or None while nothing was asked for."""
        instant = self._feed.next_instant
        waiting = (0 if self._following is None else CHUNK_SAMPLES) + len(self._rest) // BYTES_PER_SAMPLE
        return None if instant is None else instant_of_sample(instant, self._feed.speed, -waiting)

    def take(self, samples: int) -> bytes:
        """Take up to that many samples out: pairs of little-endian 16-bit numbers."""
        size = samples * BYTES_PER_SAMPLE
        parts = [self._rest]
        got = len(self._rest)
        while got < size:
            chunk = self._next_chunk()
            if chunk is None:
                break
            parts.append(chunk)
            got += len(chunk)
        pcm = b"".join(parts)
        self._rest = pcm[size:]
        return pcm[:size]

    def close(self) -> None:
        """Let the decoder end."""
        self.stop()
        self._feed.close()

    def _next_chunk(self) -> bytes | None:
        """Mix one chunk more, and return the one before it."""
        if self._following is None:
            first = self._feed.take()
            if first is None:
                return None
            self._mixer.restart(self._matrices)
            self._following = self._mixer.mix(first, self._matrices)
            self._limiter.restart(self._following)
        stems = self._feed.take()
        if stems is None:
            return None
        chunk, self._following = self._following, self._mixer.mix(stems, self._matrices)
        return to_pcm(self._limiter.apply(chunk, self._following))

    def _heard_tracks(self) -> dict[str, Track]:
        return {camera: self._tracks[camera] for camera in self._matrices}
