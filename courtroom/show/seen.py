"""Turns what the court sees from one refresh to the next into records: what was shown, from when to when, which frames.

Pure: the caller says what is seen and what time it is. A record is made when something else is seen, and once a second
while it plays, so that a crash loses no more than that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from courtroom.show.state import Screen
from evidence.audit import JsonValue
from evidence.times import NS_PER_S, IncidentTime, iso_utc

SHOWN, PLAYED, BLACK, HELD = "court.shown", "court.played", "court.black", "court.held"
_EVERY_NS = NS_PER_S
_CALM_NS = NS_PER_S // 4
"""Zooming by hand gives many parts a second; a part is recorded once it stays for this long."""


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """One camera's frame.

    Attributes:
        frame: number in presentation order from 0, or -1 where the camera was not recording.
        part: what is seen of the picture, or "" for all of it.
    """

    camera: str
    recording: str
    frame: int
    pts: int
    part: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the court sees at one refresh.

    Attributes:
        place: number of the item, from 0; -1 where nothing was shown yet.
        item: its permanent id.
        at: the instant on the common clock, or None.
        rate: the speed that was asked for.
        tools: what lies over the picture, for instance "spotlight".
        part: what is seen of a page or an image, or "" for all of it.
    """

    screen: Screen
    place: int = -1
    item: str = ""
    title: str = ""
    exhibit: str = ""
    at: IncidentTime | None = None
    frames: tuple[SeenFrame, ...] = ()
    is_playing: bool = False
    rate: Fraction = Fraction(1)
    focus: str = ""
    tools: tuple[str, ...] = ()
    part: str = ""

    @property
    def moves_like(self) -> Seen:
        """The same without what changes while it plays."""
        bare = tuple(replace(one, frame=0, pts=0, recording="") for one in self.frames)
        return replace(self, at=None, frames=bare)


Record = tuple[str, Mapping[str, JsonValue]]
"""An action and its details."""


class SeenRecorder:
    """Keeps what is seen now, and tells what was seen before. Used by one thread."""

    def __init__(self) -> None:
        self._first: Seen | None = None
        self._last: Seen | None = None
        self._since_ns = 0
        self._waiting: Seen | None = None
        self._waiting_since_ns = 0

    def see(self, seen: Seen, now_ns: int) -> Iterator[Record]:
        """Yield the records that follow from what is seen now; `now_ns` is a monotonic clock."""
        if self._first is None or self._last is None:
            yield from self._begin(seen, now_ns)
            return
        if seen == self._last and self._waiting is None:
            return
        if seen.is_playing and seen.moves_like == self._last.moves_like:
            self._last = seen
            if now_ns - self._since_ns >= _EVERY_NS:
                yield self._played(now_ns)
                self._first, self._since_ns = seen, now_ns
            return
        if _is_another_part(self._last, seen):
            if self._waiting != seen:
                self._waiting, self._waiting_since_ns = seen, now_ns
            if now_ns - self._waiting_since_ns < _CALM_NS:
                return
        yield from self.end(now_ns)
        yield from self._begin(seen, now_ns)

    def end(self, now_ns: int) -> Iterator[Record]:
        """Yield what is still to be told of what played."""
        if self._first is not None and self._last is not None and self._last.is_playing and self._first != self._last:
            yield self._played(now_ns)
        self._first = self._last = self._waiting = None

    def _begin(self, seen: Seen, now_ns: int) -> Iterator[Record]:
        self._first = self._last = seen
        self._waiting, self._since_ns = None, now_ns
        action = {Screen.LIVE: SHOWN, Screen.BLACK: BLACK, Screen.HELD: HELD}[seen.screen]
        yield action, _told(seen)

    def _played(self, now_ns: int) -> Record:
        first, last = self._first, self._last
        assert first is not None
        assert last is not None
        before = {(one.camera, one.recording): one.frame for one in first.frames}
        frames: list[JsonValue] = [
            {
                "camera": one.camera,
                "recording": one.recording,
                "from": before.get((one.camera, one.recording), one.frame),
                "to": one.frame,
            }
            for one in last.frames
            if one.frame >= 0
        ]
        return PLAYED, {
            "item": last.item,
            "place": last.place + 1,
            "from_at": None if first.at is None else iso_utc(first.at),
            "to_at": None if last.at is None else iso_utc(last.at),
            "took_ms": (now_ns - self._since_ns) // 1_000_000,
            "speed": str(last.rate),
            "frames": frames,
        }


def _told(seen: Seen) -> dict[str, JsonValue]:
    frames: list[JsonValue] = [
        {"camera": one.camera, "recording": one.recording, "frame": one.frame, "pts": one.pts, "part": one.part}
        if one.frame >= 0
        else {"camera": one.camera, "recording": "", "frame": None, "pts": None, "part": ""}
        for one in seen.frames
    ]
    return {
        "item": seen.item,
        "place": seen.place + 1,
        "title": seen.title,
        "exhibit": seen.exhibit,
        "at": None if seen.at is None else iso_utc(seen.at),
        "frames": frames,
        "playing": seen.is_playing,
        "speed": str(seen.rate),
        "focus": seen.focus,
        "tools": list(seen.tools),
        "part": seen.part,
    }


def _is_another_part(one: Seen, other: Seen) -> bool:
    """Tell whether only what is seen of the pictures changed."""
    return one != other and _with_all(one) == _with_all(other)


def _with_all(seen: Seen) -> Seen:
    return replace(seen, part="", frames=tuple(replace(frame, part="") for frame in seen.frames))
