"""The table of `docs/formats.md` can be made again and is put between its marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.formats_table import BEGIN, END, main, make_table
from tests.conftest import MEDIA, ROOT
from tests.support.recordings import encode


def test_a_row_for_each_file_between_the_marks(tmp_path: Path) -> None:
    folder = tmp_path / "media" / "maker"
    folder.mkdir(parents=True)
    encode(folder / "VID_20260314_213207.mp4", frames=25)
    (folder / "notes | odd.txt").write_text("text")
    document = tmp_path / "formats.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert main([str(tmp_path / "media"), str(document)]) == 0
    text = document.read_text()
    assert text.startswith("before\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert "| maker/VID_20260314_213207.mp4 | mov, 1.000 s |" in text
    assert "25 (stamped), constant rate" in text
    assert "file name: VID_20260314_213207 (local, start)" in text
    assert "notes \\| odd.txt" in text
    assert "not a recording: not-media" in text
    assert main([]) == 2


@pytest.mark.media
def test_the_documents_table_is_that_of_today() -> None:
    document = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    shown = document.partition(f"{BEGIN}\n")[2].partition(END)[0]
    assert shown == make_table(MEDIA), "run: python -m evidence.formats_table ../shared/media docs/formats.md"
