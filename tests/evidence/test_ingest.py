"""Every file is confirmed, a duplicate, refused or ignored by name; cancelling leaves the case as it was."""

from __future__ import annotations

import os
import resource
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.case import Case
from evidence.errors import CaseReadOnlyError, StorageError
from evidence.examination import Examination
from evidence.ingest import AddRequest, AddResult, add_files
from evidence.jobs import IsCancelled, ProgressReport, never_cancelled, no_progress
from evidence.records import CameraKind
from tests.support.case_dump import actions_of, assert_log_is_whole, dump, log_of
from tests.support.examinations import FakeExaminer, recording_of


def add(case: Case, *paths: Path | bytes, **more: object) -> AddResult:
    offered = tuple(path if isinstance(path, bytes) else bytes(path) for path in paths)
    request = replace(AddRequest(case.folder, offered, "DC Grey"), **more)  # type: ignore[arg-type]  # test's choice
    return add_files(request, no_progress, never_cancelled, examiner_factory=FakeExaminer, case=case)


def test_everything_that_was_offered_is_accounted_for(case: Case, originals: Path) -> None:
    (originals / "copy.mp4").write_bytes((originals / "A1_0.mp4").read_bytes())
    (originals / ".DS_Store").write_bytes(b"x")
    result = add(case, originals, originals / "not there.mp4")
    assert [one.display_name for one in result.added] == [
        f"{camera}_{number}.mp4" for camera in ("A1", "B2", "C3") for number in (0, 1)
    ]
    assert result.added == case.recordings()
    (copy,) = result.duplicates
    assert (copy.display_name, copy.first_name, copy.is_same_path) == ("copy.mp4", "A1_0.mp4", False)
    assert copy.first_id == result.added[0].id
    assert [one.display_name for one in result.refused] == ["notes.txt", "not there.mp4"]
    assert result.refused == case.refusals()
    assert [one.display_name for one in result.ignored] == [".DS_Store"]
    assert not result.cancelled
    assert result.size_bytes == sum(path.stat().st_size for path in originals.iterdir()) - 1
    assert actions_of(case.folder)[1] == "add.begun"
    assert actions_of(case.folder)[-1] == "add.finished"
    assert actions_of(case.folder).count("recording.added") == 6
    assert actions_of(case.folder).count("file.refused") == 2
    assert actions_of(case.folder).count("recording.offered_again") == 1
    assert_log_is_whole(case)


def test_an_item_is_confirmed_only_when_it_is_in_database_and_log(case: Case, originals: Path) -> None:
    confirmed: list[str] = []

    def check(recording_id: str) -> None:
        confirmed.append(recording_id)
        assert case.recording(recording_id).streams
        assert log_of(case.folder)[-1]["items"][0] == recording_id
        assert_log_is_whole(case)

    request = AddRequest(case.folder, (bytes(originals),), "me")
    result = add_files(
        request, no_progress, never_cancelled, examiner_factory=FakeExaminer, case=case, on_confirmed=check
    )
    assert confirmed == [one.id for one in result.added]


def test_the_case_is_opened_where_it_is_not(case_folder: Path, originals: Path) -> None:
    request = AddRequest(case_folder, (bytes(originals),), "me")
    result = add_files(request, no_progress, never_cancelled, examiner_factory=FakeExaminer)
    with Case.open(case_folder) as case:
        assert case.recordings() == result.added


def test_adding_the_same_again_adds_nothing_and_says_so(full_case: Case, originals: Path) -> None:
    before = dump(full_case.folder, without=("audit_anchor", "batches"))
    result = add(full_case, originals)
    assert result.added == ()
    assert len(result.duplicates) == 6
    assert all(copy.is_same_path for copy in result.duplicates)
    assert [one.display_name for one in result.refused] == ["notes.txt"]
    assert dump(full_case.folder, without=("audit_anchor", "batches")) == before


def test_one_camera_for_all(case: Case, originals: Path) -> None:
    add(case, originals, camera="Town hall", kind=CameraKind.CCTV, exhibit="XY/1")
    (camera,) = case.cameras()
    assert (camera.name, camera.kind, camera.grouped_by) == ("Town hall", CameraKind.CCTV, "by hand")
    assert {one.exhibit for one in case.recordings()} == {"XY/1"}
    (originals / "more.mp4").write_bytes(b"more")
    add(case, originals / "more.mp4", camera="TOWN HALL")
    assert len(case.recordings(camera.id)) == 7


def test_cameras_are_found_from_what_files_say(case: Case, originals: Path) -> None:
    add(case, originals)
    assert len(case.cameras()) == 3
    assert {camera.kind for camera in case.cameras()} == {CameraKind.BWV}
    assert all(camera.grouped_by for camera in case.cameras())


def test_progress_counts_all_bytes(case: Case, originals: Path) -> None:
    reports: list[ProgressReport] = []
    request = AddRequest(case.folder, (bytes(originals),), "me")
    add_files(request, reports.append, never_cancelled, examiner_factory=FakeExaminer, case=case)
    told = [report for report in reports if report.total is not None]
    assert [report.done for report in told] == sorted(report.done for report in told)
    assert told[-1].done == told[-1].total == sum(path.stat().st_size for path in originals.iterdir())
    assert {report.unit for report in reports} == {"bytes"}


@pytest.mark.parametrize("after", range(8))
def test_cancelling_leaves_the_case_as_it_was(full_case: Case, tmp_path: Path, after: int) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    for number in range(5):
        (folder / f"N{number}_0.mp4").write_bytes(f"new {number}".encode())
    (folder / "P.txt").write_bytes(b"text")
    before = dump(full_case.folder)
    seen: list[bytes] = []
    request = AddRequest(full_case.folder, (bytes(folder),), "me")
    result = add_files(
        request,
        no_progress,
        lambda: len(seen) > after,
        examiner_factory=lambda: FakeExaminer(before_each=seen.append),
        case=full_case,
    )
    if after >= 6:
        assert len(result.added) == 5
        return
    assert result.cancelled
    assert (result.added, result.duplicates, result.refused) == ((), (), ())
    assert dump(full_case.folder) == before
    assert_log_is_whole(full_case)
    assert actions_of(full_case.folder)[-1] == "add.cancelled"
    assert full_case.interrupted_batches() == ()


def test_cancelling_keeps_what_people_did_meanwhile(full_case: Case, tmp_path: Path) -> None:
    new = tmp_path / "N1_0.mp4"
    new.write_bytes(b"new")
    old = full_case.recordings()[0]
    wishes: list[bool] = []

    def correct(_recording_id: str) -> None:
        made = next(camera for camera in full_case.cameras() if camera.name == "New one")
        full_case.move_recording(old.id, made.id, by="me")
        wishes.append(True)

    request = AddRequest(full_case.folder, (bytes(new),), "me", "New one")
    result = add_files(
        request,
        no_progress,
        lambda: bool(wishes),
        examiner_factory=FakeExaminer,
        case=full_case,
        on_confirmed=correct,
    )
    assert result.cancelled
    made = next(camera for camera in full_case.cameras() if camera.name == "New one")
    assert [one.id for one in full_case.recordings(made.id)] == [old.id]


def test_corrections_during_a_run_do_not_disturb_it(case: Case, originals: Path) -> None:
    def correct(_recording_id: str) -> None:
        cameras = case.cameras()
        if len(cameras) > 1:
            case.merge_cameras(cameras[-1].id, cameras[0].id, by="me")
        case.rename_camera(cameras[0].id, f"Renamed {len(case.recordings())}", by="me")

    request = AddRequest(case.folder, (bytes(originals),), "me")
    result = add_files(
        request, no_progress, never_cancelled, examiner_factory=FakeExaminer, case=case, on_confirmed=correct
    )
    assert len(result.added) == 6
    assert sum(len(case.recordings(camera.id)) for camera in case.cameras()) == 6


def test_two_runs_at_once(case: Case, originals: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for number in range(6):
        (other / f"Z{number}_0.mp4").write_bytes(f"other {number}".encode())
    thread = threading.Thread(target=add, args=(case, other))
    thread.start()
    result = add(case, originals)
    thread.join()
    assert len(result.added) == 6
    assert len(case.recordings()) == 12
    assert case.interrupted_batches() == ()
    assert_log_is_whole(case)


def test_two_runs_of_the_same_files(case: Case, originals: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: add(case, originals), range(2))
    assert len(one.added) + len(other.added) == 6
    assert len(one.duplicates) + len(other.duplicates) == 6
    assert len(case.recordings()) == 6
    assert_log_is_whole(case)


def test_a_read_only_case_takes_nothing(case: Case, originals: Path) -> None:
    with Case.open(case.folder, read_only=True) as reader, pytest.raises(CaseReadOnlyError):
        add(reader, originals)


class _Liar(FakeExaminer):
    def __init__(self, change: Callable[[Examination], Examination]) -> None:
        super().__init__()
        self._change = change

    def examine(self, path_bytes: bytes, on_bytes: Callable[[int], None], cancelled: IsCancelled) -> Examination:
        return self._change(super().examine(path_bytes, on_bytes, cancelled))


@pytest.mark.parametrize(
    "change",
    [
        lambda found: replace(found, duration_ns=2**63),
        lambda found: replace(found, streams=(replace(found.streams[0], start_pts=-(2**70)),)),
        lambda found: replace(found, claims=(replace(found.claims[0], instant_ns=10**30),)),
    ],
)
def test_numbers_that_cannot_be_are_refused_with_words(
    case: Case, originals: Path, change: Callable[[Examination], Examination]
) -> None:
    request = AddRequest(case.folder, (bytes(originals / "A1_0.mp4"),), "me")
    result = add_files(request, no_progress, never_cancelled, examiner_factory=lambda: _Liar(change), case=case)
    assert result.added == ()
    assert "cannot be" in str(result.refused[0].finding)
    assert case.cameras() == ()
    assert_log_is_whole(case)


def test_what_has_no_hash_is_not_added(case: Case, originals: Path) -> None:
    request = AddRequest(case.folder, (bytes(originals / "A1_0.mp4"),), "me")
    result = add_files(
        request,
        no_progress,
        never_cancelled,
        examiner_factory=lambda: _Liar(lambda found: replace(found, sha256="")),
        case=case,
    )
    assert result.added == ()
    assert result.refused[0].finding.code == "unhashed"


def test_dirty_text_is_cleaned_on_its_way_in(case: Case, originals: Path) -> None:
    def soil(found: Examination) -> Examination:
        dirty = "a\x00b\ud800\u202e\n"
        return replace(
            found,
            container=dirty,
            hint=replace(found.hint, serial=dirty, make=dirty),
            streams=(replace(found.streams[0], title=dirty),),
            claims=(replace(found.claims[0], raw=dirty),),
        )

    request = AddRequest(case.folder, (bytes(originals / "A1_0.mp4"),), "me")
    (added,) = add_files(request, no_progress, never_cancelled, examiner_factory=lambda: _Liar(soil), case=case).added
    assert added.container == added.streams[0].title == added.claims[0].raw == "a\\x00b\\ud800\\u202e\\n"


@pytest.mark.parametrize("name", ["two\nlines.mp4", "🚓.mp4", b"caf\xe9 \xff.mp4", "x" * 240 + ".mp4"])
def test_names_of_every_sort(case: Case, tmp_path: Path, name: str | bytes) -> None:
    path = bytes(tmp_path) + b"/" + (name if isinstance(name, bytes) else name.encode())
    Path(os.fsdecode(path)).write_bytes(b"recording")
    (added,) = add(case, path).added
    assert added.path_bytes == path
    assert "\n" not in added.display_name
    assert case.find_original(added) == Path(os.fsdecode(path))
    assert log_of(case.folder)[-2]["details"]["path_hex"] == path.hex()


def test_a_fault_in_the_middle_is_an_interrupted_run(case: Case, originals: Path) -> None:
    def fail(path: bytes) -> None:
        if b"B2_1" in path:
            raise StorageError("The disk is gone.")

    request = AddRequest(case.folder, (bytes(originals),), "DC Grey")
    with pytest.raises(StorageError):
        add_files(
            request,
            no_progress,
            never_cancelled,
            examiner_factory=lambda: FakeExaminer(before_each=fail),
            case=case,
        )
    (batch,) = case.interrupted_batches()
    assert (batch.by, batch.paths, batch.confirmed) == ("DC Grey", (bytes(originals),), 3)
    result = add(case, originals)
    assert len(result.added) == 3
    assert len(case.recordings()) == 6
    assert case.interrupted_batches() == ()


def test_an_interrupted_run_can_be_left_as_it_is(case: Case, originals: Path) -> None:
    case.begin_batch([bytes(originals)], by="me")
    folder = case.folder
    with Case.open(folder, read_only=True) as reader:
        assert reader.interrupted_batches() == ()  # it is under way over there
    case.close()
    with Case.open(folder, read_only=True) as reader:
        assert len(reader.interrupted_batches()) == 1
    with Case.open(folder) as again:
        (batch,) = again.interrupted_batches()
        assert actions_of(folder)[-1] == "add.interrupted"
        again.settle_batch(batch.id, by="me")
        assert again.interrupted_batches() == ()
    with Case.open(folder) as again:
        assert again.interrupted_batches() == ()


class _MadeUp(FakeExaminer):
    """Examines files that are large on paper, so that what the case itself needs is seen."""

    def examine(self, path_bytes: bytes, on_bytes: Callable[[int], None], cancelled: IsCancelled) -> Examination:
        found = recording_of(path_bytes, path_bytes)
        return replace(found, frame_index=os.urandom(200_000), size_bytes=60 * 10**6, findings=found.findings * 4)


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="measures as Linux does")
def test_five_hundred_files_need_no_more_memory_than_a_few(quick_folder: Path) -> None:
    folder = quick_folder / "many"
    folder.mkdir()
    for number in range(500):
        (folder / f"CAM{number % 7}_{number:04d}.mp4").write_bytes(b"")
    used: list[int] = []

    def measure(_recording_id: str) -> None:
        used.append(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize())

    case_folder = quick_folder / "Many.sightline"
    Case.create(case_folder, title="Many", reference="", by="me").close()
    request = AddRequest(case_folder, (bytes(folder),), "me")
    result = add_files(request, no_progress, never_cancelled, examiner_factory=_MadeUp, on_confirmed=measure)
    assert len(result.added) == 500
    assert max(used[100:]) - used[50] < 30_000_000, "grown while 90 MB of indexes went by"
