"""No cell of our CSV is a formula, and what was written comes back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.paper import csv_bytes
from annotations.paper.csv_table import safe_cell


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "\xa0=1", "＝1", "|x", "=\n1", "%0"],
)
def test_what_begins_as_a_formula_is_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("cell", "text"), [(-12, "-12"), ("-12.5", "-12.5"), (None, ""), (True, "yes"), ("", ""), ("a=b", "a=b")]
)
def test_numbers_and_plain_text_stay_as_they_are(cell: str | int | None, text: str) -> None:
    assert safe_cell(cell) == text


def test_the_file_has_a_mark_heads_and_line_ends_of_the_standard() -> None:
    content = csv_bytes(["Time", "=Text"], [["21:32", 'He said "no",\nthen left'], [None, 5]])
    assert content.startswith(b"\xef\xbb\xbfTime,'=Text\r\n")
    assert rows_of(content)[1:] == [["21:32", 'He said "no",\nthen left'], ["", "5"]]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), min_size=1))
def test_any_text_comes_back_and_is_no_formula(cells: list[str]) -> None:
    (read,) = rows_of(csv_bytes(["h"] * len(cells), [cells]))[1:]
    assert [cell.removeprefix("'") if cell != text else cell for cell, text in zip(read, cells, strict=True)] == cells
    assert not any(cell.lstrip()[:1] in {"=", "@"} for cell in read)
