"""What was drawn in court becomes shapes of the case: on that very frame, by a deliberate act, and never on another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from annotations.journal import revert
from annotations.shapes.geometry import Kind
from annotations.shapes.record import load_shapes
from courtroom.court_drawings import take_in
from evidence.case import Case
from evidence.errors import UsageError
from evidence.frame_index import FrameIndex
from evidence.records import Recording
from tests.support.packs import BY, make_pack_case

LINES = [[[1_000, 2_000], [3_000, 2_500], [3_500, 9_000]], [[0, 0], [256, 256]]]


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.open(make_pack_case(tmp_path)) as case:
        yield case


def with_pictures(case: Case) -> tuple[Recording, FrameIndex]:
    recording = next(one for one in case.recordings() if one.video is not None)
    index = case.frame_index(recording.id)
    assert index is not None
    return recording, index


def capture(folder: Path, case: Case, instead: Mapping[str, object] | None = None) -> Path:
    """Write a capture as court mode does; `instead` are other facts of its one frame."""
    recording, index = with_pictures(case)
    frame = 1
    assert recording.video is not None
    picture = folder / "20260314T213500Z-item-3-1.png"
    picture.write_bytes(b"a picture")
    shown: dict[str, Any] = {
        "recording": recording.display_name,
        "recording_id": recording.id,
        "recording_sha256": recording.sha256,
        "frame": frame,
        "pts": int(index.pts[frame]),
        "drawn": {
            "picture_size": [recording.video.width, recording.video.height],
            "line_width": 461,
            "lines": LINES,
        },
    }
    facts = {
        "captured_by": "Ms Counsel",
        "captured": "2026-03-14T21:35:00Z",
        "item": 3,
        "sha256": hashlib.sha256(b"a picture").hexdigest(),
        "frames": [shown | dict(instead or {}), {"recording": "", "frame": None, "pts": None}],
    }
    picture.with_suffix(".json").write_text(json.dumps(facts))
    return picture


def test_lines_lie_on_the_frame_that_the_court_saw_once_and_can_be_taken_back(case: Case, tmp_path: Path) -> None:
    _recording, index = with_pictures(case)
    picture = capture(tmp_path, case)
    found = take_in(case, [picture], by=BY)
    assert (found.taken, found.there) == (2, 0)
    shapes = load_shapes(case)
    assert {one.drawn.kind for one in shapes} == {Kind.FREEHAND}
    assert sorted(one.drawn.keyframes[0].geometry for one in shapes) == sorted(
        tuple(map(tuple, line)) for line in LINES
    )
    for one in shapes:
        assert (one.drawn.start_pts, one.drawn.end_pts) == (int(index.pts[1]), int(index.pts[2])), "that frame alone"
        assert one.drawn.label == "Drawn in court, item 3, 2026-03-14T21:35:00Z, Ms Counsel"
        assert one.by == BY
    again = take_in(case, [picture.with_suffix(".json")], by=BY)
    assert (again.taken, again.there) == (0, 2)
    assert len(load_shapes(case)) == 2
    revert(case, found.step, by=BY)
    assert load_shapes(case) == ()
    assert take_in(case, [picture], by=BY).taken == 2


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        ({"recording_sha256": "0" * 64}, "is not in this case"),
        ({"pts": 1}, "no frame with the stamp"),
        ({"pts": "1"}, "number that cannot be"),
        ({"drawn": {"picture_size": [8, 8], "line_width": 461, "lines": LINES}}, "another size"),
        ({"drawn": {"picture_size": [8, 8], "line_width": 461, "lines": [[[0, 0]]]}}, "fewer than two"),
        ({"drawn": {"picture_size": [8, 8], "line_width": 461, "lines": [[[0, 0], [2**40, 0]]]}}, "cannot be"),
        ({"drawn": 5}, "does not say"),
    ],
)
def test_what_does_not_fit_the_case_changes_nothing(
    case: Case, tmp_path: Path, instead: dict[str, object], words: str
) -> None:
    picture = capture(tmp_path, case, instead)
    with pytest.raises(UsageError, match=words):
        take_in(case, [picture], by=BY)
    assert load_shapes(case) == ()


def test_a_capture_whose_picture_was_changed_is_refused(case: Case, tmp_path: Path) -> None:
    picture = capture(tmp_path, case)
    picture.write_bytes(b"another picture")
    with pytest.raises(UsageError, match="not the one that was captured"):
        take_in(case, [picture], by=BY)
    picture.unlink()
    with pytest.raises(UsageError, match="is not there"):
        take_in(case, [picture], by=BY)
    picture.with_suffix(".json").write_text("[[")
    with pytest.raises(UsageError, match="no capture from court"):
        take_in(case, [picture], by=BY)
    assert load_shapes(case) == ()
