"""Makes series of a recording's light that can be compared with another's, on a common grid of time.

A frame gathers light while it is exposed, so it stands for all of the time until the next one; the grid's samples are
means over that. Slow change (dusk, a camera that adapts) is taken away, and each series has about one spread all along.
What is new is the same with its spectrum made flat: strobes and flicker are lines there and lose their weight, what
happens once is spread over all of it and keeps its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import NDArray

from sync.light.decode import COLUMNS, ROWS, Light

GRID_RATE = 50
"""Samples a second of the grid."""

Series = NDArray[np.float32]

_NS = 1e-9
_LONGEST_FRAME_S = 1.0
_SLOW = 2 * GRID_RATE
_SPREAD = 20 * GRID_RATE
_MOST = 5.0
_BLOCK = 4
_REGIONS = 3
_FASTEST_HZ = 5.0
_DARK = 12.0


@dataclass(frozen=True, eq=False)
class Channels:
    """How light changed in one recording.

    Attributes:
        start_s: media time of the grid's first sample's beginning, s.
        frame_s: the usual time from frame to frame, s.
        raw: what changed, float32[channels, samples] at `GRID_RATE`.
        new: the same with its spectrum flat.
    """

    start_s: float
    frame_s: float
    raw: Series
    new: Series


def make_channels(light: Light) -> Channels:
    """Make the series of a recording: of the whole picture, and of the regions that changed most briskly."""
    starts = light.starts_ns.astype(np.float64) * _NS
    ends = np.append(starts[1:], light.end_ns * _NS)
    frame_s = float(np.median(ends - starts))
    brightness = np.log2(light.luma + _DARK)
    made = []
    for cells, least in ((brightness, 0.002), (light.blue, 0.05)):
        regions = cells.reshape(-1, ROWS // _BLOCK, _BLOCK, COLUMNS // _BLOCK, _BLOCK).mean(axis=(2, 4))
        parts = np.concatenate([cells.mean(axis=1, keepdims=True), regions.reshape(len(cells), -1)], axis=1)
        evened = [_even(_on_grid(starts, ends, part), least) for part in parts.T]
        brisk = sorted(range(1, len(evened)), key=lambda one: -_briskness(evened[one]))[:_REGIONS]
        made += [evened[one] for one in (0, *brisk)]
    raw = np.asarray(np.stack(made), dtype=np.float32)
    return Channels(float(starts[0]), frame_s, raw, _flat(raw, min(_FASTEST_HZ, 0.5 / frame_s)))


def _on_grid(starts: NDArray[np.float64], ends: NDArray[np.float64], values: NDArray[np.float32]) -> Series:
    """Return means over the grid's steps of what each frame shows until the next; lost frames are bridged."""
    ends = np.minimum(ends, starts + _LONGEST_FRAME_S)
    count = int((ends[-1] - starts[0]) * GRID_RATE)
    corners = np.stack([starts, ends], axis=1).ravel()
    filled = np.concatenate([[0.0], np.cumsum(values.astype(np.float64) * (ends - starts))])
    amounts = np.stack([filled[:-1], filled[1:]], axis=1).ravel()
    covered = np.concatenate([[0.0], np.cumsum(ends - starts)])
    covers = np.stack([covered[:-1], covered[1:]], axis=1).ravel()
    edges = starts[0] + np.arange(count + 1) / GRID_RATE
    amount, cover = np.diff(np.interp(edges, corners, amounts)), np.diff(np.interp(edges, corners, covers))
    known = cover > 1e-6
    means = amount[known] / cover[known]
    return np.asarray(np.interp(np.arange(count), np.flatnonzero(known), means), dtype=np.float32)


def _even(series: Series, least: float) -> Series:
    """Take slow change away and bring what is left to one spread."""
    quick = series - scipy.ndimage.uniform_filter1d(series, _SLOW, mode="nearest")
    spread = np.sqrt(np.maximum(scipy.ndimage.uniform_filter1d(quick**2, _SPREAD, mode="nearest"), 0.0))
    usual = max(float(np.median(spread)), least)
    return np.asarray(np.clip(quick / np.maximum(spread, 0.5 * usual), -_MOST, _MOST), dtype=np.float32)


def _briskness(series: Series) -> float:
    """Say how much of a region's change is sudden and large."""
    return float(np.mean(np.diff(series[::2]) ** 4))


def _flat(raw: Series, fastest_hz: float) -> Series:
    count = raw.shape[1]
    size = scipy.fft.next_fast_len(count + _SLOW, real=True)
    spectrum = scipy.fft.rfft(raw, size, axis=1)
    frequency = scipy.fft.rfftfreq(size, 1 / GRID_RATE)
    power = np.abs(spectrum)
    level = np.maximum(power, 0.3 * np.sqrt(np.mean(power**2, axis=1, keepdims=True)))
    band = np.clip((frequency - 0.2) / 0.3, 0, 1) * np.clip((fastest_hz - frequency) / 1.0, 0, 1)
    flat = scipy.fft.irfft(spectrum / (level + 1e-9) * band, size, axis=1)[:, :count]
    spread = 1.4826 * np.median(np.abs(flat), axis=1, keepdims=True) + 1e-6
    return np.asarray(np.clip(flat / spread, -2 * _MOST, 2 * _MOST), dtype=np.float32)
