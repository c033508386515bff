"""Names of frames as the feed and its decoder use them, and lists of them written down shortly."""

from __future__ import annotations

from collections.abc import Sequence

from player.protocol import Run

Key = tuple[int, int]
"""A source's key and a frame number."""


def as_runs(keys: Sequence[Key]) -> tuple[Run, ...]:
    """Write keys down shortly: frames that follow one another, in either direction, as a range."""
    runs: list[Run] = []
    start = 0
    while start < len(keys):
        end = start + 1
        while end < len(keys) and keys[end][0] == keys[start][0]:
            end += 1
        frames = tuple(frame for _, frame in keys[start:end])
        step = frames[1] - frames[0] if len(frames) > 1 else 1
        even = range(frames[0], frames[-1] + (1 if step > 0 else -1), step) if step else range(0)
        runs.append(Run(keys[start][0], even if tuple(even) == frames else frames))
        start = end
    return tuple(runs)
