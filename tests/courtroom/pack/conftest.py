"""A case to pack, and a pack, each made once and copied for every test."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from courtroom.run_sheet import RunSheet
from courtroom.run_sheet_store import list_run_sheets, load_run_sheet
from evidence.case import Case
from tests.support.packs import make_pack_case, make_sheet, pack_of


@pytest.fixture(scope="session")
def _pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("pattern")
    with Case.open(make_pack_case(home)) as case:
        pack_of(case, make_sheet(case, home), home / "Court pack")
    return home


@pytest.fixture
def pack_case(tmp_path: Path, _pattern: Path) -> Iterator[Case]:
    """An open case with recordings beside it and a run sheet in it."""
    shutil.copytree(_pattern, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("Court pack"))
    folder = tmp_path / "Op Lamppost.sightline"
    connection = sqlite3.connect(folder / "case.db")
    for (path,) in connection.execute("SELECT path_bytes FROM recordings").fetchall():
        here = bytes(tmp_path / "originals" / Path(os.fsdecode(path)).name)
        connection.execute("UPDATE recordings SET path_bytes = ? WHERE path_bytes = ?", (here, path))
    connection.commit()
    connection.close()
    with Case.open(folder) as case:
        yield case


@pytest.fixture
def sheet(pack_case: Case) -> RunSheet:
    """The run sheet of `pack_case`."""
    return load_run_sheet(pack_case, list_run_sheets(pack_case)[0].sheet_id)


@pytest.fixture
def pack(tmp_path: Path, _pattern: Path) -> Path:
    """A sound, signed pack that may be damaged."""
    return Path(shutil.copytree(_pattern / "Court pack", tmp_path / "Court pack"))
