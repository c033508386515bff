"""`find`: one question to everything that was said, marked, named and filed."""

from __future__ import annotations

from typing import Annotated

import typer

from annotations.finding.finder import Finder
from app.cli.options import AsJson, CasePath, case_timeline, typed_time_context
from app.cli.output import Output
from app.find import FILTER_FORMS, FOUND, make_query
from evidence.case import Case
from evidence.times import iso_utc

_LONGEST = 100


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("find")(find)


def find(
    case: CasePath,
    words: Annotated[list[str], typer.Argument(metavar="QUERY…", help=f"Words, and filters: {' '.join(FILTER_FORMS)}")],
    most: Annotated[int, typer.Option(help="The most hits that are given.", min=1, max=10_000)] = 100,
    as_json: AsJson = False,
) -> int:
    """Find marks, words of transcripts, cameras, recordings and exhibits; the exit code is 1 where there are none."""
    output = Output(is_json=as_json)
    with Case.open(case, read_only=True) as opened:
        query = make_query(" ".join(words), typed_time_context(opened))
        cameras = {camera.id: camera.name for camera in opened.cameras()}
        finder = Finder(opened, FOUND)
        try:
            found = finder.find(query, case_timeline(opened), opened.cameras(), most)
        finally:
            finder.close()
    hits = [
        {"at": None if hit.instant is None else iso_utc(hit.instant), "camera": cameras.get(hit.camera_id), "hit": hit}
        for hit in found.hits
    ]
    output.document({"ok": bool(hits), "hits": hits, "is_cut": found.is_cut, "notes": found.notes})
    for note in found.notes:
        output.warn(note)
    for hit in found.hits:
        when = "no time                 " if hit.instant is None else iso_utc(hit.instant, digits=3)
        who = f"{hit.people}: " if hit.people else ""
        text = " / ".join(hit.text.split("\n"))
        output.line(f"{when}  {hit.kind:10}  {cameras.get(hit.camera_id, ''):16}  {who}{text[:_LONGEST]}")
    if not hits:
        output.line("Nothing found.")
    elif found.is_cut:
        output.line("There are more: add words or filters.")
    return 0 if hits else 1
