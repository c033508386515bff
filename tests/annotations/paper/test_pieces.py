"""A page is parted into what may be set one below the other, and nothing of it is lost."""

from __future__ import annotations

import pytest

from annotations.paper.pieces import pieces_of

PAGE = """<html><body><header>not printed</header><main><h1>T &amp; U</h1>
<section class="new-page"><p>One<br>two</p></section>
<table class="wide"><colgroup><col width="30%"><col width="70%"></colgroup><thead><tr><th>A</th><th>B</th></tr></thead>
<tbody><tr><td>1</td><td><img src="picture:a" width="5" height="5"></td></tr>
<tr><td>2</td><td>&#34;</td></tr></tbody></table>
<div class="box keep-next">in <div>a</div> box</div></main><footer>nor this</footer></body></html>"""


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_rows_carry_their_table_and_headings_stay_with_what_follows(step: int) -> None:
    heading, text, first, second, box = pieces_of(PAGE[at : at + step] for at in range(0, len(PAGE), step))
    assert (heading.html, heading.keeps_next) == ("<h1>T &amp; U</h1>", True)
    assert (text.html, text.starts_page) == ("<p>One<br>two</p>", True)
    assert first.table is second.table
    assert first.table is not None
    assert (first.table.classes, first.table.widths) == ("wide", ("30%", "70%"))
    assert first.table.head == "<tr><th>A</th><th>B</th></tr>"
    assert first.pictures == ("a",)
    assert second.html == "<tr><td>2</td><td>&#34;</td></tr>"
    assert (box.is_boxed, box.keeps_next, box.starts_page, box.table) == (True, True, False, None)


@pytest.mark.parametrize("page", ["<main>bare text</main>", "<main><p>a <b>b</p></main>"])
def test_a_template_that_would_lose_text_is_a_fault(page: str) -> None:
    with pytest.raises(ValueError, match="template"):
        list(pieces_of([page]))
