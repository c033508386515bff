"""What is new in a recording: its features less what an alarm, a siren or looped music repeats in it.

Where something repeats itself exactly, the sound of one moment is also that of a period earlier and later. The median
over many periods is what repeats (as in REPET: Rafii and Pardo, 2013, there for spectrograms); what differs from it was
said or done once, and can be heard by another recorder at one lag only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import NDArray

from sync.sound.features import FEATURE_RATE, Features
from sync.sound.line import Line
from sync.sound.search import SEARCH_RATE, halve

_SHORTEST = FEATURE_RATE * 8 // 10
_OVERLAP = 20 * FEATURE_RATE
_LONGEST_SHARE = 0.6
_LEAST, _LEAST_SURE = 0.06, 4.0
_MOST_PERIODS = 8
_FEWEST = 4
_SPREAD = 401
_BLOCK = 4000
_PIECE = 10 * SEARCH_RATE
_MOST_PIECES = 48
_SLACK = 2
_STEP = 5
_WAY = 18
_HERE = (-_WAY, 2 * _WAY // _STEP + 1)
_RUN = 100
_RUNS_ELSEWHERE = 12
_FEW_OFFSETS = 9
_FEWEST_ELSEWHERE = 30
_LEAST_SPREAD = 0.01
_LEAST_ENERGY = 0.1


@dataclass(frozen=True, eq=False)
class Novelty:
    """What is new in a recording.

    Attributes:
        periods_s: lags at which the recording resembles itself, s; empty where it repeats nothing.
        features: float32[bands, moments] at `SEARCH_RATE`; where nothing repeats, all of what is heard.
    """

    periods_s: tuple[float, ...]
    features: Features


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a lag stands out by what is new in both recordings.

    Attributes:
        deviations: by how many robust deviations of the other lags.
        rival: the same for the best other lag, those a period away among them.
        pieces: how many pieces of ten seconds were compared.
    """

    deviations: float
    rival: float
    pieces: int


def find_novelty(features: Features) -> Novelty:
    """Find what repeats in a recording and take it away. Takes features at `FEATURE_RATE`."""
    periods = _periods(features)
    if not periods:
        return Novelty((), halve(features))
    return Novelty(tuple(one / FEATURE_RATE for one in periods), halve(_without(features, periods)))


def stand_out(first: Novelty, second: Novelty, line: Line) -> Standing | None:
    """Compare what is new along a line with what is new along other lags; None where they share too little.

    Deterministic. The lag may be off by the way of the sound, `_WAY` to either side.
    """
    longest = max(first.features.shape[1], second.features.shape[1])
    periods = sorted(
        {round(sign * one * SEARCH_RATE) for one in (*first.periods_s, *second.periods_s) for sign in (1, -1)}
    )
    chance = np.random.default_rng(1).integers(-longest, longest, 4 * _RUNS_ELSEWHERE)
    away = [int(one) for one in chance if abs(one) > _RUN + SEARCH_RATE][:_RUNS_ELSEWHERE]
    runs = [_HERE, *((one, 1) for one in periods), *((one, _RUN // _STEP) for one in away)]
    sums, counts = _compare(first.features, second.features, line, runs)
    here = np.arange(len(sums)) < runs[0][1]
    is_other = ~here & (counts >= 2)
    pieces = int(counts[here].max())
    if pieces < 2 or int(is_other.sum()) < _FEWEST_ELSEWHERE:
        return None
    means = sums / np.maximum(counts, 1)
    even = (means - np.median(means[is_other])) * np.sqrt(counts)
    z = even / max(1.4826 * float(np.median(np.abs(even[is_other]))), _LEAST_SPREAD)
    return Standing(float(z[here].max()), float(z[is_other].max()), pieces)


def resemblance(first: Novelty, second: Novelty, line: Line) -> float:
    """Return how far what is new in both agrees along a line; only for ranking, but quick."""
    sums, counts = _compare(first.features, second.features, line, [_HERE])
    return float((sums / np.sqrt(np.maximum(counts, 1))).max())


def _periods(features: Features) -> list[int]:
    """Return the lags at which a recording resembles itself most, in moments."""
    count = features.shape[1]
    if count < _OVERLAP + 2 * _SHORTEST:
        return []
    size = scipy.fft.next_fast_len(2 * count, real=True)
    power = np.zeros(size // 2 + 1)
    for band in features:
        power += np.abs(scipy.fft.rfft(band, size)) ** 2
    along = scipy.fft.irfft(power, size)[:count]
    energy = np.concatenate([[0.0], np.cumsum((features.astype(np.float64) ** 2).sum(axis=0))])
    lags = np.arange(count)
    alike = along / np.sqrt(np.maximum(energy[count - lags] * (energy[count] - energy[lags]), 1e-9))
    is_asked = (lags >= _SHORTEST) & (lags <= min(count - _OVERLAP, round(count * _LONGEST_SHARE)))
    alike = np.where(is_asked, alike, -1.0)
    tops = np.flatnonzero((alike == scipy.ndimage.maximum_filter1d(alike, 21)) & is_asked)
    tops = tops[(alike[tops] > _LEAST) & (alike[tops] * np.sqrt(count - tops) > _LEAST_SURE)]
    return [int(one) for one in tops[np.argsort(-alike[tops], kind="stable")[:_MOST_PERIODS]]]


def _without(features: Features, periods: list[int]) -> Features:
    """Return what is left when the median over the periods is taken away, brought to one spread again."""
    count = features.shape[1]
    shifts = [sign * one for one in periods for sign in (1, -1)]
    fewest = min(_FEWEST, len(periods))
    left = np.zeros_like(features)
    for begin in range(0, count, _BLOCK):
        at = np.arange(begin, min(begin + _BLOCK, count))
        places = at + np.array(shifts)[:, None]
        is_there = (places >= 0) & (places < count)
        found = np.where(is_there, features[:, np.clip(places, 0, count - 1)], np.float32(np.nan))
        known = is_there.sum(axis=0) >= fewest
        left[:, at[known]] = features[:, at[known]] - _middle(found[:, :, known], is_there.sum(axis=0)[known])
    spread = np.sqrt(np.maximum(scipy.ndimage.uniform_filter1d(left**2, _SPREAD, axis=1, mode="nearest"), 0.0))
    return np.asarray(np.clip(left / np.maximum(spread, 0.2), -3.0, 3.0), dtype=np.float32)


def _middle(found: NDArray[np.float32], counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the median over the second axis of what is known there; `counts` says of how many, per moment."""
    ordered = np.sort(found, axis=1)  # what is not known comes last
    columns = np.arange(found.shape[2])
    return np.asarray((ordered[:, (counts - 1) // 2, columns] + ordered[:, counts // 2, columns]) / 2, dtype=np.float32)


def _compare(
    first: Features, second: Features, line: Line, runs: list[tuple[int, int]]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return for each lag the sum of the correlations of the pieces that lie in both, and how many these are.

    Args:
        first: what is new in the first recording.
        second: in the second.
        line: how they stand.
        runs: lags less that of the line, in moments, as the first and how many follow, `_STEP` apart.
    """
    ends = np.cumsum([0, *(number for _, number in runs)])
    sums, counts = np.zeros(ends[-1]), np.zeros(ends[-1], dtype=np.int64)
    energy = np.concatenate([[0.0], np.cumsum((second.astype(np.float64) ** 2).sum(axis=0))])
    for start in _pieces(first.shape[1], second.shape[1], line.lag_s):
        piece = first[:, start : start + _PIECE]
        ours = float((piece.astype(np.float64) ** 2).sum())
        if ours < _LEAST_ENERGY * piece.size:
            continue  # nothing new here, or nothing that can be told from what repeats
        at_s = (start + _PIECE / 2) / SEARCH_RATE
        place = round(line.lag_at(at_s) * SEARCH_RATE) + start
        for (lag, number), end in zip(runs, ends, strict=False):
            lowest = max(0, -(-(_SLACK - place - lag) // _STEP))
            highest = min(number, (second.shape[1] - _PIECE - _SLACK - place - lag) // _STEP + 1)
            if highest <= lowest:
                continue
            begin = place + lag + lowest * _STEP - _SLACK
            length = (highest - lowest - 1) * _STEP + 2 * _SLACK + 1
            offsets = begin + np.arange(length)
            theirs = np.maximum(energy[offsets + _PIECE] - energy[offsets], _LEAST_ENERGY * piece.size)
            alike = _correlate(piece, second[:, begin : begin + _PIECE + length - 1]) / np.sqrt(ours * theirs + 1e-6)
            best = np.lib.stride_tricks.sliding_window_view(alike, 2 * _SLACK + 1)[::_STEP].max(axis=1)
            sums[end + lowest : end + highest] += best
            counts[end + lowest : end + highest] += 1
    return sums, counts


def _pieces(first: int, second: int, lag_s: float) -> list[int]:
    """Return where pieces of the first recording begin; evenly over the overlap where there are many."""
    lag = round(lag_s * SEARCH_RATE)
    begin, end = max(0, -lag), min(first, second - lag)
    starts = list(range(begin, end - _PIECE + 1, _PIECE))
    if len(starts) > _MOST_PIECES:
        starts = [starts[one] for one in np.unique(np.linspace(0, len(starts) - 1, _MOST_PIECES).astype(np.int64))]
    return starts


def _correlate(piece: Features, other: Features) -> NDArray[np.float64]:
    """Return the correlation at each offset at which the piece lies in the other."""
    count = other.shape[1] - piece.shape[1] + 1
    if count <= _FEW_OFFSETS:
        flat = np.ascontiguousarray(piece).ravel()
        return np.array(
            [float(np.dot(flat, np.ascontiguousarray(other[:, at : at + _PIECE]).ravel())) for at in range(count)]
        )
    size = scipy.fft.next_fast_len(other.shape[1], real=True)
    cross = np.conj(scipy.fft.rfft(piece, size, axis=1)) * scipy.fft.rfft(other, size, axis=1)
    return np.asarray(scipy.fft.irfft(cross.sum(axis=0), size)[:count], dtype=np.float64)
