"""The process that sets pages ends without a word once nobody waits for it: its asker was cancelled, or killed."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from annotations.paper import Column, Paper, Section, tables_content
from annotations.ui import paper_child
from annotations.ui.paper_child import PrintOrder
from evidence.child_process import start_child

_PATIENCE_S = 60


def _paper() -> Paper:
    rows = tuple((str(number), "some words of a row") for number in range(50))
    section = Section("Rows", (), (Column("No.", 10), Column("What", 90)), rows)
    return Paper("tables.html", "Trial", "OP-1", "A case", "UTC", "DC Harper", 0, tables_content((), (), (section,)))


@pytest.mark.parametrize("has_order", [True, False])
def test_a_process_whose_asker_is_gone_ends_and_says_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], *, has_order: bool
) -> None:
    ours, theirs = multiprocessing.Pipe()
    child = start_child(paper_child.run, theirs, name="paper")
    theirs.close()
    if has_order:
        ours.send(PrintOrder(_paper(), tmp_path / "trial.pdf"))
    ours.close()
    child.join(_PATIENCE_S)
    assert child.exitcode == 0
    assert capfd.readouterr().err == ""
