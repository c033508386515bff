"""Matches the sound of many recordings in child processes (`sync.pair_search`)."""

from __future__ import annotations

from dataclasses import replace

from evidence.jobs import IsCancelled, Progress
from sync.detour import Bond
from sync.pair_search import Ask, ComparedPair, Kind, PairRequest, PairResult, compare_pairs
from sync.sound import child
from sync.sound.among import Look, believe, is_hopeful
from sync.sound.match import MatchVerdict, SoundMatch
from sync.sound.together import Expected, find_places

SoundPair = ComparedPair[SoundMatch]
"""Two recordings and what their sounds say."""


_FIRST_ASKED = 4
"""Of how many pairs is asked first, those that speak most for a place; of the rest only where these leave hope."""


def bond_of(pair: SoundPair) -> Bond | None:
    """Return how two recordings stand where that is believed without help."""
    line = pair.match.line
    if pair.match.verdict is not MatchVerdict.FOUND or line is None:
        return None
    return Bond(pair.first, pair.second, line.at_s, line.lag_s, line.drift)


def gather(found: list[SoundPair], known: tuple[Bond, ...], ask: Ask) -> list[SoundPair]:
    """Return the pairs with those believed that many pairs of two groups, each on a clock of its own, speak for.

    Args:
        found: every pair that was compared.
        known: how recordings stand that were matched before.
        ask: has pairs looked at (`among.look_among`) where they are expected.
    """
    bonds = [*known, *(bond for one in found if (bond := bond_of(one)) is not None)]
    hints = {(one.first, one.second): one.match.hints for one in found if one.match.hints}
    chosen: dict[tuple[str, str], SoundMatch] = {}
    for places in find_places(bonds, hints):
        for place in places:
            looks: list[tuple[Expected, Look]] = []
            for some in (place.expected[:_FIRST_ASKED], place.expected[_FIRST_ASKED:]):
                if some and (not looks or is_hopeful([look for _, look in looks])):
                    answers = zip(some, ask([one.bond for one in some]), strict=True)
                    looks += [(expected, look) for expected, look in answers if isinstance(look, Look)]
            believed = believe([(look, expected.sign) for expected, look in looks])
            chosen |= {(looks[at][0].bond.first, looks[at][0].bond.second): match for at, match in believed.items()}
            if believed:
                break
    return [replace(one, match=chosen.get((one.first, one.second), one.match)) for one in found]


_BROKE_DOWN = "the program that reads its sound broke down over it"
_KIND = Kind("sound", child.run, SoundMatch, "Listening to", _BROKE_DOWN, bond_of, gather)


def run(request: PairRequest, progress: Progress, cancelled: IsCancelled) -> PairResult[SoundMatch]:
    """Compare every two recordings of different clocks; then weak pairs again, where matches with others put them.

    Raises:
        Cancelled: as asked; nothing is left behind.
    """
    return compare_pairs(_KIND, request, progress, cancelled)
