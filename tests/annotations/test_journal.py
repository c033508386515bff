"""Whatever is changed through the journal can be told and taken back, however it was changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.categories import CATEGORIES, CategoryFields, load_categories, set_category
from annotations.journal import (
    ChangedMeanwhileError,
    State,
    Step,
    edit,
    find_last_step,
    history_of,
    put,
    remove,
    revert,
)
from annotations.kinds import KEEPERS
from annotations.marks import MarkDraft, add_mark, delete_marks, load_marks, set_text
from annotations.people import PEOPLE, Role, load_people, set_person
from annotations.removals import delete_category, delete_person
from evidence.case import Case
from evidence.errors import CaseReadOnlyError, NoSuchItemError, UsageError
from evidence.times import IncidentTime
from tests.support.case_dump import actions_of, assert_log_is_whole, dump, log_of

IDS = tuple(f"00000000-0000-0000-0000-00000000000{number}" for number in range(4))


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "Case.sightline", title="Journal", reference="", by="DC Harper") as made:
        yield made


def person(name: str) -> dict[str, str]:
    return {"name": name, "role": "witness"}


def names_of(case: Case) -> list[str]:
    return [one.name for one in load_people(case)]


def test_a_step_is_one_transaction_with_its_history_and_its_lines_in_the_log(case: Case) -> None:
    step = edit(case, [put(PEOPLE, one, person(f"Person {one[-1]}")) for one in IDS], by="DC Harper", label="people")
    assert [change.item_id for change in step.changes] == list(IDS)
    assert actions_of(case.folder)[-4:] == ["person.added"] * 4
    (entry,) = history_of(case, IDS[2])
    assert (entry.before, entry.after, entry.by, entry.step_id) == (None, person("Person 2"), "DC Harper", step.id)
    assert_log_is_whole(case)


def test_where_one_item_is_refused_nothing_of_the_step_is_made(case: Case) -> None:
    before = dump(case.folder)
    with pytest.raises(UsageError):
        edit(case, [put(PEOPLE, IDS[0], person("A")), put(PEOPLE, IDS[1], person(" "))], by="DC Harper", label="people")
    assert dump(case.folder) == before


def test_the_same_state_again_is_no_step(case: Case) -> None:
    edit(case, [put(PEOPLE, IDS[0], person("A"))], by="DC Harper", label="new person")
    told = len(log_of(case.folder))
    assert edit(case, [put(PEOPLE, IDS[0], person("A"))], by="PS Marsh", label="change").changes == ()
    assert len(log_of(case.folder)) == told
    assert len(history_of(case, IDS[0])) == 1


def test_a_step_that_somebody_changed_since_is_not_taken_back(case: Case) -> None:
    both = edit(case, [put(PEOPLE, one, person(one[-1])) for one in IDS[:2]], by="DC Harper", label="people")
    edit(case, [put(PEOPLE, IDS[1], person("Jo Bloggs"))], by="PS Marsh", label="change of a person")
    with pytest.raises(ChangedMeanwhileError, match="Jo Bloggs"):
        revert(case, both, by="DC Harper")
    assert names_of(case) == ["0", "Jo Bloggs"]


def test_taking_back_is_in_history_and_log_and_can_be_taken_back(case: Case) -> None:
    step = edit(case, [put(PEOPLE, IDS[0], person("A"))], by="DC Harper", label="new person")
    undone = revert(case, step, by="PS Marsh")
    assert (names_of(case), undone.undoes, undone.label) == ([], step.id, "new person")
    again = revert(case, undone, by="PS Marsh")
    assert names_of(case) == ["A"]
    assert [entry.undoes for entry in history_of(case, IDS[0])] == ["", step.id, undone.id]
    assert log_of(case.folder)[-1]["details"]["undoes"] == undone.id
    assert again.changes[0].after == person("A")


def test_the_last_step_that_was_not_taken_back_is_found(case: Case) -> None:
    assert find_last_step(case, KEEPERS) is None
    first = edit(case, [put(PEOPLE, IDS[0], person("A"))], by="DC Harper", label="new person")
    second = edit(case, [put(PEOPLE, IDS[1], person("B"))], by="DC Harper", label="new person")
    assert find_last_step(case, KEEPERS) == second
    revert(case, second, by="DC Harper")
    assert find_last_step(case, KEEPERS) == first
    revert(case, first, by="DC Harper")
    assert find_last_step(case, KEEPERS) is None


def test_a_read_only_case_refuses(case: Case) -> None:
    step = edit(case, [put(PEOPLE, IDS[0], person("A"))], by="DC Harper", label="new person")
    case.close()
    with Case.open(case.folder, read_only=True) as again:
        with pytest.raises(CaseReadOnlyError):
            edit(again, [put(PEOPLE, IDS[1], person("B"))], by="DC Harper", label="new person")
        with pytest.raises(CaseReadOnlyError):
            revert(again, step, by="DC Harper")


def test_fractions_have_no_place_in_a_state(case: Case) -> None:
    with pytest.raises(TypeError, match="float"):
        edit(case, [put(PEOPLE, IDS[0], {"name": 0.5})], by="DC Harper", label="x")  # type: ignore[dict-item]


def test_a_step_of_very_many_items_has_one_line_for_each_sort_of_change(case: Case) -> None:
    ids = [f"person-{number:04}" for number in range(1_200)]
    step = edit(case, [put(PEOPLE, one, person(one)) for one in ids], by="DC Harper", label="import")
    last = log_of(case.folder)[-1]
    assert (last["action"], last["details"]["count"], len(last["items"])) == ("person.added", 1_200, 1_000)
    assert len(revert(case, step, by="DC Harper").changes) == 1_200
    assert names_of(case) == []


_EDITS = st.lists(
    st.tuples(
        st.sampled_from(("category", "person", "mark")),
        st.sampled_from(IDS),
        st.none() | st.sampled_from(("A", "B", "C")),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one[:2],
)


def _contents(case: Case) -> object:
    """Return what the case says, without who changed it last: undoing is a change too."""
    marks = [dataclasses.replace(one, changed_by="", changed_ns=0) for one in load_marks(case)]
    return load_categories(case), load_people(case), marks


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_EDITS, min_size=1, max_size=6))
def test_all_undone_is_the_start_and_all_redone_the_end(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[str, str, str | None]]]
) -> None:
    keeper_of = {keeper.name: keeper for keeper in KEEPERS}
    folder = tmp_path_factory.mktemp("journal") / "Case.sightline"
    with Case.create(folder, title="Journal", reference="", by="DC Harper") as case:
        start, done = _contents(case), list[Step]()
        for wishes in rounds:
            edits = [
                remove(keeper_of[kind], item) if name is None else put(keeper_of[kind], item, _state(kind, name))
                for kind, item, name in wishes
            ]
            step = edit(case, edits, by="DC Harper", label="change")
            done += [step] if step.changes else []
        end = _contents(case)
        undone = [revert(case, step, by="DC Harper") for step in reversed(done)]
        assert _contents(case) == start
        for step in reversed(undone):
            revert(case, step, by="DC Harper")
        assert _contents(case) == end
        assert_log_is_whole(case)


def _state(kind: str, name: str) -> State:
    if kind == "person":
        return {"name": name, "role": "officer"}
    if kind == "category":
        return {"name": name, "colour": "#123456", "key": None, "is_range": False, "position": 0}
    picture: State = {"recording": "r", "stream": 0, "pts": ord(name), "end_pts": None, "time_base": [1, 90_000]}
    return {
        "at_ns": ord(name),
        "end_ns": 2**62,
        "picture": picture if name == "B" else None,
        "text": f"  {name} \n{name}",
        "category": None,
        "colour": "",
        "tags": [name.lower(), name],
        "people": [],
        "by": "DC Harper",
        "created_ns": 1,
    }


def test_categories_come_with_a_case_and_a_key_belongs_to_one(case: Case) -> None:
    before = load_categories(case)
    assert [one.key for one in before] == list(range(1, 10))
    step = set_category(case, CategoryFields("Shouting", "#ff0000", 3, is_range=True), by="DC Harper")
    keys = {one.name: one.key for one in load_categories(case)}
    assert keys["Shouting"] == 3
    assert keys[before[2].name] is None
    revert(case, step, by="DC Harper")
    assert load_categories(case) == before


@pytest.mark.parametrize("fields", [{"name": " "}, {"colour": "red"}, {"colour": "#FF0000"}, {"key": 0}, {"key": 10}])
def test_a_category_that_is_none_is_refused(case: Case, fields: dict[str, object]) -> None:
    whole = {"name": "Shouting", "colour": "#ff0000", "key": None} | fields
    with pytest.raises(UsageError):
        edit(case, [put(CATEGORIES, IDS[0], whole)], by="DC Harper", label="x")  # type: ignore[arg-type]


def test_names_are_given_once(case: Case) -> None:
    with pytest.raises(UsageError, match="already"):
        set_category(case, CategoryFields("event", "#ff0000"), by="DC Harper")
    set_person(case, "Jo Bloggs", Role.WITNESS, by="DC Harper")
    with pytest.raises(UsageError, match="already"):
        set_person(case, "jo  bloggs", Role.OTHER, by="DC Harper")


def test_a_category_and_a_person_go_out_of_their_marks_and_come_back_with_them(case: Case) -> None:
    category = load_categories(case)[0]
    who, _step = set_person(case, "Jo Bloggs", Role.SUSPECT, by="DC Harper")
    draft = MarkDraft(IncidentTime(5), "Falls", category_id=category.id, people=(who,))
    made, _step = add_mark(case, draft, by="DC Harper")
    steps = [delete_category(case, category.id, by="PS Marsh"), delete_person(case, who, by="PS Marsh")]
    (left,) = load_marks(case)
    assert (left.category_id, left.people) == (None, ())
    for step in reversed(steps):
        revert(case, step, by="PS Marsh")
    (back,) = load_marks(case)
    assert (back.category_id, back.people) == (category.id, (who,))
    with pytest.raises(NoSuchItemError):
        delete_person(case, "nobody", by="PS Marsh")
    assert made.id == back.id


def test_a_deleted_mark_comes_back_as_it_was(case: Case) -> None:
    made, _step = add_mark(case, MarkDraft(IncidentTime(5), "Falls"), by="DC Harper")
    set_text(case, made.id, "Falls over", by="PS Marsh")
    gone = delete_marks(case, [made.id], by="PS Marsh")
    revert(case, gone, by="PS Marsh")
    (back,) = load_marks(case)
    assert (back.id, back.text, back.by, back.created_ns) == (made.id, "Falls over", "DC Harper", made.created_ns)
    assert len(history_of(case, made.id)) == 4
