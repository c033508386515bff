"""Shapes and items of run sheets are found by their words, and never after they are gone."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

from annotations.finding.finder import Finder, FindHit
from annotations.finding.query import FindKind, read_query
from annotations.journal import edit, revert
from annotations.shapes.geometry import Kind
from annotations.shapes.record import new_shape_edit
from annotations.shapes.shape import Drawn, Keyframe
from app.find import FOUND
from courtroom.run_sheet import Card, KeyMoment, Moving, View
from courtroom.run_sheet_store import delete_run_sheet, save_run_sheet
from courtroom.sheet_finding import sheet_and_item
from evidence.case import Case
from evidence.times import IncidentRange, IncidentTime
from sync.timeline import build_timeline
from tests.support.packs import BY, START_NS, camera_named, make_pack_case
from tests.support.run_sheets import item_of, sheet_of


def test_what_is_drawn_and_what_is_shown_in_court_is_found(tmp_path: Path) -> None:
    with Case.open(make_pack_case(tmp_path)) as case:
        finder = Finder(case, FOUND)

        def found(typed: str) -> list[FindHit]:
            timeline = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)
            return list(finder.find(read_query(typed), timeline, case.cameras()).hits)

        assert found("suspect") == []
        front = camera_named(case, "Front door")
        recording = case.recordings(front.id)[0]
        frames = (Keyframe(20, ((64, 64), (512, 512))),)
        drawn = Drawn(recording.id, (64, 48), Kind.BOX, Fraction(1, 1000), 20, 60, frames)
        shapes = [
            dataclasses.replace(drawn, text="The suspect’s\nhand"),
            dataclasses.replace(drawn, label="a knife"),
            drawn,
        ]
        step = edit(case, [new_shape_edit(one) for one in shapes], by=BY, label="boxes")
        (hit,) = found("suspect")
        assert (hit.kind, hit.instant, hit.camera_id) == (FindKind.SHAPE, START_NS + 20_000_000, front.id)
        assert [one.text for one in found("knife kind:shape")] == ["a knife"]

        start = IncidentTime(START_NS)
        moving = item_of(
            Moving(IncidentRange(start, IncidentTime(start + 100)), View((front.id,))),
            "Door opens",
            exhibit="EXH/1",
            notes="Ask about the suspect.",
            key_moments=(KeyMoment(IncidentTime(start + 5), "Hand on the latch"),),
        )
        sheet = sheet_of(moving, item_of(Card(("R v Smith", "Opening"))), title="Morning")
        save_run_sheet(case, sheet, by=BY)
        assert [one.kind for one in found("suspect")] == [FindKind.SHAPE, FindKind.SHEET_ITEM]
        (hit,) = found("latch")
        assert (hit.text, hit.instant, sheet_and_item(hit.item_id)) == ("Door opens", start, (sheet.id, moving.id))
        (card,) = found("smith kind:item")
        assert (card.text, card.instant) == ("R v Smith Opening", None)

        revert(case, step, by=BY)
        delete_run_sheet(case, sheet.id, by=BY)
        assert found("suspect") == []
        finder.close()
