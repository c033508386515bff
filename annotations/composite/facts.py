"""What a video is and what came of it: the frozen records of which its reports are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from annotations.composite.messages import Composed, CompositeOrder, DecoderFailed, Tile
from evidence.records import CaseInfo, Recording
from evidence.times import IncidentRange
from sync.timeline import PlacedRecording

MULTI_SOURCE = (
    "This is a multi-source composite: pictures of several recordings, put side by side and encoded anew. It shows "
    "what each camera recorded at one instant by the case's common clock; it is not a copy of any one recording. "
    "Guidance in England and Wales (NPCC framework for video based evidence, level 2) speaks of clipping and compiling "
    "footage of a single source; whether a composite of several sources needs a specialist is for your force or its "
    "forensic unit to say. The originals stay the best evidence of themselves."
)
SINGLE_SOURCE = (
    "This video shows one recording only, scaled and encoded anew; it is of a single source. The original stays the "
    "best evidence of itself."
)


@dataclass(frozen=True, slots=True)
class CompositeFacts:
    """One video.

    Attributes:
        info: the case.
        span: the range that was asked for.
        made_ns: when it was made, ns since the epoch by this machine's clock.
        order: exactly what was made.
        places: for each tile, its recordings on the common clock, in the order of the tile's sources.
        layout: how the cameras were laid out, in words.
        heard: who is heard and how loud, in words; "" for none.
        heard_recordings: whose sound is in it.
        verifies: whether originals were compared with their hashes.
        composed: what was done and found.
        file_name: of the video.
        size_bytes: of the video.
        sha256: of the video.
    """

    info: CaseInfo
    span: IncidentRange
    by: str
    made_ns: int
    order: CompositeOrder
    places: tuple[tuple[PlacedRecording, ...], ...]
    layout: str
    heard: str
    heard_recordings: tuple[Recording, ...]
    verifies: bool
    composed: Composed
    file_name: str
    size_bytes: int
    sha256: str

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """Every original that went into it, each once."""
        shown = [place.recording for places in self.places for place in places]
        return tuple({one.id: one for one in (*shown, *self.heard_recordings)}.values())

    @property
    def is_multi_source(self) -> bool:
        """Whether more than one recording went into it."""
        return len(self.recordings) > 1


def failure_words(one: DecoderFailed) -> str:
    """Say of a camera whose decoder failed what the video lacks, in a sentence."""
    return (
        f"{one.camera}: {one.reason} at frame {one.frame:,} of {one.file}; from frame {one.video_frame:,} of the "
        f"video on its tile says so ({one.frames:,} frames)."
    )


@dataclass(frozen=True, slots=True)
class Run:
    """Frames `first` to `last` of the video, all of one recording, or of none.

    Attributes:
        source: number of the recording among the tile's, or -1.
        gap: which of the tile's reasons there is no picture, or -1.
        first_frame: of the recording.
        steps: by how many frames of the recording each frame of the video goes on, as (step, how many times).
    """

    first: int
    last: int
    source: int
    gap: int
    first_frame: int
    last_frame: int
    steps: tuple[tuple[int, int], ...]


def runs_of(tile: Tile) -> Iterator[Run]:
    """Yield what a tile shows, stretch by stretch; together they name the frame of every frame of the video."""
    total, first = len(tile.source_of), 0
    for number in range(1, total + 1):
        if number < total and (tile.source_of[number], tile.gap_of[number]) == (
            tile.source_of[first],
            tile.gap_of[first],
        ):
            continue
        frames = [int(one) for one in tile.frame_of[first:number]]
        yield Run(
            first,
            number - 1,
            int(tile.source_of[first]),
            int(tile.gap_of[first]),
            frames[0],
            frames[-1],
            _steps(frames),
        )
        first = number


def _steps(frames: list[int]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for before, after in pairwise(frames):
        step = after - before
        if found and found[-1][0] == step:
            found[-1] = (step, found[-1][1] + 1)
        else:
            found.append((step, 1))
    return tuple(found)
