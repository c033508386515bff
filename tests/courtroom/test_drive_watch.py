"""A drive that goes is told of once, whatever was read of it before, and no more once it is back."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from courtroom.show import drive_watch
from courtroom.show.drive_watch import DriveWatch
from evidence.originals import Original, open_original


def wait(is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_done():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two recordings on a drive."""
    found = [tmp_path / "drive" / name for name in ("BWV 1.mp4", "BWV 2.mp4")]
    found[0].parent.mkdir()
    for path in found:
        path.write_bytes(bytes(20_000))
    return found


@pytest.fixture
def watch(files: list[Path], tmp_path: Path) -> Iterator[DriveWatch]:
    """A watch over them, and over a file that has never been there."""
    found = DriveWatch([os.fsencode(path) for path in (*files, tmp_path / "never there.mp4")])
    found.begin()
    yield found
    found.close()


def test_a_drive_that_is_pulled_out_and_put_back(
    watch: DriveWatch, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []

    def opening(path: bytes) -> Original:
        opened.append(path)
        return open_original(path)

    monkeypatch.setattr(drive_watch, "open_original", opening)
    wait(lambda: bool(opened))
    assert watch.words == ""
    away = files[0].parent.rename(files[0].parent.with_name("away"))
    wait(lambda: watch.words != "")
    first, looks = watch.words, len(opened)
    assert first == "BWV 1.mp4 cannot be read; its drive was pulled out or has failed."
    wait(lambda: len(opened) > looks + 2)
    assert watch.words == first, "told once"
    away.rename(files[0].parent)
    wait(lambda: watch.words == "")


def test_a_drive_that_does_not_answer_is_told_of_although_the_look_does_not_end(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()

    def hanging(path: bytes) -> Original:
        answers.wait(20)
        return open_original(path)

    monkeypatch.setattr(drive_watch, "open_original", hanging)
    watch = DriveWatch([os.fsencode(files[0])])
    watch.begin()
    wait(lambda: watch.words == "The drive of BWV 1.mp4 does not answer.")
    answers.set()
    wait(lambda: watch.words == "")
    watch.close()
