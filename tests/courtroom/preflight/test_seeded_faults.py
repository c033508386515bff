"""Forty and more seeded faults: each is found by the check it belongs to, and named with its item and its file."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import pytest

from courtroom.pack.signing import SigningKey
from courtroom.preflight import media_step
from courtroom.preflight.checks import Outcome
from courtroom.preflight.desk_step import Screen
from courtroom.preflight.media_team import MediaTeam
from courtroom.show.displays import Display
from tests.courtroom.pack.test_verify import (
    cut,
    drop,
    flip,
    link,
    other_key,
    other_signature,
    rebag,
    reseal,
    sha256_of,
    sheet_with,
    sql,
    unsigned,
    write,
)
from tests.courtroom.preflight.conftest import CONSOLE, GOOD_DESK, Check, good_machine
from tests.support.playable_packs import BEGIN_NS
from tests.support.slow_decoding import run_and_break, run_slowly

_FRONT = "data/recordings/FRONT_0.mp4"
_LATER = "data/recordings/FRONT_1.mp4"
_YARD = "data/recordings/YARD_0.mp4"
_HALL = "data/recordings/HALL_0.mp4"
_SHEET = "data/run-sheet.json"
_DOCUMENT = "data/case/documents/"


def documented(change: Callable[[Path], object]) -> Callable[[Path], None]:
    """Change the pack's only document."""

    def do(pack: Path) -> None:
        change(next((pack / "data/case/documents").iterdir()))

    return do


def bad_pdf(pack: Path) -> None:
    """A document that is no PDF inside, with every hash made to fit, also its own in the run sheet."""
    old = next((pack / "data/case/documents").iterdir())
    old.write_bytes(b"%PDF-1.4\nnothing of the kind\n")
    new = old.rename(old.with_name(f"{sha256_of(old)}.pdf"))
    text = (pack / _SHEET).read_text().replace(old.stem, new.stem)
    document = json.loads(text)
    for item in document["items"]:
        if "file" in item:
            item["file"]["size_bytes"] = new.stat().st_size
    (pack / _SHEET).write_text(json.dumps(document))
    rebag(pack)


def recording(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """Change a recording; the extract and every hash are made to fit, as if it had been so from the start."""

    def do(pack: Path) -> None:
        path = pack / name
        path.write_bytes(change(path.read_bytes()))
        sql(
            f"UPDATE recordings SET sha256 = '{sha256_of(path)}', size_bytes = {path.stat().st_size} "
            f"WHERE display_name = '{path.name}'"
        )(pack)

    return do


def spoiled(content: bytes) -> bytes:
    """Nonsense in the middle of what is decoded, the container's own tables left as they are."""
    begin = content.index(b"mdat") + 4
    changed = bytearray(content)
    middle = begin + (content.index(b"moov", begin) - begin) // 2
    changed[middle : middle + 400] = bytes(range(200)) * 2
    return bytes(changed)


def table_of(other: str, name: str) -> Callable[[Path], None]:
    """Give a recording the frame table of another."""
    ids = "(SELECT id FROM recordings WHERE display_name = '{}')".format
    return sql(
        f"UPDATE frame_indexes SET packed = (SELECT packed FROM frame_indexes WHERE recording_id = {ids(other)}) "
        f"WHERE recording_id = {ids(name)}"
    )


def no_table(pack: Path) -> None:
    sql("DELETE FROM frame_indexes WHERE recording_id = (SELECT id FROM recordings WHERE display_name='FRONT_1.mp4')")(
        pack
    )


def newer(pack: Path) -> None:
    info = pack / "bag-info.txt"
    info.write_text(info.read_text().replace("Sightline-Pack-Version: 1", "Sightline-Pack-Version: 9"))
    reseal(pack)


def resigned(pack: Path) -> None:
    reseal(pack, SigningKey(bytes(32)), also_named=True)


def unsigned_from_the_start(pack: Path) -> None:
    unsigned(pack)
    info = pack / "bag-info.txt"
    lines = [one for one in info.read_text().splitlines() if not one.startswith("Sightline-Key-Fingerprint")]
    info.write_text("\n".join(_unfolded(lines)) + "\n")
    tag = pack / "tagmanifest-sha256.txt"
    names = [text.split("  ", 1)[1] for text in tag.read_text().splitlines()]
    tag.write_text("".join(f"{sha256_of(pack / name)}  {name}\n" for name in names))


def _unfolded(lines: list[str]) -> list[str]:
    return [one for one in lines if not one.startswith(" ")]


def span(place: int, start_ms: int, end_ms: int) -> Callable[[Path], None]:
    """Give an item other times, all hashes made to fit."""

    def do(pack: Path) -> None:
        document = json.loads((pack / _SHEET).read_text())
        item = document["items"][place - 1]
        item["from_ns"], item["to_ns"] = BEGIN_NS + start_ms * 1_000_000, BEGIN_NS + end_ms * 1_000_000
        (pack / _SHEET).write_text(json.dumps(document))
        rebag(pack)

    return do


def without_frames(pack: Path) -> None:
    """The extract says that a recording goes on for a minute; its frames end after two seconds."""
    sql("UPDATE recordings SET duration_ns = 60000000000 WHERE display_name = 'FRONT_1.mp4'")(pack)
    span(3, 30_000, 31_000)(pack)


def page_nine(pack: Path) -> None:
    """The run sheet says that the document has nine pages, and shows the last."""
    sheet_with(["items", 4, "file", "pages"], 9)(pack)
    sheet_with(["items", 4, "page"], 9)(pack)


def heard(pack: Path) -> None:
    """Let an item be heard."""
    document = json.loads((pack / _SHEET).read_text())
    item = document["items"][1]
    item["heard"] = item["view"]["cameras"][:1]
    (pack / _SHEET).write_text(json.dumps(document))
    rebag(pack)


def mute_track(pack: Path) -> None:
    """Nonsense in the sound of the later recording, which is heard; its pictures and all hashes are well."""

    def change(content: bytes) -> bytes:
        spots = sound_packets(pack / _LATER)
        spoiled_bytes = bytearray(content)
        for place, size in spots[len(spots) // 3 : len(spots) // 2]:
            spoiled_bytes[place : place + size] = bytes([0xFF]) * size
        return bytes(spoiled_bytes)

    recording(_LATER, change)(pack)


def sound_packets(path: Path) -> list[tuple[int, int]]:
    """Return where each packet of sound lies in a file, and its size."""
    with av.open(str(path)) as container:
        return [(packet.pos or 0, packet.size) for packet in container.demux(audio=0) if packet.size]


def at_normal_speed(pack: Path) -> None:
    for place in (1, 2):
        sheet_with(["items", place, "speed"], "1/1")(pack)


def nothing(_pack: Path) -> None:
    pass


@dataclass(frozen=True)
class Seeded:
    """A fault, and how it must be told."""

    name: str
    change: Callable[[Path], object]
    check: str
    places: tuple[int, ...] = (0,)
    file: str = ""
    how: dict[str, Any] = field(default_factory=dict)


def machine(**facts: Any) -> dict[str, Any]:
    return {"machine": dataclasses.replace(good_machine(), **facts)}


def desk(**facts: Any) -> dict[str, Any]:
    return {"around": dataclasses.replace(GOOD_DESK, **facts)}


TINY = Screen(Display("HDMI-1", "", 1366, 0, 160, 120), 160, 120)

FAULTS = (
    Seeded("a bit of a recording", flip(_FRONT, 900), "files", (2,), _FRONT),
    Seeded("a bit of a recording of a still", flip(_HALL, 900), "files", (4,), _HALL),
    Seeded("a recording missing", drop(_YARD), "files", (2,), _YARD),
    Seeded("an extra file", write("data/recordings/more.mp4"), "files", (0,), "data/recordings/more.mp4"),
    Seeded("an extra file at the top", write("autorun.inf"), "files", (0,), "autorun.inf"),
    Seeded("a recording cut short", cut(_LATER), "files", (3,), _LATER),
    Seeded("a wrong hash in the manifest", flip("manifest-sha256.txt", 3), "files", (0,), "manifest-sha256.txt"),
    Seeded("a changed index page", flip("index.html", 300), "files", (0,), "index.html"),
    Seeded("a link for a recording", link(_YARD, "FRONT_0.mp4"), "files", (0,), _YARD),
    Seeded("no declaration", drop("bagit.txt"), "files", (0,), "bagit.txt"),
    Seeded("a changed signature", other_signature, "signature", (0,), "signature/tagmanifest-sha256.txt.sig"),
    Seeded("another public key", other_key, "signature", (0,), "signature/public-key.pem"),
    Seeded("a foreign key", resigned, "signature", (0,), "signature/public-key.pem"),
    Seeded("no signature at all", unsigned_from_the_start, "signature"),
    Seeded("a newer version", newer, "contents", (0,)),
    Seeded("a run sheet that is none", write(_SHEET, b"{}"), "contents", (0,)),
    Seeded("a newer run sheet", sheet_with(["version"], 99), "contents", (0,)),
    Seeded("the run sheet missing", drop(_SHEET), "contents", (0,)),
    Seeded("a database that is none", write("data/case/case.db"), "contents", (0,)),
    Seeded("the database missing", drop("data/case/case.db"), "contents", (0,)),
    Seeded("a description that is none", write("data/pack.json", b"[]"), "contents", (0,), "data/pack.json"),
    Seeded("an item that begins before its media", span(2, -900, 1_500), "times", (2,), "FRONT_0.mp4"),
    Seeded("an item that ends after its media", span(3, 10_100, 14_000), "times", (3,), "FRONT_1.mp4"),
    Seeded("an item at another time", span(3, 500_000, 501_000), "times", (3,)),
    Seeded("a still of another time", sheet_with(["items", 3, "at_ns"], 5), "times", (4,)),
    Seeded("a recording without frames in the range", without_frames, "times", (3,), _LATER),
    Seeded("a document missing", documented(Path.unlink), "documents", (5,), _DOCUMENT),
    Seeded("a document that cannot be drawn", bad_pdf, "documents", (5,), _DOCUMENT),
    Seeded(
        "a page that is not there",
        page_nine,
        "documents",
        (5,),
        _DOCUMENT,
    ),
    Seeded("the frame table of another file", table_of("HALL_0.mp4", "FRONT_1.mp4"), "frame-tables", (3,), _LATER),
    Seeded("no frame table", no_table, "frame-tables", (3,), _LATER),
    Seeded(
        "a codec that nothing plays",
        recording(_LATER, lambda it: it.replace(b"avc1", b"zzz1")),
        "decoding",
        (3,),
        _LATER,
    ),
    Seeded("media cut short, hashes made after", recording(_HALL, lambda it: it[:3_000]), "decoding", (4,), _HALL),
    Seeded("pictures spoiled, hashes made after", recording(_LATER, spoiled), "decoding", (3,), _LATER),
    Seeded("a decoder that crashes", nothing, "decoding", (2,), _FRONT, {"team": run_and_break}),
    Seeded("a broken sound track", mute_track, "recorded-sound", (3,), _LATER),
    Seeded("a slow disk", at_normal_speed, "real-time", (2,), _FRONT, {"team": run_slowly}),
    Seeded("no display", nothing, "displays", how=desk(screens=None)),
    Seeded("the court's display is not there", nothing, "displays", how={"display": "HDMI-9"}),
    Seeded("a display that is too small", nothing, "display-size", (2, 3, 4), _FRONT, desk(screens=(CONSOLE, TINY))),
    Seeded("no sound device", heard, "sound", how=desk(sounds=())),
    Seeded("a muted device", heard, "sound", how=desk(is_muted=True)),
    Seeded("the volume at nothing", heard, "sound", how=desk(volume_percent=0)),
    Seeded("on battery", nothing, "power", how=machine(is_on_mains=False, battery_percent=80)),
    Seeded("a battery almost empty", nothing, "power", how=machine(is_on_mains=False, battery_percent=6)),
    Seeded("the disk almost full", nothing, "disk", how=machine(free_disk_bytes=30_000_000)),
    Seeded("hardly any memory", nothing, "memory", how=machine(free_memory_bytes=90_000_000)),
    Seeded("the clock before the pack was made", nothing, "clock", how=machine(now_ns=10**18)),
)


def test_there_are_as_many_faults_as_were_asked_for() -> None:
    assert len(FAULTS) >= 40


@pytest.mark.parametrize("seeded", FAULTS, ids=[one.name for one in FAULTS])
def test_each_fault_is_found_and_named(
    seeded: Seeded, pack: Path, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_step, "_TRIES", 1 if "team" in seeded.how else 3)
    seeded.change(pack)
    how = dict(seeded.how)
    target = how.pop("team", None)
    if target is None:
        report = check(pack, **how)
    else:
        with MediaTeam(target) as team:
            report = check(pack, team=team, **how)
    found = [one for one in report.results if one.outcome is Outcome.FAIL and one.check.identity == seeded.check]
    assert found, f"not found; what was said: {[str(one) for one in report.results if one.outcome is Outcome.FAIL]}"
    assert report.outcome is Outcome.FAIL
    assert set(seeded.places) <= {one.place for one in found}
    assert any(seeded.file in one.file for one in found), [one.file for one in found]
    assert all(one.reason and one.remedy for one in found)
