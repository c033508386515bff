"""A check reads every original once, tells what is wrong, and is never better than its worst part."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.case import Case
from evidence.errors import NoSuchItemError
from evidence.jobs import ProgressReport, never_cancelled, no_progress
from evidence.verify import Verdict, VerifyRequest, VerifyResult, verify_originals, worst_of
from tests.support.case_dump import actions_of, assert_log_is_whole, log_of


def verify(case: Case, **more: tuple[str, ...]) -> VerifyResult:
    return verify_originals(VerifyRequest(case.folder, "DC Grey", **more), no_progress, never_cancelled, case=case)


def test_an_unchanged_case_is_verified(full_case: Case) -> None:
    result = verify(full_case)
    assert result.verdict is Verdict.VERIFIED
    assert [item.verdict for item in result.items] == [Verdict.VERIFIED] * 6
    assert all(item.found_sha256 == item.expected_sha256 and not item.detail for item in result.items)
    assert result.findings == ()
    assert result.size_bytes == sum(one.size_bytes for one in full_case.recordings())
    assert result.is_kept
    assert actions_of(full_case.folder)[-1] == "case.verified"
    kept = full_case.last_verification()
    assert kept is not None
    assert (kept.overall, kept.verified, kept.unchecked) == ("VERIFIED", 6, 0)
    assert_log_is_whole(full_case)


def test_changed_replaced_missing_and_strange_originals(full_case: Case) -> None:
    changed, same_size, missing, folder, fine, fine_too = full_case.recordings()
    changed.path.write_bytes(b"longer than it was before")
    same_size.path.write_bytes(bytes(byte ^ 1 for byte in same_size.path.read_bytes()))
    missing.path.unlink()
    folder.path.unlink()
    folder.path.mkdir()
    result = verify(full_case)
    verdicts = {item.recording_id: item.verdict for item in result.items}
    assert verdicts == {
        changed.id: Verdict.MISMATCH,
        same_size.id: Verdict.MISMATCH,
        missing.id: Verdict.UNKNOWN,
        folder.id: Verdict.UNKNOWN,
        fine.id: Verdict.VERIFIED,
        fine_too.id: Verdict.VERIFIED,
    }
    assert all(item.detail for item in result.items if item.verdict is not Verdict.VERIFIED)
    assert result.verdict is Verdict.MISMATCH
    told = log_of(full_case.folder)[-1]
    assert set(told["items"]) == {changed.id, same_size.id, missing.id, folder.id}
    assert (told["details"]["mismatched"], told["details"]["unknown"]) == (2, 2)


def test_a_missing_original_is_unknown_and_never_good(full_case: Case) -> None:
    full_case.recordings()[0].path.unlink()
    assert verify(full_case).verdict is Verdict.UNKNOWN


def test_a_case_without_recordings_is_as_good_as_its_log_and_database(case: Case) -> None:
    assert verify(case).verdict is Verdict.VERIFIED


def test_a_touched_log_is_a_mismatch(full_case: Case) -> None:
    log = full_case.folder / "audit.log"
    log.write_bytes(log.read_bytes().replace(b"DC Grey", b"DC Gray", 1))
    result = verify(full_case)
    assert result.verdict is Verdict.MISMATCH
    assert [finding.code for finding in result.findings] == ["audit-log-altered-line"]
    log.unlink()
    assert verify(full_case).verdict is Verdict.MISMATCH


def test_rows_that_point_nowhere_are_a_mismatch(full_case: Case) -> None:
    connection = sqlite3.connect(full_case.folder / "case.db")
    connection.execute("UPDATE streams SET recording_id = 'nowhere' WHERE rowid = 1")
    connection.commit()
    connection.close()
    result = verify(full_case)
    assert result.verdict is Verdict.MISMATCH
    assert [finding.code for finding in result.findings] == ["database-damaged"]


def test_a_trigger_that_somebody_put_in_is_a_mismatch(full_case: Case) -> None:
    connection = sqlite3.connect(full_case.folder / "case.db")
    connection.execute("CREATE TRIGGER sly AFTER INSERT ON marks BEGIN DELETE FROM refusals; END")
    connection.commit()
    connection.close()
    (finding,) = verify(full_case).findings
    assert "sly" in finding.happened


def test_a_damaged_hash_in_the_case_is_not_good(full_case: Case) -> None:
    connection = sqlite3.connect(full_case.folder / "case.db")
    connection.execute("UPDATE recordings SET sha256 = 'nonsense' WHERE display_name = 'A1_0.mp4'")
    connection.commit()
    connection.close()
    assert verify(full_case).items[0].verdict is Verdict.UNKNOWN


def test_stopping_leaves_the_rest_unknown(full_case: Case) -> None:
    reports: list[ProgressReport] = []

    def enough() -> bool:
        return bool(reports) and reports[-1].done > full_case.recordings()[0].size_bytes

    request = VerifyRequest(full_case.folder, "me")
    result = verify_originals(request, reports.append, enough, case=full_case)
    assert result.cancelled
    assert result.items[0].verdict is Verdict.VERIFIED
    assert result.items[-1].verdict is Verdict.UNKNOWN
    assert result.verdict is Verdict.UNKNOWN


def test_some_recordings_only(full_case: Case) -> None:
    wanted = full_case.recordings()[2]
    result = verify(full_case, recording_ids=(wanted.id,))
    assert [item.recording_id for item in result.items] == [wanted.id]
    kept = full_case.last_verification()
    assert kept is not None
    assert kept.unchecked == 5
    with pytest.raises(NoSuchItemError):
        verify(full_case, recording_ids=("nothing",))


def test_a_case_that_can_only_be_read_is_checked_too(full_case: Case) -> None:
    with Case.open(full_case.folder, read_only=True) as reader:
        result = verify(reader)
    assert result.verdict is Verdict.VERIFIED
    assert not result.is_kept


def test_a_case_that_is_open_elsewhere_is_checked_too(full_case: Case) -> None:
    result = verify_originals(VerifyRequest(full_case.folder, "me"), no_progress, never_cancelled)
    assert result.verdict is Verdict.VERIFIED
    assert not result.is_kept


def test_progress_counts_all_bytes(full_case: Case, originals: Path) -> None:
    reports: list[ProgressReport] = []
    verify_originals(VerifyRequest(full_case.folder, "me"), reports.append, never_cancelled, case=full_case)
    assert [report.done for report in reports] == sorted(report.done for report in reports)
    assert reports[-1].done == reports[-1].total == sum(path.stat().st_size for path in originals.glob("*.mp4"))


@given(st.lists(st.sampled_from(Verdict)))
def test_the_whole_is_never_better_than_its_worst_part(verdicts: list[Verdict]) -> None:
    worst = worst_of(verdicts)
    if Verdict.MISMATCH in verdicts:
        assert worst is Verdict.MISMATCH
    elif Verdict.UNKNOWN in verdicts:
        assert worst is Verdict.UNKNOWN
    else:
        assert worst is Verdict.VERIFIED
