"""Marks from the command line: everything that the window does to them, with one document for machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from evidence.case import Case


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "A.sightline"
    Case.create(folder, title="A", reference="", by="DC Harper").close()
    return folder


def call(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert main([*map(str, arguments), "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_marks_are_made_changed_listed_told_and_undone(capsys: pytest.CaptureFixture[str], case: Path) -> None:
    call(capsys, "categories", case, "--set", "Shouting", "--colour", "#123456", "--key", 3, "--range")
    call(capsys, "people", case, "--set", "Jo Bloggs", "--role", "suspect")
    made = call(
        *(capsys, "mark", case, "--at", "2026-03-14T21:32:07.48Z", "--to", "2026-03-14T21:32:09Z", "--text", "Falls"),
        *("--category", "shouting", "--tag", "knife", "--tag", "door", "--person", "Jo Bloggs"),
        *("--person", "PC 412 (officer)", "--by", "PS Marsh"),
    )["made"]
    (listed,) = call(capsys, "marks", case)["marks"]
    assert (listed["at"], listed["to"]) == ("2026-03-14T21:32:07.480000000Z", "2026-03-14T21:32:09.000000000Z")
    assert (listed["category"], listed["people"]) == ("Shouting", ["Jo Bloggs (suspect)", "PC 412 (officer)"])
    assert (listed["mark"]["tags"], listed["mark"]["by"], listed["camera"]) == (["door", "knife"], "PS Marsh", None)
    call(capsys, "mark", case, "--change", made, "--text", "Falls over", "--category", "")
    assert len(call(capsys, "history", case, made)["history"]) == 4
    assert call(capsys, "undo", case)["undone"] == "change of a mark"
    assert call(capsys, "marks", case)["marks"][0]["category"] == "Shouting"
    call(capsys, "mark", case, "--delete", made)
    assert call(capsys, "marks", case)["marks"] == []
    call(capsys, "undo", case)
    assert len(call(capsys, "marks", case)["marks"]) == 1
    keys = {one["name"]: one["key"] for one in call(capsys, "categories", case, "--delete", "Vehicle")["categories"]}
    assert keys["Shouting"] == 3
    assert "Vehicle" not in keys
    assert [one["name"] for one in call(capsys, "people", case, "--delete", "jo bloggs")["people"]] == ["PC 412"]


@pytest.mark.parametrize("name", ["marks.jsonld", "marks.csv"])
def test_marks_are_exchanged(capsys: pytest.CaptureFixture[str], case: Path, tmp_path: Path, name: str) -> None:
    other, file = tmp_path / "B.sightline", tmp_path / name
    Case.create(other, title="B", reference="", by="DC Harper").close()
    made = call(capsys, "mark", case, "--at", "2026-03-14T21:32:07Z", "--text", "Door", "--by", "DC Harper")["made"]
    assert call(capsys, "marks", case, "--export", file)["exported"] == 1
    tried = call(capsys, "marks", other, "--import", file, "--dry-run")
    assert (tried["counts"]["new"], call(capsys, "marks", other)["marks"]) == (1, [])
    assert call(capsys, "marks", other, "--import", file)["counts"]["new"] == 1
    call(capsys, "mark", other, "--change", made, "--text", "Mine", "--by", "PS Marsh")
    call(capsys, "mark", case, "--change", made, "--text", "Theirs", "--by", "DC Harper")
    call(capsys, "marks", case, "--export", file)
    left = call(capsys, "marks", other, "--import", file, code=1)
    assert not left["ok"]
    (conflict,) = left["conflicts"]
    assert (conflict["mine"]["text"], conflict["theirs"]["text"]) == ("Mine", "Theirs")
    assert (conflict["mine"]["changed_by"], conflict["theirs"]["changed_by"]) == ("PS Marsh", "DC Harper")
    assert call(capsys, "marks", other)["marks"][0]["mark"]["text"] == "Mine"
    assert call(capsys, "marks", other, "--import", file, "--take", "both")["ok"]
    assert sorted(one["mark"]["text"] for one in call(capsys, "marks", other)["marks"]) == ["Mine", "Theirs"]


def test_what_makes_no_sense_is_told(capsys: pytest.CaptureFixture[str], case: Path) -> None:
    for arguments in (
        ("mark", case),
        ("mark", case, "--change", "x"),
        ("mark", case, "--at", "2026-03-14T21:32:07Z", "--category", "No such"),
        ("mark", case, "--at", "2026-03-14T21:32:07Z", "--camera", "No such"),
        ("mark", case, "--at", "2026-03-14T21:32:07Z", "--to", "2026-03-14T21:32:06Z"),
        ("marks", case, "--import", case / "missing.csv"),
        ("history", case, "x"),
        ("undo", case),
        ("categories", case, "--delete", "x"),
    ):
        capsys.readouterr()
        assert main([*map(str, arguments), "--json"]) in {1, 2}
        assert json.loads(capsys.readouterr().out)["error"]["happened"]
