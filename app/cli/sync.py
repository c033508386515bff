"""`sync`: finds how the cameras' clocks stand to one another, lists what was found, and applies what was accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotations.sync_paper import write_certificate
from app.cli.options import AsJson, By, CasePath, find_camera, interruptible, who
from app.cli.output import Output
from evidence.case import Case
from evidence.errors import UsageError
from evidence.observations import Observation, ObservationState
from sync.case_clocks import Sense, apply_standing, look_for_matches, person, solve_case, undo_apply
from sync.doubts import accept_doubt
from sync.overlay_clock.recogniser import find_models, missing
from sync.overlay_clock.search import look_for_clocks
from sync.question import find_unsure
from sync.standing import Basis, CameraStanding, Standing
from sync.words import after_words, doubt_words

_METHODS = (*(one.value for one in Sense), "clock")
_USUAL = Sense.SOUND.value
_ALL = "all"
Failures = tuple[tuple[str, str], ...]


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("sync")(sync)


def sync(
    case: CasePath,
    methods: Annotated[
        str, typer.Option(help="What to look for, by commas: sound, light, clock (burnt into pictures), all.")
    ] = "",
    accept: Annotated[str, typer.Option(metavar="MATCH|all", help="Accept a match, or all proposed ones.")] = "",
    reject: Annotated[str, typer.Option(metavar="MATCH|all", help="Reject a match, or all proposed ones.")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="Set the clocks by what is accepted.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last --apply back.")] = False,
    hour: Annotated[
        str, typer.Option(metavar="CAMERA", help="Take this camera's clock to be exactly an hour off, as was asked.")
    ] = "",
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the sync certificate: .html, .pdf or .json.")
    ] = None,
    reference: Annotated[str, typer.Option(metavar="CAMERA", help="Take this camera's clock for the truth.")] = "",
    known: Annotated[bool, typer.Option("--known", help="List what is known; look for nothing.")] = False,
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Find how clocks stand to one another; what is found is a proposal until somebody accepts and applies it.

    Without an option but --methods it looks for matches. The list of what is known, and what the clocks would be, is
    printed each time.
    """
    output = Output(is_json=as_json)
    _refuse_both(apply, undo, "Clocks cannot be set and set back at once.", "Give --apply or --undo.")
    _refuse_both(known, methods, "Nothing is looked for with --known.", "Give --known or --methods.")
    with Case.open(case) as opened:
        name = who(by)
        failures: Failures = ()
        if methods or not (known or accept or reject or apply or undo or hour or certificate):
            failures = _find(opened, methods, name, output)
        for wanted, state in ((accept, ObservationState.ACCEPTED), (reject, ObservationState.REJECTED)):
            if wanted:
                opened.decide_observations(_groups(opened, wanted), state, by=name)
        if hour:
            _accept_hour(opened, hour, name)
        if undo:
            undo_apply(opened, by=name)
        locked = find_camera(opened, reference).id if reference else ""
        standing = solve_case(opened, by=name, reference=locked)
        is_preview = not any(one.state is ObservationState.ACCEPTED for one in standing.matches)
        if apply:
            apply_standing(opened, standing, by=name)
            standing = solve_case(opened, by=name, reference=locked)
        elif is_preview:
            standing = solve_case(opened, by=name, basis=Basis.PROPOSED_TOO, reference=locked)
        if certificate is not None:
            with output.progress("Sync certificate") as progress, interruptible() as cancelled:
                write_certificate(opened, certificate, by=name, progress=progress, cancelled=cancelled)
            output.line(f"The sync certificate is in {certificate}.")
    _tell(output, standing, failures, is_preview=is_preview)
    return 1 if failures else 0


def _refuse_both(one: object, other: object, why: str, remedy: str) -> None:
    if one and other:
        raise UsageError(why, remedy=remedy)


def _find(case: Case, methods: str, by: str, output: Output) -> Failures:
    """Look for matches and propose all that was found at once; return the recordings that could not be used.

    In a case that cannot be changed nothing is looked for where nothing was asked for.
    """
    if case.is_read_only and not methods:
        output.warn("The case is open read-only: nothing is looked for; this is what it knows.")
        return ()
    wanted = _wanted(methods or _USUAL)
    has_reader = find_models() is not None
    if "clock" in wanted and not has_reader:
        raise missing()
    case.check_writable("looking for matches")
    names = {one.id: one.display_name for one in case.recordings()}
    failures: Failures = ()
    proposed: list[Observation] = []
    senses = [one for one in Sense if wanted & {one.value, _ALL}]
    if senses:
        with output.progress("Looking for matches") as progress, interruptible() as cancelled:
            found = look_for_matches(case, senses, progress=progress, cancelled=cancelled)
        for pair in found.pairs:
            if pair.match.verdict == "ambiguous":
                output.line(f"{names[pair.first]} and {names[pair.second]}: ambiguous. {pair.match.why}")
        proposed += found.added
        failures += found.failures
    if _ALL in wanted and not has_reader:
        output.warn("Burnt-in clocks were not read: what reads text in pictures (the extra “ocr”) is not installed.")
    elif wanted & {"clock", _ALL}:
        with output.progress("Reading burnt-in clocks") as progress, interruptible() as cancelled:
            read = look_for_clocks(case, progress=progress, cancelled=cancelled)
        for one in read.findings:
            if not one.observations:
                output.line(f"{names[one.recording_id]}: no burnt-in clock is proposed. {one.words}")
        proposed += read.observations
        failures += read.failures
    case.add_observations(proposed, by=by)
    return failures


def _wanted(methods: str) -> set[str]:
    wanted = {one.strip() for one in methods.split(",")}
    unknown = sorted(wanted - {*_METHODS, _ALL})
    if unknown:
        raise UsageError(f"There is no method “{unknown[0]}”.", remedy=f"There is: {', '.join(_METHODS)}, {_ALL}.")
    return wanted


def _accept_hour(case: Case, named: str, by: str) -> None:
    """Take a camera's clock to be an hour off, where that was asked about."""
    camera = find_camera(case, named)
    standing = solve_case(case, by=by, basis=Basis.PROPOSED_TOO)
    doubt = next((one for one in standing.doubts if one.camera_id == camera.id), None)
    if doubt is None:
        raise UsageError(
            f"Nothing shows that the clock of {camera.name} is an hour off.", remedy="See `sightline sync`."
        )
    recording, start = standing.question.starts[doubt.recording_id]
    case.add_observations([accept_doubt(doubt, start, recording, person(by))], by=by)


def _groups(case: Case, wanted: str) -> list[str]:
    """Return the matches that a user named: all proposed ones, or one by the start of its id."""
    known = case.observations()
    if wanted == _ALL:
        return list(dict.fromkeys(one.group for one in known if one.state is ObservationState.PROPOSED))
    found = {one.group for one in known if one.group.startswith(wanted)}
    if len(found) != 1:
        raise UsageError(f"{len(found)} matches begin with “{wanted}”.", remedy="Give more of the match's id.")
    return list(found)


def _camera(one: CameraStanding) -> dict[str, object]:
    """Return of a camera what the sync view and the certificate say of it too."""
    return {
        "id": one.camera.id,
        "name": one.camera.name,
        "error_ns": one.error_after_ns,
        "half_95_ns": one.half_after_ns,
        "beside": one.beside,
        "half_beside_95_ns": one.half_beside_ns,
        "drift_ppb": one.drift_ppb,
        "drift_sigma_ppb": one.drift_sigma_ppb,
        "observed_by": one.observed_by,
    }


def _tell(output: Output, standing: Standing, failures: Failures, *, is_preview: bool) -> None:
    facts, solution = standing.request.facts, standing.solution
    cameras = {one.id: one.name for one in facts.cameras}
    recordings = {one.id: one for one in facts.recordings}
    unsure = find_unsure(solution, standing.question)
    output.document(
        {
            "ok": not failures,
            "observations": facts.observations,
            "cameras": [_camera(one) for one in standing.cameras],
            "clocks": solution.clocks,
            "residuals": solution.residuals,
            "conflicts": solution.conflicts,
            "steps": solution.steps,
            "clusters": solution.clusters,
            "distance_from_true_time_unknown": sorted(unsure),
            "is_preview": is_preview,
            "hour_doubts": standing.doubts,
            "unplaced": standing.question.unplaced,
            "failures": [{"recording": recording, "reason": reason} for recording, reason in failures],
        }
    )
    for recording, reason in failures:
        output.warn(f"{recordings[recording].display_name}: {reason}")
    for match in standing.matches:
        names = " – ".join(cameras.get(one, "?") for one in match.cameras)
        output.line(f"{match.group[:8]}  {match.state}  {match.method}  {names}  {match.first.evidence}")
    for sides in solution.conflicts:
        output.line(f"These contradict one another: {', '.join(one[:8] for one in sides)}.")
    for doubt in standing.doubts:
        output.line(doubt_words(doubt, cameras))
    _tell_cameras(output, standing, unsure, is_preview=is_preview)
    if len(solution.clusters) > 1:
        groups = "; ".join(", ".join(cameras[clock] for clock in one.clocks) for one in solution.clusters)
        output.line(f"Nothing observed joins these groups of cameras: {groups}.")
    for key in standing.question.unplaced:
        output.line(f"{recordings[key].display_name}: no time yet. Match it, mark an event in it, or place it.")


def _tell_cameras(output: Output, standing: Standing, unsure: frozenset[str], *, is_preview: bool) -> None:
    for one in standing.cameras:
        if one.after is None:
            if one.cluster >= 0:
                output.line(f"{one.camera.name}: nothing but its own clock")
            continue
        words = f"{one.camera.name}: {after_words(one, standing)} (95 %)"
        if one.camera.id in unsure:
            words += "; nobody said how sure the time is that it rests on"
        output.line(f"{words}{', if all proposals are accepted' if is_preview and standing.proposed else ''}")
