"""Run sheets in a case: every save is kept, one is current, the log tells, and damage is seen."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from courtroom.run_sheet import Card
from courtroom.run_sheet_store import (
    delete_run_sheet,
    list_run_sheets,
    list_versions,
    load_run_sheet,
    make_current,
    save_run_sheet,
)
from evidence.case import Case
from evidence.errors import CaseDamagedError, CaseReadOnlyError, NoSuchItemError
from tests.support.run_sheets import item_of, sheet_of

BY = "DC Grey"


def test_every_save_is_a_version_and_the_last_is_current(case: Case) -> None:
    first = sheet_of(item_of(Card(("R v Smith",))))
    second = replace(first, title="Opening, after lunch")
    save_run_sheet(case, first, by=BY)
    save_run_sheet(case, second, by="PS Blue")
    assert load_run_sheet(case, first.id) == second
    assert load_run_sheet(case, first.id, 1) == first
    versions = list_versions(case, first.id)
    assert [(one.number, one.saved_by, one.is_current) for one in versions] == [(2, "PS Blue", True), (1, BY, False)]
    assert [one.title for one in list_run_sheets(case)] == ["Opening, after lunch"]


def test_saving_the_same_again_makes_no_version(case: Case) -> None:
    sheet = sheet_of(item_of(Card(("R v Smith",))))
    save_run_sheet(case, sheet, by=BY)
    assert save_run_sheet(case, sheet, by=BY).number == 1


def test_going_back_keeps_what_came_after(case: Case) -> None:
    first = sheet_of(item_of(Card(("R v Smith",))))
    save_run_sheet(case, first, by=BY)
    save_run_sheet(case, replace(first, title="Wrong"), by=BY)
    make_current(case, first.id, 1, by=BY)
    assert load_run_sheet(case, first.id) == first
    assert save_run_sheet(case, replace(first, title="Third"), by=BY).number == 3
    assert len(list_versions(case, first.id)) == 3


def test_a_deleted_sheet_is_out_of_sight_and_cannot_be_saved(case: Case) -> None:
    sheet = sheet_of()
    save_run_sheet(case, sheet, by=BY)
    delete_run_sheet(case, sheet.id, by=BY)
    assert list_run_sheets(case) == ()
    for act in (lambda: load_run_sheet(case, sheet.id), lambda: save_run_sheet(case, sheet, by=BY)):
        with pytest.raises(NoSuchItemError):
            act()


def test_the_log_tells_of_each_change(case: Case) -> None:
    sheet = sheet_of()
    save_run_sheet(case, sheet, by=BY)
    save_run_sheet(case, replace(sheet, title="Other"), by=BY)
    make_current(case, sheet.id, 1, by=BY)
    delete_run_sheet(case, sheet.id, by=BY)
    lines = [json.loads(line) for line in (case.folder / "audit.log").read_text().splitlines()]
    told = [line["action"] for line in lines if line["action"].startswith("runsheet")]
    assert told == ["runsheet.saved", "runsheet.saved", "runsheet.version_chosen", "runsheet.deleted"]


def test_a_read_only_case_takes_no_sheet(case_folder: Path) -> None:
    with Case.open(case_folder, read_only=True) as case, pytest.raises(CaseReadOnlyError):
        save_run_sheet(case, sheet_of(), by=BY)


def test_a_version_that_was_tampered_with_is_not_used(case_folder: Path) -> None:
    sheet = sheet_of(item_of(Card(("R v Smith",))))
    with Case.open(case_folder) as case:
        save_run_sheet(case, sheet, by=BY)
    connection = sqlite3.connect(case_folder / "case.db")
    connection.execute("UPDATE run_sheet_versions SET content = replace(content, 'Smith', 'Jones')")
    connection.commit()
    connection.close()
    with Case.open(case_folder) as case, pytest.raises(CaseDamagedError):
        load_run_sheet(case, sheet.id)
