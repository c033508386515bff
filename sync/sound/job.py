"""Matches the sound of many recordings in child processes (`sync.pair_search`)."""

from __future__ import annotations

from evidence.jobs import IsCancelled, Progress
from sync.pair_search import ComparedPair, Kind, PairRequest, PairResult, compare_pairs
from sync.sound import child
from sync.sound.match import SoundMatch

SoundPair = ComparedPair[SoundMatch]
"""Two recordings and what their sounds say."""

_KIND = Kind("sound", child.run, SoundMatch, "Listening to", "the program that reads its sound broke down over it")


def run(request: PairRequest, progress: Progress, cancelled: IsCancelled) -> PairResult[SoundMatch]:
    """Compare every two recordings of different clocks.

    Raises:
        Cancelled: as asked; nothing is left behind.
    """
    return compare_pairs(_KIND, request, progress, cancelled)
