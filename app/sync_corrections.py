"""Decisions on matches, observations made by hand, and clocks that are applied: each returns how to take it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotations.journal import ChangedMeanwhileError
from app.undo_stack import Undoable
from evidence.case import Case
from evidence.observations import Observation, ObservationState
from evidence.records import ClockSetting
from sync.case_clocks import apply_standing, solve_case


def decide(case: Case, groups: Sequence[str], state: ObservationState, by: str) -> Undoable | None:
    """Accept or reject matches, or make them proposals again. Raises NoSuchItemError."""
    before = {group: old for group, old in _states(case).items() if group in groups and old is not state}
    case.decide_observations(groups, state, by=by)
    return _decided(before, dict.fromkeys(before, state)) if before else None


def add_observations(case: Case, made: Sequence[Observation], by: str) -> Undoable:
    """Keep observations that a person made; they are rejected when that is taken back, and never deleted."""
    case.add_observations(made, by=by)
    states = {one.group: one.state for one in made}
    return _decided(dict.fromkeys(states, ObservationState.REJECTED), states, "keeping of an observation")


def apply_clocks(case: Case, reference: str, by: str) -> Undoable:
    """Set the clocks by what is accepted.

    Raises:
        UsageError: nothing accepted says anything of any clock.
    """
    before = _clocks(case)
    claims = apply_standing(case, solve_case(case, by=by, reference=reference), by=by)
    return _applied(before, _clocks(case), claims, are_in_force=True)


def _decided(
    before: Mapping[str, ObservationState], after: Mapping[str, ObservationState], label: str = "decision on matches"
) -> Undoable:
    def take_back(case: Case, by: str) -> Undoable:
        now = _states(case)
        if any(now.get(group) is not state for group, state in after.items()):
            raise ChangedMeanwhileError(
                "This cannot be undone: somebody decided on the same match since.",
                meaning="Nothing was changed; undoing would have overwritten the later decision.",
                remedy="Decide on it again where it should be as it was.",
            )
        with case.one_step(by, "deciding on observations"):
            for state in sorted(set(before.values())):
                case.decide_observations([group for group, old in before.items() if old is state], state, by=by)
        return _decided(after, before, label)

    return Undoable(label, take_back)


def _applied(
    before: Mapping[str, ClockSetting],
    after: Mapping[str, ClockSetting],
    claims: Sequence[tuple[str, int]],
    *,
    are_in_force: bool,
) -> Undoable:
    def take_back(case: Case, by: str) -> Undoable:
        if _clocks(case) != after:
            raise ChangedMeanwhileError(
                "This cannot be undone: a clock was set since.",
                meaning="Nothing was changed; undoing would have overwritten the later setting.",
                remedy="Set the clock by hand where it should be as it was.",
            )
        changed = [one for key, one in before.items() if after.get(key) != one]
        with case.one_step(by, "setting the clocks back"):
            case.set_clocks(changed, by=by, cleared=[key for key in after if key not in before])
            for recording_id, position in claims:
                case.set_claim_in_force(recording_id, position, is_in_force=not are_in_force, by=by)
        return _applied(after, _clocks(case), claims, are_in_force=not are_in_force)

    return Undoable("setting of the clocks", take_back)


def _clocks(case: Case) -> dict[str, ClockSetting]:
    return {one.camera_id: one for one in case.clock_settings()}


def _states(case: Case) -> dict[str, ObservationState]:
    return {one.group: one.state for one in case.observations()}
