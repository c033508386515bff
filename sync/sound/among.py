"""Looks at a pair where many pairs together put it, and says which of such looks are believed.

Nothing is known of the drift between the two clocks, but it is the same for every pair across them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sync.detour import Bond
from sync.sound.confidence import Ground
from sync.sound.contrast import MOST_PERIODS, Contrast, contrast
from sync.sound.hypothesis import in_media_time, weigh_near
from sync.sound.line import Drifts
from sync.sound.match import MatchVerdict, SoundMatch
from sync.sound.music import is_music_as_a_whole
from sync.sound.overlap import overlap_where_expected
from sync.sound.prepared import Prepared

_DRIFT_OFF, _LAG_OFF_S = 300e-6, 0.45
_SHORTEST_S = 20.0
_ALIKE, _CLOSELY_ALIKE = 40e-6, 10e-6
_PLAIN_PAIRS = 2
_HOPE_OF_ONE, _HOPE_OF_ALL = 2.5, 2.0
_TOGETHER = ((2, 5.0), (3, 4.0))
"""Where fewer than two pairs are plain: of how many that drift closely alike, by how many deviations together."""


@dataclass(frozen=True)
class Look:
    """What a pair says of a place.

    Attributes:
        match: how they would stand; its verdict is that of a pair that is not yet believed.
        drift_off: by how much its drift differs from what is expected of the pair's own groups, as a ratio.
        contrast: how much sharper its line is than any some seconds beside it.
    """

    match: SoundMatch
    drift_off: float
    contrast: Contrast


@dataclass(frozen=True)
class NoLook:
    """Nothing can be said of a pair at a place."""


def look_among(first: Prepared, second: Prepared, expected: Bond) -> Look | None:
    """Look for a line of what is left near an expected bond of the media times; None where it is music or too short."""
    overlap, lag_s = overlap_where_expected(first, second, expected)
    if overlap.length_s < _SHORTEST_S:
        return None
    drifts = Drifts(expected.drift, _DRIFT_OFF)
    found = weigh_near(first.left_over, second.left_over, lag_s, drifts, _LAG_OFF_S)
    if found is None or is_music_as_a_whole(first, second, found):
        return None
    periods = (*first.left.periods_s[:MOST_PERIODS], *second.left.periods_s[:MOST_PERIODS])
    sharper = contrast(first.left.samples, second.left.samples, lag_s, drifts, _LAG_OFF_S, periods_s=periods)
    if sharper is None:
        return None
    line = in_media_time(found.line, first.start_s, second.start_s - first.start_s)
    agreeing, compared = len(found.line.support), len(found.windows.at_s)
    match = SoundMatch(MatchVerdict.NOTHING, line, agreeing, compared, found.log10_all, 0.0, "", ground=Ground.TOGETHER)
    return Look(match, found.line.drift - expected.drift, sharper)


def is_hopeful(looks: Sequence[Look]) -> bool:
    """Tell whether the first looks at a place, at the pairs that speak most for it, leave hope for the others."""
    deviations = [one.contrast.deviations for one in looks]
    return bool(deviations) and (max(deviations) >= _HOPE_OF_ONE or sum(deviations) >= _HOPE_OF_ALL * len(looks) ** 0.5)


def believe(looks: Sequence[tuple[Look, int]]) -> dict[int, SoundMatch]:
    """Return which looks are believed, by their number, and as what: none where the place is not.

    Two pairs at least drift alike and are plain; or some drift very much alike, of all that devices can, and all pairs
    together are sharper than beside. A loop that is not wholly taken out drifts alike in all pairs too, a period beside
    the right place: pairs of which a line a period away is nearly as sharp do not count.

    Args:
        looks: of one place, each with the sign of `together.Expected`.
    """
    plain = [one for one, (look, _) in enumerate(looks) if look.contrast.is_plain]
    alike = _alike(looks, plain, _ALIKE)
    if len(alike) < _PLAIN_PAIRS:
        together = sum(look.contrast.deviations for look, _ in looks) / max(1.0, float(len(looks))) ** 0.5
        alone = [one for one, (look, _) in enumerate(looks) if look.contrast.is_alone]
        alike = _alike(looks, alone, _CLOSELY_ALIKE)
        if not any(len(alike) >= pairs and together >= deviations for pairs, deviations in _TOGETHER):
            return {}
    why = (
        f"Of {len(looks)} pairs of recordings of two groups, {len(alike)} have lines there that drift alike and are "
        "sharper than any some seconds beside them; alone this pair would not be believed."
    )
    return {one: replace(looks[one][0].match, verdict=MatchVerdict.FOUND, why=why) for one in alike}


def _alike(looks: Sequence[tuple[Look, int]], among: list[int], reach: float) -> list[int]:
    """Return the most looks whose drift is about that of one of them."""
    best: list[int] = []
    for one in among:
        own = looks[one][0].drift_off * looks[one][1]
        near = [other for other in among if abs(looks[other][0].drift_off * looks[other][1] - own) <= reach]
        best = max(best, near, key=len)
    return best
