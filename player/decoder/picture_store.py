"""Keeps decoded frames for a while, so that a group of pictures decoded forwards can be shown backwards."""

from __future__ import annotations

import av

from player.decoder.convert import Finished


class PictureStore:
    """Frames of one source by number, up to a number of bytes; what lies farthest from the target goes first."""

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._frames: dict[int, av.VideoFrame | Finished] = {}
        self._bytes = 0

    def __contains__(self, number: int) -> bool:
        return number in self._frames

    def find(self, number: int) -> av.VideoFrame | Finished | None:
        """Return a frame, or None where it is not kept."""
        return self._frames.get(number)

    def put(self, number: int, frame: av.VideoFrame | Finished, target: int) -> None:
        """Keep a frame; `target` is the number that is wanted next, which never goes."""
        if number in self._frames:
            return
        self._frames[number] = frame
        self._bytes += frame_bytes(frame)
        while self._bytes > self.budget_bytes and len(self._frames) > 2:
            farthest = max(self._frames, key=lambda kept: abs(kept - target))
            if farthest == target:
                break
            self._bytes -= frame_bytes(self._frames.pop(farthest))

    def clear(self) -> None:
        """Let all go."""
        self._frames.clear()
        self._bytes = 0


def frame_bytes(frame: av.VideoFrame | Finished) -> int:
    """Return about how much memory a frame takes."""
    samples = frame.frame if isinstance(frame, Finished) else frame
    return sum(plane.buffer_size for plane in samples.planes)
