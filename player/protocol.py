"""What the window and a decoder process say to each other: frozen messages, nothing else.

Window to decoder: `Open`, `Spec`, `Want`, `Close`. Decoder to window: `Attached`, `Opened`, `FrameReady`,
`FrameMissing`, `Late`, `Failed`. Each `Want` replaces the one before it and carries a higher generation; it names
every frame that is still owed, in the order in which it is wanted, so nothing has to be cancelled. A frame is named by
its source and its number, so a picture that arrives after its request was replaced is still known for what it is: it
is kept where it is useful, handed back where it is not, and never shown in another's place.

To add a kind of decoder: 1. speak these messages over a pipe; 2. pass `tests/player/test_decoder_contract.py`;
3. add it to `player.decoder_link`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Self

from evidence.frame_index import FrameIndex
from player.pixels import BGRA_FORM, PictureForm, PixelLayout


class Regime(StrEnum):
    """What the pictures are wanted for; it decides what is skipped and how far is read ahead."""

    PLAYING = "playing"
    SCRUBBING = "scrubbing"
    """The newest request wins; frames on the way there are not kept."""

    RESTING = "resting"
    """The picture stands; what lies around it is filled in, so that steps are immediate."""


class SourceForm(StrEnum):
    """What a source's file is."""

    ORIGINAL = "original"
    PROXY = "proxy"
    """Small pictures of the same frames, made by `player.derived`."""

    VLC = "vlc"
    """The original, played by libVLC (`player.vlc`): its index names moments, and pictures come with an estimate."""


class _Message:
    """What goes through the pipe: written down as its class and its values, which is read back quickest."""

    __slots__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        return type(self), tuple(getattr(self, name) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Source:
    """One stream that can be shown.

    Attributes:
        key: number by which the messages name it; the same for the life of the engine.
        path_bytes: where the file is, as the operating system names it.
        display_name: the original's name for people, for error texts.
        stream_index: number of the stream in the file.
        rotation: degrees clockwise by which the picture must be turned: 0, 90, 180, 270.
        pixel_aspect: width of a pixel over its height.
        color_space: FFmpeg's name of the matrix, or "" where the file does not say.
        color_range: FFmpeg's name of the range, or "" where the file does not say.
        form: whether the file is the original or a proxy of it, or is played by libVLC.
        size: coded width and height in pixels; for libVLC, which is told how large to make its pictures.
    """

    key: int
    path_bytes: bytes
    display_name: str
    stream_index: int
    rotation: int = 0
    pixel_aspect: Fraction = Fraction(1)
    color_space: str = ""
    color_range: str = ""
    form: SourceForm = SourceForm.ORIGINAL
    size: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Open:
    """Make a source known; nothing is opened before a frame of it is wanted.

    Attributes:
        index_block: name of the shared memory that holds the pickled table, or "" with `index` instead. Large tables
            do not go through the pipe, which could fill up and make the window wait.
        index_size: length of the pickled table in bytes.
        index: the table itself, where it is small.
    """

    source: Source
    index_block: str
    index_size: int
    index: FrameIndex | None = None


@dataclass(frozen=True, slots=True)
class Spec:
    """From now on write pictures of this size into this ring; all slots of it belong to the decoder.

    Attributes:
        ring: number of the ring, echoed in `FrameReady`.
        name: name of the shared memory.
        slots: how many pictures it holds.
        slot_bytes: room for one.
        box_width: greatest width in device pixels; each picture is fitted in, keeping its aspect.
        box_height: greatest height in device pixels.
        layout: how pictures shall lie in their slots; a decoder may always write BGRA instead, and says so.
        threads: how many threads may decode one source.
        is_deinterlaced: keep one field of each picture, and fill its lines in between from those around them.
    """

    ring: int
    name: str
    slots: int
    slot_bytes: int
    box_width: int
    box_height: int
    layout: PixelLayout = PixelLayout.BGRA
    threads: int = 1
    is_deinterlaced: bool = False


@dataclass(frozen=True, slots=True)
class Run(_Message):
    """Frames of one source in the order in which they are wanted."""

    source: int
    frames: range | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Want(_Message):
    """Everything that is owed from now on, in order; and slots that come back.

    Attributes:
        generation: rises with every request.
        ring: the ring that `recycled` belongs to.
        recycled: slots that belong to the decoder again.
        is_backwards: whether frames before these will be wanted next, so that what is decoded on the way is kept.
        rate: the speed of play, without its sign, for a decoder that runs by itself.
        approached: a source and its frame that may be wanted next: while nothing is owed, decode towards it. It is
            not delivered, and nothing is said of it.
    """

    generation: int
    regime: Regime
    runs: tuple[Run, ...]
    ring: int
    recycled: tuple[int, ...] = ()
    is_backwards: bool = False
    rate: Fraction = Fraction(1)
    approached: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """Let go of everything and end."""


@dataclass(frozen=True, slots=True)
class Attached:
    """The decoder holds the ring: its name may be removed. `slots` may be fewer than asked where memory is short."""

    ring: int
    slots: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The source's table was read; its shared memory may be removed."""

    source: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """When a picture was, as far as is known of one whose own stamp nobody tells.

    Attributes:
        media_ns: the media time at which it starts, in the source's own time, ns.
        within_ns: by how much that may be wrong (95 %), ns.
        is_rough: a better one can be had, with a little time, by asking for the same moment again at rest.
    """

    media_ns: int
    within_ns: int
    is_rough: bool = False


@dataclass(frozen=True, slots=True)
class FrameReady(_Message):
    """A picture lies in a slot, which belongs to the window until it is recycled.

    Attributes:
        pts: the frame's own stamp.
        width: in device pixels, after rotation and pixel aspect: how large it is to be shown in the box.
        is_damaged: the decoder met errors in it; it is shown, and said.
        work_ns: processor time, of all its threads, that the decoder spent since it delivered the picture before.
        form: how it lies in its slot; finished pixels of just that size where nothing else is said.
        estimate: None where the picture is exactly the frame; else `frame` is the moment that was asked for, `pts` the
            moment's, and this says when the picture was.
    """

    generation: int
    ring: int
    slot: int
    source: int
    frame: int
    pts: int
    width: int
    height: int
    is_damaged: bool = False
    work_ns: int = 0
    form: PictureForm = BGRA_FORM
    estimate: Estimate | None = None


@dataclass(frozen=True, slots=True)
class FrameMissing(_Message):
    """A frame that the table names cannot be decoded; the others can. `reason` is a sentence for people."""

    generation: int
    source: int
    frame: int
    reason: str


@dataclass(frozen=True, slots=True)
class Late(_Message):
    """Still on the way: a sign of life during long work."""

    generation: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A source (or, with `source` None, the decoder) cannot go on; `reason` is told to people in the tile."""

    source: int | None
    reason: str


ToDecoder = Open | Spec | Want | Close
FromDecoder = Attached | Opened | FrameReady | FrameMissing | Late | Failed
