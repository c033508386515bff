"""Keeps what is compared of each recording in files, and does the tasks of a child process with them."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from evidence.jobs import IsCancelled
from sync.pair_search import LookTask, MatchTask, PrepareTask
from sync.pair_search import Prepared as WasPrepared
from sync.sound import child
from sync.sound.among import Look, NoLook, look_among
from sync.sound.confidence import Ground
from sync.sound.decode import read_sound
from sync.sound.excerpt import read_excerpt
from sync.sound.expected import match_expected
from sync.sound.left_over import LeftOver
from sync.sound.match import MatchVerdict, SoundMatch, match_sounds
from sync.sound.near_voice import NearVoice, split_voice
from sync.sound.novelty import Novelty
from sync.sound.prepared import Prepared, prepare
from sync.sound.repeats import Repeats
from sync.sound.search import Searchable
from sync.sound.two_way import Voiced, look_both_ways


def do(task: child.Task, cancelled: IsCancelled) -> object:
    """Do a task and return its answer. Raises SightlineError."""
    if isinstance(task, PrepareTask):
        return prepare_task(task, cancelled)
    if isinstance(task, LookTask):
        return look_task(task)
    return match_task(task) if isinstance(task, MatchTask) else read_excerpt(task)


def prepare_task(task: PrepareTask, cancelled: IsCancelled) -> WasPrepared:
    """Decode, prepare and keep. Raises SightlineError."""
    sound = read_sound(task.path_bytes, task.display_name, task.stream_index, cancelled)
    made = prepare(sound)
    parts: dict[str, np.ndarray] = {
        "samples": made.samples,
        "features": made.features,
        "coarse": made.searchable.features,
        "blocks": made.searchable.blocks,
        "new": made.novelty.features,
        "periods": np.array(made.novelty.periods_s, dtype=np.float64),
        "moments": made.repeats.at_s,
        "repeated": made.repeats.is_repeated,
        "left-periods": np.array(made.left.periods_s, dtype=np.float64),
        "scalars": np.array([made.start_s], dtype=np.float64),
    }
    if made.left.periods_s:
        parts |= {
            "left": made.left.samples,
            "left-features": made.left_features,
            "left-coarse": made.left_searchable.features,
            "left-blocks": made.left_searchable.blocks,
        }
    for name, array in parts.items():
        np.save(Path(task.folder) / f"{task.key}.{name}.npy", array)
    return WasPrepared(task.key, sound.path_sigma_ns)


def match_task(task: MatchTask) -> SoundMatch | None:
    """Compare two that are kept; None where nothing is where others put them.

    Where they match by themselves, the wearers' voices are looked for in both directions.
    """
    first, second = _load(task.folder, task.first), _load(task.folder, task.second)
    if task.expected is not None:
        match = match_expected(first, second, task.expected.bond)
        by_way_of = ", ".join(task.expected.through)
        is_there = match.verdict is MatchVerdict.SUPPORTED
        return replace(match, why=f"{match.why} These are with {by_way_of}.") if is_there else None
    match = match_sounds(first, second)
    if match.verdict is not MatchVerdict.FOUND or match.line is None or match.ground is Ground.BRIEF:
        return match
    ours, theirs = _voiced(task.folder, task.first, first), _voiced(task.folder, task.second, second)
    return replace(match, both_ways=look_both_ways(ours, theirs, match.line))


def look_task(task: LookTask) -> Look | NoLook:
    """Look at two that are kept where many pairs together put them."""
    first, second = _load(task.folder, task.first), _load(task.folder, task.second)
    return look_among(first, second, task.expected) or NoLook()


def _voiced(folder: str, key: str, recording: Prepared) -> Voiced:
    """Return a recording with its voices, which are split once and kept; several children may do so at once."""
    place, levels = Path(folder) / f"{key}.voices.npy", Path(folder) / f"{key}.levels.npy"
    if not place.exists():
        made = split_voice(recording.samples, recording.novelty.periods_s)
        _keep(levels, np.append(made.noise_db, made.top_db))
        _keep(place, np.stack([made.near, made.loud, made.far]))
    near, loud, far = np.load(place, mmap_mode="r")
    known = np.load(levels)
    return Voiced(recording.samples, recording.start_s, NearVoice(near, loud, far, known[:-1], float(known[-1])))


def _keep(place: Path, array: np.ndarray) -> None:
    """Write a file whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=place.parent, suffix=".npy", delete=False) as part:
        np.save(part, array)
    Path(part.name).replace(place)


@lru_cache(maxsize=2)
def _load(folder: str, key: str) -> Prepared:
    def part(name: str) -> np.ndarray:
        return np.load(Path(folder) / f"{key}.{name}.npy", mmap_mode="r")  # type: ignore[no-any-return]

    samples, features = part("samples"), part("features")
    searchable = Searchable(part("coarse"), part("blocks"))
    periods_s, left_periods_s = (tuple(part(name).tolist()) for name in ("periods", "left-periods"))
    return Prepared(
        samples=samples,
        start_s=float(part("scalars")[0]),
        features=features,
        searchable=searchable,
        repeats=Repeats(np.array(part("moments")), np.array(part("repeated"))),
        novelty=Novelty(periods_s, part("new")),
        left=LeftOver(part("left") if left_periods_s else samples, left_periods_s),
        left_features=part("left-features") if left_periods_s else features,
        left_searchable=Searchable(part("left-coarse"), part("left-blocks")) if left_periods_s else searchable,
    )
