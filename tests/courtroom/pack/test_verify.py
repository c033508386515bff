"""Verifying a pack: every seeded fault is found and named by its file, and a sound pack never gives a false alarm."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from courtroom.errors import PackRefusedError, PackTooNewError
from courtroom.pack.findings import Fault
from courtroom.pack.opening import open_pack
from courtroom.pack.signing import PublicKey, SigningKey
from courtroom.pack.verify import nobody_known, verify_pack
from courtroom.run_sheet import Card, Moving, RunSheet, Still, View
from evidence.case import Case
from evidence.times import IncidentRange, IncidentTime
from evidence.verify import Verdict
from tests.support.packs import SIGNING_KEY, START_NS, pack_of
from tests.support.run_sheets import item_of, sheet_of


def knows_ours(key: PublicKey) -> str | None:
    return "DC Grey" if key == SIGNING_KEY.public else None


def flip(name: str, place: int = 0) -> Callable[[Path], None]:
    """Change one bit of a file, its length and time as they were."""

    def change(pack: Path) -> None:
        path = pack / name
        facts = path.stat()
        content = bytearray(path.read_bytes())
        content[place] ^= 1
        path.write_bytes(content)
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))

    return change


def drop(name: str) -> Callable[[Path], None]:
    return lambda pack: (pack / name).unlink()


def write(name: str, content: bytes = b"of somebody") -> Callable[[Path], None]:
    def change(pack: Path) -> None:
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_bytes(content)

    return change


def cut(name: str) -> Callable[[Path], object]:
    return lambda pack: (pack / name).write_bytes((pack / name).read_bytes()[:-1])


def grow(name: str) -> Callable[[Path], object]:
    return lambda pack: (pack / name).write_bytes((pack / name).read_bytes() + b"x")


def link(name: str, to: str) -> Callable[[Path], None]:
    def change(pack: Path) -> None:
        (pack / name).unlink(missing_ok=True)
        (pack / name).symlink_to(to)

    return change


def line(manifest: str, text: str) -> Callable[[Path], None]:
    """Add a line to a manifest; everything above it is made to fit, as a forger with his own key would."""

    def change(pack: Path) -> None:
        path = pack / manifest
        path.write_text(path.read_text() + text + "\n")
        reseal(pack)

    return change


def reseal(pack: Path, key: SigningKey = SIGNING_KEY, *, also_named: bool = False) -> None:
    """Make the manifests and the signature fit what lies there now."""
    if also_named:
        info = (pack / "bag-info.txt").read_text()
        head = info[: info.index("Sightline-Key-Fingerprint")]
        tail = info[info.index("Payload-Oxum") :]
        (pack / "bag-info.txt").write_text(f"{head}Sightline-Key-Fingerprint: {key.public.fingerprint}\n{tail}")
        (pack / "signature" / "public-key.pem").write_bytes(key.public.pem)
    tag = pack / "tagmanifest-sha256.txt"
    names = [text.split("  ", 1)[1] for text in tag.read_text().splitlines()]
    tag.write_text("".join(f"{sha256_of(pack / name)}  {name}\n" for name in names if (pack / name).is_file()))
    (pack / "signature" / "tagmanifest-sha256.txt.sig").write_bytes(key.sign(tag.read_bytes()))


def rebag(pack: Path) -> None:
    """Make the payload manifest, and everything above it, fit what lies there now."""
    paths = sorted(path for path in (pack / "data").rglob("*") if path.is_file())
    lines = [f"{sha256_of(path)}  {path.relative_to(pack).as_posix()}\n" for path in paths]
    (pack / "manifest-sha256.txt").write_text("".join(lines))
    reseal(pack)


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sql(statement: str) -> Callable[[Path], None]:
    """Change the extract and make everything above it fit: only what it says is wrong."""

    def change(pack: Path) -> None:
        connection = sqlite3.connect(pack / "data" / "case" / "case.db")
        connection.execute(statement)
        connection.commit()
        connection.close()
        rebag(pack)

    return change


def sheet_with(path: list[str | int], value: object) -> Callable[[Path], None]:
    """Change the run sheet and make everything above it fit."""

    def change(pack: Path) -> None:
        document = json.loads((pack / "data" / "run-sheet.json").read_text())
        place = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        (pack / "data" / "run-sheet.json").write_text(json.dumps(document))
        rebag(pack)

    return change


def swap_recordings(pack: Path) -> None:
    one, other = pack / "data/recordings/FRONT_0.mp4", pack / "data/recordings/FRONT_1.mp4"
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def swap_and_rebag(pack: Path) -> None:
    swap_recordings(pack)
    rebag(pack)


def other_signature(pack: Path) -> None:
    listed = (pack / "tagmanifest-sha256.txt").read_bytes()
    (pack / "signature/tagmanifest-sha256.txt.sig").write_bytes(SigningKey(bytes(32)).sign(listed))


def other_key(pack: Path) -> None:
    (pack / "signature/public-key.pem").write_bytes(SigningKey(bytes(32)).public.pem)


def other_signer(pack: Path) -> None:
    other_key(pack)
    other_signature(pack)


def resigned_by_a_stranger(pack: Path) -> None:
    reseal(pack, SigningKey(bytes(32)), also_named=True)


def unsigned(pack: Path) -> None:
    shutil.rmtree(pack / "signature")


def pipe(pack: Path) -> None:
    os.mkfifo(pack / "data" / "recordings" / "pipe.mp4")


def folder_for_a_file(pack: Path) -> None:
    (pack / "data/recordings/YARD_0.mp4").unlink()
    (pack / "data/recordings/YARD_0.mp4").mkdir()


def unreadable_is_named(pack: Path) -> None:
    info = pack / "bag-info.txt"
    info.write_text(info.read_text().replace("Sightline-Pack-Version: 1", "Sightline-Pack-Version: none"))
    reseal(pack)


_REC = "data/recordings/FRONT_0.mp4"
_SHEET = "data/run-sheet.json"
_DB = "data/case/case.db"
_ZEROS = "0" * 64
FAULTS: list[tuple[str, Callable[[Path], object], Fault, str]] = [
    ("a bit of a recording", flip(_REC, 5), Fault.CHANGED, _REC),
    ("the last bit of a recording", flip(_REC, -1), Fault.CHANGED, _REC),
    ("a recording cut short", cut(_REC), Fault.CHANGED, _REC),
    ("a recording grown", grow(_REC), Fault.CHANGED, _REC),
    ("an empty recording", write(_REC, b""), Fault.CHANGED, _REC),
    ("a recording missing", drop(_REC), Fault.MISSING, _REC),
    ("two recordings swapped", swap_recordings, Fault.CHANGED, "data/recordings/FRONT_1.mp4"),
    ("recordings swapped, hashes made to fit", swap_and_rebag, Fault.CONTENTS_WRONG, _REC),
    ("a bit of the database", flip(_DB, 4_200), Fault.CHANGED, _DB),
    ("the database missing", drop(_DB), Fault.MISSING, _DB),
    ("a file beside the database", write("data/case/case.db-wal"), Fault.EXTRA, "data/case/case.db-wal"),
    ("a bit of the audit log", flip("data/case/audit.log", 30), Fault.CHANGED, "data/case/audit.log"),
    ("the seal missing", drop("data/case/SEALED.txt"), Fault.MISSING, "data/case/SEALED.txt"),
    ("a bit of the run sheet", flip(_SHEET, 100), Fault.CHANGED, _SHEET),
    ("the run sheet missing", drop(_SHEET), Fault.MISSING, _SHEET),
    ("a bit of the statement of the clocks", flip("data/clocks.html", 200), Fault.CHANGED, "data/clocks.html"),
    ("a bit of the description", flip("data/pack.json", 50), Fault.CHANGED, "data/pack.json"),
    ("a bit of index.html", flip("index.html", 300), Fault.CHANGED, "index.html"),
    ("index.html missing", drop("index.html"), Fault.MISSING, "index.html"),
    ("a bit of bag-info.txt", flip("bag-info.txt", 0), Fault.CHANGED, "bag-info.txt"),
    ("bagit.txt of another sort", write("bagit.txt", b"BagIt-Version: 0.97\n"), Fault.CHANGED, "bagit.txt"),
    ("bagit.txt missing", drop("bagit.txt"), Fault.NOT_A_PACK, "bagit.txt"),
    ("a digit of the manifest", flip("manifest-sha256.txt", 3), Fault.CHANGED, "manifest-sha256.txt"),
    ("the manifest missing", drop("manifest-sha256.txt"), Fault.NOT_A_PACK, "manifest-sha256.txt"),
    ("a digit of the tag manifest", flip("tagmanifest-sha256.txt", 3), Fault.SIGNATURE_WRONG, "signature"),
    ("a bit of the signature", flip("signature/tagmanifest-sha256.txt.sig", 9), Fault.SIGNATURE_WRONG, "signature"),
    ("the signature cut", cut("signature/tagmanifest-sha256.txt.sig"), Fault.SIGNATURE_WRONG, "signature"),
    ("the signature missing", drop("signature/tagmanifest-sha256.txt.sig"), Fault.MISSING, "signature"),
    ("the signature by another key", other_signature, Fault.SIGNATURE_WRONG, "signature"),
    ("another public key", other_key, Fault.KEY_DIFFERS, "signature/public-key.pem"),
    ("another key and its signature", other_signer, Fault.KEY_DIFFERS, "signature/public-key.pem"),
    ("the key missing", drop("signature/public-key.pem"), Fault.MISSING, "signature/public-key.pem"),
    ("no key in the key's file", write("signature/public-key.pem"), Fault.SIGNATURE_WRONG, "signature/public-key.pem"),
    ("the signature taken away whole", unsigned, Fault.MISSING, "signature"),
    ("an extra recording", write("data/recordings/more.mp4"), Fault.EXTRA, "data/recordings/more.mp4"),
    ("an extra file at the top", write("read me.txt"), Fault.EXTRA, "read me.txt"),
    ("an extra hidden file", write("data/.hidden"), Fault.EXTRA, "data/.hidden"),
    ("a second signature", write("signature/other.sig"), Fault.EXTRA, "signature/other.sig"),
    ("a link for a recording", link(_REC, "FRONT_1.mp4"), Fault.NOT_A_FILE, _REC),
    ("a link out of the pack", link("data/recordings/x.mp4", "/etc/passwd"), Fault.NOT_A_FILE, "data/recordings/x.mp4"),
    ("a link that leads nowhere", link("data/lost", "nowhere"), Fault.NOT_A_FILE, "data/lost"),
    ("a pipe", pipe, Fault.NOT_A_FILE, "data/recordings/pipe.mp4"),
    ("a folder for a file", folder_for_a_file, Fault.MISSING, "data/recordings/YARD_0.mp4"),
    ("a way out of the pack", line("manifest-sha256.txt", f"{_ZEROS}  data/../../x"), Fault.BAD_NAME, "data/../../x"),
    ("an absolute name", line("manifest-sha256.txt", f"{_ZEROS}  /etc/passwd"), Fault.BAD_NAME, "/etc/passwd"),
    ("a drive's name", line("manifest-sha256.txt", f"{_ZEROS}  data/c:x"), Fault.BAD_NAME, "data/c:x"),
    ("a backslash", line("manifest-sha256.txt", f"{_ZEROS}  data/..\\x"), Fault.BAD_NAME, "data/..\\x"),
    ("a device's name", line("manifest-sha256.txt", f"{_ZEROS}  data/NUL.mp4"), Fault.BAD_NAME, "data/NUL.mp4"),
    ("a name twice in other case", line("manifest-sha256.txt", f"{_ZEROS}  data/recordings/front_0.MP4"),
     Fault.NAME_TWICE, "data/recordings/front_0.MP4"),
    ("a file whose name differs in case", write("data/recordings/front_0.mp4"), Fault.NAME_TWICE, "front_0.mp4"),
    ("a line that is no entry", line("manifest-sha256.txt", "nonsense"), Fault.TAG_FILE_UNREADABLE,
     "manifest-sha256.txt"),
    ("no version, all made to fit", unreadable_is_named, Fault.CHANGED, "bag-info.txt"),
    ("a recording's hash in the extract, all made to fit",
     sql(f"UPDATE recordings SET sha256 = '{_ZEROS}' WHERE display_name = 'FRONT_0.mp4'"), Fault.CONTENTS_WRONG, _REC),
    ("a recording that lies elsewhere, all made to fit",
     sql("UPDATE recordings SET path_bytes = CAST('/etc/passwd' AS BLOB), path_from_case = CAST('x' AS BLOB)"),
     Fault.LEADS_OUT, _DB),
    ("a recording struck out of the extract, all made to fit",
     sql("UPDATE recordings SET path_from_case = CAST('../recordings/YARD_0.mp4' AS BLOB)"), Fault.CONTENTS_WRONG,
     _REC),
    ("a trigger in the extract, all made to fit",
     sql("CREATE TRIGGER t AFTER INSERT ON cameras BEGIN DELETE FROM cameras; END"), Fault.CONTENTS_WRONG, _DB),
    ("a wrong time in the run sheet, all made to fit", sheet_with(["items", 2, "at_ns"], 5), Fault.CONTENTS_WRONG,
     _SHEET),
    ("another camera in the run sheet, all made to fit",
     sheet_with(["items", 2, "view"], {"cameras": ["x"], "layout": "auto", "focus": None}), Fault.CONTENTS_WRONG,
     _SHEET),
    ("a run sheet that is none, all made to fit", sheet_with(["items", 0, "kind"], "film"), Fault.CONTENTS_WRONG,
     _SHEET),
    ("another document, all made to fit", sheet_with(["items", 3, "file", "sha256"], _ZEROS), Fault.CONTENTS_WRONG,
     f"data/case/documents/{_ZEROS}.pdf"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "fault", "file"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_each_fault_is_found_and_named(pack: Path, change: Callable[[Path], object], fault: Fault, file: str) -> None:
    change(pack)
    found = verify_pack(pack, knows_ours)
    named = [finding for finding in found.findings if finding.fault is fault and file in finding.file]
    assert named, [str(finding) for finding in found.findings]
    assert found.verdict is not Verdict.VERIFIED
    assert all(finding.text for finding in found.findings)


def test_there_are_as_many_faults_as_were_asked_for() -> None:
    assert len(FAULTS) >= 40


def test_a_pack_signed_anew_by_a_stranger_is_not_verified(pack: Path) -> None:
    resigned_by_a_stranger(pack)
    found = verify_pack(pack, knows_ours)
    assert [finding.fault for finding in found.findings] == [Fault.KEY_UNKNOWN]
    assert found.verdict is Verdict.UNKNOWN
    assert found.key == SigningKey(bytes(32)).public


def test_a_newer_pack_is_unknown_and_is_not_opened(pack: Path) -> None:
    info = pack / "bag-info.txt"
    info.write_text(info.read_text().replace("Sightline-Pack-Version: 1", "Sightline-Pack-Version: 2"))
    reseal(pack)
    assert verify_pack(pack, knows_ours).verdict is Verdict.UNKNOWN
    with pytest.raises(PackTooNewError):
        open_pack(pack, knows_ours)


def test_all_faults_of_one_pack_are_told_together(pack: Path) -> None:
    for change in (flip(_REC, 5), drop("data/recordings/YARD_0.mp4"), write("data/extra"), flip("index.html", 300)):
        change(pack)
    found = {(finding.fault, finding.file) for finding in verify_pack(pack, knows_ours).findings}
    assert found >= {
        (Fault.CHANGED, _REC),
        (Fault.MISSING, "data/recordings/YARD_0.mp4"),
        (Fault.EXTRA, "data/extra"),
        (Fault.CHANGED, "index.html"),
    }


def test_a_quick_look_is_never_more_than_unknown(pack: Path) -> None:
    flip(_REC, 5)(pack)
    found = verify_pack(pack, knows_ours, is_quick=True)
    assert found.findings == ()
    assert found.verdict is Verdict.UNKNOWN


def test_a_check_that_was_stopped_is_unknown(pack: Path) -> None:
    found = verify_pack(pack, knows_ours, cancelled=lambda: True)
    assert found.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("change", [link("data/lost", "nowhere"), line("manifest-sha256.txt", f"{_ZEROS}  data/../x")])
def test_what_leads_elsewhere_is_not_opened(pack: Path, change: Callable[[Path], None]) -> None:
    change(pack)
    with pytest.raises(PackRefusedError):
        open_pack(pack, knows_ours)


def test_a_folder_that_is_no_pack_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(PackRefusedError):
        open_pack(tmp_path, nobody_known)


def test_twenty_sound_packs_give_no_false_alarm(pack_case: Case, sheet: RunSheet, tmp_path: Path) -> None:
    camera = pack_case.cameras()[0].id
    span = IncidentRange(IncidentTime(START_NS), IncidentTime(START_NS + 50_000_000))
    still = item_of(Still(IncidentTime(START_NS), View((camera,))))
    kinds = [
        sheet,
        sheet_of(title="An empty one"),
        sheet_of(item_of(Card(("<b>R & D</b> “v” Smith",)))),
        sheet_of(still, item_of(Moving(span, View((camera,)))), title="Ünïcode – 審理"),
    ]
    for number, kind in enumerate(kinds):
        made = tmp_path / f"pack {number}"
        pack_of(pack_case, kind, made)
        travelled = [
            made,
            Path(shutil.copytree(made, tmp_path / "Ünïcode 審理" / f"{number}")),
            Path(shutil.copytree(made, tmp_path / f"without times {number}", copy_function=shutil.copyfile)),
            Path(shutil.copytree(made, tmp_path / ("deep" * 20) / f"{number}")),
            Path(shutil.copytree(made, tmp_path / f"read only {number}")),
        ]
        for path in travelled[-1].rglob("*"):
            path.chmod(0o555 if path.is_dir() else 0o444)
        for place in travelled:
            found = verify_pack(place, knows_ours)
            assert found.findings == (), [str(one) for one in found.findings]
            assert found.verdict is Verdict.VERIFIED
        for path in travelled[-1].rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
    pack_of(pack_case, sheet, tmp_path / "unsigned", key=None)
    assert [one.fault for one in verify_pack(tmp_path / "unsigned", knows_ours).findings] == [Fault.NOT_SIGNED]
