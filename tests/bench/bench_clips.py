"""How fast a range is cut: copied beside `ffmpeg -c copy`, encoded beside ffmpeg with the same encoder and threads.

Both write the same range of the same file, with its sound, and both end with what they wrote on the disk (fsync, which
the ffmpeg program does not do by itself). Checking (which reads the packets of both files and decodes the pictures of
both) is what it does not do either, and is told beside it. The cache is warm.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from annotations.cuts.copying import copy_packets
from annotations.cuts.cutting import cut
from annotations.cuts.encoding import encode_range
from annotations.cuts.messages import CutOrder, Mode
from annotations.cuts.pictures_out import encoder_options
from annotations.cuts.places import packets_for
from tests.bench.bench_ingest import _long_recording
from tests.bench.measurement import Measurement, at_least, is_quick
from tests.support.cuts import Examined, examined, order_of

_COPY_TARGET, _EXACT_TARGET = 0.8, 0.9
_FRAMES_ENCODED = 240


def measure() -> Iterator[Measurement]:
    """Measure copying and encoding; nothing where the ffmpeg program is not there."""
    if shutil.which("ffmpeg") is None:
        return
    with tempfile.TemporaryDirectory(prefix="bench-clips-") as name:
        folder = Path(name)
        size = 60_000_000 if is_quick() else 600_000_000
        one = examined(_long_recording(folder, 10_000_000, size, ".mp4"))
        yield from _copying(one, folder)
        yield _encoding(one, folder)


def _copying(one: Examined, folder: Path) -> Iterator[Measurement]:
    frames = len(one.index)
    order = order_of(one, frames // 10, frames * 9 // 10, Mode.COPY, folder)
    assert order.index is not None
    place = packets_for(order.index, order.first, order.last)
    out = Path(os.fsdecode(order.out_path))
    peer_out = folder / "peer.mp4"
    command = ["-ss", _seconds(order.start), "-to", _seconds(order.end), "-i", str(one.path), "-c", "copy"]
    ours, peer = _in_turn(
        lambda: copy_packets(order, place, out, _nothing),
        lambda: _on_disk([*command, str(peer_out)]),
    )
    size = out.stat().st_size / 1e6
    yield at_least("copy", size / ours, size / peer, unit="MB/s", peer_name="ffmpeg -c copy, fsync", ratio=_COPY_TARGET)
    begun = time.perf_counter()
    cut(order, lambda _done, _doing: None)
    whole = time.perf_counter() - begun
    yield at_least(
        "copy with its check, against decoding the range twice",
        1 / whole, 1 / (2 * _decoding(one.path, order)), unit="1/s", peer_name="ffmpeg -f null", ratio=0.5,
    )  # fmt: skip


def _encoding(one: Examined, folder: Path) -> Measurement:
    first = len(one.index) // 2
    order = order_of(one, first, first + _FRAMES_ENCODED - 1, Mode.EXACT, folder)
    out = Path(os.fsdecode(order.out_path))
    name, options = encoder_options(order, is_interlaced=False)
    arguments = [part for key, value in options.items() for part in (f"-{key}", value)]
    command = ["-ss", _seconds(order.start), "-to", _seconds(order.end), "-i", str(one.path), "-c:a", "alac"]
    command += ["-c:v", name]
    ours, peer = _in_turn(
        lambda: encode_range(order, out, _nothing),
        lambda: _on_disk([*command, *arguments, str(folder / "peer-exact.mp4")]),
    )
    return at_least(
        "exact, H.264",
        _FRAMES_ENCODED / ours, _FRAMES_ENCODED / peer, unit="frames/s", peer_name="ffmpeg, same encoder and threads",
        ratio=_EXACT_TARGET,
    )  # fmt: skip


def _decoding(path: Path, order: CutOrder) -> float:
    command = ["-ss", _seconds(order.start), "-to", _seconds(order.end), "-i", str(path), "-f", "null", "-"]
    return _time(lambda: _ffmpeg(command))


def _in_turn(ours: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float]:
    rounds = 1 if is_quick() else 5
    pairs = [(_time(ours), _time(peer)) for _ in range(rounds)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def _time(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _ffmpeg(arguments: list[str]) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True, stdin=subprocess.DEVNULL)


def _on_disk(arguments: list[str]) -> None:
    """Let the ffmpeg program write a file, its last argument, and wait until the disk has it."""
    _ffmpeg(arguments)
    descriptor = os.open(arguments[-1], os.O_RDWR)
    os.fsync(descriptor)
    os.close(descriptor)


def _seconds(value: object) -> str:
    return f"{float(value):.6f}"  # type: ignore[arg-type]


def _nothing(_done: int, _total: int) -> None:
    pass
