"""What a paper is: a template, what it is filled with, and who made it when; frozen: the same gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from evidence.program import program_name
from evidence.time_text import LocalTimes


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a paper.

    Attributes:
        media_type: `image/png` or `image/jpeg`.
        width: in pixels.
        height: in pixels.
        content: its bytes, or a file of ours that holds them and stays until the paper is written.
        alt: what it shows, in words.
        is_exact: whether the printer must keep every value of it (larger files); else it may be packed as a
            photograph is.
    """

    media_type: str
    width: int
    height: int
    content: bytes | Path
    alt: str = ""
    is_exact: bool = False

    def read(self) -> bytes:
        """Return its bytes. Raises OSError where its file has gone."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


@dataclass(frozen=True)
class Paper:
    """One paper to print; crosses threads and processes.

    Attributes:
        template: name of a file in `resources/templates`.
        title: what it is; heading, window title and the PDF's title.
        case_reference: the case's reference, "" where it has none; in the head of every page.
        case_title: what the case is called.
        time_zone: IANA name of the zone in which its times are written.
        made_by: who made it.
        made_ns: when, ns since the Unix epoch; the only date in it, so that it can be made again byte for byte.
        content: what the template is filled with, by name; sequences may be read twice.
        pictures: by the name that the template gives them.
        program: name and version of the program that made it.
        is_landscape: whether its pages lie on the long side.
    """

    template: str
    title: str
    case_reference: str
    case_title: str
    time_zone: str
    made_by: str
    made_ns: int
    content: Mapping[str, object] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    program: str = field(default_factory=program_name)
    is_landscape: bool = False

    @cached_property
    def times(self) -> LocalTimes:
        """Writes instants in the paper's zone."""
        return LocalTimes(ZoneInfo(self.time_zone))

    @property
    def head(self) -> str:
        """The line at the head of every page: the case."""
        return " · ".join(filter(None, (self.case_reference, self.case_title)))

    @property
    def made_line(self) -> str:
        """The line at the foot of every page: which program made it, when, and for whom."""
        return f"{self.program} · made {self.times.full(self.made_ns, 0)} by {self.made_by}"
