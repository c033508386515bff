"""`composite`: one synchronised video of several cameras, for machines that play one file only."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotations.composite.facts import failure_words
from annotations.composite.messages import Burn
from annotations.reports.scope import Maker
from app.cli.options import AsJson, By, CasePath, find_camera, interruptible, typed_time_context, who
from app.cli.output import Output
from app.cli.reports import CameraNames, Made, Replace, made_ns
from app.typed_time import parse_time
from evidence.case import Case
from evidence.errors import CaseBusyError, UsageError
from evidence.times import IncidentRange

if TYPE_CHECKING:
    from app.composite_job import CompositeResult
    from player.ui.layout import LayoutKind

_LEAST_RATE, _MOST_RATE = 1, 120


def register(application: typer.Typer) -> None:
    """Add this topic's command."""
    application.command("composite")(composite)


def composite(
    case: CasePath,
    from_time: Annotated[str, typer.Option("--from", metavar="T", help="Start; as people type it.")],
    to_time: Annotated[str, typer.Option("--to", metavar="T", help="End; what starts there is not in it.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .mp4; its reports go beside it.")],
    layout: Annotated[str, typer.Option(metavar="grid|focus|one|2x2|3x3", help="How tiles lie.")] = "grid",
    camera: CameraNames = None,
    focus: Annotated[str, typer.Option(metavar="NAME", help="The large camera of `focus`; else the first.")] = "",
    sound: Annotated[str, typer.Option(metavar="NAME|mix|none", help="Who is heard.")] = "mix",
    level: Annotated[
        list[str] | None, typer.Option(metavar="NAME=DB", help="A camera's level in the mix; can be given again.")
    ] = None,
    burn: Annotated[
        str, typer.Option(metavar="LIST", help="Of name,time,frame,exhibit,title,marks,shapes,captions; or none.")
    ] = "name,time,frame,exhibit,title",
    title: Annotated[str, typer.Option(help="Stands at the top; else the case's reference and title.")] = "",
    size: Annotated[str, typer.Option(metavar="720p|1080p|4K", help="Of the video.")] = "1080p",
    rate: Annotated[
        str, typer.Option(metavar="N", help="Frames a second, as 25 or 30000/1001; else the highest of the cameras.")
    ] = "",
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="Read the originals and compare their SHA-256 first.")
    ] = True,
    replace: Replace = False,
    made: Made = "",
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Make one video of several cameras, exact to the frame on the common clock, with a report of every frame.

    It is marked as a multi-source composite. Cameras stand in the order in which they are named.
    """
    from app.composite_job import CompositeRequest, make_composite
    from app.composite_plan import SIZES, CompositeWish

    output = Output(is_json=as_json)
    by_name = {name.casefold(): one for name, one in SIZES.items()}
    if size.casefold() not in by_name:
        raise UsageError(f"There is no size “{size}”.", remedy=f"There are: {', '.join(SIZES)}.")
    with _open(case) as opened:
        context = typed_time_context(opened)
        start, end = parse_time(from_time, context).instant, parse_time(to_time, context).instant
        if end <= start:
            raise UsageError("The range has no length.", remedy="Give --to a later time than --from.")
        wish = CompositeWish(
            span=IncidentRange(start, end),
            camera_ids=None if not camera else tuple(dict.fromkeys(find_camera(opened, one).id for one in camera)),
            layout=_layout(layout),
            focus=find_camera(opened, focus).id if focus else None,
            size=by_name[size.casefold()],
            rate=_rate(rate),
            sound=_sound(opened, sound),
            gains_db=dict(_level(opened, one) for one in level or ()),
            burns=_burns(burn),
            title=title,
        )
        maker = Maker(who(by), made_ns(opened, made))
        request = CompositeRequest(wish, out.absolute(), maker, verifies=verify, replaces=replace)
        with output.progress("Composite") as progress, interruptible() as cancelled:
            result = make_composite(opened, request, progress, cancelled)
    _tell(output, result)
    return 0


def _tell(output: Output, result: CompositeResult) -> None:
    from annotations.composite.report import as_document

    facts = result.facts
    output.document(
        {
            "ok": True,
            "file": result.file,
            "report_file": result.report,
            "report": as_document(facts),
            "unaudited_reason": result.unaudited_reason,
        }
    )
    kind = "multi-source" if facts.is_multi_source else "single source"
    output.line(f"{result.file} ({facts.order.frames:,} frames, {kind}; checked)")
    output.line(str(result.report))
    if facts.composed.missing_count:
        output.warn(f"{facts.composed.missing_count:,} frames could not be decoded; their tiles say so.")
    for one in facts.composed.failed:
        output.warn(failure_words(one))
    for words in facts.composed.unheard:
        output.warn(words)
    if result.unaudited_reason:
        output.warn(f"The audit log does not tell of this video. {result.unaudited_reason}")


def _open(folder: Path) -> Case:
    try:
        return Case.open(folder)
    except CaseBusyError:
        return Case.open(folder, read_only=True)


def _layout(typed: str) -> LayoutKind:
    from player.ui.layout import LayoutKind

    kinds = {
        "grid": LayoutKind.AUTO,
        "focus": LayoutKind.FOCUS_STRIP,
        "one": LayoutKind.ONE,
        "2x2": LayoutKind.TWO_BY_TWO,
        "3x3": LayoutKind.THREE_BY_THREE,
    }
    if typed.casefold() not in kinds:
        raise UsageError(f"There is no layout “{typed}”.", remedy=f"There are: {', '.join(kinds)}.")
    return kinds[typed.casefold()]


def _rate(typed: str) -> Fraction | None:
    if not typed:
        return None
    try:
        rate = Fraction(typed)
    except (ValueError, ZeroDivisionError) as error:
        raise UsageError(f"“{typed}” is no rate.", remedy="Give it as 25 or as 30000/1001.") from error
    if not _LEAST_RATE <= rate <= _MOST_RATE:
        raise UsageError(f"{typed} frames a second make no video.", remedy=f"Give {_LEAST_RATE} to {_MOST_RATE}.")
    return rate


def _sound(case: Case, typed: str) -> str:
    if typed.casefold() in {"mix", "none"}:
        return "" if typed.casefold() == "none" else "mix"
    return find_camera(case, typed).id


def _level(case: Case, typed: str) -> tuple[str, int]:
    from player.sound_mix import LOUDEST_DB, QUIETEST_DB

    name, sign, gain = typed.rpartition("=")
    if not sign or not gain.lstrip("+-").isdecimal() or not QUIETEST_DB <= int(gain) <= LOUDEST_DB:
        raise UsageError(f"“{typed}” is no level.", remedy=f"Give it as NAME=DB, {QUIETEST_DB} to {LOUDEST_DB} dB.")
    return find_camera(case, name).id, int(gain)


def _burns(typed: str) -> frozenset[Burn]:
    if typed.strip().casefold() in {"", "none"}:
        return frozenset()
    found = set()
    for one in typed.split(","):
        try:
            found.add(Burn(one.strip().casefold()))
        except ValueError as error:
            raise UsageError(f"“{one}” cannot be written or drawn.", remedy=f"There are: {', '.join(Burn)}.") from error
    return frozenset(found)
