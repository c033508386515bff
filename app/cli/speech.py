"""`transcribe`: speech to text on this machine, from a model in a local folder; nothing is ever fetched."""

from __future__ import annotations

from typing import Annotated

import typer

from annotations.speech.job import SpeechError, SpeechRequest
from annotations.speech.recogniser import speech_state
from app.cli.options import AsJson, By, CasePath, find_camera, interruptible, who
from app.cli.output import Output
from app.transcribing import Choice, Written, choose_recordings, write_down_all
from evidence.case import Case
from evidence.errors import Cancelled, UsageError

_LANGUAGE_LETTERS = 2


def register(application: typer.Typer) -> None:
    """Add this topic's command."""
    application.command("transcribe")(transcribe)


def transcribe(
    case: CasePath,
    camera: Annotated[list[str], typer.Argument(metavar="CAMERA…", help="Whose recordings; by name.")],
    model: Annotated[
        str, typer.Option(metavar="FOLDER", help="The speech model; else the one of the window's settings.")
    ] = "",
    language: Annotated[
        str, typer.Option(metavar="LL", help="Two letters, for instance en; found out where it is not given.")
    ] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Also listen to recordings that were written down before.")
    ] = False,
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Write down what is said in cameras' recordings, with a speech model on this machine. Nothing is downloaded.

    Each recording gets a transcript that says that a machine made it and nobody has checked it. The exit code is 1
    where one could not be written down; what was written before it stays.
    """
    output = Output(is_json=as_json)
    folder, spoken = _settings(model, language)
    if spoken and not (len(spoken.partition("-")[0]) == _LANGUAGE_LETTERS and spoken.isascii()):
        raise UsageError(f"“{spoken}” is no language.", remedy="Give two letters, for instance en, or leave it out.")
    state = speech_state(folder)
    if not state.is_ready:
        raise SpeechError(state.happened, meaning="Nothing was done.", remedy=state.remedy)
    with Case.open(case) as opened, interruptible() as cancelled, output.progress("Listening") as progress:
        choice = choose_recordings(opened, [find_camera(opened, one).id for one in camera], again=again)
        requests = [SpeechRequest(one, folder, spoken) for one in choice.wanted]
        done: list[Written] = []
        try:
            for one in write_down_all(opened, requests, who(by), progress, cancelled):
                done.append(one)
                _tell(one, output)
        except Cancelled as error:
            raise Cancelled(error.happened, meaning=_kept(done), remedy="Repeat the command to go on.") from error
    _tell_rest(choice, done, output)
    return 1 if any(one.error is not None for one in done) else 0


def _settings(model: str, language: str) -> tuple[str, str]:
    """Return model and language: what was typed, else what is set in the window."""
    if model.strip() and language.strip():
        return model.strip(), language.strip()
    from platformdirs import user_config_path

    from app.settings import SPEECH_LANGUAGE, SPEECH_MODEL, Settings

    kept = Settings(user_config_path("sightline", appauthor=False) / "settings.json")
    return model.strip() or kept.get(SPEECH_MODEL), language.strip() or kept.get(SPEECH_LANGUAGE)


def _kept(done: list[Written]) -> str:
    kept = sum(one.error is None for one in done)
    return f"What was written down before is in the case ({kept:,} recordings)." if kept else "Nothing was added."


def _tell(one: Written, output: Output) -> None:
    name = one.recording.display_name
    if one.error is not None:
        output.warn(str(one.error))
    elif one.cues:
        output.line(f"{name}: {one.cues:,} cues by {one.model}, not checked")
        output.line(f"  transcript {one.transcript_id}")
    else:
        output.line(f"{name}: no speech was heard; nothing was added")


def _tell_rest(choice: Choice, done: list[Written], output: Output) -> None:
    output.document(
        {
            "ok": all(one.error is None for one in done),
            "recordings": [
                {
                    "recording": one.recording.id,
                    "name": one.recording.display_name,
                    "transcript": one.transcript_id or None,
                    "cues": one.cues,
                    "model": one.model,
                    "error": None if one.error is None else str(one.error),
                }
                for one in done
            ],
            "left_out": [
                {"recording": one.id, "name": one.display_name, "reason": reason} for one, reason in choice.left_out
            ],
        }
    )
    for one, reason in choice.left_out:
        output.line(f"{one.display_name}: left out, {reason}")
    if any(one.cues for one in done):
        output.line("A machine made these words: they say so wherever they are shown, until a person has checked them.")
    elif not done and not choice.left_out:
        output.line("These cameras have no recordings.")
