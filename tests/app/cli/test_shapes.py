"""`sightline shapes`, and `sightline frames --shapes`: a still, and beside it the same frame with its shapes."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from annotations.journal import edit
from annotations.shapes.frames import new_shape
from annotations.shapes.geometry import UNIT, Kind
from annotations.shapes.record import new_shape_edit
from annotations.shapes.shape import Look
from app.cli.main import main
from app.demo_case import DemoCase
from evidence.case import Case
from player.tracks import FrameSpot, Track
from sync.timeline import build_timeline

_LOOK = Look(colour="#ff00ff", is_filled=True, line_width=256)


def run(*arguments: str | Path) -> tuple[int, Any]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main([*map(str, arguments), "--json"])
    return code, json.loads(out.getvalue())


@pytest.fixture
def case(demo_case: DemoCase, tmp_path: Path) -> Path:
    """The demo with a box on the frame that the first camera shows at five seconds."""
    folder = tmp_path / "demo"
    shutil.copytree(demo_case.case_folder.parent, folder)
    case = folder / demo_case.case_folder.name
    with Case.open(case) as opened:
        timeline = build_timeline(opened.cameras(), opened.recordings(), opened.clock_settings(), "Europe/London")
        assert timeline.span is not None
        instant = timeline.span.start + 5 * 10**9
        looks = [(Track(row, opened.frame_index), row) for row in timeline.cameras]
        spot = next(
            found
            for track, _row in looks
            if isinstance(found := track.at(instant), FrameSpot)  # type: ignore[arg-type]
        )
        recording = spot.place.recording
        index = opened.frame_index(recording.id)
        assert index is not None
        stream = recording.video
        assert stream is not None
        box = ((UNIT * 10, UNIT * 20), (UNIT * 40, UNIT * 50))
        drawn = new_shape(
            recording, index, (spot.frame, spot.frame), spot.frame, kind=Kind.BOX, geometry=box, look=_LOOK
        )
        edit(opened, [new_shape_edit(drawn)], by="DC Harper", label="new box")
    return case


def pixels(file: Path) -> NDArray[np.uint8]:
    with av.open(str(file)) as container:
        (picture,) = container.decode(video=0)
    return picture.to_ndarray(format="rgb24").astype(np.uint8)


def texts(file: Path) -> bytes:
    return file.read_bytes().split(b"IDAT")[0]


def test_the_list_names_frames_and_who_drew(case: Path) -> None:
    code, document = run("shapes", case)
    assert code == 0
    (one,) = document["shapes"]
    assert one["first_and_last_frame"][0] == one["first_and_last_frame"][1]
    assert one["is_on_frames"] is True
    assert one["state"]["kind"] == "box"
    assert one["state"]["by"] == "DC Harper"
    assert '<rect x="10" y="20" width="30" height="30"/>' in one["svg"]


def test_a_still_with_shapes_stands_beside_the_still_and_says_what_it_is(case: Path, tmp_path: Path) -> None:
    code, plain = run("frames", case, "--at", "+5", "--out", tmp_path / "plain", "--by", "PC 1")
    assert code == 0
    code, both = run("frames", case, "--at", "+5", "--out", tmp_path / "both", "--by", "PC 1", "--shapes")
    assert code == 0
    assert [one["sha256"] for one in plain["cameras"]] == [one["sha256"] for one in both["cameras"]]
    (drawn,) = [one for one in both["cameras"] if one["drawn_over_file"]]
    file, over = Path(drawn["file"]), Path(drawn["drawn_over_file"])
    assert over.name == f"{file.stem}_with-shapes.png"
    before, after = pixels(file), pixels(over)
    changed = (before != after).any(axis=2)
    assert (after[24:46, 14:36] == (255, 0, 255)).all()
    assert not changed[:16].any()
    assert not changed[55:].any()
    assert not changed[:, 46:].any()
    said = texts(over)
    assert b"One shape was drawn over this frame" in said
    assert drawn["sha256"].encode() in said
    assert b'"drawn_over"' in said
    assert b"drawn over" not in texts(file).lower()
    assert hashlib.sha256(over.read_bytes()).hexdigest() == drawn["drawn_over_sha256"]
    log = (case / "audit.log").read_text().splitlines()
    assert over.name in log[-1]
