"""What is done to the clocks of an open case: looking for matches, setting clocks as solved, setting them back.

Each step is an audited change by somebody. Nothing here decides: matches are proposals until a person accepts them.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from evidence.case import Case
from evidence.errors import UsageError
from evidence.jobs import IsCancelled, Progress
from evidence.observations import UNSAID_SIGMA_NS, Observation, ObservationState, SyncMethod
from evidence.program import program_name
from evidence.records import ClockSetting, Recording
from evidence.times import DurationNs, IncidentTime
from sync.finder import Finder
from sync.light import job as light_job
from sync.light.job import LightPair
from sync.light.observe import observe_light
from sync.pair_search import PairRequest, PairSource
from sync.question import SOLVED, stated_observations
from sync.sound import job as sound_job
from sync.sound.job import SoundPair
from sync.sound.observe import bonds_of, observe_match
from sync.standing import Basis, Standing, StandRequest, SyncFacts, find_standing
from sync.stated import observe_stated_error


class Sense(StrEnum):
    """By what recordings are matched."""

    SOUND = "sound"
    LIGHT = "light"


METHODS = {
    Sense.SOUND: frozenset({SyncMethod.SOUND, SyncMethod.TWO_WAY_SOUND}),
    Sense.LIGHT: frozenset({SyncMethod.LIGHT, SyncMethod.MOVEMENT}),
}
"""By which methods the matches of each sense are made."""


@dataclass(frozen=True)
class Findings:
    """What came of looking for matches.

    Attributes:
        added: the observations that follow, to be proposed.
        pairs: every two recordings that were compared, with what their sounds or their light say.
        failures: recordings whose sound or picture could not be used, by id, with the reason.
    """

    added: tuple[Observation, ...]
    pairs: tuple[SoundPair | LightPair, ...]
    failures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StatedClock:
    """A clock's error as a person states it.

    Attributes:
        setting: the clock setting that it makes at once.
        error_ns: by how much the clock was fast (slow where negative).
        compared: when it was compared with true time; None for the beginning of its first recording.
        keeps_earlier: whether what was stated before of this clock still counts; else it is taken back.
    """

    setting: ClockSetting
    error_ns: DurationNs
    compared: IncidentTime | None = None
    keeps_earlier: bool = False


def facts_of(case: Case) -> SyncFacts:
    """Read what a case knows of its clocks. Raises CaseDamagedError."""
    return SyncFacts(
        cameras=case.cameras(),
        recordings=case.recordings(),
        settings=case.clock_settings(),
        observations=case.observations(),
        time_zone=case.info().time_zone,
    )


def person(by: str) -> Finder:
    """Return a person who observes now."""
    return Finder(by, time.time_ns(), lambda: str(uuid.uuid4()))


def look_for_matches(case: Case, senses: Collection[Sense], *, progress: Progress, cancelled: IsCancelled) -> Findings:
    """Compare every two recordings that were not compared before, by sound, by light, or by one after the other.

    Where light says too little, movement may make a possible match.

    Nothing is changed: what is found is yet to be proposed.

    Raises:
        Cancelled: as asked.
    """
    recordings = case.recordings()
    places = case.find_originals(recordings)
    known = case.observations()
    finder = Finder(program_name(), time.time_ns(), lambda: str(uuid.uuid4()))
    added: list[Observation] = []
    pairs: list[SoundPair | LightPair] = []
    failures: list[tuple[str, str]] = []
    if Sense.SOUND in senses:
        streams = {one.id: one.audio_stream for one in recordings}
        request = replace(_request(recordings, streams, places, known, METHODS[Sense.SOUND]), known=bonds_of(known))
        heard = sound_job.run(request, progress, cancelled)
        added += [one for pair in heard.pairs for one in observe_match(pair, finder)]
        pairs += heard.pairs
        failures += heard.failures
    if Sense.LIGHT in senses:
        streams = {one.id: one.video_stream for one in recordings}
        seen = light_job.run(_request(recordings, streams, places, known, METHODS[Sense.LIGHT]), progress, cancelled)
        added += [one for pair in seen.pairs for one in observe_light(pair, finder)]
        pairs += seen.pairs
        failures += seen.failures
    return Findings(tuple(added), tuple(pairs), tuple(failures))


def find_matches(
    case: Case, senses: Collection[Sense], *, by: str, progress: Progress, cancelled: IsCancelled
) -> Findings:
    """Look for matches, and propose what was found in one step.

    Raises:
        Cancelled: as asked; nothing was changed.
    """
    found = look_for_matches(case, senses, progress=progress, cancelled=cancelled)
    case.add_observations(found.added, by=by)
    return found


def _request(
    recordings: Sequence[Recording],
    streams: Mapping[str, int | None],
    places: Mapping[str, Path | None],
    known: Sequence[Observation],
    methods: Collection[SyncMethod],
) -> PairRequest:
    """Ask for every two recordings that have a stream of the kind and that none of these methods has tied before."""
    sources = tuple(
        PairSource(one.id, one.camera_id, bytes(place), one.display_name, stream)
        for one in recordings
        if (stream := streams[one.id]) is not None and (place := places[one.id]) is not None
    )
    done = frozenset(
        frozenset((one.one.recording_id, one.other.recording_id))
        for one in known
        if one.other is not None and one.method in methods
    )
    return PairRequest(sources, done)


def solve_case(case: Case, *, by: str, basis: Basis = Basis.ACCEPTED, reference: str = "") -> Standing:
    """Solve the clocks of a case as it is now."""
    return find_standing(StandRequest(facts_of(case), basis, reference, by, time.time_ns()))


def apply_standing(case: Case, standing: Standing, *, by: str) -> tuple[tuple[str, int], ...]:
    """Set the clocks by what was solved from accepted matches, and place recordings that only a match places.

    Returns the claims that place those: id of the recording, and the claim's number there.

    What people had stated of a clock is kept as an observation before a solved setting replaces it.

    Raises:
        UsageError: nothing is accepted, or only ties between clocks that say no time; or proposals were counted in.
    """
    accepted = [one for one in standing.matches if one.state is ObservationState.ACCEPTED]
    if standing.request.basis is not Basis.ACCEPTED and standing.proposed:
        raise UsageError(
            "Proposals were counted in, so no clock was set.", remedy="Accept or reject them, then apply again."
        )
    if not accepted:
        raise UsageError("Nothing is accepted yet, so no clock was set.", remedy="Accept matches first.")
    if not standing.settings:
        raise UsageError(
            "What is accepted ties only recordings that nothing dates, so no clock was set.",
            remedy="Place one of them by hand or state its camera's clock; then apply again.",
        )
    facts = standing.request.facts
    touched = {one.camera_id for one in standing.settings}
    replaced = [one for one in facts.settings if one.camera_id in touched]
    ids = (str(uuid.uuid4()) for _ in replaced)
    stated = stated_observations(replaced, facts.recordings, facts.time_zone, new_id=ids, known=facts.observations)
    owner = {one.id: one.camera_id for one in facts.recordings}
    with case.one_step(by, "setting the clocks"):
        case.add_observations(stated, by=by)
        claims = tuple(
            (recording_id, case.add_claim(recording_id, claim, by=by))
            for recording_id, claim in standing.question.placed_by_match.items()
            if owner[recording_id] in touched
        )
        case.set_clocks(standing.settings, by=by)
    return claims


def state_clock(case: Case, stated: StatedClock) -> Observation | None:
    """Set a clock by its stated error, and keep the statement as an accepted observation for the solver.

    Returns:
        The observation; None where the camera has no recording that its clock dates.

    Raises:
        NoSuchItemError: there is no such camera.
        UsageError: the pieces make no clock, or the grounds are missing.
    """
    setting = stated.setting
    own = case.recordings(setting.camera_id)
    ids = {one.id for one in own}
    observation = observe_stated_error(
        own,
        case.info().time_zone,
        error_ns=stated.error_ns,
        compared=stated.compared,
        sigma_ns=setting.sigma_ns or UNSAID_SIGMA_NS,
        evidence=setting.basis,
        finder=Finder(setting.by, setting.set_ns, lambda: str(uuid.uuid4())),
    )
    before = [
        one.group
        for one in case.observations()
        if one.method is SyncMethod.STATED_ERROR and one.one.recording_id in ids and one.state.may_count
    ]
    with case.one_step(setting.by, "setting a clock"):
        case.set_clock(setting)
        if not stated.keeps_earlier:
            case.decide_observations(dict.fromkeys(before), ObservationState.REJECTED, by=setting.by)
        if observation is not None:
            case.add_observations([observation], by=setting.by)
    return observation


def undo_apply(case: Case, *, by: str) -> None:
    """Bring back the clocks as they were before they were last solved, and take back what only a match had placed.

    Raises:
        UsageError: no clock was ever solved.
    """
    solved = [one for one in case.clock_settings() if one.method == SOLVED]
    if not solved:
        raise UsageError("No clock was set by what was solved, so there is nothing to take back.")
    last = max(one.set_ns for one in solved)
    back: list[ClockSetting] = []
    cleared: list[str] = []
    for camera_id in (one.camera_id for one in solved if one.set_ns == last):
        older = [one for one in case.clock_history(camera_id) if one.set_ns < last]
        if older:
            back.append(older[0])
        else:
            cleared.append(camera_id)
    of_cleared = [one.id for one in case.recordings() if one.camera_id in cleared]
    with case.one_step(by, "setting the clocks back"):
        case.set_clocks(back, by=by, cleared=cleared)
        for recording_id in of_cleared:
            case.withdraw_claims_by_match(recording_id, by=by)
