"""Tells whose voice made a path of lags: the wearer's, or that of somebody who spoke at the same time.

A wearer's voice is a foot from their own camera and metres from the other, so it arrives there far below what it was,
both counted from the noise around. Where one place is noisier than the other, only the falls of both directions
together tell how far (`two_way`): what comes from a third place falls in one direction at most. And a wearer's voice is
among the loudest that their camera heard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.sound.decode import RATE, Samples
from sync.sound.directions import WINDOW_S, Arrivals
from sync.sound.line import Line
from sync.sound.near_voice import NOISE_STEP, NearVoice

_WINDOW = int(WINDOW_S * RATE)
_FALLEN_DB = 0.0
_LOUD_DB = 5.0
"""How far below the upper quarter of all windows the wearer's may be at the median; a shout from ten metres is 7."""

_AS_OFTEN = 0.25


@dataclass(frozen=True, eq=False)
class Listened:
    """One direction.

    Attributes:
        speaker: the recording whose wearer speaks.
        listener: the other.
        heard: the other's samples.
        line: how the second recording stands to the first, in times of the samples.
        is_first: whether the speaker's is the first.
    """

    speaker: NearVoice
    listener: NearVoice
    heard: Samples
    line: Line
    is_first: bool

    def place(self, start: int, at_s: float, lag_s: float) -> int:
        """Return at which of the listener's samples arrives what the speaker's window says."""
        total = (self.line.lag_at(at_s) + lag_s) * RATE
        return round(start + total if self.is_first else start - total)


@dataclass(frozen=True, eq=False)
class End:
    """A wearer's voice at the other camera.

    Attributes:
        path: how it arrives.
        fall_db: by how much less it stands above the noise there than at its own camera; negative.
        quieter_db: by how much it is quieter at its own camera, at the median, than the upper quarter of all that is
            said there.
    """

    path: Arrivals
    fall_db: float
    quieter_db: float

    @property
    def is_loud(self) -> bool:
        """Whether it is among the loudest that its camera heard, as its wearer's voice is."""
        return self.quieter_db <= _LOUD_DB


def choose_end(paths: tuple[Arrivals, ...], direction: Listened) -> End | None:
    """Return the path of the wearer's own voice, or None where none is it."""
    own = [end for path in paths if (end := _own(path, direction)) is not None]
    if not own:
        return None
    most = max(len(end.path.at_s) for end in own)
    often = [end for end in own if len(end.path.at_s) >= _AS_OFTEN * most]
    sign = 1.0 if direction.is_first else -1.0
    return max(often, key=lambda end: sign * float(np.median(end.path.lag_s)))


def _own(path: Arrivals, direction: Listened) -> End | None:
    end = End(path, float(np.median(fall_db(path, direction))), quieter_db(path, direction))
    return end if end.is_loud and end.fall_db <= _FALLEN_DB else None


def quieter_db(path: Arrivals, direction: Listened) -> float:
    """Return by how much a path's windows are quieter at the speaker than the upper quarter of all."""
    everywhere = np.array([_loudness_db(direction.speaker, int(start)) for start in path.all_starts])
    loudness = np.array([_loudness_db(direction.speaker, int(start)) for start in path.starts])
    return float(np.percentile(everywhere, 75)) - float(np.median(loudness))


def fall_db(path: Arrivals, direction: Listened) -> NDArray[np.float64]:
    """Return by how much the voice stands above the noise less at the listener than at the speaker, in each window."""
    found = []
    for start, lag_s, at_s in zip(path.starts, path.lag_s, path.at_s, strict=True):
        place = direction.place(int(start), float(at_s), float(lag_s))
        if place < 1 or place + _WINDOW + 1 > len(direction.heard):
            continue
        said = direction.speaker.loud_at(start, start + _WINDOW)
        energy = float(np.square(said).sum()) + 1e-12
        heard = max(abs(float(said @ direction.heard[place + by : place + by + _WINDOW])) for by in (-1, 0, 1))
        noise = noise_between_db(direction, int(start), place)
        found.append(20 * np.log10(heard / energy + 1e-9) + noise)
    return np.array(found or [0.0])


def noise_between_db(direction: Listened, start: int, place: int) -> float:
    """Return by how much the place is noisier at the speaker's window than at the listener's; gains are part of it."""
    return _noise_db(direction.speaker, start) - _noise_db(direction.listener, place)


def _loudness_db(voice: NearVoice, start: int) -> float:
    energy = float(np.square(voice.loud_at(start, start + _WINDOW)).sum())
    return float(10 * np.log10(energy + 1e-12)) - _noise_db(voice, start)


def _noise_db(voice: NearVoice, start: int) -> float:
    return float(voice.noise_db[start // NOISE_STEP : (start + _WINDOW) // NOISE_STEP + 1].mean())
