"""Records what the silent device plays, and knows when: on the same monotonic clock as the captures of the screen."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.bench.sound.bursts import RATE
from tests.bench.sound.server import MONITOR

_LATENCY_MS = 10
_BYTES = 2
_PATIENCE_S = 10.0
_AROUND = 100
"""Reads before and after a sample, each of 5 to 10 ms."""

_STEADY_READS = 200


@dataclass(frozen=True)
class Recording:
    """What was heard.

    A read comes after its last sample was played: at once at best, later where the machine was busy. So the moment at
    which the recording began is the earliest that any read tells; it is asked anew every second, in case that some
    sound was lost on the way.

    Attributes:
        samples: int16[samples], at `RATE`.
        reads: int64[reads, 2]: when a read came, monotonic clock, ns, and how many samples there were then.
    """

    samples: NDArray[np.int16]
    reads: NDArray[np.int64]

    def when(self, sample: int) -> int:
        """Return when a sample was played, monotonic clock, ns."""
        place = int(np.searchsorted(self.reads[:, 1], sample))
        begins = self._begins[max(0, place - _AROUND) : place + _AROUND]
        return int(begins.min()) + sample * 1_000_000_000 // RATE

    def between(self, begin_ns: int, end_ns: int) -> Recording:
        """Return what was read between two moments; samples before them are silent."""
        samples = self.samples.copy()
        chosen = self.reads[(self.reads[:, 0] >= begin_ns) & (self.reads[:, 0] < end_ns)]
        samples[: chosen[0, 1]] = 0
        return Recording(samples[: chosen[-1, 1]], self.reads)

    @property
    def _begins(self) -> NDArray[np.int64]:
        return np.asarray(self.reads[:, 0] - self.reads[:, 1] * 1_000_000_000 // RATE, dtype=np.int64)


class Recorder:
    """Runs from when it is made until it is closed."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._parts: list[bytes] = []
        self._reads: list[tuple[int, int]] = []
        self._process = subprocess.Popen(
            ["parec", "--raw", "--format=s16le", "--channels=1", f"--rate={RATE}", f"--latency-msec={_LATENCY_MS}",
             f"--device={MONITOR}"],
            env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._read, name="bench-recorder")
        self._thread.start()
        end = time.monotonic() + _PATIENCE_S
        while len(self._reads) < _STEADY_READS and time.monotonic() < end:
            time.sleep(0.1)

    def recording(self) -> Recording:
        """Return what was recorded until now."""
        reads = np.array(self._reads, dtype=np.int64)
        samples = np.frombuffer(b"".join(list(self._parts)), dtype="<i2")
        return Recording(samples, reads[reads[:, 1] <= len(samples)])

    def close(self) -> None:
        """End."""
        self._process.terminate()
        self._process.wait(_PATIENCE_S)
        self._thread.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        total = 0
        with self._process.stdout as pipe:
            while part := os.read(pipe.fileno(), 65_536):
                total += len(part)
                self._parts.append(part)
                self._reads.append((time.monotonic_ns(), total // _BYTES))
