"""Another program's opinion of a PDF (Poppler), and an HTML page read for what it could do to its reader."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

HOSTILE = "<script>alert(1)</script> \"'><img src=x onerror=alert(1)> </style></title>\u202e\x00 {{ 7*7 }} & =1+1"
HOSTILE_SHOWN = (
    r"""<script>alert(1)</script> "'><img src=x onerror=alert(1)> </style></title>\u202e\x00 {{ 7*7 }} & =1+1"""
)


def pdf_text(file: Path) -> str:
    """Return all text of a PDF, as it is laid out; pages end with a form feed."""
    return _run("pdftotext", "-layout", str(file), "-")


def pdf_facts(file: Path) -> dict[str, str]:
    """Return what `pdfinfo` says of a PDF."""
    lines = _run("pdfinfo", "-isodates", str(file)).splitlines()
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def pdf_page(file: Path, number: int, folder: Path, dots_per_inch: int = 50) -> NDArray[np.uint8]:
    """Return the picture of a page (from 1), rows of blue, green, red."""
    stem = folder / f"page{number}"
    _run(
        "pdftoppm",
        "-r",
        str(dots_per_inch),
        "-f",
        str(number),
        "-l",
        str(number),
        "-singlefile",
        "-png",
        str(file),
        str(stem),
    )
    picture = cv2.imread(str(stem.with_suffix(".png")))
    assert picture is not None
    return picture.astype(np.uint8)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b"", done.stderr.decode()
    return done.stdout.decode()


@dataclass
class PageReader(HTMLParser):
    """Reads a page and notes all that a browser might act upon.

    Attributes:
        texts: what is read.
        acting: tags and attributes that would do or fetch something.
        tags: how often each tag comes.
    """

    texts: list[str] = field(default_factory=list)
    acting: list[str] = field(default_factory=list)
    tags: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        if tag in {"script", "iframe", "object", "embed", "link", "base", "form", "a", "svg", "video", "audio"}:
            self.acting.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "srcset", "href", "action", "background"}:
                self.acting.append(f"{tag} {name}")
            if name == "src" and not (value or "").startswith("data:image/"):
                self.acting.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read_page(text: str) -> PageReader:
    """Read a page."""
    reader = PageReader()
    reader.feed(text)
    reader.close()
    return reader
