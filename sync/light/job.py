"""Matches the light of many recordings in child processes (`sync.pair_search`)."""

from __future__ import annotations

from evidence.jobs import IsCancelled, Progress
from sync.light import child
from sync.light.match import LightMatch
from sync.pair_search import ComparedPair, Kind, PairRequest, PairResult, compare_pairs

LightPair = ComparedPair[LightMatch]
"""Two recordings and what their light says."""

_KIND = Kind(
    "light", child.run, LightMatch, "Reading the light of", "the program that reads its picture broke down over it"
)


def run(request: PairRequest, progress: Progress, cancelled: IsCancelled) -> PairResult[LightMatch]:
    """Compare every two recordings of different clocks.

    Raises:
        Cancelled: as asked; nothing is left behind.
    """
    return compare_pairs(_KIND, request, progress, cancelled)
