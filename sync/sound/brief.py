"""Matches a recording of some seconds, as a phone's clip is: too short for many windows of two seconds to agree.

Where it might lie in the other recording is told by its features as a whole. At each such lag the clip is cut into
short windows, each correlated there (GCC-PHAT, as in `windows`); what they say is added up. So little sound may be the
same music or announcement of another day, which long recordings give away by what is around. So a clip is believed only
where the other recording goes on around it and keeps no beat there; else it is possible, and people have to listen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import NDArray

from sync.sound.decode import RATE
from sync.sound.features import BANDS, FEATURE_RATE, Features
from sync.sound.line import Line
from sync.sound.prepared import Prepared
from sync.sound.repeats import rhythm
from sync.sound.windows import Transformed, even_out

LONGEST_S, _SHORTEST_S = 12.0, 0.8
_WINDOWS, _SHORTEST_WINDOW_S, _LONGEST_WINDOW_S = 8, 0.25, 1.0
_REACH_S = 0.25
_PLACES, _PLACES_A_MINUTE = 40, 4
_APART = FEATURE_RATE // 10
_LEAST_SHARE = 0.1
_FLOOR, _CEILING = 2.5, 12.0
_VOTE = 4.5
_MOST_DRIFT = 300e-6
_DRIFT_SIGMA = 100e-6
_ELSEWHERE_S = 0.02
_SAME_S = 0.05
_TOGETHER, _OVER_RIVAL, _PLAINLY_OVER_RIVAL = 7.0, 1.8, 2.5
"""Where nothing was shared, the highest of those above 7 was 1.3 times the best other (decision 12)."""

_LEAST_AGREEING_S, _POSSIBLE_AGREEING_S = 1.5, 0.75
"""A tone or a beep of some device is the same on every day, and shorter."""

_RHYTHM = 0.2
_AROUND_S = 6.0


@dataclass(frozen=True, slots=True)
class Clip:
    """How a clip stands to another recording.

    Attributes:
        line: lag between the samples of the two; it says nothing of drift.
        agreeing: how many of its windows agree.
        compared: of how many.
        is_alone: whether it fits at one place only.
        doubt: why it is not believed, though it does, until people have listened; "" where it is.
        why: in words for people, its doubt among them.
    """

    line: Line
    agreeing: int
    compared: int
    is_alone: bool
    doubt: str
    why: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A lag that was weighed: what all windows say together there, and at the best lag some milliseconds beside it."""

    lag_s: float
    sigma_s: float
    together: float
    beside: float
    agreeing: int
    compared: int


def is_brief(first: Prepared, second: Prepared) -> bool:
    """Tell whether one of two recordings is so short that it is matched as a clip."""
    return _SHORTEST_S <= min(len(first.samples), len(second.samples)) / RATE < LONGEST_S


def match_clip(first: Prepared, second: Prepared) -> Clip | None:
    """Compare two recordings of which one is brief; None where it fits nowhere. Deterministic."""
    is_first = len(first.samples) <= len(second.samples)
    clip, other = (first, second) if is_first else (second, first)
    length_s = len(clip.samples) / RATE
    window_s = float(np.clip(length_s / _WINDOWS, _SHORTEST_WINDOW_S, _LONGEST_WINDOW_S))
    places = [place for lag in _likely(clip.features, other.features) if (place := _weigh(clip, other, lag, window_s))]
    if not places:
        return None
    best = max(places, key=lambda one: one.together)
    rival = max((one.together for one in places if abs(one.lag_s - best.lag_s) > _SAME_S), default=0.0)
    rival = max(rival, best.beside, 1.0)
    agreeing_s = best.agreeing * window_s
    if best.together < _TOGETHER or agreeing_s < _POSSIBLE_AGREEING_S:
        return None
    counted = f"{best.agreeing} of {best.compared} windows of {window_s:.2g} s agree at one place"
    is_alone, doubt = best.together >= _OVER_RIVAL * rival, ""
    if is_alone:
        counted += f", {best.together / rival:.1f} times as strongly as at any other"
        doubt = _doubt(clip, other, best.lag_s, agreeing_s)
        if not doubt and best.together < _PLAINLY_OVER_RIVAL * rival:
            doubt = "that is not much"
        why = f"{counted}; but {doubt}. Listen whether it is the same moment." if doubt else f"{counted}."
    else:
        why = f"{counted}, but others fit nearly as well."
    at_s, lag_s = (length_s / 2, best.lag_s) if is_first else (length_s / 2 + best.lag_s, -best.lag_s)
    line = Line(at_s, lag_s, 0.0, best.sigma_s, _DRIFT_SIGMA, tuple(range(best.agreeing)), len(places), at_s, at_s)
    return Clip(line, best.agreeing, best.compared, is_alone, doubt, why)


def _likely(clip: Features, other: Features) -> list[float]:
    """Return the lags, s, at which a clip fits best by its features, half of it at least inside the other."""
    count, whole = clip.shape[1], other.shape[1]
    size = scipy.fft.next_fast_len(count + whole, real=True)
    cross = np.zeros(size // 2 + 1, dtype=np.complex128)
    for ours, theirs in zip(clip, other, strict=True):
        cross += np.conj(scipy.fft.rfft(ours, size)) * scipy.fft.rfft(theirs, size)
    lags = np.arange(-(count // 2), whole - count // 2)
    along = scipy.fft.irfft(cross, size)[lags % size]
    begin, end = np.clip(lags, 0, whole), np.clip(lags + count, 0, whole)
    theirs_there = _energy(other)[end] - _energy(other)[begin]
    ours_there = _energy(clip)[np.clip(whole - lags, 0, count)] - _energy(clip)[np.clip(-lags, 0, count)]
    least = _LEAST_SHARE * BANDS * count
    alike = along / np.sqrt(np.maximum(theirs_there, least) * np.maximum(ours_there, least))
    alike *= np.sqrt((end - begin) / count)
    tops = np.flatnonzero(alike == scipy.ndimage.maximum_filter1d(alike, 2 * _APART + 1))
    most = _PLACES + _PLACES_A_MINUTE * whole // (60 * FEATURE_RATE)
    return [float(lags[one]) / FEATURE_RATE for one in tops[np.argsort(-alike[tops], kind="stable")[:most]]]


def _energy(features: Features) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum((features.astype(np.float64) ** 2).sum(axis=0))])


def _weigh(clip: Prepared, other: Prepared, lag_s: float, window_s: float) -> _Place | None:
    """Correlate the windows of a clip near a lag; None where none of them lies in the other recording."""
    size, reach, lag = int(window_s * RATE), round(_REACH_S * RATE), round(lag_s * RATE)
    begins = np.arange(0, len(clip.samples) - size + 1, size)
    slack = size // 4
    inside = (begins + lag >= -slack) & (begins + lag + size <= len(other.samples) + slack)
    begins = begins[inside & np.array([_sounds(clip, one, size) for one in begins.tolist()], dtype=np.bool_)]
    if not len(begins):
        return None
    low, high = int(begins[0]) + lag - reach, int(begins[-1]) + lag + size + reach
    part = np.pad(
        other.samples[max(0, low) : max(0, high)], (max(0, -low), max(0, high - max(len(other.samples), low)))
    )
    windows = Transformed(clip.samples, begins, reach, size)
    heights = even_out(windows.heights(part, begins + lag - low, np.arange(len(begins))))
    strayed = max(2, round(_MOST_DRIFT * len(clip.samples) / 2))
    near = scipy.ndimage.maximum_filter1d(heights, 2 * strayed + 1, axis=1)
    total = np.clip(near - _FLOOR, 0, _CEILING - _FLOOR).sum(axis=0) / np.sqrt(len(begins))
    top = int(np.argmax(total))
    beside = total[np.abs(np.arange(len(total)) - top) > round(_ELSEWHERE_S * RATE)].max(initial=0.0)
    first = max(0, top - strayed)
    there = heights[:, first : top + strayed + 1]
    peaks, tops = there.max(axis=1), there.argmax(axis=1) + first
    agree = peaks > _VOTE
    if not agree.any():
        return None
    weights = (peaks[agree] - _FLOOR) ** 2
    place = float(np.average(tops[agree], weights=weights))
    scatter = float(np.sqrt(np.average((tops[agree] - place) ** 2, weights=weights))) + 1.0
    return _Place(
        lag_s=(lag + place - reach) / RATE,
        sigma_s=scatter / RATE / float(np.sqrt(agree.sum())),
        together=float(total[top]),
        beside=float(beside),
        agreeing=int(agree.sum()),
        compared=len(begins),
    )


def _sounds(clip: Prepared, begin: int, size: int) -> bool:
    return bool(np.abs(clip.samples[begin : begin + size]).max() > 1e-5)


def _doubt(clip: Prepared, other: Prepared, lag_s: float, agreeing_s: float) -> str:
    """Return why a clip that fits at one place is not to be believed without listening; "" where it is."""
    if agreeing_s < _LEAST_AGREEING_S:
        return "that is so little that it may be a tone which is the same on any day"
    if len(other.samples) < _AROUND_S * RATE:
        return "both are too short to tell it from music or an announcement that is the same on another day"
    moments = np.arange(0.25, len(clip.samples) / RATE, 0.5)
    if rhythm(other.features, moments + lag_s) > _RHYTHM:
        return "there is a beat, so it may be music that is the same on another day"
    return ""
