"""`runsheet`, `pack` and the checking of a pack: what is shown in court, and the folder that holds it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import AsJson, By, CasePath, case_timeline, interruptible, read_passphrase, who
from app.cli.output import Output
from app.own_keys import own_keys
from app.time_text import size_text
from courtroom.documents import document_path
from courtroom.errors import RunSheetError
from courtroom.pack.copying import copy_pack
from courtroom.pack.drafts import check_free
from courtroom.pack.findings import PackVerdict
from courtroom.pack.layout import find_pack
from courtroom.pack.locking import LockRequest, check_passphrase, lock_pack, unlock_pack
from courtroom.pack.make import PackRequest, PackResult, make_pack
from courtroom.pack.needs import find_empty_items, find_needs
from courtroom.pack.opening import open_pack
from courtroom.pack.signing import PublicKey, same_fingerprint
from courtroom.pack.verdict_words import summary
from courtroom.pack.verify import verify_pack
from courtroom.run_sheet import Item, RunSheet
from courtroom.run_sheet_json import LARGEST_BYTES, from_json, to_json
from courtroom.run_sheet_store import (
    SheetVersion,
    delete_run_sheet,
    list_run_sheets,
    list_versions,
    load_run_sheet,
    make_current,
    save_run_sheet,
)
from evidence import atomic_file
from evidence.case import Case
from evidence.errors import NoSuchItemError, UsageError
from evidence.times import NS_PER_S, iso_utc
from evidence.verify import Verdict

SheetName = Annotated[str, typer.Argument(metavar="RUNSHEET", help="The run sheet, by its title or id.")]


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("runsheet")(runsheet)
    application.command("pack")(pack)
    application.command("unlock")(unlock)
    application.command("copy-pack")(copy)


def runsheet(
    case: CasePath,
    sheet: SheetName = "",
    version: Annotated[int | None, typer.Option(metavar="N", help="Show or export this version.")] = None,
    export: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it as JSON (docs/run-sheet.md).")] = None,
    import_from: Annotated[
        Path | None, typer.Option("--import", metavar="FILE", help="Save what this JSON file holds as a new version.")
    ] = None,
    current: Annotated[int | None, typer.Option(metavar="N", help="Put this version in force.")] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Take it out of sight; its versions are kept.")] = False,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """List the run sheets of a case; or show, export, import or change one. Every save is kept as a version."""
    output = Output(is_json=as_json)
    if sum((export is not None, import_from is not None, current is not None, delete)) > 1:
        raise UsageError("Only one of --export, --import, --current and --delete can be done at once.")
    if (packed := find_pack(case)) is not None:
        if import_from is not None or current is not None or delete or version is not None:
            raise UsageError(
                "That is a court pack: it holds one run sheet, which nobody can change.",
                remedy="Show it or --export it; changes are made in the case, of which a new pack is made.",
            )
        _of_pack(packed, sheet, export, output)
        return
    if import_from is not None:
        with Case.open(case) as opened:
            saved = save_run_sheet(opened, _read_sheet(opened, import_from), by=who(by))
        output.document({"ok": True, "saved": saved})
        output.line(f"Saved “{saved.title}” as version {saved.number}.")
        return
    if not sheet:
        _list(case, output)
        return
    with Case.open(case, read_only=current is None and not delete) as opened:
        named = find_sheet(opened, sheet)
        if delete:
            delete_run_sheet(opened, named.sheet_id, by=who(by))
        elif current is not None:
            make_current(opened, named.sheet_id, current, by=who(by))
        if delete or current is not None:
            output.document({"ok": True, "sheet": named.sheet_id, "deleted": delete, "current": current})
            output.line("Deleted." if delete else f"Version {current} is in force.")
            return
        found = load_run_sheet(opened, named.sheet_id, version)
        if export is not None:
            _export(found, export, output)
            return
        versions, names = list_versions(opened, found.id), {one.id: one.name for one in opened.cameras()}
        empty = {one.item.id for one in find_empty_items(found, case_timeline(opened))}
    items = [_item_as_json(item, is_empty=item.id in empty) for item in found.items]
    output.document({"ok": True, "id": found.id, "title": found.title, "versions": versions, "items": items})
    _tell_sheet(output, found, versions, names)


def _of_pack(folder: Path, wanted: str, export: Path | None, output: Output) -> None:
    """Show or export the run sheet of a pack."""
    with open_pack(folder, own_keys().knows) as opened:
        sheet = opened.sheet
        if wanted and wanted != sheet.id and wanted.casefold() != sheet.title.casefold():
            raise NoSuchItemError(
                f"The pack has no run sheet “{wanted}”.", remedy=f"It has one alone: “{sheet.title}”."
            )
        if export is not None:
            _export(sheet, export, output)
            return
        names = {one.id: one.name for one in opened.case.cameras()}
        empty = {one.item.id for one in find_empty_items(sheet, case_timeline(opened.case))}
    items = [_item_as_json(item, is_empty=item.id in empty) for item in sheet.items]
    output.document({"ok": True, "id": sheet.id, "title": sheet.title, "versions": [], "items": items})
    _tell_sheet(output, sheet, (), names)


def _export(sheet: RunSheet, file: Path, output: Output) -> None:
    atomic_file.write_bytes(file.absolute(), to_json(sheet))
    output.document({"ok": True, "exported": file.absolute(), "sheet": sheet.id})
    output.line(f"Wrote {file}.")


def pack(
    case: CasePath,
    sheet: SheetName,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder that becomes the pack; it must not exist yet.")],
    version: Annotated[int | None, typer.Option(metavar="N", help="Of this version of the run sheet.")] = None,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="Do not sign it.")] = False,
    key_passphrase_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Holds the passphrase of your signing key, where there is no keyring."),
    ] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Lock the pack with the passphrase in this file's first line.")
    ] = None,
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Make a court pack: one signed folder with what the run sheet shows and nothing else of the case.

    The exit code is 1 where an item shows cameras of which none was recording; the pack is there all the same.
    """
    output = Output(is_json=as_json)
    key = None if unsigned else own_keys().signing_key(read_passphrase(key_passphrase_file))
    words = read_passphrase(passphrase_file)
    if passphrase_file is not None:
        check_passphrase(words)
        check_free(out.absolute())
    with _open_to_pack(case) as opened, _plain_place(opened, out, is_locked=bool(words)) as plain:
        named = find_sheet(opened, sheet)
        found = load_run_sheet(opened, named.sheet_id, version)
        request = PackRequest(plain, found, version or named.number, who(by))
        with output.progress("Packing") as progress, interruptible() as cancelled:
            result = make_pack(request, opened, key, progress, cancelled)
            if words:
                lock_pack(LockRequest(plain, out.absolute()), words, progress, cancelled)
                result = replace(result, folder=out.absolute())
    output.document({"ok": not result.empty_items, **{name: getattr(result, name) for name in _RESULT_FIELDS}})
    _tell_pack(output, result)
    return 1 if result.empty_items else 0


def unlock(
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="The locked court pack.", show_default=False)],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder that becomes the plain pack.")],
    passphrase_file: Annotated[Path, typer.Option(metavar="FILE", help="Its first line is the passphrase.")],
    as_json: AsJson = False,
) -> int:
    """Write the plain pack of a locked one, and verify it. Delete that folder when it is not needed any more."""
    output = Output(is_json=as_json)
    with output.progress("Unlocking") as progress, interruptible() as cancelled:
        unlock_pack(LockRequest(pack, out.absolute()), read_passphrase(passphrase_file), progress, cancelled)
    return verify_pack_at(out.absolute(), fingerprint="", remember="", output=output)


def copy(
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="The court pack.", show_default=False)],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder that becomes the copy.")],
    as_json: AsJson = False,
) -> None:
    """Copy a court pack, for instance from a stick; every file is compared with its hash on the way."""
    output = Output(is_json=as_json)
    with output.progress("Copying") as progress, interruptible() as cancelled:
        copy_pack(pack, out.absolute(), progress, cancelled)
    output.document({"ok": True, "copy": out.absolute()})
    output.line(f"Copied to {out}. Every file is what was packed; `sightline verify {out}` also checks who signed it.")


@contextmanager
def _plain_place(case: Case, out: Path, *, is_locked: bool) -> Iterator[Path]:
    """Give where the plain pack is made: where it is wanted, or, to be locked, in a private folder beside the case."""
    if not is_locked:
        yield out
        return
    beside = case.folder.parent
    place = beside if os.access(beside, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix=".sightline-pack-", dir=place) as private:
        yield Path(private) / "pack"


_RESULT_FIELDS = tuple(PackResult.__dataclass_fields__)


def verify_pack_at(folder: Path, *, fingerprint: str, remember: str, output: Output) -> int:
    """Check a pack and tell what was found; the exit code is 0 only where all of it is verified.

    Args:
        folder: the pack.
        fingerprint: of the key that the user expects, or "".
        remember: under which name to remember that key from now on, or "".
        output: where to tell.
    """
    shelf = own_keys()

    def knows(key: PublicKey) -> str | None:
        if fingerprint:
            return remember or "the key that was named" if same_fingerprint(fingerprint, key.fingerprint) else None
        return shelf.knows(key)

    with output.progress("Verifying") as progress, interruptible() as cancelled:
        found = verify_pack(folder, knows, progress, cancelled)
    if remember and fingerprint and found.key is not None and found.key_holder:
        shelf.remember(found.key, remember)
    good = found.verdict is Verdict.VERIFIED
    output.document({"ok": good, "pack": folder.absolute(), **_verdict_as_json(found)})
    for finding in found.findings:
        output.line(f"{finding.verdict}: {finding}")
    output.line(summary(found), style="bold")
    return 0 if good else 1


def find_sheet(case: Case, named: str) -> SheetVersion:
    """Return the run sheet that a user named by title (upper or lower case alike) or id.

    Raises:
        NoSuchItemError: no run sheet, or more than one, answers to it.
    """
    sheets = list_run_sheets(case)
    found = [one for one in sheets if one.sheet_id == named] or [
        one for one in sheets if one.title.casefold() == named.casefold()
    ]
    if len(found) == 1:
        return found[0]
    titles = ", ".join(f"“{one.title}” ({one.sheet_id})" for one in sheets) or "none yet"
    what = "no run sheet" if not found else f"{len(found)} run sheets"
    raise NoSuchItemError(f"The case has {what} “{named}”.", remedy=f"Its run sheets are: {titles}.")


def _open_to_pack(case: Path) -> Case:
    from evidence.errors import CaseBusyError

    try:
        return Case.open(case)
    except CaseBusyError:
        return Case.open(case, read_only=True)


def _read_sheet(case: Case, path: Path) -> RunSheet:
    """Read a run sheet that is to be kept in a case: it must name nothing that the case does not have."""
    with path.open("rb") as file:
        sheet = from_json(file.read(LARGEST_BYTES + 1))
    needs = find_needs(sheet, case_timeline(case))
    lost = [file.name for file in needs.files if not document_path(case.folder, file).is_file()]
    if lost:
        raise RunSheetError(
            f"The run sheet shows files that the case does not hold: {', '.join(lost[:5])}.",
            meaning="Nothing was taken over.",
            remedy="Take the documents over into this case first, in the window.",
        )
    return sheet


def _list(case: Path, output: Output) -> None:
    with Case.open(case, read_only=True) as opened:
        sheets = list_run_sheets(opened)
    output.document({"ok": True, "run_sheets": sheets})
    for one in sheets:
        output.line(
            f"{one.title}  (version {one.number}, {iso_utc(one.saved_ns, digits=0)} by {one.saved_by})  {one.sheet_id}"
        )
    if not sheets:
        output.line("The case has no run sheet yet.")


def _item_as_json(item: Item, *, is_empty: bool) -> dict[str, object]:
    return {"kind": item.kind, "playing_ns": item.playing_ns, "nothing_recorded": is_empty, "item": item}


def _tell_sheet(output: Output, sheet: RunSheet, versions: tuple[SheetVersion, ...], cameras: dict[str, str]) -> None:
    output.line(f"{sheet.title}: {len(sheet.items)} items, {sheet.playing_ns / NS_PER_S:.1f} s that move", style="bold")
    for place, item in enumerate(sheet.items, start=1):
        when = (
            "" if item.span is None else f"  {iso_utc(item.span.start, digits=3)}  {item.playing_ns / NS_PER_S:.3f} s"
        )
        seen = "" if item.view is None else ", ".join(cameras.get(one, "?") for one in item.view.camera_ids)
        output.line(f"{place:3}  {item.kind.value:8} {item.exhibit:10} {item.title}{when}  {seen}".rstrip())
    for one in versions:
        mark = "*" if one.is_current else " "
        output.line(f" {mark} version {one.number}, {iso_utc(one.saved_ns, digits=0)} by {one.saved_by}: {one.title}")


def _tell_pack(output: Output, result: PackResult) -> None:
    output.line(f"Made {result.folder}: {result.files} files, {size_text(result.size_bytes)}.", style="bold")
    signed = f"Signed with the key {result.fingerprint}" if result.fingerprint else "NOT signed"
    output.line(f"{signed}. It stands for SHA-256 {result.manifest_sha256}.")
    for empty in result.empty_items:
        output.line(
            f"Item {empty.place}, “{empty.item.title}”: none of its cameras was recording then; it shows black."
        )
    if result.unaudited_reason:
        output.warn(f"The audit log does not tell of this pack. {result.unaudited_reason}")


def _verdict_as_json(found: PackVerdict) -> dict[str, object]:
    return {
        "verdict": found.verdict,
        "findings": found.findings,
        "files": found.files,
        "checked_bytes": found.checked_bytes,
        "is_complete": found.is_complete,
        "key_fingerprint": "" if found.key is None else found.key.fingerprint,
        "key_holder": found.key_holder,
        "manifest_sha256": found.manifest_sha256,
    }
