"""Marks in a process of its own that tells each confirmed mark, so that a test can kill it at any moment."""

from __future__ import annotations

from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from annotations.marks import MarkDraft, add_mark, set_text
from evidence.case import Case
from evidence.times import IncidentTime


def mark_for_ever(case_folder: Path, told: Connection) -> None:
    """Make marks and change them; send `begun`, then id and text of each as soon as it is confirmed."""
    with Case.open(case_folder) as case:
        told.send("begun")
        for number in count():
            made, _step = add_mark(case, MarkDraft(IncidentTime(number), f"made {number}"), by="killed")
            told.send((made.id, made.text))
            set_text(case, made.id, f"changed {number}", by="killed")
            told.send((made.id, f"changed {number}"))
