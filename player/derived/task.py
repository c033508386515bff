"""What is to be made of which original: the frozen request that goes to the child process. Light to import."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.frame_index import FrameIndex
from evidence.records import StreamInfo
from player.derived.store import Recipe


@dataclass(frozen=True)
class MakeTask:
    """What is to be made, and of what.

    Attributes:
        path_bytes: where the original is, as the operating system names it.
        display_name: its name for people.
        size_bytes: its length when it was added.
        mtime_ns: its time of change when it was added.
        stream: the stream.
        index: its frames; None for sound.
    """

    recipe: Recipe
    path_bytes: bytes
    display_name: str
    size_bytes: int
    mtime_ns: int
    stream: StreamInfo
    index: FrameIndex | None = None
