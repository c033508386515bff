"""`clips`: the clips that a case keeps: listed, changed, deleted, and exported again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from annotations.clips.clip import Clip, ClipDraft, change_clip, delete_clip, find_clip, load_clips
from annotations.clips.exhibits import next_exhibit
from annotations.clips.export import export_clip, request_of
from annotations.cuts.messages import Codec, Mode
from app.cli.clips import choice, open_case, tell_result
from app.cli.options import AsJson, By, CasePath, find_camera, interruptible, typed_time_context, who
from app.cli.output import Output
from app.typed_time import parse_time
from evidence.case import Case
from evidence.errors import UsageError
from evidence.time_text import LocalTimes
from evidence.times import IncidentRange


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("clips")(clips)


@dataclass(frozen=True)
class _News:
    """What is to be said of a clip from now on; None and empty lists leave what is there."""

    name: str | None
    from_time: str | None
    to_time: str | None
    camera: list[str] | None
    is_for_all: bool
    mode: str | None
    mode_of: list[str] | None
    codec: str | None
    is_lossless: bool | None
    exhibit: str | None
    note: str | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to change."""
        told = (self.name, self.from_time, self.to_time, self.mode, self.codec, self.is_lossless, self.exhibit)
        return not (self.camera or self.is_for_all or self.mode_of) and all(one is None for one in (*told, self.note))


def clips(
    case: CasePath,
    change: Annotated[str, typer.Option(metavar="ID", help="Change this clip.")] = "",
    delete: Annotated[str, typer.Option(metavar="ID", help="Delete this clip; exported files stay.")] = "",
    export: Annotated[str, typer.Option(metavar="ID", help="Export this clip as it is kept.")] = "",
    name: Annotated[str | None, typer.Option(help="Its new name.")] = None,
    from_time: Annotated[str | None, typer.Option("--from", metavar="T", help="Its new start.")] = None,
    to_time: Annotated[str | None, typer.Option("--to", metavar="T", help="Its new end.")] = None,
    camera: Annotated[list[str] | None, typer.Option(help="From now on of this camera; several times.")] = None,
    all_cameras: Annotated[bool, typer.Option("--all-cameras", help="From now on of all cameras.")] = False,
    mode: Annotated[str | None, typer.Option(metavar="copy|exact|smart", help="How it is cut.")] = None,
    mode_of: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CAMERA=MODE", help="How one camera is cut; without a mode, as the others. Several times."
        ),
    ] = None,
    codec: Annotated[str | None, typer.Option(metavar="h264|hevc|ffv1", help="For what is encoded anew.")] = None,
    lossless: Annotated[
        bool | None, typer.Option("--lossless/--lossy", help="Whether frames encoded anew equal the original's.")
    ] = None,
    exhibit: Annotated[str | None, typer.Option(metavar="REF", help="Its exhibit reference; empty for none.")] = None,
    note: Annotated[str | None, typer.Option(help="For the report.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="With --export: where its folder goes.")] = None,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="With --export: compare the originals' SHA-256 first.")
    ] = True,
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """List the clips of a case by time, with what was exported of them; or change, delete or export one.

    History and audit log keep what was.
    """
    output = Output(is_json=as_json)
    news = _News(
        name, from_time, to_time, camera, all_cameras, mode, mode_of, codec, lossless, exhibit, note
    )  # fmt: skip
    if sum(map(bool, (change, delete, export))) > 1 or bool(change) == news.is_empty or (out and not export):
        raise UsageError(
            "One of --change, --delete and --export at a time; --change needs something to change, and --out --export.",
            remedy="For instance: sightline clips CASE --change ID --name “Door opens” --to +12.4",
        )
    if change:
        _change(output, case, change, news, who(by))
    elif delete:
        with Case.open(case) as opened:
            gone = find_clip(opened, delete)
            delete_clip(opened, delete, by=who(by))
        output.document({"ok": True, "deleted": delete})
        output.line(f"deleted {gone.draft.name}; sightline undo brings it back")
    elif export:
        return _export(output, case, export, out, who(by), is_verified=verify)
    else:
        _list(output, case)
    return 0


def _change(output: Output, folder: Path, clip_id: str, news: _News, by: str) -> None:
    with Case.open(folder) as opened:
        draft = _changed(opened, find_clip(opened, clip_id).draft, news)
        change_clip(opened, clip_id, draft, by=by)
        changed, times = find_clip(opened, clip_id), _times(opened)
    output.document({"ok": True, "changed": clip_id, "clip": changed})
    output.line(f"changed {_line(changed, times)}")


def _changed(case: Case, draft: ClipDraft, news: _News) -> ClipDraft:
    """Return a draft with the news in it. Raises UsageError or NoSuchItemError."""
    if news.is_for_all and news.camera:
        raise UsageError("Either --camera or --all-cameras, not both.", remedy="Give one of them.")
    context = typed_time_context(case)
    start, end = draft.span.start, draft.span.end
    start = start if news.from_time is None else parse_time(news.from_time, context).instant
    end = end if news.to_time is None else parse_time(news.to_time, context).instant
    if end <= start:
        raise UsageError("The range has no length.", remedy="Give --to a later time than --from.")
    cameras = draft.camera_ids
    if news.is_for_all:
        cameras = None
    elif news.camera:
        cameras = tuple(dict.fromkeys(find_camera(case, one).id for one in news.camera))
    return replace(
        draft,
        name=draft.name if news.name is None else news.name,
        span=IncidentRange(start, end),
        camera_ids=cameras,
        mode=draft.mode if news.mode is None else choice(Mode, news.mode, "mode"),
        modes=_modes(case, draft.modes, news.mode_of or []),
        codec=draft.codec if news.codec is None else choice(Codec, news.codec, "codec"),
        is_lossless=draft.is_lossless if news.is_lossless is None else news.is_lossless,
        exhibit=draft.exhibit if news.exhibit is None else news.exhibit,
        note=draft.note if news.note is None else news.note,
    )


def _modes(case: Case, before: Mapping[str, Mode], told: list[str]) -> Mapping[str, Mode]:
    modes = dict(before)
    for one in told:
        named, sign, typed = one.rpartition("=")
        if not sign:
            raise UsageError(f"“{one}” names no mode.", remedy="Write the camera's name, =, and the mode.")
        camera = find_camera(case, named.strip()).id
        modes.pop(camera, None)
        if typed.strip():
            modes[camera] = choice(Mode, typed, "mode")
    return MappingProxyType(modes)


def _export(output: Output, folder: Path, clip_id: str, out: Path | None, by: str, *, is_verified: bool) -> int:
    with open_case(folder) as opened:
        clip = find_clip(opened, clip_id)
        request = request_of(
            clip.draft,
            out_folder=None if out is None else out.absolute(),
            by=by,
            made_ns=time.time_ns(),
            verifies=is_verified,
            clip_id=clip_id,
        )
        with output.progress("Clip") as progress, interruptible() as cancelled:
            result = export_clip(opened, clip, request, progress, cancelled)
    return tell_result(output, result, clip_id)


def _list(output: Output, folder: Path) -> None:
    with Case.open(folder, read_only=True) as opened:
        found = load_clips(opened)
        times = _times(opened)
        taken = [one.draft.exhibit for one in found]
        bases = [one.exhibit for one in opened.recordings() if one.exhibit]
    free = {base: next_exhibit(base, taken) for base in bases}
    output.document({"ok": True, "clips": found, "next_exhibits": free})
    for one in found:
        output.line(_line(one, times))
    if not found:
        output.line("No clips yet. Make one with: sightline clip CASE --from T --to T --keep")


def _times(case: Case) -> LocalTimes:
    return LocalTimes(ZoneInfo(case.info().time_zone))


def _line(one: Clip, times: LocalTimes) -> str:
    draft, count = one.draft, len(one.exports)
    made = "not exported yet" if not count else f"exported {count} times, last to {one.exports[-1].folder}"
    start = times.full(draft.span.start)
    return f"{start}  {draft.exhibit:10} {draft.name}  ({draft.mode.value}; {made})  {one.id}"
