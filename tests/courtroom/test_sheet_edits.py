"""Changes to a run sheet: the order is what was asked for, and nothing is lost or doubled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtroom.run_sheet import Card, RunSheet
from courtroom.sheet_edits import change, double, move, new_sheet, put_in, take_out
from tests.support.run_sheets import item_of, sheet_of


def lettered(letters: str) -> RunSheet:
    return sheet_of(*(replace(item_of(Card((letter,)), letter), id=letter) for letter in letters))


def titles(sheet: RunSheet) -> str:
    return "".join(item.title for item in sheet.items)


@pytest.mark.parametrize(
    ("moved", "before", "after"),
    [("b", 4, "acdb"), ("d", 0, "dabc"), ("ac", 2, "bacd"), ("bd", 1, "abdc"), ("ad", 4, "bcad"), ("b", 1, "abcd")],
)
def test_moving_puts_items_before_the_one_that_is_there(moved: str, before: int, after: str) -> None:
    assert titles(move(lettered("abcd"), set(moved), before)) == after


@given(st.sets(st.sampled_from("abcdefg")), st.integers(min_value=0, max_value=7))
def test_moving_keeps_every_item_and_the_order_of_the_rest(moved: set[str], before: int) -> None:
    after = titles(move(lettered("abcdefg"), moved, before))
    assert sorted(after) == list("abcdefg")
    assert [one for one in after if one not in moved] == [one for one in "abcdefg" if one not in moved]
    assert [one for one in after if one in moved] == sorted(moved)


def test_doubling_gives_copies_ids_of_their_own() -> None:
    doubled = double(lettered("abcd"), {"b", "c"})
    assert titles(doubled) == "abcbcd"
    assert len({item.id for item in doubled.items}) == 6


def test_putting_in_and_taking_out() -> None:
    sheet = put_in(new_sheet("Opening"), lettered("ab").items)
    sheet = put_in(sheet, lettered("x").items, 1)
    assert titles(sheet) == "axb"
    assert titles(take_out(sheet, {"a", "b"})) == "x"
    assert titles(change(sheet, {"x"}, lambda item: replace(item, title="y"))) == "ayb"
