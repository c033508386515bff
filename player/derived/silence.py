"""Finds where a recording is silent, from its waveform: digital silence, and holes in the sound stream.

A bin counts as silent where no sample of it, of any channel, is further from zero than the last bit of 16: a decoder
gives exact zeros, or that much rounding, for what was recorded as nothing. Stretches are cut at bins of 10 ms.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from evidence.records import Recording
from evidence.times import NS_PER_S
from player.derived.store import DerivedStore
from player.derived.waveform import BINS_A_SECOND, WaveformFile, bin_ns, waveform_recipe
from sync.sound_kept import SHORTEST_NS, Silence, SoundLack

_CHUNK = 1 << 20
_SOUND, _SILENT, _HOLE = 0, 1, 2


def find_silences(recording: Recording, store: DerivedStore) -> tuple[Silence, ...] | None:
    """Return where a recording is silent for a second or longer; None where it has no waveform that can be read."""
    if recording.audio_stream is None or not recording.sha256:
        return None
    recipe = waveform_recipe(recording.sha256, recording.audio_stream)
    manifest = store.find(recipe)
    if manifest is None:
        return None
    try:
        waveform = WaveformFile(store.path(recipe), manifest)
    except (OSError, ValueError):
        return None
    try:
        return tuple(silences_of(waveform))
    except OSError:
        return None
    finally:
        waveform.close()


def silences_of(waveform: WaveformFile) -> Iterator[Silence]:
    """Yield the silent stretches of a waveform, by media time. Raises OSError."""
    level = waveform.levels[0]
    kinds = [np.zeros(0, dtype=np.uint8)]
    for start in range(0, level.count, _CHUNK):
        bins = waveform.bins(0, level.first_bin + start, min(_CHUNK, level.count - start))
        least, greatest = bins[:, 0], bins[:, 1]
        kinds.append(np.where(least > greatest, _HOLE, np.where((least >= -1) & (greatest <= 1), _SILENT, _SOUND)))
    for first, end, kind in _pieces(np.concatenate(kinds)):
        if kind != _SOUND and (end - first) * bin_ns(0) >= SHORTEST_NS:
            lack = SoundLack.SILENT if kind == _SILENT else SoundLack.NOT_RECORDED
            start_ns, end_ns = ((level.first_bin + place) * NS_PER_S // BINS_A_SECOND for place in (first, end))
            yield Silence(start_ns, end_ns, lack)


def _pieces(kinds: NDArray[np.generic]) -> Iterator[tuple[int, int, int]]:
    """Yield first, end and kind of each piece of equal neighbours."""
    if not len(kinds):
        return
    cuts = [0, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1).tolist(), len(kinds)]
    for first, end in pairwise(cuts):
        yield first, end, int(kinds[first])
