"""What reading all of a pack found counts until a file of it is touched, and no longer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.pack_verdicts import PackVerdicts
from courtroom.pack.verify import verify_pack
from courtroom.show.source import CourtSource, load_from_pack
from evidence.case import Case
from tests.support.packs import make_pack_case, make_sheet, pack_of


def mine(_key: object) -> str:
    return "you"


@pytest.fixture
def pack(tmp_path: Path) -> Iterator[Path]:
    with Case.open(make_pack_case(tmp_path)) as case:
        yield pack_of(case, make_sheet(case, tmp_path), tmp_path / "Pack").folder


def known(verdicts: PackVerdicts, pack: Path) -> CourtSource:
    return verdicts.told(load_from_pack(pack, mine))


def test_a_pack_that_was_read_is_not_called_unknown_until_anything_is_touched(pack: Path) -> None:
    verdicts = PackVerdicts()
    assert known(verdicts, pack).first_look.startswith("UNKNOWN")
    keep = verdicts.watch(pack)
    keep(verify_pack(pack, mine, is_quick=True))
    assert known(verdicts, pack).first_look.startswith("UNKNOWN"), "a quick look read nothing"
    keep(verify_pack(pack, mine))
    assert known(verdicts, pack).first_look == ""
    recording = next((pack / "data" / "recordings").iterdir())
    before = recording.stat()
    os.utime(recording, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert known(verdicts, pack).first_look.startswith("UNKNOWN")
    verdicts.watch(pack)(verify_pack(pack, mine))
    assert known(verdicts, pack).first_look == ""
    (pack / "data" / "a file more").write_bytes(b"")
    assert "MISMATCH" in known(verdicts, pack).first_look, "a look at the folder finds that by itself"


def test_a_file_that_changes_while_it_is_read_leaves_nothing_known(pack: Path) -> None:
    verdicts = PackVerdicts()
    keep = verdicts.watch(pack)
    found = verify_pack(pack, mine)
    recording = next((pack / "data" / "recordings").iterdir())
    recording.write_bytes(recording.read_bytes())
    keep(found)
    assert known(verdicts, pack).first_look.startswith("UNKNOWN")


def test_what_was_found_amiss_is_told_in_court(pack: Path) -> None:
    verdicts = PackVerdicts()
    recording = next((pack / "data" / "recordings").iterdir())
    recording.write_bytes(recording.read_bytes()[::-1])
    verdicts.watch(pack)(verify_pack(pack, mine))
    source = known(verdicts, pack)
    assert source.is_amiss
    assert source.first_look.startswith("MISMATCH")
