"""The run sheet: what is shown in court, in which order, and how. Frozen records; they name cameras, never files.

Times are on the common clock, so an item shows the same instants whatever layout it has. A court pack holds the clocks
as they were when it was made, so nothing can move under an item there.

To add a kind of item: 1. write its content class here and add it to `Content`; 2. read and write it in
`courtroom.run_sheet_json`; 3. say what it needs in `courtroom.pack.needs`; 4. show it (`courtroom.ui`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from evidence.times import DurationNs, IncidentRange, IncidentTime

MOST_ITEMS = 2_000
MOST_CAMERAS = 64
MOST_LINES = 40
MOST_KEY_MOMENTS = 500
LONGEST_LINE = 300
LONGEST_NOTES = 20_000
MOST_PAGES = 100_000
SLOWEST, FASTEST = Fraction(1, 16), Fraction(16)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Layout(StrEnum):
    """How the cameras of an item are laid out; the words are those of `player.ui.layout.LayoutKind`."""

    AUTO = "auto"
    ONE = "one"
    TWO_BY_TWO = "2x2"
    THREE_BY_THREE = "3x3"
    FOCUS_STRIP = "focus and strip"


class AtEnd(StrEnum):
    """What happens when a moving item has reached its end and does not loop."""

    STOP = "stop"
    """The court sees black."""

    HOLD = "hold"
    """The last frame stays."""

    GO_ON = "go on"
    """The next item begins."""


class ItemKind(StrEnum):
    """What sort of thing an item shows."""

    RANGE = "range"
    CLIP = "clip"
    STILL = "still"
    CARD = "card"
    DOCUMENT = "document"
    IMAGE = "image"
    PAUSE = "pause"


class FileKind(StrEnum):
    """The kinds of files that an item can show."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"


@dataclass(frozen=True, slots=True)
class View:
    """Which cameras are shown, and how.

    Attributes:
        camera_ids: the cameras on screen, in the order of their tiles; at least one, none twice.
        layout: how they are laid out.
        focus: the camera that is large or alone, one of `camera_ids`; None for the first.
    """

    camera_ids: tuple[str, ...]
    layout: Layout = Layout.AUTO
    focus: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.camera_ids) <= MOST_CAMERAS or len(set(self.camera_ids)) != len(self.camera_ids):
            raise ValueError("an item shows at least one camera, and none twice")
        if self.focus is not None and self.focus not in self.camera_ids:
            raise ValueError("the camera in focus is not one of those that are shown")


@dataclass(frozen=True, slots=True)
class Moving:
    """A range of one or several cameras, or a clip.

    Attributes:
        span: what is played, on the common clock; not empty.
        view: what is seen.
        heard: cameras that are heard, none for silence; they need not be seen.
        clip_id: the clip of the case that the range came from, or "".
    """

    span: IncidentRange
    view: View
    heard: tuple[str, ...] = ()
    clip_id: str = ""

    def __post_init__(self) -> None:
        if self.span.duration_ns <= 0:
            raise ValueError("an item's range is empty")
        if len(self.heard) > MOST_CAMERAS or len(set(self.heard)) != len(self.heard):
            raise ValueError("a camera is heard once or not at all")


@dataclass(frozen=True, slots=True)
class Still:
    """The frames of an instant."""

    instant: IncidentTime
    view: View


@dataclass(frozen=True, slots=True)
class Card:
    """Lines of text on black; the first is the largest."""

    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.lines) <= MOST_LINES:
            raise ValueError(f"a card has 1 to {MOST_LINES} lines")


@dataclass(frozen=True, slots=True)
class SheetFile:
    """A file that came into the case for the run sheet; `courtroom.documents` says where it lies.

    Attributes:
        name: its name for people, as it was offered.
        sha256: lower-case hex, of the whole file; it also names the file in the case.
        size_bytes: its length.
        kind: what it holds.
        pages: of a document; 1 for a picture.
    """

    name: str
    sha256: str
    size_bytes: int
    kind: FileKind
    pages: int = 1

    def __post_init__(self) -> None:
        if not _SHA256.fullmatch(self.sha256) or self.size_bytes <= 0 or not 1 <= self.pages <= MOST_PAGES:
            raise ValueError("a file of a run sheet has a SHA-256, a length and at least one page")


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One page of a PDF; pages count from 1."""

    file: SheetFile
    page: int

    def __post_init__(self) -> None:
        if self.file.kind is not FileKind.PDF or not 1 <= self.page <= self.file.pages:
            raise ValueError("there is no such page in the document")


@dataclass(frozen=True, slots=True)
class Image:
    """A picture file."""

    file: SheetFile

    def __post_init__(self) -> None:
        if self.file.kind is FileKind.PDF:
            raise ValueError("a document is shown page by page")


@dataclass(frozen=True, slots=True)
class Pause:
    """Black, until the presenter goes on."""


Content = Moving | Still | Card | DocumentPage | Image | Pause


@dataclass(frozen=True, slots=True)
class KeyMoment:
    """An instant within an item that the presenter can jump to."""

    instant: IncidentTime
    label: str


@dataclass(frozen=True, slots=True)
class Item:
    """One step of a run sheet.

    Attributes:
        id: permanent id (UUID as text), unique in the sheet.
        title: one line for the console and the printed sheet; never shown to the court.
        content: what the court sees.
        exhibit: exhibit reference, or "".
        notes: for the presenter alone; may have several lines.
        shows_shapes: whether shapes drawn on the pictures are seen.
        shows_captions: whether captions are seen.
        speed: of moving content; 1 is normal.
        loops: moving content begins again at its end.
        at_end: what follows the end of moving content.
        key_moments: by time, all within the content's range.
    """

    id: str
    title: str
    content: Content
    exhibit: str = ""
    notes: str = ""
    shows_shapes: bool = False
    shows_captions: bool = False
    speed: Fraction = Fraction(1)
    loops: bool = False
    at_end: AtEnd = AtEnd.HOLD
    key_moments: tuple[KeyMoment, ...] = field(default=())

    def __post_init__(self) -> None:
        if not SLOWEST <= self.speed <= FASTEST:
            raise ValueError(f"an item plays at {SLOWEST} to {FASTEST} times the normal speed")
        if len(self.key_moments) > MOST_KEY_MOMENTS:
            raise ValueError(f"an item has at most {MOST_KEY_MOMENTS} key moments")
        instants = [moment.instant for moment in self.key_moments]
        if instants != sorted(instants):
            raise ValueError("key moments follow one another by time")
        span = self.span
        if instants and (span is None or not all(span.contains(instant) for instant in instants)):
            raise ValueError("a key moment lies outside of what the item shows")

    @property
    def kind(self) -> ItemKind:
        """What sort of thing it shows."""
        if isinstance(self.content, Moving):
            return ItemKind.CLIP if self.content.clip_id else ItemKind.RANGE
        return _KINDS[type(self.content)]

    @property
    def span(self) -> IncidentRange | None:
        """The range of moving content, else None."""
        return self.content.span if isinstance(self.content, Moving) else None

    @property
    def view(self) -> View | None:
        """What is seen of which cameras; None for what shows no camera."""
        return self.content.view if isinstance(self.content, Moving | Still) else None

    @property
    def file(self) -> SheetFile | None:
        """The file that is shown, if one is."""
        return self.content.file if isinstance(self.content, DocumentPage | Image) else None

    @property
    def playing_ns(self) -> DurationNs:
        """How long it plays once through at its speed, ns rounded up; 0 where nothing moves."""
        return 0 if self.span is None else -(-self.span.duration_ns * self.speed.denominator // self.speed.numerator)


_KINDS: dict[type, ItemKind] = {
    Still: ItemKind.STILL,
    Card: ItemKind.CARD,
    DocumentPage: ItemKind.DOCUMENT,
    Image: ItemKind.IMAGE,
    Pause: ItemKind.PAUSE,
}


@dataclass(frozen=True, slots=True)
class RunSheet:
    """A whole run sheet as it stands in one version.

    Attributes:
        id: permanent id (UUID as text), the same in all versions.
        title: what people call it.
        items: in the order in which they are shown.
    """

    id: str
    title: str
    items: tuple[Item, ...] = ()

    def __post_init__(self) -> None:
        if len(self.items) > MOST_ITEMS:
            raise ValueError(f"a run sheet has at most {MOST_ITEMS} items")
        if len({item.id for item in self.items}) != len(self.items):
            raise ValueError("two items of a run sheet have the same id")

    @property
    def playing_ns(self) -> DurationNs:
        """How long everything that moves plays, once through, ns."""
        return sum(item.playing_ns for item in self.items)

    @property
    def files(self) -> tuple[SheetFile, ...]:
        """Every file that is shown, once each, in order."""
        return tuple(dict.fromkeys(item.file for item in self.items if item.file is not None))

    def find_item(self, item_id: str) -> Item | None:
        """Return the item with this id, or None."""
        return next((item for item in self.items if item.id == item_id), None)


def cameras_of(items: Iterable[Item]) -> tuple[str, ...]:
    """Return the ids of every camera that is seen or heard, once each, in order."""
    found: dict[str, None] = {}
    for item in items:
        if item.view is not None:
            found |= dict.fromkeys(item.view.camera_ids)
        if isinstance(item.content, Moving):
            found |= dict.fromkeys(item.content.heard)
    return tuple(found)
