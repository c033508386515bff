"""Marks go out to others and come back: nothing lost, nothing twice, nothing overwritten unasked, nothing executed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from annotations.categories import CategoryFields, load_categories, set_category
from annotations.exchange.annotation_reading import annotations_from_json
from annotations.exchange.annotation_writing import annotations_as_json
from annotations.exchange.exporting import collect
from annotations.exchange.files import export_marks, read_marks
from annotations.exchange.foreign import ExchangeError, ForeignMarks
from annotations.exchange.mark_csv import marks_as_csv, marks_from_csv
from annotations.exchange.merging import Standing, Take, apply_merge, plan_merge
from annotations.exchange.untrusted_json import DEEPEST, parse_json
from annotations.journal import Step, revert
from annotations.marks import Mark, MarkDraft, PictureAnchor, add_mark, delete_marks, load_marks, set_tags, set_text
from annotations.people import Role, load_people, set_person
from evidence.case import Case
from evidence.errors import UsageError
from evidence.times import IncidentTime, MediaTime
from tests.support.case_dump import assert_log_is_whole, dump

NOON = IncidentTime(1_773_523_920_123_456_789)
HOSTILE = (
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "'=1",
    "''",
    "-5",
    "<script>alert(1)</script>",
    'a "b", c',
    "日本 مرحبا",
    "= ",
)


def new_case(folder: Path, name: str) -> Case:
    return Case.create(folder / f"{name}.sightline", title=name, reference="", by="DC Harper")


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Case]:
    with new_case(tmp_path, "Mine") as made:
        yield made


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Case]:
    with new_case(tmp_path, "Theirs") as made:
        yield made


def as_json(case: Case) -> ForeignMarks:
    return annotations_from_json(annotations_as_json(collect(case)))


def as_csv(case: Case) -> ForeignMarks:
    return marks_from_csv(marks_as_csv(collect(case)))


FORMS = pytest.mark.parametrize("through", [as_json, as_csv])
Through = Callable[[Case], ForeignMarks]


def take_all(case: Case, found: ForeignMarks, take: Take = Take.MINE) -> Step:
    plan = plan_merge(case, found)
    assert plan.problems == ()
    return apply_merge(case, plan, take, by="PS Marsh")


def fill(case: Case) -> Mark:
    """Return a mark with everything that a mark on the incident can have."""
    person, _step = set_person(case, "Jo Bloggs", Role.SUSPECT, by="DC Harper")
    set_category(case, CategoryFields("Shouting", "#123456", None, is_range=True, position=20), by="DC Harper")
    category = load_categories(case)[-1]
    draft = MarkDraft(
        NOON,
        "Falls, “hard”",
        IncidentTime(NOON + 1),
        category_id=category.id,
        colour="#abcdef",
        tags=("knife", "door"),
        people=(person,),
    )
    return add_mark(case, draft, by="DC Harper")[0]


@FORMS
def test_a_mark_arrives_with_everything_and_a_second_time_is_no_change(
    mine: Case, theirs: Case, through: Through
) -> None:
    sent = fill(theirs)
    step = take_all(mine, through(theirs))
    (got,) = load_marks(mine)
    same = ("id", "instant", "end", "text", "tags", "colour", "by", "created_ns", "changed_by", "changed_ns")
    assert [getattr(got, name) for name in same] == [getattr(sent, name) for name in same]
    assert [(one.name, one.role) for one in load_people(mine)] == [("Jo Bloggs", Role.SUSPECT)]
    assert load_categories(mine)[-1].name == "Shouting"
    before = dump(mine.folder)
    assert take_all(mine, through(theirs)).changes == ()
    assert dump(mine.folder) == before
    revert(mine, step, by="PS Marsh")
    assert (load_marks(mine), load_people(mine)) == ((), ())
    assert_log_is_whole(mine)


@FORMS
def test_what_only_one_side_changed_is_taken_without_asking(mine: Case, theirs: Case, through: Through) -> None:
    sent = fill(theirs)
    take_all(mine, through(theirs))
    old = through(theirs)
    set_text(theirs, sent.id, "Falls", by="DC Harper")
    plan = plan_merge(mine, through(theirs))
    assert [one.standing for one in plan.compared] == [Standing.NEWER]
    apply_merge(mine, plan, Take.MINE, by="PS Marsh")
    assert load_marks(mine)[0].text == "Falls"
    assert [one.standing for one in plan_merge(mine, old).compared] == [Standing.OLDER]
    set_text(mine, sent.id, "Falls again", by="PS Marsh")
    assert [one.standing for one in plan_merge(mine, through(theirs)).compared] == [Standing.OLDER]
    assert [one.standing for one in plan_merge(theirs, through(mine)).compared] == [Standing.NEWER]


@FORMS
@pytest.mark.parametrize(
    ("take", "texts"),
    [(Take.MINE, ["Mine"]), (Take.THEIRS, ["Theirs"]), (Take.BOTH, ["Mine", "Theirs"])],
)
def test_what_both_changed_is_shown_and_chosen(
    mine: Case, theirs: Case, through: Through, take: Take, texts: list[str]
) -> None:
    sent = fill(theirs)
    take_all(mine, through(theirs))
    set_text(theirs, sent.id, "Theirs", by="DC Harper")
    set_text(mine, sent.id, "Mine", by="PS Marsh")
    plan = plan_merge(mine, through(theirs))
    (conflict,) = plan.conflicts
    assert conflict.mine is not None
    assert (conflict.mine.text, conflict.mine.changed_by) == ("Mine", "PS Marsh")
    assert (conflict.theirs.text, conflict.theirs.changed_by) == ("Theirs", "DC Harper")
    apply_merge(mine, plan, take, by="PS Marsh")
    assert sorted(one.text for one in load_marks(mine)) == texts
    again = plan_merge(mine, through(theirs))
    apply_merge(mine, again, take, by="PS Marsh")
    assert sorted(one.text for one in load_marks(mine)) == texts


@FORMS
def test_what_was_deleted_here_does_not_come_back_by_itself(mine: Case, theirs: Case, through: Through) -> None:
    sent = fill(theirs)
    take_all(mine, through(theirs))
    delete_marks(mine, [sent.id], by="PS Marsh")
    assert take_all(mine, through(theirs)).changes == ()
    set_tags(theirs, [sent.id], ["gun"], by="DC Harper")
    (conflict,) = plan_merge(mine, through(theirs)).conflicts
    assert conflict.mine is None
    take_all(mine, through(theirs), Take.THEIRS)
    assert [one.tags for one in load_marks(mine)] == [("gun",)]


@FORMS
def test_marks_on_recordings_that_are_not_here_are_told_and_left_out(
    mine: Case, theirs: Case, through: Through
) -> None:
    anchor = PictureAnchor("r", 0, MediaTime(90_001, Fraction(1, 90_000)), 90_002)
    add_mark(theirs, MarkDraft(NOON, "On a picture", picture=anchor), by="DC Harper")
    found = through(theirs)
    plan = plan_merge(mine, found)
    assert plan.compared == ()
    assert len(plan.problems) == 1


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=30))
@example(HOSTILE[0])
@example("\r=1")
def test_texts_come_back_from_a_table_as_they_were(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    with new_case(tmp_path_factory.mktemp("csv"), "A") as case:
        made, _step = add_mark(case, MarkDraft(NOON, text), by="DC Harper")
        (found,) = as_csv(case).marks
        assert found.text == made.text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_and_no_script_is_more_than_text(mine: Case, theirs: Case, text: str) -> None:
    made, _step = add_mark(theirs, MarkDraft(NOON, text), by="DC Harper")
    table = marks_as_csv(collect(theirs)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table, newline="")))
    cells = [cell for row in rows for cell in row]
    acting = [one for one in cells if one.lstrip()[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    assert [one for one in acting if one not in {"+1", "-5"}] == []  # numbers are no formulas
    for through in (as_json, as_csv):
        assert through(theirs).marks[0].text == made.text
    take_all(mine, as_csv(theirs))
    assert load_marks(mine)[0].text == made.text


def test_the_file_is_a_web_annotation_with_media_fragments(theirs: Case) -> None:
    sent = fill(theirs)
    page = json.loads(annotations_as_json(collect(theirs)))
    (item,) = page["items"]
    assert page["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert (page["type"], item["type"], item["id"]) == ("AnnotationPage", "Annotation", f"urn:uuid:{sent.id}")
    assert item["creator"] == {"type": "Person", "name": "DC Harper"}
    selector = item["target"]["selector"]
    assert selector["conformsTo"] == "http://www.w3.org/TR/media-frags/"
    assert selector["value"] == "t=clock:2026-03-14T21:32:00.123456789Z,2026-03-14T21:32:00.123456790Z"


def test_another_programs_annotation_is_read_as_far_as_it_goes(mine: Case) -> None:
    plain = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": "https://example.org/anno1",
        "type": "Annotation",
        "body": {"type": "TextualBody", "value": "Door opens"},
        "target": {"source": "x", "selector": {"type": "FragmentSelector", "value": "t=clock:2026-03-14T21:32:00Z"}},
    }
    for _ in range(2):
        take_all(mine, annotations_from_json(json.dumps(plain).encode()))
    assert [(one.text, one.instant) for one in load_marks(mine)] == [("Door opens", 1_773_523_920 * 10**9)]


def item(**changes: object) -> dict[str, Any]:
    target = {"source": "x", "sightline:startNs": "5"}
    return {"type": "Annotation", "id": "urn:uuid:a", "body": [], "target": target} | changes


@pytest.mark.parametrize(
    "hostile",
    [
        item(target={"sightline:startNs": "9" * 30}),
        item(target={"sightline:startNs": True}),
        item(target={}),
        item(target="x"),
        item(body=[{"type": "TextualBody", "value": 7}]),
        item(target={"sightline:startNs": "5", "sightline:pts": "1", "sightline:timeBase": "1/0"}),
        item(target={"sightline:startNs": "5", "sightline:pts": "1", "sightline:timeBase": [1, 2]}),
        "text",
        None,
    ],
)
def test_an_annotation_that_is_none_is_told_and_the_others_are_taken(mine: Case, hostile: object) -> None:
    found = annotations_from_json(json.dumps([hostile, item(id="urn:uuid:b")]).encode())
    assert [one.id for one in found.marks] == ["b"]
    assert len(found.problems) == 1
    take = apply_merge(mine, plan_merge(mine, found), Take.MINE, by="PS Marsh")
    assert [one.item_id for one in take.changes] == ["b"]


@pytest.mark.parametrize(
    "changes",
    [
        {"sightline:colour": "url(javascript:x)"},
        {"target": {"sightline:startNs": "5", "sightline:endNs": "5"}},
        {"body": [{"purpose": "tagging", "value": f"tag {n}"} for n in range(60)]},
    ],
)
def test_a_mark_that_this_case_cannot_have_is_told(mine: Case, changes: dict[str, object]) -> None:
    plan = plan_merge(mine, annotations_from_json(json.dumps([item(**changes)]).encode()))
    assert (plan.compared, len(plan.problems)) == ((), 1)


def test_hostile_texts_arrive_harmless(mine: Case) -> None:
    wild = item(body=[{"value": "a\u202e\u0000b\ud800" + "x" * 10_000}], creator={"name": "\u202eeve"})
    take_all(mine, annotations_from_json(json.dumps([wild]).encode()))
    (got,) = load_marks(mine)
    assert "\u202e" not in got.text + got.by
    assert len(got.text) <= 4_000


@pytest.mark.parametrize(
    ("untrusted", "says"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b'{"items": NaN}', "NaN"),
        (b'{"items": [1e999], "items": []}', "two values"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "deep"),
        (b'{"a":' * 200_000, "deep"),
        (b"[" + b"9" * 5_000 + b"]", "digits"),
        ("[]".encode("utf-16"), "UTF-16"),
        (b"\xff[]", "UTF-8"),
        (b"{}", "no Web Annotations"),
        (b'"text"', "no Web Annotations"),
        (b'{"items": {}}', "no Web Annotations"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_clear_message(untrusted: bytes, says: str) -> None:
    with pytest.raises(ExchangeError, match=says):
        annotations_from_json(untrusted)


@pytest.mark.parametrize(
    ("untrusted", "says"),
    [
        (b"", "no table of marks"),
        (b"a,b\n1,2\n", "no table of marks"),
        (b'start,text\n2026-03-14T21:32:00Z,"' + b"x" * 200_000 + b'"\n', "cannot be read"),
        ("start,text\n".encode("utf-16"), "UTF-16"),
        (b"start,text\n\xff,\n", "UTF-8"),
    ],
)
def test_a_table_that_is_none_is_refused_with_a_clear_message(untrusted: bytes, says: str) -> None:
    with pytest.raises(ExchangeError, match=says):
        marks_from_csv(untrusted)


def test_lines_of_a_table_that_cannot_be_read_are_told_and_the_others_taken() -> None:
    rows = ("2026-03-14T21:32:00Z;a;", "yesterday;b;", "2026-03-14 22:32:00+01:00;c;", "2026-03-14T21:32:00Z;d;x")
    table = "\n".join(("start;text;pts", *rows))
    found = marks_from_csv(table.encode())
    assert [(one.text, one.start_ns) for one in found.marks] == [("a", 1773523920 * 10**9), ("c", 1773523920 * 10**9)]
    assert [problem.partition(":")[0] for problem in found.problems] == ["Line 3", "Line 5"]


@given(st.binary(max_size=300))
def test_random_bytes_are_refused_or_read_and_never_a_fault(untrusted: bytes) -> None:
    for read in (annotations_from_json, marks_from_csv, parse_json):
        try:
            read(untrusted)
        except ExchangeError as error:
            assert error.happened  # noqa: PT017 - either outcome is right, any other error is not


def test_files_by_their_endings(mine: Case, theirs: Case, tmp_path: Path) -> None:
    fill(theirs)
    for name in ("marks.jsonld", "marks.json", "marks.CSV"):
        assert export_marks(theirs, tmp_path / name) == 1
        assert len(read_marks(tmp_path / name).marks) == 1
    with pytest.raises(UsageError, match="jsonld"):
        export_marks(theirs, tmp_path / "marks.txt")
    with pytest.raises(ExchangeError, match="cannot be read"):
        read_marks(tmp_path / "missing.csv")
    assert load_marks(mine) == ()
