"""`transcript` and `cue`: importing, listing, exporting and correcting what is said."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from annotations.transcripts.cue_times import CueTimes, cue_times
from annotations.transcripts.edits import change_cue, delete_cues, delete_transcript, load_cue, no_such_cue
from annotations.transcripts.exporting import choose_cues
from annotations.transcripts.importing import ImportRequest, ImportResult, import_transcript, outcome_words
from annotations.transcripts.placing import TimesFrom
from annotations.transcripts.records import Transcript
from annotations.transcripts.store import load_book
from annotations.transcripts.writing import TextForm, write_transcript
from app.cli.options import AsJson, By, CasePath, case_timeline, find_camera, find_recording, interruptible, who
from app.cli.output import Output
from app.time_text import LocalTimes
from app.typed_cue import TypedCue
from app.typed_time import parse_duration
from evidence.atomic_file import write_bytes
from evidence.case import Case
from evidence.errors import UsageError
from evidence.times import iso_utc

_FROM = {"start": TimesFrom.START, "clock": TimesFrom.CLOCK}


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("transcript")(transcript)
    application.command("cue")(cue)


def transcript(
    case: CasePath,
    import_file: Annotated[Path | None, typer.Option("--import", metavar="FILE", help="Import this file.")] = None,
    export_file: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="Write .vtt, .srt, .csv, .txt or .docx.")
    ] = None,
    delete: Annotated[str, typer.Option(metavar="ID", help="Delete this transcript.")] = "",
    listing: Annotated[
        bool, typer.Option("--list", help="List transcripts, and the lines that were not read.")
    ] = False,
    camera: Annotated[str, typer.Option(help="The camera whose words they are.")] = "",
    recording: Annotated[str, typer.Option(help="The recording whose words they are.")] = "",
    times: Annotated[str, typer.Option(help="What the file's times count from: start, clock, or guess.")] = "guess",
    offset: Annotated[str, typer.Option(help="Added to every time of the file, for instance +12.5.")] = "0",
    language: Annotated[str, typer.Option(help="Its language, for instance en-GB.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Import, export, list or delete transcripts: WebVTT, SubRip, CSV, text and Word with times.

    The exit code is 1 where lines of an imported file were not read; the rest is in the case all the same.
    """
    output = Output(is_json=as_json)
    if sum((import_file is not None, export_file is not None, bool(delete), listing)) != 1:
        raise UsageError(
            "A transcript needs one of --import, --export, --list and --delete.",
            remedy="For instance: sightline transcript CASE --import words.vtt --camera “BWV 412”",
        )
    if import_file is not None:
        return _import(case, import_file, camera, recording, (times, offset, language), who(by), output)
    if delete:
        with Case.open(case) as opened:
            delete_transcript(opened, delete, by=who(by))
        output.document({"ok": True, "deleted": delete})
        output.line(f"deleted {delete}")
        return 0
    with Case.open(case, read_only=True) as opened:
        if export_file is None:
            _list(opened, output)
        else:
            _export(opened, export_file, camera, recording, output)
    return 0


def cue(
    case: CasePath,
    cue_id: Annotated[str, typer.Argument(metavar="ID", help="The cue, as `transcript --list --json` tells it.")],
    start: Annotated[str | None, typer.Option("--from", metavar="T", help="When it starts.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="T", help="When it ends.")] = None,
    text: Annotated[str | None, typer.Option(help="What is said.")] = None,
    speaker: Annotated[str | None, typer.Option(metavar="NAME", help="Who says it.")] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Delete it.")] = False,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Change when a cue of a transcript is said, what it says and who says it; `undo` takes it back.

    A time may be a local time, or +0.5 and -0.5, which shift what was there. Where nothing dates the recording, times
    count from its first frame.
    """
    output = Output(is_json=as_json)
    if delete is not all(one is None for one in (start, end, text, speaker)):
        raise UsageError("Say what is to be changed, or --delete.", remedy="For instance --from 21:32:07.5")
    with Case.open(case) as opened:
        if not delete:
            info, found = opened.info(), load_cue(opened, cue_id)
            lanes = case_timeline(opened).cameras
            place = next((one for lane in lanes for one in lane.placed if one.recording.id == found.recording_id), None)
            typed = TypedCue(found, opened.recording(found.recording_id), place, ZoneInfo(info.time_zone))
            times = typed.read(typed.start_text if start is None else start, typed.end_text if end is None else end)
            change_cue(
                opened, cue_id, by=who(by), text=text, speaker=speaker,
                times=None if start is end is None else times,
            )  # fmt: skip
            output.document({"ok": True, "cue": load_cue(opened, cue_id)})
        elif delete_cues(opened, [cue_id], by=who(by)).changes:
            output.document({"ok": True, "deleted": cue_id})
        else:
            raise no_such_cue(cue_id)
    output.line(f"{'deleted' if delete else 'changed'} {cue_id}")


def _import(
    case: Path, file: Path, camera: str, recording: str, how: tuple[str, str, str], by: str, output: Output
) -> int:
    times, offset, language = how
    if times not in {"guess", *_FROM}:
        raise UsageError("--times is start, clock or guess.", remedy="Leave it out to have it guessed.")
    if bool(camera) == bool(recording):
        raise UsageError("Say whose words they are.", remedy="Add --camera NAME or --recording NAME.")
    with Case.open(case) as opened, interruptible() as cancelled, output.progress("Importing") as progress:
        request = ImportRequest(
            path_bytes=os.fsencode(file.absolute()),
            by=by,
            camera_id=find_camera(opened, camera).id if camera else "",
            recording_id=find_recording(opened, recording).id if recording else "",
            times_from=_FROM.get(times),
            offset_ns=parse_duration(offset),
            language=language,
        )
        result = import_transcript(opened, request, progress, cancelled)
    output.document({"ok": not result.lost, **_imported_as_json(result)})
    for words in outcome_words(result):
        output.line(words)
    for problem in result.read.problems:
        output.line(f"  line {problem.line:,}: {problem.reason} “{problem.text}”")
    output.line(f"transcript {result.transcript_id}")
    return 1 if result.lost else 0


def _imported_as_json(result: ImportResult) -> dict[str, object]:
    read = result.read
    return {
        "transcript": result.transcript_id,
        "format": read.format,
        "encoding": read.encoding,
        "sha256": read.sha256,
        "language": read.language,
        "cues": len(read.cues),
        "outside": result.placed.outside,
        "placed": result.placed.words,
        "guess": result.guess,
        "problems": read.problems,
        "problems_uncounted": read.uncounted,
        "notes": read.notes,
    }


def _export(case: Case, file: Path, camera: str, recording: str, output: Output) -> None:
    try:
        form = TextForm(file.suffix.lstrip(".").casefold())
    except ValueError as error:
        raise UsageError(
            f"“{file.name}” does not say in which form to write.", remedy="End it in .vtt, .srt, .csv, .txt or .docx."
        ) from error
    timeline, info = case_timeline(case), case.info()
    what = choose_cues(
        cue_times(load_book(case), timeline),
        info,
        timeline,
        LocalTimes(ZoneInfo(info.time_zone)).full,
        recording_id=find_recording(case, recording).id if recording else "",
        camera_id=find_camera(case, camera).id if camera else "",
    )
    write_bytes(file, write_transcript(what, form))
    output.document({"ok": True, "file": file, "cues": len(what.cues)})
    output.line(f"{len(what.cues):,} cues written to {file}.")


def _list(case: Case, output: Output) -> None:
    times = cue_times(load_book(case), case_timeline(case))
    cameras = {one.id: one.name for one in case.cameras()}
    listed = [_listed(one, times, cameras.get(one.camera_id, "")) for one in times.book.transcripts]
    output.document({"ok": True, "transcripts": listed})
    for one in times.book.transcripts:
        count = sum(cue.transcript_id == one.id for cue in times.cues)
        warning = f"; {one.warning}" if one.warning else ""
        output.line(f"{one.name}: {count:,} cues, {cameras.get(one.camera_id, '')}, {one.kind} by {one.by}{warning}")
        output.line(f"  {one.id}  {one.format}  {one.placed}  {one.source_sha256}")
        for problem in one.problems:
            output.line(f"  line {problem.line:,}: {problem.reason} “{problem.text}”")
    if not times.book.transcripts:
        output.line("The case has no transcript. Next: sightline transcript CASE --import FILE --camera NAME")


def _listed(one: Transcript, times: CueTimes, camera: str) -> dict[str, object]:
    rows = [row for row, cue in enumerate(times.cues) if cue.transcript_id == one.id]
    cues: list[dict[str, object]] = []
    for row in rows:
        start = times.start_of(row)
        end = None if start is None else iso_utc(int(times.ends[row]))
        cues.append({"at": None if start is None else iso_utc(start), "until": end, "cue": times.cues[row]})
    return {"transcript": one, "camera": camera, "warning": one.warning, "cues": cues}
