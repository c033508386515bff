"""`mark` and `marks`: marking the incident or a camera's picture, listing, and exchanging marks with others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from annotations.attribution import set_people_by_name
from annotations.categories import Category, load_categories
from annotations.exchange.files import export_marks, read_marks
from annotations.exchange.merging import Compared, MergePlan, Take, apply_merge, plan_merge
from annotations.mark_book import MarkBook
from annotations.marks import (
    MarkDraft,
    PictureAnchor,
    add_mark,
    delete_marks,
    load_marks,
    set_category,
    set_tags,
    set_text,
)
from annotations.people import load_people
from app.cli.options import AsJson, By, CasePath, case_timeline, find_camera, typed_time_context, who
from app.cli.output import Output
from app.typed_time import parse_time
from evidence.case import Case
from evidence.errors import NoSuchItemError, UsageError
from evidence.frame_index import FrameIndex
from evidence.times import IncidentTime, MediaTime, iso_utc
from player.tracks import FrameSpot, Track


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("mark")(mark)
    application.command("marks")(marks)


def mark(
    case: CasePath,
    at: Annotated[str, typer.Option(help="When: ISO 8601, a local time, or +seconds from the case's start.")] = "",
    to: Annotated[str, typer.Option(help="Until when, for a note on a range.")] = "",
    text: Annotated[str | None, typer.Option(help="What it says.")] = None,
    category: Annotated[str | None, typer.Option(help="Its category, by name; empty for none.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A word to find it by; may be given several times.")] = None,
    person: Annotated[
        list[str] | None, typer.Option(help="Who is seen or heard: “Name” or “Name (officer)”; several times.")
    ] = None,
    camera: Annotated[str, typer.Option(help="Mark the frame of this camera instead of the incident.")] = "",
    change: Annotated[str, typer.Option(metavar="ID", help="Change this mark instead of making one.")] = "",
    delete: Annotated[str, typer.Option(metavar="ID", help="Delete this mark instead of making one.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Mark the incident or a camera's picture; or change or delete a mark. History and audit log keep what was."""
    output = Output(is_json=as_json)
    has_news = any(one is not None for one in (text, category, tag, person))
    if sum(map(bool, (at, change, delete))) != 1 or (change and not has_news) or (to and not at):
        raise UsageError(
            "A mark needs one of --at, --change and --delete; --change needs something to change.",
            remedy="For instance: sightline mark CASE --at 21:32:07.48 --text “Door opens”",
        )
    name = who(by)
    with Case.open(case) as opened:
        known = None if category is None else _category_named(opened, category)
        if delete:
            delete_marks(opened, [delete], by=name)
            done = {"deleted": delete}
        else:
            if change:
                mark_id, done = change, {"changed": change}
                if text is not None:
                    set_text(opened, mark_id, text, by=name)
                if category is not None:
                    set_category(opened, [mark_id], None if known is None else known.id, by=name)
                if tag is not None:
                    set_tags(opened, [mark_id], tag, by=name)
            else:
                made, _step = add_mark(opened, _draft(opened, at, to, camera, text or "", known, tag or ()), by=name)
                mark_id, done = made.id, {"made": made.id, "at": iso_utc(made.instant)}
            if person is not None:
                set_people_by_name(opened, [mark_id], ", ".join(person), by=name)
    output.document({"ok": True, **done})
    output.line(", ".join(f"{what} {which}" for what, which in done.items()))


def marks(
    case: CasePath,
    export: Annotated[Path | None, typer.Option(help="Write all marks into this file: .jsonld, .json or .csv.")] = None,
    import_: Annotated[Path | None, typer.Option("--import", help="Take over marks from this file.")] = None,
    take: Annotated[
        Take | None, typer.Option(help="What becomes of marks that both sides changed; without it they stay yours.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what an import would do, and do nothing.")] = False,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """List the marks of a case by time; or exchange them with others as W3C Web Annotations or CSV."""
    output = Output(is_json=as_json)
    if export is not None and import_ is not None:
        raise UsageError("Either --export or --import, not both.", remedy="Do one after the other.")
    if export is not None:
        with Case.open(case, read_only=True) as opened:
            count = export_marks(opened, export)
        output.document({"ok": True, "exported": count, "file": export})
        output.line(f"{count} marks written to {export}.")
    elif import_ is not None:
        _import(output, case, import_, take, who(by), is_dry=dry_run)
    else:
        _list(output, case)


def _list(output: Output, folder: Path) -> None:
    with Case.open(folder, read_only=True) as opened:
        book = MarkBook.of(load_marks(opened), load_categories(opened), load_people(opened), case_timeline(opened))
        names = {one.id: one.name for one in opened.cameras()}
    found = [book.placed(number) for number in range(len(book))]
    output.document(
        {
            "ok": True,
            "marks": [
                {
                    "at": iso_utc(one.start),
                    "to": None if one.end is None else iso_utc(one.end),
                    "camera": names.get(one.camera_id or ""),
                    "category": _category_name(book, one.mark.category_id),
                    "people": [f"{person.name} ({person.role})" for person in book.people_in(one.mark)],
                    "mark": one.mark,
                }
                for one in found
            ],
        }
    )
    for one in found:
        until = "" if one.end is None else f" to {iso_utc(one.end, digits=3)}"
        where = f" on {names.get(one.camera_id or '', 'a camera')}" if one.mark.picture is not None else ""
        category = _category_name(book, one.mark.category_id)
        kind = f"[{category}] " if category else ""
        tags = "".join(f" #{tag}" for tag in one.mark.tags)
        people = ", ".join(person.name for person in book.people_in(one.mark))
        who_is_in = f" with {people}" if people else ""
        output.line(
            f"{iso_utc(one.start, digits=3)}{until}{where}  {kind}{one.mark.text}{who_is_in}{tags}"
            f"  ({one.mark.by})  {one.mark.id}"
        )


def _import(output: Output, folder: Path, file: Path, take: Take | None, by: str, *, is_dry: bool) -> None:
    foreign = read_marks(file)
    with Case.open(folder, read_only=is_dry) as opened:
        plan = plan_merge(opened, foreign)
        step = None if is_dry else apply_merge(opened, plan, take or Take.MINE, by=by)
    left = plan.conflicts if take is None else ()
    output.document(
        {
            "ok": not left and not plan.problems,
            "dry_run": is_dry,
            "counts": plan.counts,
            "new_shapes": len(plan.shapes),
            "conflicts": [_conflict(one) for one in plan.conflicts],
            "problems": plan.problems,
            "step": None if step is None or not step.changes else step.id,
        }
    )
    _tell_plan(output, plan, is_dry=is_dry)
    if left or plan.problems:
        raise typer.Exit(1)


def _tell_plan(output: Output, plan: MergePlan, *, is_dry: bool) -> None:
    output.line("Nothing was changed; the import would find:" if is_dry else "Taken over:")
    output.line("  " + ", ".join(f"{count} {standing}" for standing, count in plan.counts.items()))
    if plan.shapes:
        output.line(f"  {len(plan.shapes)} new {'shape' if len(plan.shapes) == 1 else 'shapes'} on pictures")
    for one in plan.conflicts:
        mine = "deleted here" if one.mine is None else f"yours “{one.mine.text}” ({one.mine.changed_by})"
        output.line(f"  conflict {one.theirs.id}: {mine}, theirs “{one.theirs.text}” ({one.theirs.changed_by})")
    for problem in plan.problems:
        output.warn(f"  {problem}")


def _conflict(one: Compared) -> dict[str, object]:
    return {"id": one.theirs.id, "mine": one.mine, "theirs": one.theirs}


def _category_name(book: MarkBook, category_id: str | None) -> str | None:
    category = book.category_by_id.get(category_id or "")
    return None if category is None else category.name


def _category_named(case: Case, named: str) -> Category | None:
    if not named.strip():
        return None
    categories = load_categories(case)
    for one in categories:
        if named in (one.id, one.name) or named.casefold() == one.name.casefold():
            return one
    raise NoSuchItemError(
        f"The case has no category “{named}”.",
        remedy=f"Its categories are: {', '.join(one.name for one in categories)}.",
    )


def _draft(
    case: Case, at: str, to: str, camera: str, text: str, category: Category | None, tags: tuple[str, ...] | list[str]
) -> MarkDraft:
    context = typed_time_context(case)
    start = parse_time(at, context).instant
    end = parse_time(to, context).instant if to else None
    kept = MarkDraft(start, text, category_id=None if category is None else category.id, tags=tuple(tags))
    if not camera:
        return replace(kept, end=end)
    track = _track(case, camera)
    first, index = _frame(track, start)
    video = first.place.recording.video
    assert video is not None, "a recording with frames has a picture"
    end_pts = None
    if end is not None:
        last, _index = _frame(track, IncidentTime(end - 1))
        if last.place.recording.id != first.place.recording.id:
            raise UsageError("The note would end in another recording.", remedy="Put it on the incident.")
        end_pts = index.end_of(last.frame)
        end = first.place.incident_at_media_ns(MediaTime(end_pts, video.time_base).ns)
    anchor = PictureAnchor(first.place.recording.id, video.index, MediaTime(first.pts, video.time_base), end_pts)
    return replace(kept, instant=first.frame_start, end=end, picture=anchor)


def _track(case: Case, named: str) -> Track:
    camera = find_camera(case, named)
    found = case_timeline(case).find_camera(camera.id)
    if found is None or not found.placed:
        raise UsageError(f"{camera.name} has no place on the timeline.", remedy="Place one of its recordings first.")
    return Track(found, case.frame_index)


def _frame(track: Track, instant: IncidentTime) -> tuple[FrameSpot, FrameIndex]:
    spot = track.at(instant)
    index = track.index_of(spot.place) if isinstance(spot, FrameSpot) else None
    if not isinstance(spot, FrameSpot) or index is None or spot.place.recording.is_approximate:
        raise UsageError(
            f"{track.camera.camera.name} has no exact frame at {iso_utc(instant, digits=3)}.",
            remedy="Choose a time at which it was recording, or mark the incident.",
        )
    return spot, index
