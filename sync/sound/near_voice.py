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
from sync.sound.middle import middle_of

_LOW_HZ, _HIGH_HZ = 250.0, 3400.0
"""The band that all codecs keep."""

_FRAME = 256
_HOP = 64
_BLOCK = 8192
_AROUND_BLOCK = 512
_LONGEST = round(60 * RATE / _HOP)
"""Frames after which what comes again counts as repeated: a minute."""

_PIECE = 2600
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


@dataclass(frozen=True, eq=False)
class NearVoice:
    """A recording, split.

    Attributes:
        near: float32[n], what the wearer says, bins of one magnitude; 0 where nobody speaks at the microphone.
        loud: float32[n], the same with its magnitudes.
        far: float32[n], everything in the band, bins of one magnitude.
        noise_db: level of the noise around, one value for each `NOISE_STEP` samples.
        top_db: by how much the loudest bins stand above the noise around.
    """

    near: Samples
    loud: Samples
    far: Samples
    noise_db: NDArray[np.float32]
    top_db: float


def split_voice(samples: Samples, periods_s: Sequence[float] = ()) -> NearVoice:
    """Split a recording.

    Args:
        samples: at 8 kHz.
        periods_s: lags, s, at which it resembles itself (`novelty.Novelty`).
    """
    periods = [round(one * RATE / _HOP) for one in periods_s if one * RATE / _HOP < _LONGEST]
    band = _band()
    counts = np.zeros(len(_DB) - 1)
    noise: list[NDArray[np.float32]] = []
    for _, _, height_db, noise_db in _blocks(samples, periods):
        noise.append(noise_db[::_STRIDE, band].mean(axis=1))
        counts += np.histogram(height_db[:, band], bins=_DB)[0]
    top = _percentile(counts, _TOP)
    least = max(top - _BELOW_TOP_DB, _LEAST_DB)
    near, loud, far = (np.zeros(len(samples) + 2 * _FRAME, dtype=np.float32) for _ in range(3))
    for begin, spectra, height_db, _ in _blocks(samples, periods):
        even = spectra / (np.abs(spectra) + 1e-9)
        even[:, ~band] = 0
        is_near = (height_db > least) & band
        _overlap_add(far, begin, np.where(height_db > _OVER_REPEATED_DB, even, 0))
        _overlap_add(near, begin, np.where(is_near, even, 0))
        _overlap_add(loud, begin, np.where(is_near, spectra, 0))
    count = len(samples)
    near, loud, far = (one[_FRAME // 2 : _FRAME // 2 + count] for one in (near, loud, far))
    return NearVoice(near, loud, far, np.concatenate(noise), top)


def _band() -> Bins:
    frequency = np.fft.rfftfreq(_FRAME, 1 / RATE)
    return np.asarray((frequency >= _LOW_HZ) & (frequency <= _HIGH_HZ))


def _blocks(samples: Samples, periods: list[int]) -> Iterator[tuple[int, Spectra, Levels, Levels]]:
    """Yield the number of a first frame, frames' spectra, how far each bin stands above the noise, and the noise, dB.

    Frame `k` is centred on sample `k * _HOP`.
    """
    window = _window()
    total = len(samples) // _HOP + 1
    margin = max(_AROUND_BLOCK, *periods, 0)
    for begin in range(0, total, _BLOCK):
        first, last = max(0, begin - margin), min(total, begin + _BLOCK + margin)
        left = first * _HOP - _FRAME // 2
        right = (last - 1) * _HOP + _FRAME // 2
        part = np.pad(samples[max(0, left) : right], (max(0, -left), max(0, right - len(samples))))
        frames = np.lib.stride_tricks.sliding_window_view(part, _FRAME)[::_HOP]
        spectra = np.asarray(scipy.fft.rfft(frames * window, axis=1), dtype=np.complex64)
        height, noise = _above_noise(spectra, periods)
        kept = slice(begin - first, min(total, begin + _BLOCK) - first)
        yield begin, spectra[kept], height[kept], noise[kept]


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
    found = np.empty_like(power_db)
    at = np.arange(count)
    for begin in range(0, count, _PIECE):
        part = at[begin : begin + _PIECE]
        there = [power_db[np.abs(np.minimum(part + by, 2 * (count - 1) - part - by))] for by in shifts]
        found[begin : begin + _PIECE] = middle_of(there)
    return found


def _overlap_add(onto: Samples, begin: int, spectra: Spectra) -> None:
    frames = scipy.fft.irfft(spectra, _FRAME, axis=1) * (_window() / 2)
    quarters = frames.reshape(len(frames), _FRAME // _HOP, _HOP)
    for number in range(_FRAME // _HOP):
        start = (begin + number) * _HOP
        flat = quarters[:, number].reshape(-1)
        onto[start : start + len(flat)] += flat[: len(onto) - start]


def _percentile(counts: NDArray[np.float64], percent: float) -> float:
    if not counts.sum():
        return 0.0
    share = np.cumsum(counts) / counts.sum()
    return float(_DB[int(np.searchsorted(share, percent / 100))])
