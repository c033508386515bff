"""Discs as recorders write them: the parts of a title are one recording, read frame by frame over the cuts."""

from __future__ import annotations

import hashlib
import os
from fractions import Fraction
from pathlib import Path

import pytest

from evidence.case import Case
from evidence.dvd import is_encrypted, reason_to_pass_over, title_parts
from evidence.errors import OriginalChangedError
from evidence.examine import examine_file
from evidence.frame_index import FrameIndex
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.originals import open_original
from evidence.verify import Verdict, VerifyRequest, verify_originals
from player.decoder.reader import FrameReader
from player.protocol import Source
from tests.support.clips import ClipPlan, make_clip

PACK = 2_048
FRAMES = 100
_TABLE = b"DVDVIDEO-VTS" + bytes(PACK - 12)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A program stream of 2 KiB packs, as a recorder would write it."""
    plan = ClipPlan(
        number=1, frames=FRAMES, codec="mpeg2video", suffix=".vob", time_base=Fraction(1, 25), step=1, noise=30,
        options={"b": "4000000"},
    )  # fmt: skip
    return make_clip(tmp_path_factory.mktemp("film"), plan).path.read_bytes()


@pytest.fixture
def disc(tmp_path: Path, film: bytes) -> Path:
    """A disc whose title is cut in mid-group into three files."""
    folder = tmp_path / "DISC" / "VIDEO_TS"
    folder.mkdir(parents=True)
    packs = len(film) // PACK
    cuts = [0, packs * 2 // 5 * PACK, packs * 4 // 5 * PACK, len(film)]
    for number in range(3):
        (folder / f"VTS_01_{number + 1}.VOB").write_bytes(film[cuts[number] : cuts[number + 1]])
    for name in ("VIDEO_TS.IFO", "VIDEO_TS.BUP"):
        (folder / name).write_bytes(b"DVDVIDEO-VMG" + bytes(PACK - 12))
    for name in ("VTS_01_0.IFO", "VTS_01_0.BUP"):
        (folder / name).write_bytes(_TABLE)
    (folder / "VTS_01_0.VOB").write_bytes(film[: 20 * PACK])
    return folder


def _new_case(folder: Path) -> Path:
    Case.create(folder, title="T", reference="R", by="Somebody", time_zone="Europe/London").close()
    return folder


def test_a_disc_is_one_recording_a_title_with_every_frame_over_the_cuts(
    disc: Path, film: bytes, tmp_path: Path
) -> None:
    case = _new_case(tmp_path / "Case.sightline")
    request = AddRequest(case, (bytes(disc.parent),), "Somebody")
    result = add_files(request, no_progress, never_cancelled)
    assert [one.display_name for one in result.added] == ["VTS_01_1.VOB"]
    assert result.refused == ()
    reasons = {Path(os.fsdecode(one.path_bytes)).name: one.reason for one in result.ignored}
    assert set(reasons) == {path.name for path in disc.iterdir()} - {"VTS_01_1.VOB"}
    assert "joined" in reasons["VTS_01_2.VOB"]
    assert "menu" in reasons["VTS_01_0.VOB"]
    (recording,) = result.added
    assert recording.size_bytes == len(film)
    assert recording.sha256 == hashlib.sha256(film).hexdigest()
    assert "dvd-title" in {finding.code for finding in recording.findings}
    with Case.open(case) as opened:
        index = opened.frame_index(recording.id)
    assert index is not None
    assert len(index) == FRAMES
    checked = verify_originals(VerifyRequest(case, "Somebody"), no_progress, never_cancelled)
    assert checked.verdict is Verdict.VERIFIED


def test_read_file_by_file_pictures_at_the_cuts_would_be_lost(disc: Path, film: bytes) -> None:
    apart = 0
    for number in range(1, 4):
        alone = disc.parent / f"alone{number}.vob"
        alone.write_bytes((disc / f"VTS_01_{number}.VOB").read_bytes())
        found = examine_file(bytes(alone), lambda _done: None)
        assert found.frame_index is not None
        apart += len(FrameIndex.from_bytes(found.frame_index))
    assert apart < FRAMES


def test_every_frame_of_a_joined_title_is_decoded_under_its_own_number(disc: Path) -> None:
    found = examine_file(bytes(disc / "VTS_01_1.VOB"), lambda _done: None)
    assert found.frame_index is not None
    index = FrameIndex.from_bytes(found.frame_index)
    reader = FrameReader(Source(1, bytes(disc / "VTS_01_1.VOB"), "disc", 0), index, 1)
    try:
        for wanted in (39, 40, 41, 80, 99, 3):
            assert _read_code(reader, wanted) == wanted
    finally:
        reader.close()


def _read_code(reader: FrameReader, wanted: int) -> int:
    from app.demo.frame_code import read

    reader.aim(wanted, wanted)
    while True:
        for decoded in reader.read():
            if decoded.number == wanted:
                code = read(decoded.picture.to_ndarray(format="bgr24"))
                assert code is not None
                return code.number
        assert not reader.is_at_end


def test_reads_run_over_the_cuts_and_a_change_of_any_part_is_noticed(disc: Path, film: bytes) -> None:
    with open_original(bytes(disc / "VTS_01_1.VOB")) as original:
        cut = (disc / "VTS_01_1.VOB").stat().st_size
        assert original.size_bytes == len(film)
        assert original.read_at(cut - 100, 300) == film[cut - 100 : cut + 200]
        assert original.read_at(0, len(film) + 5) == film
        assert original.read_at(len(film), 10) == b""
        original.check_unchanged()
        with (disc / "VTS_01_3.VOB").open("ab") as last:
            last.write(b"more")
        with pytest.raises(OriginalChangedError):
            original.check_unchanged()


def test_only_the_files_of_one_title_of_a_disc_are_joined(disc: Path, tmp_path: Path) -> None:
    assert [Path(os.fsdecode(part)).name for part in title_parts(bytes(disc / "VTS_01_1.VOB"))] == [
        "VTS_01_1.VOB",
        "VTS_01_2.VOB",
        "VTS_01_3.VOB",
    ]
    elsewhere = tmp_path / "VTS_01_1.VOB"
    assert title_parts(bytes(elsewhere)) == (bytes(elsewhere),)
    assert title_parts(bytes(disc / "VTS_01_2.VOB")) == (bytes(disc / "VTS_01_2.VOB"),)
    (disc / "VTS_01_1.VOB").unlink()
    assert reason_to_pass_over(bytes(disc / "VTS_01_2.VOB")) == ""


def test_without_its_tables_a_title_is_read_and_that_is_said(disc: Path) -> None:
    (disc / "VTS_01_0.IFO").write_bytes(b"\0" * PACK)
    found = examine_file(bytes(disc / "VTS_01_1.VOB"), lambda _done: None)
    assert "dvd-table-broken" not in {finding.code for finding in found.findings}, "its copy is whole"
    (disc / "VTS_01_0.BUP").unlink()
    found = examine_file(bytes(disc / "VTS_01_1.VOB"), lambda _done: None)
    assert "dvd-table-broken" in {finding.code for finding in found.findings}


def test_an_encrypted_disc_is_told_as_that(disc: Path, film: bytes) -> None:
    scrambled = bytearray(film)
    for start in range(0, len(film) - PACK, PACK):
        place = start + 14 + (film[start + 13] & 7)
        if film[start : start + 4] == b"\0\0\1\xba" and film[place : place + 4] == b"\0\0\1\xe0":
            scrambled[place + 6] |= 0b01_0000
    assert is_encrypted(lambda offset, length: bytes(scrambled[offset : offset + length]), len(scrambled))
    assert not is_encrypted(lambda offset, length: film[offset : offset + length], len(film))
    for number in (2, 3):
        (disc / f"VTS_01_{number}.VOB").unlink()
    (disc / "VTS_01_1.VOB").write_bytes(scrambled)
    found = examine_file(bytes(disc / "VTS_01_1.VOB"), lambda _done: None)
    assert found.refused is not None
    assert found.refused.code == "encrypted"
    assert found.sha256 == hashlib.sha256(scrambled).hexdigest()
