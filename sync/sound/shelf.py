"""Keeps what is compared of each recording in files, and does the tasks of a child process with them."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
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
from sync.sound.copies import SameSound, hold_the_same_sound
from sync.sound.decode import read_sound
from sync.sound.excerpt import read_excerpt
from sync.sound.expected import match_expected
from sync.sound.hypothesis import in_media_time
from sync.sound.left_over import LeftOver
from sync.sound.match import MatchVerdict, SoundMatch, match_sounds
from sync.sound.near_voice import NearVoice, loudest_db, split_in_parts
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
    if match.verdict is not MatchVerdict.FOUND or match.line is None:
        return match
    line = in_media_time(match.line, -first.start_s, first.start_s - second.start_s)
    if hold_the_same_sound(first.samples, second.samples, line):
        return replace(match, both_ways=SameSound())
    if match.ground is Ground.BRIEF:
        return match
    ours, theirs = _voiced(task.folder, task.first, first), _voiced(task.folder, task.second, second)
    return replace(match, both_ways=look_both_ways(ours, theirs, match.line))


def look_task(task: LookTask) -> Look | NoLook:
    """Look at two that are kept where many pairs together put them."""
    first, second = _load(task.folder, task.first), _load(task.folder, task.second)
    return look_among(first, second, task.expected) or NoLook()


def _voiced(folder: str, key: str, recording: Prepared) -> Voiced:
    """Return a recording with its voices, which are split once and kept; several children may do so at once."""
    kept = [Path(folder) / f"{key}.{name}.npy" for name in ("levels", "loud", "far", "near")]
    if not kept[-1].exists():
        _keep_voices(recording, kept)
    known, loud, far, near = (np.load(place, mmap_mode="r") for place in kept)
    voice = NearVoice(near, loud, far, np.array(known[:-1]), float(known[-1]))
    return Voiced(recording.samples, recording.start_s, voice)


def _keep_voices(recording: Prepared, kept: list[Path]) -> None:
    """Split the voices of a recording a stretch after the other, for an hour of them fills memory; all or nothing."""
    periods_s = recording.novelty.periods_s
    top_db = loudest_db(recording.samples, periods_s)
    noise = [np.zeros(0, dtype=np.float32)]
    shape = {"descr": "<f2", "fortran_order": False, "shape": (len(recording.samples),)}
    with ExitStack() as stack:
        parts = [
            stack.enter_context(tempfile.NamedTemporaryFile(dir=place.parent, suffix=".part", delete=False))
            for place in kept
        ]
        for part in parts[1:]:
            np.lib.format.write_array_header_1_0(part, shape)
        for (near, loud, far), of_noise in split_in_parts(recording.samples, top_db, periods_s):
            noise.append(of_noise)
            for part, samples in zip(parts[1:], (loud, far, near), strict=True):
                part.write(samples.tobytes())
        np.save(parts[0], np.append(np.concatenate(noise), top_db))
    for part, place in zip(parts, kept, strict=True):
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
