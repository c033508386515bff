"""Shapes go out as SVG and as they are, and come back: once, on the same frames, or not at all and told why."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from annotations.exchange.annotation_reading import annotations_from_json
from annotations.exchange.annotation_writing import annotations_as_json
from annotations.exchange.exporting import collect
from annotations.exchange.foreign import ForeignMarks
from annotations.exchange.merging import Take, apply_merge, plan_merge
from annotations.journal import edit, revert
from annotations.shapes.frames import new_shape
from annotations.shapes.geometry import UNIT, Kind
from annotations.shapes.record import changed_shape_edit, load_shapes, new_shape_edit
from annotations.shapes.shape import Look
from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from tests.support.clips import ClipPlan, make_clip

_BOX = ((8 * UNIT, 12 * UNIT), (40 * UNIT, 60 * UNIT))


@pytest.fixture
def cases(tmp_path: Path) -> tuple[Path, Path]:
    """Two people's copies of a case; one of them drew a box and a line with a name."""
    clip = make_clip(tmp_path, ClipPlan(frames=30), "X6039A12B_20260314_213200_0413.mp4")
    theirs = tmp_path / "Theirs.sightline"
    with Case.create(theirs, title="R v Smith", reference="", by="DC Harper") as case:
        add_files(AddRequest(theirs, (os.fsencode(clip.path),), "DC Harper"), no_progress, never_cancelled, case=case)
    mine = Path(shutil.copytree(theirs, tmp_path / "Mine.sightline"))
    with Case.open(theirs) as case:
        (recording,) = case.recordings()
        index = case.frame_index(recording.id)
        assert index is not None
        box = new_shape(recording, index, (5, 9), 5, kind=Kind.BOX, geometry=_BOX, look=Look())
        line = replace(
            new_shape(recording, index, (7, 7), 7, kind=Kind.LINE, geometry=_BOX, look=Look()), label="<b>Way</b>"
        )
        edit(case, [new_shape_edit(box), new_shape_edit(line)], by="PC Lee", label="new shapes")
    return mine, theirs


def told(folder: Path) -> Any:
    with Case.open(folder, read_only=True) as case:
        return json.loads(annotations_as_json(collect(case)))


def found(page: Any) -> ForeignMarks:
    return annotations_from_json(json.dumps(page).encode())


def test_shapes_come_over_once_with_who_drew_them_and_in_one_step(cases: tuple[Path, Path]) -> None:
    mine, theirs = cases
    page = told(theirs)
    with Case.open(theirs, read_only=True) as case:
        wanted = load_shapes(case)
    with Case.open(mine) as case:
        plan = plan_merge(case, found(page))
        assert plan.problems == ()
        assert plan.compared == (), "a shape is no mark"
        step = apply_merge(case, plan, Take.MINE, by="PS Marsh")
        taken = load_shapes(case)
        assert [(one.id, one.drawn, one.by) for one in taken] == [(one.id, one.drawn, one.by) for one in wanted]
        assert plan_merge(case, found(page)).shapes == (), "the same ones again are nothing new"
        revert(case, step, by="PS Marsh")
        assert load_shapes(case) == ()


def test_other_programs_find_the_frames_and_the_form(cases: tuple[Path, Path]) -> None:
    item = next(one for one in told(cases[1])["items"] if "rect" in one["target"]["selector"]["refinedBy"]["value"])
    selector = item["target"]["selector"]
    assert selector["value"].startswith("t=0.166666666,0.333333333")
    root = ET.fromstring(selector["refinedBy"]["value"])
    rect = next(element for element in root.iter() if element.tag.endswith("rect"))
    assert [rect.attrib[name] for name in ("x", "y", "width", "height")] == ["8", "12", "32", "48"]
    assert item["target"]["source"].startswith("urn:sha256:")


def test_what_differs_is_told_and_the_cases_own_is_kept(cases: tuple[Path, Path]) -> None:
    mine, theirs = cases
    page = told(theirs)
    with Case.open(mine) as case:
        apply_merge(case, plan_merge(case, found(page)), Take.MINE, by="PS Marsh")
        shape = load_shapes(case)[0]
        own = replace(shape.drawn, label="Mine")
        edit(case, [changed_shape_edit(shape, own)], by="PS Marsh", label="change of a shape")
        plan = plan_merge(case, found(page))
        assert plan.shapes == ()
        assert len(plan.problems) == 1
        assert "kept" in plan.problems[0]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda item: item["target"].update(source="urn:sha256:" + "0" * 64), "not in this case"),
        (lambda item: item.update({"sightline:shape": "[" * 100_000}), "no shape"),
        (lambda item: item.update({"sightline:shape": {"kind": "box"}}), "cannot be read"),
        (lambda item: item.update({"id": "urn:uuid:../../x"}), "which it is"),
        (lambda item: _change(item, start_pts=1), "lie on frames"),
        (lambda item: _change(item, opacity=10**400), "no shape"),
        (lambda item: _change(item, text="\u202e"), "no shape"),
    ],
)
def test_hostile_shapes_are_refused_with_a_reason(cases: tuple[Path, Path], spoil: Any, why: str) -> None:
    mine, theirs = cases
    page = told(theirs)
    spoil(page["items"][0])
    with Case.open(mine) as case:
        plan = plan_merge(case, found(page))
    assert len(plan.shapes) == 1, "the other one is taken"
    (problem,) = plan.problems
    assert why in problem


def _change(item: dict[str, Any], **changes: object) -> None:
    item["sightline:shape"] = json.dumps(json.loads(item["sightline:shape"]) | changes)
