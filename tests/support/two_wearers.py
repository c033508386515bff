"""Two wearers who speak, each right at their own camera, and what both cameras hear of it: with exact truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from app.demo import sounds
from sync.sound.decode import RATE, Samples

SPEED_OF_SOUND = 343.0
_MOUTH_M = 0.3


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who speaks now and then.

    Attributes:
        along_m: where along the street at the beginning and at the end; they walk evenly.
        loud: how loud, 1 for a raised voice.
        speaks: from and until when, as shares of the time.
    """

    along_m: tuple[float, float]
    loud: float = 1.0
    speaks: tuple[float, float] = (0.0, 1.0)

    def at(self, share: float) -> float:
        """Return where they are at a share of the time."""
        return self.along_m[0] + share * (self.along_m[1] - self.along_m[0])


@dataclass(frozen=True, eq=False)
class Scene:
    """What two cameras heard, and how their clocks stood.

    Attributes:
        first: at 8 kHz.
        second: the same; its clock began `behind_s` after the first's.
    """

    first: Samples
    second: Samples
    behind_s: float
    rate_ppm: tuple[float, float]

    def lag_s(self, at_s: float) -> float:
        """Return the time in the second less the time in the first, at a time of the first."""
        true_s = at_s / (1 + self.rate_ppm[0] * 1e-6)
        return (true_s - self.behind_s) * (1 + self.rate_ppm[1] * 1e-6) - at_s


def two_wearers(
    wearers: tuple[Speaker, Speaker],
    *,
    others: tuple[Speaker, ...] = (),
    silent: frozenset[int] = frozenset(),
    seconds: float = 70.0,
    behind_s: float = 3.2,
    seed: int = 1,
) -> Scene:
    """Return a scene.

    Args:
        wearers: of the first and the second camera.
        others: who else speaks.
        silent: which of the wearers (0, 1) never speaks.
        seconds: how long all of it is.
        behind_s: by how much the second camera began later.
        seed: of everything.
    """
    chance = np.random.default_rng(seed)
    count = int(seconds * RATE)
    heard = [0.004 * chance.standard_normal(count) for _ in wearers]
    for number, speaker in enumerate((*wearers, *others)):
        if number in silent:
            continue
        pitch = float(chance.uniform(95, 210))
        at_s = speaker.speaks[0] * seconds + float(chance.uniform(0.5, 3.0))
        while at_s < speaker.speaks[1] * seconds - 4.0:
            said = sounds.make_speech(chance, int(chance.integers(4, 9)), pitch)
            words = np.asarray(scipy.signal.resample_poly(said, 1, 6), dtype=np.float64)
            for camera, wearer in enumerate(wearers):
                share = at_s / seconds
                metres = _MOUTH_M if camera == number else abs(speaker.at(share) - wearer.at(share))
                _put(heard[camera], words * speaker.loud / max(metres, _MOUTH_M), at_s + metres / SPEED_OF_SOUND)
            at_s += len(words) / RATE + float(chance.exponential(2.5))
    rates = (40.0, -70.0)
    tracks = [_by_clock(one, start, rate) for one, start, rate in zip(heard, (0.0, behind_s), rates, strict=True)]
    return Scene(tracks[0], tracks[1], behind_s, rates)


def _put(onto: NDArray[np.float64], words: NDArray[np.float64], at_s: float) -> None:
    """Add a sound at a time, to a fraction of a sample."""
    whole = int(at_s * RATE)
    moved = np.interp(np.arange(len(words) + 1) - (at_s * RATE - whole), np.arange(len(words)), words, left=0, right=0)
    end = min(len(onto), whole + len(moved))
    onto[whole:end] += moved[: end - whole]


def _by_clock(heard: NDArray[np.float64], start_s: float, ppm: float) -> Samples:
    at = start_s * RATE + np.arange(int(len(heard) - start_s * RATE)) / (1 + ppm * 1e-6)
    return np.asarray(np.clip(0.2 * np.interp(at, np.arange(len(heard)), heard), -1, 1), dtype=np.float32)
