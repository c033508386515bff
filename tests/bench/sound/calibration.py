"""What the recorder is wrong by: bursts are played straight on the server, which says itself when they are heard."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Mapping
from ctypes.util import find_library
from dataclasses import dataclass

import numpy as np

from tests.bench.sound.bursts import RATE, draw_burst, find_bursts
from tests.bench.sound.recorder import Recorder

_S16LE = 3
_PLAYBACK = 1
_BLOCK = RATE // 100
_ASKED_EVERY = 20
"""Blocks. To ask takes a while, during which nothing is written."""

_BUFFERED = RATE // 2
_ROUNDS = 24
_EVERY = RATE * 3 // 10
_HERTZ = 1_500
_RECORDED_AFTER_S = 1
_UNSET = 0xFFFFFFFF


class _Shape(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _Buffer(ctypes.Structure):
    _fields_ = (
        ("maxlength", ctypes.c_uint32),
        ("tlength", ctypes.c_uint32),
        ("prebuf", ctypes.c_uint32),
        ("minreq", ctypes.c_uint32),
        ("fragsize", ctypes.c_uint32),
    )


@dataclass(frozen=True)
class Calibration:
    """How much later than recorded a sample is heard, ms, and within what (95 %)."""

    late_ms: float
    within_ms: float


def calibrate(added: Mapping[str, str], recorder: Recorder) -> Calibration:
    """Play bursts while the recorder runs, and compare."""
    begin_ns = time.monotonic_ns()
    told, unsure_ns = _play(added)
    time.sleep(_RECORDED_AFTER_S)
    recording = recorder.recording().between(begin_ns, time.monotonic_ns())
    heard = [recording.when(burst.sample) for burst in find_bursts(recording.samples)]
    if len(heard) != len(told):
        raise RuntimeError(f"of {len(told)} bursts {len(heard)} were recorded")
    apart = (np.array(told) - np.array(heard)) / 1e6
    low, high = np.percentile(apart, [2.5, 97.5])
    return Calibration(float(np.median(apart)), float(high - low) / 2 + unsure_ns / 1e6)


def _play(added: Mapping[str, str]) -> tuple[list[int], float]:
    """Return when each burst is heard by what the server says, monotonic clock, ns; and how far its answers differ."""
    lib = ctypes.CDLL(find_library("pulse-simple") or "libpulse-simple.so.0")
    lib.pa_simple_new.restype = ctypes.c_void_p
    lib.pa_simple_get_latency.restype = ctypes.c_uint64
    error = ctypes.c_int()
    shape = _Shape(_S16LE, RATE, 1)
    buffer = _Buffer(_UNSET, _BUFFERED * 2, _UNSET, _UNSET, _UNSET)
    stream = ctypes.c_void_p(
        lib.pa_simple_new(
            added["PULSE_SERVER"].encode(), b"calibration", _PLAYBACK, None, b"bursts", ctypes.byref(shape), None,
            ctypes.byref(buffer), ctypes.byref(error),
        )
    )  # fmt: skip
    if stream.value is None:
        raise RuntimeError("the sound server does not play")
    samples = np.zeros(_EVERY * (_ROUNDS + 2), dtype=np.int16)
    burst = (draw_burst(_HERTZ) * 32_767).astype(np.int16)
    begins = [_EVERY * (number + 1) for number in range(_ROUNDS)]
    for begin in begins:
        samples[begin : begin + len(burst)] = burst
    told: list[tuple[int, int]] = []
    for at in range(0, len(samples), _BLOCK):
        block = samples[at : at + _BLOCK].tobytes()
        lib.pa_simple_write(stream, block, ctypes.c_size_t(len(block)), ctypes.byref(error))
        if at // _BLOCK % _ASKED_EVERY == 0 and at > _BUFFERED:
            latency_us = lib.pa_simple_get_latency(stream, ctypes.byref(error))
            told.append((at + _BLOCK, time.monotonic_ns() + latency_us * 1_000))
    lib.pa_simple_drain(stream, ctypes.byref(error))
    lib.pa_simple_free(stream)
    ends = np.array([end for end, _ in told], dtype=np.int64)
    heard_at = np.array([when for _, when in told], dtype=np.int64)
    begin_ns = heard_at - ends * 1_000_000_000 // RATE
    low, middle, high = np.percentile(begin_ns, [2.5, 50, 97.5])
    return [int(middle) + begin * 1_000_000_000 // RATE for begin in begins], float(high - low) / 2
