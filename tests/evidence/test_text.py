"""Untrusted text comes out as one bounded line with nothing in it that acts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.text import clean_line, clean_text, display_name, display_path

_ANY_TEXT = st.text(alphabet=st.characters(), max_size=60)  # also lone surrogates


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (b"/a/clip.mp4", "clip.mp4"),
        (b"/a/two\nlines.mp4", "two\\nlines.mp4"),
        (b"/a/\xff\xfe.mp4", "\\xff\\xfe.mp4"),
        ("/a/gpj.\u202e4pm.exe".encode(), "gpj.\\u202e4pm.exe"),
        ("/a/🚓 Straße.mp4".encode(), "🚓 Straße.mp4"),
        ("/a/👨\u200d👩\u200d👧.mp4".encode(), "👨\u200d👩\u200d👧.mp4"),
        ("/a/x\u200dy.mp4".encode(), "x\\u200dy.mp4"),
        ("/a/zero\u200bwidth\ufeff.mp4".encode(), "zero\\u200bwidth\\ufeff.mp4"),
        (b"/a/tab\there\x1b[31m.mp4", "tab\\there\\x1b[31m.mp4"),
        (b"/a/folder/", "folder"),
        (b"/", "/"),
    ],
)
def test_names_show_what_is_there(path: bytes, shown: str) -> None:
    assert display_name(path) == shown


@given(_ANY_TEXT)
def test_nothing_that_acts_is_left(text: str) -> None:
    shown = clean_text(text)
    shown.encode()
    for character in shown:
        assert unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
        assert unicodedata.category(character) != "Cf" or character in "\u200c\u200d"


@given(_ANY_TEXT, st.integers(min_value=1, max_value=40))
def test_cleaning_twice_changes_nothing_and_keeps_the_limit(text: str, limit: int) -> None:
    once = clean_text(text, limit=limit)
    assert len(once) <= limit
    assert clean_text(once, limit=limit) == once


@given(st.binary(min_size=1, max_size=400))
def test_every_path_has_a_name(path: bytes) -> None:
    assert len(display_name(path)) <= 180
    assert display_name(path).isprintable() or any(not character.isascii() for character in display_name(path))


def test_a_long_name_keeps_its_end() -> None:
    shown = display_name(b"/" + b"x" * 4000 + b".mp4")
    assert shown.endswith(".mp4")
    assert "…" in shown
    assert display_path(b"/" + b"y" * 9000 + b"/z.mp4").endswith("/z.mp4")


def test_marks_cannot_climb_over_other_lines() -> None:
    assert clean_text("a" + "\u0301" * 50).count("\u0301") == 4


def test_what_people_type_is_made_one_line() -> None:
    assert clean_line("  Op \t Lamp\n post ") == "Op Lamp post"
