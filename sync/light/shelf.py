"""Keeps each recording's light, and what moves in it, in files, and does the tasks of a child process with them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from evidence.jobs import IsCancelled
from sync.light import child
from sync.light.channels import Channels, make_channels
from sync.light.decode import read_light
from sync.light.match import LightMatch, LightVerdict, match_light
from sync.movement.laying import lay_along
from sync.movement.likeness import Movement, find_movement
from sync.movement.reading import ChangeReader
from sync.pair_search import Prepared, PrepareTask


def do(task: child.Task, cancelled: IsCancelled) -> Prepared | LightMatch:
    """Do a task and return its answer. Raises SightlineError."""
    if isinstance(task, PrepareTask):
        return _prepare(task, cancelled)
    match = match_light(_load(task.folder, task.first), _load(task.folder, task.second))
    if match.verdict is LightVerdict.FOUND:
        return match
    first, second = (_load_movement(task.folder, key) for key in (task.first, task.second))
    return match.or_possible(lay_along(first, second))


def _prepare(task: PrepareTask, cancelled: IsCancelled) -> Prepared:
    reader = ChangeReader()
    made = make_channels(read_light(task.path_bytes, task.display_name, task.stream_index, cancelled, reader.see))
    moving = find_movement(reader.change())
    scalars = np.array([made.start_s, made.frame_s, moving.start_s, moving.step_s], dtype=np.float64)
    arrays = {"raw": made.raw, "new": made.new, "likeness": moving.likeness, "moves": moving.moves, "scalars": scalars}
    for name, array in arrays.items():
        np.save(Path(task.folder) / f"{task.key}.{name}.npy", array)
    return Prepared(task.key)


@lru_cache(maxsize=2)
def _load(folder: str, key: str) -> Channels:
    raw, new, scalars = (np.load(Path(folder) / f"{key}.{name}.npy") for name in ("raw", "new", "scalars"))
    return Channels(float(scalars[0]), float(scalars[1]), raw, new)


@lru_cache(maxsize=2)
def _load_movement(folder: str, key: str) -> Movement:
    names = ("likeness", "moves", "scalars")
    likeness, moves, scalars = (np.load(Path(folder) / f"{key}.{name}.npy") for name in names)
    return Movement(float(scalars[2]), float(scalars[3]), likeness, moves)
