"""How fast a court pack is made and verified, beside plain copying plus hashing of the same file in the same run.

The peer is `cp`, made to last on the disk as a pack is, and then `sha256sum` of the copy; for verifying, `sha256sum`
alone. The file is of random bytes and its cache is warm for both.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from courtroom.pack.verify import verify_pack
from courtroom.run_sheet import RunSheet
from evidence.case import Case
from tests.bench.measurement import Measurement, at_least, is_quick
from tests.support.packs import make_pack_case, make_sheet, pack_of

_TARGET = 0.8
_CHUNK = 8 << 20


def measure() -> Iterator[Measurement]:
    """Measure making and verifying a pack whose recordings are one large file and two tiny ones."""
    size, rounds = (200 << 20, 1) if is_quick() else (2 << 30, 3)
    with tempfile.TemporaryDirectory(prefix="bench-pack-") as name:
        home = Path(name)
        folder, sheet, large = make_case_of(home, size)
        making, copying, verifying, hashing = [], [], [], []
        with Case.open(folder) as case:
            for number in range(rounds):
                pack, copy = home / f"pack-{number}", home / f"copy-{number}"
                making.append(seconds(partial(pack_of, case, sheet, pack)))
                copying.append(seconds(partial(copy_and_hash, large, copy)))
                verifying.append(seconds(partial(verify_pack, pack, lambda _key: "me")))
                hashing.append(seconds(partial(hash_file, copy)))
                shutil.rmtree(pack)
                copy.unlink()
    for what, ours, peer, beside in (
        ("make a court pack", making, copying, "cp, sync, sha256sum"),
        ("verify a court pack", verifying, hashing, "sha256sum"),
    ):
        rates = [size / statistics.median(seconds) / 1e6 for seconds in (ours, peer)]
        yield at_least(f"{what} of {size >> 20} MB", *rates, unit="MB/s", peer_name=beside, ratio=_TARGET)


def make_case_of(home: Path, size: int) -> tuple[Path, RunSheet, Path]:
    """Make a case whose first recording has so many random bytes; return its folder, a run sheet, and that file."""
    folder = make_pack_case(home / "case")
    with Case.open(folder) as case:
        sheet = make_sheet(case, home)
    large, content = home / "case" / "originals" / "FRONT_0.mp4", hashlib.sha256()
    with large.open("wb") as file:
        for _ in range(size // _CHUNK):
            piece = os.urandom(_CHUNK)
            content.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    connection = sqlite3.connect(folder / "case.db")
    change = "UPDATE recordings SET size_bytes = ?, sha256 = ? WHERE display_name = 'FRONT_0.mp4'"
    connection.execute(change, (large.stat().st_size, content.hexdigest()))
    connection.commit()
    connection.close()
    return folder, sheet, large


def copy_and_hash(source: Path, target: Path) -> None:
    """Copy a file as anybody would, made to last, and hash the copy."""
    subprocess.run(["cp", "--reflink=never", str(source), str(target)], check=True)
    subprocess.run(["sync", str(target)], check=True)
    hash_file(target)


def hash_file(path: Path) -> None:
    """Hash a file with the system's tool."""
    subprocess.run(["sha256sum", str(path)], stdout=subprocess.DEVNULL, check=True)


def seconds(work: Callable[[], object]) -> float:
    """Return how long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
