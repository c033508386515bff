"""Matches the sound of many recordings in child processes (`sync.pair_search`)."""

from __future__ import annotations

from evidence.jobs import IsCancelled, Progress
from sync.detour import Bond
from sync.pair_search import ComparedPair, Kind, PairRequest, PairResult, compare_pairs
from sync.sound import child
from sync.sound.match import MatchVerdict, SoundMatch

SoundPair = ComparedPair[SoundMatch]
"""Two recordings and what their sounds say."""


def bond_of(pair: SoundPair) -> Bond | None:
    """Return how two recordings stand where that is believed without help."""
    line = pair.match.line
    if pair.match.verdict is not MatchVerdict.FOUND or line is None:
        return None
    return Bond(pair.first, pair.second, line.at_s, line.lag_s, line.drift)


_KIND = Kind(
    "sound", child.run, SoundMatch, "Listening to", "the program that reads its sound broke down over it", bond_of
)


def run(request: PairRequest, progress: Progress, cancelled: IsCancelled) -> PairResult[SoundMatch]:
    """Compare every two recordings of different clocks; then weak pairs again, where matches with others put them.

    Raises:
        Cancelled: as asked; nothing is left behind.
    """
    return compare_pairs(_KIND, request, progress, cancelled)
