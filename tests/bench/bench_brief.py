"""Clips of some seconds against whole recordings, with exact truth, and clips of nights that share only a sound.

From each recorder of the streets of `sync` clips are cut at random while another recorded too, and matched with all of
that; so are clips of the traps (an alarm, a loop, a song of other nights). `SIGHTLINE_BRIEF_STREETS` says how many
streets (4 where it does not say), `SIGHTLINE_BRIEF_FIRST` from which on (0), `SIGHTLINE_BRIEF_TRAPS` how many sounds of
each kind (1); `SIGHTLINE_SYNC_FOLDER` where all are kept, `SIGHTLINE_SYNC_WORKERS` how many processes match (2).
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from sync.sound.confidence import Ground, least_right
from sync.sound.decode import RATE, Sound
from sync.sound.match import MatchVerdict, match_sounds
from sync.sound.prepared import prepare
from tests.bench.bench_false_joins import FIRST_SEED
from tests.bench.bench_sync import STREETS
from tests.bench.measurement import Measurement, below, is_quick
from tests.bench.streets.made import MadeStreet, street_on_disk, trap_on_disk
from tests.bench.streets.matching import BELIEVED, Pair, sound_of

_WORKERS = int(os.environ.get("SIGHTLINE_SYNC_WORKERS", "2"))
_LENGTHS_S = (3, 5, 8, 11)
_MOST_RECORDERS = 5
_NIGHTS = 7
_RIGHT_S = 0.040
_LEAST_OVERLAP_S = 30.0


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was said of a clip.

    Attributes:
        length_s: how long it is.
        has_shared: whether the other recorder was there.
        error_s: by how much the lag misses the nearest sound that both heard; infinite where nothing was shared.
    """

    length_s: int
    has_shared: bool
    verdict: MatchVerdict
    ground: Ground | None
    error_s: float
    name: str


def measure() -> Iterator[Measurement]:
    """Yield the measurements."""
    first = int(os.environ.get("SIGHTLINE_BRIEF_FIRST", "0"))
    count = int(os.environ.get("SIGHTLINE_BRIEF_STREETS", "1" if is_quick() else "4"))
    traps = int(os.environ.get("SIGHTLINE_BRIEF_TRAPS", "1"))
    tasks = [("street", seed) for seed in range(first, first + count)]
    tasks += [(kind, since + number) for kind, since in FIRST_SEED.items() for number in range(traps)]
    answers: list[_Answer] = []
    with multiprocessing.get_context("spawn").Pool(_WORKERS) as pool:
        for (kind, seed), found in zip(tasks, pool.imap(_answers, tasks), strict=True):
            believed = [one for one in found if one.verdict in BELIEVED]
            sys.stderr.write(f"  {kind} {seed}: {len(believed)} of {len(found)} clips believed\n")
            for one in believed:
                if one.error_s > _RIGHT_S:
                    sys.stderr.write(f"  WRONG {one.name} by {one.error_s:.3f} s\n")
            answers += found
    yield from _tell(answers)


def _tell(answers: Sequence[_Answer]) -> Iterator[Measurement]:
    for length_s in _LENGTHS_S:
        asked = [one for one in answers if one.has_shared and one.length_s == length_s]
        for words, verdicts in (("believed", BELIEVED), ("possible", (MatchVerdict.POSSIBLE,))):
            right = sum(one.verdict in verdicts and one.error_s <= _RIGHT_S for one in asked)
            share = right / max(1, len(asked))
            name = f"clips of {length_s} s that are {words} and right"
            yield Measurement(name, right, len(asked), "clips", "all", share, "-", True)
    believed = [one for one in answers if one.verdict in BELIEVED]
    wrong = sum(one.error_s > _RIGHT_S for one in believed)
    yield below(f"wrong of {len(believed)} believed, of {len(answers)} clips", wrong, unit="clips", bound=0)
    brief = [one for one in believed if one.ground is Ground.BRIEF]
    if brief:
        share = sum(one.error_s <= _RIGHT_S for one in brief) / len(brief)
        least = least_right(Ground.BRIEF)
        name = f"right answers by {Ground.BRIEF}, of those stated"
        yield Measurement(
            name, round(share * len(brief)), len(brief), "clips", "all", share, f">= {least:.2f}", share >= least
        )
        errors = [1e3 * one.error_s for one in brief if one.error_s <= _RIGHT_S]
        yield below("error of the sound, median", float(np.median(errors)), unit="ms", bound=1.5)
        yield below("error of the sound, 95 %", float(np.percentile(errors, 95)), unit="ms", bound=10)
    possible = [one for one in answers if one.verdict is MatchVerdict.POSSIBLE and one.has_shared]
    number = sum(one.error_s > _RIGHT_S for one in possible)
    yield Measurement("wrong of those only possible, in streets", number, len(possible), "clips", "all", 0.0, "-", True)


def _answers(task: tuple[str, int]) -> list[_Answer]:
    kind, seed = task
    is_street = kind == "street"
    made = street_on_disk(STREETS, seed) if is_street else trap_on_disk(STREETS, kind, seed, _NIGHTS)
    return list(_of(made, f"{kind} {seed}", seed, is_street=is_street))


def _of(made: MadeStreet, name: str, seed: int, *, is_street: bool) -> Iterator[_Answer]:
    recorders = made.recorders[: _MOST_RECORDERS if is_street else _NIGHTS]
    sounds = [sound_of(one) for one in recorders]
    heard = [prepare(one) for one in sounds]
    chance = np.random.default_rng([seed, 91])
    for one, other in permutations(range(len(recorders)), 2):
        pair = Pair(recorders[one], recorders[other], made, has_alarm=False)
        has_shared = is_street and pair.overlap_s > 0
        if has_shared and pair.overlap_s < _LEAST_OVERLAP_S:
            continue
        samples, start_s = sounds[one].samples, sounds[one].start_ns / 1e9
        begin_s, end_s = 0.0, len(samples) / RATE
        if has_shared:
            begin_s = max(0.0, pair.second.start_s - pair.first.start_s) + 1
            end_s = min(end_s, min(pair.first.end_s, pair.second.end_s) - pair.first.start_s - 1)
        for length_s in _LENGTHS_S:
            at_s = float(chance.uniform(begin_s, max(begin_s, end_s - length_s)))
            part = np.ascontiguousarray(samples[round(at_s * RATE) : round((at_s + length_s) * RATE)])
            clip = prepare(Sound(part, round((start_s + round(at_s * RATE) / RATE) * 1e9), 0))
            match = match_sounds(clip, heard[other])
            error_s = float("inf")
            if match.line is not None and has_shared:
                error_s = pair.sound_error_s(match.line.at_s, match.line.lag_s)
            yield _Answer(
                length_s, has_shared, match.verdict, match.ground, error_s, f"{name} {one}-{other} {length_s} s"
            )
