"""`sync`: finds how the cameras' clocks stand to one another, lists what was found, and applies what was accepted."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Annotated

import typer

from app.cli.options import AsJson, By, CasePath, find_camera, interruptible, who
from app.cli.output import Output
from evidence.case import Case
from evidence.errors import UsageError
from evidence.observations import Observation, ObservationState
from evidence.program import program_name
from evidence.records import ClockSetting
from evidence.times import half_width_95
from sync.clock_map import ClockMap
from sync.question import SOLVED, as_settings, ask, stated_observations
from sync.solution import Solution
from sync.solver import Reference, solve
from sync.sound import job as sound_job
from sync.sound.observe import Finder, observe_match

_METHODS = ("sound",)
_ALL = "all"


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("sync")(sync)


def sync(
    case: CasePath,
    methods: Annotated[str, typer.Option(help="What to look for, by commas: sound.")] = "",
    accept: Annotated[str, typer.Option(metavar="MATCH|all", help="Accept a match, or all proposed ones.")] = "",
    reject: Annotated[str, typer.Option(metavar="MATCH|all", help="Reject a match, or all proposed ones.")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="Set the clocks by what is accepted.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last --apply back.")] = False,
    reference: Annotated[str, typer.Option(metavar="CAMERA", help="Take this camera's clock for the truth.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Find how clocks stand to one another; what is found is a proposal until somebody accepts and applies it.

    Without an option but --methods it looks for matches. The list of what is known, and what the clocks would be, is
    printed each time.
    """
    output = Output(is_json=as_json)
    if apply and undo:
        raise UsageError("Clocks cannot be set and set back at once.", remedy="Give --apply or --undo.")
    with Case.open(case) as opened:
        desk = _Desk(opened, who(by))
        failures: tuple[tuple[str, str], ...] = ()
        if methods or not (accept or reject or apply or undo):
            failures = desk.find(methods or ",".join(_METHODS), output)
        for wanted, state in ((accept, ObservationState.ACCEPTED), (reject, ObservationState.REJECTED)):
            if wanted:
                opened.decide_observations(desk.groups(wanted), state, by=desk.by)
        if undo:
            desk.undo()
        solution, is_preview = desk.solve(reference)
        if apply:
            desk.apply(solution, is_preview=is_preview)
        _tell(output, desk, solution, failures, is_preview=is_preview)
    return 1 if failures else 0


@dataclass(frozen=True)
class _Desk:
    """A case and who works on it."""

    case: Case
    by: str

    def find(self, methods: str, output: Output) -> tuple[tuple[str, str], ...]:
        """Look for matches and propose them; return the recordings that could not be used, with why."""
        unknown = [one for one in methods.split(",") if one.strip() not in _METHODS]
        if unknown:
            raise UsageError(f"There is no method “{unknown[0]}”.", remedy=f"There is: {', '.join(_METHODS)}.")
        recordings = self.case.recordings()
        places = self.case.find_originals(recordings)
        sources = tuple(
            sound_job.SoundSource(one.id, one.camera_id, bytes(place), one.display_name, one.audio_stream)
            for one in recordings
            if one.audio_stream is not None and (place := places[one.id]) is not None
        )
        done = frozenset(
            frozenset((one.one.recording_id, one.other.recording_id))
            for one in self.case.observations()
            if one.other is not None
        )
        with output.progress("Listening") as progress, interruptible() as cancelled:
            result = sound_job.run(sound_job.SoundRequest(sources, done), progress, cancelled)
        finder = Finder(program_name(), time.time_ns(), lambda: str(uuid.uuid4()))
        found = [one for pair in result.pairs for one in observe_match(pair, finder)]
        self.case.add_observations(found, by=self.by)
        for pair in result.pairs:
            if pair.match.verdict == "ambiguous":
                names = {one.id: one.display_name for one in recordings}
                output.line(f"{names[pair.first]} and {names[pair.second]}: ambiguous. {pair.match.why}")
        return result.failures

    def groups(self, wanted: str) -> list[str]:
        """Return the matches that a user named: all proposed ones, or one by the start of its id."""
        known = self.case.observations()
        if wanted == _ALL:
            return list(dict.fromkeys(one.group for one in known if one.state is ObservationState.PROPOSED))
        found = {one.group for one in known if one.group.startswith(wanted)}
        if len(found) != 1:
            raise UsageError(f"{len(found)} matches begin with “{wanted}”.", remedy="Give more of the match's id.")
        return list(found)

    def solve(self, reference: str) -> tuple[Solution, bool]:
        """Solve from what is accepted; from proposals too where nothing is (then it is only a preview)."""
        observations = self.case.observations()
        accepted = [one for one in observations if one.state is ObservationState.ACCEPTED]
        is_preview = not accepted
        settings = self.case.clock_settings()
        question = ask(
            self.case.cameras(),
            self.case.recordings(),
            settings,
            observations if is_preview else accepted,
            self.case.info().time_zone,
        )
        locked = None
        if reference:
            camera = find_camera(self.case, reference)
            setting = next((one for one in settings if one.camera_id == camera.id), None)
            locked = Reference(camera.id, ClockMap.identity() if setting is None else ClockMap(setting.pieces))
        return solve(question.stretches, question.ties, reference=locked), is_preview

    def apply(self, solution: Solution, *, is_preview: bool) -> None:
        """Set the clocks, keeping what people had stated of them as observations."""
        if is_preview:
            raise UsageError("Nothing is accepted yet, so no clock was set.", remedy="Accept matches with --accept.")
        fresh = as_settings(solution, self.case.observations(), by=self.by, set_ns=time.time_ns())
        touched = {one.camera_id for one in fresh}
        before = [one for one in self.case.clock_settings() if one.camera_id in touched]
        ids = (str(uuid.uuid4()) for _ in before)
        info = self.case.info()
        self.case.add_observations(
            stated_observations(before, self.case.recordings(), info.time_zone, new_id=ids), by=self.by
        )
        self.case.set_clocks(fresh, by=self.by)

    def undo(self) -> None:
        """Bring back the clocks as they were before they were last solved."""
        solved = [one for one in self.case.clock_settings() if one.method == SOLVED]
        if not solved:
            raise UsageError("No clock was set by --apply, so there is nothing to take back.")
        last = max(one.set_ns for one in solved)
        back: list[ClockSetting] = []
        cleared: list[str] = []
        for camera_id in (one.camera_id for one in solved if one.set_ns == last):
            older = self.case.clock_history(camera_id)[1:]
            if older:
                back.append(older[0])
            else:
                cleared.append(camera_id)
        self.case.set_clocks(back, by=self.by, cleared=cleared)


def _tell(
    output: Output,
    desk: _Desk,
    solution: Solution,
    failures: tuple[tuple[str, str], ...],
    *,
    is_preview: bool,
) -> None:
    cameras = {one.id: one.name for one in desk.case.cameras()}
    recordings = {one.id: one for one in desk.case.recordings()}
    observations = desk.case.observations()
    output.document(
        {
            "ok": not failures,
            "observations": observations,
            "clocks": solution.clocks,
            "residuals": solution.residuals,
            "conflicts": solution.conflicts,
            "steps": solution.steps,
            "clusters": solution.clusters,
            "is_preview": is_preview,
            "failures": [{"recording": recording, "reason": reason} for recording, reason in failures],
        }
    )
    for recording, reason in failures:
        output.warn(f"{recordings[recording].display_name}: {reason}")
    for group, members in _by_group(observations).items():
        first = members[0]
        names = [
            cameras.get(recordings[moment.recording_id].camera_id, "?")
            for moment in (first.one, first.other)
            if moment is not None
        ]
        output.line(f"{group[:8]}  {first.state}  {first.method}  {' – '.join(names)}  {first.evidence}")
    for sides in solution.conflicts:
        output.line(f"These contradict one another: {', '.join(one[:8] for one in sides)}.")
    for solved in solution.clocks:
        if not solved.observed_by:
            output.line(f"{cameras[solved.clock]}: nothing but its own clock")
            continue
        error = (solved.pieces[0].device_ns - solved.pieces[0].incident_ns) / 1e9
        within = half_width_95(max(knot.sigma_ns for knot in solved.knots)) / 1e9
        output.line(
            f"{cameras[solved.clock]}: {error:+.3f} s, {solved.drift_ppb / 1000:+.1f} ppm, within {within:.3f} s (95 %)"
            f"{' (if all proposals are accepted)' if is_preview else ''}"
        )
    if len(solution.clusters) > 1:
        groups = "; ".join(", ".join(cameras[clock] for clock in one.clocks) for one in solution.clusters)
        output.line(f"Nothing observed joins these groups of cameras: {groups}.")


def _by_group(observations: tuple[Observation, ...]) -> dict[str, list[Observation]]:
    found: dict[str, list[Observation]] = {}
    for one in observations:
        found.setdefault(one.group, []).append(one)
    return found
