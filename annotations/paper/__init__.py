"""Papers: what Sightline prints for people. One template gives a page for a browser and pages for a printer.

To add a paper: 1. write `resources/templates/<name>.html` that extends `paper.html` and fills its block `body`;
2. put what it says into frozen records and make a `Paper` of them; 3. `write_html` it, and in a program with a window
or without, `annotations.ui.paper_pdf.write_pdf` it; 4. look at both.

Rules for a template, so that it looks right in both: at the top of the body stand headings, `p`, `ul`, `ol`, `div`,
`figure` and `table`, in as many `section` as you like; every table has a `colgroup` whose `col` have a `width` in
percent, its heads in `thead`; no `style` attributes (the browser is told to refuse them), only the classes of
`paper.css` and `paper-pdf.css`; pictures by `{{ picture(name, width_px) }}`. A row, a `div` and a `figure` are kept on
one page where they fit on one; headings stay with what follows; the class `new-page` begins a page. Everything that is
filled in is escaped; text with line breaks goes through the filter `lines`. What is None reads "not known".

`paper` says what a paper is, `page` fills it in, `pieces` parts it for the printer, `csv_table` writes tables that
spreadsheets open without running anything. A paper of facts and tables needs no template of its own: `tables`.
"""

from annotations.paper.csv_table import csv_bytes, write_csv
from annotations.paper.page import html_pieces, html_text, write_html
from annotations.paper.paper import Paper, Picture
from annotations.paper.tables import Column, Section, tables_content

__all__ = [
    "Column",
    "Paper",
    "Picture",
    "Section",
    "csv_bytes",
    "html_pieces",
    "html_text",
    "tables_content",
    "write_csv",
    "write_html",
]
