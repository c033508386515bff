"""Where recordings are silent, as far as their waveforms were made: read from the folders where previews may lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from platformdirs import user_cache_path

from evidence.errors import Cancelled
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.records import Recording
from player.derived.silence import find_silences
from player.derived.store import DerivedStore
from sync.sound_kept import Silence

CASE_FOLDER = "derived"
"""Where a case keeps its previews."""


def own_previews_folder() -> Path:
    """Return the user's own folder for previews, for cases that cannot be written."""
    return user_cache_path("sightline", appauthor=False) / "previews"


def preview_stores(case_folder: Path) -> tuple[DerivedStore, ...]:
    """Return where previews of a case may lie, to be read only."""
    return tuple(DerivedStore(folder, 0) for folder in (case_folder / CASE_FOLDER, own_previews_folder()))


def read_silences(
    recordings: Sequence[Recording], stores: Iterable[DerivedStore], progress: Progress, cancelled: IsCancelled
) -> dict[str, tuple[Silence, ...]]:
    """Return, by id, where recordings are silent; without those of which there is no waveform yet.

    Raises:
        Cancelled: the user wished it.
    """
    found: dict[str, tuple[Silence, ...]] = {}
    stores = tuple(stores)
    for number, recording in enumerate(recordings):
        if cancelled():
            raise Cancelled("Looking for silence was cancelled.", meaning="Nothing was changed.")
        for store in stores:
            silences = find_silences(recording, store)
            if silences is not None:
                found[recording.id] = silences
                break
        progress(ProgressReport(number + 1, len(recordings), "recordings", recording.display_name))
    return found
