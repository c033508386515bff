"""Fills a paper's template: a page that stands alone, with nothing in it that acts and nothing fetched.

Scripts are not only absent: the page's own Content-Security-Policy forbids them, and every source of pictures and
style but those in the file itself (W3C CSP Level 3; the style is allowed by its SHA-256).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from io import TextIOWrapper
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

import resources
from annotations.paper.paper import Paper
from evidence.atomic_file import replacing
from evidence.text import clean_text
from evidence.time_text import duration_text, offset_text, sigma_text, size_text
from evidence.times import iso_utc

_CHUNK = 64
_LONGEST = 1 << 20

PictureAddress = Callable[[str], str]
"""Gives the address under which a template's picture of a name is found."""


def html_pieces(paper: Paper, address: PictureAddress | None = None) -> Iterator[str]:
    """Yield the page in pieces, so that one with thousands of pictures need not be held at once. From any thread.

    Args:
        paper: what to print.
        address: where a picture is found; without it each lies in the page itself.

    Raises:
        jinja2.TemplateError: the template is wrong, or asks for what the paper does not hold: a fault of the program.
        OSError: a picture's file has gone.
    """
    environment = _environment()
    style = environment.get_template("paper.css").render(paper=paper, **_words(paper))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    stream = environment.get_template(paper.template).stream(
        {**paper.content},
        paper=paper,
        style=Markup(style),  # noqa: S704 - our own file; what is filled in is escaped for CSS
        style_hash=digest,
        picture=_pictures(paper, address or _data_address(paper)),
        **_words(paper),
    )
    stream.enable_buffering(_CHUNK)
    return stream


def html_text(paper: Paper) -> str:
    """Return the whole page; as `html_pieces` says."""
    return "".join(html_pieces(paper))


def write_html(paper: Paper, path: Path) -> None:
    """Write the page in one step. From any thread.

    Raises:
        OSError: the disk does not take it; `path` is as it was.
    """
    with replacing(path) as file:
        text = TextIOWrapper(file, encoding="utf-8", newline="\n", write_through=True)
        text.writelines(html_pieces(paper))
        text.detach()


def _words(paper: Paper) -> dict[str, object]:
    return {"times": paper.times}


def _data_address(paper: Paper) -> PictureAddress:
    def address(name: str) -> str:
        picture = paper.pictures[name]
        return f"data:{picture.media_type};base64,{base64.b64encode(picture.read()).decode()}"

    return address


def _pictures(paper: Paper, address: PictureAddress) -> Callable[..., Markup]:
    """Return the function by which a template shows a picture, no wider than so many pixels of 1/96 inch."""

    def picture(name: str, most_width_px: int, most_height_px: int = 900) -> Markup:
        shown = paper.pictures[name]
        width, height = fitted(shown.width, shown.height, most_width_px, most_height_px)
        return Markup('<img src="{}" width="{}" height="{}" alt="{}">').format(
            address(name), width, height, clean_text(shown.alt)
        )

    return picture


def fitted(width: int, height: int, most_width: int, most_height: int) -> tuple[int, int]:
    """Return the size of a picture made to fit, never enlarged, never without a pixel."""
    if width <= most_width and height <= most_height:
        return width, height
    if width * most_height > height * most_width:
        return most_width, max(1, height * most_width // width)
    return max(1, width * most_height // height), most_height


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        utc=lambda ns: iso_utc(ns, digits=3),
        duration=duration_text,
        offset=offset_text,
        size=size_text,
        plus_minus=sigma_text,
        number=lambda value: f"{value:,}",
        lines=_lines,
        breakable=_breakable,
        css_string=_css_string,
        counted=_counted,
    )
    return environment


def _source(name: str) -> str:
    return resources.path(f"templates/{name}").read_text(encoding="utf-8")


def _shown(value: object) -> object:
    """Return what stands for a value in a page: text is made harmless to look at too; what is not known is said so."""
    if value is None:
        return "not known"
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean_text(value, limit=_LONGEST)
    return value


def _lines(text: object) -> Markup:
    """Return text in which line breaks stay line breaks."""
    if not isinstance(text, str):
        return escape(_shown(text))
    return Markup("<br>").join(clean_text(line, limit=_LONGEST) for line in text.splitlines())


def _breakable(text: str, every: int = 16) -> Markup:
    """Return a long word, such as a hash, with places at which a line may end."""
    pieces = [text[start : start + every] for start in range(0, len(text), every)]
    return Markup("<wbr>").join(clean_text(piece, limit=_LONGEST) for piece in pieces)


def _css_string(text: str) -> Markup:
    """Return text for the inside of a CSS string in a `style` element, every unusual character as an escape."""
    plain = (c if c.isascii() and (c.isalnum() or c == " ") else f"\\{ord(c):06x}" for c in clean_text(text))
    return Markup("".join(plain))  # noqa: S704 - nothing but letters, digits, blanks and escapes is left


def _counted(count: int, one: str, many: str) -> Markup:
    return Markup("{} {}").format(f"{count:,}", escape(one if count == 1 else many))
