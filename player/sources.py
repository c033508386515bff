"""Gives recordings and their proxies the short numbers by which decoders know them, and hands over frame tables."""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

from evidence.frame_index import FrameIndex
from evidence.records import Recording
from player.derived.proxy import proxy_pixel_aspect, proxy_size
from player.protocol import Open, Source, SourceForm
from sync.timeline import PlacedRecording

_SMALL_FRAMES = 200


class SourceShelf:
    """Numbers for recordings and their proxies, and shared memory for large frame tables. Used by one thread."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, SourceForm], int] = {}
        self._played_by_vlc: frozenset[str] = frozenset()
        self._names: dict[int, str] = {}
        self._blocks: dict[tuple[int, str], SharedMemory] = {}
        self._proxies: dict[str, Path] = {}
        self._proxy_keys: dict[str, int] = {}
        self._bad_proxies: set[str] = set()

    def key_of(self, place: PlacedRecording) -> int:
        """Return the number of a recording; the same one every time."""
        recording = place.recording
        name = recording.id, self.form_of(place)
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = self._new_key(recording)
        return key

    def form_of(self, place: PlacedRecording) -> SourceForm:
        """Return whether a recording is decoded by its frames, or played by libVLC."""
        is_vlc = place.recording.is_approximate or place.recording.id in self._played_by_vlc
        return SourceForm.VLC if is_vlc else SourceForm.ORIGINAL

    def set_played_by_vlc(self, recording_ids: frozenset[str]) -> None:
        """Have libVLC play these recordings from now on, and no others but those that nothing else plays."""
        self._played_by_vlc = recording_ids

    def proxy_key_of(self, place: PlacedRecording) -> int | None:
        """Return the number of a recording's proxy, or None where there is none that can be used."""
        recording = place.recording
        if recording.id not in self._proxies or self.form_of(place) is SourceForm.VLC:
            return None
        key = self._proxy_keys.get(recording.id)
        if key is None:
            key = self._proxy_keys[recording.id] = self._new_key(recording)
        return key

    def set_proxies(self, proxies: Mapping[str, Path]) -> None:
        """Use these proxies from now on, by the ids of their recordings; one that has come anew gets a new number."""
        for recording_id in set(self._proxies) - set(proxies):
            self._proxy_keys.pop(recording_id, None)
        self._proxies = dict(proxies)

    def is_proxy(self, key: int) -> bool:
        """Tell whether a number is that of a proxy."""
        return key in self._proxy_keys.values()

    def drop_proxy(self, key: int) -> None:
        """Use a proxy no more: it is gone or damaged."""
        for recording_id in [one for one, own in self._proxy_keys.items() if own == key]:
            del self._proxy_keys[recording_id]
            self._proxies.pop(recording_id, None)
            self._bad_proxies.add(recording_id)

    def take_bad_proxies(self) -> frozenset[str]:
        """Return the recordings whose proxies were dropped since this was asked last."""
        bad, self._bad_proxies = frozenset(self._bad_proxies), set()
        return bad

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
            form=self.form_of(place),
            size=(stream.width, stream.height),
        )
        return self._open(source, index, reader)

    def proxy_introduction(self, place: PlacedRecording, index: FrameIndex, reader: str) -> Open:
        """Return the message that makes a recording's proxy known; there must be one."""
        recording = place.recording
        stream, key = recording.video, self.proxy_key_of(place)
        assert stream is not None
        assert key is not None
        source = Source(
            key=key,
            path_bytes=os.fsencode(self._proxies[recording.id]),
            display_name=recording.display_name,
            stream_index=0,
            rotation=stream.rotation,
            pixel_aspect=proxy_pixel_aspect(stream, proxy_size(stream.width, stream.height)),
            form=SourceForm.PROXY,
        )
        return self._open(source, index, reader)

    def _new_key(self, recording: Recording) -> int:
        key = len(self._names)
        self._names[key] = recording.display_name
        return key

    def _open(self, source: Source, index: FrameIndex, reader: str) -> Open:
        if len(index) <= _SMALL_FRAMES:
            return Open(source, "", 0, index)
        self.release_block(source.key, reader)  # that of a decoder which did not come to reading it
        packed = pickle.dumps(index, protocol=5)
        block = SharedMemory(create=True, size=len(packed))
        assert block.buf is not None
        block.buf[: len(packed)] = packed
        self._blocks[(source.key, reader)] = block
        return Open(source, block.name, len(packed))

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

    def _vlc_keys(self) -> set[int]:
        return {key for (_, form), key in self._keys.items() if form is SourceForm.VLC}

    def words_for_failure(self, wanted: tuple[int, int] | None, what: str) -> str:
        """Say for people that a decoder failed three times in a row."""
        at = ""
        if wanted is not None:
            what_it_is = "moment" if wanted[0] in self._vlc_keys() else "frame"
            at = f" at {what_it_is} {wanted[1]:,} of {self._names.get(wanted[0], 'the recording')}"
        return (
            f"The decoder {what}{at}, three times in a row. The original is unchanged; this part of it cannot be "
            "shown. Go to another place to try again, and verify the case."
        )

    def close(self) -> None:
        """Let go of everything."""
        for key, name in list(self._blocks):
            self.release_block(key, name)
