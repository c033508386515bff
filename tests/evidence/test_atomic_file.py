"""A file is the old one or the new one, and a failed write leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.atomic_file import replacing, write_bytes


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    write_bytes(path, b"old")
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert [one.name for one in tmp_path.iterdir()] == ["settings.json"]


def test_a_fault_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    write_bytes(path, b"old")

    def write_half() -> None:
        with replacing(path) as file:
            file.write(b"half")
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"):
        write_half()
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["settings.json"]
