"""The JSON of a run sheet: nothing is lost in it, and nothing that it should not hold comes in through it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from courtroom.errors import RunSheetError, RunSheetTooNewError
from courtroom.run_sheet import Card, Item, Layout, Moving, RunSheet, Still, View
from courtroom.run_sheet_json import from_json, to_json
from evidence.times import IncidentRange, IncidentTime
from player.ui.layout import LayoutKind
from tests.support.run_sheets import item_of, sheet_of, sheets


@given(sheets())
@settings(max_examples=60)
def test_a_sheet_comes_back_as_it_was(sheet: RunSheet) -> None:
    written = to_json(sheet)
    assert from_json(written) == sheet
    assert to_json(from_json(written)) == written


def a_sheet() -> RunSheet:
    view = View(("cam-1", "cam-2"), Layout.FOCUS_STRIP, "cam-2")
    moving = Moving(IncidentRange(IncidentTime(10**18), IncidentTime(10**18 + 10**9)), view, ("cam-1",))
    return sheet_of(item_of(moving, "Door opens"), item_of(Still(IncidentTime(5), view)), item_of(Card(("R v Smith",))))


def changed(path: list[str | int], value: object) -> bytes:
    document: Any = json.loads(to_json(a_sheet()))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["format"], "something else"),
        (["version"], 0),
        (["version"], True),
        (["id"], 7),
        (["title"], "x" * 301),
        (["items"], {}),
        (["items", 0, "unknown"], 1),
        (["items", 0, "kind"], "film"),
        (["items", 0, "from_ns"], 2**63),
        (["items", 0, "to_ns"], 10**18),
        (["items", 0, "to_ns"], 10**18 - 5),
        (["items", 0, "speed"], "1/0"),
        (["items", 0, "speed"], "17/1"),
        (["items", 0, "speed"], "-1/1"),
        (["items", 0, "speed"], 1),
        (["items", 0, "loop"], 1),
        (["items", 0, "view", "focus"], "cam-3"),
        (["items", 0, "view", "cameras"], []),
        (["items", 0, "view", "cameras"], ["cam-1", "cam-1"]),
        (["items", 0, "view", "layout"], "circle"),
        (["items", 0, "key_moments"], [{"at_ns": 10**18 + 10**9, "label": "the end is not in it"}]),
        (["items", 1, "at_ns"], None),
        (["items", 2, "lines"], []),
        (["items", 2, "lines"], ["x"] * 41),
        (["items", 2, "key_moments"], [{"at_ns": 3, "label": "nothing moves"}]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(path: list[str | int], value: object) -> None:
    with pytest.raises(RunSheetError) as caught:
        from_json(changed(path, value))
    assert caught.value.remedy


def test_numbers_that_are_not_whole_and_doubled_fields_are_refused() -> None:
    for written in (
        changed(["items", 0, "from_ns"], 1.5),
        b'{"format": 1, "format": 2}',
        b"[1e5]",
        b"NaN",
        b"[" * 99_999,
    ):
        with pytest.raises(RunSheetError):
            from_json(written)


def test_a_missing_field_is_named_with_its_item() -> None:
    document = json.loads(to_json(a_sheet()))
    del document["items"][1]["at_end"]
    with pytest.raises(RunSheetError, match="item 2 has no “at_end”"):
        from_json(json.dumps(document).encode())


def test_a_newer_form_is_refused_as_newer() -> None:
    with pytest.raises(RunSheetTooNewError, match="version 2"):
        from_json(changed(["version"], 2))


def test_text_that_acts_is_cleaned() -> None:
    sheet = from_json(changed(["items", 0, "title"], "abc\u202edef"))
    assert sheet.items[0].title == "abc\\u202edef"


def test_two_items_with_one_id_are_refused() -> None:
    item: Item = item_of(Card(("one",)))
    with pytest.raises(ValueError, match="same id"):
        sheet_of(item, item)


def test_the_layouts_are_those_of_the_player() -> None:
    assert [one.value for one in Layout] == [one.value for one in LayoutKind]
