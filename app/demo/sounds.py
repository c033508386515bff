"""Sounds of the demo incident as they leave their source: float32 at 48 kHz, one metre away, nothing recorded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 48_000

Samples = NDArray[np.float32]

_VOWELS = (
    (730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410), (440, 1020, 2240),
    (490, 1350, 1690), (660, 1720, 2410),
)  # fmt: skip
"""First three formants of English vowels, Hz (Peterson and Barney, 1952)."""

SYLLABLE_S = 0.21


def make_clap(chance: np.random.Generator) -> Samples:
    """Return a clap of hands: a sharp beginning, then 30 ms of rough noise around 1.5 kHz."""
    return _burst(chance, seconds=0.09, decay_s=0.009, low_hz=500, high_hz=6000)


def make_slam(chance: np.random.Generator) -> Samples:
    """Return a heavy door that slams: a crack, a boom, and the rattle of its glass."""
    crack = _burst(chance, seconds=0.5, decay_s=0.02, low_hz=150, high_hz=5000)
    boom = _burst(chance, seconds=0.5, decay_s=0.09, low_hz=35, high_hz=180)
    rattle = _burst(chance, seconds=0.5, decay_s=0.06, low_hz=2200, high_hz=7000)
    rattle = np.roll(rattle, 1200)
    rattle[:1200] = 0
    return np.asarray(crack * 0.7 + boom * 0.9 + rattle * 0.15, dtype=np.float32)


def make_thud(chance: np.random.Generator) -> Samples:
    """Return a body that hits the ground: low and dull."""
    dull = _burst(chance, seconds=0.3, decay_s=0.045, low_hz=40, high_hz=350)
    cloth = _burst(chance, seconds=0.3, decay_s=0.03, low_hz=600, high_hz=3500)
    return np.asarray(dull + cloth * 0.2, dtype=np.float32)


def make_step(chance: np.random.Generator) -> Samples:
    """Return one footstep: heel on wet pavement."""
    heel = _burst(chance, seconds=0.12, decay_s=0.012, low_hz=120, high_hz=1400)
    wet = _burst(chance, seconds=0.12, decay_s=0.03, low_hz=2500, high_hz=8000)
    return np.asarray(heel + wet * 0.12, dtype=np.float32)


def make_siren(seconds: float) -> Samples:
    """Return a two-tone wail that glides between 550 and 1450 Hz, with the horn's overtones; it fades at the end."""
    t = np.arange(round(seconds * RATE)) / RATE
    sweep = 0.5 - 0.5 * np.cos(2 * np.pi * t / 2.8)
    phase = 2 * np.pi * np.cumsum(550 * (1450 / 550) ** sweep) / RATE
    tone = sum(np.sin(n * phase) / n**1.2 for n in (1, 2, 3, 4, 5))
    fade = np.clip((seconds - t) / 0.25, 0, 1)
    return np.asarray(0.4 * tone * fade, dtype=np.float32)


def make_speech(chance: np.random.Generator, syllables: int, pitch_hz: float) -> Samples:
    """Return babble that sounds like somebody talking: voiced syllables with formants, consonants, a falling tune.

    Words cannot be made out; the pulses of the voice, its formants and its rhythm are those of speech.
    """
    parts = []
    for number in range(syllables):
        tune = pitch_hz * (1.12 - 0.25 * number / max(1, syllables - 1)) * chance.uniform(0.92, 1.12)
        length = SYLLABLE_S * chance.uniform(0.75, 1.25)
        gap = chance.uniform(0.12, 0.3) if chance.random() < 0.12 else 0.0
        parts += [_consonant(chance), _vowel(chance, length, tune), np.zeros(round(gap * RATE), dtype=np.float32)]
    speech = np.concatenate(parts)
    return np.asarray(speech / max(1e-6, float(np.abs(speech).max())), dtype=np.float32)


def make_air(chance: np.random.Generator, count: int, slope: float, gust_s: float) -> Samples:
    """Return the noise of a place, or of wind on a microphone: falling spectrum, slowly swelling; RMS about 1.

    Args:
        chance: each microphone has its own.
        count: samples.
        slope: exponent of the fall of power with frequency: 1 is city hum, 2 is wind.
        gust_s: seconds from one swell to the next.
    """
    size = 1 << max(1, (count - 1)).bit_length()
    frequency = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 25.0)
    spectrum = np.fft.rfft(chance.standard_normal(size)) * frequency ** (-slope / 2)
    noise = np.fft.irfft(spectrum)[:count]
    knots = max(2, int(count / RATE / gust_s) + 2)
    swell = np.interp(np.linspace(0, knots - 1, count), np.arange(knots), chance.uniform(0.4, 1.3, knots))
    return np.asarray(noise / noise.std() * swell, dtype=np.float32)


def shape(sound: Samples, low_hz: float, high_hz: float, tilt_db: float = 0.0) -> Samples:
    """Return a sound without what lies outside of a band, its edges soft; nothing is shifted in time (zero phase).

    Args:
        sound: any length.
        low_hz: lower edge; 12 dB an octave below.
        high_hz: upper edge; 24 dB an octave above.
        tilt_db: gain at 4 kHz against 250 Hz.
    """
    size = 1 << max(1, (len(sound) - 1)).bit_length()
    frequency = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 1.0)
    gain = 1 / (1 + (low_hz / frequency) ** 2) / (1 + (frequency / high_hz) ** 4)
    gain *= 10 ** (tilt_db / 20 * np.log2(frequency / 1000) / 4)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, size) * gain)[: len(sound)], dtype=np.float32)


def _burst(chance: np.random.Generator, *, seconds: float, decay_s: float, low_hz: float, high_hz: float) -> Samples:
    """Return noise of a band that begins at once and dies away; its peak is 1."""
    count = round(seconds * RATE)
    noise = shape(chance.standard_normal(count).astype(np.float32), low_hz, high_hz)
    burst = noise * np.exp(-np.arange(count) / RATE / decay_s)
    return np.asarray(burst / np.abs(burst).max(), dtype=np.float32)


def _vowel(chance: np.random.Generator, seconds: float, pitch_hz: float) -> Samples:
    """Return one voiced syllable that glides from one vowel to another."""
    count = round(seconds * RATE)
    t = np.arange(count) / RATE
    pitch = pitch_hz * (1 + 0.05 * np.sin(2 * np.pi * 2.1 * t + chance.uniform(0, 6))) * (1.04 - 0.08 * t / seconds)
    phase = np.cumsum(pitch) / RATE
    pulses = np.diff(np.floor(phase), prepend=0.0) * (1 + 0.08 * chance.standard_normal(count))
    pulses = pulses + 0.004 * chance.standard_normal(count)
    size = 1 << (count - 1).bit_length()
    spectrum = np.fft.rfft(pulses, size)
    first, second = (_VOWELS[int(chance.integers(len(_VOWELS)))] for _ in range(2))
    stretch = 1.0 if pitch_hz < 180 else 1.15
    start, end = (np.fft.irfft(spectrum * _formants(size, vowel, stretch))[:count] for vowel in (first, second))
    glide = np.clip((t / seconds - 0.3) / 0.4, 0, 1)
    envelope = np.minimum(np.clip(t / 0.03, 0, 1), np.clip((seconds - t) / 0.05, 0, 1))
    sound = (start * (1 - glide) + end * glide) * envelope
    return np.asarray(sound / max(1e-6, float(np.abs(sound).max())) * chance.uniform(0.6, 1.0), dtype=np.float32)


def _formants(size: int, vowel: tuple[int, int, int], stretch: float) -> NDArray[np.float64]:
    """Return the gain of a throat: three resonances over the fall of the voice's source."""
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    gain = np.full_like(frequency, 0.015)
    for resonance, width, weight in zip(vowel, (80, 110, 170), (1.0, 0.55, 0.28), strict=True):
        gain += weight / np.sqrt(1 + ((frequency - resonance * stretch) / width) ** 2)
    return np.asarray(gain / (1 + (frequency / 500) ** 1.1), dtype=np.float64)


def _consonant(chance: np.random.Generator) -> Samples:
    """Return a short hiss or a stop before a vowel."""
    kind = chance.random()
    if kind < 0.25:
        return np.zeros(round(0.015 * RATE), dtype=np.float32)
    if kind < 0.65:
        stop = _burst(chance, seconds=0.03, decay_s=0.006, low_hz=800, high_hz=5000) * 0.35
        return np.concatenate([np.zeros(round(0.03 * RATE), dtype=np.float32), stop])
    count = round(chance.uniform(0.05, 0.09) * RATE)
    hiss = shape(chance.standard_normal(count).astype(np.float32), 2800, 7500)
    window = np.hanning(count)
    return np.asarray(hiss * window * 0.1, dtype=np.float32)
