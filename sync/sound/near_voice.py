"""Takes out of a recording what was said right at its microphone, and what of it may hold the voices of others.

The voice of whoever wears a camera comes from a foot away: it stands 20 to 40 dB above the place, in every band that it
has. So the bins of time and frequency that stand out nearly as far as any in the whole recording are the wearer's,
whatever else sounds at the same moment. Levels are counted from the noise a few seconds around, since automatic gain
makes levels of different moments incomparable, and from what an alarm or a loop repeats at the same bin.

Bins are brought to one magnitude (phase transform, bin by bin), so that a loud bang or another's shout weighs no more
than a quiet bin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import NDArray

from sync.sound.decode import RATE, Samples
from sync.sound.frames import frames_of
from sync.sound.middle import middle_of

_LOW_HZ, _HIGH_HZ = 250.0, 3400.0
"""The band that all codecs keep."""

_FRAME = 256
_HOP = 64
_BLOCK = 8192
_AROUND_BLOCK = 512
_MANY_BLOCKS = 16
_LONGEST = round(60 * RATE / _HOP)
"""Frames after which what comes again counts as repeated: a minute."""

_FEWEST_REPEATS = 4
_STRIDE = 8
NOISE_STEP = _HOP * _STRIDE
"""Samples between two values of the noise."""

_AROUND = 63
"""Strided frames over which the noise is looked for: 4 s."""

_NOISE = 10
_TOP = 98.0
_BELOW_TOP_DB = 15.0
_LEAST_DB = 12.0
_OVER_REPEATED_DB = 0.0
"""What does not stand above what repeats tells nothing of voices."""

_DB = np.arange(-20, 81)

Bins = NDArray[np.bool_]
Spectra = NDArray[np.complex64]
Levels = NDArray[np.float32]
Half = NDArray[np.float16]


@dataclass(frozen=True, eq=False)
class NearVoice:
    """A recording, split. Kept in numbers of half length, for an hour of each would fill memory; read as float32.

    Attributes:
        near: float16[n], what the wearer says, bins of one magnitude; 0 where nobody speaks at the microphone.
        loud: float16[n], the same with its magnitudes.
        far: float16[n], everything in the band, bins of one magnitude.
        noise_db: level of the noise around, one value for each `NOISE_STEP` samples.
        top_db: by how much the loudest bins stand above the noise around.
    """

    near: Half
    loud: Half
    far: Half
    noise_db: NDArray[np.float32]
    top_db: float

    def near_at(self, start: int, stop: int) -> Samples:
        """Return a stretch of what is near."""
        return self.near[start:stop].astype(np.float32)

    def loud_at(self, start: int, stop: int) -> Samples:
        """Return a stretch of what is loud."""
        return self.loud[start:stop].astype(np.float32)

    def far_at(self, start: int, stop: int) -> Samples:
        """Return a stretch of what is far."""
        return self.far[start:stop].astype(np.float32)


def split_voice(samples: Samples, periods_s: Sequence[float] = ()) -> NearVoice:
    """Split a recording.

    Args:
        samples: at 8 kHz.
        periods_s: lags, s, at which it resembles itself (`novelty.Novelty`).
    """
    top_db = loudest_db(samples, periods_s)
    parts, noise = zip(*split_in_parts(samples, top_db, periods_s), strict=True)
    near, loud, far = np.concatenate(parts, axis=1)
    return NearVoice(near, loud, far, np.concatenate(noise), top_db)


def loudest_db(samples: Samples, periods_s: Sequence[float] = ()) -> float:
    """Return by how much the loudest bins of a recording stand above the noise around; as `split_voice`.

    Of a long recording a part of all stretches tells that well enough.
    """
    band = _band()
    counts = np.zeros(len(_DB) - 1)
    frames = len(samples) // _HOP + 1
    every = 1 if frames <= _MANY_BLOCKS * _BLOCK else 4
    for _, height_db, _ in _blocks(samples, _in_frames(periods_s), every):
        counts += np.histogram(height_db[:, band], bins=_DB)[0]
    return _percentile(counts, _TOP)


def split_in_parts(
    samples: Samples, top_db: float, periods_s: Sequence[float] = ()
) -> Iterator[tuple[Half, NDArray[np.float32]]]:
    """Yield what is near, loud and far, float16[3, n], with the noise in it, a stretch after the other.

    As `split_voice`; `top_db` is that of `loudest_db`.
    """
    band = _band()
    least = max(top_db - _BELOW_TOP_DB, _LEAST_DB)
    waiting = np.zeros((3, _FRAME), dtype=np.float32)  # what frames of the next block add to
    left, skipped = len(samples), _FRAME // 2
    for spectra, height_db, noise_db in _blocks(samples, _in_frames(periods_s)):
        even = spectra / (np.abs(spectra) + 1e-9)
        even[:, ~band] = 0
        is_near = (height_db > least) & band
        whole = np.zeros((3, len(spectra) * _HOP + _FRAME), dtype=np.float32)
        whole[:, :_FRAME] = waiting
        _overlap_add(whole[0], np.where(is_near, even, 0))
        _overlap_add(whole[1], np.where(is_near, spectra, 0))
        _overlap_add(whole[2], np.where(height_db > _OVER_REPEATED_DB, even, 0))
        waiting = whole[:, -_FRAME:].copy()
        part = whole[:, skipped:-_FRAME][:, :left].astype(np.float16)
        left, skipped = left - part.shape[1], 0
        yield part, noise_db[::_STRIDE, band].mean(axis=1)
    yield waiting[:, skipped:][:, :left].astype(np.float16), np.zeros(0, dtype=np.float32)


def _in_frames(periods_s: Sequence[float]) -> list[int]:
    return [round(one * RATE / _HOP) for one in periods_s if one * RATE / _HOP < _LONGEST]


def _band() -> Bins:
    frequency = np.fft.rfftfreq(_FRAME, 1 / RATE)
    return np.asarray((frequency >= _LOW_HZ) & (frequency <= _HIGH_HZ))


def _blocks(samples: Samples, periods: list[int], every: int = 1) -> Iterator[tuple[Spectra, Levels, Levels]]:
    """Yield frames' spectra, how far each bin stands above the noise, and the noise, dB, for every so many-th block.

    Frame `k` is centred on sample `k * _HOP`.
    """
    window = _window()
    total = len(samples) // _HOP + 1
    margin = max(_AROUND_BLOCK, *periods, 0)
    for begin in range(0, total, every * _BLOCK):
        first, last = max(0, begin - margin), min(total, begin + _BLOCK + margin)
        frames = frames_of(samples, first, last, size=_FRAME, hop=_HOP, before=_FRAME // 2)
        spectra = np.asarray(scipy.fft.rfft(frames * window, axis=1), dtype=np.complex64)
        height, noise = _above_noise(spectra, periods)
        kept = slice(begin - first, min(total, begin + _BLOCK) - first)
        yield spectra[kept], height[kept], noise[kept]


def _window() -> Samples:
    """Return the root of Hann's window: applied twice, frames a quarter apart add up to a constant."""
    return np.asarray(np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FRAME) / _FRAME)), dtype=np.float32)


def _above_noise(spectra: Spectra, periods: list[int]) -> tuple[Levels, Levels]:
    power = scipy.ndimage.uniform_filter(np.abs(spectra) ** 2, 3, mode="nearest") + 1e-12
    thin = power[::_STRIDE]
    noise = _lowest_around(thin)
    noise = np.maximum(noise, np.percentile(thin, 1, axis=0, keepdims=True))
    noise_db = np.asarray(np.repeat(10 * np.log10(noise), _STRIDE, axis=0)[: len(power)], dtype=np.float32)
    power_db = np.asarray(10 * np.log10(power), dtype=np.float32)
    return power_db - np.maximum(noise_db, _repeated_db(power_db, periods)), noise_db


def _lowest_around(power: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Return what each bin falls to now and then around each frame; bin by bin, which the filter does far faster."""
    bins = np.ascontiguousarray(power.T)
    size = min(_AROUND, len(power))
    return np.stack([scipy.ndimage.percentile_filter(one, _NOISE, size=size, mode="nearest") for one in bins], axis=1)


def _repeated_db(power_db: Levels, periods: list[int]) -> Levels:
    """Return what each bin holds a period earlier and later, the median over all of them."""
    count = len(power_db)
    shifts = [by for one in periods for by in (one, -one) if 0 < one < count]
    if len(shifts) < _FEWEST_REPEATS:
        return np.full_like(power_db, -np.inf)
    margin = max(shifts)
    mirrored = np.pad(power_db, ((margin, margin), (0, 0)), mode="reflect")
    return middle_of([mirrored[margin + by : margin + by + count] for by in shifts])


def _overlap_add(onto: Samples, spectra: Spectra) -> None:
    frames = scipy.fft.irfft(spectra, _FRAME, axis=1) * (_window() / 2)
    quarters = frames.reshape(len(frames), _FRAME // _HOP, _HOP)
    for number in range(_FRAME // _HOP):
        flat = quarters[:, number].reshape(-1)
        onto[number * _HOP : number * _HOP + len(flat)] += flat


def _percentile(counts: NDArray[np.float64], percent: float) -> float:
    if not counts.sum():
        return 0.0
    share = np.cumsum(counts) / counts.sum()
    return float(_DB[int(np.searchsorted(share, percent / 100))])
