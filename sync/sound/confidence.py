"""How sure it is that a believed match is right: by how many such answers were measured, and how many were wrong.

Every way in which a match can come to be believed was measured by itself on generated recordings with known truth
(decision 12). What is stated is the least share of right answers that agrees with that (Clopper and Pearson, 1934: 95 %
one-sided); of few answers little can be stated, however right they all were.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import scipy.special

_SURE = 0.95


class Ground(StrEnum):
    """On what the belief in a match rests."""

    ALONE = "windows that repeat nothing"
    NEW = "what is new"
    LEFT = "what is left"
    OUT = "what stands out"
    TOGETHER = "many pairs together"
    THROUGH = "through others"
    BRIEF = "a few seconds"


@dataclass(frozen=True, slots=True)
class Measured:
    """Answers that were measured, and how many of them were wrong."""

    answers: int
    wrong: int = 0

    @property
    def least_right(self) -> float:
        """The least share of right answers that agrees with these, with 95 % confidence."""
        if self.wrong >= self.answers:
            return 0.0
        return float(scipy.special.betaincinv(self.answers - self.wrong, self.wrong + 1, 1 - _SURE))


MEASURED = {
    Ground.ALONE: Measured(410),
    Ground.NEW: Measured(373, 1),
    Ground.LEFT: Measured(116),
    Ground.OUT: Measured(304),
    Ground.TOGETHER: Measured(28),
    Ground.THROUGH: Measured(263, 3),
    Ground.BRIEF: Measured(193),
}
"""On streets 0 to 199 of `python -m tests.bench sync` (right within 40 ms of a sound that both heard), clips on 0 to 59
of `brief`. Wrong ones were found on streets that no rule had been made with, and count though they are mended since."""


def least_right(ground: Ground) -> float:
    """Return the share of answers on a ground that are right, at least."""
    return MEASURED[ground].least_right


def confidence_words(ground: Ground) -> str:
    """Return how sure a match on a ground is, for people."""
    known = MEASURED[ground]
    wrong = "none wrong" if not known.wrong else f"{known.wrong} wrong"
    return (
        f"Right in at least {_rounded_down(known.least_right)} % of cases like it "
        f"({known.answers} generated ones measured, {wrong})."
    )


def _rounded_down(share: float) -> str:
    tenths = int(share * 1000)
    return f"{tenths / 10:g}"
