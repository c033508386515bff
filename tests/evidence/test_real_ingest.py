"""Real recordings go into a case through the real examiner, and come out whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.verify import Verdict, VerifyRequest, verify_originals
from sync.timeline import build_timeline
from tests.support.case_dump import assert_log_is_whole, dump


@pytest.mark.media
def test_every_real_recording_is_added_once_and_verified(case: Case, media: Path) -> None:
    request = AddRequest(case.folder, (bytes(media),), "DC Grey")
    first = add_files(request, no_progress, never_cancelled, case=case)
    named = {path for path in media.rglob("*") if path.is_file()}
    told = {one.path_bytes for one in first.added} | {one.path_bytes for one in first.duplicates}
    told |= {one.path_bytes for one in first.refused} | {one.path_bytes for one in first.ignored}
    assert told == {bytes(path.absolute()) for path in named}
    with_picture = [one for one in first.added if one.video_stream is not None]
    assert len(with_picture) > 20
    for recording in with_picture:
        index = case.frame_index(recording.id)
        assert index is not None
        assert len(index)
    second = add_files(request, no_progress, never_cancelled, case=case)
    assert second.added == ()
    assert len(second.duplicates) == len(first.added) + len(first.duplicates)
    assert len(case.refusals()) == len(first.refused)
    timeline = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)
    placed = sum(len(row.placed) for row in timeline.cameras)
    assert placed + len(timeline.unplaced) == len(first.added)
    result = verify_originals(VerifyRequest(case.folder, "DC Grey"), no_progress, never_cancelled, case=case)
    assert result.verdict is Verdict.VERIFIED
    assert_log_is_whole(case)


@pytest.mark.media
@pytest.mark.parametrize("at_bytes", [1, 1_000_000, 20_000_000])
def test_cancelling_the_real_examiner_leaves_the_case_as_it_was(case: Case, media: Path, at_bytes: int) -> None:
    before = dump(case.folder)
    done: list[int] = [0]
    request = AddRequest(case.folder, (bytes(media),), "DC Grey")
    result = add_files(request, lambda report: done.append(report.done), lambda: done[-1] >= at_bytes, case=case)
    assert result.cancelled
    assert dump(case.folder) == before
    assert_log_is_whole(case)
