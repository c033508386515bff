"""Lays out who is tied to whom: cameras as rows, group by group, and ties as arcs beside them. No Qt; deterministic.

Rows are ordered so that tied cameras lie near one another: from the one with most ties outwards. Arcs that join the
same two rows lie beside one another, so that each can be seen and hit.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sync.standing import MatchRow, Standing


@dataclass(frozen=True, slots=True)
class TieRow:
    """A line of the picture: a camera, or the heading of a group.

    Attributes:
        camera_id: whose, or "" for a heading.
        text: of the heading.
        role: "" or "caution" of the style sheet, for headings.
    """

    camera_id: str
    text: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class TieArc:
    """A match between two rows, or of one with UTC.

    Attributes:
        match: what it stands for.
        first: number of the upper row.
        last: number of the lower one; the same for UTC.
        lane: how far it lies beside others that join the same rows, from 0.
    """

    match: MatchRow
    first: int
    last: int
    lane: int


@dataclass(frozen=True)
class TiePicture:
    """Rows from above, and the arcs between them."""

    rows: tuple[TieRow, ...]
    arcs: tuple[TieArc, ...]

    @property
    def longest(self) -> int:
        """Over how many rows the longest arc goes, those of matches that cannot count aside."""
        return max((one.last - one.first for one in self.arcs if one.match.state.may_count), default=0)


def lay_out_ties(standing: Standing) -> TiePicture:
    """Return the picture of a case's clocks."""
    names = {one.camera.id: one.camera.name for one in standing.cameras}
    order = {one.camera.id: number for number, one in enumerate(standing.cameras)}
    ties: dict[str, set[str]] = defaultdict(set)
    for match in standing.matches:
        for camera in match.cameras:
            ties[camera] |= set(match.cameras) - {camera}
    rows: list[TieRow] = []
    groups = _groups(standing)
    for heading, role, members in groups:
        if len(groups) > 1 or role:
            rows.append(TieRow("", heading, role))
        rows += [TieRow(camera) for camera in _near_one_another(members, ties, order)]
    place = {row.camera_id: number for number, row in enumerate(rows) if row.camera_id}
    lanes: dict[tuple[int, int], int] = defaultdict(int)
    arcs = []
    for match in standing.matches:
        ends = sorted(place[camera] for camera in match.cameras if camera in place and camera in names)
        if ends:
            key = (ends[0], ends[-1])
            arcs.append(TieArc(match, *key, lanes[key]))
            lanes[key] += 1
    return TiePicture(tuple(rows), tuple(arcs))


def _groups(standing: Standing) -> list[tuple[str, str, list[str]]]:
    """Return headings with their cameras: groups that observations join, those that none joins, those without time."""
    found: list[tuple[str, str, list[str]]] = []
    held = {one.camera.id for one in standing.cameras if one.observed_by or one.camera.id in standing.question.zoned}
    number = 0
    for cluster in standing.solution.clusters:
        members = [clock for clock in cluster.clocks if clock in held]
        if not members:
            continue
        number += 1
        to = "tied to true time" if cluster.is_anchored else "tied to one another"
        found.append((f"Group {number}: {to}", "", members))
    loose = [one.camera.id for one in standing.cameras if one.cluster >= 0 and one.camera.id not in held]
    if loose:
        found.append(("Not connected: own clock only", "caution", loose))
    without = [one.camera.id for one in standing.cameras if one.cluster < 0]
    if without:
        found.append(("No time yet: match, mark or place", "caution", without))
    return found


def _near_one_another(members: list[str], ties: dict[str, set[str]], order: dict[str, int]) -> list[str]:
    """Return cameras from the one with most ties outwards; of equals, the first in the case."""
    waiting, found = set(members), list[str]()
    while waiting:
        start = min(waiting, key=lambda one: (-len(ties[one] & waiting), order[one]))
        front = [start]
        while front:
            one = front.pop(0)
            if one not in waiting:
                continue
            waiting.remove(one)
            found.append(one)
            front += sorted(ties[one] & waiting, key=lambda near: (-len(ties[near]), order[near]))
    return found
