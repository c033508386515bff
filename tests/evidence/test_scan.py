"""Folders are walked in order, each once, and whatever is passed over is named."""

from __future__ import annotations

import os
from pathlib import Path

from evidence.case import Case
from evidence.jobs import never_cancelled
from evidence.scan import Scan, scan_paths


def scan(*paths: Path | bytes) -> Scan:
    return scan_paths([bytes(path) if isinstance(path, Path) else path for path in paths], never_cancelled)


def names(found: Scan, root: Path) -> list[str]:
    return [os.fsdecode(os.path.relpath(file.path_bytes, bytes(root))) for file in found.files]


def make(root: Path, *files: str) -> None:
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())


def test_files_come_sorted_and_with_their_sizes(tmp_path: Path) -> None:
    make(tmp_path, "b/2.mp4", "b/1.mp4", "a.mp4", "c/d/e/f.mp4", "b.mp4")
    found = scan(tmp_path)
    assert names(found, tmp_path) == ["a.mp4", "b/1.mp4", "b/2.mp4", "b.mp4", "c/d/e/f.mp4"]
    assert found.size_bytes == sum(len(name) for name in names(found, tmp_path))


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    make(tmp_path, "a/1.mp4", "b/2.mp4")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to("self")
    (tmp_path / "b" / "broken.mp4").symlink_to(tmp_path / "nothing")
    assert names(scan(tmp_path), tmp_path) == ["a/1.mp4", "a/self", "b/2.mp4", "b/broken.mp4"]


def test_a_linked_folder_is_walked(tmp_path: Path) -> None:
    make(tmp_path, "real/1.mp4")
    (tmp_path / "offered").mkdir()
    (tmp_path / "offered" / "link").symlink_to(tmp_path / "real")
    assert names(scan(tmp_path / "offered"), tmp_path) == ["offered/link/1.mp4"]


def test_the_same_path_is_listed_once(tmp_path: Path) -> None:
    make(tmp_path, "a/1.mp4")
    assert names(scan(tmp_path / "a", tmp_path / "a" / "1.mp4", tmp_path), tmp_path) == ["a/1.mp4"]


def test_what_systems_leave_is_named_and_recordings_are_never_ignored(tmp_path: Path) -> None:
    make(tmp_path, ".DS_Store", "Thumbs.db", "desktop.ini", "._clip.mp4", "clip.mp4", "._alone.mp4", ".hidden.mp4")
    make(tmp_path, ".bashrc", "$RECYCLE.BIN/deleted.mp4", "System Volume Information/x", ".trail/1.mp4", "notes.txt")
    found = scan(tmp_path)
    assert set(names(found, tmp_path)) == {"clip.mp4", "._alone.mp4", ".hidden.mp4", ".trail/1.mp4", "notes.txt"}
    assert {one.display_name for one in found.ignored} == {
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "._clip.mp4",
        ".bashrc",
        "$RECYCLE.BIN",
        "System Volume Information",
    }
    assert all(one.reason for one in found.ignored)


def test_what_is_offered_by_name_is_taken(tmp_path: Path) -> None:
    make(tmp_path, ".DS_Store", "$RECYCLE.BIN/deleted.mp4")
    found = scan(tmp_path / ".DS_Store", tmp_path / "$RECYCLE.BIN")
    assert names(found, tmp_path) == [".DS_Store", "$RECYCLE.BIN/deleted.mp4"]


def test_a_case_within_is_passed_over(tmp_path: Path) -> None:
    Case.create(tmp_path / "Inner.sightline", title="T", reference="", by="me").close()
    make(tmp_path, "1.mp4")
    found = scan(tmp_path)
    assert names(found, tmp_path) == ["1.mp4"]
    assert [one.reason for one in found.ignored] == ["it is a Sightline case"]


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path) -> None:
    deep = bytes(tmp_path)
    while len(deep) < 4_000:
        deep += b"/" + b"d" * 200
    found = scan(deep, bytes(tmp_path) + b"/nul\0in it", tmp_path / "not there")
    assert len(found.files) == 3  # examined, and refused there with their reasons


def test_a_deep_tree_is_walked_to_its_end(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(60):
            os.mkdir("d" * 100, dir_fd=here)
            below = os.open("d" * 100, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(os.open("last.mp4", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        found = scan(tmp_path)
    finally:
        os.close(here)
    assert len(found.files) + len(found.unreadable) == 1  # past the system's longest path it is told, not skipped


def test_cancelling_ends_the_walk(tmp_path: Path) -> None:
    make(tmp_path, *(f"{number}.mp4" for number in range(50)))
    assert len(scan_paths([bytes(tmp_path)], lambda: True).files) <= 1
