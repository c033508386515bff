"""A paper's HTML stands alone, does nothing, and shows hostile text as text."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from pathlib import Path

import jinja2
import pytest

from annotations.paper import Column, Paper, Picture, Section, html_pieces, html_text, tables_content, write_html
from annotations.paper.page import _data_address, _pictures, fitted
from tests.support.papers import HOSTILE, HOSTILE_SHOWN, read_page

MADE_NS = 1_773_524_000_000_000_000


def paper_of(text: str) -> Paper:
    table = Section(text, (text,), (Column(text, 40), Column("n", 60, is_number=True)), ((text, text),) * 3)
    return Paper(
        template="tables.html",
        title=text,
        case_reference=text,
        case_title=text,
        time_zone="Europe/London",
        made_by=text,
        made_ns=MADE_NS,
        content=tables_content([text], [(text, text)], [table]),
    )


def test_hostile_text_in_every_field_is_text() -> None:
    page = read_page(html_text(paper_of(HOSTILE)))
    assert page.acting == []
    assert "script" not in page.tags
    assert page.tags["style"] == page.tags["title"] == 1
    assert sum(HOSTILE_SHOWN in text for text in page.texts) >= 15


def test_the_page_forbids_scripts_and_allows_its_own_style_alone() -> None:
    text = html_text(paper_of("R/1 “quoted” \\ </style>"))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert policy is not None
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'; img-src data:;")
    assert "script-src" not in policy[1]
    assert not re.search(r"url\(|@import|expression", style[1])


def test_the_same_paper_gives_the_same_bytes_and_names_the_moment_it_was_made(tmp_path: Path) -> None:
    paper = paper_of("Trial")
    write_html(paper, tmp_path / "a.html")
    write_html(paper, tmp_path / "b.html")
    text = (tmp_path / "a.html").read_bytes()
    assert text == (tmp_path / "b.html").read_bytes() == html_text(paper).encode()
    assert b"made Sat 14 Mar 2026 21:33:20 GMT by Trial" in text


def test_pictures_lie_in_the_page(tmp_path: Path) -> None:
    file = tmp_path / "p.png"
    file.write_bytes(b"\x89PNG...")
    picture = Picture("image/png", 1920, 1080, file, alt='"><script>')
    paper = dataclasses.replace(paper_of("x"), pictures={"a": picture})
    shown = str(_pictures(paper, _data_address(paper))("a", 320))
    page = read_page(shown)
    assert page.acting == []
    assert base64.b64encode(b"\x89PNG...").decode() in shown
    assert 'width="320" height="180"' in shown


def test_what_is_not_there_is_a_fault_and_what_is_not_known_is_said() -> None:
    with pytest.raises(jinja2.UndefinedError):
        html_text(dataclasses.replace(paper_of("x"), content={}))
    unknown = tables_content(facts=[("Length", None)])  # type: ignore[list-item]
    assert "not known" in html_text(dataclasses.replace(paper_of("x"), content=unknown))


def test_a_large_page_comes_in_pieces() -> None:
    rows = tuple((str(number), "text") for number in range(2_000))
    section = Section("", columns=(Column("a", 50), Column("b", 50)), rows=rows)
    pieces = list(html_pieces(dataclasses.replace(paper_of("x"), content=tables_content(sections=[section]))))
    assert len(pieces) > 20
    assert max(map(len, pieces)) < 8_000


@pytest.mark.parametrize(
    ("size", "most", "result"),
    [
        ((100, 50), (200, 200), (100, 50)),
        ((1920, 1080), (320, 900), (320, 180)),
        ((1080, 1920), (320, 200), (112, 200)),
        ((100_000, 1), (320, 200), (320, 1)),
    ],
)
def test_pictures_are_made_to_fit_and_never_enlarged(
    size: tuple[int, int], most: tuple[int, int], result: tuple[int, int]
) -> None:
    assert fitted(*size, *most) == result
