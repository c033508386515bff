"""Papers as PDF, judged by another program: whole text, heads on every page, numbers, dates, the same bytes."""

from __future__ import annotations

import dataclasses
import os
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from annotations.paper import Column, Paper, Section, tables_content
from annotations.ui.paper_pdf import PaperError, write_pdf
from evidence.errors import Cancelled
from evidence.jobs import ProgressReport
from tests.support.papers import HOSTILE, pdf_facts, pdf_page, pdf_text

MADE_NS = 1_773_524_000_000_000_000
COLUMNS = (Column("No.", 10, is_number=True), Column("Who", 30), Column("What", 60))


def paper_of(*sections: Section, title: str = "Trial paper", is_landscape: bool = False) -> Paper:
    return Paper(
        template="tables.html",
        title=title,
        case_reference="OP-1 & 2",
        case_title="A <case>",
        time_zone="Europe/London",
        made_by="DC Harper",
        made_ns=MADE_NS,
        content=tables_content(["An introduction."], [("Fact", "value")], sections),
        is_landscape=is_landscape,
    )


def words(count: int, stem: str) -> str:
    return " ".join(f"{stem}{number}" for number in range(count))


@pytest.fixture(scope="module")
def long_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = tuple((str(n), f"Person {n}", words(3 + n % 40, f"w{n}x")) for n in range(120))
    file = tmp_path_factory.mktemp("paper") / "long.pdf"
    write_pdf(paper_of(Section("All rows", ("Below.",), COLUMNS, rows)), file)
    return file


def test_every_page_has_case_number_and_heads_and_no_word_is_lost(long_table: Path) -> None:
    pages = pdf_text(long_table).split("\f")[:-1]
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "OP-1 & 2 · A <case>" in page
        assert re.search(r"No\. +Who +What", page)
        assert "made Sat 14 Mar 2026 21:33:20 GMT by DC Harper" in page
    found = set(re.findall(r"w\d+x\d+", "".join(pages)))
    assert found == {f"w{n}x{m}" for n in range(120) for m in range(3 + n % 40)}


def test_the_pdf_says_what_it_is_and_when_it_was_made(long_table: Path) -> None:
    facts = pdf_facts(long_table)
    assert facts["Title"] == "Trial paper · OP-1 & 2 · A <case>"
    assert facts["Author"] == "DC Harper"
    assert facts["Creator"].startswith("Sightline")
    assert facts["CreationDate"] == facts["ModDate"] == "2026-03-14T21:33:20Z"
    assert facts["Page size"].endswith("(A4)")
    assert facts["JavaScript"] == "no"


def test_rows_are_not_parted_between_pages(long_table: Path) -> None:
    for page in pdf_text(long_table).split("\f")[:-1]:
        for n in set(re.findall(r"w(\d+)x0\b", page)):
            assert f"w{n}x{2 + int(n) % 40}" in page


def test_nothing_is_drawn_over_the_margins(long_table: Path, tmp_path: Path) -> None:
    picture = pdf_page(long_table, 2, tmp_path)
    height, width = picture.shape[:2]
    side, dark = round(width * 14 / 210), picture.min(axis=2) < 128
    assert not dark[:, :side].any()
    assert not dark[:, width - side :].any()
    assert not dark[round(height * 17 / 297) : round(height * 18.5 / 297)].any()
    assert not dark[round(height * 280 / 297) : round(height * 283 / 297)].any()


def test_the_same_paper_gives_the_same_bytes(tmp_path: Path) -> None:
    section = Section("H", ("bold follows",), COLUMNS, (("1", "ünïcode 日本 עברית", "x"),))
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        write_pdf(paper_of(section), tmp_path / name)
    assert len({(tmp_path / name).read_bytes() for name in ("a.pdf", "b.pdf", "c.pdf")}) == 1


def test_what_is_higher_than_a_page_is_parted_between_lines(tmp_path: Path) -> None:
    section = Section("Long", (), COLUMNS, (("1", words(900, "a"), words(1800, "b")), ("2", "after", "it")))
    result = write_pdf(paper_of(section), tmp_path / "a.pdf")
    text = pdf_text(tmp_path / "a.pdf")
    pages = text.split("\f")[:-1]
    assert result.pages == len(pages) > 2
    assert set(re.findall(r"\b[ab]\d+\b", text)) == {f"a{n}" for n in range(900)} | {f"b{n}" for n in range(1800)}
    assert all(re.search(r"No\. +Who +What", page) for page in pages)
    hidden = len(re.findall(r"\b[ab]\d+\b", text)) - 2_700
    assert hidden <= 20 * (len(pages) - 1)  # Qt draws one line above a part too, which is clipped and not seen
    assert re.search(r"[ab]\d", pages[0])


def test_hostile_text_is_printed_as_text_and_a_long_word_is_broken(tmp_path: Path) -> None:
    hash_like = "0123456789abcdef" * 20
    section = Section(HOSTILE, (HOSTILE,), COLUMNS, (("1", hash_like, HOSTILE),))
    write_pdf(paper_of(section, title=HOSTILE), tmp_path / "a.pdf")
    text = pdf_text(tmp_path / "a.pdf")
    assert text.count("<script>alert(1)</script>") >= 4
    assert "{{ 7*7 }}" in text
    assert sum(len(one) for one in re.findall(r"\b(?:[0-9a-f]{16,}|cdef)\b", text)) == len(hash_like)


def test_pages_can_lie_on_the_long_side(tmp_path: Path) -> None:
    write_pdf(paper_of(is_landscape=True), tmp_path / "a.pdf")
    width, _x, height, *_unit = pdf_facts(tmp_path / "a.pdf")["Page size"].split()
    assert float(width) > float(height)


def test_a_cancelled_paper_leaves_nothing(tmp_path: Path) -> None:
    told: list[ProgressReport] = []
    rows = tuple((str(n), "who", words(30, "w")) for n in range(2_000))
    with pytest.raises(Cancelled):
        write_pdf(paper_of(Section("", (), COLUMNS, rows)), tmp_path / "a.pdf", told.append, lambda: bool(told))
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_the_printing_process_leaves_nothing_and_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"the older one")
    broken = dataclasses.replace(paper_of(), content={})
    with pytest.raises(PaperError, match="could not be printed"):
        write_pdf(broken, tmp_path / "a.pdf")
    assert os.listdir(tmp_path) == ["a.pdf"]  # noqa: PTH208 - names are what matters
    assert (tmp_path / "a.pdf").read_bytes() == b"the older one"


def test_letters_are_where_they_can_be_read(long_table: Path, tmp_path: Path) -> None:
    picture = pdf_page(long_table, 1, tmp_path, dots_per_inch=100)
    ink = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) < 128).astype(np.uint8)
    assert 0.01 < ink.mean() < 0.2
