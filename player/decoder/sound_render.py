"""What a camera hears, sample by sample of the incident: the right stretches of the right files, drift and all.

The clock drift between a device and the incident is followed by reading each stretch of the file between the two
moments that its clock map names. Files are opened when they are first needed, and only so many stay open.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from evidence.errors import SightlineError
from evidence.times import NS_PER_S, IncidentTime
from player.decoder.sound_reader import Samples, SoundReader, sample_at
from player.sound_protocol import SOUND_RATE, FromSoundDecoder, SoundFailed, SoundPiece, SoundReading, SoundVoice

_SPARE_READERS = 2


class SoundRenderer:
    """Open readers, and samples of the incident out of them. Used by one thread."""

    def __init__(self, tell: Callable[[FromSoundDecoder], None]) -> None:
        self._tell = tell
        self._readers: dict[tuple[bytes, int], SoundReader | None] = {}
        self._told: set[tuple[bytes, int]] = set()
        self._most_readers = _SPARE_READERS

    def expect(self, voices: int) -> None:
        """Keep as many files open as so many cameras need."""
        self._most_readers = voices + _SPARE_READERS
        self._close_oldest()

    def try_again(self) -> None:
        """Open again what could not be opened."""
        self._readers = {key: reader for key, reader in self._readers.items() if reader is not None}
        self._told.clear()

    def render(self, voice: SoundVoice, start: IncidentTime, first: int, count: int) -> Samples | None:
        """Return samples `first` to `first + count`, counted from `start` at 48 kHz; None where all is silent."""
        begin = start + first * NS_PER_S // SOUND_RATE
        end = start + (first + count) * NS_PER_S // SOUND_RATE
        result: Samples | None = None
        for piece in voice.pieces:
            if piece.start < end and begin < piece.end:
                result = np.zeros((count, 2), dtype=np.float32) if result is None else result
                self._add_piece(result, voice.camera_id, piece, begin)
        return result

    def close(self) -> None:
        """Let go of all files."""
        for reader in self._readers.values():
            if reader is not None:
                reader.close()
        self._readers.clear()

    def _add_piece(self, result: Samples, camera_id: str, piece: SoundPiece, begin: int) -> None:
        """Write the part that one piece covers."""
        reader = self._reader(camera_id, piece)
        first = max(0, -((begin - piece.start) * SOUND_RATE // NS_PER_S))
        last = min(len(result), (piece.end - begin) * SOUND_RATE // NS_PER_S)
        if reader is None or first >= last:
            return
        from_sample, to_sample = (
            sample_at(_media_ns(piece, begin + at * NS_PER_S // SOUND_RATE)) for at in (first, last)
        )
        samples = reader.samples(from_sample, to_sample - from_sample)
        result[first:last] = samples if len(samples) == last - first else stretched(samples, last - first)
        if reader.is_unreadable:
            self._tell_unreadable(camera_id, piece)

    def _reader(self, camera_id: str, piece: SoundPiece) -> SoundReader | None:
        key = (piece.path_bytes, piece.stream_index)
        if key in self._readers:
            self._readers[key] = self._readers.pop(key)
            return self._readers[key]
        reading = SoundReading(camera_id, piece.path_bytes, piece.display_name)
        reader: SoundReader | None = None
        try:
            reader = SoundReader(piece.path_bytes, piece.display_name, piece.stream_index, lambda: self._tell(reading))
        except SightlineError as error:
            self._tell(SoundFailed(camera_id, str(error)))
        self._readers[key] = reader
        self._close_oldest()
        return reader

    def _tell_unreadable(self, camera_id: str, piece: SoundPiece) -> None:
        key = (piece.path_bytes, piece.stream_index)
        if key not in self._told:
            self._told.add(key)
            reason = (
                f"The sound of {piece.display_name} cannot be decoded here: it is damaged, or of a kind that is not "
                "known. The original is unchanged; silence stands in where nothing can be read."
            )
            self._tell(SoundFailed(camera_id, reason))

    def _close_oldest(self) -> None:
        while len(self._readers) > self._most_readers:
            reader = self._readers.pop(next(iter(self._readers)))
            if reader is not None:
                reader.close()


def stretched(samples: Samples, count: int) -> Samples:
    """Return samples spread evenly over another count of them, in straight lines between neighbours."""
    if not len(samples):
        return np.zeros((count, 2), dtype=np.float32)
    at = np.arange(count) * (len(samples) / count)
    base = np.arange(len(samples))
    left, right = (np.interp(at, base, samples[:, side]) for side in (0, 1))
    return np.stack([left, right], axis=1).astype(np.float32)


def _media_ns(piece: SoundPiece, incident: int) -> int:
    length = piece.end - piece.start
    return piece.media_start_ns + (incident - piece.start) * (piece.media_end_ns - piece.media_start_ns) // length
