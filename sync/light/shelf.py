"""Keeps the light of each recording in files, and does the tasks of a child process with them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from evidence.jobs import IsCancelled
from sync.light import child
from sync.light.channels import Channels, make_channels
from sync.light.decode import read_light
from sync.light.match import LightMatch, match_light
from sync.pair_search import Prepared, PrepareTask


def do(task: child.Task, cancelled: IsCancelled) -> Prepared | LightMatch:
    """Do a task and return its answer. Raises SightlineError."""
    if isinstance(task, PrepareTask):
        return _prepare(task, cancelled)
    return match_light(_load(task.folder, task.first), _load(task.folder, task.second))


def _prepare(task: PrepareTask, cancelled: IsCancelled) -> Prepared:
    made = make_channels(read_light(task.path_bytes, task.display_name, task.stream_index, cancelled))
    scalars = np.array([made.start_s, made.frame_s], dtype=np.float64)
    for name, array in (("raw", made.raw), ("new", made.new), ("scalars", scalars)):
        np.save(Path(task.folder) / f"{task.key}.{name}.npy", array)
    return Prepared(task.key)


@lru_cache(maxsize=2)
def _load(folder: str, key: str) -> Channels:
    raw, new, scalars = (np.load(Path(folder) / f"{key}.{name}.npy") for name in ("raw", "new", "scalars"))
    return Channels(float(scalars[0]), float(scalars[1]), raw, new)
