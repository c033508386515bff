"""Changes to what is known of clocks: observations proposed, accepted and rejected, a match at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from evidence.case_store import CaseStore
from evidence.edits.lookup import load_recording
from evidence.errors import NoSuchItemError, UsageError
from evidence.models import ObservationRow
from evidence.observations import Observation, ObservationState
from evidence.rows import observation_row


class ObservationEdits(CaseStore):
    """Observations are added and decided on; none is ever changed otherwise, or deleted."""

    def add_observations(self, observations: Sequence[Observation], *, by: str) -> None:
        """Keep what was found, in one step; each match has its own line in the audit log.

        Raises:
            NoSuchItemError: a recording is not there.
            UsageError: a number is none that a clock can have.
        """
        with self.change(by, "adding observations") as change:
            if not observations:
                change.abandon()
                return
            groups: dict[str, list[Observation]] = {}
            for one in observations:
                groups.setdefault(one.group, []).append(one)
                for moment in (one.one, one.other):
                    if moment is not None:
                        load_recording(change.session, moment.recording_id)
                try:
                    change.session.add(observation_row(one))
                except ValueError as error:
                    raise UsageError(f"That is no observation: {error}.", remedy="Observe it again.") from error
            for group, members in groups.items():
                first = members[0]
                change.tell(
                    "observation.added",
                    items=[group, *_recordings(first)],
                    method=first.method.value,
                    state=first.state.value,
                    evidence=first.evidence,
                    readings=[_reading_as_json(one) for one in members],
                )

    def decide_observations(self, groups: Iterable[str], state: ObservationState, *, by: str) -> int:
        """Accept or reject matches, or make them proposals again; return how many were changed.

        The audit log keeps what they were, so a decision is undone by deciding again.

        Raises:
            NoSuchItemError: there is no such match.
        """
        changed = 0
        with self.change(by, "deciding on observations") as change:
            for group in groups:
                query = select(ObservationRow).where(ObservationRow.match_id == group)
                rows = list(change.session.execute(query).scalars())
                if not rows:
                    raise NoSuchItemError(
                        f"The case has no match {group}.", remedy="Look at the list of observations again."
                    )
                before = rows[0].state
                if before == state.value:
                    continue
                for row in rows:
                    row.state = state.value
                    row.decided_by = change.by if state.is_decided else ""
                    row.decided_ns = change.now_ns if state.is_decided else None
                changed += 1
                change.tell(f"observation.{state.value}", items=[group], old=before, method=rows[0].method)
            if not changed:
                change.abandon()
        return changed


def _recordings(one: Observation) -> list[str]:
    return [moment.recording_id for moment in (one.one, one.other) if moment is not None]


def _reading_as_json(one: Observation) -> list[int | None]:
    other = one.other.media_ns if one.other is not None else one.utc
    return [one.one.media_ns, other, one.sigma_ns, one.common_sigma_ns]
