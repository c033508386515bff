"""Clocks that are set anew leave marks on pictures on their very frame, and undo brings back all; again, again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotations.journal import ChangedMeanwhileError
from annotations.mark_book import MarkBook
from annotations.mark_states import PictureAnchor
from annotations.marks import MarkDraft, add_mark, load_marks
from app.sync_corrections import add_observations, apply_clocks, decide
from app.undo_stack import Undoable
from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.observations import ObservationState
from evidence.times import IncidentTime
from sync.case_clocks import person
from sync.marked import mark_frame, observe_event
from sync.timeline import Timeline, build_timeline
from tests.support.case_dump import dump
from tests.support.examinations import FakeExaminer

FRAME = 1


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    for name in ("X1", "X2"):
        (tmp_path / f"{name}_a.mp4").write_bytes(name.encode())
    with Case.create(tmp_path / "Case.sightline", title="T", reference="R", by="DC Harper") as made:
        request = AddRequest(made.folder, tuple(bytes(one) for one in sorted(tmp_path.glob("*.mp4"))), "DC Harper")
        add_files(request, no_progress, never_cancelled, case=made, examiner_factory=FakeExaminer)
        yield made


def timeline_of(case: Case) -> Timeline:
    return build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)


def book_of(case: Case) -> MarkBook:
    return MarkBook.of(load_marks(case), (), (), timeline_of(case))


def rows_of(case: Case) -> dict[str, list[tuple[object, ...]]]:
    tables = dump(case.folder)
    return {name: rows for name, rows in tables.items() if name in {"marks", "shapes"}}


def starts(case: Case) -> dict[str, int]:
    return {place.recording.id: place.span.start for one in timeline_of(case).cameras for place in one.placed}


def test_marks_on_pictures_stay_on_their_frame_and_those_on_the_incident_in_their_time(case: Case) -> None:
    one, other = case.recordings()
    index = case.frame_index(other.id)
    assert index is not None
    before = starts(case)
    instant = IncidentTime(before[other.id] + 40_000_000)
    anchor = PictureAnchor(other.id, 0, index.media_time(FRAME))
    on_picture, _ = add_mark(case, MarkDraft(instant, "fist", picture=anchor), by="DC Harper")
    on_incident, _ = add_mark(case, MarkDraft(instant, "siren"), by="DC Harper")
    kept = rows_of(case)
    marks = [mark_frame(each.id, each.camera_id, index, frame) for each, frame in ((one, 0), (other, 2))]
    observed = add_observations(case, observe_event(marks, person("DC Harper")), "DC Harper")
    applied = apply_clocks(case, "", "DC Harper")
    after = starts(case)
    assert after[other.id] - after[one.id] == pytest.approx(-80_000_000, abs=1_000_000)
    book = book_of(case)
    place = book.place_by_recording[other.id]
    frames = place.frame_starts(index)
    placed = {each.mark.id: each for each in map(book.place, book.marks)}
    assert placed[on_picture.id].start == frames[FRAME] != instant
    assert placed[on_picture.id].mark.picture == anchor
    assert placed[on_incident.id].start == instant
    assert rows_of(case) == kept  # not one row of a mark was touched
    again = applied.take_back(case, "DC Harper")
    assert starts(case) == before
    assert case.clock_settings() == ()
    assert isinstance(again, Undoable)
    again.take_back(case, "DC Harper")
    assert starts(case) == after
    with pytest.raises(ChangedMeanwhileError):
        applied_by_another(case, again)
    assert isinstance(observed.take_back(case, "DC Harper"), Undoable)
    assert {each.state for each in case.observations()} == {ObservationState.REJECTED}


def applied_by_another(case: Case, undoable: Undoable) -> None:
    """Somebody else sets the clocks before it is taken back."""
    case.clear_clock(case.cameras()[0].id, by="PC 9")
    undoable.take_back(case, "DC Harper")


def test_a_decision_is_taken_back_unless_somebody_decided_since(case: Case) -> None:
    one, other = case.recordings()
    index = case.frame_index(other.id)
    assert index is not None
    found = observe_event([mark_frame(each.id, each.camera_id, index, 0) for each in (one, other)], person("me"))
    case.add_observations(found, by="me")
    groups = [each.group for each in found]
    assert decide(case, groups, ObservationState.ACCEPTED, "me") is None
    rejected = decide(case, groups, ObservationState.REJECTED, "me")
    assert rejected is not None
    redo = rejected.take_back(case, "me")
    assert {each.state for each in case.observations()} == {ObservationState.ACCEPTED}
    assert isinstance(redo, Undoable)
    case.decide_observations(groups, ObservationState.PROPOSED, by="PC 9")
    with pytest.raises(ChangedMeanwhileError):
        redo.take_back(case, "me")
    assert {each.state for each in case.observations()} == {ObservationState.PROPOSED}
