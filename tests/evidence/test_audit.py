"""The audit log tells every change of every line, and gets over half-written bytes without rewriting any."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.audit import (
    GENESIS,
    AuditEntry,
    AuditFlaw,
    AuditReport,
    LogAnchor,
    append_entries,
    check_audit,
    new_entry,
)
from evidence.audit_line import LONGEST_LINE, parse_line

_PROGRAM = "Sightline test"


def entry(number: int) -> AuditEntry:
    return new_entry("camera.renamed", by="PC 412", program=_PROGRAM, items=[f"id-{number}"], details={"new": "BWV"})


def write_log(path: Path, count: int) -> LogAnchor:
    return append_entries(path, [entry(number) for number in range(count)], LogAnchor(), program=_PROGRAM)


def flaws(report: AuditReport) -> set[AuditFlaw]:
    return {finding.flaw for finding in report.findings}


def test_records_are_chained_by_the_hash_of_the_line_before(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    anchor = write_log(path, 3)
    lines = path.read_bytes().splitlines(keepends=True)
    before = GENESIS
    for number, line in enumerate(lines, 1):
        record = json.loads(line)
        assert (record["seq"], record["prev"]) == (number, before)
        before = hashlib.sha256(line).hexdigest()
    assert anchor == LogAnchor(3, before, path.stat().st_size, len(lines[-1]))
    report = check_audit(path, anchor)
    assert report.is_whole
    assert (report.entries, report.last_seq, report.last_sha256, report.findings) == (3, 3, before, ())


def test_appending_goes_on_and_an_event_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    first, second = entry(1), entry(2)
    anchor = append_entries(path, [first], LogAnchor(), program=_PROGRAM)
    append_entries(path, [first, second], LogAnchor(), program=_PROGRAM)  # killed before the anchor was kept
    reached = append_entries(path, [second], anchor, program=_PROGRAM)
    assert check_audit(path, reached).entries == 2
    assert check_audit(path, reached).is_whole
    assert append_entries(path, [], reached, program=_PROGRAM) == reached


def test_hostile_content_stays_on_its_line(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    nasty = '"}\n{"seq":2}\r\u2028\u202e\x00 </script> \\'
    told = new_entry(nasty, by=nasty, program=_PROGRAM, items=[nasty], details={nasty: nasty})
    anchor = append_entries(path, [told], LogAnchor(), program=_PROGRAM)
    assert path.read_bytes().count(b"\n") == 1
    assert parse_line(path.read_bytes().rstrip(b"\n")).entry == told
    assert check_audit(path, anchor).is_whole


Tamper = Callable[[list[bytes], int], list[bytes]]


def _flip(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[:at], lines[at].replace(b"PC 412", b"PC 413"), *lines[at + 1 :]]


def _garble(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[:at], b"\x00\xff garbage\n", *lines[at + 1 :]]


def _blank(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[:at], b" " + lines[at], *lines[at + 1 :]]


def _drop(lines: list[bytes], at: int) -> list[bytes]:
    return lines[:at] + lines[at + 1 :]


def _double(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[: at + 1], *lines[at:]]


def _insert_empty(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[:at], b"\n", *lines[at:]]


def _insert_copy_of_first(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[: at + 1], lines[0], *lines[at + 1 :]]


def _swap(lines: list[bytes], at: int) -> list[bytes]:
    other = (at + 1) % len(lines)
    swapped = list(lines)
    swapped[at], swapped[other] = lines[other], lines[at]
    return swapped


def _move_to_end(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[:at], *lines[at + 1 :], lines[at]] if at < len(lines) - 1 else _drop(lines, at)


def _cut_after(lines: list[bytes], at: int) -> list[bytes]:
    return lines[:at]


def _join_with_next(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[:at], lines[at].rstrip(b"\n"), *lines[at + 1 :]]


def _renumber(lines: list[bytes], at: int) -> list[bytes]:
    record = json.loads(lines[at])
    record["seq"] += 3
    return [*lines[:at], json.dumps(record, separators=(",", ":")).encode() + b"\n", *lines[at + 1 :]]


_TAMPERINGS: list[Tamper] = [
    _flip,
    _garble,
    _blank,
    _drop,
    _double,
    _insert_empty,
    _insert_copy_of_first,
    _swap,
    _move_to_end,
    _cut_after,
    _join_with_next,
    _renumber,
]


@pytest.mark.parametrize("tamper", _TAMPERINGS)
@pytest.mark.parametrize("at", range(7))
def test_every_change_of_every_line_is_found(tmp_path: Path, tamper: Tamper, at: int) -> None:
    path = tmp_path / "audit.log"
    anchor = write_log(path, 7)
    path.write_bytes(b"".join(tamper(path.read_bytes().splitlines(keepends=True), at)))
    report = check_audit(path, anchor)
    assert not report.is_whole
    assert all(finding.text and str(finding) for finding in report.findings)
    if tamper is not _cut_after:
        assert any(abs(finding.line - (at + 1)) <= 1 or finding.seq == at + 1 for finding in report.findings)


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_is_found(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "any.log"
    path.unlink(missing_ok=True)
    anchor = write_log(path, 4)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(min_value=0, max_value=len(content) - 1))
    content[at] ^= data.draw(st.integers(min_value=1, max_value=255))
    path.write_bytes(content)
    assert not check_audit(path, anchor).is_whole


def test_what_each_change_is_called(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    anchor = write_log(path, 6)
    lines = path.read_bytes().splitlines(keepends=True)

    def found(changed: list[bytes]) -> set[AuditFlaw]:
        path.write_bytes(b"".join(changed))
        return flaws(check_audit(path, anchor))

    assert found(lines) == set()
    assert found(_flip(lines, 2)) == {AuditFlaw.ALTERED_LINE}
    assert found(_flip(lines, 5)) == {AuditFlaw.ALTERED_LINE}
    assert found(_drop(lines, 2)) == {AuditFlaw.MISSING_LINES}
    assert found(_swap(lines, 2)) == {AuditFlaw.MISSING_LINES, AuditFlaw.REORDERED_LINE}
    assert found(_double(lines, 2)) == {AuditFlaw.REPEATED_LINE}
    assert found(_garble(lines, 2)) == {AuditFlaw.NOT_A_RECORD}
    assert found(lines[:4]) == {AuditFlaw.TRUNCATED}
    assert found([*lines, lines[-1][:30]]) == {AuditFlaw.TORN_END}
    assert AuditFlaw.SEQUENCE_GAP in found(_renumber(lines, 2))
    path.unlink()
    assert flaws(check_audit(path, anchor)) == {AuditFlaw.MISSING_LOG, AuditFlaw.TRUNCATED}


def test_records_that_the_case_does_not_know_are_found(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    anchor = write_log(path, 2)
    forged, waiting = entry(3), entry(4)
    append_entries(path, [forged, waiting], anchor, program=_PROGRAM)
    report = check_audit(path, anchor, pending=frozenset({waiting.event}))
    assert flaws(report) == {AuditFlaw.UNKNOWN_RECORD}
    reached = append_entries(path, [waiting], anchor, program=_PROGRAM)
    assert flaws(check_audit(path, reached)) == {AuditFlaw.DAMAGE_NOTICED}


@pytest.mark.parametrize("keep", range(0, 200, 13))
def test_half_a_line_is_accounted_for_and_never_rewritten(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "audit.log"
    anchor = write_log(path, 2)
    append_entries(path, [entry(3)], anchor, program=_PROGRAM)
    torn = path.read_bytes()[: anchor.size_bytes + keep]
    path.write_bytes(torn)
    later = entry(4)
    reached = append_entries(path, [later], anchor, program=_PROGRAM)
    assert path.read_bytes().startswith(torn)
    report = check_audit(path, reached)
    assert report.is_whole
    assert flaws(report) == (set() if keep == 0 else {AuditFlaw.RECOVERED_TEAR})
    assert parse_line(path.read_bytes().splitlines()[-1]).entry == later
    assert reached.size_bytes == path.stat().st_size


def test_a_line_that_only_lacks_its_end_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    anchor = write_log(path, 1)
    told = entry(2)
    append_entries(path, [told], anchor, program=_PROGRAM)
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    reached = append_entries(path, [told], anchor, program=_PROGRAM)
    assert check_audit(path, reached) == check_audit(path)
    assert (reached.seq, check_audit(path, reached).findings) == (2, ())


@given(tears=st.lists(st.binary(max_size=40), max_size=4))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_power_cut_leaves_is_got_over(tmp_path: Path, tears: list[bytes]) -> None:
    path = tmp_path / "torn.log"
    path.unlink(missing_ok=True)
    anchor = write_log(path, 1)
    for number, tear in enumerate(tears):
        with path.open("ab") as file:
            file.write(tear)
        anchor = append_entries(path, [entry(number)], anchor, program=_PROGRAM)
        assert anchor.size_bytes == path.stat().st_size
    report = check_audit(path, anchor)
    assert report.is_whole
    assert report.last_seq == anchor.seq


def test_a_tear_within_a_recovery_is_got_over(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    anchor = write_log(path, 1)
    with path.open("ab") as file:
        file.write(b'{"seq":2,"pr')
    append_entries(path, [entry(2)], anchor, program=_PROGRAM)
    whole = path.read_bytes()
    for cut in range(anchor.size_bytes + 12, len(whole), 17):
        path.write_bytes(whole[:cut])
        reached = append_entries(path, [entry(2)], anchor, program=_PROGRAM)
        assert check_audit(path, reached).is_whole


def test_a_cut_end_stays_visible_after_more_was_written(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    anchor = write_log(path, 5)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    reached = append_entries(path, [entry(6)], anchor, program=_PROGRAM)
    assert reached.seq == 7
    report = check_audit(path, reached)
    assert {AuditFlaw.SEQUENCE_GAP, AuditFlaw.DAMAGE_NOTICED} <= flaws(report)
    assert append_entries(path, [], reached, program=_PROGRAM) == reached


def test_a_deleted_log_stays_visible(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    anchor = write_log(path, 5)
    path.unlink()
    reached = append_entries(path, [entry(6)], anchor, program=_PROGRAM)
    assert not check_audit(path, reached).is_whole


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"7",
        b'"text"',
        b"null",
        b"{}",
        b'{"seq":true}',
        b'{"seq":1e3}',
        b"[" * 100_000,
        b'{"seq":' + b"9" * 5_000 + b"}",
        b'{"seq":1,"seq":1}',
        b"\xff\xfe",
        "{“seq”:1}".encode(),
    ],
)
def test_lines_that_are_no_records_are_told_and_never_raise(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "audit.log"
    path.write_bytes(line + b"\n")
    assert flaws(check_audit(path)) == {AuditFlaw.NOT_A_RECORD}
    with pytest.raises(ValueError, match=r"."):
        parse_line(line)


def test_an_endless_line_is_not_held_in_memory(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "audit.log"
    with path.open("wb") as file:
        for _ in range(8):
            file.write(b"x" * LONGEST_LINE)
    tracemalloc.start()
    report = check_audit(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert flaws(report) == {AuditFlaw.TORN_END}
    assert peak < 3 * LONGEST_LINE


def test_a_log_of_rubbish_is_reported_in_bounds(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    write_log(path, 1)
    line = path.read_bytes()
    path.write_bytes((line + b"rubbish\n") * 3_000)
    report = check_audit(path)
    assert len(report.findings) == 1_000
    assert report.findings_left_out > 1_000
    assert not report.is_whole
