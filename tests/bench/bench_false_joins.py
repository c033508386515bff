"""Whether recordings that have nothing to do with one another are ever joined by their sound; none may be.

Traps: recordings of seven different nights each that share only one alarm, one loop of music, or one song; every two
of them are compared. Strangers: three recordings of each of these sounds, those of different sounds compared: they
share nothing, though most have an alarm or music of their own. All is searched as a case searches it, so a false match
might bring others with it. `SIGHTLINE_FALSE_JOINS` says how many sounds of each kind (1 where it does not say; 8 give
504 pairs of traps and 2,484 of strangers); `SIGHTLINE_SYNC_FOLDER` where they are kept.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from evidence.jobs import never_cancelled, no_progress
from sync.pair_search import PairRequest, PairSource
from sync.sound.job import run
from sync.sound.match import MatchVerdict
from tests.bench.bench_sync import STREETS
from tests.bench.measurement import Measurement, below
from tests.bench.streets.made import trap_on_disk

FIRST_SEED = {"alarm": 1000, "loop": 2000, "song": 3000}
"""Far apart, for what else is heard in a night follows from its seed alone."""

_NIGHTS, _NIGHTS_OF_STRANGERS = 7, 3


def measure() -> Iterator[Measurement]:
    """Yield the measurements."""
    count = int(os.environ.get("SIGHTLINE_FALSE_JOINS", "1"))
    strangers: list[PairSource] = []
    for kind, first_seed in FIRST_SEED.items():
        joined = pairs = 0
        for seed in range(first_seed, first_seed + count):
            sources = _nights(kind, seed)
            found, compared = _joined(sources)
            joined, pairs = joined + found, pairs + compared
            strangers += [_of_clock(one, str(seed)) for one in sources[:_NIGHTS_OF_STRANGERS]]
            sys.stderr.write(f"  {kind} {seed}: {found} of {compared} joined\n")
        yield below(f"false joins of {pairs} pairs that share only: {kind}", joined, unit="pairs", bound=0)
    joined, pairs = _joined(strangers)
    yield below(f"false joins of {pairs} pairs that share nothing", joined, unit="pairs", bound=0)


def _nights(kind: str, seed: int) -> list[PairSource]:
    recorders = trap_on_disk(STREETS, kind, seed, _NIGHTS).recorders
    names = [f"{kind}-{seed}-{number}" for number in range(len(recorders))]
    return [PairSource(name, name, os.fsencode(one.path), name, 0) for name, one in zip(names, recorders, strict=True)]


def _of_clock(source: PairSource, clock: str) -> PairSource:
    """Return a recording as one of a clock; those of one clock are not compared."""
    return PairSource(source.recording_id, clock, source.path_bytes, source.display_name, source.stream_index)


def _joined(sources: list[PairSource]) -> tuple[int, int]:
    """Return how many pairs are joined, and how many were compared."""
    result = run(PairRequest(tuple(sources), workers=2), no_progress, never_cancelled)
    assert not result.failures, result.failures
    wrong = [one for one in result.pairs if one.match.verdict in (MatchVerdict.FOUND, MatchVerdict.SUPPORTED)]
    for one in wrong:
        sys.stderr.write(f"  JOINED {one.first} {one.second}: {one.match.why}\n")
    return len(wrong), len(result.pairs)
