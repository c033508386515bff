"""Reads frames out of a proxy: each is a picture by itself, so a frame is one look-up, one read and one decode."""

from __future__ import annotations

import os
from pathlib import Path

import av
import av.error

from evidence.errors import DecoderError
from evidence.frame_index import FrameIndex
from player.decoder.reader import Decoded
from player.derived.proxy import ProxyFile
from player.protocol import Source


class ProxyReader:
    """One open proxy, with the interface of `FrameReader`. Used by one thread; close it when done.

    Attributes:
        is_at_end: whether nothing comes without aiming again.
        last_out: the frame that came out last, or -1.
    """

    def __init__(self, source: Source, index: FrameIndex) -> None:
        """Open the proxy.

        Raises:
            DecoderError: it is gone, damaged, or made of other frames.
        """
        self._source = source
        try:
            self._file = ProxyFile(Path(os.fsdecode(source.path_bytes)), index)
        except (OSError, ValueError) as error:
            raise _not_usable(source) from error
        self._codec = av.VideoCodecContext.create("mjpeg", "r")
        self._codec.thread_count = 1
        self._next = 0
        self._frames = len(index)
        self.is_at_end = False
        self.last_out = -1

    def aim(self, frame: int, keep_from: int, only: frozenset[int] | None = None) -> None:  # noqa: ARG002 - interface
        """Make sure that reading on will bring frame number `frame`. The rest is of no use here: nothing is skipped."""
        self._next = frame
        self.last_out = -1
        self.is_at_end = False

    def read(self) -> list[Decoded]:
        """Decode one picture; nothing where the proxy does not have it.

        Raises:
            DecoderError: its bytes are damaged.
        """
        frame, self._next = self._next, self._next + 1
        data = self._picture(frame) if frame < self._frames else None
        if data is None:
            self.is_at_end = True
            return []
        try:
            pictures = self._codec.decode(av.Packet(data))
        except av.error.FFmpegError as error:
            raise _not_usable(self._source) from error
        self.last_out = frame
        return [Decoded(frame, picture) for picture in pictures[:1]]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _picture(self, frame: int) -> bytes | None:
        try:
            return self._file.picture(frame)
        except (OSError, ValueError) as error:
            raise _not_usable(self._source) from error


def _not_usable(source: Source) -> DecoderError:
    return DecoderError(
        f"The proxy of {source.display_name} is gone or damaged.",
        meaning="A proxy only makes scrubbing quicker; the original is shown instead.",
        remedy="It is made anew in the background.",
    )
