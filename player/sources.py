"""Gives recordings the short numbers by which decoders know them, and hands over their frame tables."""

from __future__ import annotations

import pickle
from multiprocessing.shared_memory import SharedMemory

from evidence.frame_index import FrameIndex
from player.protocol import Open, Source
from sync.timeline import PlacedRecording

_SMALL_FRAMES = 200


class SourceShelf:
    """Numbers for recordings, and the shared memory in which large frame tables travel. Used by one thread."""

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads
        self._keys: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._blocks: dict[tuple[int, str], SharedMemory] = {}

    def key_of(self, place: PlacedRecording) -> int:
        """Return the number of a recording; the same one every time."""
        recording = place.recording
        key = self._keys.get(recording.id)
        if key is None:
            key = self._keys[recording.id] = len(self._keys)
            self._names[key] = recording.display_name
        return key

    def introduction(self, place: PlacedRecording, index: FrameIndex, reader: str) -> Open:
        """Return the message that makes a recording known to the decoder of camera `reader`."""
        recording = place.recording
        stream = recording.video
        assert stream is not None
        source = Source(
            key=self.key_of(place),
            path_bytes=recording.path_bytes,
            display_name=recording.display_name,
            stream_index=stream.index,
            rotation=stream.rotation,
            pixel_aspect=stream.pixel_aspect,
            color_space=stream.color_space,
            color_range=stream.color_range,
        )
        if len(index) <= _SMALL_FRAMES:
            return Open(source, "", 0, index, self.threads)
        packed = pickle.dumps(index, protocol=5)
        block = SharedMemory(create=True, size=len(packed))
        assert block.buf is not None
        block.buf[: len(packed)] = packed
        self._blocks[(source.key, reader)] = block
        return Open(source, block.name, len(packed), None, self.threads)

    def release_block(self, key: int, reader: str) -> None:
        """Let go of a table that was read."""
        block = self._blocks.pop((key, reader), None)
        if block is not None:
            block.close()
            block.unlink()

    def release_blocks_of(self, reader: str) -> None:
        """Let go of all tables meant for a decoder that has ended."""
        for key, name in list(self._blocks):
            if name == reader:
                self.release_block(key, name)

    def words_for_failure(self, wanted: tuple[int, int] | None, what: str) -> str:
        """Say for people that a decoder failed three times in a row."""
        at = "" if wanted is None else f" at frame {wanted[1]:,} of {self._names.get(wanted[0], 'the recording')}"
        return (
            f"The decoder {what}{at}, three times in a row. The original is unchanged; this part of it cannot be "
            "shown. Go to another place to try again, and verify the case."
        )

    def close(self) -> None:
        """Let go of everything."""
        for key, name in list(self._blocks):
            self.release_block(key, name)
