"""How fast a recording is read: hash and frame index in one pass, beside `sha256sum` on the same file.

The files are made by repeating an encoded clip, as large as recordings are: 10 Mbit/s like body-worn video, and low
bit rates, which have far more packets a byte. The cache is warm for both: the processor is measured and not the disk.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream

from evidence.examiner import Examiner
from tests.bench.measurement import Measurement, at_least, at_most, below

_TARGET = 0.8
_ROUNDS = 3
_CLIP_FRAMES = 240
_TURN_S = 9


def measure() -> Iterator[Measurement]:
    """Measure each file, and that a longer one needs no more memory."""
    with tempfile.TemporaryDirectory(prefix="bench-ingest-") as folder:
        for name, rate, size_bytes, suffix in (
            ("one pass, 1 GB MP4 at 10 Mbit/s", 10_000_000, 1_000_000_000, ".mp4"),
            ("one pass, 1 GB transport stream at 10 Mbit/s", 10_000_000, 1_000_000_000, ".ts"),
            ("one pass, 300 MB MP4 at 1 Mbit/s", 1_000_000, 300_000_000, ".mp4"),
            ("one pass, 150 MB MP4 at 300 kbit/s", 300_000, 150_000_000, ".mp4"),
        ):
            path = _long_recording(Path(folder), rate, size_bytes, suffix)
            yield _beside_sha256sum(name, path)
            path.unlink()
        yield from _memory(Path(folder))
        yield _start_up(Path(folder))


def _beside_sha256sum(name: str, path: Path) -> Measurement:
    tool = shutil.which("sha256sum")
    size = path.stat().st_size
    ours: list[float] = []
    peer: list[float] = []
    with Examiner() as examiner:
        examiner.examine(bytes(path), _nothing)
        for _ in range(_ROUNDS):
            ours.append(_seconds(lambda: examiner.examine(bytes(path), _nothing)))
            if tool is not None:
                peer.append(_seconds(lambda: subprocess.run([tool, str(path)], stdout=subprocess.DEVNULL, check=True)))
    ours_rate = size / statistics.median(ours) / 1e6
    if not peer:
        return below(name, 1 / ours_rate, unit="s/MB", bound=0.01)
    peer_rate = size / statistics.median(peer) / 1e6
    return at_least(name, ours_rate, peer_rate, unit="MB/s", peer_name="sha256sum", ratio=_TARGET)


def _start_up(folder: Path) -> Measurement:
    """From nothing to the first answer of the child process."""
    path = _clip(folder, 1_000_000, ".mp4")
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        with Examiner() as examiner:
            examiner.examine(bytes(path), _nothing)
        times.append(time.perf_counter() - began)
    return below("child process, start to first answer", statistics.median(times), unit="s", bound=0.6)


def _memory(folder: Path) -> Iterator[Measurement]:
    """How much memory the child takes at most for a long file beside a short one (Linux alone tells)."""
    if not Path("/proc/self/status").exists():
        return
    short = _peak_memory_mb(_clip(folder, 10_000_000, ".mp4"))
    long = _peak_memory_mb(_long_recording(folder, 10_000_000, 1_000_000_000, ".mp4"))
    yield at_most("memory, 1 GB beside 8 seconds", long, short, unit="MB", peer_name="8 s clip", ratio=1.5)


def _peak_memory_mb(path: Path) -> float:
    with Examiner() as examiner:
        examiner.examine(bytes(path), _nothing)
        status = Path(f"/proc/{examiner.process_id}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000


def _nothing(_count: int) -> None:
    pass


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _clip(folder: Path, rate: int, suffix: str) -> Path:
    """Eight seconds of moving noise at 30 frames a second, with sound."""
    path = folder / f"clip {rate}{suffix}"
    chance = np.random.default_rng(1)
    grain = chance.integers(0, 60, (400, 700, 3), dtype=np.uint8)
    with av.open(str(path), "w") as container:
        options = {"preset": "ultrafast", "g": "60", "maxrate": str(rate), "bufsize": str(rate), "nal-hrd": "cbr"}
        video = container.add_stream("libx264", rate=Fraction(30), options=options)
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = 640, 360, "yuv420p"
        video.bit_rate = rate
        sound = container.add_stream("aac", rate=48_000)
        for number in range(_CLIP_FRAMES):
            shift = number % 30
            frame = av.VideoFrame.from_ndarray(grain[shift : shift + 360, shift : shift + 640], format="rgb24")
            frame.pts = number
            container.mux(video.encode(frame))
        for start in range(0, _CLIP_FRAMES * 1600, 1024):
            noise = av.AudioFrame.from_ndarray(chance.uniform(-0.1, 0.1, (1, 1024)).astype(np.float32), "fltp", "mono")
            noise.sample_rate = 48_000
            noise.pts = start
            container.mux(sound.encode(noise))
        container.mux(video.encode(None))
        container.mux(sound.encode(None))
    return path


def _long_recording(folder: Path, rate: int, size_bytes: int, suffix: str) -> Path:
    """Repeat the clip's packets until the file is as large as wanted."""
    clip = _clip(folder, rate, ".mp4")
    path = folder / f"long {rate}{suffix}"
    with av.open(str(clip)) as reading, av.open(str(path), "w") as writing:
        copies = {stream.index: writing.add_stream_from_template(stream) for stream in reading.streams.get()}
        packets = [packet for packet in reading.demux() if packet.dts is not None]
        contents = [bytes(packet) for packet in packets]
        written = turn = 0
        while written < size_bytes:
            for model, content in zip(packets, contents, strict=True):
                packet = av.Packet(content)
                shift = int(turn * _TURN_S / model.time_base)
                packet.pts, packet.dts = (model.pts or 0) + shift, (model.dts or 0) + shift
                packet.time_base, packet.duration = model.time_base, model.duration
                packet.is_keyframe = model.is_keyframe
                packet.stream = copies[model.stream_index]
                writing.mux(packet)
                written += len(content)
            turn += 1
    return path
