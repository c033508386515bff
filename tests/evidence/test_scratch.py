"""Temporary folders go when their program goes: by itself, or, where it was killed, by what starts next."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evidence.scratch import Scratch, sweep_scratch

_KEPT = """
import sys
from evidence.scratch import Scratch
with Scratch("sound") as folder:
    (folder / "heard.npy").write_bytes(b"words")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "more").write_bytes(b"words")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for temporary folders that nobody else uses."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@contextlib.contextmanager
def another_program() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another program that holds a temporary folder, and that folder."""
    program = subprocess.Popen(
        [sys.executable, "-c", _KEPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert program.stdout is not None
    try:
        yield program, Path(program.stdout.readline().strip())
    finally:
        program.kill()
        program.communicate()


def test_it_is_private_and_gone_at_the_end(temporary: Path) -> None:
    with Scratch("sound") as folder:
        assert folder.parent == temporary
        assert folder.name.startswith("sightline-sound-")
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "deeper").mkdir()
        (folder / "deeper" / "file").write_bytes(b"x")
    assert list(temporary.iterdir()) == []


def test_it_is_gone_after_an_error_too(temporary: Path) -> None:
    with pytest.raises(ValueError, match="broken"), Scratch("light"):
        raise ValueError("broken")
    assert list(temporary.iterdir()) == []


def test_what_a_killed_program_left_is_removed_by_the_next() -> None:
    with another_program() as (program, left):
        program.kill()
        program.wait()
        assert (left / "deeper" / "more").exists()
        with Scratch("light") as ours:
            assert not left.exists()
            assert ours.exists()


def test_what_a_program_uses_that_still_runs_is_left_alone() -> None:
    with another_program() as (program, used):
        begun = time.monotonic()
        assert sweep_scratch() == 0
        assert time.monotonic() - begun < 0.1, "a start does not wait for another program"
        assert (used / "heard.npy").read_bytes() == b"words"
        program.communicate()
        assert not used.exists(), "it removed its folder itself"


def test_folders_that_are_not_ours_are_left_alone(temporary: Path) -> None:
    case = temporary / "sightline-case-of-somebody"
    case.mkdir()
    (case / "case.lock").touch()
    elsewhere = temporary / "precious"
    elsewhere.mkdir()
    (elsewhere / "scratch.lock").touch()
    (temporary / "sightline-link").symlink_to(elsewhere)
    (temporary / "sightline-file").touch()
    assert sweep_scratch() == 0
    assert (case / "case.lock").exists()
    assert (elsewhere / "scratch.lock").exists()


def test_what_could_not_be_removed_is_tried_again(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = temporary / "sightline-sound-left"
    left.mkdir()
    for name in ("scratch.lock", "open.npy"):
        (left / name).touch()
    with monkeypatch.context() as refusing:
        refusing.setattr(Path, "unlink", _refuse)
        assert sweep_scratch() == 0
    assert sweep_scratch() == 1
    assert not left.exists()


def test_many_that_start_at_once_do_not_take_one_anothers() -> None:
    def one(_number: int) -> bool:
        with Scratch("sound") as folder:
            (folder / "file").write_bytes(b"x")
            sweep_scratch()
            return (folder / "file").exists()

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(one, range(200)))


def _refuse(_path: Path, missing_ok: bool = False) -> None:
    raise PermissionError("in use")
