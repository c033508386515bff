"""The child process may crash, hang or be killed: each file still gets its answer, and no process is left behind."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.errors import Cancelled
from evidence.examination import Examination
from evidence.examiner import Examiner
from evidence.frame_index import FrameIndex
from tests.conftest import MEDIA, ROOT
from tests.support.recordings import encode

_FUZZ_ROUNDS = 120


def _nothing(_count: int) -> None:
    pass


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sound recording."""
    return encode(tmp_path_factory.mktemp("clip") / "clip.mp4", with_sound=True, options={"bf": "2", "g": "12"})


@pytest.fixture
def examiner() -> Iterator[Examiner]:
    """A child that is ready soon."""
    with Examiner() as started:
        yield started


def _is_gone(process_id: int, within_s: float = 5.0) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return True
        status = Path(f"/proc/{process_id}/stat")
        if status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_the_answer_is_that_of_the_plain_function(examiner: Examiner, clip: Path) -> None:
    told: list[int] = []
    examined = examiner.examine(bytes(clip), told.append)
    assert examined.refused is None
    assert examined.sha256 == hashlib.sha256(clip.read_bytes()).hexdigest()
    assert examined.frame_index is not None
    assert len(FrameIndex.from_bytes(examined.frame_index)) == 50
    assert told[-1] == clip.stat().st_size


def test_a_child_killed_between_files_is_started_again(examiner: Examiner, clip: Path) -> None:
    assert examiner.examine(bytes(clip), _nothing).refused is None
    assert examiner.process_id is not None
    os.kill(examiner.process_id, signal.SIGKILL)
    second = examiner.examine(bytes(clip), _nothing)
    third = examiner.examine(bytes(clip), _nothing)
    assert third.refused is None
    assert second.sha256 == third.sha256


def _endless(folder: Path) -> Path:
    """A file that takes seconds to read, because it is large and sparse."""
    path = folder / "large.bin"
    with path.open("wb") as file:
        file.truncate(20 << 30)
    return path


def test_a_crash_becomes_the_files_refusal_with_its_hash(tmp_path: Path, clip: Path, examiner: Examiner) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(400 << 20)
    killed = False

    def kill_once(_count: int) -> None:
        nonlocal killed
        if not killed and examiner.process_id is not None:
            killed = True
            os.kill(examiner.process_id, signal.SIGSEGV)

    examined = examiner.examine(bytes(large), kill_once)
    assert killed
    assert examined.refused is not None
    assert examined.refused.code == "reader-crashed"
    assert "large.bin" in examined.refused.happened
    assert "signal 11" in examined.refused.happened
    assert examined.refused.remedy
    assert examined.size_bytes == 400 << 20
    assert len(examined.sha256) == 64
    assert examiner.examine(bytes(clip), _nothing).refused is None


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGSTOP")
def test_a_hang_becomes_the_files_refusal(clip: Path, tmp_path: Path) -> None:
    with Examiner(silence_s=0.5) as examiner:
        assert examiner.examine(bytes(clip), _nothing).refused is None
        first = examiner.process_id
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        began = time.monotonic()
        examined = examiner.examine(bytes(clip), _nothing)
        assert time.monotonic() - began < 5
        assert examined.refused is not None
        assert "no progress" in examined.refused.happened
        assert examined.sha256 == hashlib.sha256(clip.read_bytes()).hexdigest()
        assert _is_gone(first)
        examiner._worker.silence_s = 60
        assert examiner.examine(bytes(clip), _nothing).refused is None


def test_cancelling_is_quick_and_leaves_no_child(tmp_path: Path, examiner: Examiner, clip: Path) -> None:
    assert examiner.examine(bytes(clip), _nothing).refused is None
    large = _endless(tmp_path)
    wish = threading.Event()
    wished_at: list[float] = []

    def want_to_stop(_count: int) -> None:
        if not wish.is_set():
            wish.set()
            wished_at.append(time.monotonic())

    child = examiner.process_id
    with pytest.raises(Cancelled):
        examiner.examine(bytes(large), want_to_stop, wish.is_set)
    assert time.monotonic() - wished_at[0] < 0.5
    assert child is not None
    assert _is_gone(child)
    assert examiner.examine(bytes(clip), _nothing).refused is None


def test_the_child_goes_when_its_parent_is_killed(tmp_path: Path) -> None:
    """Even in the middle of a file."""
    script = (
        "import sys\nfrom evidence.examiner import Examiner\n"
        "if __name__ == '__main__':\n"
        "    with Examiner() as examiner:\n"
        "        def told(count): print(examiner.process_id, flush=True)\n"
        "        examiner.examine(sys.argv[1].encode(), told)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(_endless(tmp_path))], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait(10)
    parent.stdout.close()
    assert _is_gone(child)


def test_the_child_is_ready_quickly(clip: Path) -> None:
    began = time.monotonic()
    with Examiner() as examiner:
        examiner.examine(bytes(clip), _nothing)
        assert time.monotonic() - began < 4  # about 0.3 s on an idle machine


def _damaged(data: bytes, chance: random.Random, other: bytes) -> bytes:
    mutable = bytearray(data)
    for _ in range(chance.choice((0, 1, 4, 40))):
        mutable[chance.randrange(len(mutable))] ^= 1 << chance.randrange(8)
    match chance.randrange(5):
        case 0:
            return bytes(mutable[: chance.randrange(len(mutable))])
        case 1:
            return bytes(mutable[chance.randrange(len(mutable)) :])
        case 2:
            place = chance.randrange(len(mutable))
            start = chance.randrange(len(other))
            return bytes(mutable[:place]) + other[start : start + 5_000] + bytes(mutable[place:])
        case 3:
            head = chance.randrange(min(2_000, len(mutable)))
            mutable[head : head + 8] = chance.randbytes(8)
            return bytes(mutable)
    return bytes(mutable)


def _is_sound(examined: Examination) -> bool:
    """Whether an answer can be put into a case as it is."""
    if examined.frame_index is not None:
        index = FrameIndex.from_bytes(examined.frame_index)
        assert len(index.anchors) == len(index.start_ns) == len(index)
    assert examined.duration_ns >= 0
    texts = [examined.display_name, examined.container]
    texts += [text for finding in examined.findings for text in (finding.happened, finding.meaning, finding.remedy)]
    texts += [text for claim in examined.claims for text in (claim.source, claim.raw, claim.note)]
    texts += [examined.hint.make, examined.hint.model, examined.hint.serial, examined.hint.group]
    assert all(text.isprintable() for text in texts), texts
    assert all(-(2**63) <= claim.instant_ns < 2**63 for claim in examined.claims)
    assert all(-(2**63) <= claim.offset_ns < 2**63 for claim in examined.claims)
    return True


def test_damaged_recordings_always_get_an_answer(tmp_path: Path, clip: Path) -> None:
    chance = random.Random(20_260_314)
    seeds = [clip.read_bytes()]
    for name, codec in (("a.avi", "mpeg4"), ("a.ts", "libx264"), ("a.mkv", "libx264"), ("a.mpg", "mpeg2video")):
        seeds.append(encode(tmp_path / name, codec=codec, options={"bf": "2"}).read_bytes())
    if MEDIA.is_dir():
        seeds += [
            path.read_bytes() for path in MEDIA.rglob("*") if path.is_file() and 900 < path.stat().st_size < 10**6
        ]
    with Examiner(silence_s=20) as examiner:
        for number in range(_FUZZ_ROUNDS):
            path = tmp_path / f"fuzzed {number}.bin"
            path.write_bytes(_damaged(chance.choice(seeds), chance, chance.choice(seeds)))
            examined = examiner.examine(bytes(path), _nothing)
            assert examined.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
            assert _is_sound(examined)
            path.unlink()
