"""Decodes pictures of a recording at and between moments of its own time. Runs in the child process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

import av.error
import numpy as np

from evidence.demux import open_container
from evidence.errors import MediaError
from evidence.originals import OriginalStream, open_original
from evidence.times import NS_PER_S, ticks_to_ns
from sync.overlay_clock.recogniser import Picture

_LARGEST = 4096
_MOST_FRAMES = 3_000
"""After a seek; more than any distance between key frames of a usable file."""


@dataclass(frozen=True, eq=False)
class Shot:
    """One frame.

    Attributes:
        media_ns: its stamp.
        picture: upright.
    """

    media_ns: int
    picture: Picture


class PictureReader:
    """A recording that is open for looking at; use it as a context manager."""

    def __init__(self, path_bytes: bytes, display_name: str, stream_index: int) -> None:
        """Open it.

        Raises:
            OriginalError: it cannot be opened.
            MediaError: it holds no pictures there.
        """
        self._name = display_name
        with ExitStack() as stack:
            original = stack.enter_context(open_original(path_bytes))
            try:
                self._container = stack.enter_context(open_container(OriginalStream(original)))
            except av.error.FFmpegError as error:
                raise self._unreadable() from error
            found = next((one for one in self._container.streams.video if one.index == stream_index), None)
            if found is None or found.time_base is None:
                raise self._unreadable()
            self._stream = found
            self._time_base = found.time_base
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def at(self, media_ns: int) -> Shot | None:
        """Return the first frame from a moment on, or None behind the end."""
        return next(self.between(media_ns, media_ns + 3600 * NS_PER_S), None)

    def between(self, start_ns: int, end_ns: int) -> Iterator[Shot]:
        """Yield the frames from `start_ns` up to and with `end_ns`; what cannot be decoded is left out."""
        target = start_ns * self._time_base.denominator // (self._time_base.numerator * NS_PER_S)
        try:
            self._container.seek(target, stream=self._stream, backward=True)
        except av.error.FFmpegError:
            return
        decoded = 0
        for packet in self._container.demux(self._stream):
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                continue
            for frame in frames:
                decoded += 1
                if decoded > _MOST_FRAMES:
                    return
                if frame.pts is None:
                    continue
                media_ns = ticks_to_ns(frame.pts, self._time_base)
                if media_ns > end_ns:
                    return
                if media_ns >= start_ns:
                    yield Shot(media_ns, _upright(frame))

    def _unreadable(self) -> MediaError:
        return MediaError(
            f"{self._name} has no pictures that could be read.", meaning="A clock in them cannot be read.", remedy=""
        )


def _upright(frame: av.VideoFrame) -> Picture:
    scale = max(1, -(-max(frame.width, frame.height) // _LARGEST))
    made = frame.to_ndarray(format="bgr24", width=frame.width // scale or 1, height=frame.height // scale or 1)
    return np.ascontiguousarray(np.rot90(made, round(frame.rotation / 90) % 4), dtype=np.uint8)
