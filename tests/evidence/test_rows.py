"""What goes into the database comes out the same, and what does not fit is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.case import Case
from evidence.examination import Examination
from evidence.grouping import CameraChoice
from evidence.records import CameraKind, ClockPiece, ClockSetting, Refusal, StreamInfo, TimeClaim
from evidence.rows import (
    claim_record,
    claim_row,
    hint_json,
    hint_record,
    refusal_record,
    refusal_row,
    setting_record,
    setting_row,
    stream_record,
    stream_row,
)
from tests.support.examinations import COUNTS, INT64, TEXTS, claims, examinations, findings, streams

_NAMES = st.text(min_size=1, max_size=10)


@pytest.fixture(scope="module")
def kept_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case that many examples are put into."""
    folder = tmp_path_factory.mktemp("kept") / "Kept.sightline"
    Case.create(folder, title="Kept", reference="", by="me").close()
    return folder


@given(found=st.lists(examinations(), min_size=1, max_size=4, unique_by=lambda one: one.sha256))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_recordings_come_back_as_they_went_in(kept_case: Path, found: list[Examination]) -> None:
    with Case.open(kept_case) as case:
        batch = case.begin_batch([], by="me")
        try:
            ids = [
                case.confirm_recording(
                    batch, one, lambda _: CameraChoice(None, "C", CameraKind.BWV, "", "test"), exhibit="E", by="me"
                )
                for one in found
            ]
            for recording_id, one in zip(ids, found, strict=True):
                assert recording_id is not None
                kept = case.recording(recording_id)
                for name in (
                    "path_bytes",
                    "display_name",
                    "size_bytes",
                    "mtime_ns",
                    "sha256",
                    "container",
                    "duration_ns",
                    "streams",
                    "video_stream",
                    "audio_stream",
                    "claims",
                    "findings",
                ):
                    assert getattr(kept, name) == getattr(one, name), name
                index = case.frame_index(recording_id)
                assert (None if index is None else index.to_bytes()) == one.frame_index
        finally:
            case.cancel_batch(batch, by="me")


@given(streams(0))
def test_streams(stream: StreamInfo) -> None:
    assert stream_record(stream_row("id", stream)) == stream


@given(claims())
def test_claims(claim: TimeClaim) -> None:
    assert claim_record(claim_row("id", 0, claim)) == claim


@given(st.builds(Refusal, st.binary(), TEXTS, COUNTS, st.just("ab" * 32), findings(), INT64))
def test_refusals(refusal: Refusal) -> None:
    assert refusal_record(refusal_row(refusal, None)) == refusal


@given(
    st.builds(
        ClockSetting,
        camera_id=TEXTS,
        pieces=st.lists(st.builds(ClockPiece, INT64, INT64, INT64), min_size=1, max_size=3).map(tuple),
        sigma_ns=st.none() | COUNTS,
        method=TEXTS,
        basis=TEXTS,
        by=TEXTS,
        set_ns=INT64,
    )
)
def test_settings(setting: ClockSetting) -> None:
    assert setting_record(setting_row(setting)) == setting


@given(examinations())
def test_hints(found: Examination) -> None:
    assert hint_record(hint_json(found.hint)) == found.hint


def test_a_hint_of_a_later_version_is_read_as_far_as_it_is_known() -> None:
    assert hint_record({"serial": "X1", "colour_of_the_case": "black"}).serial == "X1"


@given(claims(), st.integers(min_value=2**63))
def test_numbers_that_do_not_fit_are_refused(claim: TimeClaim, number: int) -> None:
    with pytest.raises(ValueError, match="instant_ns"):
        claim_row("id", 0, replace(claim, instant_ns=number))
