"""Makes long recordings: cameras of an hour each in two places, for measuring how long a search takes.

Simpler than a street (whole samples, no echoes), for twenty hours have to be made: but each camera has its own clock,
start, noise and talk beside it, and half an alarm besides. Cameras of different places share nothing.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from app.demo import sounds
from tests.bench.streets.made import MadeRecorder, MadeStreet
from tests.bench.streets.street import RATE, SPEED_OF_SOUND, STREET_M, Track
from tests.support.sound_files import write_sound

_PLACES = 2
_LATEST_S = 300.0
_ALARM_S = 600.0
_BLOCK = 1 << 20
_CODECS = ("aac32", "mp2", "wav", "mp2", "wav")


def hours_on_disk(folder: Path, cameras: int, seconds: float) -> tuple[MadeStreet, ...]:
    """Return the two places with their cameras, made where they are not there; each camera is `seconds` long."""
    found = []
    for number in range(_PLACES):
        home = folder / f"hours-{cameras}-{seconds:.0f}-{number}"
        if not (home / "truth.json").exists():
            _write(home, number, cameras // _PLACES, seconds)
        rows = json.loads((home / "truth.json").read_text())
        made = (
            MadeRecorder(home / name, (along, 0.0), start, end, rate, True) for name, along, start, end, rate in rows
        )
        found.append(MadeStreet(tuple(made), ()))
    return tuple(found)


def _write(home: Path, number: int, cameras: int, seconds: float) -> None:
    home.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng([number, 55])
    span = seconds + _LATEST_S + 2
    places = chance.uniform(0, STREET_M, cameras)
    talkers = [(along + 0.3, 1.0) for along in places] + [(float(chance.uniform(0, STREET_M)), 3.0) for _ in range(4)]
    said = [(along, loud, *one) for along, loud in talkers for one in _talk(chance, span)]
    if number:
        t = np.arange(int(_ALARM_S * RATE)) / RATE
        tones = np.where(t % 1.3 < 0.65, 2400, 1350)
        alarm = np.asarray(0.3 * np.sign(np.sin(2 * np.pi * np.cumsum(tones) / RATE)), dtype=np.float32)
        said.append((50.0, 5.0, seconds / 2, alarm))
    rows = []
    for camera, along in enumerate(places):
        start, rate = float(chance.uniform(0, _LATEST_S)), float(chance.uniform(-150, 150))
        heard = chance.standard_normal(int(span * RATE), dtype=np.float32) * np.float32(0.004)
        for place, loud, at_s, samples in said:
            metres = max(0.3, abs(place - along))
            begin = round((at_s + metres / SPEED_OF_SOUND) * RATE)
            part = samples[: len(heard) - begin]
            heard[begin : begin + len(part)] += loud / metres * part
        count = int(seconds * RATE)
        kept = np.empty(count, dtype=np.float32)
        for at in range(0, count, _BLOCK):
            taken = start * RATE + np.arange(at, min(at + _BLOCK, count)) / (1 + rate * 1e-6)
            whole = taken.astype(np.int64)
            share = np.asarray(taken - whole, dtype=np.float32)
            kept[at : at + len(whole)] = heard[whole] * (1 - share) + heard[whole + 1] * share
        path = write_sound(np.clip(kept, -0.9, 0.9), _CODECS[camera % len(_CODECS)], home / f"camera-{camera}")
        rows.append([path.name, float(along), start, start + seconds / (1 + rate * 1e-6), rate])
    (home / "truth.json").write_text(json.dumps(rows))


def _talk(chance: np.random.Generator, span_s: float) -> list[tuple[float, Track]]:
    """Return what one talker says and when. Some sentences are made, and said again in another order and pitch."""
    kept = [sounds.make_speech(chance, int(chance.integers(3, 12)), float(chance.uniform(90, 230))) for _ in range(8)]
    found, at = [], float(chance.uniform(0, 20))
    while at < span_s - 12:
        one = kept[int(chance.integers(len(kept)))]
        places = np.arange(0, len(one) - 1, sounds.RATE / RATE * float(chance.uniform(0.85, 1.2)))
        found.append((at, np.asarray(np.interp(places, np.arange(len(one)), one), dtype=np.float32)))
        at += len(one) / sounds.RATE + float(chance.exponential(14.0))
    return found
