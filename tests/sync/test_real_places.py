"""Real recordings whose recorders kept exact clocks lie on the timeline where `ground_truth.json` says."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from sync.timeline import build_timeline
from tests.conftest import MEDIA

_SHOTS = "shotspotter/ChicagoILDistrict7_312 2022-09-21 015200--Request 4072698"
_LOCA = "opensoundscape/LOCA_2021_09_24_652_"


@pytest.mark.media
def test_recorders_with_exact_clocks_are_placed_to_the_millisecond(tmp_path: Path) -> None:
    known = json.loads((MEDIA / "ground_truth.json").read_text())
    shots = known["shotspotter/ChicagoILDistrict7_312"]["files"]
    late_s = known["opensoundscape/LOCA"]["start_offset_s"]["_8_late_start"]
    true_ms = {name: _ms(shots[name]["start_utc"]) for name in sorted(shots)[:2]}
    loca_ms = _ms("2021-09-24T06:52:00Z")  # in each file's own comment
    true_ms |= {Path(f"{_LOCA}{name}.wav").name: loca_ms for name in ("3", "8")}
    true_ms[Path(f"{_LOCA}8_late_start.wav").name] = loca_ms + round(late_s * 1000)
    files = [MEDIA / (_SHOTS if name in shots else "opensoundscape") / name for name in true_ms]
    with Case.create(tmp_path / "Case.sightline", title="T", reference="R", by="DC Harper") as case:
        request = AddRequest(case.folder, tuple(bytes(one) for one in files), "DC Harper")
        add_files(request, no_progress, never_cancelled, case=case)
        timeline = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)
    placed = {one.recording.display_name: one for row in timeline.cameras for one in row.placed}
    assert {name: one.span.start // 10**6 for name, one in placed.items()} == true_ms
    assert not timeline.unplaced


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)
