"""Copying a pack: byte for byte, checked on the way, nothing left of a copy that failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from courtroom.errors import PackRefusedError
from courtroom.pack.copying import copy_pack
from courtroom.pack.verify import verify_pack
from evidence.errors import Cancelled
from evidence.jobs import never_cancelled, no_progress
from evidence.verify import Verdict


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_copy_is_the_same_and_sound(pack: Path, tmp_path: Path) -> None:
    copy_pack(pack, tmp_path / "out" / "copy", no_progress, never_cancelled)
    assert files_of(tmp_path / "out" / "copy") == files_of(pack)
    assert verify_pack(tmp_path / "out" / "copy", lambda _key: "me").verdict is Verdict.VERIFIED


def test_a_changed_file_is_named_and_nothing_is_left(pack: Path, tmp_path: Path) -> None:
    changed = pack / "data" / "recordings" / "FRONT_0.mp4"
    changed.write_bytes(changed.read_bytes().replace(b"recording", b"recorded!"))
    with pytest.raises(PackRefusedError, match=r"FRONT_0\.mp4"):
        copy_pack(pack, tmp_path / "out" / "copy", no_progress, never_cancelled)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_link_is_not_followed(pack: Path, tmp_path: Path) -> None:
    (pack / "data" / "more").symlink_to("/etc/passwd")
    with pytest.raises(PackRefusedError, match="data/more"):
        copy_pack(pack, tmp_path / "out" / "copy", no_progress, never_cancelled)
    assert not (tmp_path / "out").exists()


def test_cancelling_leaves_nothing(pack: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        copy_pack(pack, tmp_path / "out" / "copy", no_progress, lambda: True)
    assert list((tmp_path / "out").iterdir()) == []
