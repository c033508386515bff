"""Marks on the incident are kept in the case, each change with its line in the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotations.marks import LONGEST_TEXT, Mark, MarkDraft, add_mark, delete_marks, load_marks, set_text
from evidence.case import Case
from evidence.errors import CaseReadOnlyError, NoSuchItemError, UsageError
from evidence.times import IncidentTime
from tests.support.case_dump import actions_of, assert_log_is_whole, log_of

FAR = IncidentTime(2**62 + 1)


def marked(case: Case, instant: IncidentTime, text: str, *, by: str) -> Mark:
    return add_mark(case, MarkDraft(instant, text), by=by)[0]


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "Case.sightline", title="Marks", reference="", by="DC Harper") as made:
        yield made


def test_marks_come_back_in_order_of_time(case: Case) -> None:
    late = marked(case, FAR, "  Door \n opens ", by="DC Harper")
    early = marked(case, IncidentTime(-5), "", by="PS Marsh")
    assert load_marks(case) == (early, late)
    assert late.text == "Door opens"
    assert (late.instant, late.by) == (FAR, "DC Harper")


def test_a_mark_survives_closing(case: Case) -> None:
    made = marked(case, FAR, "Door opens", by="DC Harper")
    case.close()
    with Case.open(case.folder) as again:
        assert load_marks(again) == (made,)


def test_who_changed_a_text_and_what_it_was_is_told(case: Case) -> None:
    made = marked(case, FAR, "Door opens", by="DC Harper")
    set_text(case, made.id, "Door closes", by="PS Marsh")
    (changed,) = load_marks(case)
    assert (changed.text, changed.by, changed.changed_by) == ("Door closes", "DC Harper", "PS Marsh")
    details = log_of(case.folder)[-1]["details"]
    assert (details["old"], details["new"]) == ({"text": "Door opens"}, {"text": "Door closes"})
    assert_log_is_whole(case)


def test_the_same_text_again_is_no_change(case: Case) -> None:
    made = marked(case, FAR, "Door opens", by="DC Harper")
    set_text(case, made.id, "Door opens", by="PS Marsh")
    assert actions_of(case.folder).count("mark.changed") == 0


def test_a_deleted_mark_is_out_of_sight_and_stays_in_the_log(case: Case) -> None:
    made = marked(case, FAR, "Door opens", by="DC Harper")
    delete_marks(case, [made.id], by="DC Harper")
    assert load_marks(case) == ()
    assert actions_of(case.folder)[-2:] == ["mark.added", "mark.deleted"]
    with pytest.raises(NoSuchItemError):
        delete_marks(case, [made.id], by="DC Harper")
    with pytest.raises(NoSuchItemError):
        set_text(case, made.id, "x", by="DC Harper")


def test_hostile_text_is_bounded_and_cleaned(case: Case) -> None:
    made = marked(case, FAR, "\u202e" + "x" * 10_000 + "\x00", by="DC Harper")
    assert len(made.text) <= LONGEST_TEXT
    assert "\u202e" not in made.text


def test_nobody_marks_namelessly_or_in_a_read_only_case(case: Case) -> None:
    with pytest.raises(UsageError):
        marked(case, FAR, "x", by=" ")
    case.close()
    with Case.open(case.folder, read_only=True) as again, pytest.raises(CaseReadOnlyError):
        marked(again, FAR, "x", by="DC Harper")
