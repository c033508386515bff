"""Makes and verifies one large court pack: its pace beside copying plus hashing, and the memory that it takes.

    python -m tests.bench.pack_of_size 20 --home /some/disk

Of the file, its pack and the copy never more than two are there at once, so it takes twice the size on the disk. A file
that is larger than memory is read from the disk by both sides; each is made to last there.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from courtroom.pack.verify import verify_pack
from evidence.case import Case
from tests.bench.bench_pack import copy_and_hash, hash_file, make_case_of, seconds
from tests.support.packs import pack_of

_GB = 10**9


def main(arguments: Sequence[str]) -> int:
    """Measure and print; return 1 where it is slower than four fifths of copying and hashing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gigabytes", type=float)
    parser.add_argument("--home", type=Path, default=None, help="a folder on the disk that it is measured on")
    parser.add_argument("--peer-first", action="store_true", help="copy and hash first, while the file is in memory")
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-pack-", dir=wanted.home) as name:
        return _measure(Path(name), int(wanted.gigabytes * _GB), is_peer_first=wanted.peer_first)


def _measure(home: Path, size: int, *, is_peer_first: bool) -> int:
    folder, sheet, large = make_case_of(home, size)
    size = large.stat().st_size
    pack, copy = home / "pack", home / "copy"
    before = _peer(large, copy) if is_peer_first else None
    with Case.open(folder) as case:
        making, memory = _with_memory(partial(pack_of, case, sheet, pack))
    verifying, more = _with_memory(partial(verify_pack, pack, lambda _key: "me"))
    shutil.rmtree(pack)
    copying, hashing = before or _peer(large, copy)
    for what, ours, peer, peak in (("make", making, copying, memory), ("verify", verifying, hashing, more)):
        rates = f"{size / ours / 1e6:,.0f} MB/s beside {size / peer / 1e6:,.0f} MB/s"
        sys.stdout.write(f"{what} {size / _GB:.1f} GB: {rates}, ratio {peer / ours:.2f}; most memory {peak:,} KB\n")
    return 0 if copying / making >= 0.8 and hashing / verifying >= 0.8 else 1


def _peer(large: Path, copy: Path) -> tuple[float, float]:
    """Return how long copying with hashing takes, and hashing alone, seconds; the copy is gone after that."""
    copying = seconds(partial(copy_and_hash, large, copy))
    hashing = seconds(partial(hash_file, copy))
    copy.unlink()
    return copying, hashing


def _with_memory(work: Callable[[], object]) -> tuple[float, int]:
    """Return how long it takes and the most memory of this process meanwhile, KB (Linux; 0 elsewhere)."""
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not reset.exists():
        return seconds(work), 0
    reset.write_text("5")  # the high-water mark begins anew: proc(5)
    took = seconds(work)
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return took, int(line.split()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
