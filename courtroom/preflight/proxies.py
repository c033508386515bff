"""Proxies of what an item shows, made on the machine in the court room: derivatives in the pack's side folder.

The pack itself is not touched. Each proxy says in the JSON beside it from which file (SHA-256) and how it was made; in
court it stands in only where the original would come late, and its pictures are labelled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from courtroom.preflight.material import Material
from courtroom.show.source import CourtSource
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.records import Recording
from player.derived.maker import Maker
from player.derived.proxy import proxy_recipe
from player.derived.store import DerivedStore, Recipe
from player.derived.task import MakeTask

FOLDER = "derived"
MOST_BYTES = 50_000_000_000


class ProxyError(SightlineError):
    """A proxy that was asked for cannot be made."""

    code = "SL-864"


def proxy_store(side: Path) -> DerivedStore:
    """Return the store of proxies in a side folder."""
    return DerivedStore(side / FOLDER, MOST_BYTES)


def find_proxies(source: CourtSource, store: DerivedStore) -> Mapping[str, Path]:
    """Return the proxies that are there, whole, by the ids of their recordings."""
    found: dict[str, Path] = {}
    for row in source.timeline.cameras:
        for placed in row.placed:
            recipe = _recipe(placed.recording)
            if recipe is not None and store.find(recipe) is not None:
                found[placed.recording.id] = store.path(recipe)
    return found


def make_proxies(
    material: Material, places: Collection[int], store: DerivedStore, progress: Progress, cancelled: IsCancelled
) -> int:
    """Make what is missing of the proxies of items; return how many were made. From any thread.

    Args:
        material: the run sheet.
        places: numbers of the items, from 1.
        store: where they go.
        progress: told frames.
        cancelled: asked some twenty times a second.

    Raises:
        Cancelled: the user wished it; what was whole by then stays.
        StorageError: the disk does not take it.
        ProxyError: one cannot be made.
    """
    wanted = {
        one.placed.recording.id: one
        for place in places
        for one in material.stretches(material.items[place - 1])
        if not one.placed.recording.is_approximate
    }
    total, before, made = sum(len(one.index) for one in wanted.values()), 0, 0
    with Maker(store) as maker:
        for one in wanted.values():
            recording, start = one.placed.recording, before
            before += len(one.index)
            recipe, stream = _recipe(recording), recording.video
            if recipe is None or stream is None or store.find(recipe) is not None:
                continue

            def on_advance(done: int, _of: int, start: int = start, name: str = recording.display_name) -> None:
                progress(ProgressReport(start + done, total, "frames", name))

            task = MakeTask(
                recipe,
                recording.path_bytes,
                recording.display_name,
                recording.size_bytes,
                recording.mtime_ns,
                stream,
                one.index,
            )
            reason = maker.make(task, on_advance, cancelled)
            if reason:
                raise ProxyError(
                    f"No proxy of {recording.display_name} can be made: {reason}",
                    meaning="The item is as slow as it was; nothing in the pack was changed.",
                    remedy="Show the item with fewer cameras or at a lower speed, or use a quicker machine.",
                )
            made += 1
    return made


def _recipe(recording: Recording) -> Recipe | None:
    if recording.video_stream is None or not recording.sha256:
        return None
    return proxy_recipe(recording.sha256, recording.video_stream)
