"""Making a pack: what is in it and what is not, what other programs say of it, and what is left when it fails."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import bagit  # type: ignore[import-untyped]  # it has no types
import pytest

from annotations.journal import Edit, edit
from annotations.shapes.geometry import Kind
from annotations.shapes.record import load_shapes, new_shape_edit
from annotations.shapes.shape import Drawn, Keyframe
from annotations.transcripts.edits import CueDraft, TranscriptDraft, add_transcript
from annotations.transcripts.read_records import TranscriptFormat
from annotations.transcripts.records import TranscriptKind
from courtroom.documents import document_path
from courtroom.errors import PackError, RunSheetError
from courtroom.pack.opening import open_pack
from courtroom.pack.verify import nobody_known, verify_pack
from courtroom.run_sheet import Moving, RunSheet, View
from courtroom.run_sheet_json import to_json
from courtroom.show.source import load_from_pack
from evidence.case import Case
from evidence.errors import Cancelled, CaseReadOnlyError, OriginalChangedError, OriginalMissingError, StorageError
from evidence.jobs import ProgressReport
from evidence.observations import Moment, Observation, ObservationState, SyncMethod
from evidence.times import IncidentRange, IncidentTime
from evidence.verify import Verdict
from sync.timeline import build_timeline
from tests.support.case_dump import actions_of
from tests.support.packs import SIGNING_KEY, START_NS, pack_of
from tests.support.run_sheets import item_of, sheet_of


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_holds_what_the_run_sheet_needs_and_opens_as_a_case(pack: Path, pack_case: Case, sheet: RunSheet) -> None:
    with open_pack(pack, nobody_known) as opened:
        assert opened.sheet == sheet
        assert [camera.name for camera in opened.case.cameras()] == ["Front door", "Yard"]
        names = [one.display_name for one in opened.case.recordings()]
        assert names == ["FRONT_0.mp4", "FRONT_1.mp4", "YARD_0.mp4"]
        places = opened.case.find_originals(opened.case.recordings())
        for one in opened.case.recordings():
            place = places[one.id]
            assert place is not None
            assert place.is_relative_to(pack / "data" / "recordings")
            assert hashlib.sha256(place.read_bytes()).hexdigest() == one.sha256
            in_case = pack_case.recording(one.id)
            assert (one.streams, one.claims, one.duration_ns) == (in_case.streams, in_case.claims, in_case.duration_ns)
            packed, kept = opened.case.frame_index(one.id), pack_case.frame_index(one.id)
            assert packed is not None
            assert kept is not None
            assert packed.to_bytes() == kept.to_bytes()
        assert document_path(opened.case.folder, sheet.files[0]).read_bytes().startswith(b"%PDF")
        with pytest.raises(CaseReadOnlyError), opened.case.change("DC Grey", "anything"):
            pass


def test_every_recording_lies_where_it_lay_in_the_case(pack: Path, pack_case: Case) -> None:
    def spans(case: Case) -> dict[str, tuple[int, int, int | None]]:
        timeline = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)
        return {
            one.recording.id: (one.span.start, one.span.end, one.sigma_ns)
            for row in timeline.cameras
            for one in row.placed
        }

    with open_pack(pack, nobody_known) as opened:
        in_pack = spans(opened.case)
    in_case = spans(pack_case)
    assert len(in_pack) == 3
    assert in_pack == {recording_id: in_case[recording_id] for recording_id in in_pack}


def words_left_behind(pack_case: Case, sheet: RunSheet, tmp_path: Path) -> set[bytes]:
    """Return whatever names what the pack does not hold: names, ids, hashes as text and as bytes."""
    needed = {"FRONT_0.mp4", "FRONT_1.mp4", "YARD_0.mp4"}
    secrets = {
        "SECRET",
        "Hidden",
        "witness",
        "informant",
        "PC Loader",
        "PS Maker",
        "YARD_1",
        "originals",
        str(tmp_path),
    }
    for recording in pack_case.recordings():
        if recording.display_name not in needed:
            secrets |= {recording.id, recording.sha256, recording.display_name}
    for camera in pack_case.cameras():
        if camera.name not in {"Front door", "Yard"}:
            secrets |= {camera.id, camera.name}
    for refusal in pack_case.refusals():
        secrets |= {refusal.sha256, refusal.display_name}
    connection = sqlite3.connect(pack_case.folder / "case.db")
    secrets |= {row[0] for row in connection.execute("SELECT id FROM batches")}
    connection.close()
    hashes = set(re.findall(r"[0-9a-f]{64}", (pack_case.folder / "audit.log").read_text()))
    packed = {one.sha256 for one in pack_case.recordings() if one.display_name in needed} | {sheet.files[0].sha256}
    secrets |= hashes - packed - {hashlib.sha256(to_json(sheet)).hexdigest(), "0" * 64}
    words = {secret.encode() for secret in secrets}
    assert len(words) > 20
    return words | {word.lower() for word in words} | {bytes.fromhex(s.decode()) for s in words if len(s) == 64}


def assert_none_is_in(words: set[bytes], pack: Path) -> None:
    files = files_of(pack)
    everything = b"".join([*files.values(), *(path.encode() for path in files)])
    assert [word for word in words if word in everything] == []


def test_nothing_else_of_the_case_is_in_any_byte_of_it(
    pack: Path, pack_case: Case, sheet: RunSheet, tmp_path: Path
) -> None:
    assert_none_is_in(words_left_behind(pack_case, sheet, tmp_path), pack)


def tie_of(case: Case, one: str, other: str, evidence: str) -> Observation:
    """Return a match of the beginnings of two recordings."""
    ids = {recording.display_name: recording.id for recording in case.recordings()}
    return Observation(
        id=f"{one} {other}".replace("SECRET", "x"),
        group=f"group of {other[0]}{other[-5]}",
        method=SyncMethod.MARKED_EVENT,
        one=Moment(ids[one], 0),
        other=Moment(ids[other], 0),
        utc=None,
        sigma_ns=20_000_000,
        common_sigma_ns=0,
        evidence=evidence,
        found_by="DC Grey",
        found_ns=5,
    )


def test_it_holds_the_sync_certificate_of_its_cameras_and_of_nothing_else(
    pack_case: Case, sheet: RunSheet, tmp_path: Path
) -> None:
    ties = [
        tie_of(pack_case, "FRONT_0.mp4", "YARD_0.mp4", "the slam of the door"),
        tie_of(pack_case, "FRONT_0.mp4", "SECRET_0.mp4", "the shout at the gate"),
        tie_of(pack_case, "FRONT_1.mp4", "YARD_1.mp4", "the alarm of a car"),
    ]
    pack_case.add_observations(ties, by="DC Grey")
    pack_case.decide_observations([one.group for one in ties], ObservationState.ACCEPTED, by="DC Grey")
    place = tmp_path / "out" / "pack"
    told: list[ProgressReport] = []
    pack_of(pack_case, sheet, place, with_certificate=True, progress=told.append)
    on_paper = [one for one in told if one.text.startswith("Sync certificate")]
    assert on_paper
    assert not [one for one in on_paper if one.total is not None], "nobody knows how long that takes"
    page = (place / "data" / "sync-certificate.html").read_text()
    document = json.loads((place / "data" / "sync-certificate.json").read_text())
    assert [one["name"] for one in document["clocks"]] == ["Front door", "Yard"]
    assert [one["group"] for one in document["matches"]] == [ties[0].group]
    assert "the slam of the door" in page
    assert "count in the figures here and are not shown" in page
    assert (place / "data" / "sync-certificate.pdf").read_bytes().startswith(b"%PDF")
    index = (place / "index.html").read_text()
    links = re.findall(r'href="(data/sync-certificate[^"]*)"', index)
    assert [Path(link).suffix for link in links] == [".html", ".pdf", ".json"]
    assert all((place / link).is_file() for link in links)
    secrets = {b"shout at the gate", b"alarm of a car", ties[1].group.encode(), ties[2].group.encode()}
    assert_none_is_in(secrets | words_left_behind(pack_case, sheet, tmp_path), place)
    printed = subprocess.run(
        ["pdftotext", place / "data" / "sync-certificate.pdf", "-"], capture_output=True, check=True
    ).stdout
    assert b"slam of the door" in b" ".join(printed.split())
    for word in (b"SECRET", b"Hidden", b"shout", b"alarm", b"YARD_1"):
        assert word not in printed
    assert verify_pack(place, lambda _key: "you").verdict is Verdict.VERIFIED


def test_other_programs_call_it_sound(pack: Path) -> None:
    bag = bagit.Bag(str(pack))
    assert bag.validate()
    assert bag.info["External-Identifier"] == "01AB/23"
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        done = subprocess.run(
            ["sha256sum", "-c", "--strict", manifest], cwd=pack, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    page = (pack / "index.html").read_text()
    line = next(line for line in page.splitlines() if line.startswith("openssl")).removesuffix("</pre>")
    done = subprocess.run(line.split(), cwd=pack, capture_output=True, text=True, check=False)
    assert "Verified Successfully" in done.stdout, done.stderr
    assert "<script" not in page
    assert SIGNING_KEY.public.fingerprint in page


def box_on(recording_id: str, start_ms: int, label: str) -> Edit:
    """Return the wish for a box that is seen for 10 ms of a recording."""
    frames = (Keyframe(start_ms, ((64, 64), (512, 512))),)
    drawn = Drawn(recording_id, (64, 48), Kind.BOX, Fraction(1, 1000), start_ms, start_ms + 10, frames)
    return new_shape_edit(dataclasses.replace(drawn, label=label))


def test_shapes_go_in_only_where_an_item_shows_them(pack_case: Case, sheet: RunSheet, tmp_path: Path) -> None:
    ids = {one.display_name: one.id for one in pack_case.recordings()}
    edits = [
        box_on(ids["FRONT_0.mp4"], 20, "informant's box"),
        box_on(ids["FRONT_0.mp4"], 110, "behind the range"),
        box_on(ids["FRONT_1.mp4"], 0, "in an item without shapes"),
        box_on(ids["SECRET_0.mp4"], 20, "of another camera"),
    ]
    edit(pack_case, edits, by="DC Grey", label="boxes")
    items = tuple(dataclasses.replace(item, shows_shapes=isinstance(item.content, Moving)) for item in sheet.items)
    pack_of(pack_case, dataclasses.replace(sheet, items=items), tmp_path / "out" / "pack")
    with open_pack(tmp_path / "out" / "pack", nobody_known) as opened:
        (shape,) = load_shapes(opened.case)
    assert (shape.drawn.recording_id, shape.drawn.start_pts, shape.drawn.label) == (ids["FRONT_0.mp4"], 20, "")
    everything = b"".join(files_of(tmp_path / "out" / "pack").values())
    assert b"informant" not in everything
    assert b"behind the range" not in everything


def test_words_go_in_only_where_captions_show_them(pack_case: Case, sheet: RunSheet, tmp_path: Path) -> None:
    ids = {one.display_name: one.id for one in pack_case.recordings()}
    cameras = {one.name: one.id for one in pack_case.cameras()}

    def write(camera: str, name: str, *cues: tuple[int, int, str]) -> None:
        draft = TranscriptDraft(
            f"informant's tape of {camera}",
            cameras[camera],
            TranscriptKind.MACHINE,
            TranscriptFormat.WEBVTT,
            model="Ear 2",
            source_name="secret notes.vtt",
            source_sha256=name.encode().hex().ljust(64, "5"),
            notes=("a note about the Hidden witness",),
        )
        drafts = [CueDraft(ids[name], start * 10**6, end * 10**6, "A", words) for start, end, words in cues]
        add_transcript(pack_case, draft, drafts, by="PC Loader")

    # the frames of the made-up recordings follow one another every 40 ms; the item shows the first 100 ms
    write("Front door", "FRONT_0.mp4", (20, 60, "Open the door"), (118, 120, "under the last frame"))
    write("Front door", "FRONT_1.mp4", (0, 40, "in an item without captions"))
    write("Yard", "YARD_1.mp4", (0, 40, "of another recording"))
    write("Hidden witness", "SECRET_0.mp4", (20, 60, "of another camera"))
    items = tuple(dataclasses.replace(item, shows_captions=isinstance(item.content, Moving)) for item in sheet.items)
    captioned = dataclasses.replace(sheet, items=items)
    pack_of(pack_case, captioned, tmp_path / "out" / "pack")
    source = load_from_pack(tmp_path / "out" / "pack", nobody_known)
    assert source.captions is not None
    assert [(cue.text, cue.speaker) for cue in source.captions.cues] == [
        ("Open the door", "A"),
        ("under the last frame", "A"),
    ]
    (transcript,) = source.captions.book.transcripts
    assert "machine" in transcript.warning
    unseen = {b"without captions", b"of another", b"5" * 20, b"tape of", b"secret notes", b"a note about"}
    assert_none_is_in(unseen | words_left_behind(pack_case, captioned, tmp_path), tmp_path / "out" / "pack")
    assert verify_pack(tmp_path / "out" / "pack", lambda _key: "you").verdict is Verdict.VERIFIED


def test_its_page_says_how_the_clocks_were_set_and_hides_what_names_the_rest(pack: Path) -> None:
    page = (pack / "data" / "clocks.html").read_text()
    assert "±80 ms" in page
    assert "Left out here" in page


def test_the_audit_log_tells_of_it(pack_case: Case, sheet: RunSheet, tmp_path: Path) -> None:
    result = pack_of(pack_case, sheet, tmp_path / "again")
    assert actions_of(pack_case.folder)[-1] == "pack.made"
    listed = (tmp_path / "again" / "tagmanifest-sha256.txt").read_bytes()
    assert result.manifest_sha256 == hashlib.sha256(listed).hexdigest()
    assert not result.unaudited_reason


def test_a_case_that_cannot_be_written_is_packed_all_the_same(pack_case: Case, sheet: RunSheet, tmp_path: Path) -> None:
    folder = pack_case.folder
    pack_case.close()
    with Case.open(folder, read_only=True) as case:
        result = pack_of(case, sheet, tmp_path / "again")
    assert "read-only" in result.unaudited_reason
    assert (tmp_path / "again" / "index.html").exists()


def assert_nothing_is_left(folder: Path, *names: str) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)


def test_what_is_there_already_is_left_alone(pack_case: Case, sheet: RunSheet, tmp_path: Path) -> None:
    place = tmp_path / "out" / "pack"
    place.mkdir(parents=True)
    (place / "something").write_text("of somebody")
    with pytest.raises(PackError):
        pack_of(pack_case, sheet, place)
    assert files_of(tmp_path / "out") == {"pack/something": b"of somebody"}


def test_cancelling_leaves_nothing(pack_case: Case, sheet: RunSheet, tmp_path: Path) -> None:
    seen: list[ProgressReport] = []
    with pytest.raises(Cancelled):
        pack_of(pack_case, sheet, tmp_path / "out" / "pack", progress=seen.append, cancelled=lambda: len(seen) >= 2)
    assert seen
    assert_nothing_is_left(tmp_path / "out")


def test_a_missing_original_is_named_and_leaves_nothing(pack_case: Case, sheet: RunSheet, tmp_path: Path) -> None:
    (tmp_path / "originals" / "YARD_0.mp4").unlink()
    with pytest.raises(OriginalMissingError, match=r"YARD_0\.mp4"):
        pack_of(pack_case, sheet, tmp_path / "out" / "pack")
    assert_nothing_is_left(tmp_path / "out")


def test_an_original_that_was_changed_is_named_and_leaves_nothing(
    pack_case: Case, sheet: RunSheet, tmp_path: Path
) -> None:
    changed = tmp_path / "originals" / "YARD_0.mp4"
    changed.write_bytes(changed.read_bytes().replace(b"recording", b"recorded!"))
    with pytest.raises(OriginalChangedError, match=r"YARD_0\.mp4"):
        pack_of(pack_case, sheet, tmp_path / "out" / "pack")
    assert_nothing_is_left(tmp_path / "out")


def test_too_little_room_is_said_before_anything_is_written(
    pack_case: Case, sheet: RunSheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1_000_000))
    with pytest.raises(StorageError, match="needs"):
        pack_of(pack_case, sheet, tmp_path / "out" / "pack")
    assert_nothing_is_left(tmp_path / "out")


def test_a_disk_that_fills_up_leaves_nothing(pack_case: Case, sheet: RunSheet, tmp_path: Path) -> None:
    """A real limit of the system on how large a file may become stands in for the end of the disk."""
    import resource

    recording = next(one for one in pack_case.recordings() if one.display_name == "YARD_0.mp4")
    assert recording.size_bytes < 4_096
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(StorageError):
            pack_of(pack_case, sheet, tmp_path / "out" / "pack")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert_nothing_is_left(tmp_path / "out")


_KILLED = """
import os, signal, sys
from pathlib import Path
from courtroom.run_sheet_store import list_run_sheets, load_run_sheet
from evidence.case import Case
from tests.support.packs import pack_of
place, out, after = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
def tell(report):
    global after
    after -= 1
    if after < 0:
        os.kill(os.getpid(), signal.SIGKILL)
with Case.open(place) as case:
    pack_of(case, load_run_sheet(case, list_run_sheets(case)[0].sheet_id), out, progress=tell)
"""


@pytest.mark.parametrize("after", [pytest.param(0, marks=pytest.mark.soak), 3])
def test_a_kill_leaves_nothing_under_the_name_and_the_next_try_clears_up(
    pack_case: Case, sheet: RunSheet, tmp_path: Path, after: int
) -> None:
    folder, out = pack_case.folder, tmp_path / "out" / "pack"
    pack_case.close()
    done = subprocess.run([sys.executable, "-c", _KILLED, str(folder), str(out), str(after)], check=False)
    assert done.returncode == -signal.SIGKILL
    left = [path.name for path in out.parent.iterdir()]
    assert len(left) == 1
    assert left[0].startswith("pack.incomplete-")
    with Case.open(folder) as case:
        pack_of(case, sheet, out)
    assert_nothing_is_left(out.parent, "pack")
    assert verify_pack(out, lambda _key: "me").verdict is Verdict.VERIFIED


def test_a_camera_that_is_not_there_is_refused(pack_case: Case, tmp_path: Path) -> None:
    span = IncidentRange(IncidentTime(START_NS), IncidentTime(START_NS + 1))
    stranger = sheet_of(item_of(Moving(span, View(("no-such-camera",))), "Who is this"))
    with pytest.raises(RunSheetError, match="Who is this"):
        pack_of(pack_case, stranger, tmp_path / "out" / "pack")


def test_an_item_of_which_nothing_was_recorded_is_told(pack_case: Case, tmp_path: Path) -> None:
    camera = pack_case.cameras()[0].id
    span = IncidentRange(IncidentTime(START_NS + 30 * 10**9), IncidentTime(START_NS + 31 * 10**9))
    result = pack_of(pack_case, sheet_of(item_of(Moving(span, View((camera,))))), tmp_path / "out" / "pack")
    assert [empty.place for empty in result.empty_items] == [1]
    assert result.recordings == 0


def test_a_pack_on_a_medium_that_cannot_be_written_opens_and_stays_as_it_is(pack: Path) -> None:
    for place in [pack, *pack.rglob("*")]:
        place.chmod(0o555 if place.is_dir() else 0o444)
    before = files_of(pack)
    try:
        with open_pack(pack, nobody_known) as opened:
            assert len(opened.case.recordings()) == 3
        assert verify_pack(pack, lambda _key: "me").verdict is Verdict.VERIFIED
    finally:
        for place in [pack, *pack.rglob("*")]:
            place.chmod(0o755 if place.is_dir() else 0o644)
    assert files_of(pack) == before


def test_opening_a_pack_where_it_can_be_written_leaves_not_a_byte(pack: Path) -> None:
    before = files_of(pack)
    with open_pack(pack, nobody_known) as opened, Case.open(pack / "data" / "case") as again:
        assert len(opened.case.recordings()) == 3
        assert again.is_read_only
        assert sorted(files_of(pack)) == sorted(before)
    assert files_of(pack) == before


def test_memory_does_not_grow_with_the_recordings(tmp_path: Path) -> None:
    """A pack of 96 MB in a process that may have little more than the program itself."""
    done = subprocess.run(
        [sys.executable, "-c", _LARGE, str(tmp_path)], capture_output=True, text=True, check=False, cwd=Path.cwd()
    )
    assert done.returncode == 0, done.stderr
    grown_packing, grown_verifying = (int(word) for word in done.stdout.split())
    assert grown_packing < 32 << 20
    assert grown_verifying < 32 << 20


_LARGE = """
import os, resource, sys
from pathlib import Path
from courtroom.pack.verify import verify_pack
from evidence.case import Case
from tests.support.packs import make_pack_case, make_sheet, pack_of
home = Path(sys.argv[1])
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
folder = make_pack_case(home / "small")
with Case.open(folder) as case:
    sheet = make_sheet(case, home / "small")
    pack_of(case, sheet, home / "small pack")
verify_pack(home / "small pack", lambda key: "me")
import hashlib, sqlite3
with (home / "small" / "originals" / "FRONT_0.mp4").open("r+b") as file:
    file.truncate(96 << 20)
with (home / "small" / "originals" / "FRONT_0.mp4").open("rb") as file:
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
connection = sqlite3.connect(folder / "case.db")
change = "UPDATE recordings SET size_bytes = ?, sha256 = ? WHERE display_name = 'FRONT_0.mp4'"
connection.execute(change, (96 << 20, sha256))
connection.commit()
connection.close()
start = peak()
with Case.open(folder) as case:
    pack_of(case, sheet, home / "large pack")
packed = peak()
assert verify_pack(home / "large pack", lambda key: "me").verdict == "VERIFIED"
print(packed - start, peak() - packed)
"""
