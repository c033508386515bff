"""The list of recent cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.recent import MOST_KEPT, RecentCase, RecentCases


def _case(folder: str, title: str = "R v Smith") -> RecentCase:
    return RecentCase(folder, title, "01AB", 5)


def test_the_last_opened_is_first_and_each_is_there_once(tmp_path: Path) -> None:
    recent = RecentCases(tmp_path / "recent.json")
    for folder in ("/a", "/b", "/a"):
        recent.add(_case(folder))
    assert [case.folder for case in RecentCases(tmp_path / "recent.json").all()] == ["/a", "/b"]


def test_the_list_has_an_end(tmp_path: Path) -> None:
    recent = RecentCases(tmp_path / "recent.json")
    for number in range(MOST_KEPT + 5):
        recent.add(_case(f"/{number}"))
    assert len(recent.all()) == MOST_KEPT


def test_a_case_can_be_forgotten(tmp_path: Path) -> None:
    recent = RecentCases(tmp_path / "recent.json")
    recent.add(_case("/a"))
    recent.forget("/a")
    assert RecentCases(tmp_path / "recent.json").all() == ()


@pytest.mark.parametrize("content", ["", "{}", "[1, null, {}]", '[{"folder": "", "title": 1}]', "[" * 9_000])
def test_a_damaged_list_is_an_empty_one(tmp_path: Path, content: str) -> None:
    (tmp_path / "recent.json").write_text(content)
    assert RecentCases(tmp_path / "recent.json").all() == ()


def test_why_a_case_cannot_be_opened_is_said(tmp_path: Path) -> None:
    assert "not there" in _case(str(tmp_path / "gone")).find_obstacle()
    assert "no longer holds a case" in _case(str(tmp_path)).find_obstacle()
    (tmp_path / "case.db").write_bytes(b"")
    assert _case(str(tmp_path)).find_obstacle() == ""
